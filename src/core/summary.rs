//! What a call amounted to: a fold over its events, in memory that does not
//! grow with the call.

use crate::core::event::{
    Behaviour, Class, Cleared, CueHit, Detector, Event, Judged, KINDS, Normal, Outcome, Reliability,
    Standing, State,
};
use crate::core::language::{Language, Phrases};
use crate::core::measures::{Measured, Why};
use crate::core::moments::{Cause, Moment, Moments};
use crate::core::score::{self, Inputs, PARTS, Part, Score};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};

/// Starts over the other's speech by one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Starts {
    /// How many of each class, reliable ones only, in the order of [`Class::ALL`].
    pub count: [u32; 6],
    /// Interruptions that do not count because the channel was not good enough.
    pub unreliable: u32,
    /// Overlap that this side began, listening tokens and joint starts left out.
    pub overlap: SampleSpan,
}

impl Starts {
    /// Starts of a class.
    pub fn of(&self, class: Class) -> u32 {
        self.count[class as usize]
    }

    /// Interruptions: cut-offs and talking over.
    pub fn interruptions(&self) -> u32 {
        self.of(Class::CutOff) + self.of(Class::TalkOver)
    }

    fn weight(&self) -> f32 {
        Class::ALL.iter().map(|&class| class.weight() * self.of(class) as f32).sum()
    }
}

/// What one side did over the call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SideSummary {
    /// What the channel was worth.
    pub verdict: State,
    /// Time spent talking, pauses under 250 ms included.
    pub speech: SampleSpan,
    /// Number of talk spurts.
    pub spurts: u32,
    /// Starts over the other.
    pub starts: Starts,
    /// Longest monologue.
    pub monologue: SampleSpan,
}

impl SideSummary {
    /// Whether nothing was delivered on this side that could be counted at all.
    pub const fn is_mute(&self) -> bool {
        matches!(self.verdict, State::Zeros | State::Dead)
    }

    /// A figure of this side, where it was heard; what was not heard is not zero.
    pub fn heard<T>(&self, figure: T) -> Option<T> {
        self.verdict.is_measurable().then_some(figure)
    }
}

/// Responses of the agent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replies {
    /// How many.
    pub count: Measured<u32>,
    /// Median floor-transfer offset, s.
    pub median: Measured<f32>,
    /// Share of them that were rushed.
    pub rushed: Measured<f32>,
}

/// Nudges of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NudgeCount {
    /// Shown.
    pub shown: u32,
    /// Of these, behaviour back in range while it stood.
    pub heeded: u32,
    /// Held back, each once.
    pub suppressed: u32,
}

/// The call as a whole. Lengths as spans, shares from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSummary {
    /// Length of the call.
    pub duration: SampleSpan,
    /// Each side.
    pub sides: Sides<SideSummary>,
    /// Estimated leak of the customer into the microphone, dB.
    pub leak_db: Option<f32>,
    /// Whether interruptions can be judged, and why not.
    pub reliability: Reliability,
    /// The microphone has an automatic gain.
    pub agc: bool,
    /// The agent's channel sounds like a telephone and the customer's does not.
    pub looks_swapped: bool,
    /// Talk ratio: agent against both.
    pub talk_ratio: Measured<f32>,
    /// Weighted interruptions by the agent per minute of customer talk.
    pub interruptions_per_min: Measured<f32>,
    /// Overlap begun by the agent, against the customer's talk.
    pub overlap_share: Measured<f32>,
    /// Median pace, syllables per second.
    pub pace: Measured<f32>,
    /// Articulation rate, syllables per second of phonation.
    pub articulation: Measured<f32>,
    /// Share of the agent's speech in fast windows.
    pub fast_share: Measured<f32>,
    /// Share of the agent's speech with raised voice.
    pub raised_share: Measured<f32>,
    /// Episodes of raised voice.
    pub raised_count: Measured<u32>,
    /// Episodes of fast speech.
    pub fast_count: Measured<u32>,
    /// Responses of the agent.
    pub replies: Replies,
    /// Silences over three seconds: how many, how long together, the longest.
    pub silences: Measured<(u32, SampleSpan, SampleSpan)>,
    /// Listening tokens per minute of customer talk.
    pub listening_per_min: Measured<f32>,
    /// Changes of the floor per minute.
    pub switches_per_min: Measured<f32>,
    /// Time for which the customer did each thing, in the order of [`Behaviour::ALL`].
    pub customer: [SampleSpan; 3],
    /// Most things the customer did at once.
    pub intensity: u8,
    /// What was normal, and how well that stood.
    pub normal: Option<Normal>,
    /// See above.
    pub standing: Standing,
    /// What this call adds to the agent's normal: the value and its seconds.
    pub harvest: Option<(Normal, f32)>,
    /// What was said.
    pub language: Language,
    /// Nudges by kind, in the order of [`Kind::ALL`](crate::core::event::Kind::ALL).
    pub nudges: [NudgeCount; KINDS],
    /// The score.
    pub score: Score,
    /// The moments that cost most, at most three, dearest first.
    pub moments: Vec<Moment>,
}

