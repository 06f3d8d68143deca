//! The process itself: one thread that sleeps until an order comes, the display
//! has something to say, or a frame is due. End of input ends it, so that it never
//! outlives the daemon.

#[cfg(windows)]
mod messages;
#[cfg(target_os = "linux")]
mod poll;

use std::time::{Duration, Instant};

#[cfg(windows)]
use messages as system;
#[cfg(target_os = "linux")]
use poll as system;
use system::tell;

use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::Painter;
use crate::surfaces::overlay::pill::Pill;
use crate::surfaces::overlay::protocol::{self, LONGEST_LINE, Order, Report};
use crate::surfaces::overlay::screen::Screen;
use crate::surfaces::overlay::settings::Backend;

/// Runs until its input ends or it is told to quit.
///
/// # Errors
/// Without a display that fits, or when it went away. It was told as a report then.
pub fn run(backend: Backend) -> Result<(), Trouble> {
    let done = Painter::new().and_then(|painter| system::run(painter, backend));
    if let Err(trouble) = &done {
        let lost = matches!(trouble, Trouble::Lost(_));
        tell(&Report::Failed { why: trouble.to_string(), lost });
    }
    done
}

/// What is the same whatever wakes it.
struct Running {
    painter: Painter,
    screen: Box<dyn Screen>,
    pill: Pill,
    /// What was told of the screen.
    told: Option<bool>,
    /// Whether a frame is due.
    dirty: bool,
    /// The nudge whose first frame is still owed, and when its line was read.
    owed: Option<(u64, Instant)>,
}

impl Running {
    fn new(painter: Painter, screen: Box<dyn Screen>) -> Self {
        Self { painter, screen, pill: Pill::default(), told: None, dirty: true, owed: None }
    }

    /// One turn: what the display said, what is over, and the frame that is due.
    fn turn(&mut self) -> Result<(), Trouble> {
        self.dirty |= self.screen.pump()?;
        if let Some(gone) = self.pill.tick(Instant::now()) {
            tell(&gone);
            self.dirty = true;
        }
        self.introduce();
        self.present()
    }

    /// How long nothing is due; none where only an order or the display wakes it.
    fn sleep(&self) -> Option<Duration> {
        self.pill.sleep(Instant::now())
    }

    fn introduce(&mut self) {
        let abilities = self.screen.abilities();
        if self.told != Some(abilities.soft) {
            self.told = Some(abilities.soft);
            tell(&Report::Ready { screen: abilities.name.into(), soft: abilities.soft });
        }
    }

    fn present(&mut self) -> Result<(), Trouble> {
        let now = Instant::now();
        if self.dirty && self.screen.present(&self.pill, &mut self.painter, now)? {
            self.dirty = self.pill.moves();
            if let Some((id, read)) = self.owed.take() {
                let after_us = u64::try_from(read.elapsed().as_micros()).unwrap_or(u64::MAX);
                tell(&Report::Shown { id, after_us });
            }
        }
        Ok(())
    }

    /// The monitors are not what they were.
    #[cfg(windows)]
    fn moved(&mut self) -> Result<(), Trouble> {
        self.dirty = true;
        self.screen.settle(self.pill.look())
    }

    /// Takes lines that came at `now`; false where there will be no more.
    fn take(&mut self, lines: &[String], now: Instant) -> Result<bool, Trouble> {
        for line in lines {
            match protocol::read(line) {
                Ok(Order::Quit) => return Ok(false),
                Ok(order) => self.obey(order, now)?,
                Err(why) => tell(&Report::Refused { why: why.to_string() }),
            }
        }
        Ok(true)
    }

    fn obey(&mut self, order: Order, now: Instant) -> Result<(), Trouble> {
        if let Order::Nudge(nudge) = &order {
            self.owed = Some((nudge.id, now));
        }
        let moved = matches!(order, Order::Look(_));
        let painter = &mut self.painter;
        let (changed, gone) = self.pill.apply(order, now, |text| painter.wide(text));
        if let Some(gone) = gone {
            tell(&gone);
        }
        if moved {
            self.screen.settle(self.pill.look())?;
        }
        self.dirty |= changed;
        Ok(())
    }
}

/// Cuts what came into lines.
#[derive(Default)]
struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    /// The lines that are whole with this piece.
    fn take(&mut self, piece: &[u8]) -> Vec<String> {
        self.pending.extend_from_slice(piece);
        let end = self.pending.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let whole: Vec<u8> = self.pending.drain(..end).collect();
        if LONGEST_LINE < self.pending.len() {
            self.pending.clear();
        }
        let text = String::from_utf8_lossy(&whole);
        text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_wherever_they_arrive_in_pieces() {
        let mut lines = Lines::default();
        assert!(lines.take(b"{\"do\":\"qu").is_empty());
        assert_eq!(lines.take(b"it\"}\n\nnext"), ["{\"do\":\"quit\"}"]);
        assert_eq!(lines.pending, b"next");
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory() {
        let mut lines = Lines::default();
        assert!(lines.take(&[b'x'; LONGEST_LINE + 1]).is_empty() && lines.pending.is_empty());
    }
}
