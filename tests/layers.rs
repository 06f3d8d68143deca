//! The map is a test: which module may import which, and what the measuring
//! core may never touch. A module that is not in the table fails.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::path::{Path, PathBuf};

/// Modules at the top, and what of the crate each may import.
const TOP: &[(&str, &[&str])] = &[
    ("core", &["core"]),
    ("audio", &["core", "audio"]),
    ("store", &["core", "store"]),
    ("report", &["core", "report"]),
    ("surfaces", &["core", "surfaces"]),
    ("control", &["core", "control"]),
    ("transcript", &["core", "transcript"]),
    ("config", &["core", "audio", "store", "report", "surfaces", "transcript", "config"]),
    ("app", &["core", "audio", "store", "report", "surfaces", "control", "transcript", "config", "app"]),
    ("main", &[]),
];

/// Inside the core: each module, and the core modules it may import.
const CORE: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("private", &[]),
    ("words", &["units", "private"]),
    ("transcript", &["units", "words"]),
    ("event", &["units"]),
    ("frames", &["units"]),
    ("activity", &["units", "event", "frames"]),
    ("turns", &["units", "event"]),
    ("measures", &["units", "event", "activity"]),
    ("nudges", &["units", "event"]),
    ("calls", &["units"]),
    ("cues", &["units", "private", "words", "event"]),
    ("score", &["measures"]),
    ("moments", &["units", "event", "score", "measures"]),
    ("language", &["units", "event", "measures", "transcript"]),
    ("tally", &["units", "event", "language", "measures", "score"]),
    ("summary", &["units", "event", "language", "measures", "score", "moments", "tally"]),
    ("after", &["event", "summary"]),
    (
        "pipeline",
        &[
            "units", "words", "event", "frames", "activity", "turns", "measures", "nudges", "score", "tally",
            "summary", "moments", "cues",
        ],
    ),
    ("mod", &[]),
];

/// What the core may not even name outside its tests: a clock, a thread, a
/// file, a log, chance, or a format.
const IMPURE: &[&str] = &[
    "std::time",
    "Instant",
    "SystemTime",
    "std::thread",
    "std::fs",
    "std::io",
    "std::env",
    "std::net",
    "println!",
    "eprintln!",
    "tracing",
    "rand::",
    "serde",
    "RandomState",
];

/// The modules that may name each of the heavier libraries: one, or each in a row.
const KEPT: &[(&str, &str)] = &[
    ("earshot", "core/activity/ear.rs"),
    ("sonora_aec3", "core/activity/canceller.rs"),
    ("realfft", "core/activity/steady.rs"),
    ("rubato", "core/frames/resample.rs"),
    ("whisper_rs", "transcript/whisper.rs"),
    ("whisper_rs", "transcript/whisper/"),
    ("symphonia", "audio/file/"),
    ("clap", "app/cli/"),
    ("indicatif", "app/cli/"),
    ("ratatui", "app/live/"),
    ("strsim", "config/key.rs"),
    ("strsim", "transcript/terms.rs"),
    ("toml_parser", "config/"),
    ("regex", "transcript/redact/"),
    ("maud", "report/html"),
    ("cpal", "audio/capture/"),
    ("rtrb", "audio/capture/"),
    ("pulseaudio", "audio/"),
    ("rusqlite", "store/"),
    ("tokio", "control/"),
    ("zbus", "surfaces/notification/"),
    ("zruntime", "surfaces/notification/"),
    ("futures_lite", "surfaces/notification/"),
    ("x11rb", "surfaces/overlay/screen/"),
    ("smithay_client_toolkit", "surfaces/overlay/screen/wayland.rs"),
    ("winsafe", "surfaces/overlay/"),
    ("swash", "surfaces/overlay/paint/"),
    ("notify", "config/"),
    ("sd_notify", "app/daemon/"),
    ("tracing_subscriber", "app/cli/"),
    ("ureq", "transcript/models/fetch.rs"),
    ("zip", "transcript/models/convert/"),
    ("half", "transcript/models/convert/"),
    ("toml", "transcript/models/manifest.rs"),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file: its path below `src`, and its text up to its tests.
fn files() -> Vec<(String, String)> {
    let mut out = Vec::new();
    collect(&source(), &mut out);
    out.sort();
    out
}

fn collect(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(source()).unwrap().to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            out.push((name, code));
        }
    }
}

