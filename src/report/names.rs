//! What things are called: once for programs, once for people. An action or a
//! fact, never a judgement of a person.

use crate::core::after::After;
use crate::core::event::{
    Behaviour, Class, Cleared, Decision, Detector, Evidence, Kind, Outcome, Quantity, Reason, Reliability,
    Standing, State, Variant,
};
use crate::core::measures::Why;
use crate::core::moments::Cause;
use crate::core::score::Part;
use crate::core::units::Channel;

/// A side, for programs.
pub fn side(who: Channel) -> &'static str {
    match who {
        Channel::Agent => "agent",
        Channel::Customer => "customer",
    }
}

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

/// A kind of nudge, for programs.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Capture => "capture",
        Kind::Incident => "incident",
        Kind::Interrupting => "interrupting",
        Kind::RaisedVoice => "raised_voice",
        Kind::FastPace => "fast_pace",
        Kind::Monologue => "monologue",
        Kind::RushedReply => "rushed_reply",
        Kind::DeadAir => "dead_air",
        Kind::Phrase => "phrase",
        Kind::Apology => "apology",
        Kind::Card => "card",
        Kind::Tip => "tip",
        Kind::Positive => "positive",
    }
}

/// The words of a nudge: two or three, an action and never a verdict.
pub fn nudge_text(kind: Kind, variant: Variant) -> &'static str {
    match (kind, variant) {
        (Kind::Capture, Variant::UseHeadset) => "Use a headset",
        (Kind::Capture, Variant::SameAudio) => "Check audio routing",
        (Kind::Capture, Variant::NoSound(Channel::Customer)) => "Check headset sound",
        (Kind::Capture, _) => "Check your microphone",
        (Kind::Incident, Variant::Escalation) => "Offer a manager",
        (Kind::Incident, _) => "Set a boundary",
        (Kind::Interrupting, _) => "Let them finish",
        (Kind::RaisedVoice, _) => "Softer",
        (Kind::FastPace, _) => "Slower, breathe",
        (Kind::Monologue, _) => "Ask openly",
        (Kind::RushedReply, _) => "Pause, then answer",
        (Kind::DeadAir, _) => "Say what you're doing",
        (Kind::Phrase, Variant::Agreeing) => "Acknowledge, stay neutral",
        (Kind::Phrase, Variant::Soothing) => "Acknowledge first",
        (Kind::Phrase, _) => "Offer a way",
        (Kind::Apology, _) => "Apologise once, plan",
        (Kind::Card, Variant::Demanding) => "Say what's possible",
        (Kind::Card, Variant::TakingOver) => "Ask their view",
        (Kind::Card, _) => "Short, clear answers",
        (Kind::Tip, Variant::NextStep) => "Name the next step",
        (Kind::Tip, _) => "Show you understand",
        (Kind::Positive, Variant::WellHeld) => "Well held",
        (Kind::Positive, Variant::BoundarySet) => "Boundary set",
        (Kind::Positive, _) => "Back in range",
    }
}

/// One line of advice that goes with a card.
pub fn advice(variant: Variant) -> Option<&'static str> {
    match variant {
        Variant::Abuse => {
            Some("Say once how you want to be spoken to. If it goes on, end the call by your rules.")
        }
        Variant::Escalation => Some("Offer to bring in a manager, and say what happens next."),
        Variant::Abrupt => Some("They speak faster and cut in: the answer first, in short sentences."),
        Variant::Demanding => {
            Some("Their voice is up and they ask for more: keep yours low, say what you can do and by when.")
        }
        Variant::TakingOver => {
            Some("They take the word again and again: ask what they found, and build on it.")
        }
        Variant::Plain
        | Variant::NoSound(_)
        | Variant::UseHeadset
        | Variant::SameAudio
        | Variant::Recovered
        | Variant::WellHeld
        | Variant::BoundarySet
        | Variant::Agreeing
        | Variant::Policy
        | Variant::Soothing
        | Variant::Empathy
        | Variant::NextStep => None,
    }
}

/// An offer after a call, for programs.
pub fn after(after: After) -> &'static str {
    match after {
        After::Record => "record",
        After::FollowUp => "follow_up",
        After::Breathe => "breathe",
    }
}

/// An offer after a call, for people.
pub fn after_title(after: After) -> &'static str {
    match after {
        After::Record => "Record what happened",
        After::FollowUp => "Follow up",
        After::Breathe => "Take a breath",
    }
}

/// What such an offer is about, as a clause.
pub fn after_detail(after: After) -> &'static str {
    match after {
        After::Record => "an insult or a demand was heard; `evenkeel ctl call note` keeps a note of it",
        After::FollowUp => "see to it that somebody comes back to the customer",
        After::Breathe => "that was a difficult call, and the next one can wait a minute",
    }
}

