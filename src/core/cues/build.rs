//! From a draft to a machine: every line is read, every mistake collected.

use std::collections::BTreeMap;

use crate::core::cues::draft::{DetectorDraft, Draft, GuardDraft, Line, Mistake};
use crate::core::cues::forms::{Form, Forms, inflect, progressive, third};
use crate::core::cues::lexicon::{Lexicon, Pattern, Role};
use crate::core::cues::normal::{Expansion, Speller};
use crate::core::cues::pattern::{Fault, Node, parse};
use crate::core::cues::program::{Builder, Symbol};

/// Steps of the largest lexicon: the built-in one needs about a tenth.
const MOST_STEPS: usize = 400_000;

/// Words that may stand anywhere inside a pattern.
const FILLER: &str = "filler";
/// Words before which a clause has not begun yet.
const LEAD: &str = "lead";
/// Words that need not be certain.
const FUNCTION: &str = "function";
/// Words behind which a guard no longer reaches.
const TURN: &str = "turn";
/// Words that say sorry.
const APOLOGY: &str = "apology_word";
/// Number words; what is written with digits belongs to it by itself.
const NUMBER: &str = "number";
/// Words that free words do not pass over.
const NEGATION: &str = "negation";

/// Reads a draft.
pub(super) fn build(draft: &Draft) -> Result<Lexicon, Vec<Mistake>> {
    let mut maker = Maker::default();
    maker.contractions(&draft.contractions);
    maker.irregular(&draft.irregular);
    for list in &draft.classes {
        maker.class(&list.name, &list.lines);
    }
    for (number, guard) in draft.guards.iter().enumerate() {
        maker.guard(number, guard);
    }
    for detector in &draft.detectors {
        maker.detector(detector, &draft.guards);
    }
    maker.finish(draft)
}

#[derive(Default)]
struct Maker {
    speller: Speller,
    irregular: BTreeMap<String, Forms>,
    /// Members of each class, and the line that defines it.
    classes: BTreeMap<String, (Vec<String>, usize)>,
    /// The symbol of the single words of a class in a form.
    symbols: BTreeMap<(String, Form), Symbol>,
    builder: Builder,
    patterns: Vec<Pattern>,
    /// Which patterns are known already, by place and text.
    seen: BTreeMap<(Role, String), usize>,
    /// The guards of each detector.
    guarded: Vec<(crate::core::event::Detector, Vec<usize>)>,
    mistakes: Vec<Mistake>,
}

impl Maker {
    fn wrong(&mut self, line: &Line, offset: usize, fault: Fault) {
        self.mistakes.push(Mistake { line: line.line, column: line.indent + offset + 1, fault });
    }

    fn contractions(&mut self, lines: &[Line]) {
        for line in lines {
            let Some((from, to)) = line.text.split_once('=') else {
                self.wrong(line, 0, Fault::Empty);
                continue;
            };
            let expansion: Expansion =
                to.split_whitespace().map(|word| word.split('|').map(str::to_owned).collect()).collect();
            match from.trim().strip_prefix('-') {
                Some(end) => self.speller.ends.insert(end.to_owned(), expansion),
                None => self.speller.words.insert(from.trim().to_owned(), expansion),
            };
        }
    }

    fn irregular(&mut self, lines: &[Line]) {
        for line in lines {
            let words: Vec<String> = line.text.split_whitespace().map(str::to_owned).collect();
            let forms = match &words[..] {
                [verb, past, done] => [third(verb), progressive(verb), past.clone(), done.clone()],
                [_, third, progressive, past, done] => [third, progressive, past, done].map(Clone::clone),
                _ => {
                    self.wrong(line, 0, Fault::Forms(words.first().cloned().unwrap_or_default()));
                    continue;
                }
            };
            self.irregular.insert(words[0].clone(), forms);
        }
    }

