//! What was said, as JSON.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::transcript::Transcript;
use crate::core::units::{Channel, SampleSpan};
use crate::core::words::{Word, Words};
use crate::report::json::figures::{Both, figure, length, seconds};
use crate::report::names;

/// Spoken words on their way into a file that was asked for: they do not print.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Said(String);

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Said({} chars)", self.0.chars().count())
    }
}

/// One utterance.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UtteranceJson {
    /// Who spoke: `agent` or `customer`.
    pub speaker: &'static str,
    /// Where it begins, s.
    pub start_s: f64,
    /// Where it ends, s.
    pub end_s: f64,
    /// What was said.
    pub text: Said,
    /// The same word by word.
    pub words: Vec<WordJson>,
}

/// One word.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WordJson {
    /// As written, with its punctuation.
    pub w: Said,
    /// Where it begins, s.
    pub s: f64,
    /// Where it ends, s.
    pub e: f64,
    /// How sure the recogniser was, 0 to 1.
    pub p: f64,
}

/// How the words came about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecognitionJson {
    /// The model that heard them.
    pub model: String,
    /// Each side.
    pub sides: Both<RecognisedJson>,
    /// Why it is not whole, if it is not.
    pub fault: Option<String>,
}

/// How much of one side was recognised.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecognisedJson {
    /// Part of the speech that was listened to, 0 to 1; null where nobody spoke.
    pub coverage: Option<f64>,
    /// Speech that was listened to, s.
    pub heard_s: f64,
    /// The part of it in which the recogniser heard something that was not to be
    /// believed, s.
    pub dropped_s: f64,
    /// Speech that nobody listened to, or whose words are not known, s.
    pub missed_s: f64,
    /// Words; null where nothing was listened to.
    pub words: Option<u32>,
    /// Words per minute of speech, own pauses under a second included (M1); null
    /// under 10 s of speech or 80 % coverage.
    pub words_per_minute: Option<f64>,
    /// The same over the half minute before the end of each second of the call; null
    /// where that held under 10 s of speech, or under 80 % of it is known in words.
    pub words_per_minute_by_second: Vec<Option<f64>>,
}

pub(super) fn utterance(words: &Words) -> UtteranceJson {
    UtteranceJson {
        speaker: names::side(words.who),
        start_s: seconds(words.from),
        end_s: seconds(words.to),
        text: Said(words.text.reveal().to_owned()),
        words: words.words.iter().map(word).collect(),
    }
}

fn word(word: &Word) -> WordJson {
    WordJson {
        w: Said(word.text.reveal().to_owned()),
        s: seconds(word.from),
        e: seconds(word.to),
        p: figure(word.sure),
    }
}

fn by_second(rates: &[Option<f32>]) -> Vec<Option<f64>> {
    rates.iter().map(|rate| rate.map(figure)).collect()
}

pub(super) fn recognition(transcript: &Transcript) -> RecognitionJson {
    let side = |who: Channel| {
        let side = &transcript.coverage[who];
        RecognisedJson {
            coverage: side.share().map(figure),
            heard_s: length(side.heard),
            dropped_s: length(side.dropped),
            missed_s: length(side.missed),
            words: (SampleSpan::ZERO < side.heard).then_some(side.words),
            words_per_minute: transcript.words_per_minute(who).map(figure),
            words_per_minute_by_second: by_second(&transcript.rates[who]),
        }
    };
    RecognitionJson {
        model: transcript.model.clone(),
        sides: Both { agent: side(Channel::Agent), customer: side(Channel::Customer) },
        fault: transcript.fault.clone(),
    }
}
