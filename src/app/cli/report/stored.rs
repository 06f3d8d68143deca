//! The calls that are stored on this machine.

use crate::app::cli::report::source::{Calls, Filter, Found};
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::app::recall;
use crate::report::review::Entry;
use crate::store::{self, CallLine, Reader, StoreError, StoredCall};

/// The calls of this machine.
///
/// # Errors
/// Where none was ever stored, or they cannot be read.
pub(super) fn calls() -> Result<Box<dyn Calls>, Failure> {
    let reader = Reader::open(&Folders::standard()?.data).map_err(|error| match error {
        StoreError::Missing(_) => nothing(),
        error => stored(&error),
    })?;
    Ok(Box::new(Here(reader)))
}

/// The database of this machine.
struct Here(Reader);

impl Calls for Here {
    fn entries(&self, filter: &Filter) -> Result<Found, Failure> {
        let agent = filter.agent.clone();
        let calls =
            self.0.calls(&store::Filter { agent, ..store::Filter::default() }).map_err(|e| stored(&e))?;
        let (mut found, mut thinned, mut unread) = (Found::default(), 0, 0);
        for call in calls.iter().filter(|call| filter.within(recall::date(call))) {
            let (entry, read) = self.entry(call)?;
            found.entries.push(entry);
            thinned += u32::from(call.thinned);
            unread += u32::from(!read);
        }
        found
            .notes
            .extend(told(thinned, "lost the events for age or for room; scores and measures are whole"));
        found.notes.extend(told(unread, "stored by another version, cannot be read: no figures here"));
        // The oldest stands first, as in exports.
        found.entries.reverse();
        Ok(found)
    }

    fn call(&self, id: Option<&str>) -> Result<StoredCall, Failure> {
        let id = id.map_or_else(|| self.last(), |id| Ok(id.to_owned()))?;
        self.0.call(&id).map_err(|e| stored(&e))
    }
}

impl Here {
    /// A call, and whether its figures could be read.
    fn entry(&self, call: &CallLine) -> Result<(Entry, bool), Failure> {
        match recall::entry(&self.0, call) {
            Ok(entry) => Ok((entry, true)),
            Err(StoreError::Unreadable { .. }) => {
                let aside = self.0.aside(call).map_err(|e| stored(&e))?;
                Ok((recall::bare(&recall::meta(call, &aside), call), false))
            }
            Err(error) => Err(stored(&error)),
        }
    }

    /// The newest call that has ended, else the one that goes on.
    fn last(&self) -> Result<String, Failure> {
        let newest = |ended| {
            let filter = store::Filter { ended, last: Some(1), ..store::Filter::default() };
            self.0.calls(&filter).map_err(|e| stored(&e))
        };
        let mut calls = newest(true)?;
        if calls.is_empty() {
            calls = newest(false)?;
        }
        calls.first().map(|call| call.uid.to_string()).ok_or_else(nothing)
    }
}

fn told(count: u32, what: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 call {what}.")),
        count => Some(format!("{count} calls {what}.")),
    }
}

fn nothing() -> Failure {
    Failure::new(Status::MissingInput, "no calls are stored yet")
        .hint("name exports of calls, or a folder of them, or analyse recordings with `evenkeel analyze`")
}
