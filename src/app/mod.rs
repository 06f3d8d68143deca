//! Puts the parts together: command line, wiring, exits.

pub mod cli;
pub mod exit;
