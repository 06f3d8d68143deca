//! The view on a terminal of any size. What does not fit is left out from the bottom
//! up: what was said first, then what was shown before. Forms say the same as colours.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line as Row, Span};
use ratatui::widgets::{Paragraph, Widget, Wrap};
use unicode_width::UnicodeWidthStr;

use super::view::{Line, Nudge, View};
use crate::app::plain::plain;
use crate::core::units::{Channel, Sides};
use crate::surfaces::light::Light;
use crate::surfaces::terminal::Tone;

/// Less room than this shows nothing that could be read.
const LEAST: (u16, u16) = (40, 8);
/// Columns of what stands before each row.
const NAME: u16 = 10;
/// Columns of the figure behind a gauge.
const FIGURE: u16 = 9;
/// Longest gauge: a longer one is no easier to read.
const GAUGE: u16 = 60;
/// Lines of nudges and news.
const PAST: u16 = 4;

/// A gauge reaches so far to both sides of normal: pace, and dB.
const PACE: f32 = 0.6;
const RISE: f32 = 12.0;

/// An eighth of a second each.
const EIGHTHS: [&str; 9] = ["·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const GOOD: Color = Color::Green;
const ODD: Color = Color::Yellow;
const CHANGE: Color = Color::Cyan;
const AGENT: Color = Color::Cyan;
const CUSTOMER: Color = Color::Magenta;

/// Draws all of it.
pub(super) fn draw(view: &View, frame: &mut Frame<'_>) {
    let (area, buffer) = (frame.area(), frame.buffer_mut());
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let told = format!("This needs {} columns and {} lines.", LEAST.0, LEAST.1);
        return Paragraph::new(told).wrap(Wrap { trim: true }).render(area, buffer);
    }
    let mut page = Page { left: area, buffer };
    let foot = page.take_last();
    page.buffer.set_stringn(foot.x, foot.y, &view.keys, foot.width.into(), DIM);
    page.head(view);
    page.gap(18);
    page.lanes(view);
    page.gap(14);
    page.gauges(view);
    page.gap(12);
    page.nudge(view);
    page.past(view);
    page.said(view);
}

/// The room that is left, from the top.
struct Page<'a> {
    left: Rect,
    buffer: &'a mut Buffer,
}

