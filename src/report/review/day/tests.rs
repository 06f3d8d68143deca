//! Days of made-up calls, and what may never happen to them.

use crate::core::event::{KINDS, Reliability, State};
use crate::core::measures::{Measured, Why};
use crate::core::score::{PARTS, Part};
use crate::core::units::Sides;
use crate::report::review::day::{Day, csv, html, json, text};
use crate::report::review::{CallState, Costly, Entry, Figures, Meta, Nudged, PartFigure, Raised, Wall};
use crate::report::text::Look;

pub(in crate::report) fn wall(hour: u32) -> Wall {
    Wall::parse(&format!("2026-11-22T{hour:02}:05:00+01:00")).unwrap()
}

pub(in crate::report) fn meta(hour: u32, agent: &str) -> Meta {
    Meta {
        uid: format!("0199f3a2-7b1c-7d10-9f3e-5a77c0de{hour:04}"),
        agent: agent.into(),
        began: wall(hour),
        as_of: wall(hour),
        state: CallState::Closed,
        softphone: Some("baresip".into()),
        version: "0.1.0".into(),
        customer: None,
        wrong: [0; KINDS],
    }
}

pub(in crate::report) fn figures(score: u32) -> Figures {
    let mut parts = [PartFigure { value: Measured::Known(0.05), lost: Some(0.0) }; PARTS];
    parts[Part::RaisedVoice as usize].lost = Some(f64::from(100 - score));
    parts[Part::Language as usize] = PartFigure { value: Measured::Unknown(Why::NoWords), lost: None };
    let both = |a, c| Sides { agent: Measured::Known(a), customer: Measured::Known(c) };
    Figures {
        channels: Sides { agent: State::Live, customer: State::Live },
        reliability: Reliability::Reliable,
        score: Measured::Known(score),
        coverage: 0.95,
        parts,
        speech_s: both(60.0, 50.0),
        cut_offs: Sides { agent: Measured::Known(2), customer: Measured::Known(0) },
        talk_overs: Sides { agent: Measured::Known(1), customer: Measured::Known(1) },
        unreliable: Sides { agent: Some(0), customer: Some(0) },
        raised: Raised { episodes: Measured::Known(1), spoken_s: Measured::Known(4.0), peak_db: Some(8.6) },
        pace: Measured::Known(5.5),
        normal_pace: Some(5.0),
        fast_share: Measured::Known(0.12),
        monologue_s: both(41.0, 12.0),
        reply_s: Measured::Known(0.4),
        silences: Measured::Known(0),
        silence_s: Measured::Known(0.0),
        incidents: None,
        moments: vec![Costly {
            start_s: 48.0,
            end_s: 52.0,
            points: 6.5,
            text: "cut the customer off".into(),
        }],
        nudges: [Nudged { shown: 1, heeded: 1 }; KINDS],
    }
}

pub(in crate::report) fn entry(hour: u32, agent: &str, hash: &str, score: u32) -> Entry {
    Entry {
        meta: meta(hour, agent),
        config_hash: hash.into(),
        duration_s: Some(148.0),
        figures: Some(Box::new(figures(score))),
    }
}

fn unscored(hour: u32, why: Why) -> Entry {
    let mut entry = entry(hour, "ann", "aaaa", 70);
    let figures = entry.figures.as_mut().unwrap();
    figures.score = Measured::Unknown(why);
    figures.channels.agent = State::Dead;
    figures.pace = Measured::Unknown(Why::AgentChannel);
    figures.raised =
        Raised { episodes: Measured::Unknown(why), spoken_s: Measured::Unknown(why), peak_db: None };
    figures.monologue_s.agent = Measured::Unknown(why);
    figures.cut_offs.agent = Measured::Unknown(why);
    entry
}

fn day(entries: Vec<Entry>) -> Day {
    Day::of(wall(9).date(), entries, Vec::new())
}

pub(in crate::report) fn look() -> Look {
    Look { width: 100, unicode: true, score_name: "Calmness".into() }
}

fn plain(day: &Day) -> String {
    anstream::adapter::strip_str(&text(day, &look())).to_string()
}

