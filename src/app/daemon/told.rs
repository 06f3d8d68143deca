//! What the analysis tells the rest of the program, and who listens: the
//! database, the screen, the terminal, the watchers of the socket.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::config::Config;
use crate::core::calls::{EndWhy, Program, Trigger};
use crate::core::event::{Cleared, Decision, Event, Kind};
use crate::core::pipeline::{Past, Settings};
use crate::core::summary::CallSummary;
use crate::core::units::{SampleTime, Sides};

/// What is known of a call from outside of its sound.
#[derive(Clone, Debug)]
pub(super) struct Meta {
    /// Its own number, which no other call anywhere has.
    pub(super) uid: Uuid,
    /// When its first sample was, on the wall.
    pub(super) began: Timestamp,
    /// Who speaks into the microphone.
    pub(super) agent: String,
    /// Ids of the devices.
    pub(super) devices: Sides<String>,
    /// What showed that it began.
    pub(super) trigger: Trigger,
    /// Whose streams it was seen by.
    pub(super) program: Option<Program>,
    /// Whom it is with, a note about it, and what another program calls it.
    pub(super) said: Said,
    /// Settings and their fingerprint.
    pub(super) settings: Settings,
    /// See above.
    pub(super) config_hash: String,
    /// What earlier calls left behind.
    pub(super) past: Past,
}

/// What an order says about a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The customer's reference. It is stored hashed unless configured otherwise.
    pub(super) customer: Option<String>,
    /// A note.
    pub(super) note: Option<String>,
    /// The number that the phone gave it.
    pub(super) id: Option<String>,
}

/// A call that is over.
#[derive(Clone, Debug)]
pub(super) struct Over {
    /// When it ended on the wall.
    pub(super) ended: Timestamp,
    /// What showed it.
    pub(super) why: EndWhy,
    /// What it amounted to.
    pub(super) summary: CallSummary,
}

/// Something happened.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told<'a> {
    /// A call began.
    Began(&'a Meta),
    /// More became known about it.
    Joined(&'a Meta),
    /// Events of the core, in order.
    Events(&'a Meta, &'a [Event]),
    /// A nudge is due, so long after the newest sample that it needed.
    Nudge(&'a Meta, &'a Decision, Duration),
    /// A nudge is over.
    Cleared(&'a Meta, Kind, Cleared, SampleTime),
    /// A call is over.
    Over(&'a Meta, &'a Over),
    /// Nothing is captured until then, or until told otherwise.
    Paused(Timestamp),
    /// It is captured again.
    Resumed,
    /// A program that nobody judged holds both sides.
    Unknown(&'a Program),
    /// Something about a device, in a sentence, and what can be done.
    Device(&'a str, Option<&'a str>),
    /// The settings changed: these keys.
    Reloaded(&'a [&'static str]),
    /// The settings that hold from now on.
    Config(&'a Arc<Config>),
    /// A file with mistakes was refused.
    Refused(&'a str),
}

/// Whoever wants to know. Nobody may keep the analysis waiting.
pub(super) trait Outlet: Send {
    /// Something happened.
    fn tell(&mut self, told: Told<'_>);
}
