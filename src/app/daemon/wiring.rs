//! All threads and channels of the daemon, each with a size, a reason and a rule
//! for when it is full. Nothing else starts a thread or makes a channel.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, never, select};

use crate::app::daemon::engine::Engine;
use crate::app::daemon::heartbeat;
use crate::audio::capture::{self, Report};
use crate::audio::watch::Seen;
use crate::config::watch::Reload;
use crate::control::Asked;
use crate::core::units::Nanos;
use crate::surfaces::Answer;

/// A frame: how often sound is looked for while it comes in.
const FRAME: Duration = Duration::from_millis(10);
/// With nothing to do and nobody waiting for a sign of life.
const FOREVER: Duration = Duration::from_secs(3600);

/// What the analysis listens to.
pub(super) struct Inputs {
    pub(super) asked: Receiver<Asked>,
    pub(super) seen: Receiver<Seen>,
    pub(super) reports: Receiver<Report>,
    pub(super) reloads: Receiver<Reload>,
    pub(super) answers: Receiver<Answer>,
}

/// Runs the analysis until it is asked to stop.
pub(super) fn analyse(engine: &mut Engine, mut inputs: Inputs) {
    let beat = heartbeat::interval();
    while !engine.is_stopped() {
        let wait = wait(engine, capture::now(), beat);
        select! {
            recv(inputs.asked) -> asked => match asked {
                Ok(asked) => engine.asked(capture::now(), asked),
                Err(_) => inputs.asked = never(),
            },
            recv(inputs.seen) -> seen => match seen {
                Ok(seen) => engine.seen(capture::now(), &seen),
                Err(_) => inputs.seen = never(),
            },
            recv(inputs.reports) -> report => match report {
                Ok(report) => engine.device(&report),
                Err(_) => inputs.reports = never(),
            },
            recv(inputs.reloads) -> reload => match reload {
                Ok(reload) => engine.reload(capture::now(), reload),
                Err(_) => inputs.reloads = never(),
            },
            recv(inputs.answers) -> answer => match answer {
                Ok(answer) => engine.answered(capture::now(), answer),
                Err(_) => inputs.answers = never(),
            },
            default(wait) => (),
        }
        engine.advance(capture::now());
        heartbeat::alive();
    }
}

/// How long nothing needs to be done.
fn wait(engine: &Engine, now: Nanos, beat: Option<Duration>) -> Duration {
    let frame = engine.listens().then_some(FRAME);
    let due = engine.deadline().map(|at| Duration::from_nanos(at.since(now)));
    [frame, due, beat].into_iter().flatten().min().unwrap_or(FOREVER)
}
