//! The way of an agent over days or weeks. Every set of settings has a series
//! of its own that is never joined to the next, a trend is told only from
//! enough calls, and nobody is ranked.

mod csv;
mod json;
#[cfg(test)]
mod tests;
mod text;

pub use csv::csv;
pub use json::{SCHEMA, json};
pub use text::text;

use jiff::civil::Date;
use jiff::{Span, Unit};

use crate::core::score::Part;
use crate::core::units::Channel;
use crate::report::html;
use crate::report::review::figures::{Group, Spread, distinct, groups, scores, spread};
use crate::report::review::{CallState, Entry, Figures};
use crate::report::text::Look;

/// Calls with a score that a trend takes: ten in each half. Chosen, not found: a
/// score of one call scatters by some ten points, the middle of ten by about four.
pub const TREND_CALLS: usize = 20;
/// Longer than this, in days, and points are weeks.
const DAYS: i32 = 31;
/// Customer talk or own speech under which a rate per hour means nothing, s.
const LITTLE: f64 = 60.0;

/// What one point of a series covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
}

impl Step {
    /// For programs and people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    fn of(self, date: Date) -> Date {
        let back = match self {
            Self::Day => 0,
            Self::Week => date.weekday().to_monday_zero_offset(),
        };
        date.checked_sub(Span::new().days(back)).unwrap_or(date)
    }
}

/// A day or week of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its first day.
    pub from: Date,
    /// Calls.
    pub calls: usize,
    /// Calls with a score.
    pub scored: usize,
    /// Their scores.
    pub score: Option<Spread>,
    /// Interruptions by the agent per hour of customer talk.
    pub interruptions: Option<f64>,
    /// Episodes of raised voice per hour of own speech.
    pub raised: Option<f64>,
    /// Median pace against the agent's normal.
    pub pace: Option<f64>,
    /// Nudges shown, and of these heeded.
    pub nudges: (u32, u32),
}

/// The earlier and the later half of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Halves {
    /// Scores of the earlier half and how many they are.
    pub earlier: (Spread, usize),
    /// Those of the later half.
    pub later: (Spread, usize),
    /// Points lost a call by each part, earlier and later, where both are known.
    pub parts: Vec<(Part, f64, f64)>,
}

/// Calls under the same settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Fingerprint of the settings.
    pub config_hash: String,
    /// Days or weeks, those without calls left out.
    pub points: Vec<Point>,
    /// Calls with a score.
    pub scored: usize,
    /// Their scores.
    pub score: Option<Spread>,
    /// Points lost a call by each part, dearest first; parts that cost nothing left out.
    pub costs: Vec<(Part, f64)>,
    /// How it went, where there are enough calls.
    pub halves: Option<Halves>,
}

/// The way of one agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Who.
    pub agent: String,
    /// What a point covers.
    pub step: Step,
    /// First and last day.
    pub days: (Date, Date),
    /// One series for each set of settings, by first use.
    pub series: Vec<Series>,
    /// Calls that do not count, and why.
    pub left_out: Vec<(CallState, usize)>,
}

/// The ways of all agents in these calls, by name.
pub fn trends(entries: &[Entry]) -> Vec<Trend> {
    let groups = groups(entries);
    let agents = distinct(groups.iter().map(|group| group.agent));
    agents.into_iter().filter_map(|agent| trend(agent, &groups)).collect()
}

