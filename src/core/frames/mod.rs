//! From samples in chunks of any size to 10 ms frames.

pub mod resample;
