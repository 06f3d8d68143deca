//! The analysis as JSON, schema `evenkeel.analysis/1`. Times are seconds from
//! the first sample that was analysed, levels dBFS or dB, paces syllables per
//! second. What could not be measured is `null` with a reason beside it.

mod spoken;

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::event::{Decision, Detector, Judged, Normal, Outcome};
use crate::core::measures::Measured;
use crate::core::moments::Moment;
use crate::core::score::{Part, Score};
use crate::core::summary::{CallSummary, Starts};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};
use crate::report::analysis::{Analysis, Nudge, Span};
use crate::report::names;
use crate::report::said;

pub use spoken::{RecognisedJson, RecognitionJson, Said, UtteranceJson, WordJson};

/// Version of the schema: raised when a key changes its meaning or goes.
pub const SCHEMA: &str = "evenkeel.analysis/1";

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

/// One thing for each side.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Both<T> {
    /// The agent's.
    pub agent: T,
    /// The customer's.
    pub customer: T,
}

/// What a channel was worth.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChannelJson {
    /// Verdict over the whole call: `live`, `silent`, `zeros`, `dead`,
    /// `leaking`, `same_audio` or `unknown`.
    pub health: &'static str,
    /// Leak of the customer into this channel, dB below the customer channel.
    pub leak_db: Option<f64>,
    /// Stretches in which the channel was not live.
    pub spans: Vec<StateJson>,
}

/// A stretch in which a channel was not live.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StateJson {
    /// Its state, as in `health`.
    pub state: &'static str,
    /// Beginning, s.
    pub start_s: f64,
    /// End, s.
    pub end_s: f64,
}

/// A start over the other's speech (M6).
#[derive(Debug, Serialize, JsonSchema)]
pub struct OverlapJson {
    /// Onset of the one who started, s.
    pub at_s: f64,
    /// End of the talking together, s.
    pub end_s: f64,
    /// Who started: `agent` or `customer`.
    pub by: &'static str,
    /// `cut_off`, `talk_over` (interruptions), `pause_barge_in`,
    /// `backchannel`, `early_start` or `simultaneous_start`.
    pub class: &'static str,
    /// Time both talked, s.
    pub overlap_s: f64,
    /// How long the other had had the turn, s.
    pub held_s: f64,
    /// When the live rule knew of an interruption, s; null for other classes.
    pub decided_s: Option<f64>,
    /// Whether it counts.
    pub reliable: bool,
    /// Why it does not: `reliable`, `leaking`, `same_audio`, `echo_remains`,
    /// `babble` or `unknown`.
    pub reliability: &'static str,
}

/// Curves, once a second: `[t, value or null]`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Series {
    /// Agent's pace in the last 10 s of own speech, syllables per second.
    pub pace: Vec<(f64, Option<f64>)>,
    /// Agent's level in the last 3 s, dBFS.
    pub level: Vec<(f64, Option<f64>)>,
}

/// An episode of fast speech.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FastJson {
    /// Beginning, s.
    pub start_s: f64,
    /// End, s.
    pub end_s: f64,
    /// Highest pace against the baseline.
    pub peak_ratio: f64,
}

/// An episode of raised voice.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RaisedJson {
    /// Beginning, s.
    pub start_s: f64,
    /// End, s.
    pub end_s: f64,
    /// Highest level over the baseline, dB.
    pub peak_db: f64,
    /// The agent's speech in it, s.
    pub spoken_s: f64,
}

/// The floor passed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TurnJson {
    /// To whom.
    pub to: &'static str,
    /// When they began to speak, s.
    pub at_s: f64,
    /// Start less the other's end, s; negative where they overlapped.
    pub offset_s: Option<f64>,
    /// It was taken by an interruption, and is no reply.
    pub by_interruption: bool,
}

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

/// A monologue.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MonologueJson {
    /// Whose.
    pub speaker: &'static str,
    /// Beginning, s.
    pub start_s: f64,
    /// End, s.
    pub end_s: f64,
}

/// A stretch.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SpanJson {
    /// Beginning, s.
    pub start_s: f64,
    /// End, s.
    pub end_s: f64,
}

