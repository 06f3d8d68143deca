//! Recognised text as sentences of plain tokens: lower case, contractions
//! expanded, one spelling, punctuation beside the words. Never changes what it
//! is given, and never keeps it.

use std::collections::BTreeMap;

/// One word of a sentence.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// As patterns spell it.
    pub(super) text: String,
    /// What it may stand for as well: `'s` is "is" or "has".
    pub(super) also: Vec<String>,
    /// A comma, a colon or a dash stands before it.
    pub(super) comma: bool,
    /// It stands between quotation marks.
    pub(super) quoted: bool,
    /// Number of the written word that it comes from, counted through the text.
    pub(super) word: usize,
}

/// One sentence.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) tokens: Vec<Token>,
    /// It ends with a question mark.
    pub(super) question: bool,
}

/// A sentence without an end is cut here: what a find costs stays bounded.
pub(super) const LONGEST: usize = 120;

/// A contraction taken apart: one list of readings for each word.
pub(super) type Expansion = Vec<Vec<String>>;

/// How words are spelled.
#[derive(Clone, Debug, Default)]
pub(super) struct Speller {
    /// Whole words: `won't`, `gonna`.
    pub(super) words: BTreeMap<String, Expansion>,
    /// Ends of words: `n't`, `'ll`.
    pub(super) ends: BTreeMap<String, Expansion>,
}

impl Speller {
    /// A word in lower case as the tokens it stands for.
    pub(super) fn expand(&self, word: &str) -> Expansion {
        if let Some(whole) = self.words.get(word) {
            return whole.clone();
        }
        let end =
            word.char_indices().map(|(at, _)| at).skip(1).find(|at| self.ends.contains_key(&word[*at..]));
        let Some(at) = end else { return vec![vec![spelled(word)]] };
        let mut out = self.expand_head(&word[..at]);
        out.extend(self.ends[&word[at..]].iter().cloned());
        out
    }

    /// What stands before an end that was split off: never split again.
    fn expand_head(&self, head: &str) -> Expansion {
        self.words.get(head).cloned().unwrap_or_else(|| vec![vec![spelled(head)]])
    }

    /// A text as sentences.
    pub(super) fn sentences(&self, text: &str) -> Vec<Sentence> {
        let mut reader = Reader { speller: self, out: Vec::new(), open: Sentence::default(), comma: false };
        let mut quoted = false;
        for (number, word) in text.split_whitespace().enumerate() {
            reader.word(number, word, &mut quoted);
        }
        reader.close(false);
        reader.out
    }
}

/// One spelling for what is written in two ways.
fn spelled(word: &str) -> String {
    let word = word.trim_matches('\'');
    for (from, to) in [("ize", "ise"), ("izes", "ises"), ("ized", "ised"), ("izing", "ising"), ("yze", "yse")]
    {
        if let Some(head) = word.strip_suffix(from).filter(|head| 3 <= head.len()) {
            return format!("{head}{to}");
        }
    }
    word.to_owned()
}

/// Shortened words whose point does not end a sentence.
const SHORTENED: [&str; 5] = ["mr", "mrs", "ms", "dr", "st"];

struct Reader<'a> {
    speller: &'a Speller,
    out: Vec<Sentence>,
    open: Sentence,
    comma: bool,
}

