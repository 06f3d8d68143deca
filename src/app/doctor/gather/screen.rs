//! The session's bus, who shows notifications, and the display.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::surfaces::{Bus, Desk, SurfaceState};

/// The service that shows notifications may have to be started first.
const ANSWER: Duration = Duration::from_millis(1_500);
/// So long its thread may take to end.
const END: Duration = Duration::from_millis(200);

/// Notifications, display, bus.
type Screen = ((SurfaceState, Option<String>), Option<(String, bool)>, Option<String>);

pub(super) fn look() -> Screen {
    (notifications(), display(), bus())
}

/// Where nothing of it came back in time.
pub(super) fn hung() -> Screen {
    let why = "the desktop does not answer".to_owned();
    let remedy = "log out and in again".to_owned();
    ((SurfaceState::Hung { why, remedy }, None), display(), bus())
}

fn notifications() -> (SurfaceState, Option<String>) {
    let desk = Desk::spawn(Bus::Session);
    desk.wait(ANSWER, |evidence| evidence.state != SurfaceState::Untried);
    let evidence = desk.evidence();
    desk.stop(END);
    (evidence.state, evidence.service.map(|s| format!("{} {}", s.name, s.version).trim().to_owned()))
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The bus of the session: as it is named, or where it usually is.
fn bus() -> Option<String> {
    if let Some(address) = set("DBUS_SESSION_BUS_ADDRESS") {
        let path = address.split(',').find_map(|part| part.strip_prefix("unix:path="));
        return path.is_none_or(|path| Path::new(path).exists()).then_some(address);
    }
    let usual = PathBuf::from(set("XDG_RUNTIME_DIR")?).join("bus");
    usual.exists().then(|| format!("unix:path={}", usual.display()))
}

fn display() -> Option<(String, bool)> {
    if let Some(name) = set("WAYLAND_DISPLAY") {
        let socket = PathBuf::from(set("XDG_RUNTIME_DIR").unwrap_or_default()).join(&name);
        return Some((format!("Wayland {name}"), socket.exists()));
    }
    let name = set("DISPLAY")?;
    // One of another machine cannot be looked for.
    let local = name.strip_prefix(':').map(|rest| rest.split('.').next().unwrap_or_default());
    let there = local.is_none_or(|number| Path::new(&format!("/tmp/.X11-unix/X{number}")).exists());
    Some((format!("X11 {name}"), there))
}
