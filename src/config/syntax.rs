//! TOML as a flat list of sections and values with their places. The parser
//! goes on after a mistake, so that all mistakes of a file are found at once,
//! and nothing is nested, so that no file can exhaust the stack.

use std::borrow::Cow;
use std::ops::Range;

use toml_parser::decoder::ScalarKind;
use toml_parser::lexer::Token;
use toml_parser::parser::{
    Event, EventKind, RecursionGuard, ValidateWhitespace, parse_document, parse_value,
};
use toml_parser::{Expected, ParseError, Source};

use crate::config::value::Raw;

/// Something that a file says.
#[derive(Debug)]
pub(super) enum Item<'a> {
    /// A section begins: `[a.b]`.
    Section {
        name: Vec<Cow<'a, str>>,
        /// Written as `[[a.b]]`, one of a list.
        is_list: bool,
        at: Range<usize>,
        block: usize,
    },
    /// A value, under its full name.
    Value {
        name: Vec<Cow<'a, str>>,
        key_at: Range<usize>,
        value: Raw<'a>,
        at: Range<usize>,
        /// Number of the section header or inline table it stands in: TOML
        /// does not let two of them fill the same section.
        block: usize,
    },
}

/// A place that is not TOML.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) at: usize,
}

/// Lists and inline tables may be nested this deep; no key needs more than one.
const DEEPEST: u32 = 32;

/// Reads a file.
pub(super) fn read(text: &str) -> (Vec<Item<'_>>, Vec<Complaint>) {
    let source = Source::new(text);
    let (events, mut errors) = events(source, parse_document);
    let mut reader = Reader::new(source);
    for event in &events {
        reader.step(event, &mut errors);
    }
    (reader.items, errors.iter().map(complaint).collect())
}

/// Reads a single number, switch or quoted text; none where it is anything else.
pub(super) fn scalar(text: &str) -> Option<Raw<'_>> {
    let source = Source::new(text);
    let (events, mut errors) = events(source, parse_value);
    let [event] = &events[..] else { return None };
    let value = (event.kind() == EventKind::Scalar).then(|| decode(source, event, &mut errors))?;
    errors.is_empty().then_some(value)
}

type Parser = fn(&[Token], &mut dyn toml_parser::parser::EventReceiver, &mut dyn toml_parser::ErrorSink);

fn events(source: Source<'_>, parse: Parser) -> (Vec<Event>, Vec<ParseError>) {
    let (mut events, mut errors) = (Vec::new(), Vec::new());
    let tokens = source.lex().into_vec();
    let mut checked = ValidateWhitespace::new(&mut events, source);
    parse(&tokens, &mut RecursionGuard::new(&mut checked, DEEPEST), &mut errors);
    (events, errors)
}

fn complaint(error: &ParseError) -> Complaint {
    let mut message = error.description().to_owned();
    let wanted: Vec<_> = error.expected().unwrap_or_default().iter().map(in_words).collect();
    if !wanted.is_empty() {
        message.push_str(", expected ");
        message.push_str(&wanted.join(" or "));
    }
    let at = error.unexpected().or_else(|| error.context()).map_or(0, |span| span.start());
    Complaint { message, at }
}

fn in_words(expected: &Expected) -> String {
    match expected {
        Expected::Literal("\n") => "a new line".to_owned(),
        Expected::Literal(literal) => format!("`{}`", literal.escape_debug()),
        Expected::Description(text) => (*text).to_owned(),
        _ => "something else".to_owned(),
    }
}

fn decode<'a>(source: Source<'a>, event: &Event, errors: &mut Vec<ParseError>) -> Raw<'a> {
    let Some(raw) = source.get(event) else { return Raw::Other };
    let mut text = Cow::Borrowed("");
    match raw.decode_scalar(&mut text, errors) {
        ScalarKind::String => Raw::Text(text),
        ScalarKind::Boolean(on) => Raw::Switch(on),
        ScalarKind::DateTime => Raw::Other,
        ScalarKind::Float => text.parse().map_or(Raw::Other, Raw::Float),
        // Beyond 128 bits a number is out of every range all the same.
        ScalarKind::Integer(radix) => i128::from_str_radix(&text, radix.value())
            .map_or_else(|_| Raw::Float(beyond(&text)), Raw::Integer),
    }
}

