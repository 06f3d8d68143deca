//! What PulseAudio's protocol tells of the devices: which source is the monitor of
//! which output, and whether the server is PulseAudio or PipeWire. No sound is read
//! here.

use std::ffi::{CStr, CString};
use std::time::Duration;

use pulseaudio::protocol::{self, Command, Prop, Props, ServerInfo, SinkInfoList, SourceInfoList};

use super::id;
use crate::audio::capture::device::{Device, DeviceId, Kind};
use crate::audio::capture::error::CaptureError;
use crate::audio::watch::connection::Connection;
use crate::audio::watch::{Place, Why};

/// An answer takes less, or the server hangs.
pub(super) const ANSWER: Duration = Duration::from_secs(2);

/// The server as we see it.
pub(super) struct Server(Connection);

impl Server {
    /// Connects to the server of this session.
    pub(super) fn connect() -> Result<Self, CaptureError> {
        Connection::open_within(&Place::Environment, ANSWER).map(Self).map_err(failed)
    }

    /// Its name and its version.
    pub(super) fn describe(&mut self) -> Result<(String, String), CaptureError> {
        let info: ServerInfo = self.0.ask(&Command::GetServerInfo).map_err(failed)?;
        let field = |field: Option<CString>| field.as_deref().map(text).unwrap_or_default();
        Ok((field(info.server_name), field(info.server_version)))
    }

    /// Outputs, inputs and monitors.
    pub(super) fn devices(&mut self) -> Result<Vec<Device>, CaptureError> {
        let server = &mut self.0;
        let info: ServerInfo = server.ask(&Command::GetServerInfo).map_err(failed)?;
        let sinks: SinkInfoList = server.ask(&Command::GetSinkInfoList).map_err(failed)?;
        let sources: SourceInfoList = server.ask(&Command::GetSourceInfoList).map_err(failed)?;
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

/// Whether it is PipeWire that answers.
pub(super) fn is_pipewire(server: &mut Connection) -> Result<bool, CaptureError> {
    let info: ServerInfo = server.ask(&Command::GetServerInfo).map_err(failed)?;
    Ok(info.server_name.as_deref().is_some_and(|name| text(name).contains("PipeWire")))
}

/// Why nothing could be asked.
pub(super) fn failed(why: Why) -> CaptureError {
    match why {
        Why::Silent => CaptureError::Hung,
        Why::Missing => CaptureError::NoServer { why: "none is running here".to_owned() },
        other => CaptureError::NoServer { why: other.to_string() },
    }
}

/// A device's name without its host.
pub(super) fn bare(id: &DeviceId) -> &str {
    id.0.split_once(':').map_or(id.0.as_str(), |(_, name)| name)
}
