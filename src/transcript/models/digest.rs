//! SHA-256, by which a model is known whatever it is called.

use std::fmt::{self, Write};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes read at once.
const BUFFER: usize = 1 << 18;

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sum([u8; 32]);

impl Sum {
    /// Of all that was put into a hasher.
    pub(super) fn of(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// Of a file. `progress` is told the bytes read so far.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of_file(path: &Path, progress: &mut dyn FnMut(u64)) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        let (mut file, mut buffer, mut done) = (File::open(path)?, vec![0; BUFFER], 0);
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                return Ok(Self::of(hasher));
            }
            hasher.update(&buffer[..read]);
            done += read as u64;
            progress(done);
        }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 has 64 hexadecimal digits")]
pub struct NotASum;

impl FromStr for Sum {
    type Err = NotASum;

    fn from_str(text: &str) -> Result<Self, NotASum> {
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NotASum);
        }
        let mut sum = [0; 32];
        for (byte, at) in sum.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| NotASum)?;
        }
        Ok(Self(sum))
    }
}

impl TryFrom<String> for Sum {
    type Error = NotASum;

    fn try_from(text: String) -> Result<Self, NotASum> {
        text.parse()
    }
}

impl From<Sum> for String {
    fn from(sum: Sum) -> Self {
        let mut text = Self::with_capacity(64);
        // A string takes all.
        let _ = write!(text, "{sum}");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_written_as_it_was_read() {
        let text = "921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f";
        assert_eq!(text.parse::<Sum>().unwrap().to_string(), text);
        assert_eq!(text[1..].parse::<Sum>(), Err(NotASum));
        assert_eq!(text.replace('9', "g").parse::<Sum>(), Err(NotASum));
        assert_eq!("é".repeat(32).parse::<Sum>(), Err(NotASum));
    }

    #[test]
    fn the_sum_of_a_file_is_the_known_one() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        let mut seen = 0;
        let sum = Sum::of_file(file.path(), &mut |done| seen = done).unwrap();
        assert_eq!(sum.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(seen, 3);
    }
}
