//! The end of compressed sound: encoders fill their last packet, and the
//! container says how much of it is filling.

use super::decode::Block;

/// No encoder fills more than this many frames; what is longer is sound.
const MOST: usize = 8_192;

/// Drops what comes after the end the container names.
#[derive(Debug, Default)]
pub(super) struct Padding {
    /// The first frame that is no longer sound.
    end: Option<u64>,
    /// The end is an edit somebody made, to be kept however much follows.
    firm: bool,
    /// What followed the end so far; it may yet turn out to be sound.
    held: Block,
}

impl Padding {
    /// Nothing is dropped.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// The sound ends at `end` by a count in the header. The count is wrong where
    /// files were joined, so a long rest is sound after all.
    pub(super) fn counted(end: u64) -> Self {
        Self { end: Some(end), ..Self::default() }
    }

    /// The sound ends at `end` because somebody cut it there.
    pub(super) fn edited(end: u64) -> Self {
        Self { end: Some(end), firm: true, ..Self::default() }
    }

    /// Clips a block that begins at frame `start`. Returns true when nothing
    /// that follows can be sound.
    pub(super) fn clip(&mut self, start: u64, block: &mut Block) -> bool {
        let Some(end) = self.end else { return false };
        let room = end.saturating_sub(start);
        let keep = usize::try_from(room.saturating_sub(block.lost)).unwrap_or(usize::MAX);
        block.lost = block.lost.min(room);
        if block.left.len() <= keep {
            return false;
        }
        if self.firm {
            block.left.truncate(keep);
            block.right.truncate(keep);
            return true;
        }
        self.hold(keep, block);
        false
    }

    fn hold(&mut self, keep: usize, block: &mut Block) {
        self.held.left.extend(block.left.drain(keep..));
        self.held.right.extend(block.right.drain(keep.min(block.right.len())..));
        if MOST < self.held.left.len() {
            self.end = None;
            block.left.append(&mut self.held.left);
            block.right.append(&mut self.held.right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(lost: u64, samples: usize) -> Block {
        Block { lost, left: vec![0.5; samples], right: Vec::new() }
    }

    #[test]
    fn filling_after_the_counted_end_is_dropped() {
        let mut padding = Padding::counted(1_500);
        let mut sound = block(0, 1_152);
        padding.clip(0, &mut sound);
        assert_eq!(sound.left.len(), 1_152);
        let mut last = block(0, 1_152);
        assert!(!padding.clip(1_152, &mut last));
        assert_eq!(last.left.len(), 348);
    }

    #[test]
    fn a_long_rest_after_a_wrong_count_is_sound_and_complete() {
        let mut padding = Padding::counted(1_000);
        let (mut at, mut whole) = (0, 0);
        for _ in 0..20 {
            let mut sound = block(0, 1_152);
            padding.clip(at, &mut sound);
            at += sound.left.len() as u64;
            whole += sound.left.len();
        }
        assert_eq!(whole, 20 * 1_152);
    }

    #[test]
    fn an_edited_end_is_kept_however_much_follows() {
        let mut padding = Padding::edited(1_000);
        let mut sound = block(0, 50_000);
        assert!(padding.clip(0, &mut sound));
        assert_eq!(sound.left.len(), 1_000);
    }

    #[test]
    fn missing_time_after_the_end_is_dropped_too() {
        let mut padding = Padding::counted(1_000);
        let mut sound = block(5_000, 100);
        padding.clip(900, &mut sound);
        assert_eq!((sound.lost, sound.left.len()), (100, 0));
    }
}
