//! What `run` says at its start. The first time: what is captured, what is kept,
//! how to pause and how to stop; then, for whoever sits at the terminal, whether
//! the headset is heard. All of it beside the daemon, which never waits for it:
//! a call or a pause ends the check, and with it every stream of its own.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::app::daemon::told::{Outlet, Told};
use crate::app::doctor::hearing::Heard;
use crate::app::doctor::listen::Ear;
use crate::audio::capture::{Backend, CaptureError, Settings, choose};
use crate::core::units::{Channel, Sides};
use crate::surfaces::terminal::{Line, Terminal, Tone};

/// So long the headset is listened to the first time.
const CHECK: Duration = Duration::from_secs(10);

/// The welcome. As an outlet it hears of the call that ends its check.
pub(super) struct Welcome {
    over: Arc<AtomicBool>,
}

/// What it is given.
pub(super) struct Guest {
    /// A sound system of its own, so that the daemon's is never kept waiting.
    pub(super) backend: Box<dyn Backend>,
    /// Which devices.
    pub(super) settings: Settings,
    /// Where the lines go.
    pub(super) terminal: Arc<Terminal>,
    /// The database was newly made.
    pub(super) first: bool,
}

impl Welcome {
    /// Says what is to be said at the start. `data`: the folder of the database.
    pub(super) fn begin(guest: Guest, data: &Path) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        if guest.first {
            anstream::eprintln!("{}", introduction(data));
        }
        if std::io::stdout().is_terminal() {
            let ends = Arc::clone(&over);
            let spawned = thread::Builder::new().name("welcome".into()).spawn(move || guest.greet(&ends));
            if let Err(error) = spawned {
                tracing::warn!(%error, "no thread for the first check of the headset");
            }
        }
        Self { over }
    }
}

impl Drop for Welcome {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

impl Outlet for Welcome {
    fn tell(&mut self, told: Told<'_>) {
        match told {
            Told::Began(_) | Told::Paused(..) => self.over.store(true, Ordering::Relaxed),
            Told::Joined(_)
            | Told::Events(..)
            | Told::Said(..)
            | Told::Recognised(..)
            | Told::Nudge(..)
            | Told::Cleared(..)
            | Told::Applied(..)
            | Told::Worded(..)
            | Told::Late(..)
            | Told::Held(..)
            | Told::Muted(..)
            | Told::Over(..)
            | Told::Forgotten(..)
            | Told::Score { .. }
            | Told::Hidden(_)
            | Told::Wrong(_)
            | Told::Counting(_)
            | Told::Resumed
            | Told::Snoozed(_)
            | Told::Quiet(_)
            | Told::Agent(_)
            | Told::Unknown(_)
            | Told::Device(..)
            | Told::Config(..)
            | Told::Refused(_) => (),
        }
    }
}

impl Guest {
    fn greet(mut self, over: &AtomicBool) {
        let names = self.names();
        let [agent, customer] = [&names.agent, &names.customer]
            .map(|name| name.as_ref().map_or_else(|_| "(none yet)".to_owned(), Clone::clone));
        self.say(
            Tone::Plain,
            &format!("Listening for calls on {agent} and {customer}."),
            "Ctrl-C ends it; `evenkeel ctl status` in another terminal",
        );
        if self.first && !over.load(Ordering::Relaxed) {
            self.check(&names, over);
        }
    }

    /// The names of what would be captured.
    fn names(&mut self) -> Sides<Result<String, CaptureError>> {
        let devices = self.backend.devices();
        let name = |wish: &str, side| {
            let devices = devices.as_ref().map_err(Clone::clone)?;
            choose(devices, wish, side).map(|device| device.name.clone())
        };
        Sides {
            agent: name(&self.settings.microphone, Channel::Agent),
            customer: name(&self.settings.headset, Channel::Customer),
        }
    }

    fn check(&self, names: &Sides<Result<String, CaptureError>>, over: &AtomicBool) {
        self.say(Tone::Plain, "Checking the headset for 10 s:", "say something, and play something");
        let mut ear = Ear::open(self.backend.another(), &self.settings);
        let begun = Instant::now();
        while begun.elapsed() < CHECK && !over.load(Ordering::Relaxed) {
            ear.listen();
        }
        let sides = ear.sides().clone();
        drop(ear);
        if over.load(Ordering::Relaxed) {
            return self.say(Tone::Plain, "The check ends:", "`evenkeel doctor` does it at any time");
        }
        for side in Channel::BOTH {
            let (tone, text, detail) = verdict(side, &names[side], &sides[side]);
            self.say(tone, &text, &detail);
        }
    }

