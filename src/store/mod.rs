//! The embedded database: calls, events, decisions, baselines, feedback, audit.
//! One thread writes; everyone else reads. What was acknowledged is on disk.

mod backup;
mod call;
pub(crate) mod codec;
mod error;
mod examine;
mod files;
mod lock;
mod names;
mod open;
mod reader;
mod reference;
mod remove;
mod retention;
mod salvage;
mod writer;

#[cfg(test)]
pub(crate) use call::example;
pub use call::{
    CallLine, CallUid, Devices, Finished, NewCall, Said, State, StoredCall, Trigger, Verdict, Wall, Why,
};
pub use codec::same_bits;
pub use error::StoreError;
pub use examine::{Backups, Examined, backups, examine, file, sqlite};
pub use lock::{Lock, LockError};
pub use open::{Database, Migrated, Opened, Orphan, Quarantined, open};
pub use reader::{Aside, Audited, Filter, Heard, Program, Reader};
pub use reference::{Key, LONGEST, Mode, Reference, ReferenceError};
pub use remove::{Remains, Removed};
pub use retention::Purged;
pub use writer::{Command, Condition, Writer, WriterState};

/// How long things are kept, and how much room they may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Calls with their measures and score, days.
    pub calls_days: u32,
    /// Events and the readings that a replay needs, days.
    pub events_days: u32,
    /// Transcripts, days.
    pub transcripts_days: u32,
    /// What was done to the data by whom, days.
    pub audit_days: u32,
    /// Daily backups.
    pub backups: u32,
    /// Size of the database, MB; beyond it the oldest events go first.
    pub max_mb: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            calls_days: 365,
            events_days: 90,
            transcripts_days: 30,
            audit_days: 365,
            backups: 7,
            max_mb: 500,
        }
    }
}
