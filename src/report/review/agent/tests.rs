//! Ways of made-up agents.

use crate::report::review::agent::{Step, TREND_CALLS, csv, html, json, text, trends};
use crate::report::review::day::tests::{entry, look};
use crate::report::review::{CallState, Entry, Wall};

/// A call on a day counted from the first of October.
fn call(day: u32, hash: &str, score: u32) -> Entry {
    let mut entry = entry(9, "ann", hash, score);
    let (month, date) = (10 + day / 31, 1 + day % 31);
    entry.meta.began = Wall::parse(&format!("2026-{month:02}-{date:02}T09:00:00+01:00")).unwrap();
    entry
}

fn told(entries: &[Entry]) -> String {
    anstream::adapter::strip_str(&text(&trends(entries), &look())).to_string()
}

#[test]
fn a_series_ends_where_the_settings_change() {
    let calls: Vec<Entry> =
        (0..6).map(|k| call(k, if k < 3 { "aaaa" } else { "bbbb" }, 40 + 10 * k)).collect();
    let trend = trends(&calls).remove(0);
    let medians: Vec<f64> = trend.series.iter().map(|s| s.score.unwrap().median).collect();
    assert_eq!(medians, [50.0, 80.0]);
    assert!(told(&calls).contains("Other settings from here on"));
}

#[test]
fn a_trend_is_told_from_enough_calls_only() {
    let calls: Vec<Entry> =
        (0..TREND_CALLS as u32).map(|k| call(k, "aaaa", if k < 10 { 60 } else { 75 })).collect();
    let few = told(&calls[1..]);
    assert!(few.contains("No trend is told") && few.contains("there are 19"), "{few}");
    let enough = told(&calls);
    assert!(enough.contains("median 60 in the earlier 10 calls, 75 in the later 10"), "{enough}");
    assert!(enough.contains("Raised voice costs less: 40.0 points a call earlier, 25.0 later."), "{enough}");
}

#[test]
fn many_weeks_are_told_by_week_from_monday() {
    let trend = trends(&[call(0, "a", 60), call(1, "a", 70), call(40, "a", 80)]).remove(0);
    assert_eq!(trend.step, Step::Week);
    let weeks: Vec<String> = trend.series[0].points.iter().map(|p| p.from.to_string()).collect();
    assert_eq!(weeks, ["2026-09-28", "2026-11-09"]);
}

#[test]
fn rates_are_taken_over_all_talk_of_a_point_and_not_averaged() {
    let mut short = call(0, "a", 60);
    short.figures.as_mut().unwrap().speech_s.customer = crate::core::measures::Measured::Known(10.0);
    let point = trends(&[call(0, "a", 60), short]).remove(0).series[0].points[0].clone();
    assert_eq!(point.interruptions, Some(6.0 * 3600.0 / 60.0));
}

#[test]
fn calls_that_are_not_whole_are_left_out_and_said() {
    let mut half = call(1, "a", 10);
    half.meta.state = CallState::Incomplete;
    let calls = [call(0, "a", 60), half];
    let trend = trends(&calls).remove(0);
    assert_eq!((trend.series[0].scored, trend.series[0].points.len()), (1, 1));
    assert!(told(&calls).contains("1 because a part of the call could not be stored"));
}

#[test]
fn agents_stand_by_name_and_never_by_score() {
    let by = |agent: &str, score| {
        let mut entry = call(0, "a", score);
        entry.meta.agent = agent.into();
        entry
    };
    let agents: Vec<String> =
        trends(&[by("zoe", 99), by("ann", 10), by("max", 50)]).into_iter().map(|t| t.agent).collect();
    assert_eq!(agents, ["ann", "max", "zoe"]);
}

#[test]
fn what_has_no_figure_is_empty_and_never_zero() {
    let bare = Entry::bare(&call(0, "a", 1).meta, "a", None);
    let row = csv(&trends(std::slice::from_ref(&bare)));
    assert!(row.lines().nth(1).unwrap().ends_with(",1,0,,,,,,,0,0"), "{row}");
    let json: serde_json::Value = serde_json::from_str(&json(&trends(&[bare])).unwrap()).unwrap();
    assert!(json["agents"][0]["series"][0]["points"][0]["score"].is_null());
}

#[test]
fn a_terminal_without_unicode_gets_ascii() {
    let calls: Vec<Entry> = (0..6).map(|k| call(k, if k < 3 { "a" } else { "b" }, 40 + 10 * k)).collect();
    let look = crate::report::text::Look { unicode: false, width: 80, ..look() };
    let text = anstream::adapter::strip_str(&text(&trends(&calls), &look)).to_string();
    assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 80), "{text}");
}

#[test]
fn a_page_escapes_names_and_says_where_series_break() {
    let mut calls: Vec<Entry> = (0..6).map(|k| call(k, if k < 3 { "a" } else { "b" }, 40 + 10 * k)).collect();
    calls.iter_mut().for_each(|call| call.meta.agent = "<script>x</script>".into());
    let page = html(&trends(&calls), &look());
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert!(page.contains("do not compare"));
}
