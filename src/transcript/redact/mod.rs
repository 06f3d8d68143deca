//! Takes numbers and addresses out of what was said, before anything is kept.
//! Nothing is written, logged or sent here; what is taken out is not kept
//! anywhere, not even its length.

mod find;
mod pieces;

use regex::{Regex, RegexBuilder};
use thiserror::Error;

use crate::core::private::Spoken;
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};
use crate::core::words::{Word, Words};

use find::{Context, Span};
use pieces::{Piece, is_open, piece};

/// What was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A card number.
    Card,
    /// A security code or PIN.
    Code,
    /// An account number.
    Iban,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A date of birth.
    Birth,
    /// Another long number.
    Number,
    /// By a pattern of the configuration.
    Custom,
}

impl Kind {
    /// What stands in its place.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Card => "[card number]",
            Self::Code => "[code]",
            Self::Iban => "[account number]",
            Self::Phone => "[phone number]",
            Self::Email => "[email]",
            Self::Birth => "[date of birth]",
            Self::Number => "[number]",
            Self::Custom => "[redacted]",
        }
    }
}

/// A pattern of the configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("redaction pattern {number} cannot be used: {why}")]
pub struct PatternError {
    /// Which one, from 1.
    pub number: usize,
    /// What the reader of patterns says, without the pattern.
    pub why: &'static str,
}

/// What to take out besides.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    patterns: Vec<Regex>,
}

/// Memory of one compiled pattern: a few hundred characters of ordinary text.
const PATTERN_BYTES: usize = 256 * 1024;
/// Patterns in all.
const PATTERNS: usize = 32;

impl Settings {
    /// Regular expressions over the words of one utterance. They take linear
    /// time whatever they are.
    ///
    /// # Errors
    /// The first pattern that is none, is too large, or is one too many.
    pub fn new(patterns: &[String]) -> Result<Self, PatternError> {
        let compiled: Result<Vec<_>, _> =
            patterns.iter().enumerate().map(|(i, p)| compiled(i + 1, p)).collect();
        Ok(Self { patterns: compiled? })
    }
}

fn compiled(number: usize, pattern: &str) -> Result<Regex, PatternError> {
    let refused = |why| PatternError { number, why };
    if PATTERNS < number {
        return Err(refused("there are more than 32"));
    }
    let regex = RegexBuilder::new(pattern).case_insensitive(true).size_limit(PATTERN_BYTES).build();
    let regex = regex.map_err(|e| match e {
        regex::Error::CompiledTooBig(_) => refused("it is too large"),
        _ => refused("it is no regular expression"),
    })?;
    if regex.is_match("") { Err(refused("it matches nothing at all")) } else { Ok(regex) }
}

/// So long an utterance waits for the rest of a number: people read a card
/// from the back of a purse with pauses of several seconds.
const PATIENCE: SampleSpan = SampleSpan::from_millis(10_000);
/// Utterances that wait for each other, of one speaker.
const WAITING: usize = 16;
/// So long it is remembered what kind of number was asked for.
const ASKED: SampleSpan = SampleSpan::from_millis(20_000);

/// Takes out what must not be kept, over the utterances of one call.
#[derive(Debug)]
pub struct Redactor {
    settings: Settings,
    waiting: Sides<Vec<Words>>,
    asked: [Option<SampleTime>; 3],
}

impl Redactor {
    /// A call without words.
    pub fn new(settings: Settings) -> Self {
        Self { settings, waiting: Sides::from_fn(|_| Vec::new()), asked: [None; 3] }
    }

    /// Takes an utterance and gives back what may be kept. An utterance that
    /// ends in what may be the beginning of a number waits for the next one of
    /// its speaker, for at most ten seconds of the call.
    pub fn push(&mut self, mut words: Words) -> Vec<Words> {
        if !words.words.is_empty() {
            words.text = joined(&words.words);
        }
        let (who, from) = (words.who, words.from);
        let mut out = self.pass(from);
        if self.waiting[who].last().is_some_and(|last| from < last.from) {
            out.extend(self.release(who));
        }
        self.waiting[who].push(words);
        let open = is_open(&pieces_of(&self.waiting[who]));
        if !open || WAITING <= self.waiting[who].len() {
            out.extend(self.release(who));
        }
        out
    }

    /// The call has come to `now`: what has waited long enough is given back.
    pub fn pass(&mut self, now: SampleTime) -> Vec<Words> {
        let mut out = Vec::new();
        for who in Channel::BOTH {
            if self.waiting[who].last().is_some_and(|last| last.to + PATIENCE < now) {
                out.extend(self.release(who));
            }
        }
        out
    }

