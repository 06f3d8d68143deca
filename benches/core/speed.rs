//! How fast a call is measured, and what a frame of 10 ms costs.

use std::error::Error;

use evenkeel::audio::{Chunk, Source};
use evenkeel::core::pipeline::{Past, Pipeline, Settings};
use evenkeel::core::units::RATE;
use serde::Serialize;

use crate::calls::{self, Call};
use crate::clock;
use crate::figures::{median, percentile};

/// Room for the events of one push; the caller's list, so not the core's cost.
const EVENTS: usize = 4_096;

/// One state of the core.
#[derive(Serialize)]
pub(crate) struct Speed {
    /// Seconds of call in a second on one core.
    pub(crate) times_real_time: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) max_us: f64,
    pub(crate) allocations_per_frame: f64,
}

/// The echo canceller awake: the customer is in the microphone throughout.
pub(crate) fn awake(call: &Call, runs: usize) -> Speed {
    measure(&call.leaking(), runs, false)
}

/// The echo canceller asleep: measured from the second time round, when it has
/// found for a whole call that there is nothing to cancel.
pub(crate) fn asleep(call: &Call, runs: usize) -> Speed {
    measure(call, runs, true)
}

fn measure(call: &Call, runs: usize, second_time: bool) -> Speed {
    let begun = || {
        let mut listener = Listener::new();
        if second_time {
            listener.hear(call);
        }
        listener
    };
    let mut totals: Vec<_> = (0..runs).map(|_| times_real_time(call, &mut begun())).collect();
    let mut frames: Vec<_> = (0..runs).flat_map(|_| begun().hear_frame_by_frame(call)).collect();
    Speed {
        times_real_time: median(&mut totals),
        p50_us: percentile(&mut frames, 50.0),
        p99_us: percentile(&mut frames, 99.0),
        max_us: percentile(&mut frames, 100.0),
        allocations_per_frame: begun().allocations(call),
    }
}

fn times_real_time(call: &Call, listener: &mut Listener) -> f64 {
    let ((), seconds) = clock::timed(|| listener.hear(call));
    length(call) / seconds
}

/// The length of a call in seconds.
pub(crate) fn length(call: &Call) -> f64 {
    call.agent.len() as f64 / f64::from(RATE)
}

/// A core and the list it writes to.
struct Listener {
    pipeline: Pipeline,
    events: Vec<evenkeel::core::event::Event>,
}

impl Listener {
    fn new() -> Self {
        let pipeline = Pipeline::new(Settings::default(), Past::default());
        Self { pipeline, events: Vec::with_capacity(EVENTS) }
    }

    fn frame(&mut self, agent: &[f32], customer: &[f32]) {
        self.events.clear();
        self.pipeline.push(agent, customer, &mut self.events);
    }

    fn hear(&mut self, call: &Call) {
        call.frames().for_each(|(agent, customer)| self.frame(agent, customer));
    }

    /// The cost of every frame, in microseconds.
    fn hear_frame_by_frame(&mut self, call: &Call) -> Vec<f64> {
        let cost = |(agent, customer)| clock::timed(|| self.frame(agent, customer)).1 * 1e6;
        call.frames().map(cost).collect()
    }

    fn allocations(&mut self, call: &Call) -> f64 {
        let counted = allocation_counter::measure(|| self.hear(call));
        counted.count_total as f64 / call.frames().count() as f64
    }
}

/// Seconds on the processor for decoding the recording and measuring it, once.
pub(crate) fn decode_and_measure() -> Result<f64, Box<dyn Error>> {
    let (done, seconds) = clock::timed(|| -> Result<_, Box<dyn Error>> {
        let (mut audio, mut chunk) = (calls::open()?, Chunk::default());
        let mut listener = Listener::new();
        while audio.next(&mut chunk)? {
            listener.frame(&chunk.agent, &chunk.customer);
        }
        Ok(listener.pipeline.finish(&mut listener.events))
    });
    done.map(|_| seconds)
}
