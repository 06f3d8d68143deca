//! Where speech is cut into utterances: by the track of the activity gate alone,
//! as the core's events tell it, so that what leaks into the microphone is never
//! anybody's utterance. The same events and samples give the same cuts, whatever
//! the size of the chunks.
//!
//! It never recognises anything and keeps no more than the utterance at hand.

use std::collections::VecDeque;

use crate::core::event::{Event, State};
use crate::core::units::{Channel, FRAME, SampleSpan, SampleTime, Sides};

/// A pause that ends an utterance. Its length does not change how many words are
/// wrong (300 to 900 ms measured), only how long the text takes to come.
const PAUSE: SampleSpan = SampleSpan::from_millis(450);
/// The same once an utterance is long.
const LATE_PAUSE: SampleSpan = SampleSpan::from_millis(350);
/// From here on it is long.
const LONG: SampleSpan = SampleSpan::from_millis(6_000);
/// The longest utterance; what is longer is cut at its quietest point.
const LONGEST: SampleSpan = SampleSpan::from_millis(10_000);
/// Where that point is looked for.
const SEARCH: SampleSpan = SampleSpan::from_millis(3_000);
/// How long a quiet point is.
const QUIET: SampleSpan = SampleSpan::from_millis(100);
/// Sound before the first word. Without it, and without that after the last one,
/// a third more words are wrong.
const BEFORE: SampleSpan = SampleSpan::from_millis(250);
/// Sound after the last word; it comes out of the pause.
const AFTER: SampleSpan = SampleSpan::from_millis(200);
/// Less speech than this is nothing that a recogniser could tell.
const LEAST: SampleSpan = SampleSpan::from_millis(250);
/// Half of the time between two looks: a pause counts from the look nearest to it.
const HALF_TICK: SampleSpan = SampleSpan::from_millis(50);
/// The core may tell speech this long after its beginning.
const HINDSIGHT: SampleSpan = SampleSpan::from_millis(3_000);
/// The agent's own sounds may reach this far beyond the speech that the gate sees.
const OWN: SampleSpan = SampleSpan::from_millis(120);

/// Speech of one side, ready to be recognised.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// Who speaks.
    pub who: Channel,
    /// The first sample.
    pub from: SampleTime,
    /// The speech in it, in order: its edges are the truth about when somebody spoke.
    pub speech: Vec<(SampleTime, SampleTime)>,
    /// The sound, 16 kHz.
    pub samples: Vec<f32>,
}

impl Utterance {
    /// Behind the last sample.
    pub fn to(&self) -> SampleTime {
        self.from + self.length()
    }

    /// All of it.
    pub fn length(&self) -> SampleSpan {
        SampleSpan::from_samples(self.samples.len() as u64)
    }

    /// Time in which somebody speaks.
    pub fn spoken(&self) -> SampleSpan {
        sum(&self.speech)
    }
}

fn sum(speech: &[(SampleTime, SampleTime)]) -> SampleSpan {
    speech.iter().fold(SampleSpan::ZERO, |sum, (from, to)| sum + to.since(*from))
}

/// The last seconds of one side.
#[derive(Debug, Default)]
struct Sound {
    samples: VecDeque<f32>,
    /// The first of them.
    from: u64,
}

impl Sound {
    fn end(&self) -> u64 {
        self.from + self.samples.len() as u64
    }

    fn forget(&mut self, before: SampleTime) {
        let gone = before.samples().saturating_sub(self.from).min(self.samples.len() as u64);
        self.samples.drain(..gone as usize);
        self.from += gone;
    }

    fn part(&self, from: SampleTime, to: SampleTime) -> Vec<f32> {
        let at = |time: SampleTime| time.samples().clamp(self.from, self.end()) - self.from;
        let (from, to) = (at(from) as usize, at(to) as usize);
        self.samples.range(from..to.max(from)).copied().collect()
    }

