//! Columns of text that fit a terminal.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const BOLD: Style = Style::new().bold();

/// Between two columns.
const GAP: usize = 2;
/// A column that gives way is never narrower.
const NARROWEST: usize = 6;

/// A column.
pub(super) struct Column {
    pub(super) head: &'static str,
    /// Figures stand at the right.
    pub(super) right: bool,
    /// Names are cut where there is no room for them.
    pub(super) gives_way: bool,
}

/// A column of words of ours.
pub(super) const fn words(head: &'static str) -> Column {
    Column { head, right: false, gives_way: false }
}

/// A column of figures.
pub(super) const fn figures(head: &'static str) -> Column {
    Column { head, right: true, gives_way: false }
}

/// A column of names that others gave.
pub(super) const fn names(head: &'static str) -> Column {
    Column { head, right: false, gives_way: true }
}

/// A table with its head, each row a line.
pub(super) fn table(columns: &[Column], rows: &[Vec<String>], width: usize) -> String {
    let widths = widths(columns, rows, width);
    let heads: Vec<String> = columns.iter().map(|column| column.head.to_owned()).collect();
    let mut text = format!("{BOLD}{}{BOLD:#}\n", line(columns, &heads, &widths));
    for row in rows {
        text += &line(columns, row, &widths);
        text.push('\n');
    }
    text
}

/// As wide as what stands in it; the widest of those that give way is narrowed
/// until all fit.
fn widths(columns: &[Column], rows: &[Vec<String>], width: usize) -> Vec<usize> {
    let widest = |k: usize| rows.iter().filter_map(|row| row.get(k)).map(|cell| cell.width()).max();
    let each = columns.iter().enumerate();
    let mut widths: Vec<usize> = each.map(|(k, c)| widest(k).unwrap_or(0).max(c.head.width())).collect();
    let gaps = GAP * columns.len().saturating_sub(1);
    while width < widths.iter().sum::<usize>() + gaps {
        let wide = |(k, w): &(usize, &usize)| columns[*k].gives_way && NARROWEST < **w;
        let Some((k, _)) = widths.iter().enumerate().filter(wide).max_by_key(|(_, w)| **w) else { break };
        widths[k] -= 1;
    }
    widths
}

fn line(columns: &[Column], cells: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for ((column, cell), width) in columns.iter().zip(cells).zip(widths) {
        let cell = cut(cell, *width);
        let pad = " ".repeat(width - cell.width());
        let gap = if text.is_empty() { "" } else { "  " };
        text += &if column.right { format!("{gap}{pad}{cell}") } else { format!("{gap}{cell}{pad}") };
    }
    text.truncate(text.trim_end().len());
    text
}

/// A text in at most `width` columns; `~` stands for what was cut off.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 1);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if width < used {
            break;
        }
        out.push(c);
    }
    out.push('~');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn names_give_way_and_figures_do_not() {
        let columns = [figures("id"), names("agent"), figures("score")];
        let rows = [vec!["17".into(), "a very long name of an agent".into(), "84".into()]];
        assert_eq!(bare(&table(&columns, &rows, 24)), "id  agent          score\n17  a very long ~     84\n");
        assert_eq!(bare(&table(&columns, &rows, 5)), "id  agent   score\n17  a ver~     84\n");
    }

    #[test]
    fn wide_characters_count_as_two_columns() {
        assert_eq!(cut("日本語の通話", 7), "日本語~");
        assert_eq!(cut("日本語", 6), "日本語");
    }
}
