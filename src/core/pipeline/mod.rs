//! The stages in order. Live capture, file analysis, replay and tests all
//! drive this one object; the size of the chunks they push does not matter.

mod agent;
mod bandwidth;
mod end;
mod health;
mod overlaps;
mod suspension;
mod unheard;

use std::sync::Arc;

use crate::core::activity::gate::Background;
use crate::core::activity::likeness::{LeakMeter, SameAudio};
use crate::core::activity::liveness::{self, Liveness, State};
use crate::core::activity::steady::{Bands, Sound, Steady, SteadyJudge};
use crate::core::activity::{self, Activity};
use crate::core::cues::{self, Lexicon, Listener};
use crate::core::event::{Event, Order};
use crate::core::frames::{Block, Frame, Framer, Gap};
use crate::core::measures::baseline::{self, Normal};
use crate::core::measures::customer::{self, Customer};
use crate::core::measures::level::{self, LoudnessWindow};
use crate::core::measures::pace::Pace;
use crate::core::measures::talk::{self, Talk};
use crate::core::measures::voice::Voice;
use crate::core::nudges::policy::{self, Policy};
use crate::core::nudges::{KINDS, Reading};
use crate::core::score;
use crate::core::summary::Summary;
use crate::core::turns::floor::{self, Floor};
use crate::core::turns::overlap::{self, Tick};
use crate::core::turns::spurts::{self, Edge, Spurts};
use crate::core::units::{Channel, FRAMES_PER_SECOND, SampleSpan, SampleTime, Sides};
use crate::core::words::Words;

pub use agent::FastSettings;
pub use overlaps::{Settings as WorthSettings, judged_by_words};

use agent::{Agent, AgentFrame};
use bandwidth::Bandwidth;
use overlaps::{Heard, OverlapStage};
use suspension::Suspension;
use unheard::Unheard;

/// Settings of all stages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Settings {
    /// Who speaks.
    pub activity: activity::Settings,
    /// What a channel is worth.
    pub liveness: liveness::Settings,
    /// Spurts as they are shown.
    pub spurts: spurts::Settings,
    /// The rule of overlaps.
    pub overlap: overlap::Settings,
    /// Whether a start counts.
    pub worth: overlaps::Settings,
    /// Who holds the floor.
    pub floor: floor::Settings,
    /// Monologues and silences.
    pub talk: talk::Settings,
    /// Raised voice.
    pub level: level::Settings,
    /// Fast episodes.
    pub fast: FastSettings,
    /// What is normal.
    pub baseline: baseline::Settings,
    /// What the customer does.
    pub customer: customer::Settings,
    /// Nudges.
    pub nudges: policy::Settings,
    /// The score.
    pub score: score::Settings,
}

/// What is known when a call begins: what earlier calls left behind, and how the
/// room sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Past {
    /// The agent's normal on this device, once it is earned.
    pub normal: Option<Normal>,
    /// What multiplies the threshold of each kind of nudge after feedback.
    pub strictness: [f32; KINDS],
    /// The background of the microphone just before the call, where it was heard. What
    /// the headset plays before a call is nothing of the call's.
    pub background: Option<Background>,
}

impl Default for Past {
    fn default() -> Self {
        Self { normal: None, strictness: [1.0; KINDS], background: None }
    }
}

/// Frames that are remembered between arrival and settlement.
const HISTORY: usize = 64;

/// What is kept of one side.
#[derive(Debug)]
struct Side {
    voice: Voice,
    steady: Steady,
    shares: [Option<(f32, Bands)>; HISTORY],
    bandwidth: Bandwidth,
    missing: [Option<Gap>; HISTORY],
    judge: SteadyJudge,
    spurts: Spurts,
    liveness: Liveness,
    last_spoken: Option<u64>,
}

impl Side {
    fn new(settings: &Settings) -> Self {
        Self {
            voice: Voice::new(),
            steady: Steady::new(),
            shares: [None; HISTORY],
            bandwidth: Bandwidth::default(),
            missing: [None; HISTORY],
            judge: SteadyJudge::default(),
            spurts: Spurts::new(&settings.spurts),
            liveness: Liveness::new(settings.liveness),
            last_spoken: None,
        }
    }

