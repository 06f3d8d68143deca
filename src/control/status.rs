//! The state of things as evidence: what was counted, heard and written, with
//! its age. Nothing in it is an intention, and nothing in it tells who the
//! customer is.

use serde::{Deserialize, Serialize};

/// All that `status` tells. Ages and spans are seconds unless a name ends in
/// `_ms`; what cannot be told is null, never zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// Number of the process.
    pub pid: u32,
    /// When it was started, RFC 3339.
    pub since: String,
    /// For how long it has been running, s.
    pub up_s: f64,
    /// So old is this status, s; filled in where the daemon itself did not answer.
    pub stale_s: Option<f64>,
    /// Who is speaking.
    pub agent: String,
    /// The call that is on.
    pub call: Option<CallStatus>,
    /// Both sides.
    pub sides: SidesStatus,
    /// The watch over softphones.
    pub watcher: PartStatus,
    /// Programs that hold microphone and headset and are not known.
    pub unknown_programs: Vec<String>,
    /// Where nudges are shown.
    pub surfaces: Vec<PartStatus>,
    /// What hears the words.
    pub recogniser: RecogniserStatus,
    /// The database.
    pub store: StoreStatus,
    /// The folder in which the sound of calls is kept; nowhere unless asked for.
    pub recording: Option<String>,
    /// The pause that is on.
    pub pause: Option<PauseStatus>,
    /// The configuration.
    pub config: ConfigStatus,
    /// Whether nothing is to be seen on the screen.
    pub hidden: bool,
    /// Whether nudges are off.
    pub quiet: bool,
    /// No nudges for so long, s.
    pub snoozed_s: Option<f32>,
    /// What was counted since the start.
    pub counters: Counters,
}

/// The call that is on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallStatus {
    /// Its number.
    pub id: String,
    /// When it began, RFC 3339.
    pub began: String,
    /// For how long it has been on, s.
    pub elapsed_s: f64,
    /// What began it: `streams`, `order`, `voice`.
    pub trigger: String,
    /// The softphone, where one is known.
    pub program: Option<String>,
    /// The customer is on hold.
    pub held: bool,
    /// The softphone's microphone is off.
    pub muted: bool,
    /// The score so far, 0 to 100, where there is one already.
    pub score: Option<f32>,
    /// Nudges that were shown.
    pub nudges: u32,
    /// Events or commands that the database did not take: the call is incomplete.
    pub incomplete: bool,
}

/// Both sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SidesStatus {
    /// The agent's microphone.
    pub agent: SideStatus,
    /// What the headset plays.
    pub customer: SideStatus,
}

/// How a side stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SideState {
    /// Not open, because nothing asks for it.
    #[default]
    Closed,
    /// Being opened.
    Opening,
    /// Sound arrives.
    Live,
    /// Sound arrives, and all of it is silence.
    Silent,
    /// Nothing arrives.
    Dead,
    /// There is no such device.
    Missing,
    /// The system or another program refuses it.
    Refused,
    /// It hears what it should not: the other side, or the same sound.
    Leaking,
    /// Dropped at the tap: a pause is on.
    Paused,
}

/// One side, as evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SideStatus {
    /// How it stands.
    pub state: SideState,
    /// Name of the device.
    pub device: Option<String>,
    /// Its stable id.
    pub id: Option<String>,
    /// Samples a second.
    pub rate: Option<u32>,
    /// Frames that arrived since it was opened.
    pub frames: u64,
    /// Age of the last one, ms.
    pub last_frame_ms: Option<f64>,
    /// Level now, dBFS.
    pub level_dbfs: Option<f32>,
    /// So long ago somebody spoke, s.
    pub last_speech_s: Option<f64>,
    /// Sound that was lost since it was opened, ms.
    pub lost_ms: f64,
    /// Age of the newest sample when it arrives (p95), ms.
    pub delay_ms: Option<f32>,
    /// Drift of its clock against the machine's, parts per million.
    pub drift_ppm: Option<f32>,
    /// Why it is not well.
    pub why: Option<String>,
    /// What can be done.
    pub remedy: Option<String>,
}

