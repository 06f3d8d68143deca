//! `evenkeel report day`: how calm a day was, and which calls to look into.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use crate::app::cli::report::options::{Format, OutputOptions, date, written};
use crate::app::cli::report::source::{Filter, borrowed, find};
use crate::app::exit::{Failure, Status};
use crate::report::review::day::{self, Day};

/// Show a day: its calls with what cost points, and the moments worth listening to.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel report day                               today, from what is stored here
  evenkeel report day yesterday --agent ann         one agent's
  evenkeel report day exports/                      the newest day in the exports of many machines
  evenkeel report day 2026-11-20 exports/ --html day.html")]
pub(super) struct DayArgs {
    /// The day (2026-11-22, today, yesterday), then exports of calls or folders of them
    #[arg(value_name = "DATE|FILE")]
    what: Vec<String>,

    /// Only this agent's calls
    #[arg(long, value_name = "ID")]
    agent: Option<String>,

    #[command(flatten)]
    output: OutputOptions,
}

pub(super) fn run(args: &DayArgs) -> Result<Status, Failure> {
    let (asked, paths) = split(&args.what)?;
    args.output.check(&borrowed(&paths))?;
    let look = args.output.look()?;
    let asked = asked.or_else(|| paths.is_empty().then(|| jiff::Zoned::now().date()));
    let filter = Filter { agent: args.agent.clone(), since: asked, until: asked };
    let found = find(&paths, &filter)?;
    let newest = found.entries.iter().map(|call| call.meta.began.date()).max();
    let date = asked.or(newest).unwrap_or_else(|| jiff::Zoned::now().date());
    let day = Day::of(date, found.entries, found.notes);
    let printed = match args.output.format() {
        Format::Text => day::text(&day, &look),
        Format::Json => written(day::json(&day))?,
        Format::Csv => day::csv(&day),
    };
    args.output.put(&printed, || day::html(&day, &look))?;
    Ok(found.status.unwrap_or(Status::Done))
}

/// A date, where the first of the words is one, and paths.
fn split(words: &[String]) -> Result<(Option<Date>, Vec<PathBuf>), Failure> {
    let asked = words.first().and_then(|word| date(word).ok());
    let paths: Vec<PathBuf> = words.iter().skip(usize::from(asked.is_some())).map(PathBuf::from).collect();
    // What looks like a date but is none gets a better answer than "no such file".
    let odd = words.first().filter(|word| asked.is_none() && !PathBuf::from(word).exists());
    match odd.filter(|word| word.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.'))) {
        Some(word) => Err(Failure::new(Status::Usage, format!("`{word}` is no date"))
            .hint("give one such as 2026-11-22, `today` or `yesterday`")),
        None => Ok((asked, paths)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Result<(Option<Date>, Vec<PathBuf>), Failure> {
        split(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_date_stands_before_the_files_or_not_at_all() {
        let (date, paths) = words(&["2026-11-22", "a.json", "b"]).unwrap();
        assert_eq!((date.unwrap().to_string(), paths.len()), ("2026-11-22".into(), 2));
        assert_eq!(words(&["a.json"]).unwrap(), (None, vec![PathBuf::from("a.json")]));
    }

    #[test]
    fn what_only_looks_like_a_date_is_told_so() {
        assert_eq!(words(&["2026-13-01"]).unwrap_err().status, Status::Usage);
        assert_eq!(words(&["22.11.2026"]).unwrap_err().status, Status::Usage);
    }
}
