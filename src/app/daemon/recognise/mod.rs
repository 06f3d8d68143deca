//! Words of the calls that go on: utterances to the thread that recognises, what it
//! heard back. The analysis never waits for it, nor does any nudge of the voice.

mod ear;
mod thread;

pub(super) use ear::{Both, Ear};
pub(super) use thread::{Heard, Jobs, News, spawn};
