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
                @if transcript.is_wordless() { p { "No words were recognised." } }
            } @else {
                ol.lanes { @for words in &transcript.said { (item(words, analysis.origin.offset, analysis.summary.duration)) } }
            }
        }
    }
}

fn facts(transcript: &Transcript) -> Markup {
    html! { p.note { @for line in lines(transcript) { (outside(&line)) ". " } } }
}

/// One utterance, with the way to its place in the timeline.
fn item(words: &Words, offset: SampleSpan, length: SampleSpan) -> Markup {
    let lane = match words.who {
        Channel::Agent => "agent",
        Channel::Customer => "customer",
    };
    let place = words.from.seconds() / length.seconds().max(f64::MIN_POSITIVE);
    let at = clock((words.from + offset).seconds());
    html! {
        li class=(lane) {
            a.when href="#plot" data-at=(format!("{place:.4}")) { (at) " " (words.who) }
            p { (outside(words.text.reveal())) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::private::Spoken;
    use crate::core::units::SampleTime;

    fn words(who: Channel, text: &str) -> Words {
        let (from, to) = (SampleTime::from_seconds(30.0), SampleTime::from_seconds(31.0));
        Words { who, from, to, text: Spoken::new(text), words: Vec::new() }
    }

    fn shown(words: &Words) -> String {
        item(words, SampleSpan::from_seconds(60.0), SampleSpan::from_seconds(120.0)).into_string()
    }

    #[test]
    fn each_side_has_its_lane_and_each_utterance_its_place() {
        let agent = shown(&words(Channel::Agent, "Hello."));
        assert!(agent.contains(r#"class="agent""#) && agent.contains("Hello."), "{agent}");
        assert!(agent.contains(r#"data-at="0.2500""#) && agent.contains("1:30 Agent"), "{agent}");
        assert!(shown(&words(Channel::Customer, "Hi.")).contains(r#"class="customer""#));
    }

    #[test]
    fn nothing_that_is_said_becomes_markup() {
        let item = shown(&words(Channel::Agent, "<script>alert(1)</script>\u{202e}"));
        assert!(!item.contains("<script") && !item.contains('\u{202e}'), "{item}");
    }
}
