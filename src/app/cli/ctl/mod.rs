//! `evenkeel ctl`: speaks to the running daemon. It starts nothing and keeps
//! nothing for later: without a daemon it says so at once.

mod call;
mod lines;
pub(super) mod page;
pub(super) mod words;

pub(super) use call::reference;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::app::cli::analyze::output::print;
use crate::app::exit::{Failure, Status};
use crate::control::{self, Client, ClientError, Code, Do, Heard, Refusal};

const EXAMPLES: &str = "\
Examples:
  evenkeel ctl status                what works, what is missing, and what to do
  evenkeel ctl pause 60              hear nothing for a minute, for a card number
  evenkeel ctl snooze 600            no nudges for ten minutes
  evenkeel ctl wrong                 the last nudge was wrong
  evenkeel ctl watch                 everything that happens, as it happens
  evenkeel ctl agent ada             ada has taken over

  # from a softphone: who the customer is comes on standard input
  echo \"$NUMBER\" | evenkeel ctl call start --customer-ref - --id \"$CALL\"
  evenkeel ctl call end

It ends with 69 if evenkeel is not running, and with 75 if it does not answer.";

/// Ask or order the running evenkeel: status, pause, snooze, calls.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CtlArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what works, what is missing, and what to do about it
    #[command(after_help = "\
Examples:
  evenkeel ctl status
  evenkeel ctl status --json | jq .sides.agent")]
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the state, and then everything that happens
    #[command(after_help = "\
Examples:
  evenkeel ctl watch
  evenkeel ctl watch --json | jq 'select(.what == \"nudge\")'")]
    Watch {
        /// Print a line of JSON for everything, measures once a second among it
        #[arg(long)]
        json: bool,
    },
    /// Hear nothing for a while: for card numbers and private words
    #[command(after_help = "\
Examples:
  evenkeel ctl pause        for as long as capture.pause_s says
  evenkeel ctl pause 60")]
    Pause {
        /// For so long, 1 to 1800
        #[arg(value_name = "SECONDS")]
        seconds: Option<f32>,
    },
    /// End the pause
    Resume,
    /// Show no nudges for a while
    #[command(after_help = "\
Examples:
  evenkeel ctl snooze         for ten minutes
  evenkeel ctl snooze 3600
  evenkeel ctl snooze 0       no longer")]
    Snooze {
        /// For so long, 0 to 28800
        #[arg(value_name = "SECONDS", default_value_t = 600.0)]
        seconds: f32,
    },
    /// Show no nudges at all, until it is switched off again
    #[command(after_help = "\
Examples:
  evenkeel ctl quiet
  evenkeel ctl quiet off")]
    Quiet {
        /// Whether there are to be none
        #[arg(value_enum, default_value_t = Switch::On)]
        switch: Switch,
    },
    /// Show nothing on the screen while it is shared, until it is switched off again
    #[command(after_help = "\
Examples:
  evenkeel ctl hide
  evenkeel ctl hide off")]
    Hide {
        /// Whether nothing is to be seen
        #[arg(value_enum, default_value_t = Switch::On)]
        switch: Switch,
    },
    /// Say that a nudge was wrong: the next one of its kind needs more, or does not come
    ///
    /// Where there is a threshold, it rises. Where there is none, as for wording or a
    /// microphone, the same one does not come again in this call.
    #[command(after_help = "\
Examples:
  evenkeel ctl wrong
  evenkeel ctl wrong raised_voice")]
    Wrong {
        /// Of this kind; the last one shown if none is named
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(control::KINDS))]
        kind: Option<String>,
    },
    /// Take the nudge off the screen
    Dismiss,
    /// Tell about the call: begin, end, hold, mute, note
    Call(call::CallArgs),
    /// Tell who is speaking from now on
    #[command(after_help = "\
Example:
  evenkeel ctl agent ada")]
    Agent {
        /// Name or number, 1 to 64 characters
        id: String,
    },
    /// Read the configuration again
    Reload,
    /// End evenkeel; a call that is on is kept
    Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// Runs the command.
pub(super) fn run(args: &CtlArgs) -> Result<Status, Failure> {
    let order = match &args.command {
        Command::Status { json } => return status(*json),
        Command::Watch { json } => return watch(*json),
        Command::Call(args) => return call::run(args),
        Command::Pause { seconds } => Do::Pause { for_s: *seconds },
        Command::Resume => Do::Resume,
        Command::Snooze { seconds } => Do::Snooze { for_s: *seconds },
        Command::Quiet { switch } => Do::Quiet { on: *switch == Switch::On },
        Command::Hide { switch } => Do::Hide { on: *switch == Switch::On },
        Command::Wrong { kind } => Do::Wrong { kind: kind.clone() },
        Command::Dismiss => Do::Dismiss,
        Command::Agent { id } => Do::Agent { id: id.clone() },
        Command::Reload => Do::Reload,
        Command::Stop => Do::Stop,
    };
    obey(&mut connect()?, &order)
}

