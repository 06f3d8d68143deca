//! What the measures have to say.

use crate::core::units::{SampleSpan, SampleTime};

/// What a rise is judged by, all against the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rise {
    /// Level of 1.5 s of speech, dB.
    pub level: f32,
    /// Level of the newest 0.5 s of it, dB.
    pub newest: f32,
    /// Tilt, dB.
    pub tilt: f32,
    /// Pitch, semitones.
    pub pitch: Option<f32>,
    /// Noise floor, dB, where it is known.
    pub floor: Option<f32>,
}

/// The agent's normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Level of 1.5 s of speech, dBFS.
    pub level: f32,
    /// Spectral tilt, dB.
    pub tilt: f32,
    /// Pitch, semitones over 100 Hz.
    pub pitch: Option<f32>,
    /// Pace, syllables per second of own speech.
    pub pace: f32,
}

/// Where a baseline comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Too little speech yet: there is none.
    None,
    /// From 8 to 20 s of this call.
    Young,
    /// From the first 20 s of this call.
    Provisional,
    /// From earlier calls.
    Earned,
}

impl Standing {
    /// Whether there is a baseline at all.
    pub const fn is_usable(self) -> bool {
        !matches!(self, Self::None)
    }
}

/// Something the customer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Behaviour {
    /// Speaks higher than in their own first 30 s.
    HigherPitch,
    /// Speaks faster than in their own first 30 s.
    Faster,
    /// Interrupts the agent again and again.
    Interrupting,
}

impl Behaviour {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HigherPitch, Self::Faster, Self::Interrupting];
}

/// A behaviour began or ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Which.
    pub behaviour: Behaviour,
    /// Whether it began.
    pub active: bool,
    /// By how much: semitones, ratio, or interruptions in the last minute.
    pub amount: f32,
}

/// The curves, once a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Second {
    /// The second that ends here.
    pub at: SampleTime,
    /// Agent's pace in the last 10 s of own speech, syllables per second.
    pub pace: Option<f32>,
    /// The same against the baseline.
    pub pace_ratio: Option<f32>,
    /// Agent's level in the last 3 s, dBFS.
    pub level: Option<f32>,
    /// Agent's speech in this second.
    pub spoken: SampleSpan,
    /// Agent's speech in this second while pace is in a fast episode.
    pub spoken_fast: SampleSpan,
}
