//! Ten readings of the core a second, gathered into one.

use crate::core::event::Reading;
use crate::core::units::{Channel, Sides};

/// What is told of a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gathered {
    /// The share of the second in which each side spoke, 0 to 1; none where that side
    /// could not be measured.
    pub spoke: Sides<Option<f32>>,
    /// The same of the call so far.
    pub talk: Sides<Option<f32>>,
}

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gather {
    second: u64,
    now: Sides<Share>,
    call: Sides<Share>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Share {
    speaks: u32,
    of: u32,
}

impl Share {
    const fn count(&mut self, speaks: bool) {
        self.speaks += speaks as u32;
        self.of += 1;
    }

    fn known(self) -> Option<f32> {
        (self.of != 0).then(|| self.speaks as f32 / self.of as f32)
    }
}

impl Gather {
    /// Takes a reading; what is to be told where it is the first of a new second.
    pub fn reading(&mut self, reading: &Reading) -> Option<Gathered> {
        for who in Channel::BOTH {
            if reading.channels[who].is_measurable() && !reading.suspended {
                self.now[who].count(reading.speaks[who]);
                self.call[who].count(reading.speaks[who]);
            }
        }
        let second = reading.at.seconds() as u64;
        if second <= self.second {
            return None;
        }
        self.second = second;
        let now = std::mem::take(&mut self.now);
        Some(Gathered { spoke: now.map(Share::known), talk: self.call.map(Share::known) })
    }
}
