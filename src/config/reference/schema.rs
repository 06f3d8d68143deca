//! The JSON schema by which editors complete and check the file:
//! `config/schema.json`.

use serde_json::{Map, Value as Json, json};

use crate::config::key::{self, Key};
use crate::config::reference::{accepted, explanation};
use crate::config::value::{Type, Value};

/// The schema (draft 7, which editors for TOML understand), as pretty JSON
/// with a line feed at its end.
pub fn schema() -> String {
    let mut root = section("");
    if let Json::Object(root) = &mut root {
        root.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        root.remove("description");
        root.insert("title".to_owned(), json!("Configuration of Evenkeel"));
    }
    format!("{root:#}\n")
}

/// A section with its keys and the sections below it; the name of the whole
/// file is empty.
fn section(name: &str) -> Json {
    let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
    let mut properties = Map::new();
    for rest in key::all().iter().filter_map(|key| key.name.strip_prefix(prefix.as_str())) {
        let part = rest.split('.').next().unwrap_or(rest);
        let full = format!("{prefix}{part}");
        properties.entry(part).or_insert_with(|| key::find(&full).map_or_else(|| section(&full), property));
    }
    json!({
        "type": "object",
        "description": explanation(name).unwrap_or_default(),
        "properties": properties,
        "additionalProperties": false,
    })
}

fn property(key: &Key) -> Json {
    let mut property = bounds(&key.accepts);
    let about = format!("{} Accepted: {}", explanation(key.name).unwrap_or_default(), accepted(key));
    property.insert("description".to_owned(), Json::String(about));
    property.insert("default".to_owned(), key.default().map_or(Json::Null, |value| plain(&value)));
    Json::Object(property)
}

fn bounds(accepts: &Type) -> Map<String, Json> {
    let bounds = match accepts {
        Type::Number { min, max, .. } => json!({ "type": "number", "minimum": min, "maximum": max }),
        Type::Count { min, max, .. } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Type::Switch => json!({ "type": "boolean" }),
        Type::Choice(words) => json!({ "type": "string", "enum": words }),
        Type::Text { min: 0, max } => json!({ "type": "string", "maxLength": max }),
        Type::Text { min, max } => name(*min, *max, "\\S"),
        Type::List { least, most, max } => json!({
            "type": "array", "minItems": least, "maxItems": most, "items": name(1, *max, "\\S"),
        }),
    };
    if let Json::Object(bounds) = bounds { bounds } else { Map::new() }
}

fn name(min: usize, max: usize, pattern: &str) -> Json {
    json!({ "type": "string", "minLength": min, "maxLength": max, "pattern": pattern })
}

/// A value as JSON has it.
pub fn plain(value: &Value) -> Json {
    match value {
        Value::Number(number) => json!(number),
        Value::Count(count) => json!(count),
        Value::Switch(on) => json!(on),
        Value::Text(text) => json!(text),
        Value::List(names) => json!(names),
    }
}
