//! The page for programs. Its form is stable: `evenkeel.doctor/1`.

use serde_json::{Value, json};

use crate::app::doctor::{Check, Outcome, worst};

/// What is added later does not change this; what is taken away does.
const SCHEMA: &str = "evenkeel.doctor/1";

pub(super) fn json(checks: &[Check]) -> String {
    let count = |outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    let all = json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "outcome": worst(checks).word(),
        "counts": {
            "ok": count(Outcome::Ok),
            "warn": count(Outcome::Warn),
            "fault": count(Outcome::Fault),
            "skipped": count(Outcome::Skipped),
        },
        "checks": checks.iter().map(one).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

fn one(check: &Check) -> Value {
    json!({
        "id": check.id,
        "group": check.group.word(),
        "title": check.title,
        "outcome": check.outcome.word(),
        "found": check.found,
        "remedy": check.remedy,
    })
}
