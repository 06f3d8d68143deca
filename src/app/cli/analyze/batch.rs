//! Many calls: a progress bar, one table, and a folder of reports. One call
//! that cannot be read does not stop the others.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::app::analyse::{Job, Measuring, Silent, analyse};
use crate::app::cli::analyze::args::AnalyzeArgs;
use crate::app::cli::analyze::output::{Target, bar, json_error, json_line, look, page, print, say};
use crate::app::cli::analyze::{Format, Plan, one};
use crate::app::exit::{Failure, Status};
use crate::report::text::{Row, table};
use crate::report::{Analysis, csv};

type Outcome = Result<Analysis, Failure>;

/// Analyses many calls.
pub(super) fn run(jobs: &[Job], args: &AnalyzeArgs, mut plan: Plan) -> Result<Status, Failure> {
    refuse_single(args, &plan)?;
    let folder = args.output.as_deref().map(|dir| Folder::open(dir, args, jobs)).transpose()?;
    let outcomes = work(jobs, args, &plan.measuring, folder.as_ref(), &plan.score_name);
    // A reader that went away early must not cost the files.
    let told = tell(jobs, &outcomes, &plan);
    let analyses: Vec<&Analysis> = outcomes.iter().flatten().collect();
    if let Some(folder) = &folder {
        folder.write_table(&analyses)?;
    }
    if args.update_baseline {
        one::update(&mut plan, &analyses)?;
    }
    told.map(|()| status(&outcomes, &plan))
}

/// Some things make sense for one call alone.
fn refuse_single(args: &AnalyzeArgs, plan: &Plan) -> Result<(), Failure> {
    let single = [
        (plan.format == Format::Events, "--events"),
        (args.realtime, "--realtime"),
        (args.html.is_some(), "--html"),
        (args.transcript.is_some(), "--transcript"),
    ];
    match single.into_iter().find(|(given, _)| *given) {
        Some((_, flag)) => {
            Err(Failure::new(Status::Usage, format!("`{flag}` is for one call, not for a folder or several"))
                .hint("give one file and no `-o`, or write pages of all calls with `-o DIR` alone"))
        }
        None => Ok(()),
    }
}

/// Hands the calls to as many threads as there are cores; results keep their
/// order.
fn work(
    jobs: &[Job],
    args: &AnalyzeArgs,
    measuring: &Measuring,
    folder: Option<&Folder>,
    score_name: &str,
) -> Vec<Outcome> {
    let bar =
        bar(args.quiet, jobs.len() as u64, "{pos:>4}/{len} {bar:30.cyan/dim} {eta:>3} left  {wide_msg}");
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::with_capacity(jobs.len()));
    thread::scope(|scope| {
        for _ in 0..threads(args, jobs.len()) {
            scope.spawn(|| {
                while let Some((k, job)) = take(&next, jobs) {
                    bar.set_message(job.name.clone());
                    let outcome = analyse(job, measuring, &mut Silent)
                        .and_then(|a| folder.map_or(Ok(()), |f| f.write(&a, score_name)).map(|()| a));
                    // A thread that panicked holds no lock here.
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((k, outcome));
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(k, _)| *k);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

fn take<'a>(next: &AtomicUsize, jobs: &'a [Job]) -> Option<(usize, &'a Job)> {
    let k = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(k).map(|job| (k, job))
}

fn threads(args: &AnalyzeArgs, calls: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    args.jobs.map_or(cores, usize::from).min(calls).max(1)
}

fn tell(jobs: &[Job], outcomes: &[Outcome], plan: &Plan) -> Result<(), Failure> {
    match plan.format {
        Format::Report => {
            let rows: Vec<Row<'_>> =
                jobs.iter().zip(outcomes).map(|(job, outcome)| row(job, outcome)).collect();
            print(&table(&rows, look(&plan.score_name).width))
        }
        Format::Json => jobs.iter().zip(outcomes).try_for_each(|(job, outcome)| match outcome {
            Ok(analysis) => print(&json_line(analysis)?),
            Err(failure) => print(&json_error(&job.name, failure)),
        }),
        Format::Csv => {
            print(&csv::head())?;
            outcomes.iter().flatten().try_for_each(|analysis| print(&csv::row(analysis)))
        }
        // Refused before any work was done.
        Format::Events => Ok(()),
    }
}

fn row<'a>(job: &'a Job, outcome: &'a Outcome) -> Row<'a> {
    match outcome {
        Ok(analysis) => Row::Call(analysis),
        Err(failure) => Row::Failed(&job.name, &failure.message),
    }
}

/// The gravest failure counts; the table has told all of them.
fn status(outcomes: &[Outcome], plan: &Plan) -> Status {
    let failed: Vec<&Failure> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    if failed.is_empty() {
        return Status::Done;
    }
    if plan.format == Format::Report {
        // The table has the messages; each way out is told once.
        let hints: BTreeSet<&str> = failed.iter().filter_map(|failure| failure.hint.as_deref()).collect();
        hints.iter().for_each(|hint| say(&format!("hint: {hint}")));
    } else {
        failed.iter().for_each(|failure| say(&failure.to_string()));
    }
    say(&format!("error: {} of {} calls could not be analysed", failed.len(), outcomes.len()));
    failed.iter().map(|failure| failure.status).max().unwrap_or(Status::Done)
}

/// Where reports are written.
struct Folder {
    path: PathBuf,
    force: bool,
}

impl Folder {
    /// Makes the folder, and refuses at once what would be overwritten.
    fn open(path: &Path, args: &AnalyzeArgs, jobs: &[Job]) -> Result<Self, Failure> {
        let refuse = |what: &str| {
            Failure::new(Status::CannotWrite, format!("{}: {what}", path.display()))
                .hint("choose a folder you may write to")
        };
        if path.exists() && !path.is_dir() {
            return Err(refuse("is a file, expected a folder"));
        }
        std::fs::create_dir_all(path).map_err(|e| refuse(&e.to_string()))?;
        let folder = Self { path: path.to_owned(), force: args.force };
        let both =
            jobs.iter().flat_map(|job| ["json", "html"].map(|ending| folder.target(&job.name, ending)));
        for target in both.chain([folder.target("calls", "csv")]) {
            target.check()?;
            target.spare(args.baseline.as_deref().as_slice())?;
        }
        Ok(folder)
    }

    fn target(&self, name: &str, ending: &str) -> Target {
        Target { path: self.path.join(format!("{name}.{ending}")), force: self.force }
    }

    fn write(&self, analysis: &Analysis, score_name: &str) -> Result<(), Failure> {
        let name = &analysis.origin.name;
        self.target(name, "json").write(&json_line(analysis)?)?;
        self.target(name, "html").write(&page(analysis, score_name))
    }

    fn write_table(&self, analyses: &[&Analysis]) -> Result<(), Failure> {
        let rows: String = analyses.iter().map(|a| csv::row(a)).collect();
        self.target("calls", "csv").write(&(csv::head() + &rows))?;
        say(&format!("reports: {}", self.path.display()));
        Ok(())
    }
}
