//! The warnings at the head of the page.

use maud::{Markup, html};

use crate::core::event::Kind;
use crate::report::analysis::Analysis;
use crate::report::html::about::coded;
use crate::report::html::plot::glyphs;
use crate::report::html::words::Clock;
use crate::report::warnings::warnings;

/// The warnings, if there are any.
pub(super) fn section(a: &Analysis) -> Markup {
    let clock = Clock::of(a);
    let found = warnings(a, |at| clock.at(at).to_string());
    html! {
        @if !found.is_empty() {
            section.warnings aria-label="What to know first" {
                ul { @for text in found { li { (glyphs::of_kind(Kind::Capture)) p { (coded(&text)) } } } }
            }
        }
    }
}
