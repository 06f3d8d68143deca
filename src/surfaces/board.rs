//! The state of a surface where others can read it. The worker writes, anyone
//! reads; nobody holds it for longer than a copy takes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::surfaces::state::Evidence;

#[derive(Debug, Default)]
pub(super) struct Board {
    evidence: Mutex<Evidence>,
    changed: Condvar,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Evidence> {
        // A panic of the writer leaves plain figures, which are still true.
        self.evidence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn read(&self) -> Evidence {
        self.lock().clone()
    }

    pub(super) fn write(&self, change: impl FnOnce(&mut Evidence)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until something is so; whether it became so within `most`.
    pub(super) fn wait(&self, most: Duration, so: impl Fn(&Evidence) -> bool) -> bool {
        let end = Instant::now() + most;
        let mut evidence = self.lock();
        while !so(&evidence) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            evidence = self.changed.wait_timeout(evidence, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}
