//! How much memory calls take. Each figure is the peak of a process of its own,
//! which is this program again with another task.

use std::error::Error;
use std::fs;
use std::process::Command;

use evenkeel::audio::{Chunk, Source};
use evenkeel::core::pipeline::{Past, Pipeline, Settings};
use evenkeel::core::units::RATE;
use serde::{Deserialize, Serialize};

use crate::calls;
use crate::clock;

/// The short call that a long one is held against, in seconds.
const SHORT: u64 = 5 * 60;

/// What many calls at once hear of the recording: chunks of one second.
const HEARD: usize = 60;

/// What such a process tells.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Told {
    peak_kib: u64,
    /// Seconds on the processor for measuring.
    seconds: f64,
}

/// A short call and a long one.
#[derive(Serialize)]
pub(crate) struct Length {
    pub(crate) short_s: u64,
    pub(crate) short_peak_kib: u64,
    pub(crate) long_s: u64,
    pub(crate) long_peak_kib: u64,
}

/// Many calls at once.
#[derive(Serialize)]
pub(crate) struct Crowd {
    pub(crate) calls: usize,
    pub(crate) peak_kib: u64,
    pub(crate) kib_per_call: f64,
    /// Seconds of all calls together in a second on one core.
    pub(crate) times_real_time: f64,
}

/// The peaks of a short and a long call.
pub(crate) fn length(hours: f64) -> Result<Length, Box<dyn Error>> {
    let long_s = (hours * 3_600.0).round() as u64;
    let short = ask("one-call", SHORT)?;
    let long = ask("one-call", long_s)?;
    Ok(Length { short_s: SHORT, short_peak_kib: short.peak_kib, long_s, long_peak_kib: long.peak_kib })
}

/// The peak of many calls, and what each of them adds to that of one.
pub(crate) fn crowd(calls: usize) -> Result<Crowd, Box<dyn Error>> {
    let (one, all) = (ask("many-calls", 1)?, ask("many-calls", calls as u64)?);
    let more = all.peak_kib.saturating_sub(one.peak_kib) as f64;
    Ok(Crowd {
        calls,
        peak_kib: all.peak_kib,
        kib_per_call: more / calls.saturating_sub(1).max(1) as f64,
        times_real_time: (calls * HEARD) as f64 / all.seconds,
    })
}

fn ask(task: &str, size: u64) -> Result<Told, Box<dyn Error>> {
    let this = std::env::current_exe()?;
    let output = Command::new(this).args([&format!("--{task}"), &size.to_string()]).output()?;
    if !output.status.success() {
        return Err(format!("{task} {size}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The task of a process: one call of so many seconds, which is the recording
/// again and again, read from its file.
pub(crate) fn one_call(seconds: u64) -> Result<Told, Box<dyn Error>> {
    let (mut pipeline, mut events) = (Pipeline::new(Settings::default(), Past::default()), Vec::new());
    let (mut chunk, from) = (Chunk::default(), clock::now());
    while pipeline.now().samples() < seconds * u64::from(RATE) {
        let mut audio = calls::open()?;
        while audio.next(&mut chunk)? {
            events.clear();
            pipeline.push(&chunk.agent, &chunk.customer, &mut events);
        }
    }
    pipeline.finish(&mut events);
    told(from)
}

/// The task of a process: so many calls at once, each fed a second in turn. The
/// recording is read once for all, so that their own memory is what adds up.
pub(crate) fn many_calls(calls: u64) -> Result<Told, Box<dyn Error>> {
    let mut pipelines: Vec<_> =
        (0..calls).map(|_| Pipeline::new(Settings::default(), Past::default())).collect();
    let (mut audio, mut chunk) = (calls::open()?, Chunk::default());
    let (mut events, from) = (Vec::new(), clock::now());
    for _ in 0..HEARD {
        audio.next(&mut chunk)?;
        for pipeline in &mut pipelines {
            events.clear();
            pipeline.push(&chunk.agent, &chunk.customer, &mut events);
        }
    }
    told(from)
}

fn told(from: std::time::Duration) -> Result<Told, Box<dyn Error>> {
    let seconds = (clock::now() - from).as_secs_f64();
    Ok(Told { peak_kib: peak_kib()?, seconds })
}

/// The most memory this process has had, as Linux counts it.
fn peak_kib() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status").map_err(|_| "memory is measured on Linux alone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let words = line.and_then(|line| line.split_whitespace().next());
    Ok(words.ok_or("no VmHWM in /proc/self/status")?.parse()?)
}
