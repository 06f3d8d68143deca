//! Which words of a text must not be kept. Rather a word too many than a digit
//! that stays: a number of nine digits and more is always taken out.

use std::ops::Range;

use crate::transcript::redact::Kind;
use crate::transcript::redact::pieces::{Piece, PieceKind, is_letter};

/// A number that was asked for lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    /// A security code, a PIN.
    pub(super) code: bool,
    /// A date of birth.
    pub(super) birth: bool,
    /// A telephone number.
    pub(super) phone: bool,
}

/// Words that must go, and what they are.
pub(super) type Span = (Range<usize>, Kind);

/// Digits from which on a number goes whatever it is: the shortest card has
/// 12, the shortest full telephone number about 9.
const ALWAYS: usize = 9;
/// Digits from which on an unbroken number goes: local telephone numbers.
const LIKELY: usize = 7;
/// Digits of a telephone number that was asked for.
const ASKED: usize = 5;
/// Digits of a code that was asked for.
const CODE: Range<usize> = 3..9;

/// What a text says about the numbers that follow.
pub(super) fn context(pieces: &[Piece]) -> Context {
    let text = pieces.iter().map(|piece| piece.word.as_str()).collect::<Vec<_>>().join(" ");
    let any = |phrases: &[&str]| phrases.iter().any(|phrase| contains(&text, phrase));
    Context {
        code: any(&[
            "cvv",
            "cvc",
            "cvv2",
            "security code",
            "security number",
            "pin",
            "pin number",
            "passcode",
            "sort code",
            "three digits",
            "last three",
            "three digit",
            "back of the card",
            "back of your card",
            "verification code",
        ]),
        birth: any(&["date of birth", "birthday", "born", "birth date", "dob", "birth"]),
        phone: any(&[
            "phone",
            "telephone",
            "mobile",
            "cell",
            "landline",
            "phone number",
            "call me",
            "reach me",
            "ring me",
            "reach you",
            "call you",
            "whatsapp",
        ]),
    }
}

fn contains(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, found)| {
        let whole = |c: Option<char>| c.is_none_or(|c| c == ' ' || c == '\'');
        whole(text[..at].chars().next_back()) && whole(text[at + found.len()..].chars().next())
    })
}

/// Everything that must go.
pub(super) fn find(pieces: &[Piece], context: Context) -> Vec<Span> {
    // What is found first names the word.
    let mut out = ibans(pieces);
    out.extend(emails(pieces));
    out.extend(numbers(pieces, context));
    if context.birth {
        out.extend(dates(pieces));
    }
    out
}

/// A number over one or several words.
struct Number {
    words: Range<usize>,
    digits: String,
    /// Words stand in it that are no digits.
    broken: bool,
}

fn numbers(pieces: &[Piece], context: Context) -> Vec<Span> {
    runs(pieces).into_iter().filter_map(|run| judge(&run, context).map(|kind| (run.words, kind))).collect()
}

fn judge(run: &Number, context: Context) -> Option<Kind> {
    let len = run.digits.len();
    if has_card(&run.digits) {
        Some(Kind::Card)
    } else if ALWAYS <= len || (LIKELY <= len && !run.broken) {
        Some(if run.digits.starts_with('0') || context.phone { Kind::Phone } else { Kind::Number })
    } else if context.phone && ASKED <= len {
        Some(Kind::Phone)
    } else {
        (context.code && CODE.contains(&len)).then_some(Kind::Code)
    }
}

/// Words between two digits that do not end a number, at most.
const JOINED: usize = 3;

fn runs(pieces: &[Piece]) -> Vec<Number> {
    let mut out: Vec<Number> = Vec::new();
    let (mut times, mut since) = (1, None);
    for (i, piece) in pieces.iter().enumerate() {
        match &piece.kind {
            PieceKind::Digits(digits) => {
                let from = since.take().unwrap_or(i);
                add(&mut out, from, i, &repeated(digits, times), pieces);
                times = 1;
            }
            PieceKind::Times(n) => {
                times = *n;
                since = Some(i);
            }
            PieceKind::Joint => (),
            PieceKind::Other => (times, since) = (1, None),
        }
    }
    out
}

fn repeated(digits: &str, times: usize) -> String {
    let first = digits.get(..1).unwrap_or_default();
    format!("{}{digits}", first.repeat(times - 1))
}

/// Goes on with the last number, or begins another one.
fn add(out: &mut Vec<Number>, from: usize, at: usize, digits: &str, pieces: &[Piece]) {
    let joins = |last: &Number| {
        let between = last.words.end..from;
        between.len() <= JOINED && pieces[between].iter().all(|piece| piece.kind == PieceKind::Joint)
    };
    match out.last_mut() {
        Some(last) if joins(last) => {
            last.broken |= last.words.end < from;
            // "twenty one" is 21, not 201.
            let tens = last.digits.ends_with('0') && digits.len() == 1 && is_tens(&pieces[at - 1].word);
            if tens {
                last.digits.pop();
            }
            last.digits.push_str(digits);
            last.words.end = at + 1;
        }
        _ => out.push(Number { words: from..at + 1, digits: digits.to_owned(), broken: false }),
    }
}

fn is_tens(word: &str) -> bool {
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"].contains(&word)
}

/// Whether a card number stands in a row of digits.
fn has_card(digits: &str) -> bool {
    (12..=19).any(|len| digits.as_bytes().windows(len).any(|window| window[0] != b'0' && luhn(window)))
}

