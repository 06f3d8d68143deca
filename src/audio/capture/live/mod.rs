//! The real sound system: PulseAudio's protocol (PipeWire speaks it too) over a
//! connection of our own; through cpal PipeWire's own, ALSA by explicit name, WASAPI
//! and CoreAudio. Streams are shared with other programs and stay on the device they
//! were opened on.

mod format;
#[cfg(target_os = "linux")]
mod pulse;
#[cfg(target_os = "linux")]
mod record;
mod stream;
mod tone;

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, ErrorKind};

#[cfg(target_os = "linux")]
use super::backend::Ready;
use super::backend::{Backend, Running};
#[cfg(target_os = "linux")]
use super::device::DeviceId;
use super::device::{Device, Kind};
use super::error::{CaptureError, Refusal};
use super::tap::Tap;
use super::{Host, clock};
use crate::core::units::Channel;

pub use tone::{Playing, Tone, play};

/// Deliveries a second where the server keeps to what is asked. Each wakes a thread,
/// here and there, and a nudge may come 40 ms later.
const DELIVERIES: u32 = 25;

/// The sound system of this machine.
pub fn backend(host: Host) -> Box<dyn Backend> {
    Box::new(Live {
        wish: host,
        host: None,
        #[cfg(target_os = "linux")]
        pulse: None,
    })
}

/// The sound system that answers, and its version where that is known.
///
/// # Errors
/// [`CaptureError::NoServer`] or [`CaptureError::Hung`] where none does.
pub fn server(host: Host) -> Result<(String, String), CaptureError> {
    #[cfg(target_os = "linux")]
    if speaks_pulse(host) {
        return pulse::Server::connect()?.describe();
    }
    connect(host).map(|host| (host.id().name().to_owned(), String::new()))
}

struct Live {
    wish: Host,
    /// cpal's connection, made anew for each look: PipeWire's remembers the devices of
    /// its first.
    host: Option<cpal::Host>,
    /// A connection of our own.
    #[cfg(target_os = "linux")]
    pulse: Option<pulse::Server>,
}

impl Backend for Live {
    fn devices(&mut self) -> Result<Vec<Device>, CaptureError> {
        #[cfg(target_os = "linux")]
        if speaks_pulse(self.wish) {
            return self.pulse_devices();
        }
        self.host = None;
        self.cpal_devices()
    }

    fn open(&mut self, device: &Device, side: Channel, tap: Tap) -> Result<Box<dyn Running>, CaptureError> {
        if side == Channel::Customer && device.kind == Kind::Input {
            let (device, why) = (device.name.clone(), Refusal::MicrophoneAsLoopback);
            return Err(CaptureError::Refused { device, why });
        }
        #[cfg(target_os = "linux")]
        if speaks_pulse(self.wish) {
            return Ok(Box::new(record::open(device, side, tap)?));
        }
        let found = self.find(device)?;
        let size = BufferSize::Fixed(device.rate / DELIVERIES);
        Ok(Box::new(stream::open(&found, device, size, tap)?))
    }

    #[cfg(target_os = "linux")]
    fn make_ready(&mut self, device: &Device) -> Result<Option<Box<dyn Ready>>, CaptureError> {
        if !speaks_pulse(self.wish) {
            return Ok(None);
        }
        Ok(record::anchor(device)?.map(|anchor| Box::new(anchor) as Box<dyn Ready>))
    }

    fn another(&self) -> Box<dyn Backend> {
        backend(self.wish)
    }
}

#[cfg(target_os = "linux")]
impl Live {
    /// A connection that failed is made anew at the next look.
    fn pulse_devices(&mut self) -> Result<Vec<Device>, CaptureError> {
        let mut server = match self.pulse.take() {
            Some(server) => server,
            None => pulse::Server::connect()?,
        };
        let devices = server.devices()?;
        self.pulse = Some(server);
        Ok(devices)
    }
}

impl Live {
    /// The host that is meant, connected.
    fn connected(&mut self) -> Result<&cpal::Host, CaptureError> {
        let host = match self.host.take() {
            Some(host) => host,
            None => connect(self.wish)?,
        };
        Ok(self.host.insert(host))
    }

    fn cpal_devices(&mut self) -> Result<Vec<Device>, CaptureError> {
        let host = self.connected()?;
        let default = |device: Option<cpal::Device>| device.and_then(|d| d.id().ok());
        let defaults = (default(host.default_input_device()), default(host.default_output_device()));
        let name = host.id().name();
        let devices = host.devices().map_err(|error| from_cpal("the sound system", &error))?;
        Ok(devices.filter_map(|device| describe(name, &device, &defaults)).collect())
    }

