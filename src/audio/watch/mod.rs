//! Calls as the sound server shows them: which program holds the microphone and
//! the headset. One thread speaks PulseAudio's protocol (PipeWire speaks it
//! too), sleeps until the server has something to tell, and connects again for
//! ever when it goes away. It reads; it never opens a stream, moves one or
//! touches a level, and it decides nothing: what a call is, the core knows.

#[cfg(not(all(target_os = "linux", feature = "live")))]
mod absent;
#[cfg(all(target_os = "linux", feature = "live"))]
pub(in crate::audio) mod connection;
#[cfg(all(target_os = "linux", feature = "live"))]
mod devices;
#[cfg(all(target_os = "linux", feature = "live"))]
mod holders;
#[cfg(all(target_os = "linux", feature = "live"))]
mod place;
#[cfg(all(target_os = "linux", feature = "live"))]
mod session;

use thiserror::Error;

use crate::audio::capture;
pub use crate::core::calls::Holder;
#[cfg(not(all(target_os = "linux", feature = "live")))]
pub use absent::{Watch, spawn};
#[cfg(all(target_os = "linux", feature = "live"))]
pub use place::Place;
#[cfg(all(target_os = "linux", feature = "live"))]
pub use session::{Watch, spawn, spawn_at};

/// Which devices make up the headset. Each is `default`, which follows the
/// server's default, or a name or description with `*`, without case; what
/// stands before a colon (`pulseaudio:`) is the library's and does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Microphones; more than one where a filter stands before the real one.
    pub microphones: Vec<String>,
    /// Outputs.
    pub headsets: Vec<String>,
}

impl Selection {
    /// The devices that are captured.
    pub fn of(settings: &capture::Settings) -> Self {
        Self { microphones: vec![settings.microphone.clone()], headsets: vec![settings.headset.clone()] }
    }
}

impl Default for Selection {
    fn default() -> Self {
        Self::of(&capture::Settings::default())
    }
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// All programs that hold a side now, by process; told when it changes.
    Holders(Vec<Holder>),
    /// The server cannot be seen from now on. Told once until it is back.
    Gone {
        /// Why not.
        why: Why,
    },
    /// It is back; who holds what follows.
    Back,
}

/// Why the sound server cannot be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Why {
    /// Not on this system, or not in this build: nothing will change that.
    #[error("this build cannot see which program is in a call; begin calls with `evenkeel ctl call start`")]
    Unsupported,
    /// There is none: wait for one.
    #[error(
        "no sound server is running; start PulseAudio or PipeWire, or begin calls with `evenkeel ctl call start`"
    )]
    Missing,
    /// It is on another machine, and so are its programs.
    #[error(
        "PULSE_SERVER names a server on another machine; expected one on this machine: unset PULSE_SERVER"
    )]
    Remote,
    /// It does not let us in.
    #[error(
        "the sound server refused us; expected its cookie in PULSE_COOKIE or ~/.config/pulse/cookie, readable by this user"
    )]
    Refused,
    /// It went away.
    #[error("the sound server closed the connection; it is asked again until it is back")]
    Closed,
    /// It does not answer.
    #[error("the sound server did not answer within 5 s; if this lasts, start it again")]
    Silent,
    /// It speaks otherwise than expected.
    #[error("the sound server sent what is not its protocol; it is asked again until it is right")]
    Malformed,
}

#[cfg(test)]
#[cfg(all(target_os = "linux", feature = "live"))]
mod tests;
