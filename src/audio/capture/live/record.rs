//! One record stream of PulseAudio's protocol (PipeWire speaks it too), read on a
//! thread of its own from a connection of its own. The sound library's client copies
//! each delivery through a megabyte and asks for its timing each time: with a softphone
//! that plays in short blocks that costs more than all that is measured here. It also
//! can neither forbid that the server moves the stream nor hear that it did.

mod intake;

use std::ffi::{CStr, CString};
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, TryRecvError};
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    ChannelMap, ChannelVolume, Command, CorkStreamParams, CreateRecordStreamReply, Prop, Props, PulseError,
    RecordStreamParams, SampleFormat, SampleSpec, SetStreamMuteParams, SetStreamVolumeParams, SourceInfo,
    SourceInfoList,
};

use super::DELIVERIES;
use super::pulse::{ANSWER, bare, failed, is_pipewire};
use crate::audio::capture::backend::{Ready, Running};
use crate::audio::capture::device::Device;
use crate::audio::capture::error::{CaptureError, Refusal};
use crate::audio::capture::tap::Tap;
use crate::audio::watch::connection::Connection;
use crate::audio::watch::{Place, Why};
use crate::core::units::Channel;
use intake::{Intake, Moment, Numbers, Over, Sound};

/// No fragment that a server may choose is longer, bytes.
const LONGEST: usize = pulseaudio::protocol::MAX_MEMBLOCKQ_LENGTH;

/// The server of an idle device needs up to 2 s to open it.
const OPENING: Duration = Duration::from_secs(3);

/// A stream that runs until it is dropped.
pub(super) struct Open {
    socket: UnixStream,
    device: String,
    /// Why it ended; said once.
    fault: Receiver<CaptureError>,
    told: bool,
}

/// Keeps a source prompt while it lives: corked, so that not one sample of it is
/// ever sent.
pub(super) struct Anchor {
    _connection: Connection,
}

impl Ready for Anchor {}

/// Records from `device`, and from no other, into `tap`.
pub(super) fn open(device: &Device, side: Channel, mut tap: Tap) -> Result<Open, CaptureError> {
    let mut server = Connection::open_within(&Place::Environment, OPENING).map_err(failed)?;
    // Before the stream is there, so that no word of its device is missed.
    server.subscribe_to_sources().map_err(failed)?;
    let source = source(&mut server, device)?;
    let spec = taken(source.sample_spec);
    let pipewire = is_pipewire(&mut server)?;
    // PulseAudio lets the device have half of it and keeps the other half for its queue.
    let deliveries = if pipewire { 1 } else { 2 };
    let params = RecordStreamParams {
        channel_map: source.channel_map,
        // A level or a silence that the server remembers from a mixer is not the voice's.
        // Relative, so that the device's own is left alone.
        cvolume: Some(ChannelVolume::norm(spec.channels)),
        flags: StreamFlags {
            start_corked: true,
            adjust_latency: true,
            no_move: true,
            relative_volume: true,
            start_muted: Some(false),
            ..StreamFlags::default()
        },
        ..params(&source, spec, deliveries, words(side))
    };
    let made = create(&mut server, device, params)?;
    let sound = Sound {
        format: made.sample_spec.format,
        channels: u16::from(made.sample_spec.channels),
        rate: made.sample_spec.sample_rate,
    };
    let usable = intake::is_taken(sound.format) && 0 < sound.frame() && 0 < sound.rate;
    if !usable {
        let what = format!("it sends {:?} although {:?} was asked for", made.sample_spec, spec);
        return Err(CaptureError::Failed { device: device.name.clone(), what });
    }
    if made.sink_name.as_ref().is_some_and(|name| *name != source.name) {
        let (device, why) = (device.name.clone(), Refusal::Elsewhere);
        return Err(CaptureError::Refused { device, why });
    }
    tap.expect(sound.channels, sound.rate);
    // The server sends no more than a fragment at once.
    let fragment = usize::try_from(made.buffer_attr.fragment_size).unwrap_or(usize::MAX);
    let longest = fragment.max(sound.frame() * sound.rate as usize / 10).min(LONGEST);
    // From here on the stream's thread hears whatever the server says.
    let begin = begin(&mut server, &made, pipewire).map_err(failed)?;
    let (socket, version) = server.into_socket();
    let numbers = Numbers { channel: made.channel, source: source.index, begin, version };
    let intake = Intake::new(sound, numbers, longest);
    run(socket, device, side, intake, tap)
}

/// Has the stream begin; the number of that order. Takes back before what PipeWire's
/// session manager has restored whatever the stream was opened with: there a stream's
/// level is never the device's.
fn begin(server: &mut Connection, made: &CreateRecordStreamReply, pipewire: bool) -> Result<u32, Why> {
    let (channel, index) = (made.channel, made.stream_index);
    if pipewire {
        let volume = ChannelVolume::norm(made.sample_spec.channels);
        server.tell(&Command::SetSourceOutputVolume(SetStreamVolumeParams { index, volume }))?;
        server.tell(&Command::SetSourceOutputMute(SetStreamMuteParams { index, mute: false }))?;
    }
    server.tell(&Command::CorkRecordStream(CorkStreamParams { channel, cork: false }))
}

