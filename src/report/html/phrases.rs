//! The phrases that were found, by detector, with the way to each on the timeline;
//! incidents among them, and what is offered after the call.

use maud::{Markup, html};

use crate::core::event::Detector;
use crate::core::measures::Measured;
use crate::report::analysis::Analysis;
use crate::report::html::marks::{Mark, What};
use crate::report::html::words;
use crate::report::names;
use crate::report::said::{self, Found};

/// What was found, where anybody listened, and the offers.
pub(super) fn section(a: &Analysis, all: &[Mark<'_>]) -> Markup {
    let found = said::found(a);
    html! {
        @if let Some(found) = found {
            section.phrases aria-labelledby="phrases" {
                h2 id="phrases" { "Phrases" }
                p.context { (rate(a)) }
                @if found.is_empty() {
                    p.empty { "No phrase of those that are listened for was found" (scope(a)) "." }
                } @else {
                    table.figures {
                        caption.hidden { "Kinds of phrases, how often, and when" }
                        thead { tr { th scope="col" { "Kind" } th scope="col" { "Times" } th scope="col" { "When" } } }
                        tbody { @for one in &found { (row(one, all)) } }
                    }
                }
            }
        }
        (offers(a))
    }
}

/// In what, where not all was listened to.
fn scope(a: &Analysis) -> &'static str {
    if said::is_whole(a) { "" } else { " in what was listened to" }
}

fn row(found: &Found, all: &[Mark<'_>]) -> Markup {
    let detector = found.detector;
    html! {
        tr {
            th scope="row" {
                (words::sentence(names::detector_title(detector)))
                span.note {
                    (words::side(detector.speaker()))
                    @if detector.is_incident() { ", incident" }
                }
            }
            td { (found.count) }
            td {
                @for mark in all { @if is_of(mark, detector) { (link(mark)) " " } }
                @if let Some(told) = names::untimed(found.untimed()) { span.note { (told) } }
            }
        }
    }
}

fn is_of(mark: &Mark<'_>, detector: Detector) -> bool {
    if let What::Phrase(hit) = mark.what { hit.detector == detector } else { false }
}

fn link(mark: &Mark<'_>) -> Markup {
    let at = mark.when();
    html! { a href={ "#t" (mark.id) } aria-label={ (at) ", show on the timeline" } { (at) } }
}

/// What the score takes of them.
fn rate(a: &Analysis) -> String {
    match a.summary.language.negative_per_min {
        Measured::Known(rate) => format!(
            "Phrases that make it worse: {} per minute of the agent\u{2019}s speech. The others cost nothing.",
            words::tenths(f64::from(rate))
        ),
        Measured::Unknown(why) => {
            format!("Phrases that make it worse, per minute: {}.", words::not_measured(why))
        }
    }
}

fn offers(a: &Analysis) -> Markup {
    let offers = said::after(a);
    html! {
        @if !offers.is_empty() {
            section.after aria-labelledby="after" {
                h2 id="after" { "After the call" }
                ul { @for offer in offers { li { (names::after_title(offer)) ": " (names::after_detail(offer)) "." } } }
            }
        }
    }
}
