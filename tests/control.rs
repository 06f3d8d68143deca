//! The control socket from outside: a real server and real clients over a
//! socket in a folder of their own, and a thread that obeys in place of the one
//! that owns the call.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use evenkeel::control::{
    Answer, Asked, CallStatus, Client, ClientError, Code, Do, Heard, LONGEST, Notice, Notices, ORDERS,
    Publisher, Refusal, ServeError, Server, Status, serve,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server with a thread behind it that obeys.
struct Daemon {
    folder: TempDir,
    server: Option<Server>,
    status: Publisher<Status>,
    notices: Notices,
    obeying: Option<JoinHandle<()>>,
}

impl Daemon {
    /// One that obeys as this says.
    fn obeying(obey: impl FnMut(Asked) + Send + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (orders, asked) = crossbeam_channel::bounded(ORDERS);
        let obeying = std::thread::spawn(move || asked.iter().for_each(obey));
        let status = Publisher::new(Status { version: "last".into(), ..Status::default() });
        let notices = Notices::new();
        let path = folder.path().join("evenkeel/ctl.sock");
        let server = serve(&path, orders, status.clone(), notices.clone()).unwrap();
        Self { folder, server: Some(server), status, notices, obeying: Some(obeying) }
    }

    /// One that does what it is told.
    fn new() -> Self {
        Self::obeying(obey)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("evenkeel/ctl.sock")
    }

    fn client(&self) -> Client {
        Client::connect(&self.path()).unwrap()
    }

    /// A connection by hand, past the greeting.
    fn raw(&self) -> Raw {
        let stream = UnixStream::connect(self.path()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut raw = Raw { from: BufReader::new(stream.try_clone().unwrap()), to: stream };
        assert_eq!(raw.line()["protocol"], 1);
        raw
    }

    /// The program with this daemon's socket.
    fn program(&self, line: &str, input: &str) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        command.env("XDG_RUNTIME_DIR", self.folder.path()).args(line.split_whitespace());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may end without having read anything.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        told(&child.wait_with_output().unwrap())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.server.take());
        // It ends with the last order.
        self.obeying.take().unwrap().join().unwrap();
    }
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// Answers as the daemon would.
fn obey(Asked { what, reply }: Asked) {
    match what {
        Do::Status => {
            let call = Some(CallStatus { id: "7".into(), ..CallStatus::default() });
            let status = Status { version: "now".into(), call, ..Status::default() };
            reply.done(Answer { status: Some(Box::new(status)), ..Answer::done() });
        }
        Do::CallStart { customer_ref, .. } => {
            // Only to see that it came: a daemon never says it again.
            let length = customer_ref.map_or(0, |text| text.expose().len());
            reply.done(Answer { call: Some(format!("of {length}")), ..Answer::done() });
        }
        Do::CallEnd => reply.refuse(Refusal::new(Code::NoCall, "no call is on")),
        Do::Pause { for_s } => reply.done(Answer { for_s: for_s.or(Some(120.0)), ..Answer::done() }),
        _ => reply.done(Answer::done()),
    }
}

struct Raw {
    from: BufReader<UnixStream>,
    to: UnixStream,
}

impl Raw {
    fn send(&mut self, bytes: &[u8]) {
        self.to.write_all(bytes).unwrap();
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or(Value::Null)
    }

    fn ask(&mut self, line: &str) -> Value {
        self.send(format!("{line}\n").as_bytes());
        self.line()
    }

    /// Whether the server has closed it.
    fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        self.from.read_to_end(&mut rest).is_ok()
    }
}

