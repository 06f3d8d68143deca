//! The little language of patterns, as a tree. `docs` of it stand at the head
//! of `config/lexicon/en.toml`.

use thiserror::Error;

use crate::core::cues::forms::Form;

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A word as written.
    Word(String),
    /// A verb in a form: `send:ing`.
    Verb(String, Form),
    /// A class: `<feeling>`, `<promise:ing>`.
    Class(String, Form),
    /// Up to so many free words: `..3`; with three points also across a comma.
    Gap { most: u8, across: bool },
    /// One free word: `*`.
    Any,
    /// A comma: `,`.
    Comma,
    /// One of several: `(a|b c)`.
    OneOf(Vec<Vec<Node>>),
    /// It may be left out: `?`.
    Maybe(Box<Node>),
    /// A place: `^`, `$`, `^^`, `$$`, `[?]`.
    At(Place),
}

/// Where a pattern may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At the beginning of a clause.
    ClauseStart,
    /// At the beginning of a sentence.
    SentenceStart,
    /// At the end of a clause.
    ClauseEnd,
    /// At the end of a sentence.
    SentenceEnd,
    /// At the end of a sentence that asks.
    Question,
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// A class that is not defined, or further down.
    #[error("there is no class `<{0}>` above this line")]
    UnknownClass(String),
    /// A form that verbs do not have.
    #[error("`:{0}` is no form of a verb, expected :base, :s, :ing, :past, :done or :any")]
    UnknownForm(String),
    /// Something opened and not closed, or the reverse.
    #[error("`{0}` stands without its other half")]
    Unbalanced(char),
    /// Nothing to look for.
    #[error("the pattern holds no word that must be said")]
    Empty,
    /// A free word at an end says nothing.
    #[error("free words (`*`, `..`) stand at the beginning or end, where they say nothing")]
    LooseEnd,
    /// A place where it can never be.
    #[error("it can never be found: `^` belongs at the beginning, `$` and `[?]` at the end")]
    NeverThere,
    /// The same pattern twice.
    #[error("it is never needed: line {0} holds the same pattern")]
    Twice(usize),
    /// Too long a gap.
    #[error("`..{0}` is too wide a gap, expected `..1` to `..{WIDEST}`")]
    Gap(String),
    /// Brackets in brackets in brackets.
    #[error("brackets are nested more than {DEEPEST} deep")]
    Deep,
    /// A character that means nothing here.
    #[error("`{0}` means nothing in a pattern")]
    Character(char),
    /// Too much of everything.
    #[error("the patterns up to here need more than {0} steps, which is too many")]
    TooLarge(usize),
    /// The same name twice.
    #[error("line {0} defines the same name")]
    DefinedTwice(usize),
    /// A list of forms that is none.
    #[error(
        "`{0}` needs its past and its done form, or all of: third person, ing, past, done, separated by spaces"
    )]
    Forms(String),
    /// A class without members.
    #[error("the class `<{0}>` has no members")]
    EmptyClass(String),
    /// A guard that is not defined.
    #[error("there is no guard `{0}`")]
    UnknownGuard(String),
}

/// Words of the widest gap.
const WIDEST: u8 = 16;
/// Brackets in brackets.
const DEEPEST: usize = 6;

/// A fault, and the character of the pattern where it is.
pub(super) type At<T> = Result<T, (usize, Fault)>;

/// Reads a pattern.
pub(super) fn parse(text: &str) -> At<Vec<Node>> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0 };
    let nodes = parser.sequence(0)?;
    match parser.peek() {
        None => check(nodes),
        Some(c) => Err((parser.at, Fault::Unbalanced(c))),
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = wanted.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if found {
            self.at += wanted.chars().count();
        }
        found
    }

    fn sequence(&mut self, depth: usize) -> At<Vec<Node>> {
        if DEEPEST < depth {
            return Err((self.at, Fault::Deep));
        }
        let mut out = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                ')' | '|' => break,
                c if c.is_whitespace() => self.at += 1,
                _ => out.push(self.item(c, depth)?),
            }
        }
        Ok(out)
    }

    fn item(&mut self, c: char, depth: usize) -> At<Node> {
        let node = self.plain(c, depth)?;
        let node = self.alternatives(node, depth)?;
        Ok(if self.take("?") { Node::Maybe(Box::new(node)) } else { node })
    }

    /// `hear/see/<feel>`: one word or the other.
    fn alternatives(&mut self, first: Node, depth: usize) -> At<Node> {
        if self.peek() != Some('/') {
            return Ok(first);
        }
        let mut out = vec![vec![first]];
        while self.take("/") {
            let c = self.peek().ok_or((self.at, Fault::Unbalanced('/')))?;
            out.push(vec![self.plain(c, depth)?]);
        }
        Ok(Node::OneOf(out))
    }

    fn plain(&mut self, c: char, depth: usize) -> At<Node> {
        let places = [
            ("^^", Place::SentenceStart),
            ("^", Place::ClauseStart),
            ("$$", Place::SentenceEnd),
            ("$", Place::ClauseEnd),
            ("[?]", Place::Question),
        ];
        if let Some((_, place)) = places.into_iter().find(|(mark, _)| self.take(mark)) {
            return Ok(Node::At(place));
        }
        match c {
            '(' => self.group(depth),
            '<' => self.class(),
            '.' => self.gap(),
            '*' => self.single(Node::Any),
            ',' => self.single(Node::Comma),
            c if is_letter(c) => self.word(),
            c => Err((self.at, Fault::Character(c))),
        }
    }

    fn single(&mut self, node: Node) -> At<Node> {
        self.at += 1;
        Ok(node)
    }

    fn group(&mut self, depth: usize) -> At<Node> {
        let from = self.at;
        self.at += 1;
        let mut out = vec![self.sequence(depth + 1)?];
        while self.take("|") {
            out.push(self.sequence(depth + 1)?);
        }
        if self.take(")") { Ok(Node::OneOf(out)) } else { Err((from, Fault::Unbalanced('('))) }
    }

    fn class(&mut self) -> At<Node> {
        let from = self.at;
        self.at += 1;
        let name = self.letters();
        let form = if self.take(":") { self.form()? } else { Form::Base };
        if self.take(">") { Ok(Node::Class(name, form)) } else { Err((from, Fault::Unbalanced('<'))) }
    }

    fn form(&mut self) -> At<Form> {
        let from = self.at;
        let name = self.letters();
        Form::from_name(&name).ok_or((from, Fault::UnknownForm(name)))
    }

    fn gap(&mut self) -> At<Node> {
        let from = self.at;
        let mut points = 0;
        while self.take(".") {
            points += 1;
        }
        let digits = self.letters();
        match digits.parse::<u8>() {
            Ok(most) if (2..=3).contains(&points) && (1..=WIDEST).contains(&most) => {
                Ok(Node::Gap { most, across: points == 3 })
            }
            _ => Err((from, Fault::Gap(digits))),
        }
    }

    fn word(&mut self) -> At<Node> {
        let word = self.letters();
        if self.take(":") { Ok(Node::Verb(word, self.form()?)) } else { Ok(Node::Word(word)) }
    }

    fn letters(&mut self) -> String {
        let from = self.at;
        while self.peek().is_some_and(is_letter) {
            self.at += 1;
        }
        self.chars[from..self.at].iter().flat_map(|c| c.to_lowercase()).collect()
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '\'' || c == '_'
}

