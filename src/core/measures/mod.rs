//! What is measured: pace, level, pitch, talk, and what is normal for whom.
//! All of it on the raw signals; which frames are speech comes from outside.

pub mod agc;
pub mod bank;
pub mod baseline;
pub mod customer;
pub mod history;
pub mod level;
pub mod pace;
pub mod pitch;
pub mod talk;
pub mod voice;

/// A figure, or why there is none. "No value" is never zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measured<T> {
    /// It was measured.
    Known(T),
    /// It could not be.
    Unknown(Why),
}

/// Why a figure could not be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// The call is too short.
    CallTooShort,
    /// The agent said too little.
    LittleAgentSpeech,
    /// The customer said too little.
    LittleCustomerSpeech,
    /// There was no baseline yet.
    NoBaseline,
    /// The agent's channel cannot be measured.
    AgentChannel,
    /// The customer's channel cannot be measured.
    CustomerChannel,
    /// The customer is too loud in the microphone, or its leak is unknown.
    Unreliable,
    /// The microphone has an automatic gain.
    Agc,
    /// Too few replies.
    FewReplies,
    /// Nothing was transcribed.
    NoWords,
    /// Too few parts could be measured.
    LittleCoverage,
    /// Too little of the agent's speech is known in words.
    FewWords,
}

impl<T> Measured<T> {
    /// The figure, if there is one.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Why there is no figure, if there is none.
    pub const fn why(&self) -> Option<Why> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(why) => Some(*why),
        }
    }

    /// Turns the figure into another.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Measured<U> {
        match self {
            Self::Known(value) => Measured::Known(turn(value)),
            Self::Unknown(why) => Measured::Unknown(why),
        }
    }

    /// The figure of `value`, or the reason.
    pub fn from_option(value: Option<T>, why: Why) -> Self {
        value.map_or(Self::Unknown(why), Self::Known)
    }
}
