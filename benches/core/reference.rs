//! Side by side with a plain analysis of the same file in Python, on webrtcvad:
//! alternately, so that both see the same machine.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::calls;
use crate::figures::median;
use crate::speed::decode_and_measure;

/// The script on the other side.
const SCRIPT: &str = "benches/webrtcvad_reference.py";

/// Both, as medians of the time on the processor for the whole file.
#[derive(Serialize)]
pub(crate) struct SideBySide {
    pub(crate) pairs: usize,
    pub(crate) evenkeel_s: f64,
    pub(crate) python_s: f64,
    /// Python's time over ours, the median of the pairs.
    pub(crate) ratio: f64,
    pub(crate) python_found: Found,
}

/// What the script tells.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) seconds: f64,
    pub(crate) agent_s: f64,
    pub(crate) customer_s: f64,
    pub(crate) overlap_s: f64,
    pub(crate) interruptions: u32,
}

/// Why there is no comparison, and the way to one.
pub(crate) const SKIPPED: &str = "skipped: needs a Python with webrtcvad and soundfile \
    (python3 -m venv vad && vad/bin/pip install webrtcvad-wheels soundfile), \
    given with --python vad/bin/python or as EVENKEEL_PYTHON";

/// Runs both in turn; none where that Python cannot do it.
pub(crate) fn compare(python: &Path, pairs: usize) -> Result<Option<SideBySide>, Box<dyn Error>> {
    let (mut ours, mut theirs, mut ratios, mut found) = (Vec::new(), Vec::new(), Vec::new(), None);
    for _ in 0..pairs {
        ours.push(decode_and_measure()?);
        let Some(told) = run(python)? else { return Ok(None) };
        theirs.push(told.seconds);
        ratios.extend(ours.last().map(|ours| told.seconds / ours));
        found = Some(told);
    }
    Ok(found.map(|python_found| SideBySide {
        pairs,
        evenkeel_s: median(&mut ours),
        python_s: median(&mut theirs),
        ratio: median(&mut ratios),
        python_found,
    }))
}

/// What the script says to the recording; none where it cannot run.
fn run(python: &Path) -> Result<Option<Found>, Box<dyn Error>> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(SCRIPT);
    match Command::new(python).arg(script).arg(calls::path()).output() {
        Ok(output) if output.status.success() => Ok(Some(serde_json::from_slice(&output.stdout)?)),
        Ok(_) | Err(_) => Ok(None),
    }
}
