//! `evenkeel live`: a call in the full screen of a terminal, the one that is on or one
//! that is played back.

#[cfg(feature = "view")]
mod daemon;
#[cfg(feature = "view")]
pub(super) mod playback;
#[cfg(feature = "view")]
mod stored;

use std::path::PathBuf;

use clap::Args;

use crate::app::cli::config::ConfigOptions;
use crate::app::exit::{Failure, Status};

/// Show the call in full screen: two lanes, pace and level, nudges, and what was said.
///
/// Shows the call that is on, or the next one, as the running evenkeel tells it. Works over
/// ssh and in 80 columns by 24 lines. Keys: s snooze, w wrong, d dismiss, q quiet, p pause,
/// h hide, x leave.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel live                  the call that is on
  evenkeel live call.flac        a recorded call: agent left, customer right
  evenkeel live --stored 17      a call of the database, as `evenkeel calls list` names it
  evenkeel ctl watch             the same line by line, where there is no terminal")]
pub(super) struct LiveArgs {
    /// Play this recorded call instead, as `evenkeel analyze --realtime` does
    #[arg(value_name = "CALL", conflicts_with_all = ["stored", "once"])]
    call: Option<PathBuf>,

    /// Play back this call of the database
    #[arg(long, value_name = "ID", conflicts_with = "once")]
    stored: Option<String>,

    /// Leave when the call is over
    #[arg(long)]
    once: bool,

    #[command(flatten)]
    config: ConfigOptions,
}

/// Runs the command.
#[cfg(feature = "view")]
pub(super) fn run(args: LiveArgs) -> Result<Status, Failure> {
    playback::terminal()?;
    match (args.call, args.stored) {
        (Some(call), _) => super::analyze::run(&super::analyze::AnalyzeArgs::played(&call, args.config)?),
        (None, Some(id)) => stored::run(&id, &args.config.load()?),
        (None, None) => daemon::run(args.once, &args.config.load()?),
    }
}

/// Says that there is no such thing here.
#[cfg(not(feature = "view"))]
pub(super) fn run(_: LiveArgs) -> Result<Status, Failure> {
    Err(Failure::new(Status::Unavailable, "this build has no full-screen view")
        .hint("`evenkeel ctl watch` shows the same line by line; or build with the feature `view`"))
}
