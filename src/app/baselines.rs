//! A baseline file: what one agent's calls on one device had in common. It
//! stands in for the database, one file for each agent and device.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::app::exit::{Failure, Status};
use crate::core::event::Normal;
use crate::core::measures::history::{self, CALLS, CallNormal};
use crate::report::Analysis;

const SCHEMA: &str = "evenkeel.baseline/1";

/// The file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJson {
    schema: String,
    calls: Vec<CallJson>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallJson {
    /// Name and length: a call analysed again replaces itself.
    call: String,
    duration_s: f64,
    /// Own speech behind the figures, s.
    speech_s: f32,
    level_dbfs: f32,
    tilt_db: f32,
    pitch_st: Option<f32>,
    pace: f32,
}

/// The calls of one agent on one device.
#[derive(Clone, Debug)]
pub struct Baselines {
    path: PathBuf,
    file: FileJson,
}

impl Baselines {
    /// Reads a baseline file. One that is not there is an empty one where it
    /// `may_be_new`, because it is about to be written.
    ///
    /// # Errors
    /// Where it is missing otherwise, cannot be read, or is none.
    pub fn load(path: &Path, may_be_new: bool) -> Result<Self, Failure> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && may_be_new => {
                return if path.parent().is_none_or(|p| p.as_os_str().is_empty() || p.is_dir()) {
                    Ok(Self::empty(path))
                } else {
                    let message = format!("{}: no such folder", path.display());
                    Err(Failure::new(Status::CannotWrite, message).hint("make the folder first"))
                };
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let message = format!("{}: no such file", path.display());
                return Err(Failure::new(Status::MissingInput, message)
                    .hint("check the path, or begin a new one with `--update-baseline`"));
            }
            Err(e) => {
                let message = format!("{}: {e}", path.display());
                return Err(
                    Failure::new(Status::MissingInput, message).hint("check the path and its permissions")
                );
            }
        };
        let file: FileJson = serde_json::from_slice(&bytes).map_err(|e| no_baseline(path, &e))?;
        if file.schema != SCHEMA {
            let message = format!("{}: schema is `{}`, expected `{SCHEMA}`", path.display(), file.schema);
            return Err(
                Failure::new(Status::BadData, message).hint("give a file that `--update-baseline` wrote")
            );
        }
        if let Some(odd) = file.calls.iter().find(|c| !c.is_sound()) {
            let message = format!("{}: the figures of call `{}` are not possible", path.display(), odd.call);
            return Err(Failure::new(Status::BadData, message).hint("take that call out of the file"));
        }
        Ok(Self { path: path.to_owned(), file })
    }

    fn empty(path: &Path) -> Self {
        Self { path: path.to_owned(), file: FileJson { schema: SCHEMA.into(), calls: Vec::new() } }
    }

    /// The agent's normal, once it is earned.
    pub fn normal(&self) -> Option<Normal> {
        let calls: Vec<CallNormal> = self.file.calls.iter().map(CallJson::normal).collect();
        history::earned(&calls).map(|earned| earned.normal)
    }

    /// Calls in the file.
    pub fn calls(&self) -> usize {
        self.file.calls.len()
    }

    /// Adds what a call found normal; false where it had nothing to add.
    pub fn add(&mut self, analysis: &Analysis) -> bool {
        let Some((normal, seconds)) = analysis.summary.harvest else { return false };
        let call = CallJson {
            call: analysis.origin.name.clone(),
            duration_s: (analysis.summary.duration.seconds() * 1000.0).round() / 1000.0,
            speech_s: round(seconds),
            level_dbfs: round(normal.level),
            tilt_db: round(normal.tilt),
            pitch_st: normal.pitch.map(round),
            pace: round(normal.pace),
        };
        self.file.calls.retain(|c| c.call != call.call || c.duration_s != call.duration_s);
        self.file.calls.push(call);
        let old = self.file.calls.len().saturating_sub(CALLS);
        self.file.calls.drain(..old);
        true
    }

    /// Writes the file in one step: what was there stays whole until then.
    ///
    /// # Errors
    /// Where the folder or the disk refuses.
    pub fn save(&self) -> Result<(), Failure> {
        let failed = |e: std::io::Error| {
            Failure::new(Status::CannotWrite, format!("{}: {e}", self.path.display()))
                .hint("check the folder and the space on its disk")
        };
        let text = serde_json::to_string_pretty(&self.file).map_err(|e| failed(e.into()))?;
        crate::app::write::replace(&self.path, |file| writeln!(file, "{text}")).map_err(failed)
    }
}

impl CallJson {
    fn normal(&self) -> CallNormal {
        let normal =
            Normal { level: self.level_dbfs, tilt: self.tilt_db, pitch: self.pitch_st, pace: self.pace };
        CallNormal { normal, seconds: self.speech_s }
    }

    fn is_sound(&self) -> bool {
        let figures = [self.speech_s, self.level_dbfs, self.tilt_db, self.pitch_st.unwrap_or(0.0), self.pace];
        figures.iter().all(|f| f.is_finite()) && 0.0 <= self.speech_s && 0.0 <= self.pace && self.pace <= 20.0
    }
}

fn round(value: f32) -> f32 {
    (value * 1000.0).round() / 1000.0
}

fn no_baseline(path: &Path, error: &serde_json::Error) -> Failure {
    let message = format!("{}, line {}: not a baseline file: {error}", path.display(), error.line());
    Failure::new(Status::BadData, message).hint("give a file that `--update-baseline` wrote, or a new name")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, seconds: f32) -> CallJson {
        CallJson {
            call: name.into(),
            duration_s: 100.0,
            speech_s: seconds,
            level_dbfs: -26.0,
            tilt_db: -9.0,
            pitch_st: Some(5.0),
            pace: 4.2,
        }
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ann.json");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn a_missing_file_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let got = Baselines::load(&folder.path().join("new.json"), true).unwrap();
        assert_eq!((got.calls(), got.normal()), (0, None));
    }

    #[test]
    fn what_is_saved_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ann.json");
        let mut baselines = Baselines::load(&path, true).unwrap();
        baselines.file.calls = vec![call("a", 40.0), call("b", 30.0)];
        baselines.save().unwrap();
        let again = Baselines::load(&path, true).unwrap();
        assert_eq!(again.file, baselines.file);
        assert!(again.normal().is_some());
    }

    #[test]
    fn another_file_is_refused_with_its_line() {
        let (_folder, path) = file("{\n  \"calls\": 3\n}");
        let failure = Baselines::load(&path, false).unwrap_err();
        assert_eq!(failure.status, Status::BadData);
        assert!(failure.message.contains("line 2"), "{}", failure.message);
    }

    #[test]
    fn another_schema_is_refused_by_name() {
        let (_folder, path) = file("{\"schema\":\"evenkeel.baseline/9\",\"calls\":[]}");
        assert!(Baselines::load(&path, false).unwrap_err().message.contains("evenkeel.baseline/9"));
    }

    #[test]
    fn impossible_figures_are_refused() {
        let (_folder, path) = file("");
        let mut odd = call("odd", 40.0);
        odd.pace = -1.0;
        let text = serde_json::to_string(&FileJson { schema: SCHEMA.into(), calls: vec![odd] }).unwrap();
        std::fs::write(&path, text).unwrap();
        assert!(Baselines::load(&path, false).unwrap_err().message.contains("odd"));
    }
}
