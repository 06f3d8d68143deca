//! What was said: a lexicon of patterns over recognised words, and the finds
//! of a call. Plain functions of text and time: no file is read here, no word
//! is kept or printed, and nothing is decided about overlaps.

mod build;
mod draft;
mod forms;
mod lexicon;
mod listener;
mod normal;
mod pattern;
mod program;

pub use draft::{DetectorDraft, Draft, GuardDraft, Line, List, Mistake};
pub use lexicon::{Find, Lexicon, Stop};
pub use listener::{Listener, Settings};
pub use pattern::Fault;
