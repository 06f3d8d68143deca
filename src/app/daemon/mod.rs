//! The daemon: capture, detection, measures, nudges, storage and control,
//! strung together.

pub mod process;
