//! A call that is going on, or may turn out to be one, with what was last seen
//! of it.

use crate::app::daemon::call::LiveCall;
use crate::app::daemon::recognise::{Ear, Tally};
use crate::app::daemon::record::Tape;
use crate::app::daemon::told::Meta;
use crate::app::recognise::Rules;
use crate::core::activity::gate::Background;
use crate::core::event::{Event, Kind, Reading, State};
use crate::core::units::{Channel, Nanos, SampleTime, Sides};
use crate::transcript::redact::Redactor;

/// See the module.
#[derive(Debug)]
pub(in crate::app::daemon) struct Running {
    pub(super) call: LiveCall,
    pub(super) meta: Meta,
    /// It is a call; before that it may be dropped without a trace.
    pub(super) confirmed: bool,
    /// It was told of.
    pub(super) announced: bool,
    pub(super) held: bool,
    pub(super) muted: bool,
    /// Events of the time before it was told of.
    pub(super) early: Vec<Event>,
    pub(super) tape: Tape,
    /// What listens to its words, and what is made of them.
    pub(super) ear: Option<Ear>,
    pub(super) rules: Option<Rules>,
    /// The fingerprint of its figures, once words are used for them.
    pub(super) hash: Option<String>,
    /// How much of its speech became words.
    pub(super) tally: Option<Tally>,
    /// What takes out of the text what must not be kept.
    pub(super) redactor: Option<Redactor>,
    pub(super) last: Last,
    /// How the room sounded before it, where that was heard.
    pub(super) background: Option<Background>,
    /// What each side was last heard from.
    pub(super) from: Sides<Option<String>>,
}

/// The newest of what a status tells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Last {
    pub(super) reading: Option<Reading>,
    pub(super) states: Sides<State>,
    /// When each side last spoke.
    pub(super) spoke: Sides<Option<SampleTime>>,
    pub(super) kind: Option<Kind>,
    pub(super) nudges: u32,
    /// The second of the call whose score was told last.
    pub(super) second: u64,
}

impl Running {
    pub(super) fn new(begin: Nanos, meta: Meta) -> Self {
        Self {
            call: LiveCall::new(begin),
            meta,
            confirmed: false,
            announced: false,
            held: false,
            muted: false,
            early: Vec::new(),
            tape: Tape::Off,
            ear: None,
            rules: None,
            hash: None,
            tally: None,
            redactor: None,
            last: Last::default(),
            background: None,
            from: Sides::default(),
        }
    }

    /// A side is heard from this device; whether it is another one than before in
    /// this call.
    pub(super) fn is_another(&mut self, side: Channel, id: &str) -> bool {
        let before = self.from[side].replace(id.to_owned());
        before.is_some_and(|before| before != id)
    }

    /// Keeps the newest of what was told.
    pub(super) fn note(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::Reading(reading) => self.read(reading),
                Event::Channel { who, state, .. } => self.last.states[*who] = *state,
                _ => (),
            }
        }
    }

    fn read(&mut self, reading: &Reading) {
        self.last.reading = Some(*reading);
        for side in Channel::BOTH {
            if reading.speaks[side] {
                self.last.spoke[side] = Some(reading.of);
            }
        }
    }

    /// The fingerprint of these settings, and of what hears its words where something
    /// does.
    pub(super) fn hash_of(&self, settings: &str) -> String {
        let heard_by = self.ear.as_ref().zip(self.rules.as_ref());
        heard_by.map_or_else(|| settings.to_owned(), |(ear, rules)| ear.choice().hash(settings, rules))
    }

    /// Words are used for its figures from here on; the fingerprint where that is new.
    pub(super) fn use_words(&mut self) -> Option<String> {
        if self.hash.is_some() {
            return None;
        }
        self.hash = Some(self.hash_of(&self.meta.config_hash));
        self.hash.clone()
    }

    /// Whether somebody speaks.
    pub(super) fn is_spoken_in(&self) -> bool {
        self.last.reading.is_some_and(|reading| reading.speaks.agent || reading.speaks.customer)
    }
}
