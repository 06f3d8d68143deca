//! The header of a WAV file, in the plain and the 64-bit (RF64) form. Lengths
//! in it are what the recorder promised, not what is there.

use std::io::{Read, Seek, SeekFrom};

use crate::audio::error::ErrorKind;
use crate::audio::file::recording::fill;

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::audio::file) enum Encoding {
    U8,
    I16,
    I24,
    I32,
    F32,
    F64,
    MuLaw,
    ALaw,
}

/// What the sound chunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::audio::file) enum Stored {
    /// One sample after the other.
    Plain(Encoding),
    /// Four bits a sample, in blocks: another reader's work.
    Adpcm,
}

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::audio::file) struct Header {
    pub(in crate::audio::file) stored: Stored,
    pub(in crate::audio::file) channels: u16,
    pub(in crate::audio::file) rate_hz: u32,
    /// Bytes of samples the header promises; `None` where it leaves them open.
    pub(in crate::audio::file) promised: Option<u64>,
    /// More than a second of sound follows what was promised.
    pub(in crate::audio::file) goes_on: bool,
}

/// Chunks before the samples. More are not believed.
const MAX_CHUNKS: usize = 1_024;

/// Lengths near 2 or 4 GiB that recorders write when they do not know the length:
/// 0xffffffff (ffmpeg), 0x7ffff000 (SoX), 0x80000000 (arecord), less a header.
fn is_open_length(length: u32) -> bool {
    0xffff_f000 <= length || (0x7fff_f000..=0x8000_0000).contains(&length)
}

/// Chunk lengths seen on the way to the samples.
#[derive(Default)]
struct Seen {
    riff: u32,
    format: Option<Format>,
    /// Length of the samples from an RF64 file's own chunk.
    long: Option<u64>,
}

#[derive(Clone, Copy)]
struct Format {
    stored: Stored,
    channels: u16,
    rate_hz: u32,
}

impl Format {
    /// Bytes of one second of samples.
    fn second(&self) -> u64 {
        let sample = match self.stored {
            Stored::Plain(encoding) => encoding.bytes() as u64,
            // Its own reader goes by the header.
            Stored::Adpcm => return u64::MAX,
        };
        sample * u64::from(self.channels) * u64::from(self.rate_hz)
    }
}

/// Reads from byte `start` up to the first sample. `length` is the length of the
/// file in bytes.
///
/// # Errors
/// [`ErrorKind::UnsupportedCodec`], [`ErrorKind::Damaged`] or [`ErrorKind::Io`].
pub(in crate::audio::file) fn read<R: Read + Seek + ?Sized>(
    bytes: &mut R,
    start: u64,
    length: u64,
) -> Result<Header, ErrorKind> {
    bytes.seek(SeekFrom::Start(start)).map_err(ErrorKind::Io)?;
    let riff: [u8; 12] = exactly(bytes)?;
    let mut seen = Seen { riff: u32_at(&riff, 4), ..Seen::default() };
    for _ in 0..MAX_CHUNKS {
        let chunk: [u8; 8] = exactly(bytes)?;
        let size = u32_at(&chunk, 4);
        match &chunk[..4] {
            b"data" => return header(&seen, size, bytes, length),
            b"fmt " => seen.format = Some(inside(bytes, size, parse_format)?),
            b"ds64" => seen.long = Some(inside(bytes, size, |body| Ok(u64_at(body, 8)))?),
            _ => skip(bytes, u64::from(size) + u64::from(size & 1))?,
        }
    }
    Err(ErrorKind::Damaged { what: "its header has no end" })
}

