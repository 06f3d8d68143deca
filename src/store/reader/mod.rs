//! Reads what is stored, beside the daemon that writes. Opens read-only and
//! changes nothing, ever.

mod aside;
mod past;
mod recognised;
mod stored;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};

use crate::core::units::SampleSpan;
use crate::store::call::{CallLine, CallUid, Devices, State, Trigger, Verdict, Wall, Why};
use crate::store::error::at;
use crate::store::reference::Reference;
use crate::store::{StoreError, backup, files};

pub use aside::Aside;
pub use past::Heard;

/// How long the writer is waited for.
const BUSY: Duration = Duration::from_secs(2);

/// Which calls; all of them unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Of this agent.
    pub agent: Option<String>,
    /// Begun at or after this.
    pub from: Option<Wall>,
    /// Begun before this.
    pub to: Option<Wall>,
    /// The number, or the beginning or the end of the name.
    pub id: Option<String>,
    /// With this customer.
    pub customer: Option<Reference>,
    /// Ended ones only.
    pub ended: bool,
    /// The newest so many.
    pub last: Option<u32>,
}

/// A program whose calls count, or never do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Whether they do.
    pub verdict: Verdict,
    /// Since when, ms since 1970 UTC.
    pub at_ms: i64,
}

/// Something that was done to the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// When, ms since 1970 UTC.
    pub at_ms: i64,
    /// By whom.
    pub who: String,
    /// What.
    pub what: String,
    /// To which call.
    pub call: Option<String>,
    /// How many things.
    pub count: u64,
    /// More.
    pub detail: String,
}

/// A connection that only reads.
#[derive(Debug)]
pub struct Reader {
    db: Connection,
    path: PathBuf,
}

/// Columns of a list, in the order of [`line`].
const COLUMNS: &str =
    "id, uid, state, began_ms, began_offset_s, ended_ms, ended_offset_s, samples, why, agent,
    microphone, headset, profile, trigger, program, external_id, note, customer_shown, config_hash, version,
    score, coverage, lost, thinned, (SELECT count(*) FROM decisions d WHERE d.call = calls.id AND d.shown)";

impl Reader {
    /// Opens the database in `folder`.
    ///
    /// # Errors
    /// Where there is none, a newer version wrote it, or the system refuses.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(files::NAME);
        if files::size(&path) == 0 {
            return Err(StoreError::Missing(path));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&path, flags).map_err(at(&path))?;
        db.busy_timeout(BUSY).map_err(at(&path))?;
        let (found, known) = (
            db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(at(&path))?,
            crate::store::open::schema_known(),
        );
        match found {
            0 => Err(StoreError::Missing(path)),
            found if known < found => Err(StoreError::NewerSchema { path, found, known }),
            _ => Ok(Self { db, path }),
        }
    }

    /// Calls, newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn calls(&self, filter: &Filter) -> Result<Vec<CallLine>, StoreError> {
        let (condition, values) = conditions(filter);
        let limit = filter.last.map_or(String::new(), |n| format!(" LIMIT {n}"));
        let sql =
            format!("SELECT {COLUMNS} FROM calls WHERE {condition} ORDER BY began_ms DESC, id DESC{limit}");
        self.all(&sql, values, line)
    }

    /// The one call whose number this is, or whose name begins like it.
    ///
    /// # Errors
    /// Where there is none or there are several.
    pub fn find(&self, id: &str) -> Result<CallLine, StoreError> {
        let mut calls = self.calls(&Filter { id: Some(id.into()), ..Filter::default() })?;
        match calls.len() {
            0 => Err(StoreError::NoCall(id.to_owned())),
            1 => Ok(calls.remove(0)),
            count => Err(StoreError::Ambiguous { text: id.to_owned(), count }),
        }
    }

    /// Programs that were judged, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn programs(&self) -> Result<Vec<Program>, StoreError> {
        self.all("SELECT name, verdict, at_ms FROM programs ORDER BY name", vec![], |row| {
            let verdict = word(row, 1, Verdict::of_word)?;
            Ok(Program { name: row.get(0)?, verdict, at_ms: row.get(2)? })
        })
    }

    /// What was done to the data, newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn audit(&self, last: u32) -> Result<Vec<Audited>, StoreError> {
        let sql = "SELECT at_ms, who, what, call, count, detail FROM audit ORDER BY id DESC LIMIT ?1";
        self.all(sql, vec![i64::from(last).into()], |row| {
            Ok(Audited {
                at_ms: row.get(0)?,
                who: row.get(1)?,
                what: row.get(2)?,
                call: row.get(3)?,
                count: row.get::<_, i64>(4)?.unsigned_abs(),
                detail: row.get(5)?,
            })
        })
    }

    /// Copies the whole database to a file that must not be there yet, beside
    /// the daemon that writes.
    ///
    /// # Errors
    /// Where there is a file of this name, no room, or the system refuses.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        backup::to(&self.db, path)
    }

    fn all<T>(
        &self,
        sql: &str,
        values: Vec<Value>,
        of: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let read = || {
            let mut query = self.db.prepare_cached(sql)?;
            query.query_map(params_from_iter(values), of)?.collect::<rusqlite::Result<Vec<T>>>()
        };
        read().map_err(at(&self.path))
    }
}

