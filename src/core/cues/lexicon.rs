//! A checked lexicon: finds phrases in a sentence and says what stopped them.
//! It depends on the text alone, and never keeps it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::core::cues::build;
use crate::core::cues::draft::{Draft, Mistake};
use crate::core::cues::normal::{Sentence, Speller};
use crate::core::cues::program::{Machine, Match};
use crate::core::event::Detector;
use crate::core::private::Spoken;
use crate::core::units::Channel;

/// What a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A find of a detector.
    Find(Detector),
    /// A guard in front of a find, in the same clause.
    Before(usize),
    /// A guard behind a find.
    After(usize),
    /// A guard anywhere in the sentence.
    Anywhere(usize),
    /// No find of this detector, where the two overlap.
    Not(Detector),
    /// No find of this detector in the sentence.
    Never(Detector),
}

/// A pattern of the file.
#[derive(Clone)]
pub(super) struct Pattern {
    pub(super) role: Role,
    pub(super) line: usize,
    pub(super) text: String,
}

/// The phrases of one language.
#[derive(Clone)]
pub struct Lexicon {
    pub(super) speller: Speller,
    pub(super) machine: Machine,
    pub(super) patterns: Vec<Pattern>,
    pub(super) guards: Vec<String>,
    pub(super) guarded: BTreeMap<Detector, Vec<usize>>,
    pub(super) function: BTreeSet<String>,
    pub(super) turn: BTreeSet<String>,
    pub(super) apology: BTreeSet<String>,
}

/// A phrase in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// Which kind.
    pub detector: Detector,
    /// Line of the pattern in its file.
    pub line: usize,
    /// Its first word: words are what stands between spaces, from 0.
    pub first: usize,
    /// Its last word.
    pub last: usize,
    /// The words that must be certain, besides the free and the small ones.
    pub anchors: Vec<usize>,
    /// What stopped it.
    pub stopped: Option<Stop>,
}

/// Why a find does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A guard of this name; the line of its pattern.
    Guard(String, usize),
    /// A pattern of the detector's own `not` or `never`; its line.
    Not(usize),
    /// It stands between quotation marks.
    Quoted,
}

impl Lexicon {
    /// Checks a draft.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(draft: &Draft) -> Result<Self, Vec<Mistake>> {
        build::build(draft)
    }

    /// Number of patterns.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The pattern in a line of the file.
    pub fn pattern(&self, line: usize) -> Option<&str> {
        self.patterns.iter().find(|pattern| pattern.line == line).map(|pattern| pattern.text.as_str())
    }

    /// All that somebody's words hold, the stopped finds too.
    pub fn find(&self, who: Channel, text: &Spoken) -> Vec<Find> {
        let sentences = self.speller.sentences(text.reveal());
        sentences.iter().flat_map(|sentence| self.find_in(who, sentence)).collect()
    }

    /// The words that say sorry: words are what stands between spaces, from 0.
    pub fn apologies(&self, text: &Spoken) -> Vec<usize> {
        let sentences = self.speller.sentences(text.reveal());
        let tokens = sentences.iter().flat_map(|sentence| &sentence.tokens);
        tokens.filter(|token| self.apology.contains(&token.text)).map(|token| token.word).collect()
    }

    fn find_in(&self, who: Channel, sentence: &Sentence) -> Vec<Find> {
        let matches = self.machine.run(sentence);
        let finds = matches.iter().filter_map(|found| match self.patterns[found.pattern as usize].role {
            Role::Find(detector) if detector.speaker() == who => Some((detector, found)),
            Role::Find(_)
            | Role::Before(_)
            | Role::After(_)
            | Role::Anywhere(_)
            | Role::Not(_)
            | Role::Never(_) => None,
        });
        finds.map(|(detector, found)| self.judge(detector, found, sentence, &matches)).collect()
    }

    fn judge(&self, detector: Detector, found: &Match, sentence: &Sentence, matches: &[Match]) -> Find {
        let tokens = &sentence.tokens;
        let named = (found.start..found.end).filter(|i| found.named & (1 << i.min(&127)) != 0);
        let mut anchors: Vec<usize> =
            named.filter(|&i| !self.function.contains(&tokens[i].text)).map(|i| tokens[i].word).collect();
        anchors.dedup();
        let quoted = tokens[found.start].quoted && !tokens.iter().all(|token| token.quoted);
        let stop = matches.iter().find_map(|other| self.stop(detector, found, other, sentence));
        Find {
            detector,
            line: self.patterns[found.pattern as usize].line,
            first: tokens[found.start].word,
            last: tokens[found.end - 1].word,
            anchors,
            stopped: if quoted { Some(Stop::Quoted) } else { stop },
        }
    }

    /// Whether one match stops another.
    fn stop(&self, detector: Detector, found: &Match, other: &Match, sentence: &Sentence) -> Option<Stop> {
        let pattern = &self.patterns[other.pattern as usize];
        let has = |guard: usize| self.guarded.get(&detector).is_some_and(|of| of.contains(&guard));
        let by = |guard: usize| Stop::Guard(self.guards[guard].clone(), pattern.line);
        match pattern.role {
            Role::Before(guard) if has(guard) && self.reaches(other, found, sentence) => Some(by(guard)),
            Role::After(guard) if has(guard) && found.end <= other.start => Some(by(guard)),
            Role::Anywhere(guard) if has(guard) => Some(by(guard)),
            Role::Not(of) if of == detector && found.start < other.end && other.start < found.end => {
                Some(Stop::Not(pattern.line))
            }
            Role::Never(of) if of == detector => Some(Stop::Not(pattern.line)),
            Role::Find(_)
            | Role::Before(_)
            | Role::After(_)
            | Role::Anywhere(_)
            | Role::Not(_)
            | Role::Never(_) => None,
        }
    }

    /// Whether a guard stands in front of a find, in the same clause.
    fn reaches(&self, guard: &Match, found: &Match, sentence: &Sentence) -> bool {
        guard.end <= found.start
            && sentence.tokens[guard.end..=found.start]
                .iter()
                .all(|token| !token.comma && !self.turn.contains(&token.text))
    }
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lexicon({} patterns)", self.patterns.len())
    }
}
