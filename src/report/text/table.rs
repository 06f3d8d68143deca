//! One table over many calls.

use unicode_width::UnicodeWidthStr;

use crate::core::measures::Measured;
use crate::core::units::Channel;
use crate::report::analysis::Analysis;
use crate::report::text::{BOLD, DIM, RED, clock, paint};

/// One row: a call that was analysed, or why it was not.
#[derive(Debug)]
pub enum Row<'a> {
    /// It was.
    Call(&'a Analysis),
    /// It was not: its name and the reason.
    Failed(&'a str, &'a str),
}

const HEADS: [&str; 8] = ["length", "score", "talk", "interr.", "raised", "fast", "rushed", "nudges"];
const WIDTHS: [usize; 8] = [7, 5, 5, 7, 6, 5, 6, 6];

/// Calls with their main figures, `-` where there is none.
pub fn table(rows: &[Row<'_>], width: usize) -> String {
    let others: usize = WIDTHS.iter().map(|w| w + 2).sum();
    let longest = rows.iter().map(|r| r.name().width()).max().unwrap_or(4).max(4);
    let name = longest.min(width.saturating_sub(others).max(12));
    let mut lines = vec![paint(BOLD, format!("{:<name$}{}", "call", cells(&HEADS.map(str::to_owned))))];
    for row in rows {
        lines.push(match row {
            Row::Call(a) => format!("{}{}", fit(&a.origin.name, name), cells(&figures(a))),
            Row::Failed(call, why) => format!("{}  {}", fit(call, name), paint(RED, why)),
        });
    }
    if rows.iter().any(|row| matches!(row, Row::Call(_))) {
        lines.push(paint(DIM, "interr.: by the agent; raised, fast: episodes; rushed: replies at once"));
    }
    lines.push(String::new());
    lines.join("\n")
}

impl Row<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Call(a) => &a.origin.name,
            Self::Failed(name, _) => name,
        }
    }
}

fn cells(texts: &[String; 8]) -> String {
    texts.iter().zip(WIDTHS).map(|(text, width)| format!("  {text:>width$}")).collect()
}

/// A name in exactly `width` columns.
fn fit(name: &str, width: usize) -> String {
    let mut text: String = name.to_owned();
    if width < text.width() {
        while width < text.width() + 1 {
            text.pop();
        }
        text.push('~');
    }
    let pad = width - text.width();
    text + &" ".repeat(pad)
}

fn figures(a: &Analysis) -> [String; 8] {
    let s = &a.summary;
    let or_dash =
        |m: Measured<f32>, scale: f32| m.known().map_or("-".into(), |v| format!("{:.0} %", v * scale));
    let count = |m: Measured<u32>| m.known().map_or("-".into(), |n| n.to_string());
    let interruptions = s.interruptions_per_min.map(|_| s.sides[Channel::Agent].starts.interruptions());
    [
        clock(s.duration.seconds()),
        count(s.score.value),
        or_dash(s.talk_ratio, 100.0),
        count(interruptions),
        count(s.raised_count),
        count(s.fast_count),
        or_dash(s.replies.rushed, 100.0),
        a.nudges.len().to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_to_their_column() {
        assert_eq!(fit("short", 8), "short   ");
        assert_eq!(fit("a very long name", 8), "a very ~");
        assert_eq!(fit("日本語の通話", 7).width(), 7);
    }

    #[test]
    fn a_failed_call_keeps_its_row() {
        let text = table(&[Row::Failed("broken.wav", "it is empty")], 80);
        assert!(text.contains("broken.wav") && text.contains("it is empty"));
    }
}
