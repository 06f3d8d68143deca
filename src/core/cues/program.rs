//! All patterns of a lexicon as one machine that reads a sentence once. There
//! is no going back: a token costs at most one look at each step, whatever the
//! sentence, so that no text can hold the program up.

use std::collections::BTreeMap;

use crate::core::cues::normal::{Sentence, Token};
use crate::core::cues::pattern::Place;

/// Number of a step.
type StepId = u32;

/// A symbol: a word, or a class of words.
pub(super) type Symbol = u32;

/// One step of the machine.
#[derive(Clone, Debug)]
enum Step {
    /// Takes a token of this symbol.
    Take(Symbol, StepId),
    /// Takes any token; within a clause and no negation unless `across`.
    Free { across: bool, next: StepId },
    /// Goes on only where a comma follows.
    Comma(StepId),
    /// Goes on only at a place.
    At(Place, StepId),
    /// Goes on in several ways.
    Split(Vec<StepId>),
    /// A pattern is found.
    Found(u32),
}

/// A pattern that was found in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Which one.
    pub(super) pattern: u32,
    /// Its first token.
    pub(super) start: usize,
    /// The token behind its last.
    pub(super) end: usize,
    /// The tokens that the pattern names, one bit each; free words are left out.
    pub(super) named: u128,
}

/// Builds the machine from its end to its beginning.
#[derive(Debug, Default)]
pub(super) struct Builder {
    steps: Vec<Step>,
    starts: Vec<StepId>,
    symbols: BTreeMap<String, Symbol>,
    members: BTreeMap<String, Vec<Symbol>>,
    count: Symbol,
}

impl Builder {
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// The symbol of a word.
    pub(super) fn word(&mut self, word: &str) -> Symbol {
        if let Some(&known) = self.symbols.get(word) {
            return known;
        }
        let symbol = self.fresh();
        self.symbols.insert(word.to_owned(), symbol);
        self.join(word, symbol);
        symbol
    }

    /// A symbol that several words share.
    pub(super) fn fresh(&mut self) -> Symbol {
        self.count += 1;
        self.count - 1
    }

    /// A word belongs to a symbol.
    pub(super) fn join(&mut self, word: &str, symbol: Symbol) {
        let of = self.members.entry(word.to_owned()).or_default();
        if !of.contains(&symbol) {
            of.push(symbol);
        }
    }

    fn push(&mut self, step: Step) -> StepId {
        self.steps.push(step);
        (self.steps.len() - 1) as StepId
    }

    pub(super) fn found(&mut self, pattern: u32) -> StepId {
        self.push(Step::Found(pattern))
    }

    pub(super) fn take(&mut self, symbol: Symbol, next: StepId) -> StepId {
        self.push(Step::Take(symbol, next))
    }

    pub(super) fn free(&mut self, across: bool, next: StepId) -> StepId {
        self.push(Step::Free { across, next })
    }

    pub(super) fn comma(&mut self, next: StepId) -> StepId {
        self.push(Step::Comma(next))
    }

    pub(super) fn at(&mut self, place: Place, next: StepId) -> StepId {
        self.push(Step::At(place, next))
    }

    pub(super) fn split(&mut self, ways: Vec<StepId>) -> StepId {
        match ways[..] {
            [only] => only,
            _ => self.push(Step::Split(ways)),
        }
    }

    pub(super) fn start(&mut self, step: StepId) {
        self.starts.push(step);
    }

    /// The finished machine; the symbols with a part of their own: see [`Machine`].
    pub(super) fn finish(self, [skipped, leading, number, negation]: [Symbol; 4]) -> Machine {
        let Self { steps, starts, members, count, .. } = self;
        let mut machine = Machine {
            steps,
            by_symbol: vec![Vec::new(); count as usize],
            members,
            skipped,
            leading,
            number,
            negation,
        };
        for start in starts {
            machine.enter(start, None);
        }
        machine
    }
}

