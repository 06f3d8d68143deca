//! Every measure of the call in plain words, each with its unit and its number
//! in the published definitions.

use maud::{Markup, html};

use crate::core::measures::{Measured, Why};
use crate::core::summary::{CallSummary, SideSummary};
use crate::core::units::{Channel, SampleSpan};
use crate::report::analysis::Analysis;
use crate::report::html::words::{self, TIE};

/// One line of the table.
struct Row {
    name: &'static str,
    value: Measured<String>,
    note: &'static str,
    id: &'static str,
}

/// Lines that belong together.
struct Group {
    title: &'static str,
    rows: Vec<Row>,
}

fn row(id: &'static str, name: &'static str, value: Measured<String>, note: &'static str) -> Row {
    Row { name, value, note, id }
}

/// The table of all measures.
pub(super) fn section(a: &Analysis) -> Markup {
    let s = &a.summary;
    let groups = [talk(s), replies(s), overlaps(s), voice(s), silence(s)];
    html! {
        section.measures aria-labelledby="measures" {
            h2 id="measures" { "Measures" }
            table.figures {
                caption { "Over the whole call. The small codes are their names in the published definitions." }
                thead { tr { th scope="col" { "Measure" } th scope="col" { "Value" } th scope="col" { "Code" } } }
                @for group in groups {
                    tbody {
                        tr.group { th colspan="3" scope="rowgroup" { (group.title) } }
                        @for row in group.rows { (line(&row)) }
                    }
                }
            }
        }
    }
}

fn line(row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" {
                (row.name)
                @if !row.note.is_empty() { span.note { (row.note) } }
            }
            td { (words::figure(&row.value)) }
            td.code { (row.id) }
        }
    }
}

/// Why who-spoke-when is not known, if it is not.
pub(super) fn sides_why(s: &CallSummary) -> Option<Why> {
    s.talk_ratio.why().filter(|why| matches!(why, Why::AgentChannel | Why::CustomerChannel))
}

/// Why starts over the other do not count, if they do not.
pub(super) fn overlaps_why(s: &CallSummary) -> Option<Why> {
    let spoils = |why: &Why| matches!(why, Why::AgentChannel | Why::CustomerChannel | Why::Unreliable);
    s.interruptions_per_min.why().filter(spoils)
}

/// Why a side's speech is not known: what its channel carries is not speech of
/// its own, or nothing.
fn side_why(who: Channel, side: &SideSummary) -> Option<Why> {
    let why = match who {
        Channel::Agent => Why::AgentChannel,
        Channel::Customer => Why::CustomerChannel,
    };
    side.heard(()).is_none().then_some(why)
}

fn unless(why: Option<Why>, value: String) -> Measured<String> {
    why.map_or(Measured::Known(value), Measured::Unknown)
}

fn share(value: Measured<f32>) -> Measured<String> {
    value.map(words::percent)
}

fn per_minute(value: Measured<f32>) -> Measured<String> {
    value.map(|v| format!("{} per min", words::tenths(f64::from(v))))
}

fn lasting(span: SampleSpan) -> String {
    if span == SampleSpan::ZERO { "none".into() } else { words::length(span) }
}

fn times(count: u32) -> String {
    match count {
        0 => "none".into(),
        n => n.to_string(),
    }
}

fn talk(s: &CallSummary) -> Group {
    let of = |who: Channel, pick: fn(&SideSummary) -> SampleSpan| {
        let side = &s.sides[who];
        unless(side_why(who, side), lasting(pick(side)))
    };
    let rows = vec![
        row("M8", "Agent's speech", of(Channel::Agent, |side| side.speech), ""),
        row("M8", "Customer's speech", of(Channel::Customer, |side| side.speech), ""),
        row("M8", "Talk ratio", share(s.talk_ratio), "the agent's share of all speech"),
        row("M8", "Agent's talk in the call", share(s.agent_talk_share()), "silence counts as well"),
        row("M10", "Agent's longest monologue", of(Channel::Agent, |side| side.monologue), ""),
        row("M10", "Customer's longest monologue", of(Channel::Customer, |side| side.monologue), ""),
        row("M14", "Changes of the floor", per_minute(s.switches_per_min), ""),
    ];
    Group { title: "Talk", rows }
}

fn replies(s: &CallSummary) -> Group {
    let median = s.replies.median.map(|m| format!("{}{TIE}s", hundredths(m)));
    let count = s.replies.count.map(times);
    let rows = vec![
        row("M9", "Replies by the agent", count, "interruptions are no replies"),
        row("M9", "Median reply after", median, "below zero the two overlapped; 0.2 s is ordinary"),
        row("M9", "Replies at once", share(s.replies.rushed), "about half is ordinary"),
    ];
    Group { title: "Replies", rows }
}

fn hundredths(value: f32) -> String {
    let text = format!("{value:.2}");
    text.strip_prefix('-').map_or_else(|| text.clone(), |rest| format!("\u{2212}{rest}"))
}

fn overlaps(s: &CallSummary) -> Group {
    let rows = vec![
        row(
            "M6",
            "Interruptions by the agent",
            per_minute(s.interruptions_per_min),
            "per minute of customer talk; a cut-off counts 1, a talk-over \u{bd}",
        ),
        row("M7", "Overlap begun by the agent", share(s.overlap_share), "of the customer's talk"),
        row("M13", "Listening tokens", per_minute(s.listening_per_min), "per minute of customer talk"),
    ];
    Group { title: "Starts over the other", rows }
}

fn voice(s: &CallSummary) -> Group {
    let rate = |v: Measured<f32>| v.map(|v| format!("{}{TIE}syll/s", words::tenths(f64::from(v))));
    let episodes = |v: Measured<u32>| v.map(times);
    let rows = vec![
        row("M2", "Median pace", rate(s.pace), "windows of 10 s of own speech, with pauses"),
        row("M3", "Articulation rate", rate(s.articulation), "pauses over 250 ms taken out"),
        row("M2", "Speech in fast windows", share(s.fast_share), "of the agent's speech"),
        row("M2", "Episodes of fast speech", episodes(s.fast_count), ""),
        row("M5", "Speech with raised voice", share(s.raised_share), "of the agent's speech"),
        row("M5", "Episodes of raised voice", episodes(s.raised_count), ""),
    ];
    Group { title: "The agent's pace and level", rows }
}

fn silence(s: &CallSummary) -> Group {
    let rows = vec![
        row("M12", "Long silences", s.silences.map(|(count, ..)| times(count)), ""),
        row("M12", "Time in them", s.silences.map(|(_, total, _)| lasting(total)), ""),
        row("M12", "Longest silence", s.silences.map(|(.., longest)| lasting(longest)), ""),
    ];
    Group { title: "Silence", rows }
}
