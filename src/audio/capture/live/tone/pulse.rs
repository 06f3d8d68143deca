//! The tone by PulseAudio's protocol (PipeWire speaks it too): all of it is handed
//! over at once, and the server plays it.

use std::ffi::CString;

use crossbeam_channel::Receiver;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    ChannelMap, Command, CreatePlaybackStreamReply, PlaybackStreamParams, Prop, Props, PulseError,
    SampleFormat, SampleSpec,
};

use super::{Tone, Wave};
use crate::audio::capture::device::DeviceId;
use crate::audio::capture::error::CaptureError;
use crate::audio::capture::live::pulse::{ANSWER, bare, failed};
use crate::audio::watch::Place;
use crate::audio::watch::connection::Connection;

/// Rate that it is made at, Hz; the server makes of it what the device has.
const RATE: u32 = 48_000;

pub(super) fn run(output: &DeviceId, tone: Tone, stopped: &Receiver<()>) -> Result<(), CaptureError> {
    let device = || output.0.clone();
    let gone = || CaptureError::Gone { device: device() };
    let mut server = Connection::open_within(&Place::Environment, ANSWER).map_err(failed)?;
    let sound = sound(tone);
    let mut props = Props::new();
    props.set(Prop::MediaName, c"tries the headset");
    let params = PlaybackStreamParams {
        sample_spec: SampleSpec { format: SampleFormat::S16Le, channels: 1, sample_rate: RATE },
        channel_map: ChannelMap::mono(),
        sink_name: Some(CString::new(bare(output)).map_err(|_| gone())?),
        buffer_attr: BufferAttr {
            max_length: u32::MAX,
            target_length: u32::try_from(sound.len()).unwrap_or(u32::MAX),
            // It begins with the first sample, and not before.
            pre_buffering: 2,
            minimum_request_length: u32::MAX,
            ..BufferAttr::default()
        },
        flags: StreamFlags { no_move: true, ..StreamFlags::default() },
        props,
        ..PlaybackStreamParams::default()
    };
    let made = server.try_ask(&Command::CreatePlaybackStream(params)).map_err(failed)?;
    let made: CreatePlaybackStreamReply = made.map_err(|why| match why {
        PulseError::NoEntity => gone(),
        PulseError::AccessDenied => CaptureError::Forbidden { device: device() },
        _ => CaptureError::Failed { device: device(), what: why.to_string() },
    })?;
    server.send(made.channel, &sound).map_err(failed)?;
    // Waits until the handle is gone: what was played is silence by then.
    let _ = stopped.recv();
    Ok(())
}

/// All of it, 16 bits a sample.
fn sound(tone: Tone) -> Vec<u8> {
    let mut wave = Wave { tone, rate: RATE as f32, at: 0 };
    let samples = (tone.lasts.as_secs_f32() * RATE as f32) as usize;
    (0..samples).flat_map(|_| ((wave.next() * 32_767.0) as i16).to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn all_of_it_is_handed_over_and_no_more() {
        let sound = sound(Tone { hertz: 700.0, peak: 0.5, lasts: Duration::from_millis(400) });
        assert_eq!(sound.len(), 2 * 19_200);
        let peak = sound.chunks(2).map(|s| i16::from_le_bytes([s[0], s[1]]).unsigned_abs()).max();
        assert!((16_000..=16_384).contains(&peak.unwrap()), "{peak:?}");
    }
}
