//! A recogniser that is begun when it is needed, begun again when it is lost, and
//! given up for the call when that happens too often.

use crate::transcript::child::process::{Limits, Process, Program, Stop};
use crate::transcript::models::Family;
use crate::transcript::recogniser::{Context, Heard, Loss, Recogniser, RecogniserError, Unfit};

/// Losses in one call after which it is given up: whatever kills it twice kills it
/// a third time.
pub const MOST_LOSSES: u32 = 2;

/// The recogniser of one model.
pub struct Kept {
    program: Program,
    limits: Limits,
    stop: Stop,
    process: Option<Process>,
    family: Family,
    losses: u32,
    last: Option<Loss>,
    unfit: Option<Unfit>,
}

impl Kept {
    /// Nothing runs before it is needed.
    pub fn new(program: Program, limits: Limits) -> Self {
        Self {
            program,
            limits,
            stop: Stop::default(),
            process: None,
            family: Family::default(),
            losses: 0,
            last: None,
            unfit: None,
        }
    }

    /// What ends it from any thread.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Loads the model now, so that the first utterance need not wait for it.
    ///
    /// # Errors
    /// Why it cannot be begun.
    pub fn begin(&mut self) -> Result<(), RecogniserError> {
        if let Some(error) = self.is_off() {
            return Err(error);
        }
        if self.process.is_none() {
            let begun = Process::begin(&self.program, self.limits, &self.stop);
            let process = begun.inspect_err(|e| self.note(e))?;
            self.family = process.family;
            self.process = Some(process);
        }
        Ok(())
    }

    /// Ends the process, and with it gives the memory back, until it is needed again.
    pub fn rest(&mut self) {
        self.process = None;
    }

    /// Whether a model is in memory.
    pub const fn is_loaded(&self) -> bool {
        self.process.is_some()
    }

    /// Another call begins: earlier losses are forgotten, and what could not be
    /// loaded may be another file by now, or find room.
    pub fn forgive(&mut self) {
        self.losses = 0;
        self.last = None;
        self.unfit = self.unfit.take().filter(|unfit| match unfit {
            Unfit::Processor | Unfit::NotBuilt => true,
            Unfit::Model(_) | Unfit::NoProcess(_) => false,
        });
    }

    /// Why it is given up, if it is.
    pub fn is_off(&self) -> Option<RecogniserError> {
        if self.stop.is_told() {
            return Some(RecogniserError::Cancelled);
        }
        let lost = self.last.filter(|_| MOST_LOSSES <= self.losses).map(RecogniserError::Lost);
        self.unfit.clone().map(RecogniserError::Unfit).or(lost)
    }

    /// Which figures hold for the model; known once it was loaded.
    pub const fn family(&self) -> Family {
        self.family
    }

    fn note(&mut self, error: &RecogniserError) {
        match error {
            RecogniserError::Lost(loss) => {
                self.process = None;
                self.losses += 1;
                self.last = Some(*loss);
            }
            RecogniserError::Unfit(unfit) => self.unfit = Some(unfit.clone()),
            RecogniserError::Cancelled => self.process = None,
            RecogniserError::Refused => (),
        }
    }
}

impl Recogniser for Kept {
    fn recognise(&mut self, samples: &[f32], context: Context) -> Result<Heard, RecogniserError> {
        self.begin()?;
        let Some(process) = &self.process else { return Err(RecogniserError::Refused) };
        let heard = process.recognise(samples, context);
        heard.inspect_err(|e| self.note(e))
    }
}
