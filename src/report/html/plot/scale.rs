//! Where things stand on the timeline: across as a share of the call, so that
//! it can be of any width, and down in fixed rows.

use std::fmt::Write;

use crate::core::units::{SampleSpan, SampleTime};
use crate::report::analysis::Span;

/// A row: its upper edge and its height, px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) top: f64,
    pub(super) height: f64,
}

const fn row(top: f64, height: f64) -> Row {
    Row { top, height }
}

pub(super) const AXIS: Row = row(0.0, 24.0);
pub(super) const MOMENTS: Row = row(28.0, 20.0);
pub(super) const NUDGES: Row = row(54.0, 20.0);
pub(super) const HELD: Row = row(78.0, 10.0);
pub(super) const LEVEL: Row = row(100.0, 56.0);
pub(super) const PACE: Row = row(164.0, 56.0);
pub(super) const RAISED: Row = row(228.0, 10.0);
pub(super) const FAST: Row = row(246.0, 10.0);
pub(super) const AGENT_STARTS: Row = row(264.0, 36.0);
pub(super) const AGENT: Row = row(304.0, 26.0);
pub(super) const SILENCE: Row = row(336.0, 12.0);
pub(super) const CUSTOMER: Row = row(354.0, 26.0);
pub(super) const CUSTOMER_STARTS: Row = row(384.0, 36.0);
pub(super) const DOES: Row = row(426.0, 48.0);
/// Height of the whole, px.
pub(super) const HEIGHT: f64 = 478.0;

/// Narrower than this the signs would run into each other, px.
const NARROWEST: f64 = 640.0;
/// Width of the drawing in an ordinary window, px.
const ORDINARY: f64 = 1000.0;
/// Calls get at least this much room, px per second.
const DENSEST: f64 = 0.6;

/// Times as shares of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    seconds: f64,
}

impl Scale {
    pub(super) fn of(duration: SampleSpan) -> Self {
        Self { seconds: duration.seconds().max(0.1) }
    }

    /// Length of the call, s.
    pub(super) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// A moment as a share: `12.345%`.
    pub(super) fn at(&self, at: SampleTime) -> String {
        percent(self.share(at))
    }

    /// A stretch as its beginning and its width.
    pub(super) fn span(&self, span: Span) -> (String, String) {
        let from = self.share(span.from);
        (percent(from), percent((self.share(span.to) - from).max(0.0)))
    }

    fn share(&self, at: SampleTime) -> f64 {
        (at.seconds() / self.seconds).clamp(0.0, 1.0)
    }

    /// Length of what is covered by a sign of this width, in an ordinary window.
    pub(super) fn under(&self, sign: f64) -> SampleSpan {
        SampleSpan::from_seconds(self.seconds * sign / ORDINARY.max(f64::from(self.width())))
    }

    /// Width in px where the page is narrower than the call needs.
    pub(super) fn width(&self) -> u32 {
        (self.seconds * DENSEST).max(NARROWEST).round() as u32
    }

    /// Seconds between labels of the axis, as wide as the call needs.
    pub(super) fn step(&self) -> u32 {
        round(self.seconds * NARROWEST / f64::from(self.width()))
    }

    /// The same where the whole call is seen at once, as on paper.
    pub(super) fn wide_step(&self) -> u32 {
        round(self.seconds)
    }
}

/// A round number of seconds, of which this length has about a dozen at most.
fn round(seen: f64) -> u32 {
    const ROUND: [u32; 11] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900];
    ROUND.into_iter().find(|s| seen <= f64::from(*s) * 11.0).unwrap_or(1800)
}

fn percent(share: f64) -> String {
    // Three decimals are a seventh of a second in four hours.
    let text = format!("{:.3}", share * 100.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}%")
}

/// A number in a path: as short as it can be said.
pub(super) fn short(out: &mut String, lead: char, value: f64) {
    let text = format!("{value:.1}");
    // Writing to a string cannot fail.
    let _ = write!(out, "{lead}{}", text.strip_suffix(".0").unwrap_or(&text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(seconds: f64) -> Scale {
        Scale::of(SampleSpan::from_seconds(seconds))
    }

    #[test]
    fn nothing_lies_outside_the_call() {
        let s = scale(10.0);
        assert_eq!(s.at(SampleTime::from_seconds(2.5)), "25%");
        assert_eq!(s.at(SampleTime::from_seconds(99.0)), "100%");
        let span = Span { from: SampleTime::from_seconds(5.0), to: SampleTime::from_seconds(99.0) };
        assert_eq!(s.span(span), ("50%".into(), "50%".into()));
    }

    #[test]
    fn a_call_without_length_has_a_scale_all_the_same() {
        assert_eq!(scale(0.0).at(SampleTime::ZERO), "0%");
        assert_eq!(scale(0.0).width(), 640);
    }

    #[test]
    fn labels_are_round_and_few() {
        assert_eq!(scale(148.0).step(), 15);
        assert_eq!(scale(3600.0).step(), 120);
        assert_eq!(scale(3600.0).wide_step(), 600);
        assert_eq!(scale(148.0).wide_step(), scale(148.0).step());
        assert_eq!(scale(14_400.0).width(), 8640);
    }
}
