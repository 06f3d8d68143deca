//! Looks at the database as a stranger would: for whoever asks whether it is
//! well. Opens read-only, repairs nothing, never makes a file.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::store::call::Wall;
use crate::store::error::at;
use crate::store::open::{OLDEST_SQLITE, schema_known};
use crate::store::{StoreError, backup, files};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// What `quick_check` says: `ok`, or the first thing that is wrong.
    pub check: String,
    /// Schema of the file, and the newest that this version knows.
    pub schema: (u32, u32),
    /// Size of all its files, bytes.
    pub bytes: u64,
    /// Calls that are kept.
    pub calls: u64,
    /// Calls that are open.
    pub open: u64,
    /// When the oldest call that is kept began, ms since 1970 UTC.
    pub oldest_ms: Option<i64>,
    /// When the newest one began.
    pub newest_ms: Option<i64>,
}

/// The copies of the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backups {
    /// So many there are.
    pub count: usize,
    /// Seconds since the newest was made; none where there is none.
    pub newest_s: Option<u64>,
}

/// The SQLite in this program, and whether it is new enough to lose nothing.
pub fn sqlite() -> (&'static str, bool) {
    (rusqlite::version(), OLDEST_SQLITE <= rusqlite::version_number())
}

/// Examines the database in `folder`.
///
/// # Errors
/// Where there is none, it is no database, or the system refuses.
pub fn examine(folder: &Path) -> Result<Examined, StoreError> {
    let path = folder.join(files::NAME);
    if files::size(&path) == 0 {
        return Err(StoreError::Missing(path));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(&path, flags).map_err(at(&path))?;
    look(&db, &path).map_err(at(&path))
}

fn look(db: &Connection, path: &Path) -> rusqlite::Result<Examined> {
    let schema = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let check: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let mut examined = Examined {
        check,
        schema: (schema, schema_known()),
        bytes: ["", "-wal"].map(|suffix| files::size(&files::beside(path, suffix))).iter().sum(),
        calls: 0,
        open: 0,
        oldest_ms: None,
        newest_ms: None,
    };
    // Another schema may have no such table.
    if schema == schema_known() && examined.check == "ok" {
        let sql = "SELECT count(*), ifnull(sum(state = 'open'), 0), min(began_ms), max(began_ms) FROM calls";
        (examined.calls, examined.open, examined.oldest_ms, examined.newest_ms) =
            db.query_row(sql, [], |row| {
                let count = |k| row.get::<_, i64>(k).map(|n| u64::try_from(n).unwrap_or(0));
                Ok((count(0)?, count(1)?, row.get(2)?, row.get(3)?))
            })?;
    }
    Ok(examined)
}

/// The copies below the state folder.
pub fn backups(state: &Path) -> Backups {
    let all = files::databases(&backup::folder(state), backup::DAILY);
    let made = all.iter().filter_map(|path| path.metadata().ok()?.modified().ok()).max();
    let newest_s = made.map(|at| at.elapsed().map_or(0, |age| age.as_secs()));
    Backups { count: all.len(), newest_s }
}

/// The database's file in its folder, for whoever asks who may read it.
pub fn file(folder: &Path) -> std::path::PathBuf {
    folder.join(files::NAME)
}

impl Examined {
    /// Days since the oldest call began; 0 where there is none.
    pub fn oldest_days(&self, now: Wall) -> u64 {
        /// Milliseconds of a day.
        const DAY: i64 = 86_400_000;
        let age = self.oldest_ms.map_or(0, |oldest| (now.utc_ms - oldest) / DAY);
        u64::try_from(age).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open;

    #[test]
    fn a_new_database_is_well_and_empty() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(examine(folder.path()), Err(StoreError::Missing(_))));
        drop(open(folder.path(), folder.path(), Wall::now()).unwrap());
        let examined = examine(folder.path()).unwrap();
        assert_eq!((examined.check.as_str(), examined.calls, examined.oldest_ms), ("ok", 0, None));
        assert_eq!(examined.schema.0, examined.schema.1);
        assert_eq!(examined.oldest_days(Wall::now()), 0);
    }

    #[test]
    fn what_is_no_database_is_damaged_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(files::NAME);
        std::fs::write(&path, "not a database, for sure not a database at all").unwrap();
        assert!(matches!(examine(folder.path()), Err(StoreError::Damaged(_))));
        assert!(std::fs::read(&path).unwrap().starts_with(b"not a database"));
    }

    #[test]
    fn copies_are_counted_with_the_age_of_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(backups(folder.path()), Backups::default());
        let opened = open(folder.path(), folder.path(), Wall::now()).unwrap();
        backup::daily(&opened.database.db, folder.path(), 7, Wall::now()).unwrap();
        let found = backups(folder.path());
        assert_eq!(found.count, 1);
        assert!(found.newest_s.is_some_and(|age| age < 600));
    }
}
