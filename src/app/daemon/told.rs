//! What the analysis tells the rest of the program, and who listens: the
//! database, the screen, the terminal, the watchers of the socket.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::config::{Config, wording};
use crate::control::Private;
use crate::core::calls::{EndWhy, Program, Trigger};
use crate::core::event::{Cleared, Decision, Event, Kind};
use crate::core::pipeline::{Past, Settings};
use crate::core::summary::CallSummary;
use crate::core::transcript::Recognition;
use crate::core::units::{SampleSpan, SampleTime};
use crate::core::words::Words;
use crate::report::names;
use crate::store::{CallUid, Devices};
use crate::surfaces::wording::{Icon, Wording};

/// What is known of a call from outside of its sound.
#[derive(Clone, Debug)]
pub(super) struct Meta {
    /// Its own number, which no other call anywhere has.
    pub(super) uid: CallUid,
    /// When its first sample was, on the wall.
    pub(super) began: Timestamp,
    /// Who speaks into the microphone.
    pub(super) agent: String,
    /// Ids of the devices; empty where there is none.
    pub(super) devices: Devices,
    /// What showed that it began.
    pub(super) trigger: Trigger,
    /// Whose streams it was seen by.
    pub(super) program: Option<Program>,
    /// Whom it is with, a note about it, and what another program calls it.
    pub(super) said: Said,
    /// Settings that are in force.
    pub(super) settings: Settings,
    /// The fingerprint of those that it began with.
    pub(super) config_hash: String,
    /// What earlier calls left behind.
    pub(super) past: Past,
}

impl Meta {
    /// The softphone's name, which a baseline belongs to; empty without one.
    pub(super) fn profile(&self) -> &str {
        self.program.as_ref().map_or("", |program| &program.name)
    }

    /// Enough of its number to tell it from others here.
    pub(super) fn short(&self) -> String {
        short(self.uid)
    }
}

/// The end of a call's number, which chance made: enough to find it by.
pub(super) fn short(uid: CallUid) -> String {
    let text = uid.to_string();
    text.get(text.len().saturating_sub(8)..).unwrap_or(&text).to_owned()
}

/// What an order says about a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The customer's reference. It is stored hashed unless configured otherwise.
    pub(super) customer: Option<Private>,
    /// A note.
    pub(super) note: Option<Private>,
    /// The number that the phone gave it.
    pub(super) id: Option<String>,
}

/// A call that is over.
#[derive(Clone, Debug)]
pub(super) struct Over {
    /// When it ended on the wall.
    pub(super) ended: Timestamp,
    /// What showed it; nothing where the daemon itself ends.
    pub(super) why: Option<EndWhy>,
    /// What it amounted to.
    pub(super) summary: CallSummary,
}

/// A nudge that is due, with its words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due<'a> {
    /// What was decided.
    pub(super) decision: &'a Decision,
    /// So long after the newest sample that it needed.
    pub(super) late: Duration,
    /// What nudges say.
    pub(super) wording: &'a Wording,
}

impl Due<'_> {
    /// What it says.
    pub(super) fn text(&self) -> &str {
        wording::text(self.wording, self.decision.kind, self.decision.variant)
    }

    /// What helps, else why it is shown.
    pub(super) fn why(&self) -> String {
        let why = || names::why(self.decision);
        names::advice(self.decision.variant).map_or_else(why, str::to_owned)
    }

    /// The picture beside it.
    pub(super) fn icon(&self) -> Icon {
        self.wording.icon(names::kind(self.decision.kind)).unwrap_or(Icon::Info)
    }
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
    /// A nudge is due.
    Nudge(&'a Due<'a>),
    /// A nudge is over.
    Cleared(Kind, Cleared, SampleTime),
    /// Somebody said this, so long ago; the call is over where that is not known.
    Said(&'a Meta, &'a Words, Option<Duration>),
    /// This was found in words that came after the end of a call, and with it the call
    /// amounts to this.
    Late(&'a Meta, &'a [Event], &'a CallSummary),
    /// How much of a call's speech is known in words, so far or for good.
    Recognised(&'a Meta, &'a Recognition),
    /// Other settings hold in the call from here on.
    Applied(&'a Meta, &'a Settings, &'a str),
    /// From here on words are used for the figures of a call, which have another
    /// fingerprint with them.
    Worded(&'a Meta, &'a str),
    /// The customer is on hold, or back.
    Held(&'a Meta, bool),
    /// The agent is muted in the phone, or no longer.
    Muted(&'a Meta, bool),
    /// The score so far and that of the last two minutes, 0 to 100, once a second.
    Score {
        /// Of the call.
        so_far: Option<f32>,
        /// Of its last two minutes.
        lately: Option<f32>,
    },
    /// A call is over.
    Over(&'a Meta, &'a Over),
    /// A call of this length turned out to be nobody's business: nothing of it is kept.
    Forgotten(&'a Meta, SampleSpan),
    /// Nothing is captured until then, or until told otherwise.
    Paused(Timestamp, Duration),
    /// So much of that is left.
    Counting(Duration),
    /// It is captured again.
    Resumed,
    /// No nudges for so long.
    Snoozed(Duration),
    /// No nudges at all, or nudges again.
    Quiet(bool),
    /// The agent said that the last nudge of this kind was wrong.
    Wrong(Kind),
    /// Nothing may be seen on the screen, for it is shared; or it may again.
    Hidden(bool),
    /// Somebody else speaks.
    Agent(&'a str),
    /// A program that nobody judged holds both sides.
    Unknown(&'a Program),
    /// Something about a device, in a sentence, and what can be done.
    Device(&'a str, Option<&'a str>),
    /// Other settings are in force; these keys changed, those wait.
    Config(&'a Arc<Config>, &'a [&'static str], &'a [String]),
    /// A file with mistakes was refused.
    Refused(&'a str),
}

/// Whoever wants to know. Nobody may keep the analysis waiting.
pub(super) trait Outlet: Send {
    /// Something happened.
    fn tell(&mut self, told: Told<'_>);
}
