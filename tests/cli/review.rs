//! Reviews of many calls as a supervisor meets them: a day of five calls of
//! two agents, measured from the sample call, exported, and read back.

use std::sync::LazyLock;

use evenkeel::app::analyse::{Job, Measuring, Silent, analyse};
use evenkeel::audio::{Inputs, StereoSide};
use evenkeel::core::event::{KINDS, Kind};
use evenkeel::core::pipeline::{Past, Settings};
use evenkeel::core::private::Spoken;
use evenkeel::core::transcript::Transcript;
use evenkeel::core::units::{Channel, SampleSpan, SampleTime};
use evenkeel::core::words::{Word, Words};
use evenkeel::report;
use evenkeel::report::Analysis;
use evenkeel::report::review::{CallState, CustomerRef, Entry, Meta, Wall, export, import, merge};
use serde_json::Value;

use crate::formats::rows;
use crate::golden::golden;
use crate::support::Desk;
use crate::{schema, told, wav};

/// A call of the day.
struct Call {
    meta: Meta,
    analysis: Analysis,
}

fn meta(clock: &str, agent: &str, state: CallState) -> Meta {
    let wall = Wall::parse(&format!("2026-11-20T{clock}:00+01:00")).unwrap();
    let digits: String = clock.chars().filter(char::is_ascii_digit).collect();
    let mut wrong = [0; KINDS];
    wrong[Kind::Interrupting as usize] = 1;
    Meta {
        uid: format!("019a9f3a-2b1c-7d10-9f3e-5a77c0de{digits}"),
        agent: agent.into(),
        began: wall,
        as_of: wall,
        state,
        softphone: Some("baresip".into()),
        version: "0.1.0".into(),
        customer: Some(CustomerRef { hash: "9f86d081884c7d65".into(), last: "042".into() }),
        wrong,
    }
}

/// Measures a call; the settings are told apart by their hash.
fn measured(name: &str, bytes: &[u8], settings: Settings, config_hash: &str) -> Analysis {
    let desk = Desk::with(name, bytes);
    let job = Job::new(Inputs::Stereo { path: desk.path(name), agent: StereoSide::Left });
    let measuring =
        Measuring { settings, config_hash: config_hash.into(), past: Past::default(), words: None };
    analyse(&job, &measuring, &mut Silent).unwrap()
}

/// Settings of a house in which a reply within half a second is rushed.
fn patient() -> Settings {
    let mut settings = Settings::default();
    settings.score.rushed = 0.5;
    settings
}

static DAY: LazyLock<Vec<Call>> = LazyLock::new(|| {
    let (usual, other) = ("11aa22bb33cc", "44dd55ee66ff");
    let whole = wav::stereo(&wav::part(0, 147));
    let deaf = wav::stereo(&wav::map(&wav::part(0, 70), |[agent, _]| [*agent, 0.0]));
    let closed = CallState::Closed;
    let call = |clock, agent, state, analysis| Call { meta: meta(clock, agent, state), analysis };
    vec![
        call("09:14", "ann", closed, measured("a.wav", &whole, Settings::default(), usual)),
        call("09:40", "ann", closed, measured("b.wav", &whole, patient(), other)),
        call(
            "10:05",
            "ben",
            closed,
            measured("c.wav", &wav::stereo(&wav::part(0, 75)), Settings::default(), usual),
        ),
        call("10:30", "ben", closed, measured("d.wav", &deaf, Settings::default(), usual)),
        call(
            "11:00",
            "ann",
            CallState::Orphan,
            measured("e.wav", &wav::stereo(&wav::part(40, 64)), Settings::default(), usual),
        ),
    ]
});

fn written(call: &Call) -> String {
    export::write(&call.meta, &call.analysis, export::Options::default()).unwrap()
}

/// A desk with the day's exports in a folder.
fn desk() -> Desk {
    let desk = Desk::new();
    for call in DAY.iter() {
        desk.put(&format!("exports/{}", export::name(&call.meta)), written(call).as_bytes());
    }
    desk
}

#[test]
fn a_call_that_was_exported_and_read_back_is_the_same_call() {
    for call in DAY.iter() {
        let read = import::read("call.json", written(call).as_bytes()).unwrap();
        let mut kept = Entry::of(&call.meta, &call.analysis);
        kept.meta.customer = None;
        assert_eq!(read, kept);
    }
}

#[test]
fn the_customer_goes_with_an_export_only_when_asked() {
    let call = &DAY[0];
    assert!(!written(call).contains("9f86d081884c7d65"));
    let asked = export::write(&call.meta, &call.analysis, export::Options { customer: true }).unwrap();
    let read = import::read("call.json", asked.as_bytes()).unwrap();
    assert_eq!(read.meta.customer, call.meta.customer);
}

