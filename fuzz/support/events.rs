//! What holds of the events of any call.

use evenkeel::core::event::{Event, Kind};
use evenkeel::core::units::{Channel, SampleTime, Sides};

/// Follows the events of one call.
#[derive(Default)]
pub struct Law {
    second: SampleTime,
    reading: SampleTime,
    of: SampleTime,
    speaks: Sides<bool>,
    ended: bool,
}

impl Law {
    /// Takes an event that was told when samples had come up to `now`.
    pub fn hold(&mut self, event: &Event, now: SampleTime) {
        assert!(!self.ended, "{event:?} after the end");
        let Span { from, to, decided } = span(event);
        assert!(from <= to && to <= decided, "out of order: {event:?}");
        assert!(decided <= now, "told before it could be known, at {now:?}: {event:?}");
        match event {
            Event::Second(second) => advance(&mut self.second, second.at, event),
            Event::Reading(reading) => {
                assert!(reading.of <= reading.at, "{event:?}");
                assert!(self.reading <= reading.at, "{event:?} after {:?}", self.reading);
                self.reading = reading.at;
                advance(&mut self.of, reading.of, event);
            }
            Event::SpeechStarted { who, .. } => self.speech(*who, true, event),
            Event::SpeechEnded { who, .. } => self.speech(*who, false, event),
            Event::SpeechWithdrawn { who, .. } => self.speaks[*who] = false,
            Event::Ended { at } => {
                assert_eq!(*at, now);
                assert!(Channel::BOTH.iter().all(|&who| !self.speaks[who]), "speech without an end");
                self.ended = true;
            }
            _ => (),
        }
    }

    fn speech(&mut self, who: Channel, speaks: bool, event: &Event) {
        assert_ne!(self.speaks[who], speaks, "{event:?}");
        self.speaks[who] = speaks;
    }
}

fn advance(clock: &mut SampleTime, to: SampleTime, event: &Event) {
    assert!(*clock < to, "{event:?} after {clock:?}");
    *clock = to;
}

/// The times of an event.
struct Span {
    from: SampleTime,
    to: SampleTime,
    decided: SampleTime,
}

fn known(from: SampleTime, decided: SampleTime) -> Span {
    Span { from, to: from, decided }
}

fn stretch(from: SampleTime, to: SampleTime) -> Span {
    Span { from, to, decided: to }
}

/// Every kind of event must be placed here before this compiles again.
fn span(event: &Event) -> Span {
    match *event {
        Event::SpeechStarted { at, decided, .. }
        | Event::Interrupts { at, decided, .. }
        | Event::FloorPassed { at, decided, .. }
        | Event::VoiceRaised { at, decided, .. }
        | Event::Channel { since: at, decided, .. } => known(at, decided),
        Event::SpeechEnded { from, at: to, decided, .. } | Event::VoiceLowered { from, to, decided, .. } => {
            Span { from, to, decided }
        }
        Event::SpeechWithdrawn { from, to, .. }
        | Event::Monologue { from, to, .. }
        | Event::Silence { from, to }
        | Event::PaceFell { from, to, .. } => stretch(from, to),
        Event::Cue(hit) => stretch(hit.at, hit.until),
        Event::Listened { from, to, .. } => stretch(from, to),
        Event::Overlapped(judged) => known(judged.overlap.at, judged.announced.unwrap_or(judged.overlap.at)),
        Event::Decision(decision) => known(decision.began, decision.at),
        Event::PaceRose { at, .. }
        | Event::Customer { at, .. }
        | Event::Baseline { at, .. }
        | Event::Cleared { at, .. }
        | Event::Ordered { at, .. }
        | Event::Applied { at }
        | Event::Reclassed { at, .. }
        | Event::Ended { at } => known(at, at),
        Event::Second(second) => known(second.at, second.at),
        Event::Reading(reading) => known(reading.of, reading.at),
    }
}

/// The kind of nudge that a byte stands for.
pub fn kind(byte: u8) -> Kind {
    Kind::ALL[usize::from(byte) % Kind::ALL.len()]
}
