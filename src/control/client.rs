//! The client's end of the control socket: blocking, with a limit to every
//! wait, so that an order never keeps a softphone or a person waiting. Nothing
//! is kept for later: without a daemon an order is lost, and that is said.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::control::notice::Notice;
use crate::control::order::Do;
use crate::control::protocol::{Answer, Greeting, PROTOCOL, Refusal, Request, VERSION};
use crate::control::status::Status;

/// Why there is no answer, sorted by what can be done.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody serves the socket: start the daemon.
    #[error("evenkeel is not running")]
    NotRunning,
    /// The socket is another user's.
    #[error("{}: the system does not let you speak to it", path.display())]
    Forbidden {
        /// The socket.
        path: PathBuf,
    },
    /// It is there and says nothing: try again, or restart it.
    #[error("evenkeel does not answer")]
    Silent,
    /// It ended in the middle.
    #[error("evenkeel has ended")]
    Ended,
    /// It speaks another protocol: use programs of the same version.
    #[error(
        "evenkeel {theirs} speaks protocol {protocol} of its control socket, and this is evenkeel {VERSION} with protocol {PROTOCOL}"
    )]
    Protocol {
        /// Version of the daemon.
        theirs: String,
        /// Number of its protocol.
        protocol: u64,
    },
    /// What it said cannot be understood: a bug, or no evenkeel at all.
    #[error("what answers at the control socket is no evenkeel")]
    Garbled,
    /// The order was not obeyed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The socket fails.
    #[error("{}: {source}", path.display())]
    Failed {
        /// The socket.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// This system has none of these sockets.
    #[error("there are no control sockets on this system yet")]
    Unsupported,
}

/// What a watcher hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Something happened.
    Notice(Notice),
    /// So many notices were missed; the full state follows as a notice.
    Lagged(u64),
}

/// The daemon greets at once; one that is stopped never does.
const GREETING: Duration = Duration::from_secs(1);

/// An order is answered or refused within its patience, and the answer takes no
/// longer on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// Bytes of the longest line that is taken; a status takes a tenth of it.
const LONGEST: u64 = 1024 * 1024;

/// A connection to the running daemon.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<Stream>,
    path: PathBuf,
    asked: u64,
}

impl Client {
    /// Connects to the daemon whose socket is at `path`. Without one that takes
    /// no time at all.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn connect(path: &Path) -> Result<Self, ClientError> {
        let stream = Stream::connect(path).map_err(|e| refused(path, e))?;
        let mut client = Self { stream: BufReader::new(stream), path: path.to_owned(), asked: 0 };
        client.limit(Some(GREETING))?;
        let greeting = client.object()?;
        check(&greeting)?;
        Ok(client)
    }

    /// Gives an order and waits until it is obeyed.
    ///
    /// # Errors
    /// [`ClientError`], [`ClientError::Refused`] among them.
    pub fn ask(&mut self, order: &Do) -> Result<Answer, ClientError> {
        order.check()?;
        self.asked += 1;
        let line = Request::line(self.asked, order);
        self.limit(Some(order.patience() + ON_ITS_WAY))?;
        self.stream.get_mut().write_all(line.as_bytes()).map_err(|e| broken(&self.path, e))?;
        loop {
            let answer: Line = typed(self.object()?)?;
            let ours = answer.id.as_ref().is_some_and(|id| *id == self.asked);
            match (answer.ok, answer.error) {
                (Some(answer), _) if ours => return Ok(answer),
                (_, Some(refusal)) if ours || answer.id.is_none_or(|id| id.is_null()) => {
                    return Err(refusal.into());
                }
                // A notice, where this client watches already.
                (_, _) => (),
            }
        }
    }

    /// Asks for the state of things.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn status(&mut self) -> Result<Status, ClientError> {
        self.ask(&Do::Status)?.status.map(|status| *status).ok_or(ClientError::Garbled)
    }

    /// Watches from now on: returns the full state. [`Client::hear`] tells what
    /// happens after it.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn watch(&mut self) -> Result<Status, ClientError> {
        let state = self.ask(&Do::Watch)?.status.map(|status| *status).ok_or(ClientError::Garbled)?;
        self.limit(None)?;
        Ok(state)
    }

    /// What happens next; waits for it as long as it takes.
    ///
    /// # Errors
    /// [`ClientError::Ended`] once the daemon has gone.
    pub fn hear(&mut self) -> Result<Heard, ClientError> {
        loop {
            let line: Line = typed(self.object()?)?;
            if let Some(missed) = line.lagged {
                return Ok(Heard::Lagged(missed));
            }
            // What a later version tells and this one does not know is left out.
            if let Some(Ok(notice)) = line.notice.map(serde_json::from_value) {
                return Ok(Heard::Notice(notice));
            }
        }
    }

    /// The longest wait for the next line.
    fn limit(&mut self, limit: Option<Duration>) -> Result<(), ClientError> {
        self.stream.get_ref().limit(limit).map_err(|e| broken(&self.path, e))
    }

    fn object(&mut self) -> Result<Map<String, Value>, ClientError> {
        let mut line = Vec::new();
        let mut limited = self.stream.by_ref().take(LONGEST);
        limited.read_until(b'\n', &mut line).map_err(|e| broken(&self.path, e))?;
        if line.is_empty() {
            return Err(ClientError::Ended);
        }
        serde_json::from_slice(&line).map_err(|_| ClientError::Garbled)
    }
}

