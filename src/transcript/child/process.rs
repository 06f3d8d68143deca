//! One recogniser process, from its begin to its end.

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::transcript::child::wire::{Reply, read_reply, request, send_request};
use crate::transcript::models::Family;
use crate::transcript::recogniser::{Context, Detail, Heard, Loss, RecogniserError, Unfit, seconds};

/// What is started.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// What it is told.
    pub args: Vec<OsString>,
}

impl Program {
    /// This program itself, by what runs and not by its name: it may have been
    /// replaced since it was begun.
    ///
    /// # Errors
    /// Where it does not know its own file.
    pub fn this(args: Vec<OsString>) -> Result<Self, RecogniserError> {
        let path = if cfg!(target_os = "linux") { Ok(PathBuf::from(SELF)) } else { std::env::current_exe() };
        let unknown = |e| Unfit::NoProcess(Detail::new(format_args!("this program's own file: {e}")));
        Ok(Self { path: path.map_err(unknown)?, args })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        apart(&mut command);
        command
    }

    fn spawn(&self) -> Result<Child, Unfit> {
        let named =
            |e: io::Error| Unfit::NoProcess(Detail::new(format_args!("{}: {e}", self.path.display())));
        self.command().spawn().map_err(named)
    }
}

/// The program that asks for this path, whatever has become of its file.
const SELF: &str = "/proc/self/exe";

/// Ctrl-C is for the program that waits for it, which ends it in its own time.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn apart(_: &mut Command) {}

/// How long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// To load the model.
    pub load: Duration,
    /// For any utterance.
    pub utterance: Duration,
    /// And for each second of it.
    pub per_second: Duration,
}

impl Default for Limits {
    /// A free core takes a tenth of a second for each; a laptop under full load
    /// took ten times that. What takes longer than this hangs.
    fn default() -> Self {
        Self {
            load: Duration::from_secs(60),
            utterance: Duration::from_secs(20),
            per_second: Duration::from_secs(4),
        }
    }
}

impl Limits {
    fn of(&self, samples: usize) -> Duration {
        self.utterance + self.per_second.mul_f64(seconds(samples))
    }
}

/// Ends a recogniser at once, from any thread.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    told: Arc<AtomicBool>,
    child: Arc<Mutex<Option<Child>>>,
}

impl Stop {
    /// Ends it now; nothing more is recognised.
    pub fn stop(&self) {
        self.told.store(true, Ordering::Release);
        self.end();
    }

    /// Whether it was told to stop.
    pub fn is_told(&self) -> bool {
        self.told.load(Ordering::Acquire)
    }

    /// The process that runs, if one does.
    pub fn process(&self) -> Option<u32> {
        self.child().as_ref().map(Child::id)
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the process and takes its last word, so that nothing of it is left.
    fn end(&self) {
        if let Some(mut child) = self.child().take() {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What it said, or that it was no reply.
type Answer = Result<Reply, Loss>;

/// A recogniser that runs.
pub(super) struct Process {
    stop: Stop,
    limits: Limits,
    requests: Sender<Vec<u8>>,
    replies: Receiver<Answer>,
    pub(super) family: Family,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop.end();
    }
}

impl Process {
    /// Begins it and waits until it is ready.
    pub(super) fn begin(program: &Program, limits: Limits, stop: &Stop) -> Result<Self, RecogniserError> {
        let mut child = program.spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        *stop.child() = Some(child);
        let (requests, wanted) = bounded(1);
        let (answered, replies) = bounded(1);
        let process = Self { stop: stop.clone(), limits, requests, replies, family: Family::default() };
        if stop.is_told() {
            return Err(RecogniserError::Cancelled);
        }
        let (Some(input), Some(output)) = (input, output) else {
            return Err(Unfit::NoProcess(Detail::new("it has no pipes")).into());
        };
        spawn("recogniser-in", move || write(input, &wanted))?;
        spawn("recogniser-out", move || read(output, &answered))?;
        process.ready()
    }

    fn ready(mut self) -> Result<Self, RecogniserError> {
        match self.wait(self.limits.load)? {
            Reply::Ready { many } => {
                self.family = if many { Family::Multilingual } else { Family::EnglishOnly };
                Ok(self)
            }
            Reply::Unfit(why) => Err(RecogniserError::Unfit(why.into())),
            Reply::Heard(_) | Reply::Refused => Err(RecogniserError::Lost(Loss::Garbled)),
        }
    }

    pub(super) fn recognise(&self, samples: &[f32], context: Context) -> Result<Heard, RecogniserError> {
        if self.requests.send(request(samples, context)).is_err() {
            return Err(self.lost(Loss::Died));
        }
        match self.wait(self.limits.of(samples.len()))? {
            Reply::Heard(line) => Ok(line.into()),
            Reply::Refused => Err(RecogniserError::Refused),
            Reply::Ready { .. } | Reply::Unfit(_) => Err(RecogniserError::Lost(Loss::Garbled)),
        }
    }

    fn wait(&self, limit: Duration) -> Result<Reply, RecogniserError> {
        let answer = self.replies.recv_timeout(limit).unwrap_or_else(|e| match e {
            RecvTimeoutError::Timeout => Err(Loss::Hung),
            RecvTimeoutError::Disconnected => Err(Loss::Died),
        });
        answer.map_err(|how| self.lost(how))
    }

    fn lost(&self, how: Loss) -> RecogniserError {
        if self.stop.is_told() { RecogniserError::Cancelled } else { RecogniserError::Lost(how) }
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), RecogniserError> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map(drop).map_err(|e| Unfit::NoProcess(Detail::new(format_args!("no thread for it: {e}"))).into())
}

/// A process that does not read would hold up whoever writes to it: this thread
/// waits instead, and ends with the process.
fn write(mut input: ChildStdin, wanted: &Receiver<Vec<u8>>) {
    for request in wanted {
        if send_request(&mut input, &request).is_err() {
            return;
        }
    }
}

fn read(output: ChildStdout, answered: &Sender<Answer>) {
    let mut output = BufReader::new(output);
    while let Some(answer) = next(&mut output) {
        if answered.send(answer).is_err() {
            return;
        }
    }
}

/// What it says next; nothing more where it has ended, even in the midst of it.
fn next(output: &mut impl io::Read) -> Option<Answer> {
    match read_reply(output) {
        Ok(reply) => reply.map(Ok),
        Err(error) => (error.kind() == io::ErrorKind::InvalidData).then_some(Err(Loss::Garbled)),
    }
}
