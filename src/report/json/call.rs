//! What happened in a call: channels, overlaps, turns, curves, episodes, silences, what
//! the customer did and what was normal for the agent. Nothing that was said.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::event::{Change, Judged, Normal};
use crate::core::units::{Channel, SampleTime};
use crate::report::analysis::{Analysis, Fast, Monologue, Raised, Span, Transfer};
use crate::report::json::figures::{figure, length, seconds};
use crate::report::names;

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

pub(super) fn channel(a: &Analysis, who: Channel) -> ChannelJson {
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

pub(super) fn pair(span: &Span) -> (f64, f64) {
    (seconds(span.from), seconds(span.to))
}

pub(super) fn span(span: &Span) -> SpanJson {
    SpanJson { start_s: seconds(span.from), end_s: seconds(span.to) }
}

pub(super) fn withdrawn(a: &Analysis, who: Channel) -> Vec<(f64, f64)> {
    a.withdrawn.iter().filter(|(side, _)| *side == who).map(|(_, span)| pair(span)).collect()
}

pub(super) fn overlap(judged: &Judged) -> OverlapJson {
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

pub(super) fn series(a: &Analysis) -> Series {
    Series {
        pace: a.seconds.iter().map(|s| (seconds(s.at), s.pace.map(figure))).collect(),
        level: a.seconds.iter().map(|s| (seconds(s.at), s.level.map(figure))).collect(),
    }
}

pub(super) fn fast(f: &Fast) -> FastJson {
    FastJson { start_s: seconds(f.span.from), end_s: seconds(f.span.to), peak_ratio: figure(f.peak_ratio) }
}

pub(super) fn raised(r: &Raised) -> RaisedJson {
    RaisedJson {
        start_s: seconds(r.span.from),
        end_s: seconds(r.span.to),
        peak_db: figure(r.peak_db),
        spoken_s: length(r.spoken),
    }
}

pub(super) fn turn(t: &Transfer) -> TurnJson {
    TurnJson {
        to: names::side(t.to),
        at_s: seconds(t.at),
        offset_s: t.offset.map(figure),
        by_interruption: t.by_interruption,
    }
}

pub(super) fn monologue(m: &Monologue) -> MonologueJson {
    MonologueJson { speaker: names::side(m.who), start_s: seconds(m.span.from), end_s: seconds(m.span.to) }
}

pub(super) fn customer(at: SampleTime, change: &Change) -> CustomerJson {
    CustomerJson {
        at_s: seconds(at),
        behaviour: names::behaviour(change.behaviour),
        active: change.active,
        amount: figure(change.amount),
    }
}

pub(super) fn baseline(a: &Analysis) -> BaselineJson {
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
