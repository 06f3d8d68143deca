//! The file of a recorded call: both sides as the core heard them, and a
//! journal of everything else that it was told. Two channels of 32-bit float at
//! 16 kHz in a WAV file that any player opens; the journal stands in a chunk of
//! its own before the sound, in room kept for it, so that both can be brought
//! up to date in place and a crash at any moment leaves a file that reads.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::core::units::RATE;

/// The name of the chunk that holds the journal.
pub(super) const CHUNK: [u8; 4] = *b"evkl";
/// Room for the journal, bytes: thousands of orders and gaps.
pub(super) const ROOM: usize = 256 * 1024;
/// Both sides of one sample, bytes.
const PAIR: u64 = 8;
/// Where the journal begins: behind `RIFF`, `fmt ` and the chunk's own head.
const JOURNAL_AT: u64 = 12 + 8 + 16 + 8;
/// Where the length of the sound stands, and the sound behind it.
const DATA_AT: u64 = JOURNAL_AT + ROOM as u64 + 4;
const SOUND_AT: u64 = DATA_AT + 4;
/// What the sizes of a WAV file can tell: a little over nine hours.
const LARGEST: u64 = u32::MAX as u64 - SOUND_AT;

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Writer {
    file: File,
    pairs: u64,
}

/// Why nothing more can be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// The file is as large as its format allows.
    #[error("the recording is full: a WAV file ends at 4 GB")]
    Full,
    /// The system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Writer {
    /// A new file; one that is there already is never written over.
    pub(super) fn create(path: &Path, journal: &str) -> Result<Self, WriteError> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut writer = Self { file: options.open(path)?, pairs: 0 };
        writer.file.write_all(&head())?;
        writer.journal(journal)?;
        writer.file.seek(SeekFrom::Start(DATA_AT - 4))?;
        writer.file.write_all(b"data\0\0\0\0")?;
        writer.sizes()?;
        Ok(writer)
    }

    /// Appends samples of both sides, as many of the one as of the other.
    pub(super) fn sound(&mut self, agent: &[f32], customer: &[f32]) -> Result<(), WriteError> {
        let pairs = agent.len().min(customer.len()) as u64;
        if LARGEST < (self.pairs + pairs) * PAIR {
            return Err(WriteError::Full);
        }
        let bytes: Vec<u8> = agent
            .iter()
            .zip(customer)
            .flat_map(|(a, c)| [a.to_le_bytes(), c.to_le_bytes()].concat())
            .collect();
        self.file.seek(SeekFrom::Start(SOUND_AT + self.pairs * PAIR))?;
        self.file.write_all(&bytes)?;
        self.pairs += pairs;
        Ok(())
    }

    /// Brings the journal and the lengths up to date.
    pub(super) fn update(&mut self, journal: &str) -> Result<(), WriteError> {
        self.journal(journal)?;
        self.sizes()
    }

    fn journal(&mut self, journal: &str) -> Result<(), WriteError> {
        if ROOM < journal.len() {
            return Err(WriteError::Full);
        }
        let mut room = vec![b' '; ROOM];
        room[..journal.len()].copy_from_slice(journal.as_bytes());
        self.file.seek(SeekFrom::Start(JOURNAL_AT))?;
        Ok(self.file.write_all(&room)?)
    }

    fn sizes(&mut self) -> Result<(), WriteError> {
        let sound = self.pairs * PAIR;
        let size = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
        self.file.seek(SeekFrom::Start(4))?;
        self.file.write_all(&size(SOUND_AT - 8 + sound))?;
        self.file.seek(SeekFrom::Start(DATA_AT))?;
        Ok(self.file.write_all(&size(sound))?)
    }

    /// Everything is on disk when this returns.
    pub(super) fn finish(&mut self, journal: &str) -> Result<(), WriteError> {
        self.update(journal)?;
        Ok(self.file.sync_all()?)
    }
}

