//! Whether what a recogniser heard may be believed. Recognisers make words out of
//! noise and say things again and again; none of that may be shown, counted or
//! nudged about. The guards are tried in a measured order and never look at sound.

use crate::core::units::SampleSpan;
use crate::transcript::models::Family;
use crate::transcript::recogniser::{Heard, HeardWord};

/// Tokens that real speech may have in a second: in measured calls it never had
/// more than 8 a second and a few; loops have 28 to 92.
const TOKENS_PER_SECOND: f64 = 8.0;
/// And so many besides.
const TOKENS_BESIDES: f64 = 12.0;
/// With at least this much of it the recogniser itself says that nobody spoke. In
/// noise it was never under this, in 153 real segments never above it.
const NO_SPEECH_ENGLISH: f32 = 0.6;
/// The same for models of many languages, whose figure runs lower.
const NO_SPEECH_MANY: f32 = 0.5;
/// So many words are looked at for being said three times running.
const LONGEST_LOOP: usize = 8;
/// How often the same is said before it is a loop.
const LOOP: usize = 3;
/// Single words are said often by people too ("no, no, no, no"): only more of them are a loop.
const LOOP_OF_ONE: usize = 6;

/// What becomes of something heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be believed.
    Keep,
    /// It is looped: worth another try with the whole context.
    Again,
    /// It is nobody's.
    Drop(Why),
}

/// Why something heard is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nobody spoke.
    NoSpeech,
    /// It said the same again and again, twice.
    Loop,
    /// Nothing was said but what is no word.
    NoWords,
}

/// The most tokens that an utterance of this length can have.
pub fn most_tokens(seconds: f64) -> u32 {
    // An utterance is at most half a minute.
    (TOKENS_PER_SECOND * seconds).ceil() as u32 + TOKENS_BESIDES as u32
}

/// Takes away what is no speech: music signs and remarks in brackets.
pub fn without_remarks(heard: Heard) -> Heard {
    let mut depth = 0_usize;
    let words: Vec<HeardWord> = heard.words.into_iter().filter(|word| is_spoken(word, &mut depth)).collect();
    let text: Vec<&str> = words.iter().map(|word| word.text.reveal()).collect();
    let text = crate::core::private::Spoken::new(text.join(" "));
    Heard { words, text, ..heard }
}

/// Brackets may span several words.
fn is_spoken(word: &HeardWord, depth: &mut usize) -> bool {
    let text = word.text.reveal();
    let before = *depth;
    *depth += text.matches(['[', '(']).count();
    let remark = 0 < *depth;
    *depth = depth.saturating_sub(text.matches([']', ')']).count());
    let signs = !text.chars().any(char::is_alphanumeric);
    !(remark || 0 < before || signs || text.contains(['♪', '♫']))
}

/// Judges what was heard in an utterance. `last` says that there will be no other try.
pub fn judge(heard: &Heard, length: SampleSpan, family: Family, last: bool) -> Verdict {
    let nobody = match family {
        Family::EnglishOnly => NO_SPEECH_ENGLISH,
        Family::Multilingual => NO_SPEECH_MANY,
    };
    if nobody < heard.no_speech {
        Verdict::Drop(Why::NoSpeech)
    } else if most_tokens(length.seconds()) <= heard.tokens || is_looped(&plain(heard)) {
        if last { Verdict::Drop(Why::Loop) } else { Verdict::Again }
    } else if heard.words.is_empty() {
        Verdict::Drop(Why::NoWords)
    } else {
        Verdict::Keep
    }
}

/// Words as they are compared.
fn plain(heard: &Heard) -> Vec<String> {
    let letters = |word: &HeardWord| -> String {
        word.text.reveal().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    heard.words.iter().map(letters).filter(|word| !word.is_empty()).collect()
}

/// Whether some words follow themselves often enough that nobody would say it.
fn is_looped(words: &[String]) -> bool {
    (1..=LONGEST_LOOP).any(|n| {
        let times = if n == 1 { LOOP_OF_ONE } else { LOOP };
        words.windows(n * times).any(|w| w.chunks(n).all(|part| part == &w[..n]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::private::Spoken;

    fn heard(text: &str) -> Heard {
        let word = |text: &str| HeardWord {
            text: Spoken::new(text),
            from: SampleSpan::ZERO,
            to: SampleSpan::ZERO,
            sure: 0.9,
        };
        let words: Vec<_> = text.split_whitespace().map(word).collect();
        Heard { text: Spoken::new(text), tokens: words.len() as u32, words, no_speech: 0.02, timed: true }
    }

    fn check(text: &str, seconds: f64) -> Verdict {
        let length = SampleSpan::from_seconds(seconds);
        judge(&without_remarks(heard(text)), length, Family::EnglishOnly, false)
    }

    #[test]
    fn plain_speech_is_kept() {
        for text in ["Thank you for calling.", "No, no, no, that's not it.", "Yeah, yeah, yeah.", "Mhm."] {
            assert_eq!(check(text, 2.0), Verdict::Keep, "{text}");
        }
    }

    #[test]
    fn what_the_recogniser_itself_takes_for_silence_is_dropped() {
        let silent = Heard { no_speech: 0.55, ..heard("Thank you.") };
        let judged = |family| judge(&silent, SampleSpan::from_seconds(1.0), family, false);
        assert_eq!(judged(Family::Multilingual), Verdict::Drop(Why::NoSpeech));
        assert_eq!(judged(Family::EnglishOnly), Verdict::Keep);
    }

    #[test]
    fn a_loop_is_tried_again_once() {
        let text = "Lobsters and lobsters and lobsters and lobsters.";
        assert_eq!(check(text, 2.4), Verdict::Again);
        let length = SampleSpan::from_seconds(2.4);
        assert_eq!(judge(&heard(text), length, Family::EnglishOnly, true), Verdict::Drop(Why::Loop));
    }

    #[test]
    fn one_word_over_and_over_is_a_loop() {
        assert_eq!(check(&"So. ".repeat(9), 10.0), Verdict::Again);
    }

    #[test]
    fn more_tokens_than_anybody_can_say_are_a_loop() {
        let many: String = (0..40).map(|k| format!("word{k} ")).collect();
        assert_eq!(check(&many, 2.0), Verdict::Again);
        assert_eq!(check(&many, 10.0), Verdict::Keep);
    }

    #[test]
    fn remarks_and_music_are_no_words() {
        assert_eq!(check("[BLANK_AUDIO]", 2.0), Verdict::Drop(Why::NoWords));
        assert_eq!(check("(upbeat music plays)", 2.0), Verdict::Drop(Why::NoWords));
        assert_eq!(check("♪ ♪", 2.0), Verdict::Drop(Why::NoWords));
        assert_eq!(without_remarks(heard("Well [cough] then.")).text.reveal(), "Well then.");
    }

    #[test]
    fn a_real_second_never_reaches_the_limit_of_tokens() {
        assert_eq!((most_tokens(1.0), most_tokens(2.4), most_tokens(10.0)), (20, 32, 92));
    }
}
