//! How fast words come (M1): over the half minute before each second of a call,
//! where enough of the speech in it is known in words.

use crate::core::transcript::{LEAST, LEAST_COVERAGE, OWN_PAUSE};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};
use crate::core::words::Words;

/// The window of the measure.
const WINDOW: SampleSpan = SampleSpan::from_millis(30_000);
/// How far apart its values are.
const STEP: SampleSpan = SampleSpan::from_millis(1_000);

/// A stretch of speech.
type Stretch = (SampleTime, SampleTime);

/// Words per minute of each side's talk at the end of each whole second of a call;
/// none where too little was said, or too little of it is known. Speech and
/// utterances must be in order.
pub fn word_rates(
    said: &[Words],
    speech: &Sides<Vec<Stretch>>,
    length: SampleSpan,
) -> Sides<Vec<Option<f32>>> {
    Sides::from_fn(|who| {
        let side = Side::new(said.iter().filter(|words| words.who == who), &speech[who]);
        let seconds = length.samples() / STEP.samples();
        let ends = (1..=seconds).map(|k| SampleTime::from_samples(k * STEP.samples()));
        ends.map(|end| side.rate(end)).collect()
    })
}

/// One side of a call.
struct Side<'a> {
    speech: &'a [Stretch],
    /// Speech and the short pauses of one's own between it.
    talk: Vec<Stretch>,
    /// What is known in words.
    known: Vec<Stretch>,
    /// The middle of each word, in order.
    words: Vec<SampleTime>,
}

impl<'a> Side<'a> {
    fn new(said: impl Iterator<Item = &'a Words>, speech: &'a [Stretch]) -> Self {
        let (mut known, mut words) = (Vec::new(), Vec::new());
        for utterance in said {
            known.push((utterance.from, utterance.to));
            words.extend(middles(utterance));
        }
        words.sort_unstable();
        Self { speech, talk: joined(speech), known, words }
    }

    fn rate(&self, end: SampleTime) -> Option<f32> {
        let window = (end.back(WINDOW), end);
        let spoken = sum(within(self.speech, window));
        let known = within(&self.known, window).flat_map(|known| within(self.speech, known));
        let share = sum(known).seconds() / spoken.seconds().max(f64::MIN_POSITIVE);
        if spoken < LEAST || share < f64::from(LEAST_COVERAGE) {
            return None;
        }
        let count = |at| self.words.partition_point(|word| *word < at);
        let words = count(window.1) - count(window.0);
        Some((words as f64 * 60.0 / sum(within(&self.talk, window)).seconds()) as f32)
    }
}

/// The middle of each word: as it was measured, else as if all took the same time.
fn middles(said: &Words) -> Vec<SampleTime> {
    let spoken = |word: &&crate::core::words::Word| word.text.reveal().chars().any(char::is_alphanumeric);
    let half =
        |from: SampleTime, to: SampleTime| from + SampleSpan::from_samples(to.since(from).samples() / 2);
    if !said.words.is_empty() {
        return said.words.iter().filter(spoken).map(|word| half(word.from, word.to)).collect();
    }
    let (count, length) = (u64::from(said.count()), said.to.since(said.from).samples());
    (0..count).map(|k| said.from + SampleSpan::from_samples(length * (2 * k + 1) / (2 * count))).collect()
}

/// With the short pauses in between.
fn joined(speech: &[Stretch]) -> Vec<Stretch> {
    let mut talk: Vec<Stretch> = Vec::new();
    for &(from, to) in speech {
        match talk.last_mut() {
            Some(last) if from.since(last.1) < OWN_PAUSE => last.1 = last.1.max(to),
            Some(_) | None => talk.push((from, to)),
        }
    }
    talk
}

/// The parts of some stretches, in order, that lie in a window.
fn within(stretches: &[Stretch], window: Stretch) -> impl Iterator<Item = Stretch> {
    let first = stretches.partition_point(|(_, to)| *to <= window.0);
    let here = stretches[first..].iter().take_while(move |(from, _)| *from < window.1);
    here.map(move |(from, to)| ((*from).max(window.0), (*to).min(window.1)))
}

fn sum(stretches: impl Iterator<Item = Stretch>) -> SampleSpan {
    stretches.fold(SampleSpan::ZERO, |sum, (from, to)| sum + to.since(from))
}

