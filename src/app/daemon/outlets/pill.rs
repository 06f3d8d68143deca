//! The overlay: what the small pill shows, and which nudge is on. It only says what
//! is; whether that can be seen is the overlay's own affair.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::app::daemon::told::{Due, Told};
use crate::config::Config;
use crate::core::event::{Event, Kind, Reading, State};
use crate::core::units::{SampleSpan, SampleTime, Sides};
use crate::surfaces::Card;
use crate::surfaces::light::Light;
use crate::surfaces::overlay::Overlay;
use crate::surfaces::overlay::protocol::{IconName, Mark, Nudge, Tone};

/// Meters are told at most so often: what moves draws the eye.
const METERS: SampleSpan = SampleSpan::from_millis(500);

/// See the module.
pub(super) struct Pill {
    overlay: Arc<Overlay>,
    /// Whether a call is on.
    call: bool,
    states: Sides<State>,
    paused: bool,
    held: bool,
    muted: bool,
    /// No nudges in this call.
    quiet: bool,
    /// No nudges until then.
    snoozed: Option<Instant>,
    /// Not to be seen: the screen is shared.
    hidden: bool,
    lately: Option<f32>,
    /// What was told last.
    told: Mark,
    meters: SampleTime,
    /// Whether they are shown at all.
    has_meters: bool,
    /// No nudges by the settings.
    off: bool,
    /// Nudges so far.
    count: u64,
    showing: Option<(Kind, u64)>,
}

impl Pill {
    pub(super) fn new(overlay: Arc<Overlay>, config: &Config) -> Self {
        let mut pill = Self {
            overlay,
            call: false,
            states: Sides::default(),
            paused: false,
            held: false,
            muted: false,
            quiet: false,
            snoozed: None,
            hidden: false,
            lately: None,
            told: Mark::Hidden,
            meters: SampleTime::ZERO,
            has_meters: false,
            off: false,
            count: 0,
            showing: None,
        };
        pill.configure(config);
        pill
    }

    fn configure(&mut self, config: &Config) {
        self.has_meters = config.look().meters;
        self.off = config.settings().nudges.quiet;
        self.overlay.look(config.look().clone());
        self.overlay.switch(config.surfaces().overlay);
    }