/// The customer began or stopped doing something.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CustomerJson {
    /// When, s.
    pub at_s: f64,
    /// `higher_pitch`, `faster` or `interrupting`.
    pub behaviour: &'static str,
    /// Whether it began.
    pub active: bool,
    /// By how much: semitones, ratio, or interruptions in a minute.
    pub amount: f64,
}

/// What was normal for the agent.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BaselineJson {
    /// `none`, `young`, `provisional` or `earned`.
    pub standing: &'static str,
    /// Level of 1.5 s of speech, dBFS.
    pub level_dbfs: Option<f64>,
    /// Spectral tilt, dB.
    pub tilt_db: Option<f64>,
    /// Pitch, semitones over 100 Hz.
    pub pitch_st: Option<f64>,
    /// Pace, syllables per second.
    pub pace: Option<f64>,
    /// When it first stood, and when it was firm, s.
    pub steps: Vec<StepJson>,
}

/// A step of the baseline.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StepJson {
    /// When, s.
    pub at_s: f64,
    /// How well it stands from there on.
    pub standing: &'static str,
}

/// A nudge that was shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NudgeJson {
    /// When, s.
    pub at_s: f64,
    /// `capture`, `incident`, `interrupting`, `raised_voice`, `fast_pace`, `monologue`,
    /// `rushed_reply`, `dead_air`, `phrase`, `apology`, `card`, `tip` or `positive`.
    pub kind: &'static str,
    /// Which form of it.
    pub variant: &'static str,
    /// What the nudge says.
    pub text: &'static str,
    /// The line of advice that a card has; missing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
    /// When the condition began, s.
    pub began_s: f64,
    /// When it left the screen, s.
    pub cleared_s: Option<f64>,
    /// How: `recovered`, `passed` (the customer gave way), `timed_out` or `dismissed`.
    pub cleared: Option<&'static str>,
    /// Why it was shown, in words.
    pub why: String,
}

/// A decision about a nudge.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DecisionJson {
    /// When, s.
    pub at_s: f64,
    /// What about.
    pub kind: &'static str,
    /// Which form of it.
    pub variant: &'static str,
    /// Priority, 0 to 1000.
    pub priority: u32,
    /// `shown` or `suppressed`.
    pub outcome: &'static str,
    /// Why it was suppressed.
    pub reason: Option<&'static str>,
    /// When the condition began, s.
    pub began_s: f64,
    /// How well the baseline stood.
    pub baseline: &'static str,
    /// What it rested on, each with its threshold.
    pub evidence: Vec<EvidenceJson>,
}

/// One input of a decision.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceJson {
    /// What was looked at.
    pub quantity: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its value.
    pub value: f64,
    /// The threshold.
    pub limit: f64,
}

/// One measure.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Measure {
    /// Its code in section 22 of `docs/measures.md`.
    pub id: &'static str,
    /// The figure, or null.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// What it was taken over.
    pub window: &'static str,
    /// Whether there is a figure.
    pub valid: bool,
    /// Why there is none.
    pub reason: Option<&'static str>,
}

