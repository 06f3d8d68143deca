//! Where nudges are shown. A surface is told what to show and never waits for
//! anyone: a hung desktop costs a nudge, never the call. It never sees a spoken
//! word, takes no focus and makes no sound.

mod board;
mod card;
mod clean;
mod desk;
pub mod ladder;
pub mod light;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod notification;
pub mod overlay;
mod slot;
mod state;
pub mod terminal;
pub mod wording;

pub use card::{Action, Answer, Card, Choice, Urgency};
pub use desk::{Bus, Desk, GIVE_UP};
pub use state::{Evidence, Service, SurfaceState};

/// Which surfaces may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The pill on the screen.
    pub overlay: bool,
    /// Desktop notifications.
    pub notifications: bool,
    /// Lines in the terminal of `run`.
    pub terminal: bool,
    /// One notification after each call.
    pub after_call: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { overlay: true, notifications: true, terminal: true, after_call: true }
    }
}
