//! The configuration: which keys there are, what they accept, and how built-in
//! values, files, environment, command line and policy become one.
//!
//! It knows the settings of the other modules, and they never know it. It
//! never prints, never ends the program and never guesses: a file with a
//! mistake is refused as a whole, with everything that is wrong about it.

mod effect;
mod entries;
mod excerpt;
mod file;
mod key;
mod keys;
mod layers;
pub mod lexicon;
mod named;
mod origin;
mod plan;
mod problem;
pub mod reference;
mod rules;
mod syntax;
mod value;
mod watch;
pub mod wording;

pub use effect::{Change, Effect, between};
pub use entries::{Entry, hash_with_words};
pub use excerpt::Excerpt;
pub use key::{Key, all, find, nearest, nearest_section, sections};
pub use layers::{
    Assignment, LoadOptions, Loaded, NotAnAssignment, Places, Review, Source, check_text, review, review_file,
};
pub use named::{Language, LogLevel, Reference};
pub use origin::{Layer, Origin};
pub use plan::{Held, Moment, Plan, Until, plan};
pub use problem::{ConfigError, Fault, Problem, Warning, messages};
pub use value::{Type, Unit, Value};
pub use watch::{ConfigWatch, Reload};

use entries::Entries;
use key::Decided;

use std::time::Duration;

use crate::audio::{StereoSide, capture};
use crate::core::{calls, pipeline};
use crate::store;
use crate::surfaces;
use crate::transcript;

/// The file that explains every key. All values in it are commented out, so
/// that a copy of it changes nothing, and better values of a later version
/// reach whoever has one.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The values in force, each accepted by its key and in keeping with the others.
#[derive(Clone, Debug)]
pub struct Config {
    entries: Entries,
    /// The same as the rest of the program takes them.
    decided: Decided,
}

impl Config {
    fn new(entries: Entries) -> Self {
        Self { decided: entries.decided(), entries }
    }

    /// Every key with its value and origin, in the order of the reference.
    pub fn entries(&self) -> &[Entry] {
        self.entries.all()
    }

    /// The value of a key; none where there is no such key.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// What the stages measure, nudge and score by.
    pub fn settings(&self) -> pipeline::Settings {
        self.decided.settings
    }

    /// The channel of a stereo recording that is the agent's.
    pub fn agent_channel(&self) -> StereoSide {
        self.decided.agent_channel
    }

    /// What the score is called in reports; 1 to 40 characters.
    pub fn score_name(&self) -> &str {
        &self.decided.score_name
    }

    /// Who is speaking, where the configuration says so; 1 to 64 characters.
    pub fn agent_id(&self) -> Option<&str> {
        Some(self.decided.agent_id.as_str()).filter(|id| !id.is_empty())
    }

    /// Which devices are listened to, through what, and when.
    pub fn capture(&self) -> &capture::Settings {
        &self.decided.capture
    }

    /// After so long a pause ends by itself; 10 s to 30 min.
    pub fn pause(&self) -> Duration {
        Duration::from_nanos(self.decided.pause)
    }

    /// What is recognised of what is said.
    pub fn transcript(&self) -> &transcript::Settings {
        &self.decided.transcript
    }

    /// What counts as a call.
    pub fn calls(&self) -> &calls::Settings {
        &self.decided.calls
    }

    /// How the reference of a customer is kept.
    pub fn reference(&self) -> Reference {
        self.decided.reference
    }

    /// Where nudges are shown.
    pub fn surfaces(&self) -> &surfaces::Settings {
        &self.decided.surfaces
    }

    /// Where the pill stands and how it looks.
    pub fn look(&self) -> &surfaces::overlay::Look {
        &self.decided.look
    }

    /// What nudges say where no file replaces any of it.
    pub fn built_in_wording(&self) -> surfaces::wording::Wording {
        wording::built_in(self.decided.language)
    }

    /// What nudges say.
    ///
    /// # Errors
    /// Everything that is wrong with the file that replaces some of it.
    pub fn wording(&self) -> Result<surfaces::wording::Wording, wording::WordingError> {
        wording::load(self.decided.language, &self.decided.wording)
    }

    /// How long things are kept.
    pub fn store(&self) -> &store::Settings {
        &self.decided.store
    }

    /// How much is logged.
    pub fn log_level(&self) -> LogLevel {
        self.decided.log_level
    }

    /// Twelve hexadecimal digits that stand for all values that change a
    /// figure: reports may be compared where they are the same. A name or the
    /// agent's channel makes no difference, nor does where a value comes from.
    pub fn hash(&self) -> String {
        self.entries.hash()
    }
}

impl Default for Config {
    /// The built-in values.
    fn default() -> Self {
        Self::new(Entries::built_in())
    }
}

#[cfg(test)]
mod tests;