/// What a kind of nudge is about, for people.
pub fn kind_title(kind: Kind) -> &'static str {
    match kind {
        Kind::Capture => "sound check",
        Kind::Incident => "insult or demand",
        Kind::Interrupting => "interrupting",
        Kind::RaisedVoice => "raised voice",
        Kind::FastPace => "fast pace",
        Kind::Monologue => "long monologue",
        Kind::RushedReply => "instant replies",
        Kind::DeadAir => "dead air",
        Kind::Phrase => "wording",
        Kind::Apology => "repeated apologies",
        Kind::Card => "what the customer does",
        Kind::Tip => "tip",
        Kind::Positive => "going well",
    }
}

/// A variant, for programs.
pub fn variant(variant: Variant) -> &'static str {
    match variant {
        Variant::Plain => "plain",
        Variant::NoSound(Channel::Agent) => "no_sound_agent",
        Variant::NoSound(Channel::Customer) => "no_sound_customer",
        Variant::UseHeadset => "use_headset",
        Variant::SameAudio => "same_audio",
        Variant::Recovered => "recovered",
        Variant::WellHeld => "well_held",
        Variant::BoundarySet => "boundary_set",
        Variant::Abuse => "abuse",
        Variant::Escalation => "escalation",
        Variant::Agreeing => "agreement_trap",
        Variant::Policy => "policy_wall",
        Variant::Soothing => "soothing_trap",
        Variant::Abrupt => "fast_and_abrupt",
        Variant::Demanding => "loud_and_demanding",
        Variant::TakingOver => "taking_over",
        Variant::Empathy => "empathy",
        Variant::NextStep => "next_step",
    }
}

/// Why a nudge was held back, for programs.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Channel => "channel",
        Reason::NotConverged => "not_converged",
        Reason::TooEarly => "too_early",
        Reason::Quiet => "quiet",
        Reason::Snoozed => "snoozed",
        Reason::SwitchedOff => "switched_off",
        Reason::Suspended => "suspended",
        Reason::NoBaseline => "no_baseline",
        Reason::KindCooldown => "kind_cooldown",
        Reason::GlobalCooldown => "global_cooldown",
        Reason::Budget => "budget",
        Reason::Outranked => "outranked",
        Reason::Over => "over",
        Reason::Late => "late",
        Reason::OnceACall => "once_a_call",
    }
}

/// Why a nudge was held back, for people.
pub fn reason_title(reason: Reason) -> &'static str {
    match reason {
        Reason::Channel => "a channel cannot be measured",
        Reason::NotConverged => "the echo canceller was still learning",
        Reason::TooEarly => "the call had just begun",
        Reason::Quiet => "nudges are off for this call",
        Reason::Snoozed => "nudges are snoozed",
        Reason::SwitchedOff => "this kind is switched off",
        Reason::Suspended => "on hold or muted",
        Reason::NoBaseline => "no baseline yet",
        Reason::KindCooldown => "the same was shown lately",
        Reason::GlobalCooldown => "another nudge was shown just before",
        Reason::Budget => "enough nudges for this call",
        Reason::Outranked => "something more important was shown",
        Reason::Over => "it was over before its moment came",
        Reason::Late => "its words came too late",
        Reason::OnceACall => "it is shown once in a call",
    }
}

/// What became of a nudge, for programs.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Shown => "shown",
        Outcome::Suppressed(_) => "suppressed",
    }
}

/// How a nudge left the screen, for programs.
pub fn cleared(how: Cleared) -> &'static str {
    match how {
        Cleared::Recovered => "recovered",
        Cleared::Passed => "passed",
        Cleared::TimedOut => "timed_out",
        Cleared::Dismissed => "dismissed",
    }
}

/// How a nudge left the screen, for people.
pub fn cleared_title(how: Cleared) -> &'static str {
    match how {
        Cleared::Recovered => "back in range",
        Cleared::Passed => "the customer gave way",
        Cleared::TimedOut => "its time was up",
        Cleared::Dismissed => "closed",
    }
}

/// A quantity, for programs: name and unit.
pub fn quantity(quantity: Quantity) -> (&'static str, &'static str) {
    match quantity {
        Quantity::Overlap => ("spoken_over_customer", "s"),
        Quantity::Rise => ("level_over_baseline", "dB"),
        Quantity::PaceRatio => ("pace_over_baseline", "ratio"),
        Quantity::Monologue => ("monologue", "s"),
        Quantity::RushedReplies => ("rushed_replies_of_six", "count"),
        Quantity::ReplyOffset => ("reply_offset", "s"),
        Quantity::SinceChange => ("since_customer_change", "s"),
        Quantity::Silence => ("silence", "s"),
        Quantity::Intensity => ("customer_intensity", "count"),
        Quantity::ListeningTokens => ("listening_tokens", "count"),
        Quantity::Calm => ("in_range", "s"),
        Quantity::ChannelDown => ("channel_down", "s"),
        Quantity::PhraseAge => ("phrase_age", "s"),
        Quantity::Lasting => ("lasting", "s"),
        Quantity::CallAge => ("call_age", "s"),
    }
}