/// The measures of a call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Measures {
    /// Agent's talk, s.
    pub agent_speech_s: Option<f64>,
    /// Customer's talk, s.
    pub customer_speech_s: Option<f64>,
    /// Talk spurts of either side; null where it was not heard.
    pub spurts: Both<Option<u32>>,
    /// Agent against both.
    pub talk_ratio: Measure,
    /// Agent's talk against the call.
    pub agent_talk_share: Measure,
    /// Median pace.
    pub pace: Measure,
    /// Articulation rate.
    pub articulation_rate: Measure,
    /// Share of the agent's speech in fast windows.
    pub fast_share: Measure,
    /// Episodes of fast speech.
    pub fast_episodes: Measure,
    /// Share of the agent's speech with raised voice.
    pub raised_share: Measure,
    /// Episodes of raised voice.
    pub raised_episodes: Measure,
    /// Weighted interruptions by the agent per minute of customer talk.
    pub interruptions_per_min: Measure,
    /// Starts over the other, by class; null where a side was not heard.
    pub starts: Both<Option<StartsJson>>,
    /// Overlap begun by the agent, against customer talk.
    pub overlap_share: Measure,
    /// Replies of the agent; null where a side was not heard.
    pub replies: Option<u32>,
    /// Median response latency.
    pub reply_latency: Measure,
    /// Share of rushed replies.
    pub rushed_replies: Measure,
    /// Longest monologue of either side, s; null where it was not heard.
    pub longest_monologue_s: Both<Option<f64>>,
    /// Long silences.
    pub silences: Measure,
    /// Time in them.
    pub silence: Measure,
    /// The longest.
    pub longest_silence: Measure,
    /// Listening tokens per minute of customer talk.
    pub listening_tokens_per_min: Measure,
    /// Changes of the floor per minute.
    pub switches_per_min: Measure,
    /// Time for which the customer did each thing, s; null where they were not heard.
    pub customer_behaviours_s: Option<BehavioursJson>,
    /// Most things the customer did at once; null where they were not heard.
    pub customer_intensity_max: Option<u8>,
    /// Whether overlaps can be judged: `reliable`, or why not.
    pub overlaps_reliability: &'static str,
    /// The microphone has an automatic gain.
    pub agc: bool,
    /// The agent's channel sounds like a telephone and the customer's does not.
    pub looks_swapped: bool,
}

/// Starts over the other, by class; reliable ones only but for the last.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StartsJson {
    /// Interruptions after which the other stopped first.
    pub cut_off: u32,
    /// Interruptions after which the one who interrupted stopped first.
    pub talk_over: u32,
    /// Starts in a pause of the other, who went on.
    pub pause_barge_in: u32,
    /// Listening tokens.
    pub backchannel: u32,
    /// Starts just before the other's end.
    pub early_start: u32,
    /// Both began together.
    pub simultaneous_start: u32,
    /// Interruptions that do not count.
    pub unreliable: u32,
    /// Overlap begun, s.
    pub overlap_s: f64,
}

/// Time for which the customer did each thing, s.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BehavioursJson {
    /// Higher voice than at their start.
    pub higher_pitch: f64,
    /// Faster than at their start.
    pub faster: f64,
    /// Interrupting.
    pub interrupting: f64,
}

/// The calmness score.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScoreJson {
    /// 0 to 100, or null.
    pub value: Option<u32>,
    /// Why there is none.
    pub reason: Option<&'static str>,
    /// Share of the weights that could be measured.
    pub coverage: f64,
    /// Its parts.
    pub parts: Vec<PartJson>,
    /// The moments that cost most, dearest first.
    pub moments: Vec<MomentJson>,
}

/// A part of the score.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PartJson {
    /// Which.
    pub part: &'static str,
    /// Points it could cost before weights are shared anew.
    pub weight: f64,
    /// What was measured.
    pub value: Option<f64>,
    /// Why nothing was.
    pub reason: Option<&'static str>,
    /// Up to here nothing is lost.
    pub good: f64,
    /// From here on everything is.
    pub bad: f64,
    /// Share of the weight lost.
    pub penalty: Option<f64>,
    /// Points lost.
    pub points_lost: f64,
}

/// A costly moment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MomentJson {
    /// Beginning, s.
    pub start_s: f64,
    /// End, s.
    pub end_s: f64,
    /// Points it cost.
    pub points: f64,
    /// What happened.
    pub causes: Vec<&'static str>,
    /// The same in words.
    pub text: String,
}

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

/// Milliseconds are enough for times, and keep the same bytes everywhere.
pub(in crate::report) fn seconds(at: SampleTime) -> f64 {
    round(at.seconds(), 3)
}

pub(in crate::report) fn length(span: SampleSpan) -> f64 {
    round(span.seconds(), 3)
}

pub(in crate::report) fn round(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    // Added to zero, no figure is a minus zero.
    (value * scale).round() / scale + 0.0
}

pub(in crate::report) fn figure(value: f32) -> f64 {
    round(f64::from(value), 3)
}

