//! The measures of a call and its score; what could not be measured is null with the
//! reason beside it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::measures::Measured;
use crate::core::moments::Moment;
use crate::core::score::{Part, Score};
use crate::core::summary::CallSummary;
use crate::core::tally::Starts;
use crate::core::units::SampleSpan;
use crate::report::json::figures::{Both, both, figure, length, round, seconds};
use crate::report::names;

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

pub(super) fn measure(
    id: &'static str,
    unit: &'static str,
    window: &'static str,
    value: Measured<f32>,
) -> Measure {
    let reason = value.why().map(names::why_not);
    let value = value.known().map(figure);
    Measure { id, value, unit, window, valid: value.is_some(), reason }
}

pub(super) fn starts(s: &Starts) -> StartsJson {
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

pub(super) fn measures(s: &CallSummary) -> Measures {
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

pub(super) fn score(score: &Score, moments: &[Moment]) -> ScoreJson {
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

pub(super) fn moment(m: &Moment) -> MomentJson {
    let words: Vec<String> = m.causes.iter().flatten().map(|c| names::cause_title(*c)).collect();
    MomentJson {
        start_s: seconds(m.at),
        end_s: seconds(m.end),
        points: round(f64::from(m.points), 1),
        causes: m.causes.iter().flatten().map(|c| names::cause(*c)).collect(),
        text: words.join(", "),
    }
}
