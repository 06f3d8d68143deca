//! The file of a lexicon: TOML whose values are blocks of lines. Everything
//! that is wrong is told at once, with its line; a faulty file is refused as a
//! whole. Nothing is guessed and nothing is printed.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use thiserror::Error;

use crate::config::entries::sha256;
use crate::config::origin::printable;
use crate::config::syntax::{self, Item};
use crate::config::value::Raw;
use crate::core::cues::{DetectorDraft, Draft, Fault, GuardDraft, Lexicon, Line, List, Mistake};
use crate::core::event::Detector;

/// The English lexicon that the program brings along.
pub const BUILT_IN: &str = include_str!("../../config/lexicon/en.toml");

/// Larger files are not read; the built-in one takes an eighth of it.
const LARGEST: u64 = 512 * 1024;
/// Mistakes that are told; more of them are counted.
const MOST: usize = 20;

/// What is wrong with a lexicon file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexiconProblem {
    /// The file.
    pub file: String,
    /// Line and column, from 1; none where the file as a whole is meant.
    pub place: Option<(usize, usize)>,
    /// What it is.
    pub fault: LexiconFault,
}

/// Kinds of mistakes, sorted by what is to be done about them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LexiconFault {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    /// The file is no text.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// The file is too large to be a lexicon.
    #[error("larger than {} KiB, too large for a lexicon", .0 / 1024)]
    TooLarge(u64),
    /// The file is not TOML here.
    #[error("{0}")]
    Syntax(String),
    /// There is no such key.
    #[error("there is no key `{name}` here, expected {expected}")]
    UnknownKey {
        /// What was found.
        name: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// There is no such detector.
    #[error("there is no detector `{0}`")]
    UnknownDetector(String),
    /// Every value is text.
    #[error("`{0}` must be text: one pattern a line between ''' and '''")]
    NotText(String),
    /// A pattern or a class.
    #[error("{0}")]
    Pattern(#[from] Fault),
}

impl LexiconProblem {
    /// The way out, if one is known.
    pub fn hint(&self) -> Option<String> {
        match &self.fault {
            LexiconFault::Unreadable(_) => Some("check the path and its permissions".to_owned()),
            LexiconFault::NotUtf8 => Some("save it as UTF-8".to_owned()),
            LexiconFault::TooLarge(_) => Some("is it the right file?".to_owned()),
            LexiconFault::Syntax(_) => Some("a block of patterns stands between ''' and '''".to_owned()),
            LexiconFault::UnknownKey { .. } | LexiconFault::NotText(_) => {
                Some("the head of the built-in file explains them: `evenkeel lexicon show`".to_owned())
            }
            LexiconFault::UnknownDetector(_) => {
                let names: Vec<_> =
                    Detector::ALL.iter().filter(|d| d.is_phrase()).map(|d| d.name()).collect();
                Some(format!("detectors are {}", names.join(", ")))
            }
            LexiconFault::Pattern(Fault::UnknownClass(_)) => {
                Some("classes stand under [classes]; one may use those above it".to_owned())
            }
            LexiconFault::Pattern(_) => None,
        }
    }
}

impl fmt::Display for LexiconProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{}, line {line}, column {column}: {}", self.file, self.fault),
            None => write!(f, "{}: {}", self.file, self.fault),
        }
    }
}

/// A lexicon that cannot be used: everything that is wrong, never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexiconError(pub Vec<LexiconProblem>);

impl fmt::Display for LexiconError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, problem) in self.0.iter().take(MOST).enumerate() {
            write!(f, "{}{problem}", if k == 0 { "" } else { "\n" })?;
        }
        match self.0.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, "\n{more} more"),
        }
    }
}

impl std::error::Error for LexiconError {}

/// The built-in lexicon.
///
/// # Errors
/// None in a released program: a test reads the file.
pub fn built_in() -> Result<Arc<Lexicon>, LexiconError> {
    check("built-in lexicon", BUILT_IN).map(Arc::new)
}

/// The check sum of the one that the program brings along.
pub fn built_in_sum() -> String {
    sha256(BUILT_IN)
}

/// Reads and checks a file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(path: &Path) -> Result<Lexicon, LexiconError> {
    load_with_sum(path).map(|(lexicon, _)| lexicon)
}

/// The same with the check sum of the file, as it was read.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load_with_sum(path: &Path) -> Result<(Lexicon, String), LexiconError> {
    let name = printable(&path.display().to_string());
    let refused = |fault| LexiconError(vec![LexiconProblem { file: name.clone(), place: None, fault }]);
    let text = read(path).map_err(refused)?;
    Ok((check(&name, &text)?, sha256(&text)))
}

fn read(path: &Path) -> Result<String, LexiconFault> {
    let unreadable = |e: io::Error| LexiconFault::Unreadable(e.kind());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if LARGEST < bytes.len() as u64 {
        return Err(LexiconFault::TooLarge(LARGEST));
    }
    String::from_utf8(bytes).map_err(|_| LexiconFault::NotUtf8)
}

