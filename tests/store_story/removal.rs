//! What goes, when, and what is left of it: age, room, and removal for good.

use std::fs;
use std::path::{Path, PathBuf};

use crossbeam_channel::bounded;
use evenkeel::core::event::Event;
use evenkeel::core::pipeline::{Past, Pipeline, Settings};
use evenkeel::core::units::SampleTime;
use evenkeel::store::{
    self, CallUid, Command, Condition, Filter, Finished, Purged, Reader, Remains, Removed, State, StoreError,
    Wall, Why,
};

use crate::story::{LONG, Story, new_call};

/// What must not be found any more.
const MARKER: &str = "the-marker-that-must-go";

/// Stores an ended call of some days ago whose note is the marker.
fn ended(story: &Story, days: u32, note: &str) -> CallUid {
    let (call, ended) = begun(story, days, note);
    let summary = Pipeline::new(Settings::default(), Past::default()).finish(&mut Vec::new());
    story.send(Command::Finish(Box::new(Finished { call, ended, why: Why::Order, summary })));
    story.flush();
    call
}

/// The same without its end; and when it began.
fn begun(story: &Story, days: u32, note: &str) -> (CallUid, Wall) {
    let mut new = new_call();
    new.began = Wall::now().days_before(days);
    new.note = Some(note.repeat(200));
    let (call, began) = (new.uid, new.began);
    story.send(Command::Begin(Box::new(new)));
    let events = (0..500).map(|k| Event::Applied { at: SampleTime::from_samples(k * 160) }).collect();
    story.send(Command::Events { call, events });
    (call, began)
}

fn remove(story: &Story, call: CallUid) -> Result<Removed, StoreError> {
    let (done, answer) = bounded(1);
    story.send(Command::Remove { call, by: "ann".into(), done });
    answer.recv_timeout(LONG).unwrap()
}

fn purge(story: &Story) -> Purged {
    let (done, answer) = bounded(1);
    story.send(Command::Purge { done });
    answer.recv_timeout(LONG).unwrap().unwrap()
}

/// Files whose raw bytes hold the marker.
fn holding(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(holding(&path));
        } else if fs::read(&path).unwrap().windows(MARKER.len()).any(|w| w == MARKER.as_bytes()) {
            out.push(path);
        }
    }
    out
}

#[test]
fn a_removed_call_is_gone_from_every_byte_and_every_backup() {
    let mut story = Story::new();
    let (kept, call) = (ended(&story, 1, "another"), ended(&story, 0, MARKER));
    story.flush();
    // A backup of today would be the first one, which is empty.
    fs::remove_dir_all(story.state().join("backups")).unwrap();
    story.reopen();
    story.flush();
    assert!(2 <= holding(story.data()).len(), "the database and a backup hold it");
    let removed = remove(&story, call).unwrap();
    assert_eq!(removed, Removed { backups: 1, remains: vec![] });
    assert!(holding(story.data()).is_empty(), "{:?}", holding(story.data()));
    let reader = story.reader();
    assert!(matches!(reader.find(&call.to_string()), Err(StoreError::NoCall(_))));
    assert_eq!(reader.call(&kept.to_string()).unwrap().events.len(), 500);
    let audit = &reader.audit(1).unwrap()[0];
    assert_eq!((audit.who.as_str(), audit.what.as_str()), ("ann", "remove"));
}

#[test]
fn what_of_a_removed_call_cannot_be_reached_is_said() {
    let story = Story::new();
    let call = ended(&story, 0, MARKER);
    let aside = story.state().join("quarantine");
    fs::create_dir_all(&aside).unwrap();
    fs::write(aside.join("damaged-1.db"), MARKER).unwrap();
    let removed = remove(&story, call).unwrap();
    assert_eq!(removed.remains, [Remains::Quarantine(aside.join("damaged-1.db"))]);
}

#[test]
fn neither_an_open_call_nor_one_that_never_was_is_removed() {
    let story = Story::new();
    let new = new_call();
    story.send(Command::Begin(Box::new(new.clone())));
    assert!(matches!(remove(&story, new.uid), Err(StoreError::GoesOn(_))));
    assert!(matches!(remove(&story, CallUid::generate()), Err(StoreError::NoCall(_))));
    assert_eq!(story.reader().calls(&Filter::default()).unwrap().len(), 1);
}

