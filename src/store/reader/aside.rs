//! What stands beside a call's own row and is small: what a report of many
//! calls needs without reading every event of each.

use rusqlite::OptionalExtension;

use crate::core::event::{Event, KINDS, Kind};
use crate::core::summary::CallSummary;
use crate::store::call::{CallLine, Said};
use crate::store::error::at;
use crate::store::reader::Reader;
use crate::store::{StoreError, codec, names};

/// Kind of an episode of raised voice among events.
const LOWERED: i64 = 10;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// Keyed hash of the customer's reference.
    pub customer_hash: Option<[u8; 32]>,
    /// Nudges that the agent called wrong, in the order of [`Kind::ALL`].
    pub wrong: [u32; KINDS],
    /// When anything of it was changed after its end, ms since 1970 UTC.
    pub changed_ms: Option<i64>,
}

impl Reader {
    /// What stands beside a call.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn aside(&self, call: &CallLine) -> Result<Aside, StoreError> {
        let read = || {
            let mut wrong = [0; KINDS];
            for kind in Kind::ALL {
                wrong[kind as usize] = self.wrong_in(call.id, kind)?;
            }
            let hash = "SELECT customer_hash FROM calls WHERE id = ?1";
            let changed = "SELECT max(at) FROM (SELECT max(at_ms) AS at FROM feedback WHERE call = ?1
                           UNION ALL SELECT max(at_ms) FROM audit WHERE call = ?2)";
            Ok(Aside {
                customer_hash: self.db.query_row(hash, [call.id], |row| row.get(0)).optional()?.flatten(),
                wrong,
                changed_ms: self.db.query_row(changed, (call.id, call.uid.to_string()), |row| row.get(0))?,
            })
        };
        read().map_err(at(&self.path))
    }

    fn wrong_in(&self, call: i64, kind: Kind) -> rusqlite::Result<u32> {
        let sql = "SELECT count(*) FROM feedback WHERE call = ?1 AND what = ?2 AND nudge = ?3";
        self.db.query_row(sql, (call, Said::Wrong.word(), names::nudge(kind)), |row| row.get(0))
    }

    /// What a call amounted to; none while it goes on.
    ///
    /// # Errors
    /// Where the database cannot be read, or another version of the program
    /// wrote it in a way that this one cannot read.
    pub fn summary(&self, call: &CallLine) -> Result<Option<CallSummary>, StoreError> {
        let sql = "SELECT summary FROM details WHERE call = ?1";
        let blob: Option<Vec<u8>> =
            self.db.query_row(sql, [call.id], |row| row.get(0)).optional().map_err(at(&self.path))?.flatten();
        blob.map(|blob| codec::unblob(&blob))
            .transpose()
            .map_err(|why| self.unreadable_of("the summary of a call", &why))
    }

    /// The episodes of raised voice of a call.
    ///
    /// # Errors
    /// As [`Reader::summary`].
    pub fn episodes(&self, call: &CallLine) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM events WHERE call = ?1 AND kind = ?2 ORDER BY seq";
        let bodies: Vec<Vec<u8>> = self.all(sql, vec![call.id.into(), LOWERED.into()], |row| row.get(0))?;
        let events: Result<_, _> = bodies.iter().map(|body| codec::unevent(LOWERED as u8, body)).collect();
        events.map_err(|why| self.unreadable_of("an event of a call", &why))
    }

    fn unreadable_of(&self, what: &'static str, why: &codec::Damaged) -> StoreError {
        StoreError::Unreadable { path: self.path.clone(), what, why: why.to_string() }
    }
}
