//! The ways of agents as comma-separated values: one row a point.

use crate::report::csv::line;
use crate::report::review::agent::{Point, Series, Trend};

const HEAD: [&str; 14] = [
    "agent",
    "config_hash",
    "step",
    "from",
    "calls",
    "scored_calls",
    "score_median",
    "score_low",
    "score_high",
    "interruptions_per_hour_of_customer_talk",
    "raised_per_hour_of_speech",
    "pace_to_normal",
    "nudges_shown",
    "nudges_heeded",
];

/// One row for each day or week of each series.
pub fn csv(trends: &[Trend]) -> String {
    let mut text = line(HEAD.iter().map(|name| (*name).to_owned()));
    for trend in trends {
        for series in &trend.series {
            text.extend(series.points.iter().map(|point| row(trend, series, point)));
        }
    }
    text
}

fn row(trend: &Trend, series: &Series, point: &Point) -> String {
    let figure = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.3}"));
    let fields = [
        trend.agent.clone(),
        series.config_hash.clone(),
        trend.step.name().to_owned(),
        point.from.to_string(),
        point.calls.to_string(),
        point.scored.to_string(),
        figure(point.score.map(|s| s.median)),
        figure(point.score.map(|s| s.low)),
        figure(point.score.map(|s| s.high)),
        figure(point.interruptions),
        figure(point.raised),
        figure(point.pace),
        point.nudges.0.to_string(),
        point.nudges.1.to_string(),
    ];
    line(fields.into_iter())
}
