//! Files in the repository that the program makes itself: the event log of the
//! sample call, the schemas of the JSON and a day in the terminal. Where a change is meant, write them
//! anew with `EVENKEEL_BLESS=1 cargo test --test cli golden` and look at the diff.

use std::fs;

use evenkeel::report::json;
use evenkeel::report::review::export;

use crate::support::{Desk, root, sample};
use crate::told;

/// Compares a file of the repository, or writes it.
#[track_caller]
pub(crate) fn golden(name: &str, fresh: &str, difference: impl FnOnce(&str, &str) -> Option<String>) {
    let path = root().join(name);
    if std::env::var_os("EVENKEEL_BLESS").is_some_and(|set| set == "1") {
        fs::write(path, fresh).unwrap();
        return;
    }
    let stored = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    if let Some(difference) = difference(&stored, fresh) {
        panic!(
            "{name} is not what the program makes: {difference}\n\
             If the change is meant, write it anew and look at the diff:\n  \
             EVENKEEL_BLESS=1 cargo test --test cli golden"
        );
    }
}

#[test]
fn the_event_log_of_the_sample_call_is_the_stored_one() {
    let events = Desk::new().run(["analyze", sample().to_str().unwrap(), "--events"]).done();
    golden("tests/fixtures/sample-call.events.txt", &events, told::difference);
}

#[test]
fn the_published_schemas_are_the_ones_of_the_program() {
    golden("docs/analysis.schema.json", &json::schema(), first_line);
    golden("docs/call.schema.json", &export::schema(), first_line);
}

/// Where two texts part.
fn first_line(stored: &str, fresh: &str) -> Option<String> {
    let other = stored.lines().zip(fresh.lines()).position(|(one, other)| one != other);
    (stored != fresh).then(|| format!("line {}", other.map_or(0, |line| line + 1)))
}
