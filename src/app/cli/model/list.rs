//! `evenkeel model list`: what is installed, and what can be.

use clap::Args;
use serde_json::{Value, json};

use crate::app::cli::analyze::output::print;
use crate::app::cli::ctl::page::{BAD, BOLD, DIM, GOOD};
use crate::app::cli::model::{library, size};
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::transcript::models::{Held, Known, Library, Manifest};

/// Columns of a name.
const NAME: usize = 24;

/// Models that are installed, and those that can be fetched.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel model list
  evenkeel model list --installed
  evenkeel model list --json | jq -r '.installed[].path'")]
pub(super) struct ListArgs {
    /// Only those that are installed
    #[arg(long)]
    installed: bool,

    /// Print JSON (evenkeel.models/1)
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ListArgs) -> Result<Status, Failure> {
    let library = library()?;
    let held = library.all();
    let known = if args.installed { &[] } else { Manifest::built_in().models() };
    print(&if args.json { as_json(&library, &held, known) } else { page(&library, &held, known) })?;
    Ok(Status::Done)
}

fn page(library: &Library, held: &[Held], known: &[Known]) -> String {
    let mut text = format!("{BOLD}Installed{BOLD:#}  {DIM}{}{DIM:#}\n", library.folder().display());
    if held.is_empty() {
        text += "  none\n";
    }
    let chosen = library.chosen();
    held.iter().for_each(|held| text += &row(held, chosen.as_deref()));
    if !known.is_empty() {
        text += &format!("\n{BOLD}To be had{BOLD:#}  {DIM}evenkeel model fetch NAME{DIM:#}\n");
    }
    for known in known.iter().filter(|known| held.iter().all(|held| name(held) != known.name)) {
        text += &format!("  {:<NAME$}{:>8}  {}\n", known.name, size(known.bytes), known.good_for);
    }
    text
}

fn name(held: &Held) -> &str {
    match held {
        Held::Whisper(model) => &model.name,
        Held::Silero(detector) => &detector.name,
        Held::Damaged { name, .. } => name,
    }
}

fn row(held: &Held, chosen: Option<&str>) -> String {
    let mark = if chosen == Some(name(held)) { format!("  {GOOD}[chosen]{GOOD:#}") } else { String::new() };
    let (bytes, what) = match held {
        Held::Whisper(model) => {
            (model.bytes, format!("{}, {}, {}", model.family.word(), model.ftype, origin(model.verified)))
        }
        Held::Silero(detector) => {
            (detector.bytes, format!("speech or silence, {}", origin(detector.verified)))
        }
        Held::Damaged { fault, .. } => {
            return format!("  {:<NAME$}{BAD}{}{BAD:#}\n", plain(name(held)), fault);
        }
    };
    format!("  {:<NAME$}{:>8}  {what}{mark}\n", plain(name(held)), size(bytes))
}

const fn origin(verified: bool) -> &'static str {
    if verified { "as published" } else { "not verified" }
}

fn as_json(library: &Library, held: &[Held], known: &[Known]) -> String {
    let all = json!({
        "schema": "evenkeel.models/1",
        "folder": library.folder(),
        "chosen": library.chosen(),
        "installed": held.iter().map(one).collect::<Vec<_>>(),
        "known": known.iter().map(published).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

/// A file of the library.
pub(super) fn one(held: &Held) -> Value {
    match held {
        Held::Whisper(model) => json!({
            "name": model.name,
            "kind": "whisper",
            "path": model.path,
            "bytes": model.bytes,
            "languages": model.family.word(),
            "weights": model.ftype.word(),
            "sha256": model.sha256.map(|sum| sum.to_string()),
            "verified": model.verified,
            "fault": null,
        }),
        Held::Silero(detector) => json!({
            "name": detector.name,
            "kind": "silero",
            "path": detector.path,
            "bytes": detector.bytes,
            "verified": detector.verified,
            "fault": null,
        }),
        Held::Damaged { path, name, fault } => {
            json!({ "name": name, "kind": null, "path": path, "verified": false, "fault": fault.to_string() })
        }
    }
}

fn published(known: &Known) -> Value {
    json!({
        "name": known.name,
        "bytes": known.bytes,
        "sha256": known.sha256.to_string(),
        "licence": known.licence,
        "source": known.source,
        "use": known.good_for,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_library_shows_what_can_be_had() {
        let library = Library::open("/nowhere");
        let text = page(&library, &library.all(), Manifest::built_in().models());
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(
            text.starts_with("Installed  /nowhere\n  none\n\nTo be had  evenkeel model fetch NAME\n"),
            "{text}"
        );
        assert!(text.contains("  tiny.en-q8_0               44 MB  English, smallest"), "{text}");
    }
}
