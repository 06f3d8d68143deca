//! `evenkeel model bench` and `choose`: how fast models are here, and which of
//! them keeps up with a call.

use clap::Args;
use serde_json::json;

use crate::app::cli::analyze::output::{bar, print, say};
use crate::app::cli::model::library;
use crate::app::cli::model::timing::time;
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::app::recognise::not_found;
use crate::transcript::models::{Held, Installed, Library, Speed, choose};

/// Measure how fast installed models are on this machine.
///
/// Each writes down the same clip, alone on one thread, as in a call. Give it a
/// machine as busy as it is while you work.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel model bench
  evenkeel model bench tiny.en-q8_0 base-q8_0 --json")]
pub(super) struct BenchArgs {
    /// Models, as `evenkeel model list` names them; else all that are installed
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Choose the model to use where none is named.
///
/// Without a name: the largest of those installed that keeps up with a call on
/// this machine, by measurement.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel model choose
  evenkeel model choose tiny.en-q8_0")]
pub(super) struct ChooseArgs {
    /// The model, as `evenkeel model list` names it
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn bench(args: &BenchArgs) -> Result<Status, Failure> {
    let speeds = speeds(&library()?, &args.names)?;
    print(&if args.json { as_json(&speeds) } else { page(&speeds) })?;
    Ok(Status::Done)
}

pub(super) fn run(args: &ChooseArgs) -> Result<Status, Failure> {
    let library = library()?;
    let name = match &args.name {
        Some(name) => held(&library, name)?,
        None => {
            let speeds = speeds(&library, &[])?;
            say(page(&speeds).trim_end());
            largest(&speeds)?
        }
    };
    library.choose(&name).map_err(|e| {
        Failure::new(Status::CannotWrite, format!("{}: {e}", library.folder().display()))
            .hint("check the folder, its permissions and the space on its disk")
    })?;
    say(&format!("{name}: used from now on where no model is named"));
    Ok(Status::Done)
}

/// One of those that are installed: another file is not found by its name.
fn held(library: &Library, name: &str) -> Result<String, Failure> {
    let model = library.find(name).map_err(|e| not_found(&e))?;
    if library.holds(&model) {
        return Ok(model.name);
    }
    let file = plain(&model.path.display().to_string());
    Err(Failure::new(Status::MissingInput, format!("{file}: not installed"))
        .hint(format!("first `evenkeel model import {file}`, then choose it by its name")))
}

/// The largest that keeps up, else the one for after calls.
fn largest(speeds: &[Speed]) -> Result<String, Failure> {
    let choice = choose(speeds);
    if choice.live.is_none() {
        say("none keeps up with a call here: text comes after it");
    }
    choice.live.or(choice.later).ok_or_else(none_installed)
}

fn none_installed() -> Failure {
    Failure::new(Status::MissingInput, "no model is installed")
        .hint("get one with `evenkeel model fetch tiny.en-q8_0`, or `evenkeel model import FILE`")
}

fn speeds(library: &Library, names: &[String]) -> Result<Vec<Speed>, Failure> {
    let named: Result<Vec<Installed>, _> = names.iter().map(|name| library.find(name)).collect();
    let models = if names.is_empty() { whole(library) } else { named.map_err(|e| not_found(&e))? };
    if models.is_empty() {
        return Err(none_installed());
    }
    let bar = bar(false, models.len() as u64, "{wide_msg} {bar:30.cyan/dim} {pos} of {len} models");
    let timed = |model: &Installed| {
        bar.set_message(model.name.clone());
        time(model).inspect(|_| bar.inc(1))
    };
    let speeds = models.iter().map(timed).collect();
    bar.finish_and_clear();
    speeds
}

fn whole(library: &Library) -> Vec<Installed> {
    let model = |held| match held {
        Held::Whisper(model) => Some(model),
        Held::Silero(_) | Held::Damaged { .. } => None,
    };
    library.all().into_iter().filter_map(model).collect()
}

fn page(speeds: &[Speed]) -> String {
    let mut text = format!("{:<24}{:>16}{:>16}\n", "model", "processor s/s", "time s/s");
    for Speed { name, speech_s, cpu_s, wall_s, .. } in speeds {
        text += &format!("{name:<24}{:>16.3}{:>16.3}\n", cpu_s / speech_s, wall_s / speech_s);
    }
    text
}

fn as_json(speeds: &[Speed]) -> String {
    let choice = choose(speeds);
    let one = |speed: &Speed| {
        let Speed { name, bytes, speech_s, cpu_s, wall_s } = speed;
        json!({ "name": name, "bytes": bytes, "speech_s": speech_s, "cpu_s": cpu_s, "wall_s": wall_s })
    };
    let all = json!({
        "schema": "evenkeel.bench/1",
        "models": speeds.iter().map(one).collect::<Vec<_>>(),
        "live": choice.live,
        "later": choice.later,
    });
    format!("{all:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_is_too_slow_gets_its_text_afterwards_and_an_empty_one_a_way_out() {
        let slow = Speed { name: "tiny".into(), bytes: 1, speech_s: 4.0, cpu_s: 30.0, wall_s: 30.0 };
        assert_eq!(largest(&[slow]).unwrap(), "tiny");
        assert_eq!(largest(&[]).unwrap_err().status, Status::MissingInput);
    }

    #[test]
    fn figures_are_for_a_second_of_speech() {
        let speed = Speed { name: "tiny".into(), bytes: 1, speech_s: 4.0, cpu_s: 1.0, wall_s: 2.0 };
        assert_eq!(
            page(&[speed]).lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>(),
            ["tiny", "0.250", "0.500"]
        );
    }
}
