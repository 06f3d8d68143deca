//! What was found out about a model, beside it: its check sum, which takes long
//! to compute. It holds only while the file has not changed since.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use crate::transcript::models::digest::Sum;

const SCHEMA: &str = "evenkeel.model/1";

/// Bytes of the longest record that is read.
const LONGEST: u64 = 4096;

/// The record of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    schema: String,
    /// Of the file.
    pub(super) sha256: Sum,
    bytes: u64,
    /// When the file was last changed, in nanoseconds since 1970.
    changed_ns: u64,
}

impl Record {
    /// Of a file as it is now.
    pub(super) fn new(model: &Path, sha256: Sum) -> io::Result<Self> {
        let (bytes, changed_ns) = state(model)?;
        Ok(Self { schema: SCHEMA.to_owned(), sha256, bytes, changed_ns })
    }

    /// Of a file, if it has not changed since.
    pub(super) fn of(model: &Path) -> Option<Self> {
        let path = beside(model);
        if LONGEST < std::fs::metadata(&path).ok()?.len() {
            return None;
        }
        let record: Self = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
        let same = state(model).is_ok_and(|state| state == (record.bytes, record.changed_ns));
        (same && record.schema == SCHEMA).then_some(record)
    }

    /// Writes it beside the file.
    pub(super) fn write(&self, model: &Path) -> io::Result<()> {
        std::fs::write(beside(model), serde_json::to_string_pretty(self)?)
    }

    /// Forgets what was known.
    pub(super) fn remove(model: &Path) {
        // One that is not there need not be removed; one that stays does not hold.
        let _ = std::fs::remove_file(beside(model));
    }
}

fn beside(model: &Path) -> PathBuf {
    model.with_extension("json")
}

/// Length and time of the last change.
fn state(model: &Path) -> io::Result<(u64, u64)> {
    let file = std::fs::metadata(model)?;
    let since = file.modified()?.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    Ok((file.len(), u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_record_holds_until_the_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        // A name with dots: only the last part is replaced.
        let model = folder.path().join("ggml-tiny.en.bin");
        std::fs::write(&model, "abc").unwrap();
        let sum = Sum::of_file(&model, &mut |_| ()).unwrap();
        assert_eq!(Record::of(&model), None);
        Record::new(&model, sum).unwrap().write(&model).unwrap();
        assert_eq!(Record::of(&model).unwrap().sha256, sum);
        assert!(folder.path().join("ggml-tiny.en.json").is_file());

        let later = SystemTime::now() + Duration::from_secs(9);
        std::fs::File::options().write(true).open(&model).unwrap().set_modified(later).unwrap();
        assert_eq!(Record::of(&model), None);
    }
}