    fn find(&mut self, device: &Device) -> Result<cpal::Device, CaptureError> {
        let gone = || CaptureError::Gone { device: device.name.clone() };
        let mut devices = self.connected()?.devices().map_err(|error| from_cpal(&device.name, &error))?;
        devices.find(|d| d.id().is_ok_and(|id| id.to_string() == device.id.0)).ok_or_else(gone)
    }
}

/// Whether PulseAudio's protocol is used. ALSA is never fallen back to: it would hang
/// for ever when a sound server behind it dies.
#[cfg(target_os = "linux")]
const fn speaks_pulse(wish: Host) -> bool {
    matches!(wish, Host::Auto | Host::PulseAudio)
}

/// cpal's host; on Linux that of PulseAudio's protocol is our own.
fn connect(wish: Host) -> Result<cpal::Host, CaptureError> {
    let name = match wish {
        Host::Auto => return Ok(cpal::default_host()),
        Host::PulseAudio => "PulseAudio",
        Host::PipeWire => "PipeWire",
        Host::Alsa => "ALSA",
    };
    let no_server = |why: String| CaptureError::NoServer { why };
    let found = cpal::available_hosts().into_iter().find(|id| id.name().eq_ignore_ascii_case(name));
    let id = found.ok_or_else(|| no_server(format!("{name} is not running or not in this build")))?;
    cpal::host_from_id(id).map_err(|error| no_server(error.to_string()))
}

type Defaults = (Option<cpal::DeviceId>, Option<cpal::DeviceId>);

/// A device of a host that offers outputs themselves for what they play.
fn describe(host: &str, device: &cpal::Device, defaults: &Defaults) -> Option<Device> {
    let id = device.id().ok()?;
    let output = device.supports_output();
    let kind = if output { Kind::Output } else { Kind::Input };
    let name = device.description().map_or_else(|_| id.to_string(), |d| d.name().to_owned());
    let config = device.default_input_config().or_else(|_| device.default_output_config()).ok()?;
    let default = if output { &defaults.1 } else { &defaults.0 };
    Some(Device {
        is_default: default.as_ref() == Some(&id),
        rate: config.sample_rate(),
        channels: config.channels(),
        bluetooth: is_bluetooth(device),
        monitor_of: None,
        loops: output && loops(host, device.supports_input()),
        ..Device::new(&id.to_string(), &name, kind)
    })
}

fn is_bluetooth(device: &cpal::Device) -> bool {
    device.description().is_ok_and(|d| d.interface_type() == cpal::InterfaceType::Bluetooth)
}

/// Whether opening an output records what it plays. On a Mac an output that
/// also hears is opened as its microphone: the customer would be the agent.
fn loops(host: &str, also_hears: bool) -> bool {
    match host.to_ascii_lowercase().as_str() {
        "coreaudio" => !also_hears,
        "pipewire" | "wasapi" => true,
        _ => false,
    }
}

/// cpal's errors, sorted by what is done next.
fn from_cpal(device: &str, error: &cpal::Error) -> CaptureError {
    let device = device.to_owned();
    match error.kind() {
        ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => {
            CaptureError::NoServer { why: error.to_string() }
        }
        ErrorKind::DeviceNotAvailable | ErrorKind::DeviceChanged => CaptureError::Gone { device },
        ErrorKind::DeviceBusy => CaptureError::Busy { device },
        ErrorKind::PermissionDenied => CaptureError::Forbidden { device },
        // The set is open: cpal may add kinds.
        _ => CaptureError::Failed { device, what: error.to_string() },
    }
}

/// A device id of this host.
#[cfg(target_os = "linux")]
fn id(host: &str, name: &str) -> DeviceId {
    DeviceId(format!("{host}:{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r04_a_mac_headset_that_also_hears_is_not_opened_as_loopback() {
        assert!(!loops("CoreAudio", true) && loops("CoreAudio", false));
        assert!(loops("WASAPI", false) && loops("PipeWire", true) && !loops("ALSA", false));
    }

    #[test]
    fn errors_are_sorted_by_kind_and_never_by_text() {
        let of = |kind| from_cpal("mic", &cpal::Error::with_message(kind, "busy, denied, gone"));
        assert!(matches!(of(ErrorKind::StreamInvalidated), CaptureError::NoServer { .. }));
        assert!(matches!(of(ErrorKind::DeviceNotAvailable), CaptureError::Gone { .. }));
        assert!(matches!(of(ErrorKind::DeviceChanged), CaptureError::Gone { .. }));
        assert!(matches!(of(ErrorKind::PermissionDenied), CaptureError::Forbidden { .. }));
        assert!(matches!(of(ErrorKind::Other), CaptureError::Failed { .. }));
    }
}
