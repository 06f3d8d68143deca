//! What one must know before reading any figure: a file that is not whole, and
//! channels that were not heard as they should be.

use crate::core::event::State;
use crate::core::units::{Channel, SampleTime};
use crate::report::analysis::{Analysis, StateSpan};
use crate::report::names;

/// The warnings of a call in sentences; `clock` writes a moment of it.
pub(super) fn warnings(a: &Analysis, clock: impl Fn(SampleTime) -> String) -> Vec<String> {
    let mut found = a.origin.notes.clone();
    found.extend(Channel::BOTH.into_iter().flat_map(|who| of_channel(a, who, &clock)));
    found.extend(a.summary.looks_swapped.then(|| names::LOOKS_SWAPPED.into()));
    found.extend(a.summary.agc.then(|| names::AUTOMATIC_GAIN.into()));
    found
}

fn of_channel(a: &Analysis, who: Channel, clock: &impl Fn(SampleTime) -> String) -> Vec<String> {
    let verdict = a.summary.sides[who].verdict;
    let whole = names::state_remedy(verdict)
        .map(|remedy| format!("{who} channel {}: {remedy}.", names::state_title(verdict)));
    let part = |s: &StateSpan| {
        let (from, to) = (clock(s.span.from), clock(s.span.to));
        format!("{who} channel {} from {from} to {to}.", names::state_title(s.state))
    };
    // A side that has not spoken yet is no fault.
    let odd = |s: &&StateSpan| s.state != verdict && s.state != State::Silent;
    whole.into_iter().chain(a.states[who].iter().filter(odd).map(part)).collect()
}
