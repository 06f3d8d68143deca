//! A call as a file that other machines read: schema `evenkeel.call/1`.
//! Measures and score only: no spoken word, no name of a file, and no customer
//! unless that was asked for.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::event::Kind;
use crate::report::analysis::Analysis;
use crate::report::json::{self, Root};
use crate::report::names;
use crate::report::review::{CallState, Meta};

/// Version of the schema: raised when a key changes its meaning or goes.
pub const SCHEMA: &str = "evenkeel.call/1";

/// One call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallRoot {
    /// `evenkeel.call/1`.
    pub schema: &'static str,
    /// What is known besides its measures.
    pub call: CallJson,
    /// Its measures and score, as `evenkeel analyze --json` writes them.
    pub analysis: Root,
}

/// What is known of a call besides its measures.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallJson {
    /// The call's identity, the same on every machine.
    pub uid: String,
    /// Who took it.
    pub agent: String,
    /// When it began: RFC 3339 with the offset of its place.
    pub began: String,
    /// When this record was last changed; of two with one `uid` the newer counts.
    pub as_of: String,
    /// `open`, `closed`, `orphan` (the program ended in the middle of it) or
    /// `incomplete` (a part could not be stored).
    pub state: &'static str,
    /// The program that carried the call.
    pub softphone: Option<String>,
    /// The version of Evenkeel that measured it.
    pub version: String,
    /// The customer; null unless asked for.
    pub customer: Option<CustomerJson>,
    /// Nudges that the agent called wrong.
    pub wrong: Vec<WrongJson>,
}

/// A customer as they are stored.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CustomerJson {
    /// Keyed hash of the reference.
    pub hash: String,
    /// The last three characters of it.
    pub last: String,
}

/// Nudges of one kind that the agent called wrong.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WrongJson {
    /// The kind, as in `analysis.nudges`.
    pub kind: &'static str,
    /// How many.
    pub count: u32,
}

/// What an export holds beyond measures and score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The stored hash and the last three characters of the customer's reference.
    pub customer: bool,
}

/// The name of a call's file: `2026-11-22_091455_c0de1234.json`.
pub fn name(meta: &Meta) -> String {
    format!("{}_{}.json", meta.began.stamp(), meta.short())
}

/// A call as one line of JSON with a line feed. The same call gives the same bytes.
///
/// # Errors
/// Only where a number is not finite, which no measure is.
pub fn write(meta: &Meta, analysis: &Analysis, options: Options) -> Result<String, serde_json::Error> {
    let root = CallRoot { schema: SCHEMA, call: call(meta, options), analysis: measures(meta, analysis) };
    serde_json::to_string(&root).map(|text| text + "\n")
}

/// The published schema of [`CallRoot`], as pretty JSON with a line feed at its end.
pub fn schema() -> String {
    let schema = schemars::schema_for!(CallRoot);
    // A schema holds nothing that could fail to print.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn call(meta: &Meta, options: Options) -> CallJson {
    let customer = meta.customer.as_ref().filter(|_| options.customer);
    let wrong = Kind::ALL.iter().zip(meta.wrong).filter(|(_, count)| 0 < *count);
    CallJson {
        uid: meta.uid.clone(),
        agent: meta.agent.clone(),
        began: meta.began.to_string(),
        as_of: meta.as_of.to_string(),
        state: CallState::name(meta.state),
        softphone: meta.softphone.clone(),
        version: meta.version.clone(),
        customer: customer.map(|c| CustomerJson { hash: c.hash.clone(), last: c.last.clone() }),
        wrong: wrong.map(|(kind, count)| WrongJson { kind: names::kind(*kind), count }).collect(),
    }
}

/// Names of calls and files come from people and may tell who called, and words were
/// said to the agent alone. How much was recognised is a measure and stays.
fn measures(meta: &Meta, analysis: &Analysis) -> Root {
    let mut root = json::root(analysis);
    root.transcript = None;
    if let Some(recognition) = &mut root.recognition {
        recognition.fault = None;
    }
    root.source.name = meta.short().to_string();
    root.source.files.clear();
    root
}
