//! Folders, disk and clock.

use crate::app::doctor::check::{Check, Group, Verdict, fault, ok, warn};
use crate::app::doctor::facts::{Facts, Folder, FolderState};

/// Less free room than this and the next calls may not be kept, MB.
const NO_ROOM_MB: u64 = 20;
/// Less than this lasts for some weeks of calls, MB.
const LITTLE_ROOM_MB: u64 = 200;
/// No version of this program is older: 2025-01-01, ms since 1970 UTC.
const BEGINNING_MS: i64 = 1_735_689_600_000;
/// A clock beyond 2100 is wrong, ms since 1970 UTC.
const END_MS: i64 = 4_102_444_800_000;
/// 20 ms take no longer than this on any machine that can follow a call, ms.
const STALLED_MS: f64 = 500.0;
/// ... and no less than this.
const RUNS_MS: f64 = 19.0;
/// Calls may be dated this far ahead, ms: two machines' clocks.
const AHEAD_MS: i64 = 3_600_000;

pub(super) fn judge(facts: &Facts) -> Vec<Check> {
    let check = |id, title, verdict| Check::new(Group::Machine, id, title, verdict);
    let mut checks: Vec<_> = facts.folders.iter().map(|(name, at)| folder(name, at)).collect();
    checks.push(check("disk", "Free disk space", disk(facts)));
    checks.push(check("clock", "Clock", clock(facts)));
    checks.push(check("sample_clock", "Sound's clock", sample_clock(facts)));
    checks.push(check("zone", "Time zone", zone(facts)));
    checks
}

fn folder(name: &str, folder: &Folder) -> Check {
    let (id, title) = match name {
        "data" => ("folder_data", "Data folder"),
        "state" => ("folder_state", "State folder"),
        _ => ("folder_runtime", "Runtime folder"),
    };
    Check::new(Group::Machine, id, title, stands(folder))
}

fn stands(folder: &Folder) -> Verdict {
    let path = folder.path.display();
    match &folder.state {
        FolderState::Absent(true) => ok(format!("{path}: not there yet, `evenkeel run` makes it")),
        FolderState::Absent(false) => fault(
            format!("{path}: not there, and cannot be made"),
            "make it yourself, or check who owns the folder above it",
        ),
        FolderState::There { ours: false, .. } => {
            fault(format!("{path}: belongs to another user"), format!("take it over: `chown $USER {path}`"))
        }
        FolderState::There { writable: false, .. } => {
            fault(format!("{path}: cannot be written to"), format!("`chmod 700 {path}`, or check its disk"))
        }
        FolderState::There { mode, .. } if mode & 0o077 != 0 => fault(
            format!("{path}: open to others (mode {mode:o}), expected 700"),
            format!("`chmod 700 {path}`; `evenkeel run` does it too"),
        ),
        FolderState::There { .. } => ok(format!("{path}: there, ours alone")),
    }
}

fn disk(facts: &Facts) -> Verdict {
    match facts.free_mb {
        None => warn("cannot be asked for", "check that there is room for some 100 MB"),
        Some(free) if free < NO_ROOM_MB => {
            fault(format!("{free} MB, expected {LITTLE_ROOM_MB} or more"), "free some: calls may not be kept")
        }
        Some(free) if free < LITTLE_ROOM_MB => {
            warn(format!("{free} MB, expected {LITTLE_ROOM_MB} or more"), "free some in the next weeks")
        }
        Some(free) => ok(if free < 10_000 { format!("{free} MB") } else { format!("{} GB", free / 1000) }),
    }
}

fn clock(facts: &Facts) -> Verdict {
    let remedy = "set the clock (`timedatectl set-ntp true`): calls are dated by it";
    let now = facts.now.utc_ms;
    let newest = match &facts.database.examined {
        crate::app::doctor::facts::Examination::Done(examined) => examined.newest_ms,
        crate::app::doctor::facts::Examination::None
        | crate::app::doctor::facts::Examination::Slow
        | crate::app::doctor::facts::Examination::Failed(_) => None,
    };
    let said = jiff::Timestamp::from_millisecond(now)
        .map_or_else(|_| format!("{now} ms"), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    if !(BEGINNING_MS..END_MS).contains(&now) {
        return fault(format!("it says {said}, which cannot be"), remedy);
    }
    if newest.is_some_and(|newest| now + AHEAD_MS < newest) {
        return warn(format!("it says {said}, and there is a call of later"), remedy);
    }
    ok(said)
}

fn sample_clock(facts: &Facts) -> Verdict {
    let ran = facts.monotonic_ms;
    if ran < RUNS_MS {
        return fault(
            format!("went {ran:.1} ms while 20 ms passed"),
            "restart the machine: its timer is wrong",
        );
    }
    if STALLED_MS < ran {
        return warn(
            format!("20 ms took {ran:.0} ms: the machine is very busy"),
            "end what keeps it busy: sound may be lost",
        );
    }
    ok("runs")
}

fn zone(facts: &Facts) -> Verdict {
    facts.zone.as_ref().map_or_else(
        || warn("not known: days are counted in UTC", "set it with `timedatectl set-timezone`"),
        ok,
    )
}
