//! Whether there is speech in an utterance at all: Silero, through whisper.cpp. The
//! gate that cut it out follows a voice as it comes; this looks at the whole once more.

use std::path::Path;

use whisper_rs::{WhisperVadContext, WhisperVadContextParams};

use crate::core::units::SampleSpan;

/// Samples of one verdict.
const WINDOW: u64 = 512;
/// Speech begins where it is this likely, and goes on until it is less likely than that.
const ENTER: f32 = 0.5;
const LEAVE: f32 = 0.35;
/// With less speech than this nobody spoke. In 96 stretches of noise and music there was
/// none with so much.
const LEAST: SampleSpan = SampleSpan::from_millis(250);

/// A loaded model.
pub(super) struct Detector(WhisperVadContext);

impl Detector {
    /// Loads the model of this file, which was checked before; none where the library
    /// does not take it.
    pub(super) fn load(model: &Path) -> Option<Self> {
        let mut params = WhisperVadContextParams::new();
        params.set_n_threads(1);
        params.set_use_gpu(false);
        WhisperVadContext::new(model.to_str()?, params).map(Self).ok()
    }

    /// Whether somebody speaks in these samples. Where that cannot be told it is taken
    /// for so: the other guards look at what comes of it.
    pub(super) fn hears(&mut self, samples: &[f32]) -> bool {
        match self.0.detect_speech(samples) {
            Ok(()) => LEAST <= speech(self.0.probabilities()),
            Err(_) => true,
        }
    }
}

/// How much of it is speech, by how likely that is of each window.
fn speech(likely: &[f32]) -> SampleSpan {
    let mut speaks = false;
    let windows = likely.iter().filter(|&&likely| {
        speaks = if speaks { LEAVE <= likely } else { ENTER <= likely };
        speaks
    });
    SampleSpan::from_samples(windows.count() as u64 * WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_begins_where_it_is_likely_and_ends_where_it_is_not() {
        let windows = |likely: &[f32]| speech(likely).samples() / WINDOW;
        assert_eq!(windows(&[0.1, 0.49, 0.5, 0.4, 0.36, 0.34, 0.4, 0.9]), 4);
        assert_eq!(windows(&[]), 0);
    }

    #[test]
    fn a_quarter_of_a_second_is_the_least() {
        // Windows of 32 ms: seven are less, eight are more.
        assert!(speech(&[0.9; 7]) < LEAST && LEAST <= speech(&[0.9; 8]));
    }

    #[test]
    fn what_is_no_model_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Detector::load(&folder.path().join("none.bin")).is_none());
    }
}
