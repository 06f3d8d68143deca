//! Orders: what may be asked, each with its own fields and their bounds. An
//! unknown order or field is refused, never guessed at.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::control::protocol::{Code, Refusal};
use crate::core::event::Kind;

/// Orders are answered within so long, or the client is told that they were not.
const PATIENCE: Duration = Duration::from_secs(5);

/// ... and the one that rewrites files, within this.
const REMOVING: Duration = Duration::from_secs(125);

/// Text about a customer: it is handed on and does not print.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Private(String);

impl Private {
    /// Wraps it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for whoever keeps it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(..)")
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub enum Do {
    /// Tell the state of things, as evidence.
    Status,
    /// Tell it, and then everything that happens. The socket does this itself.
    Watch,
    /// Take no sound from either side: nothing is kept of it.
    Pause {
        /// Seconds until it ends by itself; as configured where there are none.
        for_s: Option<f32>,
    },
    /// End the pause.
    Resume,
    /// No nudges for so long.
    Snooze {
        /// Seconds; 0 ends it.
        for_s: f32,
    },
    /// No nudges at all, or nudges again.
    Quiet {
        /// Whether there are to be none.
        on: bool,
    },
    /// Show nothing on the screen, which is shared, or show it again.
    Hide {
        /// Whether nothing is to be seen.
        on: bool,
    },
    /// The nudge was wrong.
    Wrong {
        /// Which kind, by its name ([`KINDS`]); the last one shown where there is none.
        kind: Option<String>,
    },
    /// Take the nudge off the screen.
    Dismiss,
    /// A call begins.
    CallStart {
        /// Who the customer is; 1 to 128 characters.
        customer_ref: Option<Private>,
        /// A note for the call; 1 to 500 characters.
        note: Option<Private>,
        /// The number of the call in the softphone; 1 to 128 characters.
        id: Option<String>,
    },
    /// The call is over.
    CallEnd,
    /// The customer is on hold.
    CallHold,
    /// The customer is back.
    CallResume,
    /// The softphone's microphone is off.
    CallMute,
    /// It is on again.
    CallUnmute,
    /// A note for a call.
    CallNote {
        /// Its number; the present or the last one where there is none.
        call: Option<String>,
        /// 1 to 500 characters.
        text: Private,
    },
    /// Remove a call with all that is known of it.
    CallRemove {
        /// Its number.
        call: String,
    },
    /// Somebody else speaks from now on.
    Agent {
        /// Under this name or number; 1 to 64 characters.
        id: String,
    },
    /// Read the configuration again.
    Reload,
    /// End the program.
    Stop,
    /// Whether the calls of a program count.
    Program {
        /// As it was named.
        name: String,
        /// Or never.
        allow: bool,
    },
}

/// The names of the kinds of nudges, as the configuration has them too.
pub const KINDS: [&str; 13] = [
    "capture",
    "incident",
    "interrupting",
    "raised_voice",
    "fast_pace",
    "monologue",
    "rushed_reply",
    "dead_air",
    "phrase",
    "apology",
    "card",
    "tip",
    "positive",
];

/// The kind of this name.
pub fn kind(name: &str) -> Option<Kind> {
    KINDS.iter().position(|known| *known == name).and_then(|at| Kind::ALL.get(at).copied())
}

/// The name of a kind.
pub fn kind_name(kind: Kind) -> &'static str {
    let at = Kind::ALL.iter().position(|known| *known == kind);
    at.and_then(|at| KINDS.get(at)).copied().unwrap_or("unknown")
}

/// Most characters of a customer's reference and of the number of a call.
const REFERENCE: usize = 128;

/// Most characters of a note: some sentences.
const NOTE: usize = 500;

/// Most characters of a name of an agent or of a program.
const NAME: usize = 64;

