//! A day of calls: how calm it was, and which calls to look into. Counts only
//! what may be counted together; a call without figures keeps its line and says why.

mod csv;
mod json;
#[cfg(test)]
pub(super) mod tests;
mod text;

pub use csv::csv;
pub use json::{SCHEMA, json};
pub(super) use text::item;
pub use text::text;

use jiff::civil::Date;

use crate::core::event::State;
use crate::core::units::Channel;
use crate::report::html;
use crate::report::names;
use crate::report::review::figures::{Group, Spread, distinct, groups, scores, spread};
use crate::report::review::{Costly, Entry, Incidents};
use crate::report::text::Look;

/// Moments that are told of one set of settings.
const MOMENTS: usize = 5;

/// A day.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// The date on the walls of its agents.
    pub date: Date,
    /// Its calls in the order they began in.
    pub entries: Vec<Entry>,
    /// What has to be known about where they come from, in sentences.
    pub notes: Vec<String>,
}

impl Day {
    /// The calls that began on this date.
    pub fn of(date: Date, entries: impl IntoIterator<Item = Entry>, notes: Vec<String>) -> Self {
        let mut entries: Vec<Entry> =
            entries.into_iter().filter(|entry| entry.meta.began.date() == date).collect();
        entries.sort_by_key(|entry| entry.meta.began.timestamp());
        Self { date, entries, notes }
    }

    pub(in crate::report) fn groups(&self) -> Vec<Group<'_>> {
        groups(&self.entries)
    }

    pub(in crate::report) fn agents(&self) -> Vec<&str> {
        let mut agents = distinct(self.entries.iter().map(|entry| entry.meta.agent.as_str()));
        agents.sort_unstable();
        agents
    }

    pub(in crate::report) fn hashes(&self) -> Vec<&str> {
        distinct(self.entries.iter().map(|entry| entry.config_hash.as_str()))
    }

    /// Time on calls, s, and how many calls have no length.
    pub(in crate::report) fn time_on_calls(&self) -> (f64, usize) {
        let known: Vec<f64> = self.entries.iter().filter_map(|entry| entry.duration_s).collect();
        (known.iter().sum(), self.entries.len() - known.len())
    }

    /// Insults and demands of the day, and in how many calls; none where nobody
    /// listened to enough of any customer.
    pub(in crate::report) fn incidents(&self) -> Option<(Incidents, usize)> {
        let known = || self.entries.iter().filter_map(|call| call.figures.as_ref()?.incidents);
        known().next()?;
        let sum = known().fold(Incidents::default(), Incidents::and);
        Some((sum, known().filter(|one| one.told().is_some()).count()))
    }

    /// The same in words; nothing where there was none.
    pub(in crate::report) fn told_incidents(&self) -> Option<String> {
        let (sum, calls) = self.incidents()?;
        let calls = if calls == 1 { "1 call".to_owned() } else { format!("{calls} calls") };
        sum.told().map(|told| format!("{told} in {calls}"))
    }

    /// The costliest moments under some settings, dearest first.
    pub(in crate::report) fn moments(&self, config_hash: &str) -> Vec<(&Entry, &Costly)> {
        let calls = self.entries.iter().filter(|entry| entry.config_hash == config_hash);
        let each = |entry| -> Vec<(&Entry, &Costly)> { moments_of(entry) };
        let mut found: Vec<_> = calls.filter(|entry| entry.score().is_some()).flat_map(each).collect();
        found.sort_by(|a, b| b.1.points.total_cmp(&a.1.points));
        found.truncate(MOMENTS);
        found
    }

    /// What is said where there are several settings.
    pub(in crate::report) fn apart(&self) -> Option<String> {
        let hashes = self.hashes().len();
        (1 < hashes).then(|| {
            format!(
                "The calls were measured with {hashes} different settings. Scores and points of different \
                 settings are listed apart and never compared."
            )
        })
    }
}

fn moments_of(entry: &Entry) -> Vec<(&Entry, &Costly)> {
    entry.figures.iter().flat_map(|figures| &figures.moments).map(|moment| (entry, moment)).collect()
}

/// The scores of a group, and of how many calls they are.
pub(in crate::report) fn scored(group: &Group<'_>) -> (Option<Spread>, usize) {
    (spread(scores(&group.calls)), scores(&group.calls).count())
}

/// Channels that were not heard as they should be, in words.
pub(in crate::report) fn odd_channels(call: &Entry) -> Vec<String> {
    let Some(figures) = &call.figures else { return Vec::new() };
    let odd = |who: &Channel| !matches!(figures.channels[*who], State::Live | State::Silent | State::Unknown);
    let told = |who| format!("{who} channel {}", names::state_title(figures.channels[who]));
    Channel::BOTH.into_iter().filter(odd).map(told).collect()
}

/// Insults and demands of a call, in words.
pub(in crate::report) fn incidents(call: &Entry) -> Option<String> {
    call.figures.as_ref()?.incidents?.told()
}

/// The page of a day.
pub fn html(day: &Day, look: &Look) -> String {
    html::review::day(day, look)
}
