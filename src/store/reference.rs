//! Whom a call was with, told so that it can be found again and not read: a
//! keyed hash and the last three characters, unless configured otherwise. The
//! reference itself never prints.

use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::store::{StoreError, files};

/// The longest reference, in characters.
pub const LONGEST: usize = 128;
/// Characters of it that are shown.
const SHOWN: usize = 3;
/// Bytes of the key.
const KEY: usize = 32;

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// How much of a reference is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A keyed hash and the last three characters.
    #[default]
    Hashed,
    /// All of it, and the hash to find it by.
    Full,
    /// Nothing.
    None,
}

/// Why a text is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Nothing in it.
    #[error("the customer reference is empty; leave it out instead")]
    Empty,
    /// Too long.
    #[error("the customer reference has {0} characters, expected at most {LONGEST}; shorten it")]
    Long(usize),
    /// A control character.
    #[error("the customer reference holds a control character at place {0}; take it out")]
    Control(usize),
}

/// The secret that makes the hashes worthless elsewhere.
#[derive(Clone)]
pub struct Key([u8; KEY]);

impl Key {
    /// The key of this file; one is made where there is none.
    ///
    /// # Errors
    /// Where the file cannot be made or read, or holds something else.
    pub fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        if files::size(path) == 0 {
            Self::create(path)?;
        }
        let mut bytes = Vec::new();
        let mut file = std::fs::File::open(path).map_err(crate::store::error::refused(path))?;
        file.read_to_end(&mut bytes).map_err(crate::store::error::refused(path))?;
        let found = bytes.len();
        bytes.try_into().map(Self).map_err(|_| StoreError::Unreadable {
            path: path.to_owned(),
            what: "the key of the customer references",
            why: format!("{found} bytes, expected {KEY}"),
        })
    }

    fn create(path: &Path) -> Result<(), StoreError> {
        let refused = crate::store::error::refused(path);
        let mut key = [0; KEY];
        getrandom::fill(&mut key).map_err(|e| refused(std::io::Error::other(e)))?;
        files::private_file(path)?;
        let mut file = std::fs::OpenOptions::new().write(true).open(path).map_err(&refused)?;
        file.write_all(&key).and_then(|()| file.sync_all()).map_err(&refused)
    }

    /// Where the key stands beside a database in `folder`.
    pub fn place(folder: &Path) -> PathBuf {
        folder.join("reference.key")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Whom a call was with.
#[derive(Clone, PartialEq, Eq)]
pub struct Reference {
    hash: [u8; 32],
    shown: String,
}

impl Reference {
    /// What is stored of a reference; none where nothing is to be. Spaces at
    /// its ends do not count.
    ///
    /// # Errors
    /// Where it is empty, longer than 128 characters or holds control characters.
    pub fn new(text: &str, mode: Mode, key: &Key) -> Result<Option<Self>, ReferenceError> {
        // A line feed at the end is how it comes from a pipe, and no part of it.
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 {
            return Err(ReferenceError::Empty);
        }
        if LONGEST < length {
            return Err(ReferenceError::Long(length));
        }
        if let Some(at) = text.chars().position(char::is_control) {
            return Err(ReferenceError::Control(at + 1));
        }
        let shown = match mode {
            Mode::None => return Ok(None),
            Mode::Full => text.to_owned(),
            Mode::Hashed => last(text, length),
        };
        Ok(Some(Self { hash: hash(text, key), shown }))
    }

    /// What calls are found by.
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// What may be shown. It came from outside: escape it for each place.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

/// The last three characters, unless these were all of it.
fn last(text: &str, length: usize) -> String {
    let shown = if SHOWN < length { SHOWN } else { 0 };
    std::iter::once('…').chain(text.chars().skip(length - shown)).collect()
}

fn hash(text: &str, key: &Key) -> [u8; 32] {
    // A key shorter than a block is filled with zeros: so says HMAC itself.
    let mut block = [0; BLOCK];
    block[..KEY].copy_from_slice(&key.0);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(b"evenkeel customer reference 1\0");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reference(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Key = Key([1; KEY]);
    const B: Key = Key([2; KEY]);

    fn stored(text: &str, mode: Mode, key: &Key) -> Reference {
        Reference::new(text, mode, key).unwrap().unwrap()
    }

    #[test]
    fn it_is_found_again_by_the_same_text_and_key_only() {
        let one = stored("C-4711", Mode::Hashed, &A);
        assert_eq!(one.hash(), stored(" C-4711\n", Mode::Full, &A).hash());
        assert_ne!(one.hash(), stored("C-4711", Mode::Hashed, &B).hash());
        assert_ne!(one.hash(), stored("C-4712", Mode::Hashed, &A).hash());
    }

    #[test]
    fn the_last_three_characters_are_shown_unless_they_are_all() {
        assert_eq!(stored("C-4711", Mode::Hashed, &A).shown(), "…711");
        assert_eq!(stored("Jürgen Groß", Mode::Hashed, &A).shown(), "…roß");
        assert_eq!(stored("711", Mode::Hashed, &A).shown(), "…");
        assert_eq!(stored("C-4711", Mode::Full, &A).shown(), "C-4711");
        assert_eq!(Reference::new("C-4711", Mode::None, &A), Ok(None));
    }

    #[test]
    fn what_is_no_reference_is_refused_with_a_way_out() {
        let error = |text: &str| Reference::new(text, Mode::Hashed, &A).unwrap_err();
        assert_eq!(error(" \n"), ReferenceError::Empty);
        assert_eq!(error(&"x".repeat(129)), ReferenceError::Long(129));
        assert!(Reference::new(&"ü".repeat(128), Mode::Hashed, &A).is_ok());
        assert_eq!(error("a\u{1b}[31mb"), ReferenceError::Control(2));
        assert_eq!(error("a\nb"), ReferenceError::Control(2));
    }

    #[test]
    fn neither_key_nor_reference_print() {
        assert_eq!(format!("{:?} {A:?}", stored("C-4711", Mode::Full, &A)), "Reference(..) Key(..)");
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = Key::place(folder.path());
        let first = Key::load_or_create(&path).unwrap();
        assert_eq!(first.0, Key::load_or_create(&path).unwrap().0);
        assert_ne!(first.0, [0; KEY]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Key::load_or_create(&path), Err(StoreError::Unreadable { .. })));
    }
}
