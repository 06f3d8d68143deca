//! The lines of the protocol: greeting, request, answer, refusal.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::control::order::Do;
use crate::control::status::Status;

/// Number of the protocol: raised when an order or an answer changes its meaning.
pub const PROTOCOL: u32 = 1;

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The first line, from the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// Version of the program that answers.
    pub evenkeel: String,
    /// Number of the protocol it speaks.
    pub protocol: u32,
}

impl Greeting {
    /// Ours.
    pub(super) fn ours() -> Self {
        Self { evenkeel: VERSION.to_owned(), protocol: PROTOCOL }
    }
}

/// Why an order was not obeyed, sorted by what the one who gave it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The line is no request: mend it.
    BadRequest,
    /// There is no such order: see what there is.
    UnknownOrder,
    /// Another protocol: update one of the two programs.
    Protocol,
    /// Too much at once: try again shortly.
    Busy,
    /// No answer in time: try again, or look after the daemon.
    Timeout,
    /// It needs a call, and there is none.
    NoCall,
    /// It needs that there is no call, and one is on.
    CallRunning,
    /// It does not fit what goes on: nothing is paused, held or shown.
    NotNow,
    /// There is no call, nudge or program of that name.
    NotFound,
    /// The configuration is wrong: what is in force stays so.
    Config,
    /// It cannot be kept: the disk is full or the database does not answer.
    Store,
    /// What it takes is not built in or not there on this system.
    Unavailable,
    /// A bug of ours.
    Bug,
    /// A reason that a later version knows.
    #[serde(other)]
    Other,
}

/// An order that was not obeyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Why, for programs.
    pub code: Code,
    /// Why, as a sentence.
    pub message: String,
    /// What can be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Refusal {
    /// A refusal without a hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// The same with a way out.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// What came of an order; only what concerns it is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The number of the call it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// Whether it joined a call that was on already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<bool>,
    /// Seconds until it ends by itself: a pause, a snooze.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_s: Option<f32>,
    /// The kind of nudge it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Keys of the configuration that have another value now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Vec<String>>,
    /// Keys whose new value waits, each with what it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Vec<String>>,
    /// What could not be removed, and where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remains: Option<Vec<String>>,
    /// The state of things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Box<Status>>,
}

impl Answer {
    /// Done, and nothing more to say.
    pub fn done() -> Self {
        Self::default()
    }
}

/// A request as it was read: its number is known even where the rest is wrong.
#[derive(Debug)]
pub(super) struct Request {
    /// Chosen by the client, repeated in the answer; null where there is none.
    pub(super) id: Value,
    pub(super) order: Result<Do, Refusal>,
}

impl Request {
    /// Reads a line.
    pub(super) fn read(line: &[u8]) -> Self {
        let none = |what: &str| Self {
            id: Value::Null,
            order: Err(Refusal::new(Code::BadRequest, what)
                .hint("a request is one line of JSON, as in {\"id\":1,\"do\":\"status\"}")),
        };
        match serde_json::from_slice(line) {
            Ok(Value::Object(fields)) => Self::of(fields),
            Ok(_) => none("the line is no JSON object"),
            Err(_) => none("the line is no JSON"),
        }
    }

    fn of(mut fields: Map<String, Value>) -> Self {
        let id = fields.remove("id").unwrap_or_default();
        let protocol = fields.remove("protocol");
        let name = fields.remove("do");
        // The number of a request and the field `id` of an order share a line.
        let fields = match fields.remove("with") {
            Some(Value::Object(with)) if fields.is_empty() => Ok(with),
            Some(_) => {
                Err(Refusal::new(Code::BadRequest, "`with` holds all fields of an order, or there is none"))
            }
            None => Ok(fields),
        };
        let wanted_id = id.is_null() || id.is_u64() || id.as_str().is_some_and(|id| id.len() <= LONGEST_ID);
        let order = if !wanted_id {
            Err(Refusal::new(Code::BadRequest, "`id` is a whole number or a short text"))
        } else if protocol.as_ref().is_some_and(|protocol| *protocol != json!(PROTOCOL)) {
            Err(other_protocol())
        } else {
            match name {
                Some(Value::String(name)) => fields.and_then(|fields| Do::read(&name, fields)),
                _ => Err(Refusal::new(Code::BadRequest, "`do` is missing, expected the name of an order")),
            }
        };
        Self { id: if wanted_id { id } else { Value::Null }, order }
    }

