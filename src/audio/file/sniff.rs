//! What a recording is, told from its bytes alone. File names are never looked
//! at: telephone systems name them as they like.

use std::io::SeekFrom;

use super::recording::{Bytes, fill};
use crate::audio::error::ErrorKind;

/// How much of the beginning is looked at: more than ten MP3 frames.
const HEAD: usize = 16 * 1024;

/// Tags that may stand before the sound. More are not believed.
const MAX_TAGS: usize = 8;

/// A container that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Wav,
    Flac,
    Mp3,
    Ogg,
    Mp4,
}

/// What was found, and at which byte it begins after leading tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) container: Container,
    pub(super) start: u64,
}

/// Formats that are known by name only: where their mark stands, and the mark.
const NOT_READ: &[(usize, &[u8], &str)] = &[
    (8, b"AIF", "an AIFF file"),
    (8, b"AVI ", "an AVI video"),
    (0, b"RIFX", "a big-endian WAV (RIFX) file"),
    (0, b"riff\x2e\x91\xcf\x11", "a Wave64 file"),
    (0, b".snd", "an AU file"),
    (0, b"caff", "a CAF file"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM file"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media (ASF) file"),
    (0, b"#!AMR", "an AMR file"),
    (0, b"#!SILK", "a SILK file"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"\xff\xf1", "a raw AAC (ADTS) file"),
    (0, b"\xff\xf9", "a raw AAC (ADTS) file"),
    (0, b"\xff\xfc", "an MPEG layer II file"),
    (0, b"\xff\xfd", "an MPEG layer II file"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
];

/// Recognises the container, or says what the bytes are instead.
pub(super) fn sniff(bytes: &mut dyn Bytes) -> Result<Found, ErrorKind> {
    let mut start = 0;
    let mut head = head_at(bytes, start)?;
    for _ in 0..MAX_TAGS {
        let Some(tag) = id3_length(&head) else { break };
        start += tag;
        head = head_at(bytes, start)?;
    }
    let container = container(&head).ok_or_else(|| unknown(&head))?;
    if container == Container::Ogg {
        refuse_ogg_codec(&head)?;
    }
    Ok(Found { container, start })
}

fn head_at(bytes: &mut dyn Bytes, start: u64) -> Result<Vec<u8>, ErrorKind> {
    bytes.seek(SeekFrom::Start(start)).map_err(ErrorKind::Io)?;
    let mut head = vec![0; HEAD];
    let filled = fill(bytes, &mut head)?;
    head.truncate(filled);
    Ok(head)
}

/// Length in bytes of an ID3v2 tag, which stands before many MP3 and some FLAC files.
fn id3_length(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = *head.first_chunk::<10>()? else {
        return None;
    };
    // Seven bits a byte, so that no tag can look like an MP3 frame.
    let body = size.iter().fold(0, |sum, &byte| (sum << 7) | u64::from(byte & 0x7f));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + body + footer)
}

fn has(head: &[u8], at: usize, mark: &[u8]) -> bool {
    head.get(at..).is_some_and(|rest| rest.starts_with(mark))
}

fn container(head: &[u8]) -> Option<Container> {
    let riff = has(head, 0, b"RIFF") || has(head, 0, b"RF64") || has(head, 0, b"BW64");
    if riff && has(head, 8, b"WAVE") {
        Some(Container::Wav)
    } else if has(head, 0, b"fLaC") {
        Some(Container::Flac)
    } else if has(head, 0, b"OggS") {
        Some(Container::Ogg)
    } else if has(head, 4, b"ftyp") {
        Some(Container::Mp4)
    } else {
        is_mp3(head).then_some(Container::Mp3)
    }
}

/// The codecs of an Ogg file name themselves in its first pages.
fn refuse_ogg_codec(head: &[u8]) -> Result<(), ErrorKind> {
    let names = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    if names(b"OpusHead") && !cfg!(feature = "opus") {
        return Err(ErrorKind::OpusNotBuilt);
    }
    if names(b"Speex   ") {
        return Err(ErrorKind::UnsupportedCodec { codec: "Speex".to_owned() });
    }
    Ok(())
}

fn unknown(head: &[u8]) -> ErrorKind {
    let known = NOT_READ.iter().find(|(at, mark, _)| has(head, *at, mark));
    match known {
        Some(&(_, _, name)) => ErrorKind::UnsupportedFormat { name },
        None => ErrorKind::NotAudio { first: first_bytes(head) },
    }
}

/// The first bytes as a person would describe them: text in quotes, else hexadecimal.
fn first_bytes(head: &[u8]) -> String {
    let first = &head[..head.len().min(16)];
    if first.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')) {
        let text: String = first.iter().map(|&byte| char::from(byte)).collect();
        format!("the text {text:?}")
    } else {
        let hex: Vec<String> = first.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("the bytes {}", hex.join(" "))
    }
}

/// Whether MP3 frames follow one another here. An MP3 file has no mark of its
/// own; a frame header is only 11 bits of certainty, so a chain is asked for.
fn is_mp3(head: &[u8]) -> bool {
    (0..head.len()).any(|start| match chain(&head[start..]) {
        Chain::Broken => false,
        Chain::Long => true,
        // What is too short for a chain must be a frame from its first byte on.
        Chain::Ended(frames) => 2 <= frames || (frames == 1 && start == 0),
    })
}

