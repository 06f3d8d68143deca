//! The journal of a recorded call: all that the core was told beside the sound.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::core::event::Order;
use crate::core::frames::Gap;
use crate::core::pipeline::{Past, Settings};
use crate::core::units::{Channel, SampleSpan, SampleTime};
use crate::store::codec::{Damaged, blob, unblob};

const SCHEMA: &str = "evenkeel.recording/1";

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    /// The program that wrote it.
    pub version: String,
    /// Fingerprint of the settings.
    pub config_hash: String,
    /// The settings at the beginning.
    pub settings: Settings,
    /// What earlier calls had left behind.
    pub past: Past,
    /// What happened, in order.
    pub marks: Vec<(SampleTime, Mark)>,
    /// Where the call ended, once it has.
    pub end: Option<SampleTime>,
}

/// Something that happened in a call.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there are few in a call, and they are plain values")]
pub enum Mark {
    /// A side was missing for so long.
    Missing(Channel, SampleSpan, Gap),
    /// An order was carried out.
    Order(Order),
    /// Other settings were applied.
    Settings(Settings),
}

/// Why a journal cannot be used.
#[derive(Debug, Error)]
pub(crate) enum JournalError {
    /// It is no JSON, or not of this shape.
    #[error("cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It is of another version.
    #[error("has schema `{0}`, expected `{SCHEMA}`")]
    Schema(String),
    /// A value in it is none.
    #[error("holds a value that cannot be read: {0}")]
    Value(#[from] Damaged),
    /// What should be hexadecimal is not.
    #[error("holds a value that is not hexadecimal")]
    Hex,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JournalJson {
    schema: String,
    version: String,
    config_hash: String,
    settings: String,
    past: String,
    marks: Vec<MarkJson>,
    end: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkJson {
    at: u64,
    what: WhatJson,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum WhatJson {
    Missing { side: SideJson, samples: u64, why: GapJson },
    Order(String),
    Settings(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SideJson {
    Agent,
    Customer,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GapJson {
    Lost,
    Paused,
    NoDevice,
    Damaged,
}

impl Mark {
    /// What is left of it so much later, if anything.
    pub fn after(self, passed: SampleSpan) -> Option<Self> {
        match self {
            Self::Missing(_, span, _) if span <= passed => None,
            Self::Missing(side, span, why) => Some(Self::Missing(side, span - passed, why)),
            Self::Order(_) | Self::Settings(_) => Some(self),
        }
    }
}

impl Journal {
    /// Reads a journal.
    ///
    /// # Errors
    /// Where it is not one of this version.
    pub(super) fn parse(text: &str) -> Result<Self, JournalError> {
        let json: JournalJson = serde_json::from_str(text)?;
        if json.schema != SCHEMA {
            return Err(JournalError::Schema(json.schema));
        }
        let marks =
            json.marks.into_iter().map(|mark| Ok((SampleTime::from_samples(mark.at), mark.what.mark()?)));
        Ok(Self {
            version: json.version,
            config_hash: json.config_hash,
            settings: unblob(&unhex(&json.settings)?)?,
            past: unblob(&unhex(&json.past)?)?,
            marks: marks.collect::<Result<_, JournalError>>()?,
            end: json.end.map(SampleTime::from_samples),
        })
    }

    /// As it stands in the file.
    pub fn text(&self) -> String {
        let marks =
            self.marks.iter().map(|(at, mark)| MarkJson { at: at.samples(), what: WhatJson::of(mark) });
        let json = JournalJson {
            schema: SCHEMA.into(),
            version: self.version.clone(),
            config_hash: self.config_hash.clone(),
            settings: hex(&blob(&self.settings)),
            past: hex(&blob(&self.past)),
            marks: marks.collect(),
            end: self.end.map(SampleTime::samples),
        };
        // It holds nothing that could fail to print.
        serde_json::to_string(&json).unwrap_or_default()
    }

    /// A side is missing from `at` on; what follows on the same lengthens it.
    pub fn missing(&mut self, at: SampleTime, side: Channel, span: SampleSpan, why: Gap) {
        let before = self.marks.iter_mut().rev().take(2).find_map(|(from, mark)| match mark {
            Mark::Missing(who, so_far, gap) if *who == side && *gap == why && *from + *so_far == at => {
                Some(so_far)
            }
            Mark::Missing(..) | Mark::Order(_) | Mark::Settings(_) => None,
        });
        match before {
            Some(so_far) => *so_far += span,
            None => self.marks.push((at, Mark::Missing(side, span, why))),
        }
    }
}

impl WhatJson {
    fn of(mark: &Mark) -> Self {
        match mark {
            Mark::Missing(side, span, why) => {
                Self::Missing { side: SideJson::of(*side), samples: span.samples(), why: GapJson::of(*why) }
            }
            Mark::Order(order) => Self::Order(hex(&blob(order))),
            Mark::Settings(settings) => Self::Settings(hex(&blob(settings))),
        }
    }

    fn mark(self) -> Result<Mark, JournalError> {
        Ok(match self {
            Self::Missing { side, samples, why } => {
                Mark::Missing(side.channel(), SampleSpan::from_samples(samples), why.gap())
            }
            Self::Order(bytes) => Mark::Order(unblob(&unhex(&bytes)?)?),
            Self::Settings(bytes) => Mark::Settings(unblob(&unhex(&bytes)?)?),
        })
    }
}

impl SideJson {
    const fn of(side: Channel) -> Self {
        match side {
            Channel::Agent => Self::Agent,
            Channel::Customer => Self::Customer,
        }
    }

    const fn channel(&self) -> Channel {
        match self {
            Self::Agent => Channel::Agent,
            Self::Customer => Channel::Customer,
        }
    }
}

impl GapJson {
    const fn of(gap: Gap) -> Self {
        match gap {
            Gap::Lost => Self::Lost,
            Gap::Paused => Self::Paused,
            Gap::NoDevice => Self::NoDevice,
            Gap::Damaged => Self::Damaged,
        }
    }

    const fn gap(&self) -> Gap {
        match self {
            Self::Lost => Gap::Lost,
            Self::Paused => Gap::Paused,
            Self::NoDevice => Gap::NoDevice,
            Self::Damaged => Gap::Damaged,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Result<Vec<u8>, JournalError> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|d| d as u8).ok_or(JournalError::Hex);
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Ok(digit(*high)? << 4 | digit(*low)?),
        _ => Err(JournalError::Hex),
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::Kind;

    fn journal() -> Journal {
        Journal {
            version: "0.1.0".into(),
            config_hash: "abc".into(),
            settings: Settings::default(),
            past: Past::default(),
            marks: vec![
                (SampleTime::ZERO, Mark::Order(Order::Wrong(Kind::FastPace))),
                (SampleTime::from_frame(7), Mark::Settings(Settings::default())),
            ],
            end: Some(SampleTime::from_frame(9)),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut journal = journal();
        journal.missing(
            SampleTime::from_frame(8),
            Channel::Customer,
            SampleSpan::from_frames(3),
            Gap::Paused,
        );
        assert_eq!(Journal::parse(&journal.text()).unwrap(), journal);
    }

    #[test]
    fn a_gap_that_goes_on_is_one_gap() {
        let mut journal = journal();
        for frame in 10..20 {
            for side in Channel::BOTH {
                journal.missing(SampleTime::from_frame(frame), side, SampleSpan::from_frames(1), Gap::Lost);
            }
        }
        assert_eq!(journal.marks.len(), 4);
        assert_eq!(
            journal.marks[3].1,
            Mark::Missing(Channel::Customer, SampleSpan::from_frames(10), Gap::Lost)
        );
    }

    #[test]
    fn a_damaged_journal_says_what_is_wrong_with_it() {
        let text = journal().text();
        let other = text.replace("recording/1", "recording/9");
        assert!(Journal::parse(&other).unwrap_err().to_string().contains("recording/9"));
        let odd = text.replace("\"past\":\"", "\"past\":\"zz");
        assert!(matches!(Journal::parse(&odd), Err(JournalError::Hex)));
        assert!(matches!(Journal::parse("{"), Err(JournalError::Json(_))));
    }
}
