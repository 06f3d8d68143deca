//! Notices a microphone with an automatic gain: in the agent's pauses the
//! noise swells while the gain creeps up. Level then says nothing of the
//! voice, and no level is given rather than a wrong one.
//!
//! On generated calls the noise rose by a median of 13 dB in such pauses and
//! by no more than 1 dB without automatic gain; a pause in which the customer
//! is heard in the microphone is not looked at.

/// Frames at the beginning of a pause that still belong to the last word.
const FADE: usize = 10;
/// Frames at either end of a pause that are compared: 0.4 s.
const ENDS: usize = 40;
/// Shortest pause that is looked at, and the longest stretch of one: 1.5 s, 4 s.
const SHORTEST: usize = 150;
const LONGEST: usize = 400;
/// Share of frames below the level of an end: clicks do not count.
const SHARE: f32 = 0.2;
/// A rise of this much is the gain's doing, dB.
const RISE: f32 = 6.0;
/// So many such pauses are needed ...
const ENOUGH: u32 = 3;
/// ... and this share of all pauses.
const MOST: f32 = 2.0 / 3.0;

/// Watches the pauses of one microphone.
#[derive(Clone, Debug)]
pub struct AgcWatch {
    pause: [f32; LONGEST],
    len: usize,
    spoiled: bool,
    pauses: u32,
    rises: u32,
    seen: bool,
}

impl AgcWatch {
    /// Nothing seen yet.
    pub const fn new() -> Self {
        Self { pause: [0.0; LONGEST], len: 0, spoiled: false, pauses: 0, rises: 0, seen: false }
    }

    /// Takes the next frame: whether the agent speaks, the microphone's level
    /// in dB, and whether something else may sound in it.
    pub fn process(&mut self, speaks: bool, level: f32, spoiled: bool) {
        if speaks {
            self.end_pause();
            return;
        }
        if self.len < LONGEST {
            self.pause[self.len] = level;
            self.len += 1;
            self.spoiled |= spoiled;
        }
    }

    /// Whether the microphone has an automatic gain. Once seen it stays.
    pub const fn is_seen(&self) -> bool {
        self.seen
    }

    fn end_pause(&mut self) {
        let (len, spoiled) = (std::mem::take(&mut self.len), std::mem::take(&mut self.spoiled));
        if len < SHORTEST || spoiled {
            return;
        }
        let first = low_quantile(&self.pause[FADE..FADE + ENDS]);
        let last = low_quantile(&self.pause[len - ENDS..len]);
        self.pauses += 1;
        self.rises += u32::from(RISE <= last - first);
        self.seen |= ENOUGH <= self.rises && MOST * self.pauses as f32 <= self.rises as f32;
    }
}

impl Default for AgcWatch {
    fn default() -> Self {
        Self::new()
    }
}

fn low_quantile(levels: &[f32]) -> f32 {
    let mut sorted = [0.0; ENDS];
    sorted.copy_from_slice(levels);
    let place = (SHARE * ENDS as f32) as usize;
    *sorted.select_nth_unstable_by(place, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(rises: &[f32], spoiled: bool) -> bool {
        let mut watch = AgcWatch::new();
        for rise in rises {
            (0..200).for_each(|k| watch.process(false, -60.0 + rise * k as f32 / 200.0, spoiled));
            (0..100).for_each(|_| watch.process(true, -25.0, false));
        }
        watch.is_seen()
    }

    #[test]
    fn noise_that_swells_in_every_pause_is_an_automatic_gain() {
        assert!(pauses(&[12.0, 9.0, 14.0], false));
        assert!(!pauses(&[12.0, 9.0], false));
    }

    #[test]
    fn a_few_loud_pauses_among_quiet_ones_are_none() {
        assert!(!pauses(&[0.0, 12.0, 0.5, -1.0, 10.0, 0.0, 11.0, 0.0], false));
    }

    #[test]
    fn pauses_in_which_the_customer_leaks_are_not_looked_at() {
        assert!(!pauses(&[12.0; 6], true));
    }

    #[test]
    fn key_clicks_at_the_end_of_a_pause_are_no_rise() {
        let mut watch = AgcWatch::new();
        for _ in 0..6 {
            (0..200)
                .for_each(|k| watch.process(false, if 160 < k && k % 8 == 0 { -30.0 } else { -60.0 }, false));
            watch.process(true, -25.0, false);
        }
        assert!(!watch.is_seen());
    }
}
