use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::config::entries::Entries;
use crate::config::file;
use crate::config::key;
use crate::config::origin::Origin;
use crate::config::value::{Value, quoted};

/// Columns of a comment.
const WIDTH: usize = 80;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Fails where a file of the repository is not what it should be; with
/// `EVENKEEL_BLESS=1` writes it instead.
fn is_fresh(name: &str, wanted: &str) {
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        fs::write(path(name), wanted).unwrap();
    }
    let found = fs::read_to_string(path(name)).unwrap_or_default();
    let line = found.lines().zip(wanted.lines()).take_while(|(a, b)| a == b).count() + 1;
    assert!(
        found == wanted,
        "{name} is stale from line {line}; refresh it with `EVENKEEL_BLESS=1 cargo test --lib config` (twice if config/default.toml is among them)"
    );
}

/// The file with the values and ranges of the table of keys.
fn refreshed(text: &str) -> String {
    let (mut out, mut section, mut skip) = (Vec::new(), "", false);
    for line in text.lines() {
        section = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')).unwrap_or(section);
        skip = line.starts_with('#') && (skip || line.starts_with(&format!("# {ACCEPTED}")));
        let found = value_line(line).and_then(|(short, _)| key::find(&format!("{section}.{short}")));
        if let Some(key) = found {
            out.extend(wrapped(&format!("{ACCEPTED} {}", accepted(key))));
            out.extend(assigned(key.short(), &key.default().unwrap()));
            skip = false;
        } else if !skip && !goes_on(line) {
            out.push(line.to_owned());
        }
    }
    out.join("\n") + "\n"
}

/// A key with its value; a long list in several lines.
fn assigned(key: &str, value: &Value) -> Vec<String> {
    let line = format!("#{key} = {value}");
    let Value::List(names) = value else { return vec![line] };
    if names.is_empty() {
        return vec![line];
    }
    let mut lines = vec![format!("#{key} = ["), "#".to_owned()];
    for name in names.iter().map(|name| format!("{}, ", quoted(name))) {
        if WIDTH < lines.last().unwrap().len() + name.trim_end().len() {
            lines.push("#".to_owned());
        }
        *lines.last_mut().unwrap() += &name;
    }
    lines.push("#]".to_owned());
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// A comment that fits its width.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec!["#".to_owned()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if WIDTH < line.chars().count() + 1 + word.chars().count() {
            lines.push(format!("# {word}"));
        } else {
            *line = format!("{line} {word}");
        }
    }
    lines
}

#[test]
fn the_default_file_has_the_ranges_and_values_of_the_table() {
    let found = fs::read_to_string(path("config/default.toml")).unwrap();
    is_fresh("config/default.toml", &refreshed(&found));
}

#[test]
fn the_reference_is_fresh() {
    is_fresh("docs/config.md", &markdown());
}

#[test]
fn the_schema_is_fresh() {
    is_fresh("config/schema.json", &schema());
}

#[test]
fn the_default_file_has_every_key_once_in_order_and_with_its_value() {
    let contents = file::parse(&Origin::built_in(), &uncommented(DEFAULTS));
    assert_eq!(contents.problems, []);
    let found: Vec<_> = contents.assigned.iter().map(|a| (a.key.name, a.value.clone())).collect();
    let built_in = Entries::built_in();
    let wanted: Vec<_> = built_in.all().iter().map(|e| (e.key.name, e.value.clone())).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_copy_of_the_default_file_sets_nothing() {
    let contents = file::parse(&Origin::built_in(), DEFAULTS);
    assert!(contents.assigned.is_empty() && contents.problems.is_empty());
}

#[test]
fn every_key_and_section_is_explained() {
    let names = key::all().iter().map(|key| key.name).chain(key::sections());
    for name in names {
        let text = explanation(name).unwrap_or_default();
        assert!(12 < text.len() && text.ends_with(['.', ')']), "{name}: {text:?}");
    }
    assert_eq!(EXPLANATIONS.len(), key::all().len() + key::sections().len());
}

#[test]
fn the_default_file_is_readable_in_a_narrow_window() {
    for line in DEFAULTS.lines() {
        assert!(line.chars().count() <= WIDTH && line == line.trim_end(), "{line}");
    }
}

#[test]
fn only_values_are_uncommented() {
    let text = "# prose = no\n#key_s = 1\n#:schema = x\n[a]\n#Upper = 1\nb = 2\n#c = [\n#\"x\",\n#]\n";
    let bare = text.replace("#key_s", "key_s").replace("#c", "c").replace("#\"", "\"").replace("#]", "]");
    assert_eq!(uncommented(text), bare);
}

#[test]
fn a_key_or_a_section_is_explained_alone() {
    let key = explain("turns.min_utterance_s").unwrap();
    for part in
        ["### turns.min_utterance_s", "`1.0` s", "0.6 to 2.0 s", "as soon as nobody speaks", "\"mhm\""]
    {
        assert!(key.contains(part), "{part} in {key}");
    }
    let section = explain("nudge").unwrap();
    assert!(section.contains("### nudge.budget") && section.contains("### nudge.kinds.capture"));
    assert!(!section.contains("### score") && explain("nudg").is_none());
}

#[test]
fn the_schema_has_every_key_with_its_type_and_range() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    for key in key::all() {
        let pointer = format!("/properties/{}", key.name.replace('.', "/properties/"));
        let property = schema.pointer(&pointer).unwrap();
        assert_eq!(property["default"], plain(&key.default().unwrap()), "{}", key.name);
        assert!(property["description"].as_str().unwrap().contains(&key.accepts.expected()), "{}", key.name);
    }
    let span = &schema["properties"]["turns"]["properties"]["min_utterance_s"];
    assert_eq!((&span["minimum"], &span["maximum"]), (&0.6.into(), &2.0.into()));
}
