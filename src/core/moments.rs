//! The moments that cost most: each with the points that would not have been
//! lost without it.

use crate::core::event::{Class, Detector};
use crate::core::score::{PARTS, Part, Score};
use crate::core::units::{SampleSpan, SampleTime};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause {
    /// The customer was interrupted and stopped.
    CutOff,
    /// The customer was talked over and went on.
    TalkOver,
    /// Overlap that is no interruption.
    Overlap,
    /// The voice was raised, by so many dB at most.
    RaisedVoice {
        /// Highest rise, dB.
        peak: f32,
    },
    /// Speech was fast, by this ratio at most.
    FastPace {
        /// Highest pace against the baseline.
        ratio: f32,
    },
    /// A reply came at once.
    RushedReply {
        /// Floor-transfer offset, s.
        offset: f32,
    },
    /// A phrase that makes it worse.
    Phrase {
        /// Which kind.
        detector: Detector,
    },
}

/// A costly moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Where it begins.
    pub at: SampleTime,
    /// Where it ends.
    pub end: SampleTime,
    /// What happened there, the dearest first.
    pub causes: [Option<Cause>; 3],
    /// Points of the score that it cost.
    pub points: f32,
}

/// How much of each part a single event brought about.
type Shares = [f32; PARTS];

#[derive(Clone, Copy, Debug)]
struct Entry {
    at: SampleTime,
    end: SampleTime,
    cause: Cause,
    shares: Shares,
}

/// Events that are remembered; beyond them the smallest are forgotten.
const MOST: usize = 128;
/// Events this near to each other are one moment.
const NEAR: SampleSpan = SampleSpan::from_millis(2000);
/// Moments that are told.
const TOLD: usize = 3;
/// A moment that cost less than this is not told, points.
const LEAST: f32 = 0.5;

/// Collects what cost points.
#[derive(Clone, Debug)]
pub struct Moments {
    entries: Vec<Entry>,
    totals: Shares,
}

impl Moments {
    /// Nothing has cost anything.
    pub fn new() -> Self {
        // Room for one more than is kept, so that no call allocates.
        Self { entries: Vec::with_capacity(MOST + 1), totals: [0.0; PARTS] }
    }

    /// Adds an event that brought about `amount` of the part it belongs to.
    pub fn add(&mut self, cause: Cause, at: SampleTime, end: SampleTime, amount: f32) {
        let part = match cause {
            Cause::CutOff | Cause::TalkOver => Part::Interruptions,
            Cause::Overlap => Part::Overlap,
            Cause::RaisedVoice { .. } => Part::RaisedVoice,
            Cause::FastPace { .. } => Part::Pace,
            Cause::RushedReply { .. } => Part::RushedReply,
            Cause::Phrase { .. } => Part::Language,
        };
        let mut shares = [0.0; PARTS];
        shares[part as usize] = amount;
        self.push(Entry { at, end, cause, shares });
    }

    /// Adds a start of the agent over the customer's speech.
    pub fn add_overlap(&mut self, class: Class, at: SampleTime, end: SampleTime, overlap: f32) {
        let cause = match class {
            Class::CutOff => Cause::CutOff,
            Class::TalkOver => Cause::TalkOver,
            Class::EarlyStart | Class::PauseBargeIn => Cause::Overlap,
            Class::Backchannel | Class::SimultaneousStart => return,
        };
        let mut shares = [0.0; PARTS];
        shares[Part::Interruptions as usize] = class.weight();
        shares[Part::Overlap as usize] = overlap;
        self.push(Entry { at, end, cause, shares });
    }

    /// Takes back the overlap that began at `at`.
    pub fn drop_overlap(&mut self, at: SampleTime) {
        let of_overlap =
            |e: &Entry| e.at == at && matches!(e.cause, Cause::CutOff | Cause::TalkOver | Cause::Overlap);
        if let Some(place) = self.entries.iter().position(of_overlap) {
            let gone = self.entries.swap_remove(place);
            self.totals.iter_mut().zip(gone.shares).for_each(|(t, s)| *t = (*t - s).max(0.0));
        }
    }

    fn push(&mut self, entry: Entry) {
        self.totals.iter_mut().zip(entry.shares).for_each(|(t, s)| *t += s);
        self.entries.push(entry);
        if MOST < self.entries.len() {
            let size = |e: &Entry| e.shares.iter().sum::<f32>();
            let smallest = (0..self.entries.len())
                .min_by(|&a, &b| size(&self.entries[a]).total_cmp(&size(&self.entries[b])));
            if let Some(place) = smallest {
                self.entries.swap_remove(place);
            }
        }
    }

    /// The moments that cost most of what a score lost.
    pub fn dearest(&self, score: &Score) -> Vec<Moment> {
        let mut costs: Vec<(Entry, f32)> = self.entries.iter().map(|e| (*e, self.cost(e, score))).collect();
        // What cost nothing made nothing dear.
        costs.retain(|(_, points)| 0.0 < *points);
        costs.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.at.cmp(&b.0.at)));
        let mut moments: Vec<Moment> = Vec::new();
        for (entry, points) in costs {
            match moments.iter_mut().find(|m| m.is_near(&entry)) {
                Some(moment) => moment.join(&entry, points),
                None => moments.push(Moment {
                    at: entry.at,
                    end: entry.end,
                    causes: [Some(entry.cause), None, None],
                    points,
                }),
            }
        }
        moments.sort_by(|a, b| b.points.total_cmp(&a.points).then(a.at.cmp(&b.at)));
        moments.retain(|m| LEAST <= m.points);
        moments.truncate(TOLD);
        moments
    }

    fn cost(&self, entry: &Entry, score: &Score) -> f32 {
        let of_part = |k: usize| {
            if 0.0 < self.totals[k] { score.parts[k].lost * entry.shares[k] / self.totals[k] } else { 0.0 }
        };
        (0..PARTS).map(of_part).sum()
    }
}

