//! `evenkeel ctl call`.

use std::io::BufRead;

use clap::{Args, Subcommand};

use crate::app::cli::ctl::{connect, obey};
use crate::app::exit::{Failure, Status};
use crate::control::{Do, Private};

/// Tell about the call: begin, end, hold, mute, note.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  echo \"$NUMBER\" | evenkeel ctl call start --customer-ref - --id \"$CALL\"
  evenkeel ctl call hold
  evenkeel ctl call resume
  evenkeel ctl call end
  evenkeel ctl call note \"asked for a manager\"")]
pub(super) struct CallArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A call begins, or the one that was just noticed is this one
    #[command(after_help = "\
Examples:
  evenkeel ctl call start
  echo \"$NUMBER\" | evenkeel ctl call start --customer-ref - --id \"$CALL\"

Who the customer is comes on standard input only: what stands on a command line
can be read by everybody on the machine.")]
    Start {
        /// Read who the customer is from standard input: one line, 1 to 128 characters
        #[arg(long, value_name = "-")]
        customer_ref: Option<String>,

        /// A note for the call, up to 500 characters
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,

        /// The number of the call in the softphone, up to 128 characters
        #[arg(long, value_name = "ID")]
        id: Option<String>,
    },
    /// The customer is on hold: nothing counts until `resume`
    Hold,
    /// The customer is back
    Resume,
    /// The softphone's microphone is off: what is said now reaches nobody
    Mute,
    /// It is on again
    Unmute,
    /// The call is over
    End,
    /// Write a note for the call
    #[command(after_help = "\
Example:
  evenkeel ctl call note \"asked for a manager\"")]
    Note {
        /// Up to 500 characters
        text: String,

        /// For this call instead of the present or the last one
        #[arg(long, value_name = "CALL")]
        call: Option<String>,
    },
}

/// Runs the command.
pub(super) fn run(args: &CallArgs) -> Result<Status, Failure> {
    // Without a daemon nobody is asked for anything; and while somebody types, no
    // connection is kept open.
    drop(connect()?);
    let order = match &args.command {
        Command::Start { customer_ref, note, id } => Do::CallStart {
            customer_ref: customer_ref.as_deref().map(reference).transpose()?,
            note: note.clone().map(Private::new),
            id: id.clone(),
        },
        Command::Hold => Do::CallHold,
        Command::Resume => Do::CallResume,
        Command::Mute => Do::CallMute,
        Command::Unmute => Do::CallUnmute,
        Command::End => Do::CallEnd,
        Command::Note { text, call } => {
            Do::CallNote { call: call.clone(), text: Private::new(text.as_str()) }
        }
    };
    obey(&mut connect()?, &order)
}

/// Bytes that are read of a reference: twice what 128 characters can take, so
/// that one that is too long is seen to be.
const MOST: u64 = 1024;

/// The first line of standard input. What was given in its place is not told:
/// it would be the reference.
pub(in crate::app::cli) fn reference(given: &str) -> Result<Private, Failure> {
    if given != "-" {
        return Err(Failure::new(Status::Usage, "`--customer-ref` takes `-` alone")
            .hint("who the customer is comes on standard input: everybody can read a command line"));
    }
    first_line(std::io::stdin().lock())
}

fn first_line(input: impl BufRead) -> Result<Private, Failure> {
    let mut line = Vec::new();
    let read = input.take(MOST).read_until(b'\n', &mut line);
    read.map_err(|e| Failure::new(Status::MissingInput, format!("standard input: {e}")))?;
    let text = String::from_utf8(line)
        .map_err(|_| Failure::new(Status::BadData, "the customer's reference is no UTF-8 text"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Private::new(text.strip_suffix('\r').unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_the_first_line_of_standard_input() {
        for text in ["4711\n", "4711", "4711\r\nmore\n"] {
            assert_eq!(first_line(text.as_bytes()).map(|text| text.expose().to_owned()), Ok("4711".into()));
        }
        assert_eq!(first_line(&[0xff, b'\n'][..]).map_err(|failure| failure.status), Err(Status::BadData));
    }

    #[test]
    fn a_reference_on_the_command_line_is_refused_and_not_repeated() {
        let failure = reference("4711-secret").unwrap_err();
        assert_eq!(failure.status, Status::Usage);
        assert!(!failure.to_string().contains("4711"));
    }
}
