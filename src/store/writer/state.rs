//! How the writer is, for whoever asks: never waits for the disk.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::call::CallUid;

/// Whether what is sent is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// It is.
    #[default]
    Ok,
    /// No room on the disk: it waits in memory. Free some space.
    DiskFull,
    /// Something else is wrong with the disk or the file; it waits in memory.
    Failing {
        /// What.
        why: String,
    },
}

/// How the writer is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriterState {
    /// Whether what is sent is stored.
    pub condition: Condition,
    /// Time since the last commit; none before the first.
    pub since_commit: Option<Duration>,
    /// Events that wait in memory.
    pub waiting: usize,
    /// Events that were dropped since the start.
    pub lost: u64,
    /// Size of the database, bytes.
    pub bytes: u64,
}

#[derive(Debug, Default)]
struct Inner {
    state: WriterState,
    committed: Option<Instant>,
    /// Lost, but not written down yet.
    lost: Vec<(CallUid, u64)>,
}

/// What the thread and its handle share. Held for a few instructions only.
#[derive(Debug, Default)]
pub(crate) struct Shared(Mutex<Inner>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Plain values: a panic elsewhere leaves nothing half done in them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts events that were dropped.
    pub(crate) fn lose(&self, call: CallUid, events: u64) {
        let mut inner = self.lock();
        inner.state.lost += events;
        match inner.lost.iter_mut().find(|(uid, _)| *uid == call) {
            Some((_, lost)) => *lost += events,
            None => inner.lost.push((call, events)),
        }
    }

    /// What is to be written down as lost.
    pub(crate) fn lost(&self) -> Vec<(CallUid, u64)> {
        self.lock().lost.clone()
    }

    /// It was written down.
    pub(crate) fn told(&self, lost: &[(CallUid, u64)]) {
        let mut inner = self.lock();
        for (call, told) in lost {
            inner.lost.iter_mut().filter(|(uid, _)| uid == call).for_each(|(_, lost)| *lost -= told);
        }
        inner.lost.retain(|(_, lost)| 0 < *lost);
    }

    /// Something was committed.
    pub(crate) fn committed(&self, waiting: usize, bytes: u64) {
        let mut inner = self.lock();
        inner.committed = Some(Instant::now());
        inner.state.condition = Condition::Ok;
        (inner.state.waiting, inner.state.bytes) = (waiting, bytes);
    }

    /// The database has this size, bytes.
    pub(crate) fn sized(&self, bytes: u64) {
        self.lock().state.bytes = bytes;
    }

    /// Nothing could be.
    pub(crate) fn failed(&self, condition: Condition, waiting: usize) {
        let mut inner = self.lock();
        (inner.state.condition, inner.state.waiting) = (condition, waiting);
    }

    pub(crate) fn state(&self) -> WriterState {
        let inner = self.lock();
        WriterState { since_commit: inner.committed.map(|at| at.elapsed()), ..inner.state.clone() }
    }
}
