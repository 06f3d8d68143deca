//! The daemon and its service.

use crate::app::doctor::check::{Check, Group, Verdict, fault, ok, skipped, warn};
use crate::app::doctor::facts::{Daemon, Facts, Service};
use crate::control::{Health, PartStatus, Status};

pub(super) fn judge(facts: &Facts) -> Vec<Check> {
    let check = |id, title, verdict| Check::new(Group::Daemon, id, title, verdict);
    let of = |look: fn(&Facts, &Status) -> Verdict| {
        facts.daemon.status().map_or_else(|| skipped("no daemon answers"), |status| look(facts, status))
    };
    vec![
        check("daemon", "Daemon", runs(facts)),
        check("daemon_version", "Its version", of(version)),
        check("daemon_config", "Its settings", of(config)),
        check("daemon_store", "Its storage", of(store)),
        check("service", "Service", service(facts)),
    ]
}

fn runs(facts: &Facts) -> Verdict {
    match &facts.daemon {
        Daemon::Absent => warn("is not running: no call is noticed", "start it: `evenkeel run`"),
        Daemon::Mute(why) => fault(why, "restart evenkeel; if it stays so, its log tells why"),
        Daemon::Answers(status) => {
            let since = status.since.get(..16).unwrap_or_default().replace('T', " ");
            let call = if status.call.is_some() { "a call is on" } else { "no call is on" };
            ok(format!("process {}, since {since} UTC, {call}", status.pid))
        }
    }
}

fn version(facts: &Facts, status: &Status) -> Verdict {
    if status.version == facts.version {
        return ok(&status.version);
    }
    warn(
        format!("{}, and this is {}", status.version, facts.version),
        "restart the daemon, so that both are the same",
    )
}

fn config(_: &Facts, status: &Status) -> Verdict {
    if let Some(error) = &status.config.error {
        let first = error.lines().next().unwrap_or_default();
        return fault(first, "`evenkeel config check` tells all; the values from before stay in force");
    }
    if !status.config.held.is_empty() {
        return warn(
            format!("waiting: {}", status.config.held.join("; ")),
            "end the call, or restart the daemon",
        );
    }
    ok("in force")
}

fn store(_: &Facts, status: &Status) -> Verdict {
    let store = &status.store;
    let part = PartStatus {
        name: String::new(),
        health: store.health,
        why: store.why.clone(),
        remedy: store.remedy.clone(),
    };
    told(&part, "written without loss")
}

/// What the daemon says of one of its parts.
fn told(part: &PartStatus, well: &str) -> Verdict {
    let why = part.why.clone().unwrap_or_else(|| well.to_owned());
    let remedy = part.remedy.clone().unwrap_or_else(|| "see `evenkeel ctl status`".to_owned());
    match part.health {
        Health::Works => ok(why),
        Health::Off => skipped(why),
        Health::Ailing => warn(why, remedy),
        Health::Missing => fault(why, remedy),
    }
}

fn service(facts: &Facts) -> Verdict {
    let install = "`scripts/install` sets it up, so that no call is missed after the next login";
    match &facts.service {
        Service::NoManager { autostart: true } | Service::Unknown { autostart: true } => {
            ok("starts with the session by its autostart entry")
        }
        Service::NoManager { autostart: false } => skipped("no service manager answers for this user"),
        Service::Unknown { autostart: false } => {
            warn("not installed: the daemon is started by hand", install)
        }
        Service::Known { state, .. } if state == "failed" => fault(
            "failed",
            "`journalctl --user -u evenkeel` tells why; then `systemctl --user restart evenkeel`",
        ),
        Service::Known { enabled: false, state } => {
            warn(format!("installed, {state}, but not enabled"), "`systemctl --user enable --now evenkeel`")
        }
        Service::Known { enabled: true, state } => ok(format!("enabled, {state}")),
    }
}
