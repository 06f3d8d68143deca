//! Gathers the facts, side by side, none for longer than its limit: what does
//! not answer is a fact too.

mod daemon;
mod machine;
mod screen;
mod service;
mod sound;

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use crate::app::doctor::facts::{Database, Examination, Facts, Words};
use crate::app::folders::Folders;
use crate::app::recognise;
use crate::config::{self, Layer, LoadOptions};
use crate::store::{self, StoreError, Wall};

/// What to look at, and what is allowed.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Where the configuration comes from.
    pub sources: LoadOptions,
    /// Where everything is kept.
    pub folders: Folders,
    /// Listen to the devices.
    pub listen: bool,
    /// Play a short tone.
    pub tone: bool,
}

/// Checking a database of 500 MB takes a second or two.
const DATABASE: Duration = Duration::from_millis(4_000);
/// The parts below have limits of their own; this is for what hangs in spite of them.
const HUNG: Duration = Duration::from_millis(4_500);

/// Gathers everything; takes some two seconds, and five at most.
pub fn gather(visit: &Visit) -> Facts {
    let review = config::review(&visit.sources);
    let (data, state) = (visit.folders.data.clone(), visit.folders.state.clone());
    let examination = aside(move || examine(&data));
    let screen = aside(screen::look);
    let autostart = autostart(&visit.sources);
    let service = aside(move || service::ask(autostart));
    let daemon = daemon::ask(&visit.folders.socket());
    let sound = sound::look(visit, &review.config, &daemon);
    let (state_of_notices, display, bus) = screen.recv_timeout(HUNG).unwrap_or_else(|_| screen::hung());
    let service = service.recv_timeout(HUNG).unwrap_or(service::none(autostart));
    let policy = review.config.entries().iter().filter(|e| e.origin.layer == Layer::Policy).count();
    Facts {
        version: env!("CARGO_PKG_VERSION"),
        policy,
        problems: config::messages(&review.problems),
        warnings: review.warnings.iter().map(ToString::to_string).collect(),
        read: review.read,
        words: words(&review.config, &visit.folders),
        config: review.config,
        left_out: left_out(),
        no_dumps: machine::forbid_dumps(),
        daemon_dumps: daemon.status().and_then(|status| machine::dumps(status.pid)),
        folders: machine::folders(&visit.folders),
        free_mb: machine::free_mb(&visit.folders.data),
        now: Wall::now(),
        monotonic_ms: machine::monotonic_ms(),
        zone: machine::zone(),
        database: Database {
            sqlite: store::sqlite(),
            examined: examination.recv_timeout(DATABASE).unwrap_or(Examination::Slow),
            mode: machine::mode(&store::file(&visit.folders.data)),
            backups: store::backups(&state),
        },
        daemon,
        service,
        sound,
        bus,
        notifications: state_of_notices,
        display,
    }
}

/// Runs it on a thread of its own; one that hangs ends with the process.
fn aside<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (tell, told) = mpsc::channel();
    let spawned = std::thread::Builder::new().name("doctor".to_owned()).spawn(move || {
        // Nobody waits any more where it took too long.
        let _ = tell.send(look());
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "no thread for a part of the doctor");
    }
    told
}

fn examine(data: &std::path::Path) -> Examination {
    match store::examine(data) {
        Ok(examined) => Examination::Done(examined),
        Err(StoreError::Missing(_)) => Examination::None,
        Err(error) => Examination::Failed(error.to_string()),
    }
}

/// Whether the session starts the program without a service manager.
fn autostart(sources: &LoadOptions) -> bool {
    let user = sources.places.user.as_ref().and_then(|file| file.parent()?.parent().map(PathBuf::from));
    user.is_some_and(|config| config.join("autostart/evenkeel.desktop").exists())
}

/// What would hear the words of a call that began now.
fn words(config: &config::Config, folders: &Folders) -> Words {
    let settings = config.transcript();
    let found = recognise::wanted(settings, &recognise::folder(folders));
    match found.and_then(|choice| recognise::Rules::new(settings).map(|_| choice)) {
        _ if !settings.on => Words::Off,
        Err(failure) => Words::Refused(failure.message, failure.hint),
        Ok(Some(choice)) => Words::By(choice.name()),
        Ok(None) if cfg!(feature = "whisper") => Words::NoModel,
        Ok(None) => Words::NotBuilt,
    }
}

fn left_out() -> Vec<&'static str> {
    let features = [
        ("live", cfg!(feature = "live")),
        ("desktop", cfg!(feature = "desktop")),
        ("overlay", cfg!(feature = "overlay")),
        ("opus", cfg!(feature = "opus")),
    ];
    features.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect()
}
