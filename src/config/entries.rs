//! The values in force, each with its origin, in the order of the reference.

use sha2::{Digest, Sha256};

use crate::config::file::Assigned;
use crate::config::key::{self, Decided, Key};
use crate::config::origin::Origin;
use crate::config::value::Value;

/// A key, its value, and where that comes from.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: &'static Key,
    /// The value in force.
    pub value: Value,
    /// What every later layer left alone.
    pub origin: Origin,
}

impl Entry {
    /// Whether the value is another than the built-in one.
    pub fn is_changed(&self) -> bool {
        self.key.default().is_some_and(|default| default != self.value)
    }
}

/// One entry for every key.
#[derive(Clone, Debug)]
pub(super) struct Entries(Vec<Entry>);

/// Hexadecimal digits of a hash that are shown: one in 280 million million.
const HASH_DIGITS: usize = 12;

impl Entries {
    /// What the program does without any file.
    pub(super) fn built_in() -> Self {
        let mut decided = Decided::default();
        let entry = |key: &&'static Key| {
            Some(Entry { key, value: key.read(&mut decided)?, origin: Origin::built_in() })
        };
        Self(key::all().iter().filter_map(entry).collect())
    }

    /// One entry for every key, in the order of the reference.
    pub(super) const fn of(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    pub(super) fn set(&mut self, assigned: Assigned) {
        let Assigned { key, value, origin } = assigned;
        if let Some(entry) = self.0.iter_mut().find(|entry| entry.key.name == key.name) {
            *entry = Entry { key, value, origin };
        }
    }

    pub(super) fn all(&self) -> &[Entry] {
        &self.0
    }

    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key.name == name)
    }

    /// The same values as the rest of the program takes them.
    pub(super) fn decided(&self) -> Decided {
        let mut decided = Decided::default();
        self.0.iter().for_each(|entry| entry.key.write(&mut decided, &entry.value));
        decided
    }

    /// See [`Config::hash`](crate::config::Config::hash).
    pub(super) fn hash(&self) -> String {
        let measuring = self.0.iter().filter(|entry| entry.key.measures());
        let mut lines: Vec<_> =
            measuring.map(|entry| format!("{}={}\n", entry.key.name, entry.value)).collect();
        // They are not compared with figures that words were used for.
        lines.push("words=false\n".to_owned());
        lines.sort();
        digits(&lines.concat())
    }
}

/// The fingerprint of figures that words were used for, from the one of the settings
/// and from what heard the words. Figures with and without words are never compared,
/// nor those of other models, another language or other phrases.
pub fn hash_with_words(hash: &str, heard_by: &str) -> String {
    digits(&format!("{hash}\nwords=true\n{heard_by}"))
}

/// The first hexadecimal digits of a check sum.
fn digits(text: &str) -> String {
    let mut digits = sha256(text);
    digits.truncate(HASH_DIGITS);
    digits
}

/// A check sum, as 64 hexadecimal digits.
pub(super) fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
