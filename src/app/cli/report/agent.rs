//! `evenkeel report agent`: how it went over days and weeks.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use crate::app::cli::analyze::output::say;
use crate::app::cli::report::options::{Format, OutputOptions, date, written};
use crate::app::cli::report::source::{Filter, borrowed, find};
use crate::app::exit::{Failure, Status};
use crate::report::review::agent;

/// Show how it went over days or weeks, for one agent or for all, by name.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel report agent                                all calls stored here
  evenkeel report agent ann --since 2026-10-01         one agent's, from October on
  evenkeel report agent ann exports/ --html ann.html   from the exports of many machines

Calls that were measured with other settings stand in a series of their own.")]
pub(super) struct AgentArgs {
    /// The agent, then exports of calls or folders of them
    #[arg(value_name = "ID|FILE")]
    what: Vec<String>,

    /// Only this agent's calls: for a name that is also that of a file
    #[arg(long, value_name = "ID")]
    agent: Option<String>,

    /// From this day on
    #[arg(long, value_name = "DATE", value_parser = date)]
    since: Option<Date>,

    /// Up to this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<Date>,

    #[command(flatten)]
    output: OutputOptions,
}

pub(super) fn run(args: &AgentArgs) -> Result<Status, Failure> {
    let (id, paths) = split(args);
    args.output.check(&borrowed(&paths))?;
    let look = args.output.look()?;
    let filter = Filter { agent: id, since: args.since, until: args.until };
    let found = find(&paths, &filter)?;
    if found.entries.is_empty() {
        return Err(none(&filter));
    }
    found.notes.iter().for_each(|note| say(&format!("note: {note}")));
    let trends = agent::trends(&found.entries);
    let printed = match args.output.format() {
        Format::Text => agent::text(&trends, &look),
        Format::Json => written(agent::json(&trends))?,
        Format::Csv => agent::csv(&trends),
    };
    args.output.put(&printed, || agent::html(&trends, &look))?;
    Ok(found.status.unwrap_or(Status::Done))
}

/// An agent, where the first of the words is no path, and paths.
fn split(args: &AgentArgs) -> (Option<String>, Vec<PathBuf>) {
    let is_path = |word: &&String| {
        word.contains(['/', '\\']) || word.ends_with(".json") || PathBuf::from(word).exists()
    };
    let id = args.what.first().filter(|word| args.agent.is_none() && !is_path(word));
    let paths = args.what.iter().skip(usize::from(id.is_some())).map(PathBuf::from).collect();
    (args.agent.clone().or_else(|| id.cloned()), paths)
}

fn none(filter: &Filter) -> Failure {
    let who = filter.agent.as_ref().map_or(String::new(), |agent| format!(" of agent `{agent}`"));
    let since = filter.since.map_or(String::new(), |date| format!(" since {date}"));
    let until = filter.until.map_or(String::new(), |date| format!(" until {date}"));
    Failure::new(Status::MissingInput, format!("no call{who}{since}{until}"))
        .hint("check the name, which is written as in `evenkeel report day`, and the days")
}
