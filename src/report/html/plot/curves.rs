//! Level and pace of the agent, against what was normal.

use maud::{Markup, html};

use crate::core::event::Second;
use crate::report::analysis::Analysis;
use crate::report::html::plot::scale::{self, Row, Scale, short};

/// More points than this on a curve cannot be told apart.
const POINTS: usize = 1500;
/// Half of the band around the normal level, dB: to here an episode ends.
pub(super) const LEVEL_BAND: f64 = 3.0;
/// Half of the band around the normal pace, as a share of it: the same.
pub(super) const PACE_BAND: f64 = 0.08;
/// The level curve shows this much to both sides of normal, dB.
const LEVEL_REACH: f64 = 10.0;
/// The pace curve shows this much of normal.
const PACE_REACH: f64 = 0.4;

/// What a curve is drawn of and what it is drawn against.
struct Curve {
    row: Row,
    class: &'static str,
    points: Vec<(f64, Option<f64>)>,
    low: f64,
    high: f64,
    band: Option<(f64, f64, f64)>,
}

/// Both curves.
pub(super) fn both(a: &Analysis, scale: Scale) -> Markup {
    html! {
        (draw(&level(a), scale))
        (draw(&pace(a), scale))
    }
}

fn level(a: &Analysis) -> Curve {
    let points = points(&a.seconds, |s| s.level);
    let normal = a.summary.normal.map(|n| f64::from(n.level));
    let (low, high) = match normal {
        Some(normal) => (normal - LEVEL_REACH, normal + LEVEL_REACH),
        None => reach(&points, LEVEL_REACH),
    };
    let band = normal.map(|n| (n - LEVEL_BAND, n, n + LEVEL_BAND));
    Curve { row: scale::LEVEL, class: "level", points, low, high, band }
}

fn pace(a: &Analysis) -> Curve {
    let points = points(&a.seconds, |s| s.pace);
    let normal = a.summary.normal.map(|n| f64::from(n.pace)).filter(|n| 0.0 < *n);
    let (low, high) = match normal {
        Some(normal) => (normal * (1.0 - PACE_REACH), normal * (1.0 + PACE_REACH)),
        None => reach(&points, 2.0),
    };
    let band = normal.map(|n| (n * (1.0 - PACE_BAND), n, n * (1.0 + PACE_BAND)));
    Curve { row: scale::PACE, class: "pace", points, low, high, band }
}

/// Without a normal the curve is shown as far as it goes.
fn reach(points: &[(f64, Option<f64>)], least: f64) -> (f64, f64) {
    let known = || points.iter().filter_map(|(_, v)| *v);
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    if low <= high { (low - least / 4.0, high.max(low + least) + least / 4.0) } else { (0.0, 1.0) }
}

/// A point per second, or fewer of them in a long call: then of means. A
/// second without a value stays without one.
fn points(seconds: &[Second], pick: fn(&Second) -> Option<f32>) -> Vec<(f64, Option<f64>)> {
    let step = seconds.len().div_ceil(POINTS).max(1);
    let mean = |some: &[Second]| {
        let known: Vec<f64> = some.iter().filter_map(pick).map(f64::from).filter(|v| v.is_finite()).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    let of = |some: &[Second]| some.last().map(|s| (s.at.seconds() - 0.5 * some.len() as f64, mean(some)));
    seconds.chunks(step).filter_map(of).collect()
}

fn draw(curve: &Curve, scale: Scale) -> Markup {
    let (seconds, height) = (scale.seconds(), curve.row.height);
    html! {
        (band(curve))
        svg x="0" y=(curve.row.top) width="100%" height=(height) viewBox=(format!("0 0 {seconds:.1} {height}")) preserveAspectRatio="none" {
            path class={ "curve " (curve.class) } vector-effect="non-scaling-stroke" d=(path(curve)) {}
        }
    }
}

fn band(curve: &Curve) -> Markup {
    let at = |value| format!("{:.1}", curve.row.top + curve.down(value));
    html! {
        @if let Some((low, normal, high)) = curve.band {
            rect.band x="0" width="100%" y=(at(high)) height=(format!("{:.1}", curve.down(low) - curve.down(high))) {}
            line.normal x1="0" x2="100%" y1=(at(normal)) y2=(at(normal)) {}
        }
    }
}

/// A line through the values that there are; a gap where there are none.
fn path(curve: &Curve) -> String {
    let mut path = String::new();
    let mut before = false;
    for (at, value) in &curve.points {
        let Some(value) = value else {
            before = false;
            continue;
        };
        short(&mut path, if before { 'L' } else { 'M' }, *at);
        short(&mut path, ' ', curve.down(*value));
        if !before {
            // A single value would have no line: it becomes a dot.
            path.push_str("h0");
        }
        before = true;
    }
    path
}

impl Curve {
    /// How far below the row's edge a value lies.
    fn down(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low).max(f64::MIN_POSITIVE);
        self.row.height * (1.0 - share.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::units::{SampleSpan, SampleTime};

    fn second(at: usize, level: Option<f32>) -> Second {
        Second {
            at: SampleTime::from_seconds(at as f64),
            pace: None,
            pace_ratio: None,
            level,
            spoken: SampleSpan::ZERO,
            spoken_fast: SampleSpan::ZERO,
        }
    }

    #[test]
    fn a_second_without_a_value_is_a_gap_and_not_zero() {
        let seconds =
            [second(1, Some(-20.0)), second(2, None), second(3, Some(-20.0)), second(4, Some(-22.0))];
        let points = points(&seconds, |s| s.level);
        let (low, high) = reach(&points, 12.0);
        let curve = Curve { row: scale::LEVEL, class: "level", points, low, high, band: None };
        assert_eq!(path(&curve).matches('M').count(), 2);
        assert_eq!(path(&curve).matches('L').count(), 1);
    }

    #[test]
    fn a_long_call_has_no_more_points_than_can_be_seen() {
        let seconds: Vec<Second> = (1..14_400).map(|k| second(k, Some(-20.0))).collect();
        assert!(points(&seconds, |s| s.level).len() <= POINTS);
    }

    #[test]
    fn no_values_at_all_make_no_line() {
        assert_eq!(reach(&[(0.0, None)], 12.0), (0.0, 1.0));
    }
}
