//! A file read in order, which knows where it is and how much there is. No
//! length that a file claims is believed before it fits.

use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::transcript::models::fault::ModelFault;

pub(super) struct Walk<R> {
    from: BufReader<R>,
    at: u64,
    length: u64,
}

impl<R: Read + Seek> Walk<R> {
    /// From the first byte.
    pub(super) fn new(mut from: R) -> Result<Self, ModelFault> {
        let length = from.seek(SeekFrom::End(0)).map_err(ModelFault::Io)?;
        from.seek(SeekFrom::Start(0)).map_err(ModelFault::Io)?;
        Ok(Self { from: BufReader::with_capacity(1 << 16, from), at: 0, length })
    }

    /// Bytes in all.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Bytes before this point.
    pub(super) const fn at(&self) -> u64 {
        self.at
    }

    /// Whether nothing is left.
    pub(super) const fn is_at_end(&self) -> bool {
        self.at == self.length
    }

    /// Whether `bytes` more are there.
    fn claim(&mut self, bytes: u64) -> Result<(), ModelFault> {
        let cut = ModelFault::CutShort { at: self.at, length: self.length };
        let end = self.at.checked_add(bytes).filter(|end| *end <= self.length).ok_or(cut)?;
        self.at = end;
        Ok(())
    }

    pub(super) fn take(&mut self, into: &mut [u8]) -> Result<(), ModelFault> {
        self.claim(into.len() as u64)?;
        self.from.read_exact(into).map_err(ModelFault::Io)
    }

    pub(super) fn bytes(&mut self, count: u64) -> Result<Vec<u8>, ModelFault> {
        self.claim(count)?;
        // Fits: it was just compared with what is there.
        let mut bytes = vec![0; usize::try_from(count).unwrap_or(0)];
        self.from.read_exact(&mut bytes).map_err(ModelFault::Io)?;
        Ok(bytes)
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), ModelFault> {
        self.claim(count)?;
        let count =
            i64::try_from(count).map_err(|_| ModelFault::CutShort { at: self.at, length: self.length })?;
        self.from.seek_relative(count).map_err(ModelFault::Io)
    }

    /// Goes to a point that lies within.
    pub(super) fn go_to(&mut self, at: u64) -> Result<(), ModelFault> {
        let at = at.min(self.length);
        // Within the buffer this reads nothing anew.
        let by = i64::try_from(i128::from(at) - i128::from(self.at)).unwrap_or(0);
        self.from.seek_relative(by).map_err(ModelFault::Io)?;
        self.at = at;
        Ok(())
    }

    pub(super) fn number(&mut self) -> Result<i32, ModelFault> {
        let mut bytes = [0; 4];
        self.take(&mut bytes)?;
        Ok(i32::from_le_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn what_a_file_claims_is_compared_with_what_is_there_before_room_is_made() {
        let mut walk = Walk::new(Cursor::new([1, 0, 0, 0, 9])).unwrap();
        assert_eq!(walk.number().unwrap(), 1);
        let refused = walk.bytes(u64::MAX).unwrap_err();
        assert!(matches!(refused, ModelFault::CutShort { at: 4, length: 5 }), "{refused}");
        assert_eq!(walk.bytes(1).unwrap(), [9]);
        assert!(walk.is_at_end());
    }

    #[test]
    fn it_goes_back_and_forth() {
        let mut walk = Walk::new(Cursor::new([0, 1, 2, 3])).unwrap();
        walk.skip(3).unwrap();
        walk.go_to(1).unwrap();
        assert_eq!((walk.bytes(1).unwrap(), walk.at()), (vec![1], 2));
        assert!(walk.skip(3).is_err());
    }
}