/// Evidence in words: `talked over for 1.0 s (limit 1.0)`.
pub fn evidence(e: &Evidence) -> String {
    let Evidence { quantity, value, limit } = *e;
    match quantity {
        Quantity::Overlap => format!("spoke on over the customer for {value:.1} s (limit {limit:.1} s)"),
        Quantity::Rise => format!("{value:+.1} dB over the agent's normal (limit {limit:+.1} dB)"),
        Quantity::PaceRatio => {
            format!("{} of the agent's normal pace (limit {})", percent(value), percent(limit))
        }
        Quantity::Monologue => format!("talking for {value:.0} s (limit {limit:.0} s)"),
        Quantity::ReplyOffset if value < 0.0 => {
            format!("replied {:.1} s before the customer's end (at once: under {limit:.1} s)", -value)
        }
        Quantity::ReplyOffset => format!("replied after {value:.1} s (at once: under {limit:.1} s)"),
        Quantity::SinceChange => {
            format!("{value:.0} s after the customer's speech changed (counts for {limit:.0} s)")
        }
        Quantity::RushedReplies => {
            format!("{value:.0} of the last six replies rushed (limit {limit:.0})")
        }
        Quantity::Silence => format!("nobody spoke for {value:.0} s (limit {limit:.0} s)"),
        Quantity::Intensity => format!("{value:.0} customer behaviours at once (limit {limit:.0})"),
        Quantity::ListeningTokens => format!("{value:.0} listening tokens (from {limit:.0})"),
        Quantity::Calm => format!("{value:.0} s in range (from {limit:.0} s)"),
        Quantity::ChannelDown => format!("no usable sound for {value:.1} s"),
        Quantity::PhraseAge => format!("{value:.1} s ago (at most {limit:.0} s)"),
        Quantity::Lasting => format!("for {value:.0} s (from {limit:.0} s)"),
        Quantity::CallAge => format!("{value:.0} s into the call (from {limit:.0} s)"),
    }
}

/// Why a decision was taken, in words.
pub fn why(decision: &Decision) -> String {
    if let Some(whole) = whole_reason(decision.variant) {
        return whole.into();
    }
    let told: Vec<String> = decision.evidence.iter().flatten().map(evidence).collect();
    let told = told.join(", ");
    fact(decision.kind, decision.variant).map_or(told.clone(), |fact| format!("{fact}, {told}"))
}

/// A reason that no figure adds to.
const fn whole_reason(variant: Variant) -> Option<&'static str> {
    match variant {
        Variant::UseHeadset => Some("the customer can be heard in the microphone"),
        Variant::SameAudio => Some("both channels carry the same"),
        Variant::Plain
        | Variant::NoSound(_)
        | Variant::Recovered
        | Variant::WellHeld
        | Variant::BoundarySet
        | Variant::Abuse
        | Variant::Escalation
        | Variant::Agreeing
        | Variant::Policy
        | Variant::Soothing
        | Variant::Abrupt
        | Variant::Demanding
        | Variant::TakingOver
        | Variant::Empathy
        | Variant::NextStep => None,
    }
}

/// What was said or done, where figures alone do not tell.
fn fact(kind: Kind, variant: Variant) -> Option<&'static str> {
    match variant {
        Variant::BoundarySet => Some("said how they want to be spoken to"),
        Variant::Abuse => Some("an insult"),
        Variant::Escalation => Some("asked for somebody higher up"),
        Variant::Agreeing => Some("agreed with a grievance"),
        Variant::Policy => Some("a rule given as the reason"),
        Variant::Soothing => Some("told the customer to be calm"),
        Variant::Abrupt => Some("faster than at their start and interrupting"),
        Variant::Demanding => Some("higher voice than at their start, and asks for somebody higher up"),
        Variant::TakingOver => Some("interrupting again and again in an even voice"),
        Variant::Empathy => Some("no word of understanding"),
        Variant::NextStep => Some("no next step named"),
        Variant::Plain => (kind == Kind::Apology).then_some("apologised again and again"),
        Variant::NoSound(_)
        | Variant::UseHeadset
        | Variant::SameAudio
        | Variant::Recovered
        | Variant::WellHeld => None,
    }
}

