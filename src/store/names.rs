//! Names of nudges as they stand in the database; never changed.

use crate::core::event::Kind;

/// The name of a kind.
pub(crate) const fn nudge(kind: Kind) -> &'static str {
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