    fn push(&mut self, frame: &Frame, side: Channel) {
        let slot = frame.index as usize % HISTORY;
        let half = &frame.sides[side];
        self.voice.push(&half.samples);
        self.shares[slot] = self.steady.push(&half.samples).map(|share| (share, self.steady.bands()));
        self.missing[slot] = half.missing;
    }
}

/// The measuring core of one call.
#[derive(Debug)]
pub struct Pipeline {
    settings: Settings,
    framer: Framer,
    sides: Sides<Side>,
    activity: Activity,
    same_audio: SameAudio,
    leak: LeakMeter,
    overlaps: OverlapStage,
    floor: Floor,
    talk: Talk,
    agent: Agent,
    customer: Customer,
    customer_pace: Pace,
    customer_window: LoudnessWindow,
    policy: Policy,
    listener: Option<Listener>,
    unheard: Sides<Unheard>,
    summary: Summary,
    suspended: Suspension,
    /// Frames that went through all stages.
    done: u64,
    /// Frames that came in.
    come: u64,
    /// Frames of the whole call, once it has ended.
    total: Option<u64>,
    /// Verdict of each channel as last told.
    states: Sides<State>,
}

impl Pipeline {
    /// A call that has not begun.
    pub fn new(settings: Settings, past: Past) -> Self {
        Self {
            framer: Framer::default(),
            sides: Sides::from_fn(|_| Side::new(&settings)),
            activity: Activity::warm(settings.activity, past.background),
            same_audio: SameAudio::new(),
            leak: LeakMeter::default(),
            overlaps: OverlapStage::new(&settings.overlap, settings.worth),
            floor: Floor::new(settings.floor),
            talk: Talk::new(settings.talk),
            agent: Agent::new(settings.level, settings.fast, settings.baseline, past.normal),
            customer: Customer::new(settings.customer),
            customer_pace: Pace::new(),
            customer_window: LoudnessWindow::new(),
            policy: Policy::new(settings.nudges, past.strictness),
            listener: None,
            unheard: Sides::default(),
            summary: Summary::new(settings.score),
            suspended: Suspension::default(),
            done: 0,
            come: 0,
            total: None,
            states: Sides::default(),
            settings,
        }
    }

    /// Takes samples of both sides at 16 kHz, 1.0 = full scale, in chunks of
    /// any size. Where one side is shorter, the rest of it counts as lost.
    pub fn push(&mut self, agent: &[f32], customer: &[f32], out: &mut Vec<Event>) {
        self.push_blocks(Block::Samples(agent), Block::Samples(customer), out);
    }

    /// The same where a side may deliver nothing: its time passes all the same.
    pub fn push_blocks(&mut self, agent: Block<'_>, customer: Block<'_>, out: &mut Vec<Event>) {
        let mut framer = std::mem::take(&mut self.framer);
        framer.push(agent, customer, |frame| self.frame(frame, out));
        self.framer = framer;
    }

    /// Both sides deliver nothing for `span`, and why.
    pub fn gap(&mut self, span: SampleSpan, why: Gap, out: &mut Vec<Event>) {
        let missing = Block::Missing(span.samples() as usize, why);
        self.push_blocks(missing, missing, out);
    }

    /// What a recogniser heard. Depends on its own time, never on when it came.
    pub fn words(&mut self, words: &Words, out: &mut Vec<Event>) {
        let from = out.len();
        self.overlaps.words(words, out);
        self.find_cues(words, out);
        self.pass_on(&out[from..]);
    }

