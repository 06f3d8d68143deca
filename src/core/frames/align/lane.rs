//! One side on its way from pieces with stamps to its place in the call.

use super::placement::{Placement, Verdict};
use super::queue::Queue;
use super::sinc::Sinc;
use crate::core::frames::Gap;
use crate::core::frames::resample::{MAX_RATE, MIN_RATE};

/// One millisecond, in samples of 16 kHz.
const MS: f64 = 16.0;

/// A side that is late is waited for at least so long: capture through a
/// sound server is 20 to 40 ms old, and twice that on a busy machine.
const PATIENCE: f64 = 150.0 * MS;

/// Added to the age that was seen, for jitter.
const MARGIN: f64 = 40.0 * MS;

/// Nobody waits longer: PulseAudio's largest fragments are 2 s.
const PATIENCE_MOST: f64 = 2_500.0 * MS;

/// Sound in hand whose place is not sure yet is waited for so much longer.
const DOUBT: f64 = 1_000.0 * MS;

/// Each of two spans for which a late delivery is remembered.
const MEMORY: f64 = 15_000.0 * MS;

/// One side.
#[derive(Debug)]
pub(super) struct Lane {
    said: u32,
    placement: Placement,
    sinc: Option<Sinc>,
    held: Vec<f32>,
    pub(super) queue: Queue,
    /// Why time without sound is empty.
    why: Gap,
    gone: bool,
    /// The run's last sound was given out of the filter: what follows begins anew.
    drained: bool,
    /// When the first sound since the last look was captured.
    fresh: Option<f64>,
    ages: [f64; 2],
    turned: f64,
}

impl Lane {
    pub(super) fn new() -> Self {
        Self {
            said: 0,
            placement: Placement::new(0),
            sinc: None,
            held: Vec::new(),
            queue: Queue::default(),
            why: Gap::NoDevice,
            gone: false,
            drained: true,
            fresh: None,
            ages: [0.0; 2],
            turned: 0.0,
        }
    }

    /// The stream was opened anew: nothing is known of its clock.
    pub(super) fn restart(&mut self) {
        self.settle();
        self.placement = Placement::new(self.said);
        (self.sinc, self.drained) = (None, true);
        (self.why, self.gone) = (Gap::NoDevice, false);
        self.ages = [0.0; 2];
    }

    /// No stream is open: its time passes without waiting.
    pub(super) fn gone(&mut self) {
        self.restart();
        self.gone = true;
    }

    /// A piece of sound captured from `at` on.
    pub(super) fn push(&mut self, at: f64, rate: u32, samples: &[f32]) {
        if samples.is_empty() || !(MIN_RATE..=MAX_RATE).contains(&rate) {
            return;
        }
        if rate != self.said {
            self.said = rate;
            self.restart();
        }
        self.gone = false;
        self.fresh = self.fresh.or(Some(at));
        let width = self.width();
        let before = self.held.len() as f64 * width;
        self.held.extend_from_slice(samples);
        let with = self.held.len() as f64 * width;
        let verdict = self.placement.mark(at, before, with, samples.len(), self.expected());
        self.act(verdict);
    }

    /// Samples that the device delivered and that were dropped on our side.
    pub(super) fn skip(&mut self, samples: u64) {
        let placed = self.expected() + self.held.len() as f64 * self.width();
        let next = placed + samples as f64 * self.width();
        self.settle();
        self.placement.skip();
        if self.sinc.is_some() {
            self.begin(next);
        }
    }

    /// Places what is in hand as well as can be, and ends the run.
    pub(super) fn settle(&mut self) {
        if !self.held.is_empty() {
            let verdict = self.placement.settle();
            self.act(verdict);
        }
        self.flush();
    }

    fn act(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Wait => return,
            Verdict::Flow if self.drained => self.begin(self.expected()),
            Verdict::Flow => (),
            Verdict::Start(place) => self.begin(place),
        }
        let (Some(sinc), queue) = (&mut self.sinc, &mut self.queue) else { return };
        sinc.set_excess(self.placement.excess());
        sinc.push(&self.held, |at, sample| queue.put(at, sample));
        self.held.clear();
        self.why = Gap::Lost;
    }

    fn begin(&mut self, place: f64) {
        self.flush();
        let rate = self.placement.rate();
        let sinc = match self.sinc.take() {
            Some(sinc) if sinc.rate() == rate => sinc,
            Some(_) | None => Sinc::new(rate),
        };
        self.drained = false;
        let sinc = self.sinc.insert(sinc);
        sinc.set_excess(self.placement.excess());
        sinc.begin(place);
        self.queue.open(self.why);
    }

    /// Time passes without its sound: what is in the filter is all there is.
    pub(super) fn flush(&mut self) {
        if self.drained {
            return;
        }
        self.drained = true;
        let queue = &mut self.queue;
        if let Some(sinc) = &mut self.sinc {
            sinc.flush(|at, sample| queue.put(at, sample));
        }
    }

    fn expected(&self) -> f64 {
        self.sinc.as_ref().map_or(0.0, Sinc::expected)
    }

    fn width(&self) -> f64 {
        let said = f64::from(self.said.max(1));
        self.sinc.as_ref().map_or(16_000.0 / said, Sinc::width)
    }

    /// Learns how old sound is when it arrives. `now` on the call's clock.
    pub(super) fn look(&mut self, now: f64) {
        if MEMORY <= now - self.turned {
            self.ages = [0.0, self.ages[0]];
            self.turned = now;
        }
        if let Some(at) = self.fresh.take() {
            self.ages[0] = self.ages[0].max(now - at);
        }
    }

    /// How long its sound is waited for, in samples.
    pub(super) fn patience(&self) -> f64 {
        if self.gone {
            return 0.0;
        }
        let age = self.ages[0].max(self.ages[1]) + MARGIN;
        let doubt = if self.held.is_empty() { 0.0 } else { DOUBT };
        (age.clamp(PATIENCE, PATIENCE_MOST)) + doubt
    }

    /// Why time that passes without sound is empty.
    pub(super) fn why(&self) -> Gap {
        self.why
    }

    pub(super) fn placement(&self) -> &Placement {
        &self.placement
    }
}
