//! The overlay as a process that a test feeds itself.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use crossbeam_channel::{Receiver, unbounded};
use evenkeel::surfaces::overlay::Look;
use evenkeel::surfaces::overlay::protocol::{IconName, Mark, Nudge, Order, Report, Tone};
use evenkeel::surfaces::wording::Icon;

use crate::display::SOON;

pub(crate) const EVENKEEL: &str = env!("CARGO_BIN_EXE_evenkeel");

/// A running overlay; it ends with this value.
pub(crate) struct Pill {
    pub(crate) child: Child,
    input: Option<ChildStdin>,
    pub(crate) said: Receiver<Report>,
}

impl Pill {
    /// On this display, and ready.
    pub(crate) fn on(display: &str) -> Self {
        let pill = Self::start(|command| {
            command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
        });
        assert!(matches!(pill.next(), Report::Ready { .. }));
        pill
    }

    pub(crate) fn start(how: impl Fn(&mut Command)) -> Self {
        let mut command = Command::new(EVENKEEL);
        command.arg("overlay");
        how(&mut command);
        Self::of(command)
    }

    /// As another program than the one that was built for these tests.
    pub(crate) fn of(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (to, said) = unbounded();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if to.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, said }
    }

    pub(crate) fn tell(&mut self, order: &Order) {
        let line = serde_json::to_string(order).unwrap() + "\n";
        self.write(&line);
    }

    pub(crate) fn write(&mut self, line: &str) {
        self.input.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
    }

    pub(crate) fn next(&self) -> Report {
        self.said.recv_timeout(SOON).unwrap()
    }

    /// Shows a nudge and waits until its first frame is on its way.
    pub(crate) fn show(&mut self, nudge: Nudge) {
        let wanted = nudge.id;
        self.tell(&Order::Nudge(nudge));
        while !matches!(self.next(), Report::Shown { id, .. } if id == wanted) {}
    }

    pub(crate) fn mark(&mut self, mark: Mark) {
        self.tell(&Order::Mark { mark });
    }

    pub(crate) fn look(&mut self, look: Look) {
        self.tell(&Order::Look(look));
    }

    /// Ends its input; its exit status.
    pub(crate) fn end_of_input(mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().unwrap().code()
    }
}

impl Drop for Pill {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn nudge(id: u64, text: &str, icon: Icon, tone: Tone) -> Nudge {
    Nudge { id, text: text.into(), icon: IconName(icon), tone, lasts_ms: 60_000 }
}

pub(crate) fn finish(id: u64) -> Nudge {
    nudge(id, "Let them finish", Icon::Listen, Tone::Change)
}
