//! What the doctor found, before anything is made of it. `None` and `Skip` say
//! why nothing is known; a fact is never guessed.

use std::path::PathBuf;

use crate::app::doctor::hearing::Heard;
use crate::audio::capture::{CaptureError, Device};
use crate::audio::watch::Why;
use crate::config::Config;
use crate::control;
use crate::core::calls::Standing;
use crate::core::units::Sides;
use crate::store::{Backups, Examined, Wall};
use crate::surfaces::SurfaceState;

/// Everything.
#[derive(Debug)]
pub struct Facts {
    /// Version of this program.
    pub version: &'static str,
    /// The values in force, as far as they could be read.
    pub config: Config,
    /// What is wrong with the files of the configuration, each with a way out.
    pub problems: Vec<(String, Option<String>)>,
    /// What is odd about them.
    pub warnings: Vec<String>,
    /// Files and variables that were read.
    pub read: Vec<String>,
    /// Keys that the policy sets.
    pub policy: usize,
    /// What would hear the words of a call.
    pub words: Words,
    /// Features that this build leaves out.
    pub left_out: Vec<&'static str>,
    /// Whether this process can forbid its own dumps.
    pub no_dumps: bool,
    /// Whether the daemon did; nothing where none runs or nobody can tell.
    pub daemon_dumps: Option<bool>,
    /// Data, state and runtime folder, by this name.
    pub folders: Vec<(&'static str, Folder)>,
    /// Free room on the disk of the database, MB.
    pub free_mb: Option<u64>,
    /// Now.
    pub now: Wall,
    /// So far went the clock of the samples while 20 ms passed, ms.
    pub monotonic_ms: f64,
    /// The time zone, where it is known.
    pub zone: Option<String>,
    /// The database.
    pub database: Database,
    /// The daemon.
    pub daemon: Daemon,
    /// The service of the session.
    pub service: Service,
    /// Sound.
    pub sound: Sound,
    /// The message bus of the session, where there is one.
    pub bus: Option<String>,
    /// Who shows notifications: how it stands, and its name.
    pub notifications: (SurfaceState, Option<String>),
    /// The display: what the environment says, and whether it is there.
    pub display: Option<(String, bool)>,
}

/// What would hear the words of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// They are not wanted.
    Off,
    /// This build has no recogniser.
    NotBuilt,
    /// No model is installed.
    NoModel,
    /// The model cannot be had, or the file of phrases cannot be used: why, and the way out.
    Refused(String, Option<String>),
    /// This model.
    By(String),
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where.
    pub path: PathBuf,
    /// Whether it is there; if not, whether it can be made.
    pub state: FolderState,
}

/// How a folder stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderState {
    /// It is there.
    There {
        /// Its permissions.
        mode: u32,
        /// Whether it is ours.
        ours: bool,
        /// Whether it can be written to.
        writable: bool,
    },
    /// Not there; whether it can be made.
    Absent(bool),
}

/// The database.
#[derive(Clone, Debug)]
pub struct Database {
    /// Version of SQLite, and whether it is new enough.
    pub sqlite: (&'static str, bool),
    /// What was found in it.
    pub examined: Examination,
    /// Permissions of its file.
    pub mode: Option<u32>,
    /// Its copies.
    pub backups: Backups,
}

/// What came of looking into the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Examination {
    /// There is none.
    None,
    /// It took too long.
    Slow,
    /// It cannot be read, and why.
    Failed(String),
    /// This.
    Done(Examined),
}

/// The daemon.
#[derive(Clone, Debug, PartialEq)]
pub enum Daemon {
    /// None runs.
    Absent,
    /// There is one of which nothing can be had, and why.
    Mute(String),
    /// What it says of itself.
    Answers(Box<control::Status>),
}

impl Daemon {
    /// What it said.
    pub fn status(&self) -> Option<&control::Status> {
        match self {
            Self::Answers(status) => Some(status),
            Self::Absent | Self::Mute(_) => None,
        }
    }
}

/// The service of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// No service manager answers; whether the session starts it by itself.
    NoManager {
        /// There is an entry for programs that start with the session.
        autostart: bool,
    },
    /// It knows no such unit.
    Unknown {
        /// See above.
        autostart: bool,
    },
    /// It does: whether it is enabled, and its state.
    Known {
        /// Started with the session.
        enabled: bool,
        /// `active`, `failed`, ...
        state: String,
    },
}

/// A program that holds both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// What it is to us.
    pub standing: Standing,
}

/// Sound.
#[derive(Clone, Debug)]
pub struct Sound {
    /// Name and version of the sound server.
    pub server: Result<(String, String), CaptureError>,
    /// All devices.
    pub devices: Vec<Device>,
    /// What was chosen for each side.
    pub chosen: Sides<Result<Device, CaptureError>>,
    /// Programs that hold both sides, or why they cannot be seen.
    pub holders: Result<Vec<Program>, Why>,
    /// What was heard, or why nobody listened.
    pub heard: Result<Listened, Skip>,
}

/// What came of listening.
#[derive(Clone, Debug, PartialEq)]
pub struct Listened {
    /// Each side.
    pub sides: Sides<Heard>,
    /// Whether both carry the same; nothing where too little was heard.
    pub same: Option<bool>,
    /// What became of the tone, where one was played.
    pub tone: Option<ToneHeard>,
}

/// What became of the tone.
#[derive(Clone, Debug, PartialEq)]
pub enum ToneHeard {
    /// The headset's monitor heard it, at this level, dBFS.
    Yes(f32),
    /// It did not.
    No,
    /// It could not be played, and why.
    Failed(String),
}

/// Why nobody listened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// A call is on.
    Call,
    /// The daemon has the devices open.
    DaemonListens,
    /// A daemon runs that says nothing: there may be a call.
    DaemonMute,
    /// A program holds both sides: it may be a call.
    Program,
    /// It was not wanted.
    NotAsked,
    /// There is nothing to listen to.
    NoDevice,
    /// A pause is on: nothing may be heard.
    Pause,
}
