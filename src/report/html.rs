//! The report page: one self-contained HTML file. It asks nothing of any
//! network, reads in full without its script, and prints. Everything is markup
//! by construction, so text from outside cannot become a tag; the same analysis
//! gives the same bytes. Never measures anything itself, and never says what
//! somebody might feel.

mod about;
mod customer;
mod events;
mod head;
mod marks;
mod measures;
mod moments;
mod nudges;
mod overlaps;
mod phrases;
mod plot;
mod policy;
pub(in crate::report) mod review;
mod score;
#[cfg(test)]
mod tests;
mod transcript;
mod warnings;
pub(in crate::report) mod words;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::analysis::Analysis;

/// All that the page looks like.
const STYLE: &str = concat!(
    include_str!("html/page.css"),
    include_str!("html/score.css"),
    include_str!("html/plot.css"),
    include_str!("html/transcript.css"),
    include_str!("html/print.css")
);

/// Stepping through the timeline, zoom, and opening everything for print.
const SCRIPT: &str = include_str!("html/page.js");

/// A level curve between two lanes; data, so that no browser asks for a file.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
    %3Crect width='16' height='16' rx='3' fill='%231f5f8b'/%3E\
    %3Cpath d='M2 10h3l2-5 2 7 2-4h3' fill='none' stroke='%23fff' stroke-width='1.5'/%3E%3C/svg%3E";

/// What the page is told besides the analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOptions {
    /// What the score is called in this house.
    pub score_name: String,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self { score_name: "Calmness".into() }
    }
}

/// The report of one call as a whole HTML file.
pub fn write(analysis: &Analysis, options: &PageOptions) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (document_head(analysis))
            (document_body(analysis, options))
        }
    };
    page.into_string()
}

fn document_head(analysis: &Analysis) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy::policy(STYLE, SCRIPT));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (words::outside(&analysis.origin.name)) " · call report" }
            link rel="icon" href=(ICON);
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn document_body(analysis: &Analysis, options: &PageOptions) -> Markup {
    let marks = marks::collect(analysis);
    html! {
        body {
            a.skip href="#report" { "Skip to the report" }
            (head::banner(analysis))
            main id="report" tabindex="-1" {
                (warnings::section(analysis))
                div.opening {
                    (score::section(analysis, &options.score_name))
                    (moments::section(analysis, &marks))
                }
                (plot::section(analysis, &marks))
                (events::section(&marks))
                (phrases::section(analysis, &marks))
                (transcript::section(analysis))
                (nudges::section(analysis, &marks))
                div.pair {
                    (overlaps::section(analysis))
                    (customer::section(analysis))
                }
                (measures::section(analysis))
                div.pair {
                    (about::channels(analysis))
                    (about::baseline(analysis))
                }
            }
            (about::footer(analysis))
            script { (PreEscaped(SCRIPT)) }
        }
    }
}
