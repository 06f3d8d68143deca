//! What earlier calls left behind, kept at hand so that a call that begins
//! waits for no disk; and what calls that a crash left open amounted to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::app::daemon::engine::Pasts;
use crate::app::daemon::told::{Outlet, Told};
use crate::app::refold::refold;
use crate::core::pipeline::Past;
use crate::store::{Command, Devices, Orphan, Reader, StoreError, Writer};

/// Agent, devices, softphone.
type About = (String, Devices, String);

#[derive(Debug, Default)]
pub(super) struct Shelf {
    pasts: HashMap<About, Past>,
    /// Of agents without a normal on these devices: what they said of nudges.
    agents: HashMap<String, Past>,
}

/// The analysis' end of it. Held for the time of a look or of a replacement.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(Arc<Mutex<Shelf>>);

impl Known {
    /// Reads what is there.
    pub(super) fn load(folder: &Path) -> Self {
        let known = Self::default();
        known.refresh(folder);
        known
    }

    fn refresh(&self, folder: &Path) {
        match read(folder) {
            Ok(shelf) => *self.0.lock().unwrap_or_else(PoisonError::into_inner) = shelf,
            Err(error) => tracing::error!(%error, "what was normal so far cannot be read"),
        }
    }
}

impl Pasts for Known {
    fn past(&self, agent: &str, devices: &Devices, profile: &str) -> Past {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let about = (agent.to_owned(), devices.clone(), profile.to_owned());
        let found = shelf.pasts.get(&about).or_else(|| shelf.agents.get(agent));
        found.copied().unwrap_or_default()
    }
}

fn read(folder: &Path) -> Result<Shelf, StoreError> {
    let reader = Reader::open(folder)?;
    let mut shelf = Shelf::default();
    for (agent, devices, profile) in reader.known()? {
        let past = reader.past(&agent, &devices, &profile)?;
        shelf.agents.insert(agent.clone(), Past { normal: None, ..past });
        shelf.pasts.insert((agent, devices, profile), past);
    }
    Ok(shelf)
}

/// Reads it again after each call, on a thread of its own.
pub(super) struct Refresher {
    folder: PathBuf,
    writer: Arc<Writer>,
    known: Known,
}

/// So long the end of a call is waited for to be on disk.
const COMMITTED: Duration = Duration::from_secs(30);

impl Refresher {
    pub(super) fn new(folder: PathBuf, writer: Arc<Writer>, known: Known) -> Self {
        Self { folder, writer, known }
    }
}

impl Outlet for Refresher {
    fn tell(&mut self, told: Told<'_>) {
        if !matches!(told, Told::Over(..)) {
            return;
        }
        let (folder, writer) = (self.folder.clone(), Arc::clone(&self.writer));
        let known = self.known.clone();
        let work = move || {
            writer.flush(COMMITTED);
            known.refresh(&folder);
        };
        if let Err(error) = std::thread::Builder::new().name("past".into()).spawn(work) {
            tracing::error!(%error, "what is normal is not brought up to date");
        }
    }
}

/// Sums up the calls that a crash left open, from what was stored of them.
pub(in crate::app) fn summarise_orphans(orphans: &[Orphan], folder: &Path, writer: &Writer) {
    for orphan in orphans {
        let stored = Reader::open(folder).and_then(|reader| reader.call(&orphan.uid.to_string()));
        match stored {
            Ok(stored) => {
                let summary = Box::new(refold(&stored));
                writer.send(Command::Summarise { call: orphan.uid, summary });
            }
            Err(error) => tracing::error!(%error, call = orphan.id, "a call cannot be summed up"),
        }
    }
}
