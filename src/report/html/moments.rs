//! The moments that cost most: what a supervisor with half a minute looks at.

use maud::{Markup, html};

use crate::core::moments::Moment;
use crate::report::analysis::Analysis;
use crate::report::html::marks::{self, Mark, What};
use crate::report::html::words::{self, Clock};

/// The costliest moments, each with the way to its place on the timeline.
pub(super) fn section(a: &Analysis, marks: &[Mark<'_>]) -> Markup {
    let mut found: Vec<_> = marks.iter().filter_map(of_mark).collect();
    found.sort_by_key(|(_, place, ..)| *place);
    html! {
        section.moments aria-labelledby="moments-title" {
            h2 id="moments-title" { "Costliest moments" }
            @if found.is_empty() {
                p.empty { (nothing(a)) }
            } @else {
                ol { @for (id, _, moment, points) in found { (item(Clock::of(a), id, moment, points)) } }
            }
        }
    }
}

fn of_mark<'a>(mark: &Mark<'a>) -> Option<(usize, usize, &'a Moment, Option<f32>)> {
    match mark.what {
        What::Moment(place, moment, points) => Some((mark.id, place, moment, points)),
        What::State(..)
        | What::Withdrawn(..)
        | What::Monologue(_)
        | What::Raised(_)
        | What::Fast(_)
        | What::Overlap(_)
        | What::Silence(_)
        | What::Does(_)
        | What::Nudge(_)
        | What::Phrase(_)
        | What::Held(_) => None,
    }
}

fn item(clock: Clock, id: usize, moment: &Moment, points: Option<f32>) -> Markup {
    html! {
        li {
            a href={ "#t" (id) } {
                span.when { (clock.at(moment.at)) "\u{2013}" (clock.at(moment.end)) }
                @if let Some(points) = points {
                    span.cost { "\u{2212}" (words::points(points)) " points" }
                }
                span.what { (words::sentence(&marks::causes(moment))) }
                span.go { "Show on the timeline" }
            }
        }
    }
}

fn nothing(a: &Analysis) -> &'static str {
    match a.summary.score.value.known() {
        Some(_) => "No moment cost half a point or more.",
        None => "There is no score, so no moment has a cost.",
    }
}