    /// Whether nothing may be seen.
    pub(super) const fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// Shows a nudge, or has the card shown; false where nobody took either.
    pub(super) fn nudge(&mut self, due: &Due<'_>, lasts: Duration, instead: Option<Card>) -> bool {
        let kind = due.decision.kind;
        self.count += 1;
        self.showing = Some((kind, self.count));
        let tone = match kind {
            Kind::Positive => Tone::Good,
            _ if kind.is_corrective() => Tone::Change,
            _ => Tone::Notice,
        };
        let nudge = Nudge {
            id: self.count,
            text: due.text().to_owned(),
            icon: IconName(due.icon()),
            tone,
            lasts_ms: u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX),
        };
        self.overlay.show(nudge, instead)
    }

    /// A nudge is over; whether something else shows it, which is to be cleared.
    pub(super) fn cleared(&mut self, kind: Kind) -> bool {
        let Some((_, id)) = self.showing.take_if(|(shown, _)| *shown == kind) else { return false };
        self.overlay.clear(id);
        self.overlay.fell(id)
    }

    /// Keeps what it is told, and shows what comes of it.
    pub(super) fn hear(&mut self, told: &Told<'_>) {
        match told {
            Told::Began(_) => self.begin(),
            Told::Over(..) | Told::Forgotten(..) => self.end(),
            Told::Events(_, events) => self.events(events),
            Told::Score { lately, .. } => self.lately = *lately,
            Told::Held(_, on) => self.held = *on,
            Told::Muted(_, on) => self.muted = *on,
            Told::Paused(..) => self.paused = true,
            Told::Resumed => self.paused = false,
            Told::Quiet(on) => self.quiet = *on,
            Told::Snoozed(span) => self.snoozed = (!span.is_zero()).then(|| Instant::now() + *span),
            Told::Hidden(on) => self.hidden = *on,
            Told::Config(config, ..) => self.configure(config),
            Told::Nudge(_)
            | Told::Cleared(..)
            | Told::Wrong(_)
            | Told::Joined(_)
            | Told::Said(..)
            | Told::Recognised(..)
            | Told::Late(..)
            | Told::Worded(..)
            | Told::Applied(..)
            | Told::Counting(_)
            | Told::Agent(_)
            | Told::Unknown(_)
            | Told::Device(..)
            | Told::Refused(_) => (),
        }
        self.update();
    }

    fn begin(&mut self) {
        self.call = true;
        (self.held, self.muted, self.lately) = (false, false, None);
        (self.states, self.meters) = (Sides::default(), SampleTime::ZERO);
    }

    fn end(&mut self) {
        self.call = false;
        // Quiet is for one call.
        self.quiet = false;
        if let Some((_, id)) = self.showing.take() {
            self.overlay.clear(id);
        }
    }

    fn events(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::Channel { who, state, .. } => self.states[*who] = *state,
                Event::Reading(reading) => self.read(reading),
                _ => (),
            }
        }
    }

    fn read(&mut self, reading: &Reading) {
        if self.has_meters && METERS <= reading.at.since(self.meters) {
            self.meters = reading.at;
            self.overlay.meters(reading.pace, reading.rise);
        }
    }

    fn update(&mut self) {
        let mark = self.mark(Instant::now());
        if std::mem::replace(&mut self.told, mark) != mark {
            self.overlay.mark(mark);
        }
    }

    /// What weighs most is shown: that nothing is heard before that nothing is said.
    fn mark(&self, now: Instant) -> Mark {
        let measurable = self.states.agent.is_measurable() && self.states.customer.is_measurable();
        if !self.call || self.hidden {
            Mark::Hidden
        } else if self.paused || self.held || self.muted {
            Mark::Paused
        } else if !measurable {
            Mark::Degraded
        } else if self.off || self.quiet || self.snoozed.is_some_and(|until| now < until) {
            Mark::Quiet
        } else {
            light(self.lately)
        }
    }
}

fn light(score: Option<f32>) -> Mark {
    match Light::of(score) {
        Light::None => Mark::Ready,
        Light::High => Mark::High,
        Light::Middling => Mark::Middling,
        Light::Low => Mark::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pill() -> Pill {
        let config = Config::default();
        Pill::new(Arc::new(Overlay::spawn(None, |_| ())), &config)
    }

    fn mark(change: impl FnOnce(&mut Pill)) -> Mark {
        let mut pill = pill();
        pill.call = true;
        pill.lately = Some(90.0);
        change(&mut pill);
        pill.mark(Instant::now())
    }

    #[test]
    fn the_light_follows_the_score() {
        assert_eq!(mark(|_| ()), Mark::High);
        assert_eq!(mark(|p| p.lately = None), Mark::Ready);
        assert_eq!(mark(|p| p.lately = Some(79.9)), Mark::Middling);
        assert_eq!(mark(|p| p.lately = Some(59.9)), Mark::Low);
    }

    #[test]
    fn what_weighs_most_is_shown() {
        let deaf = |p: &mut Pill| p.states.agent = State::Dead;
        assert_eq!(mark(deaf), Mark::Degraded);
        assert_eq!(mark(|p| p.quiet = true), Mark::Quiet);
        assert_eq!(mark(|p| (deaf(p), p.quiet = true).0), Mark::Degraded);
        assert_eq!(mark(|p| (deaf(p), p.paused = true).0), Mark::Paused);
        assert_eq!(mark(|p| p.held = true), Mark::Paused);
        assert_eq!(mark(|p| (p.paused = true, p.hidden = true).0), Mark::Hidden);
        assert_eq!(mark(|p| p.call = false), Mark::Hidden);
    }

    #[test]
    fn a_snooze_ends_by_itself() {
        let soon = Instant::now() + Duration::from_secs(60);
        assert_eq!(mark(|p| p.snoozed = Some(soon)), Mark::Quiet);
        assert_eq!(mark(|p| p.snoozed = Some(Instant::now())), Mark::High);
    }
}
