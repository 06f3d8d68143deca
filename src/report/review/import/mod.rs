//! Reads exports of other machines back. Takes nothing on trust: any bytes give
//! a call or an error that names file, key and what was expected; never a
//! panic, and never more memory than a file of the largest size needs.

mod cursor;

use thiserror::Error;

use crate::core::event::{Class, DETECTORS, Detector, KINDS, Kind, Reliability};
use crate::core::measures::{Measured, Why};
use crate::core::score::{PARTS, Part};
use crate::core::units::{Channel, Sides};
use crate::report::names;
use crate::report::review::entry::{counted, of_side, raised_of, why_not_judged};
use crate::report::review::import::cursor::{At, Fault};
use crate::report::review::{
    CallState, Costly, CustomerRef, Entry, Figures, Incidents, Meta, Nudged, PartFigure, Wall, export,
};

/// The largest file that is read: a call of a working day stays far below it.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Longest text, in characters: an agent, a program, a moment.
const TEXT: usize = 512;
/// Longest time or length, s: a year.
const YEAR: f64 = 3.2e7;
/// Most of anything that is counted.
const MANY: f64 = 1e6;

/// Why a file is no call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    /// Larger than any call.
    #[error("{file}: has {bytes} bytes, expected at most {MOST_BYTES}")]
    TooLarge {
        /// The file.
        file: String,
        /// Its size.
        bytes: usize,
    },
    /// No JSON at all, or only a part of it.
    #[error("{file}: is not JSON (line {line}, column {column})")]
    NotJson {
        /// The file.
        file: String,
        /// Where it ends to be JSON.
        line: usize,
        /// See above.
        column: usize,
    },
    /// Something else, or a version of the schema that this program does not know.
    #[error("{file}: `schema` is {found}, expected \"{}\"", export::SCHEMA)]
    Foreign {
        /// The file.
        file: String,
        /// What stands there.
        found: String,
    },
    /// A key is missing or holds what it cannot.
    #[error("{file}: `{key}` is {found}, expected {expected}")]
    Key {
        /// The file.
        file: String,
        /// The key with those above it.
        key: String,
        /// What kind of thing stands there.
        found: String,
        /// What should.
        expected: String,
    },
}

impl ImportError {
    /// The way out.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::NotJson { .. } => {
                "give files that `evenkeel calls export` wrote, and fetch this one again if it was cut short"
            }
            Self::Foreign { .. } => {
                "give files that `evenkeel calls export` wrote; for those of a newer Evenkeel, update this one"
            }
            Self::Key { .. } => "export the call again on the machine that has it",
        }
    }
}

/// Reads the export of a call; `file` is what errors call it.
///
/// # Errors
/// Whatever is wrong with it.
pub fn read(file: &str, bytes: &[u8]) -> Result<Entry, ImportError> {
    let file = || file.to_owned();
    if MOST_BYTES < bytes.len() {
        return Err(ImportError::TooLarge { file: file(), bytes: bytes.len() });
    }
    let root: serde_json::Value = serde_json::from_slice(bytes).map_err(|e| ImportError::NotJson {
        file: file(),
        line: e.line(),
        column: e.column(),
    })?;
    let found = root.get("schema").and_then(serde_json::Value::as_str);
    if found != Some(export::SCHEMA) {
        let found = found.map_or("missing".into(), |name| format!("{:?}", shortened(name)));
        return Err(ImportError::Foreign { file: file(), found });
    }
    entry(&At::root(&root)).map_err(|Fault { key, found, expected }| ImportError::Key {
        file: file(),
        key,
        found,
        expected,
    })
}

/// So much of a foreign name as a message has room for.
fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

fn entry(root: &At<'_>) -> Result<Entry, Fault> {
    let analysis = root.key("analysis")?;
    Ok(Entry {
        meta: meta(&root.key("call")?)?,
        config_hash: analysis.key("config_hash")?.text(64)?,
        duration_s: Some(analysis.key("duration_s")?.number(0.0, YEAR)?),
        figures: Some(Box::new(figures(&analysis)?)),
    })
}

fn meta(call: &At<'_>) -> Result<Meta, Fault> {
    let customer =
        |at: At<'_>| Ok(CustomerRef { hash: at.key("hash")?.text(128)?, last: at.key("last")?.text(3)? });
    Ok(Meta {
        uid: uid(&call.key("uid")?)?,
        agent: call.key("agent")?.text(128)?,
        began: wall(&call.key("began")?)?,
        as_of: wall(&call.key("as_of")?)?,
        state: call.key("state")?.one_of(&CallState::ALL, CallState::name)?,
        softphone: call.key("softphone")?.present().map(|at| at.text(TEXT)).transpose()?,
        version: call.key("version")?.text(64)?,
        customer: call.key("customer")?.present().map(customer).transpose()?,
        wrong: wrong(&call.key("wrong")?)?,
    })
}

