//! The parts of the score, why a figure is missing, and what cost points.

use crate::core::event::Detector;
use crate::core::measures::Why;
use crate::core::moments::Cause;
use crate::core::score::Part;
use crate::report::names::percent;
use crate::report::names::said::detector_title;

/// All reasons for a missing figure, for reading their names back.
pub(in crate::report) const WHYS: [Why; 12] = [
    Why::CallTooShort,
    Why::LittleAgentSpeech,
    Why::LittleCustomerSpeech,
    Why::NoBaseline,
    Why::AgentChannel,
    Why::CustomerChannel,
    Why::Unreliable,
    Why::Agc,
    Why::FewReplies,
    Why::NoWords,
    Why::LittleCoverage,
    Why::FewWords,
];

/// Why a figure is missing, for programs.
pub fn why_not(why: Why) -> &'static str {
    match why {
        Why::CallTooShort => "call_too_short",
        Why::LittleAgentSpeech => "little_agent_speech",
        Why::LittleCustomerSpeech => "little_customer_speech",
        Why::NoBaseline => "no_baseline",
        Why::AgentChannel => "agent_channel",
        Why::CustomerChannel => "customer_channel",
        Why::Unreliable => "unreliable",
        Why::Agc => "agc",
        Why::FewReplies => "few_replies",
        Why::NoWords => "no_words",
        Why::LittleCoverage => "little_coverage",
        Why::FewWords => "few_words",
    }
}

/// Why a figure is missing, for people.
pub fn why_not_title(why: Why) -> &'static str {
    match why {
        Why::CallTooShort => "the call is too short",
        Why::LittleAgentSpeech => "the agent said too little",
        Why::LittleCustomerSpeech => "the customer said too little",
        Why::NoBaseline => "no baseline yet",
        Why::AgentChannel => "the agent's channel cannot be measured",
        Why::CustomerChannel => "the customer's channel cannot be measured",
        Why::Unreliable => "the channels cannot be told apart well enough",
        Why::Agc => "the microphone has an automatic gain",
        Why::FewReplies => "too few replies",
        Why::NoWords => "nothing was transcribed",
        Why::LittleCoverage => "too few parts could be measured",
        Why::FewWords => "too little of the agent's speech is known in words",
    }
}

/// A part of the score, for programs.
pub fn part(part: Part) -> &'static str {
    match part {
        Part::RaisedVoice => "raised_voice",
        Part::Interruptions => "interruptions",
        Part::Pace => "pace",
        Part::Overlap => "overlap",
        Part::RushedReply => "rushed_reply",
        Part::Dominance => "dominance",
        Part::Language => "language",
    }
}

/// A part of the score, for people.
pub fn part_title(part: Part) -> &'static str {
    match part {
        Part::RaisedVoice => "Raised voice",
        Part::Interruptions => "Interruptions",
        Part::Pace => "Fast pace",
        Part::Overlap => "Talking at once",
        Part::RushedReply => "Instant replies",
        Part::Dominance => "Dominance",
        Part::Language => "Language",
    }
}

/// What a part is measured by, for people.
pub fn part_unit(part: Part) -> &'static str {
    match part {
        Part::RaisedVoice => "of own speech",
        Part::Interruptions => "per min of customer talk",
        Part::Pace => "of own speech",
        Part::Overlap => "of customer talk",
        Part::RushedReply => "of replies at once",
        Part::Dominance => "of all talk",
        Part::Language => "phrases per min",
    }
}

/// A cause, for programs.
pub fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::CutOff => "cut_off",
        Cause::TalkOver => "talk_over",
        Cause::Overlap => "overlap",
        Cause::RaisedVoice { .. } => "raised_voice",
        Cause::FastPace { .. } => "fast_pace",
        Cause::RushedReply { .. } => "rushed_reply",
        Cause::Phrase { detector } => detector.name(),
    }
}

/// A cause, for people: what the agent did, as a fact.
pub fn cause_title(cause: Cause) -> String {
    match cause {
        Cause::CutOff => "cut the customer off".into(),
        Cause::TalkOver => "talked over the customer".into(),
        Cause::Overlap => "began before the customer had finished".into(),
        Cause::RaisedVoice { peak } => format!("raised voice, up to {peak:+.0} dB"),
        Cause::FastPace { ratio } => format!("spoke at {} of normal pace", percent(ratio)),
        Cause::RushedReply { offset } if offset < 0.0 => format!("replied {:.1} s before the end", -offset),
        Cause::RushedReply { offset } => format!("replied after {offset:.1} s"),
        Cause::Phrase { detector } => format!("wording: {}", detector_title(detector)),
    }
}

/// What to try next time, as an action.
pub fn cause_tip(cause: Cause) -> &'static str {
    match cause {
        Cause::CutOff | Cause::TalkOver => "Next time, let them finish.",
        Cause::Overlap => "Next time, wait for the end of the sentence.",
        Cause::RaisedVoice { .. } => "Next time, a softer voice.",
        Cause::FastPace { .. } => "Next time, a slower pace.",
        Cause::RushedReply { .. } => "Next time, a breath before the reply.",
        Cause::Phrase { detector: Detector::PolicyWall } => "Next time, say what can be done.",
        Cause::Phrase { .. } => "Next time, say first what you understood.",
    }
}