fn trend(agent: &str, groups: &[Group<'_>]) -> Option<Trend> {
    let own: Vec<&Group<'_>> = groups.iter().filter(|group| group.agent == agent).collect();
    let dates = || own.iter().flat_map(|group| &group.calls).map(|call| call.meta.began.date());
    let days = (dates().min()?, dates().max()?);
    let apart = days.0.until((Unit::Day, days.1)).map_or(0, |span| span.get_days());
    let step = if apart <= DAYS { Step::Day } else { Step::Week };
    let states = CallState::ALL.into_iter().filter(|state| !state.is_whole());
    let count = |state| own.iter().flat_map(|g| &g.calls).filter(|call| call.meta.state == state).count();
    Some(Trend {
        agent: agent.to_owned(),
        step,
        days,
        series: own.iter().map(|group| series(group, step)).collect(),
        left_out: states.map(|state| (state, count(state))).filter(|(_, n)| 0 < *n).collect(),
    })
}

fn series(group: &Group<'_>, step: Step) -> Series {
    let mut calls: Vec<&Entry> =
        group.calls.iter().copied().filter(|call| call.meta.state.is_whole()).collect();
    calls.sort_by_key(|call| call.meta.began.timestamp());
    let mut points: Vec<(Date, Vec<&Entry>)> = Vec::new();
    for call in &calls {
        let from = step.of(call.meta.began.date());
        match points.last_mut().filter(|(date, _)| *date == from) {
            Some((_, calls)) => calls.push(call),
            None => points.push((from, vec![call])),
        }
    }
    let scored: Vec<&Entry> = calls.iter().copied().filter(|call| call.score().is_some()).collect();
    let mut costs: Vec<(Part, f64)> =
        Part::ALL.into_iter().filter_map(|part| Some((part, lost(&scored, part)?))).collect();
    costs.retain(|(_, points)| 0.05 <= *points);
    costs.sort_by(|a, b| b.1.total_cmp(&a.1));
    Series {
        config_hash: group.config_hash.to_owned(),
        points: points.iter().map(|(from, calls)| point(*from, calls)).collect(),
        scored: scored.len(),
        score: spread(scores(&scored)),
        costs,
        halves: halves(&scored),
    }
}

fn point(from: Date, calls: &[&Entry]) -> Point {
    let figures: Vec<&Figures> = calls.iter().filter_map(|call| call.figures.as_deref()).collect();
    let nudged = figures.iter().map(|f| f.nudged());
    let interruptions = figures
        .iter()
        .filter_map(|f| Some((f.interruptions(Channel::Agent).known()?, f.speech_s.customer.known()?)));
    let raised = figures.iter().filter_map(|f| Some((f.raised.episodes.known()?, f.speech_s.agent.known()?)));
    Point {
        from,
        calls: calls.len(),
        scored: scores(calls).count(),
        score: spread(scores(calls)),
        interruptions: per_hour(interruptions),
        raised: per_hour(raised),
        pace: spread(figures.iter().filter_map(|f| f.pace_ratio())).map(|spread| spread.median),
        nudges: nudged.fold((0, 0), |sum, n| (sum.0 + n.shown, sum.1 + n.heeded)),
    }
}

/// Things per hour of talk, over all calls together.
fn per_hour(each: impl Iterator<Item = (u32, f64)>) -> Option<f64> {
    let (count, seconds) = each.fold((0.0, 0.0), |sum, (n, s)| (sum.0 + f64::from(n), sum.1 + s));
    (LITTLE <= seconds).then(|| count * 3600.0 / seconds)
}

/// Points that a part cost a call, where it was measured at all.
fn lost(calls: &[&Entry], part: Part) -> Option<f64> {
    let lost = calls.iter().filter_map(|call| call.figures.as_ref()?.parts[part as usize].lost);
    let (sum, count) = lost.fold((0.0, 0u32), |(sum, count), points| (sum + points, count + 1));
    (0 < count).then(|| sum / f64::from(count))
}

fn halves(scored: &[&Entry]) -> Option<Halves> {
    if scored.len() < TREND_CALLS {
        return None;
    }
    let (earlier, later) = scored.split_at(scored.len() / 2);
    let part = |part| Some((part, lost(earlier, part)?, lost(later, part)?));
    Some(Halves {
        earlier: (spread(scores(earlier))?, earlier.len()),
        later: (spread(scores(later))?, later.len()),
        parts: Part::ALL.into_iter().filter_map(part).collect(),
    })
}

/// How the two halves compare, in sentences; where there are too few calls,
/// how many it takes.
pub(in crate::report) fn told_halves(series: &Series, score_name: &str) -> Vec<String> {
    use crate::report::names::part_title;
    let Some(Halves { earlier, later, parts }) = &series.halves else {
        return vec![format!(
            "No trend is told: it takes {TREND_CALLS} calls with a score under the same settings, and there {} {}.",
            if series.scored == 1 { "is" } else { "are" },
            series.scored
        )];
    };
    let mut told = vec![format!(
        "{score_name}: median {:.0} in the earlier {} calls, {:.0} in the later {}. A few points more or less \
         mean nothing.",
        earlier.0.median, earlier.1, later.0.median, later.1
    )];
    let mut changes: Vec<_> = parts.iter().filter(|(_, was, is)| 1.0 <= (was - is).abs()).collect();
    changes.sort_by(|a, b| (b.1 - b.2).abs().total_cmp(&(a.1 - a.2).abs()));
    for (part, was, is) in changes {
        let how = if is < was { "costs less" } else { "costs more" };
        told.push(format!("{} {how}: {was:.1} points a call earlier, {is:.1} later.", part_title(*part)));
    }
    told
}

/// What costs most, in a sentence.
pub(in crate::report) fn told_costs(series: &Series) -> Option<String> {
    use crate::report::names::part_title;
    let costs: Vec<String> = series
        .costs
        .iter()
        .take(3)
        .map(|(part, points)| format!("{} {points:.1}", part_title(*part).to_lowercase()))
        .collect();
    (!costs.is_empty()).then(|| format!("Points a call, dearest first: {}.", costs.join(", ")))
}

/// Which calls do not count, in a sentence.
pub(in crate::report) fn told_left_out(trend: &Trend) -> Option<String> {
    let told: Vec<String> =
        trend.left_out.iter().map(|(state, n)| format!("{n} because {}", state.title())).collect();
    (!told.is_empty()).then(|| format!("Calls that do not count here: {}.", told.join(", ")))
}

/// The page of some ways.
pub fn html(trends: &[Trend], look: &Look) -> String {
    html::review::agents(trends, look)
}
