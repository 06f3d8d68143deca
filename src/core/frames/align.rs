//! Two streams with clocks of their own on one timeline. Sound is placed by its
//! capture stamp, never by counting: what is missing becomes a gap of exact
//! length, and the drift between the clocks is taken out by resampling.

use crate::core::frames::{Block, Gap};
use crate::core::units::{Nanos, Sides};

/// A run of samples of one side as a device delivered it.
#[derive(Clone, Copy, Debug)]
pub struct Stamped<'a> {
    /// When the first of them was captured.
    pub at: Nanos,
    /// Nominal rate of the device, Hz.
    pub rate: u32,
    /// One channel, 1.0 = full scale.
    pub samples: &'a [f32],
}

/// A stretch of both sides at 16 kHz, always equally long.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stretch {
    /// Samples of each side; zeros where nothing came.
    pub sides: Sides<Vec<f32>>,
    /// Why a side is missing in the whole stretch, if it is.
    pub missing: Sides<Option<Gap>>,
}

impl Stretch {
    /// Samples per side.
    pub fn len(&self) -> usize {
        self.sides.agent.len()
    }

    /// Whether it holds no time at all.
    pub fn is_empty(&self) -> bool {
        self.sides.agent.is_empty()
    }

    /// The same as the framer takes it.
    pub fn blocks(&self) -> Sides<Block<'_>> {
        Sides::from_fn(|side| match self.missing[side] {
            Some(why) => Block::Missing(self.len(), why),
            None => Block::Samples(&self.sides[side]),
        })
    }
}
