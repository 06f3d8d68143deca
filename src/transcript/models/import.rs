//! Brings a model in from a file, a folder or wheels: copied or converted,
//! walked through, compared with what was published, and only then given its
//! name. What was there before stays whole until then.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::transcript::models::convert::{ConvertFault, Ct2Model, SourceFault, Sources, Target, vocabulary};
use crate::transcript::models::digest::Sum;
use crate::transcript::models::fault::ModelFault;
use crate::transcript::models::layout::Family;
use crate::transcript::models::library::{Held, Library};
use crate::transcript::models::manifest::{Known, Manifest};
use crate::transcript::models::part::{Part, make_folder, too_little};
use crate::transcript::models::record::Record;
use crate::transcript::models::silero::validate_detector;
use crate::transcript::models::validate::{Checked, open, validate};

/// Bytes copied at once.
const BUFFER: usize = 1 << 18;

/// Bytes that a converted model's filters and vocabulary take, generously.
const VOCABULARY_BYTES: u64 = 2 << 20;

/// Characters of the longest name.
const LONGEST_NAME: usize = 64;

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// How converted weights are stored.
    pub target: Target,
    /// The name, where the model is none that is known.
    pub name: Option<String>,
    /// Whether one that has this name already is replaced.
    pub replace: bool,
}

/// What is being done, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub doing: Doing,
    /// Bytes done.
    pub done: u64,
    /// Bytes in all, as far as that is known.
    pub of: u64,
}

/// What takes a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Taking a model out of an archive.
    Unpacking,
    /// Writing it in the other format.
    Converting,
    /// Copying it.
    Copying,
}

/// Why nothing was brought in.
#[derive(Debug, Error)]
pub enum ImportError {
    /// What was given cannot be used.
    #[error("{}: {fault}", path.display())]
    Source {
        /// Which.
        path: PathBuf,
        /// Why.
        fault: SourceFault,
    },
    /// The model cannot be converted.
    #[error("{}: {fault}", path.display())]
    Convert {
        /// Which.
        path: PathBuf,
        /// Why.
        fault: ConvertFault,
    },
    /// One of this name is there, and it is another.
    #[error("{0}: a model of this name is installed already, and it is another one")]
    There(String),
    /// A name that is none.
    #[error("`{0}` is no name for a model, expected letters, digits, `.`, `-` and `_`")]
    Name(String),
    /// The name of a published model, for another one.
    #[error("`{0}` is the name of a published model, and this is another one")]
    Published(String),
    /// It would not fit on the disk.
    #[error("{}: {free} bytes are free, {needed} are needed", folder.display())]
    Room {
        /// Where it would go.
        folder: PathBuf,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// It cannot be written.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl ImportError {
    /// The way out, as one sentence for the user.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Source { fault: SourceFault::File(fault), .. }
            | Self::Convert { fault: ConvertFault::Model(fault), .. } => fault.hint(),
            Self::Source { fault: SourceFault::NoVocabulary, .. } => {
                "give the folder in which both lie, or put the vocabulary beside the model"
            }
            Self::Source { fault: SourceFault::PartMissing { .. }, .. } => "give all parts at once",
            Self::Source { fault: SourceFault::Several(_), .. } => "give the folder of one of them",
            Self::Source { .. } => {
                "give a ggml file, or a faster-whisper model as folder, wheel or model.bin; copy it anew if it should be one"
            }
            Self::Convert { fault: ConvertFault::Write(_), .. } | Self::Write { .. } => {
                "check the folder, its permissions and the space on its disk"
            }
            Self::Convert { .. } => "get the model again, or get one with `evenkeel model fetch`",
            Self::There(_) => "give it another name with `--name`, or replace it with `--force`",
            Self::Name(_) | Self::Published(_) => "choose a short name such as `ours.en-q8_0`",
            Self::Room { .. } => "make room, or remove a model with `evenkeel model rm`",
        }
    }
}