#[test]
fn no_spoken_word_goes_with_an_export() {
    let mut analysis = DAY[0].analysis.clone();
    let mut transcript = Transcript::new("tiny.en");
    let (from, to) = (SampleTime::from_seconds(1.0), SampleTime::from_seconds(14.0));
    let word = Word { text: Spoken::new("quetzal"), from, to, sure: 0.9 };
    let words = Words { who: Channel::Agent, from, to, text: Spoken::new("Quetzal."), words: vec![word] };
    transcript.heard(Channel::Agent, SampleSpan::from_seconds(13.0), Some(words));
    transcript.fault = Some("a sentence".to_owned());
    analysis.transcript = Some(transcript);
    assert!(
        report::json::write(&analysis).unwrap().to_lowercase().contains("quetzal"),
        "else this shows nothing"
    );
    let text = export::write(&DAY[0].meta, &analysis, export::Options { customer: true }).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    assert!(!text.to_lowercase().contains("quetzal") && !text.contains("a sentence"));
    assert_eq!(json["analysis"]["words"], true);
    assert_eq!(json["analysis"]["recognition"]["sides"]["agent"]["words"], 1);
}

#[test]
fn an_export_holds_no_name_of_a_file_and_keeps_to_its_schema() {
    let text = written(&DAY[0]);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["analysis"]["source"]["name"], "c0de0914");
    assert!(json["analysis"]["source"]["files"].as_array().unwrap().is_empty());
    let schema: Value = serde_json::from_str(&export::schema()).unwrap();
    assert_eq!(schema::faults(&json, &schema), Vec::<String>::new());
    assert_eq!(export::name(&DAY[0].meta), "2026-11-20_091400_c0de0914.json");
}

#[test]
fn a_key_that_went_astray_is_named() {
    let text = written(&DAY[0]);
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json["analysis"]["score"]["value"] = 140.into();
    let error = import::read("ann.json", json.to_string().as_bytes()).unwrap_err().to_string();
    assert_eq!(
        error,
        "ann.json: `analysis.score.value` is a number out of bounds, expected a number from 0 to 100"
    );
    json["analysis"]["score"]["value"] = Value::Null;
    json["analysis"]["score"]["reason"] = "a whim".into();
    let error = import::read("ann.json", json.to_string().as_bytes()).unwrap_err().to_string();
    assert!(error.contains("`analysis.score.reason` is a text, expected one of call_too_short"), "{error}");
}

#[test]
fn every_key_of_an_export_may_be_missing_or_wrong_without_a_panic() {
    let json: Value = serde_json::from_str(&written(&DAY[2])).unwrap();
    for pointer in pointers(&json) {
        for odd in
            [Value::Null, Value::Bool(true), serde_json::json!(-1e300), serde_json::json!([[]]), "".into()]
        {
            let mut spoiled = json.clone();
            *spoiled.pointer_mut(&pointer).unwrap() = odd;
            let _ = import::read("call.json", spoiled.to_string().as_bytes());
        }
    }
}

/// Ways to the keys that a review reads, those of lists by their first item.
fn pointers(json: &Value) -> Vec<String> {
    fn walk(at: &str, value: &Value, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| walk(&format!("{at}/{key}"), value, found));
            }
            Value::Array(items) => {
                items.iter().take(1).for_each(|item| walk(&format!("{at}/0"), item, found));
            }
            _ => (),
        }
    }
    let mut found = Vec::new();
    for part in [
        "/call",
        "/analysis/score",
        "/analysis/measures",
        "/analysis/channels",
        "/analysis/nudges",
        "/analysis/raised_voice",
    ] {
        walk(part, json.pointer(part).unwrap(), &mut found);
    }
    found
}

#[test]
fn the_day_in_the_terminal_is_the_stored_one() {
    let told = desk().run(["report", "day", "exports"]).done();
    golden("tests/fixtures/review-day.txt", &told, told::difference);
}

#[test]
fn scores_of_other_settings_stand_apart_and_that_is_said() {
    let told = desk().run(["report", "day", "2026-11-20", "exports", "--agent", "ann"]).done();
    assert!(told.contains("2 different settings"), "{told}");
    assert!(told.contains("settings 11aa22bb33cc") && told.contains("settings 44dd55ee66ff"), "{told}");
}

#[test]
fn a_dead_channel_is_said_and_its_figures_are_empty() {
    let desk = desk();
    let told = desk.run(["report", "day", "exports", "--agent", "ben"]).done();
    let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Customer channel delivers nothing (zeros)"), "{told}");
    let rows = rows(&desk.run(["report", "day", "exports", "--csv", "--agent", "ben"]).done());
    let field = |name: &str| rows[2][rows[0].iter().position(|head| *head == name).unwrap()].clone();
    assert_eq!((field("customer_channel").as_str(), field("agent_talk_overs").as_str()), ("zeros", ""));
    assert_eq!(field("no_score_reason"), "little_coverage");
}

