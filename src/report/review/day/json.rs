//! A day as JSON, schema `evenkeel.day/1`. What could not be measured is `null`
//! with a reason beside it; calls of different settings stand in groups of
//! their own.

use serde::Serialize;

use crate::core::event::Kind;
use crate::core::measures::Measured;
use crate::core::score::Part;
use crate::core::units::{Channel, Sides};
use crate::report::names;
use crate::report::review::day::{Day, scored};
use crate::report::review::figures::{Group, Spread};
use crate::report::review::{CallState, Entry, FOOT, Figures, Incidents};

/// Version of the schema: raised when a key changes its meaning or goes.
pub const SCHEMA: &str = "evenkeel.day/1";

#[derive(Serialize)]
struct DayJson<'a> {
    schema: &'static str,
    date: String,
    calls: usize,
    on_calls_s: f64,
    /// Over all calls of which that is known; null where there is none.
    incidents: Option<IncidentsJson>,
    notes: &'a [String],
    groups: Vec<GroupJson<'a>>,
    about: &'static str,
}

/// Calls of one agent under the same settings.
#[derive(Serialize)]
struct GroupJson<'a> {
    agent: &'a str,
    config_hash: &'a str,
    scored_calls: usize,
    score: Option<SpreadJson>,
    calls: Vec<CallJson<'a>>,
}

/// Median and quartiles.
#[derive(Serialize)]
pub(in crate::report::review) struct SpreadJson {
    low: f64,
    median: f64,
    high: f64,
}

impl From<Spread> for SpreadJson {
    fn from(Spread { low, median, high }: Spread) -> Self {
        Self { low, median, high }
    }
}

/// A figure, or null and the reason.
#[derive(Serialize)]
struct Figure {
    value: Option<f64>,
    reason: Option<&'static str>,
}

#[derive(Serialize)]
struct CallJson<'a> {
    uid: &'a str,
    began: String,
    softphone: Option<&'a str>,
    state: &'static str,
    version: &'a str,
    duration_s: Option<f64>,
    /// Null where the call did not come to its end.
    figures: Option<FiguresJson<'a>>,
    wrong: Vec<CountJson>,
}

#[derive(Serialize)]
struct FiguresJson<'a> {
    channels: Both<&'static str>,
    score: Figure,
    coverage: f64,
    parts: Vec<PartJson>,
    speech_s: Both<Figure>,
    cut_offs: Both<Figure>,
    talk_overs: Both<Figure>,
    unreliable_interruptions: Both<Option<u32>>,
    raised_episodes: Figure,
    raised_s: Figure,
    raised_peak_db: Option<f64>,
    pace: Figure,
    normal_pace: Option<f64>,
    fast_share: Figure,
    longest_monologue_s: Both<Figure>,
    reply_latency_s: Figure,
    silences: Figure,
    silence_s: Figure,
    /// Insults and demands for somebody higher up; null where none was found and too
    /// little was listened to for a zero.
    incidents: Option<IncidentsJson>,
    moments: Vec<MomentJson<'a>>,
    nudges: Vec<NudgedJson>,
}

#[derive(Serialize)]
struct IncidentsJson {
    abuse: Option<u32>,
    escalation: Option<u32>,
}

impl From<Incidents> for IncidentsJson {
    fn from(Incidents { abuse, escalation }: Incidents) -> Self {
        Self { abuse, escalation }
    }
}

#[derive(Serialize)]
struct Both<T> {
    agent: T,
    customer: T,
}

#[derive(Serialize)]
struct PartJson {
    part: &'static str,
    value: Figure,
    points_lost: Option<f64>,
}

#[derive(Serialize)]
struct MomentJson<'a> {
    start_s: f64,
    end_s: f64,
    points: f64,
    text: &'a str,
}

#[derive(Serialize)]
struct NudgedJson {
    kind: &'static str,
    shown: u32,
    heeded: u32,
}

#[derive(Serialize)]
struct CountJson {
    kind: &'static str,
    count: u32,
}

