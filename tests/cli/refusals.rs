//! What cannot be analysed is refused: a status, one sentence that names the
//! thing and a way out, nothing else printed and nothing written.

use crate::support::{Desk, Ended};
use crate::wav;

/// Refused as a report and as JSON, and nothing is left behind.
#[track_caller]
fn refused(desk: &Desk, args: &[&str], code: i32, words: &[&str]) {
    let before = desk.files();
    desk.run([&["analyze"], args].concat()).refused(code, words);
    let ended = desk.run([&["analyze", "--json"], args].concat());
    ended.explains(words);
    assert_eq!(ended.code, code, "{ended:?}");
    if !ended.out.is_empty() {
        told_as_json(&ended);
    }
    assert_eq!(desk.files(), before);
}

#[track_caller]
fn told_as_json(ended: &Ended) {
    let json: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(json["schema"], "evenkeel.analysis/1");
    assert_eq!(json["error"]["exit"], ended.code);
    for key in ["message", "hint"] {
        assert!(ended.err.contains(json["error"][key].as_str().unwrap()), "{ended:?}");
    }
}

#[test]
fn a_mono_file_is_told_both_ways_out() {
    let desk = Desk::with("call.wav", &wav::mono(&wav::part(7, 8), 0));
    refused(&desk, &["call.wav"], 65, &["call.wav", "mono", "--agent FILE", "stereo"]);
}

#[test]
fn what_is_no_recording_is_refused_by_name() {
    let desk = Desk::with("empty.wav", b"");
    desk.put("text.wav", b"This is not a sound file, only its name says so.");
    desk.put("head.wav", &wav::stereo(&[]));
    refused(&desk, &["empty.wav"], 65, &["empty.wav", "empty (0 bytes)"]);
    refused(&desk, &["text.wav"], 65, &["text.wav", "not a sound file", "accepted are WAV"]);
    refused(&desk, &["head.wav"], 65, &["head.wav", "no samples"]);
}

#[test]
fn what_is_not_there_is_missing_input() {
    let desk = Desk::with("notes/readme.txt", b"nothing to hear");
    refused(&desk, &["gone.wav"], 66, &["gone.wav", "no such file", "spelling"]);
    refused(&desk, &["gone/gone.wav"], 66, &["gone/gone.wav", "no such file"]);
    refused(&desk, &["notes"], 66, &["notes", "no recording", "flac"]);
    refused(&desk, &["--agent", "a.wav", "--customer", "b.wav"], 66, &["a.wav", "no such file"]);
}

#[test]
fn a_refusal_is_an_object_for_programs() {
    let desk = Desk::with("empty.wav", b"");
    let ended = desk.run(["analyze", "empty.wav", "--json"]);
    assert_eq!(ended.out.lines().count(), 1);
    told_as_json(&ended);
}

#[test]
fn a_truncated_file_is_read_as_far_as_it_goes_and_says_so() {
    let mut bytes = wav::stereo(&wav::part(42, 46));
    bytes.truncate(44 + 3 * 64_000 + 1);
    let json = Desk::with("cut.wav", &bytes).analysed("cut.wav");
    assert_eq!(json["duration_s"], 3.0);
    let notes = json["source"]["notes"].to_string();
    assert!(notes.contains("promises 4.00 s, but only 3.00 s are there"), "{notes}");
    assert!(notes.contains("in the middle of a sample"), "{notes}");
}

#[test]
fn a_stereo_file_for_one_side_is_refused() {
    let desk = Desk::with("both.wav", &wav::short());
    desk.put("one.wav", &wav::mono(&wav::part(7, 8), 0));
    refused(&desk, &["--agent", "one.wav", "--customer", "both.wav"], 65, &["both.wav", "two channels"]);
    refused(&desk, &["--agent", "one.wav", "--customer", "one.wav"], 65, &["one.wav", "same file"]);
}

#[test]
fn a_stretch_outside_the_call_is_refused_with_its_end() {
    let desk = Desk::with("call.wav", &wav::short());
    refused(&desk, &["call.wav", "--from", "1:30"], 65, &["call", "90.0 s", "ends at 1.0 s"]);
    refused(&desk, &["call.wav", "--from", "1:30", "--to", "2:00"], 65, &["call", "ends at 1.0 s"]);
    refused(&desk, &["call.wav", "--from", "5", "--to", "5"], 2, &["`--to` is not after `--from`"]);
    refused(&desk, &["call.wav", "--to", "0"], 2, &["`--to` is not after `--from`"]);
}

#[test]
fn a_time_that_is_none_is_refused_with_an_example() {
    let desk = Desk::with("call.wav", &wav::short());
    for text in ["abc", "1:", "1:2:3:4", "nan", "1e9", ""] {
        refused(&desk, &["call.wav", "--from", text], 2, &["--from", "is no time", "(1:30)"]);
    }
}

#[test]
fn a_command_line_that_contradicts_itself_is_refused() {
    let desk = Desk::with("call.wav", &wav::short());
    let lines: [(&[&str], &str); 9] = [
        (&[], "no call was given"),
        (&["call.wav", "--update-baseline"], "--baseline <FILE>"),
        (&["call.wav", "--baseline", "b", "--update-baseline", "--to", "1"], "cannot be used with"),
        (&["--agent", "a.wav"], "--customer <FILE>"),
        (&["call.wav", "--agent", "a.wav", "--customer", "b.wav"], "cannot be used with"),
        (&["call.wav", "--html", "a.html", "-o", "b"], "cannot be used with"),
        (&["call.wav", "--jobs", "0"], "--jobs"),
        (&["call.wav", "--agent-channel", "up"], "left, right"),
        (&["call.wav", "--set", "nudge.bugdet=3"], "nudge.budget"),
    ];
    for (args, words) in lines {
        let code = if args.contains(&"--set") { 78 } else { 2 };
        refused(&desk, args, code, &[words]);
    }
    desk.run(["analyze", "call.wav", "--csv", "--events"]).refused(2, &["cannot be used with"]);
}

#[test]
fn what_is_for_one_call_is_refused_for_several() {
    let desk = Desk::with("a.wav", &wav::short());
    desk.put("b.wav", &wav::short());
    for flag in ["--events", "--realtime", "--html=page.html"] {
        let name = flag.split('=').next().unwrap();
        desk.run(["analyze", "a.wav", "b.wav", flag]).refused(2, &[name, "for one call"]);
    }
    assert_eq!(desk.files(), ["a.wav", "b.wav"]);
}

#[test]
fn output_that_cannot_be_written_is_refused_before_the_work() {
    let desk = Desk::with("call.wav", &wav::short());
    desk.put("file", b"");
    refused(&desk, &["call.wav", "--html", "gone/page.html"], 73, &["gone/page.html", "no such folder"]);
    refused(&desk, &["call.wav", "--html", "file/page.html"], 73, &["file/page.html", "no such folder"]);
    refused(&desk, &["call.wav", "-o", "file"], 73, &["file", "folder"]);
    refused(&desk, &["call.wav", "-o", "file/reports"], 73, &["file/reports", "folder"]);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_ends_early_is_not_called_done() {
    let desk = Desk::with("call.wav", &wav::short());
    for format in ["--json", "--events", "--csv", "--quiet", "--realtime"] {
        let mut command = desk.command(["analyze", "call.wav", format]);
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = Ended::of({
            command.stdout(full);
            command
        });
        assert_eq!(ended.code, 73, "{format}: {ended:?}");
        assert!(ended.err.contains("standard output"), "{format}: {ended:?}");
    }
}
