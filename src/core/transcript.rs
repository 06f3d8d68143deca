//! What was said on a call, and how much of what was said is known: a word rate
//! over half of an utterance list would be a guess.

mod rate;

pub use rate::word_rates;

use crate::core::units::{Channel, SampleSpan, Sides};
use crate::core::words::Words;

/// Less speech than this that is known in words gives no rate of any kind.
const LEAST: SampleSpan = SampleSpan::from_millis(10_000);
/// Nor does a smaller part than this of all that was said.
const LEAST_COVERAGE: f32 = 0.8;
/// A pause of one's own shorter than this is part of the talk.
const OWN_PAUSE: SampleSpan = SampleSpan::from_millis(1_000);

/// How much of one side's speech is known in words.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Speech that was listened to and believed, or found to be no words.
    pub heard: SampleSpan,
    /// The part of it that was found to be no words.
    pub dropped: SampleSpan,
    /// Speech that nobody listened to, or that was said in a loop: lost.
    pub missed: SampleSpan,
    /// Words.
    pub words: u32,
}

impl Coverage {
    /// The part of the speech that was heard, 0 to 1; none where nobody spoke.
    pub fn share(&self) -> Option<f32> {
        let all = self.heard + self.missed;
        (SampleSpan::ZERO < all).then(|| (self.heard.seconds() / all.seconds()) as f32)
    }

    /// Whether enough is known for a word rate.
    fn is_enough(&self) -> bool {
        is_enough(self.heard, self.heard + self.missed)
    }
}

/// Whether `heard` of `speech` is enough for a rate, or to say that something was not
/// said: ten seconds, and most of it.
pub fn is_enough(heard: SampleSpan, speech: SampleSpan) -> bool {
    let share = heard.seconds() / speech.seconds().max(f64::MIN_POSITIVE);
    LEAST <= heard && LEAST_COVERAGE <= share as f32
}

/// How the words of a call came about, without the words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognition {
    /// The model that heard them.
    pub model: String,
    /// How much of each side is known in words.
    pub coverage: Sides<Coverage>,
    /// Why it is not whole, as a sentence.
    pub fault: Option<String>,
}

/// What was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    /// The model that heard it.
    pub model: String,
    /// The utterances of both sides, by their begin.
    pub said: Vec<Words>,
    /// How much of each side that is.
    pub coverage: Sides<Coverage>,
    /// Why it is not whole, as a sentence.
    pub fault: Option<String>,
    /// Words per minute over the half minute before each second of the call (M1);
    /// empty before they are measured.
    pub rates: Sides<Vec<Option<f32>>>,
}

impl Transcript {
    /// What was said in a call that is over, in order.
    pub fn of(recognition: Recognition, said: Vec<Words>) -> Self {
        let Recognition { model, coverage, fault } = recognition;
        let mut transcript = Self { model, said, coverage, fault, rates: Sides::default() };
        transcript.sort();
        transcript
    }

    /// Nothing was said yet.
    pub fn new(model: impl Into<String>) -> Self {
        Self { model: model.into(), ..Self::default() }
    }

    /// Speech that was listened to; with its words, where there are any.
    pub fn heard(&mut self, who: Channel, speech: SampleSpan, words: Option<Words>) {
        let side = &mut self.coverage[who];
        side.heard += speech;
        match words {
            Some(words) => {
                side.words += words.count();
                self.said.push(words);
            }
            None => side.dropped += speech,
        }
    }

    /// Speech whose words are not known.
    pub fn missed(&mut self, who: Channel, speech: SampleSpan) {
        self.coverage[who].missed += speech;
    }

    /// Words per minute of a side's talk, its own short pauses included, where
    /// enough of it is known. The utterances must be in order.
    pub fn words_per_minute(&self, who: Channel) -> Option<f32> {
        let mut talk = SampleSpan::ZERO;
        let mut last: Option<&Words> = None;
        for words in self.said.iter().filter(|words| words.who == who) {
            let pause = last.map_or(OWN_PAUSE, |last| words.from.since(last.to));
            talk += words.to.since(words.from);
            talk += if pause < OWN_PAUSE { pause } else { SampleSpan::ZERO };
            last = Some(words);
        }
        let side = &self.coverage[who];
        (side.is_enough() && SampleSpan::ZERO < talk)
            .then(|| (f64::from(side.words) * 60.0 / talk.seconds()) as f32)
    }

    /// Whether no word was recognised, of either side.
    pub fn is_wordless(&self) -> bool {
        Channel::BOTH.into_iter().all(|who| self.coverage[who].words == 0)
    }

    /// In order of time: words may come late and in any order.
    pub fn sort(&mut self) {
        self.said.sort_by_key(|words| (words.from, words.who));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::private::Spoken;
    use crate::core::units::SampleTime;

    fn said(text: &str, from: f64) -> Words {
        Words {
            who: Channel::Agent,
            from: SampleTime::from_seconds(from),
            to: SampleTime::from_seconds(from + 1.0),
            text: Spoken::new(text),
            words: Vec::new(),
        }
    }

    fn seconds(seconds: f64) -> SampleSpan {
        SampleSpan::from_seconds(seconds)
    }

    /// Utterances of a second, one every `step` seconds, five words each.
    fn talk(utterances: u32, step: f64) -> Transcript {
        let mut it = Transcript::new("tiny.en");
        for k in 0..utterances {
            let words = said("one two three - four five.", step * f64::from(k));
            it.heard(Channel::Agent, seconds(1.0), Some(words));
        }
        it
    }

    #[test]
    fn the_word_rate_is_words_by_talk() {
        assert_eq!(talk(10, 3.0).words_per_minute(Channel::Agent), Some(300.0));
        assert_eq!(talk(10, 3.0).words_per_minute(Channel::Customer), None);
    }

    #[test]
    fn short_pauses_belong_to_the_talk() {
        // Ten seconds of speech, and nine pauses of half a second.
        let rate = talk(10, 1.5).words_per_minute(Channel::Agent).unwrap();
        assert!((rate - 50.0 * 60.0 / 14.5).abs() < 0.1, "{rate}");
    }

    #[test]
    fn too_little_known_gives_no_rate() {
        assert_eq!(talk(9, 3.0).words_per_minute(Channel::Agent), None);
        let mut it = talk(20, 3.0);
        it.missed(Channel::Agent, seconds(4.9));
        assert!(it.words_per_minute(Channel::Agent).is_some());
        it.missed(Channel::Agent, seconds(0.2));
        assert_eq!(it.words_per_minute(Channel::Agent), None);
        assert_eq!(it.coverage.customer.share(), None);
    }

    #[test]
    fn late_words_find_their_place() {
        let mut it = Transcript::new("tiny.en");
        it.heard(Channel::Agent, seconds(1.0), Some(said("later", 5.0)));
        it.heard(Channel::Agent, seconds(1.0), Some(said("sooner", 1.0)));
        it.sort();
        assert_eq!(it.said[0].text.reveal(), "sooner");
    }
}
