//! The overlay on real displays. Ignored by a plain `cargo test`; run by
//! `./scripts/test`, which installs what it takes:
//! `cargo test --test screen -- --ignored --test-threads 1`.

#![cfg(all(target_os = "linux", feature = "overlay"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]
#![expect(clippy::print_stdout, reason = "measured times are shown on request")]

mod blended;
mod chain;
mod daemon;
mod display;
#[path = "../support/eager.rs"]
mod eager;
mod figures;
mod ladder;
#[cfg(feature = "view")]
mod live;
mod manners;
mod monitors;
mod pictures;
mod pill;
mod sway;
mod wayland;
mod windows;
mod xwayland;