    /// A stretch of speech was listened to, `spoken` of it speech: its words are told
    /// beside this, or it held none. Counts only where phrases are found. Speech before
    /// it to which nobody listened is told of first.
    pub fn listened(
        &mut self,
        who: Channel,
        (from, to): (SampleTime, SampleTime),
        spoken: SampleSpan,
        out: &mut Vec<Event>,
    ) {
        if self.listener.is_some() {
            let begin = out.len();
            for hole in self.unheard[who].listened(from, to) {
                out.push(Event::Unheard { who, from: hole.from, to: hole.to, spoken: hole.spoken });
            }
            out.push(Event::Listened { who, from, to, spoken });
            self.pass_on(&out[begin..]);
        }
    }

    /// Finds phrases in the words from now on. Without this none are found.
    pub fn listen(&mut self, listener: Listener) {
        self.listener = Some(listener);
    }

    /// Other phrases from now on, where any are found.
    pub fn phrases(&mut self, lexicon: Arc<Lexicon>) {
        if let Some(listener) = &mut self.listener {
            listener.set(lexicon, cues::Settings::default());
        }
    }

    fn find_cues(&mut self, words: &Words, out: &mut Vec<Event>) {
        if let Some(listener) = &mut self.listener {
            let mut hits = Vec::new();
            listener.hear(words, &mut hits);
            out.extend(hits.into_iter().map(Event::Cue));
        }
    }

    /// Carries out an order.
    pub fn order(&mut self, order: Order, out: &mut Vec<Event>) {
        let (from, at) = (out.len(), self.framer.now());
        out.push(Event::Ordered { at, order });
        match order {
            Order::Hold(on) => self.suspended.hold = on,
            Order::Mute(on) => self.suspended.mute = on,
            Order::Device(Channel::Agent) => self.agent.renew(at, out),
            Order::Snooze(_) | Order::Quiet(_) | Order::Off(_) | Order::Wrong(_) | Order::Dismiss => (),
            // Of the customer no level is held against an earlier one.
            Order::Device(Channel::Customer) => (),
        }
        if matches!(order, Order::Hold(_) | Order::Mute(_)) {
            self.suspended.order(at.frame());
        }
        self.policy.order(order, at, out);
        self.pass_on(&out[from..]);
    }

    /// Changes the settings between two frames.
    pub fn apply(&mut self, settings: Settings, out: &mut Vec<Event>) {
        // No `..`: a new stage must be judged before this compiles again.
        let Settings {
            activity,
            liveness,
            spurts,
            overlap,
            worth,
            floor,
            talk,
            level,
            fast,
            baseline,
            customer,
            nudges,
            score,
        } = settings;
        self.activity.set(activity);
        for side in Channel::BOTH {
            self.sides[side].liveness.set(liveness);
            self.sides[side].spurts.set(&spurts);
        }
        self.overlaps.set(&overlap, worth);
        self.floor.set(floor);
        self.talk.set(talk);
        self.agent.set(level, fast, baseline);
        self.customer.set(customer);
        self.policy.set(nudges);
        self.summary.set(score);
        self.settings = settings;
        let from = out.len();
        out.push(Event::Applied { at: self.framer.now() });
        self.pass_on(&out[from..]);
    }

    /// The point up to which samples have come.
    pub fn now(&self) -> SampleTime {
        self.framer.now()
    }

    fn frame(&mut self, frame: &Frame, out: &mut Vec<Event>) {
        self.take(frame);
        while self.done < self.activity.settled() {
            self.step(self.done, out);
            self.done += 1;
        }
        self.look_ahead(out);
    }

    fn take(&mut self, frame: &Frame) {
        for side in Channel::BOTH {
            self.sides[side].push(frame, side);
        }
        self.activity.push(frame);
        self.come = frame.index + 1;
    }

    /// The end of the newest frame that came in.
    fn now_frame(&self) -> SampleTime {
        SampleTime::from_frame(self.total.map_or(self.come, |total| self.come.min(total)))
    }

    fn look_ahead(&mut self, out: &mut Vec<Event>) {
        let from = out.len();
        let to = self.activity.judged(Channel::Agent).min(self.activity.judged(Channel::Customer));
        if self.suspended.now || Channel::BOTH.iter().any(|&s| self.sides[s].judge.is_not_speech()) {
            return;
        }
        let heard = heard(&self.activity, &self.same_audio, &self.leak, self.now_frame());
        self.overlaps.look_ahead(self.done, to, &heard, out);
        self.pass_on(&out[from..]);
    }

