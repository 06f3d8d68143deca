//! What is said where there is no overlay.

use crate::surfaces::overlay::protocol::Report;
use crate::surfaces::state::SurfaceState;

/// There is nothing to start.
pub(super) fn not_built() -> SurfaceState {
    let why = "this build of evenkeel has no overlay".to_owned();
    let remedy = "build it on Linux with the feature `overlay`".to_owned();
    SurfaceState::Missing { why, remedy }
}

/// The system does not start it.
pub(super) fn not_started(why: &str) -> SurfaceState {
    let remedy = "see the log, and install evenkeel anew".to_owned();
    SurfaceState::Missing { why: format!("it could not be started: {why}"), remedy }
}

/// Nobody names a display.
pub(super) fn no_display() -> SurfaceState {
    let why = "neither this program nor the user's service manager knows of a display".to_owned();
    let remedy = "start it from a desktop session, or run `systemctl --user import-environment \
                  DISPLAY WAYLAND_DISPLAY XAUTHORITY` there"
        .to_owned();
    SurfaceState::Missing { why, remedy }
}

/// It said why it cannot be.
pub(super) fn failed(report: &Report) -> Option<SurfaceState> {
    let Report::Failed { why, .. } = report else { return None };
    let remedy = "log in to a desktop; it is looked for again with each call".to_owned();
    Some(SurfaceState::Missing { why: crate::surfaces::clean::sentence(why), remedy })
}

/// It ended without a word.
pub(super) fn ended() -> SurfaceState {
    let why = "it ended without a word and is started again".to_owned();
    SurfaceState::Missing { why, remedy: "if it stays so, see the log".to_owned() }
}

/// It took a nudge and showed nothing.
pub(super) fn hung() -> SurfaceState {
    let why = "it did not show what it was told and is started again".to_owned();
    SurfaceState::Hung { why, remedy: "if it stays so, set `show.overlay` to false".to_owned() }
}
