//! `evenkeel report call`: one stored call, as `analyze` shows a recording.

use clap::Args;

use crate::app::cli::analyze::output::{json_line, page};
use crate::app::cli::report::options::{Format, OutputOptions};
use crate::app::cli::report::stored;
use crate::app::exit::{Failure, Status};
use crate::report::{csv, text};

/// Show one call: score, timeline, costliest moments, nudges, measures.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel report call                        the last one
  evenkeel report call 17 --html call.html    and a page to keep")]
pub(super) struct CallArgs {
    /// The call, as `evenkeel calls list` names it [default: the last one]
    #[arg(value_name = "ID")]
    id: Option<String>,

    #[command(flatten)]
    output: OutputOptions,
}

pub(super) fn run(args: &CallArgs) -> Result<Status, Failure> {
    show(args.id.as_deref(), &args.output)
}

/// Shows a call, or the last one.
pub(super) fn show(id: Option<&str>, output: &OutputOptions) -> Result<Status, Failure> {
    output.check(&[])?;
    let look = output.look()?;
    let (_, analysis) = stored::calls().analysis(id)?;
    let printed = match output.format() {
        Format::Text => text::write(&analysis, &look),
        Format::Json => json_line(&analysis)?,
        Format::Csv => csv::head() + &csv::row(&analysis),
    };
    output.put(&printed, || page(&analysis, &look.score_name))?;
    Ok(Status::Done)
}
