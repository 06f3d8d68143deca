use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::app::live::{Bands, Change, Second};
use crate::core::private::Spoken;

fn seen(view: &View, (width, height): (u16, u16)) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(view, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(row).collect()
}

fn empty() -> View {
    View::new(Bands { pace: 0.18, rise: 4.5 }, "Calmness", "s snooze   x leave")
}

fn second(at_s: f64, agent: Option<f32>, customer: Option<f32>) -> Change {
    let spoke = Sides { agent, customer };
    Change::Second(Second {
        at_s,
        spoke,
        pace: Some(1.3),
        rise: Some(2.0),
        score: Some(86.4),
        lately: Some(71.2),
    })
}

fn said(who: Channel, at_s: f64, text: &str) -> Change {
    Change::Said { who, at_s, text: Spoken::new(text) }
}

/// A call in its 65th second, with a nudge on.
fn call() -> View {
    let mut view = empty();
    view.hear(Change::Began("call 7 · linphone".into()));
    for s in 0..=65 {
        view.hear(second(
            f64::from(s),
            Some(if s < 60 { 0.0 } else { 1.0 }),
            Some(if s < 62 { 0.5 } else { 0.0 }),
        ));
    }
    view.hear(said(
        Channel::Customer,
        50.0,
        "This is the third time that I have to call you about it, the third!",
    ));
    view.hear(said(Channel::Agent, 60.0, "I hear you."));
    view.hear(Change::Nudge {
        text: "Let them finish".into(),
        detail: "2 interruptions in 60 s".into(),
        tone: Tone::Nudge,
        at_s: 61.0,
    });
    view
}

#[test]
fn everything_stands_in_80_columns_by_24_lines() {
    let seen = seen(&call(), (80, 24));
    assert!(seen[0].starts_with("evenkeel  call 7 · linphone  01:05"), "{}", seen[0]);
    assert!(seen[0].ends_with("◐ 86 Calmness (71 lately)"), "{}", seen[0]);
    assert!(seen[2].starts_with("agent         ··") && seen[2].ends_with("██████"), "{}", seen[2]);
    assert!(seen[3].starts_with("customer") && seen[3].ends_with("▄▄····"), "{}", seen[3]);
    assert!(seen[4].ends_with("now"));
    assert!(
        seen[6].starts_with("pace") && seen[6].contains('▲') && seen[6].ends_with("130 %"),
        "{}",
        seen[6]
    );
    assert!(seen[7].contains('●') && seen[7].ends_with("+2.0 dB"), "{}", seen[7]);
    let all = seen.join("\n");
    assert!(all.contains("  Let them finish\n  2 interruptions in 60 s\n"), "{all}");
    assert!(all.contains("\ncustomer  This is the third time"), "{all}");
    assert!(all.contains("the third!\nagent     I hear you.\n"), "{all}");
    assert_eq!(seen[23], "s snooze   x leave");
}

#[test]
fn what_is_not_known_is_no_zero() {
    let mut view = empty();
    assert!(seen(&view, (80, 24))[0].ends_with("· Calmness not known yet"));
    view.hear(Change::Began("call 7".into()));
    view.hear(Change::Side(Channel::Customer, Some("nothing arrives".into())));
    view.hear(Change::Second(Second { at_s: 3.0, ..Second::default() }));
    let seen = seen(&view, (80, 24));
    assert!(seen[2].ends_with('?'), "{}", seen[2]);
    assert_eq!(seen[3], "customer  nothing arrives");
    assert!(seen[6].ends_with('–') && !seen[6].contains('●'), "{}", seen[6]);
}

#[test]
fn a_small_terminal_keeps_what_matters_and_a_tiny_one_says_what_it_needs() {
    let small = seen(&call(), (40, 10));
    let all = small.join("\n");
    assert!(all.contains("agent") && all.contains("pace") && all.contains("Let them finish"), "{all}");
    assert_eq!(seen(&call(), (39, 10))[0], "This needs 40 columns and 8 lines.");
    for width in 1..100 {
        for height in 1..30 {
            let _ = seen(&call(), (width, height));
        }
    }
}

#[test]
fn the_axis_says_where_the_call_begins_and_what_is_seen_of_it() {
    assert_eq!(axis(30, 80).find("00:00"), Some(80 - 30));
    assert_eq!(axis(0, 80), format!("{:71}00:00 now", ""));
    assert_eq!(axis(130, 80), format!("{:10}01:00{:>65}", "", "now"));
}

#[test]
fn nothing_of_the_call_before_is_left() {
    let mut view = call();
    view.hear(Change::Began("call 8".into()));
    let all = seen(&view, (80, 24)).join("\n");
    assert!(all.contains("call 8") && !all.contains("third time") && !all.contains("Let them"), "{all}");
}

#[test]
fn late_words_take_their_place_in_the_call() {
    let mut view = empty();
    view.hear(said(Channel::Agent, 9.0, "nine"));
    view.hear(said(Channel::Customer, 7.0, "seven"));
    let seen = seen(&view, (80, 24));
    let at = |text| seen.iter().position(|row| row.contains(text)).unwrap();
    assert!(at("seven") < at("nine"));
}

#[test]
fn words_of_others_move_no_cursor() {
    let mut view = empty();
    view.hear(said(Channel::Customer, 1.0, "a\u{1b}[2Jb"));
    view.hear(Change::Began("call \u{1b}]0;x".into()));
    view.hear(said(Channel::Customer, 1.0, "a\u{1b}[2Jb"));
    let all = seen(&view, (80, 24)).join("");
    assert!(all.contains("a\u{fffd}[2Jb") && all.contains("call \u{fffd}]0;x"), "{all}");
}
