//! Lines from somebody who may send anything: never more than one line and a
//! buffer is held, however much comes.

use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes of the longest line, without its end.
pub const LONGEST: usize = 64 * 1024;

/// Why no line follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The other side has closed, or the connection broke. Half a line is none.
    Closed,
    /// A line is longer than [`LONGEST`]: what follows cannot be told apart.
    TooLong,
}

/// Splits what comes into lines.
#[derive(Debug)]
pub(super) struct Lines<R> {
    from: R,
    held: Vec<u8>,
    /// So much of what is held was searched for an end of line already.
    searched: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) const fn new(from: R) -> Self {
        Self { from, held: Vec::new(), searched: 0 }
    }

    /// The next line without its end. May be given up and asked again: nothing
    /// is lost.
    pub(super) async fn next(&mut self) -> Result<Vec<u8>, End> {
        loop {
            if let Some(line) = self.take() {
                return if LONGEST < line.len() { Err(End::TooLong) } else { Ok(line) };
            }
            if LONGEST < self.held.len() {
                return Err(End::TooLong);
            }
            match self.from.read_buf(&mut self.held).await {
                Ok(0) | Err(_) => return Err(End::Closed),
                Ok(_) => (),
            }
        }
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        let new = self.held.get(self.searched..).unwrap_or_default();
        let Some(end) = new.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.held.len();
            return None;
        };
        let rest = self.held.split_off(self.searched + end + 1);
        let mut line = std::mem::replace(&mut self.held, rest);
        self.searched = 0;
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All lines of what comes in such pieces, and how it ends.
    fn split(bytes: &[u8], piece: usize) -> (Vec<Vec<u8>>, End) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut to, from) = tokio::io::duplex(piece.max(1));
            let bytes = bytes.to_vec();
            let writing = tokio::spawn(async move {
                // The reader may have had enough.
                let _ = tokio::io::AsyncWriteExt::write_all(&mut to, &bytes).await;
            });
            let (mut lines, mut found) = (Lines::new(from), Vec::new());
            let end = loop {
                match lines.next().await {
                    Ok(line) => found.push(line),
                    Err(end) => break end,
                }
            };
            drop(lines);
            let _ = writing.await;
            (found, end)
        })
    }

    #[test]
    fn lines_end_with_either_end_of_line_and_half_a_line_is_none() {
        let (lines, end) = split(b"one\r\ntwo\n\nhalf", 3);
        assert_eq!(lines, [&b"one"[..], b"two", b""]);
        assert_eq!(end, End::Closed);
    }

    #[test]
    fn the_longest_line_is_taken_and_a_longer_one_is_not() {
        let mut text = vec![b'x'; LONGEST];
        text.push(b'\n');
        assert_eq!(split(&text, 4096).0.len(), 1);
        text.insert(0, b'x');
        assert_eq!(split(&text, 4096), (vec![], End::TooLong));
        assert_eq!(split(&[b'x'; 1_000_000], 65_536), (vec![], End::TooLong));
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(bytes in prop::collection::vec(prop::sample::select(b"ab\n\r\xff".to_vec()), 0..200), piece in 1usize..50) {
            prop_assert_eq!(split(&bytes, piece), split(&bytes, 1000));
        }
    }
}
