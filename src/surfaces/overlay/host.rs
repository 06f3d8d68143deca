//! The daemon's side of the overlay: starts it, watches it, starts it again. It
//! runs on a thread of its own, and nobody waits for it. A nudge that the overlay
//! did not show in time is handed to something else, once.

mod ladder;
mod retry;
mod thread;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::surfaces::card::Card;
use crate::surfaces::overlay::environment::{self, Ask};
use crate::surfaces::overlay::protocol::{Mark, Nudge};
use crate::surfaces::overlay::settings::Look;
use crate::surfaces::state::SurfaceState;

/// What is started.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// What it is told.
    pub args: Vec<OsString>,
}

impl Program {
    /// This program itself, as `evenkeel overlay`; none where it was built without one.
    pub fn own() -> Option<Self> {
        if !cfg!(all(feature = "overlay", any(target_os = "linux", windows))) {
            return None;
        }
        // By what runs and not by its name: it may have been replaced since it was begun.
        // Windows does not let a program be replaced that runs.
        let linux = cfg!(target_os = "linux").then(|| PathBuf::from("/proc/self/exe"));
        let path = linux.or_else(|| std::env::current_exe().ok())?;
        Some(Self { path, args: vec!["overlay".into()] })
    }
}

/// What the thread is told.
#[derive(Debug)]
enum Command {
    /// Whether there is to be an overlay at all.
    Switch(bool),
    Look(Box<Look>),
    Mark(Mark),
    Meters {
        pace: Option<f32>,
        rise: Option<f32>,
    },
    Show(Box<Wanted>),
    Clear(u64),
    Stop,
}

/// A nudge that is to be shown, and what is shown where that cannot be.
#[derive(Debug)]
struct Wanted {
    nudge: Nudge,
    instead: Option<Card>,
    asked: Instant,
}

/// Orders that wait: a call gives some three in a second, and the thread is never
/// away for longer than it asks the service manager.
const COMMANDS: usize = 32;

/// What is known of the overlay, from what it did.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// How it stands.
    pub state: SurfaceState,
    /// What it is shown through: `wayland`, `x11`, `xwayland` or `windows`.
    pub screen: Option<String>,
    /// Nudges whose first frame was given to the display.
    pub shown: u64,
    /// Nudges that something else had to show.
    pub fallen: u64,
    /// How often it was started.
    pub starts: u64,
    /// The last nudge that something else shows.
    last_fallen: Option<u64>,
}

#[derive(Debug, Default)]
struct Board(Mutex<Evidence>);

impl Board {
    fn lock(&self) -> MutexGuard<'_, Evidence> {
        // A panic of the writer leaves plain figures, which are still true.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handle on the overlay. Dropping it ends the process.
#[derive(Debug)]
pub struct Overlay {
    commands: Sender<Command>,
    board: Arc<Board>,
    ended: Receiver<()>,
}

impl Overlay {
    /// Starts the thread. `instead` shows a card where the overlay cannot.
    pub fn spawn(program: Option<Program>, instead: impl Fn(Card) + Send + 'static) -> Self {
        Self::spawn_on(program, environment::ask, instead)
    }

    fn spawn_on(program: Option<Program>, ask: Ask, instead: impl Fn(Card) + Send + 'static) -> Self {
        let (commands, orders) = bounded(COMMANDS);
        // Nothing is ever sent: it closes when the thread ends.
        let (ending, ended) = bounded(0);
        let board = Arc::new(Board::default());
        let host = thread::Host::new(program, ask, Box::new(instead), Arc::clone(&board));
        let run = move || {
            host.run(&orders);
            drop(ending);
        };
        if let Err(error) = std::thread::Builder::new().name("overlay".into()).spawn(run) {
            tracing::warn!(%error, "no thread for the overlay");
            let why = format!("the thread for the overlay could not be started: {error}");
            let remedy = "free some memory or processes, then restart evenkeel".to_owned();
            board.lock().state = SurfaceState::Missing { why, remedy };
        }
        Self { commands, board, ended }
    }

    /// Returns at once; whether it was taken.
    fn put(&self, command: Command) -> bool {
        self.commands.try_send(command).is_ok()
    }

    /// Whether there is to be an overlay at all.
    pub fn switch(&self, on: bool) {
        self.put(Command::Switch(on));
    }

    /// Where it stands and how it looks.
    pub fn look(&self, look: Look) {
        self.put(Command::Look(Box::new(look)));
    }

    /// What the small pill shows.
    pub fn mark(&self, mark: Mark) {
        self.put(Command::Mark(mark));
    }

    /// Pace against normal, and level over it in dB.
    pub fn meters(&self, pace: Option<f32>, rise: Option<f32>) {
        self.put(Command::Meters { pace, rise });
    }

    /// Shows a nudge, or lets the card be shown where that is not possible.
    /// Returns at once; false where nothing was taken.
    pub fn show(&self, nudge: Nudge, instead: Option<Card>) -> bool {
        self.put(Command::Show(Box::new(Wanted { nudge, instead, asked: Instant::now() })))
    }

    /// Takes a nudge away.
    pub fn clear(&self, id: u64) {
        self.put(Command::Clear(id));
    }

    /// Whether it can be relied on.
    pub fn state(&self) -> SurfaceState {
        self.board.lock().state.clone()
    }

    /// All that is known of it.
    pub fn evidence(&self) -> Evidence {
        self.board.lock().clone()
    }

    /// Whether something else shows this nudge.
    pub fn fell(&self, id: u64) -> bool {
        self.board.lock().last_fallen == Some(id)
    }

    /// Ends process and thread; whether they ended within `most`.
    pub fn stop(self, most: Duration) -> bool {
        // A full queue is one of a thread that ends with this value anyway.
        self.put(Command::Stop);
        self.ended.recv_timeout(most) == Err(crossbeam_channel::RecvTimeoutError::Disconnected)
    }
}

#[cfg(all(test, unix))]
mod tests;