/// Longest snooze and pause, s: a working day, and what the configuration
/// allows for a pause. Below the least pause nobody can say anything.
const SNOOZE_S: f32 = 28_800.0;
const PAUSE_S: (f32, f32) = (1.0, 1800.0);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pausing {
    for_s: Option<f32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Snoozing {
    for_s: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switching {
    on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Blaming {
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Starting {
    customer_ref: Option<Private>,
    note: Option<Private>,
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Noting {
    call: Option<String>,
    text: Private,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removing {
    call: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Naming {
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judging {
    name: String,
    allow: bool,
}

impl Do {
    /// Every order by its name on the line.
    pub const NAMES: [&'static str; 21] = [
        "status",
        "watch",
        "pause",
        "resume",
        "snooze",
        "quiet",
        "hide",
        "wrong",
        "dismiss",
        "call.start",
        "call.end",
        "call.hold",
        "call.resume",
        "call.mute",
        "call.unmute",
        "call.note",
        "call.remove",
        "agent",
        "reload",
        "stop",
        "program",
    ];

    /// Its name on the line.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Watch => "watch",
            Self::Pause { .. } => "pause",
            Self::Resume => "resume",
            Self::Snooze { .. } => "snooze",
            Self::Quiet { .. } => "quiet",
            Self::Hide { .. } => "hide",
            Self::Wrong { .. } => "wrong",
            Self::Dismiss => "dismiss",
            Self::CallStart { .. } => "call.start",
            Self::CallEnd => "call.end",
            Self::CallHold => "call.hold",
            Self::CallResume => "call.resume",
            Self::CallMute => "call.mute",
            Self::CallUnmute => "call.unmute",
            Self::CallNote { .. } => "call.note",
            Self::CallRemove { .. } => "call.remove",
            Self::Agent { .. } => "agent",
            Self::Reload => "reload",
            Self::Stop => "stop",
            Self::Program { .. } => "program",
        }
    }

    /// Within so long it is answered, or refused.
    pub(super) const fn patience(&self) -> Duration {
        match self {
            // Every daily copy of the database is written anew.
            Self::CallRemove { .. } => REMOVING,
            _ => PATIENCE,
        }
    }

    /// The fields that go with it on the line.
    pub(super) fn fields(&self) -> Value {
        match self {
            Self::Pause { for_s } => json!({ "for_s": for_s }),
            Self::Snooze { for_s } => json!({ "for_s": for_s }),
            Self::Quiet { on } | Self::Hide { on } => json!({ "on": on }),
            Self::Wrong { kind } => json!({ "kind": kind }),
            Self::CallStart { customer_ref, note, id } => {
                json!({ "customer_ref": customer_ref, "note": note, "id": id })
            }
            Self::CallNote { call, text } => json!({ "call": call, "text": text }),
            Self::CallRemove { call } => json!({ "call": call }),
            Self::Agent { id } => json!({ "id": id }),
            Self::Program { name, allow } => json!({ "name": name, "allow": allow }),
            Self::Status
            | Self::Watch
            | Self::Resume
            | Self::Dismiss
            | Self::CallEnd
            | Self::CallHold
            | Self::CallResume
            | Self::CallMute
            | Self::CallUnmute
            | Self::Reload
            | Self::Stop => json!({}),
        }
    }

    /// Reads an order by its name and its fields.
    ///
    /// # Errors
    /// [`Code::UnknownOrder`] and [`Code::BadRequest`], which names what is wrong.
    pub fn read(name: &str, fields: Map<String, Value>) -> Result<Self, Refusal> {
        let order = Self::typed(name, fields)?;
        order.check()?;
        Ok(order)
    }

    fn typed(name: &str, fields: Map<String, Value>) -> Result<Self, Refusal> {
        let bare = |order: Self, fields| take::<Nothing>(fields).map(|Nothing {}| order);
        Ok(match name {
            "status" => bare(Self::Status, fields)?,
            "watch" => bare(Self::Watch, fields)?,
            "pause" => take(fields).map(|Pausing { for_s }| Self::Pause { for_s })?,
            "resume" => bare(Self::Resume, fields)?,
            "snooze" => take(fields).map(|Snoozing { for_s }| Self::Snooze { for_s })?,
            "quiet" => take(fields).map(|Switching { on }| Self::Quiet { on })?,
            "hide" => take(fields).map(|Switching { on }| Self::Hide { on })?,
            "wrong" => take(fields).map(|Blaming { kind }| Self::Wrong { kind })?,
            "dismiss" => bare(Self::Dismiss, fields)?,
            "call.start" => take(fields).map(|Starting { customer_ref, note, id }| Self::CallStart {
                customer_ref,
                note,
                id,
            })?,
            "call.end" => bare(Self::CallEnd, fields)?,
            "call.hold" => bare(Self::CallHold, fields)?,
            "call.resume" => bare(Self::CallResume, fields)?,
            "call.mute" => bare(Self::CallMute, fields)?,
            "call.unmute" => bare(Self::CallUnmute, fields)?,
            "call.note" => take(fields).map(|Noting { call, text }| Self::CallNote { call, text })?,
            "call.remove" => take(fields).map(|Removing { call }| Self::CallRemove { call })?,
            "agent" => take(fields).map(|Naming { id }| Self::Agent { id })?,
            "reload" => bare(Self::Reload, fields)?,
            "stop" => bare(Self::Stop, fields)?,
            "program" => take(fields).map(|Judging { name, allow }| Self::Program { name, allow })?,
            _ => return Err(unknown()),
        })
    }

    /// Checks the bounds; the same for a client before it sends anything.
    ///
    /// # Errors
    /// [`Code::BadRequest`], which never repeats a text that was given.
    pub fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::Pause { for_s: Some(for_s) } => within("for_s", *for_s, PAUSE_S.0, PAUSE_S.1),
            Self::Snooze { for_s } => within("for_s", *for_s, 0.0, SNOOZE_S),
            Self::Wrong { kind: Some(name) } if kind(name).is_none() => Err(Refusal::new(
                Code::BadRequest,
                format!("`kind` is no kind of nudge, expected one of {}", KINDS.join(", ")),
            )),
            Self::CallStart { customer_ref, note, id } => {
                let exposed = |text: &Option<Private>| text.as_ref().map(|text| text.expose().to_owned());
                optional("customer_ref", exposed(customer_ref).as_deref(), REFERENCE)?;
                optional("note", exposed(note).as_deref(), NOTE)?;
                optional("id", id.as_deref(), REFERENCE)
            }
            Self::CallNote { call, text } => {
                optional("call", call.as_deref(), REFERENCE)?;
                plain("text", text.expose(), NOTE)
            }
            Self::CallRemove { call } => plain("call", call, REFERENCE),
            Self::Agent { id } => plain("id", id, NAME),
            Self::Program { name, .. } => plain("name", name, NAME),
            Self::Pause { for_s: None }
            | Self::Wrong { .. }
            | Self::Status
            | Self::Watch
            | Self::Resume
            | Self::Quiet { .. }
            | Self::Hide { .. }
            | Self::Dismiss
            | Self::CallEnd
            | Self::CallHold
            | Self::CallResume
            | Self::CallMute
            | Self::CallUnmute
            | Self::Reload
            | Self::Stop => Ok(()),
        }
    }
}

fn unknown() -> Refusal {
    Refusal::new(Code::UnknownOrder, "there is no order of this name")
        .hint(format!("orders are {}", Do::NAMES.join(", ")))
}

/// Takes exactly the fields of `T`. What was given instead is not repeated: it
/// may be about a customer.
fn take<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Refusal> {
    serde_json::from_value(Value::Object(fields)).map_err(|error| {
        let text = error.to_string();
        let told = if text.starts_with("invalid type") || text.starts_with("invalid value") {
            "a field is not of its type".to_owned()
        } else {
            // It names a field: of ours where one is missing, else one that is unknown.
            clean(&text)
        };
        Refusal::new(Code::BadRequest, told)
    })
}

/// Short enough for a message, and nothing in it moves a cursor.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn within(name: &str, value: f32, min: f32, max: f32) -> Result<(), Refusal> {
    if (min..=max).contains(&value) {
        Ok(())
    } else {
        Err(Refusal::new(Code::BadRequest, format!("`{name}` is {value}, expected {min} to {max} s")))
    }
}

fn optional(name: &str, text: Option<&str>, most: usize) -> Result<(), Refusal> {
    text.map_or(Ok(()), |text| plain(name, text, most))
}

fn plain(name: &str, text: &str, most: usize) -> Result<(), Refusal> {
    let length = text.chars().count();
    if text.chars().any(char::is_control) {
        Err(Refusal::new(Code::BadRequest, format!("`{name}` has control characters"))
            .hint("give one line of plain text"))
    } else if text.trim().is_empty() || most < length {
        let told = format!("`{name}` has {length} characters, expected 1 to {most}");
        Err(Refusal::new(Code::BadRequest, told))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, fields: Value) -> Result<Do, Code> {
        let Value::Object(fields) = fields else { panic!("fields") };
        Do::read(name, fields).map_err(|refusal| refusal.code)
    }

    fn all() -> Vec<Do> {
        let text = || Private::new("text");
        vec![
            Do::Status,
            Do::Watch,
            Do::Pause { for_s: Some(60.0) },
            Do::Resume,
            Do::Snooze { for_s: 600.0 },
            Do::Quiet { on: true },
            Do::Hide { on: true },
            Do::Wrong { kind: Some("monologue".into()) },
            Do::Dismiss,
            Do::CallStart { customer_ref: Some(text()), note: None, id: Some("7".into()) },
            Do::CallEnd,
            Do::CallHold,
            Do::CallResume,
            Do::CallMute,
            Do::CallUnmute,
            Do::CallNote { call: None, text: text() },
            Do::CallRemove { call: "7".into() },
            Do::Agent { id: "ada".into() },
            Do::Reload,
            Do::Stop,
            Do::Program { name: "baresip".into(), allow: false },
        ]
    }

    #[test]
    fn every_order_is_read_as_it_was_written() {
        assert_eq!(all().iter().map(Do::name).collect::<Vec<_>>(), Do::NAMES);
        for order in all() {
            assert_eq!(read(order.name(), order.fields()), Ok(order));
        }
    }

    #[test]
    fn an_unknown_order_or_field_is_refused() {
        assert_eq!(read("dance", json!({})), Err(Code::UnknownOrder));
        for order in all() {
            let mut fields = order.fields();
            fields["extra"] = json!(1);
            assert_eq!(read(order.name(), fields), Err(Code::BadRequest), "{}", order.name());
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        let long = "x".repeat(129);
        for (name, fields) in [
            ("pause", json!({ "for_s": 0 })),
            ("pause", json!({ "for_s": 1e9 })),
            ("snooze", json!({ "for_s": -1 })),
            ("snooze", json!({})),
            ("quiet", json!({ "on": "yes" })),
            ("wrong", json!({ "kind": "all" })),
            ("call.start", json!({ "customer_ref": long })),
            ("call.start", json!({ "customer_ref": "a\u{1b}b" })),
            ("call.start", json!({ "customer_ref": "" })),
            ("call.note", json!({ "text": "  " })),
            ("call.remove", json!({ "call": "\n" })),
            ("agent", json!({ "id": "x".repeat(65) })),
        ] {
            assert_eq!(read(name, fields.clone()), Err(Code::BadRequest), "{name} {fields}");
        }
        assert!(read("call.start", json!({ "customer_ref": "x".repeat(128) })).is_ok());
    }

    #[test]
    fn what_was_given_is_neither_printed_nor_repeated() {
        let secret = json!({ "customer_ref": ["ACME-4711"], "note": "ACME-4711" });
        let Value::Object(fields) = secret else { panic!("fields") };
        let refusal = Do::read("call.start", fields).unwrap_err();
        assert!(!format!("{refusal:?}").contains("ACME"), "{refusal:?}");
        let long = Private::new("ACME-4711\n");
        let order = Do::CallStart { customer_ref: Some(long), note: None, id: None };
        assert!(!format!("{order:?}{:?}", order.check()).contains("ACME"));
    }

    #[test]
    fn every_kind_of_nudge_has_its_name() {
        for one in Kind::ALL {
            assert_eq!(kind(kind_name(one)), Some(one));
        }
        assert_eq!(kind("none"), None);
    }
}
