//! The thread itself: collects, commits, tries again, and looks after the
//! database once a day.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::store::call::{DAY_MS, Wall};
use crate::store::error::{Trouble, at, trouble};
use crate::store::open::Database;
use crate::store::writer::apply::{self, Ongoing};
use crate::store::writer::command::Command;
use crate::store::writer::state::{Condition, Shared};
use crate::store::{Settings, backup, remove, retention};

/// A commit comes this long after the first thing that it holds: what a crash
/// loses, at most twice that with all that is on its way.
const BATCH: Duration = Duration::from_secs(1);
/// After a failure the next try comes this late at most.
const LONGEST_RETRY: Duration = Duration::from_secs(5);
/// Events of one command, and so of one packed row, at most.
const EVENTS: usize = 1024;
/// Commands of one transaction: on a nearly full disk, parts still fit.
const COMMANDS: usize = 8;
/// Events kept in memory while nothing can be written: some 45 minutes of a
/// call, about 4 MB. Beyond them the newest are dropped and counted.
const HELD: usize = 32_768;
/// Other commands kept meanwhile.
const HELD_COMMANDS: usize = 4096;
/// The database is looked after this often.
const DAILY: Duration = Duration::from_secs(86_400);

pub(crate) struct Thread {
    database: Database,
    settings: Settings,
    queue: Receiver<Command>,
    shared: Arc<Shared>,
    pending: VecDeque<Command>,
    /// Events in `pending`.
    events: usize,
    ongoing: Ongoing,
    /// When `pending` is to be committed.
    due: Option<Instant>,
    retry: Duration,
    maintained: (Instant, Wall),
}

