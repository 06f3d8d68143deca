//! What a call amounted to, from its stored events alone: for calls whose end
//! nobody was there to see. What only the sound could tell stays unknown.

use crate::core::event::{Event, Reliability, Standing, State};
use crate::core::summary::{CallSummary, Facts, Summary};
use crate::core::units::{SampleSpan, SampleTime, Sides};
use crate::store::StoredCall;

/// Sums up a call of this length.
pub fn summary(call: &StoredCall, length: SampleSpan) -> CallSummary {
    let mut fold = Summary::new(call.settings.score);
    let mut facts = unknown();
    for event in &call.events {
        fold.note(event);
        learn(&mut facts, event);
    }
    fold.note(&Event::Ended { at: SampleTime::ZERO + length });
    fold.finish(&facts)
}

fn unknown() -> Facts {
    Facts {
        verdicts: Sides::from_fn(|_| State::Unknown),
        leak_db: None,
        reliability: Reliability::Unknown,
        agc: false,
        looks_swapped: false,
        nuclei: 0,
        phonation: 0,
        normal: None,
        standing: Standing::None,
        harvest: None,
    }
}

/// The newest of what the events say of it.
fn learn(facts: &mut Facts, event: &Event) {
    match event {
        Event::Channel { who, state, .. } => facts.verdicts[*who] = *state,
        Event::Baseline { standing, normal, .. } => {
            (facts.standing, facts.normal) = (*standing, Some(*normal));
        }
        Event::Reading(reading) => {
            facts.reliability =
                if reading.overlaps_reliable { Reliability::Reliable } else { Reliability::Unknown };
        }
        _ => (),
    }
}
