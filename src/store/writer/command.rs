//! What the writer is told to do.

use crossbeam_channel::Sender;

use crate::core::event::{Event, Kind};
use crate::core::pipeline;
use crate::core::summary::CallSummary;
use crate::core::transcript::Recognition;
use crate::core::words::Words;
use crate::store::call::{CallUid, Finished, NewCall, Said, Verdict, Wall};
use crate::store::reference::Reference;
use crate::store::remove::Removed;
use crate::store::retention::Purged;
use crate::store::{Settings, StoreError};

/// Something to be stored or done. Those with a sender are answered after the
/// deed; an answer that nobody waits for is dropped.
#[derive(Debug)]
pub enum Command {
    /// A call begins.
    Begin(Box<NewCall>),
    /// What happened in it, in order.
    Events {
        /// In which.
        call: CallUid,
        /// What.
        events: Vec<Event>,
    },
    /// The settings of an `Applied` event of it.
    Applied {
        /// In which.
        call: CallUid,
        /// Their fingerprint.
        config_hash: String,
        /// The settings, exactly.
        settings: Box<pipeline::Settings>,
    },
    /// Words are used for the figures of a call.
    Worded {
        /// Of which.
        call: CallUid,
        /// The fingerprint of the settings and of what hears the words.
        config_hash: String,
    },
    /// Somebody said this in a call, which may be over. Redacted before.
    Said {
        /// In which.
        call: CallUid,
        /// What.
        words: Box<Words>,
    },
    /// What was found in a call after its end, in the words that came late.
    Late {
        /// In which.
        call: CallUid,
        /// What.
        events: Vec<Event>,
        /// What it amounts to with that.
        summary: Box<CallSummary>,
    },
    /// How much of a call, which may be over, is known in words; the last word counts.
    Recognised {
        /// Of which.
        call: CallUid,
        /// How much.
        recognition: Box<Recognition>,
    },
    /// An order told more of a call that goes on; what is none stays.
    Joined {
        /// Of which.
        call: CallUid,
        /// Whom it is with.
        customer: Option<Reference>,
        /// A remark.
        note: Option<String>,
        /// Its number in another system.
        external_id: Option<String>,
    },
    /// A call ended. On disk when it is committed.
    Finish(Box<Finished>),
    /// What a call that was closed as an orphan amounted to.
    Summarise {
        /// Which.
        call: CallUid,
        /// What.
        summary: Box<CallSummary>,
    },
    /// It was no call: nothing is kept of it.
    Discard(CallUid),
    /// A remark on a call, or none.
    Note {
        /// On which.
        call: CallUid,
        /// What it says.
        text: Option<String>,
        /// Who says so.
        by: String,
    },
    /// What the agent said of a nudge outside a call; orders in a call are
    /// taken from its events.
    Feedback {
        /// Which call it was in.
        call: Option<CallUid>,
        /// Who says so.
        agent: String,
        /// When.
        at: Wall,
        /// What.
        said: Said,
        /// Of which.
        kind: Option<Kind>,
    },
    /// Something was done that must be seen later.
    Audit {
        /// When.
        at: Wall,
        /// By whom.
        who: String,
        /// What, in a word or two.
        what: String,
        /// To which call.
        call: Option<CallUid>,
        /// No spoken word, no reference.
        detail: String,
    },
    /// Whether the calls of a program count.
    Program {
        /// Its name.
        name: String,
        /// Whether.
        verdict: Verdict,
        /// Since when.
        at: Wall,
    },
    /// Removes a call from everywhere.
    Remove {
        /// Which.
        call: CallUid,
        /// Who wants it.
        by: String,
        /// Told when it is gone, with what remains.
        done: Sender<Result<Removed, StoreError>>,
    },
    /// Deletes what is older than it may be, now.
    Purge {
        /// Told what went.
        done: Sender<Result<Purged, StoreError>>,
    },
    /// How long things are kept from now on.
    Keep(Settings),
    /// Everything before this is on disk when it is answered.
    Flush(Sender<()>),
}

impl Command {
    /// Events it brings.
    pub(crate) const fn events(&self) -> usize {
        match self {
            Self::Events { events, .. } => events.len(),
            Self::Begin(_)
            | Self::Applied { .. }
            | Self::Joined { .. }
            | Self::Worded { .. }
            | Self::Said { .. }
            | Self::Late { .. }
            | Self::Recognised { .. }
            | Self::Finish(_)
            | Self::Summarise { .. }
            | Self::Discard(_)
            | Self::Note { .. }
            | Self::Feedback { .. }
            | Self::Audit { .. }
            | Self::Program { .. }
            | Self::Remove { .. }
            | Self::Purge { .. }
            | Self::Keep(_)
            | Self::Flush(_) => 0,
        }
    }
}
