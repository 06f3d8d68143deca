//! The full-screen view in a real pseudo-terminal, beside a real daemon.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::daemon::Daemon;
use crate::display::{until, within};
use crate::pill::EVENKEEL;

/// The first nudge of the sample call comes in its 51st second.
const FIRST: Duration = Duration::from_secs(90);

struct View {
    child: Child,
    keys: ChildStdin,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl View {
    /// `script` gives it a terminal of 80 by 24.
    fn open(daemon: &Daemon, arguments: &str) -> Self {
        let line = format!("stty cols 80 rows 24; exec {EVENKEEL} live {arguments}");
        let mut command = daemon.beside("script");
        command.args(["-qec", &line, "/dev/null"]).env("TERM", "xterm-256color").env("SHELL", "/bin/sh");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (keys, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let shown = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(read @ 1..) = out.read(&mut chunk) {
                to.lock().unwrap().extend_from_slice(&chunk[..read]);
            }
        });
        Self { child, keys, shown }
    }

    fn shows(&self, text: &str) -> bool {
        // Cells that did not change are skipped, and blanks are cells: only words are whole.
        String::from_utf8_lossy(&self.shown.lock().unwrap()).contains(text)
    }

    fn ends(&mut self) {
        let mut status = None;
        until("it has ended", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        assert!(status.unwrap().success(), "{status:?}");
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let shown = self.shown.lock().unwrap();
            println!("shown: {:?}", String::from_utf8_lossy(&shown[shown.len().saturating_sub(3_000)..]));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs a pseudo-terminal, and a minute"]
fn the_view_shows_the_call_obeys_keys_and_gives_the_terminal_back() {
    let daemon = Daemon::start(None, "", &[]);
    let mut view = View::open(&daemon, "");
    until("the lanes are seen", || view.shows("customer") && view.shows("pace"));
    view.press("q");
    until("it is quiet", || daemon.status()["quiet"] == true);
    view.press("q");
    until("it is quiet no more", || daemon.status()["quiet"] == false);
    within(FIRST, "a nudge is seen", || view.shows("finish"));
    view.press("w");
    until("it says what came of it", || view.shows("was wrong"));
    view.press("x");
    view.ends();
    until("the terminal is as it was", || view.shows("\u{1b}[?1049l"));
    assert!(!daemon.status()["call"].is_null(), "the call is gone");
}

#[test]
#[ignore = "needs a pseudo-terminal"]
fn it_leaves_with_the_call_where_that_is_asked_for() {
    let daemon = Daemon::start(None, "", &[]);
    let mut view = View::open(&daemon, "--once");
    until("the lanes are seen", || view.shows("customer"));
    daemon.ctl(&["call", "end"]);
    view.ends();
}

#[test]
#[ignore = "needs a pseudo-terminal"]
fn it_ends_with_a_terminal_whose_end_no_signal_tells() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("number");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-call.flac");
    // In a session of its own it is told nothing.
    let inner =
        format!("echo $$ >{}; exec {EVENKEEL} analyze --realtime {}", told.display(), sample.display());
    let line = format!("stty cols 80 rows 24; exec setsid -w sh -c '{inner}'");
    let mut terminal = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh")
        .env("HOME", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = terminal.stdout.take().unwrap();
    let mut shown = [0; 512];
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("\u{1b}[?1049h") {
        let read = out.read(&mut shown).unwrap();
        assert_ne!(read, 0, "it ended at once: {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&shown[..read]);
    }
    let number: u32 = std::fs::read_to_string(&told).unwrap().trim().parse().unwrap();
    terminal.kill().unwrap();
    terminal.wait().unwrap();
    // What nobody waits for stays as a name.
    let on = |number: u32| {
        let status = std::fs::read_to_string(format!("/proc/{number}/status")).unwrap_or_default();
        !(status.is_empty() || status.contains("(zombie)"))
    };
    let took = until("it has ended", || !on(number));
    println!("terminal closed, and ended after {} ms", took.as_millis());
}
