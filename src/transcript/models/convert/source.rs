//! Where a model of CTranslate2 lies: a folder (also one of faster-whisper's
//! cache, with links), a bare model.bin with its vocabulary beside it, or one or
//! more wheels that carry it, also in parts. Nothing is unpacked but what is
//! needed, and only into a file that has no name any more.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::transcript::models::convert::fault::SourceFault;
use crate::transcript::models::convert::vocabulary::Form;
use crate::transcript::models::fault::ModelFault;
use crate::transcript::models::part::private;
use crate::transcript::models::validate::open;

/// Bytes of the largest vocabulary that is read: they have a few megabytes.
const LARGEST_VOCABULARY: u64 = 16 << 20;

/// Bytes of the largest model that is read: the largest there is has three gigabytes.
const LARGEST_MODEL: u64 = 8 << 30;

/// Folders that are entered below the one that was given: faster-whisper's
/// cache has three.
const DEEPEST: u8 = 4;

/// A file, or one in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    File(PathBuf),
    Entry { archive: PathBuf, at: usize, bytes: u64 },
}

/// What was found.
#[derive(Debug, Default)]
pub(in crate::transcript::models) struct Sources {
    models: Vec<Piece>,
    /// By their number.
    parts: BTreeMap<u32, Piece>,
    /// By form, the best first, then in the order found.
    vocabularies: Vec<(Form, Piece)>,
}

/// What a name stands for.
enum Part {
    Model,
    Numbered(u32),
    Vocabulary(Form),
}

fn part_of(name: &str) -> Option<Part> {
    let name = name.rsplit(['/', '\\']).next()?;
    if name == "model.bin" {
        return Some(Part::Model);
    }
    match name.strip_prefix("model.bin.part") {
        Some(number) => number.parse().ok().map(Part::Numbered),
        None => Form::of_file(name).map(Part::Vocabulary),
    }
}

impl Sources {
    /// Looks through what was given.
    pub(in crate::transcript::models) fn gather(given: &[PathBuf]) -> Result<Self, (PathBuf, SourceFault)> {
        let mut sources = Self::default();
        for path in given {
            sources.look_into(path).map_err(|fault| (path.clone(), fault))?;
        }
        let first = || given.first().cloned().unwrap_or_default();
        sources.check().map_err(|fault| (first(), fault))?;
        Ok(sources)
    }

    fn look_into(&mut self, path: &Path) -> Result<(), SourceFault> {
        if path.is_dir() {
            return self.walk(path, DEEPEST);
        }
        let file = open(path)?;
        let mut head = Vec::new();
        (&file).take(4).read_to_end(&mut head).map_err(ModelFault::Io)?;
        if head == b"PK\x03\x04" {
            return self.archive(path, file);
        }
        self.models.push(Piece::File(path.to_owned()));
        for name in ["vocabulary.json", "vocabulary.txt", "tokenizer.json"] {
            let beside = path.with_file_name(name);
            if beside.is_file() {
                self.add(name, Piece::File(beside));
            }
        }
        Ok(())
    }