fn both<T, U>(sides: &Sides<T>, make: impl Fn(&T) -> U) -> Both<U> {
    Both { agent: make(&sides.agent), customer: make(&sides.customer) }
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
        channels: Both { agent: channel(a, Channel::Agent), customer: channel(a, Channel::Customer) },
        spurts: both(&a.spurts, |spurts| spurts.iter().map(pair).collect()),
        not_speech: Both { agent: withdrawn(a, Channel::Agent), customer: withdrawn(a, Channel::Customer) },
        overlaps: a.overlaps.iter().map(overlap).collect(),
        series: series(a),
        fast_pace: a.fast.iter().map(fast).collect(),
        raised_voice: a.raised.iter().map(raised).collect(),
        turns: a.transfers.iter().map(turn).collect(),
        monologues: a.monologues.iter().map(monologue).collect(),
        silences: a.silences.iter().map(span).collect(),
        cues: a.cues.iter().map(cue).collect(),
        language: a.summary.language.is_known().then(|| language(&a.summary)),
        incidents: said::incidents(a).map(|hits| hits.into_iter().map(cue).collect()),
        after_call: after_call(a),
        customer: a.customer.iter().map(|(at, change)| customer(*at, change)).collect(),
        transcript: a.transcript.as_ref().map(|t| t.said.iter().map(spoken::utterance).collect()),
        recognition: a.transcript.as_ref().map(spoken::recognition),
        baseline: baseline(a),
        nudges: a.nudges.iter().map(nudge).collect(),
        decisions: a.decisions.iter().map(decision).collect(),
        measures: measures(&a.summary),
        score: score(&a.summary.score, &a.summary.moments),
    }
}

fn source(a: &Analysis) -> Source {
    let origin = &a.origin;
    Source {
        name: origin.name.clone(),
        files: origin.files.clone(),
        notes: origin.notes.clone(),
        from_s: length(origin.offset),
    }
}

fn channel(a: &Analysis, who: Channel) -> ChannelJson {
    let states = a.states[who].iter().map(|s| StateJson {
        state: names::state(s.state),
        start_s: seconds(s.span.from),
        end_s: seconds(s.span.to),
    });
    ChannelJson {
        health: names::state(a.summary.sides[who].verdict),
        leak_db: a.summary.leak_db.filter(|_| who == Channel::Agent).map(figure),
        spans: states.collect(),
    }
}

fn pair(span: &Span) -> (f64, f64) {
    (seconds(span.from), seconds(span.to))
}

fn span(span: &Span) -> SpanJson {
    SpanJson { start_s: seconds(span.from), end_s: seconds(span.to) }
}

fn withdrawn(a: &Analysis, who: Channel) -> Vec<(f64, f64)> {
    a.withdrawn.iter().filter(|(side, _)| *side == who).map(|(_, span)| pair(span)).collect()
}

fn overlap(judged: &Judged) -> OverlapJson {
    let o = &judged.overlap;
    OverlapJson {
        at_s: seconds(o.at),
        end_s: seconds(o.end),
        by: names::side(o.by),
        class: names::class(o.class),
        overlap_s: length(o.overlap),
        held_s: length(o.held),
        decided_s: judged.announced.map(seconds),
        reliable: judged.reliability.is_reliable(),
        reliability: names::reliability(judged.reliability),
    }
}

fn series(a: &Analysis) -> Series {
    Series {
        pace: a.seconds.iter().map(|s| (seconds(s.at), s.pace.map(figure))).collect(),
        level: a.seconds.iter().map(|s| (seconds(s.at), s.level.map(figure))).collect(),
    }
}

fn fast(f: &crate::report::analysis::Fast) -> FastJson {
    FastJson { start_s: seconds(f.span.from), end_s: seconds(f.span.to), peak_ratio: figure(f.peak_ratio) }
}

fn raised(r: &crate::report::analysis::Raised) -> RaisedJson {
    RaisedJson {
        start_s: seconds(r.span.from),
        end_s: seconds(r.span.to),
        peak_db: figure(r.peak_db),
        spoken_s: length(r.spoken),
    }
}

