//! Which of the calls are meant.

use clap::Args;
use jiff::civil::Date;

use crate::app::cli::report::date;
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::recall;
use crate::store::{CallLine, Filter, Reader};

/// Whose, and of which days.
#[derive(Debug, Args)]
pub(super) struct PickOptions {
    /// From this day on (2026-11-22, today, yesterday)
    #[arg(long, value_name = "DATE", value_parser = date)]
    since: Option<Date>,

    /// Up to this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<Date>,

    /// Only this agent's
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
}

impl PickOptions {
    /// Whether any call at all is meant.
    pub(super) const fn is_all(&self) -> bool {
        self.since.is_none() && self.until.is_none() && self.agent.is_none()
    }

    /// The calls, newest first. Days are those of the place where a call was
    /// taken.
    ///
    /// # Errors
    /// Where the days are none, or the database cannot be read.
    pub(super) fn calls(&self, reader: &Reader, filter: Filter) -> Result<Vec<CallLine>, Failure> {
        self.check()?;
        let last = filter.last.map_or(usize::MAX, |last| last as usize);
        let filter = Filter { agent: self.agent.clone(), last: None, ..filter };
        let mut calls = reader.calls(&filter).map_err(|e| stored(&e))?;
        calls.retain(|call| self.within(recall::date(call)));
        calls.truncate(last);
        Ok(calls)
    }

    fn within(&self, date: Date) -> bool {
        self.since.is_none_or(|since| since <= date) && self.until.is_none_or(|until| date <= until)
    }

    fn check(&self) -> Result<(), Failure> {
        match (self.since, self.until) {
            (Some(since), Some(until)) if until < since => {
                Err(Failure::new(Status::Usage, format!("`--until` ({until}) is before `--since` ({since})"))
                    .hint("give a later day, or none"))
            }
            _ => Ok(()),
        }
    }
}
