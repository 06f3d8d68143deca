//! The phrases of a call, from recognised words that may come late and in any
//! order: which of them count depends on their own times, never on when they
//! came. No word is kept, only where apologies and boundaries were.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::core::cues::lexicon::{Find, Lexicon};
use crate::core::event::{CueHit, Detector};
use crate::core::private::Spoken;
use crate::core::units::{Channel, SampleSpan, SampleTime};
use crate::core::words::{Word, Words};

/// Settings of the finds of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// A word counts from this probability of its least likely token; 0 to 1.
    /// Words from 0.6 on were right 95 times in 100.
    pub certain: f32,
    /// Apologies that are too many ...
    pub apologies: usize,
    /// ... within this much speech of the agent.
    pub apology_window: SampleSpan,
    /// Apologies this far apart in one turn are a ramble, however many.
    pub apology_turn: SampleSpan,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            certain: 0.6,
            apologies: 3,
            apology_window: SampleSpan::from_millis(60_000),
            apology_turn: SampleSpan::from_millis(12_000),
        }
    }
}

/// Finds of one detector so few words apart are one.
const APART: usize = 6;
/// A pause that ends the agent's turn.
const TURN_PAUSE: SampleSpan = SampleSpan::from_millis(3000);
/// Agent's utterances of which it is remembered where apologies were: some
/// twenty minutes of talk.
const REMEMBERED: usize = 256;
/// Boundaries that wait for an insult that came before them and is still to be recognised.
const PENDING: usize = 32;

/// Hears one call.
#[derive(Debug)]
pub struct Listener {
    lexicon: Arc<Lexicon>,
    settings: Settings,
    /// The first insult.
    abused: Option<SampleTime>,
    pending: Vec<CueHit>,
    /// The agent's utterances by their beginning: their end, and their apologies.
    spoken: BTreeMap<SampleTime, (SampleTime, Vec<SampleTime>)>,
    rambles: Vec<CueHit>,
}

impl Listener {
    /// A call without words.
    pub fn new(lexicon: Arc<Lexicon>, settings: Settings) -> Self {
        let (pending, spoken, rambles) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { lexicon, settings, abused: None, pending, spoken, rambles }
    }

    /// Another lexicon or other settings for what comes.
    pub fn set(&mut self, lexicon: Arc<Lexicon>, settings: Settings) {
        (self.lexicon, self.settings) = (lexicon, settings);
    }

    /// Takes an utterance. Without its single words, of which the certainty
    /// is known, nothing is found in it.
    pub fn hear(&mut self, words: &Words, out: &mut Vec<CueHit>) {
        let heard = Heard::new(&words.words, self.settings.certain);
        let finds = self.lexicon.find(words.who, &heard.text);
        let sure = finds.iter().filter(|find| find.stopped.is_none() && heard.is_sure(find));
        for hit in together(sure.collect()).iter().map(|find| heard.hit(find, words.who)) {
            self.take(hit, out);
        }
        if words.who == Channel::Agent {
            let at = self.lexicon.apologies(&heard.text);
            let sorry = at.iter().filter(|&&i| heard.certain(i)).map(|&i| heard.word(i).0).collect();
            self.spoken.insert(words.from, (words.to, sorry));
            if REMEMBERED < self.spoken.len() {
                self.spoken.pop_first();
            }
            self.ramble(out);
        }
    }

    /// A boundary is credited only after an insult, whichever is heard first.
    fn take(&mut self, hit: CueHit, out: &mut Vec<CueHit>) {
        match hit.detector {
            Detector::Boundary if self.abused.is_none_or(|abused| hit.at < abused) => {
                if self.pending.len() < PENDING {
                    self.pending.push(hit);
                }
            }
            Detector::Abuse => {
                out.push(hit);
                let first = self.abused.map_or(hit.at, |abused| abused.min(hit.at));
                self.abused = Some(first);
                out.extend(self.pending.extract_if(.., |boundary| first <= boundary.at));
            }
            Detector::Boundary
            | Detector::Empathy
            | Detector::Paraphrase
            | Detector::OpenQuestion
            | Detector::AgreementTrap
            | Detector::PolicyWall
            | Detector::SoothingTrap
            | Detector::Apology
            | Detector::ApologyRamble
            | Detector::NextStep
            | Detector::Ownership
            | Detector::Escalation => out.push(hit),
        }
    }

