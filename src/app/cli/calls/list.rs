//! `evenkeel calls list`.

use clap::Args;
use serde::Serialize;

use crate::app::cli::analyze::output::{look, print, say};
use crate::app::cli::calls::pick::PickOptions;
use crate::app::cli::calls::table::{figures, names, table, words};
use crate::app::cli::calls::{json, reader};
use crate::app::cli::ctl;
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::app::plain::plain;
use crate::app::recall;
use crate::control::Private;
use crate::report::csv;
use crate::store::{CallLine, Filter, Key, Mode, Reference};

/// List the calls, newest first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel calls list --last 20
  evenkeel calls list --since yesterday --agent ann
  evenkeel calls list --csv > calls.csv

  # calls with one customer, who is never named on a command line
  echo \"$NUMBER\" | evenkeel calls list --customer-ref -")]
pub(super) struct ListArgs {
    /// Only the newest so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    last: Option<u32>,

    #[command(flatten)]
    pick: PickOptions,

    /// Only calls with the customer who is read from standard input
    #[arg(long, value_name = "-")]
    customer_ref: Option<String>,

    /// Print JSON
    #[arg(long, group = "format")]
    json: bool,

    /// Print comma-separated values
    #[arg(long, group = "format")]
    csv: bool,
}

pub(super) fn run(args: &ListArgs) -> Result<Status, Failure> {
    let reader = reader()?;
    let given = args.customer_ref.as_deref().map(ctl::reference).transpose()?;
    let customer = given.as_ref().map(customer).transpose()?;
    let filter = Filter { last: args.last, customer, ..Filter::default() };
    let calls = args.pick.calls(&reader, filter)?;
    let text = if args.json {
        json(&Listed { schema: SCHEMA, calls: calls.iter().map(CallJson::of).collect() })?
    } else if args.csv {
        as_csv(&calls)
    } else if calls.is_empty() {
        say("no such call");
        String::new()
    } else {
        as_table(&calls, look("").width)
    };
    print(&text)?;
    Ok(Status::Done)
}

/// The hash by which the calls of a customer are found.
fn customer(given: &Private) -> Result<Reference, Failure> {
    let place = Key::place(&Folders::standard()?.data);
    // Looking makes no key: without one no reference was ever kept.
    if !place.exists() {
        return Err(Failure::new(Status::MissingInput, "no customer reference was ever kept here")
            .hint("give one with `evenkeel ctl call start --customer-ref -` when a call begins"));
    }
    let key = Key::load_or_create(&place).map_err(|e| stored(&e))?;
    let wrong = |message: String| Failure::new(Status::BadData, message);
    let found = Reference::new(given.expose(), Mode::Hashed, &key).map_err(|e| wrong(e.to_string()))?;
    found.ok_or_else(|| wrong("the customer reference cannot be looked up".to_owned()))
}

// ---- for people ---------------------------------------------------------------------

fn as_table(calls: &[CallLine], width: usize) -> String {
    let columns = [
        figures("id"),
        words("began"),
        figures("length"),
        names("agent"),
        names("softphone"),
        figures("score"),
        figures("nudges"),
        words("state"),
    ];
    let rows: Vec<Vec<String>> = calls.iter().map(row).collect();
    let mut text = table(&columns, &rows, width);
    if calls.iter().any(|call| call.thinned) {
        text += "*: its events were deleted for their age or for room\n";
    }
    text
}

fn row(call: &CallLine) -> Vec<String> {
    let dash = || "-".to_owned();
    let softphone = Some(plain(&call.profile)).filter(|name| !name.is_empty());
    vec![
        call.id.to_string(),
        recall::began(call),
        recall::length(call).map_or_else(dash, |length| clock(length.seconds())),
        plain(&call.agent),
        softphone.unwrap_or_else(dash),
        call.score.map_or_else(dash, |score| score.to_string()),
        call.nudges.to_string(),
        format!("{}{}", call.state.word(), if call.thinned { "*" } else { "" }),
    ]
}

/// Minutes and seconds: `1:06`, with hours where there are any.
pub(super) fn clock(seconds: f64) -> String {
    let s = seconds.round() as u64;
    match s / 3600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        hours => format!("{hours}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}

// ---- for programs -------------------------------------------------------------------

/// Version of the schema: raised when a key changes its meaning or goes.
const SCHEMA: &str = "evenkeel.calls/1";

#[derive(Serialize)]
struct Listed<'a> {
    schema: &'static str,
    calls: Vec<CallJson<'a>>,
}

/// A call in a list. Text of others stands as it was given.
#[derive(Serialize)]
pub(super) struct CallJson<'a> {
    id: i64,
    uid: String,
    began: String,
    ended: Option<String>,
    duration_s: Option<f64>,
    agent: &'a str,
    softphone: Option<&'a str>,
    state: &'static str,
    score: Option<u32>,
    coverage: Option<f64>,
    nudges: u32,
    customer: Option<&'a str>,
    note: Option<&'a str>,
    external_id: Option<&'a str>,
    events_lost: u64,
    events_deleted: bool,
    config_hash: &'a str,
    version: &'a str,
}

impl<'a> CallJson<'a> {
    pub(super) fn of(call: &'a CallLine) -> Self {
        Self {
            id: call.id,
            uid: call.uid.to_string(),
            began: recall::wall(call.began).to_string(),
            ended: call.ended.map(|at| recall::wall(at).to_string()),
            duration_s: recall::length(call).map(|length| (length.seconds() * 1000.0).round() / 1000.0),
            agent: &call.agent,
            softphone: Some(call.profile.as_str()).filter(|name| !name.is_empty()),
            state: call.state.word(),
            score: call.score,
            coverage: call.coverage.map(|share| (f64::from(share) * 1000.0).round() / 1000.0),
            nudges: call.nudges,
            customer: call.customer.as_deref(),
            note: call.note.as_deref(),
            external_id: call.external_id.as_deref(),
            events_lost: call.lost,
            events_deleted: call.thinned,
            config_hash: &call.config_hash,
            version: &call.version,
        }
    }
}

const COLUMNS: [&str; 18] = [
    "id",
    "uid",
    "began",
    "ended",
    "duration_s",
    "agent",
    "softphone",
    "state",
    "score",
    "coverage",
    "nudges",
    "customer",
    "note",
    "external_id",
    "events_lost",
    "events_deleted",
    "config_hash",
    "version",
];

fn as_csv(calls: &[CallLine]) -> String {
    let head = csv::line(COLUMNS.iter().map(|name| (*name).to_owned()));
    head + &calls.iter().map(|call| csv_row(&CallJson::of(call))).collect::<String>()
}

fn csv_row(call: &CallJson<'_>) -> String {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let fields: [String; COLUMNS.len()] = [
        call.id.to_string(),
        call.uid.clone(),
        call.began.clone(),
        text(call.ended.as_deref()),
        call.duration_s.map_or_else(String::new, |s| format!("{s:.3}")),
        call.agent.to_owned(),
        text(call.softphone),
        call.state.to_owned(),
        call.score.map_or_else(String::new, |score| score.to_string()),
        call.coverage.map_or_else(String::new, |share| format!("{share:.2}")),
        call.nudges.to_string(),
        text(call.customer),
        text(call.note),
        text(call.external_id),
        call.events_lost.to_string(),
        call.events_deleted.to_string(),
        call.config_hash.to_owned(),
        call.version.to_owned(),
    ];
    csv::line(fields.into_iter())
}
