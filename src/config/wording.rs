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
use crate::core::units::Channel;
use crate::report::names;
use crate::surfaces::wording::{Icon, MOST_CHARS, MOST_WORDS, Wording};

const ENGLISH: &str = include_str!("../../config/wording/en.toml");
const GERMAN: &str = include_str!("../../config/wording/de.toml");
const SPANISH: &str = include_str!("../../config/wording/es.toml");

/// Larger files are not read; a built-in one takes a fiftieth of it.
const LARGEST: u64 = 64 * 1024;

/// All forms of nudges. A test does not compile without a new one.
pub(crate) const FORMS: [Variant; 7] = [
    Variant::Plain,
    Variant::NoSound(Channel::Agent),
    Variant::NoSound(Channel::Customer),
    Variant::UseHeadset,
    Variant::SameAudio,
    Variant::Recovered,
    Variant::WellHeld,
];

/// Beginnings of words that name a feeling, in every language there are texts in:
/// conduct is what can be seen and changed.
const FEELINGS: [&str; 34] = [
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
    #[error("\"{text}\" names a feeling (`{word}`)")]
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
                meant(name, FORMS.iter().map(|form| names::variant(*form)).chain(["icon"]))
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
            [kind, form] if FORMS.iter().any(|known| names::variant(*known) == *form) => {
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
    FEELINGS.into_iter().find(|feeling| words.iter().any(|word| word.starts_with(feeling)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [(Language, &str); 3] =
        [(Language::English, ENGLISH), (Language::German, GERMAN), (Language::Spanish, SPANISH)];

    fn problem(text: &str) -> (String, String) {
        let error = check("mine.toml", text).unwrap_err();
        (error.to_string(), error.0[0].hint())
    }

    #[test]
    fn every_kind_has_words_and_an_icon_in_every_language() {
        for (language, text) in LANGUAGES {
            assert_eq!(check("it", text).map(drop), Ok(()), "{language:?}");
            let wording = built_in(language);
            for kind in Kind::ALL.map(names::kind) {
                assert!(wording.text(kind, "plain").is_some(), "{language:?}: no text for {kind}");
                assert!(wording.icon(kind).is_some(), "{language:?}: no icon for {kind}");
            }
            assert!(wording.snooze.is_some() && wording.wrong.is_some(), "{language:?}");
        }
    }

    #[test]
    fn the_english_words_are_those_of_the_reports() {
        let wording = built_in(Language::English);
        for kind in Kind::ALL {
            for form in FORMS {
                let ours = wording.text(names::kind(kind), names::variant(form));
                assert_eq!(ours, Some(names::nudge_text(kind, form)), "{kind:?} {form:?}");
            }
        }
    }

    #[test]
    fn every_language_has_the_same_forms() {
        let forms = |language| -> Vec<(String, Vec<String>)> {
            let kinds = built_in(language).kinds.into_iter();
            kinds.map(|(kind, phrases)| (kind, phrases.texts.into_keys().collect())).collect()
        };
        for (language, _) in LANGUAGES {
            assert_eq!(forms(language), forms(Language::English), "{language:?}");
        }
    }

    #[test]
    fn a_new_form_must_be_listed() {
        // Does not compile without it, and then it is to be put into the list.
        let place = |form| match form {
            Variant::Plain => 0,
            Variant::NoSound(Channel::Agent) => 1,
            Variant::NoSound(Channel::Customer) => 2,
            Variant::UseHeadset => 3,
            Variant::SameAudio => 4,
            Variant::Recovered => 5,
            Variant::WellHeld => 6,
        };
        assert_eq!(FORMS.map(place), std::array::from_fn(|k| k));
    }

    #[test]
    fn more_than_four_words_are_refused_with_their_line() {
        let (told, hint) = problem("[dead_air]\nplain = \"Tell them what you do\"\n");
        assert!(told.starts_with("mine.toml, line 2: \"Tell them what you do\" has 5 words"), "{told}");
        assert_eq!(hint, "say what to do in two or three words");
        assert!(problem("[dead_air]\nplain = \"\"").0.contains("has 0 words"));
        let long = "x".repeat(MOST_CHARS + 1);
        assert!(problem(&format!("[dead_air]\nplain = \"{long}\"")).0.contains("at most 36"));
    }

    #[test]
    fn a_feeling_is_refused_in_every_language() {
        for text in ["Calm down", "Don't get angry", "Bleiben Sie ruhig", "No se enoje", "Sin estrés"] {
            let (told, hint) = problem(&format!("[raised_voice]\nplain = \"{text}\""));
            assert!(told.contains("names a feeling"), "{text}: {told}");
            assert!(hint.starts_with("say what to do"));
        }
        // A part of another word is none.
        assert_eq!(feeling("Beruhigend sprechen"), None);
    }

    #[test]
    fn an_unknown_kind_is_named_with_its_line_and_what_was_meant() {
        let (told, hint) = problem("\n[interupting]\nplain = \"Wait\"\n");
        assert_eq!(told, "mine.toml, line 2: there is no kind of nudge `interupting`");
        assert_eq!(hint, "did you mean `interrupting`?");
        let (told, hint) = problem("[capture]\nicon = \"skull\"\n");
        assert!(told.contains("line 2: there is no icon `skull`") && hint.contains("headset"), "{hint}");
        let (told, _) = problem("[capture]\nloud = \"Wait\"\n");
        assert!(told.contains("no form `loud`"), "{told}");
        assert!(problem("[capture]\nplain = 3\n").0.contains("must be text"));
        assert!(problem("plain = \"Wait\"\n").0.contains("no kind of nudge `plain`"));
        assert!(problem("[capture\n").0.contains("line 1"));
    }

    #[test]
    fn a_file_replaces_what_it_names_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.toml");
        std::fs::write(&file, "[raised_voice]\nplain = \"Lower your voice\"\n").unwrap();
        let wording = load(Language::German, file.to_str().unwrap()).unwrap();
        assert_eq!(wording.text("raised_voice", "plain"), Some("Lower your voice"));
        assert_eq!(wording.icon("raised_voice"), Some(Icon::Softer));
        assert_eq!(wording.text("interrupting", "plain"), Some("Ausreden lassen"));
        let gone = load(Language::German, "/nowhere/mine.toml").unwrap_err();
        assert!(gone.to_string().contains("cannot be read"), "{gone}");
        std::fs::write(&file, [0xff, 0xfe]).unwrap();
        let garbled = load(Language::German, file.to_str().unwrap()).unwrap_err();
        assert_eq!(garbled.0[0].fault, WordingFault::NoText);
    }
}
