//! What the recogniser heard, told to the core and to everyone else. Words that
//! come after the call go to the database alone.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::Engine;
use super::after::{Late, Recent};
use crate::app::daemon::recognise::{Ear, Heard, News, Tally};
use crate::app::daemon::told::{Meta, Outlet, Told};
use crate::app::recognise::Rules;
use crate::core::summary::CallSummary;
use crate::core::units::Nanos;
use crate::core::words::Words;
use crate::store::CallUid;
use crate::transcript::desk::Outcome;
use crate::transcript::guards::Why;
use crate::transcript::recogniser::RecogniserError;
use crate::transcript::redact::Redactor;
use crate::transcript::segments::Utterance;

impl Engine {
    /// Something was recognised, or was not.
    pub(in crate::app::daemon) fn heard(&mut self, now: Nanos, heard: Heard) {
        let Heard { call, news } = heard;
        match news {
            News::Outcome { utterance, outcome } => {
                self.tally_up(call, &utterance, &outcome);
                match outcome {
                    Outcome::Said(mut words) => {
                        self.listened(now, call, &utterance);
                        self.mend(call, &mut words);
                        self.said(now, call, &words);
                    }
                    Outcome::Dropped(Why::NoSpeech | Why::NoWords) => self.listened(now, call, &utterance),
                    // Something was said, and nobody knows what.
                    Outcome::Dropped(Why::Loop) | Outcome::Missed(_) => (),
                }
            }
            News::Failed(error) => {
                tracing::debug!(%error, "an utterance was not recognised: once more after the call");
                self.tally(call, |tally| tally.fault(error));
            }
            News::Off(error) => {
                let what =
                    format!("no words while this call goes on: {error}; coaching goes on without them");
                self.tell(Told::Device(&what, error.hint()));
                tracing::warn!(%error, "nothing more is recognised in this call");
            }
            News::Done => self.close(call),
        }
    }

    fn tally_up(&mut self, call: CallUid, utterance: &Utterance, outcome: &Outcome) {
        let (who, spoken) = (utterance.who, utterance.spoken());
        self.tally(call, |tally| match outcome {
            Outcome::Said(words) => tally.said(spoken, words),
            Outcome::Dropped(why) => tally.dropped(who, spoken, *why),
            Outcome::Missed(error) => {
                tally.missed(who, spoken);
                tally.fault(error.clone());
            }
        });
    }

    fn tally(&mut self, call: CallUid, change: impl FnOnce(&mut Tally)) {
        let running = self.running.as_mut().filter(|running| running.meta.uid == call);
        let running = running.and_then(|running| running.tally.as_mut());
        let recent = self.recent.of(call);
        if let Some(tally) = running.or_else(|| recent.map(|recent| &mut recent.tally)) {
            change(tally);
        }
    }

    /// Writes names as they are written, by the terms with which the call began.
    fn mend(&mut self, call: CallUid, words: &mut Words) {
        let running = self.running.as_ref().filter(|running| running.meta.uid == call);
        let running = running.and_then(|running| running.rules.as_ref()).map(|rules| &rules.terms);
        let recent = self.recent.of(call).map(|recent| &recent.terms);
        if let Some(terms) = running.or(recent) {
            terms.mend(words);
        }
    }

    /// The core counts what it is known of that it was listened to.
    fn listened(&mut self, now: Nanos, call: CallUid, utterance: &Utterance) {
        let mut events = Vec::new();
        let Some(mut running) = self.running.take_if(|running| running.meta.uid == call) else {
            self.recent.of(call).into_iter().for_each(|recent| recent.late.listened(utterance));
            return;
        };
        if let Some(hash) = running.use_words() {
            self.tell(Told::Worded(&running.meta, &hash));
        }
        running.call.listened(utterance, &mut events);
        self.running = Some(running);
        self.pass_on(now, &events);
    }

    /// The core hears the words as they are; whoever shows or keeps them, once what
    /// must not be kept is taken out.
    fn said(&mut self, now: Nanos, call: CallUid, words: &Words) {
        if let Some(running) = self.running.as_mut().filter(|running| running.meta.uid == call) {
            let mut events = Vec::new();
            running.call.words(words, &mut events);
            let kept = running.redactor.as_mut().map_or_else(Vec::new, |r| r.push(words.clone()));
            self.delay = Some(Duration::from_nanos(now.since(running.call.moment(words.to))));
            self.show(now, &kept);
            self.pass_on(now, &events);
        } else if let Some(recent) = self.recent.of(call) {
            recent.late.heard(words);
            let kept = recent.redactor.push(words.clone());
            keep(&mut self.parts.outlets, &recent.meta, &kept);
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

    /// No more words of this call will come.
    fn close(&mut self, call: CallUid) {
        if let Some(mut recent) = self.recent.take(call) {
            keep(&mut self.parts.outlets, &recent.meta, &recent.redactor.finish());
            self.tell(Told::Recognised(&recent.meta, &recent.tally.recognition()));
            if !recent.late.events.is_empty() {
                self.tell(Told::Late(&recent.meta, &recent.late.events, &recent.late.summary));
            }
        }
    }

    /// A call is over: it is remembered while words may still come. Until then
    /// what waits is told as missed.
    pub(super) fn outlast(
        &mut self,
        meta: &Meta,
        ear: Option<Ear>,
        redactor: Option<Redactor>,
        rules: Option<Rules>,
        tally: Option<Tally>,
        summary: CallSummary,
    ) {
        let (Some(ear), Some(redactor), Some(mut tally)) = (ear, redactor, tally) else { return };
        let Some(rules) = rules else { return };
        let left = ear.finish();
        tally.cut(left.cut);
        self.tell(Told::Recognised(meta, &tally.recognition()));
        let late = Late::new(rules.listener(), summary);
        self.recent.push(Recent { meta: meta.clone(), redactor, terms: rules.terms, tally, late });
        if !left.heard {
            self.close(meta.uid);
        }
    }

    /// The end of the daemon waits so long for words of calls that are over. Then the
    /// recogniser ends, in the midst of an utterance too.
    pub(in crate::app::daemon) fn hear_out(&mut self, heard: &Receiver<Heard>, patience: Duration) {
        let until = Instant::now() + patience;
        while !self.recent.is_empty() {
            let Ok(heard) = heard.recv_deadline(until) else { break };
            self.heard(self.now(), heard);
        }
        if let Some(jobs) = &self.parts.jobs {
            jobs.stop();
        }
        for call in self.recent.calls() {
            self.tally(call, |tally| tally.fault(RecogniserError::Cancelled));
            self.close(call);
        }
    }
}

/// Words of a call that is over go where words are kept.
fn keep(outlets: &mut [Box<dyn Outlet>], meta: &Meta, kept: &[Words]) {
    for words in kept {
        for outlet in &mut *outlets {
            outlet.tell(Told::Said(meta, words, None));
        }
    }
}
