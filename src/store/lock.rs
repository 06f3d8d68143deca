//! One daemon per user: a file that is locked while it runs. The lock goes with
//! the process, however that ends; the number in it only tells who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::store::files;

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("evenkeel already runs{}; `evenkeel ctl stop` ends it", pid.map(|p| format!(" (process {p})")).unwrap_or_default())]
    Held {
        /// Its number, where it could be read.
        pid: Option<u32>,
    },
    /// The file cannot be made.
    #[error("{}: {error}; check the folder and its permissions", path.display())]
    Refused {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

/// Holds the lock as long as it lives.
#[derive(Debug)]
pub struct Lock {
    #[expect(dead_code, reason = "the lock is the open file")]
    file: File,
}

impl Lock {
    /// Takes the lock of this file, or tells who has it. Never waits.
    ///
    /// # Errors
    /// Where another process has it, or the file cannot be made.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        let refused = |error| LockError::Refused { path: path.to_owned(), error };
        if let Some(folder) = path.parent() {
            files::private_folder(folder).map_err(|e| refused(std::io::Error::other(e)))?;
        }
        files::private_file(path).map_err(|e| refused(std::io::Error::other(e)))?;
        let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(refused)?;
        match file.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { pid: holder(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(refused(error)),
        }
        file.set_len(0).map_err(refused)?;
        writeln!(file, "{}", std::process::id()).map_err(refused)?;
        Ok(Self { file })
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_is_told_who_runs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/evenkeel.lock");
        let first = Lock::take(&path).unwrap();
        let second = Lock::take(&path).unwrap_err();
        assert!(
            matches!(second, LockError::Held { pid: Some(pid) } if pid == std::process::id()),
            "{second}"
        );
        drop(first);
        Lock::take(&path).unwrap();
    }

    #[test]
    fn what_an_ended_daemon_left_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evenkeel.lock");
        std::fs::write(&path, "4711 and some more that was here before\n").unwrap();
        let lock = Lock::take(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().trim(), std::process::id().to_string());
        drop(lock);
    }
}
