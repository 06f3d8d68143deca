//! Words of the calls that go on: utterances to the thread that recognises, what it
//! heard back. The analysis never waits for it, nor does any nudge of the voice.

mod board;
mod ear;
mod rota;
mod tally;
mod thread;

pub(super) use board::Phase;
pub(super) use ear::{Both, Ear};
pub(super) use tally::Tally;
pub(super) use thread::{Heard, Jobs, News, spawn};
