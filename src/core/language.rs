//! What was said, counted: how much of each side was listened to, which phrases were
//! found, and how often the agent's made it worse. Never a word of it.

use crate::core::event::{CueHit, DETECTORS, Detector};
use crate::core::measures::{Measured, Why};
use crate::core::transcript::is_enough;
use crate::core::units::{Channel, SampleSpan, Sides};

/// What is known of the words of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Language {
    /// Speech of each side that was listened to.
    pub heard: Sides<SampleSpan>,
    /// Phrases that were found, in the order of [`Detector::ALL`].
    pub cues: [u32; DETECTORS],
    /// Phrases that make it worse, per minute of the agent's speech.
    pub negative_per_min: Measured<f32>,
}

impl Default for Language {
    /// Nobody listened.
    fn default() -> Self {
        let negative_per_min = Measured::Unknown(Why::NoWords);
        Self { heard: Sides::default(), cues: [0; DETECTORS], negative_per_min }
    }
}

impl Language {
    /// Finds of a detector where its side said `speech` in all. What was found is
    /// always known; that nothing was, only where most of that side was listened to.
    pub fn count(&self, detector: Detector, speech: SampleSpan) -> Option<u32> {
        let found = self.cues[detector as usize];
        let known = 0 < found || is_enough(self.heard[detector.speaker()], speech);
        known.then_some(found)
    }

    /// Whether anybody listened.
    pub fn is_known(&self) -> bool {
        Channel::BOTH.into_iter().any(|who| SampleSpan::ZERO < self.heard[who])
    }
}

/// Counts as the call goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phrases {
    heard: Sides<SampleSpan>,
    cues: [u32; DETECTORS],
}

impl Phrases {
    /// A phrase was found.
    pub fn found(&mut self, hit: &CueHit) {
        self.cues[hit.detector as usize] += 1;
    }

    /// So much speech was listened to.
    pub fn listened(&mut self, who: Channel, spoken: SampleSpan) {
        self.heard[who] += spoken;
    }

    /// What was counted after `before`.
    pub fn since(&self, before: &Self) -> Self {
        Self {
            heard: Sides::from_fn(|who| self.heard[who] - before.heard[who]),
            cues: std::array::from_fn(|k| self.cues[k] - before.cues[k]),
        }
    }

    /// Phrases that make it worse, per minute of the agent's speech that was listened
    /// to, where that is most of `speech`.
    pub fn negative_per_min(&self, speech: SampleSpan) -> Measured<f32> {
        let heard = self.heard.agent;
        if heard == SampleSpan::ZERO {
            return Measured::Unknown(Why::NoWords);
        }
        if !is_enough(heard, speech) {
            return Measured::Unknown(Why::FewWords);
        }
        let negative = |detector: &&Detector| detector.is_negative();
        let hits: u32 = Detector::ALL.iter().filter(negative).map(|&d| self.cues[d as usize]).sum();
        Measured::Known(hits as f32 * 60.0 / heard.seconds() as f32)
    }

    /// The sum; the rate is what the score made of it.
    pub const fn finish(&self, negative_per_min: Measured<f32>) -> Language {
        Language { heard: self.heard, cues: self.cues, negative_per_min }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::units::SampleTime;

    fn seconds(seconds: f64) -> SampleSpan {
        SampleSpan::from_seconds(seconds)
    }

    fn found(detectors: &[Detector], heard: f64) -> Phrases {
        let mut phrases = Phrases::default();
        for &detector in detectors {
            let at = SampleTime::ZERO;
            phrases.found(&CueHit { at, until: at, who: detector.speaker(), detector });
        }
        phrases.listened(Channel::Agent, seconds(heard));
        phrases
    }

    #[test]
    fn what_makes_it_worse_is_counted_per_minute_of_what_was_listened_to() {
        let said = [Detector::PolicyWall, Detector::SoothingTrap, Detector::Apology, Detector::ApologyRamble];
        let rate = found(&said, 40.0).negative_per_min(seconds(40.0));
        assert_eq!(rate, Measured::Known(3.0));
        assert_eq!(found(&[], 40.0).negative_per_min(seconds(50.0)), Measured::Known(0.0));
    }

    #[test]
    fn too_little_that_is_known_gives_no_rate_and_nothing_no_zero() {
        let rate = |heard, speech| found(&[], heard).negative_per_min(seconds(speech)).why();
        assert_eq!(rate(0.0, 60.0), Some(Why::NoWords));
        assert_eq!(rate(9.9, 10.0), Some(Why::FewWords));
        assert_eq!(rate(47.0, 60.0), Some(Why::FewWords));
        assert_eq!(rate(48.0, 60.0), None);
    }

    #[test]
    fn a_side_that_nobody_listened_to_has_no_count() {
        let language = found(&[Detector::Empathy], 20.0).finish(Measured::Known(0.0));
        let count = |detector| language.count(detector, seconds(20.0));
        assert_eq!((count(Detector::Empathy), count(Detector::PolicyWall)), (Some(1), Some(0)));
        assert_eq!(count(Detector::Abuse), None);
        assert!(language.is_known() && !Language::default().is_known());
    }

    #[test]
    fn a_sliver_that_was_listened_to_is_no_zero_and_a_find_in_it_is_a_find() {
        let language = found(&[Detector::Empathy], 47.0).finish(Measured::Unknown(Why::FewWords));
        let count = |detector, speech| language.count(detector, seconds(speech));
        assert_eq!((count(Detector::PolicyWall, 60.0), count(Detector::Empathy, 60.0)), (None, Some(1)));
        assert_eq!(count(Detector::PolicyWall, 58.0), Some(0));
        let short = found(&[], 9.9).finish(Measured::Unknown(Why::FewWords));
        assert_eq!(short.count(Detector::PolicyWall, seconds(9.9)), None);
    }
}
