//! The daemon: capture, detection, measures, nudges, storage and control,
//! strung together. Whatever fails while it runs is told and tried again;
//! nothing but an order ends it.

mod call;
mod engine;
mod heartbeat;
mod outlets;
mod past;
pub mod play;
pub mod process;
mod recognise;
mod record;
mod room;
mod told;
mod welcome;
mod wiring;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded, never};
use jiff::Timestamp;

use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::audio::capture::{Backend, Capture, Clocks};
use crate::audio::watch::{self, Selection};
use crate::config::{Config, ConfigWatch, LoadOptions};
use crate::control::{self, Notices, ORDERS, Publisher};
use crate::core::calls::{Calls, Verdict};
use crate::core::units::Nanos;
use crate::store::{self, Key, Lock, LockError, Opened, Reader, StoreError, Wall, Writer};
use crate::surfaces::overlay::{Overlay, Program};
use crate::surfaces::terminal::Terminal;
use crate::surfaces::{Bus, Desk};

use engine::{Engine, Parts, Seat};
use outlets::{database::Database, screen::Screen, terminal::Lines, watchers::Watchers};
use told::Outlet;
use welcome::{Guest, Welcome};
use wiring::Inputs;

pub(in crate::app) use past::summarise_orphans;

/// What the daemon is started with.
pub struct RunOptions {
    /// The configuration in force.
    pub config: Config,
    /// Where it comes from, to be read again.
    pub sources: LoadOptions,
    /// Where calls are recorded; nowhere without it.
    pub record: Option<PathBuf>,
    /// Where everything is kept.
    pub folders: Folders,
    /// What sound comes from.
    pub backend: Box<dyn Backend>,
    /// The clock that this sound is stamped by.
    pub clock: Box<dyn Fn() -> Nanos + Send>,
    /// The same for those who watch the devices, who also look for sleep.
    pub clocks: Box<dyn Fn() -> Clocks + Send>,
    /// When to look at these clocks though they were just looked at.
    pub wakes: Wakes,
    /// The time of day, and nothing but that: it may be set at any moment.
    pub wall: Box<dyn Fn() -> Timestamp + Send>,
    /// So long the end waits for the words of the last call.
    pub patience: Duration,
}

/// Sound that is played faster than time passes has those look who wait for it.
#[derive(Clone)]
pub struct Wakes {
    /// The analysis.
    pub analysis: Receiver<()>,
    /// Those who watch the devices.
    pub devices: Receiver<()>,
}

impl Default for Wakes {
    /// Time passes by itself.
    fn default() -> Self {
        Self { analysis: never(), devices: never() }
    }
}

/// What the watcher saw and nobody looked at yet; it waits when that is full.
const SEEN: usize = 16;
/// Reloads that wait: the newest holds all that the one before did.
const RELOADS: usize = 2;
/// So long the end waits for the database.
const FLUSH: Duration = Duration::from_secs(10);
/// So long it waits for the desktop to take a notification away.
const DESK: Duration = Duration::from_millis(500);

/// Runs until it is told to end.
///
/// # Errors
/// Where it cannot even begin: another one runs, or its folders or its database
/// cannot be used.
pub fn run(options: RunOptions) -> Result<Status, Failure> {
    process::keep_memory_private();
    let folders = options.folders.clone();
    folders.make()?;
    make_record_folder(options.record.as_deref())?;
    let _lock = Lock::take(&folders.lock()).map_err(|e| locked(&e))?;
    let opened = store::open(&folders.data, &folders.state, Wall::now()).map_err(|e| stored(&e))?;
    Daemon::start(options, &folders, opened)?.run();
    Ok(Status::Done)
}

/// Everything that runs.
struct Daemon {
    engine: Engine,
    inputs: Inputs,
    writer: Arc<Writer>,
    desk: Arc<Desk>,
    overlay: Arc<Overlay>,
    server: control::Server,
    patience: Duration,
}

