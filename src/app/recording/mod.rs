//! Recorded calls: what `run --record` writes and `analyze` plays again to the
//! same events. Sound is on disk only where the person asked for it.

mod file;
mod journal;
mod recorder;
mod script;

pub use journal::{Journal, Mark};
pub use recorder::Recorder;
pub use script::Script;

use std::path::Path;

use crate::app::exit::{Failure, Status};

/// The journal of a recording of ours; none in any other file.
///
/// # Errors
/// Where the file cannot be read, or holds a journal that is damaged.
pub fn journal_of(path: &Path) -> Result<Option<Journal>, Failure> {
    // What is wrong with a file that cannot be opened is told by its reader.
    let Ok(Some(text)) = file::journal_of(path) else { return Ok(None) };
    Journal::parse(&text).map(Some).map_err(|error| {
        Failure::new(Status::BadData, format!("{}: the journal of this recording {error}", path.display()))
            .hint("convert the sound with another program to analyse it without its journal")
    })
}
