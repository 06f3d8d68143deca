//! How much of a call's speech became words: what was cut is either heard, or waits,
//! or is missed. What waits when the call is closed is missed.

use crate::core::transcript::{Coverage, Recognition};
use crate::core::units::{Channel, SampleSpan, Sides};
use crate::core::words::Words;
use crate::transcript::guards::Why;
use crate::transcript::recogniser::RecogniserError;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(in crate::app::daemon) struct Tally {
    model: String,
    cut: Sides<SampleSpan>,
    heard: Sides<Coverage>,
    /// The first thing that went wrong.
    fault: Option<RecogniserError>,
}

impl Tally {
    /// Nothing was said yet.
    pub(in crate::app::daemon) fn new(model: String) -> Self {
        Self { model, ..Self::default() }
    }

    /// Speech to be recognised.
    pub(in crate::app::daemon) fn cut(&mut self, cut: Sides<SampleSpan>) {
        self.cut = cut;
    }

    /// Somebody said this.
    pub(in crate::app::daemon) fn said(&mut self, spoken: SampleSpan, words: &Words) {
        let side = &mut self.heard[words.who];
        side.heard += spoken;
        side.words += words.count();
    }

    /// Nobody said anything, or what was heard is not to be believed.
    pub(in crate::app::daemon) fn dropped(&mut self, who: Channel, spoken: SampleSpan, why: Why) {
        let side = &mut self.heard[who];
        match why {
            Why::NoSpeech | Why::NoWords => {
                side.heard += spoken;
                side.dropped += spoken;
            }
            // Something was said, and nobody knows what.
            Why::Loop => side.missed += spoken,
        }
    }

    /// Speech that nobody will hear any more.
    pub(in crate::app::daemon) fn missed(&mut self, who: Channel, spoken: SampleSpan) {
        self.heard[who].missed += spoken;
    }

    /// Something went wrong; the others follow from the first, or are the same.
    pub(in crate::app::daemon) fn fault(&mut self, error: RecogniserError) {
        self.fault.get_or_insert(error);
    }

    /// Speech that may yet become words.
    pub(in crate::app::daemon) fn waits(&self, who: Channel) -> SampleSpan {
        // A span never falls below nothing.
        self.cut[who] - self.heard[who].heard - self.heard[who].missed
    }

    fn is_missing_some(&self) -> bool {
        let missing = |who| SampleSpan::ZERO < self.heard[who].missed + self.waits(who);
        Channel::BOTH.into_iter().any(missing)
    }

    /// What is known now; what waits is missed so far.
    pub(in crate::app::daemon) fn recognition(&self) -> Recognition {
        let side = |who| {
            let known = self.heard[who];
            Coverage { missed: known.missed + self.waits(who), ..known }
        };
        Recognition {
            model: self.model.clone(),
            coverage: Sides::from_fn(side),
            // What was mended afterwards is no fault.
            fault: self
                .fault
                .as_ref()
                .filter(|_| self.is_missing_some())
                .map(|error| format!("{}: {error}", self.model)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::private::Spoken;
    use crate::core::units::SampleTime;

    fn seconds(seconds: f64) -> SampleSpan {
        SampleSpan::from_seconds(seconds)
    }

    fn words(text: &str) -> Words {
        let (who, from, to) = (Channel::Agent, SampleTime::ZERO, SampleTime::from_seconds(2.0));
        Words { who, from, to, text: Spoken::new(text), words: Vec::new() }
    }

    #[test]
    fn what_was_cut_is_heard_or_dropped_or_missed_and_nothing_else() {
        let mut tally = Tally::new("tiny.en".into());
        tally.cut(Sides { agent: seconds(10.0), customer: seconds(3.0) });
        tally.said(seconds(2.0), &words("well then"));
        tally.dropped(Channel::Agent, seconds(1.0), Why::NoSpeech);
        tally.dropped(Channel::Agent, seconds(1.5), Why::Loop);
        let Coverage { heard, dropped, missed, words } = tally.recognition().coverage.agent;
        assert_eq!((heard, dropped, missed, words), (seconds(3.0), seconds(1.0), seconds(7.0), 2));
        assert_eq!(tally.waits(Channel::Agent), seconds(5.5));
        assert_eq!(tally.recognition().coverage.customer.missed, seconds(3.0));
    }

    #[test]
    fn the_first_fault_is_the_one_that_is_told() {
        let mut tally = Tally::new("tiny.en".into());
        tally.fault(RecogniserError::Refused);
        assert_eq!(tally.recognition().fault, None, "nothing is missing");
        tally.missed(Channel::Agent, seconds(1.0));
        tally.fault(RecogniserError::Cancelled);
        assert_eq!(tally.recognition().fault.unwrap(), "tiny.en: the recogniser refused an utterance");
    }
}
