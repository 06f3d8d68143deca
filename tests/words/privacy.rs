//! No word of a call is ever in a log, on a terminal that did not ask for it, or in
//! any file but the one that words belong in.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::Home;

/// Words that stand nowhere but in the script. The last ones must not be kept at all.
const KEPT: [&str; 4] = ["zanzibar", "parcel", "quokka", "marzipan"];
const NEVER: [&str; 2] = ["4539578763621486", "xylophone"];
const SCRIPT: &str = r#"{"says": [
    {"text": "the zanzibar parcel"},
    {"text": "quokka, my card is 4539578763621486"},
    {"text": "marzipan marzipan marzipan marzipan marzipan marzipan", "again": "marzipan"},
    {"text": "xylophone", "no_speech": 0.95},
    {"refuse": true}
]}"#;

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.is_file() {
            out.push(path);
        }
    }
}

fn holds(path: &Path, word: &str) -> bool {
    let bytes = fs::read(path).unwrap_or_default().to_ascii_lowercase();
    bytes.windows(word.len()).any(|part| part == word.as_bytes())
}

#[test]
fn a_whole_call_with_all_that_can_be_logged_shows_no_word_of_it() {
    let home = Home::new(SCRIPT, 60);
    let mut args = vec!["run", "--play", "call.wav", "--fast", "--record", "recordings"];
    args.extend(["--set", "transcript.model=script.json", "--set", "transcript.terms=Marzipan"]);
    // Its lines go into a pipe here: there they hold no words either.
    args.extend(["--set", "log.level=debug"]);
    let mut command = home.command(&args);
    let out = command.env("RUST_BACKTRACE", "full").output().unwrap();
    let (told, log) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    assert!(out.status.success() && log.contains("DEBUG"), "{log}");
    let call = home.call();
    let said: Vec<_> = call.said.iter().map(|words| words.text.reveal().to_lowercase()).collect();
    assert!(KEPT.iter().all(|word| said.iter().any(|text| text.contains(word))), "the words are stored");
    for word in KEPT.iter().chain(&NEVER) {
        let lower = |text: &str| text.to_ascii_lowercase();
        assert!(!lower(&log).contains(word) && !lower(&told).contains(word), "{word}: {log}");
    }
    let mut all = Vec::new();
    files(&home.path(""), &mut all);
    let script = |path: &&PathBuf| path.file_name().is_none_or(|name| name != "script.json");
    for path in all.iter().filter(script) {
        let database = path.starts_with(home.path("data"));
        for word in NEVER.iter().chain(KEPT.iter().filter(|_| !database)) {
            assert!(!holds(path, word), "{word} in {}", path.display());
        }
    }
    assert!(all.iter().any(|path| holds(path, "zanzibar") && path.starts_with(home.path("data"))));
}

#[test]
fn a_replayed_call_shows_no_word_of_it_either() {
    let home = Home::new(SCRIPT, 20);
    home.play(&["--fast"]).finish();
    let mut command = home.command(&["replay", "1"]);
    let out = command.env("EVENKEEL_LOG_LEVEL", "debug").output().unwrap();
    let told = [out.stdout, out.stderr].concat();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&told));
    let told = String::from_utf8(told).unwrap().to_lowercase();
    assert!(KEPT.iter().chain(&NEVER).all(|word| !told.contains(word)), "{told}");
}
