//! The reference for people: `docs/config.md`.

use std::fmt::Write;

use crate::config::key::{self, Key};
use crate::config::reference::{accepted, explanation};
use crate::config::{rules, value::Value};

const PREFACE: &str = "\
# Configuration

Evenkeel works without any configuration. Every value below can be changed, and
every one has a range: a value outside of it is refused, with the reason.

<!-- Generated from the table of keys and config/default.toml.
     Refresh it with: EVENKEEL_BLESS=1 cargo test --lib config -->

## Where values come from

Later places win over earlier ones:

1. the values that are built in,
2. `/etc/evenkeel/config.toml`, for everyone on the machine,
3. `$XDG_CONFIG_HOME/evenkeel/config.toml`, else `~/.config/evenkeel/config.toml`, for one user;
   or the file that `--config FILE` names instead,
4. environment variables, such as `EVENKEEL_NUDGE_BUDGET=4`,
5. `--set KEY=VALUE` on the command line, such as `--set nudge.budget=4`,
6. `/etc/evenkeel/policy.toml`, the organisation's policy, which nothing overrides.

The files are TOML. A file with a mistake is refused as a whole, and all its
mistakes are told at once, each with its line, the range and a way out.

| command | what it does |
|---|---|
| `evenkeel config init` | writes a file with every key explained and commented out |
| `evenkeel config check` | tells what is wrong, if anything |
| `evenkeel config show --origin` | lists what is in force, and where each value comes from |
| `evenkeel config path` | lists where files are looked for |
| `evenkeel config schema` | prints a JSON schema with which editors complete and check keys |

Reports carry a hash of all values that change a figure. Compare calls where it
is the same.

Names end in their unit: `_s` seconds, `_db` decibels, `_st` semitones, `_rel` so
many times what is normal for this speaker, `_days` days, `_mb` megabytes.

";

/// The whole reference.
pub fn markdown() -> String {
    let sections: String = key::sections().into_iter().map(section).collect();
    format!("{PREFACE}{sections}{}", order())
}

/// The part of the reference about one key or one section and those below it;
/// none where there is nothing of that name.
pub fn explain(name: &str) -> Option<String> {
    if let Some(key) = key::find(name) {
        return Some(entry(key));
    }
    let below = |section: &&str| *section == name || section.starts_with(&format!("{name}."));
    let text: String = key::sections().into_iter().filter(below).map(section).collect();
    (!text.is_empty()).then_some(text)
}

fn section(name: &str) -> String {
    let intro = explanation(name).unwrap_or_default();
    let keys: String = key::all().iter().filter(|key| key.section() == name).map(|key| entry(key)).collect();
    format!("## [{name}]\n\n{intro}\n\n{keys}")
}

fn entry(key: &Key) -> String {
    let Key { name, effect, .. } = key;
    let mut text = format!("### {name}\n\n{}\n\n", explanation(name).unwrap_or_default());
    let default = key.default().map(|value| with_unit(key, &value)).unwrap_or_default();
    for (label, content) in [
        ("Default", default),
        ("Accepted", accepted(key)),
        ("A change takes effect", effect.when().to_owned()),
        ("Variable", format!("`{}`", key.variable())),
    ] {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- {label}: {content}");
    }
    text + "\n"
}

fn with_unit(key: &Key, value: &Value) -> String {
    format!("`{value}` {}", key.accepts.unit().symbol()).trim_end().to_owned()
}

fn order() -> String {
    let lines: String = rules::described().map(|line| format!("- {line}\n")).collect();
    format!(
        "## What values must be to each other\n\n{lines}\nAt least one part of the score must have a weight above 0.\n"
    )
}
