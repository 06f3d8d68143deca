//! Plays a call's clock at its own speed and shows the nudges as an agent
//! would have seen them.

use std::thread;
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use indicatif::ProgressBar;

use crate::app::analyse::Listener;
use crate::app::cli::analyze::output::{bar, print};
use crate::app::exit::Failure;
use crate::config::wording;
use crate::core::event::{Cleared, Decision, Event, Kind, Outcome, Reading};
use crate::core::units::SampleSpan;
use crate::report::names;
use crate::surfaces::wording::Wording;

/// The screen is brought up to date this often.
const STEP: SampleSpan = SampleSpan::from_millis(100);

/// Plays one call.
pub(super) struct Player {
    /// When the analysed part began to play; none before it has.
    began: Option<Instant>,
    /// Where it begins in the file.
    from: SampleSpan,
    wording: Wording,
    bar: ProgressBar,
    printed: Result<(), Failure>,
}

impl Player {
    /// Plays a call from here on.
    pub(super) fn new(quiet: bool, from: SampleSpan, wording: Wording) -> Self {
        Self { began: None, from, wording, bar: bar(quiet, 0, "{msg}"), printed: Ok(()) }
    }

    /// How the printing went.
    pub(super) fn printed(self) -> Result<(), Failure> {
        self.printed
    }

    fn line(&mut self, text: &str) {
        if self.printed.is_ok() {
            self.printed = self.bar.suspend(|| print(&format!("{text}\n")));
        }
    }

    /// One line about a nudge that is shown.
    fn shown(&self, decision: &Decision) -> String {
        let colour = match decision.kind {
            Kind::Positive => AnsiColor::Green,
            Kind::Capture => AnsiColor::Yellow,
            _ => AnsiColor::Cyan,
        };
        let text = format!("{:<21}", wording::text(&self.wording, decision.kind, decision.variant));
        let text = paint(colour.on_default().bold(), &text);
        format!("{}  {text} {}", decision.at + self.from, names::why(decision))
    }

    /// One line about the moment: who speaks, level, pace.
    fn status(&self, reading: &Reading) -> String {
        let talk = match (reading.speaks.agent, reading.speaks.customer) {
            (true, true) => "both speak",
            (true, false) => "agent speaks",
            (false, true) => "customer speaks",
            (false, false) => "",
        };
        let level = reading.rise.map_or("     -".into(), |rise| format!("{rise:+5.1} dB"));
        let pace = reading.pace.map_or("    -".into(), |pace| format!("{:3.0} %", pace * 100.0));
        format!("{}  {talk:<16} level {level}  pace {pace}", reading.at + self.from)
    }
}

impl Listener for Player {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Decision(decision) if decision.outcome == Outcome::Shown => {
                self.line(&self.shown(decision));
            }
            Event::Cleared { kind, at, how: Cleared::Recovered } if *kind != Kind::Positive => {
                let text = format!("{}    {} over", *at + self.from, names::kind_title(*kind));
                self.line(&paint(Style::new().dimmed(), &text));
            }
            Event::Reading(reading) => self.bar.set_message(self.status(reading)),
            _ => (),
        }
    }

    fn progress(&mut self, read: SampleSpan, _: Option<SampleSpan>) {
        if read <= self.from {
            // What comes before is read as fast as it can be.
            self.began = None;
        }
        let (now, played) = (Instant::now(), Duration::from_secs_f64((read - self.from).seconds()));
        // A model that was loaded first took its time: the call is not rushed through for it.
        let began = *self.began.get_or_insert(now.checked_sub(played).unwrap_or(now));
        thread::sleep((began + played).saturating_duration_since(now));
    }

    fn piece(&self) -> Option<SampleSpan> {
        Some(STEP)
    }

    fn has_enough(&self) -> bool {
        self.printed.is_err()
    }
}

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
