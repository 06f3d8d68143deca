//! Tones and hold music: sound whose spectral peaks stay where they are. The
//! harmonics of a voice glide; in 53 minutes of speech no stretch of 1.2 s had
//! more than 0.34 of its peaks in place, tones and instrumental music have 0.45
//! to 1.0. Singing and strings with strong vibrato pass for a voice.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use crate::core::units::{FRAME, RATE};

/// Samples of one spectrum: 64 ms.
const WINDOW: usize = 1024;
/// Frames between two spectra: 50 ms.
pub const HOP: u64 = 5;
/// Peaks that are compared, the strongest first.
const PEAKS: usize = 6;
/// Bins of 200 to 3600 Hz.
const FIRST_BIN: usize = 13;
const LAST_BIN: usize = 229;
/// A peak is in place within this share of its frequency ...
const TOLERANCE: f32 = 0.004;
/// ... or this many Hz.
const TOLERANCE_HZ: f32 = 2.0;

/// Spectral peaks of one moment: frequency in Hz and amplitude, 0 where none.
type Peaks = [(f32, f32); PEAKS];

const NO_PEAKS: Peaks = [(0.0, 0.0); PEAKS];

/// Compares spectra of one signal.
pub struct Steady {
    transform: Arc<dyn RealToComplex<f32>>,
    shape: Box<[f32; WINDOW]>,
    recent: Box<[f32; WINDOW]>,
    input: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    before: [Peaks; 2],
    bands: Bands,
    frames: u64,
}

/// Powers of one spectrum: what a telephone passes, and what it cuts off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bands {
    /// 200 to 3600 Hz.
    pub telephone: f32,
    /// 4000 to 7500 Hz.
    pub above: f32,
}

impl Bands {
    fn of(spectrum: &[Complex32]) -> Self {
        let sum = |from: usize, to: usize| spectrum[from..to].iter().map(|c| c.norm_sqr()).sum();
        Self { telephone: sum(FIRST_BIN, LAST_BIN + 1), above: sum(256, 480) }
    }
}

impl Steady {
    /// A comparison that has heard nothing.
    pub fn new() -> Self {
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
        let mut shape = Box::new([0.0; WINDOW]);
        for (k, w) in shape.iter_mut().enumerate() {
            *w = 0.5 - 0.5 * (std::f32::consts::TAU * k as f32 / (WINDOW - 1) as f32).cos();
        }
        Self {
            input: transform.make_input_vec(),
            spectrum: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
            shape,
            recent: Box::new([0.0; WINDOW]),
            before: [NO_PEAKS; 2],
            bands: Bands::default(),
            frames: 0,
        }
    }

    /// Takes the next frame. Every [`HOP`] frames it returns the share of the
    /// strongest peaks, by amplitude, that stood at the same place 50 ms and
    /// 100 ms before: 0 to 1.
    pub fn push(&mut self, samples: &[f32; FRAME]) -> Option<f32> {
        self.recent.copy_within(FRAME.., 0);
        self.recent[WINDOW - FRAME..].copy_from_slice(samples);
        self.frames += 1;
        self.frames.is_multiple_of(HOP).then(|| self.compare())
    }

    /// Powers of the newest spectrum.
    pub const fn bands(&self) -> Bands {
        self.bands
    }

    fn compare(&mut self) -> f32 {
        for ((to, from), w) in self.input.iter_mut().zip(self.recent.iter()).zip(self.shape.iter()) {
            *to = from * w;
        }
        // The buffers come from the plan, so their lengths fit.
        let fits =
            self.transform.process_with_scratch(&mut self.input, &mut self.spectrum, &mut self.scratch);
        let peaks = if fits.is_ok() { strongest(&self.spectrum) } else { NO_PEAKS };
        self.bands = Bands::of(&self.spectrum);
        let share = in_place(&peaks, &self.before);
        self.before = [peaks, self.before[0]];
        share
    }
}

impl Default for Steady {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Steady {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Steady").field("frames", &self.frames).finish_non_exhaustive()
    }
}

