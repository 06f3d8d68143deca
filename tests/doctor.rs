//! `evenkeel doctor` and `devices` from outside, on a machine without anything:
//! a home of their own, no sound server, no database, no daemon.

#![cfg(target_os = "linux")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program in a home of its own, with nothing of the person's.
fn evenkeel(home: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    for (name, _) in std::env::vars_os() {
        let ours = name.to_string_lossy();
        if ["XDG_", "PULSE_", "DBUS_", "EVENKEEL"].iter().any(|prefix| ours.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env("HOME", home);
    command.env("XDG_RUNTIME_DIR", home.join("run")).env("PULSE_SERVER", home.join("run/nobody"));
    command.args(line.split(' ')).stdin(Stdio::null()).output().unwrap()
}

fn home() -> TempDir {
    let home = TempDir::with_prefix("evenkeel-doctor-").unwrap();
    fs::create_dir(home.path().join("run")).unwrap();
    home
}

fn json(out: &Output) -> Value {
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {}", text(&out.stderr)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The outcome of each check, by its id.
fn outcome<'a>(told: &'a Value, id: &str) -> &'a str {
    let checks = told["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == id);
    check.unwrap_or_else(|| panic!("no check {id}"))["outcome"].as_str().unwrap()
}

#[test]
fn where_nothing_is_there_the_faults_are_named_and_it_ends_with_1() {
    let home = home();
    let out = evenkeel(home.path(), "doctor --json");
    let told = json(&out);
    assert_eq!(out.status.code(), Some(1));
    assert_eq!((&told["schema"], &told["outcome"]), (&"evenkeel.doctor/1".into(), &"fault".into()));
    assert!(25 <= told["checks"].as_array().unwrap().len());
    for (id, expected) in [
        ("sqlite", "ok"),
        ("database", "warn"),
        ("retention", "skipped"),
        ("daemon", "warn"),
        ("microphone_heard", "skipped"),
        ("session_bus", "warn"),
        ("display", "warn"),
        ("core_dumps", "ok"),
        ("sample_clock", "ok"),
    ] {
        assert_eq!(outcome(&told, id), expected, "{id}: {told:#}");
    }
    if cfg!(feature = "live") {
        assert_eq!(outcome(&told, "sound_server"), "fault");
    }
}

#[test]
fn what_is_wrong_comes_with_a_way_out_and_without_a_name_of_a_home() {
    let home = home();
    let out = evenkeel(home.path(), "doctor --json --no-sound");
    assert!(!text(&out.stdout).contains(home.path().to_str().unwrap()), "{}", text(&out.stdout));
    for check in json(&out)["checks"].as_array().unwrap() {
        let wrong = check["outcome"] == "warn" || check["outcome"] == "fault";
        assert_eq!(check["remedy"].is_string(), wrong, "{check}");
    }
}

#[test]
fn it_makes_and_changes_nothing() {
    let home = home();
    evenkeel(home.path(), "doctor");
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["run"]);
    assert_eq!(fs::read_dir(home.path().join("run")).unwrap().count(), 0);
}

#[test]
fn a_mistake_in_the_settings_is_a_fault_of_the_page_and_does_not_end_it() {
    let home = home();
    let config = home.path().join("wrong.toml");
    fs::write(&config, "[nudge]\nbudget = 4000\n").unwrap();
    let out = evenkeel(home.path(), &format!("doctor --json --no-sound --config {}", config.display()));
    let told = json(&out);
    assert_eq!((out.status.code(), outcome(&told, "config")), (Some(1), "fault"));
    assert_eq!(outcome(&told, "sqlite"), "ok");
}

#[test]
fn folders_and_files_that_are_open_to_others_are_faults() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    let data = home.path().join(".local/share/evenkeel");
    fs::create_dir_all(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(data.join("evenkeel.db"), "this is no database, and it never was one").unwrap();
    fs::set_permissions(data.join("evenkeel.db"), fs::Permissions::from_mode(0o644)).unwrap();
    let told = json(&evenkeel(home.path(), "doctor --json --no-sound"));
    for id in ["folder_data", "database", "database_private"] {
        assert_eq!(outcome(&told, id), "fault", "{id}");
    }
}

#[test]
fn the_page_fits_a_terminal_of_80_columns() {
    let home = home();
    let out = evenkeel(home.path(), "doctor --no-sound");
    let page = text(&out.stdout);
    for title in ["Program", "Machine", "Database", "Daemon", "Sound", "Screen"] {
        assert!(page.lines().any(|line| line == title), "{title}: {page}");
    }
    // A path may be longer than a line.
    let wide = page.lines().filter(|line| 80 < line.chars().count() && line.trim().contains(' '));
    assert_eq!(wide.filter(|line| !line.contains('/')).count(), 0, "{page}");
}

#[test]
fn devices_without_a_sound_server_are_unavailable_with_a_way_out() {
    let home = home();
    let out = evenkeel(home.path(), "devices");
    assert_eq!(out.status.code(), Some(69));
    let way_out =
        if cfg!(feature = "live") { "hint: start PulseAudio or PipeWire" } else { "the feature `live`" };
    assert!(text(&out.stderr).contains(way_out), "{}", text(&out.stderr));
    assert_eq!(text(&out.stdout), "");
}
