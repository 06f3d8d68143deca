//! One recogniser process, from its begin to its end.

use std::ffi::OsString;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::transcript::child::wire::{Reply, read_reply, request, send_request};
use crate::transcript::guards::Family;
use crate::transcript::recogniser::{Context, Heard, Loss, RecogniserError, Unfit, seconds};

/// What is started.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// What it is told.
    pub args: Vec<OsString>,
}

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

/// A recogniser that runs.
pub(super) struct Process {
    stop: Stop,
    limits: Limits,
    requests: Sender<Vec<u8>>,
    replies: Receiver<Reply>,
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
        let mut child = command(program).spawn().map_err(|_| Unfit::NoProcess)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        *stop.child() = Some(child);
        let (requests, wanted) = bounded(1);
        let (answered, replies) = bounded(1);
        let process = Self { stop: stop.clone(), limits, requests, replies, family: Family::English };
        if stop.is_told() {
            return Err(RecogniserError::Cancelled);
        }
        let (Some(input), Some(output)) = (input, output) else { return Err(Unfit::NoProcess.into()) };
        spawn("recogniser-in", move || write(input, &wanted))?;
        spawn("recogniser-out", move || read(output, &answered))?;
        process.ready()
    }

    fn ready(mut self) -> Result<Self, RecogniserError> {
        match self.wait(self.limits.load)? {
            Reply::Ready { many } => {
                self.family = if many { Family::Many } else { Family::English };
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
        self.replies.recv_timeout(limit).map_err(|e| match e {
            RecvTimeoutError::Timeout => self.lost(Loss::Hung),
            RecvTimeoutError::Disconnected => self.lost(Loss::Died),
        })
    }

    fn lost(&self, how: Loss) -> RecogniserError {
        if self.stop.is_told() { RecogniserError::Cancelled } else { RecogniserError::Lost(how) }
    }
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command.args(&program.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), RecogniserError> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map(drop).map_err(|_| Unfit::NoProcess.into())
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

fn read(output: ChildStdout, answered: &Sender<Reply>) {
    let mut output = BufReader::new(output);
    while let Ok(Some(reply)) = read_reply(&mut output) {
        if answered.send(reply).is_err() {
            return;
        }
    }
}
