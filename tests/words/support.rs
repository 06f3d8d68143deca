//! A daemon that plays a part of the sample call to itself, in folders of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use evenkeel::app::daemon::play;
use evenkeel::audio::StereoSide;
use evenkeel::control::{Client, RecogniserStatus, Status};
use evenkeel::core::units::RATE;
use evenkeel::store::{Filter, Reader, StoredCall};
use tempfile::TempDir;

use super::wav;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_evenkeel");
pub(crate) const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sample-call.flac");
/// Longer than any wait that is not a failure.
pub(crate) const LONG: Duration = Duration::from_secs(100);

/// Folders of a test's own, with a script in them and a part of the sample call.
pub(crate) struct Home(TempDir);

impl Home {
    /// The recogniser hears what the script says, in so many seconds of the call.
    pub(crate) fn new(script: &str, seconds: usize) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::write(home.path("script.json"), script).unwrap();
        fs::create_dir(home.path("run")).unwrap();
        write_part(&home.path("call.wav"), seconds);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let own = self.path("evenkeel");
        let mut command = if own.exists() { Command::new(own) } else { Command::new(PROGRAM) };
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("EVENKEEL_") {
                command.env_remove(name);
            }
        }
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            command.env(name, self.path(folder));
        }
        command.env("HOME", self.0.path()).current_dir(self.0.path()).args(args);
        command
    }

    /// From here on the program has a file of its own here, which may be replaced.
    pub(crate) fn with_own_program(self) -> Self {
        let own = self.path("evenkeel");
        // Where it may be linked it need not be copied.
        if fs::hard_link(PROGRAM, &own).is_err() {
            fs::copy(PROGRAM, &own).unwrap();
        }
        self
    }

    pub(crate) fn output(&self, args: &[&str]) -> String {
        let out = self.command(args).stdin(Stdio::null()).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// Plays the call, and ends with it.
    pub(crate) fn play(&self, more: &[&str]) -> Playing<'_> {
        let mut args = vec!["run", "--play", "call.wav", "--set", "transcript.model=script.json"];
        args.extend(["--set", "show.notifications=false"]);
        args.extend(more);
        let log = fs::File::create(self.path("log")).unwrap();
        let mut command = self.command(&args);
        // A group of processes of its own, as each command in a terminal has.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn();
        Playing { home: self, child: child.unwrap() }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The only call there is.
    pub(crate) fn call(&self) -> StoredCall {
        let reader = Reader::open(&self.path("data/evenkeel")).unwrap();
        let lines = reader.calls(&Filter::default()).unwrap();
        assert_eq!(lines.len(), 1);
        reader.call(&lines[0].id.to_string()).unwrap()
    }
}

fn write_part(path: &Path, seconds: usize) {
    let sides = play::read(SAMPLE.as_ref(), StereoSide::Left).unwrap();
    let samples = (seconds * RATE as usize).min(sides.agent.len());
    wav::write(path, &sides.agent[..samples], &sides.customer[..samples]).unwrap();
}

/// A daemon in a call; it is killed with this value.
pub(crate) struct Playing<'a> {
    home: &'a Home,
    child: Child,
}

impl Playing<'_> {
    pub(crate) fn status(&self) -> Option<Status> {
        Client::connect(&self.home.path("run/evenkeel/ctl.sock")).ok()?.status().ok()
    }

    /// Waits until the recogniser stands like this.
    pub(crate) fn until(&mut self, what: &str, so: impl Fn(&RecogniserStatus) -> bool) -> RecogniserStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.status().map(|status| status.recogniser).filter(&so) {
                return status;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < LONG, "never: {what}\n{}", self.home.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal to the recogniser, whose process there is one of.
    pub(crate) fn signal(&mut self, signal: &str) -> u32 {
        let status = self.until("it hears something", |r| is_busy(r) && r.processes.len() == 1);
        let process = status.processes[0];
        let done = Command::new("kill").args([signal, &process.to_string()]).status().unwrap();
        assert!(done.success());
        process
    }

    /// Ctrl-C in its terminal: a signal to its whole group.
    pub(crate) fn interrupt(&self) {
        let group = format!("-{}", self.child.id());
        assert!(Command::new("kill").args(["-INT", "--", &group]).status().unwrap().success());
    }

    /// Until the call and all its words are over.
    pub(crate) fn finish(mut self) {
        let begun = Instant::now();
        let ended = loop {
            match self.child.try_wait().unwrap() {
                Some(ended) => break ended,
                None => assert!(begun.elapsed() < LONG, "it never ends\n{}", self.home.log()),
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        assert!(ended.success(), "{}", self.home.log());
    }
}

impl Drop for Playing<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn is_busy(recogniser: &RecogniserStatus) -> bool {
    recogniser.state == evenkeel::control::RecogniserState::Busy
}
