//! Text of others (a customer reference, a program's name) before it is shown:
//! no control characters, nothing that turns the direction of what follows, a
//! bounded length.

/// Longest sentence, characters: a report after a call has a few hundred.
pub(super) const SENTENCE: usize = 1000;

/// A sentence on one line.
pub(super) fn sentence(text: &str) -> String {
    bounded(words(text), SENTENCE)
}

/// Words with one space between, free of what is not text.
pub(super) fn words(text: &str) -> String {
    let text: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_unseen(*c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that are not seen but change how others are: the order of the
/// text, or a word that is not what it looks like.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

/// Text of at most so many characters, with a mark where it was cut.
pub(super) fn bounded(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text,
        Some(_) => {
            let kept: String = text.chars().take(most - 1).collect();
            kept + "…"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_one_line_without_control_characters() {
        assert_eq!(sentence("Let\nthem\u{7} finish\u{1b}[2J\0"), "Let them finish [2J");
    }

    #[test]
    fn text_cannot_turn_the_direction_of_what_follows() {
        assert_eq!(sentence("ref\u{202e}dev.exe\u{2066}"), "refdev.exe");
    }

    #[test]
    fn what_is_too_long_is_cut_with_a_mark() {
        let cut = bounded("ä".repeat(500), 120);
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (120, true));
        assert_eq!(bounded("x".repeat(120), 120).len(), 120);
        assert_eq!(sentence(&"y ".repeat(5000)).chars().count(), SENTENCE);
    }
}