    /// Tells a ramble once, when the apology that makes it one is known.
    fn ramble(&mut self, out: &mut Vec<CueHit>) {
        let sorry = self.apologies();
        for (i, last) in sorry.iter().enumerate() {
            let often = (i + 1).checked_sub(self.settings.apologies).map(|first| &sorry[first]);
            let often = often.filter(|first| last.spoken.since(first.spoken) <= self.settings.apology_window);
            let long = sorry[..i].iter().find(|first| {
                first.turn == last.turn && self.settings.apology_turn <= last.at.since(first.at)
            });
            let Some(first) = often.or(long) else { continue };
            let who = Channel::Agent;
            let hit = CueHit { at: first.at, until: last.at, who, detector: Detector::ApologyRamble };
            if !self.rambles.iter().any(|told| hit.at <= told.until && told.at <= hit.until) {
                self.rambles.push(hit);
                out.push(hit);
            }
        }
    }

    /// Every apology, with the agent's speech before it and the turn it stands in.
    fn apologies(&self) -> Vec<Sorry> {
        let mut out = Vec::new();
        let (mut spoken, mut turn, mut end) = (SampleTime::ZERO, 0, None);
        for (from, (to, sorry)) in &self.spoken {
            if end.is_some_and(|end| TURN_PAUSE < from.since(end)) {
                turn += 1;
            }
            out.extend(sorry.iter().map(|at| Sorry { at: *at, spoken: spoken + at.since(*from), turn }));
            spoken += to.since(*from);
            end = Some(*to);
        }
        out
    }
}

struct Sorry {
    at: SampleTime,
    /// The agent's speech up to here.
    spoken: SampleTime,
    turn: u32,
}

/// An utterance with the certainty of its words.
struct Heard<'a> {
    text: Spoken,
    words: &'a [Word],
    /// The word that each written word belongs to.
    of: Vec<usize>,
    certain: f32,
}

impl<'a> Heard<'a> {
    fn new(words: &'a [Word], certain: f32) -> Self {
        let texts: Vec<&str> = words.iter().map(|word| word.text.reveal()).collect();
        let of =
            texts.iter().enumerate().flat_map(|(i, text)| text.split_whitespace().map(move |_| i)).collect();
        Self { text: Spoken::new(texts.join(" ")), words, of, certain }
    }

    fn certain(&self, written: usize) -> bool {
        self.of.get(written).is_some_and(|&i| self.certain <= self.words[i].sure)
    }

    /// Where a written word begins and ends.
    fn word(&self, written: usize) -> (SampleTime, SampleTime) {
        let word = self.of.get(written).map(|&i| &self.words[i]);
        word.map_or((SampleTime::ZERO, SampleTime::ZERO), |word| (word.from, word.to))
    }

    /// The words that carry the meaning must be certain; all of them, where the find accuses.
    fn is_sure(&self, find: &Find) -> bool {
        if find.detector.accuses() {
            (find.first..=find.last).all(|i| self.certain(i))
        } else {
            find.anchors.iter().all(|&i| self.certain(i))
        }
    }

    fn hit(&self, find: &Find, who: Channel) -> CueHit {
        let (at, until) = (self.word(find.first).0, self.word(find.last).1);
        CueHit { at, until, who, detector: find.detector }
    }
}

