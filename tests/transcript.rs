//! Speech to text as a program sees it: the recogniser's process that dies, hangs and
//! is slow, and calls whose words stand in every report. What is heard is scripted;
//! `tests/speech.rs` hears with real weights.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use evenkeel::transcript::child::{Kept, Limits, Program};
use evenkeel::transcript::recogniser::{Context, Loss, Recogniser, RecogniserError, Unfit};
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_evenkeel");
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sample-call.flac");
/// Longer than any wait that is not a failure.
const LONG: Duration = Duration::from_secs(60);
/// Words that stand nowhere but in a script.
const SAYS: &str = r#"{"says": [{"text": "the zanzibar parcel"}, {"text": "quokka invoice, please"}]}"#;

/// A folder with a script in it.
struct Desk(TempDir);

impl Desk {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("script.json"), script).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn kept(&self, limits: Limits) -> Kept {
        let args = vec!["recogniser".into(), "--scripted".into(), self.path("script.json").into()];
        Kept::new(Program { path: PROGRAM.into(), args }, limits)
    }

    fn command(&self, args: &[&str]) -> Command {
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
        command.current_dir(self.0.path()).args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        let out = self.command(args).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        out
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_slice(&self.run(args).stdout).unwrap()
    }

    /// The sample call, heard by the script.
    fn analysed(&self) -> Value {
        self.json(&["analyze", SAMPLE, "--json", "-q", "--model", "script.json"])
    }
}

fn hear(kept: &mut Kept) -> Result<String, RecogniserError> {
    kept.recognise(&[0.0; 16_000], Context::Fitted).map(|heard| heard.text.reveal().to_owned())
}

fn short() -> Limits {
    Limits { load: LONG, utterance: Duration::from_millis(300), per_second: Duration::ZERO }
}

#[test]
fn words_come_back_from_the_process() {
    let desk = Desk::new(SAYS);
    let mut kept = desk.kept(Limits::default());
    assert_eq!(hear(&mut kept).unwrap(), "the zanzibar parcel");
    assert_eq!(hear(&mut kept).unwrap(), "quokka invoice, please");
}

