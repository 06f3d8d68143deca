//! One channel from its device's rate to 16 kHz, at a ratio that may change a
//! little at any time. A windowed sinc with 1.9 ms of delay: the exact resampler
//! of files waits for blocks of 20 ms and knows whole-number rates only, while a
//! device's true rate is neither whole nor constant. Level is left alone.

use crate::core::units::RATE;

/// Zero crossings on each side of the kernel. With [`BETA`] it is flat to 7.3 kHz
/// and 70 dB down from 8.5 kHz on.
const CROSSINGS: usize = 30;

/// Shape of the Kaiser window: side lobes 70 dB down.
const BETA: f64 = 7.0;

/// Kernels between two input samples. Linear steps between 128 are 80 dB exact.
const PHASES: usize = 128;

/// Width of the band that is kept, as a share of the lower Nyquist frequency.
const CUTOFF: f64 = 0.985;

/// Consumed samples that may lie in the buffer before it is moved up.
const SLACK: usize = 4_096;

/// Bits of the position below one input sample: fixed point, so that the bits of
/// the sound cannot depend on how it was cut.
const FRACTION: u32 = 40;

/// Sums that are kept apart in a dot product, so that it is done in parallel.
const LANES: usize = 8;

/// The resampler with the run of sound it is in.
#[derive(Debug)]
pub(super) struct Sinc {
    rate: u32,
    half: usize,
    /// `PHASES + 1` kernels of `2 * half` taps.
    kernels: Vec<f32>,
    buffer: Vec<f32>,
    /// Where in the buffer the next output sample lies, in 2^-40 samples.
    position: u64,
    /// Number of the next output sample on the call's clock.
    next: i64,
    /// Input samples per output sample, in 2^-40.
    step: u64,
}

impl Sinc {
    /// A resampler from `rate` Hz.
    pub(super) fn new(rate: u32) -> Self {
        let ratio = f64::from(rate) / f64::from(RATE);
        let half = (CROSSINGS as f64 * ratio.max(1.0)).ceil() as usize;
        let half = half.next_multiple_of(LANES / 2);
        Self {
            rate,
            half,
            kernels: kernels(half, ratio.max(1.0)),
            buffer: Vec::with_capacity(2 * SLACK + rate as usize / 4),
            position: 0,
            next: 0,
            step: fixed(ratio),
        }
    }

    /// The rate it is made for, in Hz.
    pub(super) fn rate(&self) -> u32 {
        self.rate
    }

    /// Begins a run whose first sample lies at `place`, in samples of 16 kHz on
    /// the call's clock. What was inside is dropped: flush it first.
    pub(super) fn begin(&mut self, place: f64) {
        self.buffer.clear();
        self.buffer.resize(self.half - 1, 0.0);
        let first = place.ceil();
        self.next = first as i64;
        let ahead = (first - place) * self.step as f64;
        self.position = ((self.half as u64 - 1) << FRACTION) + ahead as u64;
    }

    /// The device runs this much faster than its nominal rate, as a share.
    pub(super) fn set_excess(&mut self, excess: f64) {
        self.step = fixed(f64::from(self.rate) * (1.0 + excess) / f64::from(RATE));
    }

    /// Samples of 16 kHz that one input sample lasts.
    pub(super) fn width(&self) -> f64 {
        fixed(1.0) as f64 / self.step as f64
    }

    /// Where on the call's clock the next input sample would lie.
    pub(super) fn expected(&self) -> f64 {
        let end = (self.buffer.len() as u64) << FRACTION;
        // The position may be a step beyond the end.
        let ahead = end as i64 - self.position as i64;
        self.next as f64 + ahead as f64 / self.step as f64
    }

    /// Takes samples; hands each finished one with its number on the call's clock.
    pub(super) fn push(&mut self, samples: &[f32], mut each: impl FnMut(i64, f32)) {
        self.buffer.extend_from_slice(samples);
        while self.whole() + self.half < self.buffer.len() {
            each(self.next, self.sample());
            self.advance();
        }
        self.move_up();
    }

    /// Hands out what is still inside, as if silence followed. The run is over.
    pub(super) fn flush(&mut self, mut each: impl FnMut(i64, f32)) {
        let end = self.buffer.len();
        self.buffer.resize(end + self.half + 1, 0.0);
        while self.whole() < end {
            each(self.next, self.sample());
            self.advance();
        }
        self.buffer.truncate(end);
    }

    /// The input sample at or before the present position.
    fn whole(&self) -> usize {
        (self.position >> FRACTION) as usize
    }

    fn advance(&mut self) {
        self.position += self.step;
        self.next += 1;
    }

    /// The output sample at the present position.
    fn sample(&self) -> f32 {
        let whole = self.whole();
        let phase = (self.position & (fixed(1.0) - 1)) * PHASES as u64;
        let index = (phase >> FRACTION) as usize;
        let part = (phase & (fixed(1.0) - 1)) as f32 / fixed(1.0) as f32;
        let taps = 2 * self.half;
        let input = &self.buffer[whole + 1 - self.half..][..taps];
        let lower = dot(input, &self.kernels[index * taps..][..taps]);
        if part == 0.0 {
            return lower;
        }
        let upper = dot(input, &self.kernels[(index + 1) * taps..][..taps]);
        lower + part * (upper - lower)
    }

