//! `evenkeel calls export`: one file a call, measures and score only.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::app::cli::analyze::output::{Target, bar, say};
use crate::app::cli::calls::change::named;
use crate::app::cli::calls::pick::PickOptions;
use crate::app::cli::calls::reader;
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::recall;
use crate::report::review::Meta;
use crate::report::review::export::{self, Options};
use crate::store::{CallLine, Filter, Reader, State, StoreError};

/// Write calls to files that `evenkeel report` reads on any machine.
///
/// A file holds measures, score and nudges of one call: no spoken word, no
/// note, no name of a device, and no customer unless that is asked for.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel calls export --out exports/                     all calls
  evenkeel calls export --out exports/ --since yesterday
  evenkeel calls export --out exports/ 17 18
  evenkeel report day exports/                             and look at them")]
pub(super) struct ExportArgs {
    /// Into this folder, which is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Only these calls, as `evenkeel calls list` names them
    #[arg(value_name = "ID", conflicts_with_all = ["since", "until", "agent"])]
    ids: Vec<String>,

    #[command(flatten)]
    pick: PickOptions,

    /// Hold the customer's keyed hash and the last characters of the reference too
    #[arg(long)]
    customer: bool,

    /// Overwrite files that are already there
    #[arg(long)]
    force: bool,

    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

/// A call with its file.
struct Plan {
    call: CallLine,
    meta: Meta,
    target: Target,
}

pub(super) fn run(args: &ExportArgs) -> Result<Status, Failure> {
    let reader = reader()?;
    let calls = picked(&reader, args)?;
    make(&args.out)?;
    let plans: Vec<Plan> =
        calls.into_iter().map(|call| plan(&reader, args, call)).collect::<Result<_, _>>()?;
    // Before anything is written, all of it must be welcome.
    plans.iter().try_for_each(|plan| plan.target.check())?;
    let bar = bar(args.quiet, plans.len() as u64, "{wide_msg} {bar:30.cyan/dim} {pos} of {len} calls");
    let mut unreadable = 0;
    for plan in &plans {
        match write(&reader, plan, Options { customer: args.customer })? {
            None => (),
            Some(failure) => {
                unreadable += 1;
                bar.suspend(|| say(&failure.to_string()));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    say(&told(plans.len() - unreadable, &args.out));
    Ok(if unreadable == 0 { Status::Done } else { Status::BadData })
}

fn told(count: usize, folder: &Path) -> String {
    let what = if count == 1 { "1 call".to_owned() } else { format!("{count} calls") };
    format!("{what} written to {}", folder.display())
}

/// Those that are meant: all that have ended, unless they are named.
fn picked(reader: &Reader, args: &ExportArgs) -> Result<Vec<CallLine>, Failure> {
    if args.ids.is_empty() {
        let calls = args.pick.calls(reader, Filter { ended: true, ..Filter::default() })?;
        return if calls.is_empty() { Err(none(&args.pick)) } else { Ok(calls) };
    }
    let mut calls: Vec<CallLine> = Vec::new();
    for id in &args.ids {
        let call = reader.find(id).map_err(|e| stored(&e))?;
        if call.state == State::Open {
            return Err(stored(&StoreError::GoesOn(id.clone())));
        }
        if calls.iter().all(|other| other.uid != call.uid) {
            calls.push(call);
        }
    }
    Ok(calls)
}

fn none(pick: &PickOptions) -> Failure {
    let message = if pick.is_all() { "no call has ended yet" } else { "no such call has ended" };
    Failure::new(Status::MissingInput, message).hint("`evenkeel calls list` shows the calls there are")
}

/// For the owner alone: these files tell how somebody works.
fn make(folder: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| {
        Failure::new(Status::CannotWrite, format!("{}: {e}", folder.display()))
            .hint("give a folder that can be made for --out")
    })
}

fn plan(reader: &Reader, args: &ExportArgs, call: CallLine) -> Result<Plan, Failure> {
    let meta = recall::meta(&call, &reader.aside(&call).map_err(|e| stored(&e))?);
    let target = Target { path: args.out.join(export::name(&meta)), force: args.force };
    Ok(Plan { call, meta, target })
}

/// Writes a call; what another version stored and this one cannot read stops no
/// other.
fn write(reader: &Reader, plan: &Plan, options: Options) -> Result<Option<Failure>, Failure> {
    let call = match reader.call(&plan.call.uid.to_string()) {
        Ok(call) => call,
        Err(error @ StoreError::Unreadable { .. }) => {
            let failure = stored(&error);
            return Ok(Some(Failure {
                message: format!("{}: {}", named(&plan.call), failure.message),
                ..failure
            }));
        }
        Err(error) => return Err(stored(&error)),
    };
    let text = export::write(&plan.meta, &recall::analysis(&call), options)
        .map_err(|e| Failure::new(Status::Bug, format!("{}: {e}", named(&plan.call))))?;
    plan.target.write(&text)?;
    Ok(None)
}
