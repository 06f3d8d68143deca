//! The calls that are stored on this machine.

use crate::app::cli::report::source::{Calls, Filter};
use crate::app::exit::{Failure, Status};
use crate::report::Analysis;
use crate::report::review::{Entry, Meta};

/// The calls of this machine.
pub(super) fn calls() -> Box<dyn Calls> {
    Box::new(NothingStored)
}

/// A machine on which no call was ever stored.
#[derive(Debug)]
struct NothingStored;

impl Calls for NothingStored {
    fn entries(&self, _: &Filter) -> Result<Vec<Entry>, Failure> {
        Err(nothing())
    }

    fn analysis(&self, _: Option<&str>) -> Result<(Meta, Analysis), Failure> {
        Err(nothing())
    }
}

fn nothing() -> Failure {
    Failure::new(Status::MissingInput, "no calls are stored yet")
        .hint("name exports of calls, or a folder of them, or analyse recordings with `evenkeel analyze`")
}
