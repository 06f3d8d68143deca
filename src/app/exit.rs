//! How the program ends: an exit status that scripts can rely on (those of
//! sysexits.h where one fits) and a sentence with a way out.

use std::fmt;
use std::process::ExitCode;

/// Exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// All was done.
    Done = 0,
    /// A check found a fault.
    Fault = 1,
    /// The command line was wrong.
    Usage = 2,
    /// Input is there but damaged or not what it should be.
    BadData = 65,
    /// Input is missing.
    MissingInput = 66,
    /// What it takes is not there: no daemon runs, no sound server, no display.
    Unavailable = 69,
    /// A bug of ours.
    Bug = 70,
    /// Output cannot be written.
    CannotWrite = 73,
    /// It may succeed a little later; or it is running already.
    TryAgain = 75,
    /// The system does not allow it.
    Forbidden = 77,
    /// The configuration is wrong.
    Config = 78,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Why a command failed: what happened, how to get out of it, and the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Exit status.
    pub status: Status,
    /// What happened, as a sentence that names the thing.
    pub message: String,
    /// What can be done, if anything.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), hint: None }
    }

    /// Nobody is left to tell anything to, and nothing is wrong.
    pub fn silent() -> Self {
        Self::new(Status::Done, "")
    }

    /// Whether there is nothing to say.
    pub fn is_silent(&self) -> bool {
        self.status == Status::Done
    }

    /// The same with a way out.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_ends_with_a_way_out() {
        let failure = Failure::new(Status::MissingInput, "call.wav: no such file").hint("check the path");
        assert_eq!(failure.to_string(), "error: call.wav: no such file\n\nhint: check the path");
        assert_eq!(failure.status as u8, 66);
    }
}
