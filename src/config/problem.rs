//! What is wrong with a configuration: where, what was found, what was
//! expected, and the way out.

use std::error::Error;
use std::fmt;
use std::io;

use crate::config::excerpt::Excerpt;
use crate::config::key::Key;
use crate::config::origin::Origin;
use crate::config::value::Wrong;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Where it stands.
    pub origin: Origin,
    /// The column in its line, in characters from 1; none outside of files.
    pub column: Option<usize>,
    /// What it is.
    pub fault: Fault,
}

/// What is wrong, sorted by what is to be done about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The file is not TOML here.
    Syntax {
        /// What the reader of the file says.
        message: String,
        /// The line in question.
        excerpt: Excerpt,
    },
    /// There is no such key.
    UnknownKey {
        /// The name that was found.
        name: String,
        /// The key that was probably meant.
        meant: Option<&'static str>,
    },
    /// There is no such section.
    UnknownSection {
        /// The name that was found.
        name: String,
        /// The section that was probably meant.
        meant: Option<&'static str>,
    },
    /// The same key or section for the second time.
    Twice {
        /// Its name, in backticks.
        name: String,
        /// The line of the first time.
        first: usize,
    },
    /// A value, or a list of sections, where a section belongs.
    NotASection {
        /// The name of the section.
        name: String,
    },
    /// A value that its key does not take.
    Value {
        /// The key.
        key: &'static str,
        /// What was found, as it is written.
        found: String,
        /// What is accepted.
        expected: String,
        /// What would go wrong with it.
        hint: Option<String>,
    },
    /// Two values that do not go together.
    Clash {
        /// The key that was set.
        key: &'static str,
        /// Its value.
        found: String,
        /// What it must be: `below level.raised_db, which is 4.5 dB`.
        expected: String,
        /// Why.
        hint: &'static str,
    },
    /// The file cannot be read.
    Unreadable {
        /// Why not.
        kind: io::ErrorKind,
    },
    /// The file is no text.
    NotUtf8,
    /// The file is too large to be a configuration.
    TooLarge {
        /// What would have been read, in bytes.
        limit: u64,
    },
}

impl Fault {
    pub(super) fn value(key: &'static Key, found: &str, wrong: Wrong) -> Self {
        let expected = match wrong {
            Wrong::Type => key.accepts.expected_type(),
            Wrong::Low | Wrong::High => key.accepts.expected(),
        };
        let hint = match wrong {
            Wrong::Type if is_decimal_comma(found) => {
                Some(format!("write it with a point: {}", found.replace(',', ".")))
            }
            Wrong::Type | Wrong::Low | Wrong::High => key.hint(wrong),
        };
        Self::Value { key: key.name, found: found.to_owned(), expected, hint }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Syntax { .. } => Some("a line is `key = value`, and text stands in \"quotes\"".to_owned()),
            Self::Twice { .. } => Some("keep one of the two".to_owned()),
            Self::UnknownKey { meant, .. } => Some(meant.map_or_else(
                || "`evenkeel config reference` lists all keys".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            )),
            Self::UnknownSection { meant, .. } => Some(meant.map_or_else(
                || "`evenkeel config reference` lists all sections".to_owned(),
                |meant| format!("did you mean `[{meant}]`?"),
            )),
            Self::NotASection { name } => Some(format!("write `[{name}]` and its keys below that line")),
            Self::Value { hint, .. } => hint.clone(),
            Self::Clash { hint, .. } => Some((*hint).to_owned()),
            Self::Unreadable { kind } => Some(way_out(*kind).to_owned()),
            Self::NotUtf8 => Some("save it as UTF-8".to_owned()),
            Self::TooLarge { .. } => Some("is it the right file?".to_owned()),
        }
    }
}

fn is_decimal_comma(found: &str) -> bool {
    found.contains(',') && found.replacen(',', ".", 1).trim().parse::<f64>().is_ok()
}

fn reason(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "one of the folders above it is a file".to_owned(),
        other => other.to_string(),
    }
}

