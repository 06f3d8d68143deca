//! The same in gives the same out, whichever way it comes in.

use serde_json::Value;

use crate::support::Desk;
use crate::wav;

/// Both runs of the same command on a lively call.
fn twice(args: &[&str]) -> [String; 2] {
    let desk = Desk::with("call.wav", &wav::stereo(&wav::part(44, 54)));
    [(); 2].map(|()| desk.run([&["analyze", "call.wav"], args].concat()).done())
}

#[test]
fn two_runs_print_the_same_bytes() {
    for format in ["--json", "--events", "--csv", "--quiet"] {
        let [one, two] = twice(&[format]);
        assert!(!one.is_empty() && one == two, "{format}");
    }
}

#[test]
fn two_runs_write_the_same_page() {
    let desk = Desk::with("call.wav", &wav::stereo(&wav::part(44, 54)));
    for page in ["one.html", "two.html"] {
        let ended = desk.run(["analyze", "call.wav", "--html", page]);
        assert_eq!((ended.code, ended.err), (0, format!("page: {page}\n")));
    }
    assert_eq!(desk.text("one.html"), desk.text("two.html"));
}

#[test]
fn any_number_of_jobs_gives_the_same_bytes() {
    let desk = Desk::new();
    for (name, from) in [("a", 42), ("b", 7), ("c", 60), ("d", 90)] {
        desk.put(&format!("calls/{name}.wav"), &wav::stereo(&wav::part(from, from + 4)));
    }
    for format in ["--json", "--csv", "--quiet"] {
        let of = |jobs: &str| desk.run(["analyze", "calls", format, "-j", jobs]).done();
        assert!(of("1") == of("2"), "{format}");
    }
}

#[test]
fn two_mono_files_are_the_same_call_as_the_stereo_file() {
    let desk = Desk::with("call.wav", &wav::stereo(&wav::lively()));
    desk.put("me.wav", &wav::mono(&wav::lively(), 0));
    desk.put("you.wav", &wav::mono(&wav::lively(), 1));
    let pair = desk.json(["analyze", "--agent", "me.wav", "--customer", "you.wav", "--json"]);
    assert_eq!(without_source(pair), without_source(desk.analysed("call.wav")));
}

#[test]
fn the_agent_on_the_right_is_the_call_turned_round() {
    let turned = wav::map(&wav::lively(), |[agent, customer]| [*customer, *agent]);
    let desk = Desk::with("call.wav", &wav::stereo(&wav::lively()));
    desk.put("turned.wav", &wav::stereo(&turned));
    let straight = without_source(desk.analysed("call.wav"));
    let right = desk.json(["analyze", "turned.wav", "--agent-channel", "right", "--json"]);
    assert_eq!(without_source(right), straight);
    let set = desk.json(["analyze", "turned.wav", "--set", "call.agent_channel=\"right\"", "--json"]);
    assert_eq!(without_source(set), straight);
}

#[test]
fn a_stretch_is_the_same_as_a_file_of_it() {
    let desk = Desk::with("call.wav", &wav::stereo(&wav::part(36, 70)));
    desk.put("part.wav", &wav::stereo(&wav::lively()));
    let stretch = desk.json(["analyze", "call.wav", "--from", "0:08", "--to", "28", "--json"]);
    assert_eq!(stretch["source"]["from_s"], 8.0);
    assert_eq!(without_source(stretch), without_source(desk.analysed("part.wav")));
}

/// An analysis but for where it comes from.
fn without_source(mut json: Value) -> Value {
    json.as_object_mut().unwrap().remove("source");
    json
}

#[test]
fn without_a_terminal_nothing_is_coloured() {
    let desk = Desk::with("calls/call.wav", &wav::stereo(&wav::part(44, 54)));
    desk.put("calls/empty.wav", b"");
    let call = ["analyze", "calls/call.wav", "--html", "page.html"];
    let folder = ["analyze", "calls", "-o", "reports"];
    for (args, no_color) in [(call, None), (folder, None), (call, Some("1")), (folder, Some("1"))] {
        let mut command = desk.command(args.into_iter().chain(["--force"]));
        if let Some(set) = no_color {
            command.env("NO_COLOR", set);
        }
        let ended = crate::support::Ended::of(command);
        assert!(!ended.out.is_empty() && !ended.err.is_empty());
        assert!(!ended.out.contains('\u{1b}') && !ended.err.contains('\u{1b}'), "{ended:?}");
    }
}
