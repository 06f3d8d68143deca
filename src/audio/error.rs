//! Why a recording was refused, and what to do about it. Sorted by what the
//! caller does next; never decided by the text of a message.

use std::io;

use thiserror::Error;

use crate::core::frames::resample::{MAX_RATE, MIN_RATE};
use crate::core::units::Channel;

/// A recording that cannot be analysed: which one, why, and what helps.
#[derive(Debug, Error)]
#[error("{file}: {kind}")]
pub struct AudioError {
    file: String,
    kind: ErrorKind,
}

/// What the caller does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The input is not there or cannot be read: look at the path or the disk.
    MissingInput,
    /// The input is there, but it is not a call that can be analysed.
    BadData,
}

/// Everything a recording is refused for.
#[derive(Debug, Error)]
pub enum ErrorKind {
    /// Nothing has that name.
    #[error("no such file")]
    Missing,
    /// The path names a folder.
    #[error("is a folder, expected a recording")]
    Folder,
    /// The path names a pipe, a socket or a device.
    #[error("is neither a file nor a folder, expected a recording")]
    NotAFile,
    /// The system does not let this user read it.
    #[error("this user may not read it")]
    Forbidden,
    /// Reading failed, at the start or in the middle.
    #[error("cannot be read: {0}")]
    Io(io::Error),
    /// Both sides of the call were given as one file.
    #[error("was given for both sides; `{other}` is the same file")]
    SameFile {
        /// The other name it was given by.
        other: String,
    },
    /// Zero bytes.
    #[error("is empty (0 bytes), expected a recording")]
    Empty,
    /// No known format begins like this.
    #[error("is not a sound file: it begins with {first}")]
    NotAudio {
        /// The first bytes, as text in quotes or as hexadecimal.
        first: String,
    },
    /// A known format that is not read here.
    #[error("is {name}, which is not read here")]
    UnsupportedFormat {
        /// The format's usual name.
        name: &'static str,
    },
    /// A format that is read here around a codec that is not.
    #[error("holds {codec} sound, which is not read here")]
    UnsupportedCodec {
        /// The codec's usual name, else its number in the file.
        codec: String,
    },
    /// Opus, in a program built without it.
    #[error("holds Opus sound, which this build cannot read")]
    OpusNotBuilt,
    /// A container without sound, such as a video without a sound track.
    #[error("has no sound track that can be read")]
    NoAudioTrack,
    /// One channel where a whole call was expected.
    #[error("has one channel (mono), expected two: who is agent and who is customer cannot be known")]
    Mono,
    /// Three channels or more.
    #[error("has {channels} channels, expected {expected}")]
    TooManyChannels {
        /// Channels in the file.
        channels: usize,
        /// How many were expected: 1 for one side, 2 for a call.
        expected: usize,
    },
    /// Two channels where one side was expected.
    #[error(
        "has two channels (stereo), expected one: it was given as the {}'s side alone",
        side_word(*side)
    )]
    StereoForOneSide {
        /// The side it was given for.
        side: Channel,
    },
    /// A sample rate nothing here is made for.
    #[error("has a sample rate of {hz} Hz, expected {MIN_RATE} to {MAX_RATE} Hz")]
    RateOutOfRange {
        /// The rate in the file, in Hz.
        hz: u32,
    },
    /// A header and nothing after it.
    #[error("holds no samples at all")]
    NoSamples,
    /// So damaged that nothing can be made of it.
    #[error("is damaged: {what}")]
    Damaged {
        /// What was expected and not found.
        what: &'static str,
    },
}

/// A side of the call as messages name it.
pub(crate) fn side_word(side: Channel) -> &'static str {
    match side {
        Channel::Agent => "agent",
        Channel::Customer => "customer",
    }
}

/// The formats read here, for messages.
const ACCEPTED: &str = "WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus and M4A (AAC)";

impl AudioError {
    /// `kind` happened to `file`.
    pub fn new(file: impl Into<String>, kind: ErrorKind) -> Self {
        Self { file: file.into(), kind }
    }

    /// The file as the user named it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What was wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// What the caller does next.
    pub fn class(&self) -> Class {
        self.kind.class()
    }

