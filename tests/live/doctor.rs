//! `evenkeel doctor` and `devices` on real sound servers with a virtual headset.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sound::{HEADSET, Kind, MICROPHONE, Sound};

/// Runs the program beside this server, on the virtual headset.
fn evenkeel(sound: &Sound, arguments: &[&str]) -> Output {
    sound.command(env!("CARGO_BIN_EXE_evenkeel")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn doctor(sound: &Sound, more: &[&str]) -> Value {
    let out = evenkeel(sound, &[&["doctor", "--json"], more].concat());
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"))
}

/// Outcome and evidence of a check.
fn check(told: &Value, id: &str) -> (String, String) {
    let checks = told["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == id).unwrap();
    let word = |key: &str| check[key].as_str().unwrap().to_owned();
    (word("outcome"), word("found"))
}

fn outcome(told: &Value, id: &str) -> String {
    check(told, id).0
}

#[test]
#[ignore = "needs a sound server"]
fn r08_the_tone_is_heard_and_a_microphone_of_zeros_is_a_fault() {
    for kind in [Kind::PulseAudio, Kind::PipeWire] {
        let sound = Sound::start(kind);
        let begun = Instant::now();
        let told = doctor(&sound, &["--tone"]);
        let took = begun.elapsed();
        println!("{kind:?}: {took:?}");
        assert_eq!(outcome(&told, "tone"), "ok", "{told:#}");
        assert_eq!(outcome(&told, "headset_heard"), "ok", "{told:#}");
        let (microphone, found) = check(&told, "microphone_heard");
        assert_eq!(microphone, "fault", "{told:#}");
        assert!(found.contains("only zeros"), "{found}");
        // Twice what it may take: the machine of the tests is a busy one.
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
}

#[test]
#[ignore = "needs a sound server"]
fn r09_without_a_tone_nothing_is_claimed_of_a_headset_that_is_quiet() {
    let sound = Sound::start(Kind::PulseAudio);
    let told = doctor(&sound, &[]);
    assert_eq!(outcome(&told, "tone"), "skipped");
    assert!(check(&told, "headset_heard").1.contains("nothing plays"), "{told:#}");
    assert_eq!(outcome(&told, "watch"), "ok", "{told:#}");
}

#[test]
#[ignore = "needs a sound server"]
fn r05_the_devices_of_both_servers_are_listed_with_their_monitors() {
    for kind in [Kind::PulseAudio, Kind::PipeWire] {
        let sound = Sound::start(kind);
        let out = evenkeel(&sound, &["devices", "--json"]);
        let told: Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(out.status.code(), Some(0), "{told:#}");
        assert_eq!(told["microphone"]["id"], format!("pulseaudio:{MICROPHONE}"));
        assert_eq!(told["headset"]["id"], format!("pulseaudio:{HEADSET}.monitor"));
        let monitor = told["devices"].as_array().unwrap().iter().find(|d| d["captured_as"] == "headset");
        assert_eq!(monitor.unwrap()["monitor_of"], format!("pulseaudio:{HEADSET}"));
    }
}

#[test]
#[ignore = "needs a sound server"]
fn r04_the_headsets_own_monitor_as_microphone_is_refused_by_name() {
    let sound = Sound::start(Kind::PulseAudio);
    let monitor = format!("capture.microphone={HEADSET}.monitor");
    let told = doctor(&sound, &["--set", &monitor]);
    let (outcome, found) = check(&told, "microphone");
    assert_eq!(outcome, "fault");
    assert!(found.contains("is no microphone"), "{found}");
    let out = evenkeel(&sound, &["devices", "--set", &monitor]);
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stdout).contains("to do"), "{out:?}");
}

#[test]
#[ignore = "needs a sound server"]
fn a_cookie_below_the_config_folder_opens_the_server() {
    let sound = Sound::start(Kind::PulseAudio);
    let config = sound.home().join("elsewhere");
    std::fs::create_dir_all(config.join("pulse")).unwrap();
    std::fs::rename(sound.home().join(".config/pulse/cookie"), config.join("pulse/cookie")).unwrap();
    let mut command = sound.command(env!("CARGO_BIN_EXE_evenkeel"));
    let out = command.env("XDG_CONFIG_HOME", &config).arg("devices").output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{out:?}");
}
