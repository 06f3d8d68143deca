//! Exports as the source of a report: files and folders of many machines. A
//! file that is no call stops no other.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::app::cli::analyze::output::say;
use crate::app::cli::report::source::Found;
use crate::app::exit::{Failure, Status};
use crate::report::review::{Entry, import, merge};

/// Reads all of them; those that cannot be read are said on standard error.
///
/// # Errors
/// Where not a single one can be read.
pub(super) fn read(paths: &[PathBuf]) -> Result<Found, Failure> {
    let files = listed(paths)?;
    let (calls, mut failed): (Vec<_>, Vec<_>) = files.iter().map(|file| call(file)).partition(Result::is_ok);
    if calls.is_empty() {
        let first = failed.into_iter().find_map(Result::err);
        return Err(first.unwrap_or_else(|| Failure::new(Status::MissingInput, "no file was given")));
    }
    let failed: Vec<Failure> = failed.drain(..).filter_map(Result::err).collect();
    failed.iter().for_each(|failure| say(&failure.to_string()));
    let (entries, twice) = merge(calls.into_iter().flatten());
    let mut notes = Vec::new();
    if 0 < twice {
        notes.push(format!(
            "{twice} of {} files hold calls that another file has newer or as new.",
            files.len()
        ));
    }
    if !failed.is_empty() {
        notes.push(format!(
            "{} of {} files could not be read and are missing here.",
            failed.len(),
            files.len()
        ));
    }
    Ok(Found { entries, notes, status: failed.iter().map(|failure| failure.status).max() })
}

/// The files, with those of folders in their place; folders inside are not searched.
fn listed(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(in_folder(path)?);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |e: std::io::Error| {
        Failure::new(Status::MissingInput, format!("{}: {e}", folder.display()))
            .hint("check the folder's permissions")
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        let message = format!("{}: no export of a call in this folder", folder.display());
        return Err(Failure::new(Status::MissingInput, message)
            .hint("looked for files ending in json, as `evenkeel calls export` writes them"));
    }
    Ok(found)
}

fn call(path: &Path) -> Result<Entry, Failure> {
    let name = path.display().to_string().replace(char::is_control, "_");
    let mut bytes = Vec::new();
    // One byte more than is read tells that there is more.
    let most = import::MOST_BYTES as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|e| missing(&name, &e))?;
    import::read(&name, &bytes)
        .map_err(|error| Failure::new(Status::BadData, error.to_string()).hint(error.hint()))
}

fn missing(name: &str, error: &std::io::Error) -> Failure {
    let (what, hint) = match error.kind() {
        std::io::ErrorKind::NotFound => {
            ("no such file or folder".to_owned(), "check the spelling of the path")
        }
        _ => (error.to_string(), "check its permissions"),
    };
    Failure::new(Status::MissingInput, format!("{name}: {what}")).hint(hint)
}
