//! What is known of a call besides its events: who, when, with what, and how
//! it ended. Plain values; nothing here touches a file.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::core::event::Event;
use crate::core::pipeline::{Past, Settings};
use crate::core::summary::CallSummary;
use crate::core::transcript::Recognition;
use crate::core::units::SampleSpan;
use crate::core::words::Words;
use crate::store::reference::Reference;

/// A call's name for ever: sorts by time, the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallUid(uuid::Uuid);

impl CallUid {
    /// A new one.
    pub fn generate() -> Self {
        Self(uuid::Uuid::now_v7())
    }

    pub(crate) const fn bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }
}

impl fmt::Display for CallUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CallUid {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A point in wall time, and how far the clocks of the place are from UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wall {
    /// Milliseconds since 1970 UTC.
    pub utc_ms: i64,
    /// Seconds east of UTC.
    pub offset_s: i32,
}

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

impl Wall {
    /// Now, here.
    pub fn now() -> Self {
        let now = Timestamp::now();
        Self { utc_ms: now.as_millisecond(), offset_s: TimeZone::system().to_offset(now).seconds() }
    }

    /// This point moved by `span` of the call's clock, at the same place.
    #[must_use]
    pub fn after(self, span: SampleSpan) -> Self {
        let ms = i64::try_from(span.samples() / 16).unwrap_or(i64::MAX);
        Self { utc_ms: self.utc_ms.saturating_add(ms), ..self }
    }

    /// This point so many days earlier.
    #[must_use]
    pub fn days_before(self, days: u32) -> Self {
        Self { utc_ms: self.utc_ms.saturating_sub(i64::from(days) * DAY_MS), ..self }
    }

    /// For names of files: `20261122T214500Z`.
    pub(crate) fn stamp(self) -> String {
        let at = Timestamp::from_millisecond(self.utc_ms).unwrap_or_default();
        at.strftime("%Y%m%dT%H%M%SZ").to_string()
    }
}

impl fmt::Display for Wall {
    /// As the clocks of the place showed it: `2026-11-22 22:45:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Timestamp::from_millisecond(self.utc_ms).unwrap_or_default();
        let offset = Offset::from_seconds(self.offset_s).unwrap_or(Offset::UTC);
        write!(f, "{}", offset.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S"))
    }
}

/// A closed set that stands in the database as words.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$of])* $variant),+
        }

        impl $name {
            /// As it is written.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// Of a word; none where it is no such thing.
            pub fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// How far a call is.
    State {
        /// It goes on.
        Open = "open",
        /// It ended, and everything was stored.
        Closed = "closed",
        /// The program ended before the call: what there was is kept.
        Orphan = "orphan",
        /// It ended, but not everything could be stored.
        Incomplete = "incomplete",
    }
}

words! {
    /// What began a call.
    Trigger {
        /// The softphone's streams.
        Streams = "streams",
        /// An order.
        Order = "order",
        /// Speech, where nothing else was to be had.
        Speech = "speech",
    }
}

words! {
    /// What ended a call.
    Why {
        /// The softphone's streams were gone.
        Streams = "streams",
        /// An order.
        Order = "order",
        /// Nobody spoke for too long.
        Silence = "silence",
        /// It was on hold for too long.
        Hold = "hold",
        /// The daemon was stopped.
        Stop = "stop",
        /// The daemon ended without a word.
        Crash = "crash",
    }
}

words! {
    /// Whether the calls of a program count.
    Verdict {
        /// They do.
        Allow = "allow",
        /// They never do.
        Never = "never",
    }
}

words! {
    /// What the agent said of a nudge.
    Said {
        /// It was wrong.
        Wrong = "wrong",
        /// Not now.
        Snooze = "snooze",
        /// No more of this kind in this call.
        Off = "off",
    }
}

/// The microphone and the headset of a call, by their stable ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Devices {
    /// Where the agent speaks.
    pub microphone: String,
    /// Where the customer is heard.
    pub headset: String,
}

