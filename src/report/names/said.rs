//! Kinds of phrases, and what is offered after a call. Never a word that was spoken.

use crate::core::after::After;
use crate::core::event::Detector;

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
