//! Why a model was refused, and what to do about it. Sorted by what the caller
//! does next; the messages leave out the file's name, which the caller knows.

use std::io;

use thiserror::Error;

use crate::transcript::models::layout::{BINS, LEAST_WORDS};

/// What the caller does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing can be read there: look at the path, the permissions or the disk.
    Unreadable,
    /// A model of another program: convert it.
    Convertible,
    /// No model that can be used, or a damaged one: get it again.
    Unusable,
}

/// Everything a model is refused for.
#[derive(Debug, Error)]
pub enum ModelFault {
    /// Nothing has that name.
    #[error("no such file")]
    Missing,
    /// The path names a folder.
    #[error("is a folder, expected a model file")]
    Folder,
    /// The path names a pipe, a socket or a device.
    #[error("is no ordinary file, expected a model")]
    NotAFile,
    /// The system does not let this user read it.
    #[error("this user may not read it")]
    Forbidden,
    /// Reading failed.
    #[error("cannot be read: {0}")]
    Io(io::Error),
    /// Zero bytes.
    #[error("is empty (0 bytes), expected a model")]
    Empty,
    /// HTML or XML: the download led to a page.
    #[error("is a web page, not a model: the download was led elsewhere")]
    WebPage,
    /// Git's stand-in for a large file.
    #[error("is a Git LFS pointer, not the model itself")]
    LfsPointer,
    /// The format of other programs of the same authors.
    #[error("is a GGUF file, expected a Whisper model in whisper.cpp's own format")]
    Gguf,
    /// A zip file, a wheel or a checkpoint of PyTorch.
    #[error("is a zip archive, expected a model in whisper.cpp's format")]
    Archive,
    /// A model of CTranslate2, as faster-whisper uses it.
    #[error("is a CTranslate2 (faster-whisper) model, expected one in whisper.cpp's format")]
    CTranslate2,
    /// whisper.cpp's model that tells speech from silence.
    #[error("is a model that tells speech from silence, expected one that writes down speech")]
    Detector,
    /// A Whisper model where the other kind was asked for.
    #[error("is no model that tells speech from silence (Silero, in whisper.cpp's format)")]
    NoDetector,
    /// Nothing that is known here.
    #[error("is not a model: it begins with {first}")]
    NoModel {
        /// The first bytes, as text in quotes or as hexadecimal.
        first: String,
    },
    /// It ends before all of it was there.
    #[error("is cut short: something is missing after byte {at} of {length}")]
    CutShort {
        /// Where what is missing begins.
        at: u64,
        /// Bytes of the file.
        length: u64,
    },
    /// More bytes than a model has.
    #[error("goes on for {extra} bytes after its end")]
    TooLong {
        /// Bytes after the last tensor.
        extra: u64,
    },
    /// A size in the header that no Whisper model has.
    #[error("is damaged: {field} is {value}, expected {expected}")]
    Header {
        /// What the number says.
        field: &'static str,
        /// The number.
        value: i64,
        /// What Whisper models have there.
        expected: &'static str,
    },
    /// The filter table has another size.
    #[error("is damaged: a filter table of {mels} x {bins}, expected {expected} x {BINS}")]
    Filters {
        /// Bands that it claims.
        mels: i32,
        /// Frequencies that it claims.
        bins: i32,
        /// Bands of the header.
        expected: u32,
    },
    /// Fewer vocabulary entries than any model has, or more than the header calls for.
    #[error("is damaged: {count} vocabulary entries, expected {LEAST_WORDS} to {most}")]
    Vocabulary {
        /// Entries that it claims.
        count: i32,
        /// Tokens of the header.
        most: u32,
    },
    /// An entry that is too long for a token.
    #[error("is damaged: vocabulary entry {entry} claims {bytes} bytes, expected 0 to 512")]
    Word {
        /// Which entry.
        entry: u32,
        /// Its length as claimed.
        bytes: i32,
    },
    /// The header of a tensor makes no sense.
    #[error("is damaged at byte {at}: {field} of a tensor is {value}, expected {expected}")]
    Tensor {
        /// Where.
        at: u64,
        /// What the number says.
        field: &'static str,
        /// The number.
        value: i64,
        /// What tensors have there.
        expected: &'static str,
    },
    /// A tensor of a name that no such model has, or has once.
    #[error("is damaged: tensor {name} is not expected{again}", again = if *.twice { " twice" } else { "" })]
    Unexpected {
        /// Its name, readable.
        name: String,
        /// It came before.
        twice: bool,
    },
    /// A tensor that is not as large as it must be, or of another type.
    #[error("is damaged: tensor {name} is {found}, expected {expected}")]
    Shape {
        /// Which.
        name: String,
        /// Shape and type in the file.
        found: String,
        /// Shape and type that the header calls for.
        expected: String,
    },
    /// Whole tensors are missing at the end.
    #[error("is cut short: {found} tensors, expected {expected}")]
    Tensors {
        /// Tensors in the file.
        found: usize,
        /// Tensors that the header calls for.
        expected: usize,
    },
    /// Its check sum is not the published one.
    #[error("is not what was published: its SHA-256 is {found}, expected {expected}")]
    Digest {
        /// Of the file.
        found: String,
        /// Of the published one.
        expected: String,
    },
}

impl ModelFault {
    /// What the caller does next.
    pub const fn class(&self) -> Class {
        match self {
            Self::Missing | Self::Folder | Self::NotAFile | Self::Forbidden | Self::Io(_) => {
                Class::Unreadable
            }
            Self::CTranslate2 | Self::Archive => Class::Convertible,
            Self::Empty
            | Self::WebPage
            | Self::LfsPointer
            | Self::Gguf
            | Self::Detector
            | Self::NoDetector
            | Self::NoModel { .. }
            | Self::CutShort { .. }
            | Self::TooLong { .. }
            | Self::Header { .. }
            | Self::Filters { .. }
            | Self::Vocabulary { .. }
            | Self::Word { .. }
            | Self::Tensor { .. }
            | Self::Unexpected { .. }
            | Self::Shape { .. }
            | Self::Tensors { .. }
            | Self::Digest { .. } => Class::Unusable,
        }
    }

    /// The way out, as one sentence for the user.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Missing => "check the spelling; `evenkeel model list` shows what is installed",
            Self::Folder | Self::CTranslate2 | Self::Archive => {
                "bring it in with `evenkeel model import`, which converts folders, wheels and model.bin"
            }
            Self::NotAFile => "copy it into a file first, then give that",
            Self::Forbidden => "allow reading it, for example with `chmod u+r`",
            Self::Io(_) => "copy it to a local disk and try again",
            Self::LfsPointer => "fetch the file itself, for example with `git lfs pull`",
            Self::Gguf => "get the file whose name begins with ggml- instead",
            Self::Detector => "name a Whisper model: `evenkeel model list` shows those that are known",
            Self::NoDetector => "get it with `evenkeel model fetch silero`",
            Self::NoModel { .. } => "get a model with `evenkeel model fetch`, or bring one in with `import`",
            Self::Empty
            | Self::WebPage
            | Self::CutShort { .. }
            | Self::TooLong { .. }
            | Self::Header { .. }
            | Self::Filters { .. }
            | Self::Vocabulary { .. }
            | Self::Word { .. }
            | Self::Tensor { .. }
            | Self::Unexpected { .. }
            | Self::Shape { .. }
            | Self::Tensors { .. }
            | Self::Digest { .. } => "get it again: `evenkeel model fetch`, or copy it anew and `import` it",
        }
    }

    /// The fault of a failed system call.
    pub(super) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::Io(error),
        }
    }
}
