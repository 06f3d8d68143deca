//! `evenkeel run`: the daemon, in the foreground.

use std::path::{Path, PathBuf};

use std::time::Duration;

use clap::Args;

use crate::app::cli::config::ConfigOptions;
use crate::app::cli::log;
use crate::app::daemon::play::{self, Pace, Player};
use crate::app::daemon::{self, RunOptions, Wakes};
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::audio::capture::{self, Backend, Clocks};
use crate::config::Config;
use crate::config::wording::WordingError;
use crate::core::units::Nanos;

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
  evenkeel run --play call.flac               a recorded call as if it were live
  evenkeel ctl status                         in another terminal: how it stands")]
pub(super) struct RunArgs {
    /// Keep the sound of each call as a two-channel file in this folder.
    ///
    /// `evenkeel analyze` of such a file gives the same events as the call.
    /// Nothing is kept without this.
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Play this recorded call instead of listening to the headset, and end
    /// after it.
    ///
    /// Takes what `evenkeel analyze` takes: the agent left, the customer right,
    /// unless `recording.agent_channel` says otherwise. The call is stored like
    /// any other.
    #[arg(long, value_name = "FILE")]
    play: Option<PathBuf>,
    /// Play it as fast as it can be measured, not at its own pace.
    #[arg(long, requires = "play")]
    fast: bool,
    #[command(flatten)]
    config: ConfigOptions,
}

/// Runs the daemon.
pub(super) fn run(args: &RunArgs) -> Result<Status, Failure> {
    let options = match &args.play {
        Some(_) => args.config.clone().with(&PLAYED),
        None => args.config.clone(),
    };
    let config = options.load()?;
    config.wording().map_err(|error| wording(&error))?;
    log::begin(config.log_level().name())?;
    let folders = Folders::standard()?;
    let (sources, record) = (options.sources(), args.record.clone());
    let (backend, clock, clocks, wakes) = match &args.play {
        Some(file) => play(file, &config, &folders, args.fast)?,
        None => live(&config),
    };
    let wall = Box::new(jiff::Timestamp::now);
    let patience = if args.play.is_some() { PLAYED_PATIENCE } else { PATIENCE };
    daemon::run(RunOptions {
        config,
        sources,
        record,
        folders,
        backend,
        clock,
        clocks,
        wakes,
        wall,
        patience,
    })
}

/// Why the file with words of nudges cannot be used.
pub(super) fn wording(error: &WordingError) -> Failure {
    let failure = Failure::new(Status::Config, error.to_string());
    match error.0.first() {
        Some(problem) => failure.hint(problem.hint()),
        None => failure,
    }
}

/// So long the end waits for the words of the last call: a service manager does
/// not wait for ever.
const PATIENCE: Duration = Duration::from_secs(5);
/// Whoever plays a call wants its words.
const PLAYED_PATIENCE: Duration = Duration::from_secs(3600);

/// A played call has devices of its own, and no softphone beside it.
const PLAYED: [(&str, &str); 3] =
    [("capture.microphone", "default"), ("capture.headset", "default"), ("calls.detect", "false")];

type Heard = (Box<dyn Backend>, Box<dyn Fn() -> Nanos + Send>, Box<dyn Fn() -> Clocks + Send>, Wakes);

fn live(config: &Config) -> Heard {
    (
        capture::backend(config.capture().host),
        Box::new(capture::now),
        Box::new(Clocks::read),
        Wakes::default(),
    )
}

/// A recorded call, and a thread that plays it once the daemon can be asked.
fn play(file: &Path, config: &Config, folders: &Folders, fast: bool) -> Result<Heard, Failure> {
    let sides = play::read(file, config.agent_channel())?;
    let player = Player::new();
    let heard = (player.backend(), player.clock(), player.clocks(), player.wakes());
    let pace = if fast { Pace::Fast } else { Pace::Live };
    play::spawn(player, sides, pace, folders.socket())
        .map_err(|e| Failure::new(Status::Unavailable, format!("no thread to play the call: {e}")))?;
    Ok(heard)
}
