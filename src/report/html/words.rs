//! Figures as people read them. A unit stands beside every one of them, and
//! what was not measured says so in words.

use maud::{Markup, html};

use crate::core::measures::{Measured, Why};
use crate::core::units::{Channel, SampleSpan, SampleTime};
use crate::report::analysis::Analysis;
use crate::report::names;

/// Keeps a figure and its unit on one line.
pub(super) const TIE: char = '\u{a0}';

/// Tells times as those of the file, also where only a part of it was analysed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    offset: SampleSpan,
}

impl Clock {
    /// The clock of a call.
    pub(super) fn of(a: &Analysis) -> Self {
        Self { offset: a.origin.offset }
    }

    /// A point of the call: `0:49`, `1:02:03`.
    pub(super) fn at(self, at: SampleTime) -> String {
        // Rounded as in the terminal, so that both name the same second.
        let s = (at + self.offset).seconds().round() as u64;
        match s / 3600 {
            0 => format!("{}:{:02}", s / 60, s % 60),
            hours => format!("{hours}:{:02}:{:02}", s / 60 % 60, s % 60),
        }
    }
}

/// A length in words that suit it: `1.0 s`, `42 s`, `2 min 28 s`, `1 h 3 min`.
pub(super) fn length(span: SampleSpan) -> String {
    seconds(span.seconds())
}

/// The same of plain seconds.
pub(super) fn seconds(s: f64) -> String {
    let whole = s.round() as u64;
    match whole {
        0..10 => format!("{}{TIE}s", tenths(s)),
        10..60 => format!("{whole}{TIE}s"),
        60..3600 => format!("{}{TIE}min {}{TIE}s", whole / 60, whole % 60),
        _ => format!("{}{TIE}h {}{TIE}min", whole / 3600, whole / 60 % 60),
    }
}

/// A share as a percentage; small ones with a decimal, so that they are not 0.
pub(super) fn percent(share: f32) -> String {
    let percent = f64::from(share) * 100.0;
    if 0.0 < percent && percent < 9.95 {
        format!("{}{TIE}%", tenths(percent).trim_end_matches(".0"))
    } else {
        format!("{}{TIE}%", whole(percent))
    }
}

/// One decimal, a real minus sign, and never minus nothing.
pub(super) fn tenths(value: f64) -> String {
    signed(format!("{value:.1}"))
}

/// No decimal, else the same.
pub(super) fn whole(value: f64) -> String {
    signed(format!("{value:.0}"))
}

fn signed(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.into(),
        Some(rest) => format!("\u{2212}{rest}"),
        None => text,
    }
}

/// A sentence of the terminal with its figures held to their units.
pub(super) fn tied(text: &str) -> String {
    text.replace(" dB", "\u{a0}dB").replace(" %", "\u{a0}%")
}

/// Points of the score: `26.3`, `10`.
pub(super) fn points(points: f32) -> String {
    tenths(f64::from(points)).trim_end_matches(".0").to_owned()
}

/// `1 episode`, `2 episodes`.
pub(super) fn count(n: u32, one: &str, many: &str) -> String {
    format!("{n}{TIE}{}", if n == 1 { one } else { many })
}

/// A side in the middle of a sentence.
pub(super) fn side(who: Channel) -> &'static str {
    names::side(who)
}

/// Why there is no figure.
pub(super) fn not_measured(why: Why) -> String {
    format!("not measured, because {}", because(why))
}

/// The reasons' titles are clauses but for a few, which lack a verb here.
fn because(why: Why) -> String {
    match why {
        Why::NoBaseline => "there was no baseline yet".into(),
        Why::FewReplies => "there were too few replies".into(),
        Why::CallTooShort
        | Why::LittleAgentSpeech
        | Why::LittleCustomerSpeech
        | Why::AgentChannel
        | Why::CustomerChannel
        | Why::Unreliable
        | Why::Agc
        | Why::NoWords
        | Why::LittleCoverage
        | Why::FewWords => names::why_not_title(why).into(),
    }
}

/// A figure, or why there is none.
pub(super) fn figure(value: &Measured<String>) -> Markup {
    match value {
        Measured::Known(text) => html! { span.figure { (text) } },
        Measured::Unknown(why) => html! { span.unmeasured { (dash()) " " (not_measured(*why)) } },
    }
}

/// What stands where there is no figure: never a zero.
pub(super) fn dash() -> Markup {
    html! { span.dash aria-hidden="true" { "\u{2014}" } }
}

/// Text from outside with what could disturb the page taken out: control
/// characters, and marks that turn the direction of all that follows.
pub(in crate::report) fn outside(text: &str) -> String {
    let disturbs = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if disturbs(c) { '\u{fffd}' } else { c }).collect()
}

/// The first letter large, as at the beginning of a line.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: f64) -> SampleTime {
        SampleTime::from_seconds(s)
    }

    #[test]
    fn a_clock_shows_hours_only_where_there_are_some() {
        let clock = Clock { offset: SampleSpan::ZERO };
        assert_eq!(clock.at(at(0.0)), "0:00");
        assert_eq!(clock.at(at(48.9)), "0:49");
        assert_eq!(clock.at(at(3723.4)), "1:02:03");
    }

    #[test]
    fn times_are_those_of_the_file() {
        let clock = Clock { offset: SampleSpan::from_millis(120_000) };
        assert_eq!(clock.at(at(5.0)), "2:05");
    }

    #[test]
    fn lengths_are_as_exact_as_they_are_long() {
        let told = |s| length(SampleSpan::from_seconds(s)).replace(TIE, " ");
        assert_eq!(told(1.04), "1.0 s");
        assert_eq!(told(9.96), "10 s");
        assert_eq!(told(147.5), "2 min 28 s");
        assert_eq!(told(14_400.0), "4 h 0 min");
    }

    #[test]
    fn a_small_share_is_not_rounded_to_nothing() {
        let told = |share| percent(share).replace(TIE, " ");
        assert_eq!(told(0.004), "0.4 %");
        assert_eq!(told(0.02), "2 %");
        assert_eq!(told(0.646), "65 %");
        assert_eq!(told(0.0), "0 %");
    }

    #[test]
    fn there_is_no_minus_nothing() {
        assert_eq!(tenths(-0.01), "0.0");
        assert_eq!(whole(-0.0), "0");
        assert_eq!(tenths(-3.25), "\u{2212}3.2");
    }

    #[test]
    fn a_missing_figure_says_why_and_shows_no_digit() {
        let told = figure(&Measured::Unknown(Why::Agc)).into_string();
        assert!(told.contains("\u{2014}"), "{told}");
        assert!(told.contains("not measured, because the microphone has an automatic gain"), "{told}");
        assert!(!told.chars().any(|c| c.is_ascii_digit()));
    }

    #[test]
    fn marks_that_turn_the_direction_of_text_are_taken_out() {
        assert_eq!(outside("invoice\u{202e}gpj.exe\u{0}"), "invoice\u{fffd}gpj.exe\u{fffd}");
        assert_eq!(outside("Ærlig <b>"), "Ærlig <b>");
    }

    #[test]
    fn a_sentence_begins_with_a_large_letter() {
        assert_eq!(sentence("agent stops"), "Agent stops");
        assert_eq!(sentence(""), "");
    }
}
