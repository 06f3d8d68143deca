//! Calls in which something telling is said, from sound to report: nudges, phrases,
//! incidents, offers after the call, the part of the score; and the replay of their
//! decisions. What is heard is scripted: every utterance says the same, and each
//! phrase counts only on its own side.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

#[path = "cli/told.rs"]
mod told;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_evenkeel");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// A rule for the agent, an insult and a demand for the customer.
const HEATED: &str = r#"{"says": [{"text":
    "There is nothing I can do, that is just our policy. You are an idiot. Let me speak to your manager."}]}"#;
/// What is fine to say.
const KIND: &str = r#"{"says": [{"text": "I can see how frustrating that is. What I can do is send you a new one by Friday."}]}"#;

struct Home(TempDir);

impl Home {
    fn new(script: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::write(home.path("script.json"), script).unwrap();
        fs::create_dir_all(home.path("run")).unwrap();
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Standard output of a command that ends well.
    fn run(&self, args: &[&str]) -> String {
        let mut command = Command::new(PROGRAM);
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
        let out = command.current_dir(self.0.path()).args(args).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.run(args)).unwrap()
    }

    fn analyze(&self, more: &[&str]) -> String {
        let sample = sample();
        self.run(&[&["analyze", sample.as_str(), "-q", "--model", "script.json"], more].concat())
    }

    fn analysed(&self) -> Value {
        serde_json::from_str(&self.analyze(&["--json"])).unwrap()
    }

    /// Plays the sample through the daemon, and stores it.
    fn play(&self) -> String {
        let sample = sample();
        let mut args = vec!["run", "--play", sample.as_str(), "--fast"];
        let set = ["transcript.model=script.json", "show.notifications=false"];
        args.extend(set.iter().flat_map(|one| ["--set", *one]));
        self.run(&args)
    }
}

fn sample() -> String {
    format!("{ROOT}/tests/fixtures/sample-call.flac")
}

