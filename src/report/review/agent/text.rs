//! The way of an agent in the terminal.

use crate::report::review::FOOT;
use crate::report::review::agent::{Point, Series, Trend, told_costs, told_halves, told_left_out};
use crate::report::review::day::item;
use crate::report::review::figures::{name, number, or_dash, percent};
use crate::report::text::{BOLD, DIM, Look, paint, wrap};

/// Columns of the table, and their widths.
const HEADS: [(&str, usize); 7] = [
    ("calls", 5),
    ("scored", 6),
    ("score", 5),
    ("half of them", 12),
    ("over/h", 6),
    ("raised/h", 8),
    ("pace", 6),
];

const LEGEND: &str = "over/h: interruptions per hour of customer talk; raised/h: episodes per hour of own speech; \
                      pace: median against the own normal; heeded: of the nudges that were shown; - not measured.";

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['.', '.', ':', '-', '=', '+', '*', '#'];

/// The ways in so many columns.
pub fn text(trends: &[Trend], look: &Look) -> String {
    let mut lines: Vec<String> = trends.iter().flat_map(|trend| of_agent(trend, look)).collect();
    if trends.is_empty() {
        lines.push("no calls".into());
    } else {
        lines.extend(wrap(LEGEND, look.width).into_iter().map(|line| paint(DIM, line)));
    }
    lines.push(String::new());
    lines.extend(wrap(FOOT, look.width).into_iter().map(|line| paint(DIM, line)));
    lines.push(String::new());
    lines.join("\n")
}

fn of_agent(trend: &Trend, look: &Look) -> Vec<String> {
    let (from, to) = trend.days;
    let calls = trend.series.iter().flat_map(|s| &s.points).map(|point| point.calls).sum();
    let mut lines = vec![format!(
        "{}  {from} to {to}, {}, by {}",
        paint(BOLD, name(&trend.agent)),
        number(calls, "call"),
        trend.step.name()
    )];
    for (k, series) in trend.series.iter().enumerate() {
        if 0 < k {
            let rule = if look.unicode { "─" } else { "-" }.repeat(look.width.min(60));
            lines.push(String::new());
            lines.push(paint(DIM, rule));
            lines.push("Other settings from here on: the figures above and below do not compare.".into());
        }
        lines.extend(of_series(series, trend, look));
    }
    lines.extend(told_left_out(trend).iter().flat_map(|told| item(look, "!", told)));
    lines.push(String::new());
    lines
}

fn of_series(series: &Series, trend: &Trend, look: &Look) -> Vec<String> {
    let spark = spark(series, look);
    let mut lines = vec![String::new()];
    let medians = if spark.is_empty() {
        String::new()
    } else {
        format!("  {spark}  ({} by {}, 0 to 100)", look.score_name, trend.step.name())
    };
    lines.push(format!("settings {}{medians}", name(&series.config_hash)));
    let heads: String = HEADS.iter().map(|(head, width)| format!("  {head:>width$}")).collect();
    lines.push(paint(DIM, format!("{:<10}{heads}  heeded", trend.step.name())));
    lines.extend(series.points.iter().map(row));
    for told in told_halves(series, &look.score_name).iter().chain(&told_costs(series)) {
        lines.extend(wrap(told, look.width));
    }
    lines
}

fn row(point: &Point) -> String {
    let cells = [
        point.calls.to_string(),
        point.scored.to_string(),
        or_dash(point.score, |s| format!("{:.0}", s.median)),
        or_dash(point.score.filter(|_| 3 < point.scored), |s| format!("{:.0} to {:.0}", s.low, s.high)),
        or_dash(point.interruptions, |n| format!("{n:.1}")),
        or_dash(point.raised, |n| format!("{n:.1}")),
        or_dash(point.pace, percent),
    ];
    let cells: String =
        cells.iter().zip(HEADS).map(|(cell, (_, width))| format!("  {cell:>width$}")).collect();
    let (shown, heeded) = point.nudges;
    let heeded = if shown == 0 { "-".into() } else { format!("{heeded}/{shown}") };
    format!("{:<10}{cells}  {heeded:>6}", point.from.to_string())
}

/// The medians on a scale from 0 to 100; a gap where there is none.
fn spark(series: &Series, look: &Look) -> String {
    let glyphs = if look.unicode { BLOCKS } else { ASCII };
    let glyph = |score: f64| glyphs[((score / 100.0 * 8.0) as usize).min(7)];
    let known = series.points.iter().filter(|point| point.score.is_some()).count();
    if known < 2 {
        return String::new();
    }
    // The newest, where there are more than fit.
    let room = look.width.saturating_sub(50).max(20);
    let from = series.points.len().saturating_sub(room);
    series.points[from..].iter().map(|point| point.score.map_or(' ', |s| glyph(s.median))).collect()
}
