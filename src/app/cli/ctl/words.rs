//! What came of an order, in a sentence.

use crate::control::{self, Answer, Do};
use crate::report::names;

/// Text from the daemon, line by line, without anything that would move the cursor.
pub(in crate::app::cli) fn plain(text: &str) -> String {
    text.split('\n').map(crate::app::plain::plain).collect::<Vec<_>>().join("\n")
}

/// What was done, on one line and a few more where there is more to say.
pub(in crate::app::cli) fn done(order: &Do, answer: &Answer) -> String {
    let told = match order {
        Do::Pause { .. } => format!(
            "paused{}: nothing is heard or kept; `evenkeel ctl resume` ends it",
            lasting(answer.for_s)
        ),
        Do::Resume => "listening again".to_owned(),
        Do::Snooze { for_s: 0.0 } => "nudges are shown again".to_owned(),
        Do::Snooze { for_s } => format!("no nudges{}", lasting(answer.for_s.or(Some(*for_s)))),
        Do::Quiet { on: true } => "no nudges until `evenkeel ctl quiet off`".to_owned(),
        Do::Quiet { on: false } => "nudges are shown again".to_owned(),
        Do::Hide { on: true } => "nothing is shown on the screen until `evenkeel ctl hide off`".to_owned(),
        Do::Hide { on: false } => "nudges are seen on the screen again".to_owned(),
        Do::Wrong { .. } => wrong(answer.kind.as_deref()),
        Do::Dismiss => "taken off the screen".to_owned(),
        Do::CallStart { .. } => started(answer),
        Do::CallEnd => format!("call{} is over", named(answer)),
        Do::CallHold => format!("call{} is on hold: nothing counts", named(answer)),
        Do::CallResume => format!("call{} goes on", named(answer)),
        Do::CallMute => "muted: what is said now does not count".to_owned(),
        Do::CallUnmute => "the microphone counts again".to_owned(),
        Do::CallNote { .. } => format!("noted for call{}", named(answer)),
        Do::CallRemove { .. } => removed(answer),
        Do::Agent { id } => format!("{} is speaking from now on", plain(id)),
        Do::Reload => reloaded(answer),
        Do::Stop => "evenkeel ends".to_owned(),
        Do::Program { name, allow: true } => format!("calls of {} count from now on", plain(name)),
        Do::Program { name, allow: false } => format!("calls of {} never count", plain(name)),
        // These are shown as a page.
        Do::Status | Do::Watch => String::new(),
    };
    told + "\n"
}

fn lasting(seconds: Option<f32>) -> String {
    seconds.map_or_else(String::new, |seconds| format!(" for {}", span(f64::from(seconds))))
}

/// A length of time as people say it: `45 s`, `12 min`, `3 h 5 min`.
pub(super) fn span(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) if m < 10 => format!("{m} min {s} s"),
        (0, m, _) => format!("{m} min"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

fn named(answer: &Answer) -> String {
    answer.call.as_deref().map_or_else(String::new, |call| format!(" {}", plain(call)))
}

fn wrong(name: Option<&str>) -> String {
    // Without a name it is the last one, whose kind the answer tells.
    let then = name.and_then(control::kind).map_or("the next one of its kind needs more", names::after_wrong);
    let kind = name.map_or_else(String::new, |name| format!(" ({})", plain(name)));
    format!("noted as wrong{kind}: {then}")
}

fn started(answer: &Answer) -> String {
    let verb = if answer.joined == Some(true) { "was noticed already and is this one" } else { "begins" };
    format!("call{} {verb}", named(answer))
}

fn removed(answer: &Answer) -> String {
    let remains = answer.remains.as_deref().unwrap_or_default();
    let left: String = remains.iter().map(|place| format!("\n  still there: {}", plain(place))).collect();
    format!("call{} is removed{left}", named(answer))
}

fn reloaded(answer: &Answer) -> String {
    let names = |keys: &Option<Vec<String>>| plain(&keys.as_deref().unwrap_or_default().join(", "));
    let (changed, held) = (names(&answer.changed), names(&answer.held));
    match (changed.as_str(), held.as_str()) {
        ("", "") => "nothing has changed".to_owned(),
        (_, "") => format!("changed: {changed}"),
        ("", _) => format!("waiting: {held}"),
        (_, _) => format!("changed: {changed}\nwaiting: {held}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_said_as_people_say_them() {
        let said: Vec<_> = [0.4, 45.0, 60.0, 75.0, 754.0, 3600.0, 11_100.0].map(span).into();
        assert_eq!(said, ["0 s", "45 s", "1 min", "1 min 15 s", "12 min", "1 h", "3 h 5 min"]);
    }

    #[test]
    fn a_pause_says_how_long_it_lasts_and_what_ends_it() {
        let answer = Answer { for_s: Some(120.0), ..Answer::done() };
        assert_eq!(
            done(&Do::Pause { for_s: None }, &answer),
            "paused for 2 min: nothing is heard or kept; `evenkeel ctl resume` ends it\n"
        );
    }

    #[test]
    fn what_waits_is_told_beside_what_has_changed() {
        let answer = Answer {
            changed: Some(vec!["nudge.budget".into()]),
            held: Some(vec!["capture.headset until no call is on".into()]),
            ..Answer::done()
        };
        assert_eq!(
            done(&Do::Reload, &answer),
            "changed: nudge.budget\nwaiting: capture.headset until no call is on\n"
        );
        assert_eq!(done(&Do::Reload, &Answer::done()), "nothing has changed\n");
    }

    #[test]
    fn what_comes_of_a_wrong_nudge_depends_on_its_kind() {
        let told = |kind: &str| {
            let answer = Answer { kind: Some(kind.into()), ..Answer::done() };
            done(&Do::Wrong { kind: None }, &answer)
        };
        assert_eq!(
            told("raised_voice"),
            "noted as wrong (raised_voice): the next one of its kind needs more\n"
        );
        for kind in ["phrase", "apology", "incident", "capture"] {
            let then = "this one does not come again in this call";
            assert_eq!(told(kind), format!("noted as wrong ({kind}): {then}\n"));
        }
    }

    #[test]
    fn nothing_from_outside_moves_the_cursor() {
        assert_eq!(plain("a\u{1b}[2J\tb"), "a\u{fffd}[2J\u{fffd}b");
    }
}
