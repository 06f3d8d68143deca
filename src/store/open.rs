//! Opens the database for its one writer: checks it, puts a damaged one aside
//! and saves what can be read of it, brings the schema up to date, and closes
//! calls that a crash left open. Never deletes a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};

use crate::core::event::Event;
use crate::core::units::{SampleSpan, SampleTime};
use crate::store::call::{CallUid, State, Wall, Why};
use crate::store::error::{at, refused};
use crate::store::{StoreError, backup, codec, files, salvage};

/// Oldest SQLite that loses no commits with two connections: 3.51.3.
pub(crate) const OLDEST_SQLITE: i32 = 3_051_003;
/// How long another connection is waited for.
const BUSY: Duration = Duration::from_secs(5);
/// The schema, step by step; `user_version` counts them.
const MIGRATIONS: [&str; 2] = [include_str!("migrations/0001.sql"), include_str!("migrations/0002.sql")];

/// The database, ready for its writer.
#[derive(Debug)]
pub struct Database {
    pub(crate) db: Connection,
    pub(crate) path: PathBuf,
    /// The state folder: backups and what was put aside.
    pub(crate) state: PathBuf,
}

/// What opening came to.
#[derive(Debug)]
pub struct Opened {
    /// The database.
    pub database: Database,
    /// Calls that were open, now closed with what there is of them.
    pub orphans: Vec<Orphan>,
    /// A damaged database that was put aside.
    pub quarantined: Option<Quarantined>,
    /// A schema that was brought up to date.
    pub migrated: Option<Migrated>,
}

/// A call that the program did not live to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub uid: CallUid,
    /// How much of it there is.
    pub length: SampleSpan,
    /// Wall time of its last event.
    pub ended: Wall,
}

/// A damaged database that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Where it is now.
    pub file: PathBuf,
    /// Calls that could be saved from it, or from the newest backup.
    pub calls: u64,
    /// What was wrong with it.
    pub why: String,
}

/// A schema that was brought up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// From which.
    pub from: u32,
    /// To which.
    pub to: u32,
    /// The copy that was made before; none of an empty database.
    pub backup: Option<PathBuf>,
}

/// Opens the database in `folder`, or makes it. `state` is for backups and for
/// what has to be put aside. Take the [`Lock`](crate::store::Lock) first.
///
/// # Errors
/// Where a newer version wrote it (it is left as it is), SQLite is too old, the
/// disk is full, or the system refuses.
pub fn open(folder: &Path, state: &Path, now: Wall) -> Result<Opened, StoreError> {
    check_sqlite(rusqlite::version_number())?;
    files::private_folder(folder)?;
    files::private_folder(state)?;
    let path = folder.join(files::NAME);
    let (mut db, quarantined) = match sound(&path) {
        Ok(db) => (db, None),
        Err(Unsound::Damaged(why)) => {
            let (db, quarantined) = replace(&path, state, &why, now)?;
            (db, Some(quarantined))
        }
        Err(Unsound::Other(error)) => return Err(error),
    };
    prepare(&db).map_err(at(&path))?;
    let migrated = migrate(&mut db, &path, state, &MIGRATIONS, now)?;
    let orphans = close_orphans(&db).map_err(at(&path))?;
    let database = Database { db, path, state: state.to_owned() };
    Ok(Opened { database, orphans, quarantined, migrated })
}

/// The newest schema that this version knows.
pub(crate) const fn schema_known() -> u32 {
    MIGRATIONS.len() as u32
}

/// SQLite of this version number must be new enough.
fn check_sqlite(version: i32) -> Result<(), StoreError> {
    if OLDEST_SQLITE <= version {
        return Ok(());
    }
    let (major, minor, patch) = (version / 1_000_000, version / 1000 % 1000, version % 1000);
    Err(StoreError::OldSqlite(format!("{major}.{minor}.{patch}")))
}