impl CallSummary {
    /// Finds of a detector: what was found, or nothing where enough was listened to for
    /// that to be known; else none.
    pub fn count(&self, detector: Detector) -> Option<u32> {
        self.language.count(detector, self.sides[detector.speaker()].speech)
    }

    /// Agent's speech against the length of the call.
    pub fn agent_talk_share(&self) -> Measured<f32> {
        let share = self.sides.agent.speech.seconds() / self.duration.seconds().max(f64::MIN_POSITIVE);
        self.talk_ratio.map(|_| share as f32)
    }

    /// A figure of both sides, where both were heard.
    pub fn both_heard<T>(&self, figure: T) -> Option<T> {
        self.sides.agent.heard(()).and_then(|()| self.sides.customer.heard(figure))
    }
}

/// What the fold cannot see in the events.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Verdicts over the whole call.
    pub verdicts: Sides<State>,
    /// Estimated leak, dB.
    pub leak_db: Option<f32>,
    /// Whether interruptions can be judged.
    pub reliability: Reliability,
    /// Whether an automatic gain was seen.
    pub agc: bool,
    /// Whether the channels look swapped.
    pub looks_swapped: bool,
    /// Agent's nuclei and phonation, frames.
    pub nuclei: u64,
    /// See above.
    pub phonation: u64,
    /// What was normal.
    pub normal: Option<Normal>,
    /// How well it stood.
    pub standing: Standing,
    /// What the call adds.
    pub harvest: Option<(Normal, f32)>,
}

/// Offsets from -10 to +20 s in classes of 20 ms.
const OFFSETS: usize = 1500;
/// Paces from 0 to 12.75 syllables per second in classes of 0.05.
const PACES: usize = 256;
/// Fewer replies than this say nothing of a habit.
const FEW_REPLIES: u32 = 3;
/// Customer talk under which rates per minute of it mean nothing.
const LITTLE_TALK: SampleSpan = SampleSpan::from_millis(10_000);

/// The fold.
#[derive(Clone, Debug)]
pub struct Summary {
    settings: score::Settings,
    at: SampleTime,
    speech: Sides<u64>,
    spurts: Sides<u32>,
    starts: Sides<Starts>,
    monologue: Sides<SampleSpan>,
    offsets: Box<[u32; OFFSETS]>,
    replies: u32,
    rushed: u32,
    paces: Box<[u32; PACES]>,
    spoken: SampleSpan,
    spoken_fast: SampleSpan,
    raised: (u32, SampleSpan),
    fast: u32,
    silences: (u32, SampleSpan, SampleSpan),
    switches: u32,
    since: [Option<SampleTime>; 3],
    customer: [SampleSpan; 3],
    intensity: u8,
    phrases: Phrases,
    nudges: [NudgeCount; KINDS],
    moments: Moments,
    fast_speech: SampleSpan,
}

impl Summary {
    /// Nothing has happened yet.
    pub fn new(settings: score::Settings) -> Self {
        Self {
            settings,
            at: SampleTime::ZERO,
            speech: Sides::default(),
            spurts: Sides::default(),
            starts: Sides::default(),
            monologue: Sides::default(),
            offsets: Box::new([0; OFFSETS]),
            replies: 0,
            rushed: 0,
            paces: Box::new([0; PACES]),
            spoken: SampleSpan::ZERO,
            spoken_fast: SampleSpan::ZERO,
            raised: (0, SampleSpan::ZERO),
            fast: 0,
            silences: (0, SampleSpan::ZERO, SampleSpan::ZERO),
            switches: 0,
            since: [None; 3],
            customer: [SampleSpan::ZERO; 3],
            intensity: 0,
            phrases: Phrases::default(),
            nudges: [NudgeCount::default(); KINDS],
            moments: Moments::new(),
            fast_speech: SampleSpan::ZERO,
        }
    }

    /// Changes the constants of the score.
    pub fn set(&mut self, settings: score::Settings) {
        self.settings = settings;
    }

