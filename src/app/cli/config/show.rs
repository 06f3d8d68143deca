//! `evenkeel config show`.

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde_json::{Value as Json, json};

use crate::app::cli::analyze::output::{print, say};
use crate::app::cli::config::options::ConfigOptions;
use crate::app::cli::config::unknown;
use crate::app::exit::{Failure, Status};
use crate::config::{Config, Entry, reference};

/// Show the values in force.
///
/// The list is a valid configuration file; a single key is printed as its bare
/// value. With `--origin` each value tells the file and line, the variable or
/// the option that set it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel config show
  evenkeel config show --changed --origin     what is not as built in, and why
  evenkeel config show nudge                  one section
  evenkeel config show nudge.budget           one value
  evenkeel config show --json | jq .hash")]
pub(super) struct ShowArgs {
    /// Only this key, or the keys of this section
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// Tell where each value comes from
    #[arg(long)]
    origin: bool,

    /// Only values that differ from the built-in ones
    #[arg(long)]
    changed: bool,

    /// Print JSON, with origins and defaults
    #[arg(long, conflicts_with = "origin")]
    json: bool,

    #[command(flatten)]
    config: ConfigOptions,
}

const HEADING: Style = Style::new().bold();
const CHANGED: Style = AnsiColor::Cyan.on_default();
const ASIDE: Style = Style::new().dimmed();

/// A value of this length, such as a list, does not push all others' origins aside.
const LONG: usize = 60;

/// Version of the JSON: raised when a key changes its meaning or goes.
const SCHEMA: &str = "evenkeel.config/1";

pub(super) fn run(args: &ShowArgs) -> Result<Status, Failure> {
    let config = args.config.load()?;
    let entries = chosen(&config, args)?;
    let text = match (&args.name, &entries[..]) {
        _ if args.json => as_json(&config, &entries),
        (Some(name), [entry]) if name == entry.key.name && !args.origin => entry.value.bare() + "\n",
        _ => as_file(&entries, args.origin),
    };
    print(&text)?;
    if entries.is_empty() && !args.json {
        say("all values are the built-in ones");
    }
    Ok(Status::Done)
}

/// The values that were asked for.
fn chosen<'a>(config: &'a Config, args: &ShowArgs) -> Result<Vec<&'a Entry>, Failure> {
    let mut entries: Vec<_> = config.entries().iter().collect();
    if let Some(name) = &args.name {
        let section = format!("{name}.");
        entries.retain(|entry| entry.key.name == name || entry.key.name.starts_with(&section));
        if entries.is_empty() {
            return Err(unknown(name));
        }
    }
    entries.retain(|entry| !args.changed || entry.is_changed());
    Ok(entries)
}

fn as_file(entries: &[&Entry], origin: bool) -> String {
    let sections: Vec<_> = entries.chunk_by(|a, b| a.key.section() == b.key.section()).collect();
    let written: Vec<_> = sections.into_iter().map(|section| as_section(section, origin)).collect();
    written.join("\n")
}

fn as_section(entries: &[&Entry], origin: bool) -> String {
    let name = entries.first().map_or("", |entry| entry.key.section());
    let longest = |length: fn(&Entry) -> usize| {
        let lengths = entries.iter().map(|entry| length(entry));
        lengths.filter(|length| *length < LONG).max().unwrap_or(0)
    };
    let names = longest(|entry| entry.key.short().len());
    let values = longest(|entry| entry.value.to_string().chars().count());
    let mut text = format!("{HEADING}[{name}]{HEADING:#}\n");
    for entry in entries {
        let style = if entry.is_changed() { CHANGED } else { Style::new() };
        let value = entry.value.to_string();
        text += &format!("{:<names$} = {style}{value}{style:#}", entry.key.short());
        if origin {
            let gap = values.saturating_sub(value.chars().count());
            text += &format!("{:gap$}  {ASIDE}# {}{ASIDE:#}", "", entry.origin.brief());
        }
        text.push('\n');
    }
    text
}

fn as_json(config: &Config, entries: &[&Entry]) -> String {
    let values: Vec<_> = entries.iter().map(|entry| value(entry)).collect();
    format!("{:#}\n", json!({ "schema": SCHEMA, "hash": config.hash(), "values": values }))
}

fn value(entry: &Entry) -> Json {
    let Entry { key, value, origin } = entry;
    json!({
        "key": key.name,
        "value": reference::plain(value),
        "default": key.default().as_ref().map(reference::plain),
        "unit": key.accepts.unit().symbol(),
        "changed": entry.is_changed(),
        "origin": { "layer": origin.layer.name(), "name": origin.name, "line": origin.line },
    })
}
