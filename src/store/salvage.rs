//! Saves what can still be read of a damaged database, row by row: forwards up
//! to the damage, then backwards down to it. Never writes to the damaged file.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

/// Tables, those that others refer to first, and what sorts each backwards.
const TABLES: [(&str, &str); 13] = [
    ("calls", "id DESC"),
    ("details", "call DESC"),
    ("events", "call DESC, seq DESC"),
    ("readings", "call DESC, seq DESC"),
    ("measures", "call DESC, seq DESC"),
    ("decisions", "call DESC, seq DESC"),
    ("applied", "call DESC, number DESC"),
    ("segments", "call DESC, seq DESC"),
    ("recognitions", "call DESC, channel DESC"),
    ("baselines", "id DESC"),
    ("feedback", "id DESC"),
    ("programs", "name DESC"),
    ("audit", "id DESC"),
];

/// Numbers that are left free, so that a call that was lost and one that is yet
/// to come never share one.
const LEFT_FREE: u32 = 1000;

/// Copies what can be read of `sources` into the new database; where several
/// have a row, the first counts. Returns the number of calls.
///
/// # Errors
/// Where the new database cannot be written.
pub(crate) fn save<'a>(
    db: &mut Connection,
    sources: impl Iterator<Item = &'a PathBuf>,
) -> rusqlite::Result<u64> {
    for source in sources {
        let into = db.transaction()?;
        // What a source refuses is what cannot be saved from it.
        if let Ok(old) = read_only(source) {
            for (table, backwards) in TABLES {
                copy(&old, &into, table, backwards)?;
            }
        }
        into.commit()?;
    }
    db.execute("UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'calls'", [LEFT_FREE])?;
    db.query_row("SELECT count(*) FROM calls", [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

fn copy(old: &Connection, new: &Connection, table: &str, backwards: &str) -> rusqlite::Result<()> {
    let theirs = columns(old, table).unwrap_or_default();
    let shared: Vec<_> = columns(new, table)?.into_iter().filter(|c| theirs.contains(c)).collect();
    if shared.is_empty() {
        return Ok(());
    }
    let (names, marks) = (shared.join(", "), vec!["?"; shared.len()].join(", "));
    let mut insert = new.prepare(&format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"))?;
    let select = format!("SELECT {names} FROM {table}");
    if !rows(old, &select, shared.len(), &mut insert) {
        rows(old, &format!("{select} ORDER BY {backwards}"), shared.len(), &mut insert);
    }
    Ok(())
}

/// Copies rows as far as they can be read; whether that was to the end.
fn rows(old: &Connection, select: &str, columns: usize, insert: &mut rusqlite::Statement<'_>) -> bool {
    let Ok(mut query) = old.prepare(select) else { return false };
    let Ok(mut rows) = query.query([]) else { return false };
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return true,
            Err(_) => return false,
        };
        let values: Result<Vec<Value>, _> = (0..columns).map(|k| row.get(k)).collect();
        // A row that breaks a rule, such as an event of a lost call, stays behind.
        if let Ok(values) = values {
            let _ = insert.execute(params_from_iter(values));
        }
    }
}

fn columns(db: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut query = db.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = query.query_map([table], |row| row.get(0))?;
    names.collect()
}
