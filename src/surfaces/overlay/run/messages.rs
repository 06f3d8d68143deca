//! Windows: what wakes the program are messages to its window. Input is read by a
//! thread of its own, for it cannot be waited for together with them.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use winsafe::prelude::*;
use winsafe::{AnyResult, PostQuitMessage, co, gui};

use super::{Lines, Running};
use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::Painter;
use crate::surfaces::overlay::protocol::{self, Report};
use crate::surfaces::overlay::screen::windows::{Layered, window};
use crate::surfaces::overlay::settings::Backend;

/// The timer of the next turn.
const TURN: usize = 1;

/// Reports that wait for a daemon that does not read.
const REPORTS: usize = 16;

thread_local! {
    /// The window's own thread holds it: what comes from elsewhere finds it there.
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
    /// Whether the monitors have changed.
    static MOVED: Cell<bool> = const { Cell::new(false) };
    /// Why it ends.
    static TROUBLE: Cell<Option<Trouble>> = const { Cell::new(None) };
}

/// Runs until its input ends or it is told to quit.
pub(super) fn run(painter: Painter, backend: Backend) -> Result<(), Trouble> {
    if backend != Backend::Auto {
        return Err(Trouble::Unavailable("there is neither Wayland nor X11 on Windows".into()));
    }
    let window = window();
    RUNNING.set(Some(Running::new(painter, Box::new(Layered::new(window.clone())))));
    let made = window.clone();
    window.on().wm_create(move |_| {
        soon(&made, Duration::ZERO);
        let input = made.clone();
        std::thread::Builder::new().name("orders".into()).spawn(move || read(&input))?;
        Ok(0)
    });
    let due = window.clone();
    window.on().wm_timer(TURN, move || {
        turn(&due);
        Ok(())
    });
    for change in [co::WM::DISPLAYCHANGE, co::WM::DPICHANGED] {
        let moved = window.clone();
        window.on().wm(change, move |_| {
            // These come in the middle of a turn too: what they change waits for the next.
            MOVED.set(true);
            soon(&moved, Duration::ZERO);
            Ok(0)
        });
    }
    window.run_main(Some(co::SW::SHOWNOACTIVATE)).map_err(|error| Trouble::Lost(error.to_string()))?;
    TROUBLE.take().map_or(Ok(()), Err)
}

/// Has a turn taken after a while, instead of the one that was due.
fn soon(window: &gui::WindowMain, wait: Duration) {
    // Rounded up: a wait that ends a moment early would be followed by another.
    let wait = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).saturating_add(1);
    if let Err(error) = window.hwnd().SetTimer(TURN, wait, None) {
        end(Some(Trouble::Lost(format!("nothing can be waited for: {error}"))));
    }
}

fn end(why: Option<Trouble>) {
    TROUBLE.set(why);
    PostQuitMessage(0);
}

/// Takes a turn, and says when the next one is.
fn turn(window: &gui::WindowMain) {
    // It ticks until it is told otherwise; one that is not there needs no end.
    let _ = window.hwnd().KillTimer(TURN);
    let done = RUNNING.with(|running| {
        let mut running = running.try_borrow_mut().ok()?;
        let running = running.as_mut()?;
        let moved = if MOVED.take() { running.moved() } else { Ok(()) };
        Some(moved.and_then(|()| running.turn()).map(|()| running.sleep()))
    });
    match done {
        Some(Ok(Some(wait))) => soon(window, wait),
        Some(Ok(None)) | None => (),
        Some(Err(trouble)) => end(Some(trouble)),
    }
}

/// Hands lines to the window's thread until there are no more.
fn read(window: &gui::WindowMain) {
    let mut lines = Lines::default();
    let mut chunk = [0; 4096];
    let mut input = std::io::stdin().lock();
    while let Ok(read @ 1..) = input.read(&mut chunk) {
        let lines = lines.take(chunk.get(..read).unwrap_or_default());
        let (now, told) = (Instant::now(), window.clone());
        window.run_ui_thread(move || take(&told, &lines, now));
    }
    // The daemon is gone.
    window.run_ui_thread(|| {
        end(None);
        Ok(())
    });
}

fn take(window: &gui::WindowMain, lines: &[String], now: Instant) -> AnyResult<()> {
    let taken = RUNNING.with(|running| running.borrow_mut().as_mut().map(|running| running.take(lines, now)));
    match taken {
        Some(Ok(true)) => turn(window),
        Some(Ok(false)) | None => end(None),
        Some(Err(trouble)) => end(Some(trouble)),
    }
    Ok(())
}

/// A daemon that does not read must not stop the pill: a report that finds others
/// waiting is lost.
pub(super) fn tell(report: &Report) {
    static REPORTER: OnceLock<Option<SyncSender<Vec<u8>>>> = OnceLock::new();
    if matches!(report, Report::Failed { .. }) {
        // It ends with this one: no thread would come to write it.
        return write(&protocol::line(report).unwrap_or_default());
    }
    let reporter = REPORTER.get_or_init(reporter);
    if let (Some(reporter), Some(line)) = (reporter, protocol::line(report)) {
        // See above.
        let _ = reporter.try_send(line);
    }
}

fn reporter() -> Option<SyncSender<Vec<u8>>> {
    let (reporter, reports) = sync_channel::<Vec<u8>>(REPORTS);
    let run = move || reports.iter().for_each(|line| write(&line));
    std::thread::Builder::new().name("reports".into()).spawn(run).ok().map(|_| reporter)
}

fn write(line: &[u8]) {
    let mut out = std::io::stdout();
    // Nobody is left to tell where this fails.
    let _ = out.write_all(line).and_then(|()| out.flush());
}