/// Puts the header together; `bytes` stand at the first sample before and after.
fn header<R: Read + Seek + ?Sized>(
    seen: &Seen,
    size: u32,
    bytes: &mut R,
    length: u64,
) -> Result<Header, ErrorKind> {
    let start = bytes.stream_position().map_err(ErrorKind::Io)?;
    let Some(format) = seen.format else {
        return Err(ErrorKind::Damaged { what: "no `fmt ` chunk stands before the samples" });
    };
    let there = length.saturating_sub(start);
    let promised = promised(seen, size, there, length);
    let surplus = there - promised.unwrap_or(there).min(there);
    let goes_on = format.second() <= surplus && !chunk_follows(bytes, length - surplus, surplus)?;
    bytes.seek(SeekFrom::Start(start)).map_err(ErrorKind::Io)?;
    let Format { stored, channels, rate_hz } = format;
    Ok(Header { stored, channels, rate_hz, promised, goes_on })
}

/// Bytes of samples the header promises, if it does.
fn promised(seen: &Seen, size: u32, there: u64, length: u64) -> Option<u64> {
    if let Some(long) = seen.long.filter(|_| size == u32::MAX) {
        return Some(long);
    }
    let promised = u64::from(size);
    // A recorder that died leaves zero, and a RIFF length that ends before the samples.
    let never_filled_in = size == 0 && u64::from(seen.riff) + 8 < length;
    let open = is_open_length(size) && (there < promised || size == u32::MAX);
    (!never_filled_in && !open).then_some(promised)
}

/// Whether another chunk begins at `at`, with or without a padding byte before
/// it. Sound may follow instead: lengths beyond 4 GiB lose their upper half, and
/// a recorder that died did not write the last one.
fn chunk_follows<R: Read + Seek + ?Sized>(bytes: &mut R, at: u64, left: u64) -> Result<bool, ErrorKind> {
    bytes.seek(SeekFrom::Start(at)).map_err(ErrorKind::Io)?;
    let head: [u8; 9] = exactly(bytes)?;
    let is_chunk = |chunk: &[u8]| {
        let name = chunk[..4].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ');
        name && u64::from(u32_at(chunk, 4)) <= left
    };
    Ok(is_chunk(&head[..8]) || is_chunk(&head[1..]))
}

/// Runs `parse` on the body of a chunk and steps over the rest of it.
fn inside<R: Read + Seek + ?Sized, T>(
    bytes: &mut R,
    size: u32,
    parse: impl FnOnce(&[u8; 40]) -> Result<T, ErrorKind>,
) -> Result<T, ErrorKind> {
    let mut body = [0; 40];
    let wanted = body.len().min(size as usize);
    if fill(bytes, &mut body[..wanted])? < wanted {
        return Err(ErrorKind::Damaged { what: "it ends inside the header" });
    }
    skip(bytes, u64::from(size) - wanted as u64 + u64::from(size & 1))?;
    parse(&body)
}

/// Layout of the `fmt ` chunk: tag, channels, rate, bytes a second, bytes a
/// frame, bits; then, in the extensible form, the true tag at 24.
fn parse_format(body: &[u8; 40]) -> Result<Format, ErrorKind> {
    const EXTENSIBLE: u16 = 0xfffe;
    let tag = if u16_at(body, 0) == EXTENSIBLE { u16_at(body, 24) } else { u16_at(body, 0) };
    let (channels, frame, bits) = (u16_at(body, 2), u16_at(body, 12), u16_at(body, 14));
    if channels == 0 {
        return Err(ErrorKind::Damaged { what: "its header names no channels" });
    }
    // 20 bits live in 3 bytes and 24 sometimes in 4: the frame length tells.
    let told = if frame.is_multiple_of(channels) { frame / channels } else { 0 };
    let bytes = told.max(bits.div_ceil(8));
    let stored = stored(tag, bytes).ok_or_else(|| unsupported(tag, bits))?;
    Ok(Format { stored, channels, rate_hz: u32_at(body, 4) })
}

fn stored(tag: u16, bytes: u16) -> Option<Stored> {
    let encoding = match (tag, bytes) {
        (1, 1) => Encoding::U8,
        (1, 2) => Encoding::I16,
        (1, 3) => Encoding::I24,
        (1, 4) => Encoding::I32,
        (3, 4) => Encoding::F32,
        (3, 8) => Encoding::F64,
        (6, 1) => Encoding::ALaw,
        (7, 1) => Encoding::MuLaw,
        (0x02 | 0x11, _) => return Some(Stored::Adpcm),
        _ => return None,
    };
    Some(Stored::Plain(encoding))
}