#[test]
fn scores_of_different_settings_never_meet_in_one_number() {
    let mixed =
        day(vec![entry(9, "ann", "aaaa", 40), entry(10, "ann", "bbbb", 90), entry(11, "ann", "aaaa", 50)]);
    let told = plain(&mixed);
    assert!(told.contains("Calmness median 45") && told.contains("Calmness 90"), "{told}");
    assert!(told.contains("2 different settings"), "{told}");
    for moments in ["Worth listening to (settings aaaa)", "Worth listening to (settings bbbb)"] {
        assert!(told.contains(moments), "{told}");
    }
}

#[test]
fn a_call_without_a_score_keeps_its_line_and_its_reason() {
    let mut orphan = Entry::bare(&meta(12, "ann"), "aaaa", None);
    orphan.meta.state = CallState::Orphan;
    let told = plain(&day(vec![unscored(10, Why::LittleCoverage), orphan]));
    for words in [
        "no score: too few parts",
        "Agent channel no samples",
        "ended in the middle of the",
        "no call with a score",
    ] {
        let whole = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(whole.contains(words), "{words}: {told}");
    }
}

#[test]
fn what_was_not_measured_is_never_a_zero() {
    let missing = day(vec![unscored(10, Why::AgentChannel)]);
    let told = plain(&missing);
    let row = told.lines().find(|line| line.starts_with(" 10:05")).unwrap();
    assert_eq!(
        row.split_whitespace().take(7).collect::<Vec<_>>(),
        ["10:05", "2:28", "-", "-", "-", "-", "-"]
    );
    let csv = csv(&missing);
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let (head, row) = (lines.next().unwrap(), lines.next().unwrap());
    let field = |name: &str| row[head.iter().position(|head| *head == name).unwrap()];
    assert_eq!((field("score"), field("pace"), field("no_score_reason")), ("", "", "agent_channel"));
    let json: serde_json::Value = serde_json::from_str(&json(&missing).unwrap()).unwrap();
    let score = &json["groups"][0]["calls"][0]["figures"]["score"];
    assert!(score["value"].is_null() && score["reason"] == "agent_channel");
}

#[test]
fn a_name_from_outside_stays_text_wherever_it_stands() {
    let evil = "=cmd()<script>alert(1)</script>\u{1b}[2J";
    let mut call = entry(9, evil, "<b>", 70);
    call.figures.as_mut().unwrap().moments[0].text = evil.into();
    let day = day(vec![call]);
    let page = html(&day, &look());
    assert!(!page.contains("<script") && !page.contains("<b>") && page.contains("&lt;script&gt;"));
    assert!(csv(&day).contains("'=cmd()") && !csv(&day).contains(",=cmd"));
    assert!(!text(&day, &look()).contains("\u{1b}[2J"));
}

#[test]
fn a_day_fits_the_columns_of_its_terminal() {
    let day = day(vec![unscored(10, Why::LittleCoverage), entry(9, "ann", "aaaa", 40)]);
    for width in [80, 100, 140] {
        let told = text(&day, &Look { width, ..look() });
        let told = anstream::adapter::strip_str(&told).to_string();
        assert!(told.lines().all(|line| line.chars().count() <= width), "{width}: {told}");
    }
}

#[test]
fn a_day_without_calls_is_told_as_such() {
    assert!(plain(&day(Vec::new())).contains("no calls"));
    assert!(html(&day(Vec::new()), &look()).contains("No calls"));
}

#[test]
fn calls_of_other_dates_are_left_out() {
    assert!(Day::of("2026-11-21".parse().unwrap(), [entry(9, "ann", "a", 1)], Vec::new()).entries.is_empty());
}

#[test]
fn every_row_has_as_many_fields_as_its_head() {
    let rows = csv(&day(vec![entry(9, "ann", "a", 70), Entry::bare(&meta(12, "ann"), "a", None)]));
    let counts: Vec<usize> = rows.lines().map(|line| line.split(',').count()).collect();
    assert_eq!(counts, [counts[0]; 3]);
}