enum Unsound {
    /// Put it aside.
    Damaged(String),
    /// Leave it alone.
    Other(StoreError),
}

impl From<StoreError> for Unsound {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(_) => Self::Damaged("it is no database".into()),
            other => Self::Other(other),
        }
    }
}

/// The database, where it is one and whole. Changes nothing in it.
fn sound(path: &Path) -> Result<Connection, Unsound> {
    files::private_file(path)?;
    let db = connect(path)?;
    let found = schema(&db).map_err(at(path)).map_err(Unsound::from)?;
    let known = schema_known();
    if known < found {
        return Err(Unsound::Other(StoreError::NewerSchema { path: path.to_owned(), found, known }));
    }
    let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(at(path))?;
    if said == "ok" { Ok(db) } else { Err(Unsound::Damaged(said)) }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let db = Connection::open(path).map_err(at(path))?;
    db.busy_timeout(BUSY).map_err(at(path))?;
    Ok(db)
}

fn schema(db: &Connection) -> rusqlite::Result<u32> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// What is deleted is overwritten, what is freed can be given back, and the
/// file of pending changes stays small.
fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "PRAGMA auto_vacuum = INCREMENTAL;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA journal_size_limit = 1048576;
         PRAGMA cache_size = -1024;",
    )?;
    let mode: String = db.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    if mode != "wal" {
        tracing::warn!(mode, "the file system of the database allows no write-ahead log");
    }
    Ok(())
}

/// Puts a damaged database aside and begins a new one with what can be read.
fn replace(path: &Path, state: &Path, why: &str, now: Wall) -> Result<(Connection, Quarantined), StoreError> {
    let folder = state.join("quarantine");
    files::private_folder(&folder)?;
    let aside = files::stamped(&folder, "damaged", now);
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (files::beside(path, suffix), files::beside(&aside, suffix));
        if from.exists() {
            fs::rename(&from, &to).or_else(|_| copy_over(&from, &to)).map_err(refused(&from))?;
        }
    }
    files::private_file(path)?;
    let mut db = connect(path)?;
    prepare(&db).map_err(at(path))?;
    migrate(&mut db, path, state, &MIGRATIONS, now)?;
    let newest = files::databases(&backup::folder(state), backup::DAILY).pop();
    let calls = salvage::save(&mut db, std::iter::once(&aside).chain(&newest)).map_err(at(path))?;
    tracing::error!(aside = %aside.display(), calls, why, "the database was damaged and put aside");
    Ok((db, Quarantined { file: aside, calls, why: why.to_owned() }))
}

/// For folders on two file systems: the old one goes when the new one is whole.
fn copy_over(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    fs::File::open(to)?.sync_all()?;
    fs::remove_file(from)
}

/// Brings the schema up to date, one step and one copy at a time.
fn migrate(
    db: &mut Connection,
    path: &Path,
    state: &Path,
    steps: &[&str],
    now: Wall,
) -> Result<Option<Migrated>, StoreError> {
    let from = schema(db).map_err(at(path))?;
    let mut copy = None;
    for (step, sql) in (1..).zip(steps).skip(from as usize) {
        // What was never written to needs no copy.
        if 0 < from {
            copy = Some(backup::make(db, state, &format!("{}-{step}", backup::BEFORE), now)?);
        }
        migrate_to(db, step, sql).map_err(at(path))?;
    }
    let to = steps.len() as u32;
    Ok((from != to).then_some(Migrated { from, to, backup: copy }))
}

/// All of a step or nothing of it.
fn migrate_to(db: &mut Connection, step: u32, sql: &str) -> rusqlite::Result<()> {
    let step_by = db.transaction()?;
    step_by.execute_batch(sql)?;
    step_by.pragma_update(None, "user_version", step)?;
    step_by.commit()
}

