//! Whole copies of the database: before each migration and once a day. A copy
//! has its name only when it is complete and on disk.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::store::StoreError;
use crate::store::call::Wall;
use crate::store::error::{at, refused};
use crate::store::files;

/// How names of the daily copies begin.
pub(crate) const DAILY: &str = "evenkeel";
/// How names of the copies before a migration begin.
pub(crate) const BEFORE: &str = "before-schema";
/// Copies before migrations that are kept.
const KEPT_BEFORE: usize = 3;

/// Where the copies are.
pub(crate) fn folder(state: &Path) -> PathBuf {
    state.join("backups")
}

/// All copies there are.
pub(crate) fn all(state: &Path) -> Vec<PathBuf> {
    files::databases(&folder(state), "")
}

/// Copies the database.
///
/// # Errors
/// Where there is no room, or the system refuses; nothing is left of it then.
pub(crate) fn make(db: &Connection, state: &Path, what: &str, now: Wall) -> Result<PathBuf, StoreError> {
    let folder = folder(state);
    files::private_folder(&folder)?;
    let path = files::stamped(&folder, what, now);
    let part = files::beside(&path, ".part");
    let done = write(db, &part).and_then(|()| fs::rename(&part, &path).map_err(refused(&path)));
    if done.is_err() {
        // The error that counts is the one above.
        let _ = fs::remove_file(&part);
    }
    done.map(|()| path)
}

/// Copies the database to a file of the caller's choice, which must not be
/// there yet, for the owner alone.
///
/// # Errors
/// Where there is a file of this name, no room, or the system refuses; nothing
/// is left of it then.
pub(crate) fn to(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let part = files::beside(path, ".part");
    // A link, unlike a renaming, is never made over what is there.
    let place = || fs::hard_link(&part, path).map_err(refused(path));
    let done = write(db, &part).and_then(|()| place());
    let _ = fs::remove_file(&part);
    done
}

fn write(db: &Connection, part: &Path) -> Result<(), StoreError> {
    // One that a crash left behind.
    let _ = fs::remove_file(part);
    // SQLite would make it as the umask lets it.
    files::private_file(part)?;
    db.execute("VACUUM INTO ?1", [part.to_string_lossy()]).map_err(at(part))?;
    File::open(part).and_then(|file| file.sync_all()).map_err(refused(part))
}

/// A daily copy, unless there is one of today; older ones beyond `keep` go.
///
/// # Errors
/// Where there is no room, or the system refuses.
pub(crate) fn daily(
    db: &Connection,
    state: &Path,
    keep: u32,
    now: Wall,
) -> Result<Option<PathBuf>, StoreError> {
    let folder = folder(state);
    let today = format!("{DAILY}-{}", now.stamp().get(..8).unwrap_or_default());
    let made = if keep == 0 || !files::databases(&folder, &today).is_empty() {
        None
    } else {
        Some(make(db, state, DAILY, now)?)
    };
    forget(&folder, DAILY, keep as usize);
    forget(&folder, BEFORE, KEPT_BEFORE);
    Ok(made)
}

fn forget(folder: &Path, what: &str, keep: usize) {
    let all = files::databases(folder, what);
    for old in all.iter().take(all.len().saturating_sub(keep)) {
        if let Err(error) = fs::remove_file(old) {
            tracing::warn!(path = %old.display(), %error, "an old backup could not be deleted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_a_day_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        let day = |d: i64| Wall { utc_ms: 1_764_000_000_000 + d * crate::store::call::DAY_MS, offset_s: 0 };
        for d in 0..5 {
            assert!(daily(&db, folder.path(), 3, day(d)).unwrap().is_some());
            assert!(daily(&db, folder.path(), 3, day(d)).unwrap().is_none());
        }
        let names: Vec<_> = all(folder.path()).iter().map(|p| p.file_name().unwrap().to_owned()).collect();
        assert_eq!(
            names,
            ["evenkeel-20251126T160000Z.db", "evenkeel-20251127T160000Z.db", "evenkeel-20251128T160000Z.db"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_is_for_its_owner_alone_whatever_the_umask() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let db = Connection::open_in_memory().unwrap();
        let path = make(&db, folder.path(), BEFORE, Wall::default()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
