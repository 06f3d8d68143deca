//! One open stream of cpal, with its clock brought onto ours. The epoch of a
//! stream's clock is its own, so that the difference is measured, and measured again
//! while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, SampleFormat, StreamConfig, StreamInstant};
use crossbeam_channel::Receiver;

use super::{clock, format, from_cpal};
use crate::audio::capture::backend::Running;
use crate::audio::capture::device::Device;
use crate::audio::capture::error::CaptureError;
use crate::audio::capture::tap::Tap;
use crate::core::units::Nanos;

/// Opening may take so long; the server of an idle device needs up to 2 s.
const OPENING: Duration = Duration::from_secs(3);

/// Faults that may wait: the first one ends the stream.
const FAULTS: usize = 4;

/// Readings of the two clocks of which the closest counts.
const READINGS: usize = 5;

/// A stream that runs until it is dropped.
pub(super) struct Open {
    stream: cpal::Stream,
    offset: Arc<AtomicI64>,
    faults: Receiver<CaptureError>,
}

/// Records from `found`, which is `device`, into `tap`.
pub(super) fn open(
    found: &cpal::Device,
    device: &Device,
    size: BufferSize,
    mut tap: Tap,
) -> Result<Open, CaptureError> {
    let sorted = |error: cpal::Error| from_cpal(&device.name, &error);
    let usual = found.default_input_config().or_else(|_| found.default_output_config()).map_err(sorted)?;
    let taken = format::is_taken(usual.sample_format());
    let sample_format = if taken { usual.sample_format() } else { SampleFormat::F32 };
    let (channels, sample_rate) = (usual.channels(), usual.sample_rate());
    let config = StreamConfig { channels, sample_rate, buffer_size: size };
    tap.expect(channels, sample_rate);
    let offset = Arc::new(AtomicI64::new(0));
    let (tell, faults) = crossbeam_channel::bounded(FAULTS);
    let (heard, name) = (offset.clone(), device.name.clone());
    let stream = found
        .build_input_stream_raw(
            config,
            sample_format,
            move |data, info| {
                let captured = nanos(info.timestamp().capture);
                let at = Nanos(captured).moved(heard.load(Relaxed));
                format::hear(&mut tap, at, clock::now(), data);
            },
            move |error| {
                if counts(error.kind()) {
                    // A fault is already pending where it is full.
                    let _ = tell.try_send(from_cpal(&name, &error));
                }
            },
            Some(OPENING),
        )
        .map_err(sorted)?;
    let open = Open { stream, offset, faults };
    open.read_clocks();
    open.stream.play().map_err(sorted)?;
    Ok(open)
}

impl Open {
    /// Measures what is to be added to the stream's clock for ours.
    fn read_clocks(&self) {
        let reading = |_| {
            let before = clock::now();
            let stream = nanos(self.stream.now());
            let width = clock::now().since(before);
            let middle = before.0 + width / 2;
            (width, i64::try_from(i128::from(middle) - i128::from(stream)).unwrap_or(0))
        };
        if let Some((_, offset)) = (0..READINGS).map(reading).min() {
            self.offset.store(offset, Relaxed);
        }
    }
}

impl Running for Open {
    fn fault(&mut self) -> Option<CaptureError> {
        self.read_clocks();
        self.faults.try_recv().ok()
    }
}

/// What an error callback says that is no fault of the stream.
fn counts(kind: ErrorKind) -> bool {
    !matches!(kind, ErrorKind::Xrun | ErrorKind::RealtimeDenied)
}

fn nanos(instant: StreamInstant) -> u64 {
    u64::try_from(instant.as_nanos()).unwrap_or(u64::MAX)
}
