//! What the service manager of the session knows of the daemon.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::app::doctor::facts::Service;

/// It answers within milliseconds, or there is none.
const ANSWER: Duration = Duration::from_millis(1_500);
/// How often it is looked for its answer.
const LOOK: Duration = Duration::from_millis(10);

pub(super) fn ask(autostart: bool) -> Service {
    answer().map_or(none(autostart), |told| read(&told, autostart))
}

pub(super) const fn none(autostart: bool) -> Service {
    Service::NoManager { autostart }
}

fn answer() -> Option<String> {
    let properties = "--property=LoadState,UnitFileState,ActiveState";
    let mut child = Command::new("systemctl")
        .args(["--user", "show", properties, "evenkeel.service"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let until = Instant::now() + ANSWER;
    while Instant::now() < until {
        if child.try_wait().ok()?.is_some() {
            let out = child.wait_with_output().ok()?;
            return out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned());
        }
        std::thread::sleep(LOOK);
    }
    // It hangs: what becomes of it is the system's business.
    let _ = child.kill();
    let _ = child.wait();
    None
}

fn read(told: &str, autostart: bool) -> Service {
    let value = |key: &str| {
        let found = told.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        found.unwrap_or_default().to_owned()
    };
    match value("LoadState").as_str() {
        "loaded" => Service::Known {
            enabled: value("UnitFileState").starts_with("enabled"),
            state: value("ActiveState"),
        },
        "" => none(autostart),
        _ => Service::Unknown { autostart },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_the_manager_is_understood() {
        let known = read("LoadState=loaded\nUnitFileState=enabled\nActiveState=failed\n", false);
        assert_eq!(known, Service::Known { enabled: true, state: "failed".into() });
        let disabled = read("LoadState=loaded\nUnitFileState=disabled\nActiveState=inactive\n", true);
        assert_eq!(disabled, Service::Known { enabled: false, state: "inactive".into() });
        assert_eq!(read("LoadState=not-found\n", true), Service::Unknown { autostart: true });
        assert_eq!(read("", false), Service::NoManager { autostart: false });
    }
}
