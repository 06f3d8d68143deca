//! Where decoded packets belong on the recording's own clock. Packets carry
//! stamps; where they jump ahead, sound is missing, and the missing time is
//! kept. A damaged stamp must not turn into days of silence, so a jump is
//! believed only within limits.

/// Jumps up to 1/200 s are rounding in the container, not missing sound.
const ROUNDING: u64 = 200;

/// A first packet later than this joins a stream that ran before; it is the
/// beginning here. Below it, the packets before are taken for lost. Guessed:
/// a lost first page of Ogg is up to a few seconds.
const FIRST_GAP_S: u64 = 10;

/// The longest gap believed. Senders with silence suppression leave gaps as
/// long as somebody listens.
const GAP_S: u64 = 600;

/// Missing time may be this many times what was heard before it is not believed.
const GAP_SHARE: u64 = 8;

/// Where a packet goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Frames missing before it.
    pub(super) gap: u64,
    /// Frames of it that come before the beginning and are dropped.
    pub(super) early: u64,
}

/// The clock of one recording, in frames at its own rate.
pub(super) struct Timeline {
    rate: u64,
    /// Added to every stamp: the encoder's lead-in, negative, or a wait.
    lead: i64,
    /// Where the current stream begins; later ones are joined on.
    origin: u64,
    /// Frames placed so far, missing ones included.
    at: u64,
    heard: u64,
    missing: u64,
    /// How far the last stamp was behind the clock.
    behind: u64,
    gaps: u64,
    jumps: u64,
}

impl Timeline {
    /// A clock at zero. `lead` frames are added to every stamp.
    pub(super) fn new(rate_hz: u32, lead: i64) -> Self {
        let rate = u64::from(rate_hz);
        Self { rate, lead, origin: 0, at: 0, heard: 0, missing: 0, behind: 0, gaps: 0, jumps: 0 }
    }

    /// Another stream begins where the one before ended.
    pub(super) fn restart(&mut self, lead: i64) {
        self.lead = lead;
        self.origin = self.at;
    }

    /// Places a packet by its stamp, in frames, and moves the clock over the gap.
    pub(super) fn place(&mut self, stamp: i64) -> Place {
        let since = stamp.saturating_add(self.lead);
        let first = self.at == self.origin;
        let Ok(since) = u64::try_from(since) else {
            let early = if first { since.unsigned_abs() } else { 0 };
            return Place { gap: 0, early };
        };
        let clock = self.at - self.origin;
        self.look_back(clock.saturating_sub(since));
        let ahead = since.saturating_sub(clock);
        if ahead <= self.rate / ROUNDING {
            return Place::default();
        }
        if self.believes(ahead, if first { FIRST_GAP_S } else { GAP_S }) {
            self.gaps += 1;
            self.lose(ahead);
            return Place { gap: ahead, early: 0 };
        }
        self.jumps += u64::from(!first);
        self.lead = self.lead.saturating_sub_unsigned(ahead);
        Place::default()
    }

    /// Counts a step back. What follows is joined on: the sound is there, and one
    /// wrong stamp must not make a gap of the next one.
    fn look_back(&mut self, behind: u64) {
        self.jumps += u64::from(self.behind + self.rate < behind);
        self.behind = behind;
    }

    /// Whether so many frames may be missing.
    fn believes(&self, frames: u64, limit_s: u64) -> bool {
        let share = GAP_S * self.rate + GAP_SHARE * self.heard;
        frames <= limit_s * self.rate && self.missing + frames <= share
    }

    /// Moves the clock over decoded frames.
    pub(super) fn hear(&mut self, frames: u64) {
        self.at += frames;
        self.heard += frames;
    }

    /// Moves the clock over a packet of `frames` that could not be decoded, and
    /// returns how many of them are believed.
    pub(super) fn lose_packet(&mut self, frames: u64) -> u64 {
        // No codec here makes packets longer than this.
        let believed = if self.believes(frames, FIRST_GAP_S) { frames } else { 0 };
        self.lose(believed);
        believed
    }

