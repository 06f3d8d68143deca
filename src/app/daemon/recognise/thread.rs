//! The thread that recognises: one utterance at a time, those of the call that goes
//! on; what was left over from earlier ones waits until none does.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded, select};

use crate::app::daemon::recognise::board::{Board, Phase, Standing};
use crate::app::daemon::recognise::rota::{Rota, Tail};
use crate::app::recognise::Choice;
use crate::store::CallUid;
use crate::transcript::child::Limits;
use crate::transcript::desk::{Desk, Outcome};
use crate::transcript::queue::{Aside, UTTERANCES};
use crate::transcript::recogniser::RecogniserError;
use crate::transcript::segments::Utterance;

/// Answers that wait for the analysis; the recogniser waits when it is full.
const ANSWERS: usize = 8;
/// With nothing to hear for so long the model's memory is given back.
const IDLE: Duration = Duration::from_secs(60);

/// Something to do for the call that goes on.
pub(in crate::app::daemon) enum Job {
    /// Load these models.
    Begin(CallUid, Choice),
    /// Recognise this.
    Hear(CallUid, Choice, Utterance),
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
    pub(super) rota: Rota,
    board: Board,
}

impl Jobs {
    /// Utterances of the call that wait.
    pub(in crate::app::daemon) fn queue(&self) -> usize {
        self.live.len()
    }

    /// Ends the recogniser now, whatever it is at: nothing more is heard.
    pub(in crate::app::daemon) fn stop(&self) {
        self.rota.close();
    }

    /// How the recogniser stands.
    pub(in crate::app::daemon) fn standing(&self) -> Standing {
        self.board.read()
    }
}

/// How the recognisers of a choice are made.
type Open = fn(&Choice) -> Result<Desk, RecogniserError>;

/// Starts the thread. It ends when nobody can give it work any more.
pub(in crate::app::daemon) fn spawn() -> std::io::Result<(Jobs, Receiver<Heard>, JoinHandle<()>)> {
    let (jobs, heard, worker) = worker(|choice| choice.desk(Limits::default()));
    let thread = thread::Builder::new().name("recognise".into()).spawn(move || worker.run())?;
    Ok((jobs, heard, thread))
}

fn worker(open: Open) -> (Jobs, Receiver<Heard>, Worker) {
    let (live, live_out) = bounded(UTTERANCES);
    let (answers, heard) = bounded(ANSWERS);
    let (rota, woken) = Rota::new();
    let board = Board::default();
    let worker = Worker {
        live: live_out,
        rota: rota.clone(),
        woken,
        answers,
        open,
        desk: None,
        turn: None,
        tail: None,
        failed: Vec::new(),
        told_off: None,
        board: board.clone(),
    };
    (Jobs { live, rota, board }, heard, worker)
}

struct Worker {
    live: Receiver<Job>,
    rota: Rota,
    woken: Receiver<()>,
    answers: Sender<Heard>,
    open: Open,
    desk: Option<(Choice, Desk)>,
    /// Whose words were heard last.
    turn: Option<Turn>,
    /// What was begun and is not at its end, of a call that is over.
    tail: Option<Tail>,
    /// What failed while its call went on: what killed a recogniser once may not do
    /// so again.
    failed: Vec<(CallUid, Aside)>,
    /// The call that was told that nothing more is recognised in it.
    told_off: Option<CallUid>,
    board: Board,
}

/// Whose words are heard. A recogniser that is lost in one turn is lost for no other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The call goes on.
    Live(CallUid),
    /// It is over: another attempt is worth it.
    After(CallUid),
}

/// Why the thread ends: nobody gives it work, or nobody wants the answers.
struct Ends;

impl Worker {
    fn run(mut self) {
        while self.turn().is_ok() {}
    }

    /// Live work first; while no call goes on, one utterance of what was left over.
    fn turn(&mut self) -> Result<(), Ends> {
        self.forget();
        let ends = match self.live.try_recv() {
            Ok(job) => return self.job(job),
            Err(error) => error == TryRecvError::Disconnected,
        };
        if self.rota.is_live() {
            return if ends { Err(Ends) } else { self.wait() };
        }
        if let Some(tail) = self.tail.take() {
            return self.left_over(tail);
        }
        // What its call handed on at the last moment comes first, with the next turn.
        self.tail = self.rota.next();
        match &self.tail {
            Some(_) => Ok(()),
            None if ends => Err(Ends),
            None => self.wait(),
        }
    }