    fn class(&mut self, name: &Line, lines: &[Line]) {
        let mut members = Vec::new();
        for line in lines {
            for member in line.text.split(',').map(str::trim).filter(|m| !m.is_empty()) {
                match member.strip_prefix('<').and_then(|m| m.strip_suffix('>')) {
                    Some(other) => match self.classes.get(other) {
                        Some((inner, _)) => members.extend(inner.clone()),
                        None => self.wrong(line, 0, Fault::UnknownClass(other.to_owned())),
                    },
                    None => members.push(self.spelled(member)),
                }
            }
        }
        members.sort();
        members.dedup();
        if members.is_empty() {
            self.wrong(name, 0, Fault::EmptyClass(name.text.clone()));
        }
        if let Some((_, first)) = self.classes.insert(name.text.clone(), (members, name.line)) {
            self.wrong(name, 0, Fault::DefinedTwice(first));
        }
    }

    /// Words as the normaliser would write them, the likeliest reading of each.
    fn spelled(&self, words: &str) -> String {
        let lower = words.to_lowercase().replace('-', " ");
        let tokens = lower.split_whitespace().flat_map(|word| self.speller.expand(word));
        tokens.filter_map(|readings| readings.first().cloned()).collect::<Vec<_>>().join(" ")
    }

    fn guard(&mut self, number: usize, guard: &GuardDraft) {
        // No `..`: a new list must be judged before this compiles again.
        let GuardDraft { name: _, before, after, anywhere } = guard;
        self.patterns(Role::Before(number), before);
        self.patterns(Role::After(number), after);
        self.patterns(Role::Anywhere(number), anywhere);
    }

    fn detector(&mut self, draft: &DetectorDraft, guards: &[GuardDraft]) {
        // No `..`, as above.
        let DetectorDraft { detector, guards: named, find, not, never } = draft;
        let mut of = Vec::new();
        for name in named {
            match guards.iter().position(|guard| guard.name.text == name.text) {
                Some(number) => of.push(number),
                None => self.wrong(name, 0, Fault::UnknownGuard(name.text.clone())),
            }
        }
        self.guarded.push((*detector, of));
        self.patterns(Role::Find(*detector), find);
        self.patterns(Role::Not(*detector), not);
        self.patterns(Role::Never(*detector), never);
    }

    fn patterns(&mut self, role: Role, lines: &[Line]) {
        for line in lines {
            let text = line.text.split_whitespace().collect::<Vec<_>>().join(" ");
            if let Some(first) = self.seen.insert((role, text), line.line) {
                self.wrong(line, 0, Fault::Twice(first));
                continue;
            }
            match parse(&line.text) {
                Ok(nodes) => self.compile(role, line, &nodes),
                Err((offset, fault)) => self.wrong(line, offset, fault),
            }
        }
    }

    fn compile(&mut self, role: Role, line: &Line, nodes: &[Node]) {
        if MOST_STEPS < self.builder.len() {
            return self.wrong(line, 0, Fault::TooLarge(MOST_STEPS));
        }
        let number = self.patterns.len() as u32;
        self.patterns.push(Pattern { role, line: line.line, text: line.text.clone() });
        let end = self.builder.found(number);
        match self.sequence(nodes, end) {
            Ok(start) => self.builder.start(start),
            Err(fault) => self.wrong(line, 0, fault),
        }
    }

    /// Builds backwards, so that every step knows the one behind it.
    fn sequence(&mut self, nodes: &[Node], end: u32) -> Result<u32, Fault> {
        nodes.iter().rev().try_fold(end, |next, node| self.node(node, next))
    }

    fn node(&mut self, node: &Node, next: u32) -> Result<u32, Fault> {
        if MOST_STEPS < self.builder.len() {
            return Err(Fault::TooLarge(MOST_STEPS));
        }
        Ok(match node {
            Node::Word(word) => self.words(&self.speller.expand(word), next),
            Node::Verb(verb, form) => {
                let forms = inflect(verb, *form, &self.irregular);
                self.words(&vec![forms], next)
            }
            Node::Class(name, form) => self.class_steps(name, *form, next)?,
            Node::Gap { most, across } => self.gap(*most, *across, next),
            Node::Any => self.builder.free(true, next),
            Node::Comma => self.builder.comma(next),
            Node::At(place) => self.builder.at(*place, next),
            Node::Maybe(inner) => {
                let with = self.node(inner, next)?;
                self.builder.split(vec![with, next])
            }
            Node::OneOf(several) => {
                let ways: Result<_, _> = several.iter().map(|s| self.sequence(s, next)).collect();
                self.builder.split(ways?)
            }
        })
    }