    fn lose(&mut self, frames: u64) {
        self.at += frames;
        self.missing += frames;
    }

    /// Jumps that were believed.
    pub(super) fn gaps(&self) -> u64 {
        self.gaps
    }

    /// Jumps that were not.
    pub(super) fn jumps(&self) -> u64 {
        self.jumps
    }

    /// Frames that are missing in all.
    pub(super) fn missing(&self) -> u64 {
        self.missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Place = Place { gap: 0, early: 0 };

    #[test]
    fn packets_in_a_row_need_nothing() {
        let mut clock = Timeline::new(8_000, 0);
        for packet in 0..10 {
            assert_eq!(clock.place(packet * 160), PLAIN);
            clock.hear(160);
        }
        assert_eq!((clock.gaps(), clock.missing()), (0, 0));
    }

    #[test]
    fn a_lead_in_is_dropped_across_packets() {
        let mut clock = Timeline::new(48_000, -1_500);
        assert_eq!(clock.place(0), Place { gap: 0, early: 1_500 });
        assert_eq!(clock.place(960), Place { gap: 0, early: 540 });
        clock.hear(420);
        assert_eq!(clock.place(1_920), PLAIN);
    }

    #[test]
    fn a_jump_ahead_is_a_gap_of_exactly_that_length() {
        let mut clock = Timeline::new(8_000, 0);
        clock.place(0);
        clock.hear(160);
        assert_eq!(clock.place(1_000), Place { gap: 840, early: 0 });
        clock.hear(160);
        assert_eq!(clock.place(1_160), PLAIN);
        assert_eq!((clock.gaps(), clock.missing()), (1, 840));
    }

    #[test]
    fn small_steps_off_add_up_until_they_matter() {
        let mut clock = Timeline::new(8_000, 0);
        let mut placed = 0;
        for packet in 0..100 {
            placed += clock.place(packet * 161).gap;
            clock.hear(160);
        }
        assert!((60..=100).contains(&placed), "{placed}");
    }

    #[test]
    fn stamps_that_go_back_are_joined_on_and_counted_once() {
        let mut clock = Timeline::new(8_000, 0);
        clock.hear(16_000);
        for packet in 0..10 {
            assert_eq!(clock.place(packet * 160), PLAIN);
            clock.hear(160);
        }
        assert_eq!((clock.jumps(), clock.missing()), (1, 0));
    }

    #[test]
    fn a_stamp_beyond_belief_is_ignored_for_good() {
        let mut clock = Timeline::new(8_000, 0);
        clock.hear(160);
        assert_eq!(clock.place(1 << 60), PLAIN);
        clock.hear(160);
        assert_eq!(clock.place((1 << 60) + 160), PLAIN);
        assert_eq!((clock.jumps(), clock.missing()), (1, 0));
    }

    #[test]
    fn many_long_gaps_stop_being_believed() {
        let mut clock = Timeline::new(8_000, 0);
        clock.hear(160);
        let mut stamp = 160;
        for _ in 0..1_000 {
            stamp += 500 * 8_000;
            clock.place(stamp);
            clock.hear(160);
        }
        assert!(clock.missing() < 1_800 * 8_000, "{} frames", clock.missing());
    }

    #[test]
    fn joining_a_running_stream_begins_at_zero() {
        let mut clock = Timeline::new(8_000, 0);
        assert_eq!(clock.place(8_000 * 3_600), PLAIN);
        assert_eq!(clock.jumps(), 0);
    }

    #[test]
    fn a_second_stream_is_joined_to_the_first() {
        let mut clock = Timeline::new(48_000, -312);
        clock.place(0);
        clock.hear(648);
        clock.restart(-312);
        assert_eq!(clock.place(0), Place { gap: 0, early: 312 });
        clock.hear(648);
        assert_eq!(clock.place(960), PLAIN);
    }
}
