//! One side's way from a wish to a stream that flows, and back whenever
//! something breaks. Pure state: it is told what is so and when, and answers
//! with what is to be asked of the sound system and what is to be said.

use super::device::{DEFAULT, Device, choose};
use super::error::{CaptureError, Next, Tenths};
use super::report::{Report, State};
use crate::core::units::{Channel, Nanos};

/// Between two looks at the devices: unplugging shows within it.
const LOOK: u64 = Nanos::SECOND;
/// A microphone that delivers nothing for so long is opened anew.
const STALL: u64 = 1_500 * Nanos::MILLISECOND;
/// The first sound may take so long: an idle device starts in up to 2 s.
const FIRST: u64 = 3 * Nanos::SECOND;
/// The rate of a Bluetooth device must stay the same for so long.
const STABLE: u64 = 500 * Nanos::MILLISECOND;
/// ... and its first sound is dropped, in ms.
const SETTLE_MS: u64 = 300;
/// Rebuilds of a stream that delivers nothing, before it is given up.
const REBUILDS: u32 = 2;
/// A stream that flowed for so long is no broken one.
const SOUND: u64 = 30 * Nanos::SECOND;
/// Least and most time between two tries.
const BACK_OFF: (u64, u64) = (Nanos::SECOND, 30 * Nanos::SECOND);
/// After a device vanished, sound of this long before may be of another one.
pub(super) const DOUBTFUL: u64 = Nanos::SECOND;

/// What the sound system is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask {
    Look,
    Open {
        device: Device,
        settle_ms: u64,
    },
    /// The sound since then, if any, is not to be trusted.
    Close {
        doubtful: Option<Nanos>,
    },
}

/// What it answered.
#[derive(Debug)]
pub(super) enum Came {
    Devices(Result<Vec<Device>, CaptureError>),
    Opened(Result<(), CaptureError>),
    Fault(CaptureError),
    /// A call did not come back; its thread was left behind.
    Hung,
}

/// What a step leads to.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) asks: Vec<Ask>,
    pub(super) reports: Vec<Report>,
}

#[derive(Clone, Debug)]
enum Stage {
    Idle,
    Looking,
    /// A Bluetooth device that may still be changing its profile.
    Settling(Box<Device>, Nanos),
    Opening(Box<Device>),
    Flowing(Box<Flow>),
    Waiting(Nanos),
    Stopped,
}

#[derive(Clone, Debug)]
struct Flow {
    device: Device,
    since: Nanos,
    frames: u64,
    moved: Nanos,
    looked: Nanos,
    looking: bool,
    silent: bool,
}

impl Flow {
    fn begun(device: Device, now: Nanos) -> Self {
        Self { device, since: now, frames: 0, moved: now, looked: now, looking: false, silent: false }
    }

    /// Whether sound came since the last time.
    fn heard(&mut self, now: Nanos, frames: u64) -> bool {
        let came = self.frames != frames;
        if came {
            (self.frames, self.moved, self.silent) = (frames, now, false);
        }
        came
    }

    /// Whether it flowed for so long that what was before no longer counts.
    fn is_sound(&self, now: Nanos) -> bool {
        SOUND <= now.since(self.since) && !self.silent
    }

    /// Whether the devices are to be looked at again; once for each answer.
    fn look_is_due(&mut self, now: Nanos) -> bool {
        let due = LOOK <= now.since(self.looked) && !self.looking;
        self.looking |= due;
        due
    }

    /// That nothing came for too long, if so.
    fn stalled(&mut self, now: Nanos) -> Option<CaptureError> {
        let patience = if self.frames == 0 { FIRST } else { STALL };
        let quiet = now.since(self.moved);
        self.silent |= patience <= quiet;
        let for_s = Tenths(quiet / (Nanos::SECOND / 10));
        self.silent.then(|| CaptureError::Stalled { device: self.device.name.clone(), for_s })
    }
}

/// One side.
#[derive(Debug)]
pub(super) struct Line {
    side: Channel,
    wish: String,
    stage: Stage,
    trouble: Option<CaptureError>,
    failures: u32,
    rebuilds: u32,
    /// A device was lost or changed: the next one may still be settling.
    shaken: bool,
    /// The device as it was last seen, for a second look at its rate.
    seen: Option<Device>,
}

impl Line {
    pub(super) fn new(side: Channel, wish: &str) -> Self {
        Self {
            side,
            wish: wish.to_owned(),
            stage: Stage::Idle,
            trouble: None,
            failures: 0,
            rebuilds: 0,
            shaken: false,
            seen: None,
        }
    }

