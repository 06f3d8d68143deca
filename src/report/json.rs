//! The analysis as JSON, schema `evenkeel.analysis/1`. Times are seconds from
//! the first sample that was analysed, levels dBFS or dB, paces syllables per
//! second. What could not be measured is `null` with a reason beside it.

mod call;
mod figures;
mod measures;
mod nudges;
mod root;
mod said;
mod spoken;

use crate::report::analysis::Analysis;

pub use call::{
    BaselineJson, ChannelJson, CustomerJson, FastJson, MonologueJson, OverlapJson, RaisedJson, Series,
    SpanJson, StateJson, StepJson, TurnJson,
};
pub use figures::Both;
pub(in crate::report) use figures::{figure, length, round, seconds};
pub use measures::{BehavioursJson, Measure, Measures, MomentJson, PartJson, ScoreJson, StartsJson};
pub use nudges::{DecisionJson, EvidenceJson, NudgeJson};
pub use root::{Program, Root, Source, root};
pub use said::{CueJson, LanguageJson, PhraseCountJson};
pub use spoken::{RecognisedJson, RecognitionJson, Said, UtteranceJson, WordJson};

/// Version of the schema: raised when a key changes its meaning or goes.
pub const SCHEMA: &str = "evenkeel.analysis/1";

/// The analysis as one line of JSON. The same analysis gives the same bytes.
///
/// # Errors
/// Only where a number is not finite, which no measure is.
pub fn write(analysis: &Analysis) -> Result<String, serde_json::Error> {
    serde_json::to_string(&root(analysis))
}

/// The published schema of [`Root`], as pretty JSON with a line feed at its end.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Root);
    // A schema holds nothing that could fail to print.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