    fn gap(&mut self, most: u8, across: bool, next: u32) -> u32 {
        let mut step = next;
        for _ in 0..most {
            let free = self.builder.free(across, step);
            step = self.builder.split(vec![free, next]);
        }
        step
    }

    /// Words one after the other, each in one of its readings.
    fn words(&mut self, expansion: &Expansion, next: u32) -> u32 {
        expansion.iter().rev().fold(next, |next, readings| {
            let ways = readings
                .iter()
                .map(|word| {
                    let symbol = self.builder.word(word);
                    self.builder.take(symbol, next)
                })
                .collect();
            self.builder.split(ways)
        })
    }

    fn class_steps(&mut self, name: &str, form: Form, next: u32) -> Result<u32, Fault> {
        let Some((members, _)) = self.classes.get(name) else {
            return Err(Fault::UnknownClass(name.to_owned()));
        };
        let longer: Vec<String> = members
            .iter()
            .filter(|member| member.contains(' '))
            .flat_map(|member| inflect(member, form, &self.irregular))
            .collect();
        let symbol = self.symbol(name, form);
        let mut ways = vec![self.builder.take(symbol, next)];
        for member in longer {
            let words = member.split(' ').map(|word| vec![word.to_owned()]).collect();
            ways.push(self.words(&words, next));
        }
        Ok(self.builder.split(ways))
    }

    /// The one symbol of all single words of a class.
    fn symbol(&mut self, name: &str, form: Form) -> Symbol {
        if name == NUMBER {
            return self.number();
        }
        let key = (name.to_owned(), form);
        if let Some(&known) = self.symbols.get(&key) {
            return known;
        }
        let symbol = self.builder.fresh();
        self.symbols.insert(key, symbol);
        self.fill(name, form, symbol);
        symbol
    }

    fn number(&mut self) -> Symbol {
        let key = (NUMBER.to_owned(), Form::Base);
        if let Some(&known) = self.symbols.get(&key) {
            return known;
        }
        let symbol = self.builder.fresh();
        self.symbols.insert(key, symbol);
        self.fill(NUMBER, Form::Base, symbol);
        symbol
    }

    fn fill(&mut self, name: &str, form: Form, symbol: Symbol) {
        let members = self.classes.get(name).map(|(members, _)| members.clone()).unwrap_or_default();
        for member in members.iter().filter(|member| !member.contains(' ')) {
            for word in inflect(member, form, &self.irregular) {
                self.builder.join(&word, symbol);
            }
        }
    }

    fn words_of(&self, name: &str) -> Vec<String> {
        self.classes.get(name).map(|(members, _)| members.clone()).unwrap_or_default()
    }

    fn finish(mut self, draft: &Draft) -> Result<Lexicon, Vec<Mistake>> {
        let [skipped, leading, negation] = [FILLER, LEAD, NEGATION].map(|name| self.symbol(name, Form::Base));
        let number = self.number();
        let [function, turn, apology] = [FUNCTION, TURN, APOLOGY].map(|name| self.words_of(name));
        if !self.mistakes.is_empty() {
            self.mistakes.sort_by_key(|m| (m.line, m.column));
            return Err(self.mistakes);
        }
        Ok(Lexicon {
            speller: self.speller,
            machine: self.builder.finish([skipped, leading, number, negation]),
            patterns: self.patterns,
            guards: draft.guards.iter().map(|guard| guard.name.text.clone()).collect(),
            guarded: self.guarded.into_iter().collect(),
            function: function.into_iter().collect(),
            turn: turn.into_iter().collect(),
            apology: apology.into_iter().collect(),
        })
    }
}
