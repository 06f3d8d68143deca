//! Words as a redactor sees them: digits, letters, what joins them, and words
//! that say what a number is. English digit words; written digits work in
//! every language.

/// One written word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// In lower case, without the punctuation around it.
    pub(super) word: String,
    /// What it is part of.
    pub(super) kind: PieceKind,
}

/// What a word may be part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Digits, said or written.
    Digits(String),
    /// "double": the next digit so many times.
    Times(usize),
    /// A word between digits that does not end a number.
    Joint,
    /// Anything else.
    Other,
}

const DIGITS: [(&str, &str); 33] = [
    ("zero", "0"),
    ("oh", "0"),
    ("o", "0"),
    ("nought", "0"),
    ("naught", "0"),
    ("nil", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
];

/// Between digits: hesitation, a pause in words, and what digits are misheard as.
const JOINTS: [&str; 27] = [
    "um", "uh", "er", "erm", "and", "then", "dash", "hyphen", "space", "slash", "to", "too", "for", "won",
    "ate", "plus", "so", "that's", "its", "it's", "comma", "stroke", "okay", "yes", "fore", "tree", "sex",
];

/// A written word as a piece.
pub(super) fn piece(written: &str) -> Piece {
    let word = written.trim_matches(|c: char| !(c.is_alphanumeric() || c == '+' || c == '@')).to_lowercase();
    let kind = kind(&word);
    Piece { word, kind }
}

fn kind(word: &str) -> PieceKind {
    match word {
        "" => PieceKind::Joint,
        "double" => PieceKind::Times(2),
        "triple" | "treble" => PieceKind::Times(3),
        "quadruple" => PieceKind::Times(4),
        other => digits(other).map_or_else(|| joint(other), PieceKind::Digits),
    }
}

fn joint(word: &str) -> PieceKind {
    if JOINTS.contains(&word) { PieceKind::Joint } else { PieceKind::Other }
}

/// The digits of a word: "four", "4111-1111", "one-two"; none where it holds anything else.
fn digits(word: &str) -> Option<String> {
    let mut out = String::new();
    for part in
        word.split(['-', '.', ',', '/', '(', ')', '+', '\u{2013}', '\u{2014}']).filter(|p| !p.is_empty())
    {
        let spelled = DIGITS.iter().find(|(name, _)| *name == part).map(|(_, digits)| *digits);
        let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| part.strip_suffix(end));
        let written = ordinal.unwrap_or(part);
        match spelled {
            Some(digits) => out.push_str(digits),
            None if !written.is_empty() && written.chars().all(|c| c.is_ascii_digit()) => {
                out.push_str(written);
            }
            None => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Whether more of a number or address may follow a text that ends here.
pub(super) fn is_open(last: &[Piece]) -> bool {
    let Some(end) = last.last() else { return false };
    match &end.kind {
        PieceKind::Digits(_) | PieceKind::Times(_) => true,
        PieceKind::Joint => 1 < last.len() && matches!(last[last.len() - 2].kind, PieceKind::Digits(_)),
        PieceKind::Other => ["at", "dot", "underscore"].contains(&end.word.as_str()) || is_letter(&end.word),
    }
}

/// A letter that is spelled out; "a" and "i" are words.
pub(super) fn is_letter(word: &str) -> bool {
    word.chars().count() == 1 && word.chars().all(char::is_alphabetic) && word != "a" && word != "i"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_said_and_as_written() {
        for (word, wanted) in [
            ("four", "4"),
            ("Oh,", "0"),
            ("4111-1111", "41111111"),
            ("(0770)", "0770"),
            ("one-two", "12"),
            ("3rd", "3"),
        ] {
            assert_eq!(piece(word).kind, PieceKind::Digits(wanted.to_owned()), "{word}");
        }
        assert_eq!(piece("Double").kind, PieceKind::Times(2));
        assert_eq!(piece("A4x").kind, PieceKind::Other);
    }

    #[test]
    fn a_text_that_ends_in_a_number_is_open() {
        let open = |text: &str| is_open(&text.split(' ').map(piece).collect::<Vec<_>>());
        assert!(open("it is four one") && open("oh double") && open("eric at") && open("four one um"));
        assert!(!open("that is all") && !open("um") && !open(""));
    }
}
