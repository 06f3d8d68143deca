//! Who speaks, frame by frame. Each side is judged by its own gate; what the
//! microphone hears of the customer is cancelled first where there is such a
//! leak. The two sides are never mixed.
//!
//! Frames come in order; their verdict follows 40 ms later (110 ms where the
//! cancelled microphone decides) and is final another 140 ms after that.

pub mod canceller;
pub mod ear;
pub mod echo;
pub mod gate;
pub mod likeness;
pub mod liveness;
pub mod stats;
pub mod steady;
pub mod track;

use crate::core::activity::canceller::{Canceller, DELAY_FRAMES};
use crate::core::activity::ear::{Ear, Heard, SILENCE_DB};
use crate::core::activity::echo::{Echo, Evidence, Route};
use crate::core::activity::gate::{Background, Gate, Levels, SETTLE};
use crate::core::activity::track::Track;
use crate::core::frames::Frame;
use crate::core::units::{Channel, FRAME, Sides};

/// Settings of the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Settings {
    /// The gate of each side.
    pub gate: Sides<gate::Settings>,
    /// What is done about a leak.
    pub echo: echo::Settings,
}

/// Frames whose levels are remembered.
const HISTORY: u64 = 128;

/// A ring of one value per frame.
#[derive(Clone, Copy, Debug)]
struct PerFrame<T> {
    values: [T; HISTORY as usize],
}

impl<T: Copy> PerFrame<T> {
    const fn new(value: T) -> Self {
        Self { values: [value; HISTORY as usize] }
    }

    fn set(&mut self, frame: u64, value: T) {
        self.values[(frame % HISTORY) as usize] = value;
    }

    const fn get(&self, frame: u64) -> T {
        self.values[(frame % HISTORY) as usize]
    }
}

/// One signal: what is heard in it and when it is speech.
#[derive(Debug)]
struct Listener {
    ear: Ear,
    gate: Gate,
    level: PerFrame<f32>,
    heard: u64,
}

impl Listener {
    fn new(settings: gate::Settings) -> Self {
        Self { ear: Ear::new(), gate: Gate::new(settings), level: PerFrame::new(SILENCE_DB), heard: 0 }
    }

    fn push(&mut self, samples: &[f32; FRAME], present: bool) -> Option<Heard> {
        let heard = self.ear.push(samples)?;
        self.level.set(self.heard, heard.level);
        self.heard += 1;
        self.gate.push(present.then_some(heard));
        Some(heard)
    }

    fn skip(&mut self) {
        self.ear.skip();
        self.level.set(self.heard, SILENCE_DB);
        self.heard += 1;
        self.gate.push(None);
    }
}

/// Frames by which the cancelled microphone lags behind the raw one.
const CANCELLED_LAG: u64 = DELAY_FRAMES + 1;

/// A leak may sound this long after the customer frame it comes from (150 ms),
/// or this long before it where the loopback is captured late (80 ms).
const LEAK_AFTER: u64 = 15;
const LEAK_BEFORE: u64 = 8;

/// Frames of the agent are rarely further below their usual level than this, dB.
const OWN_DEPTH: f32 = 8.0;

/// The stage.
#[derive(Debug)]
pub struct Activity {
    sides: Sides<Listener>,
    canceller: Canceller,
    linear: Listener,
    suppressed: Gate,
    suppressed_band: ear::Filter,
    suppressed_level: f32,
    echo: Echo,
    missing: PerFrame<bool>,
    /// The agent's settled frames.
    agent: Track,
}

