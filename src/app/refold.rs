//! Sums up a call whose program ended before it: a fold over the events that
//! were stored. What only the sound could tell (the leak, an automatic gain, the
//! articulation) stays unknown, and nothing is learned from such a call.

use crate::core::event::{Event, Normal, Reliability, Standing, State};
use crate::core::score::{self, Score};
use crate::core::summary::{CallSummary, Summary};
use crate::core::tally::Facts;
use crate::core::units::{SampleTime, Sides};
use crate::store::StoredCall;

/// What the events of a call tell of its channels.
#[derive(Clone, Copy, Debug)]
struct Told {
    states: Sides<State>,
    /// Whether starts over the other's speech counted when one was last told.
    reliability: Reliability,
    baseline: Option<(Standing, Normal)>,
}

/// The summary of a call from what is stored of it.
pub fn refold(call: &StoredCall) -> CallSummary {
    let mut fold = Refold::new(call);
    call.events.iter().for_each(|event| fold.note(event));
    if !call.events.iter().any(|event| matches!(event, Event::Ended { .. })) {
        fold.note(&Event::Ended { at: SampleTime::ZERO + call.line.length });
    }
    fold.summary.finish(&fold.told.facts())
}

/// The fold, event by event.
#[derive(Clone, Debug)]
pub struct Refold {
    told: Told,
    summary: Summary,
}

impl Refold {
    /// Of this call, of which nothing is noted yet.
    pub fn new(call: &StoredCall) -> Self {
        let told = Told { states: Sides::default(), reliability: Reliability::Unknown, baseline: None };
        Self { told, summary: Summary::new(settings(call)) }
    }

    /// Takes the next event.
    pub fn note(&mut self, event: &Event) {
        self.told.note(event);
        self.summary.note(event);
    }

    /// The score up to `at`, and that of the two minutes before it.
    pub fn scores(&self, at: SampleTime) -> (Score, Score) {
        let facts = self.told.facts();
        (self.summary.so_far(at, &facts), self.summary.lately(at, &facts))
    }
}

/// The constants of the score that were in force last.
fn settings(call: &StoredCall) -> score::Settings {
    call.applied.last().unwrap_or(&call.settings).score
}

impl Told {
    fn note(&mut self, event: &Event) {
        if let Event::Channel { who, state, .. } = event {
            self.states[*who] = *state;
        } else if let Event::Overlapped(judged) = event {
            self.reliability = judged.reliability;
        } else if let Event::Baseline { standing, normal, .. } = event {
            self.baseline = Some((*standing, *normal));
        } else if let Event::Reading(reading) = event
            && reading.overlaps_reliable
            && self.reliability == Reliability::Unknown
        {
            self.reliability = Reliability::Reliable;
        }
    }

    fn facts(&self) -> Facts {
        // Who fell silent at last was heard before.
        let verdicts = self.states.map(|state| if state == State::Silent { State::Live } else { state });
        Facts {
            verdicts,
            leak_db: None,
            reliability: self.reliability,
            agc: false,
            looks_swapped: false,
            nuclei: 0,
            phonation: 0,
            normal: self.baseline.map(|(_, normal)| normal),
            standing: self.baseline.map_or(Standing::None, |(standing, _)| standing),
            harvest: None,
        }
    }
}
