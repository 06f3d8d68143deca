//! Pages over many calls: a day, and the way of agents. As self-contained as
//! the page of one call, and without any script.

mod agents;
mod day;

pub(in crate::report) use agents::agents;
pub(in crate::report) use day::day;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::html::{ICON, policy, words};
use crate::report::review::FOOT;

/// All that these pages look like.
const STYLE: &str =
    concat!(include_str!("page.css"), include_str!("review/review.css"), include_str!("print.css"));

/// A whole page around what it shows.
fn page(title: &str, product: &str, facts: &[(&str, String)], main: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy::without_script(STYLE));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (words::outside(title)) " · " (product) }
                link rel="icon" href=(ICON);
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#report" { "Skip to the report" }
                (banner(title, product, facts))
                main id="report" tabindex="-1" { (main) }
                (footer())
            }
        }
    };
    page.into_string()
}

fn banner(title: &str, product: &str, facts: &[(&str, String)]) -> Markup {
    html! {
        header.banner {
            p.product { "Evenkeel" span { (product) } }
            h1 { bdi { (words::outside(title)) } }
            dl.facts {
                @for (name, value) in facts { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}

fn footer() -> Markup {
    html! {
        footer aria-labelledby="about" {
            h2 id="about" { "About this page" }
            p.conduct { (FOOT) }
            p { "Made by " (env!("CARGO_PKG_NAME")) " " (env!("CARGO_PKG_VERSION")) " from calls that were measured before." }
        }
    }
}

/// What one must know before reading any figure.
fn notes(notes: &[String]) -> Markup {
    html! {
        @if !notes.is_empty() {
            section.warnings aria-label="To know first" {
                ul { @for note in notes { li { (words::outside(note)) } } }
            }
        }
    }
}

/// A cell that names its column where the table is shown as a list.
fn cell(label: &str, value: &Markup) -> Markup {
    html! { td { span.label { (label) " " } (value) } }
}

/// A figure; a dash that is read out as what it means where there is none.
fn figure(value: Option<String>) -> Markup {
    html! {
        @match value {
            Some(value) => (value),
            None => { (words::dash()) span.hidden { "not measured" } }
        }
    }
}
