//! `evenkeel replay`: whether the decisions of a stored call can be reproduced
//! from what is stored of it.

use clap::Args;
use serde::Serialize;

use crate::app::cli::analyze::output::print;
use crate::app::cli::calls;
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::app::recall;
use crate::app::replay::{Difference, Note, Replay, replay};
use crate::core::event::Event;
use crate::core::units::SampleSpan;
use crate::report::log;
use crate::store::StoredCall;

/// Reproduce every nudge decision of a call from what is stored of it.
///
/// The stored measures, events and orders are put through the nudge policy once
/// more, without any sound. Ends with 1 where a decision comes out otherwise.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel replay 17
  evenkeel replay 17 --json | jq .same")]
pub(super) struct ReplayArgs {
    /// The call, as `evenkeel calls list` names it
    #[arg(value_name = "ID")]
    id: String,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &ReplayArgs) -> Result<Status, Failure> {
    let call = calls::reader()?.call(&args.id).map_err(|e| stored(&e))?;
    let replay = replay(&call, env!("CARGO_PKG_VERSION"));
    print(&if args.json { calls::json(&Told::of(&call, &replay))? } else { text(&call, &replay) })?;
    Ok(if replay.same { Status::Done } else { Status::Fault })
}

fn text(call: &StoredCall, replay: &Replay) -> String {
    let mut text = format!("call {}, {}: ", call.line.id, recall::began(&call.line));
    text += &match &replay.first_difference {
        None => format!("{}, all the same\n", decisions(replay.decisions)),
        Some(difference) => differs(difference, replay.decisions),
    };
    for note in &replay.notes {
        text += &format!("note: {}\n", sentence(note));
    }
    text
}

fn decisions(count: usize) -> String {
    if count == 1 { "1 decision".to_owned() } else { format!("{count} decisions") }
}

fn differs(difference: &Difference, of: usize) -> String {
    format!(
        "differs at decision {} of {of}\n  stored:   {}\n  replayed: {}\n",
        difference.number + 1,
        line(difference.stored.as_ref()),
        line(difference.replayed.as_ref())
    )
}

fn line(event: Option<&Event>) -> String {
    let told = event.and_then(|event| log::line(event, SampleSpan::ZERO));
    told.unwrap_or_else(|| "nothing".to_owned())
}

fn sentence(note: &Note) -> String {
    match note {
        Note::OtherVersion { stored, ours } => format!(
            "evenkeel {} stored it and this is {ours}: another version may decide otherwise",
            plain(stored)
        ),
        Note::GoesOn => "the call still goes on: the rest of it is missing".to_owned(),
        Note::Orphan => "the program ended in the middle of the call".to_owned(),
        Note::Lost(1) => "1 event could not be stored and is missing here".to_owned(),
        Note::Lost(count) => format!("{count} events could not be stored and are missing here"),
        Note::Thinned => "events and readings were deleted for their age or for room: \
                          decisions cannot come again"
            .to_owned(),
        Note::SettingsUnknown => "settings changed in the call, and which is not known".to_owned(),
    }
}

// ---- for programs -------------------------------------------------------------------

#[derive(Serialize)]
struct Told {
    schema: &'static str,
    id: i64,
    uid: String,
    decisions: usize,
    same: bool,
    /// The same, and nothing speaks against taking that for a proof.
    proof: bool,
    first_difference: Option<Differs>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Differs {
    number: usize,
    stored: Option<String>,
    replayed: Option<String>,
}

impl Told {
    fn of(call: &StoredCall, replay: &Replay) -> Self {
        let told = |event: &Option<Event>| event.as_ref().and_then(|e| log::line(e, SampleSpan::ZERO));
        Self {
            schema: "evenkeel.replay/1",
            id: call.line.id,
            uid: call.line.uid.to_string(),
            decisions: replay.decisions,
            same: replay.same,
            proof: replay.is_proof(),
            first_difference: replay.first_difference.map(|d| Differs {
                number: d.number + 1,
                stored: told(&d.stored),
                replayed: told(&d.replayed),
            }),
            notes: replay.notes.iter().map(sentence).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_against_a_proof_is_a_sentence_each() {
        let notes = [
            Note::OtherVersion { stored: "0.0.9\u{1b}".into(), ours: "0.1.0".into() },
            Note::GoesOn,
            Note::Orphan,
            Note::Lost(1),
            Note::Lost(3),
            Note::Thinned,
            Note::SettingsUnknown,
        ];
        let said: std::collections::BTreeSet<_> = notes.iter().map(sentence).collect();
        assert_eq!(said.len(), notes.len());
        assert!(said.iter().all(|note| !note.contains('\u{1b}')));
    }

    #[test]
    fn a_difference_shows_both_sides() {
        let ended = Event::Ended { at: crate::core::units::SampleTime::from_seconds(61.0) };
        let told = differs(&Difference { number: 1, stored: Some(ended), replayed: None }, 9);
        assert_eq!(
            told,
            "differs at decision 2 of 9\n  stored:   01:01.000 Call ends\n  replayed: nothing\n"
        );
    }
}