impl Thread {
    pub(crate) fn new(
        database: Database,
        settings: Settings,
        queue: Receiver<Command>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            database,
            settings,
            queue,
            shared,
            pending: VecDeque::new(),
            events: 0,
            ongoing: Ongoing::default(),
            due: None,
            retry: BATCH,
            maintained: (Instant::now(), Wall::now()),
        }
    }

    pub(crate) fn run(mut self) {
        self.maintain();
        loop {
            // Asleep until something comes; nothing wakes an idle writer but
            // the day's end.
            let until = self.due.unwrap_or(self.maintained.0 + DAILY);
            match self.queue.recv_deadline(until) {
                Ok(command) => self.take(command),
                Err(RecvTimeoutError::Timeout) => self.wake(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.commit_durably();
        if !self.pending.is_empty() {
            tracing::error!(events = self.events, "the program ends before all could be stored");
        }
    }

    fn wake(&mut self) {
        if self.due.is_some() {
            self.commit();
        } else {
            self.maintain();
        }
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Flush(done) => {
                if self.commit_durably() {
                    let _ = done.send(());
                }
            }
            Command::Remove { call, by, done } => {
                self.commit();
                let removed = remove::remove(&mut self.database, call, &by, Wall::now());
                let _ = done.send(removed);
            }
            Command::Purge { done } => {
                self.commit();
                let purged = retention::purge(&mut self.database, &self.settings, Wall::now());
                let _ = done.send(purged.map_err(at(&self.database.path)));
            }
            Command::Keep(settings) => self.settings = settings,
            Command::Finish(finished) => {
                self.hold(Command::Finish(finished));
                self.commit_durably();
                self.maintain_if_due();
            }
            other => self.hold(other),
        }
        if self.due.is_some_and(|due| due <= Instant::now()) {
            self.commit();
        }
    }

    /// Keeps a command until the next commit.
    fn hold(&mut self, command: Command) {
        let events = command.events();
        if self.is_full(events) {
            self.drop_one(&command);
            return;
        }
        self.events += events;
        self.due.get_or_insert_with(|| Instant::now() + BATCH);
        if let Command::Events { call, events: new } = &command
            && let Some(Command::Events { call: last, events }) = self.pending.back_mut()
            && last == call
            && events.len() + new.len() <= EVENTS
        {
            events.extend_from_slice(new);
        } else {
            self.pending.push_back(command);
        }
    }

    fn is_full(&self, events: usize) -> bool {
        HELD < self.events + events || HELD_COMMANDS <= self.pending.len()
    }

    fn drop_one(&self, command: &Command) {
        match command {
            Command::Events { call, events } => self.shared.lose(*call, events.len() as u64),
            other => tracing::error!(command = ?std::mem::discriminant(other), "no room to keep it"),
        }
    }

    /// Commits what waits, part by part; whether all of it was.
    fn commit(&mut self) -> bool {
        while !self.pending.is_empty() || !self.shared.lost().is_empty() {
            if let Err(error) = self.commit_part() {
                self.fail(&error);
                return false;
            }
        }
        self.due = None;
        true
    }

    /// The same, and on the disk itself: at the end of a call and where
    /// somebody waits for it.
    fn commit_durably(&mut self) -> bool {
        let synchronous = |how| self.database.db.pragma_update(None, "synchronous", how);
        let full = synchronous("FULL");
        let nothing = self.pending.is_empty();
        let done = self.commit() && full.is_ok();
        if let Err(error) = self.database.db.pragma_update(None, "synchronous", "NORMAL") {
            tracing::warn!(%error, "commits stay slow");
        }
        // Earlier commits of this second may not have reached the disk.
        done && (!nothing || self.checkpoint("PASSIVE").is_ok())
    }

    fn checkpoint(&self, how: &str) -> rusqlite::Result<()> {
        self.database.db.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(()))
    }

    fn commit_part(&mut self) -> rusqlite::Result<()> {
        let count = self.pending.len().min(COMMANDS);
        let lost = self.shared.lost();
        let mut ongoing = self.ongoing.clone();
        let mut part = self.database.db.transaction()?;
        for command in self.pending.iter().take(count) {
            one(&mut part, &mut ongoing, command, &self.shared)?;
        }
        for (call, events) in &lost {
            apply::lose(&part, *call, *events)?;
        }
        part.commit()?;
        self.ongoing = ongoing;
        self.shared.told(&lost);
        self.events -= self.pending.drain(..count).map(|c| c.events()).sum::<usize>();
        self.retry = BATCH;
        let bytes = crate::store::files::size(&self.database.path);
        self.shared.committed(self.events, bytes);
        Ok(())
    }

    /// What cannot be written now is kept and tried again.
    fn fail(&mut self, error: &rusqlite::Error) {
        let condition = match trouble(error) {
            Trouble::Full => Condition::DiskFull,
            Trouble::Device | Trouble::Busy | Trouble::Damaged | Trouble::Statement => {
                Condition::Failing { why: error.to_string() }
            }
        };
        if self.shared.state().condition != condition {
            tracing::warn!(?condition, events = self.events, "storage fails; what comes is kept in memory");
        }
        self.shared.failed(condition, self.events);
        self.due = Some(Instant::now() + self.retry);
        self.retry = (2 * self.retry).min(LONGEST_RETRY);
    }

    fn maintain_if_due(&mut self) {
        let passed = Wall::now().utc_ms - self.maintained.1.utc_ms;
        if DAY_MS <= passed && self.ongoing.is_empty() {
            self.maintain();
        }
    }

    /// Deletes what is too old, copies the database, and gives back room.
    fn maintain(&mut self) {
        let now = Wall::now();
        self.maintained = (Instant::now(), now);
        if let Err(error) = retention::daily(&mut self.database, &self.settings, now) {
            tracing::warn!(%error, "what is too old could not be deleted");
        }
        let Database { db, state, path } = &self.database;
        if let Err(error) = backup::daily(db, state, self.settings.backups, now) {
            tracing::warn!(%error, "no backup could be made");
        }
        let bytes = crate::store::files::size(path);
        self.shared.sized(bytes);
    }
}

/// A command that is wrong in itself is skipped: it must not hold up the rest.
fn one(
    part: &mut rusqlite::Transaction<'_>,
    ongoing: &mut Ongoing,
    command: &Command,
    shared: &Shared,
) -> rusqlite::Result<()> {
    let step = part.savepoint()?;
    let mut after = ongoing.clone();
    match apply::apply(&step, &mut after, command) {
        Ok(()) => {
            *ongoing = after;
            step.commit()
        }
        Err(error) if trouble(&error) == Trouble::Statement => {
            tracing::error!(%error, "a command could not be stored");
            if let Command::Events { call, events } = command {
                shared.lose(*call, events.len() as u64);
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}
