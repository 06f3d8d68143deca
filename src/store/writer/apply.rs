//! Commands as statements, inside of the writer's transaction. What it knows of
//! calls that go on is a plain value, so that a transaction that fails leaves
//! no trace in memory either.

use rusqlite::{Connection, OptionalExtension, params};

use crate::core::event::{Decision, Event, Order, Outcome, Reading, Second};
use crate::core::measures::Measured;
use crate::core::summary::CallSummary;
use crate::core::units::SampleTime;
use crate::core::words::Words;
use crate::store::call::{CallUid, Finished, NewCall, Said, State, Wall};
use crate::store::codec::{self, Numbered};
use crate::store::names;
use crate::store::writer::command::Command;
use crate::store::writer::recognised::recognised;

/// Calls that go on, as the database knows them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ongoing(Vec<(CallUid, Progress)>);

/// How far a call is.
#[derive(Clone, Debug)]
struct Progress {
    id: i64,
    /// Number of its next event.
    seq: u64,
    /// Settings that came into force in it.
    applied: u32,
    agent: String,
    began: Wall,
}

impl Ongoing {
    fn of(&mut self, call: CallUid) -> Option<&mut Progress> {
        self.0.iter_mut().find(|(uid, _)| *uid == call).map(|(_, progress)| progress)
    }

    fn forget(&mut self, call: CallUid) {
        self.0.retain(|(uid, _)| *uid != call);
    }

