//! `evenkeel calls show`: everything that is known of one call, on one screen.

use anstyle::Style;
use clap::Args;
use serde::Serialize;

use crate::app::cli::analyze::output::print;
use crate::app::cli::calls::list::{CallJson, clock};
use crate::app::cli::calls::{json, reader};
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::plain::plain;
use crate::app::recall;
use crate::core::event::CueHit;
use crate::core::units::{Channel, SampleSpan};
use crate::report::{Analysis, log, names, said};
use crate::store::{Aside, CallLine, State, StoredCall, Trigger, Why};

/// Show everything that is known of a call: who, with what, why it ended, what is missing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel calls show 17
  evenkeel calls show 17 --events     what happened in it, one line each
  evenkeel report call 17             how it went: score, timeline, nudges")]
pub(super) struct ShowArgs {
    /// The call, as `evenkeel calls list` names it
    #[arg(value_name = "ID")]
    id: String,

    /// Print its events, one a line, as `evenkeel analyze --events` does
    #[arg(long, group = "format")]
    events: bool,

    /// Print JSON
    #[arg(long, group = "format")]
    json: bool,
}

pub(super) fn run(args: &ShowArgs) -> Result<Status, Failure> {
    let reader = reader()?;
    let call = reader.call(&args.id).map_err(|e| stored(&e))?;
    if args.events {
        print(&log::text(&call.events, SampleSpan::ZERO))?;
        return Ok(Status::Done);
    }
    let aside = reader.aside(&call.line).map_err(|e| stored(&e))?;
    drop(reader);
    let known = Known { analysis: recall::analysis(&call), call: &call, aside: &aside };
    print(&if args.json { json(&known.json())? } else { known.page() })?;
    Ok(Status::Done)
}

/// A call with what stands beside it.
struct Known<'a> {
    call: &'a StoredCall,
    aside: &'a Aside,
    analysis: Analysis,
}

/// An insult, or a demand for somebody higher up.
#[derive(Serialize)]
struct IncidentJson {
    detector: &'static str,
    at_s: f64,
}

/// A stretch in which a side was not heard as it should be.
#[derive(Serialize)]
struct Odd {
    side: &'static str,
    state: &'static str,
    start_s: f64,
    end_s: f64,
}

impl Known<'_> {
    fn odd(&self) -> Vec<Odd> {
        let of = |who: Channel| {
            self.analysis.states[who].iter().map(move |stretch| Odd {
                side: names::side(who),
                state: names::state(stretch.state),
                start_s: (stretch.span.from.seconds() * 1000.0).round() / 1000.0,
                end_s: (stretch.span.to.seconds() * 1000.0).round() / 1000.0,
            })
        };
        Channel::BOTH.into_iter().flat_map(of).collect()
    }

    fn wrong(&self) -> u32 {
        self.aside.wrong.iter().sum()
    }
}

// ---- for people ---------------------------------------------------------------------

const BOLD: Style = Style::new().bold();
/// Columns of what stands before a value.
const LABEL: usize = 12;
/// More stretches than this are counted, not listed.
const LISTED: usize = 6;

impl Known<'_> {
    fn page(&self) -> String {
        let line = &self.call.line;
        let mut page = Page(format!("{BOLD}call {}{BOLD:#}  {}\n", line.id, line.uid));
        page.row("began", &format!("{}, {}", line.began, began_by(line.trigger)));
        page.row("ended", &ended(line));
        page.row("length", &recall::length(line).map_or_else(String::new, |l| clock(l.seconds())));
        page.row("state", &state(line));
        page.row("agent", &line.agent);
        page.row("softphone", &line.profile);
        page.row("program", line.program.as_deref().filter(|p| *p != line.profile).unwrap_or_default());
        page.row("microphone", &line.devices.microphone);
        page.row("headset", &line.devices.headset);
        page.row("customer", line.customer.as_deref().unwrap_or_default());
        page.row("its own id", line.external_id.as_deref().unwrap_or_default());
        page.row("note", line.note.as_deref().unwrap_or_default());
        page.row("score", &self.score());
        page.row("nudges", &self.nudges());
        self.incidents(&mut page);
        page.row("after it", &self.after());
        page.row("on hold", &span(recall::suspended(&self.call.events, recall::hold)));
        page.row("muted", &span(recall::suspended(&self.call.events, recall::mute)));
        self.missing(&mut page);
        page.row("events", &self.events());
        page.row("settings", &self.settings());
        page.row("version", &line.version);
        page.0
    }

    fn score(&self) -> String {
        let coverage = self.call.line.coverage.unwrap_or_default() * 100.0;
        match (self.call.line.score, self.analysis.summary.score.value.why()) {
            (Some(score), _) => format!("{score} of 100, from {coverage:.0} % of its parts"),
            (None, Some(why)) => format!("none: {}", names::why_not_title(why)),
            (None, None) => "none yet".to_owned(),
        }
    }

    fn nudges(&self) -> String {
        let wrong = self.wrong();
        let told = if 0 < wrong { format!(", {wrong} called wrong") } else { String::new() };
        format!("{} shown{told}", self.call.line.nudges)
    }

    fn incidents(&self, page: &mut Page) {
        let Some(incidents) = said::incidents(&self.analysis) else { return self.counted(page) };
        for hit in incidents.iter().take(LISTED) {
            let told = format!("{} at {}", names::detector_title(hit.detector), clock(hit.at.seconds()));
            page.row("incident", &told);
        }
        if LISTED < incidents.len() {
            page.row("", &format!("and {} more", incidents.len() - LISTED));
        }
    }

    /// The same where it is not known any more when they were.
    fn counted(&self, page: &mut Page) {
        let found = said::found(&self.analysis).unwrap_or_default();
        for one in found.iter().filter(|one| one.detector.is_incident()) {
            let times = one.at.iter().map(|at| clock(at.seconds())).chain(names::untimed(one.untimed()));
            let times = times.collect::<Vec<_>>().join(", ");
            page.row("incident", &format!("{}: {times}", names::detector_title(one.detector)));
        }
    }

    fn after(&self) -> String {
        let offers: Vec<&str> = said::after(&self.analysis).into_iter().map(names::after_title).collect();
        offers.join(", ")
    }

    fn missing(&self, page: &mut Page) {
        let odd = self.odd();
        for odd in odd.iter().take(LISTED) {
            let (from, to) = (clock(odd.start_s), clock(odd.end_s));
            page.row("not heard", &format!("{} side {} from {from} to {to}", odd.side, odd.state));
        }
        if LISTED < odd.len() {
            page.row("", &format!("and {} more stretches", odd.len() - LISTED));
        }
    }

    fn events(&self) -> String {
        let line = &self.call.line;
        let lost = if 0 < line.lost { format!(", {} could not be stored", line.lost) } else { String::new() };
        let gone = if line.thinned { ", others were deleted for their age or for room" } else { "" };
        format!("{} stored{lost}{gone}", self.call.events.len())
    }

    fn settings(&self) -> String {
        let changes = match self.call.applied.len() {
            0 => String::new(),
            1 => ", changed once in the call".to_owned(),
            times => format!(", changed {times} times in the call"),
        };
        format!("{}{changes}", self.call.line.config_hash)
    }
}