/// What was brought in.
#[derive(Debug)]
pub struct Imported {
    /// The model as it is now.
    pub held: Held,
    /// Its name.
    pub name: String,
    /// Of the file.
    pub sha256: Sum,
    /// Whether it is, bit for bit, one that was published.
    pub known: Option<&'static Known>,
}

/// Brings a model in.
///
/// # Errors
/// Where what was given is no whole model, and where it cannot be written;
/// nothing is left of it then.
pub fn import(
    library: &Library,
    given: &[PathBuf],
    options: &ImportOptions,
    progress: &mut dyn FnMut(Step),
) -> Result<Imported, ImportError> {
    if let Some(name) = &options.name {
        check_name(name)?;
    }
    let folder = library.folder();
    make_folder(folder).map_err(|error| ImportError::Write { path: folder.to_owned(), error })?;
    let (part, sum) = match whole(given)? {
        Some((path, bytes)) => copy(folder, &path, bytes, progress)?,
        None => convert(folder, given, options.target, progress)?,
    };
    let checked = check(&part, given)?;
    let known = Manifest::built_in().recognise(sum);
    let name = match (known, &options.name) {
        (Some(known), _) => known.name.clone(),
        (None, Some(name)) if Manifest::built_in().find(name).is_some() => {
            return Err(ImportError::Published(name.clone()));
        }
        (None, Some(name)) => name.clone(),
        (None, None) => invent(given, checked.as_ref()),
    };
    check_name(&name)?;
    place(library, part, &name, sum, options.replace || known.is_some())?;
    let held = library.held(&name);
    Ok(Imported { held, name, sha256: sum, known })
}

/// One file in whisper.cpp's format, whole: there is nothing to convert.
fn whole(given: &[PathBuf]) -> Result<Option<(PathBuf, u64)>, ImportError> {
    let [path] = given else { return Ok(None) };
    let found = match validate(path) {
        Err(ModelFault::Detector) => validate_detector(path).map(|()| 0),
        checked => checked.map(|checked| checked.bytes),
    };
    match found {
        Ok(bytes) => Ok(Some((path.clone(), bytes))),
        Err(ModelFault::CTranslate2 | ModelFault::Archive | ModelFault::Folder) => Ok(None),
        Err(fault) => Err(ImportError::Source { path: path.clone(), fault: fault.into() }),
    }
}

fn room(folder: &Path, needed: u64) -> Result<(), ImportError> {
    match too_little(folder, needed) {
        Some(free) => Err(ImportError::Room { folder: folder.to_owned(), needed, free }),
        None => Ok(()),
    }
}

fn new_part(folder: &Path) -> Result<Part, ImportError> {
    Part::create(folder, "import").map_err(|error| ImportError::Write { path: folder.to_owned(), error })
}

fn copy(
    folder: &Path,
    path: &Path,
    bytes: u64,
    progress: &mut dyn FnMut(Step),
) -> Result<(Part, Sum), ImportError> {
    room(folder, bytes)?;
    let source = |fault: ModelFault| ImportError::Source { path: path.to_owned(), fault: fault.into() };
    let mut from: File = open(path).map_err(source)?;
    let (mut part, mut hasher) = (new_part(folder)?, Sha256::new());
    let (mut buffer, mut done) = (vec![0; BUFFER], 0);
    loop {
        let read = from.read(&mut buffer).map_err(|e| source(ModelFault::Io(e)))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        write(&mut part, &buffer[..read])?;
        done += read as u64;
        progress(Step { doing: Doing::Copying, done, of: bytes.max(done) });
    }
    sync(&mut part)?;
    Ok((part, Sum::of(hasher)))
}

fn write(part: &mut Part, bytes: &[u8]) -> Result<(), ImportError> {
    part.write_all(bytes).map_err(|error| ImportError::Write { path: part.path().to_owned(), error })
}

fn sync(part: &mut Part) -> Result<(), ImportError> {
    part.sync().map_err(|error| ImportError::Write { path: part.path().to_owned(), error })
}

