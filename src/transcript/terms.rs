//! Names and terms as they are written: what a recogniser nearly heard is mended
//! afterwards. Never by a prompt, which makes it loop.
//!
//! It would rather leave a name wrong than change what was said: a common word is
//! never replaced, nor a word that the recogniser was sure of, nor one that might be
//! either of two terms.

use std::collections::HashSet;
use std::sync::LazyLock;

use strsim::osa_distance;

use crate::core::private::Spoken;
use crate::core::units::SampleSpan;
use crate::core::words::{Word, Words};

/// Words that everybody uses.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").split_whitespace().collect());

/// A word that the recogniser is as sure of is what was said: of those, 98 in 100
/// were right.
const SURE: f32 = 0.9;
/// A name has so many letters for each that may be wrong: more of them, and it would
/// be another name.
const LETTERS_FOR_AN_EDIT: usize = 4;
/// Of shorter names only the spelling is mended: too many words are near them.
const SHORT: usize = 5;
/// A name may be heard as more words than it has, by so many ("even keel").
const APART: usize = 1;

/// Terms in the order of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Terms(Vec<Term>);

#[derive(Clone, Debug)]
struct Term {
    /// Its words as they are written.
    written: Vec<String>,
    /// Its letters.
    plain: String,
}

/// A term that was found over some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Find {
    term: usize,
    words: usize,
    edits: usize,
}

impl Terms {
    /// What holds no letter is no term.
    pub fn new(terms: &[String]) -> Self {
        let term = |text: &String| Term {
            written: text.split_whitespace().map(str::to_owned).collect(),
            plain: plain(text),
        };
        Self(terms.iter().map(term).filter(|term| !term.plain.is_empty()).collect())
    }

    /// Writes the terms as they are written. The times of the words stay.
    pub fn mend(&self, said: &mut Words) {
        if self.0.is_empty() {
            return;
        }
        let (mut words, mut at) = (Vec::with_capacity(said.words.len()), 0);
        let mut mended = false;
        while let Some(word) = said.words.get(at) {
            match self.find(&said.words[at..]) {
                Some(find) => {
                    words.extend(self.written(find, &said.words[at..at + find.words]));
                    at += find.words;
                    mended = true;
                }
                None => {
                    words.push(word.clone());
                    at += 1;
                }
            }
        }
        if mended {
            let text: Vec<&str> = words.iter().map(|word| word.text.reveal()).collect();
            said.text = Spoken::new(text.join(" "));
            said.words = words;
        }
    }

    /// The term that begins here: the nearest one, over as many words as it takes.
    fn find(&self, words: &[Word]) -> Option<Find> {
        let most = self.0.iter().map(|term| term.written.len()).max()? + APART;
        let windows = (1..=most.min(words.len())).rev();
        let finds = windows.flat_map(|n| {
            let near = move |term| self.near(term, &words[..n]).map(|edits| Find { term, words: n, edits });
            (0..self.0.len()).filter_map(near)
        });
        let finds: Vec<Find> = finds.collect();
        let best = finds.iter().min_by_key(|find| (find.edits, usize::MAX - find.words))?;
        let rival =
            |find: &&Find| find.edits == best.edits && self.0[find.term].plain != self.0[best.term].plain;
        finds.iter().find(rival).is_none().then_some(*best)
    }

    /// Letters by which some words differ from a term, where they may be it.
    fn near(&self, term: usize, words: &[Word]) -> Option<usize> {
        let Term { written, plain: wanted } = &self.0[term];
        if written.len() + APART < words.len() || words.len() + APART < written.len() {
            return None;
        }
        let parts: Vec<String> = words.iter().map(|word| plain(base(word.text.reveal()))).collect();
        // Marks between words, and what is cut off a word, belong to nobody's name.
        let broken = words[..words.len() - 1].iter().any(|word| !ends(word.text.reveal()).is_empty());
        if broken || parts.iter().any(String::is_empty) {
            return None;
        }
        let heard = parts.concat();
        let edits = osa_distance(&heard, wanted);
        if edits == 0 {
            // The same letters: it may be written otherwise, unless it is plain speech.
            return (words.len() == written.len() || !parts.iter().all(|p| is_common(p))).then_some(0);
        }
        let sure = words.iter().all(|word| SURE <= word.sure);
        let far = wanted.chars().count() < SHORT || wanted.chars().count() / LETTERS_FOR_AN_EDIT < edits;
        let first = heard.chars().next() == wanted.chars().next();
        let common = parts.iter().any(|part| is_common(part));
        (!sure && !far && first && !common).then_some(edits)
    }

    fn written(&self, find: Find, words: &[Word]) -> Vec<Word> {
        let written = &self.0[find.term].written;
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return Vec::new() };
        let sure = words.iter().map(|word| word.sure).fold(1.0, f32::min);
        let length = last.to.since(first.from).samples();
        let count = written.len() as u64;
        let at = |k: u64| first.from + SampleSpan::from_samples(length * k / count);
        let spoken = |(k, text): (u64, &String)| {
            let text = if k + 1 == count { text.clone() + ends(last.text.reveal()) } else { text.clone() };
            if words.len() == written.len() {
                let word = &words[k as usize];
                return Word { text: Spoken::new(text), from: word.from, to: word.to, sure: word.sure };
            }
            Word { text: Spoken::new(text), from: at(k), to: at(k + 1), sure }
        };
        (0..).zip(written).map(spoken).collect()
    }
}

