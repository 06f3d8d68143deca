//! Why a model of another program could not be converted.

use std::io;

use thiserror::Error;

use crate::transcript::models::fault::ModelFault;

/// What is wrong with the files that were given.
#[derive(Debug, Error)]
pub enum SourceFault {
    /// A file cannot be read, or is something else.
    #[error(transparent)]
    File(#[from] ModelFault),
    /// A zip archive that cannot be read.
    #[error("is a damaged archive: {0}")]
    Archive(String),
    /// No file of the right name.
    #[error("no model.bin in it, nor parts of one")]
    NoModel,
    /// More than one model.
    #[error("holds {0} models, expected one")]
    Several(usize),
    /// A model that was cut into parts, and one is missing.
    #[error("part {missing} of the model is missing, of {parts}")]
    PartMissing {
        /// The first that is missing.
        missing: u32,
        /// The highest number there is.
        parts: u32,
    },
    /// The words that tokens stand for are needed too.
    #[error("no vocabulary.txt, vocabulary.json or tokenizer.json beside the model")]
    NoVocabulary,
    /// A file is larger than any that is meant.
    #[error("{name} is larger than {most} bytes")]
    TooLarge {
        /// Which.
        name: String,
        /// What is read at most.
        most: u64,
    },
}

/// What is wrong with the model.
#[derive(Debug, Error)]
pub enum ConvertFault {
    /// It cannot be read, or ends too early.
    #[error(transparent)]
    Model(#[from] ModelFault),
    /// The result cannot be written.
    #[error("cannot be written: {0}")]
    Write(#[from] io::Error),
    /// A version of the format that is not known.
    #[error("is of CTranslate2's format {0}, expected 6")]
    Version(i32),
    /// Some other network.
    #[error("is no Whisper model but {0}")]
    Spec(String),
    /// A name that is none.
    #[error("is damaged at byte {0}: no name where one is expected")]
    Name(u64),
    /// A variable whose numbers do not fit each other.
    #[error("is damaged: {variable} has {bytes} bytes, which its shape does not")]
    Bytes {
        /// Which.
        variable: String,
        /// As it claims.
        bytes: u64,
    },
    /// A variable of a type that holds no weights.
    #[error("{variable} is of type {number}, which is not known")]
    Type {
        /// Which.
        variable: String,
        /// The number of the type.
        number: u8,
    },
    /// A variable that every Whisper model has.
    #[error("{0} is missing")]
    Missing(String),
    /// A variable of another size.
    #[error("{variable} is {found} in size, expected {expected}")]
    Size {
        /// Which.
        variable: String,
        /// Numbers it has.
        found: u64,
        /// Numbers that the sizes of the model call for.
        expected: u64,
    },
    /// Whole numbers that cannot be made weights again.
    #[error("{0} is quantised, and its scale is missing or does not fit")]
    Scale(String),
    /// Infinite, or no number at all.
    #[error("{0} holds something that is no number")]
    NotFinite(String),
    /// A bias that whisper.cpp's format has no place for.
    #[error("{0}: the keys have a bias, for which the format has no place")]
    KeyBias(String),
    /// Something else goes on after the last variable.
    #[error("goes on for {0} bytes after its end")]
    TooLong(u64),
    /// A vocabulary that cannot be read.
    #[error("the vocabulary is damaged: {0}")]
    Vocabulary(&'static str),
    /// Too few words.
    #[error("the vocabulary has {found} words, expected {expected} or more")]
    Words {
        /// In the file.
        found: usize,
        /// Whisper's.
        expected: u32,
    },
    /// A word that is not written as Whisper's are.
    #[error("word {0} of the vocabulary is not written as Whisper's are")]
    Word(usize),
}