/// What would never be found, or would find everything.
fn check(nodes: Vec<Node>) -> At<Vec<Node>> {
    let inner: Vec<&Node> = nodes.iter().filter(|node| !matches!(node, Node::At(_))).collect();
    if inner.iter().all(|node| may_be_nothing(node)) {
        return Err((0, Fault::Empty));
    }
    // Before the end of a sentence free words do say something.
    if [inner.first().copied(), nodes.last()].into_iter().flatten().any(is_free) {
        return Err((0, Fault::LooseEnd));
    }
    let last = nodes.len() - 1;
    let misplaced = nodes.iter().enumerate().any(|(i, node)| match node {
        Node::At(Place::ClauseStart | Place::SentenceStart) => i != 0,
        Node::At(Place::ClauseEnd | Place::SentenceEnd | Place::Question) => i != last,
        // Inside brackets a place is checked where it is reached.
        Node::Word(_)
        | Node::Verb(..)
        | Node::Class(..)
        | Node::Gap { .. }
        | Node::Any
        | Node::Comma
        | Node::OneOf(_)
        | Node::Maybe(_) => false,
    });
    if misplaced { Err((0, Fault::NeverThere)) } else { Ok(nodes) }
}

fn is_free(node: &Node) -> bool {
    match node {
        Node::Gap { .. } => true,
        Node::Maybe(inner) => is_free(inner),
        Node::OneOf(several) => several.iter().any(|s| s.iter().all(is_free)),
        Node::Any | Node::Word(_) | Node::Verb(..) | Node::Class(..) | Node::Comma | Node::At(_) => false,
    }
}

fn may_be_nothing(node: &Node) -> bool {
    match node {
        Node::Maybe(_) | Node::Gap { .. } | Node::Any | Node::Comma | Node::At(_) => true,
        Node::OneOf(several) => several.iter().any(|s| s.iter().all(may_be_nothing)),
        Node::Word(_) | Node::Verb(..) | Node::Class(..) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        parse(text).expect_err("a faulty pattern was taken").1
    }

    #[test]
    fn a_pattern_is_read() {
        let word = |w: &str| Node::Word(w.to_owned());
        let nodes = parse("^ i see/hear that? ..3 <feeling> send:ing $").unwrap();
        assert_eq!(nodes.len(), 8);
        assert_eq!(nodes[2], Node::OneOf(vec![vec![word("see")], vec![word("hear")]]));
        assert_eq!(nodes[3], Node::Maybe(Box::new(word("that"))));
        assert_eq!(nodes[4], Node::Gap { most: 3, across: false });
        assert_eq!(nodes[6], Node::Verb("send".to_owned(), Form::Progressive));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(fault("i (see"), Fault::Unbalanced('('));
        assert_eq!(fault("i see)"), Fault::Unbalanced(')'));
        assert_eq!(fault("<feeling"), Fault::Unbalanced('<'));
        assert_eq!(fault("that? (a|b)?"), Fault::Empty);
        assert_eq!(fault(""), Fault::Empty);
        assert_eq!(fault("..3 sorry"), Fault::LooseEnd);
        assert_eq!(fault("sorry ^ i"), Fault::NeverThere);
        assert_eq!(fault("send:ed"), Fault::UnknownForm("ed".to_owned()));
        assert_eq!(fault("i ..99 you"), Fault::Gap("99".to_owned()));
        assert_eq!(fault("a & b"), Fault::Character('&'));
        assert_eq!(fault("((((((((a))))))))"), Fault::Deep);
    }
}