fn uid(at: &At<'_>) -> Result<String, Fault> {
    let text = at.text(36)?;
    let plain = text.chars().all(|c| c.is_ascii_hexdigit() || c == '-') && 8 <= text.len();
    if plain { Ok(text) } else { Err(at.fault("8 to 36 hexadecimal digits and dashes")) }
}

fn wall(at: &At<'_>) -> Result<Wall, Fault> {
    Wall::parse(&at.text(64)?).ok_or_else(|| at.fault("a time such as 2026-11-22T09:14:55+01:00"))
}

fn wrong(at: &At<'_>) -> Result<[u32; KINDS], Fault> {
    let mut wrong = [0; KINDS];
    for one in at.items(KINDS)? {
        let kind = one.key("kind")?.one_of(&Kind::ALL, names::kind)?;
        wrong[kind as usize] = one.key("count")?.count()?;
    }
    Ok(wrong)
}

fn figures(analysis: &At<'_>) -> Result<Figures, Fault> {
    let measures = analysis.key("measures")?;
    let channels = analysis.key("channels")?;
    let state = |who| channels.key(names::side(who))?.key("health")?.one_of(&names::STATES, names::state);
    let channels = both(state)?;
    let reliability = measures.key("overlaps_reliability")?.one_of(&RELIABILITIES, names::reliability)?;
    let judged = why_not_judged(&channels, reliability);
    let starts = |class: &'static str| both(|who| starts(&measures, who, class));
    let interruptions = |class| {
        let counts: Sides<Option<u32>> = starts(names::class(class))?;
        Ok(counts.map(|count| counted(judged, count.unwrap_or_default())))
    };
    let score = analysis.key("score")?;
    let monologue = measures.key("longest_monologue_s")?;
    Ok(Figures {
        channels,
        reliability,
        score: score_value(&score)?,
        coverage: score.key("coverage")?.number(0.0, 1.0)?,
        parts: parts(&score.key("parts")?)?,
        speech_s: both(|who| {
            let speech = measures.key(&format!("{}_speech_s", names::side(who)))?;
            Ok(of_side(who, length(&speech)?))
        })?,
        cut_offs: interruptions(Class::CutOff)?,
        talk_overs: interruptions(Class::TalkOver)?,
        unreliable: starts("unreliable")?,
        raised: raised(analysis, &measures)?,
        pace: measure(&measures, "pace")?,
        normal_pace: length(&analysis.key("baseline")?.key("pace")?)?,
        fast_share: measure(&measures, "fast_share")?,
        monologue_s: both(|who| Ok(of_side(who, length(&monologue.key(names::side(who))?)?)))?,
        reply_s: measure(&measures, "reply_latency")?,
        silences: count(measure(&measures, "silences")?),
        silence_s: measure(&measures, "silence")?,
        incidents: analysis.may("language").map_or(Ok(None), |at| incidents(&at))?,
        moments: score.key("moments")?.items(16)?.map(|at| moment(&at)).collect::<Result<_, _>>()?,
        nudges: nudges(&analysis.key("nudges")?)?,
    })
}

fn both<T>(mut make: impl FnMut(Channel) -> Result<T, Fault>) -> Result<Sides<T>, Fault> {
    Ok(Sides { agent: make(Channel::Agent)?, customer: make(Channel::Customer)? })
}

fn length(at: &At<'_>) -> Result<Option<f64>, Fault> {
    at.present().map(|at| at.number(0.0, YEAR)).transpose()
}

fn starts(measures: &At<'_>, who: Channel, class: &str) -> Result<Option<u32>, Fault> {
    let starts = measures.key("starts")?.key(names::side(who))?;
    starts.present().map(|at| at.key(class)?.count()).transpose()
}

/// Insults and demands; none where too little of the customer was listened to.
fn incidents(language: &At<'_>) -> Result<Option<Incidents>, Fault> {
    let mut found = [None; DETECTORS];
    for one in language.key("counts")?.items(DETECTORS)? {
        let detector = one.key("detector")?.one_of(&Detector::ALL, Detector::name)?;
        found[detector as usize] = one.key("count")?.present().map(|at| at.count()).transpose()?;
    }
    let of = |detector: Detector| found[detector as usize];
    Ok(Incidents::of(of(Detector::Abuse), of(Detector::Escalation)))
}

