//! What was said, in two lanes: the agent on the left, the customer on the right,
//! each utterance under the moment that the timeline shows it at.

use maud::{Markup, html};

use crate::core::transcript::Transcript;
use crate::core::units::{Channel, SampleSpan};
use crate::core::words::Words;
use crate::report::analysis::Analysis;
use crate::report::html::words::outside;
use crate::report::text::clock;
use crate::report::transcript::lines;

/// The transcript, where there is one.
pub(super) fn section(analysis: &Analysis) -> Markup {
    let Some(transcript) = &analysis.transcript else { return html! {} };
    html! {
        section.transcript aria-labelledby="transcript" {
            h2 id="transcript" { "What was said" }
            (facts(transcript))
            @if transcript.said.is_empty() {
                p { "No words were recognised." }
            } @else {
                ol.lanes { @for words in &transcript.said { (item(words, analysis.origin.offset)) } }
            }
        }
    }
}

fn facts(transcript: &Transcript) -> Markup {
    html! { p.note { @for line in lines(transcript) { (outside(&line)) ". " } } }
}

fn item(words: &Words, offset: SampleSpan) -> Markup {
    let agent = words.who == Channel::Agent;
    let at = clock((words.from + offset).seconds());
    html! {
        li.agent[agent].customer[!agent] data-at=(format!("{:.2}", words.from.seconds())) {
            span.when { (at) " " (words.who) }
            p { (outside(words.text.reveal())) }
        }
    }
}
