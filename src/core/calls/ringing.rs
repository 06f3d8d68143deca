//! Whether a program whose calls count plays into the headset, as it does while it
//! rings: a call may be about to begin, and its device may be made ready. Nothing
//! is heard for it.

use super::after;
use crate::core::units::Nanos;

/// A ring tone comes in pieces, and whoever answers closes one stream before
/// opening the next: ready is stayed for so long after the last of it.
const LINGER: u64 = Nanos::SECOND * 6;

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ringing {
    /// Nobody plays.
    #[default]
    No,
    /// Somebody does.
    Yes,
    /// Somebody did, until then.
    Until(Nanos),
}

impl Ringing {
    /// Takes whether somebody plays now.
    pub(super) fn update(&mut self, now: Nanos, plays: bool) {
        *self = match (*self, plays) {
            (_, true) => Self::Yes,
            (Self::Yes, false) => Self::Until(after(now, LINGER)),
            (before, false) => before,
        };
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, now: Nanos) {
        if self.due().is_some_and(|until| until <= now) {
            *self = Self::No;
        }
    }

    /// When it is over if nothing else comes.
    pub(super) const fn due(self) -> Option<Nanos> {
        match self {
            Self::Until(at) => Some(at),
            Self::No | Self::Yes => None,
        }
    }

    /// Whether the device is to be ready.
    pub(super) const fn lasts(self) -> bool {
        !matches!(self, Self::No)
    }
}
