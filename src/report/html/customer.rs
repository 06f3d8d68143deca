//! What the customer did, as context beside the agent's figures.

use maud::{Markup, html};

use crate::core::event::Behaviour;
use crate::core::measures::Measured;
use crate::report::analysis::Analysis;
use crate::report::html::marks::{self, Does};
use crate::report::html::{measures, words};
use crate::report::names;

/// Behaviours, how long each lasted, and how many there were at once.
pub(super) fn section(a: &Analysis) -> Markup {
    let done = marks::behaviours(a);
    html! {
        section.customer aria-labelledby="customer" {
            h2 id="customer" { "What the customer did" }
            p.context {
                "Context for the agent\u{2019}s figures, never part of the score. Each is measured against the \
                 customer\u{2019}s own first 30 s."
            }
            table.figures {
                caption.hidden { "Behaviours of the customer and how long each lasted" }
                thead { tr { th scope="col" { "Behaviour" } th scope="col" { "How long" } } }
                tbody {
                    @for behaviour in Behaviour::ALL { (row(a, behaviour, &done)) }
                    tr.total { th scope="row" { "Most at once" } td { (words::figure(&most(a))) } }
                }
            }
        }
    }
}

fn row(a: &Analysis, behaviour: Behaviour, done: &[Does]) -> Markup {
    html! {
        tr {
            th scope="row" { (words::sentence(names::behaviour_title(behaviour))) }
            td { (words::figure(&lasted(a, behaviour, done))) }
        }
    }
}

fn lasted(a: &Analysis, behaviour: Behaviour, done: &[Does]) -> Measured<String> {
    if let Some(why) = measures::sides_why(&a.summary) {
        return Measured::Unknown(why);
    }
    let times = done.iter().filter(|d| d.behaviour == behaviour).count() as u32;
    let total = words::length(a.summary.customer[behaviour as usize]);
    Measured::Known(match times {
        0 => "not seen".into(),
        1 => total,
        n => format!("{total} in {}", words::count(n, "stretch", "stretches")),
    })
}

fn most(a: &Analysis) -> Measured<String> {
    match (measures::sides_why(&a.summary), a.summary.intensity) {
        (Some(why), _) => Measured::Unknown(why),
        (None, 0) => Measured::Known("none".into()),
        (None, n) => Measured::Known(format!("{n} of {}", Behaviour::ALL.len())),
    }
}
