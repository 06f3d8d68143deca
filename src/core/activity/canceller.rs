//! Takes the customer out of the agent's microphone, for one question only:
//! is the agent speaking? The only module that names the echo canceller.
//! Levels, pitch and everything else that is measured use the raw microphone.

use biquad::{Biquad, Coefficients, DirectForm2Transposed};
use sonora_aec3::block::Block;
use sonora_aec3::block_processor::BlockProcessor;
use sonora_aec3::common::BLOCK_SIZE;
use sonora_aec3::config::EchoCanceller3Config;

use crate::core::units::{FRAME, RATE};

/// The microphone goes in this many frames late: a leak that arrives no later
/// than its loopback sample cannot be cancelled otherwise.
pub const DELAY_FRAMES: u64 = 6;

const DELAY: usize = DELAY_FRAMES as usize * FRAME;

/// Butterworth high-pass 100 Hz at 16 kHz, which the canceller expects.
const HIGH_PASS: Coefficients<f32> =
    Coefficients { b0: 0.972_613_9, b1: -1.945_227_8, b2: 0.972_613_9, a1: -1.944_477_7, a2: 0.945_977_9 };

/// The canceller works in the range of 16-bit samples.
const SCALE: f32 = 32_768.0;

/// Both outputs of the canceller for one frame.
#[derive(Clone, Copy, Debug)]
pub struct Cancelled {
    /// Microphone minus the linear estimate of the echo. Harmless where there
    /// is no echo, but some of a strong one remains.
    pub linear: [f32; FRAME],
    /// The same after suppression: no echo remains, and some of what the agent
    /// says at the same time goes with it.
    pub suppressed: [f32; FRAME],
}

/// Adaptive echo canceller behind a delay line of 60 ms.
pub struct Canceller {
    processor: BlockProcessor,
    high_pass: DirectForm2Transposed<f32>,
    delayed: Box<[f32; DELAY]>,
    delayed_at: usize,
    microphone: Block,
    loudspeaker: Block,
    linear: Block,
    filled: usize,
    dither: u32,
    out: Queue,
}

impl Canceller {
    /// A canceller that knows no echo path yet.
    pub fn new() -> Self {
        let mut config = EchoCanceller3Config::default();
        config.filter.export_linear_aec_output = true;
        Self {
            processor: BlockProcessor::new(&config, RATE as usize, 1, 1),
            high_pass: DirectForm2Transposed::new(HIGH_PASS),
            delayed: Box::new([0.0; DELAY]),
            delayed_at: 0,
            microphone: Block::new(1, 1),
            loudspeaker: Block::new(1, 1),
            linear: Block::new(1, 1),
            filled: 0,
            dither: 1,
            out: Queue::new(),
        }
    }

    /// Takes the next frame of both sides and returns the cancelled microphone
    /// of [`DELAY_FRAMES`] + 1 frames ago.
    pub fn push(&mut self, microphone: &[f32; FRAME], loudspeaker: &[f32; FRAME]) -> Cancelled {
        for (mic, far) in microphone.iter().zip(loudspeaker) {
            self.push_sample(*mic, *far);
        }
        self.out.pop()
    }

    /// Keeps the delay line moving without cancelling anything.
    pub fn rest(&mut self, microphone: &[f32; FRAME]) {
        for mic in microphone {
            self.delay(*mic);
        }
    }

    fn delay(&mut self, sample: f32) -> f32 {
        let late = std::mem::replace(&mut self.delayed[self.delayed_at], sample);
        self.delayed_at = (self.delayed_at + 1) % DELAY;
        late
    }

    /// Noise of half a step of 16-bit sound, the same on every run. Exact zeros
    /// would slow the adaptive filters down to a fraction of their speed.
    fn noise(&mut self) -> f32 {
        self.dither = self.dither.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.dither >> 8) as f32 / 16_777_216.0 - 0.5
    }

    fn push_sample(&mut self, mic: f32, far: f32) {
        let late = self.delay(mic);
        let filtered = self.high_pass.run(late);
        let (near, distant) = (self.noise(), self.noise());
        self.microphone.view_mut(0, 0)[self.filled] = filtered * SCALE + near;
        self.loudspeaker.view_mut(0, 0)[self.filled] = far * SCALE + distant;
        self.filled += 1;
        if self.filled == BLOCK_SIZE {
            self.filled = 0;
            self.process();
        }
    }

    fn process(&mut self) {
        self.processor.buffer_render(&self.loudspeaker);
        self.linear.view_mut(0, 0).copy_from_slice(self.microphone.view(0, 0));
        self.processor.process_capture(false, false, Some(&mut self.linear), &mut self.microphone);
        self.out.push(self.linear.view(0, 0), self.microphone.view(0, 0));
    }
}

