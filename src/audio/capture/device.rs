//! Devices and which of them is meant. A setting is `default`, an id, or a name
//! with `*`. What is chosen for one side is never something of the other: a
//! monitor is no microphone, and a microphone is no loopback.

use super::error::{CaptureError, Refusal};
use crate::core::units::Channel;

/// Names a device for as long as it exists, across restarts of the sound server:
/// `HOST:NAME`, such as `pulseaudio:alsa_input.usb-Jabra`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(pub String);

/// What a device does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It hears: a microphone.
    Input,
    /// It plays: the headset's ear pieces.
    Output,
    /// It hears what an output plays.
    Monitor,
}

/// A device as the sound system describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// Stable name.
    pub id: DeviceId,
    /// For people.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// Whether programs that ask for none get this one.
    pub is_default: bool,
    /// Rate that it runs at, Hz.
    pub rate: u32,
    /// Channels that it has.
    pub channels: u16,
    /// Whether it is a Bluetooth device, whose rate changes with its profile.
    pub bluetooth: bool,
    /// The output that it hears, for a monitor.
    pub monitor_of: Option<DeviceId>,
    /// Whether what it plays is heard by opening the output itself.
    pub loops: bool,
    /// Number of the sound card that it is a part of, where that is known.
    pub card: Option<u32>,
}

impl Device {
    /// A device with no traits but these.
    pub fn new(id: &str, name: &str, kind: Kind) -> Self {
        Self {
            id: DeviceId(id.to_owned()),
            name: name.to_owned(),
            kind,
            is_default: false,
            rate: 48_000,
            channels: 1,
            bluetooth: false,
            monitor_of: None,
            loops: false,
            card: None,
        }
    }

    /// The same as the default of its kind.
    pub fn by_default(self) -> Self {
        Self { is_default: true, ..self }
    }

    /// The same as the monitor of `output`.
    pub fn hearing(self, output: &str) -> Self {
        Self { monitor_of: Some(DeviceId(output.to_owned())), ..self }
    }
}

/// The setting that follows the default.
pub const DEFAULT: &str = "default";

/// The device that a setting means for this side.
///
/// # Errors
/// [`CaptureError::Missing`] where there is none at present, and
/// [`CaptureError::Refused`] where it would record the wrong side.
pub fn choose<'a>(devices: &'a [Device], wish: &str, side: Channel) -> Result<&'a Device, CaptureError> {
    match side {
        Channel::Agent => microphone(devices, wish),
        Channel::Customer => loopback(devices, wish),
    }
}

fn microphone<'a>(devices: &'a [Device], wish: &str) -> Result<&'a Device, CaptureError> {
    if let Some(device) = find(devices, wish, Kind::Input) {
        return Ok(device);
    }
    match find(devices, wish, Kind::Monitor) {
        Some(monitor) => Err(refused(monitor, Refusal::MonitorAsMicrophone)),
        None => Err(missing(wish, Channel::Agent)),
    }
}

fn loopback<'a>(devices: &'a [Device], wish: &str) -> Result<&'a Device, CaptureError> {
    if let Some(output) = find(devices, wish, Kind::Output) {
        return heard(devices, output);
    }
    if wish != DEFAULT {
        if let Some(monitor) = find(devices, wish, Kind::Monitor) {
            return Ok(monitor);
        }
        if let Some(input) = find(devices, wish, Kind::Input) {
            return Err(refused(input, Refusal::MicrophoneAsLoopback));
        }
    }
    Err(missing(wish, Channel::Customer))
}

/// The device that hears what `output` plays.
fn heard<'a>(devices: &'a [Device], output: &'a Device) -> Result<&'a Device, CaptureError> {
    if output.loops {
        return Ok(output);
    }
    let monitor = devices.iter().find(|d| d.monitor_of.as_ref() == Some(&output.id));
    match monitor {
        Some(monitor) if monitor.kind == Kind::Monitor => Ok(monitor),
        Some(_) | None => Err(refused(output, Refusal::NoMonitor)),
    }
}

fn find<'a>(devices: &'a [Device], wish: &str, kind: Kind) -> Option<&'a Device> {
    let mut of_kind = devices.iter().filter(|d| d.kind == kind);
    if wish == DEFAULT {
        return of_kind.find(|d| d.is_default);
    }
    let exact = of_kind.clone().find(|d| d.id.0 == wish || bare(&d.id.0) == wish);
    exact.or_else(|| of_kind.find(|d| like(wish, &d.name) || like(wish, bare(&d.id.0))))
}

/// An id without its host.
fn bare(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, name)| name)
}

