//! The top of the page: which call this is, and its few plain facts.

use maud::{Markup, html};

use crate::core::event::Outcome;
use crate::core::measures::Measured;
use crate::core::units::{SampleSpan, SampleTime};
use crate::report::analysis::Analysis;
use crate::report::html::words::Clock;
use crate::report::html::{measures, words};
use crate::report::names;
use crate::report::said;

/// Sections that a call without words has not.
const PHRASES: &str = "phrases";
const TRANSCRIPT: &str = "transcript";

/// Where the sections are, in their order.
const SECTIONS: [(&str, &str); 9] = [
    ("timeline", "Timeline"),
    (PHRASES, "Phrases"),
    (TRANSCRIPT, "What was said"),
    ("nudges", "Nudges"),
    ("overlaps", "Starts over the other"),
    ("customer", "Customer"),
    ("measures", "Measures"),
    ("channels", "Channels"),
    ("about", "About"),
];

/// Name, facts and the way to the sections.
pub(super) fn banner(a: &Analysis) -> Markup {
    html! {
        header.banner {
            p.product { "Evenkeel" span { "call report" } }
            h1 { bdi { (words::outside(&a.origin.name)) } }
            @if SampleSpan::ZERO < a.origin.offset {
                p.offset { "Only a part of the file, from " (Clock::of(a).at(SampleTime::ZERO)) " on." }
            }
            dl.facts {
                @for (title, value) in facts(a) {
                    div { dt { (title) } dd { (value) } }
                }
            }
            nav aria-label="Sections" {
                ul { @for (id, title) in sections(a) { li { a href={ "#" (id) } { (title) } } } }
            }
        }
    }
}

fn sections(a: &Analysis) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (phrases, transcript) = (said::found(a).is_some(), a.transcript.is_some());
    let is_there = move |(id, _): &(&str, &str)| match *id {
        PHRASES => phrases,
        TRANSCRIPT => transcript,
        _ => true,
    };
    SECTIONS.into_iter().filter(is_there)
}

fn facts(a: &Analysis) -> [(&'static str, Markup); 5] {
    let s = &a.summary;
    let talk = s.talk_ratio.map(|t| format!("{} to {}", words::percent(t), words::percent(1.0 - t)));
    let latency = s.replies.median.map(|m| format!("{}{}s", words::tenths(f64::from(m)), words::TIE));
    [
        ("Length", html! { (words::length(s.duration)) }),
        ("Talk, agent to customer", short(&talk)),
        ("Interruptions by the agent", short(&interruptions(a))),
        ("Median reply after", short(&latency)),
        ("Nudges", html! { (nudges(a)) }),
    ]
}

fn interruptions(a: &Analysis) -> Measured<String> {
    let count = a.summary.sides.agent.starts.interruptions();
    match measures::overlaps_why(&a.summary) {
        Some(why) => Measured::Unknown(why),
        None => Measured::Known(count.to_string()),
    }
}

fn nudges(a: &Analysis) -> String {
    let held = a.decisions.iter().filter(|d| d.outcome != Outcome::Shown).count();
    format!("{} shown, {held} held back", a.nudges.len())
}

/// The place is small: a dash and the bare reason.
fn short(value: &Measured<String>) -> Markup {
    match value {
        Measured::Known(text) => html! { (text) },
        Measured::Unknown(why) => html! {
            (words::dash()) span.hidden { "not measured: " } span.unmeasured { (names::why_not_title(*why)) }
        },
    }
}