fn turn(t: &crate::report::analysis::Transfer) -> TurnJson {
    TurnJson {
        to: names::side(t.to),
        at_s: seconds(t.at),
        offset_s: t.offset.map(figure),
        by_interruption: t.by_interruption,
    }
}

fn cue(hit: &crate::core::event::CueHit) -> CueJson {
    CueJson {
        speaker: names::side(hit.who),
        start_s: seconds(hit.at),
        end_s: seconds(hit.until),
        detector: hit.detector.name(),
    }
}

fn language(s: &CallSummary) -> LanguageJson {
    let l = &s.language;
    let count = |detector: Detector| PhraseCountJson { detector: detector.name(), count: s.count(detector) };
    LanguageJson {
        heard_s: both(&l.heard, |heard| length(*heard)),
        counts: Detector::ALL.into_iter().map(count).collect(),
        negative_per_min: measure("M15", "1/min", "agent's speech listened to", l.negative_per_min),
    }
}

fn after_call(a: &Analysis) -> Option<Vec<&'static str>> {
    let offers: Vec<&str> = said::after(a).into_iter().map(names::after).collect();
    (!offers.is_empty()).then_some(offers)
}

fn monologue(m: &crate::report::analysis::Monologue) -> MonologueJson {
    MonologueJson { speaker: names::side(m.who), start_s: seconds(m.span.from), end_s: seconds(m.span.to) }
}

fn customer(at: SampleTime, change: &crate::core::event::Change) -> CustomerJson {
    CustomerJson {
        at_s: seconds(at),
        behaviour: names::behaviour(change.behaviour),
        active: change.active,
        amount: figure(change.amount),
    }
}

fn baseline(a: &Analysis) -> BaselineJson {
    let normal = a.summary.normal;
    let of = |pick: fn(&Normal) -> f32| normal.as_ref().map(pick).map(figure);
    BaselineJson {
        standing: names::standing(a.summary.standing),
        level_dbfs: of(|n| n.level),
        tilt_db: of(|n| n.tilt),
        pitch_st: normal.and_then(|n| n.pitch).map(figure),
        pace: of(|n| n.pace),
        steps: a
            .baselines
            .iter()
            .map(|s| StepJson { at_s: seconds(s.at), standing: names::standing(s.standing) })
            .collect(),
    }
}

fn nudge(nudge: &Nudge) -> NudgeJson {
    let d = &nudge.decision;
    NudgeJson {
        at_s: seconds(d.at),
        kind: names::kind(d.kind),
        variant: names::variant(d.variant),
        text: names::nudge_text(d.kind, d.variant),
        advice: names::advice(d.variant),
        began_s: seconds(d.began),
        cleared_s: nudge.cleared.map(|(at, _)| seconds(at)),
        cleared: nudge.cleared.map(|(_, how)| names::cleared(how)),
        why: names::why(d),
    }
}

fn decision(d: &Decision) -> DecisionJson {
    DecisionJson {
        at_s: seconds(d.at),
        kind: names::kind(d.kind),
        variant: names::variant(d.variant),
        priority: d.kind.priority(),
        outcome: names::outcome(d.outcome),
        reason: match d.outcome {
            Outcome::Shown => None,
            Outcome::Suppressed(reason) => Some(names::reason(reason)),
        },
        began_s: seconds(d.began),
        baseline: names::standing(d.standing),
        evidence: d.evidence.iter().flatten().map(evidence).collect(),
    }
}

fn evidence(e: &crate::core::event::Evidence) -> EvidenceJson {
    let (quantity, unit) = names::quantity(e.quantity);
    EvidenceJson { quantity, unit, value: figure(e.value), limit: figure(e.limit) }
}

fn measure(id: &'static str, unit: &'static str, window: &'static str, value: Measured<f32>) -> Measure {
    let reason = value.why().map(names::why_not);
    let value = value.known().map(figure);
    Measure { id, value, unit, window, valid: value.is_some(), reason }
}

