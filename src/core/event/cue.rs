//! What was said, as far as the core tells it: which kind of phrase, by whom
//! and when. Never the words.

use crate::core::units::{Channel, SampleTime};

/// A kind of phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detector {
    /// The agent shows that they see what it is like.
    Empathy,
    /// The agent says back what they understood.
    Paraphrase,
    /// The agent asks so that the customer can tell.
    OpenQuestion,
    /// The agent agrees with a grievance against their own side.
    AgreementTrap,
    /// The agent hides behind a rule.
    PolicyWall,
    /// The agent orders the customer to be calm, or to do something.
    SoothingTrap,
    /// The agent apologises.
    Apology,
    /// Apologies that do not end.
    ApologyRamble,
    /// A concrete offer or promise.
    NextStep,
    /// The agent says how they want to be spoken to.
    Boundary,
    /// The agent makes it their own, or asks before a hold.
    Ownership,
    /// The customer asks for somebody higher up or threatens to.
    Escalation,
    /// The customer insults.
    Abuse,
}

/// Number of detectors.
pub const DETECTORS: usize = 13;

impl Detector {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; DETECTORS] = [
        Self::Empathy,
        Self::Paraphrase,
        Self::OpenQuestion,
        Self::AgreementTrap,
        Self::PolicyWall,
        Self::SoothingTrap,
        Self::Apology,
        Self::ApologyRamble,
        Self::NextStep,
        Self::Boundary,
        Self::Ownership,
        Self::Escalation,
        Self::Abuse,
    ];

    /// Its name, as files and programs write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empathy => "empathy",
            Self::Paraphrase => "paraphrase",
            Self::OpenQuestion => "open_question",
            Self::AgreementTrap => "agreement_trap",
            Self::PolicyWall => "policy_wall",
            Self::SoothingTrap => "soothing_trap",
            Self::Apology => "apology",
            Self::ApologyRamble => "apology_ramble",
            Self::NextStep => "next_step",
            Self::Boundary => "boundary",
            Self::Ownership => "ownership",
            Self::Escalation => "escalation",
            Self::Abuse => "abuse",
        }
    }

    /// The detector of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|detector| detector.name() == name)
    }

    /// Whose words it looks at.
    pub const fn speaker(self) -> Channel {
        match self {
            Self::Escalation | Self::Abuse => Channel::Customer,
            Self::Empathy
            | Self::Paraphrase
            | Self::OpenQuestion
            | Self::AgreementTrap
            | Self::PolicyWall
            | Self::SoothingTrap
            | Self::Apology
            | Self::ApologyRamble
            | Self::NextStep
            | Self::Boundary
            | Self::Ownership => Channel::Agent,
        }
    }

    /// Whether a find reproaches somebody: then every word must be certain.
    pub const fn accuses(self) -> bool {
        matches!(self, Self::AgreementTrap | Self::PolicyWall | Self::SoothingTrap | Self::Abuse)
    }

    /// Whether it counts against the agent in the score. Apologies do not: one or
    /// two are right, and whether they ramble is a matter of taste.
    pub const fn is_negative(self) -> bool {
        matches!(self, Self::AgreementTrap | Self::PolicyWall | Self::SoothingTrap)
    }

    /// Whether it belongs in the log of incidents.
    pub const fn is_incident(self) -> bool {
        matches!(self, Self::Escalation | Self::Abuse)
    }

    /// Whether it is found in a sentence by a pattern, and not over time.
    pub const fn is_phrase(self) -> bool {
        !matches!(self, Self::ApologyRamble)
    }
}

/// A phrase that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CueHit {
    /// Its first word.
    pub at: SampleTime,
    /// The end of its last word.
    pub until: SampleTime,
    /// Who said it.
    pub who: Channel,
    /// Which kind.
    pub detector: Detector,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detector_is_found_by_its_name() {
        for detector in Detector::ALL {
            assert_eq!(Detector::from_name(detector.name()), Some(detector));
        }
        assert_eq!(Detector::from_name("sarcasm"), None);
    }
}
