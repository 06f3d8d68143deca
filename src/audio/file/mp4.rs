//! The edit list of an M4A file: how much of the first packets is the encoder's
//! own lead-in, and how long the sound really is. The decoder library reads past
//! it, and at 16 kHz the lead-in is 64 ms of call that never was.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use super::recording::fill;
use crate::audio::error::ErrorKind;

/// Boxes looked at inside one box. A recording has a dozen.
const MAX_BOXES: usize = 1_024;

/// Boxes of the file itself. A day in fragments of a tenth of a second has this many.
const MAX_PARTS: usize = 2_000_000;

/// What the edit list says, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edit {
    /// Time before the sound begins; negative where a lead-in is to be dropped.
    pub(super) shift: f64,
    /// Length of the sound, where it is told.
    pub(super) length: Option<f64>,
}

/// What is looked up in the index of an M4A file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Movie {
    /// The codec of the first sound track, by its four letters.
    pub(super) codec: Option<[u8; 4]>,
    /// The edit of the first sound track, if there is a plain one: at most one
    /// wait, then one stretch of sound. Anything more is left to the decoder.
    pub(super) edit: Option<Edit>,
}

/// Looks into the index of a file of `length` bytes.
///
/// # Errors
/// [`ErrorKind::Damaged`] where there is none, or where its fragments cannot be true.
pub(super) fn movie<R: Read + Seek + ?Sized>(bytes: &mut R, length: u64) -> Result<Movie, ErrorKind> {
    let mut boxes = Boxes { bytes };
    let mut index = None;
    let (mut packets, mut at) = (0, 0);
    for _ in 0..MAX_PARTS {
        let Some((name, body)) = boxes.header(at, length) else { break };
        at = body.end;
        match &name {
            b"moov" => index = Some(body),
            b"moof" => packets = boxes.packets(body).saturating_add(packets),
            _ => (),
        }
    }
    // The decoder library counts through them before it reads one: four thousand
    // million of them, named in four bytes, take it ten seconds.
    if length < packets {
        return Err(ErrorKind::Damaged { what: "it names more packets than it has bytes" });
    }
    let what = "it has no index (`moov`), so the recorder did not finish it";
    let index = index.ok_or(ErrorKind::Damaged { what })?;
    Ok(boxes.look(index).unwrap_or_default())
}

/// One line of an edit list.
#[derive(Clone, Copy)]
struct Entry {
    /// In the movie's ticks.
    length: u64,
    /// In the media's ticks; negative for a wait.
    begin: i64,
}

fn plain_edit(entries: &[Entry], movie_rate: f64, media_rate: f64) -> Option<Edit> {
    let (wait, sound) = match *entries {
        [sound] => (0, sound),
        [wait, sound] if wait.begin < 0 => (wait.length, sound),
        _ => return None,
    };
    let begin = u64::try_from(sound.begin).ok()?;
    Some(Edit {
        shift: wait as f64 / movie_rate - begin as f64 / media_rate,
        length: (0 < sound.length).then(|| sound.length as f64 / movie_rate),
    })
}

/// Walks the boxes an MP4 file is made of, by position.
struct Boxes<'a, R: ?Sized> {
    bytes: &'a mut R,
}

