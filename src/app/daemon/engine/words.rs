//! What hears the words of calls: which models, with which phrases, and how all
//! that stands. Looked at when a call begins and when somebody asks, never by a
//! clock of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::Engine;
use crate::app::daemon::recognise::{Ear, Phase};
use crate::app::daemon::told::Told;
use crate::app::exit::Failure;
use crate::app::recognise::{self, Choice, Rules};
use crate::control::{RecogniserState, RecogniserStatus};
use crate::core::units::{Channel, SampleSpan};
use crate::store::CallUid;
use crate::transcript::Settings;

/// What the settings want, as it was found out when the files were as they are.
pub(super) struct Wanted {
    settings: Settings,
    prints: [Print; 4],
    found: Result<Option<Choice>, Failure>,
}

/// By what a file or a folder is seen to have changed.
type Print = Option<(SystemTime, u64)>;

fn print(path: &Path) -> Print {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// The phrases, and the file they were read from as it was then.
pub(super) struct Phrases {
    settings: Settings,
    print: Print,
    /// Those in force.
    rules: Option<Rules>,
    /// Why the file is not in force, where it is not.
    wrong: Option<Failure>,
}

impl Engine {
    /// Who listens to the words of a call that begins.
    pub(super) fn new_ear(&mut self, call: CallUid) -> Option<(Ear, Rules)> {
        self.look_at_models();
        self.look_at_phrases();
        let choice = self.wanted_words.as_ref()?.found.as_ref().ok()?.clone()?;
        let rules = self.phrases.as_ref()?.rules.clone()?;
        let jobs = self.parts.jobs.clone()?;
        let after_call = self.parts.config.transcript().after_call;
        Some((Ear::new(call, jobs, choice, after_call), rules))
    }

    /// Finds out what has changed about models and phrases. A call keeps its models.
    pub(in crate::app::daemon) fn look_at_words(&mut self) {
        if self.running.is_none() {
            self.look_at_models();
        }
        self.look_at_phrases();
    }

    /// Finds out which models are wanted, where anything about that has changed.
    fn look_at_models(&mut self) {
        let settings = self.parts.config.transcript().clone();
        let folder = recognise::folder_in(&self.parts.seat.data);
        let named = [Path::new(&settings.model), Path::new(&settings.customer_model)];
        let prints = [print(&folder), print(&folder.join("chosen")), print(named[0]), print(named[1])];
        let known = |wanted: &Wanted| wanted.settings == settings && wanted.prints == prints;
        if self.wanted_words.as_ref().is_some_and(known) {
            return;
        }
        // Live text does without the times of words, which cost a third more.
        let live = |choice: Choice| Choice { times: false, polite: true, ..choice };
        let found = recognise::wanted(&settings, &folder).map(|choice| choice.map(live));
        if let Err(failure) = &found {
            self.tell(Told::Device(&format!("no words: {}", failure.message), failure.hint.as_deref()));
        }
        self.wanted_words = Some(Wanted { settings, prints, found });
    }

    /// Reads the phrases again where their file has changed. One with mistakes is
    /// not used: those from before stay in force.
    fn look_at_phrases(&mut self) {
        let settings = self.parts.config.transcript().clone();
        let print = print(Path::new(&settings.lexicon));
        let known = |phrases: &Phrases| phrases.settings == settings && phrases.print == print;
        if !settings.on || self.phrases.as_ref().is_some_and(known) {
            return;
        }
        let before = self.phrases.take();
        let (rules, wrong) = match Rules::new(&settings) {
            Ok(rules) => (Some(rules), None),
            Err(failure) => {
                // Other patterns of what must not be kept cannot be left out.
                let same = |p: &Phrases| p.settings.redact == settings.redact;
                (before.filter(same).and_then(|phrases| phrases.rules), Some(failure))
            }
        };
        if let Some(failure) = &wrong {
            let what = match &rules {
                Some(_) => format!("the phrases from before stay in force: {}", failure.message),
                None => format!("no words: {}", failure.message),
            };
            tracing::warn!(file = %settings.lexicon, "the file of phrases is not used");
            self.tell(Told::Device(&what, failure.hint.as_deref()));
        }
        if let (Some(running), Some(rules)) = (&mut self.running, &rules) {
            running.call.phrases(Arc::clone(&rules.lexicon));
        }
        self.phrases = Some(Phrases { settings, print, rules, wrong });
    }

    /// How the recogniser stands.
    pub(super) fn recogniser(&self) -> RecogniserStatus {
        let mut status = RecogniserStatus {
            delay_s: self.delay.map(|delay| delay.as_secs_f64()),
            after_s: self.after_call().seconds(),
            ..RecogniserStatus::default()
        };
        if let Some((why, remedy)) = self.no_words() {
            (status.why, status.remedy) = (Some(why), remedy);
            return status;
        }
        let Some(jobs) = &self.parts.jobs else { return status };
        let standing = jobs.standing();
        status.model = self.wanted_words.as_ref().and_then(|w| Some(w.found.as_ref().ok()?.as_ref()?.name()));
        status.queue = jobs.queue() as u64;
        status.processes = standing.processes;
        status.state = match standing.phase {
            Phase::Rests => RecogniserState::Resting,
            Phase::Loads => RecogniserState::Loading,
            Phase::Ready => RecogniserState::Ready,
            Phase::Busy => RecogniserState::Busy,
        };
        let here = self.running.as_ref().map(|running| running.meta.uid);
        if let Some((_, error)) = standing.off.filter(|(call, _)| Some(*call) == here) {
            let remedy =
                error.hint().unwrap_or("it is tried again after the call; see the log if it stays so");
            status.state = RecogniserState::Off;
            status.why = Some(format!("given up for this call: {error}"));
            status.remedy = Some(remedy.into());
        } else if let Some(wrong) = self.phrases.as_ref().and_then(|phrases| phrases.wrong.as_ref()) {
            status.why = Some(format!("the phrases from before stay in force: {}", wrong.message));
            status.remedy.clone_from(&wrong.hint);
        }
        status
    }

    /// Why no words are heard in any call, and the way out.
    fn no_words(&self) -> Option<(String, Option<String>)> {
        let told = |failure: &Failure| (failure.message.clone(), failure.hint.clone());
        if !self.parts.config.transcript().on {
            return Some(("switched off: `transcript.on` is false".into(), None));
        }
        if self.parts.jobs.is_none() {
            return Some(("the system gave no thread for it".into(), Some("restart evenkeel".into())));
        }
        match &self.wanted_words.as_ref()?.found {
            Err(failure) => return Some(told(failure)),
            Ok(None) if cfg!(feature = "whisper") => {
                let remedy = "`evenkeel model fetch tiny.en-q8_0`, or `evenkeel model import FILE`";
                return Some(("no model is installed".into(), Some(remedy.into())));
            }
            Ok(None) => return Some(("this program was built without speech recognition".into(), None)),
            Ok(Some(_)) => (),
        }
        let phrases = self.phrases.as_ref().filter(|phrases| phrases.rules.is_none())?;
        phrases.wrong.as_ref().map(told)
    }

    /// Speech that waits for the end of its call, or for its turn after it.
    fn after_call(&self) -> SampleSpan {
        let here = self.running.as_ref().map(|running| running.meta.uid);
        let aside = self.running.as_ref().and_then(|running| running.ear.as_ref()).map(Ear::aside);
        // What failed in a call that is over is among what that call waits for.
        let failed = self.parts.jobs.as_ref().map(|jobs| jobs.standing().failed).unwrap_or_default();
        let failed = failed.into_iter().filter(|(call, _)| Some(*call) == here).map(|(_, span)| span);
        let recent = self.recent.iter().flat_map(|r| Channel::BOTH.map(|who| r.tally.waits(who)));
        let spans = aside.into_iter().chain(failed).chain(recent);
        spans.fold(SampleSpan::ZERO, |sum, span| sum + span)
    }
}
