//! What was said, by kind: phrases, how often each was found, what is offered after the
//! call. Never a word.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::event::{CueHit, Detector};
use crate::core::summary::CallSummary;
use crate::report::analysis::Analysis;
use crate::report::json::figures::{Both, both, length, seconds};
use crate::report::json::measures::{Measure, measure};
use crate::report::names;
use crate::report::said;

/// A phrase that was found; never its words.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CueJson {
    /// Whose.
    pub speaker: &'static str,
    /// First word, s.
    pub start_s: f64,
    /// End of the last word, s.
    pub end_s: f64,
    /// Which kind: `empathy`, `policy_wall` and so on.
    pub detector: &'static str,
}

/// How often each kind of phrase was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LanguageJson {
    /// Speech that was listened to, s.
    pub heard_s: Both<f64>,
    /// Finds of each detector; null where none was found and too little of that side was
    /// listened to for a zero.
    pub counts: Vec<PhraseCountJson>,
    /// Phrases that make it worse, per minute of the agent's speech that was listened to.
    pub negative_per_min: Measure,
}

/// Finds of one detector.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PhraseCountJson {
    /// Which kind.
    pub detector: &'static str,
    /// How many; null where none was found and too little was listened to for a zero.
    pub count: Option<u32>,
}

pub(super) fn cue(hit: &CueHit) -> CueJson {
    CueJson {
        speaker: names::side(hit.who),
        start_s: seconds(hit.at),
        end_s: seconds(hit.until),
        detector: hit.detector.name(),
    }
}

pub(super) fn language(s: &CallSummary) -> LanguageJson {
    let l = &s.language;
    let count = |detector: Detector| PhraseCountJson { detector: detector.name(), count: s.count(detector) };
    LanguageJson {
        heard_s: both(&l.heard, |heard| length(*heard)),
        counts: Detector::ALL.into_iter().map(count).collect(),
        negative_per_min: measure("M15", "1/min", "agent's speech listened to", l.negative_per_min),
    }
}

pub(super) fn after_call(a: &Analysis) -> Option<Vec<&'static str>> {
    let offers: Vec<&str> = said::after(a).into_iter().map(names::after).collect();
    (!offers.is_empty()).then_some(offers)
}
