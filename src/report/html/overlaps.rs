//! Starts over the other's speech by class, both sides beside each other.

use maud::{Markup, html};

use crate::core::event::Class;
use crate::core::measures::{Measured, Why};
use crate::core::summary::CallSummary;
use crate::core::units::{Channel, Sides};
use crate::report::analysis::Analysis;
use crate::report::html::plot::glyphs;
use crate::report::html::{marks, measures, words};
use crate::report::names;

/// The table of classes.
pub(super) fn section(a: &Analysis) -> Markup {
    let s = &a.summary;
    let why = measures::overlaps_why(s);
    html! {
        section.overlaps aria-labelledby="overlaps" {
            h2 id="overlaps" { "Starts over the other\u{2019}s speech" }
            @if let Some(why) = why { p.unmeasured { (unreliable(s, why)) } }
            table.figures {
                caption { "How often each side started while the other was speaking, by what it turned out to be." }
                thead { tr { th scope="col" { "Class" } th.number scope="col" { "Agent" } th.number scope="col" { "Customer" } } }
                tbody { (classes(s, why)) (totals(s, why)) }
            }
        }
    }
}

/// What is known where nothing counts.
fn unreliable(s: &CallSummary, why: Why) -> String {
    let heard: u32 = Channel::BOTH.iter().map(|&who| s.sides[who].starts.unreliable).sum();
    let told = words::sentence(&words::not_measured(why));
    match heard {
        0 => format!("{told}."),
        n => {
            let heard = words::count(n, "interruption was", "interruptions were");
            format!("{told}. {heard} heard and not counted.")
        }
    }
}

fn classes(s: &CallSummary, why: Option<Why>) -> Markup {
    html! {
        @for class in Class::ALL {
            tr {
                th scope="row" {
                    (glyphs::of_class(class)) (words::sentence(names::class_title(class)))
                    span.note { (marks::meaning(class)) }
                }
                (cells(why, &both(|who| count(s.sides[who].starts.of(class)))))
            }
        }
    }
}

fn totals(s: &CallSummary, why: Option<Why>) -> Markup {
    let overlap = both(|who| words::length(s.sides[who].starts.overlap));
    let uncounted = both(|who| s.sides[who].starts.unreliable);
    html! {
        tr.total {
            th scope="row" {
                "Time together"
                span.note { "Listening tokens and joint starts are left out." }
            }
            (cells(why, &overlap))
        }
        @if 0 < uncounted.agent + uncounted.customer {
            tr {
                th scope="row" {
                    "Interruptions not counted"
                    span.note { "Heard while the channels could not be told apart." }
                }
                (cells(None, &uncounted.map(count)))
            }
        }
    }
}

fn both<T>(make: impl FnMut(Channel) -> T) -> Sides<T> {
    Sides::from_fn(make)
}

fn count(n: u32) -> String {
    n.to_string()
}

fn cells(why: Option<Why>, values: &Sides<String>) -> Markup {
    html! { @for who in Channel::BOTH { td.number { (cell(why, &values[who])) } } }
}

/// The reason stands above the table; in each cell a dash says enough.
fn cell(why: Option<Why>, value: &str) -> Markup {
    let value = why.map_or_else(|| Measured::Known(value.to_owned()), Measured::Unknown);
    match value {
        Measured::Known(text) => html! { span.figure { (text) } },
        Measured::Unknown(_) => html! {
            (words::dash())
            span.hidden { "not measured" }
        },
    }
}
