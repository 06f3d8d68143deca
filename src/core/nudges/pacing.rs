//! How often nudges may come: gaps between any two, cool-downs per kind that
//! double on repetition, and a budget for the call.

use crate::core::nudges::{KINDS, Kind, Reason};
use crate::core::units::{SampleSpan, SampleTime};

/// Constants of the pacing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Between any two nudges.
    pub global_gap: SampleSpan,
    /// A nudge that is more important by `urgent_by` may follow after this.
    pub urgent_gap: SampleSpan,
    /// Priority points that make it so.
    pub urgent_by: u32,
    /// Between two of the same kind; doubles each time.
    pub kind_gap: SampleSpan,
    /// Between two positive ones; does not double.
    pub positive_gap: SampleSpan,
    /// Corrective nudges in a call.
    pub budget: u32,
    /// After this many the next must wait `late_gap`.
    pub free: u32,
    /// Between two corrective nudges once `free` were shown.
    pub late_gap: SampleSpan,
    /// Positive nudges in a call.
    pub positive_budget: u32,
}

impl Default for Settings {
    fn default() -> Self {
        let seconds = |s: u64| SampleSpan::from_millis(s * 1000);
        Self {
            global_gap: seconds(20),
            urgent_gap: seconds(8),
            urgent_by: 200,
            kind_gap: seconds(90),
            positive_gap: seconds(120),
            budget: 6,
            free: 3,
            late_gap: seconds(60),
            positive_budget: 2,
        }
    }
}

/// The longest a kind waits: eight times its first cool-down.
const MOST_DOUBLINGS: u32 = 3;

/// Remembers what was shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pacing {
    last: Option<(SampleTime, Kind)>,
    last_corrective: Option<SampleTime>,
    shown: [u32; KINDS],
    last_of: [Option<SampleTime>; KINDS],
}

impl Pacing {
    /// Whether a nudge of this kind may be shown at `at`; why not otherwise. A `soft`
    /// one ([`Variant::is_soft`](crate::core::nudges::Variant::is_soft)) gives way to all
    /// that was shown in the last `late_gap`.
    pub fn allows(&self, kind: Kind, soft: bool, at: SampleTime, settings: &Settings) -> Result<(), Reason> {
        if self.is_cooling(kind, at, settings) {
            return Err(Reason::KindCooldown);
        }
        if kind == Kind::Capture {
            return Ok(());
        }
        let crowded = self.last.is_some_and(|(last, _)| at.since(last) < settings.late_gap);
        if self.is_too_soon(kind, at, settings) || soft && crowded {
            return Err(Reason::GlobalCooldown);
        }
        if self.is_spent(kind, at, settings) { Err(Reason::Budget) } else { Ok(()) }
    }

    /// Notes that a nudge was shown.
    pub fn show(&mut self, kind: Kind, at: SampleTime) {
        self.shown[kind as usize] += 1;
        self.last_of[kind as usize] = Some(at);
        self.last = Some((at, kind));
        if kind.is_corrective() {
            self.last_corrective = Some(at);
        }
    }

    /// Nudges shown of a kind.
    pub const fn count(&self, kind: Kind) -> u32 {
        self.shown[kind as usize]
    }

    /// Corrective nudges shown.
    pub fn correctives(&self) -> u32 {
        Kind::ALL.iter().filter(|kind| kind.is_corrective()).map(|&kind| self.count(kind)).sum()
    }

    fn is_cooling(&self, kind: Kind, at: SampleTime, settings: &Settings) -> bool {
        // Each form of help comes once: that is pause enough.
        let Some(last) = self.last_of[kind as usize].filter(|_| !kind.is_help()) else { return false };
        let gap = match kind {
            Kind::Positive => settings.positive_gap,
            _ => doubled(settings.kind_gap, self.count(kind).saturating_sub(1)),
        };
        at.since(last) < gap
    }

    fn is_too_soon(&self, kind: Kind, at: SampleTime, settings: &Settings) -> bool {
        let Some((last, shown)) = self.last else { return false };
        let urgent = shown.priority() + settings.urgent_by <= kind.priority();
        at.since(last) < if urgent { settings.urgent_gap } else { settings.global_gap }
    }

