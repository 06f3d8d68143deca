//! What a recogniser heard, keyed by its own time: results come late and in
//! any order, and no measure depends on when they arrive.

use crate::core::private::Spoken;
use crate::core::units::{Channel, SampleTime};

/// One recognised utterance.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// Who spoke.
    pub who: Channel,
    /// Where it begins.
    pub from: SampleTime,
    /// Where it ends.
    pub to: SampleTime,
    /// What was said.
    pub text: Spoken,
    /// The same word by word, where the recogniser tells the times; else empty.
    pub words: Vec<Word>,
}

/// One recognised word.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// As written, with the punctuation that belongs to it.
    pub text: Spoken,
    /// Where it begins.
    pub from: SampleTime,
    /// Where it ends.
    pub to: SampleTime,
    /// How sure the recogniser is of it: the probability of its least likely token, 0 to 1.
    pub sure: f32,
}

/// Words that only show that somebody listens.
const LISTENING_TOKENS: [&str; 21] = [
    "mhm",
    "mm",
    "hmm",
    "uh-huh",
    "uhhuh",
    "yeah",
    "yes",
    "yep",
    "ok",
    "okay",
    "right",
    "sure",
    "i",
    "see",
    "understood",
    "got",
    "it",
    "oh",
    "ah",
    "no",
    "alright",
];

impl Words {
    /// Whether nothing was said but listening tokens.
    pub fn are_only_tokens(&self) -> bool {
        let text = self.text.reveal().to_lowercase();
        let mut words =
            text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '\'')).filter(|w| !w.is_empty());
        let mut any = false;
        words.all(|word| {
            any = true;
            LISTENING_TOKENS.contains(&word)
        }) && any
    }

    /// How many words it has.
    pub fn count(&self) -> u32 {
        let spoken = |word: &&str| word.chars().any(char::is_alphanumeric);
        let count = self.text.reveal().split_whitespace().filter(spoken).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Whether it lies in part between two points.
    pub fn touches(&self, from: SampleTime, to: SampleTime) -> bool {
        self.from < to && from < self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Words {
        Words {
            who: Channel::Agent,
            from: SampleTime::ZERO,
            to: SampleTime::from_seconds(1.0),
            text: Spoken::new(text),
            words: Vec::new(),
        }
    }

    #[test]
    fn tokens_are_told_from_speech() {
        assert!(said("Yeah, okay. I see.").are_only_tokens());
        assert!(said("Mhm").are_only_tokens());
        assert!(!said("Yeah, but the label was smudged").are_only_tokens());
        assert!(!said("").are_only_tokens() && !said("...").are_only_tokens());
    }

    #[test]
    fn touching_is_strict_at_both_ends() {
        let words = said("okay");
        let at = SampleTime::from_seconds;
        assert!(words.touches(at(0.9), at(2.0)) && !words.touches(at(1.0), at(2.0)));
    }
}
