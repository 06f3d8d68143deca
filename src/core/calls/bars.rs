//! Programs that begin no call by their streams alone, and until when.

use super::programs::Holder;
use super::{RETRY, after};
use crate::core::units::Nanos;

/// Why a program is barred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bar {
    /// Its call was ended by order: until both sides were gone.
    Ended,
    /// It holds both sides all day: until one was gone. Speech begins its calls.
    Resident,
}

#[derive(Clone, Debug)]
struct Barred {
    holder: Holder,
    why: Bar,
    /// Since when it no longer does what it is barred for.
    lost: Option<Nanos>,
}

impl Barred {
    fn update(&mut self, now: Nanos, holders: &[Holder]) {
        let found = holders.iter().find(|h| self.holder.is(h));
        let still = found.is_some_and(|h| match self.why {
            Bar::Ended => h.microphone || h.headset,
            Bar::Resident => h.holds_both(),
        });
        self.lost = if still { None } else { self.lost.or(Some(now)) };
    }

    fn is_over(&self, now: Nanos, gone: u64) -> bool {
        let limit = match self.why {
            Bar::Ended => RETRY,
            Bar::Resident => gone,
        };
        self.lost.is_some_and(|lost| after(lost, limit) <= now)
    }
}

/// All that are barred.
#[derive(Clone, Debug, Default)]
pub(super) struct Bars(Vec<Barred>);

impl Bars {
    pub(super) fn add(&mut self, holder: &Holder, why: Bar) {
        self.0.retain(|b| !b.holder.is(holder));
        self.0.push(Barred { holder: holder.clone(), why, lost: None });
    }

    pub(super) fn of(&self, holder: &Holder) -> Option<Bar> {
        self.0.iter().find(|b| b.holder.is(holder)).map(|b| b.why)
    }

    /// Takes who holds what now. A side is lost once it was gone for `gone` ns;
    /// that is looked at before what is new, however late it comes.
    pub(super) fn update(&mut self, now: Nanos, holders: &[Holder], gone: u64) {
        self.0.retain(|b| !b.is_over(now, gone));
        self.0.iter_mut().for_each(|b| b.update(now, holders));
    }
}
