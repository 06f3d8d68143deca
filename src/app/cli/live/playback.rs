//! A call that is played back in the full screen: at its own speed, until its end or
//! until somebody leaves.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use crate::app::exit::{Failure, Status};
use crate::app::live::{Bands, Change, Key, Screen, View};
use crate::config::Config;
use crate::core::units::SampleSpan;

/// Keys are looked at so often.
const LOOK: Duration = Duration::from_millis(100);

/// Later than this, the call goes on from where it is and catches nothing up.
const LATE: Duration = Duration::from_millis(300);

/// Nothing happens but by a key.
const STAYS: Duration = Duration::from_secs(3600);

const KEYS: &str = "space pause   x leave";

/// Whether a view can be shown: somebody must see it, and be able to leave it.
pub(in crate::app::cli) fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Refuses where there is no terminal.
pub(super) fn terminal() -> Result<(), Failure> {
    if is_terminal() {
        return Ok(());
    }
    Err(Failure::new(Status::Unavailable, "a full-screen view needs a terminal for input and output")
        .hint("`evenkeel ctl watch` shows the same line by line"))
}

/// What goes wrong with a terminal.
#[expect(clippy::needless_pass_by_value, reason = "it is mapped over")]
pub(super) fn lost(error: io::Error) -> Failure {
    Failure::new(Status::Unavailable, format!("the terminal: {error}"))
}

/// A screen that plays.
pub(in crate::app::cli) struct Playback {
    /// None before there is anything to see: until then Ctrl-C is that of any command.
    screen: Option<Screen>,
    view: View,
    /// When the played part began, less all pauses; none before it has.
    began: Option<Instant>,
    left: bool,
    changed: bool,
    fault: Result<(), Failure>,
}

impl Playback {
    /// Takes the terminal over as soon as something is played.
    pub(in crate::app::cli) fn new(bands: Bands, score_name: &str, title: String) -> Self {
        let mut view = View::new(bands, score_name, KEYS);
        view.hear(Change::Began(title));
        Self { screen: None, view, began: None, left: false, changed: true, fault: Ok(()) }
    }

    /// The same with the settings of a configuration.
    pub(super) fn configured(config: &Config, title: String) -> Self {
        Self::new(Bands::of(&config.settings()), config.score_name(), title)
    }

    /// Takes in what happened.
    pub(in crate::app::cli) fn hear(&mut self, change: Change) {
        self.view.hear(change);
        self.changed = true;
    }

    /// What comes before is not played.
    pub(in crate::app::cli) const fn begin(&mut self) {
        self.began = None;
    }

    /// Waits until so much of the call has been played.
    pub(in crate::app::cli) fn until(&mut self, played: SampleSpan) {
        let played = Duration::from_secs_f64(played.seconds());
        while !self.left {
            self.show();
            let now = Instant::now();
            // What was loaded or recognised meanwhile took its time: the call is not rushed
            // through for it.
            let late = self.began.is_none_or(|began| began + played + LATE < now);
            let due = if late { now } else { self.began.unwrap_or(now) + played };
            self.began = due.checked_sub(played);
            let wait = due.saturating_duration_since(now);
            self.key(wait.min(LOOK));
            if wait.is_zero() {
                return;
            }
        }
    }

    /// Waits until somebody leaves.
    pub(super) fn stay(&mut self) {
        while !self.left {
            self.show();
            self.key(STAYS);
        }
    }

    /// Whether somebody left.
    pub(in crate::app::cli) const fn is_left(&self) -> bool {
        self.left
    }

    /// Gives the terminal back; how it went.
    pub(in crate::app::cli) fn close(self) -> Result<(), Failure> {
        self.fault
    }

    fn show(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        let shown = match &mut self.screen {
            Some(screen) => screen.show(&self.view),
            None => Screen::open().and_then(|screen| self.screen.insert(screen).show(&self.view)),
        };
        if let Err(error) = shown {
            self.gone(error);
        }
    }

    /// What was pressed within `most`.
    fn pressed(&mut self, most: Duration) -> Option<Key> {
        let pressed = self.screen.as_ref().map_or(Ok(None), |screen| screen.key(most));
        pressed.unwrap_or_else(|error| {
            self.gone(error);
            None
        })
    }

    fn key(&mut self, most: Duration) {
        match self.pressed(most) {
            Some(Key::Leave) => self.left = true,
            Some(Key::Letter(' ')) => self.pause(),
            Some(Key::Resized) => self.changed = true,
            Some(Key::Letter(_)) | None => (),
        }
    }

    /// Stands still until the next key.
    fn pause(&mut self) {
        let since = Instant::now();
        self.hear(Change::Still(true));
        while !self.left {
            self.show();
            match self.pressed(STAYS) {
                Some(Key::Letter(' ')) => break,
                Some(Key::Resized) => self.changed = true,
                Some(Key::Leave) => self.left = true,
                Some(Key::Letter(_)) | None => (),
            }
        }
        self.began = self.began.map(|began| began + since.elapsed());
        self.hear(Change::Still(false));
    }

    fn gone(&mut self, error: io::Error) {
        self.left = true;
        self.fault = Err(lost(error));
    }
}
