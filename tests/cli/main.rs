//! `evenkeel analyze` as its users meet it: what it prints where, what it
//! writes, what it refuses and how it ends. Takes for granted that nobody has
//! put files into `/etc/evenkeel`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod baseline;
mod batch;
mod channels;
mod formats;
mod golden;
mod refusals;
mod review;
mod same;
mod schema;
mod support;
mod told;
mod wav;