/// Calls that are still open were left so by a crash.
fn close_orphans(db: &Connection) -> rusqlite::Result<Vec<Orphan>> {
    let mut query = db.prepare("SELECT id, uid, began_ms, began_offset_s FROM calls WHERE state = 'open'")?;
    let open = query.query_map([], |row| {
        let began = Wall { utc_ms: row.get(2)?, offset_s: row.get(3)? };
        Ok((row.get(0)?, CallUid::from_bytes(row.get(1)?), began))
    })?;
    let mut orphans = Vec::new();
    for call in open.collect::<Result<Vec<_>, _>>()? {
        let (id, uid, began) = call;
        let length = last_moment(db, id)?.since(SampleTime::ZERO);
        let orphan = Orphan { id, uid, length, ended: began.after(length) };
        close(db, &orphan)?;
        orphans.push(orphan);
    }
    Ok(orphans)
}

fn close(db: &Connection, orphan: &Orphan) -> rusqlite::Result<()> {
    let Orphan { id, uid, length, ended } = orphan;
    db.execute(
        "UPDATE calls SET state = ?2, why = ?3, samples = ?4, ended_ms = ?5, ended_offset_s = ?6 WHERE id = ?1",
        (
            id,
            State::Orphan.word(),
            Why::Crash.word(),
            length.samples() as i64,
            ended.utc_ms,
            ended.offset_s,
        ),
    )?;
    tracing::warn!(call = %uid, seconds = length.seconds(), "a call that a crash left open was closed");
    Ok(())
}

/// The newest point of a call that anything is stored of.
fn last_moment(db: &Connection, call: i64) -> rusqlite::Result<SampleTime> {
    let newest = |table: &str| {
        let sql = format!("SELECT body FROM {table} WHERE call = ?1 ORDER BY seq DESC LIMIT 1");
        db.query_row(&sql, [call], |row| row.get::<_, Vec<u8>>(0)).optional()
    };
    let mut last = SampleTime::ZERO;
    if let Some(body) = newest("readings")? {
        let readings = codec::unpack_readings(&body).unwrap_or_default();
        last = readings.last().map_or(last, |reading| last.max(reading.what.at));
    }
    if let Some(body) = newest("measures")? {
        let seconds = codec::unpack_seconds(&body).unwrap_or_default();
        last = seconds.last().map_or(last, |second| last.max(second.what.at));
    }
    let event = db
        .query_row("SELECT kind, body FROM events WHERE call = ?1 ORDER BY seq DESC LIMIT 1", [call], |row| {
            Ok((row.get::<_, u8>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    if let Some(Ok(event)) = event.map(|(kind, body)| codec::unevent(kind, &body)) {
        last = last.max(decided(&event));
    }
    Ok(last)
}

/// When an event was decided.
const fn decided(event: &Event) -> SampleTime {
    match event {
        Event::SpeechStarted { decided, .. }
        | Event::SpeechEnded { decided, .. }
        | Event::Interrupts { decided, .. }
        | Event::FloorPassed { decided, .. }
        | Event::VoiceRaised { decided, .. }
        | Event::VoiceLowered { decided, .. }
        | Event::Channel { decided, .. } => *decided,
        Event::SpeechWithdrawn { to, .. }
        | Event::Monologue { to, .. }
        | Event::Silence { to, .. }
        | Event::PaceFell { to, .. } => *to,
        Event::Overlapped(judged) => judged.overlap.until,
        Event::Cue(hit) => hit.until,
        Event::Listened { to, .. } | Event::Unheard { to, .. } => *to,
        Event::Reclassed { at, .. }
        | Event::PaceRose { at, .. }
        | Event::Customer { at, .. }
        | Event::Baseline { at, .. }
        | Event::Cleared { at, .. }
        | Event::Ordered { at, .. }
        | Event::Applied { at }
        | Event::Ended { at } => *at,
        Event::Second(second) => second.at,
        Event::Reading(reading) => reading.at,
        Event::Decision(decision) => decision.at,
    }
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
