//! WAV files. They have a reader of their own because most damaged recordings
//! are WAV, and each byte of them is worth keeping: a header that promises too
//! much, one that leaves the length open, an end in the middle of a sample.

pub(super) mod header;
mod samples;

use header::{Encoding, Header};
pub use samples::mu_law;

use super::decode::{Block, Decode};
use super::facts::{Facts, Note};
use super::recording::{Bytes, fill};
use crate::audio::error::ErrorKind;

/// Frames read at a time: a quarter of a second at 16 kHz.
const BLOCK: usize = 4_096;

/// A WAV file of linear or G.711 samples, read from its first sample on.
pub(super) struct Wav {
    bytes: Box<dyn Bytes>,
    encoding: Encoding,
    /// Bytes of samples the header promises.
    promised: Option<u64>,
    /// Bytes of samples to be read at most.
    limit: u64,
    facts: Facts,
    buffer: Vec<u8>,
    /// Bytes of samples read so far.
    taken: u64,
    /// Bytes at the end that were less than a frame.
    partial: u64,
}

impl Wav {
    /// Reads samples of `encoding` on where `header` ends, in at most two channels.
    pub(super) fn new(file: &str, bytes: Box<dyn Bytes>, header: &Header, encoding: Encoding) -> Self {
        let channels = usize::from(header.channels);
        let (codec, bits) = encoding.name();
        let frame = encoding.bytes() * channels;
        let per_second = frame as f64 * f64::from(header.rate_hz);
        let facts = Facts {
            file: file.to_owned(),
            container: "WAV",
            codec,
            rate_hz: header.rate_hz,
            bits,
            channels,
            seconds: header.promised.map(|bytes| bytes as f64 / per_second),
        };
        let (promised, buffer) = (header.promised, vec![0; BLOCK * frame]);
        let limit = promised.filter(|_| !header.goes_on).unwrap_or(u64::MAX);
        Self { bytes, encoding, promised, limit, facts, buffer, taken: 0, partial: 0 }
    }

    /// Bytes of one frame.
    fn frame(&self) -> usize {
        self.encoding.bytes() * self.facts.channels
    }

    fn seconds(&self, bytes: u64) -> f64 {
        (bytes / self.frame() as u64) as f64 / f64::from(self.facts.rate_hz)
    }
}

impl Decode for Wav {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn next(&mut self, block: &mut Block) -> Result<bool, ErrorKind> {
        block.clear();
        let left = self.limit - self.taken;
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
        let read = fill(&mut *self.bytes, &mut self.buffer[..wanted])?;
        self.taken += read as u64;
        let whole = read - read % self.frame();
        self.partial += (read - whole) as u64;
        self.encoding.decode(&self.buffer[..whole], self.facts.channels, block);
        Ok(0 < whole)
    }

    fn is_damaged(&self) -> bool {
        0 < self.partial || self.promised.is_some_and(|promised| self.taken < promised)
    }

    fn notes(&self) -> Vec<Note> {
        let file = || self.facts.file.clone();
        let found_s = self.seconds(self.taken);
        let promised_s = self.promised.map(|promised| self.seconds(promised));
        let length = match promised_s {
            None => Some(Note::NoLength { file: file(), found_s }),
            Some(promised_s) if found_s < promised_s => {
                Some(Note::Truncated { file: file(), promised_s, found_s })
            }
            Some(promised_s) if promised_s < found_s => {
                Some(Note::Longer { file: file(), promised_s, found_s })
            }
            Some(_) => None,
        };
        let partial = (0 < self.partial).then(|| Note::PartialSample { file: file(), bytes: self.partial });
        length.into_iter().chain(partial).collect()
    }
}