    fn is_spent(&self, kind: Kind, at: SampleTime, settings: &Settings) -> bool {
        if kind == Kind::Positive {
            return settings.positive_budget <= self.count(kind);
        }
        if kind.is_help() {
            return false;
        }
        let shown = self.correctives();
        let late = self.last_corrective.is_some_and(|last| at.since(last) < settings.late_gap);
        settings.budget <= shown || settings.free <= shown && late
    }
}

fn doubled(gap: SampleSpan, times: u32) -> SampleSpan {
    SampleSpan::from_samples(gap.samples() << times.min(MOST_DOUBLINGS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SampleTime {
        SampleTime::from_samples(seconds * 16_000)
    }

    fn allows(pacing: &Pacing, kind: Kind, seconds: u64) -> Result<(), Reason> {
        pacing.allows(kind, false, at(seconds), &Settings::default())
    }

    #[test]
    fn two_nudges_are_twenty_seconds_apart() {
        let mut pacing = Pacing::default();
        pacing.show(Kind::FastPace, at(100));
        assert_eq!(allows(&pacing, Kind::Monologue, 119), Err(Reason::GlobalCooldown));
        assert_eq!(allows(&pacing, Kind::Monologue, 120), Ok(()));
    }

    #[test]
    fn a_much_more_important_one_may_follow_after_eight() {
        let mut pacing = Pacing::default();
        pacing.show(Kind::FastPace, at(100));
        assert_eq!(allows(&pacing, Kind::Interrupting, 107), Err(Reason::GlobalCooldown));
        assert_eq!(allows(&pacing, Kind::Interrupting, 108), Ok(()));
        assert_eq!(allows(&pacing, Kind::RaisedVoice, 108), Err(Reason::GlobalCooldown));
    }

    #[test]
    fn the_cool_down_of_a_kind_doubles() {
        let mut pacing = Pacing::default();
        pacing.show(Kind::RaisedVoice, at(0));
        assert_eq!(allows(&pacing, Kind::RaisedVoice, 89), Err(Reason::KindCooldown));
        pacing.show(Kind::RaisedVoice, at(90));
        assert_eq!(allows(&pacing, Kind::RaisedVoice, 90 + 179), Err(Reason::KindCooldown));
        assert_eq!(allows(&pacing, Kind::RaisedVoice, 90 + 180), Ok(()));
    }

    #[test]
    fn after_three_there_is_one_a_minute_and_after_six_none() {
        let mut pacing = Pacing::default();
        let kinds = [Kind::Interrupting, Kind::RaisedVoice, Kind::FastPace];
        kinds.iter().enumerate().for_each(|(k, &kind)| pacing.show(kind, at(k as u64 * 30)));
        assert_eq!(allows(&pacing, Kind::Monologue, 100), Err(Reason::Budget));
        assert_eq!(allows(&pacing, Kind::Monologue, 120), Ok(()));
        (0..3).for_each(|k| pacing.show(Kind::DeadAir, at(200 + k * 100)));
        assert_eq!(allows(&pacing, Kind::Monologue, 9000), Err(Reason::Budget));
    }

    #[test]
    fn positive_ones_have_a_budget_of_their_own() {
        let mut pacing = Pacing::default();
        pacing.show(Kind::Positive, at(0));
        assert_eq!(allows(&pacing, Kind::Positive, 119), Err(Reason::KindCooldown));
        pacing.show(Kind::Positive, at(120));
        assert_eq!(allows(&pacing, Kind::Positive, 1000), Err(Reason::Budget));
        assert_eq!(pacing.correctives(), 0);
    }

    #[test]
    fn capture_warnings_know_only_their_own_cool_down() {
        let mut pacing = Pacing::default();
        (0..6).for_each(|k| pacing.show(Kind::DeadAir, at(k)));
        assert_eq!(allows(&pacing, Kind::Capture, 6), Ok(()));
        pacing.show(Kind::Capture, at(6));
        assert_eq!(allows(&pacing, Kind::Capture, 20), Err(Reason::KindCooldown));
    }
}