/// Lines of code without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_start).filter(|l| !l.starts_with("//"))
}

/// First part of each path that begins with `prefix`.
fn imports(text: &str, prefix: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in code(text) {
        for (at, _) in line.match_indices(prefix) {
            let rest = &line[at + prefix.len()..];
            let names: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if let Some(group) = rest.strip_prefix('{') {
                out.extend(
                    group
                        .split(['}', ',', ' '])
                        .filter(|n| !n.is_empty())
                        .map(|n| n.split("::").next().unwrap().to_owned()),
                );
            } else {
                out.push(names);
            }
        }
    }
    out
}

fn module(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

#[test]
fn modules_import_only_what_the_table_allows() {
    for (path, text) in files() {
        let name = module(&path);
        if name == "lib" {
            continue;
        }
        let Some((_, allowed)) = TOP.iter().find(|(m, _)| *m == name) else {
            panic!("src/{path}: module `{name}` is not in the table of tests/layers.rs");
        };
        for import in imports(&text, "crate::") {
            assert!(allowed.contains(&import.as_str()), "src/{path} imports crate::{import}");
        }
    }
}

#[test]
fn the_core_flows_one_way() {
    for (path, text) in files() {
        let Some(inside) = path.strip_prefix("core/") else { continue };
        let name = module(inside);
        let Some((_, allowed)) = CORE.iter().find(|(m, _)| *m == name) else {
            panic!("src/{path}: core module `{name}` is not in the table of tests/layers.rs");
        };
        for import in imports(&text, "crate::core::") {
            assert!(
                import == name || allowed.contains(&import.as_str()),
                "src/{path} imports core::{import}"
            );
        }
    }
}

#[test]
fn the_core_knows_no_clock_no_file_no_chance_and_no_format() {
    for (path, text) in files().into_iter().filter(|(path, _)| path.starts_with("core/")) {
        for line in code(&text) {
            for word in IMPURE {
                assert!(!line.contains(word), "src/{path} names {word}: {line}");
            }
        }
    }
}

/// Whether a line names a library itself, and not something that ends like it.
fn names(line: &str, library: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    line.match_indices(&format!("{library}::")).any(|(at, _)| !line[..at].ends_with(part))
}

#[test]
fn each_heavy_library_stays_behind_one_module() {
    for (path, text) in files() {
        for (library, home) in KEPT {
            let named = code(&text).any(|line| names(line, library));
            let mut homes = KEPT.iter().filter(|(other, _)| other == library);
            assert!(
                !named || homes.any(|(_, home)| path.starts_with(home)),
                "src/{path} names {library}, which belongs to src/{home}"
            );
        }
    }
}

#[test]
fn the_table_names_no_module_that_is_gone() {
    let there: Vec<String> = files().into_iter().map(|(path, _)| path).collect();
    for (name, _) in TOP {
        assert!(there.iter().any(|p| module(p) == *name), "no module `{name}` in src");
    }
    for (name, _) in CORE {
        let found = there.iter().filter_map(|p| p.strip_prefix("core/")).any(|p| module(p) == *name);
        assert!(found, "no module `{name}` in src/core");
    }
}

/// Who may look at spoken words: those that judge them, those that carry them to
/// the recogniser's process and back, and those that write what was asked for.
const REVEALS: &[&str] = &[
    "core/words.rs",
    "core/transcript",
    "core/cues/",
    "transcript/",
    "report/json/spoken.rs",
    "report/html/transcript.rs",
    "report/text/mod.rs",
    "report/transcript/files.rs",
    "store/writer/",
    "app/daemon/outlets/terminal.rs",
    "app/daemon/outlets/watchers.rs",
    "app/live/draw.rs",
];

#[test]
fn spoken_words_are_revealed_only_where_they_are_judged() {
    for (path, text) in files() {
        let reveals = code(&text).any(|line| line.contains(".reveal()"));
        assert!(
            !reveals || REVEALS.iter().any(|home| path.starts_with(home)),
            "src/{path} reveals spoken words"
        );
    }
}
