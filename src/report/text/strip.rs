//! The timeline in characters: one column is a stretch of the call, its height
//! the share of it that somebody spoke.

use anstyle::Style;

use crate::core::event::{Class, Kind};
use crate::core::units::{Channel, SampleTime};
use crate::report::analysis::{Analysis, Span};
use crate::report::text::{BOLD, CYAN, DIM, GREEN, Look, RED, YELLOW, clock, paint};

/// Columns left of the strip.
const MARGIN: usize = 10;
/// A column is at most this many seconds, until there are too many strips.
const FINE: f64 = 3.0;
/// Strips of a report.
const STRIPS: usize = 6;

const BLOCKS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII: [&str; 9] = [" ", ".", ".", ":", ":", "=", "=", "#", "#"];

/// One character and how it is painted.
type Cell = (String, Style);

/// Where the columns lie.
#[derive(Clone, Copy)]
struct Grid {
    /// Seconds of a column.
    step: f64,
    columns: usize,
    strips: usize,
}

impl Grid {
    fn of(seconds: f64, width: usize) -> Self {
        let room = width.saturating_sub(MARGIN + 1).max(20);
        let fine = (seconds / FINE).ceil().max(1.0) as usize;
        let strips = fine.div_ceil(room).clamp(1, STRIPS);
        // The shorter the call the finer its columns, down to half a second.
        let step = (seconds / (strips * room) as f64).max(0.5);
        let columns = ((seconds / step).ceil() as usize).div_ceil(strips).max(1);
        Self { step, columns, strips }
    }

    fn column(&self, at: SampleTime) -> usize {
        ((at.seconds() / self.step) as usize).min(self.columns * self.strips - 1)
    }
}

/// The lines of the timeline.
pub(super) fn lines(a: &Analysis, look: &Look) -> Vec<String> {
    let grid = Grid::of(a.summary.duration.seconds(), look.width);
    let rows = rows(a, look, grid);
    let mut lines = Vec::new();
    for strip in 0..grid.strips {
        lines.push(scale(a, grid, strip));
        let part = strip * grid.columns..(strip + 1) * grid.columns;
        let always = ["Agent", "Customer"];
        for (name, cells) in &rows {
            let shown = &cells[part.clone()];
            if always.contains(name) || shown.iter().any(|(c, _)| c != " ") {
                lines.push(format!("{:<MARGIN$}{}", name, draw(shown)));
            }
        }
        if strip + 1 < grid.strips {
            lines.push(String::new());
        }
    }
    lines.push(legend(a, look));
    lines
}

fn rows(a: &Analysis, look: &Look, grid: Grid) -> Vec<(&'static str, Vec<Cell>)> {
    vec![
        ("Agent", speech(&a.spurts[Channel::Agent], look, grid, BOLD)),
        (
            "  raised",
            marked(a.raised.iter().map(|r| r.span), if look.unicode { "▲" } else { "^" }, RED, grid),
        ),
        ("  fast", marked(a.fast.iter().map(|f| f.span), if look.unicode { "»" } else { ">" }, YELLOW, grid)),
        ("  over", overlaps(a, grid)),
        ("Customer", speech(&a.spurts[Channel::Customer], look, grid, CYAN)),
        ("Nudges", nudges(a, grid)),
    ]
}

fn empty(grid: Grid) -> Vec<Cell> {
    vec![(" ".to_owned(), Style::new()); grid.columns * grid.strips]
}

fn speech(spurts: &[Span], look: &Look, grid: Grid, style: Style) -> Vec<Cell> {
    let mut shares = vec![0.0f64; grid.columns * grid.strips];
    for spurt in spurts {
        let (from, to) = (spurt.from.seconds() / grid.step, spurt.to.seconds() / grid.step);
        for column in from as usize..=(to as usize).min(shares.len() - 1) {
            let (left, right) = (column as f64, column as f64 + 1.0);
            shares[column] += (to.min(right) - from.max(left)).max(0.0);
        }
    }
    let glyphs = if look.unicode { BLOCKS } else { ASCII };
    let glyph = |share: f64| glyphs[((share * 8.0).round() as usize).min(8).max(usize::from(0.03 < share))];
    shares.into_iter().map(|share| (glyph(share).to_owned(), style)).collect()
}

fn marked(spans: impl Iterator<Item = Span>, mark: &str, style: Style, grid: Grid) -> Vec<Cell> {
    let mut cells = empty(grid);
    for span in spans {
        for cell in &mut cells[grid.column(span.from)..=grid.column(span.to)] {
            *cell = (mark.to_owned(), style);
        }
    }
    cells
}

