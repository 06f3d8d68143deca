//! The printable event log: one line an event, in the words a supervisor would
//! use. Snapshot format of tests and output of `analyze --events`.

use crate::core::event::{Event, Order, Outcome};
use crate::core::units::{Channel, SampleSpan, SampleTime};
use crate::report::names;

/// The line of an event, or nothing where it only feeds other stages. It is
/// dated to the moment it is about, in the time of the file: `offset` is where
/// the analysed part begins in it. Lines come in the order of decision.
pub fn line(event: &Event, offset: SampleSpan) -> Option<String> {
    let (at, text) = told(event, offset)?;
    Some(format!("{} {text}", at + offset))
}

/// The lines of many events, each with its line feed.
pub fn text<'a>(events: impl IntoIterator<Item = &'a Event>, offset: SampleSpan) -> String {
    events.into_iter().filter_map(|event| line(event, offset)).map(|line| line + "\n").collect()
}

fn told(event: &Event, offset: SampleSpan) -> Option<(SampleTime, String)> {
    let said = match event {
        Event::SpeechStarted { who, at, .. } => (*at, format!("{who} speaks")),
        Event::SpeechEnded { who, at, .. } => (*at, format!("{who} stops")),
        Event::SpeechWithdrawn { who, from, to } => {
            (*to, format!("{who} side: no speech since {}, a tone or music", *from + offset))
        }
        Event::Interrupts { by, decided, .. } => (*decided, format!("{by} interrupts")),
        Event::Overlapped(judged) => (judged.overlap.at, overlapped(judged)),
        Event::Reclassed { at, by, class, .. } => {
            (*at, format!("{by}'s words show: {}", names::class_title(*class)))
        }
        Event::FloorPassed { to, at, offset, .. } => (*at, passed(*to, *offset)),
        Event::Monologue { who, from, to } => return monologue(*who, *from, *to),
        Event::Silence { from, to } => (*from, format!("Silence for {:.1} s", to.since(*from).seconds())),
        Event::VoiceRaised { at, rise, .. } => (*at, format!("Agent's voice rises, {:+.1} dB", rise.level)),
        Event::VoiceLowered { from, to, peak, .. } => {
            let length = to.since(*from).seconds();
            (*to, format!("Agent's voice is down again after {length:.1} s, {peak:+.1} dB at most"))
        }
        Event::PaceRose { at, ratio } => (*at, format!("Agent is fast, {:.0} % of normal", ratio * 100.0)),
        Event::PaceFell { to, peak, .. } => {
            (*to, format!("Agent's pace is back, {:.0} % at most", peak * 100.0))
        }
        Event::Customer { at, change } => {
            let what = names::behaviour_title(change.behaviour);
            (*at, format!("Customer {}: {what}", if change.active { "begins" } else { "no longer" }))
        }
        Event::Channel { who, state, since, .. } => {
            (*since, format!("{who} channel: {}", names::state_title(*state)))
        }
        Event::Baseline { at, standing, .. } => {
            (*at, format!("Baseline {}", names::standing_title(*standing)))
        }
        Event::Cue(hit) => (hit.at, format!("{} words: {}", hit.who, names::detector_title(hit.detector))),
        Event::Decision(decision) => (decision.at, decided(decision)),
        Event::Cleared { kind, at, how } => {
            (*at, format!("Nudge off ({}): {}", names::kind_title(*kind), names::cleared_title(*how)))
        }
        Event::Ordered { at, order } => (*at, ordered(*order)),
        Event::Applied { at } => (*at, "Settings changed".into()),
        Event::Ended { at } => (*at, "Call ends".into()),
        Event::Second(_) | Event::Reading(_) | Event::Listened { .. } | Event::Unheard { .. } => return None,
    };
    Some(said)
}

fn overlapped(judged: &crate::core::event::Judged) -> String {
    let o = &judged.overlap;
    let doubt = if judged.reliability.is_reliable() {
        String::new()
    } else {
        format!(", not counted: {}", names::reliability_title(judged.reliability))
    };
    format!("{}: {}, {:.1} s together{doubt}", o.by, names::class_title(o.class), o.overlap.seconds())
}

fn passed(to: Channel, offset: Option<f32>) -> String {
    match offset {
        None => format!("{to} has the floor"),
        Some(offset) if offset < 0.0 => format!("{to} takes the floor {:.2} s before the end", -offset),
        Some(offset) => format!("{to} takes the floor after {offset:.2} s"),
    }
}

fn monologue(who: Channel, from: SampleTime, to: SampleTime) -> Option<(SampleTime, String)> {
    let length = to.since(from).seconds();
    // Shorter ones are ordinary turns.
    (30.0 <= length).then(|| (to, format!("{who}'s monologue of {length:.0} s ends")))
}

fn decided(decision: &crate::core::event::Decision) -> String {
    let text = names::nudge_text(decision.kind, decision.variant);
    let why = names::why(decision);
    match decision.outcome {
        Outcome::Shown => format!("Nudge \"{text}\": {why}"),
        Outcome::Suppressed(reason) => {
            format!("Nudge \"{text}\" held back, {}: {why}", names::reason_title(reason))
        }
    }
}

fn ordered(order: Order) -> String {
    match order {
        Order::Snooze(span) => format!("Snoozed for {:.0} s", span.seconds()),
        Order::Quiet(true) => "Quiet for this call".into(),
        Order::Quiet(false) => "Nudges on again".into(),
        Order::Off(kind) => format!("Switched off: {}", names::kind_title(kind)),
        Order::Wrong(kind) => format!("Called wrong: {}", names::kind_title(kind)),
        Order::Dismiss => "Nudge closed".into(),
        Order::Hold(true) => "On hold".into(),
        Order::Hold(false) => "Off hold".into(),
        Order::Mute(true) => "Muted".into(),
        Order::Mute(false) => "Unmuted".into(),
        Order::Device(who) => format!("Another device: {}", names::side(who)),
    }
}
