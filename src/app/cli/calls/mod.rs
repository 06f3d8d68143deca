//! `evenkeel calls`: the calls that are kept on this machine. Looking reads the
//! database beside the daemon; whatever changes it is done by the daemon, or
//! with its lock where none runs.

mod backup;
mod change;
mod export;
mod list;
mod pick;
mod programs;
mod remove;
mod show;
mod table;

use clap::{Args, Subcommand};

use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::store::Reader;

const EXAMPLES: &str = "\
Examples:
  evenkeel calls list --last 20            the newest calls
  evenkeel calls show 17                   everything that is known of one
  evenkeel report call 17                  how it went
  evenkeel calls export --out exports/     measures and score, for a supervisor
  evenkeel calls note 17 \"transferred\"     a note on a call
  evenkeel calls rm 17                     remove it for good
  evenkeel calls never Zoom                calls of this program are nobody's business

A call is named by its number, or by the beginning or the end of its long name.";

/// List, show, export, annotate or remove the calls kept on this machine.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CallsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Export(export::ExportArgs),
    Rm(remove::RemoveArgs),
    Note(change::NoteArgs),
    Allow(change::AllowArgs),
    Never(change::NeverArgs),
    Programs(programs::ProgramsArgs),
    Backup(backup::BackupArgs),
}

/// Runs the command.
pub(super) fn run(args: &CallsArgs) -> Result<Status, Failure> {
    match &args.command {
        Command::List(args) => list::run(args),
        Command::Show(args) => show::run(args),
        Command::Export(args) => export::run(args),
        Command::Rm(args) => remove::run(args),
        Command::Note(args) => change::note(args),
        Command::Allow(args) => change::allow(args),
        Command::Never(args) => change::never(args),
        Command::Programs(args) => programs::run(args),
        Command::Backup(args) => backup::run(args),
    }
}

/// The database of this machine, to be read.
pub(super) fn reader() -> Result<Reader, Failure> {
    Reader::open(&Folders::standard()?.data).map_err(|e| stored(&e))
}

/// A value as indented JSON with a line feed.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|e| Failure::new(Status::Bug, format!("this cannot be written as JSON: {e}")))
}
