//! Figures as they are written: rounded, so that the same bytes come everywhere. It
//! knows no call.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::units::{SampleSpan, SampleTime, Sides};

/// One thing for each side.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Both<T> {
    /// The agent's.
    pub agent: T,
    /// The customer's.
    pub customer: T,
}

/// Milliseconds are enough for times, and keep the same bytes everywhere.
pub(in crate::report) fn seconds(at: SampleTime) -> f64 {
    round(at.seconds(), 3)
}

pub(in crate::report) fn length(span: SampleSpan) -> f64 {
    round(span.seconds(), 3)
}

pub(in crate::report) fn round(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    // Added to zero, no figure is a minus zero.
    (value * scale).round() / scale + 0.0
}

pub(in crate::report) fn figure(value: f32) -> f64 {
    round(f64::from(value), 3)
}

pub(super) fn both<T, U>(sides: &Sides<T>, make: impl Fn(&T) -> U) -> Both<U> {
    Both { agent: make(&sides.agent), customer: make(&sides.customer) }
}