fn strongest(spectrum: &[Complex32]) -> Peaks {
    let power = |k: usize| spectrum[k].norm_sqr();
    let mut peaks = NO_PEAKS;
    let (mut left, mut here) = (power(FIRST_BIN), power(FIRST_BIN + 1));
    for k in FIRST_BIN + 1..LAST_BIN {
        let right = power(k + 1);
        if left < here && right <= here {
            insert(&mut peaks, (bin_hz(k, left, here, right), here.sqrt()));
        }
        (left, here) = (here, right);
    }
    peaks
}

/// Frequency of a peak between bins: parabola through three levels.
fn bin_hz(k: usize, left: f32, here: f32, right: f32) -> f32 {
    let db = |p: f32| 10.0 * (p + 1e-18).log10();
    let (a, b, c) = (db(left), db(here), db(right));
    let bend = a - 2.0 * b + c;
    let shift = if bend < 0.0 { 0.5 * (a - c) / bend } else { 0.0 };
    (k as f32 + shift) * RATE as f32 / WINDOW as f32
}

/// Puts a peak into its place by amplitude; the weakest falls out.
fn insert(peaks: &mut Peaks, peak: (f32, f32)) {
    let Some(place) = peaks.iter().position(|p| p.1 < peak.1) else { return };
    peaks[place..].rotate_right(1);
    peaks[place] = peak;
}

fn in_place(peaks: &Peaks, before: &[Peaks; 2]) -> f32 {
    let total: f32 = peaks.iter().map(|p| p.1).sum();
    // A millionth of full scale: nothing is heard.
    if total < 1e-6 * WINDOW as f32 {
        return 0.0;
    }
    let stood = |hz: f32| {
        before.iter().all(|b| b.iter().any(|q| (q.0 - hz).abs() < (TOLERANCE * hz).max(TOLERANCE_HZ)))
    };
    peaks.iter().filter(|p| stood(p.0)).map(|p| p.1).sum::<f32>() / total
}

/// What a stretch of apparent speech turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Nothing speaks against speech.
    Speech,
    /// A tone or music, since the frame given: what was taken for speech from
    /// there on is taken back.
    NotSpeech(u64),
}

/// Spectra that decide, 1.2 s, and the share of peaks in place from which they
/// mean music or a tone.
const LONG: usize = 24;
const LONG_SHARE: f32 = 0.45;
/// The same for a pure tone, which is told after 0.4 s.
const SHORT: usize = 8;
const SHORT_SHARE: f32 = 0.65;
/// Music is over once the peaks no longer stay in place ...
const OVER_SHARE: f32 = 0.2;
/// ... or after this many quiet frames.
const QUIET: u64 = 150;

/// Judges the runs of apparent speech of one side.
#[derive(Clone, Debug, Default)]
pub struct SteadyJudge {
    shares: [f32; LONG],
    count: usize,
    /// First frame of the run, and its last active one.
    run: Option<(u64, u64)>,
    not_speech: bool,
}

impl SteadyJudge {
    /// Takes the next frame: whether it looks like speech, and the share of
    /// peaks in place where a spectrum was taken.
    pub fn process(&mut self, frame: u64, active: bool, share: Option<f32>) -> Sound {
        if active {
            let from = self.run.map_or(frame, |run| run.0);
            self.run = Some((from, frame));
            if let Some(share) = share {
                self.shares[self.count % LONG] = share;
                self.count += 1;
            }
        }
        self.end_run(frame);
        self.judge(frame)
    }

    /// Whether the newest frame belongs to a tone or music.
    pub const fn is_not_speech(&self) -> bool {
        self.not_speech
    }

    fn end_run(&mut self, frame: u64) {
        let patience = if self.not_speech { QUIET } else { 2 * HOP };
        if self.run.is_some_and(|(_, last)| patience < frame - last) {
            *self = Self::default();
        }
    }