fn percent(ratio: f32) -> String {
    format!("{:.0} %", ratio * 100.0)
}

/// How well a baseline stands, for programs.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::None => "none",
        Standing::Young => "young",
        Standing::Provisional => "provisional",
        Standing::Earned => "earned",
    }
}

/// How well a baseline stands, for people.
pub fn standing_title(standing: Standing) -> &'static str {
    match standing {
        Standing::None => "none: the agent said too little",
        Standing::Young => "from the first seconds of this call",
        Standing::Provisional => "from the first 20 s of this call",
        Standing::Earned => "from earlier calls",
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

/// A kind of phrase, for people.
pub fn detector_title(detector: Detector) -> &'static str {
    match detector {
        Detector::Empathy => "empathy",
        Detector::Paraphrase => "paraphrase",
        Detector::OpenQuestion => "open question",
        Detector::AgreementTrap => "agrees with a grievance",
        Detector::PolicyWall => "policy wall",
        Detector::SoothingTrap => "told to calm down",
        Detector::Apology => "apology",
        Detector::ApologyRamble => "apologises again and again",
        Detector::NextStep => "next step",
        Detector::Boundary => "boundary",
        Detector::Ownership => "ownership",
        Detector::Escalation => "escalation",
        Detector::Abuse => "insult",
    }
}

/// Finds that are counted while their times are not stored any more; nothing for none.
pub fn untimed(count: usize) -> Option<String> {
    (0 < count).then(|| format!("{count} of which the time is not stored any more"))
}

/// Something the customer does, for people.
pub fn behaviour_title(behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::HigherPitch => "higher voice than at their start",
        Behaviour::Faster => "faster than at their start",
        Behaviour::Interrupting => "interrupting",
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that name a feeling. None of them may ever be said of anybody.
    const FEELINGS: [&str; 12] = [
        "angry",
        "anger",
        "stress",
        "upset",
        "mood",
        "emotion",
        "sentiment",
        "nervous",
        "calm down",
        "hostile",
        "annoyed",
        "frustrat",
    ];

    fn nudges() -> Vec<&'static str> {
        Kind::ALL.iter().flat_map(|&kind| Variant::ALL.iter().map(move |&v| nudge_text(kind, v))).collect()
    }

    /// What to do, beside a nudge, after a call and of a costly moment.
    fn counsel() -> Vec<&'static str> {
        let after = [After::Record, After::FollowUp, After::Breathe];
        let mut causes = vec![
            Cause::CutOff,
            Cause::TalkOver,
            Cause::Overlap,
            Cause::RaisedVoice { peak: 6.0 },
            Cause::FastPace { ratio: 1.3 },
            Cause::RushedReply { offset: 0.1 },
        ];
        causes.extend(Detector::ALL.map(|detector| Cause::Phrase { detector }));
        let offered = after.into_iter().flat_map(|offer| [after_title(offer), after_detail(offer)]);
        Variant::ALL
            .into_iter()
            .filter_map(advice)
            .chain(offered)
            .chain(causes.into_iter().map(cause_tip))
            .collect()
    }

    #[test]
    fn a_nudge_has_at_most_four_words() {
        for text in nudges() {
            assert!(text.split_whitespace().count() <= 4, "{text}");
        }
    }

    #[test]
    fn nothing_that_is_advised_names_a_feeling() {
        let all = counsel();
        assert_eq!(all.len(), 5 + 6 + 6 + Detector::ALL.len());
        for text in nudges().into_iter().chain(all) {
            assert!(FEELINGS.iter().all(|f| !text.to_lowercase().contains(f)), "{text}");
        }
    }

    #[test]
    fn names_for_programs_are_snake_case_and_distinct() {
        let names: Vec<_> =
            Kind::ALL.iter().map(|&k| kind(k)).chain(Part::ALL.iter().map(|&p| part(p))).collect();
        assert!(names.iter().all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
        let kinds: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|&k| kind(k)).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
    }

    #[test]
    fn every_reason_and_state_can_be_read_back() {
        // A new one is one number higher than the last in its list.
        assert_eq!(WHYS.map(|why| why as usize), std::array::from_fn(|k| k));
        assert_eq!(STATES.map(|state| state as usize), std::array::from_fn(|k| k));
        assert_eq!(Why::FewWords as usize + 1, WHYS.len());
        assert_eq!(State::SameAudio as usize + 1, STATES.len());
    }

    #[test]
    fn evidence_reads_as_a_fact() {
        let rise = Evidence { quantity: Quantity::Rise, value: 7.24, limit: 4.5 };
        assert_eq!(evidence(&rise), "+7.2 dB over the agent's normal (limit +4.5 dB)");
    }
}
