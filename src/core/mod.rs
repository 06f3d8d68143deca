//! The measuring core: plain functions over samples. No thread, no clock, no
//! file, no log, no randomness; nothing outside this folder is imported.

pub mod activity;
pub mod frames;
pub mod turns;
pub mod units;