fn way_out(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "check the path; `evenkeel config init --output FILE` writes a new one",
        io::ErrorKind::PermissionDenied => "make the file and the folders above it readable for you",
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
            "name a file; `evenkeel config path` lists where files are looked for"
        }
        _ => "`evenkeel config path` lists where files are looked for",
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message, excerpt } => write!(f, "{message}\n\n{excerpt}"),
            Self::UnknownKey { name, .. } => write!(f, "there is no key `{name}`"),
            Self::UnknownSection { name, .. } => write!(f, "there is no section `[{name}]`"),
            Self::Twice { name, first } => write!(f, "{name} for the second time, after line {first}"),
            Self::NotASection { name } => write!(f, "`{name}` is a section, not a key"),
            Self::Value { key, found, expected, .. } => {
                write!(f, "`{key}` is {found}, expected {expected}")
            }
            Self::Clash { key, found, expected, .. } => {
                write!(f, "`{key}` is {found}, expected {expected}")
            }
            Self::Unreadable { kind } => write!(f, "cannot be read: {}", reason(*kind)),
            Self::NotUtf8 => f.write_str("not UTF-8 text"),
            Self::TooLarge { limit } => {
                write!(f, "larger than {} KiB, too large for a configuration", limit / 1024)
            }
        }
    }
}

impl Problem {
    /// The way out, if one is known.
    pub fn hint(&self) -> Option<String> {
        self.fault.hint()
    }

    /// For sorting: the order of the layers, then of the lines.
    pub(super) fn place(&self) -> (u8, String, usize, usize) {
        let origin = &self.origin;
        (origin.layer as u8, origin.name.clone(), origin.line.unwrap_or(0), self.column.unwrap_or(0))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.origin)?;
        if let (Fault::Syntax { .. }, Some(column)) = (&self.fault, self.column) {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.fault)
    }
}

/// Problems that are told in full; of more only the number.
pub(super) const MOST: usize = 20;

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigError {
    /// Everything that is wrong, in the order of the layers; never empty.
    pub problems: Vec<Problem>,
    /// What was odd besides.
    pub warnings: Vec<Warning>,
}

impl ConfigError {
    /// The problems as separate messages, each with its way out, and at the end
    /// how many more there are.
    pub fn messages(&self) -> Vec<(String, Option<String>)> {
        messages(&self.problems)
    }
}

/// As [`ConfigError::messages`].
pub fn messages(problems: &[Problem]) -> Vec<(String, Option<String>)> {
    let mut told: Vec<_> = problems.iter().take(MOST).map(|p| (p.to_string(), p.hint())).collect();
    let more = problems.len().saturating_sub(MOST);
    if 0 < more {
        let noun = if more == 1 { "problem" } else { "problems" };
        told.push((format!("{more} more {noun}"), Some("the first ones are often the cause".to_owned())));
    }
    told
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, (message, hint)) in self.messages().iter().enumerate() {
            let gap = if k == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{message}")?;
            if let Some(hint) = hint {
                write!(f, "\n\nhint: {hint}")?;
            }
        }
        Ok(())
    }
}

impl Error for ConfigError {}

/// Something odd that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A variable that looks like one of ours and sets nothing.
    UnknownVariable {
        /// Its name.
        name: String,
        /// The one that was probably meant.
        meant: Option<String>,
    },
    /// A value that gives way to the policy.
    PolicyWins {
        /// The key.
        key: &'static str,
        /// The value in force.
        value: String,
        /// Who set it in vain.
        by: Origin,
        /// Where the policy says so.
        policy: Origin,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownVariable { name, meant: Some(meant) } => {
                write!(f, "{name} sets nothing; did you mean {meant}?")
            }
            Self::UnknownVariable { name, meant: None } => write!(f, "{name} sets nothing: no such key"),
            Self::PolicyWins { key, value, by, policy } => {
                write!(f, "`{key}` stays {value} by order of {policy}; {by} changes nothing")
            }
        }
    }
}
