//! What a person, or a program on their behalf, may ask of the analysis.

use jiff::Timestamp;

use super::{Engine, span};
use crate::app::daemon::told::{Said, Told};
use crate::core::calls::{Input, Refused};
use crate::core::event::{Kind, Order};
use crate::core::units::Nanos;

impl Engine {
    /// Drops all sound at the tap for so long, or for as long as configured.
    /// Returns when it ends by itself.
    pub(in crate::app::daemon) fn pause(&mut self, now: Nanos, for_ns: u64) -> Timestamp {
        self.capture.pause(true);
        if let Some(running) = &mut self.running {
            running.call.pause(true, now);
        }
        self.step(now, Input::Pause(true));
        let until = Nanos(now.0.saturating_add(for_ns));
        self.pause = Some(until);
        let wall = self.on_the_wall(until);
        self.tell(Told::Paused(wall));
        wall
    }

    /// Captures again.
    pub(in crate::app::daemon) fn resume(&mut self, now: Nanos) {
        if self.pause.take().is_none() {
            return;
        }
        self.capture.pause(false);
        if let Some(running) = &mut self.running {
            running.call.pause(false, now);
        }
        self.step(now, Input::Pause(false));
        self.tell(Told::Resumed);
    }

    /// No nudges for so long, in this call and the next; none at all ends it.
    pub(in crate::app::daemon) fn snooze(&mut self, now: Nanos, for_ns: u64) {
        self.snoozed = (0 < for_ns).then(|| Nanos(now.0.saturating_add(for_ns)));
        self.order(now, Order::Snooze(span(for_ns)));
    }

    /// No nudges for the rest of the call that is on, or the next one.
    pub(in crate::app::daemon) fn quiet(&mut self, now: Nanos, on: bool) {
        self.quiet = on;
        self.order(now, Order::Quiet(on));
    }

    /// The last nudge of a kind, or the last of all, was wrong. Returns which;
    /// none where none was shown.
    pub(in crate::app::daemon) fn wrong(&mut self, now: Nanos, kind: Option<Kind>) -> Option<Kind> {
        let kind = kind.or_else(|| self.last_kind())?;
        self.running.as_ref()?;
        self.order(now, Order::Wrong(kind));
        Some(kind)
    }

    /// The nudge on the screen was closed.
    pub(in crate::app::daemon) fn dismiss(&mut self, now: Nanos) {
        self.order(now, Order::Dismiss);
    }

    /// A call begins, or the one that was just detected is this one.
    ///
    /// # Errors
    /// Where a call is on that cannot be meant.
    pub(in crate::app::daemon) fn start(&mut self, now: Nanos, said: Said) -> Result<(), Refused> {
        self.said = Some(said);
        let done = self.try_step(now, Input::Start);
        self.said = None;
        done
    }

    /// The call is over.
    ///
    /// # Errors
    /// Where there is none.
    pub(in crate::app::daemon) fn over(&mut self, now: Nanos) -> Result<(), Refused> {
        self.try_step(now, Input::End)
    }

    /// The call is on hold, or goes on.
    ///
    /// # Errors
    /// Where there is none.
    pub(in crate::app::daemon) fn hold(&mut self, now: Nanos, on: bool) -> Result<(), Refused> {
        self.try_step(now, Input::Hold(on))
    }

    /// The agent is muted in the phone, or no longer.
    ///
    /// # Errors
    /// Where there is no call.
    pub(in crate::app::daemon) fn mute(&mut self, now: Nanos, on: bool) -> Result<(), Refused> {
        self.try_step(now, Input::Mute(on))
    }

    /// Calls of a program count, or are nobody's business.
    pub(in crate::app::daemon) fn judge(&mut self, now: Nanos, name: &str, allow: bool) {
        self.step(now, if allow { Input::Allow(name) } else { Input::Never(name) });
        if self.unknown.as_ref().is_some_and(|program| program.name.eq_ignore_ascii_case(name)) {
            self.unknown = None;
        }
    }
}
