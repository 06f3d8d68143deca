//! What the reviews share: groups that may be counted together, spreads, and
//! figures as short words.

use crate::core::measures::Measured;
use crate::report::html::words::outside;
use crate::report::names;
use crate::report::review::{Entry, Figures};
use crate::report::text::clock;

/// Calls of one agent under the same settings: all that may be counted together.
#[derive(Clone, Debug)]
pub(in crate::report) struct Group<'a> {
    pub(in crate::report) agent: &'a str,
    pub(in crate::report) config_hash: &'a str,
    pub(in crate::report) calls: Vec<&'a Entry>,
}

/// Agents by name, never by figure; their settings by first use.
pub(in crate::report) fn groups(entries: &[Entry]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for entry in entries {
        let (agent, config_hash) = (entry.meta.agent.as_str(), entry.config_hash.as_str());
        match groups.iter_mut().find(|g| g.agent == agent && g.config_hash == config_hash) {
            Some(group) => group.calls.push(entry),
            None => groups.push(Group { agent, config_hash, calls: vec![entry] }),
        }
    }
    // Stable: the settings stay in the order in which they were first used.
    groups.sort_by_key(|group| group.agent);
    groups
}

/// The different ones, in the order in which they first come.
pub(in crate::report) fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    all.fold(Vec::new(), |mut found, one| {
        if !found.contains(&one) {
            found.push(one);
        }
        found
    })
}

/// The middle of some figures, and the middle half of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// A quarter of them lies below.
    pub low: f64,
    /// Half of them does.
    pub median: f64,
    /// Three quarters do.
    pub high: f64,
}

/// The spread of some figures; none of none.
pub(in crate::report) fn spread(figures: impl Iterator<Item = f64>) -> Option<Spread> {
    let mut sorted: Vec<f64> = figures.collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let at = |share: f64| {
        let place = share * last as f64;
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        low + (high - low) * place.fract()
    };
    Some(Spread { low: at(0.25), median: at(0.5), high: at(0.75) })
}

/// Scores of calls that may be counted together and stand for a whole call.
pub(in crate::report) fn scores<'a>(calls: &'a [&'a Entry]) -> impl Iterator<Item = f64> + 'a {
    calls.iter().filter(|call| call.meta.state.is_whole()).filter_map(|call| call.score()).map(f64::from)
}

/// `1 call`, `2 calls`.
pub(in crate::report) fn number(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// Text from outside, such as an agent's name; a name of nothing is told as such.
pub(in crate::report) fn name(text: &str) -> String {
    if text.trim().is_empty() { "(no name)".into() } else { outside(text) }
}

/// A figure, or a dash.
pub(in crate::report) fn or_dash<T>(figure: Option<T>, text: impl FnOnce(T) -> String) -> String {
    figure.map_or_else(|| "-".into(), text)
}

/// The parts that cost most: `raised voice 26.3, interruptions 12.0`.
pub(in crate::report) fn costs(figures: &Figures, most: usize) -> String {
    let lost = figures.losses();
    let told: Vec<String> = lost
        .iter()
        .take(most)
        .map(|(part, points)| format!("{} {points:.1}", names::part_title(*part).to_lowercase()))
        .collect();
    told.join(", ")
}

/// Why a call has no score, or what cost points; an exception to being counted too.
pub(in crate::report) fn told_costs(call: &Entry, most: usize) -> String {
    let costs = match (call.no_score(), &call.figures) {
        (Some(why), _) => format!("no score: {why}"),
        (None, Some(figures)) => costs(figures, most),
        (None, None) => String::new(),
    };
    let whole = call.meta.state.is_whole() || call.figures.is_none();
    let state = if whole { "" } else { call.meta.state.title() };
    let costs = if costs.is_empty() && call.score().is_some() { "nothing".into() } else { costs };
    if state.is_empty() { costs } else { format!("{costs} ({state})") }
}

/// Episodes of raised voice and the highest of them: `2, +9 dB`.
pub(in crate::report) fn raised(figures: &Figures) -> String {
    match (figures.raised.episodes, figures.raised.peak_db) {
        (Measured::Unknown(_), _) => "-".into(),
        (Measured::Known(n), Some(peak)) if 0 < n => format!("{n}, {peak:+.0} dB"),
        (Measured::Known(n), _) => n.to_string(),
    }
}

/// Pace, and how far it is from the agent's normal: `5.1 +12 %`.
pub(in crate::report) fn pace(figures: &Figures) -> String {
    match (figures.pace.known(), figures.pace_ratio()) {
        (Some(pace), Some(ratio)) => format!("{pace:.1} {}", percent(ratio)),
        (Some(pace), None) => format!("{pace:.1}"),
        (None, _) => "-".into(),
    }
}

/// How far a ratio is from one: `+12 %`; never minus nothing.
pub(in crate::report) fn percent(ratio: f64) -> String {
    format!("{:+.0} %", ((ratio - 1.0) * 100.0).round() + 0.0)
}

/// A length, or a dash.
pub(in crate::report) fn long(seconds: Option<f64>) -> String {
    or_dash(seconds, clock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::review::day::tests::meta;

    #[test]
    fn a_spread_is_the_middle_and_the_middle_half() {
        let of = |figures: &[f64]| spread(figures.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[70.0]), Some(Spread { low: 70.0, median: 70.0, high: 70.0 }));
        assert_eq!(of(&[90.0, 60.0, 70.0, 80.0, 50.0]), Some(Spread { low: 60.0, median: 70.0, high: 80.0 }));
    }

    #[test]
    fn there_is_no_minus_nothing() {
        assert_eq!(
            (percent(0.998), percent(1.122), percent(0.9)),
            ("+0 %".into(), "+12 %".into(), "-10 %".into())
        );
    }

    #[test]
    fn agents_are_listed_by_name_and_settings_are_kept_apart() {
        let call = |agent, hash: &str| Entry::bare(&meta(9, agent), hash, None);
        let calls = [call("zoe", "b"), call("ann", "b"), call("ann", "a"), call("ann", "b")];
        let groups = groups(&calls);
        let told: Vec<_> = groups.iter().map(|g| (g.agent, g.config_hash, g.calls.len())).collect();
        assert_eq!(told, [("ann", "b", 2), ("ann", "a", 1), ("zoe", "b", 1)]);
    }
}
