//! Speech of one side that nobody recognised, found when something later was: what
//! was put aside, failed, was lost or was said in a loop leaves a hole before it.
//! Knows speech and what was listened to, and never a word.

use crate::core::event::Event;
use crate::core::units::{SampleSpan, SampleTime, Sides};

/// Speech apart by no more than this is one utterance.
const ONE: SampleSpan = SampleSpan::from_millis(400);
/// An utterance of less than this is given to no recogniser, and misses nothing.
const LEAST: SampleSpan = SampleSpan::from_millis(250);
/// Stretches that are kept apart; the oldest become one where there are more, in a
/// call to which nobody listens.
const KEPT: usize = 64;

/// A hole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hole {
    pub(super) from: SampleTime,
    pub(super) to: SampleTime,
    /// The speech in it.
    pub(super) spoken: SampleSpan,
}

/// Follows one side.
#[derive(Clone, Debug)]
pub(super) struct Unheard {
    /// Speech that has ended and was not listened to yet.
    spoke: Vec<Hole>,
    /// Since when somebody speaks.
    open: Option<SampleTime>,
    /// Up to here it is known what was listened to.
    known: SampleTime,
}

impl Default for Unheard {
    fn default() -> Self {
        // All at once: none is asked for while a call is on.
        Self { spoke: Vec::with_capacity(KEPT + 1), open: None, known: SampleTime::ZERO }
    }
}

impl Unheard {
    /// Takes what the earlier stages say of both sides.
    pub(super) fn note(sides: &mut Sides<Self>, event: &Event) {
        if let Event::SpeechStarted { who, at, .. } = event {
            sides[*who].open = Some(*at);
        } else if let Event::SpeechEnded { who, from, at, .. } = event {
            sides[*who].ended(*from, *at);
        } else if let Event::SpeechWithdrawn { who, from, .. } = event {
            sides[*who].withdraw(*from);
        }
    }

    fn ended(&mut self, from: SampleTime, to: SampleTime) {
        self.open = None;
        let from = from.max(self.known);
        if to <= from {
            return;
        }
        let new = Hole { from, to, spoken: to.since(from) };
        match self.spoke.last_mut().filter(|last| from.since(last.to) <= ONE) {
            Some(last) => last.join(&new),
            None => self.spoke.push(new),
        }
        if KEPT < self.spoke.len() {
            let second = self.spoke.remove(1);
            self.spoke[0].join(&second);
        }
    }

    fn withdraw(&mut self, from: SampleTime) {
        self.open = None;
        self.spoke.retain(|stretch| stretch.from < from);
        if let Some(last) = self.spoke.last_mut() {
            last.end(from);
        }
    }

    /// From `from` to `to` it was listened to: the holes before that.
    pub(super) fn listened(&mut self, from: SampleTime, to: SampleTime) -> Vec<Hole> {
        let open = self.open.map(|since| since.max(self.known)).filter(|since| *since < from);
        let open = open.map(|since| Hole { from: since, to: from, spoken: from.since(since) });
        let before = self.spoke.iter().filter(|stretch| stretch.from < from);
        let holes = before.map(|stretch| stretch.up_to(from)).chain(open);
        let holes = holes.filter(|hole| LEAST <= hole.spoken).collect();
        self.known = self.known.max(to);
        self.spoke.retain(|stretch| to < stretch.to);
        for stretch in &mut self.spoke {
            stretch.begin(to);
        }
        holes
    }
}

impl Hole {
    fn length(&self) -> SampleSpan {
        self.to.since(self.from)
    }

    fn join(&mut self, later: &Self) {
        self.to = later.to;
        self.spoken += later.spoken;
    }

    fn up_to(mut self, end: SampleTime) -> Self {
        self.end(end);
        self
    }

    /// What is behind this is no part of it.
    fn end(&mut self, at: SampleTime) {
        self.to = self.to.min(at);
        self.spoken = self.spoken.min(self.length());
    }