/// The least and the most of a curve, where it has any value.
pub(super) fn range(rates: &[Option<f32>]) -> Option<(f32, f32)> {
    let mut values = rates.iter().flatten().copied();
    let first = values.next()?;
    Some(values.fold((first, first), |(low, high), rate| (low.min(rate), high.max(rate))))
}

impl super::Transcript {
    /// Measures how fast the words came, by the speech that the core saw.
    pub fn measure(&mut self, speech: &Sides<Vec<Stretch>>, length: SampleSpan) {
        self.rates = word_rates(&self.said, speech, length);
    }

    /// The least and the most words per minute over half a minute of a side.
    pub fn rate_range(&self, who: Channel) -> Option<(f32, f32)> {
        range(&self.rates[who])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::private::Spoken;

    fn at(seconds: f64) -> SampleTime {
        SampleTime::from_seconds(seconds)
    }

    /// Utterances of two seconds, every three seconds, of so many words each.
    fn call(words: &[usize]) -> (Vec<Words>, Sides<Vec<Stretch>>) {
        let stretch = |k: usize| (at(3.0 * k as f64), at(3.0 * k as f64 + 2.0));
        let said = words.iter().enumerate().filter(|(_, count)| 0 < **count).map(|(k, count)| Words {
            who: Channel::Agent,
            from: stretch(k).0,
            to: stretch(k).1,
            text: Spoken::new("word ".repeat(*count).trim()),
            words: Vec::new(),
        });
        let speech = (0..words.len()).map(stretch).collect();
        (said.collect(), Sides { agent: speech, customer: Vec::new() })
    }

    fn rates(words: &[usize]) -> Vec<Option<f32>> {
        let (said, speech) = call(words);
        word_rates(&said, &speech, SampleSpan::from_seconds(3.0 * words.len() as f64)).agent
    }

    #[test]
    fn words_are_counted_over_half_a_minute_of_talk() {
        let rates = rates(&[5; 20]);
        assert_eq!(rates.len(), 60);
        // Before ten seconds of speech there is no rate: that is in the fifth utterance.
        assert_eq!(rates[..12], [None; 12]);
        // Pauses of a second are no part of the talk: fifty words in twenty seconds.
        assert!((rates[59].unwrap() - 150.0).abs() < 8.0, "{:?}", rates[59]);
    }

    #[test]
    fn a_change_of_pace_shows_and_the_mean_hides_it() {
        let mut words = vec![4; 15];
        words.extend([8; 15]);
        let (low, high) = range(&rates(&words)).unwrap();
        assert!(115.0 < low && low < 130.0 && 230.0 < high && high < 250.0, "{low} {high}");
    }

    #[test]
    fn where_too_little_is_known_there_is_no_rate() {
        // Of each five utterances so many are known.
        let known = |heard: usize| (0..40).map(|k| if k % 5 < heard { 5 } else { 0 }).collect::<Vec<_>>();
        assert_eq!(range(&rates(&known(3))), None);
        assert!(range(&rates(&known(5))).is_some());
        let some = rates(&known(4));
        assert!(some.iter().flatten().count() < some.len());
    }

    #[test]
    fn who_says_nothing_has_no_rate() {
        let (said, speech) = call(&[5; 20]);
        let length = SampleSpan::from_seconds(60.0);
        assert!(word_rates(&said, &speech, length).customer.iter().all(Option::is_none));
    }

    #[test]
    fn words_with_times_count_where_they_were_said() {
        let (mut said, speech) = call(&[5; 20]);
        let before = word_rates(&said, &speech, SampleSpan::from_seconds(60.0)).agent;
        for utterance in &mut said {
            let word = |k: f64| crate::core::words::Word {
                text: Spoken::new("word"),
                from: utterance.from + SampleSpan::from_seconds(0.4 * k),
                to: utterance.from + SampleSpan::from_seconds(0.4 * (k + 1.0)),
                sure: 0.9,
            };
            utterance.words = (0..5).map(|k| word(f64::from(k))).collect();
        }
        assert_eq!(word_rates(&said, &speech, SampleSpan::from_seconds(60.0)).agent, before);
    }
}
