//! What is on the screen at a given moment. It knows no display and no clock of
//! its own: it is told the time.

use std::time::{Duration, Instant};

use crate::surfaces::overlay::protocol::{Mark, Nudge, Order, Report};
use crate::surfaces::overlay::settings::{Look, Motion};

/// Width and height of the room that the pill moves in, logical pixels.
pub(super) const ROOM: (f32, f32) = (440.0, 68.0);
/// Room around the pill for its shadow.
pub(super) const INSET: f32 = 8.0;
/// The small pill: seen from the corner of the eye, and no more.
const SMALL: (f32, f32) = (40.0, 14.0);
/// The same with meters beside the dot.
const METERED: (f32, f32) = (136.0, 24.0);
/// Height of the wide one.
const WIDE: f32 = 44.0;

const OPEN: Duration = Duration::from_millis(180);
const CLOSE: Duration = Duration::from_millis(240);
const FRAME: Duration = Duration::from_millis(16);
/// A nudge that is recovered from at once still stays long enough to be read, or
/// it would only flicker.
const LEAST: Duration = Duration::from_millis(900);

/// Pace against normal, and level over it in dB.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Meters {
    pub(super) pace: Option<f32>,
    pub(super) rise: Option<f32>,
}

/// A nudge and when to take it away.
#[derive(Debug)]
struct Showing {
    nudge: Nudge,
    width: f32,
    since: Instant,
    until: Instant,
}

#[derive(Debug)]
struct Move {
    from: (f32, f32),
    at: Instant,
    took: Duration,
}

/// One frame, in logical pixels.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) size: (f32, f32),
    pub(super) nudge: Option<&'a Nudge>,
    /// 0: only what the small pill shows; 1: the nudge in full.
    pub(super) content: f32,
    pub(super) mark: Mark,
    pub(super) meters: Option<Meters>,
    pub(super) look: &'a Look,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Pill {
    look: Look,
    mark: Mark,
    meters: Meters,
    showing: Option<Showing>,
    /// Painted while the pill narrows again.
    leaving: Option<Nudge>,
    motion: Option<Move>,
}

impl Pill {
    pub(super) const fn look(&self) -> &Look {
        &self.look
    }

    /// Takes an order; whether anything looks different now. `measure` gives the
    /// width of the wide pill for a text.
    pub(super) fn apply(
        &mut self,
        order: Order,
        now: Instant,
        measure: impl FnOnce(&str) -> f32,
    ) -> (bool, Option<Report>) {
        match order {
            Order::Nudge(nudge) => return (true, self.widen(nudge, now, measure)),
            Order::Clear { id } => self.clear(id, now),
            Order::Mark { mark } => return (std::mem::replace(&mut self.mark, mark) != mark, None),
            Order::Meters { pace, rise } => {
                let meters = Meters { pace, rise };
                let changed = std::mem::replace(&mut self.meters, meters) != meters;
                return (changed && self.look.meters, None);
            }
            Order::Look(look) => {
                self.look = look;
                return (true, None);
            }
            Order::Quit => (),
        }
        (false, None)
    }

    fn widen(&mut self, nudge: Nudge, now: Instant, measure: impl FnOnce(&str) -> f32) -> Option<Report> {
        let from = self.size(now);
        let gone = self.showing.take().map(|before| Report::Gone { id: before.nudge.id });
        let until = now + Duration::from_millis(nudge.lasts_ms).max(LEAST);
        let width = measure(&nudge.text).min(ROOM.0 - 2.0 * INSET);
        self.leaving = None;
        self.showing = Some(Showing { nudge, width, since: now, until });
        self.start(from, now, OPEN);
        gone
    }

    fn clear(&mut self, id: u64, now: Instant) {
        if let Some(showing) = self.showing.as_mut().filter(|showing| showing.nudge.id == id) {
            showing.until = showing.until.min(now.max(showing.since + LEAST));
        }
    }

