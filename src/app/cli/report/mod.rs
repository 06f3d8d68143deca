//! `evenkeel report`: calls that were measured before, to terminal, JSON, CSV
//! and pages. Writes nothing but the files it is told to.

mod agent;
mod call;
mod day;
mod files;
mod options;
mod source;
mod stored;

pub(super) use options::date;

use clap::{Args, Subcommand};

use crate::app::cli::report::options::OutputOptions;
use crate::app::exit::{Failure, Status};

const EXAMPLES: &str = "\
Examples:
  evenkeel report                                    the last call
  evenkeel report call 17                            one call, by the id that `calls list` shows
  evenkeel report day                                today
  evenkeel report day yesterday --html day.html      and a page to keep
  evenkeel report day 2026-11-20 exports/            a team's day, from the exports of its machines
  evenkeel report agent ann --since 2026-10-01       how it went over the weeks
  evenkeel report agent --csv exports/ > trend.csv   all agents, for a spreadsheet";

/// Show what was measured: the last call, one call, a day, or the way of an agent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct ReportArgs {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    events: call::EventsOption,

    #[command(flatten)]
    output: OutputOptions,
}

#[derive(Debug, Subcommand)]
enum What {
    Call(call::CallArgs),
    Day(day::DayArgs),
    Agent(agent::AgentArgs),
}

/// Runs the command.
pub(super) fn run(args: &ReportArgs) -> Result<Status, Failure> {
    match &args.what {
        None => call::show(None, args.events, &args.output),
        Some(What::Call(args)) => call::run(args),
        Some(What::Day(args)) => day::run(args),
        Some(What::Agent(args)) => agent::run(args),
    }
}
