//! From samples in chunks of any size to 10 ms frames of both sides. Time is
//! counted in samples here and nowhere asked for; what is lost takes its exact
//! place.

pub mod align;
mod framer;
pub mod resample;

pub use framer::{Block, Frame, Framer, Gap, Half, LOUDEST};
