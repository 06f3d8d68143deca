//! Models as files: whole ones are taken, and each way of being damaged is told
//! by its name before any library sees the file.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

#[path = "support/ggml.rs"]
mod ggml;

#[path = "models/damaged.rs"]
mod damaged;
