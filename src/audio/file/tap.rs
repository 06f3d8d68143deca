//! The bytes of a recording as the decoders of `symphonia` want them: beginning
//! after leading tags, with true read errors kept apart from ends of file.
//! Those decoders take many a failed read for an end, and a half-read call
//! must not pass for a whole one.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use symphonia::core::io::MediaSource;

use super::recording::Bytes;
use crate::audio::error::ErrorKind;

/// What happens to the bytes, for the one who reads the sound out of them.
#[derive(Clone, Default)]
pub(super) struct Watch(Arc<Seen>);

#[derive(Default)]
struct Seen {
    /// The first true read error.
    error: OnceLock<(io::ErrorKind, String)>,
    /// Bytes read so far.
    read: AtomicU64,
}

impl Watch {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            // A damaged file asks for places that cannot be: not the disk's fault.
            if error.kind() != io::ErrorKind::InvalidInput {
                // Only the first one counts; what follows is its consequence.
                let _ = self.0.error.set((error.kind(), error.to_string()));
            }
        })
    }

    /// An error if reading failed at any time so far.
    pub(super) fn check(&self) -> Result<(), ErrorKind> {
        match self.0.error.get() {
            None => Ok(()),
            Some((kind, text)) => Err(ErrorKind::Io(io::Error::new(*kind, text.clone()))),
        }
    }

    /// Bytes read so far, by whatever way.
    pub(super) fn bytes_read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }
}

/// Bytes from `start` on, as if they were the whole file.
pub(super) struct Tap {
    bytes: Box<dyn Bytes>,
    start: u64,
    length: u64,
    seekable: bool,
    watch: Watch,
}

impl Tap {
    /// `length` is that of the whole file. A source that says it cannot seek is
    /// read once from front to back.
    pub(super) fn new(
        mut bytes: Box<dyn Bytes>,
        start: u64,
        length: u64,
        seekable: bool,
    ) -> Result<Self, ErrorKind> {
        bytes.seek(SeekFrom::Start(start)).map_err(ErrorKind::Io)?;
        let length = length.saturating_sub(start);
        Ok(Self { bytes, start, length, seekable, watch: Watch::default() })
    }

    /// Where errors show up.
    pub(super) fn watch(&self) -> Watch {
        self.watch.clone()
    }
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.bytes.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                result => {
                    let read = self.watch.note(result)?;
                    self.watch.0.read.fetch_add(read as u64, Ordering::Relaxed);
                    return Ok(read);
                }
            }
        }
    }
}

impl Seek for Tap {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => SeekFrom::Start(self.start.saturating_add(at)),
            relative => relative,
        };
        let at = self.watch.note(self.bytes.seek(to))?;
        Ok(at.saturating_sub(self.start))
    }
}

impl MediaSource for Tap {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.seekable.then_some(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// Gives one byte, is interrupted, gives another, then breaks.
    struct Flaky(u32);

    impl Read for Flaky {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                2 => Err(io::ErrorKind::Interrupted.into()),
                1 | 3 => {
                    buffer[0] = b'x';
                    Ok(1)
                }
                _ => Err(io::ErrorKind::TimedOut.into()),
            }
        }
    }

    impl Seek for Flaky {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    #[test]
    fn it_begins_after_the_tags() {
        let bytes = Box::new(Cursor::new(b"tagsound".to_vec()));
        let mut tap = Tap::new(bytes, 3, 8, true).unwrap();
        let mut text = String::new();
        tap.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), tap.byte_len()), ("sound", Some(5)));
        assert_eq!(tap.seek(SeekFrom::Start(2)).unwrap(), 2);
        assert_eq!(tap.seek(SeekFrom::End(-1)).unwrap(), 4);
        assert!(tap.watch().check().is_ok());
        assert_eq!(tap.watch().bytes_read(), 5);
    }

    #[test]
    fn an_interruption_is_tried_again_and_a_failure_is_remembered() {
        let mut tap = Tap::new(Box::new(Flaky(0)), 0, 10, false).unwrap();
        let watch = tap.watch();
        let mut text = Vec::new();
        assert!(tap.read_to_end(&mut text).is_err());
        assert_eq!(text, b"xx");
        let Err(ErrorKind::Io(error)) = watch.check() else { panic!() };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
