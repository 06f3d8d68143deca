//! What was said: speech is cut into utterances, recognised in a process of its
//! own and judged before anybody may believe it.
//!
//! It shows nothing, stores nothing and logs no spoken word. `whisper` is the one
//! module that names the library; everything else is plain Rust and is always
//! compiled.

pub mod child;
pub mod desk;
pub mod guards;
mod languages;
pub mod models;
pub mod queue;
pub mod recogniser;
pub mod redact;
pub mod scripted;
pub mod segments;
mod settings;
pub mod terms;
#[cfg(feature = "whisper")]
pub mod whisper;

pub use languages::{LANGUAGES, is_language};
pub use settings::Settings;
