//! What a call looks like on paper: terminal, JSON, CSV, HTML and the printable
//! event log, all from the same [`Analysis`]. Never measures anything itself.

pub mod analysis;
pub mod csv;
pub mod html;
pub mod json;
pub mod log;
pub mod names;
pub mod review;
pub mod said;
pub mod text;
pub mod transcript;
mod warnings;

pub use analysis::{Analysis, Collector, Origin, Span};
