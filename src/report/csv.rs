//! Calls as comma-separated values (RFC 4180): one row a call, one column a
//! measure, nothing in a field that could not be measured.

use crate::core::event::Class;
use crate::core::measures::Measured;
use crate::core::score::Part;
use crate::core::units::{Channel, SampleSpan};
use crate::report::analysis::Analysis;
use crate::report::names;

/// The head line.
pub fn head() -> String {
    let fixed = ["call", "duration_s", "agent_channel", "customer_channel", "score", "coverage"];
    let mut columns: Vec<String> = fixed.map(String::from).into();
    columns.extend(Part::ALL.iter().map(|p| format!("lost_{}", names::part(*p))));
    for who in Channel::BOTH {
        let side = names::side(who);
        columns.push(format!("{side}_speech_s"));
        columns.push(format!("{side}_longest_monologue_s"));
        columns.extend(Class::ALL.iter().map(|c| format!("{side}_{}", names::class(*c))));
        columns.push(format!("{side}_unreliable_interruptions"));
    }
    columns.extend(MEASURES.map(String::from));
    line(columns.into_iter())
}

const MEASURES: [&str; 19] = [
    "talk_ratio",
    "agent_talk_share",
    "interruptions_per_min",
    "overlap_share",
    "pace",
    "articulation_rate",
    "fast_share",
    "fast_episodes",
    "raised_share",
    "raised_episodes",
    "replies",
    "reply_latency_s",
    "rushed_replies",
    "silences",
    "silence_s",
    "listening_tokens_per_min",
    "switches_per_min",
    "nudges",
    "config_hash",
];

/// The line of a call.
pub fn row(a: &Analysis) -> String {
    let s = &a.summary;
    let mut fields = vec![
        a.origin.name.clone(),
        format!("{:.3}", s.duration.seconds()),
        names::state(s.sides.agent.verdict).to_owned(),
        names::state(s.sides.customer.verdict).to_owned(),
        s.score.value.known().map_or(String::new(), |v| v.to_string()),
        format!("{:.2}", s.score.coverage),
    ];
    fields
        .extend(s.score.parts.iter().map(|p| p.penalty.map_or(String::new(), |_| format!("{:.1}", p.lost))));
    for who in Channel::BOTH {
        let side = &s.sides[who];
        let heard = |span: SampleSpan| field(side.heard(format!("{:.2}", span.seconds())));
        fields.push(heard(side.speech));
        fields.push(heard(side.monologue));
        fields.extend(side.starts.count.iter().map(|n| field(s.both_heard(n.to_string()))));
        let silent = s.sides.agent.is_mute() || s.sides.customer.is_mute();
        fields.push(field((!silent).then(|| side.starts.unreliable.to_string())));
    }
    fields.extend(measures(a));
    line(fields.into_iter())
}

/// Nothing where there is no figure: never a zero.
pub(in crate::report) fn field(figure: Option<String>) -> String {
    figure.unwrap_or_default()
}

fn measures(a: &Analysis) -> [String; 19] {
    let s = &a.summary;
    let figure = |m: Measured<f32>| m.known().map_or(String::new(), |v| format!("{v:.3}"));
    let silences = s.silences.known();
    [
        figure(s.talk_ratio),
        figure(s.agent_talk_share()),
        figure(s.interruptions_per_min),
        figure(s.overlap_share),
        figure(s.pace),
        figure(s.articulation),
        figure(s.fast_share),
        field(s.fast_count.known().map(|n| n.to_string())),
        figure(s.raised_share),
        s.raised_count.known().map_or(String::new(), |n| n.to_string()),
        field(s.replies.count.known().map(|n| n.to_string())),
        figure(s.replies.median),
        figure(s.replies.rushed),
        silences.map_or(String::new(), |(count, ..)| count.to_string()),
        silences.map_or(String::new(), |(_, total, _)| format!("{:.2}", total.seconds())),
        figure(s.listening_per_min),
        figure(s.switches_per_min),
        a.nudges.len().to_string(),
        a.origin.config_hash.clone(),
    ]
}

/// Fields as a line; each is quoted where it must be, and none is a formula.
pub fn line(fields: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = fields.map(|field| quote(&field)).collect();
    quoted.join(",") + "\r\n"
}

/// Quotes what needs it. A field that a spreadsheet would take for a formula
/// gets a leading apostrophe: names of calls come from outside.
pub(in crate::report) fn quote(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '@', '\t', '\r'])
        || field.starts_with('-') && field.parse::<f64>().is_err();
    let safe = if formula { format!("'{field}") } else { field.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(quote("plain"), "plain");
        assert_eq!(quote("a, \"b\"\nc"), "\"a, \"\"b\"\"\nc\"");
    }

    #[test]
    fn a_name_never_becomes_a_formula() {
        assert_eq!(quote("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(quote("-1.5"), "-1.5");
        assert_eq!(quote("-rm"), "'-rm");
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let head = head();
        let names: Vec<&str> = head.trim_end().split(',').collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), distinct.len());
    }
}