    /// Takes one settled frame through all stages.
    fn step(&mut self, frame: u64, out: &mut Vec<Event>) {
        let from = out.len();
        let suspended = self.suspended.at(frame);
        let speaks = self.who_speaks(frame, suspended, out);
        self.judge_channels(frame, speaks, out);
        self.judge_turns(frame, speaks, suspended, out);
        self.measure(frame, speaks, out);
        self.pass_on(&out[from..]);
        if frame % 10 == 9 {
            self.decide(frame, suspended, out);
        }
    }

    fn who_speaks(&mut self, frame: u64, suspended: bool, out: &mut Vec<Event>) -> Sides<bool> {
        Sides::from_fn(|who| {
            let heard = self.activity.speaks(who, frame) && !suspended;
            let side = &mut self.sides[who];
            let spectrum = side.shares[frame as usize % HISTORY];
            if let Some((_, bands)) = spectrum.filter(|_| heard) {
                side.bandwidth.add(bands);
            }
            if let Sound::NotSpeech(from) = side.judge.process(frame, heard, spectrum.map(|(share, _)| share))
            {
                self.withdraw(who, from, frame, out);
            }
            heard && !self.sides[who].judge.is_not_speech()
        })
    }

    /// What was taken for speech since `from` was a tone or music.
    fn withdraw(&mut self, who: Channel, from: u64, frame: u64, out: &mut Vec<Event>) {
        self.sides[who].spurts.withdraw();
        let before = from.checked_sub(1);
        self.sides[who].last_spoken = self.sides[who].last_spoken.min(before);
        self.overlaps.withdraw(who, from);
        self.floor.withdraw(who, from);
        self.talk.withdraw(who);
        out.push(Event::SpeechWithdrawn {
            who,
            from: SampleTime::from_frame(from),
            to: SampleTime::from_frame(frame + 1),
        });
    }

    fn judge_turns(&mut self, frame: u64, speaks: Sides<bool>, suspended: bool, out: &mut Vec<Event>) {
        let now = self.now_frame();
        for who in Channel::BOTH {
            if speaks[who] {
                self.sides[who].last_spoken = Some(frame);
            }
            tell_spurt(who, self.sides[who].spurts.process(frame, speaks[who]), now, out);
        }
        let heard = heard(&self.activity, &self.same_audio, &self.leak, now);
        self.overlaps.settle(Tick { frame, speaks }, &heard, out);
        if let Some(passed) = self.floor.process(frame, speaks) {
            let by_interruption = self.overlaps.is_interruption(passed.to, passed.at);
            out.push(Event::FloorPassed {
                to: passed.to,
                at: passed.at,
                offset: passed.offset,
                by_interruption,
                decided: now,
            });
        }
        let counts = !suspended && Channel::BOTH.iter().all(|&who| self.states[who].is_measurable());
        tell_talk(self.talk.process(frame, speaks, counts), out);
    }

    fn measure(&mut self, frame: u64, speaks: Sides<bool>, out: &mut Vec<Event>) {
        let bridge = self.settings.spurts.bridge.frames();
        // A gap inside of a sentence bridges the turn; there is nothing in it to measure.
        let missing = Sides::from_fn(|side| self.sides[side].missing[frame as usize % HISTORY].is_some());
        let agent = AgentFrame {
            frame,
            speaks: speaks.agent && !missing.agent,
            missing: missing.agent,
            customer: speaks.customer,
            level: self.activity.level(Channel::Agent, frame),
            leaks: self.activity.echo().route() == activity::echo::Route::Cancelled,
            bridge,
            now: self.now_frame(),
        };
        self.agent.process(&agent, &self.sides.agent.voice, out);
        self.measure_customer(frame, speaks.customer && !missing.customer, bridge, out);
    }

