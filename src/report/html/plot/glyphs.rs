//! The little signs of the page. Each thing has its own shape or letter, so
//! that no sign is told apart by its colour alone.

use maud::{Markup, html};

use crate::core::event::{Class, Kind};

/// Name of a class's sign inside the page.
pub(super) fn class_id(class: Class) -> &'static str {
    match class {
        Class::CutOff => "gC",
        Class::TalkOver => "gT",
        Class::PauseBargeIn => "gP",
        Class::Backchannel => "gM",
        Class::EarlyStart => "gE",
        Class::SimultaneousStart => "gJ",
    }
}

/// Name of a kind's sign inside the page.
pub(super) fn kind_id(kind: Kind) -> &'static str {
    match kind {
        Kind::Capture => "k0",
        Kind::Interrupting => "k1",
        Kind::RaisedVoice => "k2",
        Kind::FastPace => "k3",
        Kind::Monologue => "k4",
        Kind::RushedReply => "k5",
        Kind::DeadAir => "k6",
        Kind::Positive => "k7",
        Kind::Incident => "k8",
        Kind::Phrase => "k9",
        Kind::Apology => "k10",
        Kind::Card => "k11",
        Kind::Tip => "k12",
    }
}

/// The letter of a class; interruptions in the capitals of the terminal's strip.
fn letter(class: Class) -> &'static str {
    match class {
        Class::CutOff => "C",
        Class::TalkOver => "T",
        Class::PauseBargeIn => "p",
        Class::Backchannel => "m",
        Class::EarlyStart => "e",
        Class::SimultaneousStart => "j",
    }
}

/// The drawing of a kind, on a field of sixteen by sixteen.
fn drawing(kind: Kind) -> &'static str {
    match kind {
        Kind::Capture => "M8 3.5v5.5M8 11.6v1",
        Kind::Interrupting => "M3 6h7M6 10h7",
        Kind::RaisedVoice => "M8 4.2l4 7.3H4z",
        Kind::FastPace => "M4 4.5L7.5 8 4 11.5M8.5 4.5L12 8l-3.5 3.5",
        Kind::Monologue => "M4 5h8M4 8h8M4 11h5",
        Kind::RushedReply => "M12.2 8a4.2 4.2 0 1 1-8.4 0a4.2 4.2 0 1 1 8.4 0M8 5.8V8l1.6 1.2",
        Kind::DeadAir => "M4.4 8h.1M8 8h.1M11.6 8h.1",
        Kind::Incident => "M8 3.5L12.5 8 8 12.5 3.5 8zM8 6.4v2M8 9.9v.1",
        Kind::Phrase => "M5.6 5v3.2H4M12 5v3.2h-1.6",
        Kind::Apology => "M4 10.5a2 2 0 1 1 0-5M8 10.5a2 2 0 1 1 0-5M12 10.5a2 2 0 1 1 0-5",
        Kind::Card => "M3.5 5h9v6h-9zM5.5 8h5",
        Kind::Tip => "M8 3.8a3 3 0 0 1 1.6 5.5V11H6.4V9.3A3 3 0 0 1 8 3.8zM6.8 13h2.4",
        Kind::Positive => "M4 8.4l2.8 2.8L12 5.4",
    }
}

/// Signs and patterns, once for the whole page.
pub(super) fn definitions() -> Markup {
    html! {
        svg.definitions width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                @for class in Class::ALL { (class_symbol(class)) }
                @for kind in Kind::ALL { (kind_symbol(kind)) }
                (patterns())
            }
        }
    }
}

fn class_symbol(class: Class) -> Markup {
    let weight = if class.is_interruption() { "sign full" } else { "sign" };
    html! {
        g id=(class_id(class)) class=(weight) {
            @match class {
                Class::CutOff => rect x="0.75" y="0.75" width="14.5" height="14.5" rx="2.5" {},
                Class::TalkOver | Class::Backchannel => circle cx="8" cy="8" r="7.25" {},
                Class::PauseBargeIn => path d="M8 .75L15.25 8 8 15.25 .75 8z" {},
                Class::EarlyStart | Class::SimultaneousStart => rect x="0.75" y="1.75" width="14.5" height="12.5" rx="6" {},
            }
            text x="8" y="11.7" { (letter(class)) }
        }
    }
}

fn kind_symbol(kind: Kind) -> Markup {
    let class = match kind {
        Kind::Positive => "nudge good",
        Kind::Capture => "nudge sound",
        Kind::Interrupting
        | Kind::RaisedVoice
        | Kind::FastPace
        | Kind::Monologue
        | Kind::RushedReply
        | Kind::DeadAir
        | Kind::Incident
        | Kind::Phrase
        | Kind::Apology
        | Kind::Card
        | Kind::Tip => "nudge",
    };
    html! {
        g id=(kind_id(kind)) class=(class) {
            rect x="0" y="0" width="16" height="16" rx="4" {}
            path d=(drawing(kind)) {}
        }
    }
}

/// What fills areas, so that they differ without colour.
fn patterns() -> Markup {
    html! {
        pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
            path.hatching d="M0 0v7" {}
        }
        pattern id="cross" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
            path.hatching d="M0 0v7M0 0h7" {}
        }
        pattern id="dots" width="7" height="7" patternUnits="userSpaceOnUse" {
            circle.dotting cx="2" cy="2" r="1.1" {}
        }
        pattern id="bars" width="5" height="5" patternUnits="userSpaceOnUse" {
            path.hatching d="M1 0v5" {}
        }
        pattern id="peaks" width="8" height="10" patternUnits="userSpaceOnUse" {
            path.peak d="M0 10L4 2l4 8z" {}
        }
        pattern id="chevrons" width="8" height="10" patternUnits="userSpaceOnUse" {
            path.chevron d="M1 1.5L5 5 1 8.5" {}
        }
    }
}

/// A sign in a line of text.
pub(in crate::report::html) fn of_class(class: Class) -> Markup {
    inline(class_id(class))
}

/// The same of a nudge.
pub(in crate::report::html) fn of_kind(kind: Kind) -> Markup {
    inline(kind_id(kind))
}

fn inline(id: &str) -> Markup {
    html! {
        svg.glyph width="16" height="16" aria-hidden="true" focusable="false" { use href={ "#" (id) } {} }
    }
}