fn starts(s: &Starts) -> StartsJson {
    let [cut_off, talk_over, pause_barge_in, backchannel, early_start, simultaneous_start] = s.count;
    StartsJson {
        cut_off,
        talk_over,
        pause_barge_in,
        backchannel,
        early_start,
        simultaneous_start,
        unreliable: s.unreliable,
        overlap_s: length(s.overlap),
    }
}

fn measures(s: &CallSummary) -> Measures {
    let call = "call";
    let count = |m: Measured<u32>| m.map(|n| n as f32);
    let silence = |pick: fn((u32, SampleSpan, SampleSpan)) -> f64| s.silences.map(|t| pick(t) as f32);
    let [higher_pitch, faster, interrupting] = s.customer.map(length);
    Measures {
        agent_speech_s: s.sides.agent.heard(length(s.sides.agent.speech)),
        customer_speech_s: s.sides.customer.heard(length(s.sides.customer.speech)),
        spurts: both(&s.sides, |side| side.heard(side.spurts)),
        talk_ratio: measure("M8", "ratio", call, s.talk_ratio),
        agent_talk_share: measure("M8", "ratio", call, s.agent_talk_share()),
        pace: measure("M2", "syll/s", "median of 10 s windows", s.pace),
        articulation_rate: measure("M3", "syll/s", call, s.articulation),
        fast_share: measure("M2", "ratio", call, s.fast_share),
        fast_episodes: measure("M2", "count", call, count(s.fast_count)),
        raised_share: measure("M5", "ratio", call, s.raised_share),
        raised_episodes: measure("M5", "count", call, count(s.raised_count)),
        interruptions_per_min: measure("M6", "1/min", call, s.interruptions_per_min),
        starts: both(&s.sides, |side| s.both_heard(starts(&side.starts))),
        overlap_share: measure("M7", "ratio", call, s.overlap_share),
        replies: s.replies.count.known(),
        reply_latency: measure("M9", "s", "median of replies", s.replies.median),
        rushed_replies: measure("M9", "ratio", call, s.replies.rushed),
        longest_monologue_s: both(&s.sides, |side| side.heard(length(side.monologue))),
        silences: measure("M12", "count", call, silence(|t| f64::from(t.0))),
        silence: measure("M12", "s", call, silence(|t| t.1.seconds())),
        longest_silence: measure("M12", "s", call, silence(|t| t.2.seconds())),
        listening_tokens_per_min: measure("M13", "1/min", call, s.listening_per_min),
        switches_per_min: measure("M14", "1/min", call, s.switches_per_min),
        customer_behaviours_s: s.sides.customer.heard(BehavioursJson { higher_pitch, faster, interrupting }),
        customer_intensity_max: s.sides.customer.heard(s.intensity),
        overlaps_reliability: names::reliability(s.reliability),
        agc: s.agc,
        looks_swapped: s.looks_swapped,
    }
}

fn score(score: &Score, moments: &[Moment]) -> ScoreJson {
    let part = |k: usize| {
        let p = &score.parts[k];
        PartJson {
            part: names::part(Part::ALL[k]),
            weight: figure(p.ramp.weight),
            value: p.value.known().map(figure),
            reason: p.value.why().map(names::why_not),
            good: figure(p.ramp.good),
            bad: figure(p.ramp.bad),
            penalty: p.penalty.map(figure),
            points_lost: round(f64::from(p.lost), 1),
        }
    };
    ScoreJson {
        value: score.value.known(),
        reason: score.value.why().map(names::why_not),
        coverage: figure(score.coverage),
        parts: (0..score.parts.len()).map(part).collect(),
        moments: moments.iter().map(moment).collect(),
    }
}

fn moment(m: &Moment) -> MomentJson {
    let words: Vec<String> = m.causes.iter().flatten().map(|c| names::cause_title(*c)).collect();
    MomentJson {
        start_s: seconds(m.at),
        end_s: seconds(m.end),
        points: round(f64::from(m.points), 1),
        causes: m.causes.iter().flatten().map(|c| names::cause(*c)).collect(),
        text: words.join(", "),
    }
}
