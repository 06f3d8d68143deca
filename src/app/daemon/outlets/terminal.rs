//! Plain lines in the terminal of `run`: what happens, as it happens.

use std::sync::Arc;

use jiff::Timestamp;

use super::words;
use crate::app::daemon::told::{Due, Outlet, Over, Told};
use crate::config::Config;
use crate::core::after::After;
use crate::core::calls::EndWhy;
use crate::core::event::{Cleared, Kind};
use crate::core::units::SampleTime;
use crate::report::names;
use crate::surfaces::terminal::{Line, Terminal, Tone};

/// See the module.
pub(in crate::app::daemon) struct Lines {
    terminal: Arc<Terminal>,
    config: Arc<Config>,
    /// Somebody looks at it. A file, a pipe or a journal keeps what it is given, and
    /// would keep spoken words where nothing deletes them.
    looked_at: bool,
}

impl Lines {
    pub(in crate::app::daemon) fn new(terminal: Arc<Terminal>, config: Arc<Config>, looked_at: bool) -> Self {
        Self { terminal, config, looked_at }
    }

    fn say(&self, at: String, tone: Tone, text: impl Into<String>, detail: impl Into<String>) {
        if self.config.surfaces().terminal {
            self.terminal.say(Line { at, tone, text: text.into(), detail: detail.into() });
        }
    }

    /// Now, on the wall.
    fn news(&self, tone: Tone, text: impl Into<String>, detail: impl Into<String>) {
        self.say(words::clock(Timestamp::now()), tone, text, detail);
    }

    fn nudge(&self, due: &Due<'_>) {
        let decision = due.decision;
        self.say(point(decision.at), Tone::of(decision.kind), due.text(), due.why());
    }

    fn over(&self, over: &Over) {
        let length = words::length(over.summary.duration);
        let score = words::score(&over.summary, self.config.score_name());
        self.news(Tone::Plain, format!("call ends, {length}"), words::ended(over.why));
        self.news(Tone::Plain, score, words::one_thing(over));
        for offer in After::of(&over.summary) {
            self.news(Tone::Attention, names::after_title(offer), names::after_detail(offer));
        }
    }
}

/// A point of the call: `01:06`.
fn point(at: SampleTime) -> String {
    words::length(at.since(SampleTime::ZERO))
}

impl Outlet for Lines {
    fn tell(&mut self, told: Told<'_>) {
        match told {
            Told::Began(meta) => self.news(Tone::Plain, "call begins", words::began(meta)),
            Told::Joined(_) => self.news(Tone::Plain, "call named by order", ""),
            Told::Said(_, words, _) if self.looked_at => {
                self.say(point(words.from), Tone::Plain, words.who.to_string(), words.text.reveal());
            }
            Told::Nudge(due) => self.nudge(due),
            Told::Cleared(kind, how, at) => {
                if how == Cleared::Recovered && kind != Kind::Positive {
                    self.say(point(at), Tone::Over, format!("{} over", names::kind_title(kind)), "");
                }
            }
            Told::Over(_, over) => self.over(over),
            Told::Paused(until, _) => {
                let detail = format!("nothing is captured until {}", words::clock(until));
                self.news(Tone::Attention, "paused", detail);
            }
            Told::Resumed => self.news(Tone::Plain, "listening again", ""),
            Told::Unknown(program) => {
                let name = &program.name;
                let detail =
                    format!("it holds microphone and headset; `evenkeel calls allow {name}` or `never`");
                self.news(Tone::Attention, format!("{name} is not captured"), detail);
            }
            Told::Device(what, remedy) => self.news(Tone::Attention, what, remedy.unwrap_or_default()),
            Told::Refused(why) => self.news(Tone::Attention, "the new settings have mistakes", why),
            Told::Config(config, keys, held) => {
                self.config = Arc::clone(config);
                let keys = keys.join(", ");
                let detail =
                    if held.is_empty() { keys } else { format!("{keys} waiting: {}", held.join("; ")) };
                self.news(Tone::Plain, "settings changed", detail.trim());
            }
            Told::Held(_, on) => self.news(Tone::Plain, if on { "on hold" } else { "off hold" }, ""),
            Told::Muted(_, on) => self.news(Tone::Plain, if on { "muted" } else { "unmuted" }, ""),
            Told::Snoozed(span) if span.is_zero() => self.news(Tone::Plain, "nudges on again", ""),
            Told::Snoozed(span) => {
                self.news(Tone::Plain, "snoozed", format!("no nudges for {:.0} s", span.as_secs_f32()));
            }
            Told::Quiet(true) => self.news(Tone::Plain, "quiet", "no nudges in this call"),
            Told::Quiet(false) => self.news(Tone::Plain, "nudges on again", ""),
            Told::Wrong(kind) => {
                let detail = names::after_wrong(kind);
                self.news(Tone::Plain, format!("{}: wrong", names::kind_title(kind)), detail);
            }
            Told::Hidden(on) => {
                self.news(Tone::Plain, if on { "hidden" } else { "seen again" }, "on the screen");
            }
            Told::Agent(id) => self.news(Tone::Plain, format!("agent: {id}"), ""),
            Told::Forgotten(..) => {
                self.news(Tone::Plain, "call forgotten", words::ended(Some(EndWhy::Never)));
            }
            Told::Said(..)
            | Told::Events(..)
            | Told::Applied(..)
            | Told::Worded(..)
            | Told::Late(..)
            | Told::Counting(_)
            | Told::Score { .. }
            | Told::Recognised(..) => (),
        }
    }
}