    /// Takes the next event.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::SpeechEnded { who, from, at, .. } => {
                self.speech[*who] += at.since(*from).samples();
                self.spurts[*who] += 1;
            }
            Event::Overlapped(judged) => self.overlapped(judged),
            Event::Reclassed { at, by, was, class, overlap } => {
                self.reclassed(*at, *by, *was, *class, *overlap);
            }
            Event::FloorPassed { to, at, offset, by_interruption, .. } => {
                self.floor_passed(*to, *at, *offset, *by_interruption);
            }
            Event::Monologue { who, from, to } => {
                self.monologue[*who] = self.monologue[*who].max(to.since(*from));
            }
            Event::Silence { from, to } => self.silent(to.since(*from)),
            Event::VoiceLowered { from, to, peak, spoken, .. } => {
                self.raised = (self.raised.0 + 1, self.raised.1 + *spoken);
                self.moments.add(Cause::RaisedVoice { peak: *peak }, *from, *to, spoken.seconds() as f32);
            }
            Event::PaceFell { from, to, peak } => {
                self.fast += 1;
                let spoken = std::mem::take(&mut self.fast_speech);
                self.moments.add(Cause::FastPace { ratio: *peak }, *from, *to, spoken.seconds() as f32);
            }
            Event::Second(second) => self.second(second),
            Event::Customer { at, change } => self.customer_does(*at, change.behaviour, change.active),
            Event::Reading(reading) => self.intensity = self.intensity.max(reading.intensity),
            Event::Decision(decision) => {
                let count = &mut self.nudges[decision.kind as usize];
                match decision.outcome {
                    Outcome::Shown => count.shown += 1,
                    Outcome::Suppressed(_) => count.suppressed += 1,
                }
            }
            Event::Cleared { kind, how: Cleared::Recovered, .. } => self.nudges[*kind as usize].heeded += 1,
            Event::Cue(hit) => self.said(hit),
            Event::Listened { who, spoken, .. } => self.phrases.listened(*who, *spoken),
            Event::Ended { at } => self.at = *at,
            // Withdrawn spurts are never told as ended; the rest is counted elsewhere.
            Event::SpeechStarted { .. }
            | Event::SpeechWithdrawn { .. }
            | Event::Interrupts { .. }
            | Event::VoiceRaised { .. }
            | Event::PaceRose { .. }
            | Event::Channel { .. }
            | Event::Unheard { .. }
            | Event::Baseline { .. }
            | Event::Cleared { how: Cleared::Passed | Cleared::TimedOut | Cleared::Dismissed, .. }
            | Event::Ordered { .. }
            | Event::Applied { .. } => (),
        }
    }

    fn overlapped(&mut self, judged: &Judged) {
        let o = &judged.overlap;
        let starts = &mut self.starts[o.by];
        if !judged.reliability.is_reliable() {
            starts.unreliable += u32::from(o.class.is_interruption());
            return;
        }
        starts.count[o.class as usize] += 1;
        if counts_as_overlap(o.class) {
            starts.overlap += o.overlap;
        }
        if o.by == Channel::Agent {
            self.moments.add_overlap(o.class, o.at, o.until, o.overlap.seconds() as f32);
        }
    }

    fn reclassed(&mut self, at: SampleTime, by: Channel, was: Class, class: Class, overlap: SampleSpan) {
        let starts = &mut self.starts[by];
        starts.count[was as usize] = starts.count[was as usize].saturating_sub(1);
        starts.count[class as usize] += 1;
        if counts_as_overlap(was) && !counts_as_overlap(class) {
            starts.overlap = starts.overlap - overlap;
        }
        if by == Channel::Agent {
            self.moments.drop_overlap(at);
        }
    }

    fn floor_passed(&mut self, to: Channel, at: SampleTime, offset: Option<f32>, by_interruption: bool) {
        let Some(offset) = offset else { return };
        self.switches += 1;
        if to != Channel::Agent || by_interruption {
            return;
        }
        self.replies += 1;
        let class = ((offset + 10.0) * 50.0).clamp(0.0, OFFSETS as f32 - 1.0) as usize;
        self.offsets[class] += 1;
        if offset < self.settings.rushed {
            self.rushed += 1;
            self.moments.add(Cause::RushedReply { offset }, at, at + SampleSpan::from_millis(1000), 1.0);
        }
    }

    fn said(&mut self, hit: &CueHit) {
        self.phrases.found(hit);
        if hit.detector.is_negative() {
            let cause = Cause::Phrase { detector: hit.detector };
            self.moments.add(cause, hit.at, hit.until, 1.0);
        }
    }

    fn silent(&mut self, length: SampleSpan) {
        let (count, total, longest) = self.silences;
        self.silences = (count + 1, total + length, longest.max(length));
    }

    fn second(&mut self, second: &crate::core::event::Second) {
        self.spoken += second.spoken;
        self.spoken_fast += second.spoken_fast;
        self.fast_speech += second.spoken_fast;
        if let Some(pace) = second.pace.filter(|_| SampleSpan::ZERO < second.spoken) {
            self.paces[((pace * 20.0) as usize).min(PACES - 1)] += 1;
        }
    }

    fn customer_does(&mut self, at: SampleTime, behaviour: Behaviour, active: bool) {
        let k = behaviour as usize;
        if active {
            self.since[k] = Some(at);
        } else if let Some(since) = self.since[k].take() {
            self.customer[k] += at.since(since);
        }
    }

    /// The call is over.
    pub fn finish(mut self, facts: &Facts) -> CallSummary {
        for behaviour in Behaviour::ALL {
            self.customer_does(self.at, behaviour, false);
        }
        let trust = Trust::of(facts);
        let inputs = self.inputs(facts, &trust);
        let score = score::score(&inputs, &self.settings);
        let side = |who: Channel| SideSummary {
            verdict: facts.verdicts[who],
            speech: SampleSpan::from_samples(self.speech[who]),
            spurts: self.spurts[who],
            starts: self.starts[who],
            monologue: self.monologue[who],
        };
        let value = |part: Part| inputs.values[part as usize];
        CallSummary {
            duration: self.at.since(SampleTime::ZERO),
            sides: Sides::from_fn(side),
            leak_db: facts.leak_db,
            reliability: facts.reliability,
            agc: facts.agc,
            looks_swapped: facts.looks_swapped,
            talk_ratio: value(Part::Dominance),
            interruptions_per_min: value(Part::Interruptions),
            overlap_share: value(Part::Overlap),
            pace: trust.agent(Measured::from_option(self.median_pace(), Why::LittleAgentSpeech)),
            articulation: trust.agent(articulation(facts)),
            fast_share: value(Part::Pace),
            raised_share: value(Part::RaisedVoice),
            raised_count: value(Part::RaisedVoice).map(|_| self.raised.0),
            fast_count: value(Part::Pace).map(|_| self.fast),
            replies: Replies {
                count: trust.both(Measured::Known(self.replies)),
                median: trust.both(Measured::from_option(self.median_offset(), Why::FewReplies)),
                rushed: value(Part::RushedReply),
            },
            silences: trust.both(Measured::Known(self.silences)),
            listening_per_min: trust
                .overlaps(self.per_customer_minute(self.starts.agent.of(Class::Backchannel) as f32)),
            switches_per_min: trust.both(per_minute(self.switches as f32, self.at)),
            customer: self.customer,
            intensity: self.intensity,
            language: self.phrases.finish(value(Part::Language)),
            // What a spoilt channel carries is not what is normal for the agent.
            normal: trust.agent(Measured::from_option(facts.normal, Why::NoBaseline)).known(),
            standing: trust.agent(Measured::Known(facts.standing)).known().unwrap_or(Standing::None),
            harvest: trust
                .agent(Measured::from_option(facts.harvest, Why::LittleAgentSpeech))
                .known()
                .filter(|_| !facts.agc),
            nudges: self.nudges,
            moments: self.moments.dearest(&score),
            score,
        }
    }

    fn inputs(&self, facts: &Facts, trust: &Trust) -> Inputs {
        let spoken = self.spoken.seconds() as f32;
        let share = |part: SampleSpan| {
            Measured::from_option(
                (0.0 < spoken).then(|| part.seconds() as f32 / spoken),
                Why::LittleAgentSpeech,
            )
        };
        let baseline = |m: Measured<f32>| {
            if facts.standing.is_usable() { m } else { Measured::Unknown(Why::NoBaseline) }
        };
        let level = |m: Measured<f32>| if facts.agc { Measured::Unknown(Why::Agc) } else { m };
        let mut values = [Measured::Unknown(Why::NoWords); PARTS];
        values[Part::Language as usize] =
            trust.agent(self.phrases.negative_per_min(SampleSpan::from_samples(self.speech.agent)));
        values[Part::RaisedVoice as usize] = trust.agent(level(baseline(share(self.raised.1))));
        values[Part::Interruptions as usize] =
            trust.overlaps(self.per_customer_minute(self.starts.agent.weight()));
        values[Part::Pace as usize] = trust.agent(baseline(self.fast_share()));
        values[Part::Overlap as usize] = trust.overlaps(self.overlap_share());
        values[Part::RushedReply as usize] = trust.overlaps(self.rushed_share());
        values[Part::Dominance as usize] = trust.both(self.talk_ratio());
        Inputs {
            values,
            monologue: self.monologue.agent.seconds() as f32,
            speech: SampleSpan::from_samples(self.speech.agent).seconds() as f32,
            call: self.at.seconds() as f32,
        }
    }

    fn customer_talk(&self) -> Option<f32> {
        let talk = SampleSpan::from_samples(self.speech.customer);
        (LITTLE_TALK <= talk).then(|| talk.seconds() as f32)
    }

    fn per_customer_minute(&self, amount: f32) -> Measured<f32> {
        Measured::from_option(
            self.customer_talk().map(|talk| amount * 60.0 / talk),
            Why::LittleCustomerSpeech,
        )
    }

    fn overlap_share(&self) -> Measured<f32> {
        let share = |talk| self.starts.agent.overlap.seconds() as f32 / talk;
        Measured::from_option(self.customer_talk().map(share), Why::LittleCustomerSpeech)
    }

    fn rushed_share(&self) -> Measured<f32> {
        let share = (FEW_REPLIES <= self.replies).then(|| self.rushed as f32 / self.replies as f32);
        Measured::from_option(share, Why::FewReplies)
    }

    /// Of the speech whose pace could be told.
    fn fast_share(&self) -> Measured<f32> {
        let known = self.paces.iter().any(|&count| 0 < count);
        let spoken = self.spoken.seconds() as f32;
        let share = (known && 0.0 < spoken).then(|| self.spoken_fast.seconds() as f32 / spoken);
        Measured::from_option(share, Why::LittleAgentSpeech)
    }

    fn talk_ratio(&self) -> Measured<f32> {
        let both = self.speech.agent + self.speech.customer;
        let ratio = (0 < both).then(|| self.speech.agent as f32 / both as f32);
        Measured::from_option(ratio, Why::LittleAgentSpeech)
    }

    fn median_offset(&self) -> Option<f32> {
        median_class(self.offsets.as_slice()).map(|class| class as f32 / 50.0 - 10.0 + 0.01)
    }

    fn median_pace(&self) -> Option<f32> {
        median_class(self.paces.as_slice()).map(|class| class as f32 / 20.0 + 0.025)
    }
}

