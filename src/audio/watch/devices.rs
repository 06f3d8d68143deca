//! Which of the server's devices make up the headset. A monitor is never a
//! microphone: PulseAudio makes one the default when the microphone is pulled.

use pulseaudio::protocol::{Command, ServerInfo, SinkInfoList, SourceInfoList};

use super::connection::Connection;
use super::{Selection, Why};
use crate::core::calls::matches;

/// The devices of the headset, by the server's numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Devices {
    /// Sources.
    pub(super) microphones: Vec<u32>,
    /// Sinks.
    pub(super) headsets: Vec<u32>,
}

/// One device as it can be named.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) index: u32,
    pub(super) name: String,
    pub(super) description: String,
}

impl Devices {
    /// Looks them up anew: a device that comes back has another number.
    pub(super) fn look_up(server: &mut Connection, selection: &Selection) -> Result<Self, Why> {
        let info: ServerInfo = server.ask(&Command::GetServerInfo)?;
        let sources: SourceInfoList = server.ask(&Command::GetSourceInfoList)?;
        let sinks: SinkInfoList = server.ask(&Command::GetSinkInfoList)?;
        let microphones: Vec<Known> = sources
            .iter()
            .filter(|s| s.monitor_of_sink_index.is_none())
            .map(|s| known(s.index, &s.name, s.description.as_ref()))
            .collect();
        let headsets: Vec<Known> =
            sinks.iter().map(|s| known(s.index, &s.name, s.description.as_ref())).collect();
        let default = |name: Option<&std::ffi::CString>| name.map(|n| n.to_string_lossy().into_owned());
        let source = default(info.default_source_name.as_ref());
        let sink = default(info.default_sink_name.as_ref());
        Ok(Self {
            microphones: chosen(&microphones, &selection.microphones, source.as_deref()),
            headsets: chosen(&headsets, &selection.headsets, sink.as_deref()),
        })
    }
}

fn known(index: u32, name: &std::ffi::CStr, description: Option<&std::ffi::CString>) -> Known {
    let text = |s: &std::ffi::CStr| s.to_string_lossy().into_owned();
    Known { index, name: text(name), description: description.map_or(String::new(), |d| text(d)) }
}

/// Those that any of `wanted` names.
pub(super) fn chosen(known: &[Known], wanted: &[String], default: Option<&str>) -> Vec<u32> {
    let is = |device: &Known, want: &str| {
        if want == "default" {
            default == Some(device.name.as_str())
        } else {
            let short = want.split_once(':').map_or(want, |(_, name)| name);
            [want, short].iter().any(|w| matches(w, &device.name) || matches(w, &device.description))
        }
    };
    known.iter().filter(|d| wanted.iter().any(|w| is(d, w))).map(|d| d.index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(names: &[&str]) -> Vec<u32> {
        let device = |index, name: &str, description: &str| Known {
            index,
            name: name.into(),
            description: description.into(),
        };
        let known = [
            device(3, "alsa_input.usb-Jabra", "Jabra Evolve2 Mono"),
            device(4, "alsa_input.pci", "Built-in Audio"),
            device(9, "echo-cancel", "Jabra without echo"),
        ];
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        chosen(&known, &names, Some("alsa_input.pci"))
    }

    #[test]
    fn the_default_is_followed_only_where_it_was_asked_for() {
        assert_eq!(wanted(&["default"]), [4]);
        assert_eq!(wanted(&["echo-cancel"]), [9]);
        assert_eq!(wanted(&["gone"]), [0; 0]);
    }

    #[test]
    fn devices_are_named_by_name_description_pattern_or_stable_id() {
        assert_eq!(wanted(&["alsa_input.usb-*"]), [3]);
        assert_eq!(wanted(&["jabra*"]), [3, 9]);
        assert_eq!(wanted(&["pulseaudio:alsa_input.usb-Jabra"]), [3]);
    }

    #[test]
    fn several_microphones_count_as_one_side() {
        assert_eq!(wanted(&["alsa_input.usb-Jabra", "echo-cancel"]), [3, 9]);
    }
}
