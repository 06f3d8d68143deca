//! What the recogniser heard, told to the core and to everyone else. Words that
//! come after the call go to the database alone.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::Engine;
use crate::app::daemon::recognise::{Ear, Heard, News};
use crate::app::daemon::told::{Meta, Told};
use crate::app::recognise::{self, Choice, Rules};
use crate::core::units::Nanos;
use crate::core::words::Words;
use crate::store::CallUid;
use crate::transcript::desk::Outcome;
use crate::transcript::recogniser::RecogniserError;
use crate::transcript::redact::Redactor;
use crate::transcript::segments::Utterance;

/// Calls that are over and may still be given words.
const RECENT: usize = 4;

impl Engine {
    /// Something was recognised, or was not.
    pub(in crate::app::daemon) fn heard(&mut self, now: Nanos, heard: Heard) {
        let Heard { call, news } = heard;
        match news {
            News::Outcome { utterance, outcome: Outcome::Said(words), .. } => {
                self.listened(now, call, &utterance);
                self.said(now, call, &words);
            }
            News::Outcome { utterance, outcome: Outcome::Dropped(_), .. } => {
                self.listened(now, call, &utterance);
            }
            News::Outcome { utterance, outcome: Outcome::Missed(error), late } => {
                self.missed(call, *utterance, error, late);
            }
            News::Off(error) => {
                let what = format!("no words in this call: {error}; coaching goes on");
                self.tell(Told::Device(&what, None));
                tracing::warn!(%error, "nothing more is recognised in this call");
            }
            News::Done => self.close(call),
        }
    }

    /// The core counts what it is known of that it was listened to.
    fn listened(&mut self, now: Nanos, call: CallUid, utterance: &Utterance) {
        let mut events = Vec::new();
        if let Some(running) = self.running.as_mut().filter(|running| running.meta.uid == call) {
            running.call.listened(utterance, &mut events);
        }
        self.pass_on(now, &events);
    }

    /// The core hears the words as they are; whoever shows or keeps them, once what
    /// must not be kept is taken out.
    fn said(&mut self, now: Nanos, call: CallUid, words: &Words) {
        if let Some(running) = self.running.as_mut().filter(|running| running.meta.uid == call) {
            let mut events = Vec::new();
            running.call.words(words, &mut events);
            let kept = running.redactor.as_mut().map_or_else(Vec::new, |r| r.push(words.clone()));
            self.show(now, &kept);
            self.pass_on(now, &events);
        } else if let Some(place) = self.recent.iter().position(|(meta, _)| meta.uid == call) {
            let (meta, mut redactor) = self.recent.swap_remove(place);
            self.keep(&meta, &redactor.push(words.clone()));
            self.recent.push((meta, redactor));
        }
    }

    /// What waited for the rest of a number, and waits no longer.
    pub(super) fn let_out(&mut self, now: Nanos) {
        let Some(running) = &mut self.running else { return };
        let kept = running.redactor.as_mut().map_or_else(Vec::new, |r| r.pass(running.call.now()));
        self.show(now, &kept);
    }

    fn show(&mut self, now: Nanos, kept: &[Words]) {
        if kept.is_empty() {
            return;
        }
        let Some(running) = self.running.take() else { return };
        for words in kept {
            let late = Duration::from_nanos(now.since(running.call.moment(words.to)));
            self.tell(Told::Said(&running.meta, words, Some(late)));
        }
        self.running = Some(running);
    }

    fn keep(&mut self, meta: &Meta, kept: &[Words]) {
        for words in kept {
            self.tell(Told::Said(meta, words, None));
        }
    }

    /// No more words of this call will come.
    fn close(&mut self, call: CallUid) {
        self.waiting.retain(|waiting| *waiting != call);
        if let Some(place) = self.recent.iter().position(|(meta, _)| meta.uid == call) {
            let (meta, mut redactor) = self.recent.swap_remove(place);
            self.keep(&meta, &redactor.finish());
        }
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
    pub(super) fn new_ear(&mut self, meta: &mut Meta) -> Option<(Ear, Rules)> {
        let settings = self.parts.config.transcript().clone();
        if self.wanted_words.as_ref().is_none_or(|(known, _)| *known != settings) {
            let choice = self.choice();
            self.wanted_words = Some((settings.clone(), choice));
        }
        let (choice, rules) = self.wanted_words.as_ref()?.1.clone()?;
        let jobs = self.parts.jobs.clone()?;
        meta.config_hash = self.parts.config.hash_with_words();
        Some((Ear::new(meta.uid, jobs, choice, settings.after_call), rules))
    }

    /// The folder of models is looked at when the settings change, never for a call.
    fn choice(&mut self) -> Option<(Choice, Rules)> {
        let folder = recognise::folder_in(&self.parts.seat.data);
        let settings = self.parts.config.transcript();
        let choice = recognise::wanted(settings, &folder).and_then(|choice| {
            // Live text does without the times of words, which cost a third more.
            let live = choice.map(|choice| Choice { times: false, polite: true, ..choice });
            live.map(|choice| Ok((choice, Rules::new(settings)?))).transpose()
        });
        match choice {
            Ok(choice) => choice,
            Err(failure) => {
                self.tell(Told::Device(&format!("no words: {}", failure.message), failure.hint.as_deref()));
                None
            }
        }
    }

    /// A call is over: it is remembered while words may still come.
    pub(super) fn outlast(&mut self, meta: &Meta, ear: Option<Ear>, redactor: Option<Redactor>) {
        let (Some(ear), Some(redactor)) = (ear, redactor) else { return };
        self.waiting.push(meta.uid);
        self.recent.push((meta.clone(), redactor));
        if RECENT < self.recent.len() {
            let oldest = self.recent[0].0.uid;
            self.close(oldest);
        }
        ear.finish();
    }

    /// The end of the daemon waits so long for words of calls that are over.
    pub(in crate::app::daemon) fn hear_out(&mut self, heard: &Receiver<Heard>, patience: Duration) {
        let until = Instant::now() + patience;
        while !self.waiting.is_empty() {
            let Ok(heard) = heard.recv_deadline(until) else { break };
            self.heard(self.now(), heard);
        }
        for call in self.recent.iter().map(|(meta, _)| meta.uid).collect::<Vec<_>>() {
            self.close(call);
        }
    }
}
