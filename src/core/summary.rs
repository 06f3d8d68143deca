//! What a call amounted to: a fold over its events, in memory that does not
//! grow with the call.

use crate::core::event::{
    Behaviour, Class, Cleared, CueHit, Detector, Event, Judged, KINDS, Normal, Outcome, Reliability,
    Standing, State,
};
use crate::core::language::Language;
use crate::core::measures::{Measured, Why};
use crate::core::moments::{Cause, Moment, Moments};
use crate::core::score::{self, Inputs, Part, Score};
use crate::core::tally::{Facts, Lately, Starts, Tally, Trust};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};

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

/// Offsets from -10 to +20 s in classes of 20 ms.
const OFFSETS: usize = 1500;
/// Paces from 0 to 12.75 syllables per second in classes of 0.05.
const PACES: usize = 256;
/// The fold.
#[derive(Clone, Debug)]
pub struct Summary {
    settings: score::Settings,
    at: SampleTime,
    tally: Tally,
    lately: Lately,
    spurts: Sides<u32>,
    monologue: Sides<SampleSpan>,
    offsets: Box<[u32; OFFSETS]>,
    paces: Box<[u32; PACES]>,
    fast: u32,
    silences: (u32, SampleSpan, SampleSpan),
    switches: u32,
    since: [Option<SampleTime>; 3],
    customer: [SampleSpan; 3],
    intensity: u8,
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
            tally: Tally::default(),
            lately: Lately::default(),
            spurts: Sides::default(),
            monologue: Sides::default(),
            offsets: Box::new([0; OFFSETS]),
            paces: Box::new([0; PACES]),
            fast: 0,
            silences: (0, SampleSpan::ZERO, SampleSpan::ZERO),
            switches: 0,
            since: [None; 3],
            customer: [SampleSpan::ZERO; 3],
            intensity: 0,
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
        self.tally.note(event, &self.settings);
        self.lately.note(event, &self.tally);
        match event {
            Event::SpeechEnded { who, .. } => self.spurts[*who] += 1,
            Event::Overlapped(judged) => self.overlapped(judged),
            Event::Reclassed { at, by: Channel::Agent, .. } => self.moments.drop_overlap(*at),
            Event::FloorPassed { to, at, offset, by_interruption, .. } => {
                self.floor_passed(*to, *at, *offset, *by_interruption);
            }
            Event::Monologue { who, from, to } => {
                self.monologue[*who] = self.monologue[*who].max(to.since(*from));
            }
            Event::Silence { from, to } => self.silent(to.since(*from)),
            Event::VoiceLowered { from, to, peak, spoken, .. } => {
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
            Event::Ended { at } => self.at = *at,
            // Withdrawn spurts are never told as ended; the rest is counted elsewhere.
            Event::SpeechStarted { .. }
            | Event::SpeechWithdrawn { .. }
            | Event::Interrupts { .. }
            | Event::VoiceRaised { .. }
            | Event::PaceRose { .. }
            | Event::Reclassed { by: Channel::Customer, .. }
            | Event::Listened { .. }
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
        if judged.reliability.is_reliable() && o.by == Channel::Agent {
            self.moments.add_overlap(o.class, o.at, o.until, o.overlap.seconds() as f32);
        }
    }

    fn floor_passed(&mut self, to: Channel, at: SampleTime, offset: Option<f32>, by_interruption: bool) {
        let Some(offset) = offset else { return };
        self.switches += 1;
        if to != Channel::Agent || by_interruption {
            return;
        }
        let class = ((offset + 10.0) * 50.0).clamp(0.0, OFFSETS as f32 - 1.0) as usize;
        self.offsets[class] += 1;
        if offset < self.settings.rushed {
            self.moments.add(Cause::RushedReply { offset }, at, at + SampleSpan::from_millis(1000), 1.0);
        }
    }

    fn said(&mut self, hit: &CueHit) {
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
        let inputs = self.inputs(facts);
        let score = score::score(&inputs, &self.settings);
        let side = |who: Channel| SideSummary {
            verdict: facts.verdicts[who],
            speech: self.tally.speech[who],
            spurts: self.spurts[who],
            starts: self.tally.starts[who],
            monologue: self.monologue[who],
        };
        let listening = self.tally.starts.agent.of(Class::Backchannel);
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
            raised_count: value(Part::RaisedVoice).map(|_| self.tally.raised.0),
            fast_count: value(Part::Pace).map(|_| self.fast),
            replies: Replies {
                count: trust.both(Measured::Known(self.tally.replies)),
                median: trust.both(Measured::from_option(self.median_offset(), Why::FewReplies)),
                rushed: value(Part::RushedReply),
            },
            silences: trust.both(Measured::Known(self.silences)),
            listening_per_min: trust.overlaps(self.tally.per_customer_minute(listening as f32)),
            switches_per_min: trust.both(per_minute(self.switches as f32, self.at)),
            customer: self.customer,
            intensity: self.intensity,
            language: self.tally.phrases.finish(value(Part::Language)),
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

    /// The score of the two minutes before `at`, by the same formula.
    pub fn lately(&self, at: SampleTime, facts: &Facts) -> Score {
        score::score(&self.lately.inputs(&self.tally, at, facts), &self.settings)
    }

    /// The score of what has happened up to `at`.
    pub fn so_far(&self, at: SampleTime, facts: &Facts) -> Score {
        let length = at.since(SampleTime::ZERO);
        score::score(&self.tally.inputs(facts, self.monologue.agent, length), &self.settings)
    }

    fn inputs(&self, facts: &Facts) -> Inputs {
        self.tally.inputs(facts, self.monologue.agent, self.at.since(SampleTime::ZERO))
    }

    fn median_offset(&self) -> Option<f32> {
        median_class(self.offsets.as_slice()).map(|class| class as f32 / 50.0 - 10.0 + 0.01)
    }

    fn median_pace(&self) -> Option<f32> {
        median_class(self.paces.as_slice()).map(|class| class as f32 / 20.0 + 0.025)
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
