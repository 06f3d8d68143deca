//! What the core decides, as the view is told it: for calls that are played back.

use crate::app::live::halts::Halts;
use crate::app::live::second::Gather;
use crate::app::live::view::{Change, Second};
use crate::config::wording;
use crate::core::event::{Decision, Event, Kind, Order, Outcome, Reading};
use crate::core::units::{SampleSpan, SampleTime};
use crate::core::words::Words;
use crate::report::names;
use crate::surfaces::terminal::Tone;
use crate::surfaces::wording::Wording;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Events {
    gather: Gather,
    /// Where the played part begins in its file.
    from: SampleSpan,
    score: Option<f32>,
    lately: Option<f32>,
    showing: Option<Kind>,
    halts: Halts,
    wording: Wording,
}

impl Events {
    /// Of a call of which the part from `from` is played, in these words.
    pub fn new(from: SampleSpan, wording: Wording) -> Self {
        Self { from, wording, ..Self::default() }
    }

    /// The score so far and that of the last two minutes, 0 to 100.
    pub const fn score(&mut self, so_far: Option<f32>, lately: Option<f32>) {
        (self.score, self.lately) = (so_far, lately);
    }

    /// What there is to show of an event.
    pub fn event(&mut self, event: &Event) -> Option<Change> {
        match event {
            Event::Reading(reading) => self.reading(reading),
            Event::Decision(decision) if decision.outcome == Outcome::Shown => Some(self.nudge(decision)),
            Event::Cleared { kind, .. } => {
                self.showing.take_if(|shown| shown == kind).map(|_| Change::Cleared)
            }
            Event::Channel { who, state, .. } => {
                let why = (!state.is_measurable()).then(|| names::state_title(*state).to_owned());
                Some(Change::Side(*who, why))
            }
            Event::Ordered { order, .. } => Some(self.halt(*order)),
            _ => None,
        }
    }

    /// What somebody said.
    pub fn said(&self, words: &Words) -> Change {
        Change::Said { who: words.who, at_s: self.at(words.from), text: words.text.clone() }
    }

    fn at(&self, at: SampleTime) -> f64 {
        (at + self.from).seconds()
    }

    fn reading(&mut self, reading: &Reading) -> Option<Change> {
        let gathered = self.gather.reading(reading)?;
        Some(Change::Second(Second {
            at_s: self.at(reading.at),
            spoke: gathered.spoke,
            pace: gathered.pace,
            rise: gathered.rise,
            score: self.score,
            lately: self.lately,
        }))
    }

    fn nudge(&mut self, decision: &Decision) -> Change {
        self.showing = Some(decision.kind);
        let why = || names::why(decision);
        Change::Nudge {
            text: wording::text(&self.wording, decision.kind, decision.variant).to_owned(),
            detail: names::advice(decision.variant).map_or_else(why, str::to_owned),
            tone: Tone::of(decision.kind),
            at_s: self.at(decision.at),
        }
    }

    fn halt(&mut self, order: Order) -> Change {
        match order {
            Order::Hold(on) => self.halts.held = on,
            Order::Mute(on) => self.halts.muted = on,
            Order::Quiet(on) => self.halts.quiet = on,
            // How long is not told when it ends.
            Order::Snooze(_) | Order::Off(_) | Order::Wrong(_) | Order::Dismiss | Order::Device(_) => (),
        }
        Change::Halt(self.halts.told())
    }
}
