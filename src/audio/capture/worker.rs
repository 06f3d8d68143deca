//! The thread that talks to the sound system for one side, and owns its stream.
//! A call that does not come back holds this thread and nothing else: it is left
//! behind with what it holds, and another one takes its place.

use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::backend::{Backend, Ready, Running};
use super::device::{Device, choose};
use super::line::Came;
use super::tap::Tap;
use crate::core::units::{Channel, Nanos};

/// How often an open stream is asked for faults.
const FAULTS: Duration = Duration::from_millis(250);

/// A call that takes longer has hung: opening may take 2 s.
const HUNG: u64 = 6 * Nanos::SECOND;

/// What it is asked to do.
pub(super) enum Job {
    Look,
    Open(Box<Device>, Box<Tap>),
    Close,
    /// The device of this name is to be ready from now on, or none.
    Ready(Option<String>),
}

/// What it answers: whose worker, which of them, what.
pub(super) type Answer = (Channel, u64, Came);

/// The handle on it.
pub(super) struct Worker {
    side: Channel,
    jobs: Sender<Job>,
    answers: Sender<Answer>,
    generation: u64,
    /// Asked and not yet answered, and since when.
    open_jobs: u32,
    since: Nanos,
    spare: Box<dyn Backend>,
}

impl Worker {
    pub(super) fn spawn(side: Channel, backend: Box<dyn Backend>, answers: Sender<Answer>) -> Self {
        let spare = backend.another();
        let jobs = start(side, 0, backend, answers.clone());
        Self { side, jobs, answers, generation: 0, open_jobs: 0, since: Nanos(0), spare }
    }

    pub(super) fn ask(&mut self, now: Nanos, job: Job) {
        if self.open_jobs == 0 {
            self.since = now;
        }
        // Closing and making ready are not answered: what comes next is.
        self.open_jobs += u32::from(!matches!(job, Job::Close | Job::Ready(_)));
        // A thread that ended or hangs is found out by the time-out.
        let _ = self.jobs.try_send(job);
    }

    /// Whether an answer is of the present thread and counts.
    pub(super) fn takes(&mut self, now: Nanos, generation: u64, came: &Came) -> bool {
        let current = generation == self.generation;
        if current && !matches!(came, Came::Fault(_)) {
            self.open_jobs = self.open_jobs.saturating_sub(1);
            self.since = now;
        }
        current
    }

    /// Leaves a thread behind that does not answer, and starts another.
    pub(super) fn replace_if_hung(&mut self, now: Nanos) -> bool {
        if self.open_jobs == 0 || now.since(self.since) < HUNG {
            return false;
        }
        let next = self.spare.another();
        let backend = std::mem::replace(&mut self.spare, next);
        self.generation += 1;
        self.open_jobs = 0;
        self.jobs = start(self.side, self.generation, backend, self.answers.clone());
        true
    }
}

fn start(side: Channel, generation: u64, backend: Box<dyn Backend>, answers: Sender<Answer>) -> Sender<Job> {
    // Look, open, close and look again: nothing more is asked at once.
    let (jobs, inbox) = crossbeam_channel::bounded(16);
    let name = match side {
        Channel::Agent => "capture-agent",
        Channel::Customer => "capture-cust",
    };
    let work = move || run(side, backend, &inbox, &|came| answers.send((side, generation, came)).is_ok());
    if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
        // Without a thread no answer comes; the time-out tries again.
        tracing::warn!(%error, "no thread for the sound system");
    }
    jobs
}

fn run(side: Channel, mut backend: Box<dyn Backend>, inbox: &Receiver<Job>, answer: &dyn Fn(Came) -> bool) {
    let mut held = Held::default();
    loop {
        let job = match &held.stream {
            Some(_) => inbox.recv_timeout(FAULTS),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let wanted = match job {
            Ok(job) => carry_out(side, job, backend.as_mut(), &mut held, answer),
            Err(RecvTimeoutError::Timeout) => {
                let fault = held.stream.as_mut().and_then(|running| running.fault());
                fault.is_none_or(|why| answer(Came::Fault(why)))
            }
            Err(RecvTimeoutError::Disconnected) => false,
        };
        if !wanted {
            return;
        }
    }
}

/// What it holds of the sound system.
#[derive(Default)]
struct Held {
    stream: Option<Box<dyn Running>>,
    ready: Option<Box<dyn Ready>>,
}

fn carry_out(
    side: Channel,
    job: Job,
    backend: &mut dyn Backend,
    held: &mut Held,
    answer: &dyn Fn(Came) -> bool,
) -> bool {
    match job {
        Job::Look => answer(Came::Devices(backend.devices())),
        Job::Close => {
            held.stream = None;
            true
        }
        Job::Open(device, tap) => {
            held.stream = None;
            match backend.open(&device, side, *tap) {
                Ok(running) => {
                    held.stream = Some(running);
                    answer(Came::Opened(Ok(())))
                }
                Err(why) => answer(Came::Opened(Err(why))),
            }
        }
        Job::Ready(wish) => {
            held.ready = None;
            held.ready = wish.and_then(|wish| make_ready(side, &wish, backend));
            true
        }
    }
}

/// Where it cannot be had the device starts as it does: a gap that is told.
fn make_ready(side: Channel, wish: &str, backend: &mut dyn Backend) -> Option<Box<dyn Ready>> {
    let devices = backend.devices();
    let made = devices.and_then(|devices| backend.make_ready(choose(&devices, wish, side)?));
    made.inspect_err(|why| tracing::debug!(%why, "the headset was not made ready")).ok().flatten()
}
