//! `evenkeel config check`.

use std::path::PathBuf;

use clap::Args;

use crate::app::cli::analyze::output::print;
use crate::app::cli::config::options::{ConfigOptions, failure, warn};
use crate::app::cli::run::wording;
use crate::app::exit::{Failure, Status};
use crate::app::recognise;
use crate::config::{self, Review};

/// Tell what is wrong with the configuration, if anything.
///
/// Ends with 0 if all is well and with 1 if not. All mistakes are told at once.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel config check               all that is in force: files, variables, policy
  evenkeel config check draft.toml    a single file, before it is put in place")]
pub(super) struct CheckArgs {
    /// Check this file alone
    #[arg(value_name = "FILE", conflicts_with_all = ["config_file", "set"])]
    file: Option<PathBuf>,

    #[command(flatten)]
    config: ConfigOptions,
}

pub(super) fn run(args: &CheckArgs) -> Result<Status, Failure> {
    let Review { config, problems, warnings, read } = match &args.file {
        Some(file) => Review { read: vec![file.display().to_string()], ..config::review_file(file) },
        None => args.config.review(),
    };
    warn(&warnings);
    if !problems.is_empty() {
        return Err(failure(Status::Fault, &problems));
    }
    // What no table of keys can tell: patterns, the file of phrases, the language.
    let fault = |failure| Failure { status: Status::Fault, ..failure };
    recognise::check(config.transcript()).map_err(fault)?;
    config.wording().map_err(|error| fault(wording(&error)))?;
    let read = if read.is_empty() { "built-in values, no files".to_owned() } else { read.join(", ") };
    print(&format!("ok: {read}\n"))?;
    Ok(Status::Done)
}