/// What stands behind the letters of a word: marks, and the "'s" of an owner.
fn ends(word: &str) -> &str {
    let letters = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let owner = letters.strip_suffix("'s").or_else(|| letters.strip_suffix("’s"));
    word.get(owner.unwrap_or(letters).len()..).unwrap_or_default()
}

/// A word without that.
fn base(word: &str) -> &str {
    word.strip_suffix(ends(word)).unwrap_or(word)
}

/// Its letters and figures alone.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether everybody uses the word, in any of its forms.
fn is_common(word: &str) -> bool {
    let of = |ending: &str, put: &str| {
        word.strip_suffix(ending).is_some_and(|stem| COMMON.contains(format!("{stem}{put}").as_str()))
    };
    COMMON.contains(word)
        || word.chars().all(|c| c.is_ascii_digit())
        || [("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ly", ""), ("er", "")]
            .into_iter()
            .chain([
                ("ies", "y"),
                ("ied", "y"),
                ("ier", "y"),
                ("ier", "e"),
                ("er", "e"),
                ("est", ""),
                ("est", "e"),
                ("d", ""),
                ("nt", ""),
            ])
            .any(|(ending, put)| of(ending, put))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::units::{Channel, SampleTime};

    fn said(text: &str, sure: f32) -> Words {
        let at = |k: usize| SampleTime::from_seconds(k as f64);
        let word =
            |(k, text): (usize, &str)| Word { text: Spoken::new(text), from: at(k), to: at(k + 1), sure };
        let words: Vec<Word> = text.split_whitespace().enumerate().map(word).collect();
        Words { who: Channel::Agent, from: at(0), to: at(words.len()), text: Spoken::new(text), words }
    }

    fn mended(text: &str) -> Words {
        let terms = ["Evenkeel", "Kowalski", "Jabra Evolve", "Sears", "DHL", "Bankwood", "Pricer"];
        let mut words = said(text, 0.5);
        Terms::new(&terms.map(str::to_owned)).mend(&mut words);
        words
    }

    #[track_caller]
    fn check(heard: &str, expected: &str) {
        let words = mended(heard);
        assert_eq!(words.text.reveal(), expected);
        let parts: Vec<_> = words.words.iter().map(|word| word.text.reveal()).collect();
        assert_eq!(parts.join(" "), expected);
        assert!(words.words.iter().flat_map(|word| [word.from, word.to]).is_sorted());
        assert_eq!(words.words.last().map(|word| word.to), said(heard, 0.5).words.last().map(|w| w.to));
    }

    #[test]
    fn what_was_nearly_heard_is_written_as_it_is_written() {
        check("this is Kovalski.", "this is Kowalski.");
        check("Mrs. Cowalskey here", "Mrs. Cowalskey here");
        check("it's Kovalsky's phone", "it's Kowalski's phone");
        check("a jabra evolve, please", "a Jabra Evolve, please");
        check("my Jabbra Evolv broke", "my Jabra Evolve broke");
    }

    #[test]
    fn a_name_that_was_heard_as_two_words_becomes_one() {
        check("welcome to even keel, how", "welcome to Evenkeel, how");
        check("JabraEvolve", "Jabra Evolve");
    }

    #[test]
    fn a_common_word_is_never_replaced() {
        check("years and years of prices", "years and years of prices");
        check("the bank would not say", "the bank would not say");
        check("it is pricier and nicer", "it is pricier and nicer");
        check("I stood in the seas", "I stood in the seas");
    }

    #[test]
    fn short_names_are_only_written_right() {
        check("by dhl or DHS", "by DHL or DHS");
    }

    #[test]
    fn what_the_recogniser_was_sure_of_is_left_alone() {
        let terms = Terms::new(&["Kowalski".to_owned()]);
        for (sure, expected) in [(0.95, "Kovalski"), (0.7, "Kowalski")] {
            let mut words = said("Kovalski", sure);
            terms.mend(&mut words);
            assert_eq!(words.text.reveal(), expected);
        }
    }

    #[test]
    fn what_may_be_either_of_two_names_is_left_alone() {
        let terms = Terms::new(&["Hansen".to_owned(), "Jansen".to_owned(), "Hanson".to_owned()]);
        let mut words = said("Hansan", 0.4);
        terms.mend(&mut words);
        assert_eq!(words.text.reveal(), "Hansan");
    }

    #[test]
    fn names_do_not_reach_over_marks() {
        check("even. keel", "even. keel");
    }

    #[test]
    fn without_terms_nothing_is_touched() {
        let mut words = said("Kovalski", 0.2);
        Terms::new(&[" ".to_owned()]).mend(&mut words);
        assert_eq!(words, said("Kovalski", 0.2));
    }

    #[test]
    fn every_word_of_the_list_is_plain() {
        assert!(COMMON.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase())));
        assert!(1_400 < COMMON.len());
    }
}
