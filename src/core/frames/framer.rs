//! Cuts the two sides into frames of 160 samples, side by side. A frame that
//! holds a lost or damaged sample is present for nobody: no measure sees it,
//! but its 10 ms pass.

use crate::core::units::{Channel, FRAME, SampleTime, Sides};

/// Why samples are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// They were lost on the way (overrun, dropped packet).
    Lost,
    /// The agent or a rule paused the capture: dropped on purpose.
    Paused,
    /// No device delivers this side, or its file has ended.
    NoDevice,
    /// They were not numbers, or far beyond full scale.
    Damaged,
}

/// What one side contributes to a push.
#[derive(Clone, Copy, Debug)]
pub enum Block<'a> {
    /// Samples at [`RATE`](crate::core::units::RATE), 1.0 = full scale.
    Samples(&'a [f32]),
    /// This many samples that never came, and why.
    Missing(usize, Gap),
}

impl Block<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Samples(samples) => samples.len(),
            Self::Missing(len, _) => *len,
        }
    }
}

/// One side of one frame.
#[derive(Clone, Copy, Debug)]
pub struct Half {
    /// The samples; zeros where nothing came.
    pub samples: [f32; FRAME],
    /// Why the frame cannot be measured, if it cannot.
    pub missing: Option<Gap>,
}

impl Default for Half {
    fn default() -> Self {
        Self { samples: [0.0; FRAME], missing: None }
    }
}

/// 10 ms of both sides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame {
    /// Number of the frame since the call began.
    pub index: u64,
    /// Both sides.
    pub sides: Sides<Half>,
}

/// The largest sample that sound can have: 18 dB above full scale. Float files
/// may exceed 1.0 a little; what lies beyond this is damage.
pub const LOUDEST: f32 = 8.0;

/// Collects samples until a frame is full.
#[derive(Debug, Default)]
pub struct Framer {
    frame: Frame,
    fill: usize,
}

impl Framer {
    /// Adds samples of both sides and hands every full frame to `each`. Where
    /// one block is shorter, the rest of its side counts as lost.
    pub fn push(&mut self, agent: Block<'_>, customer: Block<'_>, mut each: impl FnMut(&Frame)) {
        let len = agent.len().max(customer.len());
        let mut done = 0;
        while done < len {
            let part = (FRAME - self.fill).min(len - done);
            self.copy(Channel::Agent, agent, done, part);
            self.copy(Channel::Customer, customer, done, part);
            self.fill += part;
            done += part;
            if self.fill == FRAME {
                each(&self.frame);
                self.begin_next();
            }
        }
    }

    /// The point up to which samples have been pushed.
    pub fn now(&self) -> SampleTime {
        SampleTime::from_samples(self.frame.index * FRAME as u64 + self.fill as u64)
    }

    fn begin_next(&mut self) {
        self.frame.index += 1;
        self.frame.sides = Sides::default();
        self.fill = 0;
    }

    fn copy(&mut self, side: Channel, block: Block<'_>, from: usize, len: usize) {
        let to = self.fill;
        let half = &mut self.frame.sides[side];
        match block {
            Block::Missing(_, why) => half.missing = half.missing.or(Some(why)),
            Block::Samples(samples) => {
                if let Some(sound) = samples.get(from..from + len).filter(|s| is_sound(s)) {
                    half.samples[to..to + len].copy_from_slice(sound);
                    return;
                }
                for k in 0..len {
                    let (sample, why) = judge(samples.get(from + k).copied());
                    half.samples[to + k] = sample;
                    half.missing = half.missing.or(why);
                }
            }
        }
    }
}

/// Whether no sample is damaged, in a form that the compiler can do in parallel.
fn is_sound(samples: &[f32]) -> bool {
    samples.iter().fold(true, |all, x| all & (x.abs() <= LOUDEST))
}

fn judge(sample: Option<f32>) -> (f32, Option<Gap>) {
    match sample {
        Some(value) if value.abs() <= LOUDEST => (value, None),
        Some(_) => (0.0, Some(Gap::Damaged)),
        None => (0.0, Some(Gap::Lost)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(chunks: &[(Block<'_>, Block<'_>)]) -> Vec<Frame> {
        let mut framer = Framer::default();
        let mut out = Vec::new();
        for (agent, customer) in chunks {
            framer.push(*agent, *customer, |frame| out.push(*frame));
        }
        out
    }

    #[test]
    fn a_frame_is_160_samples_of_each_side() {
        let a: Vec<f32> = (0..400).map(|k| k as f32 / 1000.0).collect();
        let c = vec![0.25; 400];
        let got = frames(&[(Block::Samples(&a), Block::Samples(&c))]);
        assert_eq!(got.len(), 2);
        assert_eq!(got[1].sides.agent.samples[0], 0.16);
        assert_eq!(got[1].sides.customer.samples[159], 0.25);
        assert_eq!(got[1].index, 1);
    }

    #[test]
    fn chunk_size_does_not_matter() {
        let a: Vec<f32> = (0..1600).map(|k| (k as f32).sin()).collect();
        let whole = frames(&[(Block::Samples(&a), Block::Samples(&a))]);
        for chunk in [1, 7, 159, 161, 441] {
            let parts: Vec<_> = a.chunks(chunk).map(|c| (Block::Samples(c), Block::Samples(c))).collect();
            let got = frames(&parts);
            assert_eq!(got.len(), whole.len(), "chunks of {chunk}");
            for (x, y) in got.iter().zip(&whole) {
                assert_eq!(x.sides.agent.samples, y.sides.agent.samples, "chunks of {chunk}");
            }
        }
    }

    #[test]
    fn a_frame_with_a_missing_sample_is_nobodys() {
        let a = [0.5; 320];
        let got = frames(&[
            (Block::Samples(&a[..100]), Block::Samples(&a[..100])),
            (Block::Missing(60, Gap::Paused), Block::Samples(&a[..60])),
            (Block::Samples(&a[..160]), Block::Samples(&a[..160])),
        ]);
        assert_eq!(got[0].sides.agent.missing, Some(Gap::Paused));
        assert_eq!(got[0].sides.customer.missing, None);
        assert_eq!(got[1].sides.agent.missing, None);
    }

    #[test]
    fn damage_never_reaches_a_frame() {
        let mut a = [0.5; 160];
        a[3] = f32::NAN;
        a[9] = f32::INFINITY;
        a[11] = 1e30;
        let got = frames(&[(Block::Samples(&a), Block::Samples(&[0.1; 160]))]);
        assert_eq!(got[0].sides.agent.missing, Some(Gap::Damaged));
        assert!(got[0].sides.agent.samples.iter().all(|x| x.abs() <= 1.0));
    }

    #[test]
    fn the_shorter_side_is_lost_at_its_end() {
        let got = frames(&[(Block::Samples(&[0.5; 320]), Block::Samples(&[0.5; 160]))]);
        assert_eq!(got[0].sides.customer.missing, None);
        assert_eq!(got[1].sides.customer.missing, Some(Gap::Lost));
    }
}
