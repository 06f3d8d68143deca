//! Which nudge is shown, when, and why the others are not. Fed by events and
//! ten readings a second alone, so that every decision can be replayed from
//! what was stored.

pub mod conditions;
pub mod pacing;
pub mod policy;
pub mod spoken;

pub use crate::core::event::{
    Cleared, Decision, Evidence, KINDS, Kind, Outcome, Quantity, Reading, Reason, Variant,
};
