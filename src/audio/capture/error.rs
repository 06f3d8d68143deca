//! Why sound cannot be had, sorted by what is done next, with the way out as a
//! sentence for the user. Never decided by the text of a message.

use thiserror::Error;

use crate::core::units::Channel;

/// What the supervisor does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Try again, less and less often.
    Retry,
    /// Wait until the device or the server is there.
    Wait,
    /// The agent must change something; looked at again meanwhile.
    Tell,
}

/// Why a device is not used although it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What was given as the microphone hears what the headset plays.
    MonitorAsMicrophone,
    /// What was given as the headset is a microphone.
    MicrophoneAsLoopback,
    /// What the headset plays cannot be heard on this system.
    NoMonitor,
    /// Opening this output would record its microphone.
    WouldHearMicrophone,
    /// The stream was opened on another device than was asked for.
    Elsewhere,
}

/// Why one side has no sound.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CaptureError {
    /// No sound server answers.
    #[error("no sound server answers: {why}")]
    NoServer {
        /// What the library said.
        why: String,
    },
    /// No such device at present.
    #[error("no {} `{wish}`", device_word(*side))]
    Missing {
        /// As it was asked for.
        wish: String,
        /// For which side.
        side: Channel,
    },
    /// The device went away while it was used.
    #[error("{device} went away")]
    Gone {
        /// Its name.
        device: String,
    },
    /// Another program holds it alone.
    #[error("{device} is in use by another program alone")]
    Busy {
        /// Its name.
        device: String,
    },
    /// The system does not allow it.
    #[error("the system does not allow recording from {device}")]
    Forbidden {
        /// Its name.
        device: String,
    },
    /// It would record the wrong thing.
    #[error("{device} {}", refusal_words(*why))]
    Refused {
        /// Its name.
        device: String,
        /// What is wrong.
        why: Refusal,
    },
    /// It delivers nothing.
    #[error("{device} delivers nothing since {for_s} s")]
    Stalled {
        /// Its name.
        device: String,
        /// Seconds, times ten.
        for_s: Tenths,
    },
    /// A call into the sound system did not come back.
    #[error("the sound system does not answer")]
    Hung,
    /// Anything else.
    #[error("{device}: {what}")]
    Failed {
        /// Its name.
        device: String,
        /// What the library said.
        what: String,
    },
}

/// Tenths of a unit, so that errors can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenths(pub u64);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl CaptureError {
    /// What the supervisor does next.
    pub fn next(&self) -> Next {
        match self {
            Self::NoServer { .. } | Self::Missing { .. } | Self::Gone { .. } => Next::Wait,
            Self::Busy { .. } | Self::Stalled { .. } | Self::Hung | Self::Failed { .. } => Next::Retry,
            Self::Forbidden { .. } | Self::Refused { .. } => Next::Tell,
        }
    }

    /// The way out, as one sentence for the user.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoServer { .. } => "start PulseAudio or PipeWire (`systemctl --user start pipewire-pulse`); it is tried again by itself",
            Self::Missing { side: Channel::Agent, .. } => "plug the headset in, or name another microphone as `capture.microphone`; `evenkeel devices` lists them",
            Self::Missing { side: Channel::Customer, .. } => "plug the headset in, or name another output as `capture.headset`; `evenkeel devices` lists them",
            Self::Gone { .. } => "plug it in again; nothing is recorded from another device meanwhile",
            Self::Busy { .. } => "let the other program use the device in shared mode; it is tried again by itself",
            Self::Forbidden { .. } => "allow the microphone for this program in the system's privacy settings",
            Self::Refused { why: Refusal::MonitorAsMicrophone, .. } => "it would record the customer as the agent: plug the microphone in, or name it as `capture.microphone`",
            Self::Refused { why: Refusal::MicrophoneAsLoopback, .. } => "it would record the agent as the customer: name the output of the headset as `capture.headset`",
            Self::Refused { why: Refusal::NoMonitor, .. } => "use PulseAudio or PipeWire, which offer a monitor of every output, or name a monitor as `capture.headset`",
            Self::Refused { why: Refusal::WouldHearMicrophone, .. } => "this system offers the headset as one device whose microphone would be heard: use a headset with separate devices, or a virtual output",
            Self::Refused { why: Refusal::Elsewhere, .. } => "undo the move in the system's sound settings: recording from another device never starts by itself",
            Self::Stalled { .. } => "unplug the headset and plug it in again",
            Self::Hung => "restart the sound server; a fresh connection is tried by itself",
            Self::Failed { .. } => "see `evenkeel doctor`; it is tried again by itself",
        }
        .to_owned()
    }
}

fn device_word(side: Channel) -> &'static str {
    match side {
        Channel::Agent => "microphone",
        Channel::Customer => "headset output",
    }
}

fn refusal_words(why: Refusal) -> &'static str {
    match why {
        Refusal::MonitorAsMicrophone => "is no microphone: it hears what an output plays",
        Refusal::MicrophoneAsLoopback => "is a microphone, expected an output",
        Refusal::NoMonitor => "has no monitor: what it plays cannot be heard",
        Refusal::WouldHearMicrophone => "cannot be heard without its microphone",
        Refusal::Elsewhere => "was left by the stream for another device",
    }
}
