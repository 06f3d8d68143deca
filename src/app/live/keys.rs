//! Waits for keys. A terminal that is closed, and whose end no signal tells, would be
//! read for ever at its end: so it is looked at before anything is read.

use std::io;
use std::time::Duration;

use ratatui::crossterm::event;

#[cfg(unix)]
use std::{fs::File, io::IsTerminal, os::fd::AsFd, time::Instant};

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// That the terminal has another size is told by a signal, which is looked for so often.
#[cfg(unix)]
const LOOK: Duration = Duration::from_millis(250);

/// Where keys come from.
#[derive(Debug)]
pub(super) struct Keys {
    /// None: standard input is the terminal.
    #[cfg(unix)]
    terminal: Option<File>,
}

#[cfg(unix)]
impl Keys {
    /// The terminal that is read too where input comes from elsewhere.
    pub(super) fn open() -> io::Result<Self> {
        let own = !io::stdin().is_terminal();
        Ok(Self { terminal: own.then(|| File::open("/dev/tty")).transpose()? })
    }

    /// Waits for anything to be read, and no longer than `most`; whether there is.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn wait(&self, most: Duration) -> io::Result<bool> {
        let until = Instant::now() + most;
        // More than one key may have been read at once: what is left of them comes first.
        let mut wait = Duration::ZERO;
        loop {
            let rest = if self.look(wait)? { Duration::ZERO } else { wait };
            if event::poll(rest)? {
                return Ok(true);
            }
            wait = until.saturating_duration_since(Instant::now()).min(LOOK);
            if wait.is_zero() {
                return Ok(false);
            }
        }
    }

    /// Waits for a key or a signal, an error where neither will come any more; false on
    /// a system that cannot wait for a terminal in this way.
    fn look(&self, most: Duration) -> io::Result<bool> {
        let input = io::stdin();
        let terminal = self.terminal.as_ref().map_or(input.as_fd(), File::as_fd);
        let mut files = [PollFd::from_borrowed_fd(terminal, PollFlags::IN)];
        let most = Timespec { tv_sec: 0, tv_nsec: most.subsec_nanos().into() };
        match poll(&mut files, Some(&most)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => (),
            Err(error) => return Err(error.into()),
        }
        let told = files[0].revents();
        if told.intersects(PollFlags::HUP | PollFlags::ERR) {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it was closed"));
        }
        Ok(!told.contains(PollFlags::NVAL))
    }
}

#[cfg(not(unix))]
impl Keys {
    /// There is only one place.
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for anything to be read, and no longer than `most`; whether there is.
    pub(super) fn wait(&self, most: Duration) -> io::Result<bool> {
        event::poll(most)
    }
}
