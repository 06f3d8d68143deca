//! What was said, as text files: plain, SubRip and WebVTT. Holds spoken words, so
//! that it is written only where somebody asked for it.

mod files;
mod text;

pub(in crate::report) use files::line;
pub use files::{Format, write};
pub(in crate::report) use text::lines;
