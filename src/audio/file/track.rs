//! One file being read: its decoder, and the block that is on its way to the sides.

use super::codec;
use super::decode::{Block, Decode};
use super::expected::{Expected, check_rate};
use super::facts::{Facts, Note};
use super::recording::{Bytes, Recording, length};
use super::side::Side;
use super::sniff::{Container, sniff};
use super::wav::Wav;
use super::wav::header::{self, Stored};
use crate::audio::error::{AudioError, ErrorKind};

/// Missing frames handed on at a time, so that a long gap needs no memory.
const PIECE: u64 = 4_096;

/// One file.
pub(super) struct Track {
    decoder: Box<dyn Decode>,
    block: Block,
}

impl Track {
    /// Opens a recording and decodes up to its first samples.
    pub(super) fn open(recording: Recording, expected: Expected) -> Result<Self, AudioError> {
        let Recording { name, bytes } = recording;
        let started = decoder(&name, bytes, expected).and_then(start);
        let (decoder, block) = started.map_err(|kind| AudioError::new(name, kind))?;
        Ok(Self { decoder, block })
    }

    /// What the header says.
    pub(super) fn facts(&self) -> &Facts {
        self.decoder.facts()
    }

    /// What is worth saying about this file.
    pub(super) fn notes(&self) -> Vec<Note> {
        self.decoder.notes()
    }

    /// A side that takes what this file holds.
    pub(super) fn side(&self) -> Result<Side, AudioError> {
        let rate = self.facts().rate_hz;
        Side::new(rate).map_err(|refused| self.fault(ErrorKind::RateOutOfRange { hz: refused.hz }))
    }

    fn fault(&self, kind: ErrorKind) -> AudioError {
        AudioError::new(self.facts().file.clone(), kind)
    }

    /// Hands on what comes next: the first channel to the first side, the second
    /// to the second. At the end the sides are told so.
    pub(super) fn feed(&mut self, sides: [Option<&mut Side>; 2]) -> Result<(), AudioError> {
        if self.block.is_empty() && !self.advance()? {
            sides.into_iter().flatten().for_each(Side::end);
            return Ok(());
        }
        let Block { lost, left, right } = &mut self.block;
        if 0 < *lost {
            let piece = PIECE.min(*lost);
            *lost -= piece;
            sides.into_iter().flatten().for_each(|side| side.feed_lost(piece as usize));
            return Ok(());
        }
        for (side, samples) in sides.into_iter().flatten().zip([left, right]) {
            side.feed(samples);
        }
        self.block.clear();
        Ok(())
    }

    fn advance(&mut self) -> Result<bool, AudioError> {
        let advanced = self.decoder.next(&mut self.block);
        advanced.map_err(|kind| self.fault(kind))
    }
}

fn decoder(name: &str, mut bytes: Box<dyn Bytes>, expected: Expected) -> Result<Box<dyn Decode>, ErrorKind> {
    let length = length(&mut *bytes)?;
    if length == 0 {
        return Err(ErrorKind::Empty);
    }
    let found = sniff(&mut *bytes)?;
    if found.container == Container::Wav {
        let header = header::read(&mut *bytes, found.start, length)?;
        expected.check_channels(usize::from(header.channels))?;
        check_rate(header.rate_hz)?;
        if let Stored::Plain(encoding) = header.stored {
            return Ok(Box::new(Wav::new(name, bytes, &header, encoding)));
        }
    }
    Ok(Box::new(codec::open(name, found, bytes, length, expected)?))
}

/// Decodes up to the first samples: what has none is refused at once.
fn start(mut decoder: Box<dyn Decode>) -> Result<(Box<dyn Decode>, Block), ErrorKind> {
    let (mut block, mut lost) = (Block::default(), 0);
    while block.left.is_empty() {
        if !decoder.next(&mut block)? {
            return Err(match decoder.is_damaged() {
                true => ErrorKind::Damaged { what: "none of its sound can be decoded" },
                false => ErrorKind::NoSamples,
            });
        }
        lost += block.lost;
    }
    block.lost = lost;
    Ok((decoder, block))
}