fn convert(
    folder: &Path,
    given: &[PathBuf],
    target: Target,
    progress: &mut dyn FnMut(Step),
) -> Result<(Part, Sum), ImportError> {
    let sources = Sources::gather(given).map_err(|(path, fault)| ImportError::Source { path, fault })?;
    let path = given.first().cloned().unwrap_or_default();
    let source = |fault: SourceFault| ImportError::Source { path: path.clone(), fault };
    let fault = |fault: ConvertFault| ImportError::Convert { path: path.clone(), fault };

    let (form, bytes) = sources.vocabulary().map_err(source)?;
    let words = vocabulary(form, &bytes).map_err(fault)?;
    let unpacked = sources.to_unpack();
    // What is unpacked and what comes of it lie there at the same time.
    room(folder, unpacked.saturating_mul(2))?;
    let mut told = |done| progress(Step { doing: Doing::Unpacking, done, of: unpacked.max(done) });
    let spool = sources.model(folder, &mut told).map_err(source)?;
    let model = Ct2Model::open(&spool.file).map_err(fault)?;
    let of = model.bytes(target) + VOCABULARY_BYTES;
    room(folder, of)?;
    let mut part = new_part(folder)?;
    let mut told = |done: u64| progress(Step { doing: Doing::Converting, done, of: of.max(done) });
    let sum = model.convert(&words, target, &mut part, &mut told).map_err(fault)?;
    sync(&mut part)?;
    Ok((part, sum))
}

/// Walks through what will get a name: our own work is not taken on trust either.
fn check(part: &Part, given: &[PathBuf]) -> Result<Option<Checked>, ImportError> {
    let checked = match validate(part.path()) {
        Err(ModelFault::Detector) => validate_detector(part.path()).map(|()| None),
        checked => checked.map(Some),
    };
    let path = || given.first().cloned().unwrap_or_default();
    checked.map_err(|fault| ImportError::Source { path: path(), fault: fault.into() })
}

fn place(library: &Library, part: Part, name: &str, sum: Sum, replace: bool) -> Result<(), ImportError> {
    let path = library.path(name);
    if path.is_file() && !replace && !is_same(&path, sum) {
        return Err(ImportError::There(name.to_owned()));
    }
    Record::remove(&path);
    part.place(&path).map_err(|error| ImportError::Write { path: path.clone(), error })?;
    // What cannot be written down is computed again when somebody asks.
    let _ = Record::new(&path, sum).and_then(|record| record.write(&path));
    Ok(())
}

fn is_same(path: &Path, sum: Sum) -> bool {
    Sum::of_file(path, &mut |_| ()).is_ok_and(|there| there == sum)
}

/// A name for a model that nobody published: by its file, else by its sizes.
fn invent(given: &[PathBuf], checked: Option<&Checked>) -> String {
    let Some(checked) = checked else { return "silero-custom".to_owned() };
    let file = given.first().filter(|path| given.len() == 1 && path.is_file());
    let stem = file.and_then(|path| path.file_stem()).and_then(|stem| stem.to_str()).unwrap_or_default();
    let stem = stem.strip_prefix("ggml-").unwrap_or(stem);
    let size = checked.dims.size().unwrap_or("model");
    let english = if checked.family == Family::EnglishOnly { ".en" } else { "" };
    let by_size = format!("custom-{size}{english}-{}", checked.ftype);
    // A wheel or a model.bin is called by its package, or by nothing.
    let own = stem != "model" && check_name(stem).is_ok() && Manifest::built_in().find(stem).is_none();
    let is_model = file.is_some_and(|path| validate(path).is_ok());
    if own && is_model { stem.to_owned() } else { by_size }
}

fn check_name(name: &str) -> Result<(), ImportError> {
    let letters = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    if first && name.len() <= LONGEST_NAME && name.bytes().all(letters) {
        return Ok(());
    }
    Err(ImportError::Name(name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        for name in ["tiny.en-q8_0", "Our_Model.2"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "..", "-f", "a/b", "a\\b", "a b", "ä", &"a".repeat(65)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
