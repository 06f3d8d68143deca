//! One channel at its own rate to 16 kHz. Sample t of the output is time t of
//! the input, and the level is left alone: no gain, no normalisation, no dither.
//!
//! The work is done by rubato's synchronous FFT resampler. The ratio of two
//! whole-number rates is kept exact, so no clock error adds up over a long call
//! (a sinc interpolator steps a floating-point index). Its filter is linear-phase
//! with a delay known to the sample, and it eats blocks of one fixed size, so the
//! bits cannot depend on how the input was cut.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};
use thiserror::Error;

use crate::core::units::RATE;

/// The lowest rate taken, in Hz: the telephone's.
pub const MIN_RATE: u32 = 8_000;

/// The highest rate taken, in Hz: nothing above it is made by a headset.
pub const MAX_RATE: u32 = 96_000;

/// Blocks a second, at most. 20 ms make a filter of 320 output taps: flat to
/// 7.4 kHz, and a ringing shorter than the nucleus of a syllable.
const BLOCKS_PER_SECOND: u32 = 50;

/// A sample rate outside [`MIN_RATE`]`..=`[`MAX_RATE`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("sample rate {hz} Hz, expected {MIN_RATE} to {MAX_RATE} Hz")]
pub struct UnsupportedRate {
    /// What was asked for, in Hz.
    pub hz: u32,
}

/// Turns one channel at a fixed rate into [`RATE`], piece by piece.
///
/// `n` samples in give exactly [`Resampler::length`]`(n)` samples out once
/// [`Resampler::finish`] was called, the same bits for any way of cutting the
/// input. At 16 kHz the samples pass bit for bit. Input is expected to be
/// finite: one NaN would spoil the whole block around it.
pub struct Resampler {
    from_hz: u32,
    engine: Option<Engine>,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// A resampler from `from_hz` to 16 kHz.
    ///
    /// # Errors
    /// [`UnsupportedRate`] outside 8000 to 96000 Hz.
    pub fn new(from_hz: u32) -> Result<Self, UnsupportedRate> {
        if !(MIN_RATE..=MAX_RATE).contains(&from_hz) {
            return Err(UnsupportedRate { hz: from_hz });
        }
        let engine = (from_hz != RATE).then(|| Engine::new(from_hz)).transpose()?;
        Ok(Self { from_hz, engine, taken: 0, given: 0 })
    }

    /// The rate of the input, in Hz.
    pub fn from_hz(&self) -> u32 {
        self.from_hz
    }

    /// Samples at 16 kHz that `samples` input samples become, rounded to nearest.
    pub fn length(&self, samples: u64) -> u64 {
        let from = u128::from(self.from_hz);
        let twice = 2 * u128::from(samples) * u128::from(RATE);
        // The quotient is at most twice the input: it fits unless the input is absurd.
        u64::try_from((twice + from) / (2 * from)).unwrap_or(u64::MAX)
    }

    /// Takes any number of samples and appends to `out` what is ready.
    pub fn push(&mut self, input: &[f32], out: &mut Vec<f32>) {
        let before = out.len();
        match &mut self.engine {
            None => out.extend_from_slice(input),
            Some(engine) => engine.push(input, out),
        }
        self.taken += input.len() as u64;
        self.given += (out.len() - before) as u64;
    }

    /// Appends what is still inside, as if silence followed. Afterwards the
    /// resampler is as new and may be used for another recording.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let due = self.length(self.taken).saturating_sub(self.given);
        if let Some(engine) = &mut self.engine {
            engine.flush(usize::try_from(due).unwrap_or(usize::MAX), out);
        }
        (self.taken, self.given) = (0, 0);
    }
}

/// The resampler proper, with the block that is being filled.
struct Engine {
    fft: Fft<f32>,
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
    /// Output samples still to be dropped: the filter's delay.
    early: usize,
}