/// The day as one line of JSON with a line feed.
///
/// # Errors
/// Only where a number is not finite, which no measure is.
pub fn json(day: &Day) -> Result<String, serde_json::Error> {
    let root = DayJson {
        schema: SCHEMA,
        date: day.date.to_string(),
        calls: day.entries.len(),
        on_calls_s: day.time_on_calls().0,
        incidents: day.incidents().map(|(sum, _)| sum.into()),
        notes: &day.notes,
        groups: day.groups().iter().map(group).collect(),
        about: FOOT,
    };
    serde_json::to_string(&root).map(|text| text + "\n")
}

fn group<'a>(group: &Group<'a>) -> GroupJson<'a> {
    let (spread, scored_calls) = scored(group);
    GroupJson {
        agent: group.agent,
        config_hash: group.config_hash,
        scored_calls,
        score: spread.map(SpreadJson::from),
        calls: group.calls.iter().map(|entry| call(entry)).collect(),
    }
}

fn call(entry: &Entry) -> CallJson<'_> {
    let meta = &entry.meta;
    let wrong = Kind::ALL.iter().zip(meta.wrong).filter(|(_, count)| 0 < *count);
    CallJson {
        uid: &meta.uid,
        began: meta.began.to_string(),
        softphone: meta.softphone.as_deref(),
        state: CallState::name(meta.state),
        version: &meta.version,
        duration_s: entry.duration_s,
        figures: entry.figures.as_deref().map(figures),
        wrong: wrong.map(|(kind, count)| CountJson { kind: names::kind(*kind), count }).collect(),
    }
}

fn figures(f: &Figures) -> FiguresJson<'_> {
    let count = |sides: &Sides<Measured<u32>>| both(sides, |n| figure(n.map(f64::from)));
    FiguresJson {
        channels: Both {
            agent: names::state(f.channels[Channel::Agent]),
            customer: names::state(f.channels[Channel::Customer]),
        },
        score: figure(f.score.map(f64::from)),
        coverage: f.coverage,
        parts: Part::ALL
            .iter()
            .zip(&f.parts)
            .map(|(part, p)| PartJson {
                part: names::part(*part),
                value: figure(p.value),
                points_lost: p.lost,
            })
            .collect(),
        speech_s: both(&f.speech_s, |s| figure(*s)),
        cut_offs: count(&f.cut_offs),
        talk_overs: count(&f.talk_overs),
        unreliable_interruptions: both(&f.unreliable, |n| *n),
        raised_episodes: figure(f.raised.episodes.map(f64::from)),
        raised_s: figure(f.raised.spoken_s),
        raised_peak_db: f.raised.peak_db,
        pace: figure(f.pace),
        normal_pace: f.normal_pace,
        fast_share: figure(f.fast_share),
        longest_monologue_s: both(&f.monologue_s, |s| figure(*s)),
        reply_latency_s: figure(f.reply_s),
        silences: figure(f.silences.map(f64::from)),
        silence_s: figure(f.silence_s),
        incidents: f.incidents.map(IncidentsJson::from),
        moments: f.moments.iter().map(moment).collect(),
        nudges: nudges(f),
    }
}

fn moment(m: &crate::report::review::Costly) -> MomentJson<'_> {
    MomentJson { start_s: m.start_s, end_s: m.end_s, points: m.points, text: &m.text }
}

fn nudges(f: &Figures) -> Vec<NudgedJson> {
    let each = Kind::ALL.iter().zip(&f.nudges).filter(|(_, n)| 0 < n.shown);
    each.map(|(kind, n)| NudgedJson { kind: names::kind(*kind), shown: n.shown, heeded: n.heeded }).collect()
}

fn figure(m: Measured<f64>) -> Figure {
    Figure { reason: m.why().map(names::why_not), value: m.known() }
}

fn both<T, U>(sides: &Sides<T>, make: impl Fn(&T) -> U) -> Both<U> {
    Both { agent: make(&sides.agent), customer: make(&sides.customer) }
}
