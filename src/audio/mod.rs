//! Where the sound of a call comes from. Every source delivers the same thing:
//! two channels at 16 kHz in step, cut into chunks, with what was lost marked.
//!
//! The two channels are never mixed, and the level is never touched: no gain, no
//! normalisation, no dither. Nothing that is not a finite sample leaves this
//! module, and lost sound is handed on as lost time, so the clock stays right.

pub mod capture;
mod error;
pub mod file;
pub mod watch;

pub use error::{AudioError, Class, ErrorKind};
pub use file::{CallAudio, Facts, Inputs, Note, Recording, StereoSide, mu_law};

/// A stretch of a call: both sides at 16 kHz, always equally long.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk {
    /// The agent's microphone. Full scale is -1.0 to 1.0.
    pub agent: Vec<f32>,
    /// What the agent heard. Full scale is -1.0 to 1.0.
    pub customer: Vec<f32>,
    /// No samples arrived from the agent's side here; `agent` holds zeros.
    pub agent_lost: bool,
    /// No samples arrived from the customer's side here; `customer` holds zeros.
    pub customer_lost: bool,
}

impl Chunk {
    /// Samples per side.
    pub fn len(&self) -> usize {
        self.agent.len()
    }

    /// Whether it holds no time at all.
    pub fn is_empty(&self) -> bool {
        self.agent.is_empty()
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.agent.clear();
        self.customer.clear();
        self.agent_lost = false;
        self.customer_lost = false;
    }
}

/// Anything a call can be read from.
pub trait Source {
    /// Replaces `chunk` by the next stretch of the call, at most one second, and
    /// returns true; returns false, with `chunk` empty, when the call is over.
    ///
    /// # Errors
    /// [`AudioError`] when the source fails. Nothing follows then.
    fn next(&mut self, chunk: &mut Chunk) -> Result<bool, AudioError>;
}
