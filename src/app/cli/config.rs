//! `evenkeel config`: what is set, where it comes from, and whether it is right.

use clap::Args;

use crate::app::exit::{Failure, Status};

/// Show, check and explain the configuration.
#[derive(Debug, Args)]
pub struct ConfigArgs {}

/// Runs the command.
pub fn run(_: &ConfigArgs) -> Result<Status, Failure> {
    Ok(Status::Done)
}