impl Daemon {
    fn start(options: RunOptions, folders: &Folders, opened: Opened) -> Result<Self, Failure> {
        let RunOptions { config, sources, record, folders: _, backend, clock, clocks, wakes, wall, patience } =
            options;
        let opened = report(opened);
        let first = opened.migrated.as_ref().is_some_and(|migrated| migrated.from == 0);
        let writer = Arc::new(Writer::spawn(opened.database, *config.store()).map_err(|e| stored(&e))?);
        past::summarise_orphans(&opened.orphans, &folders.data, &writer);
        let (asked_in, asked) = bounded(ORDERS);
        let (status, notices) = (Publisher::new(control::Status::default()), Notices::new());
        let server = control::serve(&folders.socket(), asked_in.clone(), status.clone(), notices.clone())
            .map_err(|e| Failure::new(Status::Unavailable, e.to_string()))?;
        let (seen_in, seen) = bounded(SEEN);
        let (reloads_in, reloads) = bounded(RELOADS);
        let guest = backend.another();
        let capture = Capture::spawn_with(backend, config.capture(), clocks, wakes.devices);
        let desk = Arc::new(Desk::spawn(Bus::Session));
        let overlay = Arc::new(overlay(&desk));
        let terminal = Arc::new(Terminal::spawn(anstream::stdout(), width));
        let shared = Arc::new(config);
        let guest = Guest {
            backend: guest,
            settings: shared.capture().clone(),
            terminal: Arc::clone(&terminal),
            first,
        };
        let pasts = past::Known::load(&folders.data);
        let outlets: Vec<Box<dyn Outlet>> = vec![
            Box::new(Database::new(Arc::clone(&writer), Arc::clone(&shared), key(folders))),
            Box::new(Screen::new(Arc::clone(&desk), Arc::clone(&overlay), Arc::clone(&shared))),
            Box::new(Lines::new(Arc::clone(&terminal), Arc::clone(&shared), io::stdout().is_terminal())),
            Box::new(Watchers::new(notices, Arc::clone(&shared))),
            Box::new(Welcome::begin(guest, &folders.data)),
            Box::new(past::Refresher::new(folders.data.clone(), Arc::clone(&writer), pasts.clone())),
        ];
        let (jobs, heard) = words();
        let inputs = Inputs {
            wake: wakes.analysis,
            heard,
            asked,
            seen,
            reports: capture.reports().clone(),
            reloads,
            answers: desk.answers().clone(),
            status,
        };
        process::stop_on_signals(asked_in);
        let seat = Seat {
            watch: watch::spawn(Selection::of(shared.capture()), seen_in),
            files: Some(ConfigWatch::spawn(sources, (*shared).clone(), reloads_in)),
            desk: Arc::clone(&desk),
            overlay: Arc::clone(&overlay),
            terminal,
            data: folders.data.clone(),
            since: Timestamp::now(),
            started: Instant::now(),
        };
        let engine = Engine::new(Parts {
            agent: shared.agent_id().map_or_else(user, str::to_owned),
            calls: Calls::new(shared.calls().clone(), verdicts(folders)),
            config: shared,
            capture,
            pasts: Box::new(pasts),
            writer: Arc::clone(&writer),
            outlets,
            record,
            clock,
            wall,
            seat,
            jobs,
        });
        Ok(Self { engine, inputs, writer, desk, overlay, server, patience })
    }

    /// Streams closed, the call ended, everything on disk, the socket gone: in
    /// this order.
    fn run(self) {
        let Self { mut engine, mut inputs, writer, desk, overlay, server, patience } = self;
        heartbeat::ready("waiting for a call");
        tracing::info!("ready");
        wiring::analyse(&mut engine, &mut inputs);
        heartbeat::stopping();
        engine.stop();
        engine.hear_out(&inputs.heard, patience);
        drop(inputs);
        drop(engine);
        if !writer.flush(FLUSH) {
            tracing::error!("the database did not take everything before the end");
        }
        // It holds on to the notifications, which it may fall back to.
        if let Some(overlay) = Arc::into_inner(overlay) {
            overlay.stop(DESK);
        }
        if let Some(desk) = Arc::into_inner(desk) {
            desk.stop(DESK);
        }
        server.stop();
        tracing::info!("stopped");
    }
}

