//! Channels that are not what they should be: it is said which and what helps,
//! and nothing is measured that cannot be.

use serde_json::Value;

use crate::support::{Desk, sample};
use crate::wav;

/// What can be told of the agent's speech alone, or of who spoke over whom.
const OF_THE_AGENT: [&str; 9] = [
    "pace",
    "articulation_rate",
    "fast_share",
    "fast_episodes",
    "raised_share",
    "raised_episodes",
    "interruptions_per_min",
    "overlap_share",
    "talk_ratio",
];

#[track_caller]
fn not_measured(json: &Value, names: &[&str]) {
    for name in names {
        let measure = &json["measures"][name];
        assert_eq!(
            (&measure["value"], &measure["valid"]),
            (&Value::Null, &false.into()),
            "{name}: {measure}"
        );
        assert!(measure["reason"].is_string(), "{name}: {measure}");
    }
    assert_eq!(json["score"]["value"], Value::Null);
    assert!(json["score"]["reason"].is_string());
}

fn health<'a>(json: &'a Value, side: &str) -> &'a str {
    json["channels"][side]["health"].as_str().unwrap()
}

/// Starts over the other are no figure where one of the two was not heard.
fn has_starts(json: &Value) -> bool {
    ["agent", "customer"].iter().any(|side| !json["measures"]["starts"][side].is_null())
}

#[test]
fn a_microphone_that_delivers_zeros_is_named_and_nothing_is_made_of_it() {
    let frames = wav::map(&wav::lively(), |[_, customer]| [0.0, *customer]);
    let desk = Desk::with("call.wav", &wav::stereo(&frames));
    let json = desk.analysed("call.wav");
    assert_eq!((health(&json, "agent"), health(&json, "customer")), ("zeros", "live"));
    not_measured(&json, &OF_THE_AGENT);
    assert!(!has_starts(&json));
    let report = desk.run(["analyze", "call.wav"]).done();
    assert!(report.contains("! Agent channel delivers nothing (zeros): check the mute switch"), "{report}");
}

#[test]
fn a_customer_who_never_speaks_is_named_silent() {
    let mut room = wav::room();
    let frames = wav::map(&wav::lively(), |[agent, _]| [*agent, room()]);
    let desk = Desk::with("call.wav", &wav::stereo(&frames));
    let json = desk.analysed("call.wav");
    assert_eq!((health(&json, "agent"), health(&json, "customer")), ("live", "silent"));
    not_measured(&json, &["interruptions_per_min", "overlap_share", "talk_ratio"]);
    // Heard, and nobody spoke: here zero is the figure.
    assert_eq!(json["measures"]["starts"]["agent"]["cut_off"], 0);
    let report = desk.run(["analyze", "call.wav"]).done();
    assert!(report.contains("! Customer channel alive, but nobody speaks: is this the right"), "{report}");
}

#[test]
fn the_same_audio_twice_is_no_conversation() {
    let frames = wav::map(&wav::lively(), |[agent, customer]| [agent + customer; 2]);
    let desk = Desk::with("call.wav", &wav::stereo(&frames));
    let json = desk.analysed("call.wav");
    assert_eq!((health(&json, "agent"), health(&json, "customer")), ("same_audio", "same_audio"));
    not_measured(&json, &["interruptions_per_min", "overlap_share", "talk_ratio"]);
    assert!(!has_starts(&json));
    let report = desk.run(["analyze", "call.wav"]).done();
    assert!(report.contains("record microphone and headset as two channels"), "{report}");
}

#[test]
fn samples_that_are_no_numbers_are_counted_and_reach_no_figure() {
    let mut frames = wav::lively();
    for (k, odd) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30].into_iter().enumerate() {
        frames[20_000 + 4_000 * k][0] = odd;
        frames[90_000 + 4_000 * k][1] = odd;
    }
    let json = Desk::with("call.wav", &wav::float(&frames)).analysed("call.wav");
    assert_eq!((health(&json, "agent"), health(&json, "customer")), ("live", "live"));
    let notes = json["source"]["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes.iter().all(|note| note.as_str().unwrap().contains("call.wav: damaged samples")));
    assert!(notes.iter().all(|note| note.as_str().unwrap().contains("): 4;")), "{notes:?}");
    let clean = Desk::with("call.wav", &wav::float(&wav::lively())).analysed("call.wav");
    assert_eq!(json["measures"]["starts"], clean["measures"]["starts"]);
}

#[test]
fn two_files_of_different_length_are_accepted_with_a_note() {
    let desk = Desk::with("me.wav", &wav::mono(&wav::part(42, 54), 0));
    desk.put("you.wav", &wav::mono(&wav::part(42, 50), 1));
    let json = desk.json(["analyze", "--agent", "me.wav", "--customer", "you.wav", "--json"]);
    assert_eq!(json["duration_s"], 12.0);
    let notes = json["source"]["notes"].to_string();
    assert!(notes.contains("8.0") && notes.contains("12.0"), "{notes}");
    let span = &json["channels"]["customer"]["spans"].as_array().unwrap().last().unwrap();
    assert_eq!((&span["state"], &span["end_s"]), (&"dead".into(), &12.0.into()), "{span}");
}

#[test]
fn swapped_channels_are_hinted_at_with_a_way_out() {
    let sample = sample();
    let call = ["analyze", sample.to_str().unwrap(), "--to=1:00", "--agent-channel"];
    let desk = Desk::new();
    let of =
        |side: &'static str, format: &'static str| desk.run(call.into_iter().chain([side, format])).done();
    assert!(of("left", "--json").contains("\"looks_swapped\":false"));
    assert!(of("right", "--json").contains("\"looks_swapped\":true"));
    let report = of("right", "--quiet");
    assert!(report.contains("The channels look swapped"), "{report}");
    assert!(report.contains("`--agent-channel right` (or `left`)"), "{report}");
}
