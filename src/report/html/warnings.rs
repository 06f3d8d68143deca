//! What one must know before reading any figure: a file that is not whole, and
//! channels that were not heard as they should be.

use maud::{Markup, html};

use crate::core::event::{Kind, State};
use crate::core::units::Channel;
use crate::report::analysis::{Analysis, StateSpan};
use crate::report::html::about::coded;
use crate::report::html::plot::glyphs;
use crate::report::html::words::Clock;
use crate::report::names;

/// The warnings, if there are any.
pub(super) fn section(a: &Analysis) -> Markup {
    let found = collect(a);
    html! {
        @if !found.is_empty() {
            section.warnings aria-label="What to know first" {
                ul { @for text in found { li { (glyphs::of_kind(Kind::Capture)) p { (coded(&text)) } } } }
            }
        }
    }
}

fn collect(a: &Analysis) -> Vec<String> {
    let mut found = a.origin.notes.clone();
    found.extend(Channel::BOTH.into_iter().flat_map(|who| of_channel(a, who)));
    found.extend(a.summary.looks_swapped.then(|| names::LOOKS_SWAPPED.into()));
    found.extend(a.summary.agc.then(|| names::AUTOMATIC_GAIN.into()));
    found
}

fn of_channel(a: &Analysis, who: Channel) -> Vec<String> {
    let verdict = a.summary.sides[who].verdict;
    let clock = Clock::of(a);
    let whole = names::state_remedy(verdict)
        .map(|remedy| format!("{who} channel {}: {remedy}.", names::state_title(verdict)));
    let part = |s: &StateSpan| {
        let (from, to) = (clock.at(s.span.from), clock.at(s.span.to));
        format!("{who} channel {} from {from} to {to}.", names::state_title(s.state))
    };
    // A side that has not spoken yet is no fault.
    let odd = |s: &&StateSpan| s.state != verdict && s.state != State::Silent;
    whole.into_iter().chain(a.states[who].iter().filter(odd).map(part)).collect()
}
