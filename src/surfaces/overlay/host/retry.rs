//! When it is worth starting the overlay again.

use std::time::{Duration, Instant};

/// A display that is not there is looked for so often while a call is on.
const DISPLAY: Duration = Duration::from_secs(3);

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
    began: Option<Instant>,
}

impl Retry {
    /// It has a screen.
    pub(super) fn worked(&mut self, now: Instant) {
        self.began = Some(now);
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
        now + DISPLAY
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
