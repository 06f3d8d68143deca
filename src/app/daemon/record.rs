//! The recording of a call that goes on, where the person asked for one.

use std::io;
use std::path::Path;

use crate::app::daemon::call::Witness;
use crate::app::daemon::told::Meta;
use crate::app::recording::{Journal, Recorder};
use crate::core::event::Order;
use crate::core::frames::align::Stretch;
use crate::core::pipeline::Settings;
use crate::core::units::SampleTime;

/// What is recorded of a call.
#[derive(Debug, Default)]
pub(super) enum Tape {
    /// Nothing.
    #[default]
    Off,
    /// It may turn out to be no call: what came so far waits in memory.
    Waiting(Vec<(SampleTime, Stretch)>),
    /// Everything.
    On(Box<Recorder>),
}

impl Tape {
    /// It is a call: a file of its own, with what came before.
    pub(super) fn start(&mut self, folder: &Path, meta: &Meta) {
        let Self::Waiting(early) = std::mem::take(self) else { return };
        match create(folder, meta) {
            Ok(mut recorder) => {
                early.iter().for_each(|(at, stretch)| recorder.sound(*at, stretch));
                *self = Self::On(Box::new(recorder));
            }
            Err(error) => {
                tracing::error!(folder = %folder.display(), %error, "this call is not recorded");
            }
        }
    }

    /// An order is carried out.
    pub(super) fn order(&mut self, at: SampleTime, order: Order) {
        if let Self::On(recorder) = self {
            recorder.order(at, order);
        }
    }

    /// Other settings are applied.
    pub(super) fn apply(&mut self, at: SampleTime, settings: Settings) {
        if let Self::On(recorder) = self {
            recorder.apply(at, settings);
        }
    }
}

impl Witness for Tape {
    fn sound(&mut self, at: SampleTime, stretch: &Stretch) {
        match self {
            Self::Off => (),
            Self::Waiting(early) => early.push((at, stretch.clone())),
            Self::On(recorder) => recorder.sound(at, stretch),
        }
    }
}

/// A file of its own for this call.
fn create(folder: &Path, meta: &Meta) -> io::Result<Recorder> {
    let journal = Journal {
        version: env!("CARGO_PKG_VERSION").into(),
        config_hash: meta.config_hash.clone(),
        settings: meta.settings,
        past: meta.past,
        marks: Vec::new(),
        end: None,
    };
    let name = format!("{}_{}", meta.began.strftime("%Y-%m-%d_%H%M%S"), meta.short());
    Recorder::create(folder, &name, journal)
}
