//! What is said in a call that is analysed: each utterance is recognised before
//! the analysis goes on, so that the same file gives the same words and events.

use std::sync::Arc;
use std::time::Duration;

use crate::app::exit::Failure;
use crate::app::recognise::{self, Choice, Rules};
use crate::core::event::Event;
use crate::core::pipeline::Pipeline;
use crate::core::transcript::Transcript;
use crate::core::units::{SampleTime, Sides};
use crate::core::words::Words;
use crate::transcript::child::Limits;
use crate::transcript::desk::{Desk, Outcome};
use crate::transcript::guards::Why;
use crate::transcript::recogniser::RecogniserError;
use crate::transcript::redact::Redactor;
use crate::transcript::segments::{Segments, Utterance};
use crate::transcript::terms::Terms;

/// Nobody waits for the text of a recorded call: a machine under load has time.
const LIMITS: Limits = Limits {
    load: Duration::from_secs(300),
    utterance: Duration::from_secs(180),
    per_second: Duration::from_secs(30),
};

/// Listens to one call.
pub(super) struct Listening {
    desk: Desk,
    segments: Segments,
    ready: Vec<Utterance>,
    transcript: Transcript,
    redactor: Redactor,
    /// What is told while the call goes on: as it comes, not in the order of the call.
    aloud: Vec<Words>,
    first: Redactor,
    terms: Arc<Terms>,
}

impl Listening {
    /// Loads the models. None where they cannot be had and nobody asked for them.
    ///
    /// # Errors
    /// Models that were asked for and cannot be had.
    pub(super) fn begin(
        choice: &Choice,
        rules: &Rules,
        notes: &mut Vec<String>,
    ) -> Result<Option<Self>, Failure> {
        let begun = choice.desk(LIMITS).and_then(|mut desk| desk.begin().map(|()| desk));
        match begun {
            Ok(desk) => Ok(Some(Self {
                desk,
                segments: Segments::default(),
                ready: Vec::new(),
                transcript: Transcript::new(choice.name()),
                redactor: rules.redactor(),
                aloud: Vec::new(),
                first: rules.redactor(),
                terms: Arc::clone(&rules.terms),
            })),
            Err(error) if choice.asked => Err(recognise::failure(&error, &choice.name())),
            Err(error) => {
                notes.push(format!("no transcript: {}: {error}", choice.name()));
                Ok(None)
            }
        }
    }

    /// Hears the next samples of both sides; before the core does.
    pub(super) fn sound(&mut self, sides: Sides<&[f32]>) {
        self.segments.sound(sides);
    }

    /// Hears what the core says of them, and tells it the words.
    pub(super) fn events(&mut self, pipeline: &mut Pipeline, events: &mut Vec<Event>) {
        for event in events.iter() {
            self.segments.event(event, &mut self.ready);
        }
        self.recognise(|utterance, words| tell(pipeline, utterance, words, events));
        self.aloud.extend(self.first.pass(pipeline.now()));
    }

    /// What was heard since this was asked last.
    pub(super) fn aloud(&mut self) -> impl Iterator<Item = Words> {
        std::mem::take(&mut self.aloud).into_iter()
    }

    /// The sound is at its end, and the core is not yet.
    pub(super) fn end(&mut self, now: SampleTime, pipeline: &mut Pipeline, events: &mut Vec<Event>) {
        self.segments.finish(now, &mut self.ready);
        self.recognise(|utterance, words| tell(pipeline, utterance, words, events));
        self.aloud.extend(self.first.finish());
    }

    /// What was said. The core's last events may hold speech that it was not sure of
    /// before.
    pub(super) fn finish(mut self, last: &[Event]) -> Transcript {
        for event in last {
            self.segments.event(event, &mut self.ready);
        }
        self.recognise(|_, _| ());
        self.transcript.sort();
        let said = std::mem::take(&mut self.transcript.said);
        self.transcript.said = said.into_iter().flat_map(|words| self.redactor.push(words)).collect();
        self.transcript.said.extend(self.redactor.finish());
        self.transcript.sort();
        self.transcript
    }

    fn recognise(&mut self, mut tell: impl FnMut(&Utterance, Option<&Words>)) {
        for utterance in std::mem::take(&mut self.ready) {
            let (who, spoken) = (utterance.who, utterance.spoken());
            match self.desk.hear(&utterance) {
                Outcome::Said(mut words) => {
                    self.terms.mend(&mut words);
                    tell(&utterance, Some(&words));
                    self.aloud.extend(self.first.push(words.clone()));
                    self.transcript.heard(who, spoken, Some(words));
                }
                Outcome::Dropped(Why::NoSpeech | Why::NoWords) => {
                    tell(&utterance, None);
                    self.transcript.heard(who, spoken, None);
                }
                // Something was said, and nobody knows what.
                Outcome::Dropped(Why::Loop) => self.transcript.missed(who, spoken),
                Outcome::Missed(error) => {
                    self.transcript.missed(who, spoken);
                    self.fault(&error);
                }
            }
        }
    }

    /// The first fault is told; the others follow from it, or are the same.
    fn fault(&mut self, error: &RecogniserError) {
        self.transcript.fault.get_or_insert_with(|| format!("{}: {error}", self.transcript.model));
    }
}

/// The core hears what was recognised, and that it was listened to.
fn tell(pipeline: &mut Pipeline, heard: &Utterance, words: Option<&Words>, out: &mut Vec<Event>) {
    pipeline.listened(heard.who, (heard.from, heard.to()), heard.spoken(), out);
    if let Some(words) = words {
        pipeline.words(words, out);
    }
}
