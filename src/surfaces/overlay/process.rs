//! One overlay process, from its begin to its end. Nobody waits for it: a line that
//! it does not take is a fault of its.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use crossbeam_channel::Sender;
use input::Input;

use crate::surfaces::overlay::environment::Display;
use crate::surfaces::overlay::host::Program;
use crate::surfaces::overlay::protocol::{LONGEST_LINE, Order, Report, line};

/// What comes from a process, with its number: what an earlier one said is old.
#[derive(Debug)]
pub(super) enum News {
    /// It said this.
    Said(u64, Report),
    /// It says nothing more.
    Ended(u64),
}

/// See the module. It ends with this value.
pub(super) struct Process {
    pub(super) number: u64,
    child: Child,
    /// None before it is known to take lines.
    input: Option<Input>,
}

impl Process {
    pub(super) fn begin(
        program: &Program,
        display: &Display,
        number: u64,
        news: Sender<News>,
    ) -> io::Result<Self> {
        let mut command = Command::new(&program.path);
        command.args(&program.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        display.give(&mut command);
        apart(&mut command);
        let mut process = Self { number, child: command.spawn()?, input: None };
        let pipes = process.child.stdin.take().zip(process.child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        process.input = Some(Input::new(input)?);
        std::thread::Builder::new().name("overlay-out".into()).spawn(move || read(output, number, &news))?;
        Ok(process)
    }

    /// Gives it an order; whether it took it.
    pub(super) fn tell(&mut self, order: &Order) -> bool {
        let line = line(order).zip(self.input.as_mut());
        line.is_some_and(|(line, input)| input.put(&line))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ctrl-C is for the program that waits for it, which ends it in its own time.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

/// The same on Windows, where it would open a console besides.
#[cfg(windows)]
fn apart(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
}

/// Ends with the process, or with whoever listens.
fn read(output: ChildStdout, number: u64, news: &Sender<News>) {
    let mut output = BufReader::new(output);
    let mut line = String::new();
    while let Ok(1..) = output.by_ref().take(LONGEST_LINE as u64).read_line(&mut line) {
        match serde_json::from_str(&line) {
            Ok(report) => {
                if news.send(News::Said(number, report)).is_err() {
                    return;
                }
            }
            Err(_) => tracing::debug!("the overlay said something that is no report"),
        }
        line.clear();
    }
    // Nobody may be left to hear it.
    let _ = news.send(News::Ended(number));
}

/// What it reads, written without ever waiting for it.
#[cfg(unix)]
mod input {
    use std::io::{self, Write};
    use std::process::ChildStdin;

    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

    pub(super) struct Input(ChildStdin);

    impl Input {
        pub(super) fn new(pipe: ChildStdin) -> io::Result<Self> {
            let flags = fcntl_getfl(&pipe)?;
            fcntl_setfl(&pipe, flags | OFlags::NONBLOCK)?;
            Ok(Self(pipe))
        }

        /// Whether it took the line, which is shorter than what a pipe takes as a
        /// whole or not at all.
        pub(super) fn put(&mut self, line: &[u8]) -> bool {
            self.0.write_all(line).is_ok()
        }
    }
}

/// Where a pipe cannot be told not to wait, a thread waits.
#[cfg(not(unix))]
mod input {
    use std::io::{self, Write};
    use std::process::ChildStdin;

    use crossbeam_channel::{Sender, bounded};

    /// Lines that wait; with more it does not read.
    const LINES: usize = 16;

    pub(super) struct Input(Sender<Vec<u8>>);

    impl Input {
        pub(super) fn new(mut pipe: ChildStdin) -> io::Result<Self> {
            let (lines, next) = bounded::<Vec<u8>>(LINES);
            // It ends with the pipe, which ends with the process.
            let feed = move || next.iter().try_for_each(|line| pipe.write_all(&line));
            std::thread::Builder::new().name("overlay-in".into()).spawn(feed)?;
            Ok(Self(lines))
        }

        /// Whether it took the line, or may yet.
        pub(super) fn put(&mut self, line: &[u8]) -> bool {
            self.0.try_send(line.to_vec()).is_ok()
        }
    }
}
