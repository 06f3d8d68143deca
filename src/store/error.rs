//! What can go wrong, sorted by what the caller does next.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none yet: nothing was ever stored.
    #[error("{}: no database yet; it is made by `evenkeel run`", .0.display())]
    Missing(PathBuf),
    /// No such call.
    #[error("no call `{0}`; `evenkeel calls list` shows the calls there are")]
    NoCall(String),
    /// The call still goes on.
    #[error("call `{0}` still goes on; `evenkeel ctl call end` ends it")]
    GoesOn(String),
    /// Several calls are meant.
    #[error("`{text}` stands for {count} calls; give more of it")]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// So many calls begin like it.
        count: usize,
    },
    /// The disk is full: free some space, nothing is broken.
    #[error("{}: the disk is full; free some space, nothing is lost yet", .0.display())]
    Full(PathBuf),
    /// Somebody else is at it: try again.
    #[error("{}: in use by another program; try again", .0.display())]
    Busy(PathBuf),
    /// The system refuses: check the folder and its permissions.
    #[error("{}: {error}; check the folder and its permissions", path.display())]
    Refused {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A newer version of the program wrote it; it is left as it is.
    #[error("{}: schema {found}, expected at most {known}; install the newer evenkeel again", path.display())]
    NewerSchema {
        /// Which file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The SQLite in this program can lose commits.
    #[error("SQLite {0} can lose commits, expected 3.51.3 or newer; build with the bundled one")]
    OldSqlite(String),
    /// The file is damaged: it is put aside at the next start of the daemon.
    #[error("{}: damaged; the next start of the daemon puts it aside and saves what can be read", .0.display())]
    Damaged(PathBuf),
    /// A value in it makes no sense to this version.
    #[error("{}: {what} cannot be read: {why}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What of it.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// Anything else: a bug of ours.
    #[error("{}: {error}", path.display())]
    Bug {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        error: rusqlite::Error,
    },
}

/// What a failed statement asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No room: wait for some.
    Full,
    /// The device fails: try again.
    Device,
    /// Another connection holds it: try again.
    Busy,
    /// The file is damaged.
    Damaged,
    /// This very statement is wrong: trying again does not help.
    Statement,
}

/// Sorts what SQLite says.
pub(crate) fn trouble(error: &rusqlite::Error) -> Trouble {
    let rusqlite::Error::SqliteFailure(failure, _) = error else { return Trouble::Statement };
    match failure.code {
        ErrorCode::DiskFull => Trouble::Full,
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory => Trouble::Device,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
            Trouble::Device
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            Trouble::Busy
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Trouble::Damaged,
        _ => Trouble::Statement,
    }
}

/// The error of a path.
pub(crate) fn at(path: &Path) -> impl Fn(rusqlite::Error) -> StoreError + '_ {
    move |error| {
        let path = path.to_owned();
        match trouble(&error) {
            Trouble::Full => StoreError::Full(path),
            Trouble::Busy => StoreError::Busy(path),
            Trouble::Damaged => StoreError::Damaged(path),
            Trouble::Device => StoreError::Refused { path, error: io::Error::other(error) },
            Trouble::Statement => StoreError::Bug { path, error },
        }
    }
}

/// The error of a file or folder.
pub(crate) fn refused(path: &Path) -> impl Fn(io::Error) -> StoreError + '_ {
    move |error| match error.kind() {
        io::ErrorKind::StorageFull => StoreError::Full(path.to_owned()),
        _ => StoreError::Refused { path: path.to_owned(), error },
    }
}
