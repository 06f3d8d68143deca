//! What a watcher is told as it happens.

use serde::{Deserialize, Serialize};

use crate::control::order::Private;
use crate::control::status::{PartStatus, SideState, Status};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", rename_all_fields = "snake_case")]
pub enum Notice {
    /// A nudge is on the screen.
    Nudge {
        /// Its kind, by name.
        kind: String,
        /// Its words.
        text: String,
        /// Why it is shown, or what helps; empty where nothing is told.
        #[serde(default)]
        why: String,
        /// Seconds into the call.
        at_s: f64,
        /// For so long it stays, s.
        lasts_s: f32,
        /// Age of the newest sample that it rests on, when it was told, ms.
        age_ms: f64,
    },
    /// It is gone.
    NudgeCleared {
        /// Its kind, by name.
        kind: String,
        /// Why: `over`, `recovered`, `dismissed`, `wrong`, `call_end`.
        why: String,
    },
    /// A call began.
    CallBegan {
        /// Its number.
        call: String,
        /// When, RFC 3339.
        began: String,
        /// What began it: `streams`, `order`, `voice`.
        trigger: String,
        /// The softphone, where one is known.
        program: Option<String>,
    },
    /// What seemed to begin was none.
    CallDropped,
    /// The customer is on hold, or back.
    CallHeld {
        /// Its number.
        call: String,
        /// On hold.
        held: bool,
    },
    /// The softphone's microphone is off, or on again.
    CallMuted {
        /// Its number.
        call: String,
        /// Off.
        muted: bool,
    },
    /// A call is over.
    CallEnded {
        /// Its number.
        call: String,
        /// Its length, s.
        length_s: f64,
        /// Why it is over: `closed`, `order`, `silence`, `hold`, `stopped`; `never` where
        /// its program was ruled out meanwhile, and nothing of it is kept.
        why: String,
        /// Its score, 0 to 100.
        score: Option<f32>,
        /// One thing to try.
        tip: Option<String>,
    },
    /// Somebody said this.
    Said {
        /// `agent` or `customer`.
        side: String,
        /// Where it begins, seconds into the call.
        at_s: f64,
        /// What.
        text: Private,
        /// How long ago its last word ended, ms; none where the call is over.
        age_ms: Option<f64>,
    },
    /// A program holds both sides and is not known.
    UnknownProgram {
        /// Its name.
        name: String,
    },
    /// A side stands otherwise than before.
    Side {
        /// `agent` or `customer`.
        side: String,
        /// How.
        state: SideState,
        /// Why.
        why: Option<String>,
        /// What can be done.
        remedy: Option<String>,
    },
    /// A device came, went or changed.
    Device {
        /// `agent` or `customer`.
        side: String,
        /// Its name.
        name: Option<String>,
        /// What happened to it: `found`, `lost`, `changed`, `refused`.
        event: String,
    },
    /// A pause is on; told each second.
    Paused {
        /// It ends by itself in, s.
        left_s: f32,
    },
    /// The pause is over.
    Resumed,
    /// No nudges for so long, s; 0 where that is over.
    Snoozed {
        /// Seconds left.
        left_s: f32,
    },
    /// Nudges are off, or on again.
    Quiet {
        /// Off.
        on: bool,
    },
    /// The agent said that the last nudge of this kind was wrong.
    Wrong {
        /// Its kind, by name.
        kind: String,
    },
    /// Nothing is shown on the screen, which is shared, or it is again.
    Hidden {
        /// Nothing.
        on: bool,
    },
    /// Somebody else speaks.
    Agent {
        /// Name or number.
        id: String,
    },
    /// The configuration was read again.
    Reloaded {
        /// Keys with another value.
        changed: Vec<String>,
        /// Keys whose new value waits, each with what it waits for.
        held: Vec<String>,
        /// Hash of what is in force.
        hash: String,
    },
    /// The configuration is wrong; what was in force stays so.
    ReloadRefused {
        /// What is wrong.
        error: String,
    },
    /// A part is well, or not well any more.
    Part {
        /// The part.
        part: PartStatus,
    },
    /// The measures of the call, once a second.
    Measures {
        /// Seconds into the call.
        at_s: f64,
        /// The agent's side.
        agent: SideMeasures,
        /// The customer's side.
        customer: SideMeasures,
        /// The agent's pace against normal, 1 = normal.
        pace: Option<f32>,
        /// The agent's level over normal, dB.
        rise_db: Option<f32>,
        /// The agent's level in the last 3 s of speech, dBFS.
        #[serde(default)]
        level_dbfs: Option<f32>,
        /// Length of the agent's monologue so far, s.
        monologue_s: f32,
        /// For so long nobody has spoken, s.
        silence_s: f32,
        /// The score so far, 0 to 100.
        score: Option<f32>,
        /// That of the last two minutes.
        #[serde(default)]
        score_lately: Option<f32>,
    },
    /// The state of things has changed in more than its figures.
    Status {
        /// All of it.
        status: Box<Status>,
    },
    /// The program ends.
    Stopping,
}

/// What is measured of a side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SideMeasures {
    /// Whether somebody speaks.
    pub speaks: bool,
    /// The share of the last second in which this side spoke, 0 to 1; none where it
    /// could not be measured.
    pub spoke: Option<f32>,
    /// The same of the call so far.
    pub talk: Option<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_names_what_happened() {
        let notice = Notice::CallHeld { call: "7".into(), held: true };
        let text = serde_json::to_string(&notice).unwrap();
        assert_eq!(text, r#"{"what":"call_held","call":"7","held":true}"#);
        assert_eq!(serde_json::from_str::<Notice>(&text).unwrap(), notice);
        assert_eq!(serde_json::to_string(&Notice::Resumed).unwrap(), r#"{"what":"resumed"}"#);
    }
}
