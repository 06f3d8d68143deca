//! `scripts/install` in a home of its own, with a `systemctl` that only writes
//! down what it was asked. Nothing of the person's is touched.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

struct Home {
    folder: TempDir,
    manager: bool,
}

impl Home {
    /// With a systemd user manager.
    fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap(), manager: true };
        home.program("bin/systemctl", SYSTEMCTL);
        home.program("built/evenkeel", "#!/bin/sh\necho \"$@\" >>\"$HOME/called\"\n");
        home
    }

    fn without_manager() -> Self {
        let home = Self { manager: false, ..Self::new() };
        home.program("bin/systemctl", "#!/bin/sh\nexit 1\n");
        home
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn program(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/install");
        let mut command = Command::new(script);
        command.args(arguments).env_clear().env("HOME", self.folder.path());
        command.env("PATH", format!("{}:/usr/bin:/bin", self.at("bin").display()));
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        said(&self.command(arguments).output().unwrap())
    }

    fn install(&self) -> String {
        self.run(&["--binary", self.at("built/evenkeel").to_str().unwrap()])
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_default()
    }

    fn has(&self, path: &str) -> bool {
        self.at(path).symlink_metadata().is_ok()
    }
}

const SYSTEMCTL: &str = "#!/bin/sh\necho \"$*\" >>\"$HOME/asked\"\n\
    case $* in *is-active*evenkeel*) exit 3 ;; *'start evenkeel.service') exit \"${START_FAILS:-0}\" ;; esac\n";

const PROGRAM: &str = ".local/bin/evenkeel";
const UNIT: &str = ".config/systemd/user/evenkeel.service";
const AUTOSTART: &str = ".config/autostart/evenkeel.desktop";

/// What was told; the script must have succeeded.
fn said(out: &Output) -> String {
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{:?}: {text}", out.status);
    text
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn it_installs_program_service_and_autostart_and_says_how_to_undo() {
    let home = Home::new();
    let told = home.install();
    for path in [PROGRAM, UNIT, AUTOSTART] {
        assert!(home.has(path) && told.contains(path), "{path}: {told}");
    }
    assert!(told.contains("--uninstall"));
    let asked = home.read("asked");
    assert!(
        asked.contains("--user daemon-reload") && asked.contains("--user enable --quiet evenkeel.service")
    );
    assert!(asked.ends_with("--user start evenkeel.service\n"), "{asked}");
}

#[test]
fn a_service_that_crashed_too_often_may_start_again() {
    let home = Home::new();
    home.install();
    let asked = home.read("asked");
    let at = |order: &str| asked.find(order).unwrap();
    assert!(at("--user reset-failed evenkeel.service") < at("--user start evenkeel.service"), "{asked}");
}

#[test]
fn it_makes_the_folders_that_the_service_needs_for_their_owner_alone() {
    let home = Home::new();
    home.install();
    for path in [".config/evenkeel", ".local/share/evenkeel", ".local/state/evenkeel"] {
        assert_eq!(mode(&home.at(path)), 0o700, "{path}");
    }
}

#[test]
fn it_is_safe_to_repeat() {
    let home = Home::new();
    home.install();
    fs::write(home.at(".local/share/evenkeel/calls.db"), "calls").unwrap();
    let first = home.read(UNIT);
    home.install();
    assert_eq!((home.read(UNIT), home.read(".local/share/evenkeel/calls.db")), (first, "calls".into()));
    assert!(!home.has(".local/bin/evenkeel.new"));
}

#[test]
fn autostart_names_the_program_by_its_place() {
    let home = Home::new();
    home.install();
    let place = format!("exec '{}' run", home.at(PROGRAM).display());
    assert!(home.read(AUTOSTART).contains(&place), "{}", home.read(AUTOSTART));
}

#[test]
fn without_a_user_manager_the_desktop_starts_it() {
    let home = Home::without_manager();
    assert!(!home.manager);
    let told = home.install();
    assert!(home.has(AUTOSTART) && !home.has(UNIT));
    assert!(told.contains("at the next login"), "{told}");
}

#[test]
fn a_service_that_does_not_start_is_an_error_with_a_way_out() {
    let home = Home::new();
    let binary = home.at("built/evenkeel");
    let out = home.command(&["--binary", binary.to_str().unwrap()]).env("START_FAILS", "1").output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("journalctl --user -u evenkeel"));
}

