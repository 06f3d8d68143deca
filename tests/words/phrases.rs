//! The file of phrases changes in the middle of a call.

use std::fs;

use evenkeel::core::event::{Detector, Event};

use super::support::Home;

/// A file in which one detector finds these words.
fn phrases(words: &str) -> String {
    format!("[detectors.empathy]\nfind = '''\n{words}\n'''\n")
}

#[test]
fn phrases_that_change_in_a_call_are_found_from_then_on() {
    let home = Home::new(r#"{"says": [{"text": "the zanzibar parcel"}]}"#, 14);
    let file = home.path("phrases.toml");
    fs::write(&file, phrases("quokka invoice")).unwrap();
    let mut playing = home.play(&["--set", "transcript.lexicon=phrases.toml"]);
    playing.until("something was heard", |r| r.delay_s.is_some());
    fs::write(home.path("new"), phrases("zanzibar parcel")).unwrap();
    fs::rename(home.path("new"), &file).unwrap();
    playing.finish();
    let call = home.call();
    let found: Vec<_> = call
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Cue(hit) => Some(hit),
            _ => None,
        })
        .collect();
    let begin = call.said[0].to;
    assert!(!found.is_empty() && found.iter().all(|hit| hit.detector == Detector::Empathy && begin < hit.at));
}
