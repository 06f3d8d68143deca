//! The command line: one file a command. Data goes to standard output, all
//! else to standard error.

mod analyze;
mod calls;
mod config;
mod ctl;
mod devices;
mod doctor;
mod lexicon;
mod live;
mod log;
mod model;
mod overlay;
mod recogniser;
mod replay;
mod report;
mod run;

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
    // The arguments are large, and there is one command a run.
    Analyze(Box<analyze::AnalyzeArgs>),
    Calls(calls::CallsArgs),
    Config(config::ConfigArgs),
    Ctl(ctl::CtlArgs),
    Devices(devices::DevicesArgs),
    Doctor(doctor::DoctorArgs),
    Lexicon(lexicon::LexiconArgs),
    Live(live::LiveArgs),
    #[command(hide = true)]
    Recogniser(recogniser::RecogniserArgs),
    Model(model::ModelArgs),
    Overlay(overlay::OverlayArgs),
    Replay(replay::ReplayArgs),
    Report(Box<report::ReportArgs>),
    Run(run::RunArgs),
}

/// Parses the command line, runs the command and prints why it failed.
pub fn main() -> ExitCode {
    stay_silent_on_handled_panics();
    crate::app::daemon::process::keep_files_private();
    let cli = Cli::parse();
    match run(cli) {
        Ok(status) => status.into(),
        Err(failure) => {
            if !failure.is_silent() {
                anstream::eprintln!("{failure}");
            }
            failure.status.into()
        }
    }
}

/// Decoders may panic on damaged files; that is caught and told in a sentence,
/// so the panic itself must not print.
fn stay_silent_on_handled_panics() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !crate::audio::file::panic_is_handled() {
            print(panic);
        }
    }));
}

fn run(cli: Cli) -> Result<Status, Failure> {
    match cli.command {
        Command::Analyze(args) => analyze::run(&args),
        Command::Calls(args) => calls::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Ctl(args) => ctl::run(&args),
        Command::Devices(args) => devices::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Lexicon(args) => lexicon::run(&args),
        Command::Live(args) => live::run(args),
        Command::Recogniser(args) => recogniser::run(&args),
        Command::Model(args) => model::run(&args),
        Command::Overlay(args) => overlay::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Run(args) => run::run(&args),
    }
}
