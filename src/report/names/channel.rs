//! The sides of a call and the state of their channels.

use crate::core::event::State;
use crate::core::units::Channel;

/// A side, for programs.
pub fn side(who: Channel) -> &'static str {
    match who {
        Channel::Agent => "agent",
        Channel::Customer => "customer",
    }
}

/// All states of a channel, for reading their names back.
pub(in crate::report) const STATES: [State; 7] =
    [State::Unknown, State::Live, State::Silent, State::Zeros, State::Dead, State::Leaking, State::SameAudio];

/// A channel's state, for programs.
pub fn state(state: State) -> &'static str {
    match state {
        State::Unknown => "unknown",
        State::Live => "live",
        State::Silent => "silent",
        State::Zeros => "zeros",
        State::Dead => "dead",
        State::Leaking => "leaking",
        State::SameAudio => "same_audio",
    }
}

/// A channel's state, for people.
pub fn state_title(state: State) -> &'static str {
    match state {
        State::Unknown => "too little to tell",
        State::Live => "heard well",
        State::Silent => "alive, but nobody speaks",
        State::Zeros => "delivers nothing (zeros)",
        State::Dead => "no samples arrive",
        State::Leaking => "hears the other side too loud",
        State::SameAudio => "carries the same as the other side",
    }
}

/// What can be done about a channel in such a state.
pub fn state_remedy(state: State) -> Option<&'static str> {
    match state {
        State::Unknown | State::Live => None,
        State::Silent => {
            Some("is this the right channel or microphone? `--agent-channel right` swaps a stereo file")
        }
        State::Zeros => Some("check the mute switch of the headset and the microphone permission"),
        State::Dead => Some("check that the headset is connected and the recording complete"),
        State::Leaking => Some("use a headset, or turn the loudspeaker down"),
        State::SameAudio => Some("record microphone and headset as two channels, never the mix twice"),
    }
}

/// What is said where the channels look swapped.
pub const LOOKS_SWAPPED: &str = "The channels look swapped: the agent's sounds like a telephone and the customer's \
                                 does not. If so, analyse again with `--agent-channel right` (or `left`).";

/// What is said where the microphone sets its own gain.
pub const AUTOMATIC_GAIN: &str =
    "The microphone has an automatic gain: level and raised voice are not measured.";
