//! Of which calls words are wanted: the one that goes on, and those that are over and
//! wait for their turn. Sound of any other call is not kept. Nobody is kept waiting
//! here, and nothing that is said here is lost because something else is full.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::app::recognise::Choice;
use crate::store::CallUid;
use crate::transcript::child::Stop;
use crate::transcript::queue::Aside;

/// Calls that are over and still wait for words. More than so many wait for none.
pub(super) const TAILS: usize = 4;

/// What was left over from a call.
#[derive(Debug)]
pub(in crate::app::daemon) struct Tail {
    pub(in crate::app::daemon) call: CallUid,
    pub(in crate::app::daemon) choice: Choice,
    pub(in crate::app::daemon) aside: Aside,
}

#[derive(Debug, Default)]
struct State {
    /// The call that goes on.
    live: Option<CallUid>,
    /// What was left over from others, the oldest first.
    tails: VecDeque<Tail>,
    /// Words are wanted of no call any more.
    closed: bool,
    /// What ends the recognisers.
    stops: Vec<Stop>,
}

/// See the module.
#[derive(Clone, Debug)]
pub(in crate::app::daemon) struct Rota {
    state: Arc<Mutex<State>>,
    /// Wakes whoever waits. One sign of life is enough: it looks at everything.
    wake: Sender<()>,
}

impl Rota {
    /// An empty one, and what wakes whoever waits for a change.
    pub(super) fn new() -> (Self, Receiver<()>) {
        let (wake, woken) = bounded(1);
        (Self { state: Arc::default(), wake }, woken)
    }

    /// A call goes on, until the value is dropped.
    pub(super) fn go_on(&self, call: CallUid) -> GoesOn {
        self.lock().live = Some(call);
        GoesOn { call, rota: self.clone() }
    }

    /// A call is over, and the rest of it waits for its turn. False where too many wait
    /// already, and the rest is let go.
    pub(super) fn leave(&self, tail: Tail) -> bool {
        let mut state = self.lock();
        if state.closed || TAILS <= state.tails.len() {
            return false;
        }
        state.tails.push_back(tail);
        drop(state);
        self.wake();
        true
    }

    /// Whether a call goes on.
    pub(super) fn is_live(&self) -> bool {
        self.lock().live.is_some()
    }

    /// What is to be heard next of the calls that are over.
    pub(super) fn next(&self) -> Option<Tail> {
        self.lock().tails.pop_front()
    }

    /// Whether words of this call are wanted.
    pub(super) fn wants(&self, call: CallUid) -> bool {
        let state = self.lock();
        state.live == Some(call) || state.tails.iter().any(|tail| tail.call == call)
    }

    /// These recognise from now on.
    pub(super) fn hears(&self, stops: Vec<Stop>) {
        let mut state = self.lock();
        state.stops = stops;
        if state.closed {
            state.stops.iter().for_each(Stop::stop);
        }
    }

    /// Nothing more is wanted: what is heard just now ends at once.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        (state.closed, state.live) = (true, None);
        state.tails.clear();
        state.stops.iter().for_each(Stop::stop);
        drop(state);
        self.wake();
    }

    fn wake(&self) {
        // Where it is full, it is about to be woken.
        let _ = self.wake.try_send(());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that goes on.
#[derive(Debug)]
pub(super) struct GoesOn {
    call: CallUid,
    rota: Rota,
}

impl Drop for GoesOn {
    fn drop(&mut self) {
        let mut state = self.rota.lock();
        state.live = state.live.filter(|live| *live != self.call);
        drop(state);
        self.rota.wake();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::core::units::Sides;

    pub(in crate::app::daemon::recognise) fn choice() -> Choice {
        Choice {
            models: Sides { agent: "m".into(), customer: "m".into() },
            written: Sides::default(),
            detector: None,
            language: "en".into(),
            times: false,
            polite: true,
            asked: false,
        }
    }

    fn tail(call: CallUid) -> Tail {
        Tail { call, choice: choice(), aside: Aside::default() }
    }

    #[test]
    fn words_are_wanted_of_the_call_that_goes_on_and_of_those_that_wait() {
        let (rota, woken) = Rota::new();
        let (before, now) = (CallUid::generate(), CallUid::generate());
        assert!(!rota.wants(now));
        assert!(rota.leave(tail(before)));
        let goes_on = rota.go_on(now);
        assert!(rota.is_live() && rota.wants(now) && rota.wants(before));
        drop(goes_on);
        assert!(!rota.is_live() && !rota.wants(now) && rota.wants(before));
        assert!(woken.try_recv().is_ok(), "whoever waits is told");
        assert_eq!(rota.next().unwrap().call, before);
        assert!(!rota.wants(before));
    }

    #[test]
    fn the_rest_of_too_many_calls_is_let_go_and_not_wanted() {
        let (rota, _woken) = Rota::new();
        for _ in 0..TAILS {
            assert!(rota.leave(tail(CallUid::generate())));
        }
        let late = CallUid::generate();
        assert!(!rota.leave(tail(late)));
        assert!(!rota.wants(late));
    }
}