    /// The way out, as one sentence for the user.
    pub fn hint(&self) -> String {
        let file = &self.file;
        match &self.kind {
            ErrorKind::Missing => "check the spelling of the path".to_owned(),
            ErrorKind::Folder => "give one recording inside the folder".to_owned(),
            ErrorKind::NotAFile => "write the sound to a file first, then give that".to_owned(),
            ErrorKind::Forbidden => format!("allow reading, for example `chmod u+r '{file}'`"),
            ErrorKind::Io(_) => "copy it to a local disk and try again".to_owned(),
            ErrorKind::SameFile { .. } => {
                "give two different mono files, or the stereo file alone".to_owned()
            }
            ErrorKind::NotAudio { .. } => format!("accepted are {ACCEPTED}"),
            ErrorKind::UnsupportedFormat { .. } | ErrorKind::UnsupportedCodec { .. } => {
                format!("convert it with `ffmpeg -i '{file}' call.flac`; accepted are {ACCEPTED}")
            }
            ErrorKind::OpusNotBuilt => format!(
                "convert it with `ffmpeg -i '{file}' call.flac`, \
                 or use a build with the feature `opus`"
            ),
            ErrorKind::Mono => "give the two sides as two mono files with --agent FILE and \
                --customer FILE, or export the call as a stereo file"
                .to_owned(),
            ErrorKind::TooManyChannels { expected: 1, .. } => {
                "export this side alone as a mono file".to_owned()
            }
            ErrorKind::TooManyChannels { .. } => {
                "export the call as a stereo file, one channel for each side".to_owned()
            }
            ErrorKind::StereoForOneSide { .. } => "give the stereo file alone, without --agent \
                and --customer, or split it into two mono files"
                .to_owned(),
            ErrorKind::RateOutOfRange { .. } => {
                format!("convert it with `ffmpeg -i '{file}' -ar 16000 call.flac`")
            }
            ErrorKind::Empty | ErrorKind::NoAudioTrack | ErrorKind::NoSamples | ErrorKind::Damaged { .. } => {
                "export or record the call again; the file may have been cut off on its way".to_owned()
            }
        }
    }
}

impl ErrorKind {
    /// What the caller does next.
    pub fn class(&self) -> Class {
        match self {
            Self::Missing | Self::Folder | Self::NotAFile | Self::Forbidden | Self::Io(_) => {
                Class::MissingInput
            }
            Self::SameFile { .. }
            | Self::Empty
            | Self::NotAudio { .. }
            | Self::UnsupportedFormat { .. }
            | Self::UnsupportedCodec { .. }
            | Self::OpusNotBuilt
            | Self::NoAudioTrack
            | Self::Mono
            | Self::TooManyChannels { .. }
            | Self::StereoForOneSide { .. }
            | Self::RateOutOfRange { .. }
            | Self::NoSamples
            | Self::Damaged { .. } => Class::BadData,
        }
    }

    /// The kind for a failed system call.
    pub(crate) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::Io(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: ErrorKind) -> AudioError {
        AudioError::new("calls/monday.wav", kind)
    }

    #[test]
    fn a_failed_system_call_is_sorted_by_its_kind_not_its_text() {
        let kind = |kind: io::ErrorKind| ErrorKind::from_io(io::Error::new(kind, "not found, denied"));
        assert!(matches!(kind(io::ErrorKind::NotFound), ErrorKind::Missing));
        assert!(matches!(kind(io::ErrorKind::NotADirectory), ErrorKind::Missing));
        assert!(matches!(kind(io::ErrorKind::PermissionDenied), ErrorKind::Forbidden));
        assert!(matches!(kind(io::ErrorKind::IsADirectory), ErrorKind::Folder));
        assert!(matches!(kind(io::ErrorKind::TimedOut), ErrorKind::Io(_)));
    }

    #[test]
    fn what_cannot_be_read_is_missing_and_what_cannot_be_used_is_bad() {
        assert_eq!(refused(ErrorKind::Forbidden).class(), Class::MissingInput);
        assert_eq!(refused(ErrorKind::Io(io::Error::other("gone"))).class(), Class::MissingInput);
        assert_eq!(refused(ErrorKind::Mono).class(), Class::BadData);
        assert_eq!(refused(ErrorKind::NoSamples).class(), Class::BadData);
    }

    #[test]
    fn a_mono_call_is_told_both_ways_out() {
        let error = refused(ErrorKind::Mono);
        assert_eq!(
            error.to_string(),
            "calls/monday.wav: has one channel (mono), expected two: \
             who is agent and who is customer cannot be known"
        );
        assert!(error.hint().contains("--agent FILE and --customer FILE"));
        assert!(error.hint().contains("stereo"));
    }

    #[test]
    fn opus_in_a_build_without_it_names_the_conversion_and_the_feature() {
        let hint = refused(ErrorKind::OpusNotBuilt).hint();
        assert!(hint.contains("ffmpeg -i 'calls/monday.wav' call.flac"));
        assert!(hint.contains("feature `opus`"));
    }

    #[test]
    fn one_side_with_too_many_channels_is_told_to_be_mono() {
        let one = refused(ErrorKind::TooManyChannels { channels: 6, expected: 1 });
        let call = refused(ErrorKind::TooManyChannels { channels: 6, expected: 2 });
        assert!(one.hint().contains("mono"));
        assert!(call.hint().contains("stereo"));
    }
}
