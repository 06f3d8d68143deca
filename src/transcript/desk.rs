//! Where an utterance becomes words that may be believed: recognised, guarded,
//! looked at once more where it looped, and put on the call's clock.

use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};
use crate::core::words::{Word, Words};
use crate::transcript::child::{Kept, Stop};
use crate::transcript::guards::{Verdict, Why, judge, without_remarks};
use crate::transcript::models::Family;
use crate::transcript::recogniser::{Context, Heard, HeardWord, Recogniser, RecogniserError};
use crate::transcript::segments::Utterance;

/// What became of an utterance.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Somebody said this.
    Said(Words),
    /// Nobody said anything, or what was heard is not to be believed.
    Dropped(Why),
    /// It was not recognised.
    Missed(RecogniserError),
}

/// Recognises one utterance.
pub fn transcribe(recogniser: &mut dyn Recogniser, family: Family, utterance: &Utterance) -> Outcome {
    for (context, last) in [(Context::Fitted, false), (Context::Full, true)] {
        let heard = match recogniser.recognise(&utterance.samples, context) {
            Ok(heard) => without_remarks(heard),
            Err(error) => return Outcome::Missed(error),
        };
        match judge(&heard, utterance.length(), family, last) {
            Verdict::Keep => return Outcome::Said(place(&heard, utterance)),
            Verdict::Drop(why) => return Outcome::Dropped(why),
            Verdict::Again => (),
        }
    }
    Outcome::Dropped(Why::Loop)
}

/// The words on the call's clock. The edges of the speech are known better than
/// those of the words, so that the words keep within them.
fn place(heard: &Heard, utterance: &Utterance) -> Words {
    let from = utterance.speech.first().map_or(utterance.from, |(from, _)| *from);
    let to = utterance.speech.last().map_or(utterance.to(), |(_, to)| *to);
    let words = if heard.timed { measured(heard, utterance) } else { spread(heard, utterance) };
    Words { who: utterance.who, from, to, text: heard.text.clone(), words }
}

/// A word begins where the one before it ends, or where somebody begins to speak
/// after a pause.
fn measured(heard: &Heard, utterance: &Utterance) -> Vec<Word> {
    let (Some((first, _)), Some((_, last))) = (utterance.speech.first(), utterance.speech.last()) else {
        return heard.words.iter().map(|word| word.placed(utterance.from)).collect();
    };
    let mut before = *first;
    let mut words: Vec<Word> = heard.words.iter().map(|word| word.placed(utterance.from)).collect();
    let count = words.len();
    for (k, word) in words.iter_mut().enumerate() {
        let end = if k + 1 == count { *last } else { word.to.clamp(before, *last) };
        let begun = utterance.speech.iter().map(|(from, _)| *from).rfind(|from| *from < end);
        word.from = begun.map_or(before, |begun| begun.max(before)).min(end);
        word.to = end;
        before = end;
    }
    words
}

/// Words of which nobody measured the times fill the speech by their length.
fn spread(heard: &Heard, utterance: &Utterance) -> Vec<Word> {
    let letters = |word: &HeardWord| word.text.reveal().chars().count() as f64 + 1.0;
    let all: f64 = heard.words.iter().map(letters).sum();
    let spoken = utterance.spoken().seconds();
    let mut at = 0.0;
    let mut next = |share: f64| {
        at += share * spoken / all;
        point(utterance, SampleSpan::from_seconds(at))
    };
    let mut from = next(0.0);
    heard
        .words
        .iter()
        .map(|word| {
            let to = next(letters(word));
            let placed = Word { text: word.text.clone(), from, to, sure: word.sure };
            from = to;
            placed
        })
        .collect()
}

/// The point at which so much was spoken.
fn point(utterance: &Utterance, mut spoken: SampleSpan) -> SampleTime {
    for (from, to) in &utterance.speech {
        let part = to.since(*from);
        if spoken <= part {
            return *from + spoken;
        }
        spoken = spoken - part;
    }
    utterance.speech.last().map_or(utterance.from, |(_, to)| *to)
}

/// The recognisers of a call: one for both sides, or one each.
pub struct Desk {
    kept: Vec<Kept>,
    seat: Sides<usize>,
}

impl Desk {
    /// Both sides are heard by the same model.
    pub fn one(kept: Kept) -> Self {
        Self { kept: vec![kept], seat: Sides::default() }
    }

    /// Each side is heard by a model of its own.
    pub fn each(kept: Sides<Kept>) -> Self {
        let Sides { agent, customer } = kept;
        Self { kept: vec![agent, customer], seat: Sides { agent: 0, customer: 1 } }
    }

    /// What ends them from any thread.
    pub fn stops(&self) -> Vec<Stop> {
        self.kept.iter().map(Kept::stop).collect()
    }

