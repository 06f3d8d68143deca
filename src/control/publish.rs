//! From the thread that owns the call to whoever watches. Telling never waits:
//! of a status the latest counts, and a watcher that is too slow for notices
//! is told how many it missed.

use std::sync::Arc;

use tokio::sync::{broadcast, watch};

use crate::control::notice::Notice;

/// Notices that a watcher may lie behind: a minute of a lively call. Then it is
/// told that it lagged, and given the full state.
const BEHIND: usize = 256;

/// The latest value of something.
#[derive(Clone, Debug)]
pub struct Publisher<T> {
    sender: Arc<watch::Sender<Arc<Latest<T>>>>,
}

/// A value and when it was told.
#[derive(Debug)]
pub(super) struct Latest<T> {
    pub(super) value: T,
    pub(super) told: std::time::Instant,
}

impl<T> Latest<T> {
    fn now(value: T) -> Arc<Self> {
        Arc::new(Self { value, told: std::time::Instant::now() })
    }
}

impl<T> Publisher<T> {
    /// Begins with this value.
    pub fn new(value: T) -> Self {
        Self { sender: Arc::new(watch::Sender::new(Latest::now(value))) }
    }

    /// From now on this is the latest one.
    pub fn set(&self, value: T) {
        self.sender.send_replace(Latest::now(value));
    }

    pub(super) fn latest(&self) -> Arc<Latest<T>> {
        Arc::clone(&self.sender.borrow())
    }
}

/// Notices to all who watch.
#[derive(Clone, Debug)]
pub struct Notices {
    sender: broadcast::Sender<Arc<Notice>>,
}

impl Notices {
    /// Nobody watches yet.
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(BEHIND) }
    }

    /// Tells it to whoever watches.
    pub fn tell(&self, notice: Notice) {
        // An error says that nobody does.
        let _ = self.sender.send(Arc::new(notice));
    }

    /// Whether anybody watches: measures are only made for those.
    pub fn anyone(&self) -> bool {
        0 < self.sender.receiver_count()
    }

    pub(super) fn follow(&self) -> broadcast::Receiver<Arc<Notice>> {
        self.sender.subscribe()
    }
}

impl Default for Notices {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_status_the_latest_counts() {
        let publisher = Publisher::new(1);
        publisher.clone().set(2);
        assert_eq!(publisher.latest().value, 2);
    }

    #[test]
    fn telling_nobody_is_no_fault() {
        let notices = Notices::new();
        notices.tell(Notice::Resumed);
        assert!(!notices.anyone());
        let _follower = notices.follow();
        assert!(notices.anyone());
    }
}