    /// Nor what is before this.
    fn begin(&mut self, at: SampleTime) {
        self.from = self.from.max(at);
        self.spoken = self.spoken.min(self.length());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::cues::{self, Draft, Lexicon, Listener};
    use crate::core::pipeline::{Past, Pipeline, Settings};
    use crate::core::units::Channel;

    fn at(tenths: usize) -> SampleTime {
        SampleTime::from_frame(10 * tenths as u64)
    }

    /// The agent speaks as drawn, one character a tenth of a second.
    fn speaks(drawn: &str) -> Sides<Unheard> {
        let mut sides = Sides::default();
        let (who, mut since) = (Channel::Agent, None);
        for (k, c) in drawn.chars().enumerate() {
            match (c == '#', since) {
                (true, None) => {
                    since = Some(at(k));
                    Unheard::note(&mut sides, &Event::SpeechStarted { who, at: at(k), decided: at(k) });
                }
                (false, Some(from)) => {
                    since = None;
                    let decided = at(k);
                    Unheard::note(&mut sides, &Event::SpeechEnded { who, from, at: at(k), decided });
                }
                (true, Some(_)) | (false, None) => (),
            }
        }
        sides
    }

    /// Begin and end of the holes before what was listened to, in tenths of a second.
    fn holes(of: &mut Unheard, from: usize, to: usize) -> Vec<(u64, u64)> {
        let tenths = |time: SampleTime| time.frame() / 10;
        of.listened(at(from), at(to)).iter().map(|hole| (tenths(hole.from), tenths(hole.to))).collect()
    }

    #[test]
    fn what_was_not_listened_to_before_something_later_was_is_a_hole() {
        let mut agent = speaks(".....#####......#####......#####......").agent;
        assert_eq!(holes(&mut agent, 3, 12), []);
        assert_eq!(holes(&mut agent, 25, 34), [(16, 21)]);
        assert_eq!(holes(&mut agent, 40, 50), [], "and is told once");
    }

    #[test]
    fn all_that_was_said_before_anybody_listened_is_one() {
        let mut agent = speaks("#####......#####......#####......").agent;
        assert_eq!(holes(&mut agent, 20, 29), [(0, 5), (11, 16)]);
    }

    #[test]
    fn the_first_part_of_a_long_talk_that_goes_on_is_one() {
        let mut agent = speaks(&"#".repeat(150)).agent;
        assert_eq!(holes(&mut agent, 95, 140), [(0, 95)]);
        assert_eq!(holes(&mut agent, 140, 150), []);
    }

    #[test]
    fn what_is_too_short_for_a_recogniser_is_none() {
        let mut agent = speaks("..##.....##......#####......").agent;
        assert_eq!(holes(&mut agent, 15, 24), []);
        let mut agent = speaks("..##..##.........#####......").agent;
        assert_eq!(holes(&mut agent, 15, 24), [(2, 8)], "two that are one utterance");
    }

    #[test]
    fn what_was_no_speech_is_none() {
        let mut sides = speaks("..######......#####......");
        let withdrawn = Event::SpeechWithdrawn { who: Channel::Agent, from: at(1), to: at(9) };
        let mut early = speaks("..######......");
        Unheard::note(&mut early, &withdrawn);
        assert_eq!(holes(&mut early.agent, 12, 21), []);
        assert_eq!(holes(&mut sides.customer, 12, 21), []);
    }

    #[test]
    fn a_call_to_which_nobody_listens_takes_no_room() {
        let agent = speaks(&"###......".repeat(1000)).agent;
        assert_eq!(agent.spoke.len(), KEPT);
        let spoken = agent.spoke.iter().fold(SampleSpan::ZERO, |sum, stretch| sum + stretch.spoken);
        assert_eq!(spoken, SampleSpan::from_millis(300_000), "and forgets nothing");
    }

    #[test]
    fn the_core_tells_of_a_hole_before_what_was_listened_to() {
        let mut pipeline = Pipeline::new(Settings::default(), Past::default());
        let lexicon = Lexicon::new(&Draft::default()).unwrap();
        pipeline.listen(Listener::new(Arc::new(lexicon), cues::Settings::default()));
        let (who, mut out) = (Channel::Agent, Vec::new());
        let ended = |from, to| Event::SpeechEnded { who, from: at(from), at: at(to), decided: at(to) };
        pipeline.pass_on(&[ended(0, 10), ended(20, 30)]);
        let spoken = SampleSpan::from_millis(1000);
        pipeline.listened(who, (at(20), at(30)), spoken, &mut out);
        let (hole, heard) = ((at(0), at(10)), (at(20), at(30)));
        let expected = [
            Event::Unheard { who, from: hole.0, to: hole.1, spoken },
            Event::Listened { who, from: heard.0, to: heard.1, spoken },
        ];
        assert_eq!(out, expected);
    }
}
