//! `evenkeel calls backup`: a whole copy of the database, beside the daemon.

use std::path::PathBuf;

use clap::Args;

use crate::app::cli::analyze::output::{Target, say};
use crate::app::cli::calls::reader;
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};

/// Copy the whole database into a file of your own.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  evenkeel calls backup /media/safe/evenkeel-2026-11-22.db

The copy is readable for you alone and is never overwritten. Calls that are
removed later stay in it: delete it yourself. Daily copies are made without this.")]
pub(super) struct BackupArgs {
    /// Where to; must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &BackupArgs) -> Result<Status, Failure> {
    if args.file.is_file() {
        let message = format!("{}: already there", args.file.display());
        return Err(Failure::new(Status::CannotWrite, message)
            .hint("choose another name: copies are never overwritten"));
    }
    Target { path: args.file.clone(), force: false }.check()?;
    reader()?.copy_to(&args.file).map_err(|e| stored(&e))?;
    say(&format!("copied to {}; calls that are removed later stay in it", args.file.display()));
    Ok(Status::Done)
}
