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
    screen: Screen,
    view: View,
    /// When the played part began, less all pauses.
    began: Instant,
    left: bool,
    changed: bool,
    fault: Result<(), Failure>,
}

impl Playback {
    /// Takes the terminal over.
    pub(in crate::app::cli) fn open(bands: Bands, score_name: &str, title: String) -> Result<Self, Failure> {
        let mut view = View::new(bands, score_name, KEYS);
        view.hear(Change::Began(title));
        let screen = Screen::open().map_err(lost)?;
        Ok(Self { screen, view, began: Instant::now(), left: false, changed: true, fault: Ok(()) })
    }

    /// The same with the settings of a configuration.
    pub(super) fn configured(config: &Config, title: String) -> Result<Self, Failure> {
        Self::open(Bands::of(&config.settings()), config.score_name(), title)
    }

    /// Takes in what happened.
    pub(in crate::app::cli) fn hear(&mut self, change: Change) {
        self.view.hear(change);
        self.changed = true;
    }

    /// What comes before is not played.
    pub(in crate::app::cli) fn begin(&mut self) {
        self.began = Instant::now();
    }

    /// Waits until so much of the call has been played.
    pub(in crate::app::cli) fn until(&mut self, played: SampleSpan) {
        while !self.left {
            self.show();
            let due = self.began + Duration::from_secs_f64(played.seconds());
            let wait = due.saturating_duration_since(Instant::now());
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
            self.key(Duration::from_secs(3600));
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
        if std::mem::take(&mut self.changed)
            && let Err(error) = self.screen.show(&self.view)
        {
            self.gone(error);
        }
    }

    fn key(&mut self, most: Duration) {
        match self.screen.key(most) {
            Ok(Some(Key::Leave)) => self.left = true,
            Ok(Some(Key::Letter(' '))) => self.pause(),
            Ok(Some(Key::Resized)) => self.changed = true,
            Ok(Some(Key::Letter(_)) | None) => (),
            Err(error) => self.gone(error),
        }
    }

    /// Stands still until the next key.
    fn pause(&mut self) {
        let since = Instant::now();
        self.hear(Change::Halt(Some("stands still: space goes on".into())));
        loop {
            self.show();
            match self.screen.key(Duration::from_secs(3600)) {
                Ok(Some(Key::Letter(' '))) => break,
                Ok(Some(Key::Resized)) => self.changed = true,
                Ok(Some(Key::Leave)) => {
                    self.left = true;
                    break;
                }
                Ok(_) => (),
                Err(error) => return self.gone(error),
            }
        }
        self.began += since.elapsed();
        self.hear(Change::Halt(None));
    }

    fn gone(&mut self, error: io::Error) {
        self.left = true;
        self.fault = Err(lost(error));
    }
}
