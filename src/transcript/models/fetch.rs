//! Gets a model from where it was published. The one thing in the program that
//! ever leaves this machine, and only when it is asked for: an address is
//! asked for a file, and nothing else is said. What was cut off goes on where
//! it stopped; nothing gets a name before its check sum is right.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use ureq::Agent;
use ureq::http::{Response, header};

use crate::transcript::models::digest::Sum;
use crate::transcript::models::fault::ModelFault;
use crate::transcript::models::library::Library;
use crate::transcript::models::manifest::{Known, Purpose};
use crate::transcript::models::part::{make_folder, place, private, too_little};
use crate::transcript::models::record::Record;
use crate::transcript::models::silero::validate_detector;
use crate::transcript::models::sniff;
use crate::transcript::models::validate::validate;

/// Bytes read at once.
const BUFFER: usize = 1 << 16;

/// Times that a download is taken up again without having got any further.
const TRIES: u32 = 4;

/// How long a server may take to be reached.
const CONNECT: Duration = Duration::from_secs(30);

/// How long a server may say nothing.
const SILENCE: Duration = Duration::from_secs(60);

/// Why a model was not fetched.
#[derive(Debug, Error)]
pub enum FetchError {
    /// Another process fetches it.
    #[error("{0}: is being fetched by another process")]
    Busy(String),
    /// What was given is no address.
    #[error("`{0}` is no address, expected one that begins with https:// or http://")]
    Address(String),
    /// Nobody answered.
    #[error("{address}: {what}")]
    Unreachable {
        /// Where it was asked for.
        address: String,
        /// What the network says.
        what: String,
    },
    /// Somebody answered, and has no such file to give.
    #[error("{address}: the server answers {status}")]
    Refused {
        /// Where it was asked for.
        address: String,
        /// HTTP's number.
        status: u16,
    },
    /// A file of another size.
    #[error("{address}: the file has {found} bytes, expected {expected}")]
    Length {
        /// Where it was asked for.
        address: String,
        /// Bytes there.
        found: u64,
        /// Bytes of the published one.
        expected: u64,
    },
    /// The connection was lost, again and again.
    #[error("{address}: the connection was lost after {done} of {of} bytes")]
    Interrupted {
        /// Where it was asked for.
        address: String,
        /// Bytes that are there.
        done: u64,
        /// Bytes in all.
        of: u64,
    },
    /// What came is no model, or not the published one.
    #[error("{address}: {fault}")]
    Model {
        /// Where it was asked for.
        address: String,
        /// Why.
        fault: ModelFault,
    },
    /// It would not fit on the disk.
    #[error("{}: {free} bytes are free, {needed} are needed", folder.display())]
    Room {
        /// Where it would go.
        folder: PathBuf,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// It cannot be written.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl FetchError {
    /// The way out, as one sentence for the user.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Busy(_) => "wait for it, or end it",
            Self::Address(_) => "give the address of the file, or of the folder in which it lies",
            Self::Unreachable { .. } => {
                "check the network, and HTTPS_PROXY if there is a proxy; without a network, `evenkeel model import` takes a file"
            }
            Self::Refused { .. } | Self::Length { .. } | Self::Model { .. } => {
                "try another source with `--from`, or bring a file in with `evenkeel model import`"
            }
            Self::Interrupted { .. } => "give the same command again: it goes on where it stopped",
            Self::Room { .. } => "make room, or remove a model with `evenkeel model rm`",
            Self::Write { .. } => "check the folder, its permissions and the space on its disk",
        }
    }
}

/// The address of a model: where it was published, or with `from` a file or a
/// folder elsewhere.
pub fn address(known: &Known, from: Option<&str>) -> String {
    match from {
        None => known.source.clone(),
        Some(from) if from.ends_with(".bin") => from.to_owned(),
        Some(folder) => format!("{}/{}", folder.trim_end_matches('/'), known.file()),
    }
}

