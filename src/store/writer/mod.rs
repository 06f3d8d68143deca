//! The one thread that writes. It wakes when there is something to write and
//! commits about once a second; in between it sleeps without waking. Nobody
//! ever waits for it but by their own wish: what does not fit is counted.

mod apply;
mod command;
mod recognised;
mod state;
mod thread;

pub use command::Command;
pub use state::{Condition, WriterState};

pub(crate) use apply::audit;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, TrySendError, bounded};

use crate::store::open::Database;
use crate::store::{CallUid, Settings, StoreError};

use state::Shared;
use thread::Thread;

/// Commands of events that wait: more than a minute of a disk that does not
/// answer. When it is full they are dropped and counted.
const QUEUE: usize = 1024;
/// Room beyond that for what is not events: a begin or an end is never dropped
/// for the sake of readings.
const RESERVE: usize = 64;

/// The handle of the writer. The thread ends, with everything committed, when
/// it is dropped.
#[derive(Debug)]
pub struct Writer {
    commands: Option<Sender<Command>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. It begins with what is due: retention and the daily
    /// backup.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn spawn(database: Database, settings: Settings) -> Result<Self, StoreError> {
        let (commands, queue) = bounded(QUEUE + RESERVE);
        let shared = Arc::new(Shared::default());
        let path = database.path.clone();
        let thread = Thread::new(database, settings, queue, Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || thread.run())
            .map_err(crate::store::error::refused(&path))?;
        Ok(Self { commands: Some(commands), shared, thread: Some(thread) })
    }

    /// Hands a command over without waiting. False where there was no room:
    /// events are then counted as lost, anything else is for the caller to try
    /// again.
    pub fn send(&self, command: Command) -> bool {
        self.put(command).is_ok()
    }

    /// The same, but what is no event and had no room comes back.
    pub fn offer(&self, command: Command) -> Option<Command> {
        self.put(command).err().flatten()
    }

    /// The command itself where there was no room for it; events are gone.
    fn put(&self, command: Command) -> Result<(), Option<Command>> {
        let Some(commands) = &self.commands else { return Err(Some(command)) };
        match command {
            Command::Events { call, events } if QUEUE <= commands.len() => self.lose(call, events.len()),
            command => match commands.try_send(command) {
                Ok(()) => Ok(()),
                Err(TrySendError::Full(back) | TrySendError::Disconnected(back)) => match back {
                    Command::Events { call, events } => self.lose(call, events.len()),
                    command => Err(Some(command)),
                },
            },
        }
    }

    fn lose(&self, call: CallUid, events: usize) -> Result<(), Option<Command>> {
        self.shared.lose(call, events as u64);
        Err(None)
    }

    /// Waits until everything sent so far is on disk, at most this long;
    /// whether it is.
    pub fn flush(&self, timeout: Duration) -> bool {
        let until = Instant::now() + timeout;
        let (done, answer) = bounded(1);
        let Some(commands) = &self.commands else { return false };
        // Where there is no room, there may be before the time is over.
        commands.send_timeout(Command::Flush(done), timeout).is_ok() && answer.recv_deadline(until).is_ok()
    }

    /// How it is.
    pub fn state(&self) -> WriterState {
        self.shared.state()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the storage thread ended by a panic");
        }
    }
}

#[cfg(test)]
mod tests;