impl Engine {
    fn new(from_hz: u32) -> Result<Self, UnsupportedRate> {
        let fft = Fft::new_custom(
            from_hz as usize,
            RATE as usize,
            block_length(from_hz),
            1,
            1,
            WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .map_err(|_| UnsupportedRate { hz: from_hz })?;
        Ok(Self {
            input: vec![0.0; fft.input_frames_max()],
            filled: 0,
            output: vec![0.0; fft.output_frames_max()],
            early: fft.output_delay(),
            fft,
        })
    }

    fn push(&mut self, mut input: &[f32], out: &mut Vec<f32>) {
        while !input.is_empty() {
            let room = self.input.len() - self.filled;
            let (now, later) = input.split_at(room.min(input.len()));
            self.input[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            input = later;
            if self.filled == self.input.len() {
                self.block(usize::MAX, out);
            }
        }
    }

    /// Runs one full block and appends at most `limit` samples.
    fn block(&mut self, limit: usize, out: &mut Vec<f32>) {
        self.filled = 0;
        if !self.run() {
            // Both buffers have the sizes the resampler asked for, so this is not
            // reached; silence would keep the time right if it were.
            self.output.fill(0.0);
        }
        let skipped = self.early.min(self.output.len());
        self.early -= skipped;
        let fresh = &self.output[skipped..];
        out.extend_from_slice(&fresh[..fresh.len().min(limit)]);
    }

    fn run(&mut self) -> bool {
        let (frames_in, frames_out) = (self.input.len(), self.output.len());
        let Ok(input) = SequentialSlice::new(&self.input, 1, frames_in) else { return false };
        let Ok(mut output) = SequentialSlice::new_mut(&mut self.output, 1, frames_out) else {
            return false;
        };
        self.fft.process_into_buffer(&input, &mut output, None).is_ok()
    }

    /// Appends exactly `due` more samples and starts afresh.
    fn flush(&mut self, due: usize, out: &mut Vec<f32>) {
        let wanted = out.len().saturating_add(due);
        while out.len() < wanted {
            self.input[self.filled..].fill(0.0);
            self.block(wanted - out.len(), out);
        }
        self.fft.reset();
        self.filled = 0;
        self.early = self.fft.output_delay();
    }
}

/// Input samples of one block: at least 20 ms, and an even number of the shortest
/// blocks the two rates allow, so that the filter's middle falls on a sample on
/// both sides. Rates without a common divisor make blocks of two seconds.
fn block_length(from_hz: u32) -> usize {
    let shortest = from_hz / gcd(from_hz, RATE);
    let count = (from_hz / BLOCKS_PER_SECOND).div_ceil(shortest);
    (shortest * count.next_multiple_of(2)) as usize
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [u32; 9] = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000];

    fn whole(from_hz: u32, input: &[f32]) -> Vec<f32> {
        chunked(from_hz, input, input.len().max(1))
    }

    fn chunked(from_hz: u32, input: &[f32], chunk: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(from_hz).unwrap();
        let mut out = Vec::new();
        for piece in input.chunks(chunk) {
            resampler.push(piece, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    fn tone(from_hz: u32, hz: f64, samples: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * hz / f64::from(from_hz);
        (0..samples).map(|i| (0.5 * (step * i as f64).sin()) as f32).collect()
    }

    fn rms(samples: &[f32]) -> f64 {
        let power: f64 = samples.iter().map(|&s| f64::from(s) * f64::from(s)).sum();
        (power / samples.len() as f64).sqrt()
    }

    #[test]
    fn length_is_exact_for_every_rate_and_any_number_of_samples() {
        for from in RATES.into_iter().chain([8_001, 11_111, 44_056, 95_999]) {
            for n in [0, 1, 2, 3, 159, 160, 441, 4_800, 44_100, 100_003] {
                let due = (n as f64 * 16_000.0 / f64::from(from)).round() as usize;
                assert_eq!(whole(from, &vec![0.1; n]).len(), due, "{n} samples at {from} Hz");
            }
        }
    }

    #[test]
    fn the_same_bits_come_out_for_any_chunk_size() {
        for from in [8_000, 11_025, 44_100, 48_000] {
            let input = tone(from, 440.0, 20_011);
            let reference = whole(from, &input);
            for chunk in [1, 7, 160, 441, 1_024, 4_800] {
                assert_eq!(chunked(from, &input, chunk), reference, "{from} Hz, chunks of {chunk}");
            }
        }
    }

    #[test]
    fn sixteen_kilohertz_passes_bit_for_bit() {
        let input = tone(16_000, 3_333.0, 12_345);
        assert_eq!(chunked(16_000, &input, 333), input);
    }

    #[test]
    fn an_impulse_stays_at_its_time() {
        for from in RATES.into_iter().chain([8_001, 44_056]) {
            for seconds in [0.0, 0.25, 0.5] {
                let mut input = vec![0.0; from as usize];
                let at = (seconds * f64::from(from)) as usize;
                input[at] = 1.0;
                let out = whole(from, &input);
                let peak = (0..out.len()).max_by(|&a, &b| out[a].total_cmp(&out[b])).unwrap();
                let expected = at as f64 * 16_000.0 / f64::from(from);
                assert!((peak as f64 - expected).abs() <= 1.0, "{from} Hz: {peak}, not {expected}");
            }
        }
    }

    #[test]
    fn speech_band_keeps_its_level_within_a_tenth_of_a_decibel() {
        for from in RATES {
            for hz in [100.0, 440.0, 1_000.0, 3_400.0, 7_000.0] {
                if f64::from(from) * 0.45 < hz {
                    continue;
                }
                let out = whole(from, &tone(from, hz, from as usize));
                let db = 20.0 * (rms(&out[4_000..12_000]) / (0.5 / 2f64.sqrt())).log10();
                assert!(db.abs() < 0.1, "{hz} Hz at {from} Hz: {db} dB");
            }
        }
    }

    #[test]
    fn what_sixteen_kilohertz_cannot_hold_is_gone_rather_than_folded_down() {
        for from in [22_050, 44_100, 48_000, 96_000] {
            for hz in [8_600.0, 10_000.0] {
                let out = whole(from, &tone(from, hz, from as usize));
                let db = 20.0 * (rms(&out[4_000..12_000]) / 0.35).log10();
                assert!(db < -80.0, "{hz} Hz at {from} Hz: {db} dB left");
            }
        }
    }

    #[test]
    fn it_can_be_used_again_after_finishing() {
        let input = tone(44_100, 440.0, 10_000);
        let mut resampler = Resampler::new(44_100).unwrap();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for out in [&mut first, &mut second] {
            resampler.push(&input, out);
            resampler.finish(out);
        }
        assert_eq!(first, second);
    }

    #[test]
    fn a_rate_outside_the_range_is_refused_by_value() {
        for hz in [0, 7_999, 96_001, 192_000] {
            let refused = Resampler::new(hz).err();
            assert_eq!(refused, Some(UnsupportedRate { hz }));
        }
        let sentence = UnsupportedRate { hz: 4_000 }.to_string();
        assert_eq!(sentence, "sample rate 4000 Hz, expected 8000 to 96000 Hz");
    }
}
