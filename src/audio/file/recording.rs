//! One recording before it is understood: a name and bytes. Opening a path
//! refuses what is not a readable file, each case by its own name.

use std::fs::{self, File};
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use crate::audio::error::{AudioError, ErrorKind};

/// Anything a recording can be read from.
pub(crate) trait Bytes: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> Bytes for T {}

/// A named stream of bytes that may hold sound.
pub struct Recording {
    pub(crate) name: String,
    pub(crate) bytes: Box<dyn Bytes>,
}

impl Recording {
    /// A recording read from `bytes`; `name` is what messages call it.
    pub fn new(name: impl Into<String>, bytes: impl Read + Seek + Send + Sync + 'static) -> Self {
        Self { name: name.into(), bytes: Box::new(bytes) }
    }

    /// A recording that is wholly in memory.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::new(name, Cursor::new(bytes))
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`ErrorKind::Missing`], [`ErrorKind::Folder`], [`ErrorKind::NotAFile`],
    /// [`ErrorKind::Forbidden`] or [`ErrorKind::Io`], with the path as given.
    pub fn open(path: &Path) -> Result<Self, AudioError> {
        let name = shown(path);
        match open_file(path) {
            Ok(file) => Ok(Self::new(name, file)),
            Err(kind) => Err(AudioError::new(name, kind)),
        }
    }
}

/// A path as messages tell it: a name comes from outside, and what a terminal
/// would obey must not reach it.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string().replace(char::is_control, "\u{fffd}")
}

/// Opens a file after looking at it: opening a pipe would wait for its writer.
fn open_file(path: &Path) -> Result<File, ErrorKind> {
    let about = fs::metadata(path).map_err(ErrorKind::from_io)?;
    if about.is_dir() {
        return Err(ErrorKind::Folder);
    }
    if !about.is_file() {
        return Err(ErrorKind::NotAFile);
    }
    File::open(path).map_err(ErrorKind::from_io)
}

/// Whether two paths lead to the same file, by links too. Paths that lead
/// nowhere are not the same; opening them says what is wrong with them.
pub(super) fn same_file(one: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| fs::canonicalize(path).ok();
    let same_path = resolved(one).is_some_and(|path| Some(path) == resolved(other));
    same_path || same_inode(one, other)
}

#[cfg(unix)]
fn same_inode(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let inode = |path: &Path| fs::metadata(path).ok().map(|about| (about.dev(), about.ino()));
    inode(one).is_some_and(|id| Some(id) == inode(other))
}

#[cfg(not(unix))]
fn same_inode(_: &Path, _: &Path) -> bool {
    false
}

/// Length in bytes; the position afterwards is the start.
pub(super) fn length(bytes: &mut (impl Seek + ?Sized)) -> Result<u64, ErrorKind> {
    let length = bytes.seek(SeekFrom::End(0)).map_err(ErrorKind::from_io)?;
    bytes.seek(SeekFrom::Start(0)).map_err(ErrorKind::from_io)?;
    Ok(length)
}

/// Reads until `buffer` is full or the bytes end; returns how many were read.
pub(super) fn fill(bytes: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> Result<usize, ErrorKind> {
    let mut filled = 0;
    while filled < buffer.len() {
        match bytes.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => (),
            Err(error) => return Err(ErrorKind::Io(error)),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::error::Class;

    fn refused(path: &Path) -> AudioError {
        Recording::open(path).err().unwrap()
    }

    #[test]
    fn a_path_that_leads_nowhere_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("call.wav");
        std::fs::write(&file, b"x").unwrap();
        for path in [folder.path().join("nobody.wav"), file.join("inside.wav")] {
            let error = refused(&path);
            assert!(matches!(error.kind(), ErrorKind::Missing), "{error}");
            assert_eq!(error.class(), Class::MissingInput);
            assert!(error.to_string().starts_with(&path.display().to_string()));
            assert!(error.hint().contains("spelling"));
        }
    }

    #[test]
    fn a_folder_is_refused_as_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let error = refused(folder.path());
        assert!(matches!(error.kind(), ErrorKind::Folder), "{error}");
        assert!(error.hint().contains("inside the folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_refused_instead_of_read_for_ever() {
        let error = refused(Path::new("/dev/zero"));
        assert!(matches!(error.kind(), ErrorKind::NotAFile), "{error}");
        assert!(error.hint().contains("to a file first"));
    }

    #[test]
    fn two_paths_to_one_file_are_the_same_and_two_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two, link] = ["one", "two", "link"].map(|name| folder.path().join(name));
        std::fs::write(&one, b"x").unwrap();
        std::fs::write(&two, b"x").unwrap();
        std::fs::hard_link(&one, &link).unwrap();
        assert!(same_file(&one, &folder.path().join(".").join("one")));
        assert!(same_file(&one, &link) || cfg!(not(unix)));
        assert!(!same_file(&one, &two));
        assert!(!same_file(&one, &folder.path().join("nobody")));
    }
}
