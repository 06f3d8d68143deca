//! The thread that recognises: one utterance at a time, those of the call that goes
//! on before those that were left over from earlier ones.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded, select};

use crate::app::daemon::recognise::board::{Board, Phase, Standing};
use crate::app::recognise::Choice;
use crate::core::units::SampleSpan;
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
    /// It was no call: nothing of it is kept.
    Forget(CallUid),
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
    /// An utterance and its outcome. One that was missed is not tried again.
    Outcome { utterance: Box<Utterance>, outcome: Outcome },
    /// An utterance failed; it is tried again after the call.
    Failed(RecogniserError),
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
    board: Board,
}

impl Jobs {
    /// Utterances of the call that wait.
    pub(in crate::app::daemon) fn queue(&self) -> usize {
        self.live.len()
    }

    /// How the recogniser stands.
    pub(in crate::app::daemon) fn standing(&self) -> Standing {
        self.board.read()
    }
}

/// Starts the thread. It ends when nobody can give it work any more.
pub(in crate::app::daemon) fn spawn() -> std::io::Result<(Jobs, Receiver<Heard>, JoinHandle<()>)> {
    let (live, live_out) = bounded(UTTERANCES);
    let (after, after_out) = bounded(TAILS);
    let (answers, heard) = bounded(ANSWERS);
    let board = Board::default();
    let worker = Worker {
        live: live_out,
        after: after_out,
        answers,
        desk: None,
        tail: None,
        failed: Vec::new(),
        told_off: None,
        board: board.clone(),
    };
    let thread = thread::Builder::new().name("recognise".into()).spawn(move || worker.run())?;
    Ok((Jobs { live, after, board }, heard, thread))
}

struct Worker {
    live: Receiver<Job>,
    after: Receiver<Tail>,
    answers: Sender<Heard>,
    desk: Option<(Choice, Desk)>,
    tail: Option<Tail>,
    /// What failed while its call went on: what killed a recogniser once may not do
    /// so again.
    failed: Vec<(CallUid, Aside)>,
    /// The call that was told that nothing more is recognised in it.
    told_off: Option<CallUid>,
    board: Board,
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
            return self.take(tail);
        }
        let (live, after) = (self.live.clone(), self.after.clone());
        select! {
            recv(live) -> job => job.map_err(|_| Ends).and_then(|job| self.job(job)),
            recv(after) -> tail => tail.map_err(|_| Ends).and_then(|tail| self.take(tail)),
            default(IDLE) => {
                if let Some((_, desk)) = &mut self.desk {
                    desk.rest();
                }
                self.show(Phase::Rests);
                Ok(())
            }
        }
    }

    /// What was left over from a call: another attempt is worth it.
    fn take(&mut self, mut tail: Tail) -> Result<(), Ends> {
        if let Some(desk) = self.desk(&tail.choice) {
            desk.forgive();
        }
        let failed = self.failed.iter().position(|(call, _)| *call == tail.call);
        let failed = failed.map(|place| self.failed.swap_remove(place).1).unwrap_or_default();
        for utterance in tail.aside.merge(failed) {
            self.outcome(tail.call, utterance, Outcome::Missed(RecogniserError::Refused))?;
        }
        self.tail = Some(tail);
        self.count_failed();
        Ok(())
    }

    fn job(&mut self, job: Job) -> Result<(), Ends> {
        match job {
            Job::Begin(choice) => {
                self.told_off = None;
                self.board.write(|standing| {
                    standing.off = None;
                    standing.model = Some(choice.name());
                });
                self.show(Phase::Loads);
                if let Some(desk) = self.desk(&choice) {
                    desk.forgive();
                    // What is wrong with it is told with the first utterance.
                    let _ = desk.begin();
                }
                self.show(Phase::Ready);
                Ok(())
            }
            Job::Hear(call, choice, utterance) => self.hear_now(call, &choice, utterance),
            Job::Forget(call) => {
                self.failed.retain(|(of, _)| *of != call);
                self.count_failed();
                Ok(())
            }
        }
    }

    /// An utterance of the call that goes on. What fails is tried again after it.
    fn hear_now(&mut self, call: CallUid, choice: &Choice, utterance: Utterance) -> Result<(), Ends> {
        let (outcome, off) = self.hear(choice, &utterance);
        match outcome {
            Outcome::Missed(error) => match self.keep(call, utterance) {
                Ok(()) => self.tell(call, News::Failed(error))?,
                Err(utterance) => self.outcome(call, utterance, Outcome::Missed(error))?,
            },
            Outcome::Said(_) | Outcome::Dropped(_) => self.outcome(call, utterance, outcome)?,
        }
        match off.filter(|_| self.told_off != Some(call)) {
            Some(error) => {
                self.told_off = Some(call);
                self.board.write(|standing| standing.off = Some((call, error)));
                self.tell(call, News::Off(error))
            }
            None => Ok(()),
        }
    }

    fn keep(&mut self, call: CallUid, utterance: Utterance) -> Result<(), Utterance> {
        let place = self.failed.iter().position(|(of, _)| *of == call).unwrap_or_else(|| {
            self.failed.push((call, Aside::default()));
            self.failed.len() - 1
        });
        self.failed[place].1.put(utterance)?;
        self.count_failed();
        Ok(())
    }

    fn count_failed(&self) {
        let sum = self.failed.iter().fold(SampleSpan::ZERO, |sum, (_, aside)| sum + aside.length());
        self.board.write(|standing| standing.failed = sum);
    }

    fn left_over(&mut self) -> Result<(), Ends> {
        let Some(mut tail) = self.tail.take() else { return Ok(()) };
        let Some(utterance) = tail.aside.take() else {
            return self.tell(tail.call, News::Done);
        };
        let (outcome, _) = self.hear(&tail.choice, &utterance);
        self.outcome(tail.call, utterance, outcome)?;
        self.tail = Some(tail);
        Ok(())
    }

    /// What becomes of an utterance, and why its side is heard no more in the call.
    fn hear(&mut self, choice: &Choice, utterance: &Utterance) -> (Outcome, Option<RecogniserError>) {
        let loaded = self.desk.as_ref().is_some_and(|(of, desk)| of == choice && desk.is_loaded());
        if !loaded {
            self.show(Phase::Loads);
            // What is wrong with it is told with the utterance.
            let _ = self.desk(choice).map(Desk::begin);
        }
        self.show(Phase::Busy);
        let heard = match self.desk(choice) {
            Some(desk) => (desk.hear(utterance), desk.is_off(utterance.who)),
            None => (Outcome::Missed(RecogniserError::Refused), None),
        };
        self.show(Phase::Ready);
        heard
    }

    /// Writes down how it stands; it is not ready without a process.
    fn show(&self, phase: Phase) {
        let processes = self.desk.as_ref().map(|(_, desk)| desk.processes()).unwrap_or_default();
        self.board.write(|standing| {
            let idle = phase == Phase::Ready && processes.is_empty();
            standing.phase = if idle { Phase::Rests } else { phase };
            standing.processes = processes;
        });
    }

    fn outcome(&self, call: CallUid, utterance: Utterance, outcome: Outcome) -> Result<(), Ends> {
        self.tell(call, News::Outcome { utterance: Box::new(utterance), outcome })
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
