//! `kill -9` at any moment: the program runs as a process of its own, is killed
//! without a word, and what it had committed must be there.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::time::Duration;

use evenkeel::core::event::Event;
use evenkeel::core::units::SampleTime;
use evenkeel::store::{self, Command, Reader, State, Wall, Writer, open};

use crate::story::{LONG, new_call};

/// Tells the child where to write.
const CHILD: &str = "EVENKEEL_STORE_CHILD";
/// How often the program is killed; `scripts/soak` kills more often.
const KILLS: &str = "EVENKEEL_KILLS";
/// Events of a second in the child.
const RATE: u64 = 100;
/// What a crash may lose.
const MAY_LOSE: u64 = 2 * RATE;
/// Programs that are killed at the same time, each with a store of its own.
const LANES: u64 = 8;

/// The program that is killed: an event each 10 ms, a word when it was sent,
/// and now and then one that everything so far was acknowledged.
#[test]
#[ignore = "needs a parent that kills it"]
fn child_writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let folder = Path::new(&folder);
    let opened = open(folder, &folder.join("state"), Wall::now()).unwrap();
    let writer = Writer::spawn(opened.database, store::Settings::default()).unwrap();
    let new = new_call();
    let call = new.uid;
    assert!(writer.send(Command::Begin(Box::new(new))));
    let mut out = std::io::stdout();
    for n in 1.. {
        let at = SampleTime::from_samples(n * 160);
        assert!(writer.send(Command::Events { call, events: vec![Event::Applied { at }] }));
        writeln!(out, "\nsent {n}").unwrap();
        if n % 70 == 0 && writer.flush(LONG) {
            writeln!(out, "\nkept {n}").unwrap();
        }
        // The pace of a call, not a wait for anything.
        std::thread::sleep(Duration::from_millis(1000 / RATE));
    }
}

#[test]
fn r34_killed_at_any_moment_it_loses_at_most_two_seconds_and_nothing_acknowledged() {
    let kills = std::env::var(KILLS).ok().and_then(|n| n.parse().ok()).unwrap_or(40_u64);
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            scope.spawn(move || {
                let folder = tempfile::tempdir().unwrap();
                (lane..kills).step_by(LANES as usize).for_each(|kill| drill(folder.path(), kill));
            });
        }
    });
}

/// One kill, at a moment that differs each time: at once, or after so many events.
fn drill(folder: &Path, kill: u64) {
    let after = if kill % LANES == 7 { 0 } else { 1 + kill * 7919 % 260 };
    let (sent, kept) = watch(start(folder), after);
    let opened = open(folder, &folder.join("state"), Wall::now()).unwrap();
    assert!(opened.quarantined.is_none(), "kill {kill}: {:?}", opened.quarantined);
    assert!(opened.orphans.len() <= 1);
    let stored = opened.orphans.first().map_or(0, |orphan| last_event(folder, orphan.id));
    assert!(kept <= stored, "kill {kill}: {kept} were acknowledged, {stored} are there");
    assert!(sent <= stored + MAY_LOSE, "kill {kill}: {sent} were sent, {stored} are there");
}

fn start(folder: &Path) -> Child {
    let arguments = ["--exact", "kill::child_writes_until_it_is_killed", "--ignored", "--nocapture"];
    Process::new(std::env::current_exe().unwrap())
        .args(arguments)
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills it once it has sent so many; what it had sent, and what had been
/// acknowledged, when it died.
fn watch(mut child: Child, after: u64) -> (u64, u64) {
    let (mut sent, mut kept) = (0, 0);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    if after == 0 {
        child.kill().unwrap();
    }
    while let Some(Ok(line)) = lines.next() {
        let number = |word: &str| line.strip_prefix(word).and_then(|n| n.parse().ok());
        sent = number("sent ").unwrap_or(sent);
        kept = number("kept ").unwrap_or(kept);
        if sent == after {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    (sent, kept)
}

fn last_event(folder: &Path, call: i64) -> u64 {
    let call = Reader::open(folder).unwrap().call(&call.to_string()).unwrap();
    assert_eq!(call.line.state, State::Orphan);
    // In order and without a hole.
    for (k, event) in call.events.iter().enumerate() {
        let at = SampleTime::from_samples((k as u64 + 1) * 160);
        assert_eq!(*event, Event::Applied { at });
    }
    call.events.len() as u64
}