/// The patterns as one machine.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    steps: Vec<Step>,
    /// The steps that a token of each symbol may begin, and where.
    by_symbol: Vec<Vec<(Option<Place>, StepId)>>,
    members: BTreeMap<String, Vec<Symbol>>,
    /// Words that may stand anywhere inside a pattern: "really", "um".
    skipped: Symbol,
    /// Words before which a clause has not begun yet: "and", "well".
    leading: Symbol,
    /// All that is written with digits.
    number: Symbol,
    /// Words that free words inside a clause do not pass over: "not".
    negation: Symbol,
}

impl Machine {
    /// Follows a pattern's beginning to the tokens it may begin with.
    fn enter(&mut self, step: StepId, place: Option<Place>) {
        match self.steps[step as usize].clone() {
            Step::Take(symbol, _) => self.by_symbol[symbol as usize].push((place, step)),
            Step::At(place, next) => self.enter(next, Some(place)),
            Step::Split(ways) => ways.iter().for_each(|&way| self.enter(way, place)),
            // A pattern begins with a word: `check` refuses all else.
            Step::Free { .. } | Step::Comma(_) | Step::Found(_) => (),
        }
    }

    /// The symbols of a token.
    fn symbols(&self, token: &Token) -> Vec<Symbol> {
        let mut out: Vec<Symbol> = std::iter::once(&token.text)
            .chain(&token.also)
            .filter_map(|text| self.members.get(text))
            .flatten()
            .copied()
            .collect();
        if token.text.starts_with(|c: char| c.is_ascii_digit()) {
            out.push(self.number);
        }
        out
    }

    /// Finds every pattern in a sentence. Where one could be found from
    /// several beginnings to the same end, the shortest counts.
    pub(super) fn run(&self, sentence: &Sentence) -> Vec<Match> {
        let symbols: Vec<_> = sentence.tokens.iter().map(|token| self.symbols(token)).collect();
        let places = Places::new(sentence, &symbols, self.leading, self.skipped);
        let mut run = Run::new(self, &places);
        for (at, of) in symbols.iter().enumerate() {
            run.token(at, of);
        }
        run.found
    }
}

/// Where clauses begin and end; one entry a token, and one behind the last.
pub(super) struct Places {
    comma: Vec<bool>,
    clause_start: Vec<bool>,
    sentence_start: Vec<bool>,
    clause_end: Vec<bool>,
    sentence_end: Vec<bool>,
    question: bool,
}

impl Places {
    fn new(sentence: &Sentence, symbols: &[Vec<Symbol>], leading: Symbol, skipped: Symbol) -> Self {
        let len = symbols.len();
        let comma: Vec<bool> = (0..=len).map(|i| sentence.tokens.get(i).is_some_and(|t| t.comma)).collect();
        let leads = |i: usize| symbols[i].contains(&leading);
        let passes = |i: usize| symbols[i].contains(&skipped);
        let (mut clause_start, mut sentence_start) = (vec![false; len + 1], vec![false; len + 1]);
        let (mut clause_end, mut sentence_end) = (vec![false; len + 1], vec![false; len + 1]);
        for i in 0..len {
            sentence_start[i] = i == 0 || (sentence_start[i - 1] && leads(i - 1));
            clause_start[i] = i == 0 || comma[i] || leads(i - 1);
        }
        for i in (0..=len).rev() {
            sentence_end[i] = i == len || (sentence_end[i + 1] && passes(i));
            clause_end[i] = i == len || comma[i] || (clause_end[i + 1] && passes(i));
        }
        Self { comma, clause_start, sentence_start, clause_end, sentence_end, question: sentence.question }
    }

    fn holds(&self, place: Place, at: usize) -> bool {
        match place {
            Place::ClauseStart => self.clause_start[at],
            Place::SentenceStart => self.sentence_start[at],
            Place::ClauseEnd => self.clause_end[at],
            Place::SentenceEnd => self.sentence_end[at],
            Place::Question => self.sentence_end[at] && self.question,
        }
    }
}

#[derive(Clone, Copy)]
struct Thread {
    step: StepId,
    start: usize,
    named: u128,
}

