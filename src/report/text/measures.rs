//! The measures in plain words.

use crate::core::event::{Behaviour, Class, Reliability};
use crate::core::measures::Measured;
use crate::core::score::Part;
use crate::core::summary::{CallSummary, SideSummary};
use crate::core::tally::Starts;
use crate::core::units::{Channel, SampleSpan};
use crate::report::analysis::Analysis;
use crate::report::names;
use crate::report::text::clock;

/// What a part of the score was measured by: `1.2 per min of customer talk`.
pub(super) fn part_value(part: Part, value: f32) -> String {
    let number = match part {
        Part::Interruptions | Part::Language => format!("{value:.1}"),
        Part::RaisedVoice | Part::Pace | Part::Overlap | Part::RushedReply | Part::Dominance => {
            percent(value)
        }
    };
    format!("{number} {}", names::part_unit(part))
}

/// Name and sentence of each measure.
pub(super) fn lines(a: &Analysis) -> Vec<(&'static str, String)> {
    let s = &a.summary;
    let mut lines = vec![
        ("Talk", talk(s)),
        ("Interruptions", interruptions(s)),
        ("Replies", replies(s)),
        ("Pace", pace(s)),
        ("Voice", voice(a)),
        ("Listening", listening(s)),
        ("Silence", silence(s)),
        ("Customer", customer(s)),
    ];
    if s.language.is_known() {
        lines.push(("Language", language(s)));
    }
    lines
}

fn language(s: &CallSummary) -> String {
    told(s.language.negative_per_min, |rate| {
        format!("{rate:.1} phrases that make it worse per minute of own speech")
    })
}

fn percent(share: f32) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}

fn long(span: SampleSpan) -> String {
    let seconds = span.seconds();
    if seconds < 60.0 { format!("{seconds:.0}\u{a0}s") } else { format!("{}\u{a0}min", clock(seconds)) }
}

fn told<T>(value: Measured<T>, text: impl FnOnce(T) -> String) -> String {
    match value {
        Measured::Known(value) => text(value),
        Measured::Unknown(why) => format!("not measured: {}", names::why_not_title(why)),
    }
}

fn talk(s: &CallSummary) -> String {
    let (agent, customer) = (&s.sides.agent, &s.sides.customer);
    let ratio = told(s.talk_ratio, |ratio| format!("agent {} of all talk", percent(ratio)));
    let heard = |side: &SideSummary, span| side.heard(long(span)).unwrap_or_else(|| "not heard".into());
    let switches = told(s.switches_per_min, |n| format!("the floor changed {n:.1} times a minute"));
    format!(
        "{ratio} ({}, customer {}); longest monologue {}, customer's {}; {switches}",
        heard(agent, agent.speech),
        heard(customer, customer.speech),
        heard(agent, agent.monologue),
        heard(customer, customer.monologue),
    )
}

fn interruptions(s: &CallSummary) -> String {
    let by =
        |who: Channel| s.both_heard(()).map_or_else(|| "unknown".into(), |()| starts(&s.sides[who].starts));
    let unreliable = s.sides.agent.starts.unreliable + s.sides.customer.starts.unreliable;
    let doubt = match (unreliable, s.reliability) {
        (0, _) => String::new(),
        // Better in the end than it was then.
        (n, Reliability::Reliable) => format!("; {n} not counted: not sure enough at that time"),
        (n, why) => format!("; {n} not counted: {}", names::reliability_title(why)),
    };
    let share =
        told(s.overlap_share, |share| format!("the agent talked over {} of customer talk", percent(share)));
    format!("agent {}, customer {}; {share}{doubt}", by(Channel::Agent), by(Channel::Customer))
}

fn starts(starts: &Starts) -> String {
    match (starts.of(Class::CutOff), starts.of(Class::TalkOver)) {
        (0, 0) => "none".into(),
        (1, 0) => "1 (a cut-off)".into(),
        (0, 1) => "1 (a talk-over)".into(),
        (cut, 0) => format!("{cut} (all cut-offs)"),
        (0, over) => format!("{over} (all talk-overs)"),
        (cut, over) => format!("{} ({cut} cut-offs, {over} talk-overs)", cut + over),
    }
}

fn replies(s: &CallSummary) -> String {
    let median = told(s.replies.median, |m| match m {
        m if m < 0.0 => format!("median {:.1} s before the customer's end", -m),
        m => format!("median {m:.1} s after the customer's end"),
    });
    let rushed = told(s.replies.rushed, |share| format!("{} at once", percent(share)));
    told(s.replies.count, |count| match count {
        0 => "none".into(),
        n => format!("{n}; {median}; {rushed}"),
    })
}

fn pace(s: &CallSummary) -> String {
    let median = told(s.pace, |pace| format!("median {pace:.1} syllables/s"));
    let normal = s.normal.map_or(String::new(), |n| format!(" (normal {:.1})", n.pace));
    let rate = told(s.articulation, |rate| format!("articulation {rate:.1}/s"));
    let fast = told(s.fast_share, |share| format!("fast for {} of own speech", percent(share)));
    format!("{median}{normal}; {rate}; {fast}")
}

fn voice(a: &Analysis) -> String {
    let s = &a.summary;
    let peak = a.raised.iter().map(|r| r.peak_db).fold(0.0, f32::max);
    let spoken = a.raised.iter().fold(SampleSpan::ZERO, |sum, r| sum + r.spoken);
    told(s.raised_count, |count| match count {
        0 => "never raised".into(),
        1 => format!("raised once, {} of speech, up to {peak:+.0} dB", long(spoken)),
        n => format!("raised {n} times, {} of speech, up to {peak:+.0} dB", long(spoken)),
    })
}

fn listening(s: &CallSummary) -> String {
    told(s.listening_per_min, |rate| format!("{rate:.1} listening tokens per minute of customer talk"))
}

fn silence(s: &CallSummary) -> String {
    told(s.silences, |(count, total, longest)| match count {
        0 => "no long one".into(),
        1 => format!("one long one: {}", long(longest)),
        n => format!("{n} long ones, {} together, the longest {}", long(total), long(longest)),
    })
}

fn customer(s: &CallSummary) -> String {
    let seen: Vec<String> = Behaviour::ALL
        .iter()
        .zip(s.customer)
        .filter(|(_, time)| SampleSpan::ZERO < *time)
        .map(|(behaviour, time)| format!("{} for {}", names::behaviour_title(*behaviour), long(time)))
        .collect();
    if s.sides.customer.heard(()).is_none() {
        "not heard".into()
    } else if seen.is_empty() {
        "nothing unusual against their own start (context, never in the score)".into()
    } else {
        format!("{} (context, never in the score)", seen.join("; "))
    }
}
