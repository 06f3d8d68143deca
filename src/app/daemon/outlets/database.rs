//! To the database: every call, event by event. It is never waited for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::daemon::told::{Meta, Outlet, Over, Said, Told};
use crate::config::{self, Config};
use crate::core::calls::{EndWhy, Trigger};
use crate::store::{self, Command, Finished, Key, Mode, NewCall, Reference, Wall, Why, Writer};

/// See the module.
pub(in crate::app::daemon) struct Database {
    writer: Arc<Writer>,
    config: Arc<Config>,
    /// What references are hashed with; none is kept without it.
    key: Option<Key>,
    /// What the writer had no room for and what must not be lost, in order.
    waiting: VecDeque<Command>,
}

/// Commands that wait for room. There are a handful to a call, so that this is a
/// day on which the disk never answered.
const WAITING: usize = 1_000;
/// So long the program's end waits for room for them, and so often it looks.
const LAST: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(10);

impl Database {
    pub(in crate::app::daemon) fn new(writer: Arc<Writer>, config: Arc<Config>, key: Option<Key>) -> Self {
        Self { writer, config, key, waiting: VecDeque::new() }
    }

    /// Events that do not fit are counted by the writer, and `status` shows it;
    /// anything else is tried again with the next one.
    fn send(&mut self, command: Command) {
        while let Some(next) = self.waiting.pop_front() {
            if let Some(back) = self.writer.offer(next) {
                self.waiting.push_front(back);
                break;
            }
        }
        // Events never wait: while something does there is no room, and they are counted.
        let waits = !self.waiting.is_empty() && !matches!(command, Command::Events { .. });
        self.waiting.extend(if waits { Some(command) } else { self.writer.offer(command) });
        if WAITING < self.waiting.len() {
            self.waiting.pop_back();
            tracing::error!("the database takes nothing, and no more can wait for it");
        }
    }

    fn reference(&self, said: &Said) -> Option<Reference> {
        let mode = match self.config.reference() {
            config::Reference::Hashed => Mode::Hashed,
            config::Reference::Full => Mode::Full,
            config::Reference::None => Mode::None,
        };
        let kept = Reference::new(said.customer.as_ref()?.expose(), mode, self.key.as_ref()?);
        kept.inspect_err(|error| tracing::warn!(%error, "no reference is kept")).ok()?
    }

    fn began(&mut self, meta: &Meta) {
        let new = NewCall {
            uid: meta.uid,
            began: wall(meta.began),
            agent: meta.agent.clone(),
            devices: meta.devices.clone(),
            profile: meta.profile().to_owned(),
            trigger: match meta.trigger {
                Trigger::Streams => store::Trigger::Streams,
                Trigger::Order => store::Trigger::Order,
                Trigger::Voice => store::Trigger::Speech,
            },
            program: meta.program.as_ref().map(|program| program.name.clone()),
            customer: self.reference(&meta.said),
            note: meta.said.note.as_ref().map(|note| note.expose().to_owned()),
            external_id: meta.said.id.clone(),
            config_hash: meta.config_hash.clone(),
            settings: meta.settings,
            past: meta.past,
            version: env!("CARGO_PKG_VERSION").into(),
        };
        self.send(Command::Begin(Box::new(new)));
    }

    fn joined(&mut self, meta: &Meta) {
        self.send(Command::Joined {
            call: meta.uid,
            customer: self.reference(&meta.said),
            note: meta.said.note.as_ref().map(|note| note.expose().to_owned()),
            external_id: meta.said.id.clone(),
        });
    }

    fn over(&mut self, meta: &Meta, over: &Over) {
        let why = match over.why {
            Some(EndWhy::Order) => Why::Order,
            // Not stored at all, but for the sake of completeness.
            Some(EndWhy::Streams | EndWhy::Never) => Why::Streams,
            Some(EndWhy::Hold) => Why::Hold,
            Some(EndWhy::Silence) => Why::Silence,
            None => Why::Stop,
        };
        let (ended, summary) = (wall(over.ended), over.summary.clone());
        self.send(Command::Finish(Box::new(Finished { call: meta.uid, ended, why, summary })));
    }
}

impl Drop for Database {
    /// What still waits when the program ends is handed over while the writer takes it.
    fn drop(&mut self) {
        let until = Instant::now() + LAST;
        while let Some(next) = self.waiting.pop_front() {
            let Some(back) = self.writer.offer(next) else { continue };
            self.waiting.push_front(back);
            if until < Instant::now() {
                tracing::error!(commands = self.waiting.len(), "the database takes nothing: this is lost");
                return;
            }
            std::thread::sleep(AGAIN);
        }
    }
}

/// A moment with the offset of the place.
fn wall(at: Timestamp) -> Wall {
    Wall { utc_ms: at.as_millisecond(), offset_s: TimeZone::system().to_offset(at).seconds() }
}

impl Outlet for Database {
    fn tell(&mut self, told: Told<'_>) {
        match told {
            Told::Began(meta) => self.began(meta),
            Told::Joined(meta) => self.joined(meta),
            Told::Events(meta, events) => {
                self.send(Command::Events { call: meta.uid, events: events.to_vec() });
            }
            Told::Applied(meta, settings, hash) => self.send(Command::Applied {
                call: meta.uid,
                config_hash: hash.to_owned(),
                settings: Box::new(*settings),
            }),
            Told::Worded(meta, hash) => {
                self.send(Command::Worded { call: meta.uid, config_hash: hash.to_owned() });
            }
            Told::Said(meta, words, _) => {
                self.send(Command::Said { call: meta.uid, words: Box::new(words.clone()) });
            }
            Told::Late(meta, events, summary) => self.send(Command::Late {
                call: meta.uid,
                events: events.to_vec(),
                summary: Box::new(summary.clone()),
            }),
            Told::Recognised(meta, recognition) => {
                self.send(Command::Recognised { call: meta.uid, recognition: Box::new(recognition.clone()) });
            }
            Told::Over(meta, over) => self.over(meta, over),
            Told::Forgotten(meta, _) => self.send(Command::Discard(meta.uid)),
            Told::Config(config, ..) => self.config = Arc::clone(config),
            Told::Nudge(..)
            | Told::Cleared(..)
            | Told::Held(..)
            | Told::Muted(..)
            | Told::Paused(..)
            | Told::Score { .. }
            | Told::Hidden(_)
            | Told::Wrong(_)
            | Told::Counting(_)
            | Told::Resumed
            | Told::Snoozed(_)
            | Told::Quiet(_)
            | Told::Agent(_)
            | Told::Unknown(_)
            | Told::Device(..)
            | Told::Refused(_) => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Filter, Reader, example, open};

    #[test]
    fn what_waits_for_room_when_the_program_ends_is_stored() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(folder.path(), &folder.path().join("state"), Wall::now()).unwrap();
        let writer = Arc::new(Writer::spawn(opened.database, store::Settings::default()).unwrap());
        let mut database = Database::new(Arc::clone(&writer), Arc::new(Config::default()), None);
        // More than the writer takes at once.
        database.waiting.extend((0..3_000).map(|_| Command::Begin(Box::new(example()))));
        drop(database);
        assert!(writer.flush(Duration::from_secs(60)));
        let stored = Reader::open(folder.path()).unwrap().calls(&Filter::default()).unwrap();
        assert_eq!(stored.len(), 3_000);
    }
}
