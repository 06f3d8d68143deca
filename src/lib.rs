//! Evenkeel measures how an agent speaks on a two-channel call (pace, level,
//! interruptions, pauses) against the agent's own normal, and decides when a
//! discreet nudge helps.
//!
//! Everything flows one way: audio, frames, activity, turns, measures, nudges,
//! summary, report. `docs/architecture.md` is the map; `tests/layers.rs` holds
//! it. The core never reads a clock, a file or a random number: the same
//! samples give the same events.

pub mod app;
pub mod audio;
pub mod config;
pub mod control;
pub mod core;
pub mod report;
pub mod store;
pub mod surfaces;
pub mod transcript;
