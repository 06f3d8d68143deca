//! Holds JSON against the published schema: as much of JSON Schema as the
//! schema uses, and stricter, for a key that the schema does not know is a
//! fault. A keyword that is not known here fails the test.

use serde_json::{Map, Value};

/// Everything about a value that is not as the schema says, with its place.
pub(crate) fn faults(value: &Value, schema: &Value) -> Vec<String> {
    let mut check = Check { root: schema, faults: Vec::new() };
    check.value(value, schema.as_object().unwrap(), "$");
    check.faults
}

struct Check<'a> {
    root: &'a Value,
    faults: Vec<String>,
}

impl<'a> Check<'a> {
    fn value(&mut self, value: &Value, schema: &'a Map<String, Value>, at: &str) {
        for (keyword, rule) in schema {
            let holds = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "format" => true,
                "$ref" => {
                    let name = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    self.value(value, self.root.pointer(name).unwrap().as_object().unwrap(), at);
                    true
                }
                "type" => is_of(value, rule),
                "properties" => self.keys(value, rule.as_object().unwrap(), at),
                "required" => {
                    rule.as_array().unwrap().iter().all(|k| value.get(k.as_str().unwrap()).is_some())
                }
                "anyOf" => rule.as_array().unwrap().iter().any(|one| self.would_hold(value, one, at)),
                "items" => self.items(value, rule.as_object().unwrap(), at),
                "prefixItems" => self.prefix(value, rule.as_array().unwrap(), at),
                "minItems" => value.as_array().is_none_or(|a| rule.as_u64().unwrap() <= a.len() as u64),
                "maxItems" => value.as_array().is_none_or(|a| a.len() as u64 <= rule.as_u64().unwrap()),
                "minimum" => value.as_f64().is_none_or(|v| rule.as_f64().unwrap() <= v),
                "maximum" => value.as_f64().is_none_or(|v| v <= rule.as_f64().unwrap()),
                other => panic!("the schema uses `{other}`, which the test does not know"),
            };
            if !holds {
                self.faults.push(format!("{at}: {value} against `{keyword}`: {rule}"));
            }
        }
    }

    /// Whether a value keeps one of several rules; if not, that is no fault yet.
    fn would_hold(&self, value: &Value, rule: &'a Value, at: &str) -> bool {
        let mut check = Check { root: self.root, faults: Vec::new() };
        check.value(value, rule.as_object().unwrap(), at);
        check.faults.is_empty()
    }

    fn keys(&mut self, value: &Value, known: &'a Map<String, Value>, at: &str) -> bool {
        let Some(object) = value.as_object() else { return true };
        for (key, value) in object {
            match known.get(key) {
                Some(rule) => self.value(value, rule.as_object().unwrap(), &format!("{at}.{key}")),
                None => self.faults.push(format!("{at}.{key}: not in the schema")),
            }
        }
        true
    }

    fn items(&mut self, value: &Value, rule: &'a Map<String, Value>, at: &str) -> bool {
        for (k, item) in value.as_array().into_iter().flatten().enumerate() {
            self.value(item, rule, &format!("{at}[{k}]"));
        }
        true
    }

    fn prefix(&mut self, value: &Value, rules: &'a [Value], at: &str) -> bool {
        for (k, (item, rule)) in value.as_array().into_iter().flatten().zip(rules).enumerate() {
            self.value(item, rule.as_object().unwrap(), &format!("{at}[{k}]"));
        }
        true
    }
}

fn is_of(value: &Value, types: &Value) -> bool {
    let one = |name: &Value| match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the schema uses the type `{other}`, which the test does not know"),
    };
    types.as_array().map_or_else(|| one(types), |types| types.iter().any(one))
}

#[test]
fn faults_are_found_with_their_place() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a", "b"],
        "properties": { "a": { "anyOf": [{ "$ref": "#/$defs/A" }, { "type": "null" }] }, "c": { "type": ["string", "null"] } },
        "$defs": { "A": { "type": "array", "items": { "type": "number", "minimum": 0 }, "maxItems": 2 } },
    });
    let of = |value: Value| faults(&value, &schema).len();
    assert_eq!(of(serde_json::json!({ "a": [1, 2.5], "c": null })), 1, "b is missing");
    let odd = serde_json::json!({ "a": [-1, "x", 3], "b": 0, "c": false });
    let found = faults(&odd, &schema).join("\n");
    for place in ["$.a: ", "$.b: not in the schema", "$.c: "] {
        assert!(found.contains(place), "{place} is missing: {found}");
    }
}
