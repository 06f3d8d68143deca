//! Plain lines in the terminal of `run`. A thread of its own writes them: a
//! terminal that was stopped costs lines, never the call. A line is never wider
//! than the terminal, and where there is none it is never broken.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use crossbeam_channel::{Receiver, Sender};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::core::event::Kind;
use crate::surfaces::board::Board;
use crate::surfaces::clean;
use crate::surfaces::state::{Evidence, SurfaceState};

/// Lines that wait to be written: what a call says in its busiest second. More
/// wait only where the terminal was stopped.
const LINES: usize = 16;

/// Columns that the text of a nudge takes, so that the reasons stand in line.
const TEXT: usize = 21;

/// Narrower than this, a terminal is written to as if it were this wide.
const NARROWEST: usize = 20;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A nudge that asks for something.
    Nudge,
    /// Something went well.
    Good,
    /// The sound or the program needs attention.
    Attention,
    /// Something is over.
    Over,
    /// Anything else.
    Plain,
}

impl Tone {
    /// What a nudge of this kind is about.
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Positive => Self::Good,
            Kind::Capture | Kind::Incident => Self::Attention,
            Kind::Interrupting
            | Kind::RaisedVoice
            | Kind::FastPace
            | Kind::Monologue
            | Kind::RushedReply
            | Kind::DeadAir
            | Kind::Phrase
            | Kind::Apology
            | Kind::Card
            | Kind::Tip => Self::Nudge,
        }
    }
}

/// One line: when, what, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Time in the call or of the day, as it is to stand there; may be empty.
    pub at: String,
    /// What it is about.
    pub tone: Tone,
    /// A few words.
    pub text: String,
    /// The reason; may be empty.
    pub detail: String,
}

/// The handle on a terminal.
#[derive(Debug)]
pub struct Terminal {
    lines: Sender<Line>,
    board: Arc<Board>,
}

impl Terminal {
    /// Writes to `out` from a thread of its own. `width` is asked before each
    /// line: the columns, or nothing where `out` is no terminal. Styles are
    /// written always; `out` is to take them away where they are not wanted.
    pub fn spawn(
        out: impl Write + Send + 'static,
        width: impl Fn() -> Option<usize> + Send + 'static,
    ) -> Self {
        let (lines, waiting) = crossbeam_channel::bounded(LINES);
        let board = Arc::new(Board::default());
        let to = Arc::clone(&board);
        let spawned = std::thread::Builder::new()
            .name("terminal".into())
            .spawn(move || write_all(out, &waiting, &to, &width));
        if let Err(error) = spawned {
            board.write(|e| e.state = missing(format!("no thread could be started for it: {error}")));
        }
        Self { lines, board }
    }

    /// Writes a line soon. Returns at once; a line that finds the terminal
    /// stopped or gone is counted and lost.
    pub fn say(&self, line: Line) {
        use crossbeam_channel::TrySendError;
        match self.lines.try_send(line) {
            Ok(()) => (),
            Err(TrySendError::Disconnected(_)) => self.board.write(|e| e.dropped += 1),
            Err(TrySendError::Full(_)) => self.board.write(|e| {
                e.dropped += 1;
                e.state = hung();
            }),
        }
    }

    /// Whether it takes lines.
    pub fn state(&self) -> SurfaceState {
        self.board.read().state
    }

    /// Everything that is known about it.
    pub fn evidence(&self) -> Evidence {
        self.board.read()
    }

    /// Waits until something is so; whether it became so within `most`.
    pub fn wait(&self, most: std::time::Duration, so: impl Fn(&Evidence) -> bool) -> bool {
        self.board.wait(most, so)
    }
}

fn hung() -> SurfaceState {
    SurfaceState::Hung {
        why: "the terminal takes no lines".into(),
        remedy: "press Ctrl-Q if it was stopped with Ctrl-S".into(),
    }
}

fn missing(why: String) -> SurfaceState {
    SurfaceState::Missing { why, remedy: "`evenkeel ctl watch` shows nudges in any terminal".into() }
}

/// Until nobody sends or nobody reads.
fn write_all(mut out: impl Write, lines: &Receiver<Line>, board: &Board, width: &dyn Fn() -> Option<usize>) {
    for line in lines {
        let text = draw(&line, width());
        if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Whoever closed it does not want it: no more is tried, and nothing ends.
            board.write(|e| e.state = missing(format!("the terminal is gone: {error}")));
            return;
        }
        board.write(|e| {
            e.state = SurfaceState::Works;
            e.shown += 1;
            e.last_success = Some(Instant::now());
        });
    }
}

