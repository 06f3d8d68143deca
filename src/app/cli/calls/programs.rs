//! `evenkeel calls programs`: whose calls count, as it was said so far.

use clap::Args;
use serde::Serialize;

use crate::app::cli::analyze::output::{look, print, say};
use crate::app::cli::calls::table::{names, table, words};
use crate::app::cli::calls::{json, reader};
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::store::{Program, Verdict, Wall};

/// Show what was said of programs: whose calls count, and whose never do.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel calls programs
  evenkeel calls allow linphone     its calls count from now on
  evenkeel calls never Zoom         they never do

Softphones that evenkeel knows by itself are not listed.")]
pub(super) struct ProgramsArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Listed<'a> {
    schema: &'static str,
    programs: Vec<Judged<'a>>,
}

#[derive(Serialize)]
struct Judged<'a> {
    name: &'a str,
    calls: &'static str,
    since_ms: i64,
}

impl<'a> Judged<'a> {
    fn of(program: &'a Program) -> Self {
        let Program { name, verdict, at_ms } = program;
        Self { name, calls: verdict.word(), since_ms: *at_ms }
    }
}

pub(super) fn run(args: &ProgramsArgs) -> Result<Status, Failure> {
    let programs = reader()?.programs().map_err(|e| stored(&e))?;
    if args.json {
        let programs = programs.iter().map(Judged::of).collect();
        print(&json(&Listed { schema: "evenkeel.programs/1", programs })?)?;
    } else if programs.is_empty() {
        say("nothing was said of any program yet");
    } else {
        print(&page(&programs, look("").width))?;
    }
    Ok(Status::Done)
}

fn page(programs: &[Program], width: usize) -> String {
    let offset_s = Wall::now().offset_s;
    let row = |p: &Program| {
        let counts = match p.verdict {
            Verdict::Allow => "count",
            Verdict::Never => "never count",
        };
        let since = Wall { utc_ms: p.at_ms, offset_s }.to_string();
        vec![plain(&p.name), counts.to_owned(), since]
    };
    let rows: Vec<_> = programs.iter().map(row).collect();
    table(&[names("program"), words("calls"), words("since")], &rows, width)
}