impl Reader<'_> {
    /// A written word: what stands between two spaces.
    fn word(&mut self, number: usize, written: &str, quoted: &mut bool) {
        let mut part = String::new();
        let chars: Vec<char> = written.chars().collect();
        for (i, &c) in chars.iter().enumerate() {
            let next = chars.get(i + 1).copied();
            match kind(c, next, !part.is_empty()) {
                Mark::Letter(c) => part.extend(c.to_lowercase()),
                Mark::Inside => (),
                Mark::Space => self.part(number, &mut part, *quoted),
                Mark::Comma => {
                    self.part(number, &mut part, *quoted);
                    self.comma = true;
                }
                Mark::Quote => {
                    self.part(number, &mut part, *quoted);
                    *quoted = !*quoted;
                }
                Mark::End(_) if c == '.' && SHORTENED.contains(&part.as_str()) && next.is_none() => {
                    self.part(number, &mut part, *quoted);
                }
                Mark::End(question) => {
                    self.part(number, &mut part, *quoted);
                    self.close(question);
                }
            }
        }
        self.part(number, &mut part, *quoted);
    }

    fn part(&mut self, number: usize, part: &mut String, quoted: bool) {
        let word = std::mem::take(part);
        if word.trim_matches('\'').is_empty() {
            return;
        }
        for mut readings in self.speller.expand(word.trim_matches('\'')) {
            if readings.is_empty() {
                continue;
            }
            let text = readings.remove(0);
            let comma = std::mem::take(&mut self.comma) && !self.open.tokens.is_empty();
            self.open.tokens.push(Token { text, also: readings, comma, quoted, word: number });
        }
        if LONGEST <= self.open.tokens.len() {
            self.close(false);
        }
    }

    fn close(&mut self, question: bool) {
        self.comma = false;
        let mut sentence = std::mem::take(&mut self.open);
        sentence.question = question;
        if !sentence.tokens.is_empty() {
            self.out.push(sentence);
        } else if question && let Some(last) = self.out.last_mut() {
            last.question = true;
        }
    }
}

/// What a character is for.
enum Mark {
    /// Part of a word.
    Letter(char),
    /// Part of a word that is left out: the point in `a.m`.
    Inside,
    /// Between words.
    Space,
    /// Between clauses.
    Comma,
    /// A quotation mark.
    Quote,
    /// The end of a sentence; whether it asks.
    End(bool),
}

fn kind(c: char, next: Option<char>, within: bool) -> Mark {
    let joins = within && next.is_some_and(char::is_alphanumeric);
    match c {
        '\'' | '\u{2019}' | '\u{2018}' => Mark::Letter('\''),
        '.' | ',' | ':' if joins => Mark::Inside,
        '.' => Mark::End(false),
        '!' => Mark::End(false),
        '?' => Mark::End(true),
        ',' | ';' | ':' | '\u{2013}' | '\u{2014}' | '\u{2026}' => Mark::Comma,
        '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' => Mark::Quote,
        c if c.is_alphanumeric() => Mark::Letter(c),
        _ => Mark::Space,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speller() -> Speller {
        let plain =
            |words: &str| words.split(' ').map(|w| w.split('|').map(str::to_owned).collect()).collect();
        let mut speller = Speller::default();
        for (from, to) in [("won't", "will not"), ("gonna", "going to")] {
            speller.words.insert(from.to_owned(), plain(to));
        }
        for (from, to) in [("n't", "not"), ("'ll", "will"), ("'s", "is|has"), ("'re", "are")] {
            speller.ends.insert(from.to_owned(), plain(to));
        }
        speller
    }

    fn read(text: &str) -> String {
        let one = |s: &Sentence| {
            let words: Vec<_> =
                s.tokens.iter().map(|t| format!("{}{}", if t.comma { ", " } else { "" }, t.text)).collect();
            format!("{}{}", words.join(" "), if s.question { "?" } else { "." })
        };
        speller().sentences(text).iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn contractions_are_taken_apart() {
        assert_eq!(read("I won't, you\u{2019}re"), "i will not , you are.");
        assert_eq!(read("We don't"), "we do not.");
        assert_eq!(read("It's"), "it is.");
    }

    #[test]
    fn sentences_end_where_they_end() {
        assert_eq!(read("Mr. Lane said no. Why? At 4.50 p.m"), "mr lane said no. why? at 450 pm.");
        assert_eq!(read("... !"), "");
    }

    #[test]
    fn both_spellings_are_one() {
        assert_eq!(read("apologize, apologise, Realizing"), "apologise , apologise , realising.");
        assert_eq!(read("size prize"), "size prize.");
    }

    #[test]
    fn quoted_words_are_marked() {
        let read = speller().sentences("He said \"calm down\" twice");
        let quoted: Vec<_> = read[0].tokens.iter().map(|t| t.quoted).collect();
        assert_eq!(quoted, [false, false, true, true, false]);
    }

    #[test]
    fn a_sentence_without_an_end_is_cut() {
        let text = "word ".repeat(3 * LONGEST);
        let read = speller().sentences(&text);
        assert!(read.iter().all(|s| s.tokens.len() <= LONGEST + 8));
        assert_eq!(read.iter().map(|s| s.tokens.len()).sum::<usize>(), 3 * LONGEST);
    }
}
