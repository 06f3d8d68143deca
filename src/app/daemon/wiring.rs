//! All threads and channels of the daemon, each with a size, a reason and a rule
//! for when it is full. Nothing else starts a thread or makes a channel.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, never, select};

use crate::app::daemon::engine::Engine;
use crate::app::daemon::heartbeat;
use crate::app::daemon::recognise::Heard;
use crate::audio::capture::Report;
use crate::audio::watch::Seen;
use crate::config::Reload;
use crate::control::{Asked, Publisher, Status};
use crate::core::units::Nanos;
use crate::surfaces::Answer;

/// How often sound is looked for while it comes in. Each time costs a tenth of a
/// millisecond before the first frame is looked at; a nudge waits for it 30 ms at most.
const DELIVERY: Duration = Duration::from_millis(30);
/// How often it is fetched where nobody waits for it: a ring holds a second.
const FETCH: Duration = Duration::from_millis(250);
/// With nothing to do and nobody waiting for a sign of life.
const FOREVER: Duration = Duration::from_secs(3600);

/// What the analysis listens to.
pub(super) struct Inputs {
    pub(super) asked: Receiver<Asked>,
    pub(super) seen: Receiver<Seen>,
    pub(super) reports: Receiver<Report>,
    pub(super) reloads: Receiver<Reload>,
    pub(super) answers: Receiver<Answer>,
    pub(super) status: Publisher<Status>,
    pub(super) heard: Receiver<Heard>,
    pub(super) wake: Receiver<()>,
}

/// How often the state of things is told to those who watch, while sound comes.
const TELL: Duration = Duration::from_secs(1);

/// Runs the analysis until it is asked to stop.
pub(super) fn analyse(engine: &mut Engine, inputs: &mut Inputs) {
    let beat = heartbeat::interval();
    let (mut told, mut alive) = (Instant::now(), Instant::now());
    engine.look_at_words();
    inputs.status.set(engine.status(engine.now()));
    while !engine.is_stopped() {
        let wait = wait(engine, engine.now(), beat);
        let news = take(engine, inputs, wait);
        engine.advance(engine.now());
        if news || (engine.listens() && TELL <= told.elapsed()) {
            engine.look_at_words();
            inputs.status.set(engine.status(engine.now()));
            told = Instant::now();
        }
        if beat.is_some_and(|beat| beat / 2 <= alive.elapsed()) {
            heartbeat::alive();
            alive = Instant::now();
        }
    }
}

/// Takes the next thing that comes, if one comes in time; whether one did.
fn take(engine: &mut Engine, inputs: &mut Inputs, wait: Duration) -> bool {
    select! {
        recv(inputs.asked) -> asked => match asked {
            Ok(asked) => engine.asked(engine.now(), asked),
            Err(_) => inputs.asked = never(),
        },
        recv(inputs.seen) -> seen => match seen {
            Ok(seen) => engine.seen(engine.now(), &seen),
            Err(_) => inputs.seen = never(),
        },
        recv(inputs.reports) -> report => match report {
            Ok(report) => engine.device(engine.now(), &report),
            Err(_) => inputs.reports = never(),
        },
        recv(inputs.reloads) -> reload => match reload {
            Ok(reload) => engine.reload(engine.now(), reload),
            Err(_) => inputs.reloads = never(),
        },
        recv(inputs.heard) -> heard => match heard {
            Ok(heard) => engine.heard(engine.now(), heard),
            Err(_) => inputs.heard = never(),
        },
        recv(inputs.answers) -> answer => match answer {
            Ok(answer) => engine.answered(engine.now(), answer),
            Err(_) => inputs.answers = never(),
        },
        recv(inputs.wake) -> told => {
            if told.is_err() {
                inputs.wake = never();
            }
            return false;
        },
        default(wait) => return false,
    }
    true
}

/// How long nothing needs to be done.
fn wait(engine: &Engine, now: Nanos, beat: Option<Duration>) -> Duration {
    let delivery = engine.listens().then_some(DELIVERY).or(engine.idles().then_some(FETCH));
    let due = engine.deadline().map(|at| Duration::from_nanos(at.since(now)));
    [delivery, due, beat].into_iter().flatten().min().unwrap_or(FOREVER)
}