/// Codecs that telephone systems put into WAV files and that are not read here.
fn unsupported(tag: u16, bits: u16) -> ErrorKind {
    let codec = match tag {
        1 => format!("{bits}-bit PCM"),
        3 => format!("{bits}-bit floating-point"),
        0x31 => "GSM 6.10".to_owned(),
        0x45 | 0x64 => "G.726 ADPCM".to_owned(),
        0x65 => "G.722".to_owned(),
        0x42 | 0x111 => "G.723.1".to_owned(),
        0x83 | 0x133 => "G.729".to_owned(),
        0x50 => "MPEG layer II".to_owned(),
        0x55 => "MP3 (inside WAV)".to_owned(),
        0x160..=0x162 => "Windows Media".to_owned(),
        0x22 => "TrueSpeech".to_owned(),
        _ => format!("WAV format 0x{tag:04x}"),
    };
    ErrorKind::UnsupportedCodec { codec }
}

fn exactly<const N: usize, R: Read + ?Sized>(bytes: &mut R) -> Result<[u8; N], ErrorKind> {
    let mut buffer = [0; N];
    if fill(bytes, &mut buffer)? == N {
        Ok(buffer)
    } else {
        Err(ErrorKind::Damaged { what: "it ends before the first sample" })
    }
}

fn skip<R: Seek + ?Sized>(bytes: &mut R, count: u64) -> Result<(), ErrorKind> {
    // At most 4 GiB, so it fits.
    bytes.seek(SeekFrom::Current(count as i64)).map(|_| ()).map_err(ErrorKind::Io)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn fmt(tag: u16, channels: u16, bytes: u16, bits: u16) -> Vec<u8> {
        let mut body = Vec::new();
        for (value, width) in [
            (u32::from(tag), 2),
            (u32::from(channels), 2),
            (16_000, 4),
            (16_000 * u32::from(channels * bytes), 4),
            (u32::from(channels * bytes), 2),
            (u32::from(bits), 2),
        ] {
            body.extend(&value.to_le_bytes()[..width]);
        }
        body
    }

    fn file(riff: u32, chunks: &[(&[u8; 4], u32, &[u8])]) -> Vec<u8> {
        let mut file = b"RIFF".to_vec();
        file.extend(riff.to_le_bytes());
        file.extend(b"WAVE");
        for (name, size, body) in chunks {
            file.extend(*name);
            file.extend(size.to_le_bytes());
            file.extend(*body);
        }
        file
    }

    fn read(file: &[u8]) -> Result<Header, ErrorKind> {
        super::read(&mut Cursor::new(file), 0, file.len() as u64)
    }

    fn lengths(riff: u32, data: u32, there: usize) -> Option<u64> {
        let fmt = fmt(1, 2, 2, 16);
        let samples = vec![0; there];
        read(&file(riff, &[(b"fmt ", 16, &fmt), (b"data", data, &samples)])).unwrap().promised
    }

    #[test]
    fn a_plain_header_is_understood() {
        let fmt = fmt(1, 2, 2, 16);
        let header = read(&file(44, &[(b"fmt ", 16, &fmt), (b"data", 8, &[0; 8])])).unwrap();
        assert_eq!(
            header,
            Header {
                stored: Stored::Plain(Encoding::I16),
                channels: 2,
                rate_hz: 16_000,
                promised: Some(8),
                goes_on: false,
            }
        );
    }

    #[test]
    fn other_chunks_are_stepped_over_with_their_padding() {
        let fmt = fmt(7, 2, 1, 8);
        let chunks: [(&[u8; 4], u32, &[u8]); 4] =
            [(b"LIST", 3, b"odd\0"), (b"fmt ", 16, &fmt), (b"fact", 4, &[1, 0, 0, 0]), (b"data", 2, &[0, 0])];
        assert_eq!(read(&file(90, &chunks)).unwrap().stored, Stored::Plain(Encoding::MuLaw));
    }

    #[test]
    fn the_extensible_form_names_the_true_encoding() {
        let mut body = fmt(0xfffe, 2, 4, 32);
        body.extend([22, 0, 32, 0, 3, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0x10, 0]);
        body.extend([0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
        let header = read(&file(100, &[(b"fmt ", 40, &body), (b"data", 0, &[])])).unwrap();
        assert_eq!(header.stored, Stored::Plain(Encoding::F32));
    }

    #[test]
    fn twenty_four_bits_in_four_bytes_are_read_as_four_bytes() {
        let body = fmt(1, 2, 4, 24);
        let header = read(&file(100, &[(b"fmt ", 16, &body), (b"data", 0, &[])])).unwrap();
        assert_eq!(header.stored, Stored::Plain(Encoding::I32));
    }

    #[test]
    fn an_open_length_is_no_promise() {
        assert_eq!(lengths(u32::MAX, u32::MAX, 64), None);
        assert_eq!(lengths(0x7fff_f024, 0x7fff_f000, 64), None);
        assert_eq!(lengths(0, 0, 64), None);
        assert_eq!(lengths(36, 0, 64), None);
    }

    #[test]
    fn a_true_zero_and_a_broken_promise_stay_promises() {
        assert_eq!(lengths(36, 0, 0), Some(0));
        assert_eq!(lengths(4_000_036, 4_000_000, 64), Some(4_000_000));
    }

    #[test]
    fn sound_behind_the_promise_is_told_from_other_chunks() {
        let goes_on = |follows: &[u8]| {
            let fmt = fmt(1, 2, 2, 16);
            let mut file = file(36, &[(b"fmt ", 16, &fmt), (b"data", 4, &[0; 4])]);
            file.extend([follows, &[1; 100_000]].concat());
            read(&file).unwrap().goes_on
        };
        assert!(goes_on(b""));
        assert!(!goes_on(b"LIST\x10\0\0\0") && !goes_on(b"\0id3 \x10\0\0\0"));
    }

    #[test]
    fn the_64_bit_form_takes_its_length_from_its_own_chunk() {
        let mut long = vec![0; 28];
        long[8..16].copy_from_slice(&6_000_000_000u64.to_le_bytes());
        let fmt = fmt(1, 2, 2, 16);
        let chunks: [(&[u8; 4], u32, &[u8]); 3] =
            [(b"ds64", 28, &long), (b"fmt ", 16, &fmt), (b"data", u32::MAX, &[0; 4])];
        assert_eq!(read(&file(u32::MAX, &chunks)).unwrap().promised, Some(6_000_000_000));
    }

    #[test]
    fn codecs_of_telephone_systems_are_named() {
        for (tag, bits, expected) in [
            (0x31, 0, "GSM 6.10"),
            (0x55, 0, "MP3 (inside WAV)"),
            (1, 12_345, "12345-bit PCM"),
            (0x4321, 8, "WAV format 0x4321"),
        ] {
            let body = fmt(tag, 2, 0, bits);
            let Err(ErrorKind::UnsupportedCodec { codec }) = read(&file(36, &[(b"fmt ", 16, &body)])) else {
                panic!("{tag:#x}");
            };
            assert_eq!(codec, expected);
        }
    }

    #[test]
    fn a_header_without_its_parts_is_damaged() {
        let no_format = file(36, &[(b"data", 4, &[0; 4])]);
        let no_data = file(36, &[(b"fmt ", 16, &fmt(1, 2, 2, 16))]);
        let cut_format = file(36, &[(b"fmt ", 16, &[1, 0, 2])]);
        let no_channels = file(36, &[(b"fmt ", 16, &fmt(1, 0, 2, 16))]);
        for damaged in [&no_format, &no_data, &cut_format, &no_channels] {
            assert!(matches!(read(damaged), Err(ErrorKind::Damaged { .. })));
        }
    }
}