/// Any line but the greeting. A later version may tell more.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    id: Option<Value>,
    ok: Option<Answer>,
    error: Option<Refusal>,
    notice: Option<Value>,
    lagged: Option<u64>,
}

fn typed(fields: Map<String, Value>) -> Result<Line, ClientError> {
    serde_json::from_value(Value::Object(fields)).map_err(|_| ClientError::Garbled)
}

/// Another number of the protocol is no fault of the line.
fn check(greeting: &Map<String, Value>) -> Result<(), ClientError> {
    let theirs = greeting.get("evenkeel").and_then(Value::as_str).ok_or(ClientError::Garbled)?;
    let protocol = greeting.get("protocol").and_then(Value::as_u64).ok_or(ClientError::Garbled)?;
    if protocol == u64::from(Greeting::ours().protocol) {
        Ok(())
    } else {
        let theirs = theirs.chars().filter(|c| !c.is_control()).take(40).collect();
        Err(ClientError::Protocol { theirs, protocol })
    }
}

/// Why there is no connection.
fn refused(path: &Path, error: io::Error) -> ClientError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => ClientError::NotRunning,
        ErrorKind::PermissionDenied => ClientError::Forbidden { path: path.to_owned() },
        ErrorKind::Unsupported => ClientError::Unsupported,
        _ => ClientError::Failed { path: path.to_owned(), source: error },
    }
}

/// Why a connection is of no use any more.
fn broken(path: &Path, error: io::Error) -> ClientError {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => ClientError::Silent,
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => ClientError::Ended,
        _ => ClientError::Failed { path: path.to_owned(), source: error },
    }
}

#[cfg(unix)]
mod stream {
    use std::io;
    use std::os::unix::net::UnixStream;
    use std::path::Path;
    use std::time::Duration;

    /// The socket.
    #[derive(Debug)]
    pub(super) struct Stream(UnixStream);

    impl Stream {
        pub(super) fn connect(path: &Path) -> io::Result<Self> {
            UnixStream::connect(path).map(Self)
        }

        pub(super) fn limit(&self, limit: Option<Duration>) -> io::Result<()> {
            self.0.set_read_timeout(limit)?;
            self.0.set_write_timeout(limit)
        }
    }

    impl io::Read for Stream {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl io::Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }
}

#[cfg(not(unix))]
mod stream {
    use std::io;
    use std::path::Path;
    use std::time::Duration;

    /// There is none here yet.
    #[derive(Debug)]
    pub(super) enum Stream {}

    impl Stream {
        pub(super) fn connect(_path: &Path) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(super) fn limit(&self, _limit: Option<Duration>) -> io::Result<()> {
            match *self {}
        }
    }

    impl io::Read for Stream {
        fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
            match *self {}
        }
    }

    impl io::Write for Stream {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            match *self {}
        }

        fn flush(&mut self) -> io::Result<()> {
            match *self {}
        }
    }
}

use stream::Stream;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn greeted(greeting: Value) -> Result<(), ClientError> {
        let Value::Object(greeting) = greeting else { panic!("greeting") };
        check(&greeting)
    }

    #[test]
    fn another_protocol_is_named_with_ours() {
        assert!(greeted(json!({ "evenkeel": "0.1.0", "protocol": 1 })).is_ok());
        let told = greeted(json!({ "evenkeel": "9.0\u{1b}", "protocol": 2 })).unwrap_err().to_string();
        assert!(
            told.contains("evenkeel 9.0 speaks protocol 2") && told.contains("with protocol 1"),
            "{told}"
        );
    }

    #[test]
    fn what_greets_otherwise_is_no_evenkeel() {
        for greeting in [json!({}), json!({ "evenkeel": 1, "protocol": 1 }), json!({ "evenkeel": "1" })] {
            assert!(matches!(greeted(greeting), Err(ClientError::Garbled)));
        }
    }

    #[test]
    fn without_a_daemon_it_says_so_at_once() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Client::connect(&folder.path().join("ctl.sock")), Err(ClientError::NotRunning)));
    }
}
