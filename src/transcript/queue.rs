//! Utterances that nobody had time for while the call went on. They wait in memory
//! alone, at half the size, and are heard after the call.

use std::collections::VecDeque;

use crate::core::units::SampleSpan;
use crate::transcript::segments::Utterance;

/// Utterances that wait for the recogniser: about a minute of talk. When it is full
/// the recogniser is hopelessly behind; what comes then is put aside.
pub const UTTERANCES: usize = 8;
/// The most speech that is put aside. What is more is counted as not recognised.
const MOST: SampleSpan = SampleSpan::from_millis(600_000);

/// What was put aside, oldest first.
#[derive(Debug, Default)]
pub struct Aside {
    waiting: VecDeque<(Utterance, Vec<i16>)>,
    length: SampleSpan,
}

impl Aside {
    /// Puts an utterance aside; gives it back where there is no room.
    ///
    /// # Errors
    /// The utterance, which nobody will hear.
    pub fn put(&mut self, utterance: Utterance) -> Result<(), Utterance> {
        let length = utterance.length();
        if MOST < self.length + length {
            return Err(utterance);
        }
        self.length += length;
        let small = utterance.samples.iter().map(|sample| small(*sample)).collect();
        self.waiting.push_back((Utterance { samples: Vec::new(), ..utterance }, small));
        Ok(())
    }

    /// The oldest one.
    pub fn take(&mut self) -> Option<Utterance> {
        let (utterance, small) = self.waiting.pop_front()?;
        self.length = self.length - SampleSpan::from_samples(small.len() as u64);
        Some(Utterance { samples: small.into_iter().map(large).collect(), ..utterance })
    }

    /// Takes what others put aside, in the order in which it was said; gives back
    /// what there is no room for.
    pub fn merge(&mut self, mut other: Self) -> Vec<Utterance> {
        let mut left = Vec::new();
        while let Some((utterance, small)) = other.waiting.pop_front() {
            let length = SampleSpan::from_samples(small.len() as u64);
            if MOST < self.length + length {
                left.push(utterance);
            } else {
                self.length += length;
                self.waiting.push_back((utterance, small));
            }
        }
        self.waiting.make_contiguous().sort_by_key(|(utterance, _)| (utterance.from, utterance.who));
        left
    }

    /// The speech that waits, with the pauses inside of it.
    pub const fn length(&self) -> SampleSpan {
        self.length
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

fn small(sample: f32) -> i16 {
    // `as` saturates, which is what is wanted.
    (sample * 32_768.0).round() as i16
}

fn large(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::units::{Channel, SampleTime};

    fn utterance(samples: usize, level: f32) -> Utterance {
        Utterance {
            who: Channel::Customer,
            from: SampleTime::ZERO,
            speech: Vec::new(),
            samples: vec![level; samples],
        }
    }

    #[test]
    fn what_is_put_aside_comes_back_in_order() {
        let mut aside = Aside::default();
        aside.put(utterance(3, 0.25)).unwrap();
        aside.put(utterance(2, -1.0)).unwrap();
        assert_eq!(aside.take().unwrap(), utterance(3, 0.25));
        assert_eq!(aside.take().unwrap(), utterance(2, -1.0));
        assert!(aside.take().is_none() && aside.is_empty());
    }

    #[test]
    fn no_more_than_ten_minutes_are_put_aside() {
        let mut aside = Aside::default();
        for _ in 0..40 {
            aside.put(utterance(15 * 16_000, 0.1)).unwrap();
        }
        assert!(aside.put(utterance(16_000, 0.1)).is_err());
        aside.take();
        assert!(aside.put(utterance(16_000, 0.1)).is_ok());
    }

    #[test]
    fn what_several_put_aside_is_heard_in_the_order_in_which_it_was_said() {
        let at = |second: f64| Utterance { from: SampleTime::from_seconds(second), ..utterance(16_000, 0.1) };
        let (mut one, mut other) = (Aside::default(), Aside::default());
        one.put(at(1.0)).unwrap();
        one.put(at(5.0)).unwrap();
        other.put(at(3.0)).unwrap();
        assert!(one.merge(other).is_empty());
        assert_eq!(one.length(), SampleSpan::from_millis(3_000));
        let order = std::iter::from_fn(|| one.take()).map(|u| u.from.seconds());
        assert_eq!(order.collect::<Vec<_>>(), [1.0, 3.0, 5.0]);
    }

    #[test]
    fn what_several_put_aside_and_nobody_has_room_for_comes_back() {
        let (mut one, mut other) = (Aside::default(), Aside::default());
        for _ in 0..30 {
            one.put(utterance(15 * 16_000, 0.1)).unwrap();
            other.put(utterance(15 * 16_000, 0.1)).unwrap();
        }
        assert_eq!((one.merge(other).len(), one.len()), (20, 40));
    }

    #[test]
    fn what_is_too_loud_is_clipped_and_not_turned_around() {
        let mut aside = Aside::default();
        aside.put(utterance(1, 1.5)).unwrap();
        assert!((aside.take().unwrap().samples[0] - 1.0).abs() < 1e-4);
    }
}
