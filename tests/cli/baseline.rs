//! A baseline file: made, added to, held against, and never spoiled.

use serde_json::Value;

use crate::support::{Desk, sample};
use crate::wav;

#[test]
fn a_baseline_is_earned_over_two_calls_and_serves_from_then_on() {
    let desk = Desk::with("new.wav", &wav::stereo(&wav::lively()));
    desk.put("mute.wav", &wav::stereo(&[[0.0; 2]; 16_000]));
    std::fs::copy(sample(), desk.path("old.flac")).unwrap();
    let learn = |call: &str| {
        let ended = desk.run(["analyze", call, "--baseline", "ann.json", "--update-baseline", "--json"]);
        assert_eq!(ended.code, 0, "{ended:?}");
        (ended.err, serde_json::from_str::<Value>(&ended.out).unwrap()["baseline"]["standing"].clone())
    };
    let more = "it takes a minute of speech over two calls to be earned";
    let not = "baseline: mute not added: the agent's channel cannot be measured";
    let nothing = format!("baseline: 0 added, 0 calls in all; {more}\n{not}\n");
    assert_eq!(learn("mute.wav"), (nothing, "none".into()));
    let (said, standing) = learn("new.wav");
    assert_eq!((said, standing), (format!("baseline: 1 added, 1 call in all; {more}\n"), "none".into()));
    let (said, _) = learn("new.wav");
    assert_eq!(said, format!("baseline: 1 added, 1 call in all; {more}\n"), "it replaces itself");
    let (said, standing) = learn("old.flac");
    let earned = "baseline: 1 added, 2 calls in all; it is earned now and serves from the next call on\n";
    assert_eq!((said.as_str(), standing), (earned, "provisional".into()));

    let before = desk.text("ann.json");
    let json = desk.json(["analyze", "new.wav", "--baseline", "ann.json", "--json"]);
    assert_eq!(json["baseline"]["standing"], "earned");
    assert_eq!(desk.text("ann.json"), before, "without `--update-baseline` it is only read");
    assert_eq!(learn("new.wav"), ("baseline: 1 added, 2 calls in all\n".into(), "earned".into()));
}

#[cfg(unix)]
#[test]
fn a_new_baseline_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with("call.wav", &wav::short());
    desk.run(["analyze", "call.wav", "--baseline", "ann.json"])
        .refused(66, &["ann.json", "--update-baseline"]);
    assert_eq!(desk.files(), ["call.wav"], "it is not made by reading it");
    desk.run(["analyze", "call.wav", "--baseline", "ann.json", "--update-baseline"]);
    let mode = std::fs::metadata(desk.path("ann.json")).unwrap().permissions().mode();
    assert_eq!((desk.files(), mode & 0o777), (vec!["ann.json".into(), "call.wav".into()], 0o600));
}

#[test]
fn a_call_whose_microphone_hears_the_customer_teaches_nothing() {
    let leaking = wav::map(&wav::part(0, 60), |[agent, customer]| [agent + 0.7 * customer, *customer]);
    let desk = Desk::with("leak.wav", &wav::stereo(&leaking));
    let ended = desk.run(["analyze", "leak.wav", "--baseline", "ann.json", "--update-baseline", "--json"]);
    assert!(ended.err.contains("0 added") && ended.err.contains("leak not added"), "{ended:?}");
    let json: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(json["channels"]["agent"]["health"], "leaking");
    assert_eq!(json["baseline"]["standing"], "none");
}

#[test]
fn a_spoilt_baseline_file_is_refused_and_left_alone() {
    let spoilt: [(&[u8], &str); 6] = [
        (b"", "line 1: not a baseline file"),
        (b"{\n \"schema\": \"evenkeel.baseline/1\",\n \"calls\": [", "line 3: not a baseline file"),
        (b"{\"schema\":\"evenkeel.baseline/1\",\"calls\":[{}]}", "missing field"),
        (b"{\"schema\":\"evenkeel.baseline/2\",\"calls\":[]}", "schema is `evenkeel.baseline/2`"),
        (b"fLaC\xff\xfe", "ann.json"),
        (&[b'['; 4096], "not a baseline file"),
    ];
    for (bytes, words) in spoilt {
        let desk = Desk::with("ann.json", bytes);
        desk.put("call.wav", &wav::short());
        for args in [&["--json"][..], &["--update-baseline"]] {
            let ended = desk.run([&["analyze", "call.wav", "--baseline", "ann.json"], args].concat());
            ended.refused(65, &["ann.json", words]);
        }
        assert_eq!(std::fs::read(desk.path("ann.json")).unwrap(), bytes);
        assert_eq!(desk.files(), ["ann.json", "call.wav"]);
    }
}

#[test]
fn a_baseline_that_cannot_be_written_is_said() {
    let desk = Desk::with("call.wav", &wav::short());
    let ended = desk.run(["analyze", "call.wav", "--baseline", "gone/ann.json", "--update-baseline", "-q"]);
    assert_eq!(ended.code, 73);
    ended.explains(&["gone/ann.json"]);
    desk.run(["analyze", "call.wav", "--baseline", "."]).refused(66, &["."]);
}