impl Default for Canceller {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Canceller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Canceller").field("filled", &self.filled).finish_non_exhaustive()
    }
}

/// Blocks of 64 samples in, frames of 160 out, one frame late.
#[derive(Debug)]
struct Queue {
    linear: [f32; 512],
    suppressed: [f32; 512],
    read: usize,
    write: usize,
}

impl Queue {
    /// Starts with a frame of silence, so that a full frame is always there.
    const fn new() -> Self {
        Self { linear: [0.0; 512], suppressed: [0.0; 512], read: 0, write: FRAME }
    }

    fn push(&mut self, linear: &[f32], suppressed: &[f32]) {
        for (l, s) in linear.iter().zip(suppressed) {
            self.linear[self.write % 512] = clean(*l);
            self.suppressed[self.write % 512] = clean(*s);
            self.write += 1;
        }
    }

    fn pop(&mut self) -> Cancelled {
        let mut out = Cancelled { linear: [0.0; FRAME], suppressed: [0.0; FRAME] };
        for k in 0..FRAME {
            out.linear[k] = self.linear[(self.read + k) % 512];
            out.suppressed[k] = self.suppressed[(self.read + k) % 512];
        }
        self.read += FRAME;
        out
    }
}

/// Back to full scale 1.0; a filter that diverged must not spread.
fn clean(sample: f32) -> f32 {
    let scaled = sample / SCALE;
    if scaled.abs() <= 4.0 { scaled } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise that any machine makes alike.
    fn noise(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect()
    }

    fn run(mic: &[f32], far: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut canceller = Canceller::new();
        let (mut linear, mut suppressed) = (Vec::new(), Vec::new());
        for (m, f) in mic.chunks_exact(FRAME).zip(far.chunks_exact(FRAME)) {
            let out = canceller.push(m.try_into().unwrap(), f.try_into().unwrap());
            linear.extend(out.linear);
            suppressed.extend(out.suppressed);
        }
        (linear, suppressed)
    }

    fn power(samples: &[f32]) -> f32 {
        samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32
    }

    /// Speech-like bursts: noise that comes and goes four times a second.
    fn bursts(n: usize) -> Vec<f32> {
        noise(n, 7).iter().enumerate().map(|(k, x)| if k / 2000 % 2 == 0 { 0.2 * x } else { 0.0 }).collect()
    }

    #[test]
    fn an_echo_is_taken_out_even_where_it_comes_with_its_loopback_sample() {
        for delay in [0usize, 320] {
            let far = bursts(16_000 * 12);
            let mic: Vec<f32> =
                (0..far.len()).map(|k| if k < delay { 0.0 } else { 0.25 * far[k - delay] }).collect();
            let (linear, suppressed) = run(&mic, &far);
            let late = 16_000 * 8;
            let before = power(&mic[late..]);
            assert!(power(&linear[late..]) < before / 10.0, "linear, delay {delay}");
            assert!(power(&suppressed[late..]) < before / 100.0, "suppressed, delay {delay}");
        }
    }

    #[test]
    fn without_an_echo_the_linear_output_is_the_microphone_seven_frames_late() {
        let mic: Vec<f32> = bursts(16_000 * 4);
        let (linear, _) = run(&mic, &vec![0.0; mic.len()]);
        let shift = (DELAY_FRAMES as usize + 1) * FRAME;
        let wanted = power(&mic[16_000..48_000]);
        let got = power(&linear[16_000 + shift..48_000 + shift]);
        assert!((got / wanted - 1.0).abs() < 0.1, "{got} {wanted}");
    }

    #[test]
    fn full_scale_noise_on_both_sides_stays_finite() {
        let mic: Vec<f32> = noise(16_000 * 3, 1).iter().map(|x| x * 4.0).collect();
        let (linear, suppressed) = run(&mic, &noise(16_000 * 3, 2));
        assert!(linear.iter().chain(&suppressed).all(|x| x.is_finite()));
    }
}
