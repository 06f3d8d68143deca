//! Several calls: each by itself, in order, and one bad call stops no other.

use std::fs;

use serde_json::Value;

use crate::formats::rows;
use crate::support::Desk;
use crate::wav;

/// Two good calls and an empty file between them.
fn with_a_bad_one() -> Desk {
    let desk = Desk::with("calls/a.wav", &wav::stereo(&wav::part(42, 46)));
    desk.put("calls/b.wav", b"");
    desk.put("calls/c.wav", &wav::short());
    desk.put("calls/notes.txt", b"not a call");
    desk
}

#[test]
fn a_folder_is_written_with_a_page_and_json_of_each_call_and_a_table() {
    let desk = Desk::with("calls/a.wav", &wav::stereo(&wav::part(42, 46)));
    desk.put("calls/b.wav", &wav::short());
    let ended = desk.run(["analyze", "calls", "-o", "out/reports"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, "reports: out/reports\n"));
    let names: Vec<String> =
        desk.files().into_iter().filter_map(|f| f.strip_prefix("out/reports/").map(str::to_owned)).collect();
    assert_eq!(names, ["", "a.html", "a.json", "b.html", "b.json", "calls.csv"]);
    let json: Value = serde_json::from_str(&desk.text("out/reports/a.json")).unwrap();
    assert_eq!((&json["source"]["name"], &json["duration_s"]), (&"a".into(), &4.0.into()));
    assert_eq!(desk.text("out/reports/calls.csv"), desk.run(["analyze", "calls", "--csv"]).done());
    let table: Vec<&str> = ended.out.lines().map(|line| line.split("  ").next().unwrap()).collect();
    assert_eq!(table[..3], ["call", "a", "b"]);
}

#[test]
fn one_bad_call_stops_no_other_and_its_row_says_why() {
    let desk = with_a_bad_one();
    let ended = desk.run(["analyze", "calls", "-o", "reports"]);
    assert_eq!(ended.code, 65);
    assert!(ended.err.ends_with("error: 1 of 3 calls could not be analysed\n"), "{ended:?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert!(lines[1].starts_with("a ") && lines[3].starts_with("c "), "{}", ended.out);
    assert!(lines[2].starts_with("b ") && lines[2].contains("calls/b.wav: is empty"), "{}", ended.out);
    for name in ["a.json", "a.html", "c.json", "c.html"] {
        assert!(desk.path("reports").join(name).exists(), "{name}");
    }
    assert!(!desk.path("reports/b.json").exists() && !desk.path("reports/b.html").exists());
    assert_eq!(rows(&desk.text("reports/calls.csv")).len(), 3);
}

#[test]
fn a_bad_call_has_its_line_of_json_and_its_message() {
    let ended = with_a_bad_one().run(["analyze", "calls", "--json"]);
    assert_eq!(ended.code, 65);
    let lines: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&Value> = lines.iter().map(|json| &json["source"]["name"]).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(lines.iter().all(|json| json["schema"] == "evenkeel.analysis/1"));
    assert_eq!(lines[1]["error"]["exit"], 65);
    assert!(ended.err.starts_with("error: calls/b.wav: is empty"), "{}", ended.err);
    assert!(ended.err.contains("\n\nhint: "), "{}", ended.err);
}

#[test]
fn the_gravest_failure_is_the_status() {
    let desk = with_a_bad_one();
    assert_eq!(desk.run(["analyze", "calls", "gone.wav"]).code, 66);
    let ended = desk.run(["analyze", "calls/b.wav", "gone.wav", "--csv"]);
    assert_eq!((ended.code, rows(&ended.out).len()), (66, 1));
    assert!(ended.err.contains("calls/b.wav: is empty") && ended.err.contains("gone.wav: no such file"));
    assert!(ended.err.ends_with("error: 2 of 2 calls could not be analysed\n"), "{}", ended.err);
}

#[test]
fn calls_of_the_same_name_do_not_collide() {
    let desk = Desk::with("x/call.wav", &wav::short());
    desk.put("y/call.wav", &wav::stereo(&wav::part(7, 9)));
    desk.put("y/call-2.wav", &wav::stereo(&wav::part(7, 10)));
    let ended = desk.run(["analyze", "x", "y/call.wav", "y/call-2.wav", "-o", "out"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let table = rows(&desk.text("out/calls.csv"));
    let calls: Vec<&str> = table[1..].iter().map(|row| row[0].as_str()).collect();
    let lengths: Vec<&str> = table[1..].iter().map(|row| row[1].as_str()).collect();
    assert_eq!(lengths, ["1.000", "2.000", "3.000"]);
    for (call, length) in calls.iter().zip([1.0, 2.0, 3.0]) {
        let json: Value = serde_json::from_str(&desk.text(&format!("out/{call}.json"))).unwrap();
        assert_eq!((&json["source"]["name"], &json["duration_s"]), (&(*call).into(), &length.into()));
    }
    assert_eq!(desk.files().iter().filter(|f| f.ends_with(".html")).count(), 3);
}

#[test]
fn nothing_in_the_folder_is_overwritten_silently() {
    for mine in ["a.json", "b.html", "calls.csv"] {
        let desk = Desk::with("calls/a.wav", &wav::short());
        desk.put("calls/b.wav", &wav::short());
        desk.put(&format!("out/{mine}"), b"mine");
        let before = desk.files();
        desk.run(["analyze", "calls", "-o", "out"]).refused(73, &[mine, "already there", "--force"]);
        assert_eq!((desk.text(&format!("out/{mine}")).as_str(), desk.files()), ("mine", before));
        assert_eq!(desk.run(["analyze", "calls", "-o", "out", "--force"]).code, 0);
        assert_ne!(desk.text(&format!("out/{mine}")), "mine");
        assert_eq!(fs::read_dir(desk.path("out")).unwrap().count(), 5);
    }
}

#[cfg(unix)]
#[test]
fn reports_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with("calls/a.wav", &wav::short());
    assert_eq!(desk.run(["analyze", "calls", "-o", "out"]).code, 0);
    for entry in fs::read_dir(desk.path("out")).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
    }
}

/// Names come from outside: none breaks a table, a field or a terminal.
#[cfg(unix)]
#[test]
fn odd_names_stay_text() {
    let names = ["=1+1", "+a", "-b", "@c", "d, \"e\"", "f\ng", "h\u{1b}[31mi", "j\tk"];
    let desk = Desk::new();
    for name in names {
        desk.put(&format!("calls/{name}.wav"), &wav::short());
    }
    desk.put("calls/l\nm\u{1b}[2J.wav", b"");
    let ended = desk.run(["analyze", "calls", "--csv"]);
    assert_eq!(ended.code, 65);
    assert!(!ended.err.contains('\u{1b}') && !ended.err.contains("l\nm"), "{ended:?}");
    let table = rows(&ended.out);
    assert_eq!(table.len(), 1 + names.len());
    assert!(table.iter().all(|row| row.len() == table[0].len()));
    let mut calls: Vec<&str> = table[1..].iter().map(|row| row[0].as_str()).collect();
    calls.sort_unstable();
    assert_eq!(calls, ["'+a", "'-b", "'=1+1", "'@c", "d, \"e\"", "f_g", "h_[31mi", "j_k"]);
    let report = desk.run(["analyze", "calls"]).out;
    assert_eq!(report.lines().count(), 1 + names.len() + 1 + 1, "{report}");
    assert!(report.contains("\nl_m_[2J "), "{report}");
    let one = desk.run(["analyze", "calls/f\ng.wav", "--json"]).done();
    assert!(one.contains("\"name\":\"f_g\""), "{one}");
}
