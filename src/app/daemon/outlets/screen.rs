//! The screen: the overlay and desktop notifications. A nudge is shown by the
//! better one that works, all else by notifications.

use std::sync::Arc;
use std::time::Duration;

use super::pill::Pill;
use super::words;
use crate::app::daemon::told::{Due, Outlet, Over, Told};
use crate::config::Config;
use crate::core::after::After;
use crate::core::event::Kind;
use crate::report::names;
use crate::surfaces::overlay::Overlay;
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
    pill: Pill,
    config: Arc<Config>,
    /// What is shown as a notification.
    showing: Option<Kind>,
}

impl Screen {
    pub(in crate::app::daemon) fn new(desk: Arc<Desk>, overlay: Arc<Overlay>, config: Arc<Config>) -> Self {
        Self { desk, pill: Pill::new(overlay, &config), config, showing: None }
    }

    fn show(&mut self, title: String, body: String, lasts: Duration, actions: Vec<Action>) {
        self.showing = None;
        if self.config.surfaces().notifications && !self.pill.is_hidden() {
            self.desk.show(Card { title, body, urgency: Urgency::Normal, lasts, actions });
        }
    }

    /// On the overlay; as a notification where there is none; and nowhere while
    /// the screen is shared.
    fn nudge(&mut self, due: &Due<'_>) {
        if self.pill.is_hidden() {
            return;
        }
        let lasts = Duration::from_secs_f64(self.config.settings().nudges.show.seconds());
        let surfaces = self.config.surfaces();
        let card = surfaces.notifications.then(|| card(due, lasts));
        let taken = surfaces.overlay && self.pill.nudge(due, lasts, card.clone());
        if let Some(card) = card.filter(|_| !taken) {
            self.desk.show(card);
            self.showing = Some(due.decision.kind);
        }
    }

    fn cleared(&mut self, kind: Kind) {
        let elsewhere = self.pill.cleared(kind);
        if self.showing.take_if(|shown| *shown == kind).is_some() || elsewhere {
            self.desk.clear();
        }
    }

    /// What is on must not be seen by those with whom the screen is shared.
    fn hidden(&mut self, on: bool) {
        if on {
            self.showing = None;
            self.desk.clear();
        }
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

/// A nudge as a notification, with what can be said about it.
fn card(due: &Due<'_>, lasts: Duration) -> Card {
    let kind = due.decision.kind;
    let action = |choice, label: &Option<String>, usual: &str| Action {
        choice,
        label: label.clone().unwrap_or_else(|| usual.to_owned()),
    };
    let actions = if kind.is_corrective() || kind.is_help() {
        vec![
            action(Choice::Snooze, &due.wording.snooze, "Snooze"),
            action(Choice::Wrong(kind), &due.wording.wrong, "Wrong"),
        ]
    } else {
        Vec::new()
    };
    let body = names::advice(due.decision.variant).unwrap_or_default().to_owned();
    Card { title: due.text().to_owned(), body, urgency: Urgency::Normal, lasts, actions }
}

impl Outlet for Screen {
    fn tell(&mut self, told: Told<'_>) {
        self.pill.hear(&told);
        match told {
            Told::Nudge(due) => self.nudge(due),
            Told::Cleared(kind, ..) => self.cleared(kind),
            Told::Hidden(on) => self.hidden(on),
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
            Told::Began(_)
            | Told::Joined(_)
            | Told::Events(..)
            | Told::Score { .. }
            | Told::Wrong(_)
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