/// Fetches a model into the library, over what has its name. `pause` is waited
/// before a lost connection is taken up again, a little longer each time.
/// `progress` is told the bytes that are there.
///
/// # Errors
/// Where it cannot be had, is not what was published, or cannot be written.
/// What came so far stays, if it may still become the model.
pub fn fetch(
    library: &Library,
    known: &Known,
    address: &str,
    pause: Duration,
    progress: &mut dyn FnMut(u64),
) -> Result<(), FetchError> {
    let begins = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
    if !begins {
        return Err(FetchError::Address(address.to_owned()));
    }
    let mut download = Download::begin(library, known, address)?;
    download.run(pause, progress)?;
    download.finish(&library.path(&known.name))
}

/// A file that is on its way.
struct Download<'a> {
    known: &'a Known,
    address: &'a str,
    path: PathBuf,
    /// Locked while this lives.
    file: File,
    /// Bytes of it that are there.
    done: u64,
}

/// How an attempt ended.
enum Attempt {
    Complete,
    /// The connection was lost.
    Cut,
}

impl<'a> Download<'a> {
    fn begin(library: &Library, known: &'a Known, address: &'a str) -> Result<Self, FetchError> {
        let folder = library.folder();
        let path = folder.join(format!("{}.part", known.file()));
        let fail = |path: &Path, error| FetchError::Write { path: path.to_owned(), error };
        make_folder(folder).map_err(|e| fail(folder, e))?;
        let mut options = OpenOptions::new();
        let options = private(options.create(true).truncate(false).read(true).write(true));
        let file = options.open(&path).map_err(|e| fail(&path, e))?;
        file.try_lock().map_err(|_| FetchError::Busy(known.name.clone()))?;
        let mut done = file.metadata().map_err(|e| fail(&path, e))?.len();
        if known.bytes < done {
            file.set_len(0).map_err(|e| fail(&path, e))?;
            done = 0;
        }
        let needed = known.bytes - done;
        match too_little(folder, needed) {
            Some(free) => Err(FetchError::Room { folder: folder.to_owned(), needed, free }),
            None => Ok(Self { known, address, path, file, done }),
        }
    }

    fn write_failed(&self, error: io::Error) -> FetchError {
        FetchError::Write { path: self.path.clone(), error }
    }

    fn refused(&self, fault: ModelFault) -> FetchError {
        FetchError::Model { address: self.address.to_owned(), fault }
    }

    fn unreachable(&self, error: &ureq::Error) -> FetchError {
        FetchError::Unreachable { address: self.address.to_owned(), what: error.to_string() }
    }

    fn run(&mut self, pause: Duration, progress: &mut dyn FnMut(u64)) -> Result<(), FetchError> {
        let agent = agent();
        let mut tries = 0;
        while self.done < self.known.bytes {
            let before = self.done;
            if let Attempt::Complete = self.attempt(&agent, progress)? {
                break;
            }
            tries = if before < self.done { 0 } else { tries + 1 };
            if TRIES <= tries {
                let (address, done, of) = (self.address.to_owned(), self.done, self.known.bytes);
                return Err(FetchError::Interrupted { address, done, of });
            }
            std::thread::sleep(pause * (tries + 1));
        }
        Ok(())
    }

    fn attempt(&mut self, agent: &Agent, progress: &mut dyn FnMut(u64)) -> Result<Attempt, FetchError> {
        let mut request = agent.get(self.address);
        if 0 < self.done {
            request = request.header(header::RANGE, format!("bytes={}-", self.done));
        }
        let response = match request.call() {
            Ok(response) => response,
            // It was reached before: it may be again.
            Err(_) if 0 < self.done => return Ok(Attempt::Cut),
            Err(error) => return Err(self.unreachable(&error)),
        };
        if !self.accept(&response)? {
            return Ok(Attempt::Cut);
        }
        self.receive(response.into_body().into_reader(), progress)
    }

    /// Whether what follows is what is still missing. Goes back to the start
    /// where the server begins there.
    fn accept<B>(&mut self, response: &Response<B>) -> Result<bool, FetchError> {
        let address = || self.address.to_owned();
        match response.status().as_u16() {
            200 => {
                self.check_answer(response)?;
                self.start_over()?;
                Ok(true)
            }
            206 if continues(response, self.done, self.known.bytes) => Ok(true),
            // It goes on somewhere else, or nowhere: from the start, then.
            206 | 416 => {
                self.start_over()?;
                Ok(false)
            }
            // Too busy, or broken for the moment.
            status @ (429 | 500..=599) if 0 < self.done => {
                tracing::info!(status, "the server cannot go on now");
                Ok(false)
            }
            status => Err(FetchError::Refused { address: address(), status }),
        }
    }

