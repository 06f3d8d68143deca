//! Which displays there are. A daemon that was started with the machine knows of
//! none; the user's service manager is told when a desktop begins, and is asked
//! anew each time.

use std::env;
use std::ffi::OsString;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What names a display, and what lets one onto it.
const NAMES: [&str; 3] = ["WAYLAND_DISPLAY", "DISPLAY", "XAUTHORITY"];

/// The service manager answers in some 10 ms; one that does not is not waited for.
const ANSWER: Duration = Duration::from_millis(400);
/// How often is looked whether it answered.
const LOOK: Duration = Duration::from_millis(5);
/// Longer environments are cut; the names of displays stand in a few hundred bytes.
const LONGEST: u64 = 1 << 20;

/// Who knows of displays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// This process, as it was started.
    Us,
    /// The user's service manager.
    Session,
}

/// Asks one of them for a display.
pub(super) type Ask = fn(Whom) -> Display;

/// What they know of this machine.
pub(super) fn ask(whom: Whom) -> Display {
    match whom {
        Whom::Us => Display::own(),
        Whom::Session => Display::of_the_session(),
    }
}

/// Values of [`NAMES`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Display([Option<OsString>; NAMES.len()]);

impl Display {
    /// A display of this name, for tests.
    #[cfg(test)]
    pub(super) fn named(name: &str) -> Self {
        Self([None, Some(name.into()), None])
    }

    /// As this process was started with.
    fn own() -> Self {
        Self(NAMES.map(|name| env::var_os(name).filter(|value| !value.is_empty())))
    }

    /// As the user's service manager has it now.
    fn of_the_session() -> Self {
        show_environment().map(|text| parse(&text)).unwrap_or_default()
    }

    /// Whether it names any. On Windows a desktop has no name and needs none.
    pub(super) fn is_named(&self) -> bool {
        let Self([wayland, x11, _]) = self;
        cfg!(windows) || wayland.is_some() || x11.is_some()
    }

    /// The process is to use this one and no other.
    pub(super) fn give(&self, command: &mut Command) {
        for (name, value) in NAMES.iter().zip(&self.0) {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }
}

/// What `systemctl --user show-environment` prints.
fn show_environment() -> Option<String> {
    let mut child = Command::new("systemctl")
        .args(["--user", "show-environment"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // It prints less than a pipe holds, so that it ends without being read.
    let until = Instant::now() + ANSWER;
    while Instant::now() < until && child.try_wait().is_ok_and(|ended| ended.is_none()) {
        std::thread::sleep(LOOK);
    }
    if child.try_wait().is_ok_and(|ended| ended.is_none()) {
        // It may end in this moment.
        let _ = child.kill();
        let _ = child.wait();
        return None;
    }
    let mut text = String::new();
    child.stdout.take()?.take(LONGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

fn parse(text: &str) -> Display {
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        let bare = line.strip_prefix("$'").and_then(|rest| rest.strip_suffix('\'')).unwrap_or(line);
        Some(OsString::from(bare)).filter(|value| !value.is_empty())
    };
    Display(NAMES.map(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_displays_are_found_among_everything_else() {
        let text = "HOME=/home/ann\nDISPLAY=:1\nXAUTHORITY=$'/run/user/1000/.mutter x'\nMY_DISPLAY=:7\n";
        let Display([wayland, x11, authority]) = parse(text);
        assert_eq!((wayland, x11), (None, Some(":1".into())));
        assert_eq!(authority, Some("/run/user/1000/.mutter x".into()));
    }

    #[test]
    fn what_is_empty_names_nothing() {
        assert!(!parse("DISPLAY=\nXAUTHORITY=/x\n").is_named());
        assert!(parse("WAYLAND_DISPLAY=wayland-0\n").is_named());
    }

    #[test]
    fn the_process_gets_these_names_and_no_others() {
        let mut command = Command::new("true");
        parse("DISPLAY=:1\n").give(&mut command);
        let set: Vec<_> =
            command.get_envs().map(|(k, v)| (k.to_str().unwrap(), v.map(|v| v.to_owned()))).collect();
        assert_eq!(set, [("DISPLAY", Some(":1".into())), ("WAYLAND_DISPLAY", None), ("XAUTHORITY", None)]);
    }
}