    fn measure_customer(&mut self, frame: u64, speaks: bool, bridge: u64, out: &mut Vec<Event>) {
        if speaks {
            let voice = &self.sides.customer.voice;
            let envelope = [frame.saturating_sub(1), frame, frame + 1].map(|k| voice.at(k).envelope);
            self.customer_pace.process(frame, envelope, bridge);
            self.customer_window.push(frame, &voice.at(frame), voice.pitch(frame));
            self.customer.speak(self.customer_window.read(frame));
        }
        if (frame + 1).is_multiple_of(FRAMES_PER_SECOND) {
            let at = SampleTime::from_frame(frame + 1);
            for change in self.customer.judge(frame, self.customer_pace.rate()).into_iter().flatten() {
                out.push(Event::Customer { at, change });
            }
        }
    }

    fn decide(&mut self, frame: u64, suspended: bool, out: &mut Vec<Event>) {
        let from = out.len();
        let reading = self.reading(frame, suspended);
        out.push(Event::Reading(reading));
        self.policy.read(&reading, out);
        self.pass_on(&out[from..]);
    }

    fn reading(&self, frame: u64, suspended: bool) -> Reading {
        let heard = heard(&self.activity, &self.same_audio, &self.leak, self.now_frame());
        let quiet = |side: Channel| self.sides[side].last_spoken.map_or(frame + 1, |last| frame - last);
        // A gap shorter than a bridged one is part of the talk.
        let bridge = self.settings.spurts.bridge.frames();
        Reading {
            at: self.now_frame(),
            of: SampleTime::from_frame(frame + 1),
            speaks: Sides::from_fn(|side| self.sides[side].spurts.is_open() && quiet(side) < bridge),
            agent_pause: SampleSpan::from_frames(quiet(Channel::Agent)),
            silence: SampleSpan::from_frames(self.talk.silent_frames(frame)),
            monologue: SampleSpan::from_frames(self.talk.monologue_frames(Channel::Agent)),
            rise: self.agent.rise_db(),
            raised: self.agent.is_raised(),
            pace: self.agent.pace_ratio(),
            intensity: self.customer.intensity(),
            standing: self.agent.baseline().standing(),
            strictness: self.agent.baseline().strictness(),
            channels: self.states,
            overlaps_reliable: self.overlaps.is_ready(&heard),
            suspended,
        }
    }

    /// Hands the events since `from` to those who live on events.
    fn pass_on(&mut self, events: &[Event]) {
        for event in events {
            if let Event::Interrupts { by: Channel::Customer, at, .. } = event
                && Channel::BOTH.iter().all(|&who| self.states[who].is_measurable())
            {
                self.customer.interrupted(at.frame());
            }
            Unheard::note(&mut self.unheard, event);
            self.policy.note(event);
            self.summary.note(event);
        }
    }
}

fn heard<'a>(activity: &'a Activity, same: &SameAudio, leak: &LeakMeter, now: SampleTime) -> Heard<'a> {
    Heard { activity, same_audio: same.verdict() == Some(true), leaking: leak.is_leaking(), now }
}

fn tell_spurt(who: Channel, edge: Option<Edge>, decided: SampleTime, out: &mut Vec<Event>) {
    match edge {
        None => (),
        Some(Edge::Started(at)) => out.push(Event::SpeechStarted { who, at, decided }),
        Some(Edge::Ended(from, at)) => out.push(Event::SpeechEnded { who, from, at, decided }),
    }
}

fn tell_talk(ended: talk::Ended, out: &mut Vec<Event>) {
    for who in Channel::BOTH {
        if let Some((from, to)) = ended.monologue[who] {
            out.push(Event::Monologue {
                who,
                from: SampleTime::from_frame(from),
                to: SampleTime::from_frame(to),
            });
        }
    }
    if let Some((from, to)) = ended.silence {
        out.push(Event::Silence { from: SampleTime::from_frame(from), to: SampleTime::from_frame(to) });
    }
}
