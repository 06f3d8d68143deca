//! What is measured on the raw signal of one side in every frame: power, the
//! two bands of the spectral tilt, the envelope that shows syllables, and
//! pitch. Before any gain, noise reduction or echo canceller.

use crate::core::activity::ear::{Section, keep_awake, level_db};
use crate::core::measures::bank::Bank;
use crate::core::measures::pitch::{LOW_PASS, Pitch};
use crate::core::units::FRAME;

/// Butterworth band-passes at 16 kHz.
const SYLLABLE_BAND: [Section; 2] = [
    [0.113_986_68, 0.227_973_36, 0.113_986_68, -0.831_344_8, 0.351_681_8],
    [1.0, -2.0, 1.0, -1.839_502_2, 0.854_902_9],
];
const LOW_BAND: [Section; 2] = [
    [0.022_406_154, 0.044_812_307, 0.022_406_154, -1.568_969_4, 0.672_069_2],
    [1.0, -2.0, 1.0, -1.924_037_8, 0.928_196_4],
];
const HIGH_BAND: [Section; 2] = [
    [0.148_948_52, 0.297_897_04, 0.148_948_52, -0.381_513_7, 0.374_448_2],
    [1.0, -2.0, 1.0, -1.500_213, 0.661_593_55],
];

/// Measurements of one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    /// Mean power, 1.0 = full scale.
    pub power: f32,
    /// Mean power from 150 to 1000 Hz.
    pub low: f32,
    /// Mean power from 1000 to 3600 Hz.
    pub high: f32,
    /// Envelope of 300 to 2500 Hz over 80 ms around the frame, dB.
    pub envelope: f32,
    /// Whether every sample is exactly zero.
    pub zeros: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self { power: 0.0, low: 0.0, high: 0.0, envelope: -90.0, zeros: true }
    }
}

/// Sub-blocks of the syllable envelope: 20 samples, 1.25 ms.
const SUB: usize = 20;
const SUBS_PER_FRAME: usize = FRAME / SUB;
/// Sub-blocks of its 80 ms Hann window.
const SUBS: usize = 64;
/// Frames after which the envelope of a frame is known: half its window.
pub const ENVELOPE_LAG: usize = 4;

/// Frames that are kept.
const HISTORY: usize = 64;

/// Measures one side.
#[derive(Debug)]
pub struct Voice {
    /// Syllables, low band, high band, pitch.
    bank: Bank,
    pitch: Pitch,
    subs: [f32; SUBS],
    shape: [f32; SUBS],
    history: [Features; HISTORY],
    frames: u64,
}

impl Voice {
    /// Nothing heard yet.
    pub fn new() -> Self {
        let hann = |k: usize| 0.5 - 0.5 * (std::f32::consts::TAU * (k as f32 + 0.5) / SUBS as f32).cos();
        let sum: f32 = (0..SUBS).map(hann).sum();
        Self {
            bank: Bank::new([SYLLABLE_BAND, LOW_BAND, HIGH_BAND, LOW_PASS]),
            pitch: Pitch::new(),
            subs: [0.0; SUBS],
            shape: std::array::from_fn(|k| hann(k) / sum),
            history: [Features::default(); HISTORY],
            frames: 0,
        }
    }

    /// Takes the next frame.
    pub fn push(&mut self, samples: &[f32; FRAME]) {
        let power = samples.iter().map(|x| x * x).sum::<f32>() / FRAME as f32;
        let (low, high) = self.filter(samples);
        let slot = (self.frames % HISTORY as u64) as usize;
        self.history[slot] = Features { power, low, high, zeros: power == 0.0, ..Features::default() };
        if let Some(frame) = self.frames.checked_sub(ENVELOPE_LAG as u64) {
            self.history[(frame % HISTORY as u64) as usize].envelope = self.envelope();
        }
        self.frames += 1;
    }

    /// Fundamental frequency of one of the last frames, Hz, where it is voiced.
    pub fn pitch(&self, frame: u64) -> Option<f32> {
        self.pitch.hz(frame)
    }

