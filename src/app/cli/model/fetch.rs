//! `evenkeel model fetch`: the one command that uses a network.

use clap::Args;

#[cfg(not(feature = "fetch"))]
use crate::app::exit::{Failure, Status};

/// Get models from where they were published. Uses the network.
///
/// Nothing else in this program ever does. The server learns which file is
/// asked for, and nothing of calls. What was cut off goes on where it stopped;
/// a file whose check sum is not the published one gets no name.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel model fetch tiny.en-q8_0 base.en-q8_0
  evenkeel model fetch base-q8_0 --from https://files.example.com/models
  HTTPS_PROXY=http://proxy:3128 evenkeel model fetch tiny.en-q8_0")]
pub(super) struct FetchArgs {
    /// Models, as `evenkeel model list` names them
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    /// Another place with the same files: a folder, or a file that ends in .bin
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,

    /// Fetch it again where it is there already
    #[arg(long)]
    force: bool,

    /// No progress bar
    #[arg(long, short)]
    quiet: bool,
}

/// Runs the command.
#[cfg(not(feature = "fetch"))]
pub(super) fn run(_args: &FetchArgs) -> Result<Status, Failure> {
    Err(Failure::new(Status::Unavailable, "this build cannot fetch anything")
        .hint("copy the file here and give `evenkeel model import FILE`"))
}

#[cfg(feature = "fetch")]
pub(super) use online::run;

#[cfg(feature = "fetch")]
mod online {
    use std::time::Duration;

    use super::FetchArgs;
    use crate::app::cli::analyze::output::{print, say};
    use crate::app::cli::model::{bytes_bar, library, size};
    use crate::app::exit::{Failure, Status};
    use crate::app::plain::plain;
    use crate::transcript::models::{FetchError, FindError, Held, Known, Library, Manifest, address, fetch};

    /// Waited before a lost connection is taken up again.
    const PAUSE: Duration = Duration::from_secs(2);

    pub(in crate::app::cli::model) fn run(args: &FetchArgs) -> Result<Status, Failure> {
        let library = library()?;
        let known: Result<Vec<_>, _> = args.names.iter().map(|name| find(name)).collect();
        for known in known? {
            get(args, &library, known)?;
        }
        Ok(Status::Done)
    }

    fn find(name: &str) -> Result<&'static Known, Failure> {
        Manifest::built_in().find(name).ok_or_else(|| {
            let error = FindError::NotInstalled { name: plain(name), known: false };
            Failure::new(Status::Usage, error.to_string()).hint(error.hint())
        })
    }

    fn get(args: &FetchArgs, library: &Library, known: &Known) -> Result<(), Failure> {
        if !args.force && is_there(library, known) {
            say(&format!("{}: already there", known.name));
            return Ok(());
        }
        let address = address(known, args.from.as_deref());
        say(&format!(
            "Fetching {} ({}, licence {}) from {address}",
            known.name,
            size(known.bytes),
            known.licence
        ));
        let bar = bytes_bar(args.quiet, &known.name, known.bytes);
        let done = fetch(library, known, &address, PAUSE, &mut |done| bar.set_position(done));
        bar.finish_and_clear();
        done.map_err(|e| failure(&e))?;
        print(&format!("{}\n", library.path(&known.name).display()))
    }

    /// Whether it is there to the last bit.
    fn is_there(library: &Library, known: &Known) -> bool {
        library.path(&known.name).is_file()
            && match library.verify(&known.name, &mut |_| ()) {
                Ok(Held::Whisper(model)) => model.verified,
                Ok(Held::Silero(detector)) => detector.verified,
                Ok(Held::Damaged { .. }) | Err(_) => false,
            }
    }

    fn failure(error: &FetchError) -> Failure {
        let status = match error {
            FetchError::Address(_) => Status::Usage,
            FetchError::Busy(_) | FetchError::Interrupted { .. } => Status::TryAgain,
            FetchError::Unreachable { .. } | FetchError::Refused { .. } => Status::Unavailable,
            FetchError::Length { .. } | FetchError::Model { .. } => Status::BadData,
            FetchError::Room { .. } | FetchError::Write { .. } => Status::CannotWrite,
        };
        Failure::new(status, plain(&error.to_string())).hint(error.hint())
    }
}