    /// The middle of the quietest tenth of a second between two points.
    fn quietest(&self, from: SampleTime, to: SampleTime) -> SampleTime {
        let powers: Vec<f32> =
            self.part(from, to).chunks(FRAME).map(|frame| frame.iter().map(|s| s * s).sum()).collect();
        let length = QUIET.frames() as usize;
        let power = |window: &[f32]| window.iter().sum::<f32>();
        let quietest = powers.windows(length).enumerate().min_by(|a, b| power(a.1).total_cmp(&power(b.1)));
        let at = quietest.map_or(powers.len() / 2, |(at, _)| at + length / 2);
        from + SampleSpan::from_frames(at as u64)
    }
}

/// What one side is saying.
#[derive(Debug, Default)]
struct Side {
    sound: Sound,
    /// Speech of the utterance at hand that has ended.
    ended: Vec<(SampleTime, SampleTime)>,
    /// Since when somebody speaks.
    open: Option<SampleTime>,
    /// Up to here it was given away.
    given: SampleTime,
    /// Both sides carry the same sound: nobody can say whose words these are.
    nobodys: bool,
}

impl Side {
    fn begin(&self) -> Option<SampleTime> {
        self.ended.first().map(|(from, _)| *from).or(self.open)
    }

    fn started(&mut self, at: SampleTime) {
        self.open = Some(at.max(self.given));
    }

    fn stopped(&mut self, at: SampleTime) {
        if let Some(from) = self.open.take().filter(|from| *from < at) {
            self.ended.push((from, at));
        }
    }

    fn withdraw(&mut self, from: SampleTime) {
        self.open = None;
        self.ended.retain(|(begin, _)| *begin < from);
        if let Some((_, to)) = self.ended.last_mut() {
            *to = (*to).min(from);
        }
    }

    /// Where the utterance at hand ends, where it does by `now`.
    fn end(&self, now: SampleTime) -> Option<End> {
        let begin = self.begin()?;
        let spoken_to = self.open.map_or_else(|| self.ended.last().map(|(_, to)| *to), |_| Some(now))?;
        let length = spoken_to.since(begin);
        let pause = if LONG < length { LATE_PAUSE } else { PAUSE };
        if LONGEST <= length {
            Some(End::Forced(self.sound.quietest(spoken_to.back(SEARCH).max(begin), spoken_to)))
        } else if self.open.is_none() && pause <= now.since(spoken_to) + HALF_TICK {
            Some(End::Pause(spoken_to))
        } else {
            None
        }
    }
}

/// Why an utterance ends, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Pause(SampleTime),
    Forced(SampleTime),
}

/// Cuts both sides.
#[derive(Debug, Default)]
pub struct Segments {
    sides: Sides<Side>,
    /// When each side spoke, as far as it may still matter to the other.
    spoke: Sides<VecDeque<(SampleTime, SampleTime)>>,
}

impl Segments {
    /// Takes the next samples of both sides, equally many.
    pub fn sound(&mut self, sides: Sides<&[f32]>) {
        for who in Channel::BOTH {
            self.sides[who].sound.samples.extend(sides[who]);
        }
    }

    /// Takes what the core says, and appends what is ready to be recognised. The
    /// sound that an event speaks of must have come before it.
    pub fn event(&mut self, event: &Event, out: &mut Vec<Utterance>) {
        match event {
            Event::SpeechStarted { who, at, .. } => self.sides[*who].started(*at),
            Event::SpeechEnded { who, from, at, .. } => {
                self.sides[*who].stopped(*at);
                self.spoke[*who].push_back((*from, *at));
            }
            Event::SpeechWithdrawn { who, from, .. } => self.sides[*who].withdraw(*from),
            Event::Channel { who, state, .. } => self.sides[*who].nobodys = *state == State::SameAudio,
            Event::Reading(reading) => self.cut(reading.of, out),
            Event::Ended { at } => self.finish(*at, out),
            Event::Interrupts { .. }
            | Event::Overlapped(_)
            | Event::Reclassed { .. }
            | Event::FloorPassed { .. }
            | Event::Monologue { .. }
            | Event::Silence { .. }
            | Event::VoiceRaised { .. }
            | Event::VoiceLowered { .. }
            | Event::PaceRose { .. }
            | Event::PaceFell { .. }
            | Event::Customer { .. }
            | Event::Cue(_)
            | Event::Listened { .. }
            | Event::Unheard { .. }
            | Event::Baseline { .. }
            | Event::Second(_)
            | Event::Decision(_)
            | Event::Cleared { .. }
            | Event::Ordered { .. }
            | Event::Applied { .. } => (),
        }
    }