    fn wait(&mut self) -> Result<(), Ends> {
        let (live, woken) = (self.live.clone(), self.woken.clone());
        select! {
            recv(live) -> job => job.map_err(|_| Ends).and_then(|job| self.job(job)),
            recv(woken) -> _ => Ok(()),
            default(IDLE) => {
                if let Some((_, desk)) = &mut self.desk {
                    desk.rest();
                }
                self.show(Phase::Rests);
                Ok(())
            }
        }
    }

    /// Lets go of the sound of calls of which no words are wanted any more.
    fn forget(&mut self) {
        if self.failed.is_empty() {
            return;
        }
        let mut failed = std::mem::take(&mut self.failed);
        failed.retain(|(call, _)| self.wants(*call));
        self.failed = failed;
        self.count_failed();
    }

    fn wants(&self, call: CallUid) -> bool {
        self.tail.as_ref().is_some_and(|tail| tail.call == call) || self.rota.wants(call)
    }

    /// Losses of another turn are forgotten.
    fn turn_to(&mut self, turn: Turn, choice: &Choice) {
        if self.turn.replace(turn) != Some(turn)
            && let Ok(desk) = self.desk(choice)
        {
            desk.forgive();
        }
    }

    fn job(&mut self, job: Job) -> Result<(), Ends> {
        match job {
            Job::Begin(call, _) | Job::Hear(call, ..) if !self.wants(call) => Ok(()),
            Job::Begin(call, choice) => {
                self.told_off = None;
                self.board.write(|standing| standing.off = None);
                self.show(Phase::Loads);
                self.turn_to(Turn::Live(call), &choice);
                // What is wrong with it is told with the first utterance.
                let _ = self.desk(&choice).map(Desk::begin);
                self.show(Phase::Ready);
                Ok(())
            }
            Job::Hear(call, choice, utterance) => self.hear_now(call, &choice, utterance),
        }
    }

    /// An utterance of the call that goes on. What fails is tried again after it.
    fn hear_now(&mut self, call: CallUid, choice: &Choice, utterance: Utterance) -> Result<(), Ends> {
        self.turn_to(Turn::Live(call), choice);
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
                self.board.write(|standing| standing.off = Some((call, error.clone())));
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
        let failed = self.failed.iter().map(|(call, aside)| (*call, aside.length())).collect();
        self.board.write(|standing| standing.failed = failed);
    }

    fn left_over(&mut self, mut tail: Tail) -> Result<(), Ends> {
        self.once_more(&mut tail)?;
        let Some(utterance) = tail.aside.take() else {
            return self.tell(tail.call, News::Done);
        };
        self.turn_to(Turn::After(tail.call), &tail.choice);
        let (outcome, _) = self.hear(&tail.choice, &utterance);
        self.outcome(tail.call, utterance, outcome)?;
        self.tail = Some(tail);
        Ok(())
    }

    /// What failed while the call went on waits with the rest of it. The last of it
    /// may fail after the call is over.
    fn once_more(&mut self, tail: &mut Tail) -> Result<(), Ends> {
        let Some(place) = self.failed.iter().position(|(call, _)| *call == tail.call) else { return Ok(()) };
        let (call, failed) = self.failed.swap_remove(place);
        self.count_failed();
        for utterance in tail.aside.merge(failed) {
            self.outcome(call, utterance, Outcome::Missed(RecogniserError::Refused))?;
        }
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
            Ok(desk) => (desk.hear(utterance), desk.is_off(utterance.who)),
            Err(error) => (Outcome::Missed(error.clone()), Some(error)),
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
    fn desk(&mut self, choice: &Choice) -> Result<&mut Desk, RecogniserError> {
        let desk = match self.desk.take() {
            Some((loaded, desk)) if loaded == *choice => desk,
            // Its memory is given back before another one takes some.
            other => {
                drop(other);
                let desk = (self.open)(choice)?;
                self.rota.hears(desk.stops());
                desk
            }
        };
        Ok(&mut self.desk.insert((choice.clone(), desk)).1)
    }
}

#[cfg(test)]
mod tests;
