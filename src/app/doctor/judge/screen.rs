//! Where nudges are shown.

use crate::app::doctor::check::{Check, Group, Verdict, fault, ok, skipped, warn};
use crate::app::doctor::facts::Facts;
use crate::surfaces::SurfaceState;

pub(super) fn judge(facts: &Facts) -> Vec<Check> {
    let check = |id, title, verdict| Check::new(Group::Screen, id, title, verdict);
    vec![
        check("session_bus", "Session bus", bus(facts)),
        check("notifications", "Notifications", notifications(facts)),
        check("display", "Display", display(facts)),
    ]
}

fn bus(facts: &Facts) -> Verdict {
    // Its address may hold folders of the user's: that it is there is enough.
    match &facts.bus {
        Some(_) => ok("there"),
        None => warn("none: notifications cannot be shown", "start it from a desktop session"),
    }
}

fn notifications(facts: &Facts) -> Verdict {
    if !facts.config.surfaces().notifications {
        return skipped("off by `show.notifications`");
    }
    let (state, service) = &facts.notifications;
    match state {
        SurfaceState::Works => ok(service.clone().unwrap_or_else(|| "shown".to_owned())),
        SurfaceState::Untried => warn("nobody answered yet", "look again in a moment"),
        SurfaceState::Missing { why, remedy } => warn(why, remedy),
        SurfaceState::Hung { why, remedy } => fault(why, remedy),
    }
}

fn display(facts: &Facts) -> Verdict {
    match &facts.display {
        Some((name, true)) => ok(name),
        Some((name, false)) => fault(
            format!("{name} is named, but not there"),
            "log out and in again, or start it from the desktop",
        ),
        None => warn("none: no WAYLAND_DISPLAY and no DISPLAY", "start it from a desktop session"),
    }
}
