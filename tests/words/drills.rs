//! The recogniser dies, hangs and is slow in the middle of a call.

use std::sync::LazyLock;

use evenkeel::control::RecogniserState;
use evenkeel::core::event::Event;
use evenkeel::core::units::{Channel, SampleSpan};
use evenkeel::store::StoredCall;

use super::support::{Home, is_busy};

/// Seconds of the call that are played: a handful of utterances.
const SECONDS: usize = 14;
/// So long each utterance takes: long enough to be caught at it.
const SCRIPT: &str = r#"{"says": [{"text": "the zanzibar parcel", "slow_ms": 800}]}"#;

/// The same call, heard by a recogniser that nothing happens to.
static UNDISTURBED: LazyLock<StoredCall> = LazyLock::new(|| {
    let home = Home::new(r#"{"says": [{"text": "the zanzibar parcel"}]}"#, SECONDS);
    home.play(&["--fast"]).finish();
    let call = home.call();
    assert!(3 < call.said.len(), "{} utterances", call.said.len());
    call
});

fn spoken(call: &StoredCall) -> [f64; 2] {
    let summary = call.summary.as_ref().unwrap();
    [summary.sides.agent.speech.seconds(), summary.sides.customer.speech.seconds()]
}

fn readings(call: &StoredCall) -> usize {
    call.events.iter().filter(|event| matches!(event, Event::Reading(_))).count()
}

/// The call was measured as if nothing had happened, and no word of it is missing.
fn assert_whole(home: &Home) {
    let (call, calm) = (home.call(), &*UNDISTURBED);
    // Where the two devices open a moment apart, the gate may see a little more or less.
    for (heard, expected) in spoken(&call).into_iter().zip(spoken(calm)) {
        assert!(expected - 0.5 < heard, "{heard} s of speech, expected {expected}");
    }
    assert_eq!(call.line.lost, 0);
    assert!(readings(calm).abs_diff(readings(&call)) < 5, "{} readings", readings(&call));
    assert!(call.said.len().abs_diff(calm.said.len()) < 2, "{} utterances", call.said.len());
    assert!(call.said.windows(2).all(|two| (two[0].from, two[0].who) < (two[1].from, two[1].who)));
    let (speech, recognition) = (spoken(&call), call.recognition.unwrap());
    for (who, speech) in Channel::BOTH.into_iter().zip(speech) {
        let side = recognition.coverage[who];
        assert!(0.8 * speech < side.heard.seconds() && side.missed == SampleSpan::ZERO, "{who}: {side:?}");
    }
    assert_eq!(recognition.fault, None);
    let report = home.output(&["report", "call"]);
    assert!(report.contains("100 % of the speech recognised") && !report.contains("s not"), "{report}");
}

/// One signal costs a call nothing: what was at hand is recognised after it.
fn one_signal(signal: &str) {
    let home = Home::new(SCRIPT, SECONDS);
    let mut playing = home.play(&[]);
    let process = playing.signal(signal);
    playing.until("another one hears", |r| is_busy(r) && !r.processes.contains(&process));
    playing.finish();
    assert_whole(&home);
}

#[test]
fn r31_a_recogniser_that_is_killed_costs_the_call_nothing() {
    one_signal("-KILL");
}

#[test]
fn r31_a_recogniser_that_aborts_costs_the_call_nothing() {
    one_signal("-ABRT");
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_is_replaced_in_a_call_costs_the_call_nothing() {
    let home = Home::new(SCRIPT, SECONDS).with_own_program();
    let mut playing = home.play(&[]);
    playing.until("it hears something", is_busy);
    std::fs::remove_file(home.path("evenkeel")).unwrap();
    let process = playing.signal("-KILL");
    playing.until("another one hears", |r| is_busy(r) && !r.processes.contains(&process));
    playing.finish();
    assert_whole(&home);
}

#[test]
fn ctrl_c_ends_the_call_and_not_what_hears_the_last_of_it() {
    let home = Home::new(SCRIPT, SECONDS);
    let mut playing = home.play(&["--set", "transcript.after_call=false"]);
    playing.until("it hears something", is_busy);
    playing.interrupt();
    playing.finish();
    let recognition = home.call().recognition.unwrap();
    let missed = Channel::BOTH.map(|who| recognition.coverage[who].missed);
    assert_eq!((missed, recognition.fault), ([SampleSpan::ZERO; 2], None));
}

#[test]
fn r31_two_crashes_switch_the_words_off_for_the_call_and_are_said_plainly() {
    let home = Home::new(SCRIPT, SECONDS);
    let mut playing = home.play(&[]);
    let first = playing.signal("-KILL");
    playing.until("another one hears", |r| is_busy(r) && !r.processes.contains(&first));
    playing.signal("-KILL");
    let off = playing.until("it is given up", |r| r.state == RecogniserState::Off);
    assert!(off.why.unwrap().contains("given up for this call") && off.remedy.is_some());
    assert!(off.processes.is_empty());
    // The call goes on, and is heard.
    let status = playing.status().unwrap();
    assert!(status.call.is_some() && 0 < status.sides.agent.frames);
    playing.finish();
    assert!(home.log().contains("no words while this call goes on"), "{}", home.log());
    assert_whole(&home);
}

#[test]
fn r26_a_slow_recogniser_falls_behind_and_is_waited_for_after_the_call() {
    let home = Home::new(r#"{"says": [{"text": "the zanzibar parcel", "slow_ms": 4000}]}"#, SECONDS);
    let mut playing = home.play(&[]);
    let behind = playing.until("some wait", |r| 1 < r.queue);
    assert_eq!(behind.model.as_deref(), Some("script"));
    let late = playing.until("a text comes late", |r| r.delay_s.is_some_and(|delay| 3.0 < delay));
    assert!(late.why.is_none() && late.remedy.is_none());
    playing.finish();
    assert_whole(&home);
}

#[test]
#[ignore = "waits for half a minute until the recogniser is given up"]
fn r32_a_recogniser_that_stands_still_is_ended_and_costs_the_call_nothing() {
    let home = Home::new(SCRIPT, SECONDS);
    let mut playing = home.play(&[]);
    let process = playing.signal("-STOP");
    playing.finish();
    assert!(!std::path::Path::new(&format!("/proc/{process}")).exists());
    assert_whole(&home);
}

#[test]
fn where_nothing_can_be_recognised_there_is_no_figure() {
    let home = Home::new(r#"{"says": [{"die": true}]}"#, SECONDS);
    home.play(&["--fast"]).finish();
    let call = home.call();
    let recognition = call.recognition.as_ref().unwrap();
    assert!(recognition.fault.as_ref().unwrap().contains("script: the recogniser ended by itself"));
    let spoken = spoken(&call)[0];
    let missed = recognition.coverage.agent.missed.seconds();
    assert!((spoken - missed).abs() < 1.0, "{missed} of {spoken} s");
    let json: serde_json::Value = serde_json::from_str(&home.output(&["report", "call", "--json"])).unwrap();
    let agent = &json["recognition"]["sides"]["agent"];
    assert!(agent["words"].is_null() && agent["words_per_minute"].is_null(), "{agent}");
    assert_eq!(agent["coverage"], 0.0);
    let text = home.output(&["report", "call"]);
    assert!(text.contains("none of the speech recognised") && text.contains("ended by itself"), "{text}");
}