/// The filter as a condition and its values.
fn conditions(filter: &Filter) -> (String, Vec<Value>) {
    // No `..`: a new part of the filter must be judged before this compiles.
    let Filter { agent, from, to, id, customer, ended, last: _ } = filter;
    let (mut parts, mut values) = (vec!["1".to_owned()], Vec::new());
    let mut add = |part: &str, value: Value| {
        values.push(value);
        parts.push(part.replace('?', &format!("?{}", values.len())));
    };
    if let Some(agent) = agent {
        add("agent = ?", agent.clone().into());
    }
    if let Some(from) = from {
        add("? <= began_ms", from.utc_ms.into());
    }
    if let Some(to) = to {
        add("began_ms < ?", to.utc_ms.into());
    }
    if let Some(customer) = customer {
        add("customer_hash = ?", customer.hash().to_vec().into());
    }
    if let Some(id) = id {
        add_id(id, &mut add);
    }
    if *ended {
        parts.push("state <> 'open'".to_owned());
    }
    (parts.join(" AND "), values)
}

/// Length of the end of a name by which reports name a call.
const SHORT: usize = 8;

/// Digits alone are a number, though eight of them may be the end of a name as
/// well; anything else begins or ends a name.
fn add_id(id: &str, add: &mut impl FnMut(&str, Value)) {
    let hex = id.replace('-', "").to_lowercase();
    match id.parse::<i64>() {
        Ok(_) if id.len() == SHORT => {
            add("(id = CAST(? AS INTEGER) OR lower(hex(uid)) LIKE '%' || ?)", hex.into());
        }
        Ok(number) if id.len() < 12 => add("id = ?", number.into()),
        _ if hex.is_empty() || !hex.chars().all(|c| c.is_ascii_hexdigit()) => add("id = ?", Value::Null),
        _ => add("(lower(hex(uid)) LIKE ? || '%' OR lower(hex(uid)) LIKE '%' || ?)", hex.into()),
    }
}

/// A word of a closed set.
fn word<T>(row: &Row<'_>, column: usize, of: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let word: String = row.get(column)?;
    of(&word).ok_or_else(|| {
        let error = format!("`{word}` is not known to this version").into();
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error)
    })
}

/// A row of [`COLUMNS`].
fn line(row: &Row<'_>) -> rusqlite::Result<CallLine> {
    let ended = match (row.get(5)?, row.get(6)?) {
        (Some(utc_ms), Some(offset_s)) => Some(Wall { utc_ms, offset_s }),
        (None, _) | (_, None) => None,
    };
    let why = match row.get::<_, Option<String>>(8)? {
        Some(_) => Some(word(row, 8, Why::of_word)?),
        None => None,
    };
    Ok(CallLine {
        id: row.get(0)?,
        uid: CallUid::from_bytes(row.get(1)?),
        state: word(row, 2, State::of_word)?,
        began: Wall { utc_ms: row.get(3)?, offset_s: row.get(4)? },
        ended,
        length: SampleSpan::from_samples(row.get::<_, i64>(7)?.unsigned_abs()),
        why,
        agent: row.get(9)?,
        devices: Devices { microphone: row.get(10)?, headset: row.get(11)? },
        profile: row.get(12)?,
        trigger: word(row, 13, Trigger::of_word)?,
        program: row.get(14)?,
        external_id: row.get(15)?,
        note: row.get(16)?,
        customer: row.get(17)?,
        config_hash: row.get(18)?,
        version: row.get(19)?,
        score: row.get(20)?,
        coverage: row.get::<_, Option<f64>>(21)?.map(|share| share as f32),
        lost: row.get::<_, i64>(22)?.unsigned_abs(),
        thinned: row.get(23)?,
        nudges: row.get(24)?,
    })
}