impl Page<'_> {
    fn take(&mut self) -> Option<Rect> {
        let row = Rect { height: 1, ..self.left };
        self.left.height = self.left.height.checked_sub(1)?;
        self.left.y += 1;
        Some(row)
    }

    fn take_last(&mut self) -> Rect {
        self.left.height -= 1;
        Rect { y: self.left.y + self.left.height, height: 1, ..self.left }
    }

    /// An empty line, where at least so many are left.
    fn gap(&mut self, least: u16) {
        if least <= self.left.height {
            let _ = self.take();
        }
    }

    fn row<'b>(&mut self, row: impl Into<Row<'b>>) {
        if let Some(area) = self.take() {
            self.buffer.set_line(area.x, area.y, &row.into(), area.width);
        }
    }

    fn head(&mut self, view: &View) {
        let Some(area) = self.take() else { return };
        let score = score(view);
        let width = score.width() as u16;
        let room = area.width.saturating_sub(width + 1);
        self.buffer.set_line(area.x, area.y, &title(view), room);
        self.buffer.set_line(area.right() - width.min(area.width), area.y, &score, width);
    }

    fn lanes(&mut self, view: &View) {
        for who in [Channel::Agent, Channel::Customer] {
            let Some(area) = self.take() else { return };
            let (name, colour) = match who {
                Channel::Agent => ("agent", AGENT),
                Channel::Customer => ("customer", CUSTOMER),
            };
            self.buffer.set_stringn(area.x, area.y, name, NAME.into(), Style::new().fg(colour));
            let lane = Rect { x: area.x + NAME, width: area.width - NAME, ..area };
            match &view.trouble[who] {
                Some(why) => {
                    self.buffer.set_stringn(lane.x, lane.y, why, lane.width.into(), Style::new().fg(ODD));
                }
                None => self.lane(view, who, lane),
            }
        }
        self.row(Row::styled(axis(view.now.at_s as usize, self.left.width.into()), DIM));
    }

    /// The newest second stands at the right.
    fn lane(&mut self, view: &View, who: Channel, area: Rect) {
        let seconds = view.lanes.iter().rev().take(area.width.into());
        for (second, x) in seconds.zip((area.left()..area.right()).rev()) {
            let (sign, style) = cell(second, who);
            self.buffer.set_string(x, area.y, sign, style);
        }
    }

    fn gauges(&mut self, view: &View) {
        let pace = view.now.pace.map(|pace| (pace - 1.0, format!("{:.0} %", pace * 100.0)));
        self.gauge("pace", pace, PACE, view.bands.pace);
        let level = view.now.rise.map(|rise| (rise, format!("{rise:+.1} dB")));
        self.gauge("level", level, RISE, view.bands.rise);
    }

    /// How far something is from normal, which is in the middle.
    fn gauge(&mut self, name: &str, value: Option<(f32, String)>, reach: f32, band: f32) {
        let Some(area) = self.take() else { return };
        let track = Rect { x: area.x + NAME, width: (area.width - NAME - FIGURE).min(GAUGE), ..area };
        self.buffer.set_stringn(area.x, area.y, name, NAME.into(), Style::new());
        let place = |of: f32| -> u16 {
            let share = ((of / reach).clamp(-1.0, 1.0) + 1.0) / 2.0;
            track.x + (share * f32::from(track.width - 1)).round() as u16
        };
        let (from, to) = (place(-band), place(band));
        for x in track.left()..track.right() {
            let inside = (from..=to).contains(&x);
            let (sign, style) = if inside { ("━", Style::new().fg(GOOD)) } else { ("─", DIM) };
            self.buffer.set_string(x, area.y, sign, style);
        }
        let (figure, style) = match value {
            Some((of, figure)) => {
                let beyond = band < of;
                let style = BOLD.fg(if beyond { ODD } else { GOOD });
                self.buffer.set_string(place(of), area.y, if beyond { "▲" } else { "●" }, style);
                (figure, style)
            }
            None => ("–".to_owned(), DIM),
        };
        self.buffer.set_string(track.right() + 1, area.y, format!("{figure:>8}"), style);
    }

    /// In two lines, so that nothing moves when it comes and goes.
    fn nudge(&mut self, view: &View) {
        let Some(Nudge { text, detail, tone, .. }) = &view.nudge else {
            self.row(Row::default());
            return self.row(Row::default());
        };
        let text = format!("  {}  ", plain(text));
        self.row(Row::styled(text, BOLD.fg(colour(*tone)).add_modifier(Modifier::REVERSED)));
        self.row(Row::from(format!("  {}", plain(detail))));
    }

    fn past(&mut self, view: &View) {
        let room = PAST.min(self.left.height.saturating_sub(1));
        self.gap(6);
        let skip = view.past.len().saturating_sub(room.into());
        for line in view.past.iter().skip(skip) {
            self.row(match line {
                Line::Nudge(nudge) => Row::from(vec![
                    Span::styled(format!("{:<NAME$}", clock(nudge.at_s), NAME = NAME.into()), DIM),
                    Span::styled(plain(&nudge.text), Style::new().fg(colour(nudge.tone))),
                    Span::styled(format!("  {}", plain(&nudge.detail)), DIM),
                ]),
                Line::News(text) => Row::styled(format!("{:10}{}", "", plain(text)), DIM),
            });
        }
        let none = usize::from(room).saturating_sub(view.past.len());
        (0..none).for_each(|_| self.row(Row::default()));
    }

    /// The newest words last, each utterance in as many lines as it needs.
    fn said(&mut self, view: &View) {
        self.gap(4);
        let width = usize::from(self.left.width - NAME).max(1);
        let mut rows: Vec<Row<'_>> = Vec::new();
        for said in view.said.iter().rev() {
            if usize::from(self.left.height) <= rows.len() {
                break;
            }
            let (name, colour) = match said.who {
                Channel::Agent => ("agent", AGENT),
                Channel::Customer => ("customer", CUSTOMER),
            };
            let text = plain(said.text.reveal());
            let lines = wrap(&text, width);
            for (k, line) in lines.iter().enumerate().rev() {
                let name = if k == 0 { name } else { "" };
                rows.push(Row::from(vec![
                    Span::styled(format!("{name:<10}"), Style::new().fg(colour)),
                    Span::raw(line.clone()),
                ]));
            }
        }
        rows.truncate(self.left.height.into());
        rows.into_iter().rev().for_each(|row| self.row(row));
    }
}

