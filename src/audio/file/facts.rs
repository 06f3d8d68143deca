//! What a recording's header says, and what was worth saying after reading it.

use std::fmt;

use thiserror::Error;

use crate::audio::error::side_word;
use crate::core::units::Channel;

/// What the header of one file says, before any sound is decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The file as the user named it.
    pub file: String,
    /// The container, such as `WAV` or `Ogg`.
    pub container: &'static str,
    /// The codec inside, such as `PCM` or `Opus`.
    pub codec: &'static str,
    /// Sample rate, in Hz; 8000 to 96000.
    pub rate_hz: u32,
    /// Bits of one stored sample, where samples are stored at all.
    pub bits: Option<u32>,
    /// Channels in the file: 2 for a call, 1 for one side.
    pub channels: usize,
    /// Length in seconds as the header tells it; `None` where it does not.
    pub seconds: Option<f64>,
}

impl fmt::Display for Facts {
    /// `call.wav: WAV, PCM 16 bit, 2 channels, 16000 Hz, 40.0 s`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.container)?;
        if self.codec != self.container {
            write!(f, ", {}", self.codec)?;
        }
        if let Some(bits) = self.bits {
            write!(f, " {bits} bit")?;
        }
        let plural = if self.channels == 1 { "" } else { "s" };
        write!(f, ", {} channel{plural}, {} Hz", self.channels, self.rate_hz)?;
        self.seconds.map_or(Ok(()), |seconds| write!(f, ", {seconds:.1} s"))
    }
}

/// Something worth saying about a recording that was read all the same.
///
/// The sentences are written by `thiserror`, though a note is never an error.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Note {
    /// The header promises more than is there; what is there was read.
    #[error(
        "{file}: the header promises {promised_s:.2} s, but only {found_s:.2} s are there; \
         those were read"
    )]
    Truncated {
        /// The file.
        file: String,
        /// Length the header promises, in seconds.
        promised_s: f64,
        /// Length that was there, in seconds.
        found_s: f64,
    },
    /// More sound than the header promises; it was read too.
    #[error(
        "{file}: the header promises {promised_s:.2} s, but {found_s:.2} s were \
         found and read"
    )]
    Longer {
        /// The file.
        file: String,
        /// Length the header promises, in seconds.
        promised_s: f64,
        /// Length that was there, in seconds.
        found_s: f64,
    },
    /// The header leaves the length open, as a recorder does that writes into a pipe.
    #[error(
        "{file}: the header leaves the length open (a streamed recording); \
         {found_s:.2} s were read"
    )]
    NoLength {
        /// The file.
        file: String,
        /// Length that was there, in seconds.
        found_s: f64,
    },
    /// A format that marks its end came to an end without the mark.
    #[error("{file}: ends after {found_s:.2} s without an end mark; it was probably cut off there")]
    NoEndMark {
        /// The file.
        file: String,
        /// Length that was there, in seconds.
        found_s: f64,
    },
    /// The container could not be followed any further; the rest is missing.
    #[error("{file}: damaged after {found_s:.2} s; what follows could not be read")]
    BrokenOff {
        /// The file.
        file: String,
        /// Where reading had to stop, in seconds.
        found_s: f64,
    },
    /// The file ends in the middle of a sample; that piece was dropped.
    #[error("{file}: ends in the middle of a sample; its last bytes ({bytes}) were dropped")]
    PartialSample {
        /// The file.
        file: String,
        /// How many bytes were dropped.
        bytes: u64,
    },
    /// Packets that could not be decoded; their time is kept, marked as lost.
    #[error("{file}: packets that could not be decoded: {packets}; {lost_s:.2} s count as lost")]
    Undecodable {
        /// The file.
        file: String,
        /// How many packets.
        packets: u64,
        /// How much time they stand for, in seconds.
        lost_s: f64,
    },
    /// Time stamps that jump: sound is missing; its time is kept, marked as lost.
    #[error("{file}: places where sound is missing: {gaps}; {lost_s:.2} s count as lost")]
    Gaps {
        /// The file.
        file: String,
        /// How many jumps.
        gaps: u64,
        /// How much time is missing, in seconds.
        lost_s: f64,
    },
    /// Time stamps that jump too far to be believed; what follows was joined on.
    #[error(
        "{file}: time stamps that cannot be true: {jumps}; \
         they were ignored, so later times may be off"
    )]
    WildStamps {
        /// The file.
        file: String,
        /// How many jumps.
        jumps: u64,
    },
    /// A stretch of the file in which nothing was found that could be decoded.
    #[error("{file}: {bytes} bytes in it could not be read as sound and were skipped")]
    Skipped {
        /// The file.
        file: String,
        /// How many bytes, at least.
        bytes: u64,
    },
    /// Samples that are not a number, infinite or beyond ±8.0; they were made zero.
    #[error(
        "{file}: damaged samples on the {}'s side (not a number, infinite or beyond 8.0): \
         {samples}; they were replaced by silence", side_word(*side)
    )]
    DamagedSamples {
        /// The file.
        file: String,
        /// The side they are on.
        side: Channel,
        /// How many samples, at the file's own rate.
        samples: u64,
    },
    /// The two sides' files differ in length; the shorter one is lost from its end on.
    #[error(
        "the two sides differ in length: agent {agent} {agent_s:.2} s, customer {customer} \
         {customer_s:.2} s; the shorter one counts as lost from its end on"
    )]
    UnequalLength {
        /// The agent's file.
        agent: String,
        /// Its length, in seconds.
        agent_s: f64,
        /// The customer's file.
        customer: String,
        /// Its length, in seconds.
        customer_s: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_read_as_one_line() {
        let facts = Facts {
            file: "call.wav".to_owned(),
            container: "WAV",
            codec: "PCM",
            rate_hz: 16_000,
            bits: Some(16),
            channels: 2,
            seconds: Some(40.0),
        };
        assert_eq!(facts.to_string(), "call.wav: WAV, PCM 16 bit, 2 channels, 16000 Hz, 40.0 s");
    }

    #[test]
    fn a_note_names_the_file_and_both_lengths() {
        let note = Note::Truncated { file: "call.wav".to_owned(), promised_s: 40.0, found_s: 6.3 };
        let sentence = note.to_string();
        assert!(sentence.starts_with("call.wav: "));
        assert!(sentence.contains("40.00 s") && sentence.contains("6.30 s"), "{sentence}");
    }

    #[test]
    fn damaged_samples_name_the_side_in_words() {
        let file = "call.wav".to_owned();
        let note = Note::DamagedSamples { file, side: Channel::Customer, samples: 3 };
        assert!(note.to_string().contains("customer's side"));
    }
}
