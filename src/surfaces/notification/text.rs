//! The texts of a card as a notification takes them.

use crate::surfaces::clean::{SENTENCE, bounded, words};

/// Longest title, characters: what a desktop shows on one line, and more.
const TITLE: usize = 120;

/// One line of text.
pub(super) fn line(text: &str) -> String {
    bounded(words(text), TITLE)
}

/// Several lines of text. Lines are kept, whichever way they were broken.
pub(super) fn body(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    let lines: Vec<String> = text.split('\n').map(words).collect();
    bounded(lines.join("\n").trim_matches('\n').to_owned(), SENTENCE)
}

/// Escapes for the markup of notifications. Quotes need none in text, and some
/// desktops show `&#39;` as it stands.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_as_it_was_written() {
        assert_eq!(escape("<b>&\"'"), "&lt;b&gt;&amp;\"'");
        assert_eq!(escape("&lt;"), "&amp;lt;");
    }

    #[test]
    fn a_body_keeps_its_lines_however_they_were_broken() {
        assert_eq!(body("one\r\ntwo\rthree\u{2028}four\n\n"), "one\ntwo\nthree\nfour");
        assert_eq!(body("a\tb\u{8}"), "a b");
    }

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(line("a <i>\nb"), "a <i> b");
        assert_eq!(line(&"ä".repeat(500)).chars().count(), TITLE);
    }
}
