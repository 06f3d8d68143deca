//! The models of this user: one folder, a file each, and beside each what was
//! found out about it. Files that somebody put there by hand are models too.
//! Nothing is handed out that is not whole.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::transcript::models::digest::Sum;
use crate::transcript::models::fault::ModelFault;
use crate::transcript::models::layout::{Dims, Family, Ftype};
use crate::transcript::models::manifest::{Manifest, file_name};
use crate::transcript::models::record::Record;
use crate::transcript::models::silero::validate_detector;
use crate::transcript::models::validate::{Checked, validate};

/// Live with four cores or more: better on the telephone, and there is time.
const WITH_FOUR_CORES: [&str; 6] =
    ["base-q8_0", "base", "base.en-q8_0", "base.en", "tiny.en-q8_0", "tiny.en"];

/// Live with fewer: a call must not be late for its text.
const WITH_FEWER: [&str; 4] = ["tiny.en-q8_0", "tiny.en", "tiny-q8_0", "tiny"];

/// The least of logical cores at which the larger ones keep up beside a softphone.
const CORES: usize = 4;

/// How the names of models begin that tell speech from silence.
const SILERO: &str = "silero";

/// The file that holds the name of the model that was chosen.
const CHOSEN: &str = "chosen";

/// A model that can be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Where it lies.
    pub path: PathBuf,
    /// As lists and settings name it.
    pub name: String,
    /// Which languages it knows.
    pub family: Family,
    /// Its sizes.
    pub dims: Dims,
    /// How its weights are stored.
    pub ftype: Ftype,
    /// Bytes of the file.
    pub bytes: u64,
    /// Of the file, if that was computed since it last changed.
    pub sha256: Option<Sum>,
    /// Whether it is, bit for bit, one that was published.
    pub verified: bool,
}

/// A model that tells speech from silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detector {
    /// Where it lies.
    pub path: PathBuf,
    /// As lists name it.
    pub name: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether it is, bit for bit, one that was published.
    pub verified: bool,
}

/// What a file of the library is.
#[derive(Debug)]
pub enum Held {
    /// Writes down speech.
    Whisper(Installed),
    /// Tells speech from silence.
    Silero(Detector),
    /// Cannot be used.
    Damaged {
        /// Where it lies.
        path: PathBuf,
        /// As it would be named.
        name: String,
        /// Why.
        fault: ModelFault,
    },
}

impl Held {
    /// Its check sum was computed just now.
    fn summed(&mut self, sum: Sum) {
        let published = is_published(Some(sum));
        match self {
            Self::Whisper(model) => (model.sha256, model.verified) = (Some(sum), published),
            Self::Silero(detector) => detector.verified = published,
            Self::Damaged { .. } => (),
        }
    }
}

/// Why a model could not be had.
#[derive(Debug, Error)]
pub enum FindError {
    /// There is none of this name.
    #[error("{name}: {}", if *.known { "not installed" } else { "no such model" })]
    NotInstalled {
        /// As it was asked for.
        name: String,
        /// Whether it can be fetched by this name.
        known: bool,
    },
    /// There is one, and it cannot be used.
    #[error("{}: {fault}", path.display())]
    Refused {
        /// Which file.
        path: PathBuf,
        /// Why.
        fault: ModelFault,
    },
    /// There is one that would write down another language as English.
    #[error("{name} knows English alone, and `transcript.language` is {language:?}")]
    EnglishOnly {
        /// Which model.
        name: String,
        /// What is spoken.
        language: String,
    },
}

impl FindError {
    /// The way out, as one sentence for the user.
    pub fn hint(&self) -> String {
        match self {
            Self::NotInstalled { name, known: true } => format!("get it with `evenkeel model fetch {name}`"),
            Self::NotInstalled { known: false, .. } => "`evenkeel model list` shows all there are".to_owned(),
            Self::Refused { fault, .. } => fault.hint().to_owned(),
            Self::EnglishOnly { .. } => "take one without `.en` in its name, as `evenkeel model fetch \
                 base-q8_0` gets it, or set `transcript.language` to \"en\" where English is spoken"
                .to_owned(),
        }
    }
}

