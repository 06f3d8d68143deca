//! How the recogniser stands: written by its thread, read by whoever asks. It
//! holds no spoken word.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::core::units::SampleSpan;
use crate::store::CallUid;
use crate::transcript::recogniser::RecogniserError;

/// What the thread does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::app::daemon) enum Phase {
    /// Nothing, and no model is in memory.
    #[default]
    Rests,
    /// A model is loaded.
    Loads,
    /// It waits for something to hear.
    Ready,
    /// It hears something.
    Busy,
}

/// How it stands.
#[derive(Clone, Debug, Default)]
pub(in crate::app::daemon) struct Standing {
    pub(in crate::app::daemon) phase: Phase,
    /// The processes that run.
    pub(in crate::app::daemon) processes: Vec<u32>,
    /// Why nothing more is recognised in a call while it goes on.
    pub(in crate::app::daemon) off: Option<(CallUid, RecogniserError)>,
    /// What failed while its call went on and is tried again after it.
    pub(in crate::app::daemon) failed: Vec<(CallUid, SampleSpan)>,
}

/// Where it is written.
#[derive(Clone, Debug, Default)]
pub(in crate::app::daemon) struct Board(Arc<Mutex<Standing>>);

impl Board {
    /// How it stands now.
    pub(in crate::app::daemon) fn read(&self) -> Standing {
        self.lock().clone()
    }

    pub(super) fn write(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.lock());
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