    /// Whether no call goes on.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Carries out a command. Deeds that are no rows (removal, flush) are none here.
pub(crate) fn apply(db: &Connection, ongoing: &mut Ongoing, command: &Command) -> rusqlite::Result<()> {
    match command {
        Command::Begin(call) => begin(db, ongoing, call),
        Command::Events { call, events } => match ongoing.of(*call) {
            Some(progress) => append(db, progress, events),
            None => unknown(*call),
        },
        Command::Applied { call, config_hash, settings } => match ongoing.of(*call) {
            Some(progress) => {
                progress.applied += 1;
                let row = (progress.id, progress.applied, config_hash, codec::blob(&**settings));
                db.prepare_cached("INSERT INTO applied VALUES (?1, ?2, ?3, ?4)")?.execute(row).map(drop)
            }
            None => unknown(*call),
        },
        Command::Worded { call, config_hash } => {
            let row = (call.bytes(), config_hash);
            db.execute("UPDATE calls SET config_hash = ?2 WHERE uid = ?1", row).map(drop)
        }
        Command::Joined { call, customer, note, external_id } => {
            let (hash, shown) = (customer.as_ref().map(|c| c.hash()), customer.as_ref().map(|c| c.shown()));
            db.execute(
                "UPDATE calls SET customer_hash = coalesce(?2, customer_hash),
                     customer_shown = coalesce(?3, customer_shown), note = coalesce(?4, note),
                     external_id = coalesce(?5, external_id) WHERE uid = ?1",
                params![call.bytes(), hash, shown, note, external_id],
            )
            .map(drop)
        }
        Command::Said { call, words } => said(db, *call, words),
        Command::Late { call, events, summary } => late(db, *call, events, summary),
        Command::Recognised { call, recognition } => recognised(db, *call, recognition),
        Command::Finish(finished) => {
            ongoing.forget(finished.call);
            finish(db, finished)
        }
        Command::Summarise { call, summary } => summarise(db, *call, summary),
        Command::Discard(call) => {
            ongoing.forget(*call);
            db.execute("DELETE FROM calls WHERE uid = ?1", [call.bytes()]).map(drop)
        }
        Command::Note { call, text, by } => {
            db.execute("UPDATE calls SET note = ?2 WHERE uid = ?1", params![call.bytes(), text])?;
            audit(db, Wall::now(), by, "note", Some(*call), 1, "")
        }
        Command::Feedback { call, agent, at, said, kind } => {
            let id = match call {
                Some(call) => number(db, *call)?,
                None => None,
            };
            let kind = kind.map(names::nudge);
            feedback(db, id, agent, *at, *said, kind)
        }
        Command::Audit { at, who, what, call, detail } => audit(db, *at, who, what, *call, 0, detail),
        Command::Program { name, verdict, at } => {
            let row = (name, verdict.word(), at.utc_ms);
            db.execute("INSERT OR REPLACE INTO programs VALUES (?1, ?2, ?3)", row)?;
            audit(db, *at, "agent", "program", None, 1, &format!("{} {name}", verdict.word()))
        }
        Command::Remove { .. } | Command::Purge { .. } | Command::Keep(_) | Command::Flush(_) => Ok(()),
    }
}

/// An utterance, behind those that were stored before it. A call that was removed
/// meanwhile gets none.
fn said(db: &Connection, call: CallUid, words: &Words) -> rusqlite::Result<()> {
    let (from, to) = (words.from.samples().cast_signed(), words.to.samples().cast_signed());
    db.prepare_cached(
        "INSERT INTO segments SELECT id,
             (SELECT coalesce(max(seq), -1) + 1 FROM segments WHERE call = calls.id), ?2, ?3, ?4, ?5
         FROM calls WHERE uid = ?1",
    )?
    .execute(params![call.bytes(), words.who as u8, from, to, words.text.reveal()])
    .map(drop)
}

fn unknown(call: CallUid) -> rusqlite::Result<()> {
    tracing::error!(%call, "events of a call that never began are dropped");
    Ok(())
}

/// The number of a call.
pub(crate) fn number(db: &Connection, call: CallUid) -> rusqlite::Result<Option<i64>> {
    db.query_row("SELECT id FROM calls WHERE uid = ?1", [call.bytes()], |row| row.get(0)).optional()
}

fn begin(db: &Connection, ongoing: &mut Ongoing, call: &NewCall) -> rusqlite::Result<()> {
    // No `..`: a new field must find its column before this compiles again.
    let NewCall {
        uid,
        began,
        agent,
        devices,
        profile,
        trigger,
        program,
        customer,
        note,
        external_id,
        config_hash,
        settings,
        past,
        version,
    } = call;
    db.execute(
        "INSERT INTO calls (uid, state, began_ms, began_offset_s, agent, microphone, headset, profile,
             trigger, program, external_id, note, customer_hash, customer_shown, config_hash, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        params![
            uid.bytes(),
            State::Open.word(),
            began.utc_ms,
            began.offset_s,
            agent,
            devices.microphone,
            devices.headset,
            profile,
            trigger.word(),
            program,
            external_id,
            note,
            customer.as_ref().map(|c| c.hash()),
            customer.as_ref().map(|c| c.shown()),
            config_hash,
            version,
        ],
    )?;
    let id = db.last_insert_rowid();
    let details = (id, codec::blob(settings), codec::blob(past));
    db.execute("INSERT INTO details (call, settings, past) VALUES (?1, ?2, ?3)", details)?;
    let progress = Progress { id, seq: 0, applied: 0, agent: agent.clone(), began: *began };
    ongoing.0.push((*uid, progress));
    Ok(())
}

/// What a batch brings, sorted by table.
#[derive(Default)]
struct Batch {
    readings: Vec<Numbered<Reading>>,
    seconds: Vec<Numbered<Second>>,
}

fn append(db: &Connection, progress: &mut Progress, events: &[Event]) -> rusqlite::Result<()> {
    let mut batch = Batch::default();
    for event in events {
        let seq = progress.seq;
        progress.seq += 1;
        match event {
            Event::Reading(reading) => batch.readings.push(Numbered { seq, what: *reading }),
            Event::Second(second) => batch.seconds.push(Numbered { seq, what: *second }),
            Event::Decision(decision) => decide(db, progress.id, seq, event, decision)?,
            Event::Ordered { at, order } => {
                row(db, progress.id, seq, event)?;
                ordered(db, progress, *at, *order)?;
            }
            Event::SpeechStarted { .. }
            | Event::SpeechEnded { .. }
            | Event::SpeechWithdrawn { .. }
            | Event::Interrupts { .. }
            | Event::Overlapped(_)
            | Event::Reclassed { .. }
            | Event::FloorPassed { .. }
            | Event::Monologue { .. }
            | Event::Silence { .. }
            | Event::VoiceRaised { .. }
            | Event::VoiceLowered { .. }
            | Event::PaceRose { .. }
            | Event::PaceFell { .. }
            | Event::Customer { .. }
            | Event::Channel { .. }
            | Event::Baseline { .. }
            | Event::Cue(_)
            | Event::Listened { .. }
            | Event::Unheard { .. }
            | Event::Cleared { .. }
            | Event::Applied { .. }
            | Event::Ended { .. } => row(db, progress.id, seq, event)?,
        }
    }
    packed(db, progress.id, &batch)
}

/// Behind everything else of the call. One that was removed meanwhile gets nothing.
fn late(db: &Connection, call: CallUid, events: &[Event], summary: &CallSummary) -> rusqlite::Result<()> {
    let Some(id) = number(db, call)? else { return Ok(()) };
    let last = "SELECT coalesce(max(seq), -1) FROM events WHERE call = ?1";
    let last: i64 = db.query_row(last, [id], |row| row.get(0))?;
    for (seq, event) in (last + 1..).zip(events) {
        row(db, id, seq.unsigned_abs(), event)?;
    }
    summarise(db, call, summary)
}

fn row(db: &Connection, call: i64, seq: u64, event: &Event) -> rusqlite::Result<()> {
    let (kind, body) = codec::event(event);
    let mut insert = db.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute((call, seq as i64, kind, body)).map(drop)
}

fn decide(db: &Connection, call: i64, seq: u64, event: &Event, decision: &Decision) -> rusqlite::Result<()> {
    let (_, body) = codec::event(event);
    let shown = decision.outcome == Outcome::Shown;
    let mut insert = db.prepare_cached("INSERT INTO decisions VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let at = decision.at.samples() as i64;
    insert.execute((call, seq as i64, at, names::nudge(decision.kind), shown, body)).map(drop)
}

fn packed(db: &Connection, call: i64, batch: &Batch) -> rusqlite::Result<()> {
    if let Some(first) = batch.readings.first() {
        let mut insert = db.prepare_cached("INSERT INTO readings VALUES (?1, ?2, ?3, ?4)")?;
        let count = batch.readings.len() as i64;
        insert.execute((call, first.seq as i64, count, codec::pack_readings(&batch.readings)))?;
    }
    if let Some(first) = batch.seconds.first() {
        let mut insert = db.prepare_cached("INSERT INTO measures VALUES (?1, ?2, ?3, ?4)")?;
        let count = batch.seconds.len() as i64;
        insert.execute((call, first.seq as i64, count, codec::pack_seconds(&batch.seconds)))?;
    }
    Ok(())
}

/// What the agent says of nudges while a call goes on.
fn ordered(db: &Connection, progress: &Progress, at: SampleTime, order: Order) -> rusqlite::Result<()> {
    let (said, kind) = match order {
        Order::Wrong(kind) => (Said::Wrong, Some(kind)),
        Order::Off(kind) => (Said::Off, Some(kind)),
        Order::Snooze(_) => (Said::Snooze, None),
        Order::Quiet(_) | Order::Dismiss | Order::Hold(_) | Order::Mute(_) | Order::Device(_) => {
            return Ok(());
        }
    };
    let at = progress.began.after(at.since(SampleTime::ZERO));
    feedback(db, Some(progress.id), &progress.agent, at, said, kind.map(names::nudge))
}

fn feedback(
    db: &Connection,
    call: Option<i64>,
    agent: &str,
    at: Wall,
    said: Said,
    nudge: Option<&str>,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO feedback (call, agent, at_ms, what, nudge) VALUES (?1, ?2, ?3, ?4, ?5)",
        (call, agent, at.utc_ms, said.word(), nudge),
    )
    .map(drop)
}

fn finish(db: &Connection, finished: &Finished) -> rusqlite::Result<()> {
    let Finished { call, ended, why, summary } = finished;
    db.execute(
        "UPDATE calls SET state = CASE lost WHEN 0 THEN ?2 ELSE ?3 END, ended_ms = ?4, ended_offset_s = ?5,
             why = ?6, samples = ?7 WHERE uid = ?1",
        params![
            call.bytes(),
            State::Closed.word(),
            State::Incomplete.word(),
            ended.utc_ms,
            ended.offset_s,
            why.word(),
            summary.duration.samples() as i64,
        ],
    )?;
    summarise(db, *call, summary)
}

/// The figures of a call, and what it adds to what is normal.
fn summarise(db: &Connection, call: CallUid, summary: &CallSummary) -> rusqlite::Result<()> {
    let score = match summary.score.value {
        Measured::Known(score) => Some(score),
        Measured::Unknown(_) => None,
    };
    db.execute(
        "UPDATE calls SET score = ?2, coverage = ?3 WHERE uid = ?1",
        params![call.bytes(), score, f64::from(summary.score.coverage)],
    )?;
    db.execute(
        "UPDATE details SET summary = ?2 WHERE call = (SELECT id FROM calls WHERE uid = ?1)",
        params![call.bytes(), codec::blob(summary)],
    )?;
    let Some((normal, seconds)) = summary.harvest else { return Ok(()) };
    db.execute(
        "INSERT OR REPLACE INTO baselines (call, agent, microphone, headset, profile, began_ms, seconds, body)
         SELECT id, agent, microphone, headset, profile, began_ms, ?2, ?3 FROM calls WHERE uid = ?1",
        params![call.bytes(), f64::from(seconds), codec::blob(&normal)],
    )
    .map(drop)
}

/// Writes down what was done.
pub(crate) fn audit(
    db: &Connection,
    at: Wall,
    who: &str,
    what: &str,
    call: Option<CallUid>,
    count: u64,
    detail: &str,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO audit (at_ms, who, what, call, count, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![at.utc_ms, who, what, call.map(|c| c.to_string()), count as i64, detail],
    )
    .map(drop)
}

/// Adds to what was lost of a call.
pub(crate) fn lose(db: &Connection, call: CallUid, events: u64) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE calls SET lost = lost + ?2, state = CASE state WHEN ?3 THEN ?4 ELSE state END WHERE uid = ?1",
        params![call.bytes(), events as i64, State::Closed.word(), State::Incomplete.word()],
    )
    .map(drop)
}
