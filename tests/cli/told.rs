//! Comparing event logs of different processors: arithmetic may differ in its
//! last bits, so words and order must agree, times and numbers nearly.

/// Times may lie this far apart, s.
const TIME: f64 = 0.02;
/// Numbers may differ by this share of the larger one ...
const SHARE: f64 = 0.02;
/// ... or by this much, whatever is more.
const AMOUNT: f64 = 0.2;

/// A piece of a line.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    /// A clock time, s.
    Time(f64),
    Number(f64),
    Words(&'a str),
}

/// The first line in which two logs differ by more than processors do.
pub(crate) fn difference(expected: &str, got: &str) -> Option<String> {
    let (mut expected, mut got) = (expected.lines(), got.lines());
    for line in 1.. {
        match (expected.next(), got.next()) {
            (None, None) => return None,
            (Some(one), Some(other)) if agree(one, other) => (),
            (one, other) => {
                let (one, other) = (one.unwrap_or("(the end)"), other.unwrap_or("(the end)"));
                return Some(format!("line {line}\n  expected: {one}\n       got: {other}"));
            }
        }
    }
    None
}

fn agree(expected: &str, got: &str) -> bool {
    let (expected, got) = (pieces(expected), pieces(got));
    expected.len() == got.len() && expected.iter().zip(&got).all(|(one, other)| near(one, other))
}

fn near(one: &Piece<'_>, other: &Piece<'_>) -> bool {
    match (one, other) {
        (Piece::Time(one), Piece::Time(other)) => (one - other).abs() <= TIME + 1e-9,
        (Piece::Number(one), Piece::Number(other)) => {
            (one - other).abs() <= AMOUNT.max(SHARE * one.max(*other)) + 1e-9
        }
        (one, other) => one == other,
    }
}

fn pieces(line: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), line);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (words, tail) = rest.split_at(start);
        let end = tail.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(tail.len());
        let figure = tail[..end].trim_end_matches(['.', ':']);
        pieces.push(Piece::Words(words));
        pieces.push(value(figure));
        rest = &tail[figure.len()..];
    }
    pieces.push(Piece::Words(rest));
    pieces
}

fn value(figure: &str) -> Piece<'_> {
    let parts: Option<Vec<f64>> = figure.split(':').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some([number]) => Piece::Number(*number),
        Some(parts) => Piece::Time(parts.iter().fold(0.0, |sum, part| sum * 60.0 + part)),
        None => Piece::Words(figure),
    }
}

#[test]
fn logs_agree_within_what_processors_differ_by() {
    let log = "00:59.990 Agent speaks\n01:14.890 Agent's voice rises, +4.7 dB (since 01:00.000).\n";
    for (from, to) in
        [("00:59.990", "01:00.010"), ("4.7", "4.9"), ("01:00.000", "00:59.980"), ("01:14.890", "01:14.870")]
    {
        assert_eq!(difference(log, &log.replace(from, to)), None, "{from} to {to}");
    }
}

#[test]
fn other_words_times_numbers_or_lines_do_not_agree() {
    let log = "00:59.990 Agent speaks\n01:14.890 Agent's voice rises, +4.7 dB\n";
    for (from, to) in
        [("00:59.990", "01:00.011"), ("4.7", "4.95"), ("+4.7", "-4.7"), ("speaks", "stops"), ("4.7 dB\n", "")]
    {
        assert!(difference(log, &log.replace(from, to)).is_some(), "{from} to {to}");
    }
    let told = difference(log, &(log.to_owned() + "01:20.000 Agent stops\n")).unwrap();
    assert_eq!(told, "line 3\n  expected: (the end)\n       got: 01:20.000 Agent stops");
}
