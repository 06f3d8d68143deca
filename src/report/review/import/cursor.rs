//! A place in foreign JSON that knows its own name, so that every error can
//! tell it. What stands there is told by its kind and never repeated.

use serde_json::Value;

/// Something that is not as expected.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) key: String,
    pub(super) found: String,
    pub(super) expected: String,
}

/// What is missing.
const NOTHING: Option<&Value> = None;

/// A place in the JSON, where there may be nothing.
#[derive(Clone, Debug)]
pub(super) struct At<'a> {
    value: Option<&'a Value>,
    key: String,
}

impl<'a> At<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value: Some(value), key: String::new() }
    }

    /// The value of a key, which must be there (it may be null).
    pub(super) fn key(&self, name: &str) -> Result<Self, Fault> {
        let key = if self.key.is_empty() { name.to_owned() } else { format!("{}.{name}", self.key) };
        let at = Self { value: self.value.map_or(NOTHING, |value| value.get(name)), key };
        if at.value.is_some() { Ok(at) } else { Err(at.fault("a value")) }
    }

    /// The value of a key, unless it is missing or null.
    pub(super) fn may(&self, name: &str) -> Option<Self> {
        self.key(name).ok()?.present()
    }

    /// This place, unless null stands there.
    pub(super) fn present(&self) -> Option<Self> {
        self.value.filter(|value| !value.is_null()).map(|_| self.clone())
    }

    /// The places of a list.
    pub(super) fn items(&self, most: usize) -> Result<impl Iterator<Item = Self> + use<'a>, Fault> {
        let items = self.value.and_then(Value::as_array).filter(|items| items.len() <= most);
        let items = items.ok_or_else(|| self.fault(format!("a list of at most {most}")))?;
        let key = self.key.clone();
        Ok(items
            .iter()
            .enumerate()
            .map(move |(k, item)| Self { value: Some(item), key: format!("{key}[{k}]") }))
    }

    pub(super) fn text(&self, most: usize) -> Result<String, Fault> {
        let text = self.value.and_then(Value::as_str).filter(|text| text.chars().count() <= most);
        text.map(str::to_owned).ok_or_else(|| self.fault(format!("a text of at most {most} characters")))
    }

    pub(super) fn number(&self, least: f64, most: f64) -> Result<f64, Fault> {
        let number = self.value.and_then(Value::as_f64).filter(|n| least <= *n && *n <= most);
        number.ok_or_else(|| self.fault(format!("a number from {least} to {most}")))
    }

    pub(super) fn count(&self) -> Result<u32, Fault> {
        let count = self.value.and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        count.filter(|n| *n <= 1_000_000).ok_or_else(|| self.fault("a whole number up to a million"))
    }

    /// One of a closed set, by its name for programs.
    pub(super) fn one_of<T: Copy>(&self, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, Fault> {
        let text = self.value.and_then(Value::as_str);
        let found = text.and_then(|text| all.iter().copied().find(|one| name(*one) == text));
        found.ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
            self.fault(format!("one of {}", names.join(", ")))
        })
    }

    pub(super) fn fault(&self, expected: impl Into<String>) -> Fault {
        let found = match self.value {
            None => "missing",
            Some(Value::Null) => "null",
            Some(Value::Bool(_)) => "true or false",
            Some(Value::Number(_)) => "a number",
            Some(Value::String(_)) => "a text",
            Some(Value::Array(_)) => "a list",
            Some(Value::Object(_)) => "an object",
        };
        let expected = expected.into();
        // Where even the kind is right, the value is not.
        let odd = if expected.starts_with(found) { " out of bounds" } else { "" };
        Fault { key: self.key.clone(), found: format!("{found}{odd}"), expected }
    }
}
