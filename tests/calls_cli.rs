//! The stored calls as a person meets them: the program itself, over a database
//! in folders of its own that holds the sample call.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failing test panics")]

#[expect(dead_code, reason = "each test binary uses what it needs")]
mod support;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use evenkeel::control::{Answer, Do, Notices, ORDERS, Publisher, Status, serve};
use evenkeel::core::event::{Event, Kind, Order};
use evenkeel::core::pipeline::{Past, Settings};
use evenkeel::core::units::SampleTime;
use evenkeel::store::{
    self, CallUid, Command, Devices, Finished, Key, Mode, NewCall, Reader, Reference, Trigger, Wall, Why,
    Writer,
};
use serde_json::Value;
use tempfile::TempDir;

static HEARD: LazyLock<support::Outcome> = LazyLock::new(|| support::sample().run());

/// Longer than any wait that is not a failure.
const LONG: Duration = Duration::from_secs(60);

/// 2026-11-22 14:03:12 in a place one hour east of Greenwich.
const BEGAN: Wall = Wall { utc_ms: 1_795_352_592_000, offset_s: 3600 };

/// Somebody with a home of their own.
struct Home(TempDir);

/// How a command ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With the sample call in the database.
    fn new() -> Self {
        let home = Self::empty();
        home.fill(&[call()]);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path(".local/share/evenkeel")
    }

    fn state(&self) -> PathBuf {
        self.path(".local/state/evenkeel")
    }

    fn key(&self) -> Key {
        fs::create_dir_all(self.data()).unwrap();
        Key::load_or_create(&Key::place(&self.data())).unwrap()
    }

    fn writer(&self) -> Writer {
        let opened = store::open(&self.data(), &self.state(), Wall::now()).unwrap();
        // What the tests store is old, and stays.
        let settings = store::Settings { calls_days: 36_500, events_days: 36_500, ..Default::default() };
        Writer::spawn(opened.database, settings).unwrap()
    }

    /// Stores these calls, each with what was heard in the sample.
    fn fill(&self, calls: &[NewCall]) {
        let writer = self.writer();
        for call in calls {
            begin(&writer, call, &HEARD.events);
            let (ended, summary) = (call.began.after(HEARD.summary.duration), HEARD.summary.clone());
            let finished = Finished { call: call.uid, ended, why: Why::Streams, summary };
            assert!(writer.send(Command::Finish(Box::new(finished))));
        }
        assert!(writer.flush(LONG));
    }

    fn sql(&self, statements: &str) {
        rusqlite::Connection::open(self.data().join("evenkeel.db"))
            .unwrap()
            .execute_batch(statements)
            .unwrap();
    }

    fn command(&self, args: &[&str]) -> Process {
        let mut command = Process::new(env!("CARGO_BIN_EXE_evenkeel"));
        command.env_clear().env("HOME", self.0.path()).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        command.env("XDG_RUNTIME_DIR", self.path("run")).current_dir(self.0.path());
        // Kept as long as the tests need it, whatever the day.
        let keep = "[keep]\ncalls_days = 3650\nevents_days = 3650\n";
        let config = self.path(".config/evenkeel/config.toml");
        fs::create_dir_all(config.parent().unwrap()).unwrap();
        fs::write(config, keep).unwrap();
        command.args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, "")
    }

    fn run_with(&self, args: &[&str], input: &str) -> Ended {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whoever does not read has gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let out = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: out.status.code().unwrap(), out: text(out.stdout), err: text(out.stderr) }
    }

    #[track_caller]
    fn done(&self, args: &[&str]) -> String {
        let ended = self.run(args);
        assert_eq!(ended.code, 0, "{args:?}: {}{}", ended.out, ended.err);
        ended.out
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.done(args)).unwrap()
    }

    #[track_caller]
    fn refused(&self, args: &[&str], code: i32, words: &str) {
        let ended = self.run(args);
        assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{}", ended.err);
        assert!(ended.err.starts_with("error: ") && ended.err.contains(words), "{}", ended.err);
    }
}

