//! Models and phrases that come, go and change while the daemon runs. What is heard
//! with them is drilled in `tests/words`.

use std::fs;
use std::path::PathBuf;

use evenkeel::control::{Do, RecogniserState, RecogniserStatus};

use crate::support::{Daemon, Home, Start, part};

const SCRIPT: &str = r#"{"says": [{"text": "hello"}]}"#;
/// A file of phrases, and one with a mistake in it.
const PHRASES: &str = "[detectors.empathy]\nfind = '''\nzanzibar parcel\n'''\n";
const MISTAKEN: &str = "[detectors.empathy]\nfound = '''\nzanzibar parcel\n'''\n";

fn set(key: &str, path: &std::path::Path) -> String {
    format!("transcript.{key}={}", path.display())
}

fn status(daemon: &Daemon<'_>) -> RecogniserStatus {
    daemon.obey(&Do::Status).status.unwrap().recogniser
}

#[test]
fn a_model_that_is_installed_while_the_daemon_runs_is_used_by_the_next_call() {
    let home = Home::new();
    let script = home.root().join("script.json");
    let model = set("model", &script);
    let daemon = Daemon::with(&home, Some(&part(0, 5)), &Start { set: &[&model], ..Start::default() });
    let before = status(&daemon);
    assert_eq!((before.state, before.model), (RecogniserState::Off, None));
    assert!(before.why.unwrap().contains("script.json") && before.remedy.is_some());
    daemon.begin();
    fs::write(&script, SCRIPT).unwrap();
    // The call that goes on keeps what it began with.
    assert_eq!(status(&daemon).state, RecogniserState::Off);
    daemon.obey(&Do::CallEnd);
    let after = status(&daemon);
    assert_eq!((after.state, after.model.as_deref()), (RecogniserState::Resting, Some("script")));
    assert_eq!(after.why, None);
    daemon.stop();
    assert_eq!(home.only_call().recognition, None);
}

#[test]
fn without_a_model_the_status_says_what_to_do() {
    let home = Home::new();
    let daemon = Daemon::with(&home, None, &Start::default());
    let status = status(&daemon);
    assert_eq!(status.state, RecogniserState::Off);
    if cfg!(feature = "whisper") {
        assert_eq!(status.why.as_deref(), Some("no model is installed"));
        assert!(status.remedy.unwrap().contains("evenkeel model fetch"));
    }
    daemon.stop();
}

#[test]
fn words_that_are_switched_off_are_said_to_be() {
    let home = Home::new();
    let daemon = Daemon::with(&home, None, &Start { set: &["transcript.on=false"], ..Start::default() });
    assert!(status(&daemon).why.unwrap().contains("transcript.on"));
    daemon.stop();
}

fn files(home: &Home) -> (PathBuf, PathBuf) {
    let (script, phrases) = (home.root().join("script.json"), home.root().join("phrases.toml"));
    fs::write(&script, SCRIPT).unwrap();
    (script, phrases)
}

#[test]
fn a_file_of_phrases_with_a_mistake_leaves_those_from_before_in_force_and_says_so() {
    let home = Home::new();
    let (script, phrases) = files(&home);
    fs::write(&phrases, PHRASES).unwrap();
    let sets = [set("model", &script), set("lexicon", &phrases)];
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let daemon = Daemon::with(&home, None, &Start { set: &sets, ..Start::default() });
    assert_eq!((status(&daemon).state, status(&daemon).why), (RecogniserState::Resting, None));
    fs::write(&phrases, MISTAKEN).unwrap();
    let wrong = status(&daemon);
    assert_eq!(wrong.state, RecogniserState::Resting);
    let why = wrong.why.unwrap();
    assert!(why.contains("from before stay in force") && why.contains("line 2"), "{why}");
    fs::write(&phrases, PHRASES).unwrap();
    assert_eq!(status(&daemon).why, None);
    daemon.stop();
}

#[test]
fn a_file_of_phrases_that_never_was_right_keeps_words_off() {
    let home = Home::new();
    let (script, phrases) = files(&home);
    let sets = [set("model", &script), set("lexicon", &phrases)];
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let daemon = Daemon::with(&home, None, &Start { set: &sets, ..Start::default() });
    let missing = status(&daemon);
    assert_eq!(missing.state, RecogniserState::Off);
    assert!(missing.why.unwrap().contains("cannot be read") && missing.remedy.is_some());
    fs::write(&phrases, PHRASES).unwrap();
    assert_eq!(status(&daemon).state, RecogniserState::Resting);
    daemon.stop();
}
