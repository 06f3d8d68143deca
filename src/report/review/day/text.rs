//! A day in the terminal.

use crate::core::units::Channel;
use crate::report::review::day::{Day, incidents, odd_channels, scored};
use crate::report::review::figures::{Group, long, name, number, or_dash, pace, raised, told_costs};
use crate::report::review::{Entry, FOOT};
use crate::report::text::{BOLD, DIM, Look, RED, YELLOW, clock, paint, wrap};

/// Columns of the table, and their widths.
const HEADS: [(&str, usize); 8] = [
    ("time", 5),
    ("length", 7),
    ("score", 5),
    ("over", 5),
    ("raised", 9),
    ("pace", 10),
    ("longest", 7),
    ("nudges", 6),
];
/// Columns before what cost most.
const BEFORE: usize = 5 + 7 + 5 + 5 + 9 + 10 + 7 + 6 + 10;
/// In less room than this, words stand on lines of their own.
const ROOM: usize = 28;
/// Columns before them then: under the lengths of the calls.
const BELOW: usize = 9;

/// The day in so many columns.
pub fn text(day: &Day, look: &Look) -> String {
    let mut lines = vec![paint(BOLD, format!("{} {}", day.date.strftime("%A"), day.date)), totals(day)];
    let mut say = |mark: &str, text: &str| lines.extend(item(look, mark, text));
    day.notes.iter().for_each(|note| say("!", note));
    day.apart().iter().for_each(|apart| say("!", apart));
    day.told_incidents().iter().for_each(|told| say("!", &format!("Incidents: {told}.")));
    for group in day.groups() {
        lines.extend(block(&group, look));
    }
    day.hashes().iter().for_each(|hash| lines.extend(moments(day, hash, look)));
    if !day.entries.is_empty() {
        lines.push(String::new());
        lines.extend(wrap(LEGEND, look.width).into_iter().map(|line| paint(DIM, line)));
    }
    lines.push(String::new());
    lines.extend(wrap(FOOT, look.width).into_iter().map(|line| paint(DIM, line)));
    lines.push(String::new());
    lines.join("\n")
}

const LEGEND: &str = "over: cut-offs and talk-overs by the agent, ? some not counted; raised: episodes of raised \
                      voice and the highest; pace: syllables per second and against the own normal; longest: \
                      the agent's longest monologue; nudges: heeded of shown; - not measured.";

fn totals(day: &Day) -> String {
    let (seconds, unknown) = day.time_on_calls();
    let agents = number(day.agents().len(), "agent");
    let time = clock(seconds);
    let without = if unknown == 0 { String::new() } else { format!(" ({unknown} without a length)") };
    match day.entries.len() {
        0 => "no calls".into(),
        calls => format!("{agents}, {}, {time} on calls{without}", number(calls, "call")),
    }
}

/// A sentence, broken into lines under its mark.
pub(in crate::report::review) fn item(look: &Look, mark: &str, text: &str) -> Vec<String> {
    let lines = wrap(text, look.width.saturating_sub(2)).into_iter().enumerate();
    lines
        .map(|(k, line)| if k == 0 { format!("{} {line}", paint(YELLOW, mark)) } else { format!("  {line}") })
        .collect()
}

fn block(group: &Group<'_>, look: &Look) -> Vec<String> {
    let told = match scored(group) {
        (Some(s), 1) => format!("{} {:.0}, of the one call with a score", look.score_name, s.median),
        (Some(s), n) => format!(
            "{} median {:.0}, half of {n} calls from {:.0} to {:.0}",
            look.score_name, s.median, s.low, s.high
        ),
        (None, _) => "no call with a score".into(),
    };
    let head = format!("{}  {told}; settings {}", paint(BOLD, name(group.agent)), name(group.config_hash));
    let heads: String = HEADS.iter().map(|(head, width)| format!(" {head:>width$}")).collect();
    let mut lines = vec![String::new(), head, paint(DIM, head_of(&heads, look))];
    lines.extend(group.calls.iter().flat_map(|call| row(call, look)));
    lines
}

fn head_of(heads: &str, look: &Look) -> String {
    if look.width < BEFORE + ROOM { heads.to_owned() } else { format!("{heads:<BEFORE$}cost most") }
}

fn row(call: &Entry, look: &Look) -> Vec<String> {
    let cells: String =
        cells(call).iter().zip(HEADS).map(|(cell, (_, width))| format!(" {cell:>width$}")).collect();
    let mut told = vec![told_costs(call, 2)];
    told.extend(incidents(call));
    told.extend(odd_channels(call));
    let told = told.join("; ");
    let beside = look.width.saturating_sub(BEFORE);
    if beside < ROOM {
        let words = wrap(&told, look.width.saturating_sub(BELOW)).into_iter();
        return std::iter::once(cells).chain(words.map(|line| format!("{:BELOW$}{line}", ""))).collect();
    }
    let words = wrap(&told, beside).into_iter().enumerate();
    words.map(|(k, line)| format!("{:<BEFORE$}{line}", if k == 0 { cells.as_str() } else { "" })).collect()
}

fn cells(call: &Entry) -> [String; 8] {
    let figures = call.figures.as_deref();
    let of = |text: fn(&crate::report::review::Figures) -> String| or_dash(figures, text);
    [
        call.meta.began.clock(),
        long(call.duration_s),
        or_dash(call.score(), |score| score.to_string()),
        of(|f| {
            let doubt = if f.unreliable.agent.is_some_and(|n| 0 < n) { "?" } else { "" };
            or_dash(f.interruptions(Channel::Agent).known(), |n| n.to_string()) + doubt
        }),
        of(raised),
        of(pace),
        of(|f| long(f.monologue_s.agent.known())),
        of(|f| format!("{}/{}", f.nudged().heeded, f.nudged().shown)),
    ]
}

fn moments(day: &Day, hash: &str, look: &Look) -> Vec<String> {
    let found = day.moments(hash);
    if found.is_empty() {
        return Vec::new();
    }
    let of = if day.hashes().len() < 2 { String::new() } else { format!(" (settings {})", name(hash)) };
    let mut lines = vec![String::new(), paint(BOLD, format!("Worth listening to{of}"))];
    for (call, moment) in found {
        let span = format!("{} to {}", clock(moment.start_s), clock(moment.end_s));
        let points = format!("{:>6.1}", -moment.points);
        let lead = format!("  {}  {span:<14} {}  ", call.meta.began.clock(), paint(RED, points));
        let words = format!("{}: {} ({})", name(&call.meta.agent), name(&moment.text), call.meta.short());
        for (k, line) in wrap(&words, look.width.saturating_sub(32)).into_iter().enumerate() {
            lines.push(if k == 0 { lead.clone() + &line } else { " ".repeat(32) + &line });
        }
    }
    lines
}
