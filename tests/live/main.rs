//! What needs a real sound server. Ignored by a plain `cargo test`; run by
//! `./scripts/test`, which installs what it takes:
//! `cargo test --test live -- --ignored --test-threads 1`.

#![cfg(all(target_os = "linux", feature = "live"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]
#![expect(clippy::print_stdout, reason = "measured times are shown on request")]

mod calls;
mod capture;
mod daemon;
mod doctor;
mod hook;
#[path = "../support/phones.rs"]
mod phones;
#[path = "../support/daemon.rs"]
mod running;
#[path = "../support/sound.rs"]
mod sound;

use sound::{HEADSET, Kind, MICROPHONE, Sound};

#[test]
#[ignore = "needs a sound server"]
fn the_virtual_headset_is_there_on_both_servers() {
    for kind in [Kind::PulseAudio, Kind::PipeWire] {
        let sound = Sound::start(kind);
        assert!(sound.has("sources", MICROPHONE) && sound.has("sinks", HEADSET));
    }
}