/// A call that begins.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCall {
    /// Its name.
    pub uid: CallUid,
    /// Wall time of its first sample.
    pub began: Wall,
    /// Who speaks.
    pub agent: String,
    /// With what.
    pub devices: Devices,
    /// The softphone, as far as the sound differs by it.
    pub profile: String,
    /// What began it.
    pub trigger: Trigger,
    /// The program that holds it.
    pub program: Option<String>,
    /// Whom it is with.
    pub customer: Option<Reference>,
    /// A remark.
    pub note: Option<String>,
    /// Its number in another system.
    pub external_id: Option<String>,
    /// Fingerprint of the settings.
    pub config_hash: String,
    /// The settings, exactly.
    pub settings: Settings,
    /// What earlier calls left behind, exactly.
    pub past: Past,
    /// The program's version.
    pub version: String,
}

/// A call that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Which.
    pub call: CallUid,
    /// Wall time of its end.
    pub ended: Wall,
    /// What ended it.
    pub why: Why,
    /// What it amounted to.
    pub summary: CallSummary,
}

/// A call in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct CallLine {
    /// Its number on this machine; never given twice.
    pub id: i64,
    /// Its name.
    pub uid: CallUid,
    /// How far it is.
    pub state: State,
    /// Wall time of its first sample.
    pub began: Wall,
    /// Wall time of its end.
    pub ended: Option<Wall>,
    /// Its length.
    pub length: SampleSpan,
    /// What ended it.
    pub why: Option<Why>,
    /// Who spoke.
    pub agent: String,
    /// With what.
    pub devices: Devices,
    /// The softphone.
    pub profile: String,
    /// What began it.
    pub trigger: Trigger,
    /// The program that held it.
    pub program: Option<String>,
    /// Its number in another system.
    pub external_id: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// As much of the customer reference as may be shown.
    pub customer: Option<String>,
    /// Fingerprint of the settings: only calls with the same are compared.
    pub config_hash: String,
    /// The version that stored it.
    pub version: String,
    /// Its score, 0 to 100.
    pub score: Option<u32>,
    /// Share of the score's weights that could be measured.
    pub coverage: Option<f32>,
    /// Events that could not be stored.
    pub lost: u64,
    /// Events and readings were deleted for their age or for room.
    pub thinned: bool,
    /// Nudges shown.
    pub nudges: u32,
}

/// A call with everything that is stored of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCall {
    /// As in a list.
    pub line: CallLine,
    /// The settings at its begin.
    pub settings: Settings,
    /// Those that came into force later, in order: one for each `Applied`.
    pub applied: Vec<Settings>,
    /// What earlier calls had left behind.
    pub past: Past,
    /// Its events in the order in which they were decided.
    pub events: Vec<Event>,
    /// What was said, by begin; empty where nobody listened or it is too old.
    pub said: Vec<Words>,
    /// How much of what was said is known in words: stored when the call and its text
    /// are at their end, so none while it goes on, where the program ended before it
    /// did, and where nobody listened.
    pub recognition: Option<Recognition>,
    /// What it amounted to; none while it goes on.
    pub summary: Option<CallSummary>,
}

/// A call of a test.
#[cfg(test)]
pub(crate) fn example() -> NewCall {
    NewCall {
        uid: CallUid::generate(),
        began: Wall::now(),
        agent: "ann".into(),
        devices: Devices { microphone: "m".into(), headset: "h".into() },
        profile: "baresip".into(),
        trigger: Trigger::Streams,
        program: None,
        customer: None,
        note: None,
        external_id: None,
        config_hash: "c".into(),
        settings: crate::core::pipeline::Settings::default(),
        past: crate::core::pipeline::Past::default(),
        version: "0".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_time_is_shown_as_the_clocks_of_the_place_were() {
        let at = Wall { utc_ms: 1_764_000_000_000, offset_s: 3600 };
        assert_eq!(at.to_string(), "2025-11-24 17:00:00");
        assert_eq!(at.stamp(), "20251124T160000Z");
        assert_eq!(at.after(SampleSpan::from_millis(1500)).utc_ms, at.utc_ms + 1500);
    }

    #[test]
    fn a_name_comes_back_from_its_text_and_sorts_by_time() {
        let (first, second) = (CallUid::generate(), CallUid::generate());
        assert_eq!(first.to_string().parse(), Ok(first));
        assert!(first < second);
    }

    #[test]
    fn words_come_back() {
        for state in [State::Open, State::Closed, State::Orphan, State::Incomplete] {
            assert_eq!(State::of_word(state.word()), Some(state));
        }
        assert_eq!(Why::of_word("boredom"), None);
    }
}