/// One sentence on its way through the machine.
struct Run<'a> {
    machine: &'a Machine,
    places: &'a Places,
    threads: Vec<Thread>,
    next: Vec<Thread>,
    /// Where a step stands in `next`, and for which token that holds.
    slot: Vec<(u32, u32)>,
    found: Vec<Match>,
}

impl<'a> Run<'a> {
    fn new(machine: &'a Machine, places: &'a Places) -> Self {
        Self {
            machine,
            places,
            threads: Vec::new(),
            next: Vec::new(),
            slot: vec![(u32::MAX, 0); machine.steps.len()],
            found: Vec::new(),
        }
    }

    fn token(&mut self, at: usize, symbols: &[Symbol]) {
        let passes = symbols.contains(&self.machine.skipped);
        for thread in std::mem::take(&mut self.threads) {
            self.advance(thread, at, symbols);
            if passes && matches!(self.machine.steps[thread.step as usize], Step::Take(..)) {
                self.follow(thread, at + 1);
            }
        }
        for &symbol in symbols {
            self.begin(symbol, at);
        }
        std::mem::swap(&mut self.threads, &mut self.next);
        self.next.clear();
    }

    fn begin(&mut self, symbol: Symbol, at: usize) {
        let machine = self.machine;
        for &(place, step) in &machine.by_symbol[symbol as usize] {
            if place.is_none_or(|place| self.places.holds(place, at))
                && let Step::Take(_, next) = machine.steps[step as usize]
            {
                self.follow(Thread { step: next, start: at, named: 1 << at.min(127) }, at + 1);
            }
        }
    }

    fn advance(&mut self, thread: Thread, at: usize, symbols: &[Symbol]) {
        match self.machine.steps[thread.step as usize] {
            Step::Take(symbol, next) if symbols.contains(&symbol) => {
                let named = thread.named | 1 << at.min(127);
                self.follow(Thread { step: next, named, ..thread }, at + 1);
            }
            Step::Free { across, next } if across || self.is_plain(at, symbols) => {
                self.follow(Thread { step: next, ..thread }, at + 1);
            }
            Step::Take(..)
            | Step::Free { .. }
            | Step::Comma(_)
            | Step::At(..)
            | Step::Split(_)
            | Step::Found(_) => (),
        }
    }

    /// Whether a token neither begins a clause nor turns it round.
    fn is_plain(&self, at: usize, symbols: &[Symbol]) -> bool {
        !self.places.comma[at] && !symbols.contains(&self.machine.negation)
    }

    /// Goes on from a step to those that wait for the token at `at`. Of two
    /// ways to the same step the one that began later stays.
    fn follow(&mut self, thread: Thread, at: usize) {
        let (stamp, place) = self.slot[thread.step as usize];
        if stamp == at as u32 {
            let there = &mut self.next[place as usize];
            if thread.start <= there.start {
                return;
            }
            *there = thread;
        } else {
            self.slot[thread.step as usize] = (at as u32, self.next.len() as u32);
            self.next.push(thread);
        }
        let machine = self.machine;
        match &machine.steps[thread.step as usize] {
            Step::Take(..) | Step::Free { .. } => (),
            Step::Comma(next) if self.places.comma[at] => self.follow(Thread { step: *next, ..thread }, at),
            Step::At(place, next) if self.places.holds(*place, at) => {
                self.follow(Thread { step: *next, ..thread }, at);
            }
            Step::Comma(_) | Step::At(..) => (),
            Step::Split(ways) => ways.iter().for_each(|&step| self.follow(Thread { step, ..thread }, at)),
            Step::Found(pattern) => self.tell(*pattern, thread, at),
        }
    }

    fn tell(&mut self, pattern: u32, thread: Thread, end: usize) {
        let found = Match { pattern, start: thread.start, end, named: thread.named };
        match self.found.last_mut() {
            Some(last) if last.pattern == pattern && last.end == end => *last = found,
            _ => self.found.push(found),
        }
    }
}
