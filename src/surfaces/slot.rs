//! One order waits at a time; a newer one takes its place. Putting one in never
//! waits for the one who takes it out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Instant;

use crate::surfaces::card::Card;

/// What the worker is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Find out who is there.
    Probe,
    /// Show a card, asked for at that moment.
    Show(Box<Card>, Instant),
    /// Take away what is shown.
    Clear,
    /// Take away what is shown, and end.
    Stop,
}

#[derive(Debug, Default)]
struct Inside {
    waiting: Option<Order>,
    stopped: bool,
    waker: Option<Waker>,
}

#[derive(Debug, Default)]
pub(super) struct Slot(Mutex<Inside>);

impl Slot {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an order in; returns the card that it displaced. After a stop
    /// nothing is taken any more.
    pub(super) fn put(&self, order: Order) -> Option<Box<Card>> {
        let mut inside = self.lock();
        if inside.stopped {
            return card(Some(order));
        }
        inside.stopped = order == Order::Stop;
        let displaced = inside.waiting.replace(order);
        let waker = inside.waker.take();
        drop(inside);
        if let Some(waker) = waker {
            waker.wake();
        }
        card(displaced)
    }

    /// Takes the order out, or leaves word whom to wake.
    pub(super) fn poll(&self, waker: &Waker) -> Poll<Order> {
        let mut inside = self.lock();
        match inside.waiting.take() {
            Some(order) => Poll::Ready(order),
            None => {
                inside.waker = Some(waker.clone());
                Poll::Pending
            }
        }
    }
}

fn card(order: Option<Order>) -> Option<Box<Card>> {
    match order {
        Some(Order::Show(card, _)) => Some(card),
        Some(Order::Probe | Order::Clear | Order::Stop) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;
    use crate::surfaces::card::tests::card;

    #[derive(Default)]
    struct Bell(AtomicUsize);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn show(title: &str) -> Order {
        Order::Show(Box::new(card(title)), Instant::now())
    }

    fn taken(slot: &Slot) -> Option<String> {
        match slot.poll(Waker::noop()) {
            Poll::Ready(Order::Show(card, _)) => Some(card.title),
            Poll::Ready(other) => Some(format!("{other:?}")),
            Poll::Pending => None,
        }
    }

    #[test]
    fn the_newest_order_takes_the_place_of_the_one_that_waits() {
        let slot = Slot::default();
        assert_eq!(slot.put(show("first")), None);
        assert_eq!(slot.put(show("second")).unwrap().title, "first");
        assert_eq!(taken(&slot).as_deref(), Some("second"));
        assert_eq!(taken(&slot), None);
    }

    #[test]
    fn a_card_that_was_taken_back_is_never_shown() {
        let slot = Slot::default();
        slot.put(show("late"));
        assert_eq!(slot.put(Order::Clear).unwrap().title, "late");
        assert_eq!(taken(&slot).as_deref(), Some("Clear"));
    }

    #[test]
    fn whoever_waits_is_woken_once() {
        let (slot, bell) = (Slot::default(), Arc::new(Bell::default()));
        assert!(slot.poll(&Waker::from(Arc::clone(&bell))).is_pending());
        slot.put(show("one"));
        slot.put(show("two"));
        assert_eq!(bell.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn nothing_takes_the_place_of_a_stop() {
        let slot = Slot::default();
        slot.put(Order::Stop);
        assert!(slot.put(show("too late")).is_some());
        assert_eq!(taken(&slot).as_deref(), Some("Stop"));
    }
}
