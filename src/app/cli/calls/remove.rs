//! `evenkeel calls rm`: removes calls for good, and says what remains.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use clap::Args;
use crossbeam_channel::bounded;

use crate::app::cli::analyze::output::{print, say};
use crate::app::cli::calls::change::{Hand, WHO, named, not_kept};
use crate::app::cli::calls::reader;
use crate::app::cli::config::ConfigOptions;
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::control::{Answer, Do};
use crate::store::{CallLine, Command, Writer};

/// Remove calls for good: rows, free pages, daily copies.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel calls rm 17
  evenkeel calls rm 17 18 19 --yes

Copies that you made yourself are yours to delete. What cannot be reached is
said, and the command ends with 1.")]
pub(super) struct RemoveArgs {
    /// The calls, as `evenkeel calls list` names them
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,

    /// Do not ask
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    config: ConfigOptions,
}

pub(super) fn run(args: &RemoveArgs) -> Result<Status, Failure> {
    let calls = found(&args.ids)?;
    if !args.yes && !confirmed(&calls)? {
        say("nothing was removed");
        return Ok(Status::Done);
    }
    let mut hand = Hand::take(&args.config)?;
    let mut whole = true;
    for call in &calls {
        let order = Do::CallRemove { call: call.uid.to_string() };
        let answer = hand.give(&order, |writer| remove(writer, call))?;
        let remains = answer.remains.unwrap_or_default();
        whole &= remains.is_empty();
        print(&told(call, &remains))?;
    }
    Ok(if whole { Status::Done } else { Status::Fault })
}

/// All of them, each once, before any is removed.
fn found(ids: &[String]) -> Result<Vec<CallLine>, Failure> {
    let reader = reader()?;
    let mut calls: Vec<CallLine> = Vec::new();
    for id in ids {
        let call = reader.find(id).map_err(|e| stored(&e))?;
        if calls.iter().all(|other| other.uid != call.uid) {
            calls.push(call);
        }
    }
    Ok(calls)
}

fn confirmed(calls: &[CallLine]) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(Status::Usage, "there is no terminal to ask on, and removing is for good")
            .hint("say `--yes` if you mean it"));
    }
    for call in calls {
        say(&format!("{}, agent {}", named(call), plain(&call.agent)));
    }
    let count =
        if calls.len() == 1 { "this call".to_owned() } else { format!("these {} calls", calls.len()) };
    say(&format!("Remove {count} for good? [y/N]"));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.map_err(|e| Failure::new(Status::MissingInput, format!("standard input: {e}")))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Long enough to write every copy anew.
const REMOVING: Duration = Duration::from_secs(600);

fn remove(writer: &Writer, call: &CallLine) -> Result<Answer, Failure> {
    let (done, answer) = bounded(1);
    if !writer.send(Command::Remove { call: call.uid, by: WHO.into(), done }) {
        return Err(not_kept());
    }
    let removed = answer.recv_timeout(REMOVING).map_err(|_| not_kept())?.map_err(|e| stored(&e))?;
    let remains: Vec<String> = removed.remains.iter().map(ToString::to_string).collect();
    Ok(Answer { remains: (!remains.is_empty()).then_some(remains), ..Answer::done() })
}

fn told(call: &CallLine, remains: &[String]) -> String {
    let left: String = remains.iter().map(|place| format!("  still there: {}\n", plain(place))).collect();
    format!("removed {}\n{left}", named(call))
}