fn names(list: &Value, key: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_phrases_and_nudges_of_a_heated_call_are_the_stored_ones() {
    let log = Home::new(HEATED).analyze(&["--events"]);
    let about = |line: &&str| line.contains("words:") || line.contains("Nudge");
    let fresh: String = log.lines().filter(about).map(|line| format!("{line}\n")).collect();
    let path = format!("{ROOT}/tests/fixtures/sample-call.said.txt");
    if std::env::var_os("EVENKEEL_BLESS").is_some_and(|set| set == "1") {
        fs::write(&path, fresh).unwrap();
        return;
    }
    let stored = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if let Some(difference) = told::difference(&stored, &fresh) {
        panic!("{difference}\nIf the change is meant: EVENKEEL_BLESS=1 cargo test --test said");
    }
}

#[test]
fn a_heated_call_is_told_of_in_every_report_and_none_holds_a_nudge_about_feelings() {
    let home = Home::new(HEATED);
    let call = home.analysed();
    let shown = names(&call["nudges"], "variant");
    assert!(shown.contains(&"abuse".to_owned()) && shown.contains(&"policy_wall".to_owned()), "{shown:?}");
    let incidents = names(&call["incidents"], "detector");
    assert!(incidents.contains(&"abuse".to_owned()) && incidents.contains(&"escalation".to_owned()));
    assert_eq!(call["after_call"][0], "record");
    assert_eq!(call["after_call"][1], "follow_up");
    let part = call["score"]["parts"].as_array().unwrap().iter().find(|p| p["part"] == "language").unwrap();
    assert!(0.5 < part["value"].as_f64().unwrap() && part["penalty"] == 1.0, "{part}");
    let text = home.analyze(&["--html", "page.html"]);
    let page = fs::read_to_string(home.path("page.html")).unwrap();
    for told in ["insult", "escalation", "policy wall", "Record what happened", "Follow up", "Offer a way"] {
        let (text, page) = (text.to_lowercase(), page.to_lowercase());
        assert!(text.contains(&told.to_lowercase()) && page.contains(&told.to_lowercase()), "{told}");
    }
}

#[test]
fn kind_words_cost_nothing_and_bring_nothing() {
    let call = Home::new(KIND).analysed();
    let found = names(&call["cues"], "detector");
    assert!(found.contains(&"empathy".to_owned()) && found.contains(&"next_step".to_owned()), "{found:?}");
    assert_eq!(call["language"]["negative_per_min"]["value"], 0.0);
    assert_eq!((&call["incidents"], &call["after_call"]), (&Value::Array(Vec::new()), &Value::Null));
    let kinds = names(&call["decisions"], "kind");
    assert!(kinds.iter().all(|kind| !["incident", "phrase", "apology", "tip"].contains(&kind.as_str())));
}

#[test]
fn what_nobody_listened_to_has_no_value_and_is_not_zero() {
    let home = Home::new(KIND);
    let call = home.json(&["analyze", &sample(), "-q", "--json", "--no-transcript"]);
    assert!(call.get("language").is_none() && call.get("incidents").is_none());
    let part = call["score"]["parts"].as_array().unwrap().iter().find(|p| p["part"] == "language").unwrap();
    assert_eq!((&part["value"], &part["reason"]), (&Value::Null, &Value::from("no_words")));
    let text = home.run(&["analyze", &sample(), "-q", "--no-transcript"]);
    assert!(!text.contains("Phrases"), "{text}");
}

#[test]
fn uncertain_words_accuse_nobody() {
    let unsure = HEATED.replace(r#"manager."}"#, r#"manager.", "sure": 0.5}"#);
    let call = Home::new(&unsure).analysed();
    assert_eq!(call["cues"].as_array().unwrap().len(), 0);
    assert_eq!(call["language"]["counts"][4]["count"], 0, "listened to, and nothing found");
}

#[test]
fn a_played_call_with_phrases_is_stored_shown_and_replayed_to_the_bit() {
    let home = Home::new(HEATED);
    home.play();
    let replay = home.json(&["replay", "1", "--json"]);
    assert_eq!((&replay["same"], &replay["proof"]), (&Value::Bool(true), &Value::Bool(true)), "{replay}");
    let call = home.json(&["report", "call", "1", "--json"]);
    let decided = names(&call["decisions"], "kind");
    assert!(
        decided.contains(&"incident".to_owned()) && decided.contains(&"phrase".to_owned()),
        "{decided:?}"
    );
    let shown = home.json(&["calls", "show", "1", "--json"]);
    assert!(!shown["incidents"].as_array().unwrap().is_empty());
    assert_eq!(shown["after_call"][0], "record");
    assert!(home.run(&["calls", "show", "1"]).contains("insult at "));
    let began = home.json(&["calls", "list", "--json"])["calls"][0]["began"].as_str().unwrap().to_owned();
    let day = home.run(&["report", "day", &began[..10]]);
    assert!(day.contains("Incidents: ") && day.contains("insult"), "{day}");
}

#[test]
fn what_was_deleted_for_its_age_is_said_to_be_gone_and_never_to_be_nothing() {
    let home = Home::new(HEATED);
    home.play();
    let db = rusqlite::Connection::open(home.path("data/evenkeel/evenkeel.db")).unwrap();
    db.execute_batch(
        "DELETE FROM segments; UPDATE recognitions SET fault = 'a process was lost';
         DELETE FROM readings; DELETE FROM events; UPDATE calls SET thinned = 1",
    )
    .unwrap();
    let text = home.run(&["report", "call", "1"]);
    for told in ["what was said was deleted for its age", "a process was lost", "policy wall"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(text.contains("of which the time is not stored any more"), "{text}");
    assert!(!text.contains("none of those that are listened for"), "{text}");
    let shown = home.run(&["calls", "show", "1"]);
    assert!(shown.contains("of which the time is not stored any more"), "{shown}");
    let call = home.json(&["report", "call", "1", "--json"]);
    assert_eq!((call.get("incidents"), &call["cues"]), (None, &Value::Array(Vec::new())));
    assert_eq!(home.json(&["calls", "show", "1", "--json"])["incidents"], Value::Null);
}
