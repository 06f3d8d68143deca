//! The thread that recognises: one utterance at a time, those of the call that goes
//! on before those that were left over from earlier ones.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded, select};

use crate::app::recognise::Choice;
use crate::store::CallUid;
use crate::transcript::child::Limits;
use crate::transcript::desk::{Desk, Outcome};
use crate::transcript::queue::{Aside, UTTERANCES};
use crate::transcript::recogniser::RecogniserError;
use crate::transcript::segments::Utterance;

/// Calls that are over and still wait for words. More than so many wait for none.
const TAILS: usize = 4;
/// Answers that wait for the analysis; the recogniser waits when it is full.
const ANSWERS: usize = 8;
/// With nothing to hear for so long the model's memory is given back.
const IDLE: Duration = Duration::from_secs(60);

/// Something to do for the call that goes on.
pub(in crate::app::daemon) enum Job {
    /// Load these models.
    Begin(Choice),
    /// Recognise this.
    Hear(CallUid, Choice, Utterance),
}

/// What was left over from a call.
pub(in crate::app::daemon) struct Tail {
    pub(in crate::app::daemon) call: CallUid,
    pub(in crate::app::daemon) choice: Choice,
    pub(in crate::app::daemon) aside: Aside,
}

/// What became of it.
pub(in crate::app::daemon) struct Heard {
    pub(in crate::app::daemon) call: CallUid,
    pub(in crate::app::daemon) news: News,
}

/// See above.
pub(in crate::app::daemon) enum News {
    /// An utterance and its outcome; `late` where the call was over.
    Outcome { utterance: Box<Utterance>, outcome: Outcome, late: bool },
    /// Nothing more is recognised in this call while it goes on.
    Off(RecogniserError),
    /// Everything of the call was heard.
    Done,
}

/// Where the work is put.
#[derive(Clone, Debug)]
pub(in crate::app::daemon) struct Jobs {
    pub(in crate::app::daemon) live: Sender<Job>,
    pub(in crate::app::daemon) after: Sender<Tail>,
}

/// Starts the thread. It ends when nobody can give it work any more.
pub(in crate::app::daemon) fn spawn() -> std::io::Result<(Jobs, Receiver<Heard>, JoinHandle<()>)> {
    let (live, live_out) = bounded(UTTERANCES);
    let (after, after_out) = bounded(TAILS);
    let (answers, heard) = bounded(ANSWERS);
    let worker = Worker { live: live_out, after: after_out, answers, desk: None, tail: None, told_off: None };
    let thread = thread::Builder::new().name("recognise".into()).spawn(move || worker.run())?;
    Ok((Jobs { live, after }, heard, thread))
}

struct Worker {
    live: Receiver<Job>,
    after: Receiver<Tail>,
    answers: Sender<Heard>,
    desk: Option<(Choice, Desk)>,
    tail: Option<Tail>,
    /// The call that was told that nothing more is recognised in it.
    told_off: Option<CallUid>,
}

/// Why the thread ends: nobody gives it work, or nobody wants the answers.
struct Ends;

impl Worker {
    fn run(mut self) {
        while self.turn().is_ok() {}
    }

    /// Live work first; where there is none, one utterance of what was left over.
    fn turn(&mut self) -> Result<(), Ends> {
        match self.live.try_recv() {
            Ok(job) => return self.job(job),
            Err(TryRecvError::Empty) => (),
            Err(TryRecvError::Disconnected) if self.tail.is_none() && self.after.is_empty() => {
                return Err(Ends);
            }
            Err(TryRecvError::Disconnected) => (),
        }
        if self.tail.is_some() { self.left_over() } else { self.wait() }
    }

    fn wait(&mut self) -> Result<(), Ends> {
        if let Ok(tail) = self.after.try_recv() {
            self.take(tail);
            return Ok(());
        }
        let (live, after) = (self.live.clone(), self.after.clone());
        select! {
            recv(live) -> job => job.map_err(|_| Ends).and_then(|job| self.job(job)),
            recv(after) -> tail => tail.map_err(|_| Ends).map(|tail| self.take(tail)),
            default(IDLE) => {
                if let Some((_, desk)) = &mut self.desk {
                    desk.rest();
                }
                Ok(())
            }
        }
    }

    /// What was left over from a call: another attempt is worth it.
    fn take(&mut self, tail: Tail) {
        if let Some(desk) = self.desk(&tail.choice) {
            desk.forgive();
        }
        self.tail = Some(tail);
    }

    fn job(&mut self, job: Job) -> Result<(), Ends> {
        match job {
            Job::Begin(choice) => {
                self.told_off = None;
                if let Some(desk) = self.desk(&choice) {
                    desk.forgive();
                    // What is wrong with it is told with the first utterance.
                    let _ = desk.begin();
                }
                Ok(())
            }
            Job::Hear(call, choice, utterance) => self.hear(call, &choice, utterance, false),
        }
    }

    fn left_over(&mut self) -> Result<(), Ends> {
        let Some(mut tail) = self.tail.take() else { return Ok(()) };
        let Some(utterance) = tail.aside.take() else {
            return self.tell(tail.call, News::Done);
        };
        self.hear(tail.call, &tail.choice, utterance, true)?;
        self.tail = Some(tail);
        Ok(())
    }

    fn hear(&mut self, call: CallUid, choice: &Choice, utterance: Utterance, late: bool) -> Result<(), Ends> {
        let (outcome, off) = match self.desk(choice) {
            Some(desk) => {
                let outcome = desk.hear(&utterance);
                (outcome, desk.is_off(utterance.who))
            }
            None => (Outcome::Missed(RecogniserError::Refused), None),
        };
        self.tell(call, News::Outcome { utterance: Box::new(utterance), outcome, late })?;
        match off.filter(|_| self.told_off != Some(call)) {
            Some(error) => {
                self.told_off = Some(call);
                self.tell(call, News::Off(error))
            }
            None => Ok(()),
        }
    }

    fn tell(&self, call: CallUid, news: News) -> Result<(), Ends> {
        self.answers.send(Heard { call, news }).map_err(|_| Ends)
    }

    /// The recognisers of a choice; those of another one end.
    fn desk(&mut self, choice: &Choice) -> Option<&mut Desk> {
        if self.desk.as_ref().is_none_or(|(loaded, _)| loaded != choice) {
            self.desk = None;
            let desk = choice.desk(Limits::default()).ok()?;
            self.desk = Some((choice.clone(), desk));
        }
        self.desk.as_mut().map(|(_, desk)| desk)
    }
}