    fn judge(&mut self, frame: u64) -> Sound {
        let Some((from, _)) = self.run else { return Sound::Speech };
        if self.not_speech {
            if LONG <= self.count && self.mean(LONG) < OVER_SHARE {
                *self = Self { run: Some((frame, frame)), ..Self::default() };
            }
            return Sound::Speech;
        }
        let music = LONG <= self.count && LONG_SHARE <= self.mean(LONG);
        let tone = self.count == SHORT && SHORT_SHARE <= self.mean(SHORT);
        self.not_speech = music || tone;
        if self.not_speech { Sound::NotSpeech(from) } else { Sound::Speech }
    }

    fn mean(&self, n: usize) -> f32 {
        (1..=n).map(|back| self.shares[(self.count - back) % LONG]).sum::<f32>() / n as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: &[f32], n: usize) -> Vec<f32> {
        let at = |k: usize, f: f32| (std::f32::consts::TAU * f * k as f32 / RATE as f32).sin();
        (0..n).map(|k| 0.1 * hz.iter().map(|&f| at(k, f)).sum::<f32>()).collect()
    }

    fn shares(samples: &[f32]) -> Vec<f32> {
        let mut steady = Steady::new();
        samples.chunks_exact(FRAME).filter_map(|c| steady.push(c.try_into().unwrap())).collect()
    }

    /// A buzz whose pitch glides like a voice: 120 to 180 Hz and back each second.
    fn gliding(n: usize) -> Vec<f32> {
        let mut phase = 0.0f32;
        (0..n)
            .map(|k| {
                let t = k as f32 / RATE as f32;
                phase += (150.0 + 30.0 * (std::f32::consts::TAU * t).sin()) / RATE as f32;
                (1..12).map(|h| (std::f32::consts::TAU * phase * h as f32).sin()).sum::<f32>() * 0.03
            })
            .collect()
    }

    fn judge(samples: &[f32]) -> Vec<(u64, u64)> {
        let mut steady = Steady::new();
        let mut judge = SteadyJudge::default();
        let mut out = Vec::new();
        for (frame, chunk) in samples.chunks_exact(FRAME).enumerate() {
            let loud = chunk.iter().any(|x| 0.01 < x.abs());
            let share = steady.push(chunk.try_into().unwrap());
            if let Sound::NotSpeech(from) = judge.process(frame as u64, loud, share) {
                out.push((from, frame as u64));
            }
        }
        out
    }

    #[test]
    fn a_dial_tone_stays_in_place_and_a_gliding_voice_does_not() {
        let tone = shares(&sine(&[350.0, 440.0], RATE as usize));
        assert!(tone[4..].iter().all(|&s| 0.9 < s), "{tone:?}");
        let voice = shares(&gliding(4 * RATE as usize));
        assert!(voice.iter().sum::<f32>() / (voice.len() as f32) < 0.2, "{voice:?}");
    }

    #[test]
    fn silence_has_no_peaks() {
        assert!(shares(&vec![0.0; 16_000]).iter().all(|&s| s == 0.0));
    }

    #[test]
    fn a_tone_is_taken_back_from_its_beginning_within_half_a_second() {
        let mut samples = vec![0.0; RATE as usize];
        samples.extend(sine(&[440.0, 480.0], 2 * RATE as usize));
        let got = judge(&samples);
        assert_eq!(got.len(), 1, "{got:?}");
        assert!(got[0].0.abs_diff(100) <= 1 && got[0].1 < 155, "{got:?}");
    }

    #[test]
    fn a_gliding_voice_is_never_taken_back() {
        assert_eq!(judge(&gliding(20 * RATE as usize)), []);
    }

    #[test]
    fn speech_after_a_tone_is_speech_again() {
        let mut samples = sine(&[425.0], 2 * RATE as usize);
        samples.extend(gliding(4 * RATE as usize));
        let mut steady = Steady::new();
        let mut judge = SteadyJudge::default();
        let mut last = true;
        for (frame, chunk) in samples.chunks_exact(FRAME).enumerate() {
            let share = steady.push(chunk.try_into().unwrap());
            judge.process(frame as u64, true, share);
            last = judge.is_not_speech();
        }
        assert!(!last);
    }
}
