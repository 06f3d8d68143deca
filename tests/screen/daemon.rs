//! The real daemon with a call that is played to it, in private folders.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::display::until;
use crate::pill::EVENKEEL;

/// A running daemon; it ends with this value.
pub(crate) struct Daemon {
    pub(crate) child: Child,
    home: TempDir,
}

impl Daemon {
    /// With the sample call at its own pace, on a machine whose service manager
    /// knows of this display.
    pub(crate) fn start(display: Option<&str>, session: &str, set: &[&str]) -> Self {
        let home = TempDir::with_prefix("evenkeel-screen-").unwrap();
        service_manager(home.path(), session);
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-call.flac");
        let mut command = Self::command(&home);
        command.args(["run", "--play"]).arg(sample);
        for set in set {
            command.args(["--set", set]);
        }
        if let Some(display) = display {
            command.env("DISPLAY", display);
        }
        let log = fs::File::create(home.path().join("log")).unwrap();
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let daemon = Self { child: command.spawn().unwrap(), home };
        until("a call is on", || !daemon.status()["call"].is_null());
        daemon
    }

    /// Another program, in the same folders.
    pub(crate) fn beside(&self, program: &str) -> Command {
        Self::of(program, &self.home)
    }

    fn command(home: &TempDir) -> Command {
        Self::of(EVENKEEL, home)
    }

    fn of(program: &str, home: &TempDir) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:{}", home.path().display(), std::env::var("PATH").unwrap());
        command.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path()).env("PATH", path);
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "DISPLAY", "WAYLAND_DISPLAY"] {
            command.env_remove(name);
        }
        // No bus, and so no notifications.
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        command
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.home.path().join("evenkeel/ctl.sock")
    }

    pub(crate) fn ctl(&self, arguments: &[&str]) -> String {
        let out = Self::command(&self.home).arg("ctl").args(arguments).stdin(Stdio::null()).output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    }

    pub(crate) fn status(&self) -> Value {
        serde_json::from_str(&self.ctl(&["status", "--json"])).unwrap_or_default()
    }

    /// What `status` says of a surface.
    pub(crate) fn surface(&self, name: &str) -> Value {
        let status = self.status();
        let surfaces = status["surfaces"].as_array().cloned().unwrap_or_default();
        surfaces.into_iter().find(|surface| surface["name"] == name).unwrap_or_default()
    }

    pub(crate) fn works(&self) -> bool {
        self.surface("overlay")["health"] == "works"
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap()
    }

    /// The number of its overlay's process.
    pub(crate) fn overlay(&self) -> Option<u32> {
        let children = format!("/proc/{0}/task/{0}/children", self.child.id());
        // A thread of the daemon started it.
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let listed = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
        let all: String = listed.chain(fs::read_to_string(children).ok()).collect();
        let is_overlay = |pid: &u32| {
            fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.contains("\0overlay"))
        };
        all.split_whitespace().filter_map(|pid| pid.parse().ok()).find(is_overlay)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One that prints this environment.
fn service_manager(folder: &Path, environment: &str) -> PathBuf {
    let path = folder.join("systemctl");
    fs::write(&path, format!("#!/bin/sh\nprintf '{environment}'\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

pub(crate) fn kill(pid: u32, signal: &str) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}
