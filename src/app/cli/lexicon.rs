//! `evenkeel lexicon`: is the list of phrases in order, and what does it find?

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use crate::app::cli::analyze::output::print;
use crate::app::exit::{Failure, Status};
use crate::config::lexicon::{self, LexiconError};
use crate::core::cues::{Find, Lexicon, Stop};
use crate::core::private::Spoken;
use crate::core::units::Channel;

const EXAMPLES: &str = "\
Examples:
  evenkeel lexicon show > mine.toml        the built-in file, to begin with
  evenkeel lexicon check mine.toml         is everything in order?
  printf 'agent\\tI hear how hard it is.\\n' | evenkeel lexicon try
  evenkeel lexicon try --lexicon mine.toml --json < sentences.tsv";

/// Check the list of phrases, and try what it finds.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct LexiconArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(CheckArgs),
    Try(TryArgs),
    Show(ShowArgs),
}

/// Tell what is wrong with a lexicon, if anything.
///
/// Ends with 0 if all is well and with 1 if not. All mistakes are told at once.
#[derive(Debug, Args)]
struct CheckArgs {
    /// The file; without it the built-in lexicon
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Read lines `speaker<TAB>sentence` and print what would be found.
///
/// The speaker is agent or customer. A third column is ignored, and so is a
/// heading `speaker<TAB>sentence`.
#[derive(Debug, Args)]
struct TryArgs {
    /// Use this file instead of the built-in lexicon
    #[arg(long, value_name = "FILE")]
    lexicon: Option<PathBuf>,

    /// Print one JSON object a line: {"line": 2, "detectors": ["empathy"]}
    #[arg(long)]
    json: bool,
}

/// Print the built-in lexicon, which explains how patterns are written.
#[derive(Debug, Args)]
struct ShowArgs {}

/// Runs the command.
pub(super) fn run(args: &LexiconArgs) -> Result<Status, Failure> {
    match &args.command {
        Command::Check(args) => check(args),
        Command::Try(args) => try_out(args),
        Command::Show(ShowArgs {}) => print(lexicon::BUILT_IN).map(|()| Status::Done),
    }
}

fn load(file: Option<&Path>, status: Status) -> Result<Arc<Lexicon>, Failure> {
    let read = file.map_or_else(lexicon::built_in, |file| lexicon::load(file).map(Arc::new));
    read.map_err(|error| refused(&error, status))
}

fn refused(error: &LexiconError, status: Status) -> Failure {
    let failure = Failure::new(status, error.to_string());
    match error.0.first().and_then(lexicon::LexiconProblem::hint) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn check(args: &CheckArgs) -> Result<Status, Failure> {
    let lexicon = load(args.file.as_deref(), Status::Fault)?;
    let name = args.file.as_ref().map_or("built-in lexicon".to_owned(), |file| file.display().to_string());
    print(&format!("ok: {name}, {} patterns\n", lexicon.len()))?;
    Ok(Status::Done)
}

fn try_out(args: &TryArgs) -> Result<Status, Failure> {
    let lexicon = load(args.lexicon.as_deref(), Status::Config)?;
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let line = line.map_err(|e| Failure::new(Status::BadData, format!("standard input: {e}")))?;
        if let Some((who, said)) = sentence(number + 1, &line)? {
            let finds = lexicon.find(who, &Spoken::new(said));
            let shown =
                if args.json { as_json(number + 1, &finds) } else { as_text(who, said, &finds, &lexicon) };
            print(&shown)?;
        }
    }
    Ok(Status::Done)
}

/// The speaker and the sentence of a line; none for a heading or an empty line.
fn sentence(number: usize, line: &str) -> Result<Option<(Channel, &str)>, Failure> {
    let mut columns = line.split('\t');
    let (speaker, said) = (columns.next().unwrap_or_default().trim(), columns.next());
    if line.trim().is_empty() || line.starts_with('#') || (speaker == "speaker" && number == 1) {
        return Ok(None);
    }
    let who = match speaker {
        "agent" => Some(Channel::Agent),
        "customer" => Some(Channel::Customer),
        _ => None,
    };
    who.zip(said).map(Some).ok_or_else(|| {
        Failure::new(Status::BadData, format!("standard input, line {number}: expected speaker<TAB>sentence"))
            .hint("the speaker is agent or customer: agent<TAB>I hear how hard that is.")
    })
}

fn as_json(line: usize, finds: &[Find]) -> String {
    let mut detectors: Vec<_> =
        finds.iter().filter(|find| find.stopped.is_none()).map(|find| find.detector).collect();
    detectors.sort();
    detectors.dedup();
    let names: Vec<_> = detectors.iter().map(|detector| detector.name()).collect();
    format!("{}\n", serde_json::json!({ "line": line, "detectors": names }))
}

fn as_text(who: Channel, said: &str, finds: &[Find], lexicon: &Lexicon) -> String {
    let speaker = match who {
        Channel::Agent => "agent",
        Channel::Customer => "customer",
    };
    let mut out = format!("{speaker}: {said}\n");
    if finds.is_empty() {
        out.push_str("    nothing\n");
    }
    for find in finds {
        out.push_str(&format!("    {}\n", told(find, said, lexicon)));
    }
    out
}

fn told(find: &Find, said: &str, lexicon: &Lexicon) -> String {
    let words: Vec<_> = said.split_whitespace().skip(find.first).take(find.last + 1 - find.first).collect();
    let pattern = lexicon.pattern(find.line).unwrap_or_default();
    let by = |line: &usize| format!("line {line}: {}", lexicon.pattern(*line).unwrap_or_default());
    let stopped = match &find.stopped {
        None => String::new(),
        Some(Stop::Guard(name, line)) => format!("; stopped by the guard `{name}`, {}", by(line)),
        Some(Stop::Not(line)) => format!("; stopped by {}", by(line)),
        Some(Stop::Quoted) => "; stopped: it is quoted".to_owned(),
    };
    let name = find.detector.name();
    format!("{name}: \"{}\" (line {}: {pattern}){stopped}", words.join(" "), find.line)
}
