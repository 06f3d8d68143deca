//! The process itself: one thread that sleeps until an order comes, the display
//! has something to say, or a frame is due. End of input ends it, so that it never
//! outlives the daemon.

use std::io::Write;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::Painter;
use crate::surfaces::overlay::pill::Pill;
use crate::surfaces::overlay::protocol::{self, LONGEST_LINE, Order, Report};
use crate::surfaces::overlay::screen::{self, Screen};
use crate::surfaces::overlay::settings::{Backend, Look};

/// Runs until its input ends or it is told to quit.
///
/// # Errors
/// Without a display that fits, or when it went away. It was told as a report then.
pub fn run(backend: Backend) -> Result<(), Trouble> {
    let done = Painter::new().and_then(|painter| {
        let screen = screen::open(backend, &Look::default())?;
        Running::new(painter, screen).run()
    });
    if let Err(trouble) = &done {
        let lost = matches!(trouble, Trouble::Lost(_));
        tell(&Report::Failed { why: trouble.to_string(), lost });
    }
    done
}

struct Running {
    painter: Painter,
    screen: Box<dyn Screen>,
    pill: Pill,
    orders: Orders,
    /// What was told of the screen.
    told: Option<bool>,
    /// Whether a frame is due.
    dirty: bool,
    /// The nudge whose first frame is still owed, and when its line was read.
    owed: Option<(u64, Instant)>,
}

impl Running {
    fn new(painter: Painter, screen: Box<dyn Screen>) -> Self {
        let (pill, orders) = (Pill::default(), Orders::default());
        Self { painter, screen, pill, orders, told: None, dirty: true, owed: None }
    }

    fn run(mut self) -> Result<(), Trouble> {
        loop {
            self.dirty |= self.screen.pump()?;
            if let Some(gone) = self.pill.tick(Instant::now()) {
                tell(&gone);
                self.dirty = true;
            }
            self.introduce();
            self.present()?;
            if self.wait()? && !self.listen()? {
                return Ok(());
            }
        }
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

    /// Sleeps; whether there is input.
    fn wait(&self) -> Result<bool, Trouble> {
        let wait = self.pill.sleep(Instant::now()).map(timespec);
        let (input, display) = (std::io::stdin(), self.screen.file());
        let mut files = [
            PollFd::from_borrowed_fd(display, PollFlags::IN),
            PollFd::from_borrowed_fd(input.as_fd(), PollFlags::IN),
        ];
        match poll(&mut files, wait.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(!files[1].revents().is_empty()),
            Err(error) => Err(Trouble::Lost(format!("nothing can be waited for: {error}"))),
        }
    }

    /// Takes the orders that came; false where there will be no more.
    fn listen(&mut self) -> Result<bool, Trouble> {
        let now = Instant::now();
        let Some(lines) = self.orders.read() else { return Ok(false) };
        for line in lines {
            match protocol::read(&line) {
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

fn timespec(wait: Duration) -> Timespec {
    // Rounded up: a wait that ends a moment early would be followed by another.
    let wait = wait + Duration::from_micros(100);
    Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    }
}

/// A daemon that does not read must not stop the pill: a report that finds the
/// pipe full is lost.
fn tell(report: &Report) {
    let Some(line) = protocol::line(report) else { return };
    let mut out = std::io::stdout();
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let mut room = [PollFd::new(&out, PollFlags::OUT)];
    // A pipe with room takes a line this short as a whole.
    let free = poll(&mut room, Some(&at_once)) == Ok(1) && !room[0].revents().contains(PollFlags::ERR);
    if free {
        // Nobody is left to tell where this fails.
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }
}

/// Cuts what came into lines.
#[derive(Default)]
struct Orders {
    pending: Vec<u8>,
}

impl Orders {
    /// None at the end of input: the daemon is gone.
    fn read(&mut self) -> Option<Vec<String>> {
        let mut chunk = [0; 4096];
        match rustix::io::read(std::io::stdin().as_fd(), &mut chunk) {
            Ok(0) => return None,
            Ok(read) => self.pending.extend_from_slice(chunk.get(..read).unwrap_or_default()),
            Err(Errno::INTR | Errno::AGAIN) => return Some(Vec::new()),
            Err(_) => return None,
        }
        Some(self.cut())
    }

    fn cut(&mut self) -> Vec<String> {
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
        let mut orders = Orders::default();
        orders.pending.extend_from_slice(b"{\"do\":\"qu");
        assert!(orders.cut().is_empty());
        orders.pending.extend_from_slice(b"it\"}\n\nnext");
        assert_eq!(orders.cut(), ["{\"do\":\"quit\"}"]);
        assert_eq!(orders.pending, b"next");
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory() {
        let mut orders = Orders { pending: vec![b'x'; LONGEST_LINE + 1] };
        assert!(orders.cut().is_empty() && orders.pending.is_empty());
    }
}
