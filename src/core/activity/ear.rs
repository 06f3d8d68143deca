//! What one signal sounds like, frame by frame: its level in the speech band
//! and how much it resembles a voice. Never judges; that is the gate's work.

use biquad::{Biquad, Coefficients, DirectForm2Transposed};
use earshot::Detector;

use crate::core::units::FRAME;

/// Second-order section: `[b0, b1, b2, a1, a2]`.
pub type Section = [f32; 5];

/// Butterworth band-pass 200 to 3600 Hz at 16 kHz: the telephone speech band.
pub const SPEECH_BAND: [Section; 2] = [
    [0.227_117_96, 0.454_235_93, 0.227_117_96, -0.239_380_87, 0.206_666_8],
    [1.0, -2.0, 1.0, -1.889_448_9, 0.895_821_1],
];

/// A hum at -180 dBFS for sample `k` of a frame. In a channel of exact zeros a
/// filter would die away into numbers so small that the processor takes a
/// hundred times as long over each.
#[inline(always)]
pub fn keep_awake(k: usize) -> f32 {
    if k & 8 == 0 { 1e-9 } else { -1e-9 }
}

/// A chain of two second-order sections.
#[derive(Debug)]
pub struct Filter([DirectForm2Transposed<f32>; 2]);

impl Filter {
    /// A filter at rest.
    pub fn new(sections: [Section; 2]) -> Self {
        Self(
            sections
                .map(|[b0, b1, b2, a1, a2]| DirectForm2Transposed::new(Coefficients { a1, a2, b0, b1, b2 })),
        )
    }

    /// One sample in, one out.
    #[inline]
    pub fn run(&mut self, sample: f32) -> f32 {
        let half = self.0[0].run(sample);
        self.0[1].run(half)
    }

    /// Mean power of the filtered samples.
    pub fn power(&mut self, samples: &[f32]) -> f32 {
        let awake = |(k, x): (usize, &f32)| x + keep_awake(k);
        let sum: f32 = samples.iter().enumerate().map(awake).map(|x| self.run(x)).map(|y| y * y).sum();
        sum / samples.len().max(1) as f32
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        for section in &mut self.0 {
            section.reset_state();
        }
    }
}

/// Level of a frame that holds nothing, dB.
pub const SILENCE_DB: f32 = -100.0;

/// Level of `power` in dB, never below [`SILENCE_DB`].
pub fn level_db(power: f32) -> f32 {
    10.0 * (power + 1e-10).log10()
}

/// What is heard in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Level in the speech band, dB (about -100 to 0).
    pub level: f32,
    /// Resemblance to a voice, 0 to 1.
    pub score: f32,
}

/// Sound as the voice score knows it: in steps of 16 bits. What a telephone
/// cuts off is then filled by their noise instead of by nothing at all, which
/// no recording that the score was trained on ever had.
fn sixteen_bit(sample: f32) -> f32 {
    (sample.clamp(-1.0, 1.0) * 32_768.0).round() / 32_768.0
}

/// Samples that the voice score looks at in one step.
const BLOCK: usize = 256;

/// Listens to one signal. What was heard in a frame is known when the frame
/// after it has come, because the voice score works on blocks of 16 ms.
pub struct Ear {
    band: Filter,
    voice: Detector,
    block: [f32; BLOCK],
    fill: usize,
    /// Score of the last full block and of the one before.
    scores: [f32; 2],
    blocks: u64,
    frames: u64,
    last_level: f32,
}

impl Ear {
    /// An ear that has heard nothing.
    pub fn new() -> Self {
        Self {
            band: Filter::new(SPEECH_BAND),
            voice: Detector::default(),
            block: [0.0; BLOCK],
            fill: 0,
            scores: [0.0; 2],
            blocks: 0,
            frames: 0,
            last_level: SILENCE_DB,
        }
    }

    /// Takes the next frame and returns what was heard in the one before it.
    pub fn push(&mut self, samples: &[f32; FRAME]) -> Option<Heard> {
        self.listen(samples);
        let level = level_db(self.band.power(samples));
        let before = std::mem::replace(&mut self.last_level, level);
        self.frames += 1;
        let frame = self.frames.checked_sub(2)?;
        Some(Heard { level: before, score: self.score_of(frame) })
    }

    /// Lets a frame pass unheard. Keeps step with the other ears at no cost.
    pub fn skip(&mut self) {
        self.fill += FRAME;
        if BLOCK <= self.fill {
            self.fill -= BLOCK;
            self.blocks += 1;
        }
        self.frames += 1;
        self.last_level = SILENCE_DB;
    }

    fn listen(&mut self, samples: &[f32; FRAME]) {
        let mut rest = &samples[..];
        while !rest.is_empty() {
            let part = rest.len().min(BLOCK - self.fill);
            for (to, from) in self.block[self.fill..].iter_mut().zip(&rest[..part]) {
                *to = sixteen_bit(*from);
            }
            self.fill += part;
            rest = &rest[part..];
            if self.fill == BLOCK {
                self.fill = 0;
                self.blocks += 1;
                self.scores = [self.scores[1], self.voice.predict_f32(&self.block)];
            }
        }
    }

    /// Score of the block that holds the first sample of `frame`, which is one
    /// of the last two full ones.
    fn score_of(&self, frame: u64) -> f32 {
        let block = frame * FRAME as u64 / BLOCK as u64;
        let back = self.blocks.saturating_sub(block + 1).min(1);
        self.scores[1 - back as usize]
    }
}

impl Default for Ear {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Ear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ear").field("frames", &self.frames).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::units::RATE;

    fn tone(hz: f32, amplitude: f32, n: usize) -> Vec<f32> {
        (0..n).map(|k| amplitude * (std::f32::consts::TAU * hz * k as f32 / RATE as f32).sin()).collect()
    }

    fn hear(samples: &[f32]) -> Vec<Heard> {
        let mut ear = Ear::new();
        samples.chunks_exact(FRAME).filter_map(|c| ear.push(c.try_into().unwrap())).collect()
    }

    #[test]
    fn a_tone_in_the_band_keeps_its_level() {
        let got = hear(&tone(1000.0, 0.5, 16_000));
        // A sine of amplitude 0.5 has a mean power of 0.125: -9.03 dB.
        assert!((got[50].level + 9.03).abs() < 0.2, "{}", got[50].level);
    }

    #[test]
    fn mains_hum_and_hiss_lie_outside_the_band() {
        let hum = hear(&tone(50.0, 0.5, 16_000))[50].level;
        let hiss = hear(&tone(7000.0, 0.5, 16_000))[50].level;
        assert!(hum < -28.0 && hiss < -18.0, "{hum} {hiss}");
    }

    #[test]
    fn every_frame_but_the_last_is_heard_once() {
        assert_eq!(hear(&[0.0; 1600]).len(), 9);
        assert_eq!(hear(&[0.0; 1600])[3].level.round(), SILENCE_DB);
    }

    #[test]
    fn silence_does_not_resemble_a_voice() {
        assert!(hear(&[0.0; 16_000]).iter().all(|h| h.score < 0.5));
    }
}
