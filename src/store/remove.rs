//! Removes a call for good: its rows, what free pages and the write-ahead log
//! still hold of them, and the backups it is in. What cannot be reached is
//! said, never passed over.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::store::call::{CallUid, State, Wall};
use crate::store::error::{at, refused};
use crate::store::open::Database;
use crate::store::writer::audit;
use crate::store::{StoreError, backup, files};

/// What removing a call came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Backups that were written anew without it.
    pub backups: usize,
    /// Where it may still be; empty where it is gone.
    pub remains: Vec<Remains>,
}

/// Where a removed call may still be, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Remains {
    /// Another program reads the database at the moment.
    #[error("in the write-ahead log while another program reads the database; it goes with the next removal")]
    Log,
    /// No room to write the database anew.
    #[error(
        "in free pages of the database, for want of room to write it anew; free some space and run it again"
    )]
    FreePages,
    /// A backup that could not be written anew.
    #[error("in the backup {}; delete that file", .0.display())]
    Backup(PathBuf),
    /// A damaged database that was put aside.
    #[error("perhaps in {}, which was damaged and put aside; delete that file", .0.display())]
    Quarantine(PathBuf),
}

/// Removes a call.
///
/// # Errors
/// Where there is no such call, it still goes on, or its rows cannot be
/// deleted: then nothing is.
pub(crate) fn remove(
    database: &mut Database,
    call: CallUid,
    by: &str,
    now: Wall,
) -> Result<Removed, StoreError> {
    let Database { db, path, state } = database;
    rows(db, path, call, by, now)?;
    let mut removed = Removed::default();
    if let Err(error) = db.execute_batch("VACUUM") {
        tracing::warn!(%error, "the database could not be written anew");
        removed.remains.push(Remains::FreePages);
    }
    if !truncate(db).map_err(at(path))? {
        removed.remains.push(Remains::Log);
    }
    for copy in backup::all(state) {
        match clean(&copy, call) {
            Ok(held) => removed.backups += usize::from(held),
            Err(error) => {
                tracing::warn!(path = %copy.display(), %error, "a backup could not be cleaned");
                removed.remains.push(Remains::Backup(copy));
            }
        }
    }
    let aside = files::databases(&state.join("quarantine"), "").into_iter().map(Remains::Quarantine);
    removed.remains.extend(aside);
    Ok(removed)
}

fn rows(db: &mut Connection, path: &Path, call: CallUid, by: &str, now: Wall) -> Result<(), StoreError> {
    let state =
        db.query_row("SELECT state FROM calls WHERE uid = ?1", [call.bytes()], |row| row.get::<_, String>(0));
    match state.map(|word| State::of_word(&word)) {
        Ok(Some(State::Open)) => return Err(StoreError::GoesOn(call.to_string())),
        Ok(_) => (),
        Err(rusqlite::Error::QueryReturnedNoRows) => return Err(StoreError::NoCall(call.to_string())),
        Err(error) => return Err(at(path)(error)),
    }
    let step = db.transaction().map_err(at(path))?;
    delete(&step, call).map_err(at(path))?;
    audit(&step, now, by, "remove", Some(call), 1, "").map_err(at(path))?;
    step.commit().map_err(at(path))
}

/// Every row of a call, in this schema or an older one; whether there was one.
fn delete(db: &Connection, call: CallUid) -> rusqlite::Result<bool> {
    let tables: Vec<String> = {
        let mut query = db.prepare(
            "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name <> 'audit' AND c.name = 'call'",
        )?;
        query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
    };
    for table in tables {
        let sql = format!("DELETE FROM {table} WHERE call = (SELECT id FROM calls WHERE uid = ?1)");
        db.execute(&sql, [call.bytes()])?;
    }
    Ok(0 < db.execute("DELETE FROM calls WHERE uid = ?1", [call.bytes()])?)
}

/// Empties the write-ahead log; false where somebody still reads from it.
fn truncate(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).map(|busy| busy == 0)
}

/// Writes a backup anew without the call; whether it held it. The old file
/// stays until the new one is whole.
fn clean(path: &Path, call: CallUid) -> Result<bool, StoreError> {
    if !holds(path, call).map_err(at(path))? {
        return Ok(false);
    }
    let part = files::beside(path, ".part");
    let done = rewrite(path, &part, call).and_then(|()| fs::rename(&part, path).map_err(refused(path)));
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done.map(|()| true)
}

fn holds(path: &Path, call: CallUid) -> rusqlite::Result<bool> {
    let db = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let sql = "SELECT EXISTS (SELECT 1 FROM calls WHERE uid = ?1)";
    db.query_row(sql, [call.bytes()], |row| row.get(0))
}

fn rewrite(path: &Path, part: &Path, call: CallUid) -> Result<(), StoreError> {
    let _ = fs::remove_file(part);
    files::private_file(part)?;
    fs::copy(path, part).map_err(refused(part))?;
    let db = Connection::open(part).map_err(at(part))?;
    // A copy that is half done is thrown away, so it needs no journal on disk.
    db.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON").map_err(at(part))?;
    delete(&db, call).map_err(at(part))?;
    db.execute_batch("VACUUM").map_err(at(part))?;
    fs::File::open(part).and_then(|file| file.sync_all()).map_err(refused(part))
}
