//! What samples of a second or two tell: whether anything comes, how loud, and
//! whether a tone is in it. Pure; nothing of it is kept.

use std::f32::consts::TAU;

use crate::core::units::{Dbfs, RATE};

/// The tone that is played: no voice stays on one frequency like this.
pub const TONE_HZ: f32 = 740.0;
/// Windows in which the tone is looked for: 100 ms.
const WINDOW: usize = RATE as usize / 10;
/// The tone must stand out of its neighbours by this factor of amplitude ...
const STANDS_OUT: f32 = 4.0;
/// ... in so many windows ...
const ENOUGH: usize = 2;
/// ... and be no less than this: a headset at a fifth of its volume.
const FAINTEST: f32 = 1e-4;
/// Both sides must be louder than this to be compared, as power: -60 dBFS.
const COMPARABLE: f32 = 1e-6;
/// Correlation from which both sides carry the same.
const SAME: f32 = 0.95;
/// Lags that are tried, samples: 40 ms to either side, in steps of 0.5 ms, fine
/// enough for what is left below [`SMOOTH`].
const LAGS: isize = 640;
const STEP: usize = 8;
/// Samples of a moving mean before comparing: nothing above 1 kHz counts.
const SMOOTH: usize = 16;

/// What was heard of a side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// Samples per channel that arrived.
    pub frames: u64,
    /// Mean level; nothing where nothing but zeros came, or nothing at all.
    pub level: Option<Dbfs>,
    /// Age of the oldest sample of a delivery, 95th percentile, ms.
    pub delay_ms: Option<f32>,
    /// Why nothing comes, and what can be done.
    pub trouble: Option<(String, String)>,
}

impl Heard {
    /// Whether frames came, and all of them were zero.
    pub fn is_zeros(&self) -> bool {
        0 < self.frames && self.level.is_none()
    }
}

/// Mean level; nothing where all is zero.
pub fn level(samples: &[f32]) -> Option<Dbfs> {
    let power = power(samples);
    (0.0 < power).then(|| Dbfs::from_power(power))
}

fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32
}

/// The level of the tone, where it is heard.
pub fn tone(samples: &[f32]) -> Option<Dbfs> {
    let found = samples.chunks_exact(WINDOW).filter_map(|window| {
        let at = |hertz| amplitude(window, hertz);
        let beside = at(TONE_HZ * 0.8).max(at(TONE_HZ * 1.25)).max(FAINTEST / STANDS_OUT);
        Some(at(TONE_HZ)).filter(|tone| STANDS_OUT * beside <= *tone)
    });
    let found: Vec<f32> = found.collect();
    let loudest = found.iter().copied().fold(0.0, f32::max);
    (ENOUGH <= found.len()).then(|| Dbfs::from_power(loudest * loudest / 2.0))
}

/// Amplitude of one frequency in a window that swells and fades.
fn amplitude(window: &[f32], hertz: f32) -> f32 {
    let (mut re, mut im, length) = (0.0, 0.0, window.len() as f32);
    for (k, sample) in window.iter().enumerate() {
        let swell = 1.0 - (TAU * k as f32 / length).cos();
        let (sin, cos) = (TAU * hertz * k as f32 / RATE as f32).sin_cos();
        re += sample * swell * cos;
        im += sample * swell * sin;
    }
    re.hypot(im) * 2.0 / length
}

/// Whether both sides carry the same sound; nothing where one is too quiet.
pub fn same(agent: &[f32], customer: &[f32]) -> Option<bool> {
    if power(agent).min(power(customer)) < COMPARABLE {
        return None;
    }
    let (agent, customer) = (smooth(agent), smooth(customer));
    let lags = (-LAGS..=LAGS).step_by(STEP);
    let best = lags.map(|lag| correlation(&agent, &customer, lag)).fold(0.0, f32::max);
    Some(SAME <= best)
}

fn smooth(samples: &[f32]) -> Vec<f32> {
    samples.windows(SMOOTH).map(|part| part.iter().sum::<f32>() / SMOOTH as f32).collect()
}

/// Of `one` with `other` shifted by so many samples.
fn correlation(one: &[f32], other: &[f32], lag: isize) -> f32 {
    let (a, b) = (lag.max(0).unsigned_abs(), lag.min(0).unsigned_abs());
    let (Some(one), Some(other)) = (one.get(a..), other.get(b..)) else { return 0.0 };
    let (mut product, mut ones, mut others) = (0.0f32, 0.0f32, 0.0f32);
    for (x, y) in one.iter().zip(other) {
        product += x * y;
        ones += x * x;
        others += y * y;
    }
    let scale = (ones * others).sqrt();
    if 0.0 < scale { product / scale } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise that is the same each time.
    fn noise(seed: u32, peak: f32) -> Vec<f32> {
        let mut state = seed;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..RATE).map(next).map(|s| s * peak).collect()
    }

    fn sine(hertz: f32, peak: f32) -> Vec<f32> {
        (0..RATE).map(|k| peak * (TAU * hertz * k as f32 / RATE as f32).sin()).collect()
    }

    fn sum(one: &[f32], other: &[f32]) -> Vec<f32> {
        one.iter().zip(other).map(|(a, b)| a + b).collect()
    }

    #[test]
    fn the_tone_is_found_in_silence_and_in_noise() {
        let heard = tone(&sine(TONE_HZ, 0.03)).unwrap();
        assert!((heard.0 + 33.5).abs() < 0.5, "{heard:?}");
        assert!(tone(&sum(&sine(TONE_HZ, 0.03), &noise(1, 0.05))).is_some());
    }

    #[test]
    fn silence_noise_and_another_tone_are_not_the_tone() {
        for other in [vec![0.0; 16_000], noise(3, 0.3), sine(600.0, 0.3), sine(TONE_HZ, 0.000_01)] {
            assert_eq!(tone(&other), None);
        }
    }

    #[test]
    fn r04_the_same_sound_on_both_sides_is_seen_and_different_sound_is_not() {
        let (one, other) = (noise(1, 0.3), noise(2, 0.3));
        assert_eq!(same(&one, &other), Some(false));
        assert_eq!(same(&one, &one), Some(true));
        let late = [vec![0.0; 160], one.iter().map(|s| s / 3.0).collect()].concat();
        assert_eq!(same(&one, &late), Some(true));
        assert_eq!(same(&late, &one), Some(true));
    }

    #[test]
    fn silence_is_compared_with_nothing() {
        assert_eq!(same(&noise(1, 0.3), &vec![0.0; 16_000]), None);
    }

    #[test]
    fn zeros_have_no_level() {
        assert_eq!(level(&[0.0; 100]), None);
        assert_eq!(level(&[]), None);
        assert!(level(&[0.5; 100]).is_some_and(|level| (level.0 + 6.02).abs() < 0.1));
    }
}
