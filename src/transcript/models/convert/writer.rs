//! Writes whisper.cpp's format, and its check sum on the way.

use std::io::{self, Write};

use half::f16;
use sha2::{Digest, Sha256};

use crate::transcript::models::convert::length;
use crate::transcript::models::digest::Sum;
use crate::transcript::models::layout::{Ftype, Slot};

/// Weights that share a scale.
const BLOCK: usize = 32;

/// The largest of them becomes this.
const MOST: f32 = 127.0;

pub(super) struct Writer<W> {
    to: W,
    hasher: Sha256,
    written: u64,
    buffer: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, hasher: Sha256::new(), written: 0, buffer: Vec::new() }
    }

    /// Bytes so far.
    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        self.to.write_all(bytes)
    }

    pub(super) fn number(&mut self, number: u32) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    /// What stands before the weights of a tensor.
    pub(super) fn tensor(&mut self, slot: &Slot, stored: Ftype) -> io::Result<()> {
        self.number(length(slot.shape.len()))?;
        self.number(length(slot.name.len()))?;
        self.number(stored.tensor_number().unsigned_abs())?;
        slot.shape.iter().rev().try_for_each(|size| self.number(*size))?;
        self.bytes(slot.name.as_bytes())
    }

    /// Whole rows of a tensor.
    pub(super) fn weights(&mut self, values: &[f32], stored: Ftype) -> io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        match stored {
            Ftype::F32 => values.iter().for_each(|x| buffer.extend(x.to_le_bytes())),
            Ftype::F16 => values.iter().for_each(|x| buffer.extend(f16::from_f32(*x).to_le_bytes())),
            Ftype::Q8_0 => values.chunks_exact(BLOCK).for_each(|block| quantise(block, &mut buffer)),
            // Never asked for: a target is one of the three above.
            Ftype::Q4_0
            | Ftype::Q4_1
            | Ftype::Q5_0
            | Ftype::Q5_1
            | Ftype::Q2K
            | Ftype::Q3K
            | Ftype::Q4K
            | Ftype::Q5K
            | Ftype::Q6K => return Err(io::ErrorKind::Unsupported.into()),
        }
        let done = self.bytes(&buffer);
        self.buffer = buffer;
        done
    }

    pub(super) fn finish(mut self) -> io::Result<Sum> {
        self.to.flush()?;
        Ok(Sum::of(self.hasher))
    }
}

/// A scale and a byte for each weight. Halves are rounded away from zero.
fn quantise(block: &[f32], to: &mut Vec<u8>) {
    let scale = block.iter().fold(0.0_f32, |most, x| most.max(x.abs())) / MOST;
    let inverse = if 0.0 < scale { 1.0 / scale } else { 0.0 };
    to.extend(f16::from_f32(scale).to_le_bytes());
    // Within a byte: the largest was divided by itself.
    to.extend(block.iter().map(|x| ((x * inverse).round() as i8).cast_unsigned()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_keeps_its_largest_weight_and_rounds_halves_away_from_zero() {
        let mut block = [0.0; BLOCK];
        block[..4].copy_from_slice(&[127.0, -127.0, 0.5, -0.5]);
        let mut bytes = Vec::new();
        quantise(&block, &mut bytes);
        assert_eq!(bytes.len(), 34);
        assert_eq!(bytes[..6], [0x00, 0x3c, 127, 0x81, 1, 0xff]);
    }

    #[test]
    fn a_block_of_nothing_stays_nothing() {
        let mut bytes = Vec::new();
        quantise(&[0.0; BLOCK], &mut bytes);
        assert!(bytes.iter().all(|byte| *byte == 0));
    }
}