/// The call of these tests.
fn call() -> NewCall {
    NewCall {
        uid: CallUid::generate(),
        began: BEGAN,
        agent: "ann".into(),
        devices: Devices { microphone: "usb-mic".into(), headset: "usb-headset".into() },
        profile: "baresip".into(),
        trigger: Trigger::Streams,
        program: Some("baresip".into()),
        customer: None,
        note: None,
        external_id: None,
        config_hash: "c0ffee00".into(),
        settings: Settings::default(),
        past: Past::default(),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// Begins a call in the database, and lets it go on.
fn begin(writer: &Writer, call: &NewCall, events: &[Event]) {
    assert!(writer.send(Command::Begin(Box::new(call.clone()))));
    for events in events.chunks(500) {
        assert!(writer.send(Command::Events { call: call.uid, events: events.to_vec() }));
    }
}

/// Every file below a folder that holds these bytes.
fn holding(folder: &Path, marker: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, marker));
        } else if fs::read(&path).is_ok_and(|b| b.windows(marker.len()).any(|w| w == marker.as_bytes())) {
            found.push(path);
        }
    }
    found
}

// ---- looking ------------------------------------------------------------------------

#[test]
fn without_a_database_each_command_says_so_and_makes_none() {
    let home = Home::empty();
    for args in
        [&["calls", "list"][..], &["calls", "show", "1"], &["replay", "1"], &["calls", "rm", "1", "-y"]]
    {
        home.refused(args, 66, "no database yet");
    }
    home.refused(&["report"], 66, "no calls are stored yet");
    assert!(!home.data().exists());
}

#[test]
fn the_list_has_a_line_for_each_call_and_fits_a_terminal() {
    let home = Home::empty();
    let other = NewCall {
        began: Wall { utc_ms: BEGAN.utc_ms + 3_600_000, ..BEGAN },
        agent: "somebody with quite a long name and more".into(),
        profile: "a softphone whose name does not end either".into(),
        ..call()
    };
    home.fill(&[call(), other]);
    let text = home.done(&["calls", "list"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("id  began") && lines[0].ends_with("score  nudges  state"), "{text}");
    assert!(lines[1].starts_with(" 2  2026-11-22 15:03"), "newest first: {text}");
    assert!(lines[2].starts_with(" 1  2026-11-22 14:03") && lines[2].contains("ann"), "{text}");
    assert!(lines[2].ends_with("closed"), "{text}");
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn a_list_can_be_narrowed_by_day_agent_and_number() {
    let home = Home::empty();
    let next_day = Wall { utc_ms: BEGAN.utc_ms + 86_400_000, ..BEGAN };
    home.fill(&[call(), NewCall { agent: "ben".into(), ..call() }, NewCall { began: next_day, ..call() }]);
    let ids = |args: &[&str]| {
        let listed = home.json(&[&["calls", "list", "--json"], args].concat());
        let id = |call: &Value| call["id"].as_i64().unwrap();
        listed["calls"].as_array().unwrap().iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), [3, 2, 1]);
    assert_eq!(ids(&["--agent", "ann"]), [3, 1]);
    assert_eq!(ids(&["--until", "2026-11-22"]), [2, 1]);
    assert_eq!(ids(&["--since", "2026-11-23"]), [3]);
    assert_eq!(ids(&["--until", "2026-11-22", "--last", "1"]), [2]);
    home.refused(&["calls", "list", "--since", "2026-11-23", "--until", "2026-11-22"], 2, "is before");
}

#[test]
fn calls_with_a_customer_are_found_by_the_reference_from_standard_input() {
    let home = Home::empty();
    let customer = Reference::new("C-4711", Mode::Hashed, &home.key()).unwrap();
    home.fill(&[call(), NewCall { customer, ..call() }]);
    let found = home.run_with(&["calls", "list", "--json", "--customer-ref", "-"], "C-4711\n");
    let listed: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(listed["calls"].as_array().unwrap().len(), 1);
    assert_eq!(listed["calls"][0]["customer"], "…711");
    let none = home.run_with(&["calls", "list", "--customer-ref", "-"], "C-4712\n");
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (0, "", "no such call\n"));
    let told = home.run(&["calls", "list", "--customer-ref", "C-4711"]);
    assert_eq!(told.code, 2);
    assert!(!told.err.contains("4711"), "{}", told.err);
}

