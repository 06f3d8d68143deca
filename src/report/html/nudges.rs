//! The nudges: which were shown, why, and how each ended; and those held back.

use maud::{Markup, html};

use crate::core::event::Decision;
use crate::report::analysis::{Analysis, Nudge};
use crate::report::html::marks::{self, Mark, What};
use crate::report::html::plot::glyphs;
use crate::report::html::words;
use crate::report::names;

/// Both tables.
pub(super) fn section(a: &Analysis, all: &[Mark<'_>]) -> Markup {
    html! {
        section.nudges aria-labelledby="nudges" {
            h2 id="nudges" { "Nudges" }
            @if a.nudges.is_empty() {
                p.empty { "No nudge was shown." }
            } @else {
                (shown(all))
            }
            (held_back(all))
        }
    }
}

/// Tables turn into blocks on narrow screens; the roles keep them tables there.
fn shown(all: &[Mark<'_>]) -> Markup {
    html! {
        table.stacking role="table" {
            caption { "What would have been shown in this call, and what it rested on." }
            (columns(&["Time", "Nudge", "Why", "How it ended"]))
            tbody role="rowgroup" {
                @for mark in all {
                    @if let What::Nudge(nudge) = mark.what { (shown_row(mark, nudge)) }
                }
            }
        }
    }
}

fn columns(titles: &[&str]) -> Markup {
    html! {
        thead role="rowgroup" {
            tr role="row" { @for title in titles { th scope="col" role="columnheader" { (title) } } }
        }
    }
}

fn shown_row(mark: &Mark<'_>, nudge: &Nudge) -> Markup {
    let d = &nudge.decision;
    html! {
        tr role="row" {
            td.time role="cell" { (when(mark)) }
            th scope="row" role="rowheader" { (glyphs::of_kind(d.kind)) (marks::text(d)) }
            td role="cell" {
                (words::sentence(&marks::why(d)))
                @if let Some(advice) = names::advice(d.variant) { span.note { (advice) } }
            }
            td role="cell" { (words::sentence(&marks::ending(nudge))) }
        }
    }
}

fn when(mark: &Mark<'_>) -> Markup {
    let at = mark.when();
    html! { a href={ "#t" (mark.id) } aria-label={ (at) ", show on the timeline" } { (at) } }
}

fn held_back(all: &[Mark<'_>]) -> Markup {
    let held: Vec<_> = all.iter().filter_map(|m| decision(m).map(|d| (m, d))).collect();
    if held.is_empty() {
        return html! { p.empty { "None was held back." } };
    }
    html! {
        details.held {
            summary { "Held back: " (held.len()) }
            table.stacking role="table" {
                caption { "Nudges that were due and not shown." }
                (columns(&["Time", "Nudge", "Held back because", "It rested on"]))
                tbody role="rowgroup" { @for (mark, d) in held { (held_row(mark, d)) } }
            }
        }
    }
}

fn decision<'a>(mark: &Mark<'a>) -> Option<&'a Decision> {
    if let What::Held(decision) = mark.what { Some(decision) } else { None }
}

fn held_row(mark: &Mark<'_>, d: &Decision) -> Markup {
    html! {
        tr role="row" {
            td.time role="cell" { (when(mark)) }
            th scope="row" role="rowheader" { (glyphs::of_kind(d.kind)) (marks::text(d)) }
            td role="cell" { (words::sentence(marks::held(d))) }
            td role="cell" { (words::sentence(&marks::why(d))) }
        }
    }
}
