//! What is stored.

use crate::app::doctor::check::{Check, Group, Verdict, fault, ok, skipped, warn};
use crate::app::doctor::facts::{Examination, Facts};
use crate::app::doctor::judge::counted;
use crate::store::Examined;

/// Share of the size that is allowed from which it is said, in percent.
const NEARLY: u64 = 90;
/// A copy is made once a day while the daemon runs; a weekend is no fault, s.
const OLD_BACKUP_S: u64 = 4 * 86_400;
/// The daily round may be late by so many days.
const GRACE_DAYS: u64 = 3;

pub(super) fn judge(facts: &Facts) -> Vec<Check> {
    let check = |id, title, verdict| Check::new(Group::Database, id, title, verdict);
    let of = |look: fn(&Facts, &Examined) -> Verdict| match &facts.database.examined {
        Examination::Done(examined) => look(facts, examined),
        Examination::None => skipped("no database yet"),
        Examination::Slow | Examination::Failed(_) => skipped("the database cannot be read"),
    };
    vec![
        check("sqlite", "SQLite", sqlite(facts)),
        check("database", "Database", there(facts)),
        check("database_check", "Integrity", of(integrity)),
        check("database_schema", "Schema", of(schema)),
        check("database_private", "Its permissions", private(facts)),
        check("database_size", "Size", of(size)),
        check("open_calls", "Calls left open", of(open_calls)),
        check("retention", "Kept for", of(retention)),
        check("backup", "Last backup", of(backup)),
    ]
}

fn sqlite(facts: &Facts) -> Verdict {
    match facts.database.sqlite {
        (version, true) => ok(version),
        (version, false) => fault(
            format!("{version} can lose commits, expected 3.51.3 or newer"),
            "build with the bundled one",
        ),
    }
}

fn there(facts: &Facts) -> Verdict {
    match &facts.database.examined {
        Examination::Done(examined) => ok(counted(examined.calls, "call")),
        Examination::None => warn("none yet: nothing was ever stored", "start the daemon: `evenkeel run`"),
        Examination::Slow => {
            warn("not read to its end within 4 s", "look again when the machine is less busy")
        }
        Examination::Failed(why) => {
            fault(why, "start `evenkeel run`, which puts a damaged one aside and saves what can be read")
        }
    }
}

fn integrity(_: &Facts, examined: &Examined) -> Verdict {
    if examined.check == "ok" {
        return ok("sound");
    }
    let first = examined.check.lines().next().unwrap_or_default();
    fault(first, "restart the daemon: it puts the file aside and saves what can be read")
}

fn schema(_: &Facts, examined: &Examined) -> Verdict {
    let (found, known) = examined.schema;
    if known < found {
        fault(format!("{found}, expected at most {known}"), "install the newer evenkeel again")
    } else if found < known {
        warn(format!("{found}, and {known} is known"), "restart the daemon: it is brought up to date then")
    } else {
        ok(found.to_string())
    }
}

fn private(facts: &Facts) -> Verdict {
    match facts.database.mode {
        None => skipped("no database yet"),
        Some(mode) if mode & 0o077 != 0 => fault(
            format!("open to others (mode {mode:o}), expected 600"),
            "restart the daemon: it sets them right",
        ),
        Some(_) => ok("ours alone"),
    }
}

fn size(facts: &Facts, examined: &Examined) -> Verdict {
    let (megabytes, most) = (examined.bytes / 1_000_000, u64::from(facts.config.store().max_mb));
    let said = format!("{:.1} MB of {most} MB", examined.bytes as f64 / 1e6);
    if most * NEARLY / 100 <= megabytes {
        return warn(said, "raise `keep.max_mb`, or the oldest events go first");
    }
    ok(said)
}

fn open_calls(facts: &Facts, examined: &Examined) -> Verdict {
    let on = u64::from(facts.daemon.status().is_some_and(|status| status.call.is_some()));
    match examined.open {
        0 => ok("none"),
        open if open <= on => ok("the one that is on"),
        open => warn(
            format!("{}, by a crash", counted(open - on, "call")),
            "restart the daemon: it ends them with their last event",
        ),
    }
}

fn retention(facts: &Facts, examined: &Examined) -> Verdict {
    let kept = facts.config.store();
    let said = format!(
        "calls {} days, events {}, transcripts {}, audit {}",
        kept.calls_days, kept.events_days, kept.transcripts_days, kept.audit_days
    );
    let oldest = examined.oldest_days(facts.now);
    if u64::from(kept.calls_days) + GRACE_DAYS < oldest {
        return warn(
            format!("{said}; but there is a call of {oldest} days ago"),
            "let the daemon run for a day: it deletes what is too old",
        );
    }
    ok(said)
}

fn backup(facts: &Facts, _: &Examined) -> Verdict {
    if facts.config.store().backups == 0 {
        return warn("none are made: `keep.backups` is 0", "set `keep.backups`, if a copy would be missed");
    }
    match facts.database.backups.newest_s {
        None => warn("none yet", "let the daemon run: it makes one a day"),
        Some(age) if OLD_BACKUP_S < age => {
            warn(format!("{} days ago", age / 86_400), "let the daemon run: it makes one a day")
        }
        Some(age) if age < 7_200 => ok("within two hours"),
        Some(age) if age < 172_800 => ok(format!("{} hours ago", age / 3_600)),
        Some(age) => ok(format!("{} days ago", age / 86_400)),
    }
}