    /// A line that asks for this.
    pub(super) fn line(id: u64, order: &Do) -> String {
        format!("{}\n", json!({ "id": id, "do": order.name(), "with": order.fields() }))
    }
}

/// Bytes of the number of a request, where it is text.
const LONGEST_ID: usize = 64;

fn other_protocol() -> Refusal {
    Refusal::new(Code::Protocol, format!("the request is of another protocol than {PROTOCOL}"))
        .hint(format!("this is evenkeel {VERSION}, protocol {PROTOCOL}: use the client of the same version"))
}

/// The line of an answer.
pub(super) fn answer_line(id: &Value, answer: &Result<Answer, Refusal>) -> String {
    let line = match answer {
        Ok(answer) => json!({ "id": id, "ok": answer }),
        Err(refusal) => json!({ "id": id, "error": refusal }),
    };
    format!("{line}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(line: &str) -> Option<Code> {
        Request::read(line.as_bytes()).order.err().map(|refusal| refusal.code)
    }

    #[test]
    fn a_request_is_one_object_with_the_name_of_an_order() {
        assert_eq!(code(r#"{"id":1,"do":"status"}"#), None);
        assert_eq!(code(r#"{"do":"pause","for_s":60}"#), None);
        for line in ["", "x", "[]", "null", "{}", r#"{"do":1}"#, r#"{"id":{},"do":"status"}"#, "\u{feff}{}"] {
            assert_eq!(code(line), Some(Code::BadRequest), "{line}");
        }
        assert_eq!(code(r#"{"do":"fly"}"#), Some(Code::UnknownOrder));
        assert_eq!(code(r#"{"do":"status","x":1}"#), Some(Code::BadRequest));
    }

    #[test]
    fn the_number_of_a_request_is_known_where_its_order_is_wrong() {
        assert_eq!(Request::read(br#"{"id":7,"do":"fly"}"#).id, json!(7));
        assert_eq!(Request::read(br#"{"id":[7],"do":"status"}"#).id, Value::Null);
    }

    #[test]
    fn fields_stand_beside_the_order_or_apart_from_it() {
        let order = |line: &str| Request::read(line.as_bytes()).order.ok();
        let agent = Some(Do::Agent { id: "ada".into() });
        assert_eq!(order(r#"{"id":1,"do":"agent","with":{"id":"ada"}}"#), agent);
        assert_eq!(order(&Request::line(3, &Do::Agent { id: "ada".into() })), agent);
        assert_eq!(code(r#"{"do":"pause","for_s":60,"with":{}}"#), Some(Code::BadRequest));
    }

    #[test]
    fn another_protocol_is_refused_and_both_are_named() {
        let refusal = Request::read(br#"{"id":1,"do":"status","protocol":2}"#).order.unwrap_err();
        assert_eq!(refusal.code, Code::Protocol);
        assert!(refusal.hint.unwrap().contains(VERSION));
        assert_eq!(code(r#"{"id":1,"do":"status","protocol":1}"#), None);
    }

    #[test]
    fn an_answer_says_only_what_concerns_the_order() {
        let line = answer_line(&json!(1), &Ok(Answer::done()));
        assert_eq!(line, "{\"id\":1,\"ok\":{}}\n");
        let refused = answer_line(&json!("a"), &Err(Refusal::new(Code::NoCall, "no call is on")));
        assert_eq!(
            refused,
            "{\"error\":{\"code\":\"no_call\",\"message\":\"no call is on\"},\"id\":\"a\"}\n"
        );
    }

    #[test]
    fn a_reason_of_a_later_version_is_still_understood() {
        let refusal: Refusal = serde_json::from_str(r#"{"code":"eclipse","message":"dark"}"#).unwrap();
        assert_eq!(refusal.code, Code::Other);
    }

    #[test]
    fn the_document_of_the_protocol_names_every_order_and_its_examples_hold() {
        let document = include_str!("../../docs/control.md");
        for name in Do::NAMES {
            assert!(document.contains(&format!("`{name}`")), "{name}");
        }
        let examples: Vec<_> = document.lines().filter_map(|line| line.strip_prefix("    {")).collect();
        assert!(examples.iter().all(|line| serde_json::from_str::<Value>(&format!("{{{line}")).is_ok()));
        for line in examples.iter().filter(|line| line.contains("\"do\"")) {
            assert_eq!(code(&format!("{{{line}")), None, "{line}");
        }
    }
}
