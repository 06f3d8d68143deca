//! Many calls at a glance: a day, and the way of an agent over weeks. All of it
//! is plain arithmetic on calls that were measured before. Never measures
//! anything itself, never puts figures of different settings into one number,
//! and never says what somebody might feel.

pub mod agent;
pub mod day;
mod entry;
pub mod export;
pub(in crate::report) mod figures;
pub mod import;
mod merge;
mod wall;

pub use entry::{
    CallState, Costly, CustomerRef, Entry, Figures, Incidents, Meta, Nudged, PartFigure, Raised, ShortId,
};
pub use merge::merge;
pub use wall::Wall;

/// What stands under every review.
pub const FOOT: &str = "Arithmetic of conduct on calls, not a judgement of a person, and not made for \
                        employment decisions. Figures made with other settings are not comparable.";