    /// The call ends here: whatever was being said ends too.
    pub fn finish(&mut self, end: SampleTime, out: &mut Vec<Utterance>) {
        for who in Channel::BOTH {
            self.sides[who].stopped(end);
            if let Some((_, to)) = self.sides[who].ended.last() {
                let to = *to;
                self.give(who, End::Pause(to), out);
            }
        }
    }

    fn cut(&mut self, now: SampleTime, out: &mut Vec<Utterance>) {
        for who in Channel::BOTH {
            if let Some(end) = self.sides[who].end(now) {
                self.give(who, end, out);
            }
            let side = &mut self.sides[who];
            let keep = side.begin().map_or(now, |begin| begin.back(BEFORE)).min(now.back(HINDSIGHT));
            side.sound.forget(keep);
            while self.spoke[who].front().is_some_and(|(_, to)| *to < now.back(LONGEST + HINDSIGHT)) {
                self.spoke[who].pop_front();
            }
        }
    }

    fn give(&mut self, who: Channel, end: End, out: &mut Vec<Utterance>) {
        let side = &mut self.sides[who];
        let Some(begin) = side.begin() else { return };
        let from = begin.back(BEFORE).max(side.given);
        let (to, speech) = match end {
            End::Pause(to) => (to + AFTER, std::mem::take(&mut side.ended)),
            End::Forced(at) => (at, side.split(at)),
        };
        let samples = side.sound.part(from, to);
        side.given = from + SampleSpan::from_samples(samples.len() as u64);
        let mut utterance = Utterance { who, from, speech, samples };
        if LEAST <= utterance.spoken() && !side.nobodys {
            self.hush(&mut utterance);
            out.push(utterance);
        }
    }

    /// Where the customer speaks and the agent does not, the microphone has only
    /// the customer's leak to offer.
    fn hush(&self, utterance: &mut Utterance) {
        if utterance.who == Channel::Customer {
            return;
        }
        let now = utterance.to();
        let open = self.sides.customer.open.map(|from| (from, now));
        for (from, to) in self.spoke.customer.iter().copied().chain(open) {
            for at in from.frame()..to.frame().min(now.frame()) {
                let middle = SampleTime::from_frame(at);
                let own = |s: &(SampleTime, SampleTime)| s.0.back(OWN) <= middle && middle < s.1 + OWN;
                if !utterance.speech.iter().any(own) {
                    zero(&mut utterance.samples, middle, utterance.from);
                }
            }
        }
    }
}

/// Silences one frame.
fn zero(samples: &mut [f32], frame: SampleTime, from: SampleTime) {
    if let Some(at) = frame.samples().checked_sub(from.samples()) {
        let at = (at as usize).min(samples.len());
        let end = (at + FRAME).min(samples.len());
        samples[at..end].fill(0.0);
    }
}

impl Side {
    /// The speech up to `at`; what is behind it belongs to the next utterance.
    fn split(&mut self, at: SampleTime) -> Vec<(SampleTime, SampleTime)> {
        let cut = |(from, to): &(SampleTime, SampleTime)| (*from < at).then(|| (*from, (*to).min(at)));
        let mut before: Vec<_> = self.ended.iter().filter_map(cut).collect();
        self.ended.retain(|(_, to)| at < *to);
        if let Some((from, _)) = self.ended.first_mut() {
            *from = (*from).max(at);
        }
        if let Some(from) = self.open.as_mut() {
            before.extend((*from < at).then_some((*from, at)));
            *from = (*from).max(at);
        }
        before
    }
}

#[cfg(test)]
mod tests;
