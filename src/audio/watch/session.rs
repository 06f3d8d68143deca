//! The thread: connect, ask, sleep until told, ask again; connect anew for ever.

use std::any::Any;
use std::convert::Infallible;
use std::mem;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use super::connection::Connection;
use super::devices::Devices;
use super::holders::holders;
use super::place::Place;
use super::{Holder, Seen, Selection, Why};

/// Between two attempts to connect: the first, and what doubling stops at.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Between two looks at least: a phone on a busy machine was seen to reopen its streams
/// 300 times a second, and each look asks for all streams of all programs.
const BETWEEN: Duration = Duration::from_millis(50);

/// The watching thread; it ends with this value.
#[derive(Debug)]
pub struct Watch {
    link: Arc<Link>,
    thread: Option<JoinHandle<()>>,
}

/// What the handle and the thread share.
#[derive(Debug, Default)]
struct Link {
    shared: Mutex<Shared>,
    woken: Condvar,
}

#[derive(Debug, Default)]
struct Shared {
    /// What the thread waits on; shutting it down wakes it.
    socket: Option<UnixStream>,
    /// Not taken yet; the latest wins.
    select: Option<Selection>,
    stop: bool,
}

/// Begins to watch the server that the environment names. What is seen goes to
/// `out`, for which the thread waits; it ends when nobody listens there.
pub fn spawn(select: Selection, out: Sender<Seen>) -> Watch {
    spawn_at(Place::Environment, select, out)
}

/// The same for a server at a place of its own.
pub fn spawn_at(place: Place, select: Selection, out: Sender<Seen>) -> Watch {
    let link = Arc::new(Link::default());
    let mut watcher = Watcher { place, select, out, link: Arc::clone(&link), gone: false, told: None };
    let thread = thread::Builder::new().name("watch".into()).spawn(move || watcher.run());
    // The sender goes with the closure: whoever listens sees it closed.
    let failed = |error: &std::io::Error| tracing::error!(%error, "no thread to watch for calls with");
    Watch { link, thread: thread.inspect_err(failed).ok() }
}

impl Watch {
    /// Watches other devices from now on.
    pub fn select(&self, select: Selection) {
        self.link.order(|shared| shared.select = Some(select));
    }

    /// Whether the thread still runs; it ends only where nobody listens.
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|t| !t.is_finished())
    }
}

impl Drop for Watch {
    /// Ends the thread, without waiting for it: it may itself wait for a reader
    /// that is just being dropped.
    fn drop(&mut self) {
        self.link.order(|shared| shared.stop = true);
    }
}

impl Link {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves an order and wakes the thread, wherever it waits. Both happen under
    /// the lock, so that a connection that knows the order is never shut down.
    fn order(&self, leave: impl FnOnce(&mut Shared)) {
        let mut shared = self.lock();
        leave(&mut shared);
        if let Some(socket) = &shared.socket {
            // It may be broken already, which wakes the thread just as well.
            let _ = socket.shutdown(Shutdown::Both);
        }
        self.woken.notify_all();
    }
}

struct Watcher {
    place: Place,
    select: Selection,
    out: Sender<Seen>,
    link: Arc<Link>,
    /// Whether it was told that the server is gone.
    gone: bool,
    told: Option<Vec<Holder>>,
}

/// Why a connection is not used any longer.
enum Over {
    /// The server is at fault.
    Broken(Why),
    /// Another selection, or nothing: connect anew at once.
    Again,
    /// Nobody listens, or nobody wants to know.
    Stop,
}

impl From<Why> for Over {
    fn from(why: Why) -> Self {
        Self::Broken(why)
    }
}

impl Watcher {
    fn run(&mut self) {
        let mut wait = FIRST_WAIT;
        loop {
            match self.guarded() {
                Over::Stop => return,
                Over::Again => wait = FIRST_WAIT,
                Over::Broken(why) => {
                    if !self.gone {
                        wait = FIRST_WAIT;
                    }
                    tracing::debug!(%why, wait_s = wait.as_secs(), "the sound server cannot be seen");
                    if self.lose(why).is_err() || self.rest(wait) {
                        return;
                    }
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// One connection. A frame that makes the library panic ends only that.
    fn guarded(&mut self) -> Over {
        let over = catch_unwind(AssertUnwindSafe(|| self.session()));
        let over = over.map_or_else(
            |panic| {
                tracing::error!(what = said(&*panic), "reading the sound server's answer failed");
                Over::Broken(Why::Malformed)
            },
            |ended| match ended {
                Err(over) => over,
            },
        );
        let link = Arc::clone(&self.link);
        let mut shared = link.lock();
        shared.socket = None;
        if shared.stop {
            Over::Stop
        } else if self.take(&mut shared) {
            Over::Again
        } else {
            over
        }
    }

    /// Takes the order that waits, if one does.
    fn take(&mut self, shared: &mut Shared) -> bool {
        shared.select.take().map(|select| self.select = select).is_some()
    }

    /// Until something ends it; it never returns otherwise.
    fn session(&mut self) -> Result<Infallible, Over> {
        let mut server = Connection::open(&self.place)?;
        self.show(&server)?;
        server.subscribe()?;
        let mut devices = Devices::look_up(&mut server, &self.select)?;
        self.tell(holders(&mut server, &devices)?)?;
        let mut looked = Instant::now();
        loop {
            let changed = server.changed();
            if !changed.devices && !changed.streams {
                server.wait()?;
                continue;
            }
            thread::sleep(BETWEEN.saturating_sub(looked.elapsed()));
            looked = Instant::now();
            if changed.devices {
                devices = Devices::look_up(&mut server, &self.select)?;
            }
            self.tell(holders(&mut server, &devices)?)?;
        }
    }

    /// Lets the handle end this connection. What was ordered until now could wake
    /// nobody, and is taken in the same breath.
    fn show(&mut self, server: &Connection) -> Result<(), Over> {
        let socket = server.handle()?;
        let link = Arc::clone(&self.link);
        let mut shared = link.lock();
        self.take(&mut shared);
        shared.socket = Some(socket);
        if shared.stop { Err(Over::Stop) } else { Ok(()) }
    }

    /// Tells who holds what, if that is new.
    fn tell(&mut self, holders: Vec<Holder>) -> Result<(), Over> {
        if mem::take(&mut self.gone) {
            self.send(Seen::Back)?;
        }
        if self.told.as_ref() != Some(&holders) {
            self.told = Some(holders.clone());
            self.send(Seen::Holders(holders))?;
        }
        Ok(())
    }

    fn lose(&mut self, why: Why) -> Result<(), Over> {
        self.told = None;
        if mem::replace(&mut self.gone, true) { Ok(()) } else { self.send(Seen::Gone { why }) }
    }

    fn send(&self, seen: Seen) -> Result<(), Over> {
        self.out.send(seen).map_err(|_| Over::Stop)
    }

    /// Waits before the next attempt, or until an order comes; true to stop.
    fn rest(&mut self, wait: Duration) -> bool {
        let link = Arc::clone(&self.link);
        let idle = |shared: &mut Shared| shared.select.is_none() && !shared.stop;
        let waited = link.woken.wait_timeout_while(link.lock(), wait, idle);
        let (mut shared, _) = waited.unwrap_or_else(PoisonError::into_inner);
        self.take(&mut shared);
        shared.stop
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown")
}
