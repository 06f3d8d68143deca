//! A disk without room, and what is never lost on it. The room is a limit of
//! pages; `tests/store_story.rs` does the same on a real file system.

use std::time::{Duration, Instant};

use super::*;
use crate::core::event::Event;
use crate::core::units::SampleTime;
use crate::store::call::example as call;
use crate::store::{CallUid, Filter, Reader, Wall, open};

/// Longer than any wait that is not a failure.
const LONG: Duration = Duration::from_secs(20);

fn events(from: u64, count: u64) -> Vec<Event> {
    (from..from + count).map(|k| Event::Applied { at: SampleTime::from_samples(k) }).collect()
}

fn until(what: &str, so: impl Fn() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < LONG, "still not: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

struct Full {
    folder: tempfile::TempDir,
    writer: Writer,
    call: CallUid,
    /// A connection that can give room.
    other: rusqlite::Connection,
}

/// A writer in a call whose disk is full.
fn full() -> Full {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path(), &folder.path().join("state"), Wall::now()).unwrap().database;
    let other = rusqlite::Connection::open(&database.path).unwrap();
    other.execute_batch("CREATE TABLE ballast (x)").unwrap();
    let pages: u32 = database.db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + 100);
    database.db.query_row(&limit, [], |_| Ok(())).unwrap();
    let writer = Writer::spawn(database, Settings { backups: 0, ..Settings::default() }).unwrap();
    let new = call();
    let call = new.uid;
    assert!(writer.send(Command::Begin(Box::new(new))));
    assert!(writer.send(Command::Events { call, events: events(0, 50) }));
    assert!(writer.flush(LONG));
    other.execute_batch("INSERT INTO ballast SELECT zeroblob(500000)").unwrap();
    Full { folder, writer, call, other }
}

impl Full {
    fn stored(&self) -> usize {
        let reader = Reader::open(self.folder.path()).unwrap();
        reader.call(&self.call.to_string()).unwrap().events.len()
    }

    fn free(&self) {
        self.other.execute_batch("DELETE FROM ballast").unwrap();
    }
}

#[test]
fn r36_a_full_disk_has_its_own_state_and_loses_nothing_that_fits_in_memory() {
    let full = full();
    for k in 0..200 {
        assert!(full.writer.send(Command::Events { call: full.call, events: events(50 + k * 50, 50) }));
    }
    assert!(!full.writer.flush(LONG), "what is not on disk is not acknowledged");
    let state = full.writer.state();
    assert_eq!(state.condition, Condition::DiskFull);
    assert!(0 < state.waiting, "{state:?}");
    assert!(50 <= full.stored(), "what was committed is there");
    full.free();
    until("everything is stored", || full.writer.flush(LONG));
    assert_eq!(full.stored(), 50 + 200 * 50);
    let state = full.writer.state();
    assert_eq!((state.condition, state.waiting, state.lost), (Condition::Ok, 0, 0));
}

#[test]
fn r36_what_memory_cannot_hold_is_counted_and_the_call_marked() {
    let full = full();
    for k in 0..50 {
        full.writer.send(Command::Events { call: full.call, events: events(50 + k * 1000, 1000) });
    }
    full.writer.flush(LONG);
    let lost = full.writer.state().lost;
    assert!(10_000 < lost, "{lost}");
    full.free();
    until("everything is stored", || full.writer.flush(LONG));
    let reader = Reader::open(full.folder.path()).unwrap();
    let line = &reader.calls(&Filter::default()).unwrap()[0];
    assert_eq!(line.lost, lost);
    assert_eq!(full.stored() as u64 + lost, 50 + 50_000);
}

#[test]
fn a_full_queue_counts_events_and_still_takes_an_order() {
    let (commands, queue) = bounded(QUEUE + RESERVE);
    let writer = Writer { commands: Some(commands), shared: Arc::default(), thread: None };
    let call = CallUid::generate();
    let sent = |k| writer.send(Command::Events { call, events: events(k, 3) });
    assert_eq!((0..2000).filter(|k| sent(*k)).count(), QUEUE);
    assert_eq!(writer.state().lost, (2000 - QUEUE as u64) * 3);
    assert!(writer.send(Command::Discard(call)));
    assert_eq!(queue.len(), QUEUE + 1);
}

#[test]
fn a_flush_waits_for_room_and_no_longer_than_it_may() {
    let (commands, queue) = bounded(1);
    let writer = Writer { commands: Some(commands), shared: Arc::default(), thread: None };
    assert!(writer.send(Command::Discard(CallUid::generate())));
    assert!(!writer.flush(Duration::from_millis(20)));
    let slow = std::thread::spawn(move || {
        for command in queue {
            std::thread::sleep(Duration::from_millis(30));
            if let Command::Flush(done) = command {
                return done.send(()).is_ok();
            }
        }
        false
    });
    assert!(writer.flush(LONG) && slow.join().unwrap());
}

#[test]
fn one_command_that_cannot_be_stored_does_not_hold_up_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path(), &folder.path().join("state"), Wall::now()).unwrap().database;
    let writer = Writer::spawn(database, Settings::default()).unwrap();
    let new = call();
    assert!(writer.send(Command::Begin(Box::new(new.clone()))));
    // The same call cannot begin twice.
    assert!(writer.send(Command::Begin(Box::new(new.clone()))));
    assert!(writer.send(Command::Events { call: new.uid, events: events(0, 7) }));
    assert!(writer.flush(LONG));
    let stored = Reader::open(folder.path()).unwrap().call(&new.uid.to_string()).unwrap();
    assert_eq!((stored.events.len(), stored.line.lost), (7, 0));
    assert_eq!(writer.state().condition, Condition::Ok);
}

#[test]
fn what_was_said_is_stored_in_order_also_after_the_call_and_goes_with_it() {
    use crate::core::private::Spoken;
    use crate::core::units::Channel;
    use crate::core::words::Words;

    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path(), &folder.path().join("state"), Wall::now()).unwrap().database;
    let writer = Writer::spawn(database, Settings { backups: 0, ..Settings::default() }).unwrap();
    let new = call();
    let uid = new.uid;
    let said = |who, from: u64, text: &str| {
        let (from, to) = (SampleTime::from_frame(from), SampleTime::from_frame(from + 50));
        let words = Words { who, from, to, text: Spoken::new(text), words: Vec::new() };
        writer.send(Command::Said { call: uid, words: Box::new(words) })
    };
    assert!(writer.send(Command::Begin(Box::new(new))));
    assert!(said(Channel::Customer, 300, "later") && said(Channel::Agent, 100, "sooner"));
    assert!(writer.flush(LONG));
    let call = Reader::open(folder.path()).unwrap().call(&uid.to_string()).unwrap();
    let texts: Vec<_> = call.said.iter().map(|w| (w.who, w.from.frame(), w.text.reveal())).collect();
    assert_eq!(texts, [(Channel::Agent, 100, "sooner"), (Channel::Customer, 300, "later")]);
    // A call that is not there, or not any more, is given no words.
    assert!(writer.send(Command::Discard(uid)) && said(Channel::Agent, 500, "too late"));
    assert!(writer.flush(LONG));
    assert!(Reader::open(folder.path()).unwrap().call(&uid.to_string()).is_err());
}
