//! The timeline as text: every event in order, each with the way to its mark.

use maud::{Markup, html};

use crate::report::html::marks::{Mark, What};
use crate::report::html::words;

/// The list of events, folded away; the timeline's links lead into it.
pub(super) fn section(marks: &[Mark<'_>]) -> Markup {
    if marks.is_empty() {
        return html! {};
    }
    html! {
        details.events id="events" {
            summary { "The timeline as a list: " (words::count(marks.len() as u32, "event", "events")) }
            ol { @for mark in marks { (item(mark)) } }
        }
    }
}

fn item(mark: &Mark<'_>) -> Markup {
    let held = matches!(mark.what, What::Held(_));
    html! {
        li.held[held] id={ "e" (mark.id) } {
            a href={ "#t" (mark.id) } { (mark.when()) }
            " " span.fact { (words::sentence(&mark.fact())) "." }
            @let more = mark.more();
            @if !more.is_empty() { " " span.more { (more) } }
        }
    }
}
