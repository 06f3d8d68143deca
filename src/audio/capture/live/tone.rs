//! A short quiet tone into the headset, so that somebody can see whether its
//! monitor hears it. The only place that plays anything; never in a call.

#[cfg(target_os = "linux")]
mod pulse;

use std::f32::consts::TAU;
use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, StreamConfig};
use crossbeam_channel::{Receiver, Sender};

use super::{connect, from_cpal};
use crate::audio::capture::Host;
use crate::audio::capture::device::DeviceId;
use crate::audio::capture::error::CaptureError;

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Frequency, Hz.
    pub hertz: f32,
    /// Peak, full scale is 1.0.
    pub peak: f32,
    /// For so long.
    pub lasts: Duration,
}

/// It swells and fades for so long, so that it does not click, s.
const RAMP_S: f32 = 0.02;

/// Opening an output may take so long.
const OPENING: Duration = Duration::from_secs(2);

/// A tone that is being played; it ends with this value.
#[derive(Debug)]
pub struct Playing {
    _stop: Sender<()>,
    faults: Receiver<CaptureError>,
}

impl Playing {
    /// Why it cannot be played, if it cannot.
    pub fn fault(&self) -> Option<CaptureError> {
        self.faults.try_recv().ok()
    }
}

/// Plays `tone` on the output with this id, on a thread of its own: an output
/// may take a second to open, and may hang.
pub fn play(host: Host, output: &DeviceId, tone: Tone) -> Playing {
    // One word to end, never sent: it closes with the handle.
    let (stop, stopped) = crossbeam_channel::bounded(0);
    // Opening and the stream itself may fail once each.
    let (tell, faults) = crossbeam_channel::bounded(2);
    let (output, failed) = (output.clone(), tell.clone());
    let spawned = thread::Builder::new().name("tone".to_owned()).spawn(move || {
        if let Err(error) = run(host, &output, tone, &stopped, failed.clone()) {
            // Nobody asks any more where it is gone.
            let _ = failed.try_send(error);
        }
    });
    if let Err(error) = spawned {
        let device = "the headset".to_owned();
        let _ = tell.try_send(CaptureError::Failed { device, what: error.to_string() });
    }
    Playing { _stop: stop, faults }
}

fn run(
    host: Host,
    output: &DeviceId,
    tone: Tone,
    stopped: &Receiver<()>,
    tell: Sender<CaptureError>,
) -> Result<(), CaptureError> {
    #[cfg(target_os = "linux")]
    if super::speaks_pulse(host) {
        return pulse::run(output, tone, stopped);
    }
    let name = output.0.clone();
    let sorted = |error: cpal::Error| from_cpal(&output.0, &error);
    let mut devices = connect(host)?.output_devices().map_err(sorted)?;
    let found = devices.find(|d| d.id().is_ok_and(|id| id.to_string() == output.0));
    let found = found.ok_or_else(|| CaptureError::Gone { device: name.clone() })?;
    let usual = found.default_output_config().map_err(sorted)?;
    let (channels, sample_rate) = (usual.channels(), usual.sample_rate());
    let config = StreamConfig { channels, sample_rate, buffer_size: BufferSize::Default };
    let mut wave = Wave { tone, rate: sample_rate as f32, at: 0 };
    let stream = found
        .build_output_stream::<f32, _, _>(
            config,
            move |data, _| wave.fill(data, usize::from(channels)),
            move |error| {
                let _ = tell.try_send(from_cpal(&name, &error));
            },
            Some(OPENING),
        )
        .map_err(sorted)?;
    stream.play().map_err(sorted)?;
    // Waits until the handle is gone: what was played is silence by then.
    let _ = stopped.recv();
    Ok(())
}

/// The tone, sample by sample.
struct Wave {
    tone: Tone,
    rate: f32,
    at: u32,
}

impl Wave {
    /// Real-time safe.
    fn fill(&mut self, data: &mut [f32], channels: usize) {
        for frame in data.chunks_mut(channels.max(1)) {
            frame.fill(self.next());
        }
    }

    fn next(&mut self) -> f32 {
        let (at, lasts) = (self.at as f32 / self.rate, self.tone.lasts.as_secs_f32());
        self.at = self.at.saturating_add(1);
        if lasts <= at {
            return 0.0;
        }
        let swell = (at.min(lasts - at) / RAMP_S).min(1.0);
        swell * self.tone.peak * (TAU * self.tone.hertz * at).sin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_long_and_as_loud_as_it_is_said_to_be() {
        let tone = Tone { hertz: 700.0, peak: 0.03, lasts: Duration::from_millis(400) };
        let mut wave = Wave { tone, rate: 48_000.0, at: 0 };
        let mut data = vec![1.0; 2 * 24_000];
        wave.fill(&mut data, 2);
        let peak = data.iter().fold(0f32, |most, s| most.max(s.abs()));
        assert!((0.029..=0.03).contains(&peak), "{peak}");
        assert!(data[2 * 19_200..].iter().all(|s| *s == 0.0));
        assert!(data.chunks(2).all(|frame| frame[0] == frame[1]));
        assert!(data[..20].iter().all(|s| s.abs() < 0.001), "it does not click");
    }
}