    /// The call ends: all that waits is given back.
    pub fn finish(&mut self) -> Vec<Words> {
        Channel::BOTH.into_iter().flat_map(|who| self.release(who)).collect()
    }

    /// Redacts what waits as one text, so that a number may begin in one
    /// utterance and end in another.
    fn release(&mut self, who: Channel) -> Vec<Words> {
        let chain = std::mem::take(&mut self.waiting[who]);
        let Some(first) = chain.first() else { return chain };
        let pieces = pieces_of(&chain);
        let context = self.context(&pieces, first.from, chain.iter().map(|w| w.to).max().unwrap_or(first.to));
        let mut spans = find::find(&pieces, context);
        let mut offset = 0;
        for words in &chain {
            spans.extend(self.custom(words, offset));
            offset += words.text.reveal().split_whitespace().count();
        }
        apply(chain, &marks(&spans, pieces.len()))
    }

    fn context(&mut self, pieces: &[Piece], from: SampleTime, to: SampleTime) -> Context {
        let here = find::context(pieces);
        let lately = self.asked.map(|until| until.is_some_and(|until| from <= until));
        for (slot, told) in self.asked.iter_mut().zip([here.code, here.birth, here.phone]) {
            if told {
                *slot = Some(to + ASKED);
            }
        }
        let [code, birth, phone] = lately;
        Context { code: code || here.code, birth: birth || here.birth, phone: phone || here.phone }
    }

    /// What the patterns of the configuration find in one utterance.
    fn custom(&self, words: &Words, offset: usize) -> Vec<Span> {
        let text = words.text.reveal();
        let number = |at: usize| text[..at].split_whitespace().count();
        let mut out = Vec::new();
        for found in self.settings.patterns.iter().flat_map(|pattern| pattern.find_iter(text)) {
            let inside = text[..found.start()].ends_with(|c: char| !c.is_whitespace());
            let first = number(found.start()) - usize::from(inside && 0 < number(found.start()));
            let last = number(found.end()).max(first + 1);
            out.push((offset + first..offset + last, Kind::Custom));
        }
        out
    }
}

fn joined(words: &[Word]) -> Spoken {
    let texts: Vec<&str> = words.iter().map(|word| word.text.reveal().trim()).collect();
    Spoken::new(texts.join(" "))
}

fn pieces_of(chain: &[Words]) -> Vec<Piece> {
    chain.iter().flat_map(|words| words.text.reveal().split_whitespace()).map(piece).collect()
}

/// What each word is part of.
fn marks(spans: &[Span], len: usize) -> Vec<Option<Kind>> {
    let mut out = vec![None; len];
    for (range, kind) in spans {
        for slot in &mut out[range.start.min(len)..range.end.min(len)] {
            slot.get_or_insert(*kind);
        }
    }
    out
}

fn apply(chain: Vec<Words>, marks: &[Option<Kind>]) -> Vec<Words> {
    let mut rest = marks;
    chain
        .into_iter()
        .map(|words| {
            let (of, later) = rest.split_at(words.text.reveal().split_whitespace().count().min(rest.len()));
            rest = later;
            if of.iter().all(Option::is_none) { words } else { masked(&words, of) }
        })
        .collect()
}

fn masked(words: &Words, marks: &[Option<Kind>]) -> Words {
    let mut text: Vec<&str> = Vec::new();
    let mut before = None;
    for (written, mark) in words.text.reveal().split_whitespace().zip(marks) {
        match mark {
            None => text.push(written),
            Some(kind) if *mark != before => text.push(kind.mark()),
            Some(_) => (),
        }
        before = *mark;
    }
    Words { text: Spoken::new(text.join(" ")), words: masked_words(&words.words, marks), ..*words }
}

/// The words one by one: a run that goes becomes one word of its length.
fn masked_words(words: &[Word], marks: &[Option<Kind>]) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let (mut at, mut before) = (0, None);
    for word in words {
        let len = word.text.reveal().split_whitespace().count();
        let mark = marks.iter().skip(at).take(len).flatten().next().copied();
        at += len;
        match (mark, out.last_mut()) {
            (Some(_), Some(last)) if mark == before => last.to = word.to,
            (Some(kind), _) => out.push(Word { text: Spoken::new(kind.mark()), ..*word }),
            (None, _) => out.push(word.clone()),
        }
        before = mark;
    }
    out
}

#[cfg(test)]
mod tests;
