//! The page of `evenkeel ctl status`: what works, what is missing, and what to
//! do about it, at a glance.

use anstyle::{AnsiColor, Style};

use crate::app::cli::ctl::words::{plain, span};
use crate::control::{
    CallStatus, Health, PartStatus, RecogniserState, RecogniserStatus, SideState, SideStatus, Status,
};

pub(in crate::app::cli) const BOLD: Style = Style::new().bold();
pub(in crate::app::cli) const DIM: Style = Style::new().dimmed();
pub(in crate::app::cli) const GOOD: Style = AnsiColor::Green.on_default();
pub(in crate::app::cli) const ODD: Style = AnsiColor::Yellow.on_default();
pub(in crate::app::cli) const BAD: Style = AnsiColor::Red.on_default();

/// Columns of the name of a row and of its verdict.
const NAME: usize = 14;
const VERDICT: usize = 10;

/// One row: what it is, how it stands, the evidence, and the way out.
struct Row {
    name: String,
    verdict: (&'static str, Style),
    evidence: Vec<String>,
    remedy: Option<String>,
}

impl Row {
    fn text(&self) -> String {
        let (verdict, style) = self.verdict;
        let told: Vec<_> =
            self.evidence.iter().filter(|part| !part.is_empty()).map(|part| plain(part)).collect();
        let mut text = format!("{:<NAME$}{style}{verdict}{style:#}", plain(&self.name));
        if !told.is_empty() {
            let gap = VERDICT.saturating_sub(verdict.chars().count());
            text += &format!("{:gap$}{}", "", told.join(", "));
        }
        text.push('\n');
        if let Some(remedy) = &self.remedy {
            text += &format!("{:NAME$}{BOLD}to do{BOLD:#}     {}\n", "", plain(remedy));
        }
        text
    }
}

/// The page.
pub(super) fn page(status: &Status) -> String {
    let mut text = head(status);
    text += &notes(status);
    text.push('\n');
    for row in rows(status) {
        text += &row.text();
    }
    text
}

fn head(status: &Status) -> String {
    let up = span(status.up_s);
    let agent = if status.agent.is_empty() { "nobody named" } else { &status.agent };
    format!("{BOLD}evenkeel {}{BOLD:#}, running for {up}, agent {}\n", plain(&status.version), plain(agent))
}

/// What is out of the ordinary.
fn notes(status: &Status) -> String {
    let pause = status.pause.as_ref().map(|pause| {
        format!("{ODD}paused{ODD:#}: nothing is heard for another {}", span(f64::from(pause.left_s)))
    });
    let stale = status.stale_s.map(|age| {
        format!(
            "{BAD}does not answer{BAD:#}: this is what it said {} ago; if it stays so, restart evenkeel",
            span(age)
        )
    });
    let recording = status
        .recording
        .as_ref()
        .map(|folder| format!("{ODD}recording{ODD:#}: the sound of each call is kept in {}", plain(folder)));
    let quiet = status.quiet.then(|| format!("{ODD}quiet{ODD:#}: no nudges until `evenkeel ctl quiet off`"));
    let hidden = status
        .hidden
        .then(|| format!("{ODD}hidden{ODD:#}: nothing is shown on the screen until `evenkeel ctl hide off`"));
    let snoozed = status
        .snoozed_s
        .map(|left| format!("{ODD}snoozed{ODD:#}: no nudges for another {}", span(f64::from(left))));
    let unknown = status.unknown_programs.iter().map(|name| {
        let name = plain(name);
        format!("{ODD}{name}{ODD:#} uses microphone and headset: a softphone? `evenkeel calls allow \"{name}\"` or `never`")
    });
    let all = stale
        .into_iter()
        .chain(pause)
        .chain(recording)
        .chain(quiet)
        .chain(hidden)
        .chain(snoozed)
        .chain(unknown);
    all.map(|note| note + "\n").collect()
}

fn rows(status: &Status) -> Vec<Row> {
    let mut rows = vec![
        call(status.call.as_ref()),
        side("Microphone", &status.sides.agent),
        side("Headset", &status.sides.customer),
        part("Softphones", &status.watcher),
    ];
    rows.extend(status.surfaces.iter().map(|surface| part(&capital(&surface.name), surface)));
    rows.push(recogniser(&status.recogniser));
    rows.push(store(status));
    rows.push(config(status));
    rows
}

fn call(call: Option<&CallStatus>) -> Row {
    let Some(call) = call else {
        let evidence = vec!["no call is on".to_owned()];
        return Row { name: "Call".to_owned(), verdict: ("none", DIM), evidence, remedy: None };
    };
    let verdict = match (call.held, call.muted) {
        (true, _) => ("on hold", ODD),
        (false, true) => ("muted", ODD),
        (false, false) => ("on", GOOD),
    };
    let evidence = vec![
        format!("number {}", call.id),
        format!("for {}", span(call.elapsed_s)),
        call.program.clone().unwrap_or_else(|| format!("by {}", call.trigger)),
        call.score.map_or_else(String::new, |score| format!("score {score:.0}")),
        counted(u64::from(call.nudges), "nudge"),
        if call.incomplete { "incomplete: not all could be kept".to_owned() } else { String::new() },
    ];
    Row { name: "Call".to_owned(), verdict, evidence, remedy: None }
}

fn counted(count: u64, what: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn side(name: &str, side: &SideStatus) -> Row {
    let verdict = match side.state {
        SideState::Closed => ("closed", DIM),
        SideState::Opening => ("opening", ODD),
        SideState::Live => ("heard", GOOD),
        SideState::Silent => ("silent", ODD),
        SideState::Paused => ("paused", ODD),
        SideState::Leaking => ("leaking", ODD),
        SideState::Dead => ("dead", BAD),
        SideState::Missing => ("missing", BAD),
        SideState::Refused => ("refused", BAD),
    };
    let evidence = vec![
        side.why.clone().unwrap_or_default(),
        side.device.clone().unwrap_or_default(),
        side.level_dbfs.map_or_else(String::new, |level| format!("{level:.0} dBFS")),
        side.last_speech_s.map_or_else(String::new, |age| format!("spoke {} ago", span(age))),
        loss(side),
    ];
    Row { name: name.to_owned(), verdict, evidence, remedy: side.remedy.clone() }
}

/// Loss and delay where they are worth a word.
fn loss(side: &SideStatus) -> String {
    /// Below this nothing is noticed by anybody.
    const WORTH_A_WORD_MS: f64 = 100.0;
    let late = side.delay_ms.map(f64::from).filter(|delay| WORTH_A_WORD_MS < *delay);
    let late = late.map(|delay| format!("{delay:.0} ms late"));
    let lost = (WORTH_A_WORD_MS < side.lost_ms).then(|| format!("{:.1} s lost", side.lost_ms / 1000.0));
    late.into_iter().chain(lost).collect::<Vec<_>>().join(", ")
}

const fn verdict(health: Health) -> (&'static str, Style) {
    match health {
        Health::Works => ("works", GOOD),
        Health::Ailing => ("ailing", ODD),
        Health::Missing => ("missing", BAD),
        Health::Off => ("off", DIM),
    }
}

fn part(name: &str, part: &PartStatus) -> Row {
    let evidence = vec![part.why.clone().unwrap_or_default()];
    Row { name: name.to_owned(), verdict: verdict(part.health), evidence, remedy: part.remedy.clone() }
}

/// What hears the words, and how far behind it is.
fn recogniser(recogniser: &RecogniserStatus) -> Row {
    let verdict = match recogniser.state {
        RecogniserState::Off => ("off", DIM),
        RecogniserState::Resting => ("resting", DIM),
        RecogniserState::Loading => ("loading", ODD),
        RecogniserState::Ready => ("ready", GOOD),
        RecogniserState::Busy => ("busy", GOOD),
    };
    let late = recogniser.delay_s.map(|delay| format!("last text {delay:.1} s behind"));
    let after =
        (0.0 < recogniser.after_s).then(|| format!("{} wait for after the call", span(recogniser.after_s)));
    let queue = (0 < recogniser.queue).then(|| counted(recogniser.queue, "utterance") + " in the queue");
    let evidence = vec![
        recogniser.why.clone().unwrap_or_default(),
        recogniser.model.clone().unwrap_or_default(),
        late.unwrap_or_default(),
        queue.unwrap_or_default(),
        after.unwrap_or_default(),
    ];
    Row { name: "Words".to_owned(), verdict, evidence, remedy: recogniser.remedy.clone() }
}

fn store(status: &Status) -> Row {
    let store = &status.store;
    let evidence = vec![
        store.why.clone().unwrap_or_default(),
        store.calls.map_or_else(String::new, |calls| counted(calls, "call")),
        store.size_mb.map_or_else(String::new, |size| format!("{size:.1} MB")),
        store.last_commit_s.map_or_else(String::new, |age| format!("written {} ago", span(age))),
        if 0 < store.lost { format!("{} not kept", store.lost) } else { String::new() },
    ];
    let name = "Storage".to_owned();
    Row { name, verdict: verdict(store.health), evidence, remedy: store.remedy.clone() }
}

fn config(status: &Status) -> Row {
    let config = &status.config;
    let first = config.error.as_deref().and_then(|error| error.lines().next());
    let held = (!config.held.is_empty()).then(|| format!("waiting: {}", config.held.join("; ")));
    let evidence = vec![first.unwrap_or_default().to_owned(), held.unwrap_or_default(), config.hash.clone()];
    let (verdict, remedy) = match first {
        Some(_) => {
            (("wrong", BAD), Some("`evenkeel config check` tells all; the values from before stay in force"))
        }
        None => (("in order", GOOD), None),
    };
    Row { name: "Configuration".to_owned(), verdict, evidence, remedy: remedy.map(str::to_owned) }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use crate::control::{ConfigStatus, PauseStatus, SidesStatus, StoreStatus};

    use super::*;

    fn bare(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    fn working() -> Status {
        let live = SideStatus {
            state: SideState::Live,
            device: Some("Jabra Evolve2".into()),
            level_dbfs: Some(-32.4),
            last_speech_s: Some(2.0),
            ..SideStatus::default()
        };
        Status {
            version: "0.1.0".into(),
            up_s: 754.0,
            agent: "ada".into(),
            sides: SidesStatus { agent: live.clone(), customer: live },
            store: StoreStatus { health: Health::Works, calls: Some(2), ..StoreStatus::default() },
            config: ConfigStatus { hash: "0123456789ab".into(), ..ConfigStatus::default() },
            ..Status::default()
        }
    }

    #[test]
    fn what_works_takes_one_line_each() {
        assert_eq!(
            bare(&page(&working())),
            "evenkeel 0.1.0, running for 12 min, agent ada\n\
             \n\
             Call          none      no call is on\n\
             Microphone    heard     Jabra Evolve2, -32 dBFS, spoke 2 s ago\n\
             Headset       heard     Jabra Evolve2, -32 dBFS, spoke 2 s ago\n\
             Softphones    off\n\
             Words         off\n\
             Storage       works     2 calls\n\
             Configuration in order  0123456789ab\n"
        );
    }

    #[test]
    fn what_is_missing_comes_with_its_remedy() {
        let mut status = working();
        status.sides.agent = SideStatus {
            state: SideState::Missing,
            why: Some("unplugged".into()),
            remedy: Some("plug it in".into()),
            ..SideStatus::default()
        };
        let text = bare(&page(&status));
        assert!(
            text.contains("Microphone    missing   unplugged\n              to do     plug it in\n"),
            "{text}"
        );
    }

    #[test]
    fn a_pause_and_an_unknown_program_stand_at_the_top() {
        let mut status = working();
        status.pause = Some(PauseStatus { left_s: 42.0, ..PauseStatus::default() });
        status.unknown_programs = vec!["Meet\u{1b}".into()];
        let text = bare(&page(&status));
        let lines: Vec<_> = text.lines().skip(1).take(2).collect();
        assert_eq!(lines[0], "paused: nothing is heard for another 42 s");
        assert!(lines[1].starts_with("Meet\u{fffd} uses microphone and headset"), "{text}");
    }

    #[test]
    fn the_recogniser_tells_how_far_behind_it_is() {
        let busy = RecogniserStatus {
            state: RecogniserState::Busy,
            model: Some("tiny.en-q8_0".into()),
            queue: 2,
            delay_s: Some(0.84),
            after_s: 12.0,
            ..RecogniserStatus::default()
        };
        assert_eq!(
            bare(&recogniser(&busy).text()),
            "Words         busy      tiny.en-q8_0, last text 0.8 s behind, 2 utterances in the queue, \
             12 s wait for after the call\n"
        );
    }

    #[test]
    fn a_call_tells_how_it_stands() {
        let held = CallStatus {
            id: "7".into(),
            elapsed_s: 61.0,
            trigger: "order".into(),
            held: true,
            score: Some(84.4),
            nudges: 1,
            ..CallStatus::default()
        };
        assert_eq!(
            bare(&call(Some(&held)).text()),
            "Call          on hold   number 7, for 1 min 1 s, by order, score 84, 1 nudge\n"
        );
    }
}