/// How well a part is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It works.
    Works,
    /// It works in part, or will again: see why.
    Ailing,
    /// It does not work.
    Missing,
    /// It is switched off.
    #[default]
    Off,
}

/// A part of the daemon.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartStatus {
    /// What it is called: `notifications`, `terminal`, `softphones`.
    pub name: String,
    /// How well it is.
    pub health: Health,
    /// Why it is not well, or what it does.
    pub why: Option<String>,
    /// What can be done.
    pub remedy: Option<String>,
}

/// What the recogniser does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecogniserState {
    /// Nothing is recognised: see why.
    #[default]
    Off,
    /// There is nothing to hear, and no model is in memory.
    Resting,
    /// A model is being loaded.
    Loading,
    /// It waits for speech.
    Ready,
    /// It hears something.
    Busy,
}

/// What hears the words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecogniserStatus {
    /// What it does.
    pub state: RecogniserState,
    /// Why it is off, or what else is wrong.
    pub why: Option<String>,
    /// What can be done.
    pub remedy: Option<String>,
    /// The model, or the two of them.
    pub model: Option<String>,
    /// Numbers of its processes.
    pub processes: Vec<u32>,
    /// Utterances that wait while the call goes on.
    pub queue: u64,
    /// So long after its last sample the newest text came, s.
    pub delay_s: Option<f64>,
    /// Speech that waits for the end of its call, or for its turn after it, s.
    pub after_s: f64,
}

/// The database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoreStatus {
    /// How well it is.
    pub health: Health,
    /// Why it is not well.
    pub why: Option<String>,
    /// What can be done.
    pub remedy: Option<String>,
    /// So long ago something was written for good, s.
    pub last_commit_s: Option<f64>,
    /// Commands that wait to be written.
    pub waiting: u64,
    /// Commands that did not fit.
    pub lost: u64,
    /// Size of the file, MB.
    pub size_mb: Option<f64>,
    /// Calls that are kept.
    pub calls: Option<u64>,
    /// Where it is.
    pub path: Option<String>,
}

/// The pause that is on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PauseStatus {
    /// It ends by itself in, s.
    pub left_s: f32,
    /// When that is, RFC 3339.
    pub until: String,
}

/// The configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigStatus {
    /// Its hash, as in reports.
    pub hash: String,
    /// What is wrong with the files; what was in force before stays so.
    pub error: Option<String>,
    /// Keys whose new value waits, each with what it waits for.
    pub held: Vec<String>,
    /// Whether the files are watched by looking, because the system tells nothing.
    pub polled: bool,
}

/// What was counted since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// Calls that have ended.
    pub calls: u64,
    /// Nudges that were shown.
    pub nudges: u64,
    /// Times a device was opened anew.
    pub reopened: u64,
    /// Orders that were obeyed.
    pub orders: u64,
    /// Times the machine slept.
    pub suspended: u64,
    /// Nudges that a surface did not take in time.
    pub not_shown: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_it_was_written() {
        let side = SideStatus { state: SideState::Dead, level_dbfs: None, ..SideStatus::default() };
        let status = Status {
            call: Some(CallStatus { id: "7".into(), ..CallStatus::default() }),
            sides: SidesStatus { agent: side, ..SidesStatus::default() },
            ..Status::default()
        };
        let text = serde_json::to_string(&status).unwrap();
        assert!(text.contains(r#""state":"dead""#) && text.contains(r#""level_dbfs":null"#), "{text}");
        assert_eq!(serde_json::from_str::<Status>(&text).unwrap(), status);
    }

    #[test]
    fn what_an_older_daemon_does_not_tell_is_left_open() {
        let status: Status = serde_json::from_str(r#"{"version":"0.0.9","news":1}"#).unwrap();
        assert_eq!((status.version.as_str(), status.call), ("0.0.9", None));
    }
}
