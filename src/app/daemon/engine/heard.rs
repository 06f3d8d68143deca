//! What the recogniser heard, told to the core and to everyone else. Words that
//! come after the call go to the database alone.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::Engine;
use crate::app::daemon::recognise::{Ear, Heard, News};
use crate::app::daemon::told::{Meta, Told};
use crate::app::recognise::{self, Choice};
use crate::core::units::Nanos;
use crate::core::words::Words;
use crate::store::CallUid;
use crate::transcript::desk::Outcome;
use crate::transcript::recogniser::RecogniserError;
use crate::transcript::segments::Utterance;

/// Calls that are over and may still be given words.
const RECENT: usize = 4;

impl Engine {
    /// Something was recognised, or was not.
    pub(in crate::app::daemon) fn heard(&mut self, now: Nanos, heard: Heard) {
        let Heard { call, news } = heard;
        match news {
            News::Outcome { outcome: Outcome::Said(words), .. } => self.said(now, call, &words),
            News::Outcome { outcome: Outcome::Dropped(_), .. } => (),
            News::Outcome { utterance, outcome: Outcome::Missed(error), late } => {
                self.missed(call, *utterance, error, late);
            }
            News::Off(error) => {
                let what = format!("no words in this call: {error}; coaching goes on");
                self.tell(Told::Device(&what, None));
                tracing::warn!(%error, "nothing more is recognised in this call");
            }
            News::Done => self.waiting.retain(|waiting| *waiting != call),
        }
    }

    // Redaction stands before this: nothing is told or kept that did not pass it.
    fn said(&mut self, now: Nanos, call: CallUid, words: &Words) {
        let running = self.running.as_mut().filter(|running| running.meta.uid == call);
        let Some(running) = running else {
            if let Some(meta) = self.recent.iter().find(|meta| meta.uid == call).cloned() {
                self.tell(Told::Said(&meta, words, None));
            }
            return;
        };
        let (meta, mut events) = (running.meta.clone(), Vec::new());
        let late = Duration::from_nanos(now.since(running.call.moment(words.to)));
        running.call.words(words, &mut events);
        self.tell(Told::Said(&meta, words, Some(late)));
        self.pass_on(now, &events);
    }

    fn missed(&mut self, call: CallUid, utterance: Utterance, error: RecogniserError, late: bool) {
        tracing::debug!(%error, late, "an utterance was not recognised");
        let ear =
            self.running.as_mut().filter(|running| running.meta.uid == call).and_then(|r| r.ear.as_mut());
        if let Some(ear) = ear.filter(|_| !late) {
            ear.keep(utterance);
        }
    }

    /// Who listens to the words of a call that begins.
    pub(super) fn new_ear(&mut self, meta: &mut Meta) -> Option<Ear> {
        let settings = self.parts.config.transcript().clone();
        if self.wanted_words.as_ref().is_none_or(|(known, _)| *known != settings) {
            let choice = self.choice();
            self.wanted_words = Some((settings.clone(), choice));
        }
        let (_, choice) = self.wanted_words.as_ref()?;
        let (choice, jobs) = (choice.clone()?, self.parts.jobs.clone()?);
        meta.config_hash = self.parts.config.hash_with_words();
        Some(Ear::new(meta.uid, jobs, choice, settings.after_call))
    }

    /// The folder of models is looked at when the settings change, never for a call.
    fn choice(&mut self) -> Option<Choice> {
        let folder = recognise::folder_in(&self.parts.seat.data);
        match recognise::wanted(self.parts.config.transcript(), &folder) {
            // Live text does without the times of words, which cost a third more.
            Ok(choice) => choice.map(|choice| Choice { times: false, polite: true, ..choice }),
            Err(failure) => {
                self.tell(Told::Device(&format!("no words: {}", failure.message), failure.hint.as_deref()));
                None
            }
        }
    }

    /// A call is over: it is remembered while words may still come.
    pub(super) fn outlast(&mut self, meta: &Meta, ear: Option<Ear>) {
        let Some(ear) = ear else { return };
        self.waiting.push(meta.uid);
        self.recent.push(meta.clone());
        if RECENT < self.recent.len() {
            self.recent.remove(0);
        }
        ear.finish();
    }

    /// The end of the daemon waits so long for words of calls that are over.
    pub(in crate::app::daemon) fn hear_out(&mut self, heard: &Receiver<Heard>, patience: Duration) {
        let until = Instant::now() + patience;
        while !self.waiting.is_empty() {
            let Ok(heard) = heard.recv_deadline(until) else { return };
            self.heard(self.now(), heard);
        }
    }
}
