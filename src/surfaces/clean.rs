//! Text of others (a customer reference, a program's name) before it is shown:
//! no control characters, nothing that turns the direction of what follows, a
//! bounded length, and escaped where markup is read.

/// Longest title, characters: what a desktop shows on one line, and more.
const TITLE: usize = 120;

/// Longest body, characters: a report after a call has a few hundred.
const BODY: usize = 1000;

/// One line of text.
pub(super) fn line(text: &str) -> String {
    bounded(words(text), TITLE)
}

/// A sentence, still one line.
pub(super) fn sentence(text: &str) -> String {
    bounded(words(text), BODY)
}

/// Several lines of text. Lines are kept, whichever way they were broken.
pub(super) fn body(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    let lines: Vec<String> = text.split('\n').map(words).collect();
    bounded(lines.join("\n").trim_matches('\n').to_owned(), BODY)
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

/// Words with one space between, free of what is not text.
fn words(text: &str) -> String {
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

fn bounded(text: String, most: usize) -> String {
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
    fn markup_is_shown_as_it_was_written() {
        assert_eq!(escape("<b>&\"'"), "&lt;b&gt;&amp;\"'");
        assert_eq!(escape("&lt;"), "&amp;lt;");
    }

    #[test]
    fn a_title_is_one_line_without_control_characters() {
        assert_eq!(line("Let\nthem\u{7} finish\u{1b}[2J\0"), "Let them finish [2J");
    }

    #[test]
    fn text_cannot_turn_the_direction_of_what_follows() {
        assert_eq!(line("ref\u{202e}dev.exe\u{2066}"), "refdev.exe");
    }

    #[test]
    fn a_body_keeps_its_lines_however_they_were_broken() {
        assert_eq!(body("one\r\ntwo\rthree\u{2028}four\n\n"), "one\ntwo\nthree\nfour");
        assert_eq!(body("a\tb\u{8}"), "a b");
    }

    #[test]
    fn what_is_too_long_is_cut_with_a_mark() {
        let cut = line(&"ä".repeat(500));
        assert_eq!(cut.chars().count(), TITLE);
        assert!(cut.ends_with('…'));
        assert_eq!(line(&"x".repeat(TITLE)).len(), TITLE);
        assert_eq!(body(&"y ".repeat(5000)).chars().count(), BODY);
    }
}
