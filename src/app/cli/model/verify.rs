//! `evenkeel model verify`: whether models are what was published.

use clap::Args;
use serde_json::{Value, json};

use crate::app::cli::analyze::output::print;
use crate::app::cli::model::list::one;
use crate::app::cli::model::{bytes_bar, library};
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::transcript::models::{FindError, Held, Library};

/// Read models to the last byte and compare them with what was published.
///
/// Ends with 1 where one is damaged. One that nobody published is whole, but
/// cannot be verified, and is no fault.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel model verify
  evenkeel model verify tiny.en-q8_0 --json | jq .models[0].sha256")]
pub(super) struct VerifyArgs {
    /// Models, as `evenkeel model list` names them, or files; else all
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// No progress bar
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &VerifyArgs) -> Result<Status, Failure> {
    let library = library()?;
    let names = if args.names.is_empty() { all(&library) } else { args.names.clone() };
    let (mut lines, mut models, mut whole) = (String::new(), Vec::new(), true);
    for name in &names {
        let result = verify(args, &library, name);
        whole &= result.is_ok();
        lines += &line(name, &result);
        models.push(value(name, &result));
    }
    let told = json!({ "schema": "evenkeel.verify/1", "models": models });
    print(&if args.json { format!("{told:#}\n") } else { lines })?;
    Ok(if whole { Status::Done } else { Status::Fault })
}

fn all(library: &Library) -> Vec<String> {
    let name = |held: Held| match held {
        Held::Whisper(model) => model.name,
        Held::Silero(detector) => detector.name,
        Held::Damaged { name, .. } => name,
    };
    library.all().into_iter().map(name).collect()
}

fn verify(args: &VerifyArgs, library: &Library, name: &str) -> Result<Held, FindError> {
    let (path, _) = library.locate(name)?;
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    let bar = bytes_bar(args.quiet, name, bytes);
    let result = library.verify(name, &mut |done| bar.set_position(done));
    bar.finish_and_clear();
    result
}

fn line(name: &str, result: &Result<Held, FindError>) -> String {
    let told = match result {
        Ok(Held::Whisper(model)) => origin(model.verified).to_owned(),
        Ok(Held::Silero(detector)) => origin(detector.verified).to_owned(),
        Ok(Held::Damaged { fault, .. }) | Err(FindError::Refused { fault, .. }) => fault.to_string(),
        Err(FindError::NotInstalled { known: true, .. }) => "not installed".to_owned(),
        Err(FindError::NotInstalled { known: false, .. }) => "no such model".to_owned(),
        // Nothing is written down here.
        Err(error @ FindError::EnglishOnly { .. }) => error.to_string(),
    };
    format!("{}: {told}\n", plain(name))
}

const fn origin(verified: bool) -> &'static str {
    if verified { "bit for bit as published" } else { "whole, but none that was published" }
}

fn value(name: &str, result: &Result<Held, FindError>) -> Value {
    match result {
        Ok(held) => one(held),
        Err(error) => json!({ "name": name, "verified": false, "fault": error.to_string() }),
    }
}