/// The language of the models that know no other.
pub const ENGLISH: &str = "en";

impl Installed {
    /// Whether it can write down this language, given as two letters.
    pub fn knows(&self, language: &str) -> bool {
        match self.family {
            Family::Multilingual => true,
            Family::EnglishOnly => language == ENGLISH,
        }
    }
}

/// The folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    folder: PathBuf,
}

impl Library {
    /// Whether or not the folder is there yet.
    pub fn open(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where the models lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a model of this name lies, or would.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(file_name(name))
    }

    /// Every model, by name; each is walked through.
    pub fn all(&self) -> Vec<Held> {
        self.names().into_iter().map(|name| held(self.path(&name), name)).collect()
    }

    /// What the model of this name is.
    pub fn held(&self, name: &str) -> Held {
        held(self.path(name), name.to_owned())
    }

    /// The names of all files, sorted.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| name_of(&entry.path())).collect();
        names.sort();
        names
    }

    /// The file of a model by its name, or any file by its path, and its name. A name
    /// without the type of its weights stands for the smaller file where only that is
    /// there, and `silero` for the newest one.
    ///
    /// # Errors
    /// Where there is none of this name. Whether a path leads anywhere is not asked.
    pub fn locate(&self, wanted: &str) -> Result<(PathBuf, String), FindError> {
        let path = Path::new(wanted);
        let name = name_of(path).unwrap_or_else(|| wanted.to_owned());
        if path.components().count() != 1 || (path.is_file() && !self.path(&name).is_file()) {
            return Ok((path.to_owned(), name));
        }
        let silero = |there: &String| name == SILERO && there.starts_with(SILERO);
        let newest = self.names().into_iter().rev().find(silero);
        let names = [name.clone(), format!("{name}-{}", Ftype::Q8_0)].into_iter().chain(newest);
        match names.map(|name| (self.path(&name), name)).find(|(path, _)| path.is_file()) {
            Some(there) => Ok(there),
            None => {
                let known = Manifest::built_in().find(&name).is_some();
                Err(FindError::NotInstalled { name, known })
            }
        }
    }

    /// A model that can be loaded, named as in [`Library::locate`].
    ///
    /// # Errors
    /// Where there is none, and where it is not whole.
    pub fn find(&self, wanted: &str) -> Result<Installed, FindError> {
        self.locate(wanted).and_then(|(path, name)| whole(path, name))
    }

    /// The same, for what is said in this language.
    ///
    /// # Errors
    /// Besides, where the model does not know it.
    pub fn find_for(&self, wanted: &str, language: &str) -> Result<Installed, FindError> {
        let model = self.find(wanted)?;
        if model.knows(language) {
            return Ok(model);
        }
        Err(FindError::EnglishOnly { name: model.name, language: language.to_owned() })
    }

    /// The model to take where none is named: the chosen one, else what is
    /// known to keep up beside a call on so many logical cores, else any; one that
    /// knows the language.
    pub fn best(&self, cores: usize, language: &str) -> Option<Installed> {
        let list: &[&str] = if cores < CORES { &WITH_FEWER } else { &WITH_FOUR_CORES };
        let there = self.names();
        let listed = list.iter().map(|name| (*name).to_owned()).filter(|name| there.contains(name));
        let mut names = self.chosen().into_iter().chain(listed).chain(there.clone());
        names.find_map(|name| whole(self.path(&name), name).ok().filter(|model| model.knows(language)))
    }

    /// The model that tells speech from silence, if a whole one is there.
    pub fn detector(&self) -> Option<Detector> {
        let silero = |name: &String| name.starts_with(SILERO);
        self.names().into_iter().rev().filter(silero).find_map(|name| match held(self.path(&name), name) {
            Held::Silero(detector) => Some(detector),
            Held::Whisper(_) | Held::Damaged { .. } => None,
        })
    }

    /// The model that [`Library::choose`] was last told, if it still is there.
    pub fn chosen(&self) -> Option<String> {
        let name = std::fs::read_to_string(self.folder.join(CHOSEN)).ok()?.trim().to_owned();
        self.path(&name).is_file().then_some(name).filter(|name| !name.contains(['/', '\\']))
    }

    /// From now on this one is taken where none is named.
    ///
    /// # Errors
    /// Where that cannot be written down.
    pub fn choose(&self, name: &str) -> io::Result<()> {
        std::fs::write(self.folder.join(CHOSEN), format!("{name}\n"))
    }

    /// Whether this is a file of the library, and not one of another folder.
    pub fn holds(&self, model: &Installed) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        real(&model.path).is_some_and(|path| real(&self.path(&model.name)) == Some(path))
    }

    /// Reads all of a file, named as in [`Library::locate`], and compares it with what
    /// was published. `progress` is told the bytes read so far. What was found out of a
    /// file of another folder is not written down beside it.
    ///
    /// # Errors
    /// Where it is not whole, or is not what its name says.
    pub fn verify(&self, wanted: &str, progress: &mut dyn FnMut(u64)) -> Result<Held, FindError> {
        let (path, name) = self.locate(wanted)?;
        let refused = |fault| FindError::Refused { path: path.clone(), fault };
        let mut held = match held(path.clone(), name.clone()) {
            Held::Damaged { fault, .. } => return Err(refused(fault)),
            whole => whole,
        };
        let ours = path == self.path(&name);
        let sum = Sum::of_file(&path, progress).map_err(|e| refused(ModelFault::from_io(e)))?;
        if let Some(known) = Manifest::built_in().find(&name).filter(|known| known.sha256 != sum) {
            if ours {
                Record::remove(&path);
            }
            let (found, expected) = (sum.to_string(), known.sha256.to_string());
            return Err(refused(ModelFault::Digest { found, expected }));
        }
        if ours {
            // What cannot be written down is computed again next time.
            let _ = Record::new(&path, sum).and_then(|record| record.write(&path));
        }
        held.summed(sum);
        Ok(held)
    }

    /// Removes a model and what is known about it; returns the bytes that are free again.
    ///
    /// # Errors
    /// Where there is none of this name, or the system refuses.
    pub fn remove(&self, name: &str) -> Result<u64, FindError> {
        let name = name_of(Path::new(name)).unwrap_or_else(|| name.to_owned());
        let path = self.path(&name);
        let missing = name.contains(['/', '\\']) || !path.is_file();
        if missing {
            return Err(FindError::NotInstalled { name, known: false });
        }
        let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
        Record::remove(&path);
        std::fs::remove_file(&path)
            .map_err(|e| FindError::Refused { path, fault: ModelFault::from_io(e) })?;
        Ok(bytes)
    }
}

