//! A lexicon as its file says it, before it is checked: plain lines and where
//! they stand. Knows no file format.

use crate::core::cues::pattern::Fault;
use crate::core::event::Detector;

/// A line of text, and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Number of its line in the file, from 1.
    pub line: usize,
    /// Characters before it in that line.
    pub indent: usize,
    /// What it says.
    pub text: String,
}

/// A named list of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Its name.
    pub name: Line,
    /// What it holds.
    pub lines: Vec<Line>,
}

/// What can stop a find of any detector that names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuardDraft {
    /// Its name.
    pub name: Line,
    /// Stops a find behind it in the same clause.
    pub before: Vec<Line>,
    /// Stops a find before it in the same sentence.
    pub after: Vec<Line>,
    /// Stops every find of the sentence.
    pub anywhere: Vec<Line>,
}

/// What one detector looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectorDraft {
    /// Which one.
    pub detector: Detector,
    /// Names of its guards.
    pub guards: Vec<Line>,
    /// What it finds.
    pub find: Vec<Line>,
    /// A find that overlaps one of these is none.
    pub not: Vec<Line>,
    /// A sentence that holds one of these holds no find.
    pub never: Vec<Line>,
}

/// A whole lexicon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// `won't = will not`, `-n't = not`, `-'s = is|has`.
    pub contractions: Vec<Line>,
    /// `send sent sent`.
    pub irregular: Vec<Line>,
    /// Lists of words; members stand in lines or behind commas.
    pub classes: Vec<List>,
    /// Guards.
    pub guards: Vec<GuardDraft>,
    /// Detectors.
    pub detectors: Vec<DetectorDraft>,
}

/// What is wrong with a lexicon, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Number of its line in the file, from 1.
    pub line: usize,
    /// The character in its line, from 1.
    pub column: usize,
    /// What it is.
    pub fault: Fault,
}