    fn walk(&mut self, folder: &Path, deeper: u8) -> Result<(), SourceFault> {
        let entries = std::fs::read_dir(folder).map_err(ModelFault::from_io)?;
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                if 0 < deeper {
                    self.walk(&path, deeper - 1)?;
                }
            } else if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                self.add(name, Piece::File(path.clone()));
            }
        }
        Ok(())
    }

    fn archive(&mut self, path: &Path, file: File) -> Result<(), SourceFault> {
        let mut archive = unpack(file)?;
        for at in 0..archive.len() {
            let entry = archive.by_index_raw(at).map_err(damaged)?;
            let piece = Piece::Entry { archive: path.to_owned(), at, bytes: entry.size() };
            let name = entry.name().map_err(damaged)?.into_owned();
            self.add(&name, piece);
        }
        Ok(())
    }

    fn add(&mut self, name: &str, piece: Piece) {
        match part_of(name) {
            Some(Part::Model) => self.models.push(piece),
            Some(Part::Numbered(number)) => {
                self.parts.entry(number).or_insert(piece);
            }
            Some(Part::Vocabulary(form)) => self.vocabularies.push((form, piece)),
            None => (),
        }
    }

    fn check(&mut self) -> Result<(), SourceFault> {
        // The cache of faster-whisper may lead to one file by several names.
        self.models.dedup_by_key(|piece| piece.place());
        match (self.models.len(), self.parts.keys().next_back()) {
            (1, _) => (),
            (0, None) => return Err(SourceFault::NoModel),
            (0, Some(last)) => {
                let missing = (1..=*last).find(|number| !self.parts.contains_key(number));
                if let Some(missing) = missing {
                    return Err(SourceFault::PartMissing { missing, parts: *last });
                }
            }
            (several, _) => return Err(SourceFault::Several(several)),
        }
        // Stable: the first found of a form stays the first.
        self.vocabularies.sort_by_key(|(form, _)| *form);
        if self.vocabularies.is_empty() { Err(SourceFault::NoVocabulary) } else { Ok(()) }
    }

    /// The vocabulary and its form.
    pub(in crate::transcript::models) fn vocabulary(&self) -> Result<(Form, Vec<u8>), SourceFault> {
        let (form, piece) = self.vocabularies.first().ok_or(SourceFault::NoVocabulary)?;
        let mut bytes = Vec::new();
        piece.copy(LARGEST_VOCABULARY, &mut bytes)?;
        Ok((*form, bytes))
    }

    fn pieces(&self) -> Vec<&Piece> {
        if self.models.is_empty() { self.parts.values().collect() } else { self.models.iter().collect() }
    }

    /// Bytes that must be written before the model can be read.
    pub(in crate::transcript::models) fn to_unpack(&self) -> u64 {
        match self.pieces().as_slice() {
            [Piece::File(_)] => 0,
            // An archive may claim anything.
            pieces => pieces.iter().fold(0_u64, |all, piece| all.saturating_add(piece.bytes())),
        }
    }

    /// The model as one file. Where it lies in an archive or in parts, it is
    /// put together in `folder`. `progress` is told the bytes put there.
    pub(in crate::transcript::models) fn model(
        &self,
        folder: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Spool, SourceFault> {
        let pieces = self.pieces();
        if let [Piece::File(path)] = pieces.as_slice() {
            return Ok(Spool { file: open(path)?, path: None });
        }
        let mut spool = Spool::create(folder).map_err(ModelFault::Io)?;
        let mut left = LARGEST_MODEL;
        for piece in pieces {
            let before = LARGEST_MODEL - left;
            let mut told = Told { to: &mut spool.file, done: before, progress: &mut *progress };
            left -= piece.copy(left, &mut told)?;
        }
        spool.file.seek(SeekFrom::Start(0)).map_err(ModelFault::Io)?;
        Ok(spool)
    }
}

impl Piece {
    /// Where it really lies.
    fn place(&self) -> (PathBuf, usize) {
        match self {
            Self::File(path) => (path.canonicalize().unwrap_or_else(|_| path.clone()), 0),
            Self::Entry { archive, at, .. } => (archive.clone(), *at),
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::File(path) => std::fs::metadata(path).map_or(0, |file| file.len()),
            Self::Entry { bytes, .. } => *bytes,
        }
    }

    /// Copies it, if it has so many bytes at most; returns how many it has.
    fn copy(&self, most: u64, to: &mut dyn Write) -> Result<u64, SourceFault> {
        match self {
            Self::File(path) => copy(&path.display().to_string(), open(path)?, most, to),
            Self::Entry { archive, at, .. } => {
                let mut archive = unpack(open(archive)?)?;
                let entry = archive.by_index(*at).map_err(damaged)?;
                let name =
                    entry.name().map_err(damaged)?.chars().filter(|c| !c.is_control()).collect::<String>();
                copy(&name, entry, most, to)
            }
        }
    }
}

fn copy(name: &str, from: impl Read, most: u64, to: &mut dyn Write) -> Result<u64, SourceFault> {
    let copied = io::copy(&mut from.take(most + 1), to).map_err(|e| match e.kind() {
        // What an archive says of its own contents.
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            SourceFault::Archive(e.to_string())
        }
        _ => ModelFault::Io(e).into(),
    })?;
    if most < copied {
        return Err(SourceFault::TooLarge { name: name.to_owned(), most });
    }
    Ok(copied)
}

fn unpack(file: File) -> Result<ZipArchive<File>, SourceFault> {
    ZipArchive::new(file).map_err(damaged)
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err calls it")]
fn damaged(error: zip::result::ZipError) -> SourceFault {
    SourceFault::Archive(error.to_string())
}

/// Tells how much went through.
struct Told<'a> {
    to: &'a mut File,
    done: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl Write for Told<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.done += written as u64;
        (self.progress)(self.done);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A model that can be read from any place.
pub(in crate::transcript::models) struct Spool {
    pub(in crate::transcript::models) file: File,
    /// Removed with it.
    path: Option<PathBuf>,
}

impl Spool {
    fn create(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!("unpacked.{}.part", std::process::id()));
        // One that a crash of an earlier process of our number left behind.
        let _ = std::fs::remove_file(&path);
        let file = private(OpenOptions::new().create_new(true).read(true).write(true)).open(&path)?;
        // Where open files can be removed nothing is left of it, whatever happens.
        let path = std::fs::remove_file(&path).is_err().then_some(path);
        Ok(Self { file, path })
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // One that stays is removed when the next one takes its name.
            let _ = std::fs::remove_file(path);
        }
    }
}