impl Default for Moments {
    fn default() -> Self {
        Self::new()
    }
}

impl Moment {
    fn is_near(&self, entry: &Entry) -> bool {
        entry.at <= self.end + NEAR && self.at <= entry.end + NEAR
    }

    fn join(&mut self, entry: &Entry, points: f32) {
        self.at = self.at.min(entry.at);
        self.end = self.end.max(entry.end);
        self.points += points;
        let same = |c: &Option<Cause>| {
            c.is_some_and(|c| std::mem::discriminant(&c) == std::mem::discriminant(&entry.cause))
        };
        if !self.causes.iter().any(same)
            && let Some(free) = self.causes.iter_mut().find(|c| c.is_none())
        {
            *free = Some(entry.cause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::measures::{Measured, Why};
    use crate::core::score::{Inputs, Settings, score};

    fn at(seconds: f64) -> SampleTime {
        SampleTime::from_seconds(seconds)
    }

    fn lost(raised: f32, interruptions: f32, overlap: f32) -> Score {
        let mut values = [Measured::Known(0.0); PARTS];
        values[Part::RaisedVoice as usize] = Measured::Known(raised);
        values[Part::Interruptions as usize] = Measured::Known(interruptions);
        values[Part::Overlap as usize] = Measured::Known(overlap);
        values[Part::Language as usize] = Measured::Unknown(Why::NoWords);
        score(&Inputs { values, monologue: 0.0, speech: 60.0, call: 120.0 }, &Settings::default())
    }

    #[test]
    fn what_cost_nothing_is_no_cause() {
        let mut moments = Moments::new();
        moments.add(Cause::RaisedVoice { peak: 8.0 }, at(10.0), at(13.0), 3.0);
        moments.add(Cause::RushedReply { offset: 0.1 }, at(14.0), at(14.5), 1.0);
        let got = moments.dearest(&lost(0.2, 0.0, 0.0));
        assert_eq!(got[0].causes, [Some(Cause::RaisedVoice { peak: 8.0 }), None, None]);
        assert_eq!(got[0].end, at(13.0));
    }

    #[test]
    fn the_points_of_a_part_are_shared_by_what_brought_them_about() {
        let mut moments = Moments::new();
        moments.add(Cause::RaisedVoice { peak: 8.0 }, at(10.0), at(13.0), 3.0);
        moments.add(Cause::RaisedVoice { peak: 6.0 }, at(60.0), at(61.0), 1.0);
        let score = lost(0.2, 0.0, 0.0);
        let got = moments.dearest(&score);
        assert_eq!(got.len(), 2);
        assert!((got[0].points - 3.0 * got[1].points).abs() < 0.01);
        let told: f32 = got.iter().map(|m| m.points).sum();
        assert!((told - score.parts[0].lost).abs() < 0.01);
    }

    #[test]
    fn what_happens_together_is_one_moment() {
        let mut moments = Moments::new();
        moments.add_overlap(Class::TalkOver, at(30.0), at(33.0), 1.5);
        moments.add(Cause::RaisedVoice { peak: 8.0 }, at(31.0), at(34.0), 3.0);
        let got = moments.dearest(&lost(0.1, 0.5, 0.05));
        assert_eq!(got.len(), 1);
        assert_eq!((got[0].at, got[0].end), (at(30.0), at(34.0)));
        assert_eq!(got[0].causes.iter().flatten().count(), 2);
    }

    #[test]
    fn at_most_three_are_told_and_none_that_cost_nothing() {
        let mut moments = Moments::new();
        (0..5).for_each(|k| {
            moments.add_overlap(Class::CutOff, at(20.0 * f64::from(k)), at(20.0 * f64::from(k) + 2.0), 1.0);
        });
        assert_eq!(moments.dearest(&lost(0.0, 1.0, 0.0)).len(), 3);
        assert_eq!(moments.dearest(&lost(0.0, 0.0, 0.0)).len(), 0);
    }

    #[test]
    fn memory_is_bounded_and_the_largest_stay() {
        let mut moments = Moments::new();
        moments.add(Cause::RaisedVoice { peak: 9.0 }, at(1.0), at(20.0), 19.0);
        (0..1000).for_each(|k| {
            moments.add(
                Cause::RushedReply { offset: 0.1 },
                at(f64::from(k) * 10.0),
                at(f64::from(k) * 10.0),
                1.0,
            );
        });
        assert!(moments.entries.len() <= MOST);
        assert!(moments.entries.iter().any(|e| matches!(e.cause, Cause::RaisedVoice { .. })));
    }

    #[test]
    fn a_token_that_was_taken_for_an_interruption_costs_nothing() {
        let mut moments = Moments::new();
        moments.add_overlap(Class::TalkOver, at(30.0), at(31.2), 1.2);
        moments.drop_overlap(at(30.0));
        assert_eq!(moments.dearest(&lost(0.0, 0.5, 0.05)), []);
    }
}
