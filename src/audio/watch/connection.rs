//! One connection to the sound server: questions, answers, and the word that
//! something has changed. The library's own client can list no streams, so its
//! protocol types are spoken here over a plain socket. A frame is read whole
//! before it is looked at, for an event may come between question and answer.

use std::ffi::CString;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use pulseaudio::protocol::{self as pulse, Command, ProtocolError, PulseError, SubscriptionEventFacility};

use super::Why;
use super::place::Place;

/// The server has this long for an answer, and for the rest of a frame that has begun.
const ANSWER: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 5 });

/// No honest frame is longer, bytes: the protocol's own limit.
const LONGEST: usize = pulse::MAX_MEMBLOCKQ_LENGTH;

/// The oldest version that says whether a stream is corked.
const OLDEST: u16 = 19;

/// What has changed since it was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::audio) struct Changed {
    /// Streams were opened, closed, moved or corked.
    pub(in crate::audio) streams: bool,
    /// Devices came or went, or another one is the default.
    pub(in crate::audio) devices: bool,
}

#[derive(Debug)]
pub(in crate::audio) struct Connection {
    socket: UnixStream,
    version: u16,
    number: u32,
    patience: Duration,
    changed: Changed,
}

struct Frame {
    number: u32,
    command: Command,
    whole: Vec<u8>,
}

impl Connection {
    /// Connects and says who we are.
    pub(in crate::audio) fn open(place: &Place) -> Result<Self, Why> {
        Self::open_within(place, ANSWER)
    }

    /// The same with a server that has so long for each answer.
    pub(in crate::audio) fn open_within(place: &Place, patience: Duration) -> Result<Self, Why> {
        let socket = UnixStream::connect(place.socket()?).map_err(|e| refusal(&e))?;
        socket.set_write_timeout(Some(patience)).map_err(|e| broken(&e))?;
        let (version, changed) = (pulse::MAX_VERSION, Changed::default());
        let mut new = Self { socket, version, number: 0, patience, changed };
        new.greet(place.cookie())?;
        Ok(new)
    }

    /// Its socket and the version that was agreed on, for a stream: from its first sample
    /// on nothing else is asked here.
    pub(in crate::audio) fn into_socket(self) -> (UnixStream, u16) {
        (self.socket, self.version)
    }

    /// The same socket, to end the waiting from another thread.
    pub(in crate::audio) fn handle(&self) -> Result<UnixStream, Why> {
        self.socket.try_clone().map_err(|e| broken(&e))
    }

    fn greet(&mut self, cookie: Vec<u8>) -> Result<(), Why> {
        let (version, shm) = (pulse::MAX_VERSION, false);
        let auth = pulse::AuthParams { version, supports_shm: shm, supports_memfd: shm, cookie };
        // A server that does not like the cookie just hangs up.
        let answer: pulse::AuthReply = self.ask(&Command::Auth(auth)).map_err(|why| match why {
            Why::Closed => Why::Refused,
            other => other,
        })?;
        self.version = pulse::MAX_VERSION.min(answer.version);
        if self.version < OLDEST {
            return Err(Why::Malformed);
        }
        let mut props = pulse::Props::new();
        props.set(pulse::Prop::ApplicationName, c"evenkeel");
        let pid = CString::new(std::process::id().to_string()).unwrap_or_default();
        props.set(pulse::Prop::ApplicationProcessId, pid);
        self.ask::<pulse::SetClientNameReply>(&Command::SetClientName(props))?;
        Ok(())
    }

    /// Asks to be told about streams, devices and defaults from now on.
    pub(in crate::audio) fn subscribe(&mut self) -> Result<(), Why> {
        use pulse::SubscriptionMask as Mask;
        let mask = Mask::SINK_INPUT | Mask::SOURCE_OUTPUT | Mask::SINK | Mask::SOURCE | Mask::SERVER;
        self.order(&Command::Subscribe(mask))
    }

    /// Asks to be told about sources alone: streams come and go many times as often.
    pub(in crate::audio) fn subscribe_to_sources(&mut self) -> Result<(), Why> {
        self.order(&Command::Subscribe(pulse::SubscriptionMask::SOURCE))
    }

    /// Asks and waits for the answer.
    pub(in crate::audio) fn ask<T: pulse::CommandReply>(&mut self, question: &Command) -> Result<T, Why> {
        self.try_ask(question)?.map_err(denied)
    }

    /// Asks for what may be denied, and waits for the answer.
    pub(in crate::audio) fn try_ask<T: pulse::CommandReply>(
        &mut self,
        question: &Command,
    ) -> Result<Result<T, PulseError>, Why> {
        let frame = match self.answer(question)? {
            Ok(frame) => frame,
            Err(why) => return Ok(Err(why)),
        };
        let answer = pulse::read_reply_message::<T>(&mut &frame.whole[..], self.version);
        answer.map(|(_, answer)| Ok(answer)).map_err(|e| wrong(&e))
    }

    /// Has something done, and waits until it is.
    fn order(&mut self, command: &Command) -> Result<(), Why> {
        self.request(command).map(drop)
    }