    /// The processes that run.
    pub fn processes(&self) -> Vec<u32> {
        self.kept.iter().filter_map(|kept| kept.stop().process()).collect()
    }

    /// Recognises one utterance. What killed a recogniser is not tried again here.
    pub fn hear(&mut self, utterance: &Utterance) -> Outcome {
        let Some(kept) = self.seat(utterance.who) else {
            return Outcome::Missed(RecogniserError::Refused);
        };
        // Only a loaded model says which figures hold for it.
        if let Err(error) = kept.begin() {
            return Outcome::Missed(error);
        }
        let family = kept.family();
        transcribe(kept, family, utterance)
    }

    /// Loads the models now.
    ///
    /// # Errors
    /// Why one of them cannot be.
    pub fn begin(&mut self) -> Result<(), RecogniserError> {
        self.kept.iter_mut().try_for_each(Kept::begin)
    }

    /// Gives the memory back until there is something to hear.
    pub fn rest(&mut self) {
        self.kept.iter_mut().for_each(Kept::rest);
    }

    /// Whether a model is in memory.
    pub fn is_loaded(&self) -> bool {
        self.kept.iter().any(Kept::is_loaded)
    }

    /// Another call begins.
    pub fn forgive(&mut self) {
        self.kept.iter_mut().for_each(Kept::forgive);
    }

    /// Why one side is not heard any more in this call.
    pub fn is_off(&self, who: Channel) -> Option<RecogniserError> {
        self.kept.get(self.seat[who]).and_then(Kept::is_off)
    }

    fn seat(&mut self, who: Channel) -> Option<&mut Kept> {
        self.kept.get_mut(self.seat[who])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::scripted::Scripted;

    fn utterance(speech: &[(u64, u64)], frames: u64) -> Utterance {
        let at = |frame: &u64| SampleTime::from_frame(1000 + frame);
        Utterance {
            who: Channel::Agent,
            from: SampleTime::from_frame(1000),
            speech: speech.iter().map(|(from, to)| (at(from), at(to))).collect(),
            samples: vec![0.0; 160 * frames as usize],
        }
    }

    fn hear(json: &str, utterance: &Utterance) -> Outcome {
        let mut scripted = Scripted::new(serde_json::from_str(json).unwrap(), || ());
        transcribe(&mut scripted, Family::EnglishOnly, utterance)
    }

    fn times(words: &Words) -> Vec<(u64, u64)> {
        words.words.iter().map(|w| (w.from.frame() - 1000, w.to.frame() - 1000)).collect()
    }

    #[test]
    fn words_keep_within_the_speech_and_its_pauses() {
        let said = utterance(&[(25, 100), (130, 180)], 200);
        let Outcome::Said(words) = hear(r#"{"says": [{"text": "a b c d"}]}"#, &said) else { panic!() };
        assert_eq!((words.from.frame(), words.to.frame()), (1025, 1180));
        // Ends were measured at 50, 100, 150 and 200.
        assert_eq!(times(&words), [(25, 50), (50, 100), (130, 150), (150, 180)]);
    }

    #[test]
    fn words_without_times_fill_the_speech() {
        let said = utterance(&[(20, 60), (100, 140)], 160);
        let word = |text: &str| HeardWord {
            text: crate::core::private::Spoken::new(text),
            from: SampleSpan::ZERO,
            to: SampleSpan::ZERO,
            sure: 0.5,
        };
        let heard = Heard { words: vec![word("abc"), word("def")], ..Heard::default() };
        assert_eq!(times(&place(&heard, &said)), [(20, 60), (60, 140)]);
    }

    #[test]
    fn a_loop_is_looked_at_once_more() {
        let said = utterance(&[(0, 100)], 100);
        let heard = hear(r#"{"says": [{"text": "go on go on go on go on", "again": "go on"}]}"#, &said);
        let Outcome::Said(words) = heard else { panic!("{heard:?}") };
        assert_eq!(words.text.reveal(), "go on");
        let heard = hear(r#"{"says": [{"text": "go on go on go on go on"}]}"#, &said);
        assert_eq!(heard, Outcome::Dropped(Why::Loop));
    }

    #[test]
    fn what_nobody_said_is_dropped_and_what_failed_is_missed() {
        let said = utterance(&[(0, 100)], 100);
        let heard = hear(r#"{"says": [{"text": "Thank you.", "no_speech": 0.8}]}"#, &said);
        assert_eq!(heard, Outcome::Dropped(Why::NoSpeech));
        let heard = hear(r#"{"says": [{"refuse": true}]}"#, &said);
        assert_eq!(heard, Outcome::Missed(RecogniserError::Refused));
    }
}
