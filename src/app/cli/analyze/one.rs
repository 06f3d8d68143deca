//! One call: its report, its JSON, its events, its page.

use std::path::Path;

use indicatif::ProgressBar;

use crate::app::analyse::{Job, Listener, analyse};
use crate::app::cli::analyze::args::AnalyzeArgs;
#[cfg(feature = "view")]
use crate::app::cli::analyze::full;
use crate::app::cli::analyze::output::{Target, bar, json_error, json_line, look, page, print, say};
use crate::app::cli::analyze::{Format as Printed, Plan, realtime};
#[cfg(feature = "view")]
use crate::app::cli::live::playback::is_terminal;
use crate::app::exit::{Failure, Status};
use crate::core::event::Event;
use crate::core::measures::Why;
use crate::core::units::SampleSpan;
use crate::report::transcript::{Format, write};
use crate::report::{Analysis, csv, log, names, text};

/// Analyses one call.
pub(super) fn run(job: &Job, args: &AnalyzeArgs, mut plan: Plan) -> Result<Status, Failure> {
    let page_target = args.html.clone().map(|path| Target { path, force: args.force });
    if let Some(target) = &page_target {
        target.check()?;
        target.spare(&job.paths())?;
        target.spare(args.baseline.as_deref().as_slice())?;
    }
    let text_target = args.transcript.clone().map(|path| Target { path, force: args.force });
    if let Some(target) = &text_target {
        target.check()?;
        target.spare(&job.paths())?;
    }
    let analysis = measured(job, args, &plan).inspect_err(|failure| refuse(job, &plan, failure))?;
    // A reader that went away early must not cost the page or the baseline.
    let told = tell(&analysis, &plan);
    if let Some(target) = &page_target {
        target.write(&page(&analysis, &plan.score_name))?;
        say(&format!("page: {}", target.path.display()));
    }
    if let Some(target) = &text_target {
        target.write(&transcript(&analysis, &target.path))?;
        say(&format!("transcript: {}", target.path.display()));
    }
    if args.update_baseline {
        update(&mut plan, &[&analysis])?;
    }
    told.map(|()| Status::Done)
}

fn measured(job: &Job, args: &AnalyzeArgs, plan: &Plan) -> Result<Analysis, Failure> {
    #[cfg(feature = "view")]
    if args.realtime && !args.quiet && is_terminal() {
        let mut player = full::Player::new(plan, job);
        let done = analyse(job, &plan.measuring, &mut player);
        return player.close().and(done);
    }
    if args.realtime {
        let mut player = realtime::Player::new(args.quiet, job.from, plan.wording.clone());
        let done = analyse(job, &plan.measuring, &mut player);
        return player.printed().and(done);
    }
    let template = "{wide_msg} {bar:30.cyan/dim} {percent:>3} %  {eta:>3} left";
    let bar = bar(args.quiet, 100, template);
    let mut progress =
        Progress { bar, from: job.from, events: plan.format == Printed::Events, printed: Ok(()) };
    progress.bar.set_message(job.name.clone());
    let done = analyse(job, &plan.measuring, &mut progress);
    progress.bar.finish_and_clear();
    progress.printed.and(done)
}

/// Shows how far it is, and prints events as they come.
struct Progress {
    bar: ProgressBar,
    /// Where the analysed part begins in the file.
    from: SampleSpan,
    events: bool,
    /// How the printing went so far.
    printed: Result<(), Failure>,
}

impl Listener for Progress {
    fn event(&mut self, event: &Event) {
        if !self.events || self.printed.is_err() {
            return;
        }
        if let Some(line) = log::line(event, self.from) {
            self.printed = self.bar.suspend(|| print(&(line + "\n")));
        }
    }

    fn progress(&mut self, read: SampleSpan, length: Option<SampleSpan>) {
        if let Some(length) = length {
            self.bar.set_length(length.samples());
            self.bar.set_position(read.samples());
        }
    }

    fn has_enough(&self) -> bool {
        self.printed.is_err()
    }
}

fn tell(analysis: &Analysis, plan: &Plan) -> Result<(), Failure> {
    match plan.format {
        Printed::Report => print(&text::write(analysis, &look(&plan.score_name))),
        Printed::Json => print(&json_line(analysis)?),
        Printed::Csv => print(&(csv::head() + &csv::row(analysis))),
        // They were printed as they came.
        Printed::Events => Ok(()),
    }
}

/// What was said, in the format that the file's ending asks for.
fn transcript(analysis: &Analysis, path: &Path) -> String {
    let ending = path.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
    // The ending was looked at when the command line was read.
    let format = Format::of(&ending).unwrap_or(Format::Text);
    analysis.transcript.as_ref().map_or_else(String::new, |t| write(t, format, analysis.origin.offset))
}

fn refuse(job: &Job, plan: &Plan, failure: &Failure) {
    if plan.format == Printed::Json {
        // What went wrong is told on standard error in any case.
        let _ = print(&json_error(&job.name, failure));
    }
}

fn why_not(analysis: &Analysis) -> &'static str {
    let level = if analysis.summary.agc { Some(Why::Agc) } else { analysis.summary.pace.why() };
    names::why_not_title(level.unwrap_or(Why::LittleAgentSpeech))
}

/// Adds what is normal in these calls to the baseline file.
pub(super) fn update(plan: &mut Plan, analyses: &[&Analysis]) -> Result<(), Failure> {
    let Some(baselines) = &mut plan.baselines else { return Ok(()) };
    let before = baselines.normal().is_some();
    let added = analyses.iter().filter(|a| baselines.add(a)).count();
    baselines.save()?;
    let standing = match (before, baselines.normal().is_some()) {
        (false, true) => "; it is earned now and serves from the next call on",
        (_, false) => "; it takes a minute of speech over two calls to be earned",
        (true, true) => "",
    };
    let calls = baselines.calls();
    let word = if calls == 1 { "call" } else { "calls" };
    say(&format!("baseline: {added} added, {calls} {word} in all{standing}"));
    for analysis in analyses.iter().filter(|a| a.summary.harvest.is_none()) {
        say(&format!("baseline: {} not added: {}", analysis.origin.name, why_not(analysis)));
    }
    Ok(())
}
