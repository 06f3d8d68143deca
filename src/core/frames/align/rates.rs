//! Whether a device's samples have the rate that it says. Bluetooth headsets
//! that change their profile may go on under the old name with half the samples:
//! taken at their word, speech is pitched and time runs away.

use std::collections::VecDeque;

/// Rates that devices really have, in Hz.
const STANDARD: [u32; 9] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/// Samples of 16 kHz in a second.
const SECOND: f64 = 16_000.0;

/// Quarters of a measurement, a second each. All must say the same: a lossy
/// stream has a low rate too, but never the same one four times.
const QUARTERS: usize = 4;

/// A quarter may be off by this share: a stamp jitters by 20 ms.
const QUARTER_OFF: f64 = 0.045;

/// What is measured must be so close to a standard rate.
const CLOSE: f64 = 0.015;

/// ... and so close where only the first second is known.
const CLOSE_FIRST: f64 = 0.04;

/// Rates further apart than this share are told apart by the first stamps.
const AT_ONCE: f64 = 0.25;

/// The rate of one stream.
#[derive(Debug)]
pub(super) struct Rates {
    real: u32,
    /// Where the quarters began, oldest first: their stamps and samples so far.
    marks: VecDeque<(f64, u64)>,
    newest: Option<(f64, u64)>,
    /// Samples before the newest stamp.
    heard: u64,
    settled: bool,
}

impl Rates {
    pub(super) fn new(said: u32) -> Self {
        Self { real: said, marks: VecDeque::new(), newest: None, heard: 0, settled: false }
    }

    /// The rate to believe, in Hz.
    pub(super) fn real(&self) -> u32 {
        self.real
    }

    /// Forgets what was measured: time passed without samples, on purpose.
    pub(super) fn pause(&mut self) {
        self.marks.clear();
        self.newest = None;
    }

    /// Samples captured from `at` on. True when the rate turned out to be another.
    pub(super) fn heard(&mut self, at: f64, samples: usize) -> bool {
        let mark = (at, self.heard);
        self.newest = Some(mark);
        self.heard += samples as u64;
        if self.marks.back().is_none_or(|last| SECOND <= at - last.0) {
            self.marks.push_back(mark);
        }
        if !self.settled || self.marks.len() <= QUARTERS {
            return false;
        }
        let other = self.measured().filter(|&rate| rate != self.real);
        self.marks.pop_front();
        self.real = other.unwrap_or(self.real);
        self.settled &= other.is_none();
        other.is_some()
    }

    /// The standard rate that all quarters agree on.
    fn measured(&self) -> Option<u32> {
        let (first, last) = (self.marks.front()?, self.marks.back()?);
        let rate = standard(between(*first, *last)?, CLOSE)?;
        let agrees =
            |(a, b)| between(a, b).is_some_and(|hz: f64| (hz / f64::from(rate) - 1.0).abs() < QUARTER_OFF);
        let pairs = self.marks.iter().copied().zip(self.marks.iter().copied().skip(1));
        pairs.into_iter().all(agrees).then_some(rate)
    }

    /// Whether the first stamps speak of quite another rate.
    pub(super) fn doubtful(&self) -> bool {
        self.apparent().is_some_and(|hz| AT_ONCE < (hz / f64::from(self.real) - 1.0).abs())
    }

    fn apparent(&self) -> Option<f64> {
        between(*self.marks.front()?, self.newest?)
    }

    /// The rate that the first stamps speak for, where the device's word is wrong.
    pub(super) fn candidate(&self) -> Option<u32> {
        self.apparent().filter(|_| self.doubtful()).and_then(|hz| standard(hz, CLOSE_FIRST))
    }

    /// Decides at the start.
    pub(super) fn settle(&mut self, real: Option<u32>) {
        self.settled = true;
        self.real = real.unwrap_or(self.real);
    }
}

fn between(a: (f64, u64), b: (f64, u64)) -> Option<f64> {
    let time = b.0 - a.0;
    (0.0 < time).then(|| (b.1 - a.1) as f64 * SECOND / time)
}

/// The standard rate nearest to `hz`, where it is close.
fn standard(hz: f64, close: f64) -> Option<u32> {
    let off = |rate: &u32| (hz / f64::from(*rate) - 1.0).abs();
    STANDARD.into_iter().min_by(|a, b| off(a).total_cmp(&off(b))).filter(|rate| off(rate) < close)
}
