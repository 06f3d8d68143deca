//! The whole daemon in this process, on a scripted sound system: what is drilled
//! here needs no sound server and no hardware. Named after the rows of the list
//! of what users of such software meet.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod calls;
mod devices;
#[cfg(target_os = "linux")]
mod growth;
#[cfg(unix)]
mod kill;
mod support;
mod words;
