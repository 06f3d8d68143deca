//! What a person, or a program on their behalf, may ask of the analysis.

use std::time::Duration;

use super::{Engine, span};
use crate::app::daemon::told::{Said, Told};
use crate::core::calls::{Input, Refused};
use crate::core::event::{Kind, Order};
use crate::core::units::Nanos;

impl Engine {
    /// Drops all sound at the tap for so long.
    pub(super) fn pause(&mut self, now: Nanos, span: Duration) {
        // First of all: nothing that is said from here on is kept.
        self.parts.capture.pause().set(true);
        if let Some(running) = &mut self.running {
            running.call.pause(true, now);
        }
        self.step(now, Input::Pause(true));
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        let until = Nanos(now.0.saturating_add(nanos));
        self.pause = Some(until);
        self.counts = Nanos(now.0.saturating_add(Nanos::SECOND));
        let wall = self.on_the_wall(until);
        self.tell(Told::Paused(wall, span));
    }

    /// Tells how much of the pause is left, in whole seconds.
    pub(super) fn count(&mut self, now: Nanos, until: Nanos) {
        let left = until.since(now).div_ceil(Nanos::SECOND);
        let next = until.0.saturating_sub((left - 1) * Nanos::SECOND);
        self.counts = Nanos(next);
        self.tell(Told::Counting(Duration::from_secs(left)));
    }

    /// Captures again; false where nothing was paused.
    pub(super) fn resume(&mut self, now: Nanos) -> bool {
        if self.pause.take().is_none() {
            return false;
        }
        if let Some(running) = &mut self.running {
            running.call.pause(false, now);
        }
        self.parts.capture.pause().set(false);
        self.step(now, Input::Pause(false));
        self.tell(Told::Resumed);
        true
    }

    /// No nudges for so long, in this call and the next; none at all ends it.
    pub(super) fn snooze(&mut self, now: Nanos, for_s: f32) {
        let nanos = (f64::from(for_s) * Nanos::SECOND as f64) as u64;
        self.snoozed = (0 < nanos).then(|| Nanos(now.0.saturating_add(nanos)));
        self.order(now, Order::Snooze(span(nanos)));
        self.tell(Told::Snoozed(Duration::from_nanos(nanos)));
    }

    /// No nudges for the rest of the call that is on, or the next one.
    pub(super) fn quiet(&mut self, now: Nanos, on: bool) {
        self.quiet = on;
        self.order(now, Order::Quiet(on));
        self.tell(Told::Quiet(on));
    }

    /// Nothing is to be seen on the screen, for it is shared; or it may again.
    pub(super) fn hide(&mut self, on: bool) {
        self.hidden = on;
        self.tell(Told::Hidden(on));
    }

    /// The last nudge of a kind, or the last of all, was wrong. Returns which;
    /// none where there was none in this call.
    pub(super) fn wrong(&mut self, now: Nanos, kind: Option<Kind>) -> Option<Kind> {
        let last = self.last_kind()?;
        let kind = kind.unwrap_or(last);
        self.order(now, Order::Wrong(kind));
        self.tell(Told::Wrong(kind));
        Some(kind)
    }

    /// The nudge on the screen was closed.
    pub(super) fn dismiss(&mut self, now: Nanos) {
        self.order(now, Order::Dismiss);
    }

    /// A call begins, or the one that was just detected is this one. Returns
    /// whether it joined that.
    pub(super) fn start(&mut self, now: Nanos, said: Said) -> Result<bool, Refused> {
        let before = self.running.as_ref().filter(|r| r.confirmed).map(|r| r.meta.uid);
        self.said = Some(said);
        let done = self.try_step(now, Input::Start);
        self.said = None;
        done.map(|()| before.is_some() && before == self.running.as_ref().map(|r| r.meta.uid))
    }

    /// Calls of a program count, or are nobody's business.
    pub(super) fn judge(&mut self, now: Nanos, name: &str, allow: bool) {
        self.step(now, if allow { Input::Allow(name) } else { Input::Never(name) });
        self.unknown.retain(|program| !program.name.eq_ignore_ascii_case(name));
    }

    /// Somebody else speaks, from the next call on.
    pub(super) fn change_agent(&mut self, id: &str) {
        id.clone_into(&mut self.parts.agent);
        self.tell(Told::Agent(id));
    }
}
