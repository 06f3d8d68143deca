//! What the core may not do while a call is on: ask for memory. The tap's side
//! of it is one copy; here it is the measuring of every frame.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

#[expect(dead_code, reason = "only the samples are needed here")]
mod support;

use evenkeel::core::pipeline::{Past, Pipeline, Settings};

/// Allocations while the samples from `from` s to `to` s go through, in frames
/// of 10 ms, after everything before them.
fn allocations(call: &support::Call, from: usize, to: usize) -> u64 {
    let mut pipeline = Pipeline::new(Settings::default(), Past::default());
    // The caller's list of events belongs to the caller, who may reuse it.
    let mut events = Vec::with_capacity(100_000);
    let mut push = |from: usize, to: usize| {
        for at in (from * 16_000..to * 16_000).step_by(160) {
            let frame = at..at + 160;
            pipeline.push(&call.agent[frame.clone()], &call.customer[frame], &mut events);
        }
    };
    push(0, from);
    allocation_counter::measure(|| push(from, to)).count_total
}

#[test]
fn measuring_a_frame_allocates_nothing_once_the_echo_canceller_sleeps() {
    // It sleeps once the customer was not heard in the microphone for a while.
    let call = support::sample();
    assert_eq!(allocations(&call, 110, 140), 0);
}

#[test]
fn while_it_is_awake_only_the_canceller_allocates_and_not_more_each_time() {
    let call = support::sample();
    let per_frame = |from, to| allocations(&call, from, to) as f64 / (to - from) as f64 / 100.0;
    let (early, later) = (per_frame(5, 10), per_frame(10, 20));
    assert!(early < 40.0 && later < 40.0, "{early} then {later} a frame");
}