#[test]
fn a_call_is_found_by_its_number_and_by_both_ends_of_its_name() {
    let home = Home::empty();
    // Eight digits that are no number of a call.
    let uid: CallUid = "019ab1c2-0000-7000-8000-abcd12345678".parse().unwrap();
    home.fill(&[NewCall { uid, ..call() }]);
    for id in ["1", "019ab1c2", "12345678", "abcd12345678", "019ab1c2-0000-7000-8000-abcd12345678"] {
        assert_eq!(home.json(&["calls", "show", id, "--json"])["call"]["id"], 1, "{id}");
    }
    home.refused(&["calls", "show", "2"], 66, "no call `2`");
    home.refused(&["calls", "show", "12345679"], 66, "no call");
}

#[test]
fn everything_that_is_known_of_a_call_is_on_one_screen() {
    let home = Home::new();
    let page = home.done(&["calls", "show", "1"]);
    for part in [
        "call 1  ",
        "began       2026-11-22 14:03:12, seen by the softphone's streams",
        "the softphone's streams were gone",
        "state       closed: it ended, and all of it was stored",
        "agent       ann",
        "softphone   baresip",
        "microphone  usb-mic",
        "headset     usb-headset",
        "of 100, from",
        "settings    c0ffee00",
        "version     ",
    ] {
        assert!(page.contains(part), "`{part}` is missing:\n{page}");
    }
    assert!(page.lines().count() < 24, "{page}");
    let json = home.json(&["calls", "show", "1", "--json"]);
    assert_eq!(json["ended_by"], "streams");
    assert_eq!(json["events"].as_u64().unwrap() as usize, HEARD.events.len());
}

#[test]
fn the_stored_events_are_those_that_analyze_prints() {
    let home = Home::new();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-call.events.txt");
    let golden = fs::read_to_string(golden).unwrap();
    assert_eq!(home.done(&["calls", "show", "1", "--events"]), golden);
    assert_eq!(home.done(&["report", "call", "1", "--events"]), golden);
    assert_eq!(home.done(&["report", "--events"]), golden);
}

// ---- reports ------------------------------------------------------------------------

#[test]
fn the_report_of_a_stored_call_is_that_of_its_sound() {
    let home = Home::new();
    let sound = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-call.flac");
    let mut analysed = home.json(&["analyze", sound.to_str().unwrap(), "--json"]);
    let mut stored = home.json(&["report", "call", "1", "--json"]);
    assert_eq!(stored["source"]["name"], "call 1, 2026-11-22 14:03");
    for (key, value) in analysed.as_object().unwrap() {
        if !["source", "config_hash"].contains(&key.as_str()) {
            assert_eq!(&stored[key], value, "{key}");
        }
    }
    assert_eq!(stored.as_object_mut().unwrap().len(), analysed.as_object_mut().unwrap().len());
    let text = home.done(&["report"]);
    assert!(text.starts_with("call 1, 2026-11-22 14:03"), "{text}");
    assert!(text.contains("agent ann, softphone baresip, microphone usb-mic, headset usb-headset"), "{text}");
}

#[test]
fn a_day_and_an_agent_are_reported_from_the_database() {
    let home = Home::empty();
    home.fill(&[call(), NewCall { agent: "ben".into(), ..call() }]);
    let day = home.json(&["report", "day", "2026-11-22", "--json"]);
    assert!(day.to_string().contains("\"ann\"") && day.to_string().contains("\"ben\""), "{day}");
    let ann = home.json(&["report", "agent", "ann", "--json"]);
    assert!(!ann.to_string().contains("\"ben\""), "{ann}");
    home.refused(&["report", "agent", "cleo"], 66, "no call of agent `cleo`");
}

#[test]
fn a_call_whose_events_were_deleted_keeps_its_line_and_says_so() {
    let home = Home::new();
    home.sql("DELETE FROM readings; DELETE FROM events; UPDATE calls SET thinned = 1");
    let score = HEARD.summary.score.value.known().unwrap().to_string();
    let list = home.done(&["calls", "list"]);
    assert!(list.contains("closed*\n*: its events were deleted"), "{list}");
    assert!(list.contains(&score), "{list}");
    let report = home.done(&["report"]);
    assert!(report.contains(&score) && report.contains("were deleted for their age"), "{report}");
    let day = home.done(&["report", "day", "2026-11-22"]);
    assert!(day.contains(&score) && day.contains("lost the events for age or for room"), "{day}");
    let replay = home.run(&["replay", "1"]);
    assert_eq!(replay.code, 1, "{}", replay.out);
    assert!(
        replay.out.contains("differs at decision 1 of") && replay.out.contains("note: "),
        "{}",
        replay.out
    );
}

