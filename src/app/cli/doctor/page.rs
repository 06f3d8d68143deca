//! The page for people: what is in order at a glance, what is not with its way
//! out, nothing wider than the terminal.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::app::cli::ctl::page::{BAD, BOLD, DIM, GOOD, ODD};
use crate::app::cli::ctl::words::plain;
use crate::app::doctor::{Check, Group, Outcome, worst};

/// Columns before the evidence.
const INDENT: usize = 26;
/// Narrower than this nothing can be read.
const NARROWEST: usize = 50;

/// Columns of the terminal; 80 where there is none.
pub(super) fn width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).clamp(NARROWEST, 120)
}

pub(super) fn page(checks: &[Check], width: usize) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text += &format!("{BOLD}{}{BOLD:#}\n", group.title());
        checks.iter().filter(|check| check.group == group).for_each(|check| text += &row(check, width));
    }
    text + "\n" + &sum(checks)
}

fn row(check: &Check, width: usize) -> String {
    let (word, style) = look(check.outcome);
    let mut lines = wrapped(&plain(&check.found), width.saturating_sub(INDENT)).into_iter();
    let first = lines.next().unwrap_or_default();
    let mut text = format!("  {:<17}{style}{word:<6}{style:#} {first}\n", check.title);
    lines.for_each(|line| text += &format!("{:INDENT$}{line}\n", ""));
    for (k, line) in
        check.remedy.iter().flat_map(|r| wrapped(&plain(r), width.saturating_sub(INDENT))).enumerate()
    {
        let head = if k == 0 { "to do" } else { "" };
        text += &format!("{:19}{BOLD}{head:<6}{BOLD:#} {line}\n", "");
    }
    text
}

const fn look(outcome: Outcome) -> (&'static str, Style) {
    match outcome {
        Outcome::Ok => ("ok", GOOD),
        Outcome::Skipped => ("-", DIM),
        Outcome::Warn => ("odd", ODD),
        Outcome::Fault => ("fault", BAD),
    }
}

fn sum(checks: &[Check]) -> String {
    let count = |outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    let (odd, faults) = (count(Outcome::Warn), count(Outcome::Fault));
    let (_, style) = look(worst(checks));
    let said = match (faults, odd) {
        (0, 0) => "all is well".to_owned(),
        (0, odd) => format!("no fault; {odd} to look at"),
        (1, odd) => format!("1 fault, {odd} to look at"),
        (faults, odd) => format!("{faults} faults, {odd} to look at"),
    };
    let (ok, skipped) = (count(Outcome::Ok), count(Outcome::Skipped));
    format!("{style}{said}{style:#} ({ok} in order, {skipped} not looked at)\n")
}

/// Broken between words, so that no line is wider; a long word stands alone.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(outcome: Outcome, found: &str, remedy: Option<&str>) -> Check {
        let (found, remedy) = (found.to_owned(), remedy.map(str::to_owned));
        Check {
            group: Group::Sound,
            id: "microphone_heard",
            title: "Microphone heard",
            outcome,
            found,
            remedy,
        }
    }

    fn bare(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_fault_stands_with_its_remedy_and_nothing_is_wider_than_the_terminal() {
        let fault = check(
            Outcome::Fault,
            "only zeros: no permission, or muted",
            Some("unmute it (its button, the system's sound settings), and allow the microphone"),
        );
        let text = bare(&page(&[fault], 80));
        assert!(text.contains("  Microphone heard fault  only zeros: no permission, or muted\n"), "{text}");
        assert!(text.contains("                   to do  unmute it (its button,"), "{text}");
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        assert!(text.ends_with("1 fault, 0 to look at (0 in order, 0 not looked at)\n"), "{text}");
    }

    #[test]
    fn nothing_that_a_device_calls_itself_moves_the_cursor() {
        let text = bare(&page(&[check(Outcome::Ok, "a\u{1b}[2Jb", None)], 80));
        assert!(text.contains("a\u{fffd}[2Jb"), "{text}");
        assert!(text.contains("all is well (1 in order"), "{text}");
    }
}