fn beyond(integer: &str) -> f64 {
    if integer.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }
}

/// Follows the events of a file.
struct Reader<'a> {
    source: Source<'a>,
    items: Vec<Item<'a>>,
    /// The section that is open.
    section: Vec<Cow<'a, str>>,
    /// Where a header began that is not closed yet, and whether it is one of a list.
    header: Option<(usize, bool)>,
    /// The names read since: of the header, or of the value that will follow.
    path: Vec<Cow<'a, str>>,
    key_at: Range<usize>,
    /// Inline tables that are open: length of the path before them, and the
    /// block around them.
    inline: Vec<(usize, usize)>,
    /// Lists that are open, and where the outermost began.
    lists: usize,
    list_at: usize,
    /// What stands in the outermost.
    list: Vec<Raw<'a>>,
    block: usize,
    blocks: usize,
}

impl<'a> Reader<'a> {
    fn new(source: Source<'a>) -> Self {
        Self {
            source,
            items: Vec::new(),
            section: Vec::new(),
            header: None,
            path: Vec::new(),
            key_at: 0..0,
            inline: Vec::new(),
            lists: 0,
            list_at: 0,
            list: Vec::new(),
            block: 0,
            blocks: 0,
        }
    }

    fn step(&mut self, event: &Event, errors: &mut Vec<ParseError>) {
        let at = event.span().start()..event.span().end();
        match event.kind() {
            EventKind::StdTableOpen => self.open_header(at.start, false),
            EventKind::ArrayTableOpen => self.open_header(at.start, true),
            EventKind::StdTableClose | EventKind::ArrayTableClose => self.close_header(at.end),
            EventKind::Newline => self.end_line(at.start),
            EventKind::ArrayOpen => self.open_list(at.start),
            EventKind::ArrayClose => self.close_list(at.end),
            EventKind::InlineTableOpen if self.lists == 0 => self.open_table(),
            EventKind::InlineTableClose if self.lists == 0 => self.close_table(),
            EventKind::SimpleKey if self.lists == 0 => self.name(event, at, errors),
            EventKind::Scalar if self.lists == 0 => {
                let value = decode(self.source, event, errors);
                self.value(value, at);
            }
            EventKind::Scalar if self.lists == 1 => {
                let value = decode(self.source, event, errors);
                self.list.push(value);
            }
            // A table in a list is nobody's value.
            EventKind::InlineTableOpen => self.list.push(Raw::Other),
            // The rest stands in such tables and in lists of lists, or is punctuation.
            EventKind::InlineTableClose
            | EventKind::SimpleKey
            | EventKind::Scalar
            | EventKind::KeySep
            | EventKind::KeyValSep
            | EventKind::ValueSep
            | EventKind::Whitespace
            | EventKind::Comment
            | EventKind::Error => (),
        }
    }

    fn new_block(&mut self) {
        self.blocks += 1;
        self.block = self.blocks;
    }

    fn open_header(&mut self, start: usize, is_list: bool) {
        self.path.clear();
        self.inline.clear();
        self.lists = 0;
        self.list.clear();
        self.header = Some((start, is_list));
    }

    fn close_header(&mut self, end: usize) {
        let Some((start, is_list)) = self.header.take() else { return };
        self.section = std::mem::take(&mut self.path);
        self.new_block();
        let (name, block) = (self.section.clone(), self.block);
        self.items.push(Item::Section { name, is_list, at: start..end, block });
    }

    fn end_line(&mut self, at: usize) {
        // A header without its bracket is a mistake of its own; its keys are not.
        self.close_header(at);
        if self.inline.is_empty() && self.lists == 0 {
            self.path.clear();
        }
    }

