//! How long things are kept. Each class of data has its age; beyond the size
//! budget the oldest events and readings go first and calls last. Whatever is
//! deleted is written down with its count: nothing goes silently.

use rusqlite::{Connection, OptionalExtension};

use crate::store::Settings;
use crate::store::call::{DAY_MS, Wall};
use crate::store::open::Database;
use crate::store::writer::audit;

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Calls, with all that belongs to them.
    pub calls: u64,
    /// Calls that lost their events and readings for their age.
    pub thinned: u64,
    /// Calls that lost them, or went, for want of room.
    pub for_room: u64,
    /// Segments of transcripts.
    pub segments: u64,
    /// Lines of the audit.
    pub audit: u64,
}

/// Who deletes, in the audit.
const WHO: &str = "retention";
/// Calls that are deleted in one step, so that the writer is never away for long.
const STEP: u32 = 50;
/// Baselines that are kept of each agent, device and softphone: twice what counts.
const BASELINES: u32 = 40;
/// A clock that jumped ahead by more than this is believed only the next day:
/// or a wrong clock would delete everything.
const JUMP_DAYS: i64 = 30;
/// Bytes of one megabyte.
const MB: u64 = 1_000_000;

/// The daily round: like [`purge`], unless the clock seems to have jumped.
///
/// # Errors
/// Whatever SQLite says; what was deleted until then is gone and written down.
pub(crate) fn daily(database: &mut Database, settings: &Settings, now: Wall) -> rusqlite::Result<Purged> {
    let last = last_round(&database.db)?;
    database
        .db
        .execute("INSERT OR REPLACE INTO meta VALUES ('maintained_ms', ?1)", [now.utc_ms.to_string()])?;
    if last.is_some_and(|last| JUMP_DAYS * DAY_MS < now.utc_ms - last) {
        tracing::warn!("the clock went far ahead since the last round: nothing is deleted today");
        return Ok(Purged::default());
    }
    purge(database, settings, now)
}

fn last_round(db: &Connection) -> rusqlite::Result<Option<i64>> {
    let text: Option<String> = db
        .query_row("SELECT value FROM meta WHERE key = 'maintained_ms'", [], |row| row.get(0))
        .optional()?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// Deletes what is older than it may be.
///
/// # Errors
/// Whatever SQLite says; what was deleted until then is gone and written down.
pub(crate) fn purge(database: &mut Database, settings: &Settings, now: Wall) -> rusqlite::Result<Purged> {
    let db = &mut database.db;
    let before = |days| now.days_before(days).utc_ms;
    let purged = Purged {
        segments: segments(db, before(settings.transcripts_days), now)?,
        thinned: by_age(db, Class::Events, before(settings.events_days), now)?,
        calls: by_age(db, Class::Calls, before(settings.calls_days), now)?,
        audit: old_audit(db, before(settings.audit_days), now)?,
        for_room: for_room(db, u64::from(settings.max_mb) * MB, now)?,
    };
    forget_baselines(db)?;
    db.execute_batch("PRAGMA incremental_vacuum; PRAGMA optimize;")?;
    Ok(purged)
}

/// What goes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Events and readings: it can no longer be replayed.
    Events,
    /// All of it.
    Calls,
}

impl Class {
    const fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Calls => "calls",
        }
    }

    /// Calls that still have it.
    const fn there(self) -> &'static str {
        match self {
            Self::Events => "state <> 'open' AND thinned = 0",
            Self::Calls => "state <> 'open'",
        }
    }

    fn delete(self, db: &Connection, calls: &[i64]) -> rusqlite::Result<()> {
        let statements: &[&str] = match self {
            Self::Events => &[
                "DELETE FROM readings WHERE call = ?1",
                "DELETE FROM events WHERE call = ?1",
                "UPDATE calls SET thinned = 1 WHERE id = ?1",
            ],
            Self::Calls => &["DELETE FROM calls WHERE id = ?1"],
        };
        for sql in statements {
            let mut statement = db.prepare_cached(sql)?;
            for call in calls {
                statement.execute([call])?;
            }
        }
        Ok(())
    }
}

fn by_age(db: &mut Connection, class: Class, before: i64, now: Wall) -> rusqlite::Result<u64> {
    let mut total = 0;
    loop {
        let condition = format!("{} AND began_ms < {before}", class.there());
        let gone = step(db, class, &condition, "age", now)?;
        total += gone;
        if gone < u64::from(STEP) {
            return Ok(total);
        }
    }
}

/// Deletes from the oldest calls of a condition; how many.
fn step(db: &mut Connection, class: Class, condition: &str, why: &str, now: Wall) -> rusqlite::Result<u64> {
    let round = db.transaction()?;
    let calls = {
        let sql = format!("SELECT id FROM calls WHERE {condition} ORDER BY began_ms, id LIMIT {STEP}");
        let mut query = round.prepare(&sql)?;
        query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?
    };
    if calls.is_empty() {
        return Ok(0);
    }
    class.delete(&round, &calls)?;
    audit(&round, now, WHO, class.word(), None, calls.len() as u64, why)?;
    round.commit()?;
    Ok(calls.len() as u64)
}

fn segments(db: &mut Connection, before: i64, now: Wall) -> rusqlite::Result<u64> {
    let sql = "DELETE FROM segments WHERE call IN
                   (SELECT id FROM calls WHERE state <> 'open' AND began_ms < ?1)";
    deleted(db, sql, before, "transcripts", now)
}

fn old_audit(db: &mut Connection, before: i64, now: Wall) -> rusqlite::Result<u64> {
    deleted(db, "DELETE FROM audit WHERE at_ms < ?1", before, "audit", now)
}

fn deleted(db: &mut Connection, sql: &str, before: i64, what: &str, now: Wall) -> rusqlite::Result<u64> {
    let round = db.transaction()?;
    let gone = round.execute(sql, [before])? as u64;
    if 0 < gone {
        audit(&round, now, WHO, what, None, gone, "age")?;
    }
    round.commit()?;
    Ok(gone)
}

/// Deletes until what is left fits: events first, whole calls last.
fn for_room(db: &mut Connection, most: u64, now: Wall) -> rusqlite::Result<u64> {
    let mut total = 0;
    for class in [Class::Events, Class::Calls] {
        while most < used(db)? {
            let gone = step(db, class, class.there(), "room", now)?;
            total += gone;
            if gone == 0 {
                break;
            }
        }
    }
    Ok(total)
}

/// Bytes in use, free pages not counted.
fn used(db: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name: &str| db.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let pages = pragma("page_count")? - pragma("freelist_count")?;
    Ok((pages * pragma("page_size")?).unsigned_abs())
}

fn forget_baselines(db: &Connection) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM baselines WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER
             (PARTITION BY agent, microphone, headset, profile ORDER BY began_ms DESC) AS newest FROM baselines)
             WHERE ?1 < newest)",
        [BASELINES],
    )
    .map(drop)
}