/// The check of card numbers.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, c)| {
            let digit = u32::from(c - b'0');
            match (i % 2, 2 * digit) {
                (0, _) => digit,
                (_, twice) if 9 < twice => twice - 9,
                (_, twice) => twice,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Words that are never the name in front of an "at".
const NO_NAMES: [&str; 22] = [
    "is", "it's", "its", "it", "address", "email", "mail", "my", "the", "to", "on", "that's", "and", "was",
    "look", "me", "at", "so", "yes", "e-mail", "s", "use",
];
/// Words of a name in front of an "at".
const NAMES: usize = 8;
/// Ends of addresses that are said without a "dot" word: "example.com".
fn is_domain(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(host, end)| {
        !host.is_empty() && (2..=6).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphabetic())
    })
}

fn emails(pieces: &[Piece]) -> Vec<Span> {
    let word = |i: usize| pieces.get(i).map_or("", |piece| piece.word.as_str());
    let mut out = Vec::new();
    for i in 0..pieces.len() {
        if word(i).contains('@') {
            let end = domain_end(pieces, i);
            out.push((name_start(pieces, i, word(i).starts_with('@'))..end.max(i + 1), Kind::Email));
        } else if word(i) == "at" && 0 < i && (is_domain(word(i + 1)) || ends_in_dot(pieces, i + 1)) {
            let end = domain_end(pieces, i + 1);
            out.push((name_start(pieces, i, true)..end, Kind::Email));
        }
    }
    out
}

/// Whether "… dot com" follows within a few words.
fn ends_in_dot(pieces: &[Piece], from: usize) -> bool {
    pieces.iter().skip(from).take(4).position(|piece| piece.word == "dot").is_some_and(|at| 0 < at)
}

/// The word behind the last part of an address.
fn domain_end(pieces: &[Piece], from: usize) -> usize {
    let mut end = from + 1;
    let last = pieces.len().min(from + 10);
    for i in from + 1..last {
        if pieces[i].word == "dot" {
            end = (i + 2).min(pieces.len());
        }
    }
    end.min(pieces.len())
}

/// The first word of the name in front of an "at".
fn name_start(pieces: &[Piece], at: usize, before: bool) -> usize {
    let mut start = at;
    while before && 0 < start && at - start < NAMES && !NO_NAMES.contains(&pieces[start - 1].word.as_str()) {
        start -= 1;
    }
    start
}

/// Account numbers: two letters, two digits, and a checksum.
fn ibans(pieces: &[Piece]) -> Vec<Span> {
    let codes: Vec<Option<String>> = pieces.iter().map(code).collect();
    let mut out: Vec<Span> = Vec::new();
    for from in 0..codes.len() {
        if out.last().is_some_and(|(range, _)| from < range.end) {
            continue;
        }
        let mut text = String::new();
        let mut found = None;
        for (i, part) in codes.iter().enumerate().skip(from) {
            let Some(part) = part else { break };
            text.push_str(part);
            if 34 < text.len() {
                break;
            }
            if is_iban(&text) {
                found = Some(i + 1);
            }
        }
        out.extend(found.map(|end| (from..end, Kind::Iban)));
    }
    out
}

/// A word that may be part of an account number.
fn code(piece: &Piece) -> Option<String> {
    match &piece.kind {
        PieceKind::Digits(digits) => Some(digits.clone()),
        PieceKind::Other => {
            let plain: String = piece.word.chars().filter(char::is_ascii_alphanumeric).collect();
            let fits = is_letter(&plain)
                || plain == "a"
                || plain == "i"
                || (plain.len() == 2 && plain.chars().all(|c| c.is_ascii_alphabetic()))
                || plain.chars().any(|c| c.is_ascii_digit())
                || (plain.len() == 4 && plain.chars().all(|c| c.is_ascii_alphabetic()));
            (fits && !plain.is_empty()).then_some(plain)
        }
        PieceKind::Times(_) | PieceKind::Joint => None,
    }
}

pub(super) fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    let head = 15 <= bytes.len()
        && bytes.len() <= 34
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..4].iter().all(u8::is_ascii_digit);
    head && remainder(&[&bytes[4..], &bytes[..4]].concat()) == 1
}

/// The number that letters and digits stand for, modulo 97.
fn remainder(text: &[u8]) -> u32 {
    text.iter().fold(0, |rest, c| match c {
        b'0'..=b'9' => (rest * 10 + u32::from(c - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter.to_ascii_uppercase() - b'A') + 10) % 97,
    })
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const ORDINALS: [&str; 22] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "thirtieth",
    "thirty-first",
];

/// Every part of a date, once a date of birth was asked for.
fn dates(pieces: &[Piece]) -> Vec<Span> {
    let is_part = |piece: &Piece| {
        let word = piece.word.as_str();
        let written = matches!(&piece.kind, PieceKind::Digits(_));
        let ordinal = ORDINALS.iter().any(|o| word.ends_with(o));
        written || ordinal || MONTHS.contains(&word) || word == "hundred" || word == "thousand"
    };
    let parts: Vec<usize> = (0..pieces.len()).filter(|&i| is_part(&pieces[i])).collect();
    // A single small number is no date: "two things about my date of birth".
    if parts.len() < 2 && !parts.iter().any(|&i| 4 <= pieces[i].word.len() && pieces[i].word.contains('1')) {
        return Vec::new();
    }
    parts.into_iter().map(|i| (i..i + 1, Kind::Birth)).collect()
}
