//! `evenkeel recogniser`: the process that turns sound into text. It is started by
//! the program itself and speaks over its pipes with it alone.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::app::daemon::process;
use crate::app::exit::{Failure, Status};
use crate::transcript::child::serve;
use crate::transcript::models::Family;
use crate::transcript::recogniser::{Detail, Recogniser, Unfit};
use crate::transcript::scripted::{Script, Scripted};

/// Recognise speech for another `evenkeel`, over standard input and output.
#[derive(Debug, Args)]
pub(super) struct RecogniserArgs {
    /// The model.
    #[arg(long, value_name = "FILE", required_unless_present = "scripted")]
    model: Option<PathBuf>,
    /// The language that is spoken.
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: String,
    /// Measure the times of words.
    #[arg(long)]
    times: bool,
    /// What looks whether there is speech at all, before the model does.
    #[arg(long, value_name = "FILE", conflicts_with = "scripted")]
    detector: Option<PathBuf>,
    /// Let everything else on the machine come first.
    #[arg(long)]
    polite: bool,
    /// Hear what this file says, for tests.
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    scripted: Option<PathBuf>,
}

type Loaded<'a> = Result<(Box<dyn Recogniser + 'a>, Family), Unfit>;

/// Runs the command.
pub(super) fn run(args: &RecogniserArgs) -> Result<Status, Failure> {
    process::keep_memory_private();
    process::end_with_parent();
    if args.polite {
        process::yield_to_others();
    }
    let loaded = match (&args.scripted, &args.model) {
        (Some(script), _) => scripted(script),
        (None, Some(model)) => whisper(model, args),
        (None, None) => Err(Unfit::Model(Detail::new("none was named"))),
    };
    // A pipe that breaks is the end that was wanted.
    let _ = serve(loaded, io::stdin().lock(), io::stdout().lock());
    Ok(Status::Done)
}

fn scripted(path: &Path) -> Loaded<'static> {
    let text = std::fs::read(path).map_err(|e| refused(path, e))?;
    // What is wrong with it might hold what it says.
    let script: Script = serde_json::from_slice(&text).map_err(|_| refused(path, "is no script"))?;
    Ok((Box::new(Scripted::new(script, || std::process::abort())), Family::EnglishOnly))
}

fn refused(model: &Path, why: impl Display) -> Unfit {
    let name = model.file_name().unwrap_or_default().to_string_lossy();
    Unfit::Model(Detail::new(format_args!("{name}: {why}")))
}

#[cfg(feature = "whisper")]
fn whisper<'a>(model: &'a Path, args: &'a RecogniserArgs) -> Loaded<'a> {
    use crate::transcript::models;
    use crate::transcript::whisper::{Loading, Whisper};

    // The library aborts, or reads on for gigabytes, where a file is not whole.
    let dims = models::validate(model).map_err(|fault| refused(model, fault))?.dims;
    let whole = |path: &&Path| models::validate_detector(path).is_ok();
    let detector = args.detector.as_deref().filter(whole);
    let loading = Loading { model, dims, language: &args.language, times: args.times, detector };
    let whisper = Whisper::load(&loading)?;
    let family = whisper.family();
    Ok((Box::new(whisper), family))
}

#[cfg(not(feature = "whisper"))]
fn whisper<'a>(_: &'a Path, _: &'a RecogniserArgs) -> Loaded<'a> {
    Err(Unfit::NotBuilt)
}