/// The name of a model by its file.
fn name_of(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    Some(file.strip_prefix("ggml-")?.strip_suffix(".bin")?.to_owned())
}

fn held(path: PathBuf, name: String) -> Held {
    match validate(&path) {
        Ok(checked) => Held::Whisper(installed(path, name, &checked)),
        Err(ModelFault::Detector) => detector(path, name),
        Err(fault) => Held::Damaged { path, name, fault },
    }
}

fn whole(path: PathBuf, name: String) -> Result<Installed, FindError> {
    match validate(&path) {
        Ok(checked) => Ok(installed(path, name, &checked)),
        Err(fault) => Err(FindError::Refused { path, fault }),
    }
}

fn installed(path: PathBuf, name: String, checked: &Checked) -> Installed {
    let sha256 = Record::of(&path).map(|record| record.sha256);
    let Checked { dims, family, ftype, bytes } = *checked;
    let verified = is_published(sha256);
    Installed { path, name, family, dims, ftype, bytes, sha256, verified }
}

fn detector(path: PathBuf, name: String) -> Held {
    match validate_detector(&path) {
        Ok(()) => {
            let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
            let verified = is_published(Record::of(&path).map(|record| record.sha256));
            Held::Silero(Detector { path, name, bytes, verified })
        }
        Err(fault) => Held::Damaged { path, name, fault },
    }
}

fn is_published(sum: Option<Sum>) -> bool {
    sum.is_some_and(|sum| Manifest::built_in().recognise(sum).is_some())
}
