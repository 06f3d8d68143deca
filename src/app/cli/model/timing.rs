//! How fast a model is on this machine: one clip of speech, as it would be heard in
//! a call. What is heard in it is thrown away.

use std::time::{Duration, Instant};

use crate::app::exit::Failure;
use crate::app::recognise;
use crate::audio::mu_law;
use crate::core::frames::resample::Resampler;
use crate::transcript::child::{Kept, Limits, Program};
use crate::transcript::models::{Installed, Speed};
use crate::transcript::recogniser::{Context, Recogniser, RecogniserError, seconds};

/// Four seconds of the sample call's agent as a telephone carries them: mu-law.
const CLIP: &[u8] = include_bytes!("clip.ulaw");
/// Its rate, Hz.
const CLIP_RATE: u32 = 8_000;
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
    timed(model).map_err(|error| recognise::failure(&error, &model.name))
}

fn timed(model: &Installed) -> Result<Speed, RecogniserError> {
    let samples = clip();
    let args = ["recogniser".into(), "--model".into(), model.path.clone().into()].into();
    let mut kept = Kept::new(Program::this(args)?, LIMITS);
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

/// The clip at the rate of recognisers.
fn clip() -> Vec<f32> {
    let samples: Vec<f32> = CLIP.iter().map(|byte| mu_law(*byte)).collect();
    let mut out = Vec::new();
    // A telephone's rate is one that can be resampled.
    if let Ok(mut resampler) = Resampler::new(CLIP_RATE) {
        resampler.push(&samples, &mut out);
        resampler.finish(&mut out);
    }
    out
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

    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_process_nothing_was_spent() {
        let kept = Kept::new(Program { path: "/nowhere".into(), args: Vec::new() }, LIMITS);
        assert_eq!(spent(&kept), None);
    }
}
