//! Who holds a side: the open streams on the devices of the headset, by process.
//! A corked stream is not open. Streams without a process are the server's own
//! (remapped devices, side tone), and ours are not looked at.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::fs;

use pulseaudio::protocol::{ClientInfoList, Command, Prop, Props, SinkInputInfoList, SourceOutputInfoList};

use super::Why;
use super::connection::Connection;
use super::devices::Devices;
use crate::core::calls::Holder;
use crate::core::units::Channel;

/// The longest name that is kept, characters: it comes from another program.
const LONGEST_NAME: usize = 80;

/// An open stream on one of the devices.
struct Stream<'a> {
    props: &'a Props,
    client: Option<u32>,
    side: Channel,
}

/// Asks who holds what, by process.
pub(super) fn holders(server: &mut Connection, devices: &Devices) -> Result<Vec<Holder>, Why> {
    let records: SourceOutputInfoList = server.ask(&Command::GetSourceOutputInfoList)?;
    let plays: SinkInputInfoList = server.ask(&Command::GetSinkInputInfoList)?;
    let agent = records
        .iter()
        .filter(|r| !r.corked && devices.microphones.contains(&r.source_index))
        .map(|r| Stream { props: &r.props, client: r.client_index, side: Channel::Agent });
    let customer = plays
        .iter()
        .filter(|p| !p.corked && devices.headsets.contains(&p.sink_index))
        .map(|p| Stream { props: &p.props, client: p.client_index, side: Channel::Customer });
    let open: Vec<Stream<'_>> = agent.chain(customer).collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    // Only PipeWire's own clients need it, but nobody can tell beforehand.
    let clients: ClientInfoList = server.ask(&Command::GetClientInfoList)?;
    Ok(gather(&open, &clients))
}

fn gather(open: &[Stream<'_>], clients: &ClientInfoList) -> Vec<Holder> {
    let mut found: BTreeMap<(u32, String), Holder> = BTreeMap::new();
    for stream in open {
        let client = clients.iter().find(|c| Some(c.index) == stream.client).map(|c| &c.props);
        let Some((pid, name, binary)) = process(stream.props, client) else { continue };
        let new = || Holder { pid, name, binary: binary.clone(), ..Holder::default() };
        let holder = found.entry((pid, binary.clone())).or_insert_with(new);
        match stream.side {
            Channel::Agent => holder.microphone = true,
            Channel::Customer => holder.headset = true,
        }
    }
    found.into_values().collect()
}

/// Process, name and binary of a stream; none where it is nobody's or ours.
/// A native PipeWire stream carries no process: its client does.
fn process(stream: &Props, client: Option<&Props>) -> Option<(u32, String, String)> {
    let find = |key: &CStr| text(stream, key).or_else(|| text(client?, key));
    let pid: u32 = find(Prop::ApplicationProcessId.to_c_str())?.parse().ok().filter(|pid| 0 < *pid)?;
    if is_ours(pid) {
        return None;
    }
    let name = find(Prop::ApplicationName.to_c_str()).unwrap_or_default();
    let mut binary = find(Prop::ApplicationProcessBinary.to_c_str()).unwrap_or_default();
    if name.is_empty() && binary.is_empty() {
        binary =
            fs::read_to_string(format!("/proc/{pid}/comm")).map(|c| c.trim().to_owned()).unwrap_or_default();
    }
    Some((pid, name, binary))
}

/// This process, or another one of this program: `doctor` records and plays.
fn is_ours(pid: u32) -> bool {
    let own = || fs::read_link("/proc/self/exe").ok();
    let other = || fs::read_link(format!("/proc/{pid}/exe")).ok();
    pid == std::process::id() || own().is_some_and(|own| Some(own) == other())
}

/// A property as text without control characters; none where it is empty.
fn text(props: &Props, key: &CStr) -> Option<String> {
    let bytes = props.get_bytes(key)?;
    let text = String::from_utf8_lossy(bytes);
    let clean: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    Some(clean).filter(|c| !c.is_empty())
}

#[cfg(test)]
mod tests {
    use std::ffi::CString;

    use pulseaudio::protocol::ClientInfo;

    use super::*;

    fn props(set: &[(Prop, &str)]) -> Props {
        let mut props = Props::new();
        set.iter().for_each(|(key, value)| props.set(*key, CString::new(*value).unwrap()));
        props
    }

    const PID: Prop = Prop::ApplicationProcessId;
    const NAME: Prop = Prop::ApplicationName;
    const BINARY: Prop = Prop::ApplicationProcessBinary;

    fn stream(props: &Props, client: u32, side: Channel) -> Stream<'_> {
        Stream { props, client: Some(client), side }
    }

    #[test]
    fn two_streams_of_one_process_are_one_holder() {
        let phone = props(&[(PID, "4000001"), (NAME, "ALSA plug-in [baresip]"), (BINARY, "baresip")]);
        let open = [stream(&phone, 1, Channel::Agent), stream(&phone, 2, Channel::Customer)];
        let found = gather(&open, &Vec::new());
        assert_eq!(found.len(), 1);
        assert!(found[0].holds_both() && found[0].binary == "baresip" && found[0].pid == 4_000_001);
    }

    #[test]
    fn two_sandboxes_with_the_same_process_number_stay_apart() {
        let (one, other) = (props(&[(PID, "2"), (BINARY, "a")]), props(&[(PID, "2"), (BINARY, "b")]));
        let found =
            gather(&[stream(&one, 1, Channel::Agent), stream(&other, 2, Channel::Customer)], &Vec::new());
        assert_eq!(found.iter().filter(|h| h.holds_both()).count(), 0);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_stream_without_a_process_goes_by_its_client() {
        let (nobody, own) = (props(&[]), props(&[(PID, "4000002"), (NAME, "pw-phone")]));
        let client = ClientInfo { index: 5, props: own, ..ClientInfo::default() };
        let found = gather(&[stream(&nobody, 5, Channel::Agent)], &vec![client]);
        assert_eq!((found[0].pid, found[0].name.as_str()), (4_000_002, "pw-phone"));
    }

    #[test]
    fn remapped_devices_and_our_own_streams_are_nobody() {
        let own = std::process::id().to_string();
        for set in [vec![], vec![(PID, "0")], vec![(PID, "x")], vec![(PID, own.as_str())]] {
            let props = props(&set);
            assert_eq!(gather(&[stream(&props, 1, Channel::Agent)], &Vec::new()), [], "{set:?}");
        }
    }

    #[test]
    fn a_name_is_cut_and_carries_no_control_characters() {
        let odd = props(&[(PID, "4000003"), (NAME, &format!("a\x1b[31mb\n{}", "x".repeat(500)))]);
        let found = gather(&[stream(&odd, 1, Channel::Agent)], &Vec::new());
        assert!(found[0].name.starts_with("a[31mbxx") && found[0].name.len() == LONGEST_NAME);
    }

    #[test]
    fn a_process_without_a_name_goes_by_what_the_system_calls_it() {
        let first = props(&[(PID, "1")]);
        let found = gather(&[stream(&first, 1, Channel::Agent)], &Vec::new());
        assert_eq!(found[0].binary, fs::read_to_string("/proc/1/comm").unwrap().trim());
    }
}
