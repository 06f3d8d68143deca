//! What the score is made of: sums that only grow with a call, so that those of any
//! stretch of it are the difference of two.

use std::collections::VecDeque;

use crate::core::event::{Class, Event, Judged, Normal, Reliability, Second, Standing, State};
use crate::core::language::Phrases;
use crate::core::measures::{Measured, Why};
use crate::core::score::{Inputs, PARTS, Part, Settings};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};

/// Fewer replies than this say nothing of a habit.
const FEW_REPLIES: u32 = 3;
/// Customer talk under which rates per minute of it mean nothing.
const LITTLE_TALK: SampleSpan = SampleSpan::from_millis(10_000);
/// What the light that stands for the score looks back on.
const LATELY: SampleSpan = SampleSpan::from_millis(120_000);
/// The sums are kept once a second for so long.
const SECONDS: usize = 121;

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

    /// What came after `before`; what was judged anew since is not owed.
    fn since(&self, before: &Self) -> Self {
        Self {
            count: std::array::from_fn(|k| self.count[k].saturating_sub(before.count[k])),
            unreliable: self.unreliable - before.unreliable,
            overlap: self.overlap - before.overlap,
        }
    }
}

/// What the folds cannot see in the events.
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

/// Which measures can be trusted on these channels.
#[derive(Clone, Copy, Debug)]
pub struct Trust {
    agent: Option<Why>,
    customer: Option<Why>,
    overlaps: Option<Why>,
}

impl Trust {
    /// By what the channels turned out to be worth.
    pub fn of(facts: &Facts) -> Self {
        let live = |state: State| state == State::Live;
        let agent = live(facts.verdicts.agent);
        Self {
            agent: (!agent).then_some(Why::AgentChannel),
            customer: (!live(facts.verdicts.customer)).then_some(Why::CustomerChannel),
            overlaps: (!facts.reliability.is_reliable()).then_some(Why::Unreliable),
        }
    }

    /// A figure of the agent alone.
    pub fn agent<T>(&self, value: Measured<T>) -> Measured<T> {
        self.agent.map_or(value, Measured::Unknown)
    }

    /// A figure of both sides.
    pub fn both<T>(&self, value: Measured<T>) -> Measured<T> {
        self.agent.or(self.customer).map_or(value, Measured::Unknown)
    }

    /// A figure of how the sides cross.
    pub fn overlaps<T>(&self, value: Measured<T>) -> Measured<T> {
        self.agent.or(self.customer).or(self.overlaps).map_or(value, Measured::Unknown)
    }
}

/// The sums.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Time spent talking.
    pub speech: Sides<SampleSpan>,
    /// Starts over the other.
    pub starts: Sides<Starts>,
    /// The agent's replies, and of these the rushed ones.
    pub replies: u32,
    /// See above.
    pub rushed: u32,
    /// Episodes of raised voice that are over, and the speech in them.
    pub raised: (u32, SampleSpan),
    /// What was said.
    pub phrases: Phrases,
    /// The agent's speech second by second, and what of it was fast.
    spoken: SampleSpan,
    spoken_fast: SampleSpan,
    /// Seconds with speech whose pace could be told.
    paced: u32,
}

