//! The watcher against a server of the test's own, which speaks the protocol
//! well or badly.

use std::ffi::CString;
use std::fs;
use std::io::{BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};
use pulseaudio::protocol::{self as pulse, Command, Prop, Props};
use tempfile::TempDir;

use super::*;

/// How the server treats the next connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Proper,
    /// Hangs up on the greeting, as PulseAudio does with a wrong cookie.
    HangUp,
    /// Answers with something else.
    Garbage,
    /// Announces a frame of four gigabytes.
    Huge,
    /// Stops in the middle of a frame and hangs up.
    Cut,
    /// Answers one question with values that cannot be.
    Poison,
    /// Never answers.
    Mute,
}

/// What the server shows.
#[derive(Debug)]
struct World {
    manner: Manner,
    default_source: &'static str,
    /// Process, source or sink, corked.
    records: Vec<(u32, u32, bool)>,
    plays: Vec<(u32, u32, bool)>,
    clients: Vec<UnixStream>,
}

struct Server {
    folder: TempDir,
    world: Arc<Mutex<World>>,
    seen: Receiver<Seen>,
    watch: Option<Watch>,
}

/// Sources and sinks that it has.
const MIC: u32 = 3;
const OTHER_MIC: u32 = 5;
const MONITOR: u32 = 4;
const SINK: u32 = 7;
const PHONE: u32 = 4_100_007;

impl Server {
    fn start(manner: Manner) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = World {
            manner,
            default_source: "mic",
            records: Vec::new(),
            plays: Vec::new(),
            clients: Vec::new(),
        };
        let world = Arc::new(Mutex::new(world));
        let (socket, cookie) = (folder.path().join("native"), folder.path().join("cookie"));
        fs::write(&cookie, [7; 256]).unwrap();
        let listener = UnixListener::bind(&socket).unwrap();
        let shared = Arc::clone(&world);
        thread::spawn(move || {
            for client in listener.incoming() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(client.unwrap(), &shared));
            }
        });
        let (out, seen) = bounded(16);
        let watch = spawn_at(Place::At { socket, cookie }, Selection::default(), out);
        Self { folder, world, seen, watch: Some(watch) }
    }

    fn next(&self) -> Seen {
        self.seen.recv_timeout(Duration::from_secs(20)).expect("nothing was told for 20 s")
    }

    /// The holders told next, as process and sides.
    fn holders(&self) -> Vec<(u32, bool, bool)> {
        match self.next() {
            Seen::Holders(held) => held.iter().map(|h| (h.pid, h.microphone, h.headset)).collect(),
            other => panic!("expected holders: {other:?}"),
        }
    }

    /// Changes what is so and tells the watcher that something did.
    fn change(&self, what: pulse::SubscriptionEventFacility, change: impl FnOnce(&mut World)) {
        let mut world = self.world.lock().unwrap();
        change(&mut world);
        let event = pulse::SubscriptionEvent {
            event_facility: what,
            event_type: pulse::SubscriptionEventType::Changed,
            index: Some(1),
        };
        for client in &mut world.clients {
            let _ = pulse::write_command_message(client, u32::MAX, &Command::SubscribeEvent(event), 35);
        }
    }

    fn streams(&self, change: impl FnOnce(&mut World)) {
        self.change(pulse::SubscriptionEventFacility::SinkInput, change);
    }

    fn hang_up(&self, manner: Manner) {
        let mut world = self.world.lock().unwrap();
        world.manner = manner;
        world.clients.drain(..).for_each(|c| c.shutdown(std::net::Shutdown::Both).unwrap());
    }
}

fn serve(mut client: UnixStream, world: &Mutex<World>) {
    let mut input = BufReader::new(client.try_clone().unwrap());
    while let Ok((number, question)) = pulse::read_command_message(&mut input, 35) {
        let mut world = world.lock().unwrap();
        let done = match world.manner {
            Manner::Proper => answer(&mut client, number, &question, &mut world),
            Manner::HangUp => return,
            Manner::Garbage => client.write_all(&[0xff; 4096]).map_err(Into::into),
            Manner::Huge => client.write_all(&[0xff, 0xff, 0xff, 0xf0].repeat(6)).map_err(Into::into),
            Manner::Cut => {
                let _ = client.write_all(&[0, 0, 0, 90, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0]);
                return;
            }
            Manner::Poison => poison(&mut client, number, &question, &mut world),
            Manner::Mute => Ok(()),
        };
        if done.is_err() {
            return;
        }
    }
}

