//! The page of the ways of agents.

use maud::{Markup, html};

use crate::report::html::review::{cell, figure, notes, page};
use crate::report::html::words;
use crate::report::review::agent::{Point, Series, Trend, told_costs, told_halves, told_left_out};
use crate::report::review::figures::{name, percent};
use crate::report::text::Look;

/// Drawing: width of a point, height of 100 points, and the room around.
const STEP: f64 = 28.0;
const HEIGHT: f64 = 120.0;
const LEFT: f64 = 34.0;
const TOP: f64 = 8.0;
/// Points of a drawing; of longer series the newest are drawn.
const MOST: usize = 60;

/// Some ways as a whole page.
pub(in crate::report) fn agents(trends: &[Trend], look: &Look) -> String {
    let title = match trends {
        [one] => name(&one.agent),
        [] => "No calls".into(),
        many => format!("{} agents", many.len()),
    };
    let calls: usize = trends.iter().flat_map(|t| &t.series).flat_map(|s| &s.points).map(|p| p.calls).sum();
    let from = trends.iter().map(|t| t.days.0).min();
    let to = trends.iter().map(|t| t.days.1).max();
    let mut facts = vec![("Calls", calls.to_string())];
    facts.extend(from.map(|date| ("From", date.to_string())));
    facts.extend(to.map(|date| ("To", date.to_string())));
    let main = html! {
        @if trends.is_empty() { p.empty { "No calls." } }
        @for (k, trend) in trends.iter().enumerate() { (of_agent(trend, k, look)) }
        @if !trends.is_empty() { (legend()) }
    };
    page(&title, "agent report", &facts, &main)
}

fn of_agent(trend: &Trend, number: usize, look: &Look) -> Markup {
    let id = format!("a{number}");
    let left_out: Vec<String> = told_left_out(trend).into_iter().collect();
    html! {
        section.way aria-labelledby=(id) {
            h2 id=(id) { bdi { (name(&trend.agent)) } }
            p.context { (trend.days.0) " to " (trend.days.1) ", by " (trend.step.name()) "." }
            (notes(&left_out))
            @for (k, series) in trend.series.iter().enumerate() {
                @if 0 < k {
                    p.break { "Other settings from here on: the figures above and below do not compare." }
                }
                (of_series(series, trend, look))
            }
        }
    }
}

fn of_series(series: &Series, trend: &Trend, look: &Look) -> Markup {
    html! {
        div.series {
            h3 { "Settings " code { bdi { (name(&series.config_hash)) } } }
            @if series.points.iter().filter(|p| p.score.is_some()).count() < 2 {
                p.empty { "Too few " (trend.step.name()) "s with a score for a curve." }
            } @else {
                (curve(series, trend, look))
            }
            ul.told {
                @for told in told_halves(series, &look.score_name) { li { (words::outside(&told)) } }
                @if let Some(costs) = told_costs(series) { li { (costs) } }
            }
            (table(series, trend, look))
        }
    }
}

fn table(series: &Series, trend: &Trend, look: &Look) -> Markup {
    let score = words::outside(&look.score_name);
    let heads = [
        "Calls",
        "With a score",
        "Median",
        "Middle half",
        "Over per hour",
        "Raised per hour",
        "Pace",
        "Heeded",
    ];
    html! {
        table.stacking.calls {
            caption { (score) " and conduct by " (trend.step.name()) }
            thead {
                tr {
                    th scope="col" { (words::sentence(trend.step.name())) }
                    @for head in heads { th scope="col" { (head) } }
                }
            }
            tbody { @for point in &series.points { (row(point, &heads)) } }
        }
    }
}

fn row(point: &Point, heads: &[&str; 8]) -> Markup {
    let (shown, heeded) = point.nudges;
    let tenths = |value: Option<f64>| figure(value.map(words::tenths));
    let half = point.score.filter(|_| 3 < point.scored);
    let cells = [
        html! { (point.calls) },
        html! { (point.scored) },
        figure(point.score.map(|s| words::whole(s.median))),
        figure(half.map(|s| format!("{:.0} to {:.0}", s.low, s.high))),
        tenths(point.interruptions),
        tenths(point.raised),
        figure(point.pace.map(|ratio| percent(ratio).replace(' ', "\u{a0}").replace('-', "\u{2212}"))),
        figure((0 < shown).then(|| format!("{heeded} of {shown}"))),
    ];
    html! {
        tr {
            th scope="row" { (point.from) }
            @for (label, value) in heads.iter().zip(&cells) { (cell(label, value)) }
        }
    }
}

/// Medians as a line, the middle halves as bars. The table says the same.
fn curve(series: &Series, trend: &Trend, look: &Look) -> Markup {
    let points = &series.points[series.points.len().saturating_sub(MOST)..];
    let width = LEFT + STEP * points.len() as f64;
    let title = format!(
        "{} by {}: median, and the middle half of the calls",
        words::outside(&look.score_name),
        trend.step.name()
    );
    html! {
        figure.curve {
            div.scroll tabindex="0" role="region" aria-label=(format!("{}, settings {}: {title}", name(&trend.agent), name(&series.config_hash))) {
                svg.trend width=(width) height=(TOP + HEIGHT + 22.0) aria-hidden="true" focusable="false" {
                    @for score in [0.0, 50.0, 100.0] {
                        line.grid x1=(LEFT) x2=(width) y1=(y(score)) y2=(y(score)) {}
                        text.scale x=(LEFT - 6.0) y=(y(score) + 4.0) { (score) }
                    }
                    @for (k, point) in points.iter().enumerate() { (mark(k, point)) }
                    @for run in runs(points) { polyline.line points=(run) {} }
                    @for (k, point) in points.iter().enumerate().step_by(4) {
                        text.date x=(x(k)) y=(TOP + HEIGHT + 18.0) { (point.from.strftime("%m-%d").to_string()) }
                    }
                }
            }
            figcaption { (title) ". The figures are in the table." }
        }
    }
}

fn x(k: usize) -> f64 {
    LEFT + STEP * (k as f64 + 0.5)
}

fn y(score: f64) -> f64 {
    ((TOP + HEIGHT * (1.0 - score / 100.0)) * 10.0).round() / 10.0
}

fn mark(k: usize, point: &Point) -> Markup {
    html! {
        @if let Some(s) = point.score {
            @if 3 < point.scored {
                rect.half x=(x(k) - 5.0) width="10" y=(y(s.high)) height=(y(s.low) - y(s.high)) rx="3" {}
            }
            circle.dot cx=(x(k)) cy=(y(s.median)) r="3.5" {}
        }
    }
}

/// Lines between neighbours that have a score: none over a gap.
fn runs(points: &[Point]) -> Vec<String> {
    let mut runs = vec![Vec::new()];
    for (k, point) in points.iter().enumerate() {
        match (point.score, runs.last_mut()) {
            (Some(s), Some(run)) => run.push(format!("{},{}", x(k), y(s.median))),
            (Some(_), None) | (None, _) => runs.push(Vec::new()),
        }
    }
    runs.into_iter().filter(|run| 1 < run.len()).map(|run| run.join(" ")).collect()
}

fn legend() -> Markup {
    html! {
        section aria-labelledby="legend" {
            h2 id="legend" { "How to read it" }
            p.context {
                "Over: cut-offs and talk-overs by the agent, per hour of customer talk. Raised: episodes of raised voice \
                 per hour of own speech. Pace: median, against the agent\u{2019}s own normal. Heeded: nudges after which the \
                 behaviour came back into range, of those shown. The middle half is told from four calls on. A dash: \
                 not measured."
            }
        }
    }
}