#[test]
fn a_call_that_a_crash_left_open_is_reported_as_far_as_it_went() {
    let home = Home::empty();
    let part: Vec<Event> = HEARD.events.iter().take(HEARD.events.len() / 2).copied().collect();
    begin(&home.writer(), &call(), &part);
    let open = home.done(&["calls", "list"]);
    assert!(open.contains("open"), "{open}");
    home.refused(&["calls", "export", "--out", "x"], 66, "no call has ended yet");
    // A later start closes it.
    drop(home.writer());
    let page = home.done(&["calls", "show", "1"]);
    assert!(page.contains("orphan: the program ended before the call"), "{page}");
    let report = home.done(&["report"]);
    assert!(report.contains("the program ended in the middle of the call"), "{report}");
    let replay = home.json(&["replay", "1", "--json"]);
    assert_eq!((&replay["same"], &replay["proof"]), (&Value::Bool(true), &Value::Bool(false)), "{replay}");
}

#[test]
fn a_hold_and_what_could_not_be_stored_are_said() {
    let home = Home::empty();
    let at = |s: f64| SampleTime::from_seconds(s);
    let mut events = HEARD.events.clone();
    events.insert(events.len() - 1, Event::Ordered { at: at(30.0), order: Order::Hold(true) });
    events.insert(events.len() - 1, Event::Ordered { at: at(42.0), order: Order::Hold(false) });
    events.insert(events.len() - 1, Event::Ordered { at: at(43.0), order: Order::Wrong(Kind::RaisedVoice) });
    let writer = home.writer();
    let new = call();
    begin(&writer, &new, &events);
    let (ended, summary) = (BEGAN.after(HEARD.summary.duration), HEARD.summary.clone());
    let finished = Finished { call: new.uid, ended, why: Why::Order, summary };
    assert!(writer.send(Command::Finish(Box::new(finished))) && writer.flush(LONG));
    drop(writer);
    home.sql("UPDATE calls SET lost = 3, state = 'incomplete'");
    let page = home.done(&["calls", "show", "1"]);
    for part in ["on hold     0:12", "1 called wrong", "3 could not be stored", "incomplete: "] {
        assert!(page.contains(part), "`{part}` is missing:\n{page}");
    }
    let report = home.done(&["report"]);
    assert!(report.contains("3 events could not be stored"), "{report}");
}

// ---- replay -------------------------------------------------------------------------