/// A channel map with more channels than there are.
fn poison(
    client: &mut UnixStream,
    number: u32,
    question: &Command,
    world: &mut World,
) -> Result<(), pulse::ProtocolError> {
    if *question != Command::GetServerInfo {
        return answer(client, number, question, world);
    }
    let mut body = vec![b'L', 0, 0, 0, 2, b'L'];
    body.extend(number.to_be_bytes());
    body.extend([b'N'; 4]);
    body.extend([b'a', 3, 2, 0, 0, 0xbb, 0x80, b'N', b'N', b'L', 0, 0, 0, 0, b'm', 200]);
    body.extend([0; 200]);
    let descriptor = pulse::Descriptor {
        length: body.len() as u32,
        channel: u32::MAX,
        offset: 0,
        flags: pulse::DescriptorFlags::empty(),
    };
    pulse::write_descriptor(client, &descriptor)?;
    Ok(client.write_all(&body)?)
}

fn answer(
    client: &mut UnixStream,
    number: u32,
    question: &Command,
    world: &mut World,
) -> Result<(), pulse::ProtocolError> {
    let source = |index, name: &str, of| pulse::SourceInfo {
        index,
        name: CString::new(name).unwrap(),
        monitor_of_sink_index: of,
        ..pulse::SourceInfo::default()
    };
    match question {
        Command::Auth(auth) if auth.cookie.len() == 256 => {
            let reply = pulse::AuthReply { version: 35, use_memfd: false, use_shm: false };
            pulse::write_reply_message(client, number, &reply, 35)
        }
        Command::SetClientName(_) => {
            pulse::write_reply_message(client, number, &pulse::SetClientNameReply { client_id: 1 }, 35)
        }
        Command::Subscribe(_) => {
            world.clients.push(client.try_clone().unwrap());
            pulse::write_ack_message(client, number)
        }
        Command::GetServerInfo => {
            let info = pulse::ServerInfo {
                default_sink_name: Some(c"sink".to_owned()),
                default_source_name: Some(CString::new(world.default_source).unwrap()),
                ..pulse::ServerInfo::default()
            };
            pulse::write_reply_message(client, number, &info, 35)
        }
        Command::GetSourceInfoList => {
            let list = vec![
                source(MIC, "mic", None),
                source(MONITOR, "sink.monitor", Some(SINK)),
                source(OTHER_MIC, "other", None),
            ];
            pulse::write_reply_message(client, number, &list, 35)
        }
        Command::GetSinkInfoList => {
            let mut sink = pulse::SinkInfo::new_dummy(SINK);
            sink.name = c"sink".to_owned();
            pulse::write_reply_message(client, number, &vec![sink], 35)
        }
        Command::GetSourceOutputInfoList => {
            let list: Vec<_> = world.records.iter().map(|r| record(*r)).collect();
            pulse::write_reply_message(client, number, &list, 35)
        }
        Command::GetSinkInputInfoList => {
            let list: Vec<_> = world.plays.iter().map(|p| play(*p)).collect();
            pulse::write_reply_message(client, number, &list, 35)
        }
        Command::GetClientInfoList => {
            pulse::write_reply_message(client, number, &pulse::ClientInfoList::new(), 35)
        }
        _ => pulse::write_error(client, number, &pulse::PulseError::AccessDenied),
    }
}

fn props(pid: u32) -> Props {
    let mut props = Props::new();
    props.set(Prop::ApplicationProcessId, CString::new(pid.to_string()).unwrap());
    props.set(Prop::ApplicationProcessBinary, CString::new("baresip").unwrap());
    props
}

fn record((pid, source_index, corked): (u32, u32, bool)) -> pulse::SourceOutputInfo {
    pulse::SourceOutputInfo { source_index, corked, props: props(pid), ..pulse::SourceOutputInfo::default() }
}

fn play((pid, sink_index, corked): (u32, u32, bool)) -> pulse::SinkInputInfo {
    pulse::SinkInputInfo { sink_index, corked, props: props(pid), ..pulse::SinkInputInfo::default() }
}