/// Interruptions by the agent in capitals, by the customer in small letters.
fn overlaps(a: &Analysis, grid: Grid) -> Vec<Cell> {
    let mut cells = empty(grid);
    // The weightier one is drawn last, over the others in its column.
    for pass in [false, true] {
        for judged in a.overlaps.iter().filter(|j| j.reliability.is_reliable()) {
            let o = &judged.overlap;
            let (mark, style) = match (o.class, o.by) {
                (Class::CutOff, Channel::Agent) => ("C", RED.bold()),
                (Class::TalkOver, Channel::Agent) => ("T", RED.bold()),
                (Class::CutOff, Channel::Customer) => ("c", DIM),
                (Class::TalkOver, Channel::Customer) => ("t", DIM),
                (Class::Backchannel, Channel::Agent) => ("m", GREEN),
                (Class::Backchannel, Channel::Customer) => ("m", DIM),
                (Class::PauseBargeIn | Class::EarlyStart | Class::SimultaneousStart, _) => continue,
            };
            if o.class.is_interruption() == pass {
                cells[grid.column(o.at)] = (mark.to_owned(), style);
            }
        }
    }
    cells
}

fn nudges(a: &Analysis, grid: Grid) -> Vec<Cell> {
    let mut cells = empty(grid);
    for (k, nudge) in a.nudges.iter().enumerate() {
        let at = grid.column(nudge.decision.at);
        let style = match nudge.decision.kind {
            Kind::Positive => GREEN,
            Kind::Capture => YELLOW,
            _ => CYAN,
        };
        let number = (k + 1).to_string();
        let fits = at + number.len() <= cells.len();
        for (cell, digit) in cells[at..].iter_mut().zip(number.chars().filter(|_| fits)) {
            *cell = (digit.to_string(), style.bold());
        }
    }
    cells
}

/// Neighbours in the same style share one escape sequence.
fn draw(cells: &[Cell]) -> String {
    let mut out = String::new();
    let mut rest = cells;
    while let Some((_, style)) = rest.first() {
        let same = rest.iter().take_while(|(_, s)| s == style).count();
        let text: String = rest[..same].iter().map(|(c, _)| c.as_str()).collect();
        if text.trim().is_empty() {
            out.push_str(&text);
        } else {
            out.push_str(&paint(*style, text));
        }
        rest = &rest[same..];
    }
    out.trim_end().to_owned()
}

/// Clock times over a strip, about every fifteen columns.
fn scale(a: &Analysis, grid: Grid, strip: usize) -> String {
    let start = strip as f64 * grid.columns as f64 * grid.step;
    let every = nice(grid.step * 12.0);
    let offset = a.origin.offset.seconds();
    let mut line = " ".repeat(MARGIN);
    let mut tick = (start / every).ceil() * every;
    while tick < start + grid.columns as f64 * grid.step {
        let column = MARGIN + ((tick - start) / grid.step).round() as usize;
        let label = clock(tick + offset);
        if line.len() <= column && column + label.len() <= MARGIN + grid.columns {
            line.push_str(&" ".repeat(column - line.len()));
            line.push_str(&label);
            line.push(' ');
        }
        tick += every;
    }
    paint(DIM, line.trim_end())
}

/// A round number of seconds, no smaller than `least`.
fn nice(least: f64) -> f64 {
    const STEPS: [f64; 11] = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];
    STEPS.into_iter().find(|s| least <= *s).unwrap_or(3600.0)
}

fn legend(a: &Analysis, look: &Look) -> String {
    let mut parts = vec!["C cut-off, T talk-over (small: by the customer)", "m listening token"];
    if !a.raised.is_empty() {
        parts.push(if look.unicode { "▲ raised voice" } else { "^ raised voice" });
    }
    if !a.fast.is_empty() {
        parts.push(if look.unicode { "» fast" } else { "> fast" });
    }
    let any = a.overlaps.iter().any(|j| j.reliability.is_reliable());
    if !any {
        parts.drain(..2);
    }
    let text = parts.join("  ");
    // Without its margin where it would not fit.
    let margin = if look.width < MARGIN + text.chars().count() { 0 } else { MARGIN };
    if parts.is_empty() { String::new() } else { paint(DIM, format!("{:margin$}{text}", "")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_call_is_one_fine_strip_and_a_long_one_several() {
        let short = Grid::of(148.0, 100);
        assert!(short.strips == 1 && short.columns <= 89 && 60 < short.columns);
        let long = Grid::of(4.0 * 3600.0, 100);
        assert!(long.strips == STRIPS && long.columns <= 89);
        assert!(14_400.0 <= long.step * (long.columns * long.strips) as f64 + 1e-6);
    }

    #[test]
    fn no_moment_lies_outside_the_grid() {
        for seconds in [0.0, 0.3, 59.9, 1000.0, 86_400.0] {
            let grid = Grid::of(seconds, 80);
            assert!(grid.column(SampleTime::from_seconds(seconds)) < grid.columns * grid.strips);
        }
    }

    #[test]
    fn speech_that_fills_a_column_stands_full_height() {
        let look = Look { width: 80, unicode: true, score_name: "Calmness".into() };
        let grid = Grid { step: 1.0, columns: 6, strips: 1 };
        let span = |from, to| Span { from: SampleTime::from_seconds(from), to: SampleTime::from_seconds(to) };
        let cells = speech(&[span(1.0, 2.0), span(3.5, 4.0), span(5.0, 5.05)], &look, grid, BOLD);
        assert_eq!(cells.iter().map(|(c, _)| c.as_str()).collect::<String>(), " █ ▄ ▁");
    }
}