/// A line as it is written, with its end. `width` in columns; nothing leaves it
/// in one piece.
pub fn draw(line: &Line, width: Option<usize>) -> String {
    let at = clean::sentence(&line.at);
    let lead = if at.is_empty() { 0 } else { at.width() + 2 };
    let (text, detail) = (clean::sentence(&line.text), clean::sentence(&line.detail));
    let gap = if detail.is_empty() { 0 } else { TEXT.saturating_sub(text.width()) + 1 };
    let room = width.map(|w| w.max(NARROWEST) - lead.min(NARROWEST / 2));
    let indent = lead.min(NARROWEST / 2);
    if room.is_none_or(|room| text.width() + gap + detail.width() + lead - indent <= room) {
        let lead = if lead == 0 { String::new() } else { format!("{at}  ") };
        return format!("{lead}{}{}{detail}\n", paint(line.tone, &text), " ".repeat(gap));
    }
    let room = room.unwrap_or(usize::MAX);
    let mut out = if lead == 0 { String::new() } else { format!("{at}\n") };
    for piece in wrap(&text, room) {
        out += &format!("{}{}\n", " ".repeat(indent), paint(line.tone, &piece));
    }
    for piece in wrap(&detail, room) {
        out += &format!("{}{piece}\n", " ".repeat(indent));
    }
    out
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Nudge => AnsiColor::Cyan.on_default().bold(),
        Tone::Good => AnsiColor::Green.on_default().bold(),
        Tone::Attention => AnsiColor::Yellow.on_default().bold(),
        Tone::Over => Style::new().dimmed(),
        Tone::Plain => Style::new(),
    }
}

fn paint(tone: Tone, text: &str) -> String {
    let style = style(tone);
    format!("{style}{text}{style:#}")
}

/// Lines of at most `width` columns, broken between words, or inside one that
/// is too long for a line of its own.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in text.split(' ').filter(|w| !w.is_empty()).flat_map(|word| cut(word, width)) {
        match lines.last_mut() {
            Some(last) if last.width() + 1 + piece.width() <= width => {
                last.push(' ');
                last.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}

/// A word in pieces of at most `width` columns.
fn cut(word: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut columns = 0;
    for c in word.chars() {
        let wide = c.width().unwrap_or(0);
        if width < columns + wide {
            pieces.push(String::new());
            columns = 0;
        }
        columns += wide;
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;
    use std::time::Duration;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    fn line(text: &str, detail: &str) -> Line {
        Line { at: "01:02".into(), tone: Tone::Nudge, text: text.into(), detail: detail.into() }
    }

    fn plain(line: &Line, width: Option<usize>) -> String {
        anstream::adapter::strip_str(&draw(line, width)).to_string()
    }

    #[test]
    fn a_line_says_when_what_and_why() {
        let text = plain(&line("Let them finish", "talked over the customer for 1.2 s"), Some(80));
        assert_eq!(text, "01:02  Let them finish       talked over the customer for 1.2 s\n");
    }

    #[test]
    fn where_there_is_no_terminal_a_line_is_never_broken() {
        let text = plain(&line("Slower, breathe", &"reason ".repeat(60)), None);
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [20, 21, 33, 40, 79] {
            let told =
                line("Let them finish", "talked over 日本語の通話 for a-very-long-unbreakable-word-indeed");
            let text = plain(&told, Some(width));
            assert!(text.lines().all(|l| l.width() <= width), "{width}: {text}");
            let squeezed = |t: &str| t.split_whitespace().collect::<String>();
            assert_eq!(squeezed(&text), squeezed(&plain(&told, None)), "{width}");
        }
    }

    #[test]
    fn nothing_that_is_shown_can_steer_the_terminal() {
        let text = plain(&line("call of ref\u{1b}]0;title\u{7}", "a\nb"), None);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'));
        assert_eq!(text.matches('\n').count(), 1);
    }

    #[test]
    fn every_tone_but_plain_is_coloured_and_reset() {
        for tone in [Tone::Nudge, Tone::Good, Tone::Attention, Tone::Over] {
            let drawn = draw(&Line { tone, ..line("text", "") }, Some(80));
            assert!(drawn.contains("\u{1b}[") && drawn.contains("\u{1b}[0m"), "{tone:?}");
        }
        assert!(!draw(&Line { tone: Tone::Plain, ..line("text", "") }, None).contains('\u{1b}'));
    }

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_arrive_in_order() {
        let page = Page::default();
        let terminal = Terminal::spawn(page.clone(), || None);
        terminal.say(line("one", ""));
        terminal.say(line("two", ""));
        assert!(terminal.wait(SOON, |e| e.shown == 2));
        assert!(terminal.state().works());
        let text = anstream::adapter::strip_str(&String::from_utf8(page.0.lock().unwrap().clone()).unwrap())
            .to_string();
        assert_eq!(text, "01:02  one\n01:02  two\n");
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_pipe_that_was_closed_is_said_and_ends_nothing() {
        let terminal = Terminal::spawn(Closed, || None);
        terminal.say(line("one", ""));
        assert!(terminal.wait(SOON, |e| matches!(e.state, SurfaceState::Missing { .. })));
        terminal.say(line("two", ""));
    }

    /// Takes nothing until it is let go.
    struct Stopped(Receiver<()>);

    impl Write for Stopped {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stopped_terminal_costs_lines_and_works_again() {
        let (go, wait) = crossbeam_channel::bounded::<()>(0);
        let terminal = Terminal::spawn(Stopped(wait), || None);
        for _ in 0..LINES + 2 {
            terminal.say(line("stopped", ""));
        }
        assert!(matches!(terminal.state(), SurfaceState::Hung { .. }));
        assert!(0 < terminal.evidence().dropped);
        drop(go);
        assert!(terminal.wait(SOON, |e| e.state.works()));
    }
}