#[test]
fn r36_each_class_of_data_has_its_age_and_nothing_goes_silently() {
    let story = Story::new();
    let [_, old, young] = [400, 100, 1].map(|days| ended(&story, days, "x"));
    let purged = purge(&story);
    assert_eq!((purged.calls, purged.thinned), (1, 2), "{purged:?}");
    let reader = story.reader();
    assert_eq!(reader.calls(&Filter::default()).unwrap().len(), 2);
    let old = reader.call(&old.to_string()).unwrap();
    assert!(old.line.thinned && old.summary.is_some() && old.events.is_empty());
    assert_eq!(reader.call(&young.to_string()).unwrap().events.len(), 500);
    let told: Vec<_> = reader.audit(10).unwrap().into_iter().map(|a| (a.what, a.count, a.detail)).collect();
    assert_eq!(told, [("calls".into(), 1, "age".into()), ("events".into(), 2, "age".to_owned())]);
    assert_eq!(purge(&story), Purged::default());
}

#[test]
fn r36_beyond_its_size_the_oldest_events_go_first_and_calls_last() {
    let mut story = Story::with(store::Settings { max_mb: 1, ..store::Settings::default() });
    let calls: Vec<_> = (0..400).map(|k| begun(&story, 80 - k / 5, "note")).collect();
    // What is deleted at the start is written down as well.
    assert_eq!(story.reopen().len(), calls.len());
    story.flush();
    let told = story.reader().audit(10).unwrap();
    assert!(!told.is_empty() && told.iter().all(|a| a.what == "events" && a.detail == "room"), "{told:?}");
    let lines = story.reader().calls(&Filter::default()).unwrap();
    let thinned = lines.iter().filter(|c| c.thinned).count();
    assert!(50 <= thinned && lines.len() == calls.len(), "{thinned} of {}", lines.len());
    // The oldest: none that is kept whole is older than one that is not.
    let oldest_whole = lines.iter().filter(|c| !c.thinned).map(|c| c.began).min();
    let newest_thin = lines.iter().filter(|c| c.thinned).map(|c| c.began).max();
    assert!(oldest_whole.is_none() || newest_thin <= oldest_whole);
}

/// A real file system of 20 MB that fills up in a call.
#[test]
#[ignore = "needs root"]
fn r36_a_call_goes_on_while_a_real_disk_is_full() {
    let mount = tempfile::tempdir().unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=20m", "tmpfs"])
        .arg(mount.path())
        .status()
        .unwrap();
    assert!(mounted.success(), "only root may mount");
    let unmount = Unmount(mount.path().to_owned());
    let (folder, state) = (mount.path().join("data"), mount.path().join("state"));
    let database = store::open(&folder, &state, Wall::now()).unwrap().database;
    let writer = store::Writer::spawn(database, store::Settings::default()).unwrap();
    let new = new_call();
    let call = new.uid;
    assert!(writer.send(Command::Begin(Box::new(new))) && writer.flush(LONG));
    let ballast = mount.path().join("ballast");
    let full = fs::write(&ballast, vec![1; 40_000_000]);
    assert_eq!(full.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    let event = |k: u64| Event::Applied { at: SampleTime::from_samples(k) };
    for k in 0..100 {
        let events = (k * 200..k * 200 + 200).map(event).collect();
        assert!(writer.send(Command::Events { call, events }), "the call goes on");
    }
    assert!(!writer.flush(LONG));
    assert_eq!(writer.state().condition, Condition::DiskFull);
    fs::remove_file(&ballast).unwrap();
    assert!((0..20).any(|_| writer.flush(LONG)));
    assert_eq!((writer.state().condition, writer.state().lost), (Condition::Ok, 0));
    let reader = Reader::open(&folder).unwrap();
    let stored = reader.call(&call.to_string()).unwrap();
    assert_eq!((stored.events.len(), stored.line.state), (20_000, State::Open));
    drop((reader, writer, unmount));
}

struct Unmount(PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}
