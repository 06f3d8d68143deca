//! One file: from its text to values of known keys and a list of everything
//! that is wrong with it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use crate::config::excerpt::Excerpt;
use crate::config::key::{self, Key};
use crate::config::origin::{Origin, printable};
use crate::config::problem::{Fault, Problem};
use crate::config::syntax::{self, Complaint, Item};
use crate::config::value::{Raw, Value};

/// A value for a key, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Assigned {
    pub(super) key: &'static Key,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// What a layer brings.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    pub(super) assigned: Vec<Assigned>,
    pub(super) problems: Vec<Problem>,
}

/// Larger files are not read: every key with its explanation takes a tenth of it.
const LARGEST: u64 = 256 * 1024;

/// Reads the text of a file; none where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, Fault> {
    let unreadable = |e: io::Error| Fault::Unreadable { kind: e.kind() };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unreadable(e)),
    };
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if LARGEST < bytes.len() as u64 {
        return Err(Fault::TooLarge { limit: LARGEST });
    }
    String::from_utf8(bytes).map(Some).map_err(|_| Fault::NotUtf8)
}

/// Takes a file apart. Never fails: what is wrong is in the list of problems.
pub(super) fn parse(origin: &Origin, text: &str) -> Contents {
    let (items, complaints) = syntax::read(text);
    let mut reader = Reader::new(origin, text);
    for complaint in complaints {
        reader.complain(complaint);
    }
    for item in items {
        reader.take(item);
    }
    reader.contents.problems.sort_by_key(Problem::place);
    reader.contents
}

/// Characters of a wrong value that are repeated in the message.
const SHOWN: usize = 40;

struct Reader<'a> {
    origin: &'a Origin,
    text: Lines<'a>,
    contents: Contents,
    /// Lines that are not TOML: what was made of them says nothing.
    broken: HashSet<usize>,
    /// Sections that do not exist.
    unknown: HashSet<String>,
    /// Where each key was first set.
    set: HashMap<&'static str, usize>,
    /// The block that fills each section, and where.
    filled: HashMap<String, (usize, usize)>,
    /// Blocks of which it was told that another one fills their section.
    refused: HashSet<(String, usize)>,
}

impl<'a> Reader<'a> {
    fn new(origin: &'a Origin, text: &'a str) -> Self {
        Self {
            origin,
            text: Lines::new(text),
            contents: Contents::default(),
            broken: HashSet::new(),
            unknown: HashSet::new(),
            set: HashMap::new(),
            filled: HashMap::new(),
            refused: HashSet::new(),
        }
    }

    fn complain(&mut self, complaint: Complaint) {
        let line = self.text.line_of(complaint.at);
        // What follows the first mistake of a line is mostly its echo.
        if self.broken.insert(line) {
            let excerpt = Excerpt::new(line, self.text.line(line), self.text.column(complaint.at));
            self.report(complaint.at, Fault::Syntax { message: complaint.message, excerpt });
        }
    }

    fn report(&mut self, at: usize, fault: Fault) {
        let (origin, column) = (self.origin.at(self.text.line_of(at)), self.text.column(at));
        self.contents.problems.push(Problem { origin, column: Some(column), fault });
    }

    fn take(&mut self, item: Item<'_>) {
        match item {
            Item::Section { at, .. } | Item::Value { at, .. } if self.is_broken(&at) => (),
            Item::Section { name, is_list, at, block } => self.section(&name, is_list, at.start, block),
            Item::Value { name, key_at, value, at, block } => {
                let full = dotted(&name);
                match key::find(&full) {
                    Some(key) => self.assign(key, &value, key_at.start, at, block),
                    None if key::is_section(&full) => {
                        self.report(key_at.start, Fault::NotASection { name: full });
                    }
                    None => self.unknown_key(&full, key_at.start),
                }
            }
        }
    }

    fn is_broken(&self, at: &Range<usize>) -> bool {
        let (from, to) = (self.text.line_of(at.start), self.text.line_of(at.end));
        (from..=to).any(|line| self.broken.contains(&line))
    }

    fn section(&mut self, name: &[Cow<'_, str>], is_list: bool, at: usize, block: usize) {
        let name = dotted(name);
        if !key::is_section(&name) {
            let meant = key::nearest_section(&name);
            self.unknown.insert(name.clone());
            self.report(at, Fault::UnknownSection { name, meant });
        } else if is_list {
            self.report(at, Fault::NotASection { name });
        } else {
            self.fill(&name, block, at);
        }
    }

    /// Keys of a section that does not exist were reported with it.
    fn unknown_key(&mut self, name: &str, at: usize) {
        let section = name.rsplit_once('.').map_or("", |(section, _)| section);
        if !self.unknown.contains(section) {
            self.report(at, Fault::UnknownKey { meant: key::nearest(name), name: name.to_owned() });
        }
    }

    fn assign(&mut self, key: &'static Key, raw: &Raw<'_>, key_at: usize, at: Range<usize>, block: usize) {
        let line = self.text.line_of(key_at);
        if let Some(&first) = self.set.get(key.name) {
            self.report(key_at, Fault::Twice { name: format!("`{}`", key.name), first });
            return;
        }
        self.set.insert(key.name, line);
        self.fill(key.section(), block, key_at);
        match key.accepts.take(raw) {
            Ok(value) => self.contents.assigned.push(Assigned { key, value, origin: self.origin.at(line) }),
            Err(wrong) => {
                let found = self.text.shown(at.clone());
                self.report(at.start, Fault::value(key, &found, wrong));
            }
        }
    }

    /// Notes that a block fills a section: TOML allows one to do so.
    fn fill(&mut self, section: &str, block: usize, at: usize) {
        let line = self.text.line_of(at);
        match self.filled.get(section) {
            Some(&(other, _)) if other == block => (),
            Some(&(_, first)) => {
                // Once for the whole block, not for every key in it.
                if self.refused.insert((section.to_owned(), block)) {
                    self.report(at, Fault::Twice { name: format!("`[{section}]`"), first });
                }
            }
            None => {
                self.filled.insert(section.to_owned(), (block, line));
            }
        }
    }
}

/// The full name. A dot inside of quotes is no separator, and so no name of ours.
fn dotted(name: &[Cow<'_, str>]) -> String {
    let parts =
        name.iter().map(|part| if part.contains('.') { format!("\"{part}\"") } else { part.to_string() });
    printable(&parts.collect::<Vec<_>>().join("."))
}

/// The lines of a text.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The line of a byte, from 1.
    fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    /// The column of a byte in its line, in characters from 1.
    fn column(&self, at: usize) -> usize {
        self.slice(self.start(self.line_of(at))..self.text.floor_char_boundary(at)).chars().count() + 1
    }

    /// The first byte of a line.
    fn start(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0)
    }

    /// A line without its end.
    fn line(&self, line: usize) -> &'a str {
        self.slice(self.start(line)..self.text.len()).lines().next().unwrap_or("")
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    /// A value as it is written, on one line and not too long.
    fn shown(&self, at: Range<usize>) -> String {
        let written = self.slice(at);
        let first = written.lines().next().unwrap_or("");
        let mut shown: String = first.chars().take(SHOWN).collect();
        if shown.len() < written.len() {
            shown.push('…');
        }
        printable(&shown)
    }
}
