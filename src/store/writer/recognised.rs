//! How much of a call became words, as rows: one for each side. The last word counts.

use rusqlite::{Connection, params};

use crate::core::transcript::{Coverage, Recognition};
use crate::core::units::{Channel, SampleSpan};
use crate::store::call::CallUid;

/// A call that was removed meanwhile gets none.
pub(super) fn recognised(db: &Connection, call: CallUid, recognition: &Recognition) -> rusqlite::Result<()> {
    let span = |span: SampleSpan| span.samples().cast_signed();
    let mut insert = db.prepare_cached(
        "INSERT OR REPLACE INTO recognitions SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM calls WHERE uid = ?1",
    )?;
    for who in Channel::BOTH {
        let Coverage { heard, dropped, missed, words } = recognition.coverage[who];
        let Recognition { model, fault, coverage: _ } = recognition;
        let spans = [heard, dropped, missed].map(span);
        insert.execute(params![
            call.bytes(),
            who as u8,
            model,
            spans[0],
            spans[1],
            spans[2],
            words,
            fault
        ])?;
    }
    Ok(())
}