    /// Has something done without waiting for it; the number that the answer will have.
    pub(in crate::audio) fn tell(&mut self, command: &Command) -> Result<u32, Why> {
        self.number = self.number.wrapping_add(1);
        let sent = pulse::write_command_message(&mut self.socket, self.number, command, self.version);
        sent.map(|()| self.number).map_err(|e| wrong(&e))
    }

    /// Sends sound to be played by the stream with this number.
    pub(in crate::audio) fn send(&mut self, channel: u32, sound: &[u8]) -> Result<(), Why> {
        let length = u32::try_from(sound.len()).map_err(|_| Why::Malformed)?;
        let flags = pulse::DescriptorFlags::empty();
        let mut head = [0; pulse::DESCRIPTOR_SIZE];
        pulse::encode_descriptor(&mut head, &pulse::Descriptor { length, channel, offset: 0, flags });
        self.socket.write_all(&head).and_then(|()| self.socket.write_all(sound)).map_err(|e| broken(&e))
    }

    /// What has changed since the last call of this.
    pub(in crate::audio) fn changed(&mut self) -> Changed {
        std::mem::take(&mut self.changed)
    }

    /// Sleeps until the server tells something, for as long as it takes.
    pub(in crate::audio) fn wait(&mut self) -> Result<(), Why> {
        let frame = self.frame(None)?;
        self.note(&frame.command);
        Ok(())
    }

    fn request(&mut self, question: &Command) -> Result<Frame, Why> {
        self.answer(question)?.map_err(denied)
    }

    fn answer(&mut self, question: &Command) -> Result<Result<Frame, PulseError>, Why> {
        self.tell(question)?;
        loop {
            let frame = self.frame(Some(self.patience))?;
            match frame.command {
                Command::Reply if frame.number == self.number => return Ok(Ok(frame)),
                Command::Error(why) if frame.number == self.number => return Ok(Err(why)),
                ref other => self.note(other),
            }
        }
    }

    fn note(&mut self, told: &Command) {
        let Command::SubscribeEvent(event) = told else { return };
        match event.event_facility {
            SubscriptionEventFacility::SinkInput | SubscriptionEventFacility::SourceOutput => {
                self.changed.streams = true;
            }
            SubscriptionEventFacility::Sink
            | SubscriptionEventFacility::Source
            | SubscriptionEventFacility::Server => {
                self.changed.devices = true;
            }
            SubscriptionEventFacility::Module
            | SubscriptionEventFacility::Client
            | SubscriptionEventFacility::SampleCache
            | SubscriptionEventFacility::Autoload
            | SubscriptionEventFacility::Card => (),
        }
    }

    /// One whole frame. Its first byte may take `patience`, the rest may not.
    fn frame(&mut self, patience: Option<Duration>) -> Result<Frame, Why> {
        let mut whole = vec![0; pulse::DESCRIPTOR_SIZE];
        self.read(&mut whole[..1], patience)?;
        self.read(&mut whole[1..], Some(self.patience))?;
        let descriptor = pulse::read_descriptor(&mut &whole[..]).map_err(|e| wrong(&e))?;
        let length = usize::try_from(descriptor.length).unwrap_or(usize::MAX);
        if LONGEST < length {
            return Err(Why::Malformed);
        }
        whole.resize(pulse::DESCRIPTOR_SIZE + length, 0);
        self.read(&mut whole[pulse::DESCRIPTOR_SIZE..], Some(self.patience))?;
        let body = &mut &whole[pulse::DESCRIPTOR_SIZE..];
        match Command::read_tag_prefixed(body, self.version) {
            Ok((number, command)) => Ok(Frame { number, command, whole }),
            // Something that this version of the library does not know, and nobody asked for.
            Err(ProtocolError::Unimplemented(number, _)) => {
                Ok(Frame { number, command: Command::Timeout, whole })
            }
            Err(e) => Err(wrong(&e)),
        }
    }

    fn read(&mut self, into: &mut [u8], patience: Option<Duration>) -> Result<(), Why> {
        self.socket.set_read_timeout(patience).map_err(|e| broken(&e))?;
        self.socket.read_exact(into).map_err(|e| broken(&e))
    }
}

/// Why there is no connection.
fn refusal(error: &io::Error) -> Why {
    if error.kind() == ErrorKind::PermissionDenied { Why::Refused } else { Why::Missing }
}

/// Why a connection ended.
fn broken(error: &io::Error) -> Why {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Why::Silent,
        // Whatever else ends a socket ends it for good.
        _ => Why::Closed,
    }
}

fn wrong(error: &ProtocolError) -> Why {
    match error {
        ProtocolError::Io(e) if e.kind() == ErrorKind::UnexpectedEof => Why::Malformed,
        ProtocolError::Io(e) => broken(e),
        ProtocolError::ServerError(e) => denied(*e),
        ProtocolError::UnsupportedVersion(_)
        | ProtocolError::UnexpectedCommand(_)
        | ProtocolError::Invalid(_)
        | ProtocolError::Unimplemented(..)
        | ProtocolError::Timeout => Why::Malformed,
    }
}

fn denied(error: PulseError) -> Why {
    match error {
        PulseError::AccessDenied | PulseError::AuthKey | PulseError::ConnectionRefused => Why::Refused,
        // Nothing that is asked here can be answered by any other.
        _ => Why::Malformed,
    }
}
