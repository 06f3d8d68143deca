//! Writes a call to a file while it goes on, on a thread of its own: the
//! analysis never waits for a disk.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::file::{WriteError, Writer};
use super::journal::{Journal, Mark};
use crate::core::event::Order;
use crate::core::frames::align::Stretch;
use crate::core::pipeline::Settings;
use crate::core::units::{Channel, RATE, SampleSpan, SampleTime, Sides};

/// Seconds of sound on their way to the disk. When it is full the disk is
/// hopelessly behind: the recording ends there, and says so.
const SECONDS: usize = 30;

enum Job {
    /// A second of both sides, and the journal up to its end.
    Second(Sides<Vec<f32>>, String),
    /// The rest, and all that there is to say.
    Last(Sides<Vec<f32>>, String),
    /// Nothing of it is to be kept.
    Forget,
}

/// A call that is being recorded.
#[derive(Debug)]
pub struct Recorder {
    journal: Journal,
    second: Sides<Vec<f32>>,
    jobs: Option<Sender<Job>>,
    writer: Option<thread::JoinHandle<()>>,
    path: PathBuf,
}

impl Recorder {
    /// A new file in a folder.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn create(folder: &Path, name: &str, journal: Journal) -> io::Result<Self> {
        let path = folder.join(format!("{name}.wav"));
        let file = Writer::create(&path, &journal.text()).map_err(|error| match error {
            WriteError::Io(error) => error,
            WriteError::Full => io::ErrorKind::FileTooLarge.into(),
        })?;
        let (jobs, work) = bounded(SECONDS);
        let shown = path.clone();
        let writer =
            thread::Builder::new().name("record".into()).spawn(move || write(file, &work, &shown))?;
        Ok(Self { journal, second: Sides::default(), jobs: Some(jobs), writer: Some(writer), path })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Both sides as the core takes them, from `at` on.
    pub fn sound(&mut self, at: SampleTime, stretch: &Stretch) {
        for side in Channel::BOTH {
            if let Some(why) = stretch.missing[side] {
                let span = SampleSpan::from_samples(stretch.len() as u64);
                self.journal.missing(at, side, span, why);
                let so_far = &mut self.second[side];
                so_far.resize(so_far.len() + stretch.len(), 0.0);
            } else {
                self.second[side].extend_from_slice(&stretch.sides[side]);
            }
        }
        if RATE as usize <= self.second.agent.len() {
            let second = std::mem::take(&mut self.second);
            self.send(Job::Second(second, self.journal.text()));
        }
    }

    /// An order is carried out.
    pub fn order(&mut self, at: SampleTime, order: Order) {
        self.journal.marks.push((at, Mark::Order(order)));
    }

    /// Other settings are applied.
    pub fn apply(&mut self, at: SampleTime, settings: Settings) {
        self.journal.marks.push((at, Mark::Settings(settings)));
    }

    /// The call ended at `end`. The file is whole once the thread that is
    /// returned has ended.
    #[must_use = "the file is whole only when this has ended"]
    pub fn finish(mut self, end: SampleTime) -> Option<thread::JoinHandle<()>> {
        self.journal.end = Some(end);
        let rest = std::mem::take(&mut self.second);
        self.send(Job::Last(rest, self.journal.text()));
        self.writer.take()
    }

    /// Nothing of the call is kept. The file is gone once the thread that is
    /// returned has ended.
    #[must_use = "the file is gone only when this has ended"]
    pub fn forget(mut self) -> Option<thread::JoinHandle<()>> {
        self.send(Job::Forget);
        self.writer.take()
    }

    fn send(&mut self, job: Job) {
        let Some(jobs) = &self.jobs else { return };
        match jobs.try_send(job) {
            Ok(()) => (),
            Err(TrySendError::Full(_)) => {
                tracing::error!("the disk is too slow: the recording ends here");
                self.jobs = None;
            }
            Err(TrySendError::Disconnected(_)) => self.jobs = None,
        }
    }
}

fn write(mut file: Writer, work: &Receiver<Job>, path: &Path) {
    for job in work {
        let done = match job {
            Job::Second(sound, journal) => {
                file.sound(&sound.agent, &sound.customer).and_then(|()| file.update(&journal))
            }
            Job::Last(sound, journal) => {
                file.sound(&sound.agent, &sound.customer).and_then(|()| file.finish(&journal))
            }
            Job::Forget => {
                drop(file);
                return forget(path);
            }
        };
        if let Err(error) = done {
            tracing::error!(path = %path.display(), %error, "the recording ends here");
            return;
        }
    }
}

fn forget(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::error!(path = %path.display(), %error, "a recording that must not be kept is still there");
    }
}
