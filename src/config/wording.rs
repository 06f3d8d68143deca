//! The files that say what nudges say. Everything that is wrong is told at once,
//! with its line; a faulty file is refused as a whole. A text is an action in at
//! most four words: one that names a feeling is never shown to anybody.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use thiserror::Error;

use crate::config::key::most_alike;
use crate::config::named::Language;
use crate::config::origin::printable;
use crate::config::syntax::{self, Item};
use crate::config::value::Raw;
use crate::core::event::{Kind, Variant};
use crate::report::names;
use crate::surfaces::wording::{Icon, MOST_CHARS, MOST_WORDS, Wording};

const ENGLISH: &str = include_str!("../../config/wording/en.toml");
const GERMAN: &str = include_str!("../../config/wording/de.toml");
const SPANISH: &str = include_str!("../../config/wording/es.toml");

/// Larger files are not read; a built-in one takes a fiftieth of it.
const LARGEST: u64 = 64 * 1024;

/// Beginnings of words that name a feeling, in every language there are texts in:
/// conduct is what can be seen and changed. A whole word where there is a full stop.
const FEELINGS: [&str; 45] = [
    "angr",
    "anger",
    "stress",
    "upset",
    "mood",
    "emotion",
    "sentiment",
    "nervous",
    "calm",
    "hostil",
    "annoy",
    "frustrat",
    "relax",
    "wüt",
    "wut",
    "ärger",
    "aufgereg",
    "nervös",
    "ruhig",
    "laune",
    "gefühl",
    "gereizt",
    "entspann",
    "frust",
    "enoj",
    "enfad",
    "furios",
    "estrés",
    "estres",
    "nervios",
    "calma",
    "tranquil",
    "emoción",
    "frustra",
    "mad.",
    "beruhige.",
    "beruhigen.",
    "beruhigt.",
    "sauer",
    "zorn",
    "cálm",
    "relaj",
    "reláj",
    "seren",
    "serén",
];

/// What is wrong with a wording file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordingProblem {
    /// The file.
    pub file: String,
    /// The line, from 1; none where the file as a whole is meant.
    pub line: Option<usize>,
    /// What it is.
    pub fault: WordingFault,
}

/// Kinds of mistakes, sorted by what is to be done about them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WordingFault {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    /// It is no text, or too large for what it is.
    #[error("no wording file: expected UTF-8 text of at most {} KiB", LARGEST / 1024)]
    NoText,
    /// The file is not TOML here.
    #[error("{0}")]
    Syntax(String),
    /// There is no such kind of nudge.
    #[error("there is no kind of nudge `{0}`")]
    UnknownKind(String),
    /// A kind has no such form.
    #[error("there is no form `{0}` of a nudge")]
    UnknownForm(String),
    /// There is no such picture.
    #[error("there is no icon `{0}`")]
    UnknownIcon(String),
    /// Every value is text.
    #[error("`{0}` must be text between quotation marks")]
    NotText(String),
    /// More than can be read at a glance, or nothing.
    #[error(
        "\"{text}\" has {words} words and {chars} characters, expected 1 to {MOST_WORDS} and at most {MOST_CHARS}"
    )]
    Length {
        /// The text.
        text: String,
        /// Its words.
        words: usize,
        /// Its characters.
        chars: usize,
    },
    /// It names a feeling.
    #[error("\"{text}\" names a feeling (`{}`)", word.trim_end_matches('.'))]
    Feeling {
        /// The text.
        text: String,
        /// Where it does.
        word: &'static str,
    },
}

impl WordingProblem {
    /// The way out.
    pub fn hint(&self) -> String {
        match &self.fault {
            WordingFault::Unreadable(_) => "check the path of `show.wording` and its permissions".into(),
            WordingFault::NoText => "is it the right file?".into(),
            WordingFault::Syntax(_) => "a line is NAME = \"TEXT\", below a [KIND]".into(),
            WordingFault::UnknownKind(name) => meant(name, kinds().chain(["buttons"])),
            WordingFault::UnknownForm(name) => {
                meant(name, Variant::ALL.iter().map(|form| names::variant(*form)).chain(["icon"]))
            }
            WordingFault::UnknownIcon(name) => meant(name, Icon::ALL.iter().map(|icon| icon.name())),
            WordingFault::NotText(_) => "write it as NAME = \"TEXT\"".into(),
            WordingFault::Length { .. } => "say what to do in two or three words".into(),
            WordingFault::Feeling { .. } => "say what to do, not how somebody feels".into(),
        }
    }
}

fn kinds() -> impl Iterator<Item = &'static str> + Clone {
    Kind::ALL.iter().map(|kind| names::kind(*kind))
}

/// What was probably meant, or all that could have been.
fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match most_alike(name, known.clone()) {
        Some(guess) => format!("did you mean `{guess}`?"),
        None => format!("expected one of {}", known.collect::<Vec<_>>().join(", ")),
    }
}

impl fmt::Display for WordingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.fault),
            None => write!(f, "{}: {}", self.file, self.fault),
        }
    }
}

/// A wording that cannot be used: everything that is wrong, never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordingError(pub Vec<WordingProblem>);

impl fmt::Display for WordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for WordingError {}

/// What a nudge says; as the reports do where the wording has nothing for it.
pub fn text(wording: &Wording, kind: Kind, variant: Variant) -> &str {
    let text = wording.text(names::kind(kind), names::variant(variant));
    text.unwrap_or_else(|| names::nudge_text(kind, variant))
}

