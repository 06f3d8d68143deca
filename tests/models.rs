//! Models as files: whole ones are taken, and each way of being damaged is told
//! by its name before any library sees the file.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a failing test panics")]

#[path = "support/ct2.rs"]
mod ct2;
#[path = "support/ggml.rs"]
mod ggml;

#[path = "models/convert.rs"]
mod convert;
#[path = "models/damaged.rs"]
mod damaged;
#[cfg(feature = "fetch")]
#[path = "models/fetch.rs"]
mod fetch;
#[path = "models/library.rs"]
mod library;
