//! `evenkeel config`: what is in force, why, and what is wrong with it.

mod check;
mod init;
mod options;
mod path;
mod show;

pub(crate) use options::ConfigOptions;

use clap::{Args, Subcommand};

use crate::app::cli::analyze::output::print;
use crate::app::exit::{Failure, Status};
use crate::config::{self, reference};

const EXAMPLES: &str = "\
Examples:
  evenkeel config init                     write a file with every key explained
  evenkeel config check                    is everything in order?
  evenkeel config show --origin            what is in force, and where it comes from
  evenkeel config show nudge.budget        a single value, for scripts
  evenkeel config reference nudge.budget   what a key does, its range, its variable";

/// Write, check and show the configuration.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Check(check::CheckArgs),
    Show(show::ShowArgs),
    Path(path::PathArgs),
    Reference(ReferenceArgs),
    Schema(SchemaArgs),
}

/// Print the reference of all keys, as Markdown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel config reference | less
  evenkeel config reference turns
  evenkeel config reference turns.min_utterance_s")]
struct ReferenceArgs {
    /// Only this key, or the keys of this section
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Print a JSON schema with which editors complete and check the file.
#[derive(Debug, Args)]
#[command(after_help = "\
Example: complete keys in an editor that knows `taplo`
  evenkeel config schema > ~/.config/evenkeel/schema.json
  and as the first line of config.toml: #:schema ./schema.json")]
struct SchemaArgs {}

/// Runs the command.
pub(super) fn run(args: &ConfigArgs) -> Result<Status, Failure> {
    match &args.command {
        Command::Init(args) => init::run(args),
        Command::Check(args) => check::run(args),
        Command::Show(args) => show::run(args),
        Command::Path(args) => path::run(args),
        Command::Reference(args) => explain(args.name.as_deref()),
        Command::Schema(SchemaArgs {}) => print(&reference::schema()).map(|()| Status::Done),
    }
}

fn explain(name: Option<&str>) -> Result<Status, Failure> {
    let text = match name {
        None => reference::markdown(),
        Some(name) => reference::explain(name).ok_or_else(|| unknown(name))?,
    };
    print(&text)?;
    Ok(Status::Done)
}

/// There is neither a key nor a section of this name.
fn unknown(name: &str) -> Failure {
    let meant = config::nearest(name).or_else(|| config::nearest_section(name));
    let hint = meant.map_or_else(
        || "`evenkeel config show` lists all keys".to_owned(),
        |meant| format!("did you mean `{meant}`?"),
    );
    Failure::new(Status::Usage, format!("there is no key `{}`", name.escape_debug())).hint(hint)
}
