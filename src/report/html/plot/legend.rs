//! What the signs of the timeline mean: those that are on it.

use maud::{Markup, html};

use crate::core::event::{Class, State};
use crate::report::analysis::Analysis;
use crate::report::html::marks::{Mark, What};
use crate::report::html::plot::glyphs;
use crate::report::html::words;
use crate::report::names;

/// A sample beside its words.
fn entry(sample: &Markup, text: &str) -> Markup {
    html! { li { (sample) (text) } }
}

/// A small area as on the timeline.
fn area(class: &str, pattern: Option<&str>) -> Markup {
    html! {
        svg class={ "swatch mark " (class) } width="24" height="12" aria-hidden="true" focusable="false" {
            rect x="0.75" y="1" width="22.5" height="10" rx="2" {}
            @if let Some(pattern) = pattern { rect class={ "fill " (pattern) } x="0.75" y="1" width="22.5" height="10" {} }
        }
    }
}

/// The list.
pub(super) fn list(a: &Analysis, marks: &[Mark<'_>]) -> Markup {
    let any = |test: fn(&What<'_>) -> bool| marks.iter().any(|m| test(&m.what));
    html! {
        ul.legend aria-label="What the signs mean" {
            (speech())
            @if a.summary.normal.is_some() { (entry(&band(), "the agent\u{2019}s normal")) }
            @if any(|w| matches!(w, What::Raised(_))) { (entry(&area("raised", Some("peaks")), "raised voice")) }
            @if any(|w| matches!(w, What::Fast(_))) { (entry(&area("fast", Some("chevrons")), "fast pace")) }
            (classes(marks))
            @if any(|w| matches!(w, What::Overlap(j) if !j.reliability.is_reliable())) { (entry(&html! {}, "faded signs are not counted")) }
            @if any(|w| matches!(w, What::Monologue(_))) { (entry(&area("monologue", None), "long monologue")) }
            @if any(|w| matches!(w, What::Silence(_))) { (entry(&area("silence", None), "nobody speaks")) }
            @if any(|w| matches!(w, What::Withdrawn(..))) { (entry(&area("tone", Some("bars")), "a tone or music")) }
            (states(marks))
            @if any(|w| matches!(w, What::Phrase(_))) { (entry(&area("phrase", None), "a phrase was found")) }
            @if any(|w| matches!(w, What::Does(_))) { (entry(&area("does", None), "the customer does something")) }
            (nudges(a, marks))
        }
    }
}

fn speech() -> Markup {
    let sample = |class: &str| {
        html! {
            svg.swatch width="24" height="12" aria-hidden="true" focusable="false" {
                rect class={ "speech " (class) } x="0" y="1" width="24" height="10" {}
            }
        }
    };
    html! {
        (entry(&sample("agent"), "agent speaks"))
        (entry(&sample("customer"), "customer speaks"))
    }
}

fn band() -> Markup {
    html! {
        svg.swatch width="24" height="12" aria-hidden="true" focusable="false" {
            rect.band x="0" y="1" width="24" height="10" {}
            line.normal x1="0" x2="24" y1="6" y2="6" {}
        }
    }
}

fn classes(marks: &[Mark<'_>]) -> Markup {
    let mut seen: Vec<Class> = Vec::new();
    for mark in marks {
        if let What::Overlap(judged) = mark.what
            && !seen.contains(&judged.overlap.class)
        {
            seen.push(judged.overlap.class);
        }
    }
    seen.sort_by_key(|class| *class as usize);
    html! { @for class in seen { (entry(&glyphs::of_class(class), names::class_title(class))) } }
}

fn states(marks: &[Mark<'_>]) -> Markup {
    let any =
        |of: fn(State) -> bool| marks.iter().any(|m| matches!(m.what, What::State(_, s) if of(s.state)));
    html! {
        @if any(|s| matches!(s, State::Zeros | State::Dead)) {
            (entry(&area("state", Some("hatch")), "channel delivers nothing"))
        }
        @if any(|s| matches!(s, State::Leaking | State::SameAudio)) {
            (entry(&area("state", Some("cross")), "channel hears the other side"))
        }
        @if any(|s| matches!(s, State::Silent)) {
            (entry(&area("state", Some("dots")), names::state_title(State::Silent)))
        }
    }
}

fn nudges(a: &Analysis, marks: &[Mark<'_>]) -> Markup {
    let mut seen = Vec::new();
    for nudge in &a.nudges {
        let d = &nudge.decision;
        if !seen.iter().any(|(kind, _)| *kind == d.kind) {
            seen.push((d.kind, names::kind_title(d.kind)));
        }
    }
    let held = marks.iter().any(|m| matches!(m.what, What::Held(_)));
    html! {
        @for (kind, title) in seen { (entry(&glyphs::of_kind(kind), &format!("nudge: {title}"))) }
        @if held { (entry(&ring(), "nudge held back")) }
    }
}

fn ring() -> Markup {
    html! {
        svg.glyph.mark.held width="16" height="16" aria-hidden="true" focusable="false" { circle cx="8" cy="8" r="3.5" {} }
    }
}

/// The whole figure in a few sentences, for those who cannot see it.
pub(super) fn sentence(a: &Analysis, marks: &[Mark<'_>]) -> String {
    let count = |test: fn(&What<'_>) -> bool| marks.iter().filter(|m| test(&m.what)).count() as u32;
    let end = words::length(a.summary.duration);
    let starts = words::count(
        count(|w| matches!(w, What::Overlap(_))),
        "start over the other",
        "starts over the other",
    );
    let raised = count(|w| matches!(w, What::Raised(_)));
    let raised = words::count(raised, "episode of raised voice", "episodes of raised voice");
    let fast = words::count(count(|w| matches!(w, What::Fast(_))), "of fast pace", "of fast pace");
    let shown = words::count(count(|w| matches!(w, What::Nudge(_))), "nudge", "nudges");
    format!("Timeline of {end}, agent above and customer below: {starts}, {raised}, {fast}, {shown} shown.")
}
