//! `evenkeel model rm`.

use clap::Args;

use crate::app::cli::analyze::output::say;
use crate::app::cli::model::{library, size};
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::app::recognise::not_found;

/// Remove models from this machine.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel model rm base.en
  evenkeel model rm tiny tiny-q8_0")]
pub(super) struct RemoveArgs {
    /// Models, as `evenkeel model list` names them
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
}

pub(super) fn run(args: &RemoveArgs) -> Result<Status, Failure> {
    let library = library()?;
    for name in &args.names {
        let bytes = library.remove(name).map_err(|e| not_found(&e))?;
        say(&format!("{}: removed, {} are free again", plain(name), size(bytes)));
    }
    Ok(Status::Done)
}