/// Checks the text of a file; `name` stands in its messages.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(name: &str, text: &str) -> Result<Lexicon, LexiconError> {
    let mut reader = Reader { file: name, text, draft: Draft::default(), problems: Vec::new() };
    let (items, complaints) = syntax::read(text);
    for complaint in complaints {
        reader.report(complaint.at, LexiconFault::Syntax(complaint.message));
    }
    items.iter().for_each(|item| reader.item(item));
    let Reader { draft, mut problems, .. } = reader;
    match Lexicon::new(&draft) {
        Ok(lexicon) if problems.is_empty() => return Ok(lexicon),
        Ok(_) => (),
        Err(mistakes) => problems.extend(mistakes.into_iter().map(|mistake| told(name, mistake))),
    }
    problems.sort_by_key(|problem| problem.place);
    Err(LexiconError(problems))
}

fn told(file: &str, Mistake { line, column, fault }: Mistake) -> LexiconProblem {
    LexiconProblem { file: file.to_owned(), place: Some((line, column)), fault: fault.into() }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    draft: Draft,
    problems: Vec<LexiconProblem>,
}

impl Reader<'_> {
    fn report(&mut self, at: usize, fault: LexiconFault) {
        let place = Some(self.place(at));
        self.problems.push(LexiconProblem { file: self.file.to_owned(), place, fault });
    }

    /// Line and column of a byte, from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        (line, column)
    }

    fn line(&self, at: usize, text: &str) -> Line {
        let (line, column) = self.place(at);
        Line { line, indent: column - 1, text: text.to_owned() }
    }

    fn item(&mut self, item: &Item<'_>) {
        match item {
            Item::Section { .. } => (),
            Item::Value { name, key_at, value, at, .. } => {
                let names: Vec<&str> = name.iter().map(AsRef::as_ref).collect();
                if !matches!(value, Raw::Text(_)) {
                    return self.report(at.start, LexiconFault::NotText(printable(&names.join("."))));
                }
                let lines = self.lines(at);
                self.value(&names, key_at.start, lines);
            }
        }
    }

    /// The lines of a block, without its quotation marks and comments.
    fn lines(&self, at: &Range<usize>) -> Vec<Line> {
        let raw = self.text.get(at.clone()).unwrap_or_default();
        let quotes =
            ["'''", "\"\"\"", "'", "\""].into_iter().find(|q| raw.starts_with(q)).unwrap_or_default();
        let inner = raw.get(quotes.len()..raw.len().saturating_sub(quotes.len())).unwrap_or_default();
        let mut from = at.start + quotes.len();
        let mut out = Vec::new();
        for line in inner.split('\n') {
            let said = line.split('#').next().unwrap_or_default();
            let trimmed = said.trim();
            if !trimmed.is_empty() {
                out.push(self.line(from + (said.len() - said.trim_start().len()), trimmed));
            }
            from += line.len() + 1;
        }
        out
    }

    fn value(&mut self, names: &[&str], at: usize, lines: Vec<Line>) {
        match names {
            ["language"] => (),
            ["contractions"] => self.draft.contractions = lines,
            ["irregular"] => self.draft.irregular = lines,
            ["classes", class] => {
                let name = self.line(at, class);
                self.draft.classes.push(List { name, lines });
            }
            ["guards", guard, key] => self.guard(guard, key, at, lines),
            ["detectors", detector, key] => self.detector(detector, key, at, lines),
            other => self.unknown(
                at,
                &other.join("."),
                "language, contractions, irregular, [classes], [guards.NAME] or [detectors.NAME]",
            ),
        }
    }

    fn unknown(&mut self, at: usize, name: &str, expected: &'static str) {
        self.report(at, LexiconFault::UnknownKey { name: printable(name), expected });
    }

    fn guard(&mut self, guard: &str, key: &str, at: usize, lines: Vec<Line>) {
        let name = self.line(at, guard);
        let guards = &mut self.draft.guards;
        let known = guards.iter().position(|g| g.name.text == guard);
        let place = known.unwrap_or_else(|| {
            guards.push(GuardDraft { name, ..GuardDraft::default() });
            guards.len() - 1
        });
        let draft = &mut guards[place];
        match key {
            "before" => draft.before = lines,
            "after" => draft.after = lines,
            "anywhere" => draft.anywhere = lines,
            other => self.unknown(at, other, "before, after or anywhere"),
        }
    }

    fn detector(&mut self, name: &str, key: &str, at: usize, lines: Vec<Line>) {
        let Some(detector) = Detector::from_name(name).filter(|d| d.is_phrase()) else {
            return self.report(at, LexiconFault::UnknownDetector(printable(name)));
        };
        let drafts = &mut self.draft.detectors;
        let known = drafts.iter().position(|d| d.detector == detector);
        let place = known.unwrap_or_else(|| {
            let [guards, find, not, never] = [const { Vec::new() }; 4];
            drafts.push(DetectorDraft { detector, guards, find, not, never });
            drafts.len() - 1
        });
        let draft = &mut drafts[place];
        match key {
            "guards" => draft.guards = apart(&lines),
            "find" => draft.find = lines,
            "not" => draft.not = lines,
            "never" => draft.never = lines,
            other => self.unknown(at, other, "guards, find, not or never"),
        }
    }
}

/// Names behind commas as lines of their own.
fn apart(lines: &[Line]) -> Vec<Line> {
    let names = |line: &Line| -> Vec<Line> {
        let names = line.text.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| Line { text: name.to_owned(), ..line.clone() }).collect()
    };
    lines.iter().flat_map(names).collect()
}
