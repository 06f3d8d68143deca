//! To the database: every call, event by event. It is never waited for.

use std::sync::Arc;

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
}

impl Database {
    pub(in crate::app::daemon) fn new(writer: Arc<Writer>, config: Arc<Config>, key: Option<Key>) -> Self {
        Self { writer, config, key }
    }

    fn send(&self, command: Command) {
        // What does not fit is counted by the writer, and `status` shows it.
        if !self.writer.send(command) {
            tracing::debug!("the database takes nothing at present");
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

    fn began(&self, meta: &Meta) {
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

    fn joined(&self, meta: &Meta) {
        self.send(Command::Joined {
            call: meta.uid,
            customer: self.reference(&meta.said),
            note: meta.said.note.as_ref().map(|note| note.expose().to_owned()),
            external_id: meta.said.id.clone(),
        });
    }

    fn over(&self, meta: &Meta, over: &Over) {
        let why = match over.why {
            Some(EndWhy::Order | EndWhy::Never) => Why::Order,
            Some(EndWhy::Streams) => Why::Streams,
            Some(EndWhy::Hold) => Why::Hold,
            Some(EndWhy::Silence) => Why::Silence,
            None => Why::Stop,
        };
        let (ended, summary) = (wall(over.ended), over.summary.clone());
        self.send(Command::Finish(Box::new(Finished { call: meta.uid, ended, why, summary })));
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
            Told::Said(meta, words, _) => {
                self.send(Command::Said { call: meta.uid, words: Box::new(words.clone()) });
            }
            Told::Over(meta, over) => self.over(meta, over),
            Told::Config(config, ..) => self.config = Arc::clone(config),
            Told::Nudge(..)
            | Told::Cleared(..)
            | Told::Held(..)
            | Told::Muted(..)
            | Told::Paused(..)
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
