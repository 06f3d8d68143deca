//! Tells the service manager that the daemon is ready, alive, or on its way out.
//! Where there is none, nobody is told.

use std::time::Duration;

/// How often a sign of life is due; none where nobody waits for one.
pub(super) fn interval() -> Option<Duration> {
    #[cfg(unix)]
    {
        // Half of what is allowed, as its manual advises.
        sd_notify::watchdog_enabled().map(|allowed| allowed / 2)
    }
    #[cfg(not(unix))]
    None
}

/// Calls can be taken.
pub(super) fn ready(status: &str) {
    #[cfg(unix)]
    tell(&[sd_notify::NotifyState::Ready, sd_notify::NotifyState::Status(status)]);
    #[cfg(not(unix))]
    let _ = status;
}

/// Still alive: told by the analysis itself, so that it means something.
pub(super) fn alive() {
    #[cfg(unix)]
    tell(&[sd_notify::NotifyState::Watchdog]);
}

/// On its way out.
pub(super) fn stopping() {
    #[cfg(unix)]
    tell(&[sd_notify::NotifyState::Stopping]);
}

#[cfg(unix)]
fn tell(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager does not listen");
    }
}
