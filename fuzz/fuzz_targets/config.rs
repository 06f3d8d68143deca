//! Any text is either a configuration or is told what is wrong with it.
#![no_main]

use evenkeel::config::{Problem, check_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for problem in check_text("fuzz.toml", text) {
        check(&problem, text);
    }
});

/// A problem says something, in one place of the file, without control
/// characters that could play tricks on a terminal.
fn check(problem: &Problem, text: &str) {
    let told = problem.to_string();
    assert!(!problem.fault.to_string().is_empty() && told.starts_with("fuzz.toml"), "{told:?}");
    assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told:?}");
    assert!(problem.hint().is_none_or(|hint| !hint.is_empty()), "an empty hint: {told:?}");
    let lines = text.split('\n').count();
    assert!(problem.origin.line.is_none_or(|line| (1..=lines).contains(&line)), "{told:?}");
    assert!(problem.column.is_none_or(|column| 0 < column), "{told:?}");
}