    /// A page instead of a file, or a file of another size, is not even begun.
    fn check_answer<B>(&self, response: &Response<B>) -> Result<(), FetchError> {
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        if text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html")) {
            return Err(self.refused(ModelFault::WebPage));
        }
        let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        match length {
            Some(found) if found != self.known.bytes => {
                let (address, expected) = (self.address.to_owned(), self.known.bytes);
                Err(FetchError::Length { address, found, expected })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn start_over(&mut self) -> Result<(), FetchError> {
        self.done = 0;
        self.file.set_len(0).map_err(|e| self.write_failed(e))
    }

    fn receive(&mut self, mut body: impl Read, progress: &mut dyn FnMut(u64)) -> Result<Attempt, FetchError> {
        self.file.seek(SeekFrom::Start(self.done)).map_err(|e| self.write_failed(e))?;
        let mut buffer = vec![0; BUFFER];
        while self.done < self.known.bytes {
            let Ok(read @ 1..) = body.read(&mut buffer) else { return Ok(Attempt::Cut) };
            let bytes = &buffer[..read];
            if self.done == 0 {
                self.check_head(bytes)?;
            }
            let left = usize::try_from(self.known.bytes - self.done).unwrap_or(usize::MAX);
            if left < read {
                let (address, expected) = (self.address.to_owned(), self.known.bytes);
                return Err(FetchError::Length { address, found: self.done + read as u64, expected });
            }
            self.file.write_all(bytes).map_err(|e| self.write_failed(e))?;
            self.done += read as u64;
            progress(self.done);
        }
        Ok(Attempt::Complete)
    }

    /// The first bytes of a model, or the download ends here.
    fn check_head(&self, bytes: &[u8]) -> Result<(), FetchError> {
        let magic = crate::transcript::models::layout::MAGIC.to_le_bytes();
        let same = bytes.iter().zip(magic).all(|(byte, expected)| *byte == expected);
        if same { Ok(()) } else { Err(self.refused(sniff::refusal(bytes))) }
    }

    /// Compares it with what was published, and gives it its name.
    fn finish(mut self, to: &Path) -> Result<(), FetchError> {
        self.file.flush().and_then(|()| self.file.sync_all()).map_err(|e| self.write_failed(e))?;
        let sum = Sum::of_file(&self.path, &mut |_| ()).map_err(|e| self.write_failed(e))?;
        let fault = if sum == self.known.sha256 {
            let checked = match self.known.purpose {
                Purpose::Whisper => validate(&self.path).map(|_| ()),
                Purpose::Silero => validate_detector(&self.path),
            };
            checked.err()
        } else {
            Some(ModelFault::Digest { found: sum.to_string(), expected: self.known.sha256.to_string() })
        };
        if let Some(fault) = fault {
            // What is wrong to the end cannot be gone on with.
            let _ = std::fs::remove_file(&self.path);
            return Err(self.refused(fault));
        }
        Record::remove(to);
        place(&self.path, to).map_err(|e| self.write_failed(e))?;
        // What cannot be written down is computed again when somebody asks.
        let _ = Record::new(to, sum).and_then(|record| record.write(to));
        Ok(())
    }
}

/// Proxies are taken from the environment (HTTPS_PROXY, ALL_PROXY, NO_PROXY).
fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        .user_agent(concat!("evenkeel/", env!("CARGO_PKG_VERSION")))
        .build();
    config.into()
}

/// Whether a part begins where ours ends, and is of the whole file.
fn continues<B>(response: &Response<B>, done: u64, of: u64) -> bool {
    let range = response.headers().get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let expected = format!("bytes {done}-{}/{of}", of - 1);
    range.is_some_and(|range| range.trim().eq_ignore_ascii_case(&expected))
}
