//! What every command takes that reads the configuration.

use std::path::PathBuf;

use clap::Args;

use crate::app::cli::analyze::output::say;
use crate::app::exit::{Failure, Status};
use crate::config::{self, Assignment, Config, LoadOptions, Loaded, Problem, Review, Warning};

#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigOptions {
    /// Read this file instead of the user's configuration
    #[arg(long = "config", value_name = "FILE", help_heading = "Configuration")]
    config_file: Option<PathBuf>,

    /// Set a key for this run, as in `--set nudge.budget=4`; may be repeated
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Configuration")]
    set: Vec<Assignment>,
}

impl ConfigOptions {
    /// With these keys set besides: they win over what was asked for.
    pub(crate) fn with(mut self, set: &[(&str, &str)]) -> Self {
        let assign = |(key, value): &(&str, &str)| Assignment { key: (*key).into(), value: (*value).into() };
        self.set.extend(set.iter().map(assign));
        self
    }

    /// The configuration in force. What is odd about it is said on standard
    /// error.
    ///
    /// # Errors
    /// [`Status::Config`] with everything that is wrong.
    pub(crate) fn load(&self) -> Result<Config, Failure> {
        let Loaded { config, warnings } = self.review().loaded().map_err(|error| {
            warn(&error.warnings);
            failure(Status::Config, &error.problems)
        })?;
        warn(&warnings);
        Ok(config)
    }

    /// All layers with everything there is to say about them.
    pub(super) fn review(&self) -> Review {
        config::review(&self.sources())
    }

    /// Where the configuration comes from.
    pub(crate) fn sources(&self) -> LoadOptions {
        LoadOptions { file: self.config_file.clone(), set: self.set.clone(), ..LoadOptions::standard() }
    }
}

/// Says what is odd.
pub(super) fn warn(warnings: &[Warning]) {
    for warning in warnings {
        say(&format!("warning: {warning}"));
    }
}

/// All problems as one failure; each with its own way out.
pub(super) fn failure(status: Status, problems: &[Problem]) -> Failure {
    let each = |(message, hint)| Failure { status, message, hint };
    let mut failures: Vec<_> = config::messages(problems).into_iter().map(each).collect();
    let last = failures.pop().unwrap_or_else(|| Failure::new(Status::Bug, "nothing is wrong"));
    let before: String = failures.iter().map(|failure| format!("{failure}\n\n")).collect();
    // The first word of a failure comes with its printing.
    let before = before.strip_prefix("error: ").map(|rest| format!("{rest}error: "));
    Failure { message: before.unwrap_or_default() + &last.message, ..last }
}