    /// What was measured in one of the last 64 frames.
    pub fn at(&self, frame: u64) -> Features {
        if frame < self.frames && self.frames <= frame + HISTORY as u64 {
            self.history[(frame % HISTORY as u64) as usize]
        } else {
            Features::default()
        }
    }

    /// Runs the filters. Returns the mean powers of the low and the high band.
    fn filter(&mut self, samples: &[f32; FRAME]) -> (f32, f32) {
        let mut kept = [0.0; FRAME / 4];
        let (mut low, mut high) = (0.0, 0.0);
        self.subs.copy_within(SUBS_PER_FRAME.., 0);
        for (k, sub) in samples.chunks_exact(SUB).enumerate() {
            let mut envelope = 0.0;
            for (j, x) in sub.iter().enumerate() {
                let [s, l, h, p] = self.bank.run(x + keep_awake(k * SUB + j));
                envelope += s * s;
                low += l * l;
                high += h * h;
                if j % 4 == 3 {
                    kept[(k * SUB + j) / 4] = p;
                }
            }
            self.subs[SUBS - SUBS_PER_FRAME + k] = envelope / SUB as f32;
        }
        self.pitch.push(&kept);
        (low / FRAME as f32, high / FRAME as f32)
    }

    fn envelope(&self) -> f32 {
        let power: f32 = self.subs.iter().zip(&self.shape).map(|(p, w)| p * w).sum();
        // The floor of the measurements this envelope was tried with: -90 dB.
        level_db(power + 0.9e-9)
    }
}

impl Default for Voice {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::units::RATE;

    fn heard(samples: &[f32]) -> Voice {
        let mut voice = Voice::new();
        samples.chunks_exact(FRAME).for_each(|c| voice.push(c.try_into().unwrap()));
        voice
    }

    fn sine(hz: f32, amplitude: f32, n: usize) -> Vec<f32> {
        (0..n).map(|k| amplitude * (std::f32::consts::TAU * hz * k as f32 / RATE as f32).sin()).collect()
    }

    #[test]
    fn power_is_that_of_the_samples() {
        let voice = heard(&sine(400.0, 0.5, 4800));
        assert!((voice.at(20).power - 0.125).abs() < 1e-4);
        assert!(!voice.at(20).zeros && heard(&[0.0; 1600]).at(5).zeros);
    }

    #[test]
    fn the_bands_part_at_1000_hz() {
        let (low, high) = (heard(&sine(500.0, 0.5, 4800)).at(20), heard(&sine(2000.0, 0.5, 4800)).at(20));
        assert!(10.0 * low.high < low.low && 10.0 * high.low < high.high);
    }

    #[test]
    fn the_envelope_is_centred_on_its_frame() {
        let mut samples = vec![0.0; 3200];
        samples.extend(sine(1000.0, 0.3, 1600));
        samples.extend(vec![0.0; 3200]);
        let voice = heard(&samples);
        let loudest = (0..45).max_by(|&a, &b| voice.at(a).envelope.total_cmp(&voice.at(b).envelope)).unwrap();
        assert!(loudest.abs_diff(24) <= 1, "{loudest}");
        let (before, after) = (voice.at(18).envelope, voice.at(30).envelope);
        assert!((before - after).abs() < 3.0, "{before} {after}");
    }

    #[test]
    fn pitch_is_that_of_a_voice() {
        let buzz: Vec<f32> = (1..=5).fold(vec![0.0; 4800], |sum, h| {
            sum.iter().zip(sine(140.0 * h as f32, 0.1, 4800)).map(|(a, b)| a + b).collect()
        });
        let got = heard(&buzz).pitch(25).unwrap();
        assert!((got - 140.0).abs() < 2.0, "{got}");
    }

    #[test]
    fn what_is_forgotten_or_not_yet_there_is_silence() {
        let voice = heard(&sine(400.0, 0.5, 16_000));
        assert_eq!(voice.at(3), Features::default());
        assert_eq!(voice.at(100), Features::default());
    }
}
