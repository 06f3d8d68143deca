//! `evenkeel doctor`.

mod json;
mod page;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use crate::app::cli::analyze::output::print;
use crate::app::cli::config::ConfigOptions;
use crate::app::doctor::{Check, Outcome, Visit, gather, judge, worst};
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;

/// Check everything that calls need, with evidence and remedies.
///
/// Takes some seconds. Opens microphone and headset for a moment where no call
/// is on; keeps nothing of what it hears, and sends nothing anywhere.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel doctor              one page; asks before it plays a tone
  evenkeel doctor --tone       play it: the only proof that the headset is heard
  evenkeel doctor --no-sound   open no device
  evenkeel doctor --json | jq '.checks[] | select(.outcome == \"fault\")'

It ends with 0 if nothing is at fault and with 1 otherwise.")]
pub(super) struct DoctorArgs {
    /// Print JSON (evenkeel.doctor/1), without personal data
    #[arg(long)]
    json: bool,

    /// Play a short quiet tone into the headset and listen for it
    #[arg(long, conflicts_with = "no_sound")]
    tone: bool,

    /// Open no device and play nothing
    #[arg(long)]
    no_sound: bool,

    #[command(flatten)]
    config: ConfigOptions,
}

/// Runs the command.
pub(super) fn run(args: &DoctorArgs) -> Result<Status, Failure> {
    let tone = args.tone || (!args.json && !args.no_sound && agreed());
    let visit =
        Visit { sources: args.config.sources(), folders: Folders::standard()?, listen: !args.no_sound, tone };
    let checks: Vec<_> = judge(&gather(&visit)).into_iter().map(|check| homeless(check, &homes())).collect();
    print(&if args.json { json::json(&checks) } else { page::page(&checks, page::width()) })?;
    Ok(if worst(&checks) == Outcome::Fault { Status::Fault } else { Status::Done })
}

/// Asks whoever sits there; nobody there means no.
fn agreed() -> bool {
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return false;
    }
    anstream::eprint!("Play a short quiet tone into the headset, to see whether it is heard? [y/N] ");
    let (_, mut answer) = (std::io::stderr().flush(), String::new());
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// The home of whoever runs this, as it is named and as it is.
fn homes() -> Vec<String> {
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| 1 < home.components().count());
    let real = home.as_ref().and_then(|home| home.canonicalize().ok());
    home.into_iter().chain(real).map(|home| home.to_string_lossy().into_owned()).collect()
}

/// The same without the name of a home: `~` stands for it.
fn homeless(check: Check, homes: &[String]) -> Check {
    let clean = |text: String| homes.iter().fold(text, |text, home| text.replace(home.as_str(), "~"));
    Check { found: clean(check.found), remedy: check.remedy.map(clean), ..check }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::doctor::Group;

    #[test]
    fn no_path_names_a_user() {
        let check = Check {
            group: Group::Machine,
            id: "folder_data",
            title: "Data folder",
            outcome: Outcome::Fault,
            found: "/home/ann/.local/share/evenkeel: open to others".into(),
            remedy: Some("`chmod 700 /home/ann/.local/share/evenkeel`".into()),
        };
        let clean = homeless(check, &["/home/ann".into()]);
        assert_eq!(clean.found, "~/.local/share/evenkeel: open to others");
        assert_eq!(clean.remedy.as_deref(), Some("`chmod 700 ~/.local/share/evenkeel`"));
    }
}
