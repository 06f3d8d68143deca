//! The lines of `evenkeel ctl watch`: one for everything that happens.

use anstyle::Style;

use crate::app::cli::ctl::page::{BAD, BOLD, DIM, GOOD, ODD};
use crate::app::cli::ctl::words::{plain, span};
use crate::control::{Health, Notice, SideState};
use crate::report::names;

/// Columns of the first word.
const WHAT: usize = 10;

fn row(style: Style, what: &str, told: &str) -> String {
    format!("{style}{what:<WHAT$}{style:#}{}\n", plain(told))
}

/// So many notices were missed.
pub(super) fn lagged(missed: u64) -> String {
    row(ODD, "behind", &format!("{missed} lines were missed"))
}

/// A notice as a line; empty where it is of use to programs only.
pub(super) fn line(notice: &Notice) -> String {
    match notice {
        Notice::Nudge { text, at_s, .. } => row(BOLD, "nudge", &format!("{text} (at {})", span(*at_s))),
        Notice::NudgeCleared { kind, why } => row(DIM, "cleared", &format!("{kind}: {why}")),
        Notice::CallBegan { call, trigger, program, .. } => {
            row(GOOD, "call", &format!("{call} begins ({})", program.as_deref().unwrap_or(trigger)))
        }
        Notice::CallDropped => row(DIM, "call", "it was none"),
        Notice::CallHeld { call, held } => {
            row(ODD, "call", &format!("{call} {}", if *held { "is on hold" } else { "goes on" }))
        }
        Notice::CallMuted { call, muted } => {
            row(ODD, "call", &format!("{call} {}", if *muted { "is muted" } else { "is heard again" }))
        }
        Notice::CallEnded { call, length_s, score, tip, .. } => {
            ended(call, *length_s, *score, tip.as_deref())
        }
        Notice::Said { side, at_s, text, .. } => {
            row(DIM, side, &format!("{} (at {})", text.expose(), span(*at_s)))
        }
        Notice::UnknownProgram { name } => row(
            ODD,
            "program",
            &format!(
                "{name} uses microphone and headset; `evenkeel calls allow \"{name}\"` if it is a softphone"
            ),
        ),
        Notice::Side { side, state, why, remedy } => stands(side, *state, why.as_deref(), remedy.as_deref()),
        Notice::Device { side, name, event } => {
            row(ODD, side, &format!("{} {event}", name.as_deref().unwrap_or("the device")))
        }
        Notice::Paused { left_s } => {
            row(ODD, "paused", &format!("nothing is heard for another {}", span(f64::from(*left_s))))
        }
        Notice::Resumed => row(GOOD, "listening", "the pause is over"),
        Notice::Snoozed { left_s: 0.0 } => row(GOOD, "nudges", "are shown again"),
        Notice::Snoozed { left_s } => row(ODD, "snoozed", &format!("for {}", span(f64::from(*left_s)))),
        Notice::Wrong { kind } => {
            let then = crate::control::kind(kind).map_or("noted", names::after_wrong);
            row(ODD, "wrong", &format!("{}: {then}", plain(kind)))
        }
        Notice::Hidden { on: true } => row(ODD, "hidden", "nothing is shown on the screen"),
        Notice::Hidden { on: false } => row(GOOD, "nudges", "are seen on the screen again"),
        Notice::Quiet { on: true } => row(ODD, "quiet", "no nudges"),
        Notice::Quiet { on: false } => row(GOOD, "nudges", "are shown again"),
        Notice::Agent { id } => row(BOLD, "agent", id),
        Notice::Reloaded { changed, held, .. } => reloaded(changed, held),
        Notice::ReloadRefused { error } => row(BAD, "config", error),
        Notice::Part { part } => {
            let style = if part.health == Health::Works { GOOD } else { ODD };
            row(style, &part.name, part.why.as_deref().unwrap_or("works"))
        }
        Notice::Stopping => row(DIM, "end", "evenkeel ends"),
        Notice::Measures { .. } | Notice::Status { .. } => String::new(),
    }
}

/// A pause is told each second; what a person reads is its beginning, every tenth
/// second and the last ones.
#[derive(Debug, Default)]
pub(super) struct Countdown {
    on: bool,
}