#[test]
fn what_is_held_is_told_once_and_again_when_it_changes() {
    let server = Server::start(Manner::Proper);
    assert_eq!(server.holders(), []);
    server.streams(|w| w.plays.push((PHONE, SINK, false)));
    assert_eq!(server.holders(), [(PHONE, false, true)]);
    // A change of nothing that matters: the next news is the one after it.
    server.streams(|w| w.records.push((PHONE, OTHER_MIC, false)));
    server.streams(|w| w.records.push((PHONE, MIC, false)));
    assert_eq!(server.holders(), [(PHONE, true, true)]);
}

#[test]
fn a_corked_stream_is_not_open() {
    let server = Server::start(Manner::Proper);
    assert_eq!(server.holders(), []);
    server.streams(|w| w.records = vec![(PHONE, MIC, true)]);
    server.streams(|w| w.plays = vec![(PHONE, SINK, false)]);
    assert_eq!(server.holders(), [(PHONE, false, true)]);
}

#[test]
fn another_default_is_followed_but_a_monitor_is_no_microphone() {
    let server = Server::start(Manner::Proper);
    assert_eq!(server.holders(), []);
    server.streams(|w| w.records = vec![(PHONE, OTHER_MIC, false), (PHONE + 1, MONITOR, false)]);
    server.change(pulse::SubscriptionEventFacility::Server, |w| w.default_source = "other");
    assert_eq!(server.holders(), [(PHONE, true, false)]);
    server.change(pulse::SubscriptionEventFacility::Server, |w| w.default_source = "sink.monitor");
    assert_eq!(server.holders(), []);
}

#[test]
fn another_selection_is_taken_without_a_word_of_loss() {
    let server = Server::start(Manner::Proper);
    assert_eq!(server.holders(), []);
    server.streams(|w| w.records = vec![(PHONE, OTHER_MIC, false)]);
    let both = ["default", "pulseaudio:oth*"].map(str::to_owned).to_vec();
    server.watch.as_ref().unwrap().select(Selection { microphones: both, ..Selection::default() });
    assert_eq!(server.holders(), [(PHONE, true, false)]);
}

#[test]
fn a_server_that_goes_away_is_told_once_and_found_again() {
    let server = Server::start(Manner::Proper);
    assert_eq!(server.holders(), []);
    // It hangs up twice more before it is itself again.
    server.hang_up(Manner::HangUp);
    assert_eq!(server.next(), Seen::Gone { why: Why::Closed });
    server.hang_up(Manner::Proper);
    assert_eq!(server.next(), Seen::Back);
    assert_eq!(server.holders(), []);
}

#[test]
fn whatever_a_server_sends_ends_the_connection_and_never_the_thread() {
    let odd = [
        (Manner::HangUp, Why::Refused),
        (Manner::Garbage, Why::Malformed),
        (Manner::Huge, Why::Malformed),
        (Manner::Cut, Why::Refused),
        (Manner::Poison, Why::Malformed),
        (Manner::Mute, Why::Silent),
    ];
    let servers = odd.map(|(manner, why)| (manner, why, Server::start(manner)));
    for (manner, why, server) in &servers {
        assert_eq!(server.next(), Seen::Gone { why: *why }, "{manner:?}");
        server.hang_up(Manner::Proper);
    }
    for (manner, _, server) in &servers {
        assert_eq!(server.next(), Seen::Back, "{manner:?}");
        assert!(server.watch.as_ref().unwrap().is_running());
    }
}

#[test]
fn a_machine_without_a_sound_server_is_told_so() {
    let (out, seen) = bounded(16);
    let place = Place::At { socket: "/nowhere/native".into(), cookie: "/nowhere/cookie".into() };
    let watch = spawn_at(place, Selection::default(), out);
    let told = seen.recv_timeout(Duration::from_secs(20));
    assert_eq!(told, Ok(Seen::Gone { why: Why::Missing }));
    assert!(watch.is_running());
}

#[test]
fn the_thread_ends_with_its_handle_wherever_it_waits() {
    let mut server = Server::start(Manner::Proper);
    assert_eq!(server.holders(), []);
    server.watch = None;
    let closed = server.seen.recv_timeout(Duration::from_secs(20));
    assert_eq!(closed, Err(crossbeam_channel::RecvTimeoutError::Disconnected));
    // While it waits for its next attempt, too.
    let mut server = Server::start(Manner::HangUp);
    assert!(matches!(server.next(), Seen::Gone { .. }));
    server.watch = None;
    assert!(server.seen.recv_timeout(Duration::from_secs(20)).is_err());
    assert!(server.folder.path().exists());
}
