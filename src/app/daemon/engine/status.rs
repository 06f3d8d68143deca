//! The state of things as evidence, for whoever asks.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use super::Engine;
use crate::app::daemon::outlets::words;
use crate::audio::capture::{self, Evidence, Report};
use crate::audio::watch::Watch;
use crate::config::ConfigWatch;
use crate::control::{
    CallStatus, ConfigStatus, Health, PartStatus, PauseStatus, SideState, SideStatus, SidesStatus, Status,
    StoreStatus, VERSION,
};
use crate::core::calls::Trigger;
use crate::core::event::State;
use crate::core::units::{Channel, Nanos, RATE};
use crate::report::names;
use crate::store::Condition;
use crate::surfaces::ladder::{Rung, Surface, choose};
use crate::surfaces::overlay::Overlay;
use crate::surfaces::terminal::Terminal;
use crate::surfaces::{Desk, SurfaceState};

/// What surrounds the analysis and is told of in a status.
pub(in crate::app::daemon) struct Seat {
    /// The watch over softphones.
    pub(in crate::app::daemon) watch: Watch,
    /// The watch over the files of the configuration.
    pub(in crate::app::daemon) files: Option<ConfigWatch>,
    /// Notifications.
    pub(in crate::app::daemon) desk: Arc<Desk>,
    /// The pill.
    pub(in crate::app::daemon) overlay: Arc<Overlay>,
    /// The terminal of `run`.
    pub(in crate::app::daemon) terminal: Arc<Terminal>,
    /// The folder of the database.
    pub(in crate::app::daemon) data: PathBuf,
    /// When all began.
    pub(in crate::app::daemon) since: Timestamp,
    /// See above.
    pub(in crate::app::daemon) started: Instant,
}

impl Seat {
    /// Has the files read again; whether anybody reads them.
    pub(super) fn reload(&self) -> bool {
        self.files.as_ref().map(|files| files.reload()).is_some()
    }
}

impl Engine {
    /// All that there is to tell at this moment.
    pub(in crate::app::daemon) fn status(&self, now: Nanos) -> Status {
        let seat = &self.parts.seat;
        Status {
            version: VERSION.into(),
            pid: std::process::id(),
            since: seat.since.to_string(),
            up_s: seat.started.elapsed().as_secs_f64(),
            stale_s: None,
            agent: self.parts.agent.clone(),
            call: self.call_status(now),
            sides: self.sides(now),
            watcher: self.watcher(),
            unknown_programs: self.unknown.iter().map(|program| program.name.clone()).collect(),
            surfaces: self.surfaces(),
            recogniser: self.recogniser(),
            store: self.store_status(),
            recording: self.parts.record.as_ref().map(|folder| folder.display().to_string()),
            pause: self.pause.map(|until| PauseStatus {
                left_s: until.since(now) as f32 / Nanos::SECOND as f32,
                until: self.on_the_wall(until).to_string(),
            }),
            config: ConfigStatus {
                hash: self.parts.config.hash(),
                error: self.wrong.clone(),
                held: self.held.clone(),
                polled: false,
            },
            hidden: self.hidden,
            quiet: self.quiet || self.parts.config.settings().nudges.quiet,
            snoozed_s: self
                .snoozed
                .filter(|until| now < *until)
                .map(|until| seconds(until.since(now)) as f32),
            counters: self.counted.clone(),
        }
    }

    fn call_status(&self, now: Nanos) -> Option<CallStatus> {
        let running = self.running.as_ref().filter(|running| running.confirmed)?;
        Some(CallStatus {
            id: running.meta.short(),
            began: running.meta.began.to_string(),
            elapsed_s: seconds(now.since(running.call.begin())),
            trigger: trigger(running.meta.trigger).into(),
            program: running.meta.program.as_ref().map(|program| program.name.clone()),
            held: running.held,
            muted: running.muted,
            score: running.call.score(),
            nudges: running.last.nudges,
            incomplete: 0 < self.parts.writer.state().lost,
        })
    }

    fn sides(&self, now: Nanos) -> SidesStatus {
        let evidence = self.parts.capture.status_at(now);
        SidesStatus {
            agent: self.side(now, Channel::Agent, evidence.agent),
            customer: self.side(now, Channel::Customer, evidence.customer),
        }
    }

    fn side(&self, now: Nanos, side: Channel, evidence: Evidence) -> SideStatus {
        let running = self.running.as_ref();
        let health = running.map(|running| running.call.health(side));
        let spoke = running.and_then(|running| {
            running.last.spoke[side].map(|at| seconds(now.since(running.call.moment(at))))
        });
        let verdict = running.map_or(State::Unknown, |running| running.last.states[side]);
        let (state, why) = self.side_state(&evidence, verdict);
        SideStatus {
            state,
            device: evidence.device.as_ref().map(|(_, name)| name.clone()),
            id: evidence.device.as_ref().map(|(id, _)| id.0.clone()),
            rate: evidence.rate,
            frames: evidence.frames,
            last_frame_ms: evidence.last_frame_ms.map(f64::from),
            level_dbfs: evidence.peak.map(|level| level.0),
            last_speech_s: spoke,
            lost_ms: health.map_or(0.0, |h| h.lost.samples() as f64 * 1000.0 / f64::from(RATE)),
            delay_ms: evidence.delay_ms,
            drift_ppm: health.and_then(|h| h.drift_ppm),
            remedy: evidence
                .remedy
                .or_else(|| names::state_remedy(verdict).map(str::to_owned))
                .filter(|_| why.is_some() || evidence.why.is_some()),
            why: evidence.why.or(why),
        }
    }