#[test]
fn folders_elsewhere_are_honoured_and_told_to_the_service() {
    let home = Home::new();
    let binary = home.at("built/evenkeel");
    let data = home.at("elsewhere");
    let mut command = home.command(&["--binary", binary.to_str().unwrap()]);
    said(&command.env("XDG_DATA_HOME", &data).env("XDG_STATE_HOME", "not/absolute").output().unwrap());
    let told = home.read(".config/systemd/user/evenkeel.service.d/folders.conf");
    assert!(told.contains(&format!("\"{}/evenkeel\"", data.display())), "{told}");
    assert!(told.contains(&format!("{}/.local/state/evenkeel", home.folder.path().display())), "{told}");
    assert!(home.has("elsewhere/evenkeel"));
}

#[test]
fn uninstalling_removes_what_was_installed_and_keeps_calls_and_settings() {
    let home = Home::new();
    home.install();
    fs::write(home.at(".local/share/evenkeel/calls.db"), "calls").unwrap();
    fs::write(home.at(".config/evenkeel/config.toml"), "settings").unwrap();
    let told = home.run(&["--uninstall"]);
    for path in [PROGRAM, UNIT, AUTOSTART, ".config/systemd/user/evenkeel.service.d"] {
        assert!(!home.has(path), "{path}");
    }
    assert!(home.has(".local/share/evenkeel/calls.db") && home.has(".config/evenkeel/config.toml"));
    assert!(told.contains("Kept") && told.contains("--purge"), "{told}");
    assert!(home.read("asked").contains("--user disable --quiet --now evenkeel.service"));
    assert_eq!(home.read("called"), "ctl stop\n");
}

#[test]
fn purging_says_what_goes_and_removes_it() {
    let home = Home::new();
    home.install();
    fs::write(home.at(".local/share/evenkeel/calls.db"), "calls").unwrap();
    let told = home.run(&["--uninstall", "--purge"]);
    for path in [".local/share/evenkeel", ".local/state/evenkeel", ".config/evenkeel"] {
        assert!(!home.has(path) && told.contains(path), "{path}: {told}");
    }
    assert!(home.has(".local/share") && home.has(".config"), "what is not ours stays");
    assert!(told.contains("(1 files,"), "{told}");
}

#[test]
fn purging_never_follows_a_link() {
    let home = Home::new();
    home.install();
    fs::create_dir(home.at("precious")).unwrap();
    fs::write(home.at("precious/file"), "mine").unwrap();
    fs::remove_dir(home.at(".local/state/evenkeel")).unwrap();
    symlink(home.at("precious"), home.at(".local/state/evenkeel")).unwrap();
    home.run(&["--uninstall", "--purge"]);
    assert!(!home.has(".local/state/evenkeel"));
    assert_eq!(home.read("precious/file"), "mine");
}

#[test]
fn uninstalling_twice_or_nothing_is_no_error() {
    let home = Home::new();
    home.run(&["--uninstall"]);
    home.run(&["--uninstall", "--purge"]);
}

#[test]
fn purging_alone_is_refused_and_removes_nothing() {
    let home = Home::new();
    home.install();
    let out = home.command(&["--purge"]).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(home.has(".local/share/evenkeel") && home.has(PROGRAM));
}

#[test]
fn a_home_that_cannot_stand_in_a_service_file_is_refused() {
    let home = Home::new();
    let odd = home.at("o'dd");
    fs::create_dir(&odd).unwrap();
    let out = home.command(&["--uninstall", "--purge"]).env("HOME", &odd).output().unwrap();
    assert!(!out.status.success());
    let out = home.command(&["--uninstall", "--purge"]).env_remove("HOME").output().unwrap();
    assert!(!out.status.success());
}