    fn say(&self, tone: Tone, text: &str, detail: &str) {
        let line = Line { at: String::new(), tone, text: text.to_owned(), detail: detail.to_owned() };
        self.terminal.say(line);
    }
}

/// What is said of a side after the check: its name, and whether it is heard.
fn verdict(side: Channel, name: &Result<String, CaptureError>, heard: &Heard) -> (Tone, String, String) {
    let what = match side {
        Channel::Agent => "Microphone",
        Channel::Customer => "Headset",
    };
    let name = match name {
        Ok(name) => name,
        Err(why) => return (Tone::Attention, format!("{what}: {why}"), why.remedy()),
    };
    if let Some((why, remedy)) = &heard.trouble {
        return (Tone::Attention, format!("{what} {name}: {why}"), remedy.clone());
    }
    match (heard.frames, heard.level, side) {
        (0, _, _) => (
            Tone::Attention,
            format!("{what} {name}: nothing arrives"),
            "unplug it and plug it in again; `evenkeel doctor` tells more".to_owned(),
        ),
        (_, Some(level), _) => (Tone::Good, format!("{what} {name}: heard"), format!("{:.0} dBFS", level.0)),
        (_, None, Channel::Agent) => (
            Tone::Attention,
            format!("{what} {name}: only zeros"),
            "unmute it, and allow the microphone in the system's settings".to_owned(),
        ),
        (_, None, Channel::Customer) => (
            Tone::Plain,
            format!("{what} {name}: open, nothing was played"),
            "`evenkeel doctor --tone` plays a short tone to prove it".to_owned(),
        ),
    }
}

/// Ten lines for the first time.
fn introduction(data: &Path) -> String {
    let data = data.display();
    format!(
        "\
Welcome to Evenkeel. It listens to calls only; nothing ever leaves this machine.
  Captured: your microphone and what the headset plays: two sides, never mixed.
  When:     while a softphone on your list holds both, or you order it.
  Kept:     measures, events and a score of each call, readable by you alone:
            {data}
  Not kept: the sound itself, unless you start it by `run --record DIR`.
  Pause:    `evenkeel ctl pause 60` hears nothing for a minute: card numbers.
  Stop:     Ctrl-C, or `evenkeel ctl stop`; `evenkeel calls rm` removes a call.
  Settings: `evenkeel config init` writes a file that explains every key.
  Doubts:   `evenkeel doctor` checks everything and says what to do."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::units::Dbfs;

    #[test]
    fn the_first_time_it_says_in_ten_lines_what_is_kept_and_how_to_pause_and_stop() {
        let told = introduction(Path::new("/home/ann/.local/share/evenkeel"));
        assert_eq!(told.lines().count(), 10);
        for word in ["never mixed", "ctl pause", "ctl stop", "Not kept", "nothing ever leaves", "config init"]
        {
            assert!(told.contains(word), "{word}");
        }
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    }

    #[test]
    fn r08_zeros_from_a_microphone_are_told_apart_from_a_headset_that_is_quiet() {
        let name = || Ok("Jabra".to_owned());
        let zeros = Heard { frames: 9, ..Heard::default() };
        let (tone, text, detail) = verdict(Channel::Agent, &name(), &zeros);
        assert_eq!((tone, text.as_str()), (Tone::Attention, "Microphone Jabra: only zeros"));
        assert!(detail.contains("allow the microphone"));
        assert_eq!(verdict(Channel::Customer, &name(), &zeros).0, Tone::Plain);
    }

    #[test]
    fn r09_it_is_heard_only_where_sound_came() {
        let name = Ok("Jabra".to_owned());
        let heard = Heard { frames: 9, level: Some(Dbfs(-40.0)), ..Heard::default() };
        assert_eq!(verdict(Channel::Agent, &name, &heard).0, Tone::Good);
        assert!(verdict(Channel::Agent, &name, &Heard::default()).1.ends_with("nothing arrives"));
        let missing = Err(CaptureError::Missing { wish: "default".into(), side: Channel::Agent });
        assert_eq!(verdict(Channel::Agent, &missing, &heard).0, Tone::Attention);
    }

    #[test]
    fn a_pause_ends_the_check() {
        let mut welcome = Welcome { over: Arc::default() };
        welcome.tell(Told::Resumed);
        assert!(!welcome.over.load(Ordering::Relaxed));
        welcome.tell(Told::Paused(jiff::Timestamp::UNIX_EPOCH, Duration::from_secs(1)));
        assert!(welcome.over.load(Ordering::Relaxed));
    }
}
