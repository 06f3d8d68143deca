//! The real daemon beside a private sound server, driven as a person would.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sound::{HEADSET, MICROPHONE, MICROPHONE_FEED, Sound, until};

/// The program under test.
pub(crate) const EVENKEEL: &str = env!("CARGO_BIN_EXE_evenkeel");

/// A running daemon; it is stopped with this value.
pub(crate) struct Daemon<'a> {
    pub(crate) sound: &'a Sound,
    pub(crate) child: Child,
    log: PathBuf,
}

impl<'a> Daemon<'a> {
    /// Starts it on the virtual headset and waits until it answers.
    pub(crate) fn start(sound: &'a Sound, arguments: &[&str]) -> Self {
        Self::start_with(sound, arguments, |_| ())
    }

    /// The same with more to its environment.
    pub(crate) fn start_with(sound: &'a Sound, arguments: &[&str], more: impl Fn(&mut Command)) -> Self {
        let log = sound.home().join("daemon.log");
        let file = fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = sound.command(EVENKEEL);
        command.arg("run");
        command.args(["--set", &format!("capture.microphone={MICROPHONE}")]);
        command.args(["--set", &format!("capture.headset={HEADSET}")]);
        command.args(arguments).stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        more(&mut command);
        let mut daemon = Self { sound, child: command.spawn().unwrap(), log };
        daemon.until("the daemon answers", |d| d.ctl(&["status", "--json"]).status.success());
        daemon
    }

    /// `evenkeel ctl ...`
    pub(crate) fn ctl(&self, arguments: &[&str]) -> Output {
        self.sound.command(EVENKEEL).arg("ctl").args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    pub(crate) fn ctl_ok(&self, arguments: &[&str]) {
        let out = self.ctl(arguments);
        assert!(out.status.success(), "ctl {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    /// `evenkeel ctl ...` with something on its standard input.
    pub(crate) fn ctl_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.sound.command(EVENKEEL);
        command
            .arg("ctl")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Any other command of the program, in the daemon's own folders.
    pub(crate) fn evenkeel(&self, arguments: &[&str]) -> String {
        let out = self.sound.command(EVENKEEL).args(arguments).stdin(Stdio::null()).output().unwrap();
        let error = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "evenkeel {arguments:?}: {error}");
        String::from_utf8(out.stdout).unwrap()
    }

    pub(crate) fn status(&self) -> Value {
        let out = self.ctl(&["status", "--json"]);
        serde_json::from_slice(&out.stdout)
            .unwrap_or_else(|e| panic!("{e}: {}\n{}", String::from_utf8_lossy(&out.stdout), self.log()))
    }

    /// Waits until something is so, at most twenty seconds; shows the log otherwise.
    pub(crate) fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !so(self) {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the daemon ended ({status}) before: {what}\n{}", self.log());
            }
            assert!(start.elapsed() < Duration::from_secs(20), "still not: {what}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it as a service manager would, and waits.
    pub(crate) fn stop(mut self) -> String {
        self.ctl_ok(&["stop"]);
        until("the daemon ends", Duration::from_secs(10), || self.child.try_wait().unwrap().is_some());
        self.log()
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Plays both sides of a stereo file, or a part of it, at once: the agent into
/// the microphone, the customer into the headset.
pub(crate) fn play_call(sound: &Sound, file: &Path, seconds: &str) -> Vec<Child> {
    [(MICROPHONE_FEED, "1"), (HEADSET, "2")]
        .map(|(sink, channel)| {
            let part = sound.home().join(format!("{sink}.wav"));
            let made = Command::new("sox")
                .arg(file)
                .arg(&part)
                .args(["remix", channel, "trim", "0", seconds])
                .status();
            assert!(made.unwrap().success());
            sound.play(sink, &part)
        })
        .into()
}

/// A process that is ended with this value.
pub(crate) struct Loose(pub(crate) Child);

impl Drop for Loose {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