    fn move_up(&mut self) {
        let used = (self.whole() + 1).saturating_sub(self.half);
        if SLACK < used {
            let used = used.min(self.buffer.len());
            self.buffer.drain(..used);
            self.position -= (used as u64) << FRACTION;
        }
    }
}

/// A number of samples as fixed point.
fn fixed(samples: f64) -> u64 {
    (samples * (1u64 << FRACTION) as f64).round() as u64
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    for (x, y) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum()
}

fn kernels(half: usize, ratio: f64) -> Vec<f32> {
    let mut out = Vec::with_capacity((PHASES + 1) * 2 * half);
    for phase in 0..=PHASES {
        let part = phase as f64 / PHASES as f64;
        let taps = (0..2 * half).map(|tap| kernel(tap as f64 - (half - 1) as f64 - part, half, ratio));
        let taps: Vec<f64> = taps.collect();
        // Each kernel passes a constant unchanged, or the level would ripple with the phase.
        let sum: f64 = taps.iter().sum();
        out.extend(taps.iter().map(|tap| (tap / sum) as f32));
    }
    out
}

/// The kernel `x` input samples from its middle.
fn kernel(x: f64, half: usize, ratio: f64) -> f64 {
    // At its own rate with no phase the samples pass bit for bit.
    let cutoff = if ratio == 1.0 { 1.0 } else { CUTOFF / ratio };
    let t = std::f64::consts::PI * x * cutoff;
    let sinc = if t.abs() < 1e-9 { 1.0 } else { t.sin() / t };
    let edge = x / half as f64;
    if 1.0 <= edge.abs() {
        return 0.0;
    }
    sinc * bessel(BETA * (1.0 - edge * edge).sqrt())
}

/// The modified Bessel function of order 0, to a part in 10^12.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..40 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rate: u32, excess: f64, input: &[f32], chunk: usize) -> Vec<f32> {
        let mut sinc = Sinc::new(rate);
        sinc.set_excess(excess);
        sinc.begin(0.0);
        let mut out = Vec::new();
        for piece in input.chunks(chunk) {
            sinc.push(piece, |_, sample| out.push(sample));
        }
        sinc.flush(|_, sample| out.push(sample));
        out
    }

    fn tone(rate: u32, hz: f64, samples: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * hz / f64::from(rate);
        (0..samples).map(|i| (0.5 * (step * i as f64).sin()) as f32).collect()
    }

    fn level(samples: &[f32]) -> f64 {
        let power: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
        10.0 * (power / samples.len() as f64 / 0.125).log10()
    }

    #[test]
    fn the_level_stays_within_a_tenth_of_a_decibel_whatever_the_drift() {
        for rate in [8_000, 16_000, 24_000, 44_100, 48_000] {
            for excess in [0.0, 100e-6, -500e-6, 2_000e-6] {
                for hz in [100.0, 1_000.0, 3_400.0, 7_000.0] {
                    if f64::from(rate) * 0.45 < hz {
                        continue;
                    }
                    let out = run(rate, excess, &tone(rate, hz, rate as usize), 480);
                    let db = level(&out[4_000..12_000]);
                    assert!(db.abs() < 0.1, "{hz} Hz at {rate} Hz, {excess}: {db} dB");
                }
            }
        }
    }

    #[test]
    fn what_sixteen_kilohertz_cannot_hold_is_gone_rather_than_folded_down() {
        for rate in [24_000, 44_100, 48_000] {
            let out = run(rate, 100e-6, &tone(rate, 9_000.0, rate as usize), 480);
            assert!(level(&out[4_000..12_000]) < -60.0, "{rate} Hz");
        }
    }

    #[test]
    fn chunk_size_does_not_change_a_bit() {
        let input = tone(48_000, 700.0, 20_000);
        let whole = run(48_000, 37e-6, &input, 20_000);
        for chunk in [1, 7, 441, 2_400] {
            assert!(run(48_000, 37e-6, &input, chunk) == whole, "chunks of {chunk}");
        }
    }

    #[test]
    fn sixteen_kilohertz_without_drift_passes_bit_for_bit() {
        let input = tone(16_000, 3_333.0, 5_000);
        let out = run(16_000, 0.0, &input, 160);
        assert!(out.iter().zip(&input).all(|(a, b)| (a - b).abs() < 1e-7));
        assert_eq!(out.len(), input.len());
    }

    #[test]
    fn an_impulse_stays_at_its_time() {
        for rate in [8_000, 24_000, 44_100, 48_000] {
            let mut input = vec![0.0; rate as usize];
            input[rate as usize / 2] = 1.0;
            let out = run(rate, 0.0, &input, 333);
            let peak = (0..out.len()).max_by(|&a, &b| out[a].total_cmp(&out[b])).unwrap();
            assert!((7_999..=8_001).contains(&peak), "{rate} Hz: {peak}");
        }
    }

    #[test]
    fn a_run_begins_between_two_samples_where_it_was_put() {
        let mut sinc = Sinc::new(48_000);
        sinc.begin(100.25);
        assert!((sinc.expected() - 100.25).abs() < 1e-9);
        let mut first = None;
        sinc.push(&[0.1; 480], |at, _| first = first.or(Some(at)));
        assert_eq!(first, Some(101));
        assert!((sinc.expected() - 260.25).abs() < 1e-6);
    }
}
