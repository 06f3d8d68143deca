//! What was said, by kind: which phrases were found and when, the log of incidents,
//! and what is offered after the call. Never a word that was spoken.

use crate::core::after::After;
use crate::core::event::{CueHit, Detector};
use crate::core::units::SampleTime;
use crate::report::analysis::Analysis;

/// Finds of one detector, by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub detector: Detector,
    /// When each began.
    pub at: Vec<SampleTime>,
}

/// What was found, by detector; those without a find are left out. None where
/// nobody listened: that is not the same as nothing.
pub fn found(a: &Analysis) -> Option<Vec<Found>> {
    let times = |detector| a.cues.iter().filter(move |hit| hit.detector == detector).map(|hit| hit.at);
    let all = Detector::ALL.into_iter().map(|detector| Found { detector, at: times(detector).collect() });
    let known = a.summary.language.is_known() || !a.cues.is_empty();
    known.then(|| all.filter(|found| !found.at.is_empty()).collect())
}

/// Insults and demands for somebody higher up, by time.
pub fn incidents(a: &Analysis) -> Vec<&CueHit> {
    a.cues.iter().filter(|hit| hit.detector.is_incident()).collect()
}

/// What is offered after the call.
pub fn after(a: &Analysis) -> Vec<After> {
    After::of(&a.summary)
}