    fn open_list(&mut self, start: usize) {
        if self.lists == 0 {
            self.list_at = start;
            self.list.clear();
        } else {
            self.list.push(Raw::Other);
        }
        self.lists += 1;
    }

    fn close_list(&mut self, end: usize) {
        if self.lists == 1 {
            let list = std::mem::take(&mut self.list);
            self.value(Raw::List(list), self.list_at..end);
        }
        self.lists = self.lists.saturating_sub(1);
    }

    fn open_table(&mut self) {
        self.inline.push((self.path.len(), self.block));
        self.new_block();
    }

    fn close_table(&mut self) {
        if let Some((_, around)) = self.inline.pop() {
            self.block = around;
            self.path.truncate(self.base());
        }
    }

    fn base(&self) -> usize {
        self.inline.last().map_or(0, |(length, _)| *length)
    }

    fn name(&mut self, event: &Event, at: Range<usize>, errors: &mut Vec<ParseError>) {
        let Some(raw) = self.source.get(event) else { return };
        let mut name = Cow::Borrowed("");
        raw.decode_key(&mut name, errors);
        let start = if self.path.len() == self.base() { at.start } else { self.key_at.start };
        self.key_at = start..at.end;
        self.path.push(name);
    }

    fn value(&mut self, value: Raw<'a>, at: Range<usize>) {
        let base = self.base();
        if base < self.path.len() {
            let name = self.section.iter().chain(&self.path).cloned().collect();
            let (key_at, block) = (self.key_at.clone(), self.block);
            self.items.push(Item::Value { name, key_at, value, at, block });
        }
        self.path.truncate(base);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items of a file in one line each, and the number of complaints.
    fn listed(text: &str) -> (Vec<String>, usize) {
        let (items, complaints) = read(text);
        let line = |item: &Item<'_>| match item {
            Item::Section { name, block, .. } => format!("{block} [{}]", name.join(".")),
            Item::Value { name, value, block, .. } => format!("{block} {} {value:?}", name.join(".")),
        };
        (items.iter().map(line).collect(), complaints.len())
    }

    #[test]
    fn all_forms_of_a_value_have_the_same_full_name() {
        let forms = ["a.b = 1", "[a]\nb = 1", "a = { b = 1 }", "a = {\n  b = 1,\n}\n", "\"a\" . 'b' = 0x1"];
        for text in forms {
            let (items, complaints) = listed(text);
            assert_eq!(complaints, 0, "{text}");
            assert!(items.last().is_some_and(|item| item.ends_with("a.b Integer(1)")), "{text}: {items:?}");
        }
    }

    #[test]
    fn what_stands_in_a_list_is_one_value() {
        let (items, _) = listed("a = [1, { b = 2 }, [3]]\nc = true");
        assert_eq!(items, ["0 a List([Integer(1), Other, Integer(2), Other])", "0 c Switch(true)"]);
    }

    #[test]
    fn reading_goes_on_after_a_mistake() {
        let (items, complaints) = listed("a = \nb c\n[d\ne = 1\nf = 1,5\ng = \"x\n[h]\ni = 2");
        assert_eq!(complaints, 5);
        for found in ["1 [d]", "1 d.e Integer(1)", "2 [h]", "2 h.i Integer(2)"] {
            assert!(items.iter().any(|item| item == found), "{found} in {items:?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        for text in ["[".repeat(9000), "a=".to_owned() + &"[".repeat(9000), "{a=".repeat(9000)] {
            assert!(!read(&text).1.is_empty());
        }
        let long = "a.".repeat(50_000) + "a = 1";
        assert_eq!(read(&long).0.len(), 1);
    }

    #[test]
    fn a_single_value_is_nothing_but_a_value() {
        assert_eq!(scalar("0.5"), Some(Raw::Float(0.5)));
        assert_eq!(scalar("'a b'"), Some(Raw::Text("a b".into())));
        for text in ["", "a b", "[1]", "1 # x", "1\n2", "left"] {
            assert_eq!(scalar(text), None, "{text:?}");
        }
    }
}