/// Finds of the same detector that lie close together, as one.
fn together(mut finds: Vec<&Find>) -> Vec<Find> {
    finds.sort_by_key(|find| (find.detector, find.first, find.last));
    let mut out: Vec<Find> = Vec::new();
    for find in finds {
        match out.last_mut() {
            Some(last) if last.detector == find.detector && find.first <= last.last + APART => {
                last.last = last.last.max(find.last);
            }
            _ => out.push(find.clone()),
        }
    }
    out.sort_by_key(|find| (find.first, find.detector));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::cues::draft::{DetectorDraft, Draft, Line, List};

    fn line(text: &str) -> Line {
        Line { line: 1, indent: 0, text: text.to_owned() }
    }

    fn finds(detector: Detector, pattern: &str) -> DetectorDraft {
        let [guards, not, never] = [const { Vec::new() }; 3];
        DetectorDraft { detector, guards, find: vec![line(pattern)], not, never }
    }

    fn listener() -> Listener {
        let draft = Draft {
            classes: vec![List { name: line("apology_word"), lines: vec![line("sorry")] }],
            detectors: vec![
                finds(Detector::Empathy, "i see how hard"),
                finds(Detector::Abuse, "you fool"),
                finds(Detector::Boundary, "respect"),
            ],
            ..Draft::default()
        };
        Listener::new(Arc::new(Lexicon::new(&draft).unwrap()), Settings::default())
    }

    /// Half a second a word.
    fn said(who: Channel, from: f64, text: &str, sure: f32) -> Words {
        let at = SampleTime::from_seconds;
        let time = |i: usize| at(from + 0.5 * i as f64);
        let texts: Vec<&str> = text.split(' ').collect();
        let word = |(i, text): (usize, &&str)| Word {
            text: Spoken::new(*text),
            from: time(i),
            to: time(i + 1),
            sure: if *text == "mumbled" { 0.1 } else { sure },
        };
        let words = texts.iter().enumerate().map(word).collect();
        Words { who, from: at(from), to: time(texts.len()), text: Spoken::new(text), words }
    }

    fn heard(all: &[Words]) -> Vec<(Detector, f64)> {
        let (mut listener, mut out) = (listener(), Vec::new());
        all.iter().for_each(|words| listener.hear(words, &mut out));
        out.iter().map(|hit| (hit.detector, hit.at.seconds())).collect()
    }

    #[test]
    fn a_phrase_is_found_where_it_was_said() {
        let words = said(Channel::Agent, 10.0, "well I see how hard", 0.9);
        assert_eq!(heard(&[words]), [(Detector::Empathy, 10.5)]);
    }

    #[test]
    fn uncertain_words_find_nothing() {
        assert_eq!(heard(&[said(Channel::Agent, 0.0, "I see how hard", 0.59)]), []);
        let bare = Words { words: Vec::new(), ..said(Channel::Agent, 0.0, "I see how hard", 0.9) };
        assert_eq!(heard(&[bare]), []);
    }

    #[test]
    fn the_other_side_is_not_meant() {
        assert_eq!(heard(&[said(Channel::Customer, 0.0, "I see how hard", 0.9)]), []);
    }

    #[test]
    fn a_boundary_counts_after_an_insult_whichever_comes_first() {
        let abuse = said(Channel::Customer, 5.0, "you fool", 0.9);
        let boundary = said(Channel::Agent, 8.0, "respect", 0.9);
        let early = said(Channel::Agent, 1.0, "respect", 0.9);
        let wanted = [(Detector::Abuse, 5.0), (Detector::Boundary, 8.0)];
        assert_eq!(heard(&[early.clone(), abuse.clone(), boundary.clone()]), wanted);
        assert_eq!(heard(&[boundary, early, abuse]), wanted);
    }

    #[test]
    fn three_apologies_in_a_minute_are_a_ramble_told_once() {
        let all: Vec<Words> =
            (0..4).map(|i| said(Channel::Agent, 20.0 * f64::from(i), "so sorry about it", 0.9)).collect();
        assert_eq!(heard(&all), [(Detector::ApologyRamble, 0.5)]);
        let backwards: Vec<Words> = all.into_iter().rev().collect();
        assert_eq!(heard(&backwards).len(), 1);
    }

    #[test]
    fn two_apologies_are_none_and_a_long_one_is() {
        let short = [said(Channel::Agent, 0.0, "sorry", 0.9), said(Channel::Agent, 9.0, "sorry", 0.9)];
        assert_eq!(heard(&short), []);
        let long = format!("sorry{} sorry", " and".repeat(30));
        assert_eq!(heard(&[said(Channel::Agent, 0.0, &long, 0.9)]), [(Detector::ApologyRamble, 0.0)]);
    }
}
