//! The report in the terminal: what a supervisor sees at a glance.

mod measures;
mod strip;
mod table;

pub use table::{Row, table};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::core::event::{Decision, Kind, Outcome};
use crate::core::measures::Measured;
use crate::core::score::PartScore;
use crate::core::units::{SampleSpan, SampleTime};
use crate::report::analysis::{Analysis, Nudge};
use crate::report::names;
use crate::report::said::{self, Found};
use crate::report::transcript::{line, lines};
use crate::report::warnings::warnings;

/// How the report is drawn.
#[derive(Clone, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Whether the terminal shows more than ASCII.
    pub unicode: bool,
    /// What the score is called.
    pub score_name: String,
}

pub(in crate::report) const BOLD: Style = Style::new().bold();
pub(in crate::report) const DIM: Style = Style::new().dimmed();
pub(in crate::report) const RED: Style = AnsiColor::Red.on_default();
pub(in crate::report) const GREEN: Style = AnsiColor::Green.on_default();
pub(in crate::report) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(in crate::report) const CYAN: Style = AnsiColor::Cyan.on_default();

/// Columns before the words of a costly moment, and of a nudge.
const MOMENT: usize = 26;
const NUDGE: usize = 34;
/// Before the times of phrases.
const PHRASE: usize = 34;
/// And before what was said.
const SAID: usize = 17;

/// Text in a style. Colour is taken out again where the output is no terminal.
pub(in crate::report) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The report of one call.
pub fn write(analysis: &Analysis, look: &Look) -> String {
    let mut page = Page { look, lines: Vec::new(), offset: analysis.origin.offset };
    page.head(analysis);
    page.warnings(analysis);
    page.score(analysis);
    page.timeline(analysis);
    page.moments(analysis);
    page.nudges(analysis);
    page.phrases(analysis);
    page.after(analysis);
    page.measures(analysis);
    page.transcript(analysis);
    page.foot(analysis);
    page.lines.push(String::new());
    let text = page.lines.join("\n");
    // The no-break spaces have done their work.
    text.replace('\u{a0}', " ")
}

struct Page<'a> {
    look: &'a Look,
    lines: Vec<String>,
    offset: SampleSpan,
}

