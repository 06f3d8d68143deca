//! The ways of agents as JSON, schema `evenkeel.trend/1`.

use serde::Serialize;

use crate::report::json::round;
use crate::report::names;
use crate::report::review::FOOT;
use crate::report::review::agent::{Halves, Point, Series, TREND_CALLS, Trend};
use crate::report::review::figures::Spread;

/// Version of the schema: raised when a key changes its meaning or goes.
pub const SCHEMA: &str = "evenkeel.trend/1";

#[derive(Serialize)]
struct Root<'a> {
    schema: &'static str,
    agents: Vec<AgentJson<'a>>,
    about: &'static str,
}

#[derive(Serialize)]
struct AgentJson<'a> {
    agent: &'a str,
    step: &'static str,
    from: String,
    to: String,
    series: Vec<SeriesJson<'a>>,
    left_out: Vec<LeftOutJson>,
}

#[derive(Serialize)]
struct LeftOutJson {
    state: &'static str,
    calls: usize,
}

#[derive(Serialize)]
struct SeriesJson<'a> {
    config_hash: &'a str,
    scored_calls: usize,
    score: Option<SpreadJson>,
    points: Vec<PointJson>,
    costs: Vec<CostJson>,
    halves: Option<HalvesJson>,
    /// Why there are no halves.
    reason: Option<String>,
}

#[derive(Serialize)]
struct SpreadJson {
    low: f64,
    median: f64,
    high: f64,
}

#[derive(Serialize)]
struct PointJson {
    from: String,
    calls: usize,
    scored_calls: usize,
    score: Option<SpreadJson>,
    interruptions_per_hour_of_customer_talk: Option<f64>,
    raised_per_hour_of_speech: Option<f64>,
    pace_to_normal: Option<f64>,
    nudges_shown: u32,
    nudges_heeded: u32,
}

#[derive(Serialize)]
struct CostJson {
    part: &'static str,
    points_a_call: f64,
}

#[derive(Serialize)]
struct HalvesJson {
    earlier: HalfJson,
    later: HalfJson,
}

#[derive(Serialize)]
struct HalfJson {
    calls: usize,
    score: SpreadJson,
    costs: Vec<CostJson>,
}

/// The ways as one line of JSON with a line feed.
///
/// # Errors
/// Only where a number is not finite, which no measure is.
pub fn json(trends: &[Trend]) -> Result<String, serde_json::Error> {
    let root = Root { schema: SCHEMA, agents: trends.iter().map(agent).collect(), about: FOOT };
    serde_json::to_string(&root).map(|text| text + "\n")
}

fn agent(trend: &Trend) -> AgentJson<'_> {
    let left_out = trend.left_out.iter();
    AgentJson {
        agent: &trend.agent,
        step: trend.step.name(),
        from: trend.days.0.to_string(),
        to: trend.days.1.to_string(),
        series: trend.series.iter().map(series).collect(),
        left_out: left_out.map(|(state, calls)| LeftOutJson { state: state.name(), calls: *calls }).collect(),
    }
}

fn series(series: &Series) -> SeriesJson<'_> {
    let few = series.halves.is_none().then(|| format!("fewer than {TREND_CALLS} calls with a score"));
    SeriesJson {
        config_hash: &series.config_hash,
        scored_calls: series.scored,
        score: series.score.map(spread),
        points: series.points.iter().map(point).collect(),
        costs: series.costs.iter().map(|(part, points)| cost(*part, *points)).collect(),
        halves: series.halves.as_ref().map(halves),
        reason: few,
    }
}

fn spread(s: Spread) -> SpreadJson {
    SpreadJson { low: round(s.low, 1), median: round(s.median, 1), high: round(s.high, 1) }
}

fn point(point: &Point) -> PointJson {
    let figure = |value: Option<f64>| value.map(|value| round(value, 3));
    PointJson {
        from: point.from.to_string(),
        calls: point.calls,
        scored_calls: point.scored,
        score: point.score.map(spread),
        interruptions_per_hour_of_customer_talk: figure(point.interruptions),
        raised_per_hour_of_speech: figure(point.raised),
        pace_to_normal: figure(point.pace),
        nudges_shown: point.nudges.0,
        nudges_heeded: point.nudges.1,
    }
}

fn cost(part: crate::core::score::Part, points: f64) -> CostJson {
    CostJson { part: names::part(part), points_a_call: round(points, 1) }
}

fn halves(halves: &Halves) -> HalvesJson {
    let Halves { earlier, later, parts } = halves;
    let half = |(score, calls): (Spread, usize), costs| HalfJson { calls, score: spread(score), costs };
    HalvesJson {
        earlier: half(*earlier, parts.iter().map(|(part, was, _)| cost(*part, *was)).collect()),
        later: half(*later, parts.iter().map(|(part, _, is)| cost(*part, *is)).collect()),
    }
}
