//! `evenkeel overlay`: the pill on the screen, as the process that it is.

use clap::{Args, ValueEnum};

use crate::app::exit::{Failure, Status};
use crate::surfaces::overlay::{self, Trouble};

/// Show the pill on the screen, as told line by line on standard input.
///
/// `evenkeel run` starts and watches it; there is no need to start it by hand. Each
/// line is an order as JSON, each answer too. It ends with its input, and with 69
/// where there is no display that it can use.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  (echo '{\"do\":\"mark\",\"mark\":\"high\"}'
   echo '{\"do\":\"nudge\",\"id\":1,\"text\":\"Let them finish\",\"icon\":\"listen\",\"tone\":\"change\",\"lasts_ms\":5000}'
   sleep 8) | evenkeel overlay")]
pub(super) struct OverlayArgs {
    /// Speak to this window system alone
    #[arg(long, value_enum, default_value_t = Backend::Auto)]
    backend: Backend,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Backend {
    /// Wayland with layer-shell, else X11
    Auto,
    Wayland,
    X11,
}

/// Runs the command.
pub(super) fn run(args: &OverlayArgs) -> Result<Status, Failure> {
    let backend = match args.backend {
        Backend::Auto => overlay::Backend::Auto,
        Backend::Wayland => overlay::Backend::Wayland,
        Backend::X11 => overlay::Backend::X11,
    };
    overlay::run(backend).map(|()| Status::Done).map_err(|trouble| failure(&trouble))
}

fn failure(trouble: &Trouble) -> Failure {
    let message = format!("no overlay: {trouble}");
    match trouble {
        Trouble::Unavailable(_) => Failure::new(Status::Unavailable, message)
            .hint("start it in a desktop session; without one, nudges are notifications"),
        Trouble::Lost(_) => Failure::new(Status::TryAgain, message),
    }
}
