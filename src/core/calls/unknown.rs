//! Programs that hold both sides and that nobody judged: named once each, when
//! they have done so for long enough to mean it.

use std::collections::BTreeSet;

use super::after;
use super::programs::{Holder, Program};
use crate::core::units::Nanos;

/// Who there is now, and who was named already.
#[derive(Clone, Debug, Default)]
pub(super) struct Unknowns {
    there: Vec<(Holder, Nanos)>,
    asked: BTreeSet<String>,
}

impl Unknowns {
    /// Takes all that are there now.
    pub(super) fn update<'a>(&mut self, now: Nanos, there: impl Iterator<Item = &'a Holder>) {
        let since =
            |holder: &Holder| self.there.iter().find(|(h, _)| h.is(holder)).map_or(now, |(_, at)| *at);
        self.there = there.map(|h| (h.clone(), since(h))).collect();
    }

    /// When the next one is named, if it stays for `confirm` ns.
    pub(super) fn due(&self, confirm: u64) -> Option<Nanos> {
        let unasked = self.there.iter().filter(|(h, _)| !self.asked.contains(&key(h)));
        unasked.map(|(_, since)| after(*since, confirm)).min()
    }

    /// The next one that is to be named, if one is.
    pub(super) fn ask(&mut self, now: Nanos, confirm: u64) -> Option<Program> {
        let due =
            |(h, since): &&(Holder, Nanos)| !self.asked.contains(&key(h)) && after(*since, confirm) <= now;
        let (holder, _) = self.there.iter().find(due)?;
        self.asked.insert(key(holder));
        Some(holder.program())
    }
}

/// Another process of the same program is no other program.
fn key(holder: &Holder) -> String {
    holder.program().name.to_lowercase()
}