impl Tally {
    /// Takes the next event.
    pub fn note(&mut self, event: &Event, settings: &Settings) {
        match event {
            Event::SpeechEnded { who, from, at, .. } => self.speech[*who] += at.since(*from),
            Event::Overlapped(judged) => self.overlapped(judged),
            Event::Reclassed { by, was, class, overlap, .. } => {
                self.reclassed(*by, *was, *class, *overlap);
            }
            Event::FloorPassed {
                to: Channel::Agent, offset: Some(offset), by_interruption: false, ..
            } => {
                self.replies += 1;
                self.rushed += u32::from(*offset < settings.rushed);
            }
            Event::VoiceLowered { spoken, .. } => {
                self.raised = (self.raised.0 + 1, self.raised.1 + *spoken);
            }
            Event::Second(second) => self.second(second),
            Event::Cue(hit) => self.phrases.found(hit),
            Event::Listened { who, spoken, .. } => self.phrases.listened(*who, *spoken),
            // Nothing else enters the score.
            _ => (),
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
    }

    fn reclassed(&mut self, by: Channel, was: Class, class: Class, overlap: SampleSpan) {
        let starts = &mut self.starts[by];
        starts.count[was as usize] = starts.count[was as usize].saturating_sub(1);
        starts.count[class as usize] += 1;
        if counts_as_overlap(was) && !counts_as_overlap(class) {
            starts.overlap = starts.overlap - overlap;
        }
    }

    fn second(&mut self, second: &Second) {
        self.spoken += second.spoken;
        self.spoken_fast += second.spoken_fast;
        self.paced += u32::from(second.pace.is_some() && SampleSpan::ZERO < second.spoken);
    }

    /// The sums of what came after `before`.
    fn since(&self, before: &Self) -> Self {
        Self {
            speech: Sides::from_fn(|who| self.speech[who] - before.speech[who]),
            starts: Sides::from_fn(|who| self.starts[who].since(&before.starts[who])),
            replies: self.replies - before.replies,
            rushed: self.rushed - before.rushed,
            raised: (self.raised.0 - before.raised.0, self.raised.1 - before.raised.1),
            phrases: self.phrases.since(&before.phrases),
            spoken: self.spoken - before.spoken,
            spoken_fast: self.spoken_fast - before.spoken_fast,
            paced: self.paced - before.paced,
        }
    }

    /// What the parts of the score are measured by, of a stretch of the length `call`
    /// with the agent's longest monologue in it.
    pub fn inputs(&self, facts: &Facts, monologue: SampleSpan, call: SampleSpan) -> Inputs {
        let trust = Trust::of(facts);
        let baseline = |m: Measured<f32>| {
            if facts.standing.is_usable() { m } else { Measured::Unknown(Why::NoBaseline) }
        };
        let level = |m: Measured<f32>| if facts.agc { Measured::Unknown(Why::Agc) } else { m };
        let mut values = [Measured::Unknown(Why::NoWords); PARTS];
        values[Part::Language as usize] = trust.agent(self.phrases.negative_per_min(self.speech.agent));
        values[Part::RaisedVoice as usize] = trust.agent(level(baseline(self.of_spoken(self.raised.1))));
        values[Part::Interruptions as usize] =
            trust.overlaps(self.per_customer_minute(self.starts.agent.weight()));
        values[Part::Pace as usize] = trust.agent(baseline(self.fast_share()));
        values[Part::Overlap as usize] = trust.overlaps(self.overlap_share());
        values[Part::RushedReply as usize] = trust.overlaps(self.rushed_share());
        values[Part::Dominance as usize] = trust.both(self.talk_ratio());
        Inputs {
            values,
            monologue: monologue.seconds() as f32,
            speech: self.speech.agent.seconds() as f32,
            call: call.seconds() as f32,
        }
    }

    /// A rate per minute of the customer's talk, where they talked enough for one.
    pub fn per_customer_minute(&self, amount: f32) -> Measured<f32> {
        Measured::from_option(
            self.customer_talk().map(|talk| amount * 60.0 / talk),
            Why::LittleCustomerSpeech,
        )
    }

    fn customer_talk(&self) -> Option<f32> {
        (LITTLE_TALK <= self.speech.customer).then(|| self.speech.customer.seconds() as f32)
    }

    fn of_spoken(&self, part: SampleSpan) -> Measured<f32> {
        let spoken = self.spoken.seconds() as f32;
        let share = (0.0 < spoken).then(|| part.seconds() as f32 / spoken);
        Measured::from_option(share, Why::LittleAgentSpeech)
    }

    /// Of the speech whose pace could be told.
    fn fast_share(&self) -> Measured<f32> {
        match self.paced {
            0 => Measured::Unknown(Why::LittleAgentSpeech),
            _ => self.of_spoken(self.spoken_fast),
        }
    }

    fn overlap_share(&self) -> Measured<f32> {
        let share = |talk| self.starts.agent.overlap.seconds() as f32 / talk;
        Measured::from_option(self.customer_talk().map(share), Why::LittleCustomerSpeech)
    }

    fn rushed_share(&self) -> Measured<f32> {
        let share = (FEW_REPLIES <= self.replies).then(|| self.rushed as f32 / self.replies as f32);
        Measured::from_option(share, Why::FewReplies)
    }

    fn talk_ratio(&self) -> Measured<f32> {
        let both = self.speech.agent + self.speech.customer;
        let ratio = self.speech.agent.samples() as f32 / both.samples() as f32;
        Measured::from_option((SampleSpan::ZERO < both).then_some(ratio), Why::LittleAgentSpeech)
    }
}

/// Listening tokens and joint starts are not talking over anybody.
const fn counts_as_overlap(class: Class) -> bool {
    match class {
        Class::CutOff | Class::TalkOver | Class::PauseBargeIn | Class::EarlyStart => true,
        Class::Backchannel | Class::SimultaneousStart => false,
    }
}

/// The last two minutes: the sums as they stood at each second, and the agent's
/// monologues that ended in them.
#[derive(Clone, Debug)]
pub struct Lately {
    sums: VecDeque<(SampleTime, Tally)>,
    monologues: VecDeque<(SampleTime, SampleTime)>,
}

impl Default for Lately {
    /// Nothing has happened yet; room for all that is ever kept is made here.
    fn default() -> Self {
        // A monologue ends no sooner than a remark, a second, after the one before.
        Self { sums: VecDeque::with_capacity(SECONDS), monologues: VecDeque::with_capacity(SECONDS) }
    }
}

impl Lately {
    /// Takes the next event, after it was added to the sums.
    pub fn note(&mut self, event: &Event, tally: &Tally) {
        match event {
            Event::Second(second) => {
                if self.sums.len() == SECONDS {
                    self.sums.pop_front();
                }
                self.sums.push_back((second.at, *tally));
            }
            Event::Monologue { who: Channel::Agent, from, to } => {
                if self.monologues.len() == SECONDS {
                    self.monologues.pop_front();
                }
                self.monologues.push_back((*from, *to));
            }
            _ => (),
        }
    }

    /// What the score of the two minutes before `at` is measured by.
    pub fn inputs(&self, tally: &Tally, at: SampleTime, facts: &Facts) -> Inputs {
        let begin = at.back(LATELY);
        let before = self.sums.iter().rev().find(|(second, _)| *second <= begin);
        // Where nothing was kept so early, the call is younger than that.
        let (from, before) = before.map_or((SampleTime::ZERO, Tally::default()), |&kept| kept);
        let within = |&(start, end): &(SampleTime, SampleTime)| end.since(start.max(from));
        let monologue = self.monologues.iter().filter(|(_, end)| from < *end).map(within).max();
        tally.since(&before).inputs(facts, monologue.unwrap_or_default(), at.since(from))
    }
}

#[cfg(test)]
mod tests;
