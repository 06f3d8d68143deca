//! Calls of a review as comma-separated values: one row a call, nothing in a
//! field that could not be measured.

use crate::core::event::Kind;
use crate::core::measures::Measured;
use crate::core::score::Part;
use crate::core::units::Channel;
use crate::report::csv::line;
use crate::report::names;
use crate::report::review::day::Day;
use crate::report::review::{CallState, Entry, Figures};

const META: [&str; 9] =
    ["date", "began", "uid", "agent", "softphone", "state", "config_hash", "version", "duration_s"];

const MEASURES: [&str; 24] = [
    "agent_channel",
    "customer_channel",
    "score",
    "no_score_reason",
    "coverage",
    "agent_speech_s",
    "customer_speech_s",
    "agent_cut_offs",
    "agent_talk_overs",
    "agent_unreliable_interruptions",
    "customer_interruptions",
    "raised_episodes",
    "raised_s",
    "raised_peak_db",
    "pace",
    "normal_pace",
    "fast_share",
    "agent_longest_monologue_s",
    "customer_longest_monologue_s",
    "reply_latency_s",
    "silences",
    "silence_s",
    "abuse",
    "escalation",
];

/// The calls of a day.
pub fn csv(day: &Day) -> String {
    calls(&day.entries)
}

/// Any calls.
pub(in crate::report::review) fn calls(entries: &[Entry]) -> String {
    head() + &entries.iter().map(row).collect::<String>()
}

fn head() -> String {
    let mut columns: Vec<String> = META.iter().chain(&MEASURES).map(|name| (*name).to_owned()).collect();
    columns.extend(Part::ALL.iter().map(|part| format!("lost_{}", names::part(*part))));
    for what in ["shown", "heeded", "wrong"] {
        columns.extend(Kind::ALL.iter().map(|kind| format!("nudges_{}_{what}", names::kind(*kind))));
    }
    line(columns.into_iter())
}

fn row(call: &Entry) -> String {
    let meta = &call.meta;
    let mut fields = vec![
        meta.began.date().to_string(),
        meta.began.to_string(),
        meta.uid.clone(),
        meta.agent.clone(),
        meta.softphone.clone().unwrap_or_default(),
        CallState::name(meta.state).to_owned(),
        call.config_hash.clone(),
        meta.version.clone(),
        seconds(call.duration_s),
    ];
    match &call.figures {
        Some(figures) => fields.extend(measures(figures).into_iter().chain(points(figures))),
        None => fields.extend(vec![String::new(); MEASURES.len() + Part::ALL.len() + 2 * Kind::ALL.len()]),
    }
    fields.extend(meta.wrong.iter().map(u32::to_string));
    line(fields.into_iter())
}

fn seconds(s: Option<f64>) -> String {
    s.map_or(String::new(), |s| format!("{s:.3}"))
}

fn measures(f: &Figures) -> [String; 24] {
    let figure = |m: Measured<f64>| seconds(m.known());
    let count = |n: Option<u32>| n.map_or(String::new(), |n| n.to_string());
    [
        names::state(f.channels.agent).into(),
        names::state(f.channels.customer).into(),
        count(f.score.known()),
        f.score.why().map_or("", names::why_not).into(),
        format!("{:.2}", f.coverage),
        figure(f.speech_s.agent),
        figure(f.speech_s.customer),
        count(f.cut_offs.agent.known()),
        count(f.talk_overs.agent.known()),
        count(f.unreliable.agent),
        count(f.interruptions(Channel::Customer).known()),
        count(f.raised.episodes.known()),
        figure(f.raised.spoken_s),
        seconds(f.raised.peak_db),
        figure(f.pace),
        seconds(f.normal_pace),
        figure(f.fast_share),
        figure(f.monologue_s.agent),
        figure(f.monologue_s.customer),
        figure(f.reply_s),
        count(f.silences.known()),
        figure(f.silence_s),
        count(f.incidents.and_then(|i| i.abuse)),
        count(f.incidents.and_then(|i| i.escalation)),
    ]
}

fn points(f: &Figures) -> impl Iterator<Item = String> + '_ {
    let lost = f.parts.iter().map(|part| part.lost.map_or(String::new(), |lost| format!("{lost:.1}")));
    let shown = f.nudges.iter().map(|n| n.shown.to_string());
    lost.chain(shown).chain(f.nudges.iter().map(|n| n.heeded.to_string()))
}
