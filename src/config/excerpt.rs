//! A line of a file with a mark under the place in question.

use std::fmt;

use unicode_width::UnicodeWidthChar;

/// Columns of a long line that are shown.
const WIDTH: usize = 68;

/// A line and the place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    line: usize,
    text: String,
    /// Terminal columns before the mark.
    before: usize,
}

impl Excerpt {
    /// Line number `line` reads `text`; `column` counts its characters from 1
    /// and may lie one behind the last.
    pub(super) fn new(line: usize, text: &str, column: usize) -> Self {
        let at = column.saturating_sub(1);
        // A long line is cut so that the place stays in view.
        let skipped = if at < WIDTH { 0 } else { at - WIDTH / 2 };
        let cut = if 0 < skipped { "…" } else { "" };
        let shown = |from: usize, to: usize| -> String {
            text.chars().skip(from).take(to.saturating_sub(from)).map(plain).collect()
        };
        let before = width(cut) + width(&shown(skipped, at));
        let mut line_shown = format!("{cut}{}", shown(skipped, skipped + WIDTH));
        if text.chars().nth(skipped + WIDTH).is_some() {
            line_shown.push('…');
        }
        Self { line, text: line_shown, before }
    }
}

/// One column for what has none of its own: tabs, control characters, marks.
fn plain(c: char) -> char {
    match c.width() {
        Some(0) | None if c == '\t' => ' ',
        Some(0) | None => '\u{fffd}',
        Some(_) => c,
    }
}

fn width(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let margin = format!("{:>4}", self.line);
        writeln!(f, "{margin} | {}", self.text)?;
        write!(f, "{:>4} | {:>2$}", "", "^", self.before + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, column: usize) -> String {
        Excerpt::new(7, text, column).to_string()
    }

    #[test]
    fn the_mark_stands_under_the_place() {
        assert_eq!(shown("a = ?", 5), "   7 | a = ?\n     |     ^");
        assert_eq!(shown("", 1), "   7 | \n     | ^");
    }

    #[test]
    fn wide_characters_and_tabs_do_not_move_it() {
        assert_eq!(shown("\tx", 2), "   7 |  x\n     |  ^");
        assert_eq!(shown("界x", 2), "   7 | 界x\n     |   ^");
    }

    #[test]
    fn a_long_line_is_cut_around_it() {
        let long = "x".repeat(500);
        let (line, mark) = (shown(&long, 300), 34 + 1);
        let [text, caret] = line.lines().collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(text.starts_with("   7 | …x") && text.ends_with("x…"), "{text}");
        assert_eq!(caret.chars().count(), "   7 | ".len() + mark + 1);
    }

    #[test]
    fn nothing_in_it_moves_the_cursor() {
        assert_eq!(shown("a\u{1b}[2Jb", 1), "   7 | a\u{fffd}[2Jb\n     | ^");
    }
}
