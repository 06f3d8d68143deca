//! When it is worth trying again. Nothing here wakes anyone: it is asked when
//! there is something to show.

use std::time::{Duration, Instant};

use super::fault::Fault;

/// A missing service is asked for again at most this often.
const MISSING: Duration = Duration::from_secs(30);

/// After the first time that a service did not answer.
const FIRST: Duration = Duration::from_secs(2);

/// After many times; each time is twice the one before.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct Retry {
    not_before: Option<Instant>,
    hung: u32,
}

impl Retry {
    /// Whether it may be tried now.
    pub(super) fn may(&self, now: Instant) -> bool {
        self.not_before.is_none_or(|at| at <= now)
    }

    pub(super) fn worked(&mut self) {
        *self = Self::default();
    }

    /// Something changed: the next attempt need not wait.
    pub(super) fn forget(&mut self) {
        self.not_before = None;
    }

    pub(super) fn failed(&mut self, fault: &Fault, now: Instant) {
        let pause = if fault.is_hung() {
            self.hung = self.hung.saturating_add(1);
            FIRST.saturating_mul(1 << (self.hung - 1).min(8)).min(LONGEST)
        } else {
            MISSING
        };
        self.not_before = Some(now + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_service_is_asked_for_at_most_once_in_thirty_seconds() {
        let (mut retry, now) = (Retry::default(), Instant::now());
        assert!(retry.may(now));
        retry.failed(&Fault::NoService, now);
        assert!(!retry.may(now + Duration::from_millis(29_999)));
        assert!(retry.may(now + MISSING));
    }

    #[test]
    fn a_hung_service_is_left_alone_longer_and_longer_up_to_a_minute() {
        let (mut retry, now) = (Retry::default(), Instant::now());
        let mut pauses = Vec::new();
        for _ in 0..40 {
            retry.failed(&Fault::Hung("it"), now);
            pauses.push(retry.not_before.unwrap().duration_since(now).as_secs());
        }
        assert_eq!(pauses[..6], [2, 4, 8, 16, 32, 60]);
        assert_eq!(pauses[39], 60);
    }

    #[test]
    fn what_worked_again_is_trusted_again() {
        let (mut retry, now) = (Retry::default(), Instant::now());
        retry.failed(&Fault::Hung("it"), now);
        retry.failed(&Fault::Hung("it"), now);
        retry.worked();
        assert!(retry.may(now));
        retry.failed(&Fault::Hung("it"), now);
        assert!(retry.may(now + FIRST));
    }
}