struct Page(String);

impl Page {
    /// A row, where there is anything to say. What came from outside moves no
    /// cursor.
    fn row(&mut self, label: &str, value: &str) {
        if !value.is_empty() {
            self.0 += &format!("{label:<LABEL$}{}\n", plain(value));
        }
    }
}

fn span(span: SampleSpan) -> String {
    if span == SampleSpan::ZERO { String::new() } else { clock(span.seconds()) }
}

const fn began_by(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Streams => "seen by the softphone's streams",
        Trigger::Order => "by order",
        Trigger::Speech => "heard by speech",
    }
}

fn ended(call: &CallLine) -> String {
    let at = call.ended.map(|at| at.to_string()).unwrap_or_default();
    call.why.map_or(at.clone(), |why| format!("{at}, {}", ended_by(why)))
}

const fn ended_by(why: Why) -> &'static str {
    match why {
        Why::Streams => "the softphone's streams were gone",
        Why::Order => "by order",
        Why::Silence => "nobody spoke for too long",
        Why::Hold => "on hold for too long",
        Why::Stop => "evenkeel was stopped",
        Why::Crash => "evenkeel or the machine went down",
    }
}

fn state(call: &CallLine) -> String {
    let means = match call.state {
        State::Open => "it still goes on",
        State::Closed => "it ended, and all of it was stored",
        State::Orphan => "the program ended before the call: what there was is kept",
        State::Incomplete => "it ended, but not all of it could be stored",
    };
    format!("{}: {means}", call.state.word())
}

// ---- for programs -------------------------------------------------------------------

#[derive(Serialize)]
struct ShownJson<'a> {
    schema: &'static str,
    call: CallJson<'a>,
    trigger: &'static str,
    ended_by: Option<&'static str>,
    program: Option<&'a str>,
    microphone: &'a str,
    headset: &'a str,
    nudges_called_wrong: u32,
    /// Null where it is not known that this is all of them.
    incidents: Option<Vec<IncidentJson>>,
    after_call: Vec<&'static str>,
    hold_s: f64,
    mute_s: f64,
    not_heard: Vec<Odd>,
    events: usize,
    settings_changed: usize,
    notes: Vec<String>,
}

impl Known<'_> {
    fn incidents_json(&self) -> Option<Vec<IncidentJson>> {
        let ms = |s: f64| (s * 1000.0).round() / 1000.0;
        let json = |hit: &CueHit| IncidentJson { detector: hit.detector.name(), at_s: ms(hit.at.seconds()) };
        Some(said::incidents(&self.analysis)?.into_iter().map(json).collect())
    }

    fn json(&self) -> ShownJson<'_> {
        let line = &self.call.line;
        let apart = |of| recall::suspended(&self.call.events, of).seconds();
        ShownJson {
            schema: "evenkeel.call-shown/1",
            call: CallJson::of(line),
            trigger: line.trigger.word(),
            ended_by: line.why.map(Why::word),
            program: line.program.as_deref(),
            microphone: &line.devices.microphone,
            headset: &line.devices.headset,
            nudges_called_wrong: self.wrong(),
            incidents: self.incidents_json(),
            after_call: said::after(&self.analysis).into_iter().map(names::after).collect(),
            hold_s: apart(recall::hold),
            mute_s: apart(recall::mute),
            not_heard: self.odd(),
            events: self.call.events.len(),
            settings_changed: self.call.applied.len(),
            notes: recall::notes(self.call),
        }
    }
}
