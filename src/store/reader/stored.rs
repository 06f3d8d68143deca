//! One call with everything that is stored of it, its events in their order.

use crate::core::event::Event;
use crate::core::pipeline::{Past, Settings};
use crate::core::private::Spoken;
use crate::core::summary::CallSummary;
use crate::core::units::{Channel, SampleTime};
use crate::core::words::Words;
use crate::store::call::{CallLine, StoredCall};
use crate::store::codec::{self, Damaged};
use crate::store::error::at;
use crate::store::reader::Reader;
use crate::store::{StoreError, codec::Numbered};

/// Kind of a decision among events: the table of its own does not repeat it.
const DECISION: u8 = 18;

/// A point that is stored as its samples.
fn time(samples: i64) -> SampleTime {
    SampleTime::from_samples(samples.unsigned_abs())
}

/// An event with its place.
type Placed = (u64, Event);

impl Reader {
    /// A call with everything that is stored of it.
    ///
    /// # Errors
    /// Where there is none like it or several, or another version of the
    /// program stored it in a way that this one cannot read.
    pub fn call(&self, id: &str) -> Result<StoredCall, StoreError> {
        let line = self.find(id)?;
        // All of it as of one moment, while the daemon goes on writing.
        let moment = self.db.unchecked_transaction().map_err(at(&self.path))?;
        let stored = self.stored(line);
        drop(moment);
        stored
    }

    fn stored(&self, line: CallLine) -> Result<StoredCall, StoreError> {
        let (settings, past, summary) = self.details(line.id)?;
        Ok(StoredCall {
            settings,
            past,
            summary,
            applied: self.applied(line.id)?,
            events: self.events(line.id)?,
            said: self.said(line.id)?,
            recognition: self.recognition(line.id)?,
            line,
        })
    }

    fn details(&self, call: i64) -> Result<(Settings, Past, Option<CallSummary>), StoreError> {
        let sql = "SELECT settings, past, summary FROM details WHERE call = ?1";
        let (settings, past, summary): (Vec<u8>, Vec<u8>, Option<Vec<u8>>) = self
            .db
            .query_row(sql, [call], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(at(&self.path))?;
        Ok((
            codec::unblob(&settings).map_err(self.unreadable("the settings of a call"))?,
            codec::unblob(&past).map_err(self.unreadable("the past of a call"))?,
            summary
                .map(|blob| codec::unblob(&blob))
                .transpose()
                .map_err(self.unreadable("the summary of a call"))?,
        ))
    }

    fn applied(&self, call: i64) -> Result<Vec<Settings>, StoreError> {
        let sql = "SELECT settings FROM applied WHERE call = ?1 ORDER BY number";
        let blobs: Vec<Vec<u8>> = self.all(sql, vec![call.into()], |row| row.get(0))?;
        let settings: Result<_, _> = blobs.iter().map(|blob| codec::unblob(blob)).collect();
        settings.map_err(self.unreadable("the settings of a call"))
    }

    /// What was said in a call. Times of single words are not kept.
    fn said(&self, call: i64) -> Result<Vec<Words>, StoreError> {
        let sql = "SELECT channel, at, until, text FROM segments WHERE call = ?1 ORDER BY at, seq";
        self.all(sql, vec![call.into()], |row| {
            Ok(Words {
                who: if row.get::<_, u8>(0)? == Channel::Agent as u8 {
                    Channel::Agent
                } else {
                    Channel::Customer
                },
                from: time(row.get(1)?),
                to: time(row.get(2)?),
                text: Spoken::new(row.get::<_, String>(3)?),
                words: Vec::new(),
            })
        })
    }

    /// The events of a call in the order in which they were decided.
    fn events(&self, call: i64) -> Result<Vec<Event>, StoreError> {
        let mut all = self.rows(call)?;
        for body in self.packed("readings", call)? {
            let readings =
                codec::unpack_readings(&body).map_err(self.unreadable("the readings of a call"))?;
            all.extend(readings.into_iter().map(|Numbered { seq, what }| (seq, Event::Reading(what))));
        }
        for body in self.packed("measures", call)? {
            let seconds = codec::unpack_seconds(&body).map_err(self.unreadable("the curves of a call"))?;
            all.extend(seconds.into_iter().map(|Numbered { seq, what }| (seq, Event::Second(what))));
        }
        all.sort_by_key(|(seq, _)| *seq);
        Ok(all.into_iter().map(|(_, event)| event).collect())
    }

    fn rows(&self, call: i64) -> Result<Vec<Placed>, StoreError> {
        let sql = "SELECT seq, kind, body FROM events WHERE call = ?1
                   UNION ALL SELECT seq, ?2, body FROM decisions WHERE call = ?1";
        let rows = self.all(sql, vec![call.into(), i64::from(DECISION).into()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, u8>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        let event = |(seq, kind, body): (i64, u8, Vec<u8>)| {
            codec::unevent(kind, &body).map(|event| (seq.unsigned_abs(), event))
        };
        let events: Result<_, _> = rows.into_iter().map(event).collect();
        events.map_err(self.unreadable("an event of a call"))
    }

    fn packed(&self, table: &str, call: i64) -> Result<Vec<Vec<u8>>, StoreError> {
        let sql = format!("SELECT body FROM {table} WHERE call = ?1 ORDER BY seq");
        self.all(&sql, vec![call.into()], |row| row.get(0))
    }

    fn unreadable(&self, what: &'static str) -> impl Fn(Damaged) -> StoreError + '_ {
        move |why| StoreError::Unreadable { path: self.path.clone(), what, why: why.to_string() }
    }
}