/// A figure, or the reason that stands beside its null.
fn measured(value: &At<'_>, reason: &At<'_>, least: f64, most: f64) -> Result<Measured<f64>, Fault> {
    match value.present() {
        Some(value) => Ok(Measured::Known(value.number(least, most)?)),
        None => Ok(Measured::Unknown(reason.one_of(&names::WHYS, names::why_not)?)),
    }
}

fn measure(measures: &At<'_>, name: &str) -> Result<Measured<f64>, Fault> {
    let at = measures.key(name)?;
    measured(&at.key("value")?, &at.key("reason")?, -YEAR, YEAR)
}

/// A number of things that came as a figure.
fn count(figure: Measured<f64>) -> Measured<u32> {
    // `as` saturates; no figure is larger than a year.
    figure.map(|n| n.round() as u32)
}

fn score_value(score: &At<'_>) -> Result<Measured<u32>, Fault> {
    measured(&score.key("value")?, &score.key("reason")?, 0.0, 100.0).map(count)
}

fn parts(at: &At<'_>) -> Result<[PartFigure; PARTS], Fault> {
    let mut parts = [PartFigure { value: Measured::Unknown(Why::NoWords), lost: None }; PARTS];
    for one in at.items(PARTS)? {
        let part = one.key("part")?.one_of(&Part::ALL, names::part)?;
        let penalty = one.key("penalty")?.present();
        let lost = penalty.map(|_| one.key("points_lost")?.number(0.0, 100.0)).transpose()?;
        let value = measured(&one.key("value")?, &one.key("reason")?, -YEAR, YEAR)?;
        parts[part as usize] = PartFigure { value, lost };
    }
    Ok(parts)
}

fn raised(analysis: &At<'_>, measures: &At<'_>) -> Result<crate::report::review::Raised, Fault> {
    let each =
        |at: At<'_>| Ok((at.key("peak_db")?.number(-200.0, 200.0)?, at.key("spoken_s")?.number(0.0, YEAR)?));
    let episodes =
        analysis.key("raised_voice")?.items(MANY as usize)?.map(each).collect::<Result<Vec<_>, _>>()?;
    Ok(raised_of(count(measure(measures, "raised_episodes")?), &episodes))
}

fn moment(at: &At<'_>) -> Result<Costly, Fault> {
    Ok(Costly {
        start_s: at.key("start_s")?.number(0.0, YEAR)?,
        end_s: at.key("end_s")?.number(0.0, YEAR)?,
        points: at.key("points")?.number(0.0, 100.0)?,
        text: at.key("text")?.text(TEXT)?,
    })
}

fn nudges(at: &At<'_>) -> Result<[Nudged; KINDS], Fault> {
    let mut nudges = [Nudged::default(); KINDS];
    for one in at.items(MANY as usize)? {
        let kind = one.key("kind")?.one_of(&Kind::ALL, names::kind)?;
        let cleared = one.key("cleared")?.present().map(|at| at.text(TEXT)).transpose()?;
        let count = &mut nudges[kind as usize];
        count.shown += 1;
        count.heeded += u32::from(cleared.as_deref() == Some("recovered"));
    }
    Ok(nudges)
}

/// All of them, for reading their names back.
const RELIABILITIES: [Reliability; 6] = [
    Reliability::Reliable,
    Reliability::Leaking,
    Reliability::SameAudio,
    Reliability::EchoRemains,
    Reliability::Babble,
    Reliability::Unknown,
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> String {
        read("call.json", text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_export_is_refused_by_name() {
        assert_eq!(refused("not json"), "call.json: is not JSON (line 1, column 2)");
        assert_eq!(refused("{}"), "call.json: `schema` is missing, expected \"evenkeel.call/1\"");
        assert_eq!(
            refused(r#"{"schema": "evenkeel.call/2"}"#),
            "call.json: `schema` is \"evenkeel.call/2\", expected \"evenkeel.call/1\""
        );
    }

    #[test]
    fn a_missing_key_is_named_with_those_above_it() {
        assert_eq!(
            refused(r#"{"schema": "evenkeel.call/1", "analysis": {}, "call": {"uid": 7}}"#),
            "call.json: `call.uid` is a number, expected a text of at most 36 characters"
        );
        assert_eq!(
            refused(r#"{"schema": "evenkeel.call/1", "analysis": {}, "call": []}"#),
            "call.json: `call.uid` is missing, expected a value"
        );
    }

    #[test]
    fn a_file_that_is_too_large_is_not_even_looked_at() {
        let error = read("big.json", &vec![b' '; MOST_BYTES + 1]).unwrap_err();
        assert!(matches!(error, ImportError::TooLarge { .. }), "{error}");
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_call_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read("call.json", &bytes);
        }
    }
}