/// The built-in words of a language.
pub fn built_in(language: Language) -> Wording {
    let (name, text) = match language {
        Language::English => ("en.toml", ENGLISH),
        Language::German => ("de.toml", GERMAN),
        Language::Spanish => ("es.toml", SPANISH),
    };
    // A test reads all of them; without words of ours, those of the reports are shown.
    check(name, text).unwrap_or_default()
}

/// The words of a language, with those of a file in the place of some of them.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn load(language: Language, file: &str) -> Result<Wording, WordingError> {
    let mut wording = built_in(language);
    if !file.is_empty() {
        let name = printable(file);
        let refused = |fault| WordingError(vec![WordingProblem { file: name.clone(), line: None, fault }]);
        wording.replace(check(&name, &read(Path::new(file)).map_err(refused)?)?);
    }
    Ok(wording)
}

fn read(path: &Path) -> Result<String, WordingFault> {
    let unreadable = |e: io::Error| WordingFault::Unreadable(e.kind());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let fits = bytes.len() as u64 <= LARGEST;
    String::from_utf8(bytes).ok().filter(|_| fits).ok_or(WordingFault::NoText)
}

/// Checks the text of a file; `name` stands in its messages.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(name: &str, text: &str) -> Result<Wording, WordingError> {
    let mut reader = Reader { file: name, text, wording: Wording::default(), problems: Vec::new() };
    let (items, complaints) = syntax::read(text);
    for complaint in complaints {
        reader.report(complaint.at, WordingFault::Syntax(complaint.message));
    }
    items.iter().for_each(|item| reader.item(item));
    let Reader { wording, mut problems, .. } = reader;
    problems.sort_by_key(|problem| problem.line);
    if problems.is_empty() { Ok(wording) } else { Err(WordingError(problems)) }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    wording: Wording,
    problems: Vec<WordingProblem>,
}

impl Reader<'_> {
    fn report(&mut self, at: usize, fault: WordingFault) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = Some(before.matches('\n').count() + 1);
        self.problems.push(WordingProblem { file: self.file.to_owned(), line, fault });
    }

    fn item(&mut self, item: &Item<'_>) {
        let done = match item {
            Item::Section { name, at, .. } => section(&path(name)).map_err(|fault| (at.start, fault)),
            Item::Value { name, key_at, value, at, .. } => match value {
                Raw::Text(text) => {
                    self.value(&path(name), text.trim()).map_err(|fault| (key_at.start, fault))
                }
                Raw::Float(_) | Raw::Integer(_) | Raw::Switch(_) | Raw::List(_) | Raw::Other => {
                    Err((at.start, WordingFault::NotText(printable(&path(name).join(".")))))
                }
            },
        };
        if let Err((at, fault)) = done {
            self.report(at, fault);
        }
    }

    fn value(&mut self, names: &[&str], text: &str) -> Result<(), WordingFault> {
        match names {
            ["buttons", "snooze"] => self.wording.snooze = Some(fit(text)?),
            ["buttons", "wrong"] => self.wording.wrong = Some(fit(text)?),
            // The section was told of already.
            [kind, _] if kinds().all(|known| known != *kind) => (),
            [kind, "icon"] => {
                let icon = Icon::from_name(text).ok_or_else(|| WordingFault::UnknownIcon(printable(text)))?;
                self.wording.kinds.entry((*kind).to_owned()).or_default().icon = Some(icon);
            }
            [kind, form] if Variant::ALL.iter().any(|known| names::variant(*known) == *form) => {
                let texts = &mut self.wording.kinds.entry((*kind).to_owned()).or_default().texts;
                texts.insert((*form).to_owned(), fit(text)?);
            }
            [_, form] => return Err(WordingFault::UnknownForm(printable(form))),
            other => return Err(WordingFault::UnknownKind(printable(&other.join(".")))),
        }
        Ok(())
    }
}

fn path<'a>(name: &'a [std::borrow::Cow<'a, str>]) -> Vec<&'a str> {
    name.iter().map(AsRef::as_ref).collect()
}

fn section(names: &[&str]) -> Result<(), WordingFault> {
    match names {
        ["buttons"] => Ok(()),
        [kind] if kinds().any(|known| known == *kind) => Ok(()),
        other => Err(WordingFault::UnknownKind(printable(&other.join(".")))),
    }
}

/// A text that may be shown.
fn fit(text: &str) -> Result<String, WordingFault> {
    let (words, chars) = (text.split_whitespace().count(), text.chars().count());
    let shown = printable(text);
    let fits = (1..=MOST_WORDS).contains(&words) && chars <= MOST_CHARS && shown == text;
    if !fits {
        return Err(WordingFault::Length { text: shown, words, chars });
    }
    match feeling(text) {
        Some(word) => Err(WordingFault::Feeling { text: shown, word }),
        None => Ok(shown),
    }
}

/// A word of the text that names a feeling.
fn feeling(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let is = |word: &str, feeling: &str| match feeling.strip_suffix('.') {
        Some(whole) => word == whole,
        None => word.starts_with(feeling),
    };
    FEELINGS.into_iter().find(|feeling| words.iter().any(|word| is(word, feeling)))
}

#[cfg(test)]
mod tests;
