//! A call of half an hour, both sides, offline: every utterance once, none lost.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::support::{Home, SAMPLE};
use super::wav;
use evenkeel::app::daemon::play;
use evenkeel::audio::StereoSide;

/// The sample call so many times over: half an hour.
const TIMES: usize = 13;
/// What half of the call may add: its events, and what was said.
const GROWTH_KB: u64 = 8 << 10;
/// More utterances than there are.
const LINES: usize = 4_000;

/// A word of its own for each number, of letters alone.
fn code(number: usize) -> String {
    let letter = |place: u32| char::from(b'a' + (number / 26_usize.pow(place) % 26) as u8);
    ["q", "z"].concat() + &(0..3).map(letter).collect::<String>()
}

/// What the program says of the long call, and its memory meanwhile, the recogniser's
/// included, kB.
fn analysed(home: &Home) -> (String, Vec<u64>) {
    let mut command = home.command(&["analyze", "long.wav", "--json", "-q", "--model", "script.json"]);
    let out = fs::File::create(home.path("out")).unwrap();
    let mut child = command.stdin(Stdio::null()).stdout(out).spawn().unwrap();
    let mut memory = Vec::new();
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        memory.push(resident_kb(child.id()));
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(ended.success());
    (fs::read_to_string(home.path("out")).unwrap(), memory)
}

/// Of a process and its children.
fn resident_kb(pid: u32) -> u64 {
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
    let status = read("status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let own = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    let children = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let listed = children.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let pids: Vec<u32> = listed.flat_map(|list| numbers(&list)).collect();
    own + pids.into_iter().map(resident_kb).sum::<u64>()
}

fn numbers(list: &str) -> Vec<u32> {
    list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

#[test]
#[ignore = "analyses half an hour of sound"]
fn half_an_hour_of_talk_has_every_utterance_once() {
    let lines: Vec<_> = (0..LINES).map(|k| serde_json::json!({ "text": code(k) })).collect();
    let home = Home::new(&serde_json::json!({ "says": lines }).to_string(), 1);
    let sides = play::read(SAMPLE.as_ref(), StereoSide::Left).unwrap();
    let long = sides.map(|side| side.repeat(TIMES));
    wav::write(&home.path("long.wav"), &long.agent, &long.customer).unwrap();
    let (told, memory) = analysed(&home);
    let call: Value = serde_json::from_str(&told).unwrap();
    // The recording is decoded piece by piece: what grows are the report's own lists.
    let most = |part: &[u64]| part.iter().copied().max().unwrap();
    let (early, late) = (most(&memory[..memory.len() / 2]), most(&memory[memory.len() / 2..]));
    assert!(late < early + early / 4 + GROWTH_KB, "{early} kB, then {late} kB");
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