#[test]
fn a_day_as_json_has_a_group_for_each_agent_and_settings() {
    let json = desk().json(["report", "day", "exports", "--json"]);
    assert_eq!(
        (json["schema"].as_str(), json["date"].as_str()),
        (Some("evenkeel.day/1"), Some("2026-11-20"))
    );
    let groups: Vec<(&str, usize)> = json["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["agent"].as_str().unwrap(), group["calls"].as_array().unwrap().len()))
        .collect();
    assert_eq!(groups, [("ann", 2), ("ann", 1), ("ben", 2)]);
}

#[test]
fn of_one_call_in_two_files_the_newer_counts_and_that_is_said() {
    let desk = desk();
    let mut newer = Call { meta: DAY[0].meta.clone(), analysis: DAY[0].analysis.clone() };
    newer.meta.agent = "anna".into();
    newer.meta.as_of = Wall::parse("2026-11-20T12:00:00+01:00").unwrap();
    desk.put("other/again.json", written(&newer).as_bytes());
    let told = desk.run(["report", "day", "exports", "other"]).done();
    assert!(
        told.contains("anna") && told.contains("1 of 6 files hold calls that another file has newer"),
        "{told}"
    );
}

#[test]
fn one_bad_file_stops_no_other() {
    let desk = desk();
    desk.put("exports/bad.json", b"{\"schema\": \"evenkeel.analysis/1\"}");
    let ended = desk.run(["report", "day", "exports"]);
    assert_eq!(ended.code, 65);
    ended.explains(&["bad.json", "evenkeel.analysis/1", "expected \"evenkeel.call/1\""]);
    assert!(
        ended.out.contains("1 of 6 files could not be read") && ended.out.contains("09:14"),
        "{}",
        ended.out
    );
}

#[test]
fn what_cannot_be_reported_on_is_refused_with_a_way_out() {
    let desk = Desk::with("folder/notes.txt", b"");
    desk.run(["report"]).refused(66, &["no calls are stored yet"]);
    desk.run(["report", "call", "17"]).refused(66, &["no calls are stored yet"]);
    desk.run(["report", "day"]).refused(66, &["no calls are stored yet"]);
    desk.run(["report", "day", "gone.json"]).refused(66, &["gone.json", "no such file"]);
    desk.run(["report", "day", "folder"]).refused(66, &["folder", "no export of a call"]);
    desk.run(["report", "day", "2026-13-01"]).refused(2, &["2026-13-01", "no date"]);
    desk.run(["report", "agent", "--since", "then"]).refused(2, &["then", "no date"]);
    desk.run(["report", "day", "--json", "--csv"]).refused(2, &["cannot be used with"]);
}

#[test]
fn a_page_is_written_beside_the_report_and_never_over_anything() {
    let desk = desk();
    let ended = desk.run(["report", "day", "exports", "--html", "day.html"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, "page: day.html\n"));
    assert!(desk.text("day.html").contains("Worth listening to"));
    desk.run(["report", "day", "exports", "--html", "day.html"]).refused(73, &["day.html", "already there"]);
    let export = format!("exports/{}", export::name(&DAY[0].meta));
    desk.run(["report", "day", &export, "--html", &export, "--force"]).refused(73, &["is read here"]);
}

#[test]
fn an_agent_of_few_calls_has_no_trend_and_is_told_how_many_it_takes() {
    let desk = desk();
    let told = desk.run(["report", "agent", "ann", "exports"]).done();
    assert!(told.contains("No trend is told: it takes 20 calls"), "{told}");
    assert!(told.contains("1 because the program ended in the middle of the call"), "{told}");
    let all = desk.json(["report", "agent", "exports", "--json"]);
    let names: Vec<&str> =
        all["agents"].as_array().unwrap().iter().map(|a| a["agent"].as_str().unwrap()).collect();
    assert_eq!(names, ["ann", "ben"]);
    desk.run(["report", "agent", "zoe", "exports"]).refused(66, &["no call of agent `zoe`"]);
}

#[test]
fn reports_name_no_feeling() {
    let desk = desk();
    let both =
        desk.run(["report", "day", "exports"]).done() + &desk.run(["report", "agent", "exports"]).done();
    for feeling in ["angry", "stress", "upset", "mood", "emotion", "sentiment", "hostile", "frustrat"] {
        assert!(!both.to_lowercase().contains(feeling), "{feeling}");
    }
}

#[test]
fn calls_of_two_machines_are_in_the_order_they_began_in() {
    let entries = DAY.iter().rev().map(|call| Entry::of(&call.meta, &call.analysis));
    let clocks: Vec<String> = merge(entries).0.iter().map(|call| call.meta.began.clock()).collect();
    assert_eq!(clocks, ["09:14", "09:40", "10:05", "10:30", "11:00"]);
}
