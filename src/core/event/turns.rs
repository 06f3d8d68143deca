//! Starts over the other's speech: what they are and what they are worth.

use crate::core::units::{Channel, SampleSpan, SampleTime};

/// What a start over the other's speech, or in its pause, turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// An interruption after which the other stopped first.
    CutOff,
    /// An interruption after which the one who interrupted stopped first.
    TalkOver,
    /// A start in a short pause of the other, who then went on.
    PauseBargeIn,
    /// A listening token, or another short remark inside the other's speech.
    Backchannel,
    /// A start just before the other's end.
    EarlyStart,
    /// Both began together.
    SimultaneousStart,
}

impl Class {
    /// All classes, in the order they are told.
    pub const ALL: [Self; 6] = [
        Self::CutOff,
        Self::TalkOver,
        Self::PauseBargeIn,
        Self::Backchannel,
        Self::EarlyStart,
        Self::SimultaneousStart,
    ];

    /// Whether it counts as an interruption.
    pub const fn is_interruption(self) -> bool {
        match self {
            Self::CutOff | Self::TalkOver => true,
            Self::PauseBargeIn | Self::Backchannel | Self::EarlyStart | Self::SimultaneousStart => false,
        }
    }

    /// Weight in the score's interruption rate.
    pub const fn weight(self) -> f32 {
        match self {
            Self::CutOff => 1.0,
            Self::TalkOver => 0.5,
            Self::PauseBargeIn | Self::Backchannel | Self::EarlyStart | Self::SimultaneousStart => 0.0,
        }
    }
}

/// A start over the other's speech, closed and classed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// Onset of the one who started.
    pub at: SampleTime,
    /// End of the talking together; where there was none, of the utterance.
    pub end: SampleTime,
    /// End of what the one who started said.
    pub until: SampleTime,
    /// Who started.
    pub by: Channel,
    /// What it was.
    pub class: Class,
    /// Time both talked.
    pub overlap: SampleSpan,
    /// How long the other had had the turn.
    pub held: SampleSpan,
    /// When the rule knew of an interruption; none for the other classes.
    pub confirmed: Option<SampleTime>,
}

/// What a start over the other's speech is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reliability {
    /// It counts.
    Reliable,
    /// The customer is in the microphone too loud for that.
    Leaking,
    /// Both channels carry the same.
    SameAudio,
    /// The echo canceller takes out too little.
    EchoRemains,
    /// Other voices are nearly as loud as the agent.
    Babble,
    /// A channel was not heard well enough to tell.
    Unknown,
}

impl Reliability {
    /// Whether it counts.
    pub const fn is_reliable(self) -> bool {
        matches!(self, Self::Reliable)
    }
}

/// A start over the other's speech, closed, with what it is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// What happened.
    pub overlap: Overlap,
    /// When the live rule announced an interruption; for interruptions only.
    pub announced: Option<SampleTime>,
    /// Whether it counts.
    pub reliability: Reliability,
}
