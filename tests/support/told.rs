//! When the core said what: the rules of time that every event log keeps.

use evenkeel::core::event::{Decision, Event, Outcome};
use evenkeel::core::units::{Channel, SampleTime};

/// When an event was decided, and the stretch of the call that it is about.
pub(crate) fn times(event: &Event) -> (SampleTime, Vec<SampleTime>) {
    match event {
        Event::SpeechStarted { at, decided, .. }
        | Event::Interrupts { at, decided, .. }
        | Event::FloorPassed { at, decided, .. }
        | Event::VoiceRaised { at, decided, .. }
        | Event::Channel { since: at, decided, .. } => (*decided, vec![*at]),
        Event::SpeechEnded { from, at, decided, .. } => (*decided, vec![*from, *at]),
        Event::VoiceLowered { from, to, decided, .. } => (*decided, vec![*from, *to]),
        Event::SpeechWithdrawn { from, to, .. } => (*to, vec![*from]),
        Event::Cue(hit) => (hit.until, vec![hit.at]),
        Event::Listened { from, to, .. } | Event::Unheard { from, to, .. } => (*to, vec![*from]),
        Event::Overlapped(j) => (j.overlap.until, vec![j.overlap.at, j.overlap.end]),
        Event::Reclassed { at, .. }
        | Event::Customer { at, .. }
        | Event::Baseline { at, .. }
        | Event::PaceRose { at, .. }
        | Event::Cleared { at, .. }
        | Event::Ordered { at, .. }
        | Event::Applied { at }
        | Event::Ended { at } => (*at, vec![]),
        Event::Monologue { from, to, .. }
        | Event::Silence { from, to }
        | Event::PaceFell { from, to, .. } => (*to, vec![*from]),
        Event::Second(second) => (second.at, vec![]),
        Event::Reading(reading) => (reading.at, vec![reading.of]),
        Event::Decision(decision) => (decision.at, vec![decision.began]),
    }
}

/// What an event begins (+1) or ends (-1), by name.
pub(crate) fn opens(event: &Event) -> Option<(String, i32)> {
    Some(match event {
        Event::SpeechStarted { who, .. } => (speech(*who), 1),
        Event::SpeechEnded { who, .. } => (speech(*who), -1),
        Event::VoiceRaised { .. } => ("raised".into(), 1),
        Event::VoiceLowered { .. } => ("raised".into(), -1),
        Event::PaceRose { .. } => ("fast".into(), 1),
        Event::PaceFell { .. } => ("fast".into(), -1),
        Event::Decision(Decision { outcome: Outcome::Shown, .. }) => ("nudge".into(), 1),
        Event::Cleared { .. } => ("nudge".into(), -1),
        _ => return None,
    })
}

fn speech(who: Channel) -> String {
    format!("{who} speaks")
}
