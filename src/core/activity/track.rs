//! Which of the last frames were speech, as bits that may still change for a
//! little while.

/// Frames that a track remembers.
pub const MEMORY: u64 = 128;

/// Speech or not for the last [`MEMORY`] frames of one side.
#[derive(Clone, Copy, Debug, Default)]
pub struct Track {
    /// Frames decided so far; the newest is `len - 1`.
    len: u64,
    /// Bit k: frame `len - 1 - k`.
    bits: u128,
}

impl Track {
    /// Adds the next frame.
    pub fn push(&mut self, active: bool) {
        self.bits = self.bits << 1 | u128::from(active);
        self.len += 1;
    }

    /// Frames decided so far.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether no frame was decided yet.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether `frame` was speech; false where it is unknown or forgotten.
    pub const fn get(&self, frame: u64) -> bool {
        match self.age(frame) {
            Some(age) => self.bits >> age & 1 == 1,
            None => false,
        }
    }

    /// Marks frames `from` up to, but not with, `to` as speech or not.
    pub fn mark(&mut self, from: u64, to: u64, active: bool) {
        for frame in from..to.min(self.len) {
            if let Some(age) = self.age(frame) {
                let bit = 1 << age;
                self.bits = if active { self.bits | bit } else { self.bits & !bit };
            }
        }
    }

    const fn age(&self, frame: u64) -> Option<u64> {
        if frame < self.len && self.len - 1 - frame < MEMORY { Some(self.len - 1 - frame) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_their_number() {
        let mut track = Track::default();
        [false, true, true, false].into_iter().for_each(|a| track.push(a));
        assert_eq!((0..5).map(|f| track.get(f)).collect::<Vec<_>>(), [false, true, true, false, false]);
    }

    #[test]
    fn the_past_can_be_corrected() {
        let mut track = Track::default();
        (0..10).for_each(|_| track.push(false));
        track.mark(3, 6, true);
        track.mark(4, 5, false);
        assert_eq!((0..10).filter(|&f| track.get(f)).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn what_is_too_old_is_neither_told_nor_changed() {
        let mut track = Track::default();
        (0..200).for_each(|_| track.push(true));
        assert!(!track.get(71) && track.get(72));
        track.mark(0, 200, false);
        assert!(!track.get(199));
        track.mark(300, 400, true);
    }
}