enum Chain {
    Broken,
    /// At least three frames of one kind in a row.
    Long,
    /// The bytes ended after so many frames.
    Ended(usize),
}

fn chain(bytes: &[u8]) -> Chain {
    let Some(first) = Frame::parse(bytes) else { return Chain::Broken };
    let mut at = first.length;
    for frames in 1..3 {
        let Some(rest) = bytes.get(at..).filter(|rest| 4 <= rest.len()) else {
            return Chain::Ended(frames);
        };
        match Frame::parse(rest) {
            Some(next) if next.kind == first.kind => at += next.length,
            _ => return Chain::Broken,
        }
    }
    Chain::Long
}

/// The header of an MPEG layer III frame.
struct Frame {
    /// Version, layer and sample rate, which do not change within a file.
    kind: u32,
    /// In bytes, header included.
    length: usize,
}

impl Frame {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let header = u32::from_be_bytes(*bytes.first_chunk()?);
        let (version, layer) = (header >> 19 & 3, header >> 17 & 3);
        let (bitrate, rate) = (header >> 12 & 15, header >> 10 & 3);
        if header >> 21 != 0x7ff || version == 1 || layer != 1 || !(1..15).contains(&bitrate) || rate == 3 {
            return None;
        }
        let mpeg1 = version == 3;
        let rate_hz = [44_100, 48_000, 32_000][rate as usize] >> [2, 0, 1, 0][version as usize];
        let kbps = if mpeg1 { KBPS_1[bitrate as usize] } else { KBPS_2[bitrate as usize] };
        let slots = if mpeg1 { 144_000 } else { 72_000 };
        let length = slots * kbps / rate_hz + (header >> 9 & 1) as usize;
        Some(Self { kind: header & 0x001e_0c00, length })
    }
}

/// Bit rates of MPEG 1 layer III, in kbit/s.
const KBPS_1: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

/// Bit rates of MPEG 2 and 2.5 layer III, in kbit/s.
const KBPS_2: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn look(bytes: &[u8]) -> Result<Found, ErrorKind> {
        sniff(&mut Cursor::new(bytes.to_vec()))
    }

    fn found(bytes: &[u8]) -> Container {
        look(bytes).unwrap().container
    }

    /// MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes.
    fn mp3_frames(count: usize) -> Vec<u8> {
        let mut frame = vec![0; 417];
        frame[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
        frame.repeat(count)
    }

    #[test]
    fn containers_are_told_by_their_marks() {
        assert_eq!(found(b"RIFF\x10\0\0\0WAVEfmt "), Container::Wav);
        assert_eq!(found(b"RF64\xff\xff\xff\xffWAVEds64"), Container::Wav);
        assert_eq!(found(b"fLaC\0\0\0\x22"), Container::Flac);
        assert_eq!(found(b"OggS\0\x02"), Container::Ogg);
        assert_eq!(found(b"\0\0\0\x1cftypM4A "), Container::Mp4);
    }

    #[test]
    fn mp3_is_told_by_frames_that_follow_one_another() {
        assert_eq!(found(&mp3_frames(4)), Container::Mp3);
        let mut junk_first = b"left over from another tool".to_vec();
        junk_first.extend(mp3_frames(4));
        assert_eq!(found(&junk_first), Container::Mp3);
        assert_eq!(found(&mp3_frames(1)), Container::Mp3);
    }

    #[test]
    fn a_single_sync_word_in_other_data_is_not_mp3() {
        let mut noise = vec![0x55; 3000];
        noise[1000..1004].copy_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
        assert!(matches!(look(&noise), Err(ErrorKind::NotAudio { .. })));
    }

    #[test]
    fn leading_tags_are_stepped_over() {
        let mut tagged = b"ID3\x03\0\0\0\0\x02\x01".to_vec();
        tagged.extend(vec![0; 257]);
        let tag = tagged.len() as u64;
        tagged.extend(mp3_frames(3));
        assert_eq!(look(&tagged).unwrap(), Found { container: Container::Mp3, start: tag });
    }

    #[test]
    fn text_is_quoted_and_bytes_are_spelled_out() {
        let Err(ErrorKind::NotAudio { first }) = look(b"This is not a sound file.") else { panic!() };
        assert_eq!(first, "the text \"This is not a so\"");
        let Err(ErrorKind::NotAudio { first }) = look(&[0, 1, 2, 0xfe]) else { panic!() };
        assert_eq!(first, "the bytes 00 01 02 fe");
    }

    #[test]
    fn formats_known_by_name_are_named() {
        for (bytes, expected) in [
            (&b"#!AMR\n"[..], "an AMR file"),
            (b"\x1a\x45\xdf\xa3\x01", "a Matroska or WebM file"),
            (b"FORM\0\0\0\0AIFC", "an AIFF file"),
            (b"RIFF\0\0\0\0AVI LIST", "an AVI video"),
        ] {
            let Err(ErrorKind::UnsupportedFormat { name }) = look(bytes) else { panic!() };
            assert_eq!(name, expected);
        }
    }

    #[test]
    fn speex_in_ogg_is_named_as_what_is_not_read() {
        let Err(ErrorKind::UnsupportedCodec { codec }) = look(b"OggS\0\x02....Speex   1.2") else { panic!() };
        assert_eq!(codec, "Speex");
    }
}
