//! How fast a model is on this machine: one clip of speech, as it would be heard in
//! a call. What is heard in it is thrown away.

use std::time::{Duration, Instant};

use crate::app::exit::Failure;
use crate::app::recognise;
use crate::transcript::child::{Kept, Limits, Program};
use crate::transcript::models::{Installed, Speed};
use crate::transcript::recogniser::{Context, Recogniser, RecogniserError, Unfit, seconds};

/// Four seconds of speech as a telephone carries it: 8 kHz, mu-law.
const CLIP: &[u8] = include_bytes!("clip.ulaw");
/// So often it is heard: the best counts, for whatever else ran only adds to it.
const TIMES: usize = 3;
/// A slow machine takes its time, and that is what is asked for.
const LIMITS: Limits = Limits {
    load: Duration::from_secs(120),
    utterance: Duration::from_secs(120),
    per_second: Duration::from_secs(10),
};
/// Ticks of the processor's accounts in a second.
#[cfg(target_os = "linux")]
const TICKS: f64 = 100.0;

/// Lets a model write down a clip, alone, as in a call.
///
/// # Errors
/// Where no recogniser is part of this build, or the model fails.
pub(super) fn time(model: &Installed) -> Result<Speed, Failure> {
    timed(model).map_err(|error| recognise::failure(error, &model.name))
}

fn timed(model: &Installed) -> Result<Speed, RecogniserError> {
    let samples = clip();
    let path = std::env::current_exe().map_err(|_| Unfit::NoProcess)?;
    let args = ["recogniser".into(), "--model".into(), model.path.clone().into()].into();
    let mut kept = Kept::new(Program { path, args }, LIMITS);
    kept.begin()?;
    let mut best: Option<(f64, f64)> = None;
    // The first time, its memory is made.
    for _ in 0..=TIMES {
        let (cpu, begun) = (spent(&kept), Instant::now());
        kept.recognise(&samples, Context::Fitted)?;
        let wall = begun.elapsed().as_secs_f64();
        let cpu = spent(&kept).zip(cpu).map_or(wall, |(after, before)| after - before);
        best = Some(best.map_or((cpu, wall), |(least, short)| (cpu.min(least), wall.min(short))));
    }
    let (cpu_s, wall_s) = best.unwrap_or_default();
    let (name, bytes) = (model.name.clone(), model.bytes);
    Ok(Speed { name, bytes, speech_s: seconds(samples.len()), cpu_s, wall_s })
}

/// Seconds of the processor that the recogniser took so far, where the system tells.
#[cfg(target_os = "linux")]
fn spent(kept: &Kept) -> Option<f64> {
    let place = format!("/proc/{}/stat", kept.stop().process()?);
    let text = std::fs::read_to_string(place).ok()?;
    // The name may hold anything, brackets too: what counts stands behind the last one.
    let fields: Vec<&str> = text.rsplit(") ").next()?.split(' ').collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}

#[cfg(not(target_os = "linux"))]
fn spent(_: &Kept) -> Option<f64> {
    None
}

/// The clip at 16 kHz.
fn clip() -> Vec<f32> {
    let samples: Vec<f32> = CLIP.iter().map(|byte| expanded(*byte)).collect();
    let next = samples.iter().skip(1).chain(samples.last());
    samples.iter().zip(next).flat_map(|(this, next)| [*this, f32::midpoint(*this, *next)]).collect()
}

/// A sample of mu-law (ITU-T G.711).
fn expanded(byte: u8) -> f32 {
    let byte = !byte;
    let (exponent, mantissa) = (byte >> 4 & 7, i32::from(byte & 15));
    let magnitude = ((2 * mantissa + 33) << exponent) - 33;
    let sign = if byte & 0x80 == 0 { 1.0 } else { -1.0 };
    // Its largest sample is 8031.
    sign * magnitude as f32 / 8_031.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clip_is_four_seconds_of_speech() {
        let samples = clip();
        assert!((seconds(samples.len()) - 4.0).abs() < 1e-9);
        let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
        assert!((0.01..0.5).contains(&power.sqrt()), "{}", power.sqrt());
        assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
    }

    #[test]
    fn samples_are_expanded_as_the_standard_has_them() {
        assert_eq!((expanded(0xff), expanded(0x7f)), (0.0, 0.0));
        assert_eq!((expanded(0x80), expanded(0x00)), (1.0, -1.0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_process_nothing_was_spent() {
        let kept = Kept::new(Program { path: "/nowhere".into(), args: Vec::new() }, LIMITS);
        assert_eq!(spent(&kept), None);
    }
}