#[test]
fn an_order_is_answered_under_its_own_number() {
    let daemon = Daemon::new();
    let mut raw = daemon.raw();
    assert_eq!(raw.ask(r#"{"id":3,"do":"pause","for_s":60}"#), json!({ "id": 3, "ok": { "for_s": 60.0 } }));
    assert_eq!(raw.ask(r#"{"id":"b","do":"resume"}"#), json!({ "id": "b", "ok": {} }));
    let refused = raw.ask(r#"{"id":4,"do":"call.end"}"#);
    assert_eq!(refused, json!({ "id": 4, "error": { "code": "no_call", "message": "no call is on" } }));
}

#[test]
fn a_client_gives_orders_and_understands_refusals() {
    let daemon = Daemon::new();
    let mut client = daemon.client();
    assert_eq!(client.ask(&Do::Pause { for_s: None }).unwrap().for_s, Some(120.0));
    assert!(matches!(client.ask(&Do::CallEnd), Err(ClientError::Refused(r)) if r.code == Code::NoCall));
    assert_eq!(client.status().unwrap().call.unwrap().id, "7");
}

#[test]
fn without_the_daemons_own_word_status_is_the_last_one_with_its_age() {
    // Orders are held and never answered.
    let mut held = Vec::new();
    let daemon = Daemon::obeying(move |asked| held.push(asked));
    let status = daemon.client().status().unwrap();
    assert_eq!(status.version, "last");
    assert!(status.stale_s.is_some());
    daemon.status.set(Status { version: "later".into(), ..Status::default() });
    assert_eq!(daemon.client().status().unwrap().version, "later");
}

#[test]
fn a_daemon_that_has_not_told_anything_yet_is_waited_for() {
    let mut first = None;
    let daemon = Daemon::obeying(move |asked| match &first {
        None => first = Some(asked),
        Some(_) => obey(asked),
    });
    daemon.status.set(Status::default());
    let status = daemon.client().status().unwrap();
    assert_eq!((status.version.as_str(), status.stale_s), ("now", None));
}

#[test]
fn an_order_that_is_dropped_is_said_to_be_lost() {
    let daemon = Daemon::obeying(drop);
    let error = daemon.client().ask(&Do::Resume).unwrap_err();
    assert!(matches!(error, ClientError::Refused(refusal) if refusal.code == Code::Bug));
}

#[test]
fn whoever_watches_gets_the_full_state_and_then_everything_in_order() {
    let daemon = Daemon::new();
    let mut client = daemon.client();
    assert!(!daemon.notices.anyone());
    assert_eq!(client.watch().unwrap().version, "now");
    assert!(daemon.notices.anyone());
    for left in [2.0, 1.0] {
        daemon.notices.tell(Notice::Paused { left_s: left });
    }
    daemon.notices.tell(Notice::Resumed);
    let heard: Vec<_> = (0..3).map(|_| client.hear().unwrap()).collect();
    let expected = [Notice::Paused { left_s: 2.0 }, Notice::Paused { left_s: 1.0 }, Notice::Resumed];
    assert_eq!(heard, expected.map(Heard::Notice));
}

#[test]
fn whoever_watches_can_give_orders_too() {
    let daemon = Daemon::new();
    let mut client = daemon.client();
    client.watch().unwrap();
    daemon.notices.tell(Notice::Resumed);
    assert!(client.ask(&Do::Dismiss).is_ok());
}

#[test]
fn a_watcher_that_is_too_slow_is_told_how_much_it_missed_and_the_full_state() {
    const TOLD: u64 = 2000;
    let daemon = Daemon::new();
    let mut raw = daemon.raw();
    assert!(raw.ask(r#"{"id":1,"do":"watch"}"#)["ok"]["status"].is_object());
    // More than the socket holds; nothing is read meanwhile.
    for _ in 0..TOLD {
        daemon.notices.tell(Notice::ReloadRefused { error: "x".repeat(4000) });
    }
    let (mut heard, mut missed) = (0, 0);
    // Every notice is either heard or counted, and the full state follows a count.
    while heard + missed < TOLD {
        let line = raw.line();
        if let Some(more) = line["lagged"].as_u64() {
            missed += more;
            assert_eq!(raw.line()["notice"]["status"]["version"], "now");
        } else {
            assert_eq!(line["notice"]["what"], "reload_refused");
            heard += 1;
        }
    }
    assert!(0 < missed && heard + missed == TOLD, "{heard} heard, {missed} missed");
    daemon.notices.tell(Notice::Resumed);
    assert_eq!(raw.line()["notice"]["what"], "resumed");
}

#[test]
fn lines_that_are_no_requests_are_refused_and_the_next_one_is_obeyed() {
    let daemon = Daemon::new();
    let mut raw = daemon.raw();
    let lines: [&[u8]; 9] = [
        b"",
        b"\0\0\0",
        b"\xff\xfe",
        b"{",
        b"[1]",
        b"\"do\"",
        b"{\"id\":1}",
        b"GET / HTTP/1.1\r",
        b"{\"id\":{\"a\":1},\"do\":\"stop\"}",
    ];
    for line in lines {
        raw.send(line);
        raw.send(b"\n");
        assert_eq!(raw.line()["error"]["code"], "bad_request", "{}", String::from_utf8_lossy(line));
    }
    assert_eq!(raw.ask(r#"{"id":1,"do":"stpo"}"#)["error"]["code"], "unknown_order");
    assert_eq!(raw.ask(r#"{"id":1,"do":"stop","now":true}"#)["error"]["code"], "bad_request");
    assert_eq!(
        raw.ask(&format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000)))["error"]["code"],
        "bad_request"
    );
    assert_eq!(raw.ask(r#"{"id":2,"do":"resume"}"#), json!({ "id": 2, "ok": {} }));
}

#[test]
fn a_line_that_is_too_long_ends_its_own_connection_and_no_other() {
    let daemon = Daemon::new();
    let (mut long, mut other) = (daemon.raw(), daemon.raw());
    // The server may close before it has taken all.
    let _ = long.to.write_all(&vec![b'x'; 1_000_000]);
    assert_eq!(other.ask(r#"{"id":1,"do":"resume"}"#)["id"], 1);
    let mut taken = daemon.raw();
    let padding = " ".repeat(LONGEST - 24);
    assert_eq!(taken.ask(&format!(r#"{{"id":1,"do":"resume"{padding}}}"#))["id"], 1);
}

#[test]
fn half_lines_and_silence_hold_up_nobody_and_are_sent_away() {
    let daemon = Daemon::new();
    let (mut half, mut silent) = (daemon.raw(), daemon.raw());
    half.send(br#"{"id":1,"do":"sto"#);
    assert!(daemon.client().ask(&Do::Resume).is_ok());
    // The server closes both within its patience.
    assert!(half.is_closed() && silent.is_closed());
}

#[test]
fn a_crowd_that_says_nothing_keeps_nobody_out_for_long() {
    let daemon = Daemon::new();
    let _crowd: Vec<_> = (0..100).map(|_| UnixStream::connect(daemon.path()).unwrap()).collect();
    let began = Instant::now();
    let answered = loop {
        // A client gives up after a second and tries again, as a person would.
        if let Ok(mut client) = Client::connect(&daemon.path()) {
            break client.ask(&Do::Resume).is_ok();
        }
        assert!(began.elapsed() < Duration::from_secs(60));
    };
    assert!(answered);
}

#[test]
fn a_client_that_goes_without_a_word_hurts_nobody() {
    let daemon = Daemon::new();
    for _ in 0..50 {
        let mut raw = daemon.raw();
        raw.send(b"{\"id\":1,\"do\":\"watch\"}\n{\"id\":2,\"do\":\"resume\"}\n");
    }
    assert!(daemon.client().ask(&Do::Resume).is_ok());
}

#[test]
fn while_too_many_orders_wait_the_next_ones_wait_too_and_all_are_obeyed() {
    let (go, wait) = crossbeam_channel::bounded::<()>(0);
    let daemon = Daemon::obeying(move |asked| {
        // Until the test has sent all of them.
        let _ = wait.recv();
        obey(asked);
    });
    let mut clients: Vec<_> = (0..ORDERS + 8).map(|_| daemon.raw()).collect();
    for client in &mut clients {
        client.send(b"{\"id\":1,\"do\":\"resume\"}\n");
    }
    drop(go);
    assert!(clients.iter_mut().all(|client| client.line()["ok"].is_object()));
}

#[test]
fn at_the_end_watchers_are_told_and_the_socket_is_gone() {
    let mut daemon = Daemon::new();
    let mut client = daemon.client();
    client.watch().unwrap();
    daemon.server.take().unwrap().stop();
    assert_eq!(client.hear().unwrap(), Heard::Notice(Notice::Stopping));
    assert!(matches!(client.hear(), Err(ClientError::Ended)));
    assert!(matches!(Client::connect(&daemon.path()), Err(ClientError::NotRunning)));
}

#[test]
fn there_is_one_server_and_the_second_says_so() {
    let daemon = Daemon::new();
    let (orders, _asked) = crossbeam_channel::bounded(ORDERS);
    let second = serve(&daemon.path(), orders, Publisher::new(Status::default()), Notices::new());
    assert!(matches!(second, Err(ServeError::Running { .. })));
    assert!(daemon.client().ask(&Do::Resume).is_ok());
}

#[test]
fn a_socket_that_a_crash_left_behind_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ctl.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(matches!(Client::connect(&path), Err(ClientError::NotRunning)));
    let (orders, _asked) = crossbeam_channel::bounded(ORDERS);
    let _server = serve(&path, orders, Publisher::new(Status::default()), Notices::new()).unwrap();
    assert!(Client::connect(&path).is_ok());
}

#[test]
fn a_daemon_of_another_protocol_is_named_with_both_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ctl.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let other = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"{\"evenkeel\":\"9.9.9\",\"protocol\":2}\n").unwrap();
    });
    let error = Client::connect(&path).unwrap_err();
    assert!(matches!(&error, ClientError::Protocol { theirs, protocol: 2 } if theirs == "9.9.9"), "{error}");
    assert!(error.to_string().contains("protocol 1"));
    other.join().unwrap();
    let asked = Daemon::new().raw().ask(r#"{"id":1,"do":"status","protocol":2}"#);
    assert_eq!(asked["error"]["code"], "protocol");
}

#[test]
fn a_daemon_that_is_stopped_does_not_keep_a_client_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ctl.sock");
    let _listener = UnixListener::bind(&path).unwrap();
    assert!(matches!(Client::connect(&path), Err(ClientError::Silent)));
}

#[test]
fn a_thousand_orders_take_this_long() {
    let daemon = Daemon::new();
    let mut client = daemon.client();
    let mut kept: Vec<_> = (0..1000).map(|_| timed(|| client.ask(&Do::Resume).is_ok())).collect();
    let mut fresh: Vec<_> = (0..1000).map(|_| timed(|| daemon.client().ask(&Do::Resume).is_ok())).collect();
    println!("one connection: {}", spread(&mut kept));
    println!("each its own:   {}", spread(&mut fresh));
}

fn timed(done: impl FnOnce() -> bool) -> Duration {
    let began = Instant::now();
    assert!(done());
    began.elapsed()
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    format!("p50 {:?}, p95 {:?}, p99 {:?}, most {:?}", at(50), at(95), at(99), at(100))
}

#[test]
fn the_program_without_a_daemon_says_so_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for line in ["ctl status", "ctl pause", "ctl call start --customer-ref -", "ctl watch --json"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        command.env("XDG_RUNTIME_DIR", folder.path()).args(line.split_whitespace()).stdin(Stdio::piped());
        let (code, out, err) = told(&command.output().unwrap());
        assert_eq!((code, out.as_str()), (69, ""), "{line}");
        assert_eq!(err, "error: evenkeel is not running; start it with `evenkeel run`\n");
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing is kept for later");
}

#[test]
fn the_program_says_what_came_of_an_order() {
    let daemon = Daemon::new();
    assert_eq!(
        daemon.program("ctl pause", ""),
        (
            0,
            "paused for 2 min: nothing is heard or kept; `evenkeel ctl resume` ends it\n".into(),
            String::new()
        )
    );
    assert_eq!(daemon.program("ctl call end", ""), (66, String::new(), "error: no call is on\n".into()));
    assert_eq!(daemon.program("ctl pause 0", "").0, 2);
    let (code, out, _) = daemon.program("ctl status", "");
    assert!(code == 0 && out.starts_with("evenkeel now, running for 0 s"), "{out}");
    assert!(!out.contains('\u{1b}'), "no colours where nobody looks");
    let (_, json, _) = daemon.program("ctl status --json", "");
    assert_eq!(serde_json::from_str::<HashMap<String, Value>>(&json).unwrap()["version"], "now");
}

#[test]
fn who_the_customer_is_comes_on_standard_input_and_is_never_said_again() {
    let daemon = Daemon::new();
    let start = "ctl call start --customer-ref -";
    assert_eq!(daemon.program(start, "ACME-4711\n").1, "call of 9 begins\n");
    let long = "ACME".repeat(40);
    for (line, input) in [
        (start, long.as_str()),
        (start, "ACME\u{1b}[1m\n"),
        (start, ""),
        ("ctl call start --customer-ref ACME", ""),
    ] {
        let (code, out, err) = daemon.program(line, input);
        assert_eq!((code, out.as_str()), (2, ""), "{line}: {err}");
        assert!(!err.contains("ACME"), "{err}");
    }
}

#[test]
fn what_is_watched_as_json_begins_with_the_state_and_ends_with_the_daemon() {
    let mut daemon = Daemon::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.env("XDG_RUNTIME_DIR", daemon.folder.path()).args(["ctl", "watch", "--json"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut what = || -> Value {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        line["what"].clone()
    };
    assert_eq!(what(), "status");
    daemon.notices.tell(Notice::Quiet { on: true });
    assert_eq!(what(), "quiet");
    daemon.server.take().unwrap().stop();
    assert_eq!(what(), "stopping");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn every_order_of_the_command_line_has_help() {
    for line in ["ctl", "ctl call", "ctl call start", "ctl pause", "ctl watch", "ctl quiet"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        let (code, out, _) = told(&command.args(line.split(' ')).arg("--help").output().unwrap());
        assert!(code == 0 && out.contains("Example"), "{line}: {out}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_every_line_has_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        thread_local!(static DAEMON: Daemon = Daemon::new());
        DAEMON.with(|daemon| {
            let mut raw = daemon.raw();
            raw.send(&bytes);
            raw.send(b"\n");
            for _ in bytes.split(|byte| *byte == b'\n') {
                let answer = raw.line();
                assert!(answer["error"].is_object() || answer["ok"].is_object(), "{answer}");
            }
        });
    }

    #[test]
    fn whatever_fields_an_order_has_it_is_answered(name in prop::sample::select(Do::NAMES.to_vec()), key in "[a-z_]{0,8}", value in any::<String>()) {
        thread_local!(static DAEMON: Daemon = Daemon::new());
        DAEMON.with(|daemon| {
            let line = json!({ "id": 1, "do": name, key: value }).to_string();
            let answer = daemon.raw().ask(&line);
            assert!(answer["error"].is_object() || answer["ok"].is_object(), "{answer}");
        });
    }
}
