//! `evenkeel analyze`: recorded calls in, reports out.

mod args;
mod batch;
#[cfg(feature = "view")]
mod full;
mod one;
pub(super) mod output;
mod realtime;

pub(super) use args::AnalyzeArgs;

use std::path::PathBuf;

use crate::app::analyse::{Job, Measuring, recordings_in};
use crate::app::baselines::Baselines;
use crate::app::cli::analyze::output::say;
use crate::app::cli::run::wording as wrong;
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::app::recognise::{self, Choice, Rules};
use crate::audio::{Inputs, StereoSide};
use crate::config::Config;
use crate::core::pipeline::Past;
use crate::core::units::SampleSpan;
use crate::surfaces::wording::Wording;

/// What is written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The report for people.
    Report,
    /// JSON, one line a call.
    Json,
    /// The event log.
    Events,
    /// Comma-separated values.
    Csv,
}

/// Runs the command.
pub(super) fn run(args: &AnalyzeArgs) -> Result<Status, Failure> {
    let plan = Plan::of(args)?;
    let jobs = jobs(args, &plan)?;
    match <[Job; 1]>::try_from(jobs) {
        Ok([job]) if !args.is_batch() => one::run(&job, args, plan),
        Ok([job]) => batch::run(&[job], args, plan),
        Err(jobs) => batch::run(&jobs, args, plan),
    }
}

/// What all calls have in common.
struct Plan {
    format: Format,
    measuring: Measuring,
    agent: StereoSide,
    score_name: String,
    /// What nudges say where they are shown as they come.
    wording: Wording,
    baselines: Option<Baselines>,
}

impl Plan {
    fn of(args: &AnalyzeArgs) -> Result<Self, Failure> {
        let config = args.config.load()?;
        let load = |path| Baselines::load(path, args.update_baseline);
        let baselines = args.baseline.as_deref().map(load).transpose()?;
        if baselines.as_ref().is_some_and(|b| b.normal().is_none()) && !args.update_baseline {
            say("baseline: not earned yet; the call is held against its own beginning");
        }
        let past = Past { normal: baselines.as_ref().and_then(Baselines::normal), ..Past::default() };
        let words = words(args, &config)?;
        let config_hash = config.hash();
        Ok(Self {
            format: args.format(),
            measuring: Measuring { settings: config.settings(), config_hash, past, words },
            agent: args.agent_channel.map_or(config.agent_channel(), StereoSide::from),
            score_name: config.score_name().to_owned(),
            wording: if args.realtime {
                config.wording().map_err(|e| wrong(&e))?
            } else {
                Wording::default()
            },
            baselines,
        })
    }
}

/// What hears the words: the model that was named, or one that is installed.
fn words(args: &AnalyzeArgs, config: &Config) -> Result<Option<(Choice, Rules)>, Failure> {
    // Without a home there is no folder of models, and none is needed for a file.
    let folder = Folders::standard().map_or_else(|_| PathBuf::new(), |folders| recognise::folder(&folders));
    let mut settings = config.transcript().clone();
    settings.on &= !args.no_transcript;
    let asked = args.model.is_some() || args.transcript.is_some();
    if let Some(model) = &args.model {
        (settings.on, settings.model) = (true, model.clone());
        settings.customer_model.clear();
    }
    let found = match recognise::wanted(&settings, &folder) {
        // Nobody named a model, and those that are there do not suit: no reason to stop.
        Err(failure) if !asked && settings.model.is_empty() && settings.customer_model.is_empty() => {
            say(&format!("no transcript: {}", failure.message));
            None
        }
        found => found?,
    };
    let choice = found.map(|choice| Choice { asked, ..choice });
    if choice.is_none() && args.transcript.is_some() {
        return Err(Failure::new(
            Status::Unavailable,
            "`--transcript`: no model is installed, or `transcript.on` is false",
        )
        .hint("name a model with `--model`, or see `evenkeel model --help`"));
    }
    choice.map(|choice| Ok((choice, Rules::new(&settings)?))).transpose()
}

/// The calls that were asked for.
fn jobs(args: &AnalyzeArgs, plan: &Plan) -> Result<Vec<Job>, Failure> {
    let mut jobs: Vec<Job> = match (&args.agent, &args.customer) {
        (Some(agent), Some(customer)) => {
            vec![Job::new(Inputs::Pair { agent: agent.clone(), customer: customer.clone() })]
        }
        _ => paths(args)?
            .into_iter()
            .map(|path| Job::new(Inputs::Stereo { path, agent: plan.agent }))
            .collect(),
    };
    for job in &mut jobs {
        job.from = args.from.unwrap_or_default();
        job.to = args.to;
    }
    if args.to.is_some_and(|to| to <= args.from.unwrap_or(SampleSpan::ZERO)) {
        return Err(Failure::new(Status::Usage, "`--to` is not after `--from`")
            .hint("give a later time, as in `--to 2:30`"));
    }
    name_apart(&mut jobs);
    Ok(jobs)
}

fn paths(args: &AnalyzeArgs) -> Result<Vec<PathBuf>, Failure> {
    if args.calls.is_empty() {
        return Err(Failure::new(Status::Usage, "no call was given")
            .hint("name a stereo file, a folder, or two mono files with `--agent` and `--customer`"));
    }
    let mut paths = Vec::new();
    for call in &args.calls {
        if call.is_dir() {
            paths.extend(recordings_in(call)?);
        } else {
            paths.push(call.clone());
        }
    }
    Ok(paths)
}

/// Two calls of the same name are told apart by a number.
fn name_apart(jobs: &mut [Job]) {
    for k in 1..jobs.len() {
        let mut number = 2;
        let plain = jobs[k].name.clone();
        while jobs[..k].iter().any(|earlier| earlier.name == jobs[k].name) {
            jobs[k].name = format!("{plain}-{number}");
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_the_same_name_are_told_apart() {
        let job = |path: &str| Job::new(Inputs::Stereo { path: path.into(), agent: StereoSide::Left });
        let mut jobs = vec![job("a/call.wav"), job("b/call.wav"), job("c/call.flac"), job("other.wav")];
        name_apart(&mut jobs);
        assert_eq!(
            jobs.iter().map(|j| j.name.as_str()).collect::<Vec<_>>(),
            ["call", "call-2", "call-3", "other"]
        );
    }
}