/// `RIFF`, the format, and the head of the journal's chunk; sizes follow later.
fn head() -> Vec<u8> {
    let mut head = Vec::new();
    head.extend_from_slice(b"RIFF\0\0\0\0WAVEfmt ");
    head.extend_from_slice(&16u32.to_le_bytes());
    // 32-bit float, two channels.
    head.extend_from_slice(&[3, 0, 2, 0]);
    head.extend_from_slice(&RATE.to_le_bytes());
    head.extend_from_slice(&(RATE * PAIR as u32).to_le_bytes());
    head.extend_from_slice(&[PAIR as u8, 0, 32, 0]);
    head.extend_from_slice(&CHUNK);
    head.extend_from_slice(&(ROOM as u32).to_le_bytes());
    head
}

/// The journal of a recording of ours; none in any other file.
///
/// # Errors
/// Where the file cannot be read.
pub(super) fn journal_of(path: &Path) -> io::Result<Option<String>> {
    let mut file = File::open(path)?;
    let mut start = [0u8; JOURNAL_AT as usize];
    if let Err(e) = file.read_exact(&mut start) {
        return if e.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(e) };
    }
    let expected = head();
    let ours = start[..4] == expected[..4] && start[8..] == expected[8..];
    if !ours {
        return Ok(None);
    }
    let mut room = Vec::with_capacity(ROOM);
    file.take(ROOM as u64).read_to_end(&mut room)?;
    Ok(String::from_utf8(room).ok().map(|text| text.trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{CallAudio, Chunk, Inputs, Source, StereoSide};

    fn read(path: &Path) -> (Vec<f32>, Vec<f32>) {
        let inputs = Inputs::Stereo { path: path.to_owned(), agent: StereoSide::Left };
        let mut audio = CallAudio::open(&inputs).unwrap();
        let (mut chunk, mut agent, mut customer) = (Chunk::default(), Vec::new(), Vec::new());
        while audio.next(&mut chunk).unwrap() {
            agent.extend_from_slice(&chunk.agent);
            customer.extend_from_slice(&chunk.customer);
        }
        (agent, customer)
    }

    #[test]
    fn what_is_written_is_read_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.wav");
        let agent: Vec<f32> = (0..4000).map(|k| (k as f32 * 0.37).sin() * 0.1).collect();
        let customer: Vec<f32> = agent.iter().map(|s| s * -0.5).collect();
        let mut writer = Writer::create(&path, "{}").unwrap();
        writer.sound(&agent[..1000], &customer[..1000]).unwrap();
        writer.update("{\"a\":1}").unwrap();
        writer.sound(&agent[1000..], &customer[1000..]).unwrap();
        writer.finish("{\"a\":2}").unwrap();
        assert_eq!(read(&path), (agent, customer));
        assert_eq!(journal_of(&path).unwrap().unwrap(), "{\"a\":2}");
    }

    #[test]
    fn a_crash_leaves_what_was_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.wav");
        let mut writer = Writer::create(&path, "{}").unwrap();
        writer.sound(&[0.25; 1600], &[0.5; 1600]).unwrap();
        writer.update("{\"a\":1}").unwrap();
        writer.sound(&[0.25; 800], &[0.5; 800]).unwrap();
        drop(writer);
        assert_eq!(read(&path).0.len(), 1600);
        assert_eq!(journal_of(&path).unwrap().unwrap(), "{\"a\":1}");
    }

    #[test]
    fn nothing_is_written_over_and_nobody_else_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.wav");
        Writer::create(&path, "{}").unwrap();
        assert!(matches!(Writer::create(&path, "{}"), Err(WriteError::Io(_))));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn other_files_hold_no_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.wav");
        std::fs::write(&path, b"RIFF").unwrap();
        assert_eq!(journal_of(&path).unwrap(), None);
        std::fs::write(&path, [0u8; 100_000]).unwrap();
        assert_eq!(journal_of(&path).unwrap(), None);
    }

    #[test]
    fn a_journal_that_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::create(&folder.path().join("call.wav"), "{}").unwrap();
        assert!(matches!(writer.update(&"x".repeat(ROOM + 1)), Err(WriteError::Full)));
    }
}