/// The pill; what it cannot show, notifications do.
fn overlay(desk: &Arc<Desk>) -> Overlay {
    let desk = Arc::clone(desk);
    Overlay::spawn(Program::own(), move |card| desk.show(card))
}

/// The thread that recognises; without it calls go on without words.
fn words() -> (Option<recognise::Jobs>, crossbeam_channel::Receiver<recognise::Heard>) {
    match recognise::spawn() {
        // It ends with whoever gives it work, and its process with it.
        Ok((jobs, heard, _)) => (Some(jobs), heard),
        Err(error) => {
            tracing::error!(%error, "no thread to recognise words");
            (None, crossbeam_channel::never())
        }
    }
}

/// The name of whoever runs this, where the configuration names nobody.
pub(in crate::app) fn user() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).or_else(login).unwrap_or_else(|| "agent".into())
}

/// As the system's list of users has it: a service may run without the variables.
#[cfg(unix)]
fn login() -> Option<String> {
    let uid = rustix::process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let mut fields = users.lines().map(|line| line.split(':'));
    fields
        .find_map(|mut f| Some((f.next()?, f.nth(1)?)).filter(|(_, id)| *id == uid))
        .map(|(name, _)| name.into())
}

#[cfg(not(unix))]
fn login() -> Option<String> {
    None
}

fn width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

fn make_record_folder(folder: Option<&std::path::Path>) -> Result<(), Failure> {
    let Some(folder) = folder else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|e| {
        Failure::new(Status::CannotWrite, format!("{}: {e}", folder.display()))
            .hint("give a folder that can be made for --record")
    })
}

/// Says what the opening of the database came to.
fn report(opened: Opened) -> Opened {
    if let Some(aside) = &opened.quarantined {
        tracing::error!(file = %aside.file.display(), calls = aside.calls, why = %aside.why,
            "the database was damaged: it was put aside, and what could be read was saved");
    }
    if let Some(migrated) = &opened.migrated {
        tracing::info!(from = migrated.from, to = migrated.to, "the database was brought up to date");
    }
    for orphan in &opened.orphans {
        tracing::warn!(call = orphan.id, "a call was left open by a crash; it ends with its last event");
    }
    opened
}

/// The key of the references; without it none is kept.
fn key(folders: &Folders) -> Option<Key> {
    Key::load_or_create(&Key::place(&folders.data))
        .inspect_err(|error| tracing::error!(%error, "no customer reference is kept"))
        .ok()
}

/// What was said of programs so far.
fn verdicts(folders: &Folders) -> Vec<Verdict> {
    let programs = Reader::open(&folders.data).and_then(|reader| reader.programs()).unwrap_or_else(|error| {
        tracing::error!(%error, "what was said of programs cannot be read");
        Vec::new()
    });
    let verdict = |p: store::Program| Verdict { allowed: p.verdict == store::Verdict::Allow, name: p.name };
    programs.into_iter().map(verdict).collect()
}

/// Why there is no lock, with its exit status.
pub(in crate::app) fn locked(error: &LockError) -> Failure {
    match error {
        LockError::Held { .. } => Failure::new(Status::TryAgain, error.to_string())
            .hint("`evenkeel ctl status` shows how it stands"),
        LockError::Refused { .. } => Failure::new(Status::CannotWrite, error.to_string()),
    }
}

/// Why the database cannot be used, with its exit status.
pub(in crate::app) fn stored(error: &StoreError) -> Failure {
    let status = match error {
        StoreError::Busy(_) => Status::TryAgain,
        StoreError::Full(_) | StoreError::Refused { .. } => Status::CannotWrite,
        StoreError::Missing(_) | StoreError::NoCall(_) | StoreError::Ambiguous { .. } => Status::MissingInput,
        StoreError::NewerSchema { .. }
        | StoreError::OldSqlite(_)
        | StoreError::GoesOn(_)
        | StoreError::Damaged(_)
        | StoreError::Unreadable { .. } => Status::BadData,
        StoreError::Bug { .. } => Status::Bug,
    };
    Failure::new(status, error.to_string())
}
