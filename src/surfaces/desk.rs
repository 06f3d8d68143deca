//! Desktop notifications. `Desk::show` puts a card into a slot and returns; a
//! thread of its own talks to the desktop. It never waits for the desktop, and
//! a card that could not be shown at once is never shown later.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use crate::surfaces::board::Board;
use crate::surfaces::card::{Answer, Card};
use crate::surfaces::slot::{Order, Slot};
use crate::surfaces::state::{Evidence, SurfaceState};

/// A card that the desktop has not taken by then is given up: a nudge that
/// comes later than half a second is about something else already.
pub const GIVE_UP: Duration = Duration::from_millis(500);

/// Answers that wait to be read. A person clicks; nobody clicks faster than
/// the analysis reads. Beyond that the newest is dropped.
const ANSWERS: usize = 4;

/// Where the message bus of the desktop is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Bus {
    /// Where the session says, asked again at each attempt.
    #[default]
    Session,
    /// At this address: `unix:path=...`.
    At(String),
}

/// The handle on notifications. One card is shown at a time and updated in
/// place. Dropping it takes the card away.
#[derive(Debug)]
pub struct Desk {
    slot: Arc<Slot>,
    board: Arc<Board>,
    answers: Receiver<Answer>,
    ended: Receiver<()>,
}

impl Desk {
    /// Starts the thread, which finds out at once who shows notifications.
    pub fn spawn(bus: Bus) -> Self {
        let (slot, board) = (Arc::new(Slot::default()), Arc::new(Board::default()));
        let (to_answers, answers) = crossbeam_channel::bounded(ANSWERS);
        // Nothing is ever sent: it closes when the thread ends.
        let (ending, ended) = crossbeam_channel::bounded(0);
        slot.put(Order::Probe);
        let worker =
            Worker { slot: Arc::clone(&slot), board: Arc::clone(&board), answers: to_answers, ending };
        worker.start(bus);
        Self { slot, board, answers, ended }
    }

    /// Shows a card in the place of the one that is shown. Returns at once.
    pub fn show(&self, card: Card) {
        self.put(Order::Show(Box::new(card), Instant::now()));
    }

    /// Takes away what is shown: the behaviour recovered. Returns at once.
    pub fn clear(&self) {
        self.put(Order::Clear);
    }

    /// Asks again who shows notifications. Returns at once.
    pub fn probe(&self) {
        self.put(Order::Probe);
    }

    fn put(&self, order: Order) {
        if self.slot.put(order).is_some() {
            self.board.write(|e| e.dropped += 1);
        }
    }

    /// Whether notifications can be relied on.
    pub fn state(&self) -> SurfaceState {
        self.board.read().state
    }

    /// Everything that is known about them.
    pub fn evidence(&self) -> Evidence {
        self.board.read()
    }

    /// Waits until something is so, for `doctor` and tests; whether it became
    /// so within `most`.
    pub fn wait(&self, most: Duration, so: impl Fn(&Evidence) -> bool) -> bool {
        self.board.wait(most, so)
    }

    /// What the agent did with the card that is shown.
    pub fn answers(&self) -> &Receiver<Answer> {
        &self.answers
    }

    /// Takes away what is shown and ends the thread; whether it ended within
    /// `most`. A thread that did not is left alone and ends by itself.
    pub fn stop(self, most: Duration) -> bool {
        self.slot.put(Order::Stop);
        let outcome = self.ended.recv_timeout(most);
        outcome == Err(crossbeam_channel::RecvTimeoutError::Disconnected)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.slot.put(Order::Stop);
    }
}

/// What the thread needs.
pub(super) struct Worker {
    pub(super) slot: Arc<Slot>,
    pub(super) board: Arc<Board>,
    pub(super) answers: crossbeam_channel::Sender<Answer>,
    /// Dropped when the thread ends.
    #[expect(dead_code, reason = "it is there to be dropped")]
    ending: crossbeam_channel::Sender<()>,
}

impl Worker {
    fn start(self, bus: Bus) {
        let board = Arc::clone(&self.board);
        let spawned = std::thread::Builder::new().name("notify".into()).spawn(move || self.run(bus));
        if let Err(error) = spawned {
            tracing::warn!(%error, "no thread for notifications");
            let why = format!("the thread for notifications could not be started: {error}");
            let remedy = "free some memory or processes, then restart evenkeel".to_owned();
            board.write(|e| e.state = SurfaceState::Missing { why, remedy });
        }
    }

    #[cfg(all(feature = "desktop", target_os = "linux"))]
    fn run(self, bus: Bus) {
        crate::surfaces::notification::run(self, bus);
    }

    /// Without a desktop to talk to, every card is counted as dropped.
    #[cfg(not(all(feature = "desktop", target_os = "linux")))]
    fn run(self, _: Bus) {
        // Nobody will press a button.
        drop(self.answers);
        let why = "this build of evenkeel has no desktop notifications".to_owned();
        let remedy = "build it on Linux with the feature `desktop`".to_owned();
        self.board.write(|e| e.state = SurfaceState::Missing { why, remedy });
        let (slot, board) = (&self.slot, &self.board);
        loop {
            match block_on(slot) {
                Order::Stop => return,
                Order::Show(..) => board.write(|e| e.dropped += 1),
                Order::Clear | Order::Probe => (),
            }
        }
    }
}

/// Sleeps until there is an order.
#[cfg(not(all(feature = "desktop", target_os = "linux")))]
fn block_on(slot: &Slot) -> Order {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::task::Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        match slot.poll(&waker) {
            std::task::Poll::Ready(order) => return order,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}