#[test]
fn a_replay_brings_every_decision_again_and_notices_one_that_does_not() {
    let home = Home::new();
    let count =
        HEARD.events.iter().filter(|e| matches!(e, Event::Decision(_) | Event::Cleared { .. })).count();
    assert_eq!(
        home.done(&["replay", "1"]),
        format!("call 1, 2026-11-22 14:03: {count} decisions, all the same\n")
    );
    assert_eq!(home.json(&["replay", "1", "--json"])["proof"], true);
    home.sql("DELETE FROM decisions WHERE seq = (SELECT max(seq) FROM decisions)");
    let ended = home.run(&["replay", "1"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("differs at decision"), "{}", ended.out);
}

// ---- text of others -----------------------------------------------------------------

/// Names, a note and a reference as an enemy would choose them.
fn hostile(home: &Home) {
    let customer = Reference::new("=HYPERLINK(\"x\")", Mode::Full, &home.key()).unwrap();
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J<img src=x>\u{202e}";
    home.fill(&[NewCall {
        agent: format!("ann{evil}"),
        devices: Devices { microphone: format!("mic{evil}"), headset: "h".into() },
        profile: format!("phone{evil}"),
        program: Some(format!("program{evil}")),
        customer,
        note: Some(format!("=cmd|' /C calc'!A0 {evil}")),
        external_id: Some("+1+1".into()),
        ..call()
    }]);
}

#[test]
fn on_a_terminal_nothing_from_outside_moves_the_cursor() {
    let home = Home::empty();
    hostile(&home);
    let commands = [
        &["calls", "list"][..],
        &["calls", "show", "1"],
        &["report"],
        &["report", "day", "2026-11-22"],
        &["report", "agent"],
        &["calls", "note", "1", "harmless"],
    ];
    for args in commands {
        let out = home.done(args);
        assert!(!out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{args:?}: {out:?}");
        assert!(!out.is_empty());
    }
}

#[test]
fn in_a_spreadsheet_nothing_from_outside_becomes_a_formula() {
    let home = Home::empty();
    hostile(&home);
    let csv = home.done(&["calls", "list", "--csv"]);
    for field in ["\"'=HYPERLINK(\"\"x\"\")\"", "'=cmd|' /C calc'!A0", ",'+1+1,"] {
        assert!(csv.contains(field), "`{field}` is missing: {csv}");
    }
    assert_eq!(csv.lines().next().unwrap().split(',').count(), 18);
    home.done(&["report", "--csv"]);
}

#[test]
fn on_a_page_nothing_from_outside_becomes_markup() {
    let home = Home::empty();
    hostile(&home);
    home.done(&["report", "call", "1", "--html", "call.html"]);
    home.done(&["report", "day", "2026-11-22", "--html", "day.html"]);
    for name in ["call.html", "day.html"] {
        let page = fs::read_to_string(home.path(name)).unwrap();
        assert!(page.contains("&lt;img src=x&gt;") && !page.contains("<img src=x"), "{name}");
    }
}

// ---- exports ------------------------------------------------------------------------

#[test]
fn an_export_is_the_same_call_on_another_machine_and_holds_no_text() {
    let home = Home::empty();
    let customer = Reference::new("C-4711", Mode::Hashed, &home.key()).unwrap();
    let note = Some("MARKER of a note".to_owned());
    home.fill(&[NewCall { customer, note, ..call() }]);
    let ended = home.run(&["calls", "export", "--out", "out"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{}", ended.err);
    assert!(ended.err.contains("1 call written to out"), "{}", ended.err);
    let files: Vec<_> = fs::read_dir(home.path("out")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&files[0]).unwrap();
    for private in ["MARKER", "711", "usb-mic", "usb-headset"] {
        assert!(!text.contains(private), "{private}");
    }
    let elsewhere = Home::empty();
    let here = home.json(&["report", "day", "2026-11-22", "--json"]);
    let there = elsewhere.json(&["report", "day", home.path("out").to_str().unwrap(), "--json"]);
    assert_eq!(here, there);
}

#[test]
fn an_export_overwrites_nothing_unless_it_is_told_to() {
    let home = Home::new();
    let export = ["calls", "export", "--out", "out", "1"];
    home.done(&export);
    home.refused(&export, 73, "already there");
    home.done(&[&export[..], &["--force", "--customer"]].concat());
    home.refused(&["calls", "export", "--out", "out", "--agent", "cleo"], 66, "no such call has ended");
}

#[test]
fn a_copy_is_whole_private_and_never_over_another() {
    let home = Home::new();
    home.done(&["calls", "backup", "copy.db"]);
    let copy = home.path("copy.db");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let calls: i64 = rusqlite::Connection::open(&copy)
        .unwrap()
        .query_row("SELECT count(*) FROM calls", [], |row| row.get(0))
        .unwrap();
    assert_eq!(calls, 1);
    home.refused(&["calls", "backup", "copy.db"], 73, "already there");
    home.refused(&["calls", "backup", "nowhere/copy.db"], 73, "no such folder");
    assert!(!home.path("copy.db.part").exists());
}

// ---- changes ------------------------------------------------------------------------

#[test]
fn a_removed_call_leaves_no_trace_in_any_file() {
    let home = Home::empty();
    let note = Some("MARKER of a note".to_owned());
    home.fill(&[NewCall { note, external_id: Some("MARKER-17".into()), ..call() }, call()]);
    // So that the next writer makes a copy with the call in it.
    fs::remove_dir_all(home.state().join("backups")).unwrap();
    home.done(&["calls", "note", "2", "another"]);
    assert!(2 <= holding(home.0.path(), "MARKER").len(), "a copy holds it too");
    home.refused(&["calls", "rm", "1", "3", "--yes"], 66, "no call `3`");
    assert!(!holding(home.0.path(), "MARKER").is_empty(), "all or nothing");
    home.refused(&["calls", "rm", "1"], 2, "no terminal to ask on");
    assert_eq!(home.done(&["calls", "rm", "1", "1", "--yes"]), "removed call 1, 2026-11-22 14:03\n");
    assert_eq!(holding(home.0.path(), "MARKER"), Vec::<PathBuf>::new());
    assert_eq!(home.json(&["calls", "list", "--json"])["calls"].as_array().unwrap().len(), 1);
}

#[test]
fn what_a_removal_cannot_reach_is_said() {
    let home = Home::new();
    let aside = home.state().join("quarantine");
    fs::create_dir_all(&aside).unwrap();
    fs::write(aside.join("damaged-20261122T140000Z.db"), "?").unwrap();
    let ended = home.run(&["calls", "rm", "1", "--yes"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.out.contains("  still there: perhaps in ") && ended.out.contains("delete that file"),
        "{}",
        ended.out
    );
}

#[test]
fn notes_and_verdicts_are_kept_without_a_daemon() {
    let home = Home::new();
    assert_eq!(home.done(&["calls", "note", "1", "transferred"]), "noted for call 1, 2026-11-22 14:03\n");
    assert_eq!(home.json(&["calls", "list", "--json"])["calls"][0]["note"], "transferred");
    home.refused(&["calls", "note", "1", ""], 2, "`text`");
    home.done(&["calls", "allow", "linphone"]);
    home.done(&["calls", "never", "Zoom"]);
    home.done(&["calls", "never", "linphone"]);
    let programs = home.done(&["calls", "programs"]);
    let lines: Vec<&str> = programs.lines().collect();
    assert!(lines[1].starts_with("Zoom") && lines[2].starts_with("linphone  never count"), "{programs}");
    assert_eq!(home.json(&["calls", "programs", "--json"])["programs"][0]["calls"], "never");
}

#[test]
fn whoever_has_the_lock_is_not_disturbed() {
    let home = Home::new();
    let lock = store::Lock::take(&home.state().join("evenkeel.lock")).unwrap();
    home.refused(&["calls", "note", "1", "transferred"], 75, "already runs");
    drop(lock);
    home.done(&["calls", "note", "1", "transferred"]);
}

#[test]
fn while_a_daemon_runs_it_does_what_is_asked() {
    let home = Home::new();
    let uid = Reader::open(&home.data()).unwrap().find("1").unwrap().uid.to_string();
    let runtime = home.path("run/evenkeel");
    fs::create_dir_all(&runtime).unwrap();
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).unwrap();
    let (orders_in, orders) = crossbeam_channel::bounded(ORDERS);
    let socket = runtime.join("ctl.sock");
    let server = serve(&socket, orders_in, Publisher::new(Status::default()), Notices::new()).unwrap();
    let obey = std::thread::spawn(move || {
        let mut taken = Vec::new();
        for asked in orders {
            let remains = matches!(asked.what, Do::CallRemove { .. }).then(|| vec!["in a drawer".to_owned()]);
            taken.push(asked.what);
            asked.reply.done(Answer { remains, ..Answer::done() });
        }
        taken
    });
    home.done(&["calls", "note", "1", "transferred"]);
    home.done(&["calls", "allow", "linphone"]);
    let removed = home.run(&["calls", "rm", "1", "--yes"]);
    assert_eq!(
        (removed.code, removed.out.contains("still there: in a drawer")),
        (1, true),
        "{}",
        removed.out
    );
    drop(server);
    let taken = obey.join().unwrap();
    let [Do::CallNote { call, text }, Do::Program { name, allow: true }, Do::CallRemove { call: gone }] =
        &taken[..]
    else {
        panic!("{taken:?}")
    };
    assert_eq!((call.as_deref(), text.expose()), (Some(uid.as_str()), "transferred"));
    assert_eq!((name.as_str(), gone.as_str()), ("linphone", uid.as_str()));
    // Nothing was done beside it.
    assert_eq!(home.json(&["calls", "list", "--json"])["calls"][0]["note"], Value::Null);
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let home = Home::empty();
    let calls = ["list", "show", "export", "rm", "note", "allow", "never", "programs", "backup"];
    let all = calls.iter().map(|name| vec!["calls", name, "--help"]);
    for args in all.chain([vec!["calls", "--help"], vec!["replay", "--help"], vec!["report", "--help"]]) {
        let help = home.done(&args);
        assert!(help.contains("Example") && help.contains("  evenkeel "), "{args:?}: {help}");
    }
}
