//! The marks of the timeline: each a link to its line in the list of events,
//! with a name that says it all.

use maud::{Markup, html};

use crate::core::event::State;
use crate::core::units::{Channel, SampleTime, Sides};
use crate::report::analysis::Span;
use crate::report::html::marks::{Mark, What};
use crate::report::html::plot::glyphs;
use crate::report::html::plot::scale::{self, Row, Scale};
use crate::report::html::words;

/// Width and height of a sign, px.
const SIGN: f64 = 16.0;

/// All marks in the order of time. Only the first can be reached with the
/// tabulator: the arrow keys lead on.
pub(super) fn all(scale: Scale, marks: &[Mark<'_>]) -> Markup {
    let mut steps = Steps::default();
    html! {
        @for (k, mark) in marks.iter().enumerate() {
            a id={ "t" (mark.id) } class={ "mark " (kind(mark)) } href={ "#e" (mark.id) } tabindex=(if k == 0 { "0" } else { "-1" }) {
                title { (mark.name()) }
                (shape(scale, mark, &mut steps))
            }
        }
    }
}

/// What the up and down keys stay among.
fn kind(mark: &Mark<'_>) -> &'static str {
    match mark.what {
        What::Moment(..) => "moment",
        What::State(..) => "state",
        What::Withdrawn(..) => "tone",
        What::Monologue(_) => "monologue",
        What::Raised(_) => "raised",
        What::Fast(_) => "fast",
        What::Overlap(judged) if judged.reliability.is_reliable() => "start",
        What::Overlap(_) => "start uncounted",
        What::Silence(_) => "silence",
        What::Phrase(hit) if hit.detector.is_negative() || hit.detector.is_incident() => "phrase worse",
        What::Phrase(_) => "phrase",
        What::Does(_) => "does",
        What::Nudge(_) => "shown",
        What::Held(_) => "held",
    }
}

fn shape(scale: Scale, mark: &Mark<'_>, steps: &mut Steps) -> Markup {
    match mark.what {
        What::Moment(place, _, points) => moment(scale, mark.span, place, points),
        What::State(who, s) => filled(scale, lane(who), mark.span, pattern(s.state)),
        What::Withdrawn(who, _) => filled(scale, lane(who), mark.span, "bars"),
        What::Monologue(m) => bar(scale, around(lane(m.who)), mark.span),
        What::Raised(_) => filled(scale, scale::RAISED, mark.span, "peaks"),
        What::Fast(_) => filled(scale, scale::FAST, mark.span, "chevrons"),
        What::Overlap(judged) => {
            let o = &judged.overlap;
            sign(scale, steps.next(scale, o.by, o.at), mark.span, glyphs::class_id(o.class))
        }
        What::Silence(_) => bar(scale, scale::SILENCE, mark.span),
        What::Phrase(hit) => bar(scale, under(lane(hit.who)), mark.span),
        What::Does(d) => bar(scale, does(d.behaviour as usize), mark.span),
        What::Nudge(n) => nudge(scale, mark.span, glyphs::kind_id(n.decision.kind)),
        What::Held(_) => held(scale, mark.span),
    }
}

fn lane(who: Channel) -> Row {
    match who {
        Channel::Agent => scale::AGENT,
        Channel::Customer => scale::CUSTOMER,
    }
}

fn starts(by: Channel) -> Row {
    match by {
        Channel::Agent => scale::AGENT_STARTS,
        Channel::Customer => scale::CUSTOMER_STARTS,
    }
}

/// A line at the foot of a lane.
fn under(row: Row) -> Row {
    Row { top: row.top + row.height - 5.0, height: 5.0 }
}

fn around(row: Row) -> Row {
    Row { top: row.top - 1.0, height: row.height + 2.0 }
}

/// One of three thin rows.
fn does(place: usize) -> Row {
    let each = scale::DOES.height / 3.0;
    Row { top: scale::DOES.top + each * place as f64 + 3.0, height: each - 6.0 }
}

fn pattern(state: State) -> &'static str {
    match state {
        State::Zeros | State::Dead => "hatch",
        State::Leaking | State::SameAudio => "cross",
        State::Silent | State::Live | State::Unknown => "dots",
    }
}

fn bar(scale: Scale, row: Row, span: Span) -> Markup {
    let (x, width) = scale.span(span);
    html! { rect x=(x) y=(row.top) width=(width) height=(row.height) rx="2" {} }
}

fn filled(scale: Scale, row: Row, span: Span, pattern: &str) -> Markup {
    let (x, width) = scale.span(span);
    html! {
        (bar(scale, row, span))
        // In a drawing of its own, so that its pattern begins where it begins.
        svg x=(x) y=(row.top) width=(width) height=(row.height) {
            rect class={ "fill " (pattern) } width="100%" height="100%" {}
        }
    }
}

/// Signs that would cover each other stand on two steps.
#[derive(Default)]
struct Steps {
    last: Sides<Option<(SampleTime, bool)>>,
}

impl Steps {
    /// Where the next sign of a side stands.
    fn next(&mut self, scale: Scale, by: Channel, at: SampleTime) -> Row {
        let near = scale.under(SIGN + 1.0);
        let off = self.last[by].is_some_and(|(before, off)| !off && at.since(before) < near);
        self.last[by] = Some((at, off));
        let row = starts(by);
        // The steps lead away from the speech they belong to.
        let far = row.height - SIGN - 2.0;
        let down = match by {
            Channel::Agent => {
                if off {
                    0.0
                } else {
                    far
                }
            }
            Channel::Customer => {
                if off {
                    far
                } else {
                    0.0
                }
            }
        };
        Row { top: row.top + down, height: SIGN }
    }
}

fn sign(scale: Scale, row: Row, span: Span, id: &str) -> Markup {
    html! {
        svg x=(scale.at(span.from)) y=(row.top + 1.0) width="1" height="1" { use href={ "#" (id) } x="-8" {} }
    }
}

fn moment(scale: Scale, span: Span, place: usize, points: Option<f32>) -> Markup {
    let cost = points.map_or_else(String::new, |p| format!("\u{2212}{}", words::points(p)));
    html! {
        (bar(scale, Row { top: scale::MOMENTS.top, height: 2.0 }, span))
        svg x=(scale.at(span.from)) y=(scale::MOMENTS.top + 2.0) width="1" height="1" {
            circle cx="8" cy="9" r="8" {}
            text.place x="8" y="12.8" { (place) }
            text.points x="20" y="12.8" { (cost) }
        }
    }
}

fn nudge(scale: Scale, span: Span, id: &str) -> Markup {
    html! {
        (bar(scale, Row { top: scale::NUDGES.top + 17.0, height: 3.0 }, span))
        svg x=(scale.at(span.from)) y=(scale::NUDGES.top) width="1" height="1" {
            use href={ "#" (id) } x="-8" {}
        }
    }
}

fn held(scale: Scale, span: Span) -> Markup {
    html! {
        svg x=(scale.at(span.from)) y=(scale::HELD.top) width="1" height="1" { circle cx="0" cy="5" r="3.5" {} }
    }
}
