//! The timeline: two lanes, agent above and customer below, drawn without any
//! script. Everything across is a share of the call, so that it can be of any
//! width; everything that can be pointed at is a link into the list of events.

mod curves;
pub(in crate::report::html) mod glyphs;
mod lanes;
mod legend;
mod points;
mod scale;

use maud::{Markup, html};

use crate::report::analysis::Analysis;
use crate::report::html::marks::Mark;
use crate::report::html::plot::scale::{HEIGHT, Row, Scale};
use crate::report::html::words::{self, Clock, TIE};

/// The figure with its legend, and the line that tells what is pointed at.
pub(super) fn section(a: &Analysis, marks: &[Mark<'_>]) -> Markup {
    html! {
        section.timeline aria-labelledby="timeline" {
            (glyphs::definitions())
            div.heading {
                h2 id="timeline" { "Timeline" }
                (zoom())
            }
            figure {
                figcaption.hidden { (legend::sentence(a, marks)) }
                div.plot {
                    (labels(a))
                    div.scroll { (drawing(a, marks)) }
                }
                p.readout id="readout" role="status" aria-live="polite" {}
                (legend::list(a, marks))
                p.hint id="keys" {
                    "Each mark leads to its line in the list below. With the keyboard: "
                    kbd { "\u{2190}" } " " kbd { "\u{2192}" } " through time, "
                    kbd { "\u{2191}" } " " kbd { "\u{2193}" } " among marks of one kind, "
                    kbd { "Enter" } " to the list."
                }
            }
        }
    }
}

/// Shown by the script, which they are useless without.
fn zoom() -> Markup {
    html! {
        div.zoom role="group" aria-label="Zoom of the timeline" hidden {
            button type="button" data-zoom="0.5" aria-label="Zoom out" { "\u{2212}" }
            button type="button" data-zoom="2" aria-label="Zoom in" { "+" }
            button type="button" data-zoom="0" { "Whole call" }
        }
    }
}

fn drawing(a: &Analysis, marks: &[Mark<'_>]) -> Markup {
    let scale = Scale::of(a.summary.duration);
    html! {
        svg.drawing id="plot" width=(scale.width()) height=(HEIGHT) role="group" aria-labelledby="timeline" aria-describedby="keys" {
            g aria-hidden="true" {
                (lanes::grounds())
                (lanes::moments(scale, marks))
                (lanes::axis(scale, Clock::of(a)))
                (curves::both(a, scale))
                (lanes::speech(a, scale))
                (lanes::stems(scale, marks))
            }
            (points::all(scale, marks))
        }
    }
}

/// The names of the rows; they stay where they are when the drawing scrolls.
fn labels(a: &Analysis) -> Markup {
    let name = |row: Row, class: &'static str, text: &str| {
        html! { text class=(class) x="0" y=(row.top + row.height / 2.0 + 4.0) { (text) } }
    };
    html! {
        svg.labels width="92" height=(HEIGHT) aria-hidden="true" focusable="false" {
            (name(scale::MOMENTS, "row", "costliest"))
            (name(scale::NUDGES, "row", "nudges"))
            (name(scale::HELD, "row", "held back"))
            (curve_label(scale::LEVEL, "level", &normal_level(a)))
            (curve_label(scale::PACE, "pace", &normal_pace(a)))
            (name(scale::RAISED, "row", "raised"))
            (name(scale::FAST, "row", "fast"))
            (name(scale::AGENT_STARTS, "row", "starts over"))
            (name(scale::AGENT, "lane agent", "Agent"))
            (name(scale::SILENCE, "row", "silence"))
            (name(scale::CUSTOMER, "lane customer", "Customer"))
            (name(scale::CUSTOMER_STARTS, "row", "starts over"))
            @for (k, does) in ["higher voice", "faster", "interrupting"].into_iter().enumerate() {
                (name(does_row(k), "row", does))
            }
        }
    }
}

fn does_row(place: usize) -> Row {
    let each = scale::DOES.height / 3.0;
    Row { top: scale::DOES.top + each * place as f64, height: each }
}

fn curve_label(row: Row, name: &str, normal: &str) -> Markup {
    let middle = row.top + row.height / 2.0;
    html! {
        text.row x="0" y=(middle - 3.0) { (name) }
        text.small x="0" y=(middle + 11.0) { (normal) }
    }
}

fn normal_level(a: &Analysis) -> String {
    a.summary.normal.map_or_else(
        || "no baseline".into(),
        |n| format!("{}{TIE}dB \u{b1}{}", words::whole(f64::from(n.level)), curves::LEVEL_BAND),
    )
}

fn normal_pace(a: &Analysis) -> String {
    a.summary.normal.map_or_else(
        || "no baseline".into(),
        |n| format!("{}/s \u{b1}{:.0}{TIE}%", words::tenths(f64::from(n.pace)), 100.0 * curves::PACE_BAND),
    )
}
