//! Starts over the other, and what the customer does.

use crate::core::event::{Behaviour, Class, Reliability};

/// A class of overlap, for programs.
pub fn class(class: Class) -> &'static str {
    match class {
        Class::CutOff => "cut_off",
        Class::TalkOver => "talk_over",
        Class::PauseBargeIn => "pause_barge_in",
        Class::Backchannel => "backchannel",
        Class::EarlyStart => "early_start",
        Class::SimultaneousStart => "simultaneous_start",
    }
}

/// A class of overlap, for people.
pub fn class_title(class: Class) -> &'static str {
    match class {
        Class::CutOff => "cut-off",
        Class::TalkOver => "talk-over",
        Class::PauseBargeIn => "start in a pause",
        Class::Backchannel => "listening token",
        Class::EarlyStart => "early start",
        Class::SimultaneousStart => "joint start",
    }
}

/// Whether overlaps count, for programs.
pub fn reliability(reliability: Reliability) -> &'static str {
    match reliability {
        Reliability::Reliable => "reliable",
        Reliability::Leaking => "leaking",
        Reliability::SameAudio => "same_audio",
        Reliability::EchoRemains => "echo_remains",
        Reliability::Babble => "babble",
        Reliability::Unknown => "unknown",
    }
}

/// Why overlaps do not count, for people.
pub fn reliability_title(reliability: Reliability) -> &'static str {
    match reliability {
        Reliability::Reliable => "reliable",
        Reliability::Leaking => "the microphone hears the customer",
        Reliability::SameAudio => "both channels carry the same",
        Reliability::EchoRemains => "too much of the customer remains in the microphone",
        Reliability::Babble => "other voices are nearly as loud",
        Reliability::Unknown => "too little was heard to tell the channels apart",
    }
}

/// Something the customer does, for programs.
pub fn behaviour(behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::HigherPitch => "higher_pitch",
        Behaviour::Faster => "faster",
        Behaviour::Interrupting => "interrupting",
    }
}

/// Something the customer does, for people.
pub fn behaviour_title(behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::HigherPitch => "higher voice than at their start",
        Behaviour::Faster => "faster than at their start",
        Behaviour::Interrupting => "interrupting",
    }
}
