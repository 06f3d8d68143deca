//! Puts the parts together: command line, wiring, exits.

pub mod analyse;
pub mod baselines;
pub mod cli;
pub mod daemon;
pub mod doctor;
pub mod exit;
pub mod folders;
pub mod live;
pub mod plain;
pub mod recall;
pub mod recognise;
pub mod recording;
pub mod refold;
pub mod replay;
pub mod write;
