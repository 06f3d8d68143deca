//! Programs that open both sides and close them again, over and over: a phone that
//! cannot get on with its device does so many times a second. Each time would open
//! capture anew. After a few times they must hold both sides for longer and longer
//! before anything opens; one that holds on to them has its call all the same.

use super::after;
use super::programs::Holder;
use crate::core::units::Nanos;

/// A call that was over sooner than this was none worth opening for.
const SHORT: u64 = Nanos::SECOND * 3;
/// So often in a row costs nothing: phones open their streams by trial.
const FREE: u32 = 3;
/// What must be held after one time more, and what doubling stops at: a real call
/// that comes after all loses no more than this of its beginning.
const WAITS: (u64, u64) = (Nanos::MILLISECOND * 500, Nanos::SECOND * 4);
/// A program that did nothing of the kind for so long is like any other.
const FORGET: u64 = Nanos::SECOND * 60;

#[derive(Clone, Debug)]
struct Flap {
    /// The program, whatever its process: one that is started over and over counts too.
    name: String,
    times: u32,
    /// When it let go last.
    last: Nanos,
    /// Since when it holds both sides.
    both: Option<Nanos>,
}

impl Flap {
    /// When it has held both sides for long enough.
    fn opens(&self) -> Option<Nanos> {
        let wait = match self.times.checked_sub(FREE) {
            None => 0,
            Some(more) => (WAITS.0 << more.min(8)).min(WAITS.1),
        };
        self.both.map(|since| after(since, wait))
    }
}

/// All that did so lately.
#[derive(Clone, Debug, Default)]
pub(super) struct Flaps(Vec<Flap>);

impl Flaps {
    /// Capture was opened for this program at `from` and closed by its streams at `to`.
    pub(super) fn closed(&mut self, now: Nanos, holder: &Holder, from: Nanos, to: Nanos) {
        let name = holder.program().name;
        let at = self.0.iter().position(|flap| flap.name == name);
        let before = at.map_or(0, |at| self.0.swap_remove(at).times);
        if to.since(from) < SHORT {
            self.0.push(Flap { name, times: before + 1, last: now, both: None });
        }
    }

    /// Takes who holds what now.
    pub(super) fn update(&mut self, now: Nanos, holders: &[Holder]) {
        self.0.retain(|flap| now < after(flap.last, FORGET));
        for flap in &mut self.0 {
            let both = holders.iter().any(|h| h.holds_both() && h.program().name == flap.name);
            if !both && flap.both.is_some() {
                flap.last = now;
            }
            flap.both = both.then(|| flap.both.unwrap_or(now));
        }
    }

    /// Whether capture may be opened for a program that holds both sides.
    pub(super) fn lets(&self, now: Nanos, holder: &Holder) -> bool {
        let name = holder.program().name;
        let flap = self.0.iter().find(|flap| flap.name == name);
        flap.is_none_or(|flap| flap.opens().is_none_or(|at| at <= now))
    }

    /// When the next one has held both sides for long enough.
    pub(super) fn due(&self, now: Nanos) -> Option<Nanos> {
        self.0.iter().filter_map(Flap::opens).filter(|at| now < *at).min()
    }
}
