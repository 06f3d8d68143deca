//! What every format's reader looks like from outside: frames at the file's own
//! rate, one block after another, with lost time in between.

use super::facts::{Facts, Note};
use crate::audio::error::ErrorKind;

/// Time that is missing, then frames that follow it, at the file's own rate.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Frames missing before the samples.
    pub(super) lost: u64,
    /// The first channel.
    pub(super) left: Vec<f32>,
    /// The second channel; stays empty in a mono file.
    pub(super) right: Vec<f32>,
}

impl Block {
    pub(super) fn clear(&mut self) {
        self.lost = 0;
        self.left.clear();
        self.right.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lost == 0 && self.left.is_empty()
    }
}

/// A recording that gives its frames one block at a time.
pub(super) trait Decode: Send {
    /// What the header says.
    fn facts(&self) -> &Facts;

    /// Replaces `block` by what follows, at most a few seconds of samples, and
    /// returns true; returns false, with `block` empty, at the end.
    fn next(&mut self, block: &mut Block) -> Result<bool, ErrorKind>;

    /// Whether anything had to be given up that should have been sound.
    fn is_damaged(&self) -> bool;

    /// What is worth saying. Complete once `next` returned false.
    fn notes(&self) -> Vec<Note>;
}
