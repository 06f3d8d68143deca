//! `evenkeel report call`: one stored call, as `analyze` shows a recording.

use clap::Args;

use crate::app::cli::analyze::output::{json_line, page};
use crate::app::cli::report::options::{Format, OutputOptions};
use crate::app::cli::report::stored;
use crate::app::exit::{Failure, Status};
use crate::app::recall;
use crate::core::units::SampleSpan;
use crate::report::{csv, log, text};

/// Show one call: score, timeline, costliest moments, nudges, measures.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel report call                        the last one
  evenkeel report call 17 --html call.html    and a page to keep
  evenkeel report call 17 --events            what happened, one line each")]
pub(super) struct CallArgs {
    /// The call, as `evenkeel calls list` names it [default: the last one]
    #[arg(value_name = "ID")]
    id: Option<String>,

    #[command(flatten)]
    events: EventsOption,

    #[command(flatten)]
    output: OutputOptions,
}

/// What only a single call has.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct EventsOption {
    /// Print its events, one a line, as `evenkeel analyze --events` does
    #[arg(long, group = "format")]
    events: bool,
}

pub(super) fn run(args: &CallArgs) -> Result<Status, Failure> {
    show(args.id.as_deref(), args.events, &args.output)
}

/// Shows a call, or the last one.
pub(super) fn show(
    id: Option<&str>,
    EventsOption { events }: EventsOption,
    output: &OutputOptions,
) -> Result<Status, Failure> {
    output.check(&[])?;
    let look = output.look()?;
    let call = stored::calls()?.call(id)?;
    let analysis = recall::analysis(&call);
    let printed = match output.format() {
        Format::Text if events => log::text(&call.events, SampleSpan::ZERO),
        Format::Text => text::write(&analysis, &look),
        Format::Json => json_line(&analysis)?,
        Format::Csv => csv::head() + &csv::row(&analysis),
    };
    output.put(&printed, || page(&analysis, &look.score_name))?;
    Ok(Status::Done)
}
