//! What PulseAudio's protocol tells beyond cpal: which source is the monitor of
//! which output, and whether the server is PulseAudio or PipeWire. And the anchor:
//! an idle stream that asks for prompt delivery. No sound is read here.

use std::ffi::{CStr, CString};
use std::fs;
use std::future::Future;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{self, Prop, Props};
use pulseaudio::{Client, ClientError, RecordStream};

use super::{DELIVERIES, id};
use crate::audio::capture::backend::Ready;
use crate::audio::capture::device::{Device, Kind};
use crate::audio::capture::error::CaptureError;

/// An answer takes less, or the server hangs.
const ANSWER: Duration = Duration::from_secs(2);

/// The server as we see it.
pub(super) struct Server {
    client: Client,
    line: Arc<Line>,
    info: protocol::ServerInfo,
}

/// Keeps a source prompt while it lives: corked, so that not one sample of it is
/// ever sent.
pub(super) struct Anchor {
    _stream: RecordStream,
    _line: Arc<Line>,
}

/// The socket of a connection, which ends with this. The library's thread does not
/// end when nobody wants it any more, and a server takes only so many connections
/// (PulseAudio 64, the softphone's among them).
struct Line(UnixStream);

impl Ready for Anchor {}

impl Drop for Line {
    fn drop(&mut self) {
        // Where it is broken already there is nothing to end.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

impl Server {
    /// Connects to the server of this session.
    pub(super) fn connect() -> Result<Self, CaptureError> {
        if let Some(cookie) = unseen_cookie() {
            let why =
                format!("its cookie {} is looked for elsewhere: set PULSE_COOKIE to it", cookie.display());
            return Err(CaptureError::NoServer { why });
        }
        let path = pulseaudio::socket_path_from_env().ok_or(ClientError::ServerUnavailable);
        let socket = path.and_then(|path| Ok(UnixStream::connect(path)?)).map_err(|error| failed(&error))?;
        // The library shakes hands without a limit of time.
        let limited = socket.set_read_timeout(Some(ANSWER)).and_then(|()| socket.try_clone());
        let line = Arc::new(Line(limited.map_err(|error| failed(&error.into()))?));
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| fs::read(path).ok());
        let client = Client::new_unix(c"evenkeel", socket, cookie).map_err(|error| failed(&error))?;
        let info = wait(client.server_info())?;
        Ok(Self { client, line, info })
    }

    /// Whether it is PipeWire that answers.
    pub(super) fn is_pipewire(&self) -> bool {
        self.info.server_name.as_deref().is_some_and(|name| text(name).contains("PipeWire"))
    }

    /// Its name and its version.
    pub(super) fn describe(&self) -> (String, String) {
        let field = |field: &Option<CString>| field.as_deref().map(text).unwrap_or_default();
        (field(&self.info.server_name), field(&self.info.server_version))
    }

    /// Outputs, inputs and monitors.
    pub(super) fn devices(&self) -> Result<Vec<Device>, CaptureError> {
        let info = wait(self.client.server_info())?;
        let sinks = wait(self.client.list_sinks())?;
        let sources = wait(self.client.list_sources())?;
        let is_default = |default: &Option<CString>, name: &CStr| default.as_deref() == Some(name);
        let outputs = sinks.iter().map(|sink| Device {
            is_default: is_default(&info.default_sink_name, &sink.name),
            card: sink.card_index,
            ..described(&sink.name, sink.description.as_deref(), &sink.sample_spec, &sink.props, Kind::Output)
        });
        let inputs = sources.iter().map(|source| {
            let monitored = source.monitor_of_sink_name.as_deref().map(text);
            let kind = if monitored.is_some() { Kind::Monitor } else { Kind::Input };
            Device {
                is_default: is_default(&info.default_source_name, &source.name),
                monitor_of: monitored.map(|name| id("pulseaudio", &name)),
                card: source.card_index,
                ..described(
                    &source.name,
                    source.description.as_deref(),
                    &source.sample_spec,
                    &source.props,
                    kind,
                )
            }
        });
        Ok(outputs.chain(inputs).collect())
    }

    /// An anchor where the server needs one: PipeWire serves each stream as promptly
    /// as that stream asks.
    pub(super) fn anchor_where_needed(&self, device: &Device) -> Result<Option<Anchor>, CaptureError> {
        if self.is_pipewire() { Ok(None) } else { self.anchor(device).map(Some) }
    }

    /// A corked stream on `device` that wants it served every 40 ms: the server serves a
    /// source as promptly as the most impatient of its streams wishes.
    fn anchor(&self, device: &Device) -> Result<Anchor, CaptureError> {
        let name = device.id.0.split_once(':').map_or(device.id.0.as_str(), |(_, name)| name);
        let gone = |_| CaptureError::Gone { device: device.name.clone() };
        let sample_spec = protocol::SampleSpec {
            format: protocol::SampleFormat::S16Le,
            channels: 1,
            sample_rate: device.rate,
        };
        let params = protocol::RecordStreamParams {
            sample_spec,
            channel_map: protocol::ChannelMap::mono(),
            source_name: Some(CString::new(name).map_err(gone)?),
            buffer_attr: BufferAttr {
                max_length: u32::MAX,
                // Bytes of 16-bit samples. The server lets the device have half of it and
                // keeps the other half for its own queue.
                fragment_size: device.rate / DELIVERIES * 2 * 2,
                ..BufferAttr::default()
            },
            flags: StreamFlags {
                start_corked: true,
                adjust_latency: true,
                no_move: true,
                ..StreamFlags::default()
            },
            ..protocol::RecordStreamParams::default()
        };
        let stream = wait(self.client.create_record_stream(params, |_: &[u8]| ()))?;
        Ok(Anchor { _stream: stream, _line: Arc::clone(&self.line) })
    }
}

fn described(
    name: &CStr,
    description: Option<&CStr>,
    spec: &protocol::SampleSpec,
    props: &Props,
    kind: Kind,
) -> Device {
    let name = text(name);
    let shown = description.map_or_else(|| name.clone(), text);
    let bus = props.get(Prop::DeviceBus).map(|value| String::from_utf8_lossy(value).into_owned());
    let bluetooth = bus.is_some_and(|bus| bus.starts_with("bluetooth")) || name.starts_with("bluez");
    Device {
        rate: spec.sample_rate,
        channels: u16::from(spec.channels),
        bluetooth,
        ..Device::new(&id("pulseaudio", &name).0, &shown, kind)
    }
}

fn text(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

fn failed(error: &ClientError) -> CaptureError {
    CaptureError::NoServer { why: error.to_string() }
}

/// The server's cookie where the library does not look for it: below
/// `$XDG_CONFIG_HOME`. The connection is closed without a word then, unless
/// `PULSE_COOKIE` names it.
pub fn unseen_cookie() -> Option<PathBuf> {
    let config = PathBuf::from(std::env::var_os("XDG_CONFIG_HOME")?);
    let cookie = config.join("pulse/cookie");
    (pulseaudio::cookie_path_from_env().is_none() && cookie.exists()).then_some(cookie)
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for an answer, but not for ever.
fn wait<T>(answer: impl Future<Output = Result<T, ClientError>>) -> Result<T, CaptureError> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut answer = pin!(answer);
    let until = Instant::now() + ANSWER;
    loop {
        if let Poll::Ready(answer) = answer.as_mut().poll(&mut context) {
            return answer.map_err(|error| failed(&error));
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(CaptureError::Hung);
        }
        thread::park_timeout(left);
    }
}
