//! The pill on the screen: a process of its own that is fed lines, so that a
//! stuck or missing display never touches the call. It takes no focus, no key and
//! no click, makes no sound, and sleeps until there is something to show.

mod environment;
mod host;
#[cfg(all(feature = "overlay", any(target_os = "linux", windows)))]
mod paint;
#[cfg(all(feature = "overlay", any(target_os = "linux", windows)))]
mod pill;
mod process;
pub mod protocol;
#[cfg(all(feature = "overlay", any(target_os = "linux", windows)))]
mod run;
#[cfg(all(feature = "overlay", any(target_os = "linux", windows)))]
mod screen;
mod settings;
mod trouble;

pub use host::{Evidence, Overlay, Program};
#[cfg(all(feature = "overlay", any(target_os = "linux", windows)))]
pub use run::run;
pub use settings::{Backend, Corner, Look, Motion, Scale, Theme};
pub use trouble::Trouble;

/// Without a display that anybody has written a backend for.
///
/// # Errors
/// Always: there is none.
#[cfg(not(all(feature = "overlay", any(target_os = "linux", windows))))]
pub fn run(_: Backend) -> Result<(), Trouble> {
    let why = if cfg!(target_os = "macos") {
        "there is no overlay for macOS yet"
    } else {
        "this build of evenkeel has no overlay"
    };
    Err(Trouble::Unavailable(why.into()))
}
