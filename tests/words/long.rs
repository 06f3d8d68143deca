//! A call of half an hour, both sides, offline: every utterance once, none lost.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::support::{Home, SAMPLE, write};
use evenkeel::app::daemon::play;
use evenkeel::audio::StereoSide;

/// The sample call so many times over: half an hour.
const TIMES: usize = 13;
/// More utterances than there are.
const LINES: usize = 4_000;

/// A word of its own for each number, of letters alone.
fn code(number: usize) -> String {
    let letter = |place: u32| char::from(b'a' + (number / 26_usize.pow(place) % 26) as u8);
    ["q", "z"].concat() + &(0..3).map(letter).collect::<String>()
}

#[test]
#[ignore = "analyses half an hour of sound"]
fn half_an_hour_of_talk_has_every_utterance_once() {
    let lines: Vec<_> = (0..LINES).map(|k| serde_json::json!({ "text": code(k) })).collect();
    let home = Home::new(&serde_json::json!({ "says": lines }).to_string(), 1);
    let sides = play::read(SAMPLE.as_ref(), StereoSide::Left).unwrap();
    let long = sides.map(|side| side.repeat(TIMES));
    write(&home.path("long.wav"), &long.agent, &long.customer);
    let told = home.output(&["analyze", "long.wav", "--json", "-q", "--model", "script.json"]);
    let call: Value = serde_json::from_str(&told).unwrap();
    assert!(1_800.0 < call["duration_s"].as_f64().unwrap());
    let said = call["transcript"].as_array().unwrap();
    let texts: BTreeSet<_> = said.iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(texts.len(), said.len(), "none is there twice");
    assert_eq!(texts, (0..said.len()).map(code).collect(), "and none is missing");
    for side in ["agent", "customer"] {
        let figures = &call["recognition"]["sides"][side];
        assert_eq!((&figures["missed_s"], &figures["coverage"]), (&0.0.into(), &1.0.into()), "{side}");
        let times = said.iter().filter(|one| one["speaker"] == side);
        let times = times.flat_map(|one| [one["start_s"].as_f64().unwrap(), one["end_s"].as_f64().unwrap()]);
        assert!(times.is_sorted(), "utterances of one side do not overlap");
    }
    fs::remove_file(home.path("long.wav")).unwrap();
}