    /// Whether it needs no attention until it is wanted.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Idle | Stage::Stopped)
    }

    pub(super) fn state(&self) -> State {
        match &self.stage {
            Stage::Idle => State::Idle,
            Stage::Looking if self.trouble.is_some() => State::Waiting,
            Stage::Looking | Stage::Settling(..) | Stage::Opening(_) => State::Opening,
            Stage::Flowing(flow) if flow.silent || flow.frames == 0 => State::Silent,
            Stage::Flowing(_) => State::Flowing,
            Stage::Waiting(_) => State::Waiting,
            Stage::Stopped => State::Stopped,
        }
    }

    pub(super) fn device(&self) -> Option<&Device> {
        match &self.stage {
            Stage::Flowing(flow) => Some(&flow.device),
            Stage::Opening(device) | Stage::Settling(device, _) => Some(device),
            Stage::Idle | Stage::Looking | Stage::Waiting(_) | Stage::Stopped => None,
        }
    }

    /// The device that is meant, as it was asked for.
    pub(super) fn wish(&self) -> &str {
        &self.wish
    }

    pub(super) fn trouble(&self) -> Option<&CaptureError> {
        self.trouble.as_ref()
    }

    /// It is to be open, or not.
    pub(super) fn want(&mut self, wanted: bool, steps: &mut Steps) {
        match (&self.stage, wanted) {
            (Stage::Idle | Stage::Stopped, true) => self.begin(steps),
            (Stage::Idle, false) => (),
            (_, false) => {
                self.close(None, steps);
                self.stage = Stage::Idle;
                (self.trouble, self.shaken) = (None, false);
            }
            (_, true) => (),
        }
    }

    /// Another setting: reopened only if it changed.
    pub(super) fn set(&mut self, wish: &str, steps: &mut Steps) {
        if wish == self.wish {
            return;
        }
        wish.clone_into(&mut self.wish);
        self.rebuild(steps);
    }

    /// Everything about the stream is to be made anew.
    pub(super) fn rebuild(&mut self, steps: &mut Steps) {
        if !matches!(self.stage, Stage::Idle) {
            self.close(None, steps);
            self.begin(steps);
        }
    }

    fn begin(&mut self, steps: &mut Steps) {
        (self.failures, self.rebuilds) = (0, 0);
        self.look(steps);
    }

    fn look(&mut self, steps: &mut Steps) {
        self.stage = Stage::Looking;
        steps.asks.push(Ask::Look);
    }

    fn close(&mut self, doubtful: Option<Nanos>, steps: &mut Steps) {
        if matches!(self.stage, Stage::Flowing(_) | Stage::Opening(_)) {
            steps.asks.push(Ask::Close { doubtful });
        }
    }

    /// The sound system answered.
    pub(super) fn came(&mut self, now: Nanos, came: Came, steps: &mut Steps) {
        if matches!(self.stage, Stage::Idle | Stage::Stopped) {
            return;
        }
        match came {
            Came::Devices(Ok(devices)) => self.found(now, &devices, steps),
            Came::Devices(Err(why)) | Came::Opened(Err(why)) => self.fail(now, why, None, steps),
            Came::Fault(why) => {
                let moved = matches!(why, CaptureError::Gone { .. });
                self.fail(now, why, moved.then(|| back(now)), steps);
            }
            Came::Opened(Ok(())) => self.opened(now, steps),
            Came::Hung => self.fail(now, CaptureError::Hung, None, steps),
        }
    }

    fn found(&mut self, now: Nanos, devices: &[Device], steps: &mut Steps) {
        let chosen = choose(devices, &self.wish, self.side).cloned();
        match (self.stage.clone(), chosen) {
            (Stage::Flowing(flow), chosen) => self.still_there(now, *flow, devices, chosen, steps),
            (Stage::Looking, Ok(device)) => self.open(now, device, steps),
            (Stage::Looking | Stage::Settling(..), Err(why)) => self.fail(now, why, None, steps),
            (
                Stage::Settling(..) | Stage::Opening(_) | Stage::Waiting(_) | Stage::Idle | Stage::Stopped,
                _,
            ) => (),
        }
    }

    /// Opens it, once it has stayed the same where it may be changing.
    fn open(&mut self, now: Nanos, device: Device, steps: &mut Steps) {
        let settling = self.shaken && device.bluetooth;
        if settling && self.seen.as_ref() != Some(&device) {
            self.seen = Some(device.clone());
            self.stage = Stage::Settling(Box::new(device), Nanos(now.0 + STABLE));
            return;
        }
        let settle_ms = if settling { SETTLE_MS } else { 0 };
        steps.asks.push(Ask::Open { device: device.clone(), settle_ms });
        self.stage = Stage::Opening(Box::new(device));
    }

    fn opened(&mut self, now: Nanos, steps: &mut Steps) {
        let Stage::Opening(device) = &self.stage else { return };
        let device = Device::clone(device);
        steps.reports.push(Report::Opened {
            side: self.side,
            id: device.id.clone(),
            name: device.name.clone(),
        });
        (self.seen, self.shaken) = (None, false);
        self.stage = Stage::Flowing(Box::new(Flow::begun(device, now)));
    }

    /// A look while it flows: is it still the device that is meant?
    fn still_there(
        &mut self,
        now: Nanos,
        mut flow: Flow,
        devices: &[Device],
        chosen: Result<Device, CaptureError>,
        steps: &mut Steps,
    ) {
        (flow.looked, flow.looking) = (now, false);
        let used = flow.device.clone();
        let there = devices.iter().any(|d| d.id == used.id);
        match chosen {
            Ok(device) if there && device.id == used.id => {
                if (device.rate, device.channels) == (used.rate, used.channels) {
                    self.stage = Stage::Flowing(Box::new(flow));
                } else {
                    steps.reports.push(Report::FormatChanged { side: self.side, rate: device.rate });
                    self.move_to(now, device, None, steps);
                }
            }
            Ok(device) => {
                if self.wish == DEFAULT {
                    let (from, to) = (used.id, device.id.clone());
                    steps.reports.push(Report::DefaultChanged { side: self.side, from, to });
                }
                self.move_to(now, device, (!there).then(|| back(now)), steps);
            }
            Err(_) if !there => {
                self.fail(now, CaptureError::Gone { device: used.name }, Some(back(now)), steps);
            }
            Err(why) => self.fail(now, why, None, steps),
        }
    }

    fn move_to(&mut self, now: Nanos, device: Device, doubtful: Option<Nanos>, steps: &mut Steps) {
        self.shaken = true;
        self.close(doubtful, steps);
        self.open(now, device, steps);
    }

    /// Something is wrong: say so once, and try again later.
    fn fail(&mut self, now: Nanos, why: CaptureError, doubtful: Option<Nanos>, steps: &mut Steps) {
        self.close(doubtful, steps);
        self.shaken = true;
        let wait = match why.next() {
            Next::Wait | Next::Tell => LOOK,
            Next::Retry => self.back_off(),
        };
        self.stage = Stage::Waiting(Nanos(now.0 + wait));
        if self.trouble.as_ref() != Some(&why) {
            steps.reports.push(Report::Lost { side: self.side, why: why.clone(), doubtful });
        }
        self.trouble = Some(why);
    }

    fn back_off(&mut self) -> u64 {
        let wait = BACK_OFF.0 << self.failures.min(5);
        self.failures += 1;
        wait.min(BACK_OFF.1)
    }

    /// Time passes. `frames` came so far through the open stream; `other` says
    /// whether the other side flows.
    pub(super) fn tick(&mut self, now: Nanos, frames: u64, other: bool, steps: &mut Steps) {
        match &mut self.stage {
            Stage::Idle | Stage::Looking | Stage::Opening(_) | Stage::Stopped => (),
            Stage::Waiting(until) | Stage::Settling(_, until) => {
                if *until <= now {
                    self.look(steps);
                }
            }
            Stage::Flowing(flow) => {
                if flow.heard(now, frames) {
                    // Only sound proves that the trouble is over.
                    self.trouble = None;
                }
                if flow.is_sound(now) {
                    (self.failures, self.rebuilds) = (0, 0);
                }
                if flow.look_is_due(now) {
                    steps.asks.push(Ask::Look);
                }
                let stalled = flow.stalled(now);
                // What is heard by opening an output idles while nothing plays.
                let must_flow = self.side == Channel::Agent || (other && !flow.device.loops);
                if let Some(why) = stalled.filter(|_| must_flow) {
                    self.stalled(now, why, steps);
                }
            }
        }
    }

    fn stalled(&mut self, now: Nanos, why: CaptureError, steps: &mut Steps) {
        if self.rebuilds < REBUILDS {
            self.rebuilds += 1;
            self.fail(now, why, None, steps);
            self.look(steps);
            return;
        }
        self.close(None, steps);
        self.stage = Stage::Stopped;
        self.trouble = Some(why.clone());
        steps.reports.push(Report::Stopped { side: self.side, why });
    }
}

/// From when on sound may be of another device, if it vanished by `now`.
fn back(now: Nanos) -> Nanos {
    now.moved(-(DOUBTFUL as i64))
}

#[cfg(test)]
mod tests;
