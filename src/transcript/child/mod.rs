//! The recogniser in a process of its own, so that an abort in its library, or the
//! memory running out, never touches the call: frames over pipes, a deadline for
//! each utterance, and an end that can be had at any moment.

mod kept;
mod process;
mod wire;
mod worker;

pub use kept::{Kept, MOST_LOSSES};
pub use process::{Limits, Program, Stop};
pub use worker::serve;
