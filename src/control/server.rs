//! The server of the control socket: one thread, any number of clients up to a
//! limit. It hands orders on and waits for their answers; the state of things
//! and notices it has at hand. Each client has a task and a buffer of its own,
//! and nothing that one of them does or leaves undone holds up another.

use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::control::Orders;
use crate::control::notice::Notice;
use crate::control::order::Do;
use crate::control::protocol::{Answer, Code, Refusal};
use crate::control::publish::{Notices, Publisher};
use crate::control::socket::ServeError;
use crate::control::status::Status;

/// An order that waits to be obeyed.
#[derive(Debug)]
pub struct Asked {
    /// What is to be done.
    pub what: Do,
    /// Takes the answer, after the deed.
    pub reply: Replier,
}

impl Asked {
    /// An order with the place where its answer comes in.
    pub fn new(what: Do) -> (Self, Waiting) {
        let (sender, receiver) = oneshot::channel();
        (Self { what, reply: Replier(sender) }, Waiting(receiver))
    }
}

/// Takes the answer to an order. Dropped without one, the client is told that
/// the order was lost.
#[derive(Debug)]
pub struct Replier(oneshot::Sender<Result<Answer, Refusal>>);

impl Replier {
    /// It is done.
    pub fn done(self, answer: Answer) {
        // A client that has gone needs no answer.
        let _ = self.0.send(Ok(answer));
    }

    /// It is not done.
    pub fn refuse(self, refusal: Refusal) {
        let _ = self.0.send(Err(refusal));
    }
}

/// Where the answer to an order comes in.
#[derive(Debug)]
pub struct Waiting(oneshot::Receiver<Result<Answer, Refusal>>);

impl Waiting {
    /// Waits for the answer; not to be called from the `io` thread.
    ///
    /// # Errors
    /// The refusal, or that the order was lost.
    pub fn wait(self) -> Result<Answer, Refusal> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(lost()))
    }

    /// Waits for the answer, but not for ever.
    async fn within(self, patience: Duration) -> Result<Answer, Refusal> {
        match tokio::time::timeout(patience, self.0).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(lost()),
            Err(_) => Err(Refusal::new(Code::Timeout, "evenkeel did not answer in time")
                .hint("try again; if it stays so, restart evenkeel")),
        }
    }
}

fn lost() -> Refusal {
    Refusal::new(Code::Bug, "the order was taken and never answered").hint("see the log of evenkeel")
}

/// The running server; it ends with this.
#[derive(Debug)]
pub struct Server {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Tells all who watch that the program ends, closes the socket and waits
    /// until it is gone.
    pub fn stop(self) {}
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic in it was printed.
            let _ = thread.join();
        }
    }
}

/// What every client's task needs.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    orders: Orders,
    status: Publisher<Status>,
    notices: Notices,
}

/// The state of things is told without the daemon's own word after so long.
const STATUS_PATIENCE: Duration = Duration::from_millis(500);

/// While the queue of orders is full, it is tried again this often.
const RETRY: Duration = Duration::from_millis(2);

impl Shared {
    /// Hands an order on and waits until it is obeyed.
    pub(super) async fn ask(&self, what: Do) -> Result<Answer, Refusal> {
        match what {
            Do::Status | Do::Watch => self.state().await,
            order => {
                let patience = order.patience();
                self.hand_on(order, patience).await
            }
        }
    }

    /// The state of things: the daemon's own word, or else the last it gave.
    ///
    /// # Errors
    /// Where it has given none yet, and does not in time: what is not known is not told
    /// as if it were nothing.
    async fn state(&self) -> Result<Answer, Refusal> {
        if let Ok(answer @ Answer { status: Some(_), .. }) = self.hand_on(Do::Status, STATUS_PATIENCE).await {
            return Ok(answer);
        }
        let latest = self.status.latest();
        if latest.value == Status::default() {
            return self.hand_on(Do::Status, Do::Status.patience()).await;
        }
        let stale_s = Some(latest.told.elapsed().as_secs_f64());
        let status = Status { stale_s, ..latest.value.clone() };
        Ok(Answer { status: Some(Box::new(status)), ..Answer::done() })
    }

    async fn hand_on(&self, order: Do, patience: Duration) -> Result<Answer, Refusal> {
        let (asked, waiting) = Asked::new(order);
        match tokio::time::timeout(patience, self.put(asked)).await {
            Ok(Ok(())) => waiting.within(patience).await,
            Ok(Err(refusal)) => Err(refusal),
            Err(_) => Err(Refusal::new(Code::Busy, "too many orders wait already").hint("try again shortly")),
        }
    }

    async fn put(&self, mut asked: Asked) -> Result<(), Refusal> {
        use crossbeam_channel::TrySendError;
        loop {
            asked = match self.orders.try_send(asked) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(asked)) => asked,
                Err(TrySendError::Disconnected(_)) => {
                    return Err(Refusal::new(Code::Unavailable, "evenkeel is about to end"));
                }
            };
            tokio::time::sleep(RETRY).await;
        }
    }

    pub(super) fn follow(&self) -> tokio::sync::broadcast::Receiver<std::sync::Arc<Notice>> {
        self.notices.follow()
    }
}

/// Serves the control socket at `path` in a thread of its own. Orders go to
/// `orders`, in the order in which they came from each client.
///
/// # Errors
/// [`ServeError`]: another daemon serves it, or it cannot be made. Nothing runs
/// then.
#[cfg(unix)]
pub fn serve(
    path: &Path,
    orders: Orders,
    status: Publisher<Status>,
    notices: Notices,
) -> Result<Server, ServeError> {
    use crate::control::socket::Bound;
    let (bound, listener) = Bound::new(path)?;
    let told = |source| ServeError::place(path, source);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(told)?;
    let (stop, stopped) = watch::channel(false);
    let shared = Shared { orders, status, notices };
    let run = move || {
        // What goes wrong here is over with the socket; clients say so.
        let _ = runtime.block_on(unix::accept(listener, &shared, stopped));
        drop(bound);
    };
    let thread = std::thread::Builder::new().name("io".to_owned()).spawn(run).map_err(told)?;
    Ok(Server { stop, thread: Some(thread) })
}

/// There are none of these sockets here yet.
///
/// # Errors
/// Always [`ServeError::Unsupported`].
#[cfg(not(unix))]
pub fn serve(
    _path: &Path,
    _orders: Orders,
    _status: Publisher<Status>,
    _notices: Notices,
) -> Result<Server, ServeError> {
    Err(ServeError::Unsupported)
}

#[cfg(unix)]
#[path = "clients.rs"]
mod unix;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_back_to_whoever_asked() {
        let (asked, waiting) = Asked::new(Do::Resume);
        asked.reply.done(Answer { for_s: Some(1.0), ..Answer::done() });
        assert_eq!(waiting.wait().map(|answer| answer.for_s), Ok(Some(1.0)));
    }

    #[test]
    fn an_order_that_is_dropped_is_called_lost() {
        let (asked, waiting) = Asked::new(Do::Resume);
        drop(asked);
        assert_eq!(waiting.wait().map_err(|refusal| refusal.code), Err(Code::Bug));
    }
}
