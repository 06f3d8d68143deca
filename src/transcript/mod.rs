//! From speech to words that may be kept.

pub mod redact;