    /// Lets time pass; tells of a nudge that has just left.
    pub(super) fn tick(&mut self, now: Instant) -> Option<Report> {
        if self.motion.as_ref().is_some_and(|motion| motion.at + motion.took <= now) {
            self.motion = None;
            if self.showing.is_none() {
                self.leaving = None;
            }
        }
        let from = self.size(now);
        let showing = self.showing.take_if(|showing| showing.until <= now)?;
        let report = Report::Gone { id: showing.nudge.id };
        self.leaving = Some(showing.nudge);
        self.start(from, now, CLOSE);
        Some(report)
    }

    /// How long nothing will change; none: until the next order.
    pub(super) fn sleep(&self, now: Instant) -> Option<Duration> {
        if self.motion.is_some() {
            return Some(FRAME);
        }
        self.showing.as_ref().map(|showing| showing.until.saturating_duration_since(now))
    }

    pub(super) const fn moves(&self) -> bool {
        self.motion.is_some()
    }

    /// The nudge that is on.
    pub(super) fn current(&self) -> Option<u64> {
        self.showing.as_ref().map(|showing| showing.nudge.id)
    }

    /// None: nothing is drawn at all.
    pub(super) fn frame(&self, now: Instant) -> Option<Frame<'_>> {
        // Hidden is hidden at once, a nudge too: the screen may be shared.
        if self.mark == Mark::Hidden {
            return None;
        }
        let nudge = self.showing.as_ref().map(|showing| &showing.nudge).or(self.leaving.as_ref());
        let (size, small) = (self.size(now), self.small());
        // Words appear in the second half of the widening, so that they never
        // stand out over a narrow pill.
        let open = (size.1 - small.1) / (WIDE - small.1);
        Some(Frame {
            size,
            nudge,
            content: ((open - 0.5) * 2.0).clamp(0.0, 1.0),
            mark: self.mark,
            meters: self.has_meters().then_some(self.meters),
            look: &self.look,
        })
    }

    /// Figures stand only beside a mark that says that they mean something.
    const fn has_meters(&self) -> bool {
        let meant = matches!(self.mark, Mark::Ready | Mark::High | Mark::Middling | Mark::Low);
        self.look.meters && meant
    }

    const fn small(&self) -> (f32, f32) {
        if self.has_meters() { METERED } else { SMALL }
    }

    fn target(&self) -> (f32, f32) {
        self.showing.as_ref().map_or(self.small(), |showing| (showing.width, WIDE))
    }

    fn size(&self, now: Instant) -> (f32, f32) {
        let to = self.target();
        let Some(motion) = &self.motion else { return to };
        let passed = now.saturating_duration_since(motion.at).as_secs_f32() / motion.took.as_secs_f32();
        // Fast first and gently to its end: it has arrived before it is looked at.
        let eased = 1.0 - (1.0 - passed.min(1.0)).powi(3);
        let between = |from: f32, to: f32| from + (to - from) * eased;
        (between(motion.from.0, to.0), between(motion.from.1, to.1))
    }

    fn start(&mut self, from: (f32, f32), now: Instant, took: Duration) {
        let moves = self.look.motion == Motion::Full;
        // One frame in already, so that the first frame shows a change.
        let at = now.checked_sub(FRAME).unwrap_or(now);
        self.motion = moves.then_some(Move { from, at, took });
        if !moves && self.showing.is_none() {
            self.leaving = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surfaces::overlay::protocol::{IconName, Tone};
    use crate::surfaces::wording::Icon;

    fn nudge(id: u64) -> Order {
        let (icon, tone) = (IconName(Icon::Softer), Tone::Change);
        Order::Nudge(Nudge { id, text: "Softer".into(), icon, tone, lasts_ms: 5_000 })
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn an_idle_pill_never_wakes() {
        let (mut pill, now) = (Pill::default(), Instant::now());
        assert_eq!(pill.sleep(now), None);
        assert!(pill.apply(Order::Mark { mark: Mark::High }, now, |_| 0.0).0);
        assert_eq!(pill.sleep(now), None);
        assert!(!pill.apply(Order::Mark { mark: Mark::High }, now, |_| 0.0).0, "nothing changed");
    }

    #[test]
    fn without_a_call_nothing_is_drawn() {
        let (mut pill, now) = (Pill::default(), Instant::now());
        assert!(pill.frame(now).is_none());
        pill.apply(Order::Mark { mark: Mark::Quiet }, now, |_| 0.0);
        assert_eq!(pill.frame(now).unwrap().mark, Mark::Quiet);
        pill.apply(nudge(1), now, |_| 200.0);
        pill.apply(Order::Mark { mark: Mark::Hidden }, now, |_| 0.0);
        assert!(pill.frame(now).is_none(), "a nudge is drawn while the screen is shared");
    }

    #[test]
    fn a_nudge_leaves_when_its_time_is_up_and_the_pill_sleeps_again() {
        let (mut pill, now) = (Pill::default(), Instant::now());
        pill.apply(Order::Mark { mark: Mark::High }, now, |_| 0.0);
        pill.apply(nudge(1), now, |_| 200.0);
        assert!(pill.tick(now + ms(4_999)).is_none());
        assert_eq!(pill.tick(now + ms(5_000)), Some(Report::Gone { id: 1 }));
        pill.tick(now + ms(6_000));
        assert_eq!(pill.sleep(now + ms(6_000)), None);
        assert!(pill.frame(now + ms(6_000)).unwrap().nudge.is_none());
    }

    #[test]
    fn recovery_takes_a_nudge_away_but_not_before_it_can_be_read() {
        let (mut pill, now) = (Pill::default(), Instant::now());
        pill.apply(nudge(1), now, |_| 200.0);
        pill.apply(Order::Clear { id: 1 }, now + ms(100), |_| 0.0);
        assert!(pill.tick(now + ms(899)).is_none());
        assert_eq!(pill.tick(now + LEAST), Some(Report::Gone { id: 1 }));
    }

    #[test]
    fn clearing_an_older_nudge_leaves_the_newer_one() {
        let (mut pill, now) = (Pill::default(), Instant::now());
        pill.apply(nudge(1), now, |_| 200.0);
        assert_eq!(pill.apply(nudge(2), now, |_| 200.0).1, Some(Report::Gone { id: 1 }));
        pill.apply(Order::Clear { id: 1 }, now, |_| 0.0);
        pill.tick(now + ms(2_000));
        assert_eq!(pill.current(), Some(2));
    }

    #[test]
    fn with_reduced_motion_it_is_wide_at_once_and_narrow_at_once() {
        let (mut pill, now) = (Pill::default(), Instant::now());
        let look = Look { motion: Motion::Reduced, ..Look::default() };
        pill.apply(Order::Look(look), now, |_| 0.0);
        pill.apply(Order::Mark { mark: Mark::High }, now, |_| 0.0);
        pill.apply(nudge(1), now, |_| 200.0);
        assert!(!pill.moves());
        assert_eq!((pill.frame(now).unwrap().size, pill.frame(now).unwrap().content), ((200.0, WIDE), 1.0));
        pill.tick(now + ms(5_000));
        assert_eq!(pill.frame(now + ms(5_000)).unwrap().size, SMALL);
    }

    #[test]
    fn the_first_frame_of_a_movement_shows_a_change() {
        let (mut pill, now) = (Pill::default(), Instant::now());
        pill.apply(Order::Mark { mark: Mark::High }, now, |_| 0.0);
        pill.apply(nudge(1), now, |_| 200.0);
        assert!(SMALL.0 + 10.0 < pill.frame(now).unwrap().size.0);
    }

    #[test]
    fn meters_are_shown_only_on_request_and_only_while_they_mean_something() {
        let (mut pill, now) = (Pill::default(), Instant::now());
        pill.apply(Order::Mark { mark: Mark::High }, now, |_| 0.0);
        let figures = |pace| Order::Meters { pace: Some(pace), rise: Some(2.0) };
        assert!(!pill.apply(figures(1.1), now, |_| 0.0).0);
        assert_eq!(pill.frame(now).unwrap().meters, None);
        pill.apply(Order::Look(Look { meters: true, ..Look::default() }), now, |_| 0.0);
        assert!(pill.apply(figures(1.2), now, |_| 0.0).0);
        assert_eq!(pill.frame(now).unwrap().meters.unwrap().pace, Some(1.2));
        pill.apply(Order::Mark { mark: Mark::Paused }, now, |_| 0.0);
        assert_eq!(pill.frame(now).unwrap().meters, None);
    }
}
