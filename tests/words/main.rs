//! Words of calls that go on, in the real program: what becomes of a call whose
//! recogniser is killed, hangs or is slow. The call is played at its own pace, what
//! is heard is scripted, and its process is a real one.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failing test panics")]

mod drills;
mod long;
mod phrases;
mod privacy;
mod support;
#[path = "../support/wav.rs"]
mod wav;
