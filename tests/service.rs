//! The service file and the autostart entry: what they promise in words is
//! checked here; where systemd is installed it checks them too.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Worst exposure that is accepted, in tenths, of 100: what systemd calls "OK" begins below 50.
const EXPOSURE: u32 = 18;

fn config(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name);
    fs::read_to_string(path).unwrap()
}

/// The values of a key, in order.
fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

#[test]
fn the_service_ends_with_the_session_and_is_watched() {
    let unit = config("evenkeel.service");
    assert_eq!(values(&unit, "Type"), ["notify"]);
    assert_eq!(values(&unit, "PartOf"), ["graphical-session.target"]);
    assert_eq!(values(&unit, "WantedBy"), ["graphical-session.target"]);
    assert_eq!(values(&unit, "WatchdogSec"), ["30s"]);
    assert_eq!(values(&unit, "Restart"), ["on-failure"]);
    // The end is for the daemon to hear, not for the recogniser below it.
    assert_eq!(values(&unit, "KillMode"), ["mixed"]);
}

#[test]
fn a_mistake_in_the_settings_or_a_second_daemon_is_not_started_again_and_again() {
    let unit = config("evenkeel.service");
    assert_eq!(values(&unit, "RestartPreventExitStatus"), ["2 75 77 78"]);
    assert_eq!(values(&unit, "StartLimitBurst"), ["5"]);
}

#[test]
fn a_mistake_in_the_settings_is_an_error_of_the_reload_before_the_daemon_is_asked() {
    let unit = config("evenkeel.service");
    let program = "%h/.local/bin/evenkeel";
    assert_eq!(
        values(&unit, "ExecReload"),
        [format!("{program} config check"), format!("{program} ctl reload")]
    );
}

#[test]
fn the_fence_is_one_that_a_user_manager_honours() {
    let unit = config("evenkeel.service");
    // Without it a user's own manager ignores the rest.
    assert_eq!(values(&unit, "PrivateUsers"), ["yes"]);
    assert_eq!(values(&unit, "PrivateTmp"), Vec::<&str>::new(), "it would hide the socket of X");
    assert_eq!(values(&unit, "ProtectSystem"), ["strict"]);
    assert_eq!(values(&unit, "ProtectHome"), ["tmpfs"]);
}

#[test]
fn nothing_leaves_the_machine_and_no_dump_is_written() {
    let unit = config("evenkeel.service");
    // What a terminal shows, a journal would keep.
    assert_eq!(values(&unit, "StandardOutput"), ["null"]);
    assert_eq!(values(&unit, "RestrictAddressFamilies"), ["AF_UNIX"]);
    assert_eq!(values(&unit, "PrivateNetwork"), ["yes"]);
    assert_eq!(values(&unit, "LimitCORE"), ["0"]);
    assert_eq!(values(&unit, "UMask"), ["0077"]);
}

#[test]
fn a_missing_folder_for_data_is_an_error_and_not_an_empty_start() {
    let unit = config("evenkeel.service");
    assert_eq!(values(&unit, "BindPaths"), ["%h/.local/share/evenkeel", "%h/.local/state/evenkeel"]);
}

#[test]
fn autostart_never_starts_what_systemd_started() {
    let entry = config("evenkeel.desktop");
    assert_eq!(values(&entry, "X-systemd-skip"), ["true"]);
    let exec = values(&entry, "Exec")[0];
    // The fenced service goes before the bare program.
    assert!(exec.find("systemctl --user start").unwrap() < exec.find("'evenkeel' run").unwrap());
    // `scripts/install` puts the place of the program here.
    assert!(exec.ends_with("exec 'evenkeel' run\""), "{exec}");
}

/// The unit with a program that is there, in a folder of its own.
fn installed() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let program = |line: &str| match line.split_once('=') {
        Some((key @ ("ExecStart" | "ExecReload"), _)) => format!("{key}=/bin/true\n"),
        Some(_) | None => format!("{line}\n"),
    };
    let unit: String = config("evenkeel.service").lines().map(program).collect();
    let path = folder.path().join("evenkeel.service");
    fs::write(&path, unit).unwrap();
    (folder, path)
}

fn analyze(arguments: &[&str]) -> Output {
    let (folder, unit) = installed();
    let mut command = Command::new("systemd-analyze");
    command.arg("--user").arg("--no-pager").args(arguments).arg(unit);
    command.env("XDG_RUNTIME_DIR", folder.path()).output().unwrap()
}

#[test]
#[ignore = "needs systemd-analyze"]
fn systemd_finds_no_mistake_in_the_unit() {
    let out = analyze(&["verify"]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success() && !said.contains("evenkeel.service"), "{said}");
}

#[test]
#[ignore = "needs systemd-analyze"]
fn the_exposure_of_the_unit_stays_low() {
    let threshold = format!("--threshold={EXPOSURE}");
    let out = analyze(&["security", "--offline=true", &threshold]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{}", said.lines().last().unwrap_or_default());
}

#[test]
#[ignore = "needs systemd, and root where it did not start the machine"]
fn the_fence_holds_from_inside() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/fence");
    let out = Command::new(script).output().unwrap();
    let said = [out.stdout, out.stderr].concat();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
#[ignore = "needs desktop-file-validate"]
fn the_autostart_entry_is_valid() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/evenkeel.desktop");
    let out = Command::new("desktop-file-validate").arg(path).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
}
