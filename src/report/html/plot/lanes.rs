//! What lies behind the marks: time, speech, and where the moments are.

use maud::{Markup, html};

use crate::core::units::{Channel, SampleTime};
use crate::report::analysis::{Analysis, Span};
use crate::report::html::marks::{Mark, What};
use crate::report::html::plot::scale::{self, Row, Scale, short};
use crate::report::html::words::Clock;

/// Finer than this share of the call nothing can be seen of a pause.
const FINEST: f64 = 1.0 / 4000.0;

/// Times and a line down from each.
pub(super) fn axis(scale: Scale, clock: Clock) -> Markup {
    let end = scale.seconds() as u32;
    let step = scale.step();
    html! {
        g.axis aria-hidden="true" {
            @for second in (0..=end).step_by(step as usize) {
                @let at = SampleTime::from_seconds(f64::from(second));
                // A label at the very end would be cut.
                @let fits = f64::from(second) + 0.4 * f64::from(step) < scale.seconds();
                @let x = scale.at(at);
                // These would run into each other where the whole call is seen at once.
                @let fine = !second.is_multiple_of(scale.wide_step());
                line.fine[fine] x1=(x) x2=(x) y1=(scale::AXIS.height) y2=(scale::HEIGHT) {}
                @if fits { text.fine[fine] x=(x) dx="4" y="15" { (clock.at(at)) } }
            }
        }
    }
}

/// The grounds of both lanes.
pub(super) fn grounds() -> Markup {
    let ground = |row: Row, class: &'static str| {
        html! { rect class={ "ground " (class) } x="0" y=(row.top) width="100%" height=(row.height) rx="3" {} }
    };
    html! {
        (ground(scale::AGENT, "agent"))
        (ground(scale::CUSTOMER, "customer"))
    }
}

/// A light band through everything where a moment is.
pub(super) fn moments(scale: Scale, marks: &[Mark<'_>]) -> Markup {
    html! {
        @for mark in marks {
            @if let What::Moment(..) = mark.what {
                @let (x, width) = scale.span(mark.span);
                rect.moment-band x=(x) width=(width) y=(scale::MOMENTS.top) height=(scale::HEIGHT - scale::MOMENTS.top) {}
            }
        }
    }
}

/// From each nudge that was shown down to what the agent said then.
pub(super) fn stems(scale: Scale, marks: &[Mark<'_>]) -> Markup {
    html! {
        @for mark in marks {
            @if let What::Nudge(_) = mark.what {
                @let x = scale.at(mark.span.from);
                line.stem x1=(x) x2=(x) y1=(scale::HELD.top) y2=(scale::AGENT.top + scale::AGENT.height) {}
            }
        }
    }
}

/// Talk spurts of both sides.
pub(super) fn speech(a: &Analysis, scale: Scale) -> Markup {
    let lane = |who: Channel, row: Row, class: &'static str| {
        let (seconds, height) = (scale.seconds(), row.height);
        html! {
            svg x="0" y=(row.top) width="100%" height=(height) viewBox=(format!("0 0 {seconds:.1} {height}")) preserveAspectRatio="none" {
                path class={ "speech " (class) } d=(path(&a.spurts[who], row, seconds)) {}
            }
        }
    };
    html! {
        (lane(Channel::Agent, scale::AGENT, "agent"))
        (lane(Channel::Customer, scale::CUSTOMER, "customer"))
    }
}

/// One path for all spurts of a lane; pauses that cannot be seen are left out.
fn path(spurts: &[Span], row: Row, seconds: f64) -> String {
    let least = seconds * FINEST;
    let mut sorted: Vec<(f64, f64)> = spurts.iter().map(|s| (s.from.seconds(), s.to.seconds())).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (from, to) in sorted {
        match joined.last_mut() {
            Some(last) if from - last.1 < least => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    let mut path = String::new();
    for (from, to) in joined {
        block(&mut path, from, (to - from).max(least), row.height);
    }
    path
}

fn block(path: &mut String, from: f64, length: f64, height: f64) {
    let at = format!("M{from:.2} 3h{length:.2}v");
    path.push_str(&at);
    short(path, ' ', height - 6.0);
    path.push_str(&format!("h-{length:.2}z"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: f64, to: f64) -> Span {
        Span { from: SampleTime::from_seconds(from), to: SampleTime::from_seconds(to) }
    }

    #[test]
    fn pauses_that_cannot_be_seen_join_their_neighbours() {
        let spurts = [span(0.0, 1.0), span(2.0, 3.0), span(3.5, 4.0)];
        let blocks = |seconds| path(&spurts, scale::AGENT, seconds).matches('M').count();
        assert_eq!(blocks(10.0), 3);
        assert_eq!(blocks(3_000.0), 2);
        assert_eq!(blocks(14_400.0), 1);
    }
}