impl Activity {
    /// Nothing heard yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            sides: settings.gate.map(Listener::new),
            canceller: Canceller::new(),
            linear: Listener::new(settings.gate.agent),
            suppressed: Gate::new(settings.gate.agent),
            suppressed_band: ear::Filter::new(ear::SPEECH_BAND),
            suppressed_level: SILENCE_DB,
            echo: Echo::new(settings.echo),
            missing: PerFrame::new(false),
            agent: Track::default(),
        }
    }

    /// The same where the background of the microphone is known.
    pub fn warm(settings: Settings, microphone: Option<Background>) -> Self {
        let mut new = Self::new(settings);
        if let Some(known) = microphone {
            new.sides.agent.gate = Gate::warm(settings.gate.agent, known);
        }
        new
    }

    /// Changes the settings from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.sides.agent.gate.set(settings.gate.agent);
        self.sides.customer.gate.set(settings.gate.customer);
        self.linear.gate.set(settings.gate.agent);
        self.suppressed.set(settings.gate.agent);
        self.echo.set(settings.echo);
    }

    /// Takes the next frame.
    pub fn push(&mut self, frame: &Frame) {
        self.missing.set(frame.index, frame.sides.agent.missing.is_some());
        for side in Channel::BOTH {
            let half = &frame.sides[side];
            self.sides[side].push(&half.samples, half.missing.is_none());
        }
        self.cancel(frame);
        self.settle();
    }

    fn cancel(&mut self, frame: &Frame) {
        let (mic, far) = (&frame.sides.agent.samples, &frame.sides.customer.samples);
        if self.echo.asleep() {
            self.canceller.rest(mic);
            self.linear.skip();
            self.suppressed.push(None);
            return;
        }
        let out = self.canceller.push(mic, far);
        let level = ear::level_db(self.suppressed_band.power(&out.suppressed));
        let before = std::mem::replace(&mut self.suppressed_level, level);
        // The canceller's first frames belong to no frame of the call.
        let Some(index) = frame.index.checked_sub(CANCELLED_LAG) else { return };
        let present = !self.missing.get(index);
        if let Some(heard) = self.linear.push(&out.linear, present) {
            self.suppressed.push(present.then_some(Heard { level: before, score: heard.score }));
        }
    }

    /// Fixes the agent's frames that can no longer change, and learns from them.
    fn settle(&mut self) {
        while self.agent.len() + SETTLE < self.judged(Channel::Agent) {
            let frame = self.agent.len();
            self.agent.push(self.agent_now(frame));
            self.learn(frame);
        }
    }

    fn learn(&mut self, frame: u64) {
        if self.missing.get(frame) || !self.sides.customer.gate.track().get(frame) {
            return;
        }
        let cancelled = !self.echo.asleep() && frame < self.linear.heard;
        let customer = self.sides.customer.gate.levels();
        self.echo.learn(&Evidence {
            microphone: loudest(&self.sides.agent, frame.saturating_sub(LEAK_BEFORE), frame + LEAK_AFTER),
            background: self.sides.agent.gate.levels().edge,
            cancelled: cancelled.then(|| self.linear.level.get(frame)),
            reference: self.reference(frame),
            customer: self.sides.customer.level.get(frame),
            usual: customer.usual.unwrap_or(SILENCE_DB),
            agent: self.agent.get(frame),
        });
    }

    /// Loudest customer frame whose leak may sound in `frame`, dB.
    pub fn reference(&self, frame: u64) -> f32 {
        loudest(&self.sides.customer, frame.saturating_sub(LEAK_AFTER), frame + LEAK_BEFORE)
    }

    /// The agent's frame as it looks at the moment.
    fn agent_now(&self, frame: u64) -> bool {
        match self.echo.route() {
            Route::Raw => self.sides.agent.gate.track().get(frame),
            Route::Cancelled => {
                self.linear.gate.track().get(frame)
                    && (self.suppressed.track().get(frame) || self.stands_out(frame))
            }
        }
    }

    /// Whether the cancelled microphone is too loud for what remains of the
    /// customer in it; while that is unknown, whether it is as loud as the
    /// agent usually is.
    fn stands_out(&self, frame: u64) -> bool {
        let level = self.linear.level.get(frame);
        let usual = self.linear.gate.levels().usual;
        self.echo.over_residue(level, self.reference(frame))
            || self.echo.coupling().is_none() && usual.is_some_and(|usual| usual - OWN_DEPTH < level)
    }

    /// Frames of a side on which there is a verdict, though the newest
    /// [`SETTLE`] of them may still change.
    pub fn judged(&self, side: Channel) -> u64 {
        match (side, self.echo.route()) {
            (Channel::Agent, Route::Cancelled) => self.linear.gate.track().len().max(self.agent.len()),
            (Channel::Agent, Route::Raw) => self.sides.agent.gate.track().len(),
            (Channel::Customer, _) => self.sides.customer.gate.track().len(),
        }
    }

    /// Frames whose verdict is final on both sides.
    pub fn settled(&self) -> u64 {
        self.agent.len().min(self.judged(Channel::Customer).saturating_sub(SETTLE))
    }

    /// Whether `side` speaks in `frame`.
    pub fn speaks(&self, side: Channel, frame: u64) -> bool {
        match side {
            Channel::Customer => self.sides.customer.gate.track().get(frame),
            Channel::Agent if frame < self.agent.len() => self.agent.get(frame),
            Channel::Agent => self.agent_now(frame),
        }
    }

    /// Level of `side` in the speech band in one of the last frames, dB.
    pub fn level(&self, side: Channel, frame: u64) -> f32 {
        self.sides[side].level.get(frame)
    }

    /// Noise floor, edge of the background and usual speech level of a side.
    pub fn levels(&self, side: Channel) -> Levels {
        let raw = self.sides[side].gate.levels();
        match (side, self.echo.route()) {
            (Channel::Agent, Route::Cancelled) => Levels { usual: self.linear.gate.levels().usual, ..raw },
            _ => raw,
        }
    }

    /// The leak and what is done about it.
    pub const fn echo(&self) -> &Echo {
        &self.echo
    }
}

/// The microphone while no call is on: how the room sounds, and nothing else.
#[derive(Debug)]
pub struct Room(Listener);

impl Room {
    /// Nothing heard yet.
    pub fn new(settings: Settings) -> Self {
        Self(Listener::new(settings.gate.agent))
    }

    /// Takes the next frame.
    pub fn push(&mut self, frame: &Frame) {
        let half = &frame.sides.agent;
        self.0.push(&half.samples, half.missing.is_none());
    }

    /// The background of the last ten seconds, once it is known.
    pub fn background(&self) -> Option<Background> {
        self.0.gate.background()
    }
}

/// Loudest of the frames `from` to `to` that have been heard, dB.
fn loudest(listener: &Listener, from: u64, to: u64) -> f32 {
    let last = to.min(listener.heard.saturating_sub(1));
    (from..=last).map(|f| listener.level.get(f)).fold(SILENCE_DB, f32::max)
}