    fn side_state(&self, evidence: &Evidence, verdict: State) -> (SideState, Option<String>) {
        let judged = |state| (state, Some(names::state_title(verdict).to_owned()));
        if self.pause.is_some() {
            return (SideState::Paused, None);
        }
        match (evidence.state, verdict) {
            (capture::State::Idle, _) => (SideState::Closed, None),
            (capture::State::Opening, _) => (SideState::Opening, None),
            (capture::State::Flowing, State::Leaking | State::SameAudio) => judged(SideState::Leaking),
            (capture::State::Flowing, State::Zeros) => judged(SideState::Silent),
            (capture::State::Flowing, State::Live | State::Unknown | State::Silent | State::Dead) => {
                (SideState::Live, None)
            }
            (capture::State::Silent, _) => (SideState::Dead, None),
            (capture::State::Waiting, _) => (SideState::Missing, None),
            (capture::State::Stopped, _) => (SideState::Refused, None),
        }
    }

    fn watcher(&self) -> PartStatus {
        let name = "softphones".to_owned();
        let on = self.parts.config.calls().detect;
        let why = match self.blind {
            _ if !on => Some("calls are begun by order alone: `calls.detect` is off".to_owned()),
            Some(why) => Some(why.to_string()),
            None => None,
        };
        let health = match (on, self.blind) {
            (false, _) => Health::Off,
            (true, None) if self.parts.calls.sees_programs() => Health::Works,
            (true, None) => Health::Ailing,
            (true, Some(_)) => Health::Missing,
        };
        PartStatus { name, health, why, remedy: None }
    }

    fn surfaces(&self) -> Vec<PartStatus> {
        let (seat, on) = (&self.parts.seat, self.parts.config.surfaces());
        let rungs = [
            Rung { surface: Surface::Overlay, on: on.overlay, state: seat.overlay.state() },
            Rung { surface: Surface::Notification, on: on.notifications, state: seat.desk.state() },
            Rung { surface: Surface::Terminal, on: on.terminal, state: seat.terminal.state() },
        ];
        let choice = choose(&rungs);
        let mut parts: Vec<PartStatus> = rungs.iter().map(part).collect();
        for (part, rung) in parts.iter_mut().zip(&rungs) {
            if choice.surface == Some(rung.surface) {
                part.why = Some(choice.why.clone());
            }
        }
        parts
    }

    fn store_status(&self) -> StoreStatus {
        let state = self.parts.writer.state();
        let (health, why, remedy) = match state.condition {
            Condition::Ok if state.lost == 0 => (Health::Works, None, None),
            Condition::Ok => {
                let why = format!("{} events of this run could not be kept", state.lost);
                (Health::Ailing, Some(why), Some("the calls they belong to are marked incomplete".into()))
            }
            Condition::DiskFull => (
                Health::Missing,
                Some("the disk is full; what comes waits in memory".into()),
                Some("free some space: it is written then by itself".into()),
            ),
            Condition::Failing { why } => {
                (Health::Missing, Some(why), Some("see the log; it is tried again".into()))
            }
        };
        StoreStatus {
            health,
            why,
            remedy,
            last_commit_s: state.since_commit.map(|age| age.as_secs_f64()),
            waiting: state.waiting as u64,
            lost: state.lost,
            size_mb: Some(state.bytes as f64 / 1e6),
            calls: None,
            path: Some(self.parts.seat.data.display().to_string()),
        }
    }
}

fn part(rung: &Rung) -> PartStatus {
    let (health, why, remedy) = match &rung.state {
        _ if !rung.on => (Health::Off, None, None),
        SurfaceState::Works => (Health::Works, None, None),
        SurfaceState::Untried => (Health::Ailing, Some("not tried yet".to_owned()), None),
        SurfaceState::Missing { why, remedy } => (Health::Missing, Some(why.clone()), Some(remedy.clone())),
        SurfaceState::Hung { why, remedy } => (Health::Ailing, Some(why.clone()), Some(remedy.clone())),
    };
    let name = match rung.surface {
        Surface::Overlay => "overlay",
        Surface::Notification => "notifications",
        Surface::Terminal => "terminal",
    };
    PartStatus { name: name.into(), health, why, remedy }
}

fn seconds(nanos: u64) -> f64 {
    nanos as f64 / Nanos::SECOND as f64
}

/// What began a call, for programs.
pub(in crate::app::daemon) const fn trigger(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Streams => "streams",
        Trigger::Order => "order",
        Trigger::Voice => "voice",
    }
}

/// A report in a sentence, where it is worth one, and the way out.
pub(super) fn told(report: &Report) -> (Option<String>, Option<String>) {
    let side = |side: &Channel| match side {
        Channel::Agent => "microphone",
        Channel::Customer => "headset",
    };
    match report {
        Report::Opened { side: which, name, .. } => (Some(format!("{}: {name}", side(which))), None),
        Report::Lost { side: which, why, .. } => {
            (Some(format!("no {}: {why}", side(which))), Some(why.remedy()))
        }
        Report::DefaultChanged { side: which, from, to } => {
            (Some(format!("the default {} is {} now, not {}", side(which), to.0, from.0)), None)
        }
        Report::FormatChanged { side: which, rate } => {
            (Some(format!("the {} runs at {rate} Hz now", side(which))), None)
        }
        Report::Stopped { side: which, why } => {
            (Some(format!("the {} is given up for this call: {why}", side(which))), Some(why.remedy()))
        }
        Report::Slept { nanos } => {
            let slept =
                words::length(crate::core::units::SampleSpan::from_millis(nanos / Nanos::MILLISECOND));
            (Some(format!("the machine slept for {slept}")), None)
        }
    }
}
