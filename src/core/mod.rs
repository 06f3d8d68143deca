//! The measuring core: plain functions over samples. No thread, no clock, no
//! file, no log, no randomness; nothing outside this folder is imported.

pub mod activity;
pub mod after;
pub mod calls;
pub mod cues;
pub mod event;
pub mod frames;
pub mod language;
pub mod measures;
pub mod moments;
pub mod nudges;
pub mod pipeline;
pub mod private;
pub mod score;
pub mod summary;
pub mod tally;
pub mod transcript;
pub mod turns;
pub mod units;
pub mod words;