/// Listening tokens and joint starts are not talking over anybody.
const fn counts_as_overlap(class: Class) -> bool {
    match class {
        Class::CutOff | Class::TalkOver | Class::PauseBargeIn | Class::EarlyStart => true,
        Class::Backchannel | Class::SimultaneousStart => false,
    }
}

fn articulation(facts: &Facts) -> Measured<f32> {
    // Ten seconds of phonation, as for the pace.
    let rate = (1000 <= facts.phonation).then(|| facts.nuclei as f32 * 100.0 / facts.phonation as f32);
    Measured::from_option(rate, Why::LittleAgentSpeech)
}

fn per_minute(amount: f32, length: SampleTime) -> Measured<f32> {
    let minutes = length.seconds() as f32 / 60.0;
    Measured::from_option((0.0 < minutes).then(|| amount / minutes), Why::CallTooShort)
}

fn median_class(counts: &[u32]) -> Option<usize> {
    let total: u32 = counts.iter().sum();
    let mut sum = 0;
    counts.iter().position(|count| {
        sum += count;
        0 < total && total <= 2 * sum
    })
}

/// Which measures can be trusted on these channels.
#[derive(Clone, Copy, Debug)]
struct Trust {
    agent: Option<Why>,
    customer: Option<Why>,
    overlaps: Option<Why>,
}

impl Trust {
    fn of(facts: &Facts) -> Self {
        let live = |state: State| state == State::Live;
        let agent = live(facts.verdicts.agent);
        Self {
            agent: (!agent).then_some(Why::AgentChannel),
            customer: (!live(facts.verdicts.customer)).then_some(Why::CustomerChannel),
            overlaps: (!facts.reliability.is_reliable()).then_some(Why::Unreliable),
        }
    }

    fn agent<T>(&self, value: Measured<T>) -> Measured<T> {
        self.agent.map_or(value, Measured::Unknown)
    }

    fn both<T>(&self, value: Measured<T>) -> Measured<T> {
        self.agent.or(self.customer).map_or(value, Measured::Unknown)
    }

    fn overlaps<T>(&self, value: Measured<T>) -> Measured<T> {
        self.agent.or(self.customer).or(self.overlaps).map_or(value, Measured::Unknown)
    }
}
