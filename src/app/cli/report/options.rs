//! What all reports take, and how what they made is put out.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use crate::app::cli::analyze::output::{Target, look, print, say};
use crate::app::cli::config::ConfigOptions;
use crate::app::exit::{Failure, Status};
use crate::report::text::Look;

/// Form and place of a report.
#[derive(Debug, Args)]
pub(super) struct OutputOptions {
    /// Print JSON
    #[arg(long, group = "format")]
    json: bool,

    /// Print comma-separated values
    #[arg(long, group = "format")]
    csv: bool,

    /// Write the report as a self-contained page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Overwrite the page if it is already there
    #[arg(long, requires = "html")]
    force: bool,

    #[command(flatten)]
    config: ConfigOptions,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

impl OutputOptions {
    pub(super) fn format(&self) -> Format {
        if self.json {
            Format::Json
        } else if self.csv {
            Format::Csv
        } else {
            Format::Text
        }
    }

    /// How the terminal wants its report.
    ///
    /// # Errors
    /// Where the configuration, which names the score, is wrong.
    pub(super) fn look(&self) -> Result<Look, Failure> {
        Ok(look(self.config.load()?.score_name()))
    }

    /// Refuses a page that cannot be written, or would replace a file that is
    /// read, before any work is done.
    ///
    /// # Errors
    /// [`Status::CannotWrite`].
    pub(super) fn check(&self, read: &[&Path]) -> Result<(), Failure> {
        let Some(target) = self.target() else { return Ok(()) };
        target.check()?;
        target.spare(read)
    }

    /// Prints what was made, and writes the page.
    ///
    /// # Errors
    /// Where either cannot be written; a reader that went away early does not
    /// cost the page.
    pub(super) fn put(&self, printed: &str, page: impl FnOnce() -> String) -> Result<(), Failure> {
        let told = print(printed);
        if let Some(target) = self.target() {
            target.write(&page())?;
            say(&format!("page: {}", target.path.display()));
        }
        told
    }

    fn target(&self) -> Option<Target> {
        self.html.clone().map(|path| Target { path, force: self.force })
    }
}

/// A figure that is none is a bug of ours.
pub(super) fn written(json: Result<String, serde_json::Error>) -> Result<String, Failure> {
    json.map_err(|e| Failure::new(Status::Bug, format!("the report cannot be written as JSON: {e}")))
}

/// `2026-11-22`, `today` or `yesterday`.
pub(in crate::app::cli) fn date(text: &str) -> Result<Date, String> {
    let today = || jiff::Zoned::now().date();
    let found = match text {
        "today" => Some(today()),
        "yesterday" => today().yesterday().ok(),
        text => text.parse().ok().filter(|_| text.len() == 10),
    };
    found.ok_or_else(|| {
        format!("`{text}` is no date: expected one such as 2026-11-22, `today` or `yesterday`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_whole_one() {
        assert_eq!(date("2026-11-22").unwrap().to_string(), "2026-11-22");
        for text in ["", "2026-11", "22.11.2026", "2026-02-30", "2026-11-22T10:00", "ann"] {
            assert!(date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn yesterday_is_the_day_before_today() {
        assert_eq!(date("yesterday").unwrap().tomorrow().unwrap(), date("today").unwrap());
    }
}
