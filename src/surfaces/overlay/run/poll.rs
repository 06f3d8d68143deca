//! Linux: input and display are files, waited for together.

use std::io::Write;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::{Lines, Running};
use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::Painter;
use crate::surfaces::overlay::protocol::{self, Report};
use crate::surfaces::overlay::screen;
use crate::surfaces::overlay::settings::{Backend, Look};

/// Runs until its input ends or it is told to quit.
pub(super) fn run(painter: Painter, backend: Backend) -> Result<(), Trouble> {
    let mut running = Running::new(painter, screen::open(backend, &Look::default())?);
    let mut orders = Lines::default();
    loop {
        running.turn()?;
        if !wait(&running)? {
            continue;
        }
        let now = Instant::now();
        let Some(lines) = read(&mut orders) else { return Ok(()) };
        if !running.take(&lines, now)? {
            return Ok(());
        }
    }
}

/// Sleeps; whether there is input.
fn wait(running: &Running) -> Result<bool, Trouble> {
    let wait = running.sleep().map(timespec);
    let (input, display) = (std::io::stdin(), running.screen.file());
    let mut files = [
        PollFd::from_borrowed_fd(display, PollFlags::IN),
        PollFd::from_borrowed_fd(input.as_fd(), PollFlags::IN),
    ];
    match poll(&mut files, wait.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(!files[1].revents().is_empty()),
        Err(error) => Err(Trouble::Lost(format!("nothing can be waited for: {error}"))),
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

/// None at the end of input: the daemon is gone.
fn read(orders: &mut Lines) -> Option<Vec<String>> {
    let mut chunk = [0; 4096];
    match rustix::io::read(std::io::stdin().as_fd(), &mut chunk) {
        Ok(0) => None,
        Ok(read) => Some(orders.take(chunk.get(..read).unwrap_or_default())),
        Err(Errno::INTR | Errno::AGAIN) => Some(Vec::new()),
        Err(_) => None,
    }
}

/// A daemon that does not read must not stop the pill: a report that finds the
/// pipe full is lost.
pub(super) fn tell(report: &Report) {
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
