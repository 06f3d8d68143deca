//! The command line: one file a command. Data goes to standard output, all
//! else to standard error.

mod config;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::exit::{Failure, Status};

/// A local coach for phone agents: measures a two-channel call and nudges discreetly.
#[derive(Debug, Parser)]
#[command(name = "evenkeel", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Config(config::ConfigArgs),
}

/// Parses the command line, runs the command and prints why it failed.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(status) => status.into(),
        Err(failure) => {
            anstream::eprintln!("{failure}");
            failure.status.into()
        }
    }
}

fn run(cli: Cli) -> Result<Status, Failure> {
    match cli.command {
        Command::Config(args) => config::run(&args),
    }
}
