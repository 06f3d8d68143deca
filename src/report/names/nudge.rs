//! Nudges: their words, their reasons, and what they rest on. An action, never a verdict.

use crate::core::event::{Cleared, Decision, Evidence, Kind, Outcome, Quantity, Reason, Standing, Variant};
use crate::core::units::Channel;
use crate::report::names::percent;

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

/// What becomes of a kind one of which was called wrong.
pub fn after_wrong(kind: Kind) -> &'static str {
    if kind.has_threshold() {
        "the next one of its kind needs more"
    } else {
        "this one does not come again in this call"
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
