//! What a file is by its first bytes: never by its name.

use std::io::{Read, Seek};

use crate::transcript::models::fault::ModelFault;
use crate::transcript::models::layout::MAGIC;
use crate::transcript::models::walk::Walk;

/// Bytes that are looked at.
const HEAD: u64 = 64;

/// What whisper.cpp's models that tell speech from silence begin with, after
/// the magic: the length of their name, and the name.
const DETECTOR: &[u8] = b"\x0a\0\0\0silero-16k";

/// CTranslate2's format in its only version so far, with the name of its kind.
const CTRANSLATE2: &[u8] = b"\x06\0\0\0\x0c\0WhisperSpec\0";

/// What a file turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Whisper,
    Detector,
    CTranslate2,
    Zip,
    Other,
}

/// Looks at the first bytes and goes back to the start.
pub(super) fn sort(walk: &mut Walk<impl Read + Seek>) -> Result<(Sort, Vec<u8>), ModelFault> {
    let head = walk.bytes(HEAD.min(walk.length()))?;
    walk.go_to(0)?;
    let magic = MAGIC.to_le_bytes();
    let sort = match head.strip_prefix(&magic) {
        Some(rest) if rest.starts_with(DETECTOR) => Sort::Detector,
        Some(_) => Sort::Whisper,
        None if head.starts_with(CTRANSLATE2) => Sort::CTranslate2,
        None if head.starts_with(b"PK\x03\x04") => Sort::Zip,
        None => Sort::Other,
    };
    Ok((sort, head))
}

/// Refuses everything but a Whisper model, by its name.
pub(super) fn expect_whisper(walk: &mut Walk<impl Read + Seek>) -> Result<(), ModelFault> {
    let (sort, head) = sort(walk)?;
    Err(match sort {
        Sort::Whisper => return Ok(()),
        Sort::Detector => ModelFault::Detector,
        Sort::CTranslate2 => ModelFault::CTranslate2,
        Sort::Zip => ModelFault::Archive,
        Sort::Other => refusal(&head),
    })
}

/// Why something that no reader here takes is refused.
pub(super) fn refusal(head: &[u8]) -> ModelFault {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.is_empty() {
        ModelFault::Empty
    } else if text.starts_with(b"<") {
        ModelFault::WebPage
    } else if text.starts_with(b"version https://git-lfs") {
        ModelFault::LfsPointer
    } else if head.starts_with(b"GGUF") {
        ModelFault::Gguf
    } else {
        ModelFault::NoModel { first: shown(head) }
    }
}

/// The first bytes as text in quotes, or as hexadecimal.
fn shown(head: &[u8]) -> String {
    let first = &head[..head.len().min(8)];
    if first.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
        format!("\"{}\"", String::from_utf8_lossy(first))
    } else {
        first.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_model_is_called_by_its_name() {
        assert!(matches!(refusal(b""), ModelFault::Empty));
        assert!(matches!(refusal(b"\n <!DOCTYPE html>"), ModelFault::WebPage));
        assert!(matches!(refusal(b"\xef\xbb\xbf<html>"), ModelFault::WebPage));
        assert!(matches!(refusal(b"version https://git-lfs.github.com"), ModelFault::LfsPointer));
        assert!(matches!(refusal(b"GGUF\x03"), ModelFault::Gguf));
        assert_eq!(refusal(b"{\"error\":1}").to_string(), "is not a model: it begins with \"{\"error\"\"");
        assert_eq!(refusal(b"\x1b[2J").to_string(), "is not a model: it begins with 1b 5b 32 4a");
    }
}
