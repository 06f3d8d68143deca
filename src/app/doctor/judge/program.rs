//! The program and its configuration.

use crate::app::doctor::check::{Check, Group, Verdict, fault, ok, warn};
use crate::app::doctor::facts::{Facts, Words};
use crate::app::doctor::judge::counted;

pub(super) fn judge(facts: &Facts) -> Vec<Check> {
    let check = |id, title, verdict| Check::new(Group::Program, id, title, verdict);
    vec![
        check("build", "Build", build(facts)),
        check("config", "Configuration", config(facts)),
        check("config_warnings", "Oddities in it", oddities(facts)),
        check("policy", "Policy", policy(facts)),
        check("words", "Words", words(facts)),
        check("core_dumps", "Core dumps", core_dumps(facts)),
    ]
}

fn build(facts: &Facts) -> Verdict {
    let version = format!("evenkeel {}", facts.version);
    if facts.left_out.contains(&"live") {
        return fault(
            format!("{version} without live sound: it can analyse files only"),
            "build it with the feature `live`",
        );
    }
    if facts.left_out.is_empty() {
        return ok(version);
    }
    warn(format!("{version} without {}", facts.left_out.join(", ")), "build it with its default features")
}

fn config(facts: &Facts) -> Verdict {
    match facts.problems.as_slice() {
        [] if facts.read.is_empty() => ok("built-in values, no files"),
        [] => ok(facts.read.join(", ")),
        [(first, hint), rest @ ..] => {
            let first = first.lines().next().unwrap_or_default();
            let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
            let all = "`evenkeel config check` tells all";
            let remedy = hint.as_ref().map_or_else(|| all.to_owned(), |hint| format!("{hint}; {all}"));
            fault(format!("{first}{more}"), remedy)
        }
    }
}

fn oddities(facts: &Facts) -> Verdict {
    match facts.warnings.as_slice() {
        [] => ok("none"),
        all => warn(all.join("; "), "correct or remove what changes nothing"),
    }
}

/// Calls go on without words; whoever wants them must know what is missing.
fn words(facts: &Facts) -> Verdict {
    let get = "`evenkeel model fetch tiny.en-q8_0`, or `evenkeel model import FILE` without a network";
    match &facts.words {
        Words::Off => ok("not recognised: `transcript.on` is false"),
        Words::By(model) => ok(format!("recognised with {model}")),
        Words::NoModel => warn("no model is installed: calls go on without words", get),
        Words::NotBuilt => {
            warn("this program was built without speech recognition", "build it with `whisper`")
        }
        Words::Refused(why, hint) => {
            let remedy = hint.clone().unwrap_or_else(|| "see `evenkeel model verify`".to_owned());
            fault(format!("not recognised: {why}"), remedy)
        }
    }
}

/// That there is one is no mistake; that it holds is what a person must know.
fn policy(facts: &Facts) -> Verdict {
    match facts.policy {
        0 if facts.problems.iter().any(|(message, _)| message.contains("policy.toml")) => fault(
            "the organisation's file has mistakes, so that nothing is in force",
            "tell whoever keeps /etc/evenkeel/policy.toml",
        ),
        0 => ok("none"),
        keys => ok(format!("{} set by the organisation", counted(keys as u64, "key"))),
    }
}

fn core_dumps(facts: &Facts) -> Verdict {
    let remedy = "start it by its service, or after `ulimit -c 0`: a dump would hold speech";
    match (facts.no_dumps, facts.daemon_dumps) {
        (_, Some(true)) => fault("the running daemon may leave one", remedy),
        (false, _) => fault("the system does not let a program forbid its own", remedy),
        (true, Some(false)) => ok("forbidden, by the running daemon too"),
        (true, None) => ok("can be forbidden"),
    }
}
