//! One call in each format: what is printed can be read by what it is for.

use std::fs;
use std::time::{Duration, Instant};

use evenkeel::report::json;
use serde_json::Value;

use crate::schema;
use crate::support::{Desk, sample, sample_json};
use crate::wav;

/// RFC 4180: rows of fields.
pub(crate) fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = csv.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => field.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => assert_eq!(rest.peek(), Some(&'\n'), "a line ends with CR LF"),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c => field.push(c),
        }
    }
    assert!(!quoted && field.is_empty() && row.is_empty(), "the last line is not ended: {csv}");
    rows
}

#[test]
fn json_agrees_with_the_published_schema() {
    let published: Value = serde_json::from_str(&json::schema()).unwrap();
    let desk = Desk::with("zeros.wav", &wav::stereo(&[[0.0; 2]; 16_000]));
    for json in [sample_json(), &desk.analysed("zeros.wav")] {
        assert_eq!(json["schema"], json::SCHEMA);
        let faults = schema::faults(json, &published);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

#[test]
fn what_is_null_has_a_reason_and_what_has_a_reason_is_null() {
    let desk = Desk::with("short.wav", &wav::stereo(&wav::lively()));
    desk.put("zeros.wav", &wav::stereo(&[[0.0; 2]; 16_000]));
    for json in [sample_json(), &desk.analysed("short.wav"), &desk.analysed("zeros.wav")] {
        let parts = json["score"]["parts"].as_array().unwrap();
        let measures = json["measures"].as_object().unwrap().values().filter(|m| m.get("valid").is_some());
        let mut seen = 0;
        for told in measures.clone().chain(parts).chain([&json["score"]]) {
            assert_ne!(told["value"].is_null(), told["reason"].is_null(), "{told}");
            seen += 1;
        }
        assert_eq!(seen, measures.clone().count() + 8);
        assert!(measures.clone().all(|m| m["valid"] == !m["value"].is_null()));
    }
}

#[test]
fn times_are_inside_the_call_and_in_order() {
    let json = sample_json();
    let end = json["duration_s"].as_f64().unwrap();
    for (list, key) in [("overlaps", "at_s"), ("turns", "at_s"), ("nudges", "at_s"), ("decisions", "at_s")] {
        let times: Vec<f64> =
            json[list].as_array().unwrap().iter().map(|entry| entry[key].as_f64().unwrap()).collect();
        assert!(!times.is_empty() && times.is_sorted(), "{list}: {times:?}");
        assert!(times.iter().all(|at| (0.0..=end).contains(at)), "{list}: {times:?}");
    }
}

#[test]
fn events_are_lines_that_begin_with_their_time() {
    let desk = Desk::with("call.wav", &wav::stereo(&wav::lively()));
    let events = desk.run(["analyze", "call.wav", "--events"]).done();
    assert!(events.ends_with("00:20.000 Call ends\n"), "{events}");
    assert!(events.contains(" Agent interrupts\n") && events.contains(" Nudge \"Let them finish\": "));
    for line in events.lines() {
        let (time, words) = line.split_once(' ').unwrap();
        assert!(time.len() == 9 && time[2..3] == *":" && !words.is_empty(), "{line}");
    }
}

#[test]
fn csv_says_the_same_as_json() {
    let desk = Desk::with("call.wav", &wav::stereo(&wav::lively()));
    let table = rows(&desk.run(["analyze", "call.wav", "--csv"]).done());
    let [head, row] = table.as_slice() else { panic!("{table:?}") };
    assert_eq!(head.len(), row.len());
    let of = |name: &str| row[head.iter().position(|column| column == name).unwrap()].as_str();
    let json = desk.analysed("call.wav");
    let same = |name: &str, value: &Value| assert_eq!(of(name).parse().ok(), value.as_f64(), "{name}");
    assert_eq!((of("call"), of("agent_channel"), of("score")), ("call", "live", ""));
    assert_eq!(of("config_hash"), json["config_hash"]);
    same("agent_cut_off", &json["measures"]["starts"]["agent"]["cut_off"]);
    same("score", &json["score"]["value"]);
    for name in ["talk_ratio", "interruptions_per_min", "overlap_share", "pace", "articulation_rate"] {
        same(name, &json["measures"][name]["value"]);
    }
}

#[test]
fn what_could_not_be_measured_is_empty_in_csv_and_nothing_is_minus_zero() {
    let desk = Desk::with("call.wav", &wav::stereo(&[[0.0; 2]; 16_000]));
    let table = rows(&desk.run(["analyze", "call.wav", "--csv"]).done());
    let of = |name: &str| table[1][table[0].iter().position(|column| column == name).unwrap()].as_str();
    for name in ["score", "lost_interruptions", "talk_ratio", "interruptions_per_min", "pace"] {
        assert_eq!(of(name), "", "{name}");
    }
    assert_eq!(of("coverage"), "0.00");
    let text = desk.run(["analyze", "call.wav", "--json"]).done();
    assert!(!text.contains("-0.0,") && !text.contains("-0.0}"), "{text}");
}

#[test]
fn a_page_is_written_beside_the_report() {
    let desk = Desk::with("call.wav", &wav::stereo(&wav::lively()));
    let ended = desk.run(["analyze", "call.wav", "--html", "page.html"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, "page: page.html\n"));
    assert_eq!(ended.out, desk.run(["analyze", "call.wav"]).done());
    assert!(!desk.text("page.html").is_empty());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(desk.path("page.html")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_page_is_never_overwritten_silently() {
    let desk = Desk::with("call.wav", &wav::short());
    desk.put("page.html", b"mine");
    desk.run(["analyze", "call.wav", "--html", "page.html"])
        .refused(73, &["page.html: already there", "--force"]);
    assert_eq!(desk.text("page.html"), "mine");
    assert_eq!(desk.run(["analyze", "call.wav", "--html", "page.html", "--force"]).code, 0);
    // But never the recording itself.
    let call = std::fs::read(desk.path("call.wav")).unwrap();
    desk.run(["analyze", "call.wav", "--html", "./call.wav", "--force"])
        .refused(73, &["call.wav", "read here"]);
    assert_eq!(std::fs::read(desk.path("call.wav")).unwrap(), call);
    assert_ne!(desk.text("page.html"), "mine");
    assert_eq!(desk.files(), ["call.wav", "page.html"]);
}

#[test]
fn real_time_takes_as_long_as_the_stretch_and_no_longer() {
    let began = Instant::now();
    let sample = sample();
    let args = ["analyze", sample.to_str().unwrap(), "--realtime", "--from", "1:30", "--to", "1:32.5"];
    let shown = Desk::new().run(args).done();
    let took = began.elapsed();
    assert!((Duration::from_millis(2500)..Duration::from_secs(60)).contains(&took), "{took:?}");
    assert!(shown.starts_with("sample-call  0:03\n"), "{shown}");
}

#[test]
fn help_shows_examples() {
    let desk = Desk::new();
    for command in ["analyze", "config", "config show"] {
        let help = desk.run(command.split(' ').chain(["--help"])).done();
        assert!(help.contains("Example") && help.contains("  evenkeel "), "{command}: {help}");
    }
    for command in ["analyze", "config"] {
        assert!(desk.run(["--help"]).done().contains(command));
    }
}
