//! How old sound is when it arrives: the last deliveries, not all of a day.

use crate::core::units::Nanos;

/// Deliveries that are remembered: some five seconds.
const KEPT: usize = 256;

/// Ages of the newest deliveries.
#[derive(Debug)]
pub(super) struct Delays {
    ages: [u64; KEPT],
    count: usize,
}

impl Default for Delays {
    fn default() -> Self {
        Self { ages: [0; KEPT], count: 0 }
    }
}

impl Delays {
    /// A delivery whose oldest sample was captured `nanos` ago.
    pub(super) fn add(&mut self, nanos: u64) {
        self.ages[self.count % KEPT] = nanos;
        self.count += 1;
    }

    /// The 95th percentile, in ms.
    pub(super) fn p95_ms(&self) -> Option<f32> {
        let mut ages = self.ages;
        let kept = &mut ages[..self.count.min(KEPT)];
        if kept.is_empty() {
            return None;
        }
        let at = (kept.len() * 95 / 100).min(kept.len() - 1);
        let (_, age, _) = kept.select_nth_unstable(at);
        Some(*age as f32 / Nanos::MILLISECOND as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_95th_percentile_of_the_newest_counts() {
        let mut delays = Delays::default();
        assert_eq!(delays.p95_ms(), None);
        (0..1_000).for_each(|_| delays.add(900 * Nanos::MILLISECOND));
        (1..=256).for_each(|_| delays.add(20 * Nanos::MILLISECOND));
        assert_eq!(delays.p95_ms(), Some(20.0));
        (0..20).for_each(|_| delays.add(2_000 * Nanos::MILLISECOND));
        assert_eq!(delays.p95_ms(), Some(2_000.0));
    }
}