#[test]
fn r31_a_recogniser_that_dies_is_begun_again_and_given_up_the_second_time() {
    let desk = Desk::new(r#"{"says": [{"die": true}]}"#);
    let mut kept = desk.kept(Limits::default());
    for left in [1, 0] {
        assert_eq!(hear(&mut kept), Err(RecogniserError::Lost(Loss::Died)));
        assert_eq!(kept.is_off().is_none(), left == 1);
    }
    assert_eq!(hear(&mut kept), Err(RecogniserError::Lost(Loss::Died)));
    assert_eq!(kept.stop().process(), None);
    kept.forgive();
    assert!(kept.is_off().is_none());
}

#[test]
fn a_killed_recogniser_is_begun_again() {
    let desk = Desk::new(SAYS);
    let mut kept = desk.kept(Limits::default());
    hear(&mut kept).unwrap();
    let number = kept.stop().process().unwrap().to_string();
    assert!(Command::new("kill").args(["-KILL", &number]).status().unwrap().success());
    assert_eq!(hear(&mut kept), Err(RecogniserError::Lost(Loss::Died)));
    assert_eq!(hear(&mut kept).unwrap(), "the zanzibar parcel");
}

#[test]
fn a_recogniser_that_hangs_is_ended() {
    let desk = Desk::new(r#"{"says": [{"hang": true}]}"#);
    let mut kept = desk.kept(short());
    kept.begin().unwrap();
    assert!(kept.stop().process().is_some());
    assert_eq!(hear(&mut kept), Err(RecogniserError::Lost(Loss::Hung)));
    assert_eq!(kept.stop().process(), None);
}

#[test]
fn a_slow_recogniser_is_waited_for() {
    let desk = Desk::new(r#"{"says": [{"text": "at last", "slow_ms": 400}]}"#);
    assert_eq!(hear(&mut desk.kept(Limits::default())).unwrap(), "at last");
    assert_eq!(hear(&mut desk.kept(short())), Err(RecogniserError::Lost(Loss::Hung)));
}

#[test]
fn a_recogniser_is_stopped_from_another_thread_at_once() {
    let desk = Desk::new(r#"{"says": [{"slow_ms": 3600000}]}"#);
    let mut kept = desk.kept(Limits { utterance: 60 * LONG, ..Limits::default() });
    kept.begin().unwrap();
    let stop = kept.stop();
    let began = Instant::now();
    let heard = std::thread::scope(|scope| {
        let heard = scope.spawn(|| hear(&mut kept));
        stop.stop();
        heard.join().unwrap()
    });
    assert_eq!(heard, Err(RecogniserError::Cancelled));
    assert!(began.elapsed() < LONG && stop.process().is_none());
}

#[test]
fn a_resting_recogniser_has_no_process_and_is_begun_when_needed() {
    let desk = Desk::new(SAYS);
    let mut kept = desk.kept(Limits::default());
    hear(&mut kept).unwrap();
    kept.rest();
    assert!(!kept.is_loaded() && kept.stop().process().is_none());
    assert_eq!(hear(&mut kept).unwrap(), "the zanzibar parcel");
}

#[test]
fn a_refused_utterance_costs_nothing_but_itself() {
    let desk = Desk::new(r#"{"says": [{"refuse": true}, {"text": "yes"}]}"#);
    let mut kept = desk.kept(Limits::default());
    assert_eq!(hear(&mut kept), Err(RecogniserError::Refused));
    assert_eq!(hear(&mut kept).unwrap(), "yes");
}

#[test]
fn what_cannot_be_loaded_is_said_once_and_not_tried_again() {
    let args = vec!["recogniser".into(), "--model".into(), "/nowhere/ggml.bin".into()];
    let mut kept = Kept::new(Program { path: PROGRAM.into(), args }, Limits::default());
    let begun = kept.begin();
    // A builder's processor may lack what the library needs.
    match &begun {
        Err(RecogniserError::Unfit(Unfit::Model(why))) => {
            assert_eq!(why.text(), "ggml.bin: no such file", "the process itself says why");
        }
        // A builder's processor may lack what the library needs, and a build the library.
        Err(RecogniserError::Unfit(Unfit::NotBuilt | Unfit::Processor)) => (),
        other => panic!("{other:?}"),
    }
    assert_eq!(kept.is_off(), begun.err());
}

#[test]
fn another_program_in_its_place_is_ended_and_harms_nobody() {
    let told = |path: &str, text: &str| {
        let mut kept = Kept::new(Program { path: path.into(), args: vec![text.into()] }, Limits::default());
        let told = kept.begin().unwrap_err();
        assert_eq!(kept.stop().process(), None, "{path}");
        told
    };
    for (path, text) in [("/bin/echo", "nonsense"), ("/bin/cat", "/dev/zero")] {
        assert_eq!(told(path, text), RecogniserError::Lost(Loss::Garbled), "{path}");
    }
    assert_eq!(told("/bin/true", ""), RecogniserError::Lost(Loss::Died));
    let gone = told("/nowhere", "").to_string();
    assert!(gone.contains("/nowhere: ") && gone.contains("os error 2"), "{gone}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_is_for_the_program_that_waits_and_not_for_its_recogniser() {
    let desk = Desk::new(SAYS);
    let mut kept = desk.kept(Limits::default());
    kept.begin().unwrap();
    let process = kept.stop().process().unwrap().to_string();
    let group = Command::new("ps").args(["-o", "pgid=", "-p", &process]).output().unwrap();
    assert_eq!(String::from_utf8(group.stdout).unwrap().trim(), process, "a group of its own");
}

#[test]
fn an_analysed_call_has_its_words_in_every_form() {
    let desk = Desk::new(SAYS);
    let call = desk.analysed();
    let said = call["transcript"].as_array().unwrap();
    assert!(10 < said.len() && call["words"] == true);
    for one in said {
        let words = one["words"].as_array().unwrap();
        let text: Vec<_> = words.iter().map(|w| w["w"].as_str().unwrap()).collect();
        assert_eq!(one["text"], text.join(" ").as_str());
        let times = words.iter().flat_map(|w| [w["s"].as_f64().unwrap(), w["e"].as_f64().unwrap()]);
        assert!(times.is_sorted(), "{one}");
        assert!(one["start_s"].as_f64() <= words[0]["s"].as_f64());
    }
    let model = ["--model", "script.json"];
    let files = ["--html", "page.html", "--transcript", "call.srt"];
    let report = desk.run(&[&["analyze", SAMPLE, "-q"], &model[..], &files[..]].concat());
    let page = fs::read_to_string(desk.path("page.html")).unwrap();
    let subtitles = fs::read_to_string(desk.path("call.srt")).unwrap();
    for section in ["phrases", "transcript"] {
        let link = format!("href=\"#{section}\"");
        assert!(page.contains(&link) && page.contains(&format!("id=\"{section}\"")), "{section}");
    }
    for text in [String::from_utf8(report.stdout).unwrap(), page, subtitles] {
        assert!(text.contains("zanzibar") && text.contains("quokka"));
    }
}

#[test]
fn figures_with_and_without_words_are_never_compared() {
    let desk = Desk::new(SAYS);
    let with = desk.analysed();
    let plain = desk.json(&["analyze", SAMPLE, "--json", "-q", "--no-transcript"]);
    assert_ne!(with["config_hash"], plain["config_hash"]);
    assert!(plain["words"] == false && plain.get("transcript").is_none());
    // Where nothing was heard no figure is another than without words.
    let deaf = Desk::new(r#"{"says": [{"die": true}]}"#).analysed();
    assert_eq!(deaf["config_hash"], plain["config_hash"]);
    let german = ["--model", "script.json", "--set", "transcript.language=de"];
    let german = desk.json(&[&["analyze", SAMPLE, "--json", "-q"], &german[..]].concat());
    assert!(german["config_hash"] != with["config_hash"] && german["config_hash"] != plain["config_hash"]);
}

#[test]
fn a_stored_call_has_the_fingerprint_of_what_its_figures_were_made_of() {
    let hash = |script: &str, set: &[&str]| {
        let desk = Desk::new(script);
        played(&desk, set);
        desk.json(&["report", "call", "--json"])["config_hash"].as_str().unwrap().to_owned()
    };
    let without = hash(SAYS, &["transcript.on=false"]);
    assert_eq!(hash(r#"{"says": [{"die": true}]}"#, &[]), without, "nothing was heard");
    assert_eq!(hash(SAYS, &["transcript.after_call=true"]), without, "it was heard too late for them");
    let with = hash(SAYS, &[]);
    assert_ne!(with, without);
    assert_ne!(hash(SAYS, &["transcript.language=de"]), with);
}

#[test]
fn a_call_is_analysed_to_its_end_though_the_recogniser_dies() {
    let desk = Desk::new(r#"{"says": [{"text": "hello"}, {"die": true}]}"#);
    let call = desk.analysed();
    let agent = &call["recognition"]["sides"]["agent"];
    assert!(0.0 < agent["missed_s"].as_f64().unwrap() && agent["words_per_minute"].is_null());
    assert!(call["recognition"]["fault"].as_str().unwrap().contains("ended by itself"));
    assert!(60.0 < call["duration_s"].as_f64().unwrap());
}

#[test]
fn r20_what_nobody_said_stands_nowhere() {
    let desk = Desk::new(r#"{"says": [{"text": "Thank you.", "no_speech": 0.9}, {"text": "[Music]"}]}"#);
    let call = desk.analysed();
    assert_eq!(call["transcript"].as_array().unwrap().len(), 0);
    assert_eq!(call["recognition"]["sides"]["agent"]["words"], 0);
}

#[test]
fn r21_a_loop_is_looked_at_again_and_dropped() {
    let script = r#"{"says": [{"text": "so it is so it is so it is so it is", "again": "so it is"}]}"#;
    let call = Desk::new(script).analysed();
    let said = call["transcript"].as_array().unwrap();
    assert!(!said.is_empty() && said.iter().all(|one| one["text"] == "so it is"));
}

#[test]
fn r23_speech_that_was_seen_is_heard_or_said_to_be_missed() {
    for script in
        [SAYS, r#"{"says": [{"text": "hello"}, {"refuse": true}, {"text": "x", "no_speech": 0.9}]}"#]
    {
        let call = Desk::new(script).analysed();
        for side in ["agent", "customer"] {
            let figures = &call["recognition"]["sides"][side];
            let known = figures["heard_s"].as_f64().unwrap() + figures["missed_s"].as_f64().unwrap();
            let seen = call["measures"][format!("{side}_speech_s")].as_f64().unwrap();
            assert!((known - seen).abs() < 0.1 * seen, "{side}: {known} of {seen} s");
        }
    }
}

#[test]
fn a_model_that_is_not_there_is_refused_with_a_way_out() {
    let desk = Desk::new(SAYS);
    let out = desk.command(&["analyze", SAMPLE, "--model", "tinny"]).output().unwrap();
    let told = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(66));
    assert!(told.contains("tinny") && told.contains("hint:"), "{told}");
}

/// Plays the sample call through the daemon; what it said on standard error.
fn played(desk: &Desk, set: &[&str]) -> String {
    let mut args = vec!["run", "--play", SAMPLE, "--fast", "--set", "transcript.model=script.json"];
    args.extend(["--set", "show.notifications=false", "--set", "log.level=debug"]);
    args.extend(set.iter().flat_map(|one| ["--set", *one]));
    fs::create_dir_all(desk.path("run")).unwrap();
    let out = desk.run(&args);
    String::from_utf8(out.stderr).unwrap()
}

fn stored(desk: &Desk) -> Vec<String> {
    let reader = evenkeel::store::Reader::open(&desk.path("data/evenkeel")).unwrap();
    let lines = reader.calls(&evenkeel::store::Filter::default()).unwrap();
    let call = reader.call(&lines[0].id.to_string()).unwrap();
    call.said.iter().map(|words| words.text.reveal().to_owned()).collect()
}

#[test]
fn a_played_call_is_stored_with_its_words_and_no_log_has_them() {
    let desk = Desk::new(SAYS);
    let log = played(&desk, &[]);
    let said = stored(&desk);
    assert_eq!(said.len(), desk.analysed()["transcript"].as_array().unwrap().len());
    assert!(said.iter().any(|text| text.contains("zanzibar")));
    for word in ["zanzibar", "parcel", "quokka", "invoice"] {
        assert!(!log.contains(word), "{log}");
    }
    let report = desk.json(&["report", "call", "--json"]);
    assert_eq!(report["transcript"].as_array().unwrap().len(), said.len());
}

#[test]
fn what_was_not_recognised_in_the_call_is_recognised_after_it() {
    let whole = Desk::new(SAYS);
    played(&whole, &["transcript.after_call=true"]);
    let slow = Desk::new(r#"{"says": [{"text": "the zanzibar parcel", "slow_ms": 60}]}"#);
    // Played faster than it is heard: most of it waits for the end of the call.
    played(&slow, &[]);
    assert_eq!(stored(&slow).len(), stored(&whole).len());
}

#[test]
fn phrases_are_found_in_words_that_come_after_the_call_too() {
    let report = |set: &[&str]| {
        let desk = Desk::new(r#"{"says": [{"text": "Please try to calm down."}]}"#);
        played(&desk, set);
        desk.json(&["report", "call", "--json"])
    };
    let (live, late) = (report(&[]), report(&["transcript.after_call=true"]));
    assert!(!live["cues"].as_array().unwrap().is_empty(), "{live}");
    assert_eq!(late["cues"], live["cues"]);
    for figure in ["counts", "heard_s"] {
        assert_eq!(late["language"][figure], live["language"][figure]);
    }
    assert_ne!(late["config_hash"], live["config_hash"], "the score was told before");
}

#[test]
fn a_call_goes_on_without_words_where_the_recogniser_dies() {
    let desk = Desk::new(r#"{"says": [{"die": true}]}"#);
    played(&desk, &[]);
    assert!(stored(&desk).is_empty());
}

#[test]
fn nothing_is_recognised_where_that_is_switched_off() {
    let desk = Desk::new(SAYS);
    played(&desk, &["transcript.on=false"]);
    assert!(stored(&desk).is_empty());
    assert!(Path::new(SAMPLE).is_file());
}
