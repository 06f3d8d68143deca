//! How much of a call became words.

use rusqlite::Row;

use crate::core::transcript::{Coverage, Recognition};
use crate::core::units::{Channel, SampleSpan};
use crate::store::StoreError;
use crate::store::error::at;
use crate::store::reader::Reader;

/// The schema that first had a place for it.
const SINCE: u32 = 2;

impl Reader {
    /// None where nobody listened to the call, or a version stored it that kept no
    /// such figures.
    pub(crate) fn recognition(&self, call: i64) -> Result<Option<Recognition>, StoreError> {
        let schema: u32 =
            self.db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(at(&self.path))?;
        if schema < SINCE {
            return Ok(None);
        }
        let sql = "SELECT channel, model, heard, dropped, missed, words, fault FROM recognitions
                   WHERE call = ?1 ORDER BY channel";
        let sides = self.all(sql, vec![call.into()], side)?;
        let mut recognition = None::<Recognition>;
        for (who, coverage, model, fault) in sides {
            let all = recognition.get_or_insert_with(Recognition::default);
            all.coverage[who] = coverage;
            (all.model, all.fault) = (model, fault);
        }
        Ok(recognition)
    }
}

type Side = (Channel, Coverage, String, Option<String>);

fn side(row: &Row<'_>) -> rusqlite::Result<Side> {
    let span = |column| row.get(column).map(|samples: i64| SampleSpan::from_samples(samples.unsigned_abs()));
    let agent = row.get::<_, u8>(0)? == Channel::Agent as u8;
    let who = if agent { Channel::Agent } else { Channel::Customer };
    let coverage = Coverage { heard: span(2)?, dropped: span(3)?, missed: span(4)?, words: row.get(5)? };
    Ok((who, coverage, row.get(1)?, row.get(6)?))
}
