//! What a channel is worth.

/// What a channel is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// Too little has come to tell.
    #[default]
    Unknown,
    /// Speech was heard in it.
    Live,
    /// Sound comes, but nobody speaks.
    Silent,
    /// Exact zeros or less than -90 dBFS: no permission, a hardware mute, or
    /// nothing connected.
    Zeros,
    /// No samples arrive.
    Dead,
    /// The customer is in the microphone less than 10 dB down.
    Leaking,
    /// Both channels carry the same.
    SameAudio,
}

impl State {
    /// Whether figures measured on such a channel mean anything.
    pub const fn is_measurable(self) -> bool {
        match self {
            Self::Live | Self::Silent | Self::Unknown => true,
            Self::Zeros | Self::Dead | Self::Leaking | Self::SameAudio => false,
        }
    }
}
