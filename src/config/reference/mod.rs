//! What every key means, taken from the comments of `config/default.toml`, and
//! what is made of that: the reference for people and the schema for editors.

mod markdown;
mod schema;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::config::DEFAULTS;
use crate::config::key::Key;

pub use markdown::{explain, markdown};
pub use schema::{plain, schema};

/// What the line of a comment begins with that tells what a key accepts. It
/// derives from the table of keys, so the explanation ends before it.
const ACCEPTED: &str = "Accepted:";

/// The same file with all its values in force. Lines keep their numbers.
pub(super) fn uncommented(text: &str) -> String {
    let line = |line: &str| {
        let bare = line.strip_prefix('#').filter(|_| value_line(line).is_some() || goes_on(line));
        format!("{}\n", bare.unwrap_or(line))
    };
    text.lines().map(line).collect()
}

/// What a key or a section is for, in plain words; none where there is nothing
/// of that name.
pub fn explanation(name: &str) -> Option<&'static str> {
    EXPLANATIONS.get(name).map(String::as_str)
}

/// What a key accepts, and why no more: `0.6 to 2.0 s. Below 0.6 s ...`.
pub fn accepted(key: &Key) -> String {
    format!("{}. {}", key.accepts.expected(), key.outside()).trim_end().to_owned()
}

static EXPLANATIONS: LazyLock<HashMap<String, String>> = LazyLock::new(|| explanations(DEFAULTS));

/// The comment right above each section and each value.
fn explanations(text: &str) -> HashMap<String, String> {
    let (mut found, mut section, mut comment) = (HashMap::new(), String::new(), Vec::new());
    for line in text.lines() {
        if let Some((key, _)) = value_line(line) {
            found.insert(format!("{section}.{key}"), joined(&mut comment));
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            found.insert(section.clone(), joined(&mut comment));
        } else if let Some(words) = line.strip_prefix("# ") {
            comment.push(words);
        } else {
            comment.clear();
        }
    }
    found
}

fn joined(comment: &mut Vec<&str>) -> String {
    let words: Vec<_> = comment.drain(..).take_while(|line| !line.starts_with(ACCEPTED)).collect();
    words.join(" ")
}

/// The key and value of a line like `#min_s = 0.5`. Prose has a space behind
/// its `#`.
fn value_line(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix('#')?.split_once(" = ")?;
    let is_key = key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    (is_key && !key.is_empty()).then_some((key, value))
}

/// Whether it is a further line of a list that is too long for one.
fn goes_on(line: &str) -> bool {
    line.starts_with("#\"") || line == "#]"
}

#[cfg(test)]
mod tests;
