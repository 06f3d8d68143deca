//! The real program, killed and stopped at any moment of a call: what was
//! written stays, and the next start closes the call that was left open.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use evenkeel::app::folders::Folders;
use evenkeel::control::{Client, Status};
use evenkeel::store::{Filter, Reader, State, StoredCall};

/// More of them: `EVENKEEL_KILLS=1000 cargo test --test daemon kill::`.
const KILLS: &str = "EVENKEEL_KILLS";
/// So long the process stands still: `EVENKEEL_STOP_S=30`.
const STOP_S: &str = "EVENKEEL_STOP_S";
/// Daemons at once.
const LANES: u64 = 8;
/// What may be missing of a call, s: a commit a second, and a busy machine.
const MAY_LOSE_S: f64 = 2.0;

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn folders(home: &Path) -> Folders {
    Folders {
        data: home.join("data/evenkeel"),
        state: home.join("state/evenkeel"),
        runtime: home.join("run/evenkeel"),
    }
}

/// The program that plays the sample call at its own pace, in a home of its own.
fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command
        .args(["run", "--set", "show.notifications=false"])
        .env_clear()
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_RUNTIME_DIR", home.join("run"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Ends with the test, whether it passes or not.
struct Played(Child);

impl Drop for Played {
    fn drop(&mut self) {
        // It has mostly ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn play(home: &Path) -> Played {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sample-call.flac");
    Played(program(home).args(["--play", sample]).spawn().unwrap())
}

fn status(home: &Path) -> Option<Status> {
    Client::connect(&folders(home).socket()).ok()?.status().ok()
}

/// Waits until the call has gone on for so long; the last status.
fn until(home: &Path, seconds: f64) -> Status {
    let begun = Instant::now();
    loop {
        let now = status(home);
        match now {
            Some(status) if status.call.as_ref().is_some_and(|c| seconds <= c.elapsed_s) => return status,
            _ => assert!(begun.elapsed() < Duration::from_secs(60), "no call of {seconds} s: {now:?}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The next start, and its end: every call must be closed after it.
fn next_start(home: &Path) {
    let mut child = Played(program(home).args(["--set", "calls.detect=false"]).spawn().unwrap());
    let begun = Instant::now();
    while status(home).is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60) && child.0.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    Client::connect(&folders(home).socket()).unwrap().ask(&evenkeel::control::Do::Stop).unwrap();
    assert!(child.0.wait().unwrap().success());
}

fn calls(home: &Path) -> Vec<StoredCall> {
    let reader = Reader::open(&folders(home).data).unwrap();
    let lines = reader.calls(&Filter::default()).unwrap();
    lines.iter().map(|line| reader.call(&line.id.to_string()).unwrap()).collect()
}

#[test]
fn r34_killed_at_any_moment_a_call_misses_at_most_two_seconds_and_is_closed_at_the_next_start() {
    let kills = number(KILLS, 40);
    let worst = std::thread::scope(|scope| {
        let lane = |lane| move || (lane..kills).step_by(LANES as usize).map(drill).fold(0.0, f64::max);
        let lanes: Vec<_> = (0..LANES.min(kills)).map(|n| scope.spawn(lane(n))).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).fold(0.0, f64::max)
    });
    println!("{kills} kills: at most {worst:.2} s were missing");
}

/// One kill; how much of the call was missing, s.
fn drill(kill: u64) -> f64 {
    let home = tempfile::tempdir().unwrap();
    let mut child = play(home.path());
    // From the first moments of a call to some seconds into it.
    let after = (kill * 7_919 % 3_000) as f64 / 1_000.0;
    let seen = until(home.path(), after);
    // What is committed by now must be there afterwards.
    let committed = calls(home.path()).first().map_or(0, |call| call.events.len());
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    next_start(home.path());
    let elapsed = seen.call.unwrap().elapsed_s;
    let calls = calls(home.path());
    let Some(call) = calls.first() else {
        assert!(elapsed < MAY_LOSE_S, "kill {kill}: a call of {elapsed:.2} s is missing");
        return elapsed;
    };
    assert_eq!((calls.len(), call.line.state), (1, State::Orphan), "kill {kill}");
    assert!(committed <= call.events.len(), "kill {kill}: {committed} were there");
    assert!(call.summary.is_some(), "kill {kill}: it is summed up");
    let missing = (elapsed - call.line.length.seconds()).max(0.0);
    assert!(missing <= MAY_LOSE_S, "kill {kill}: {missing:.2} s of {elapsed:.2} s are missing");
    missing
}

#[test]
fn a_process_that_stood_still_gives_no_wrong_length() {
    let stop = number(STOP_S, 7);
    let home = tempfile::tempdir().unwrap();
    let mut child = play(home.path());
    until(home.path(), 2.0);
    signal(&child.0, "STOP");
    std::thread::sleep(Duration::from_secs(stop));
    signal(&child.0, "CONT");
    // A stop longer than 5 s is taken for a sleep: all is opened anew.
    let (slept, begun) = (u64::from(5 < stop), Instant::now());
    let mut status = until(home.path(), stop as f64 + 4.0);
    while status.counters.suspended < slept {
        assert!(begun.elapsed() < Duration::from_secs(60), "{status:?}");
        status = until(home.path(), stop as f64 + 4.0);
    }
    let elapsed = status.call.unwrap().elapsed_s;
    Client::connect(&folders(home.path()).socket()).unwrap().ask(&evenkeel::control::Do::Stop).unwrap();
    assert!(child.0.wait().unwrap().success());
    let calls = calls(home.path());
    let length = calls[0].line.length.seconds();
    assert!((elapsed - 0.2..elapsed + 1.0).contains(&length), "{length} s, told {elapsed} s");
    assert_eq!(calls[0].line.state, State::Closed);
}

fn signal(child: &Child, name: &str) {
    let done = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(done.unwrap().success());
}

#[test]
fn a_played_call_is_stored_and_the_program_ends_after_it() {
    let home = tempfile::tempdir().unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sample-call.flac");
    let ended = program(home.path()).args(["--play", sample, "--fast"]).status().unwrap();
    assert!(ended.success());
    let calls = calls(home.path());
    assert_eq!((calls.len(), calls[0].line.state), (1, State::Closed));
    assert!(calls[0].line.score.is_some() && 0 < calls[0].line.nudges);
}
