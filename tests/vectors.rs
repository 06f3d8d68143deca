//! The rule of overlaps against drawn dialogues: who said what when, and what
//! each start over the other must be called. `fixtures/overlap-vectors.json`
//! was worked out independently of this program.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

use std::fs;
use std::path::Path;

use evenkeel::core::pipeline::{WorthSettings, judged_by_words};
use evenkeel::core::private::Spoken;
use evenkeel::core::turns::overlap::{AllNear, Class, Overlap, Overlaps, Settings, Tick};
use evenkeel::core::units::{Channel, SampleTime, Sides};
use evenkeel::core::words::Words;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    name: String,
    agent: Vec<Talk>,
    customer: Vec<Talk>,
    events: Vec<Expected>,
}

/// What somebody said, s.
#[derive(Deserialize)]
struct Talk {
    start: f64,
    end: f64,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Expected {
    at: f64,
    by: String,
    kind: String,
    overlap: f64,
    held: f64,
    decided: Option<f64>,
}

fn vectors() -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/overlap-vectors.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn frame(seconds: f64) -> u64 {
    (seconds * 100.0).round() as u64
}

fn speaks(talks: &[Talk], at: u64) -> bool {
    talks.iter().any(|t| frame(t.start) <= at && at < frame(t.end))
}

/// Draws the dialogue frame by frame, with a second of silence behind it.
fn judge(vector: &Vector) -> Vec<Overlap> {
    let mut rule = Overlaps::new(&Settings::default());
    let ends = vector.agent.iter().chain(&vector.customer).map(|t| frame(t.end));
    let mut out = Vec::new();
    for frame in 0..ends.max().unwrap_or(0) + 100 {
        let speaks = Sides { agent: speaks(&vector.agent, frame), customer: speaks(&vector.customer, frame) };
        let verdicts = rule.process(Tick { frame, speaks }, &AllNear);
        out.extend(Channel::BOTH.into_iter().filter_map(|side| verdicts[side].closed));
    }
    out.extend(rule.finish().into_iter().flatten());
    out.sort_by_key(|o| (o.at, o.by == Channel::Customer));
    out
}

/// What the words that were said in it make of a start.
fn with_words(mut overlap: Overlap, vector: &Vector) -> Overlap {
    let talks = if overlap.by == Channel::Agent { &vector.agent } else { &vector.customer };
    for talk in talks {
        let Some(text) = &talk.text else { continue };
        let words = Words {
            who: overlap.by,
            from: SampleTime::from_frame(frame(talk.start)),
            to: SampleTime::from_frame(frame(talk.end)),
            text: Spoken::new(text),
            words: Vec::new(),
        };
        if let Some(class) = judged_by_words(&overlap, &words, WorthSettings::default().token_frames) {
            overlap = Overlap { class, confirmed: None, ..overlap };
        }
    }
    overlap
}

fn class(name: &str) -> Class {
    match name {
        "cut_off" => Class::CutOff,
        "talk_over" => Class::TalkOver,
        "pause_barge_in" => Class::PauseBargeIn,
        "backchannel" => Class::Backchannel,
        "early_start" => Class::EarlyStart,
        "simultaneous_start" => Class::SimultaneousStart,
        other => panic!("unknown class {other}"),
    }
}

fn agrees(found: &Overlap, expected: &Expected) -> bool {
    let by = if expected.by == "agent" { Channel::Agent } else { Channel::Customer };
    let near = |a: u64, b: f64| (a as f64 - b * 100.0).abs() <= 1.0;
    found.by == by
        && found.class == class(&expected.kind)
        && near(found.at.frame(), expected.at)
        && near(found.overlap.frames(), expected.overlap)
        && near(found.held.frames(), expected.held)
        && match (found.confirmed, expected.decided) {
            (Some(found), Some(expected)) => near(found.frame(), expected),
            (found, expected) => found.is_none() && expected.is_none(),
        }
}

#[test]
fn every_drawn_dialogue_is_judged_as_expected() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 31);
    for vector in &vectors {
        let found: Vec<_> = judge(vector).into_iter().map(|o| with_words(o, vector)).collect();
        assert_eq!(found.len(), vector.events.len(), "{}: {found:#?}", vector.name);
        for (found, expected) in found.iter().zip(&vector.events) {
            assert!(agrees(found, expected), "{} at {}: {found:#?}", vector.name, expected.at);
        }
    }
}

#[test]
fn without_their_words_long_tokens_count_as_talk_overs() {
    let with_text = |v: &&Vector| v.agent.iter().any(|t| t.text.is_some());
    for vector in vectors().iter().filter(with_text) {
        assert!(judge(vector).iter().any(|o| o.class == Class::TalkOver), "{}", vector.name);
    }
}