fn title(view: &View) -> Row<'static> {
    let mut spans = vec![Span::styled("evenkeel", BOLD)];
    match &view.call {
        Some(call) => {
            let at = if view.on { clock(view.now.at_s) } else { "over".to_owned() };
            spans.push(Span::raw(format!("  {}  ", plain(call))));
            spans.push(Span::styled(at, BOLD));
        }
        None => spans.push(Span::styled("  waiting for a call", DIM)),
    }
    if view.still {
        spans.push(Span::styled("  stands still: space goes on", BOLD.fg(ODD)));
    } else if let Some(halt) = &view.halt {
        spans.push(Span::styled(format!("  {}", plain(halt)), BOLD.fg(ODD)));
    }
    Row::from(spans)
}

fn score(view: &View) -> Row<'static> {
    let Some(score) = view.now.score else {
        return Row::styled(format!("· {} not known yet", view.score_name), DIM);
    };
    // Of a call that is over the light stands for all of it.
    let shown = if view.on { view.now.lately } else { Some(score) };
    let (sign, style) = match Light::of(shown) {
        Light::None => ("·", DIM),
        Light::High => ("●", Style::new().fg(GOOD)),
        Light::Middling => ("◐", Style::new().fg(ODD)),
        Light::Low => ("○", Style::new().fg(Color::Red)),
    };
    // What stands still or is halted is said beside it, and takes the room.
    let has_room = view.on && !view.still && view.halt.is_none();
    let lately = match view.now.lately.filter(|_| has_room) {
        Some(lately) => format!(" ({lately:.0} lately)"),
        None => String::new(),
    };
    Row::from(vec![Span::styled(sign, style), Span::raw(format!(" {score:.0} {}{lately}", view.score_name))])
}

/// What stands under the lanes: the time of the oldest second that is seen.
fn axis(now: usize, width: usize) -> String {
    let lane = width - usize::from(NAME);
    let begin = clock(now.saturating_sub(lane) as f64);
    // A call that is younger than the lane is long begins somewhere in it.
    let from = usize::from(NAME) + lane.saturating_sub(now).min(lane.saturating_sub(begin.len() + 4));
    let rest = (width - from).saturating_sub(begin.len());
    format!("{:from$}{begin}{:>rest$}", "", "now")
}

/// A second of a side: how much of it was speech; another form where both spoke.
fn cell(second: &Sides<Option<f32>>, who: Channel) -> (&'static str, Style) {
    let Some(share) = second[who] else { return ("?", Style::new().fg(ODD)) };
    let eighths = (share.clamp(0.0, 1.0) * 8.0).round() as usize;
    let other = match who {
        Channel::Agent => second.customer,
        Channel::Customer => second.agent,
    };
    let both = 0 < eighths && other.is_some_and(|other| 0.3 <= other.min(share));
    let colour = match who {
        _ if both => ODD,
        Channel::Agent => AGENT,
        Channel::Customer => CUSTOMER,
    };
    let style = if eighths == 0 { DIM } else { Style::new().fg(colour) };
    (EIGHTHS.get(eighths).copied().unwrap_or("█"), style)
}

const fn colour(tone: Tone) -> Color {
    match tone {
        Tone::Nudge | Tone::Plain => CHANGE,
        Tone::Good => GOOD,
        Tone::Attention => ODD,
        Tone::Over => Color::Gray,
    }
}

/// Minutes and seconds.
fn clock(s: f64) -> String {
    let s = s as u64;
    format!("{:02}:{:02}", s / 60, s % 60)
}

/// Breaks a text into lines between words; a word that is longer is cut.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { continue };
        if line.is_empty() {
            *line = word.to_owned();
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests;
