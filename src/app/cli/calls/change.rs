//! What changes the stored calls: done by the daemon where one runs, else here,
//! with its lock. Never by both, and never kept for later.

use std::time::Duration;

use clap::Args;

use crate::app::cli::analyze::output::print;
use crate::app::cli::calls::reader;
use crate::app::cli::config::ConfigOptions;
use crate::app::cli::ctl;
use crate::app::daemon::{locked, stored, summarise_orphans};
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::app::plain::plain;
use crate::app::recall;
use crate::control::{Answer, Client, ClientError, Do, Private};
use crate::store::{self, CallLine, Command, Lock, Verdict, Wall, Writer};

/// What the audit calls this.
pub(super) const WHO: &str = "calls";
/// So long the disk is waited for.
const FLUSH: Duration = Duration::from_secs(30);

/// Write a note on a call, in the place of the one there is.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  evenkeel calls note 17 \"transferred to the workshop\"

Notes stay on this machine: no export holds them.")]
pub(super) struct NoteArgs {
    /// The call, as `evenkeel calls list` names it
    #[arg(value_name = "ID")]
    id: String,

    /// Up to 500 characters
    #[arg(value_name = "TEXT")]
    text: String,

    #[command(flatten)]
    config: ConfigOptions,
}

/// Let the calls of a program count.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  evenkeel calls allow linphone")]
pub(super) struct AllowArgs {
    #[command(flatten)]
    program: ProgramArgs,
}

/// Never let the calls of a program count: they are nobody's business.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  evenkeel calls never Zoom")]
pub(super) struct NeverArgs {
    #[command(flatten)]
    program: ProgramArgs,
}

#[derive(Debug, Args)]
struct ProgramArgs {
    /// The program, as `evenkeel ctl status` and its notification name it
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    config: ConfigOptions,
}

pub(super) fn note(args: &NoteArgs) -> Result<Status, Failure> {
    let call = reader()?.find(&args.id).map_err(|e| stored(&e))?;
    let order = Do::CallNote { call: Some(call.uid.to_string()), text: Private::new(args.text.as_str()) };
    let mut hand = Hand::take(&args.config)?;
    hand.give(&order, |writer| {
        keep(writer, Command::Note { call: call.uid, text: Some(args.text.clone()), by: WHO.into() })
    })?;
    print(&format!("noted for {}\n", named(&call)))?;
    Ok(Status::Done)
}

pub(super) fn allow(args: &AllowArgs) -> Result<Status, Failure> {
    judge(&args.program, Verdict::Allow)?;
    print(&format!("calls of {} count from now on\n", plain(&args.program.name)))?;
    Ok(Status::Done)
}

pub(super) fn never(args: &NeverArgs) -> Result<Status, Failure> {
    judge(&args.program, Verdict::Never)?;
    print(&format!("calls of {} never count\n", plain(&args.program.name)))?;
    Ok(Status::Done)
}

fn judge(args: &ProgramArgs, verdict: Verdict) -> Result<(), Failure> {
    let name = args.name.clone();
    let order = Do::Program { name: name.clone(), allow: verdict == Verdict::Allow };
    let told = Command::Program { name, verdict, at: Wall::now() };
    Hand::take(&args.config)?.give(&order, |writer| keep(writer, told)).map(drop)
}

/// A call, as people know it: `call 17, 2026-11-22 14:03`.
pub(super) fn named(call: &CallLine) -> String {
    format!("call {}, {}", call.id, recall::began(call))
}

/// Whoever may write.
pub(super) enum Hand {
    /// The daemon that runs.
    Daemon(Box<Client>),
    /// This process; the writer ends before the lock goes.
    Alone(Writer, #[expect(dead_code, reason = "held, never looked at")] Lock),
}

impl Hand {
    /// Finds out who writes. Without a daemon it takes its place, as it would
    /// begin: calls that a crash left open are closed, what is due is done.
    ///
    /// # Errors
    /// Where the daemon does not answer, somebody else has the lock, or the
    /// database cannot be used.
    pub(super) fn take(config: &ConfigOptions) -> Result<Self, Failure> {
        match Client::connect(&ctl::socket()?) {
            Ok(client) => Ok(Self::Daemon(Box::new(client))),
            Err(ClientError::NotRunning | ClientError::Unsupported) => Self::alone(config),
            Err(error) => Err(ctl::failure(error)),
        }
    }

    fn alone(config: &ConfigOptions) -> Result<Self, Failure> {
        // How long things are kept is for the configuration to say.
        let settings = *config.load()?.store();
        let folders = Folders::standard()?;
        folders.make()?;
        let lock = Lock::take(&folders.lock()).map_err(|e| locked(&e))?;
        let opened = store::open(&folders.data, &folders.state, Wall::now()).map_err(|e| stored(&e))?;
        let writer = Writer::spawn(opened.database, settings).map_err(|e| stored(&e))?;
        summarise_orphans(&opened.orphans, &folders.data, &writer);
        Ok(Self::Alone(writer, lock))
    }

    /// Has it done: `order` by the daemon, `alone` here.
    ///
    /// # Errors
    /// Where it is refused or cannot be done.
    pub(super) fn give(
        &mut self,
        order: &Do,
        alone: impl FnOnce(&Writer) -> Result<Answer, Failure>,
    ) -> Result<Answer, Failure> {
        match self {
            Self::Daemon(client) => client.ask(order).map_err(ctl::failure),
            // The bounds are the same without it.
            Self::Alone(writer, _) => {
                order.check().map_err(|refusal| ctl::failure(refusal.into()))?;
                alone(writer)
            }
        }
    }
}

/// Stores it, and waits until it is on disk.
fn keep(writer: &Writer, command: Command) -> Result<Answer, Failure> {
    if writer.send(command) && writer.flush(FLUSH) { Ok(Answer::done()) } else { Err(not_kept()) }
}

pub(super) fn not_kept() -> Failure {
    Failure::new(Status::CannotWrite, "the database takes nothing at present")
        .hint("check the space on its disk, and try again")
}