/// Minutes and seconds: `1:06`, with hours where there are any.
pub(in crate::report) fn clock(seconds: f64) -> String {
    let s = seconds.round() as u64;
    if s < 3600 {
        format!("{}:{:02}", s / 60, s % 60)
    } else {
        format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

impl Page<'_> {
    fn push(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn title(&mut self, text: &str) {
        self.push("");
        self.push(paint(BOLD, text));
    }

    /// A sentence, broken into lines under its mark.
    fn item(&mut self, mark: &str, style: Style, text: &str) {
        let indent = mark.width() + 1;
        for (k, line) in wrap(text, self.look.width.saturating_sub(indent)).into_iter().enumerate() {
            let lead = if k == 0 { paint(style, mark) + " " } else { " ".repeat(indent) };
            self.push(lead + &line);
        }
    }

    /// A row of a list: what comes first, which takes so many columns, and a
    /// sentence that is broken into lines behind it.
    fn row(&mut self, lead: &str, columns: usize, text: &str) {
        let room = self.look.width.saturating_sub(columns + 1);
        for (k, line) in wrap(text, room).into_iter().enumerate() {
            let lead = if k == 0 { lead.to_owned() } else { " ".repeat(columns) };
            self.push(format!("{lead} {line}"));
        }
    }

    /// A time in the file, where only a part of it was analysed.
    fn at(&self, at: SampleTime) -> String {
        clock((at + self.offset).seconds())
    }

    fn head(&mut self, a: &Analysis) {
        let length = clock(a.summary.duration.seconds());
        self.push(format!("{}  {}", paint(BOLD, &a.origin.name), paint(DIM, length)));
        for file in &a.origin.files {
            self.push(paint(DIM, file));
        }
    }

    fn warnings(&mut self, a: &Analysis) {
        for text in warnings(a, |at| self.at(at)) {
            self.item("!", YELLOW, &text);
        }
    }

    fn score(&mut self, a: &Analysis) {
        let score = &a.summary.score;
        self.push("");
        match score.value {
            Measured::Known(value) => {
                let style = if 80 <= value {
                    GREEN
                } else if 50 <= value {
                    YELLOW
                } else {
                    RED
                };
                let coverage = format!("{:.0} % of it could be measured", score.coverage * 100.0);
                let name = paint(BOLD, &self.look.score_name);
                self.push(format!(
                    "{name}  {}  {}",
                    paint(style.bold(), format!("{value}/100")),
                    paint(DIM, coverage)
                ));
            }
            Measured::Unknown(why) => {
                let reason = format!("no score: {}", names::why_not_title(why));
                self.push(format!("{}  {}", paint(BOLD, &self.look.score_name), paint(YELLOW, reason)));
            }
        }
        for part in &score.parts {
            self.part(part);
        }
    }

    fn part(&mut self, part: &PartScore) {
        let title = format!("  {:<17}", names::part_title(part.part));
        let Some(penalty) = part.penalty else {
            let why = part.value.why().map_or("", names::why_not_title);
            self.push(format!("{title}{}", paint(DIM, format!("     -  not measured: {why}"))));
            return;
        };
        let lost = if part.lost < 0.05 { "     0".into() } else { format!("{:>6.1}", -part.lost) };
        let style = if penalty <= 0.0 {
            DIM
        } else if penalty < 0.5 {
            YELLOW
        } else {
            RED
        };
        let value = part.value.known().map_or(String::new(), |v| measures::part_value(part.part, v));
        let told = format!("{title}{}  {value}", paint(style, lost));
        let bar = self.bar(part.lost, 40usize.saturating_sub(value.width()));
        self.push(format!("{told}{bar}"));
    }

    /// Points lost as a bar, right of a column `pad` further on.
    fn bar(&self, lost: f32, pad: usize) -> String {
        let room = self.look.width.saturating_sub(17 + 2 + 6 + 2 + 40 + 1).min(30);
        let cells = (lost * room as f32 / 30.0).round() as usize;
        let cell = if self.look.unicode { "█" } else { "#" };
        if cells == 0 {
            String::new()
        } else {
            format!("{}{}", " ".repeat(pad), paint(RED, cell.repeat(cells.min(room))))
        }
    }

    fn timeline(&mut self, a: &Analysis) {
        self.push("");
        let lines = strip::lines(a, self.look);
        self.lines.extend(lines);
    }

    fn moments(&mut self, a: &Analysis) {
        if a.summary.moments.is_empty() {
            return;
        }
        self.title("Costliest moments");
        for (k, moment) in a.summary.moments.iter().enumerate() {
            let words: Vec<String> = moment.causes.iter().flatten().map(|c| names::cause_title(*c)).collect();
            let (from, to) = (self.at(moment.at), self.at(moment.end));
            let points = paint(RED, format!("{:>6.1}", -moment.points));
            let span = format!("{from} to {to}");
            self.row(&format!("  {}  {span:<13} {points} ", k + 1), MOMENT, &words.join(", "));
        }
    }

    fn nudges(&mut self, a: &Analysis) {
        self.title("Nudges");
        if a.nudges.is_empty() {
            self.push(paint(DIM, "  none"));
        }
        for (k, nudge) in a.nudges.iter().enumerate() {
            self.nudge(k + 1, nudge);
        }
        self.held_back(&a.decisions);
    }

    fn nudge(&mut self, number: usize, nudge: &Nudge) {
        let d = &nudge.decision;
        let style = match d.kind {
            Kind::Positive => GREEN,
            Kind::Capture => YELLOW,
            _ => CYAN,
        };
        let text = paint(style, format!("{:<21}", names::nudge_text(d.kind, d.variant)));
        let at = self.at(d.at);
        let how = nudge.cleared.map_or(String::new(), |(to, how)| ending(d.at, to, how));
        let advice = names::advice(d.variant).map_or(String::new(), |advice| format!(". {advice}"));
        let why = format!("{}{how}{advice}", names::why(d));
        self.row(&format!("  {number:>2}  {at:>5}  {text} "), NUDGE, &why);
    }

    /// The suppressed ones, counted by reason.
    fn held_back(&mut self, decisions: &[Decision]) {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for decision in decisions {
            let Outcome::Suppressed(reason) = decision.outcome else { continue };
            let title = names::reason_title(reason);
            match reasons.iter_mut().find(|(t, _)| *t == title) {
                Some((_, count)) => *count += 1,
                None => reasons.push((title, 1)),
            }
        }
        if !reasons.is_empty() {
            let told: Vec<String> =
                reasons.iter().map(|(title, count)| format!("{count} because {title}")).collect();
            self.item("     held back:", DIM, &told.join("; "));
        }
    }

    /// What was found in the words, by detector, with times.
    fn phrases(&mut self, a: &Analysis) {
        let Some(found) = said::found(a) else { return };
        self.title("Phrases");
        if found.is_empty() {
            let whole = if said::is_whole(a) { "" } else { ", in what was listened to" };
            self.push(paint(DIM, format!("  none of those that are listened for{whole}")));
        }
        for found in found {
            let Found { detector, count, at } = &found;
            let style = if detector.is_negative() || detector.is_incident() { YELLOW } else { Style::new() };
            let mut times: Vec<String> = at.iter().map(|at| self.at(*at)).collect();
            times.extend(names::untimed(found.untimed()));
            let incident = if detector.is_incident() { " (incident)" } else { "" };
            let title = format!("{}{incident}", names::detector_title(*detector));
            let title = paint(style, format!("{title:<27}"));
            self.row(&format!("  {title} {count:>3} "), PHRASE, &times.join(", "));
        }
    }

    fn after(&mut self, a: &Analysis) {
        let offers = said::after(a);
        if offers.is_empty() {
            return;
        }
        self.title("After the call");
        for offer in offers {
            self.item("  *", CYAN, &format!("{}: {}", names::after_title(offer), names::after_detail(offer)));
        }
    }

    fn measures(&mut self, a: &Analysis) {
        self.title("Measures");
        for (name, text) in measures::lines(a) {
            self.item(&format!("  {name:<13}"), DIM, &text);
        }
    }

    fn transcript(&mut self, a: &Analysis) {
        let Some(transcript) = &a.transcript else { return };
        self.title("What was said");
        for line in lines(transcript) {
            self.push(paint(DIM, line));
        }
        for words in &transcript.said {
            let lead = format!("{:>7}  {:<8}", self.at(words.from), words.who.to_string());
            self.row(&lead, SAID, &line(words.text.reveal()));
        }
    }

    fn foot(&mut self, a: &Analysis) {
        self.push("");
        let text = format!(
            "Arithmetic of conduct over this call, not a judgement of a person. Settings {}. Baseline {}.",
            a.origin.config_hash,
            names::standing_title(a.summary.standing)
        );
        for line in wrap(&text, self.look.width) {
            self.push(paint(DIM, line));
        }
    }
}

fn ending(shown: SampleTime, to: SampleTime, how: crate::core::event::Cleared) -> String {
    use crate::core::event::Cleared;
    match how {
        // Not coloured: it may be broken into lines.
        Cleared::Recovered => format!("; back in range after {:.0}\u{a0}s", to.since(shown).seconds()),
        Cleared::Dismissed => "; closed".into(),
        Cleared::Passed => "; the customer gave way".into(),
        Cleared::TimedOut => String::new(),
    }
}

/// Breaks a sentence into lines of at most `width` columns.
pub(in crate::report) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    // A no-break space holds a number and its unit together.
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && width < lines[last].width() + 1 + word.width() {
            lines.push(word.to_owned());
            continue;
        }
        if !lines[last].is_empty() {
            lines[last].push(' ');
        }
        lines[last].push_str(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_has_hours_only_where_there_are_any() {
        assert_eq!(
            (clock(66.4), clock(3661.0), clock(0.0)),
            ("1:06".into(), "1:01:01".into(), "0:00".into())
        );
    }

    #[test]
    fn sentences_are_broken_between_words() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("unbreakablyлong", 5).len(), 1);
    }
}
