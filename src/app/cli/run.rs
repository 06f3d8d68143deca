//! `evenkeel run`: the daemon, in the foreground.

use std::path::PathBuf;

use clap::Args;

use crate::app::cli::config::ConfigOptions;
use crate::app::cli::log;
use crate::app::daemon::{self, RunOptions};
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::audio::capture;

/// Listens to calls on the headset, shows nudges and keeps every call.
///
/// Runs until it is stopped by Ctrl-C, by `evenkeel ctl stop` or by the service
/// manager. Calls are seen in the sound server, or ordered by `evenkeel ctl
/// call start`. Sound is never kept unless --record asks for it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel run                                the default microphone and headset
  evenkeel run --set capture.headset=jabra*   a headset by its name
  evenkeel run --record calls/                keep the sound of each call too
  evenkeel ctl status                         in another terminal: how it stands")]
pub(super) struct RunArgs {
    /// Keep the sound of each call as a two-channel file in this folder.
    ///
    /// `evenkeel analyze` of such a file gives the same events as the call.
    /// Nothing is kept without this.
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigOptions,
}

/// Runs the daemon.
pub(super) fn run(args: &RunArgs) -> Result<Status, Failure> {
    let config = args.config.load()?;
    log::begin(config.log_level().name())?;
    let backend = capture::backend(config.capture().host);
    let (sources, record) = (args.config.sources(), args.record.clone());
    let folders = Folders::standard()?;
    daemon::run(RunOptions { config, sources, record, folders, backend, clock: Box::new(capture::now) })
}
