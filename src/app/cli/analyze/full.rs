//! Plays a call in the full screen of a terminal, as `evenkeel live` shows one that is
//! on.

use crate::app::analyse::{Job, Listener};
use crate::app::cli::analyze::Plan;
use crate::app::cli::live::playback::Playback;
use crate::app::exit::Failure;
use crate::app::live::{Bands, Events};
use crate::core::event::Event;
use crate::core::units::SampleSpan;
use crate::core::words::Words;

/// The screen is brought up to date this often.
const STEP: SampleSpan = SampleSpan::from_millis(100);

/// Plays one call.
pub(super) struct Player {
    playback: Playback,
    events: Events,
    /// Where the played part begins in the file.
    from: SampleSpan,
}

impl Player {
    /// Takes the terminal over as soon as something is played.
    pub(super) fn new(plan: &Plan, job: &Job) -> Self {
        let bands = Bands::of(&plan.measuring.settings);
        let playback = Playback::new(bands, &plan.score_name, job.name.clone());
        Self { playback, events: Events::new(job.from, plan.wording.clone()), from: job.from }
    }

    /// Gives the terminal back. Who leaves early has seen enough: no report is made of a
    /// part of a call.
    pub(super) fn close(self) -> Result<(), Failure> {
        let left = self.playback.is_left();
        self.playback.close()?;
        if left { Err(Failure::silent()) } else { Ok(()) }
    }
}

impl Listener for Player {
    fn event(&mut self, event: &Event) {
        if let Some(change) = self.events.event(event) {
            self.playback.hear(change);
        }
    }

    fn said(&mut self, words: &Words) {
        self.playback.hear(self.events.said(words));
    }

    fn score(&mut self, so_far: Option<f32>, lately: Option<f32>) {
        self.events.score(so_far, lately);
    }

    fn progress(&mut self, read: SampleSpan, _: Option<SampleSpan>) {
        if read <= self.from {
            // What comes before is read as fast as it can be.
            self.playback.begin();
        }
        self.playback.until(read - self.from);
    }

    fn piece(&self) -> Option<SampleSpan> {
        Some(STEP)
    }

    fn has_enough(&self) -> bool {
        self.playback.is_left()
    }
}