impl Countdown {
    /// Whether a notice is worth a line.
    pub(super) fn shows(&mut self, notice: &Notice) -> bool {
        match notice {
            Notice::Paused { left_s } if std::mem::replace(&mut self.on, true) => {
                let s = left_s.round();
                s <= 5.0 || s % 10.0 == 0.0
            }
            Notice::Resumed => {
                self.on = false;
                true
            }
            _ => true,
        }
    }
}

fn ended(call: &str, length_s: f64, score: Option<f32>, tip: Option<&str>) -> String {
    let score = score.map_or_else(|| "no score".to_owned(), |score| format!("score {score:.0}"));
    let tip = tip.map_or_else(String::new, |tip| format!("; {tip}"));
    row(GOOD, "call", &format!("{call} is over: {}, {score}{tip}", span(length_s)))
}

fn stands(side: &str, state: SideState, why: Option<&str>, remedy: Option<&str>) -> String {
    let (style, word) = match state {
        SideState::Live => (GOOD, "is heard"),
        SideState::Closed => (DIM, "is closed"),
        SideState::Opening => (DIM, "is being opened"),
        SideState::Paused => (ODD, "is paused"),
        SideState::Silent => (ODD, "is silent"),
        SideState::Leaking => (ODD, "hears the other side"),
        SideState::Dead => (BAD, "is dead"),
        SideState::Missing => (BAD, "is missing"),
        SideState::Refused => (BAD, "is refused"),
    };
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    let remedy = remedy.map_or_else(String::new, |remedy| format!("; {remedy}"));
    row(style, side, &format!("{word}{why}{remedy}"))
}

fn reloaded(changed: &[String], held: &[String]) -> String {
    let told = match (changed, held) {
        ([], []) => "in order again".to_owned(),
        (_, []) => format!("changed: {}", changed.join(", ")),
        ([], _) => format!("waiting: {}", held.join(", ")),
        (_, _) => format!("changed: {}; waiting: {}", changed.join(", "), held.join(", ")),
    };
    row(GOOD, "config", &told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_pause_the_beginning_each_tenth_second_and_the_last_ones_are_lines() {
        let mut countdown = Countdown::default();
        let shown: Vec<u8> = (0..=43)
            .rev()
            .filter(|&left| countdown.shows(&Notice::Paused { left_s: f32::from(left) }))
            .collect();
        assert_eq!(shown, [43, 40, 30, 20, 10, 5, 4, 3, 2, 1, 0]);
        assert!(countdown.shows(&Notice::Resumed));
        assert!(countdown.shows(&Notice::Paused { left_s: 17.0 }), "the next one begins");
    }

    fn bare(notice: &Notice) -> String {
        anstream::adapter::strip_str(&line(notice)).to_string()
    }

    #[test]
    fn a_nudge_and_the_end_of_a_call_are_read_at_a_glance() {
        let nudge = Notice::Nudge {
            kind: "interrupting".into(),
            text: "Let them finish".into(),
            why: String::new(),
            at_s: 61.0,
            lasts_s: 5.0,
            age_ms: 12.0,
        };
        assert_eq!(bare(&nudge), "nudge     Let them finish (at 1 min 1 s)\n");
        let ended = Notice::CallEnded {
            call: "7".into(),
            length_s: 300.0,
            why: "closed".into(),
            score: Some(84.0),
            tip: Some("pause before you answer".into()),
        };
        assert_eq!(bare(&ended), "call      7 is over: 5 min, score 84; pause before you answer\n");
    }

    #[test]
    fn measures_are_for_programs() {
        let measures = Notice::Measures {
            at_s: 1.0,
            agent: crate::control::SideMeasures::default(),
            customer: crate::control::SideMeasures::default(),
            pace: None,
            rise_db: None,
            level_dbfs: None,
            monologue_s: 0.0,
            silence_s: 0.0,
            score: None,
            score_lately: None,
        };
        assert_eq!(line(&measures), "");
    }

    #[test]
    fn nothing_that_a_program_calls_itself_moves_the_cursor() {
        let notice = Notice::UnknownProgram { name: "a\u{1b}[2Jb".into() };
        assert!(bare(&notice).starts_with("program   a\u{fffd}[2Jb uses"));
    }
}
