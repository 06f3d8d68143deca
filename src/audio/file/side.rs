//! One side of a call on its way to 16 kHz: damaged samples are taken out,
//! and lost time is carried through the resampler at its exact place.

use std::collections::VecDeque;
use std::ops::Range;

use crate::core::frames::LOUDEST;
use crate::core::frames::resample::{Resampler, UnsupportedRate};

/// One side, between the file's rate and 16 kHz.
pub(super) struct Side {
    resampler: Resampler,
    /// Samples at 16 kHz, not handed out yet.
    ready: VecDeque<f32>,
    /// Where sound is missing, in samples at 16 kHz since the beginning.
    lost: VecDeque<Range<u64>>,
    scratch: Vec<f32>,
    /// Frames fed so far, at the file's rate.
    fed: u64,
    /// Samples handed out so far, at 16 kHz.
    taken: u64,
    damaged: u64,
    ended: bool,
}

/// A stretch at the front of a side that is all there or all missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Samples at 16 kHz.
    pub(super) length: usize,
    pub(super) lost: bool,
}

impl Side {
    pub(super) fn new(rate_hz: u32) -> Result<Self, UnsupportedRate> {
        Ok(Self {
            resampler: Resampler::new(rate_hz)?,
            ready: VecDeque::new(),
            lost: VecDeque::new(),
            scratch: Vec::new(),
            fed: 0,
            taken: 0,
            damaged: 0,
            ended: false,
        })
    }

    /// Takes samples; those that are not numbers, infinite or far beyond full
    /// scale become zero.
    pub(super) fn feed(&mut self, samples: &mut [f32]) {
        for sample in samples.iter_mut() {
            // What is not a number is in no range.
            if !(0.0..=LOUDEST).contains(&sample.abs()) {
                *sample = 0.0;
                self.damaged += 1;
            }
        }
        self.push(samples);
    }

    /// Takes time without samples.
    pub(super) fn feed_lost(&mut self, frames: usize) {
        let start = self.resampler.length(self.fed);
        let silence = vec![0.0; frames];
        self.push(&silence);
        let end = self.resampler.length(self.fed);
        match self.lost.back_mut() {
            Some(last) if last.end == start => last.end = end,
            _ if start < end => self.lost.push_back(start..end),
            _ => (),
        }
    }

    fn push(&mut self, samples: &[f32]) {
        self.fed += samples.len() as u64;
        self.resampler.push(samples, &mut self.scratch);
        self.ready.extend(self.scratch.drain(..));
    }

    /// Nothing follows. The side counts as lost from here on.
    pub(super) fn end(&mut self) {
        if !self.ended {
            self.ended = true;
            self.resampler.finish(&mut self.scratch);
            self.ready.extend(self.scratch.drain(..));
        }
    }

    /// Whether at least `wanted` samples are ready, or nothing more will come.
    pub(super) fn is_ready(&self, wanted: usize) -> bool {
        self.ended || wanted <= self.ready.len()
    }

    /// Samples ready to be handed out.
    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// Whether everything was handed out.
    pub(super) fn is_over(&self) -> bool {
        self.ended && self.ready.is_empty()
    }

    /// The stretch at the front.
    pub(super) fn run(&self) -> Run {
        if self.is_over() {
            return Run { length: usize::MAX, lost: true };
        }
        let (edge, lost) = match self.lost.front() {
            Some(gap) if gap.start <= self.taken => (gap.end, true),
            Some(gap) => (gap.start, false),
            None => (u64::MAX, false),
        };
        let length = usize::try_from(edge - self.taken).unwrap_or(usize::MAX);
        Run { length: length.min(self.ready.len()), lost }
    }

    /// Moves `count` samples of the stretch at the front to `out`; zeros where
    /// they are missing.
    pub(super) fn take(&mut self, count: usize, out: &mut Vec<f32>) {
        let run = self.run();
        let there = count.min(self.ready.len());
        if run.lost {
            self.ready.drain(..there);
            out.resize(out.len() + count, 0.0);
        } else {
            out.extend(self.ready.drain(..there));
        }
        self.taken += count as u64;
        while self.lost.front().is_some_and(|gap| gap.end <= self.taken) {
            self.lost.pop_front();
        }
    }

    /// Samples that were taken for damage, at the file's rate.
    pub(super) fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Length so far, in seconds of the file.
    pub(super) fn seconds(&self) -> f64 {
        self.fed as f64 / f64::from(self.resampler.from_hz())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(side: &mut Side) -> Vec<(bool, Vec<f32>)> {
        let mut runs = Vec::new();
        while !side.is_over() {
            let Run { length, lost } = side.run();
            let mut samples = Vec::new();
            side.take(length, &mut samples);
            runs.push((lost, samples));
        }
        runs
    }

    #[test]
    fn damage_becomes_silence_and_is_counted() {
        let mut side = Side::new(16_000).unwrap();
        let mut samples = [0.5, f32::NAN, f32::INFINITY, -8.1, 8.0, f32::NEG_INFINITY];
        side.feed(&mut samples);
        side.end();
        assert_eq!(drain(&mut side), [(false, vec![0.5, 0.0, 0.0, 0.0, 8.0, 0.0])]);
        assert_eq!(side.damaged(), 4);
    }

    #[test]
    fn lost_time_keeps_its_place_and_its_length() {
        let mut side = Side::new(8_000).unwrap();
        side.feed(&mut [0.5; 800]);
        side.feed_lost(300);
        side.feed_lost(100);
        side.feed(&mut [0.5; 800]);
        side.end();
        let runs = drain(&mut side);
        let shape: Vec<_> = runs.iter().map(|(lost, samples)| (*lost, samples.len())).collect();
        assert_eq!(shape, [(false, 1_600), (true, 800), (false, 1_600)]);
        assert!(runs[1].1.iter().all(|&sample| sample == 0.0));
    }

    #[test]
    fn a_side_that_is_over_is_lost_without_end() {
        let mut side = Side::new(16_000).unwrap();
        side.feed(&mut [0.5; 10]);
        side.end();
        let mut out = Vec::new();
        side.take(10, &mut out);
        assert_eq!(side.run(), Run { length: usize::MAX, lost: true });
        side.take(5, &mut out);
        assert_eq!(out[10..], [0.0; 5]);
    }

    #[test]
    fn the_length_is_that_of_the_file() {
        let mut side = Side::new(44_100).unwrap();
        side.feed(&mut [0.1; 44_100]);
        side.feed_lost(22_050);
        side.end();
        assert_eq!(side.seconds(), 1.5);
        let total: usize = drain(&mut side).iter().map(|(_, samples)| samples.len()).sum();
        assert_eq!(total, 24_000);
    }
}
