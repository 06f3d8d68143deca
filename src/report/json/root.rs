//! All that is known of one call, as one object. What there is of each thing is made by
//! the modules beside it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::units::Channel;
use crate::report::analysis::Analysis;
use crate::report::json::SCHEMA;
use crate::report::json::call::{
    self, BaselineJson, ChannelJson, CustomerJson, FastJson, MonologueJson, OverlapJson, RaisedJson, Series,
    SpanJson, TurnJson,
};
use crate::report::json::figures::{Both, both, length};
use crate::report::json::measures::{self, Measures, ScoreJson};
use crate::report::json::nudges::{self, DecisionJson, NudgeJson};
use crate::report::json::said::{self, CueJson, LanguageJson};
use crate::report::json::spoken::{self, RecognitionJson, UtteranceJson};

/// Everything that is known of one call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Root {
    /// `evenkeel.analysis/1`.
    pub schema: &'static str,
    /// The program that wrote it.
    pub program: Program,
    /// Fingerprint of the settings; figures under different ones are not compared.
    pub config_hash: String,
    /// Whether words were used: scores with and without them are not compared.
    pub words: bool,
    /// Where the call comes from.
    pub source: Source,
    /// Length of what was really there, s.
    pub duration_s: f64,
    /// What each channel was worth.
    pub channels: Both<ChannelJson>,
    /// Speech: pauses under 250 ms bridged, no padding. `[start, end]`.
    pub spurts: Both<Vec<(f64, f64)>>,
    /// Tones and music that were taken for speech at first.
    pub not_speech: Both<Vec<(f64, f64)>>,
    /// Every start over the other's speech.
    pub overlaps: Vec<OverlapJson>,
    /// Curves, once a second.
    pub series: Series,
    /// Episodes of fast speech (M2).
    pub fast_pace: Vec<FastJson>,
    /// Episodes of raised voice (M5).
    pub raised_voice: Vec<RaisedJson>,
    /// Each time the floor passed, with its floor-transfer offset (M9).
    pub turns: Vec<TurnJson>,
    /// Monologues of 30 s and more (M10).
    pub monologues: Vec<MonologueJson>,
    /// Long silences (M12).
    pub silences: Vec<SpanJson>,
    /// Phrases that were found (M15).
    pub cues: Vec<CueJson>,
    /// How often each was found; missing where nobody listened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageJson>,
    /// Insults and demands for somebody higher up; missing where too little of the
    /// customer was listened to for "none", and where their times were deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incidents: Option<Vec<CueJson>>,
    /// What is offered after the call: `record`, `follow_up`, `breathe`; missing where
    /// nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_call: Option<Vec<&'static str>>,
    /// What the customer began and stopped doing (M11).
    pub customer: Vec<CustomerJson>,
    /// What was normal for the agent.
    pub baseline: BaselineJson,
    /// What was said, by begin; missing without a recogniser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Vec<UtteranceJson>>,
    /// How it was recognised; missing without a recogniser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recognition: Option<RecognitionJson>,
    /// Nudges that were shown.
    pub nudges: Vec<NudgeJson>,
    /// All decisions about nudges, the suppressed ones too.
    pub decisions: Vec<DecisionJson>,
    /// The measures of the call.
    pub measures: Measures,
    /// The calmness score (M16).
    pub score: ScoreJson,
}

/// The program that wrote the analysis.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Program {
    /// `evenkeel`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// Where a call comes from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Source {
    /// Name of the call.
    pub name: String,
    /// One line a file.
    pub files: Vec<String>,
    /// What was odd about them.
    pub notes: Vec<String>,
    /// Where the analysed part begins in the file, s.
    pub from_s: f64,
}

/// The analysis in the form it is written in.
pub fn root(a: &Analysis) -> Root {
    Root {
        schema: SCHEMA,
        program: Program { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        config_hash: a.origin.config_hash.clone(),
        words: a.transcript.is_some(),
        source: source(a),
        duration_s: length(a.summary.duration),
        channels: Both {
            agent: call::channel(a, Channel::Agent),
            customer: call::channel(a, Channel::Customer),
        },
        spurts: both(&a.spurts, |spurts| spurts.iter().map(call::pair).collect()),
        not_speech: Both {
            agent: call::withdrawn(a, Channel::Agent),
            customer: call::withdrawn(a, Channel::Customer),
        },
        overlaps: a.overlaps.iter().map(call::overlap).collect(),
        series: call::series(a),
        fast_pace: a.fast.iter().map(call::fast).collect(),
        raised_voice: a.raised.iter().map(call::raised).collect(),
        turns: a.transfers.iter().map(call::turn).collect(),
        monologues: a.monologues.iter().map(call::monologue).collect(),
        silences: a.silences.iter().map(call::span).collect(),
        cues: a.cues.iter().map(said::cue).collect(),
        language: a.summary.language.is_known().then(|| said::language(&a.summary)),
        incidents: crate::report::said::incidents(a).map(|hits| hits.into_iter().map(said::cue).collect()),
        after_call: said::after_call(a),
        customer: a.customer.iter().map(|(at, change)| call::customer(*at, change)).collect(),
        transcript: a.transcript.as_ref().map(|t| t.said.iter().map(spoken::utterance).collect()),
        recognition: a.transcript.as_ref().map(spoken::recognition),
        baseline: call::baseline(a),
        nudges: a.nudges.iter().map(nudges::nudge).collect(),
        decisions: a.decisions.iter().map(nudges::decision).collect(),
        measures: measures::measures(&a.summary),
        score: measures::score(&a.summary.score, &a.summary.moments),
    }
}

pub(super) fn source(a: &Analysis) -> Source {
    let origin = &a.origin;
    Source {
        name: origin.name.clone(),
        files: origin.files.clone(),
        notes: origin.notes.clone(),
        from_s: length(origin.offset),
    }
}