/// Gives an order and says what came of it.
fn obey(client: &mut Client, order: &Do) -> Result<Status, Failure> {
    let answer = client.ask(order).map_err(failure)?;
    print(&words::done(order, &answer))?;
    Ok(Status::Done)
}

fn status(json: bool) -> Result<Status, Failure> {
    let status = connect()?.status().map_err(failure)?;
    let text = if json { as_json(&status, true)? } else { page::page(&status) };
    print(&text)?;
    Ok(Status::Done)
}

fn watch(json: bool) -> Result<Status, Failure> {
    let mut client = connect()?;
    let state = Box::new(client.watch().map_err(failure)?);
    if json {
        print(&as_json(&control::Notice::Status { status: state }, false)?)?;
    } else {
        print(&format!("{}\n", page::page(&state)))?;
    }
    let mut countdown = lines::Countdown::default();
    loop {
        match client.hear() {
            Ok(Heard::Notice(notice)) if json => print(&as_json(&notice, false)?)?,
            Ok(Heard::Notice(notice)) if countdown.shows(&notice) => print(&lines::line(&notice))?,
            Ok(Heard::Notice(_)) => (),
            Ok(Heard::Lagged(missed)) if json => {
                print(&as_json(&serde_json::json!({ "what": "lagged", "missed": missed }), false)?)?;
            }
            Ok(Heard::Lagged(missed)) => print(&lines::lagged(missed))?,
            Err(ClientError::Ended) => return Ok(Status::Done),
            Err(error) => return Err(failure(error)),
        }
    }
}

fn as_json(value: &impl serde::Serialize, pretty: bool) -> Result<String, Failure> {
    let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    text.map(|text| text + "\n").map_err(|e| Failure::new(Status::Bug, format!("the state of things: {e}")))
}

pub(super) fn connect() -> Result<Client, Failure> {
    Client::connect(&socket()?).map_err(failure)
}

/// Where the daemon listens.
pub(super) fn socket() -> Result<PathBuf, Failure> {
    let environment: Vec<_> = std::env::vars_os().collect();
    control::place(&environment).ok_or_else(|| {
        Failure::new(Status::Unavailable, "no home directory is known, and so no socket of evenkeel")
            .hint("set XDG_RUNTIME_DIR or HOME")
    })
}

/// Why there is no answer, with a way out and an exit status.
pub(super) fn failure(error: ClientError) -> Failure {
    let message = error.to_string();
    match error {
        // A single line: softphones show it, and there is one thing to do.
        ClientError::NotRunning => {
            Failure::new(Status::Unavailable, message + "; start it with `evenkeel run`")
        }
        ClientError::Ended => Failure::new(Status::Unavailable, message),
        ClientError::Unsupported => Failure::new(Status::Unavailable, message),
        ClientError::Protocol { .. } => Failure::new(Status::Unavailable, message)
            .hint("restart evenkeel, so that both are of the same version"),
        ClientError::Silent => {
            Failure::new(Status::TryAgain, message).hint("try again; if it stays so, restart evenkeel")
        }
        ClientError::Forbidden { .. } => {
            Failure::new(Status::Forbidden, message).hint("each user has an evenkeel of their own")
        }
        ClientError::Failed { .. } => Failure::new(Status::Unavailable, message),
        ClientError::Garbled => Failure::new(Status::Bug, message),
        ClientError::Refused(refusal) => refused(refusal),
    }
}

fn refused(Refusal { code, message, hint }: Refusal) -> Failure {
    let status = match code {
        Code::BadRequest | Code::UnknownOrder => Status::Usage,
        Code::Protocol | Code::Unavailable => Status::Unavailable,
        Code::Busy | Code::Timeout | Code::CallRunning | Code::NotNow => Status::TryAgain,
        Code::NoCall | Code::NotFound => Status::MissingInput,
        Code::Config => Status::Config,
        Code::Store => Status::CannotWrite,
        Code::Bug => Status::Bug,
        Code::Other => Status::Fault,
    };
    Failure { status, message: words::plain(&message), hint: hint.map(|hint| words::plain(&hint)) }
}