/// A corked stream on `device` that wants it served every 40 ms: PulseAudio serves a
/// source as promptly as the most impatient of its streams wishes. None with PipeWire,
/// which serves each stream as promptly as that stream asks.
pub(super) fn anchor(device: &Device) -> Result<Option<Anchor>, CaptureError> {
    let mut server = Connection::open_within(&Place::Environment, ANSWER).map_err(failed)?;
    if is_pipewire(&mut server)? {
        return Ok(None);
    }
    let source = source(&mut server, device)?;
    let spec = SampleSpec { format: SampleFormat::S16Le, channels: 1, sample_rate: device.rate };
    let params = RecordStreamParams {
        channel_map: ChannelMap::mono(),
        flags: StreamFlags {
            start_corked: true,
            adjust_latency: true,
            no_move: true,
            ..StreamFlags::default()
        },
        ..params(&source, spec, 2, c"keeps the headset ready, records nothing")
    };
    create(&mut server, device, params)?;
    Ok(Some(Anchor { _connection: server }))
}

fn params(source: &SourceInfo, sample_spec: SampleSpec, deliveries: u32, what: &CStr) -> RecordStreamParams {
    let frame = sample_spec.format.bytes_per_sample() as u32 * u32::from(sample_spec.channels);
    let mut props = Props::new();
    props.set(Prop::MediaName, what);
    RecordStreamParams {
        sample_spec,
        source_index: Some(source.index),
        buffer_attr: BufferAttr {
            // The server's own limit: what it may keep while nobody reads is some seconds.
            max_length: u32::MAX,
            fragment_size: sample_spec.sample_rate / DELIVERIES * frame * deliveries,
            ..BufferAttr::default()
        },
        props,
        ..RecordStreamParams::default()
    }
}

/// As a mixer shows the stream.
fn words(side: Channel) -> &'static CStr {
    match side {
        Channel::Agent => c"measures the microphone",
        Channel::Customer => c"measures what the headset plays",
    }
}

fn source(server: &mut Connection, device: &Device) -> Result<SourceInfo, CaptureError> {
    let gone = || CaptureError::Gone { device: device.name.clone() };
    let name = CString::new(bare(&device.id)).map_err(|_| gone())?;
    let sources: SourceInfoList = server.ask(&Command::GetSourceInfoList).map_err(failed)?;
    sources.into_iter().find(|source| source.name == name).ok_or_else(gone)
}

/// The device's own format where it can be read, so that the server converts nothing.
fn taken(spec: SampleSpec) -> SampleSpec {
    let format = if intake::is_taken(spec.format) { spec.format } else { SampleFormat::Float32Le };
    SampleSpec { format, ..spec }
}

fn create(
    server: &mut Connection,
    device: &Device,
    params: RecordStreamParams,
) -> Result<CreateRecordStreamReply, CaptureError> {
    let answer = server.try_ask(&Command::CreateRecordStream(params)).map_err(failed)?;
    let name = device.name.clone();
    answer.map_err(|why| match why {
        PulseError::NoEntity => CaptureError::Gone { device: name },
        PulseError::AccessDenied => CaptureError::Forbidden { device: name },
        PulseError::Busy => CaptureError::Busy { device: name },
        _ => CaptureError::Failed { device: name, what: why.to_string() },
    })
}

fn run(
    mut socket: UnixStream,
    device: &Device,
    side: Channel,
    mut intake: Intake,
    mut tap: Tap,
) -> Result<Open, CaptureError> {
    let sorted = |error: std::io::Error| CaptureError::NoServer { why: error.to_string() };
    socket.set_read_timeout(None).map_err(sorted)?;
    let handle = socket.try_clone().map_err(sorted)?;
    let (tell, fault) = crossbeam_channel::bounded(1);
    let name = device.name.clone();
    let reading = move || {
        let why = read(&mut socket, &mut intake, &mut tap);
        let why = match why {
            End::Closed => failed(Why::Closed),
            End::Over(Over::Malformed) => failed(Why::Malformed),
            End::Over(Over::Gone) => CaptureError::Gone { device: name },
        };
        // Nobody asks any more where it was closed from here.
        let _ = tell.try_send(why);
    };
    let thread = match side {
        Channel::Agent => "sound-agent",
        Channel::Customer => "sound-customer",
    };
    let spawned = thread::Builder::new().name(thread.to_owned()).spawn(reading);
    spawned.map_err(|error| CaptureError::Failed { device: device.name.clone(), what: error.to_string() })?;
    Ok(Open { socket: handle, device: device.name.clone(), fault, told: false })
}

enum End {
    Closed,
    Over(Over),
}

/// Reads until it is over. Real-time safe but for the socket itself.
fn read(socket: &mut UnixStream, intake: &mut Intake, tap: &mut Tap) -> End {
    loop {
        let bytes = match socket.read(intake.room()) {
            Ok(0) => return End::Closed,
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return End::Closed,
        };
        let now = Moment::now();
        if let Err(over) = intake.take(bytes, now, tap) {
            return End::Over(over);
        }
        if let Some(question) = intake.question(now)
            && socket.write_all(question).is_err()
        {
            return End::Closed;
        }
    }
}

impl Running for Open {
    fn fault(&mut self) -> Option<CaptureError> {
        if self.told {
            return None;
        }
        let fault = match self.fault.try_recv() {
            Ok(why) => why,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => {
                let what = "what reads its sound has failed".to_owned();
                CaptureError::Failed { device: self.device.clone(), what }
            }
        };
        self.told = true;
        Some(fault)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // Ends the thread's reading. It may be broken already.
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}
