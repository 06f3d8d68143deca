//! Where reports get their calls from: exports, or what is stored here.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::app::cli::report::{files, stored};
use crate::app::exit::{Failure, Status};
use crate::report::review::Entry;
use crate::store::StoredCall;

/// Which calls are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Only this agent's.
    pub(super) agent: Option<String>,
    /// Only those that began on this day or later.
    pub(super) since: Option<Date>,
    /// Only those that began on this day or before.
    pub(super) until: Option<Date>,
}

impl Filter {
    /// Whether a call is wanted.
    pub(super) fn takes(&self, call: &Entry) -> bool {
        self.agent.as_ref().is_none_or(|agent| *agent == call.meta.agent)
            && self.within(call.meta.began.date())
    }

    /// Whether calls of this day are wanted.
    pub(super) fn within(&self, date: Date) -> bool {
        self.since.is_none_or(|since| since <= date) && self.until.is_none_or(|until| date <= until)
    }

    /// Refuses a time that ends before it begins.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match (self.since, self.until) {
            (Some(since), Some(until)) if until < since => {
                Err(Failure::new(Status::Usage, format!("`--until` ({until}) is before `--since` ({since})"))
                    .hint("give a later day, or none"))
            }
            _ => Ok(()),
        }
    }
}

/// Calls that are kept on this machine.
pub(super) trait Calls {
    /// Those that a filter takes.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn entries(&self, filter: &Filter) -> Result<Found, Failure>;

    /// One call with all that is known of it; without an id the last one.
    ///
    /// # Errors
    /// Where there is none of this id, or another version of the program stored
    /// it in a way that this one cannot read.
    fn call(&self, id: Option<&str>) -> Result<StoredCall, Failure>;
}

/// Calls, and what has to be said of where they come from.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
    /// In sentences, for the report itself.
    pub(super) notes: Vec<String>,
    /// How the command ends when all else went well.
    pub(super) status: Option<Status>,
}

/// The calls in these exports, or the stored ones where there are none named.
///
/// # Errors
/// Where there is nothing to report on.
pub(super) fn find(paths: &[PathBuf], filter: &Filter) -> Result<Found, Failure> {
    filter.check()?;
    if paths.is_empty() {
        return stored::calls()?.entries(filter);
    }
    let mut found = files::read(paths)?;
    found.entries.retain(|call| filter.takes(call));
    Ok(found)
}

/// Paths by reference, as checks want them.
pub(super) fn borrowed(paths: &[PathBuf]) -> Vec<&Path> {
    paths.iter().map(PathBuf::as_path).collect()
}
