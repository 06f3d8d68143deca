//! Spans that count in no measure: the customer on hold, the agent muted.

/// Hold and mute, dated to the frame in which they were ordered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Suspension {
    pub(super) hold: bool,
    pub(super) mute: bool,
    /// Changes that no settled frame has reached yet.
    coming: [Option<(u64, bool)>; 8],
    pub(super) now: bool,
}

impl Suspension {
    pub(super) fn order(&mut self, frame: u64) {
        let suspended = self.hold || self.mute;
        let last = self.coming.len() - 1;
        let free = self.coming.iter().position(Option::is_none).unwrap_or(last);
        // More orders than this in the fifth of a second before they are
        // reached: what they come to in the end is what counts.
        self.coming[free] = Some((frame, suspended));
    }

    pub(super) fn at(&mut self, frame: u64) -> bool {
        while let Some((_, suspended)) = self.coming[0].filter(|(from, _)| *from <= frame) {
            self.now = suspended;
            self.coming[0] = None;
            self.coming.rotate_left(1);
        }
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_counts_from_its_own_frame_on() {
        let mut suspension = Suspension { hold: true, ..Suspension::default() };
        suspension.order(10);
        assert_eq!([9, 10, 11].map(|frame| suspension.at(frame)), [false, true, true]);
    }

    #[test]
    fn of_too_many_orders_at_once_the_last_one_counts() {
        let mut suspension = Suspension::default();
        for k in 0..21 {
            suspension.mute = k % 2 == 0;
            suspension.order(10);
        }
        assert!(suspension.at(10));
    }
}