/// Whether a name fits a pattern with `*`, without case.
pub fn like(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut open = false;
    for part in parts {
        open = true;
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        if part.is_empty() {
            rest = "";
        }
    }
    rest.is_empty() || (open && pattern.rsplit('*').next().is_some_and(|last| name.ends_with(last)))
}

fn refused(device: &Device, why: Refusal) -> CaptureError {
    CaptureError::Refused { device: device.name.clone(), why }
}

fn missing(wish: &str, side: Channel) -> CaptureError {
    CaptureError::Missing { wish: wish.to_owned(), side }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Vec<Device> {
        vec![
            Device::new("pulseaudio:headset_mic", "Jabra Evolve2 Mono", Kind::Input).by_default(),
            Device::new("pulseaudio:webcam", "Webcam", Kind::Input),
            Device::new("pulseaudio:headset", "Jabra Evolve2 Stereo", Kind::Output).by_default(),
            Device::new("pulseaudio:headset.monitor", "Monitor of Jabra", Kind::Monitor)
                .hearing("pulseaudio:headset"),
        ]
    }

    fn chosen(wish: &str, side: Channel) -> String {
        choose(&desk(), wish, side).map_or_else(|e| e.to_string(), |d| d.id.0.clone())
    }

    #[test]
    fn a_device_is_found_by_default_by_id_and_by_pattern() {
        for wish in ["default", "pulseaudio:headset_mic", "headset_mic", "jabra*", "*evolve2*", "*MONO"] {
            assert_eq!(chosen(wish, Channel::Agent), "pulseaudio:headset_mic", "{wish}");
        }
        for wish in ["default", "headset", "jabra*stereo", "headset.monitor"] {
            assert_eq!(chosen(wish, Channel::Customer), "pulseaudio:headset.monitor", "{wish}");
        }
        assert_eq!(chosen("webcam", Channel::Agent), "pulseaudio:webcam");
    }

    #[test]
    fn r04_a_monitor_is_no_microphone_and_a_microphone_no_loopback() {
        let refusal = |wish, side| match choose(&desk(), wish, side) {
            Err(CaptureError::Refused { why, .. }) => Some(why),
            Err(_) | Ok(_) => None,
        };
        assert_eq!(refusal("headset.monitor", Channel::Agent), Some(Refusal::MonitorAsMicrophone));
        assert_eq!(refusal("webcam", Channel::Customer), Some(Refusal::MicrophoneAsLoopback));
    }

    #[test]
    fn r04_a_default_microphone_that_is_a_monitor_is_refused() {
        let mut desk = desk();
        desk.retain(|d| d.kind != Kind::Input);
        desk[1].is_default = true;
        let error = choose(&desk, DEFAULT, Channel::Agent).unwrap_err();
        assert!(matches!(error, CaptureError::Refused { why: Refusal::MonitorAsMicrophone, .. }));
        assert!(error.remedy().contains("microphone"), "{}", error.remedy());
    }

    #[test]
    fn r05_an_output_without_a_monitor_is_refused_by_name() {
        let mut desk = desk();
        desk.retain(|d| d.kind != Kind::Monitor);
        let error = choose(&desk, DEFAULT, Channel::Customer).unwrap_err();
        assert!(error.to_string().contains("Jabra Evolve2 Stereo"), "{error}");
        // Something that calls itself the monitor but hears: still refused.
        desk.push(Device::new("x", "odd", Kind::Input).hearing("pulseaudio:headset"));
        assert!(choose(&desk, DEFAULT, Channel::Customer).is_err());
    }

    #[test]
    fn an_output_that_is_opened_itself_needs_no_monitor() {
        let mut headset = Device::new("wasapi:1", "Headset", Kind::Output).by_default();
        headset.loops = true;
        assert_eq!(choose(&[headset.clone()], DEFAULT, Channel::Customer).unwrap(), &headset);
        assert!(choose(&[headset], DEFAULT, Channel::Agent).is_err());
    }

    #[test]
    fn a_missing_device_is_named_as_it_was_asked_for() {
        let error = choose(&desk(), "Poly*", Channel::Agent).unwrap_err();
        assert!(error.to_string().contains("Poly*"), "{error}");
        assert!(choose(&[], DEFAULT, Channel::Customer).is_err());
    }

    #[test]
    fn patterns_hold_names_at_both_ends() {
        assert!(like("jabra*mono", "Jabra Evolve2 Mono") && like("*", "anything") && like("a*b*c", "a1b2c"));
        assert!(!like("jabra", "Jabra Evolve2") && !like("*stereo", "Stereo Mic") && !like("a*b", "ac"));
    }
}
