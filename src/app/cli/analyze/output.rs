//! Where results go: standard output, and files that are never overwritten
//! silently.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::app::exit::{Failure, Status};
use crate::app::write;
use crate::report::html::PageOptions;
use crate::report::text::Look;
use crate::report::{Analysis, html, json};

/// Prints data.
///
/// # Errors
/// Where it cannot be written. A reader that has gone has seen enough: that
/// ends the command too, but as if it were done ([`Failure::is_silent`]).
pub(in crate::app::cli) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|e| match e.kind() {
        io::ErrorKind::BrokenPipe => Failure::silent(),
        _ => Failure::new(Status::CannotWrite, format!("standard output: {e}"))
            .hint("check where it goes to, and the space on that disk"),
    })
}

/// Says something beside the data.
pub(in crate::app::cli) fn say(text: &str) {
    anstream::eprintln!("{text}");
}

/// How the terminal wants its report.
pub(in crate::app::cli) fn look(score_name: &str) -> Look {
    // Not a terminal: wide enough for the report, narrow enough for a mail.
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    Look { width: width.clamp(60, 140), unicode: shows_unicode(), score_name: score_name.to_owned() }
}

/// By the locale, as the C library judges it: the first of the three that is set.
fn shows_unicode() -> bool {
    if cfg!(windows) {
        return true;
    }
    let set = |name| std::env::var(name).ok().filter(|v: &String| !v.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    let utf8 = |l: String| l.to_lowercase().replace('-', "").contains("utf8");
    // Without a locale in a pipe nothing says that the reader is old-fashioned.
    locale.map_or(!io::stdout().is_terminal(), utf8)
}

/// A progress bar, where somebody looks at the terminal.
pub(in crate::app::cli) fn bar(quiet: bool, length: u64, template: &str) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars(if shows_unicode() { "━╸ " } else { "=> " }));
    }
    bar
}

/// A file to be written.
pub(in crate::app::cli) struct Target {
    pub(in crate::app::cli) path: PathBuf,
    pub(in crate::app::cli) force: bool,
}

impl Target {
    /// Refuses what is already there, and a place that is not, before any work
    /// is done for it.
    pub(in crate::app::cli) fn check(&self) -> Result<(), Failure> {
        let refuse =
            |what: &str| Failure::new(Status::CannotWrite, format!("{}: {what}", self.path.display()));
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if self.path.is_dir() {
            Err(refuse("is a folder, expected a name for a file").hint("name a file inside the folder"))
        } else if folder.is_some_and(|folder| !folder.is_dir()) {
            Err(refuse("no such folder").hint("make the folder first, or choose another"))
        } else if self.path.exists() && !self.path.is_file() {
            Err(refuse("is no ordinary file").hint("choose a name for a new file"))
        } else if !self.force && self.path.exists() {
            Err(there(&self.path))
        } else {
            Ok(())
        }
    }

    /// Refuses to be one of these files: `--force` is for old reports, not for
    /// recordings.
    pub(in crate::app::cli) fn spare(&self, files: &[&Path]) -> Result<(), Failure> {
        let Ok(own) = self.path.canonicalize() else { return Ok(()) };
        let same = |file: &&&Path| file.canonicalize().is_ok_and(|file| file == own);
        match files.iter().find(same) {
            Some(file) => {
                let message = format!("{}: is read here, and would be overwritten", file.display());
                Err(Failure::new(Status::CannotWrite, message).hint("give another name to write to"))
            }
            None => Ok(()),
        }
    }

    /// Writes the file.
    pub(in crate::app::cli) fn write(&self, text: &str) -> Result<(), Failure> {
        let put = |file: &mut std::fs::File| file.write_all(text.as_bytes());
        let done = if self.force { write::replace(&self.path, put) } else { write::create(&self.path, put) };
        done.map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => there(&self.path),
            _ => Failure::new(Status::CannotWrite, format!("{}: {e}", self.path.display()))
                .hint("check the folder, its permissions and the space on its disk"),
        })
    }
}

fn there(path: &Path) -> Failure {
    Failure::new(Status::CannotWrite, format!("{}: already there", path.display()))
        .hint("choose another name, or overwrite it with `--force`")
}

/// The analysis as one line of JSON.
pub(in crate::app::cli) fn json_line(analysis: &Analysis) -> Result<String, Failure> {
    let text = json::write(analysis)
        .map_err(|e| Failure::new(Status::Bug, format!("{}: {e}", analysis.origin.name)))?;
    Ok(text + "\n")
}

/// A refusal for programs that read JSON.
pub(super) fn json_error(name: &str, failure: &Failure) -> String {
    let error = serde_json::json!({
        "schema": json::SCHEMA,
        "source": { "name": name },
        "error": { "message": failure.message, "hint": failure.hint, "exit": failure.status as u8 },
    });
    format!("{error}\n")
}

/// The page of a call.
pub(in crate::app::cli) fn page(analysis: &Analysis, score_name: &str) -> String {
    html::write(analysis, &PageOptions { score_name: score_name.to_owned() })
}
