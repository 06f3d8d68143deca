//! When it is worth starting the overlay again.

use std::time::{Duration, Instant};

/// A display that is not there is looked for while a call is on: soon, for one that
/// was just lost, and later and later where there seems to be none.
const DISPLAY: [Duration; 6] = [
    Duration::from_secs(3),
    Duration::from_secs(3),
    Duration::from_secs(3),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];

/// After each end in a row: at once, so that a nudge finds it again, and then
/// later and later, so that one that cannot live does not take a core.
const ENDS: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
];

/// Whoever lived so long did not end in a row.
const LONG: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
pub(super) struct Retry {
    ends: usize,
    missed: usize,
    began: Option<Instant>,
}

impl Retry {
    /// It has a screen.
    pub(super) fn worked(&mut self, now: Instant) {
        self.began = Some(now);
        self.missed = 0;
    }

    /// It ended by itself, hung, or was killed: when to start the next.
    pub(super) fn ended(&mut self, now: Instant) -> Instant {
        if self.began.take().is_some_and(|began| began + LONG <= now) {
            self.ends = 0;
        }
        let pause = ENDS.get(self.ends).or(ENDS.last()).copied().unwrap_or(LONG);
        self.ends = (self.ends + 1).min(ENDS.len() - 1);
        now + pause
    }

    /// There was no display: when to look again.
    pub(super) fn missing(&mut self, now: Instant) -> Instant {
        let pause = DISPLAY.get(self.missed).or(DISPLAY.last()).copied().unwrap_or(LONG);
        self.missed = (self.missed + 1).min(DISPLAY.len() - 1);
        now + pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_was_killed_is_started_at_once_and_one_that_cannot_live_ever_later() {
        let (mut retry, now) = (Retry::default(), Instant::now());
        let pauses: Vec<u128> = (0..7).map(|_| retry.ended(now).duration_since(now).as_millis()).collect();
        assert_eq!(pauses, [20, 200, 1_000, 5_000, 30_000, 30_000, 30_000]);
    }

    #[test]
    fn a_display_that_is_not_there_is_looked_for_ever_later_until_there_was_one() {
        let (mut retry, now) = (Retry::default(), Instant::now());
        let mut pause = || {
            let next = retry.missing(now);
            next.duration_since(now).as_secs()
        };
        let pauses: Vec<u64> = (0..7).map(|_| pause()).collect();
        assert_eq!(pauses, [3, 3, 3, 5, 10, 30, 30]);
        retry.worked(now);
        assert_eq!(retry.missing(now).duration_since(now).as_secs(), 3);
    }

    #[test]
    fn one_that_lived_long_is_trusted_again() {
        let (mut retry, now) = (Retry::default(), Instant::now());
        for _ in 0..5 {
            retry.ended(now);
        }
        retry.worked(now);
        let later = now + LONG;
        assert_eq!(retry.ended(later).duration_since(later), ENDS[0]);
    }
}
