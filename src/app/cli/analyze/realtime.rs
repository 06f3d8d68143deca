//! Plays a call's clock at its own speed and shows the nudges as an agent
//! would have seen them.

use std::io::IsTerminal;
use std::thread;
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use indicatif::ProgressBar;

use crate::app::analyse::Listener;
use crate::app::cli::analyze::output::{bar, print};
use crate::core::event::{Cleared, Decision, Event, Kind, Outcome, Reading};
use crate::core::units::SampleSpan;
use crate::report::names;

/// The screen is brought up to date this often.
const STEP: SampleSpan = SampleSpan::from_millis(100);

/// Plays one call.
pub(super) struct Player {
    began: Instant,
    bar: ProgressBar,
}

impl Player {
    /// Begins now.
    pub(super) fn new(quiet: bool) -> Self {
        Self { began: Instant::now(), bar: bar(quiet, 0, "{msg}") }
    }

    fn line(&self, text: &str) {
        if std::io::stdout().is_terminal() {
            self.bar.println(text);
        } else {
            // A reader that has gone has seen enough.
            let _ = print(&format!("{text}\n"));
        }
    }
}

impl Listener for Player {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Decision(decision) if decision.outcome == Outcome::Shown => self.line(&shown(decision)),
            Event::Cleared { kind, at, how: Cleared::Recovered } if *kind != Kind::Positive => {
                let text = format!("{at}    {} over", names::kind_title(*kind));
                self.line(&paint(Style::new().dimmed(), &text));
            }
            Event::Reading(reading) => self.bar.set_message(status(reading)),
            _ => (),
        }
    }

    fn progress(&mut self, read: SampleSpan, _: Option<SampleSpan>) {
        let due = self.began + Duration::from_secs_f64(read.seconds());
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }

    fn piece(&self) -> Option<SampleSpan> {
        Some(STEP)
    }
}

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn shown(decision: &Decision) -> String {
    let colour = match decision.kind {
        Kind::Positive => AnsiColor::Green,
        Kind::Capture => AnsiColor::Yellow,
        _ => AnsiColor::Cyan,
    };
    let text = paint(
        colour.on_default().bold(),
        &format!("{:<20}", names::nudge_text(decision.kind, decision.variant)),
    );
    format!("{}  {text} {}", decision.at, names::why(decision))
}

/// One line about the moment: who speaks, level, pace.
fn status(reading: &Reading) -> String {
    let talk = match (reading.speaks.agent, reading.speaks.customer) {
        (true, true) => "both speak",
        (true, false) => "agent speaks",
        (false, true) => "customer speaks",
        (false, false) => "",
    };
    let level = reading.rise.map_or("     -".into(), |rise| format!("{rise:+5.1} dB"));
    let pace = reading.pace.map_or("    -".into(), |pace| format!("{:3.0} %", pace * 100.0));
    format!("{}  {talk:<16} level {level}  pace {pace}", reading.at)
}