impl<R: Read + Seek + ?Sized> Boxes<'_, R> {
    fn child(&mut self, parent: Range<u64>, name: &[u8; 4]) -> Option<Range<u64>> {
        self.children(parent).into_iter().find_map(|(found, body)| (found == *name).then_some(body))
    }

    fn children(&mut self, parent: Range<u64>) -> Vec<([u8; 4], Range<u64>)> {
        let mut found = Vec::new();
        let mut at = parent.start;
        while found.len() < MAX_BOXES {
            let Some((name, body)) = self.header(at, parent.end) else { break };
            at = body.end;
            found.push((name, body));
        }
        found
    }

    /// The name and the body of the box at `at`, if it lies within its parent.
    fn header(&mut self, at: u64, end: u64) -> Option<([u8; 4], Range<u64>)> {
        let head: [u8; 16] = self.read(at)?;
        let name = *head[4..].first_chunk()?;
        let (header, size) = match be32(&head, 0)? {
            0 => (8, end.checked_sub(at)?),
            1 => (16, be64(&head, 8)?),
            size => (8, u64::from(size)),
        };
        let body = at.checked_add(header)?..at.checked_add(size)?;
        (body.start <= body.end && body.end <= end).then_some((name, body))
    }

    /// The time scale of a `mvhd` or `mdhd` box, which both have it in one place.
    fn ticks_per_second(&mut self, parent: Range<u64>, name: &[u8; 4]) -> Option<f64> {
        let head: [u8; 24] = {
            let body = self.child(parent, name)?;
            self.read(body.start)?
        };
        let ticks = be32(&head, if head[0] == 1 { 20 } else { 12 })?;
        (0 < ticks).then(|| f64::from(ticks))
    }

    /// What is wanted of the first sound track.
    fn look(&mut self, movie: Range<u64>) -> Option<Movie> {
        let tracks = self.children(movie.clone());
        let mut sounds = tracks.into_iter().filter(|(name, _)| name == b"trak").map(|(_, track)| track);
        let track = sounds.find(|track| self.is_sound(track.clone()).unwrap_or(false))?;
        Some(Movie { codec: self.codec(track.clone()), edit: self.edit(movie, track) })
    }

    /// Packets a fragment names; without end if it has more parts than are looked at.
    fn packets(&mut self, fragment: Range<u64>) -> u64 {
        let mut sum = 0_u64;
        let parts = self.children(fragment);
        for (_, part) in &parts {
            let runs = self.children(part.clone());
            if runs.len().max(parts.len()) == MAX_BOXES {
                return u64::MAX;
            }
            for (_, run) in runs.into_iter().filter(|(name, _)| name == b"trun") {
                let head: Option<[u8; 8]> = self.read(run.start);
                let count = head.and_then(|head| be32(&head, 4)).unwrap_or(0);
                sum = sum.saturating_add(u64::from(count));
            }
        }
        sum
    }

    fn edit(&mut self, movie: Range<u64>, track: Range<u64>) -> Option<Edit> {
        let movie_rate = self.ticks_per_second(movie, b"mvhd")?;
        let media = self.child(track.clone(), b"mdia")?;
        let media_rate = self.ticks_per_second(media, b"mdhd")?;
        let edits = self.child(track, b"edts")?;
        let list = self.child(edits, b"elst")?;
        plain_edit(&self.entries(list)?, movie_rate, media_rate)
    }

    fn codec(&mut self, track: Range<u64>) -> Option<[u8; 4]> {
        let mut inner = track;
        for name in [b"mdia", b"minf", b"stbl", b"stsd"] {
            inner = self.child(inner, name)?;
        }
        // Version and count, then the length and the name of the first entry.
        let head: [u8; 16] = self.read(inner.start)?;
        head[12..].first_chunk().copied()
    }

    fn is_sound(&mut self, track: Range<u64>) -> Option<bool> {
        let media = self.child(track, b"mdia")?;
        let handler = self.child(media, b"hdlr")?;
        let head: [u8; 12] = self.read(handler.start)?;
        Some(head.ends_with(b"soun"))
    }

    fn entries(&mut self, list: Range<u64>) -> Option<Vec<Entry>> {
        let head: [u8; 8] = self.read(list.start)?;
        let wide = head[0] == 1;
        // Three are already one too many to be understood.
        let count = be32(&head, 4)?.min(3);
        (0..u64::from(count)).map(|index| self.entry(&list, index, wide)).collect()
    }

    fn entry(&mut self, list: &Range<u64>, index: u64, wide: bool) -> Option<Entry> {
        let size = if wide { 20 } else { 12 };
        let at = list.start + 8 + index * size;
        let entry: [u8; 20] = self.read(at).filter(|_| at + size <= list.end)?;
        Some(if wide {
            Entry { length: be64(&entry, 0)?, begin: be64(&entry, 8)?.cast_signed() }
        } else {
            let begin = be32(&entry, 4)?.cast_signed();
            Entry { length: u64::from(be32(&entry, 0)?), begin: i64::from(begin) }
        })
    }

    /// Bytes at a position; what lies beyond the end of the file reads as zero.
    fn read<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        self.bytes.seek(SeekFrom::Start(at)).ok()?;
        let mut buffer = [0; N];
        let filled = fill(self.bytes, &mut buffer).ok()?;
        (0 < filled).then_some(buffer)
    }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn part(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut bytes = (body.len() as u32 + 8).to_be_bytes().to_vec();
        bytes.extend(name);
        bytes.extend(body);
        bytes
    }

    fn words(values: &[u32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_be_bytes()).collect()
    }

    /// A movie at 1000 ticks a second with one track of 8000, and an edit list.
    fn made(handler: &[u8; 4], edits: &[u32]) -> Vec<u8> {
        let handler = [words(&[0, 0]), handler.to_vec()].concat();
        let media = [part(b"mdhd", &words(&[0, 0, 0, 8_000, 0])), part(b"hdlr", &handler)].concat();
        let codec = part(b"stsd", &[words(&[0, 1, 16]), b"samr".to_vec()].concat());
        let media = [media, part(b"minf", &part(b"stbl", &codec))].concat();
        let list = part(b"edts", &part(b"elst", &words(edits)));
        let track = part(b"trak", &[list, part(b"mdia", &media)].concat());
        let header = part(b"mvhd", &words(&[0, 0, 0, 1_000, 0, 0]));
        [part(b"ftyp", b"M4A "), part(b"moov", &[header, track].concat())].concat()
    }

    fn look(file: &[u8]) -> Option<Movie> {
        movie(&mut Cursor::new(file), file.len() as u64).ok()
    }

    fn edit_of(file: &[u8]) -> Option<Edit> {
        look(file).and_then(|movie| movie.edit)
    }

    #[test]
    fn the_codec_is_named_by_its_four_letters() {
        let file = made(b"soun", &[0, 0]);
        assert_eq!(look(&file).unwrap().codec, Some(*b"samr"));
    }

    #[test]
    fn a_lead_in_is_a_shift_to_the_left() {
        let file = made(b"soun", &[0, 1, 2_500, 1_024, 1 << 16]);
        assert_eq!(edit_of(&file), Some(Edit { shift: -0.128, length: Some(2.5) }));
    }

    #[test]
    fn a_wait_moves_the_sound_to_the_right() {
        let file = made(b"soun", &[0, 2, 500, u32::MAX, 1 << 16, 2_500, 0, 1 << 16]);
        assert_eq!(edit_of(&file), Some(Edit { shift: 0.5, length: Some(2.5) }));
    }

    #[test]
    fn a_length_of_zero_is_not_told() {
        let file = made(b"soun", &[0, 1, 0, 1_024, 1 << 16]);
        assert_eq!(edit_of(&file), Some(Edit { shift: -0.128, length: None }));
    }

    #[test]
    fn pictures_and_complicated_edits_are_left_alone() {
        assert_eq!(edit_of(&made(b"vide", &[0, 1, 2_500, 1_024, 1 << 16])), None);
        let three = [0, 3, 1, 0, 1 << 16, 1, 0, 1 << 16, 1, 0, 1 << 16];
        assert_eq!(edit_of(&made(b"soun", &three)), None);
    }

    #[test]
    fn a_fragment_with_more_packets_than_bytes_is_damaged() {
        let fragment = |packets| {
            let run = part(b"traf", &part(b"trun", &words(&[0, packets])));
            [made(b"soun", &[0, 0]), part(b"moof", &run)].concat()
        };
        assert!(look(&fragment(20)).is_some());
        assert_eq!(look(&fragment(u32::MAX)), None);
    }

    #[test]
    fn cut_files_have_no_index() {
        let file = made(b"soun", &[0, 1, 2_500, 1_024, 1 << 16]);
        for length in 0..file.len() {
            assert_eq!(look(&file[..length]), None, "cut after {length}");
        }
    }
}
