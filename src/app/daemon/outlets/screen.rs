//! Desktop notifications: the nudge that is on, and one word after each call.

use std::sync::Arc;
use std::time::Duration;

use super::words;
use crate::app::daemon::told::{Outlet, Over, Told};
use crate::config::Config;
use crate::core::after::After;
use crate::core::event::{Decision, Kind};
use crate::report::names;
use crate::surfaces::{Action, Card, Choice, Desk, Urgency};

/// How long the word after a call stays.
const AFTER_CALL: Duration = Duration::from_secs(12);
/// How long a question about a program stays.
const QUESTION: Duration = Duration::from_secs(20);
/// How long other news stay.
const NEWS: Duration = Duration::from_secs(6);

/// What is left of a pause is shown every so many seconds ...
const COUNTED: u64 = 10;
/// ... and each of the last ones.
const LAST: u64 = 5;

/// See the module.
pub(in crate::app::daemon) struct Screen {
    desk: Arc<Desk>,
    config: Arc<Config>,
    /// What is on it.
    showing: Option<Kind>,
}

impl Screen {
    pub(in crate::app::daemon) fn new(desk: Arc<Desk>, config: Arc<Config>) -> Self {
        Self { desk, config, showing: None }
    }

    fn show(&mut self, title: String, body: String, lasts: Duration, actions: Vec<Action>) {
        self.showing = None;
        if self.config.surfaces().notifications {
            self.desk.show(Card { title, body, urgency: Urgency::Normal, lasts, actions });
        }
    }

    fn nudge(&mut self, decision: &Decision) {
        let title = names::nudge_text(decision.kind, decision.variant).to_owned();
        let lasts = Duration::from_secs_f64(self.config.settings().nudges.show.seconds());
        let action = |choice, label: &str| Action { choice, label: label.into() };
        let actions = if decision.kind.is_corrective() || decision.kind.is_help() {
            vec![action(Choice::Snooze, "Snooze"), action(Choice::Wrong(decision.kind), "Wrong")]
        } else {
            Vec::new()
        };
        let body = names::advice(decision.variant).unwrap_or_default().to_owned();
        self.show(title, body, lasts, actions);
        self.showing = Some(decision.kind);
    }

    /// A pause is on, which is seen for as long as it lasts: card numbers are to
    /// be said in it, and not after it.
    fn count(&mut self, left: Duration) {
        let s = left.as_secs_f64().round() as u64;
        if s <= LAST || s.is_multiple_of(COUNTED) {
            let body = format!("Nothing is captured for another {s} s.");
            self.show("Paused".into(), body, left, Vec::new());
        }
    }

    fn over(&mut self, over: &Over) {
        if !self.config.surfaces().after_call {
            return;
        }
        let length = words::length(over.summary.duration);
        let title = format!("Call of {length}: {}", words::score(&over.summary, self.config.score_name()));
        let offers =
            After::of(&over.summary).into_iter().map(|offer| format!(" {}.", names::after_title(offer)));
        let body = words::one_thing(over) + &offers.collect::<String>();
        self.show(title, body.trim_start().to_owned(), AFTER_CALL, Vec::new());
    }
}

impl Outlet for Screen {
    fn tell(&mut self, told: Told<'_>) {
        match told {
            Told::Nudge(decision, _) => self.nudge(decision),
            Told::Cleared(kind, ..) if self.showing == Some(kind) => {
                self.showing = None;
                self.desk.clear();
            }
            Told::Over(_, over) => self.over(over),
            Told::Paused(until, lasts) => {
                let body = format!("Nothing is captured until {}.", words::clock(until));
                self.show("Paused".into(), body, lasts, Vec::new());
            }
            Told::Counting(left) => self.count(left),
            Told::Resumed => self.show("Listening again".into(), String::new(), NEWS, Vec::new()),
            Told::Unknown(program) => {
                let name = &program.name;
                let body = format!(
                    "It is not captured. To change that: evenkeel calls allow {name}. To be asked no more: \
                     evenkeel calls never {name}."
                );
                self.show(format!("{name} uses microphone and headset"), body, QUESTION, Vec::new());
            }
            Told::Refused(why) => {
                self.show("The new settings have mistakes".into(), why.to_owned(), QUESTION, Vec::new());
            }
            Told::Config(config, ..) => self.config = Arc::clone(config),
            Told::Forgotten(..) => {
                self.showing = None;
                self.desk.clear();
            }
            Told::Cleared(..)
            | Told::Began(_)
            | Told::Joined(_)
            | Told::Events(..)
            | Told::Said(..)
            | Told::Recognised(..)
            | Told::Applied(..)
            | Told::Worded(..)
            | Told::Late(..)
            | Told::Held(..)
            | Told::Muted(..)
            | Told::Snoozed(_)
            | Told::Quiet(_)
            | Told::Agent(_)
            | Told::Device(..) => (),
        }
    }
}
