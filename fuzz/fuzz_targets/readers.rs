//! Any bytes are either a call or refused with a reason. The last byte chooses
//! the agent's channel, so that a recording as it is makes a seed; the format is
//! told by content. What turns out to be mono is read as both sides of a call.
#![no_main]

#[path = "../support/ogg.rs"]
mod ogg;

use std::alloc::System;

use cap::Cap;
use evenkeel::audio::file::panic_is_handled;
use evenkeel::audio::{AudioError, CallAudio, Chunk, ErrorKind, Recording, Source, StereoSide};
use evenkeel::core::units::RATE;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

/// A few kilobytes of recording must be read with this much memory, whatever
/// they promise. Above it an allocation fails, and the run ends as a crash.
const MEMORY: usize = 64 << 20;

/// Chunks read of one call: what comes after is read by the same code.
/// A gap of ten minutes is believed and would take 600 of them.
const CHUNKS: usize = 2;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, MEMORY);

fuzz_target!(init: ignore_handled_panics(), |data: &[u8]| {
    let agent = match data.last() {
        Some(last) if last % 2 == 1 => StereoSide::Right,
        _ => StereoSide::Left,
    };
    match open(data, agent) {
        Ok(audio) => read(audio),
        Err(error) => check_refusal(&error),
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let size = fuzzer_mutate(data, size, max_size);
    // Where nothing repairs the sums, hardly an Ogg page gets past its header.
    if seed % 8 != 0 {
        ogg::repair(&mut data[..size]);
    }
    size
});

/// A panic that the reader catches is part of reading a damaged file; every
/// other one is a crash. Without this the first kind would end the run too.
fn ignore_handled_panics() {
    let crash = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic_is_handled() {
            crash(panic);
        }
    }));
}

fn open(data: &[u8], agent: StereoSide) -> Result<CallAudio, AudioError> {
    let recording = || Recording::from_bytes("call", data.to_vec());
    CallAudio::stereo(recording(), agent).or_else(|error| match error.kind() {
        ErrorKind::Mono => CallAudio::pair(recording(), recording()),
        _ => Err(error),
    })
}

fn read(mut audio: CallAudio) {
    let mut chunk = Chunk::default();
    for _ in 0..CHUNKS {
        match audio.next(&mut chunk) {
            Ok(true) => check_chunk(&chunk),
            Ok(false) => break,
            Err(error) => {
                check_refusal(&error);
                assert!(matches!(audio.next(&mut chunk), Ok(false)), "something follows a failure");
                break;
            }
        }
    }
    assert!(audio.facts().iter().all(|facts| !facts.to_string().is_empty()));
    assert!(audio.notes().iter().all(|note| !note.to_string().is_empty()));
}

fn check_chunk(chunk: &Chunk) {
    assert_eq!(chunk.agent.len(), chunk.customer.len());
    assert!((1..=RATE as usize).contains(&chunk.len()), "a chunk of {} samples", chunk.len());
    for (samples, lost) in [(&chunk.agent, chunk.agent_lost), (&chunk.customer, chunk.customer_lost)] {
        assert!(samples.iter().all(|sample| sample.is_finite()));
        assert!(!lost || samples.iter().all(|sample| *sample == 0.0), "lost time is not silent");
    }
}

fn check_refusal(error: &AudioError) {
    let told = error.to_string();
    assert!(told.starts_with("call: ") && !told.ends_with(": "), "{told:?}");
    assert!(!error.hint().is_empty(), "{told:?} has no hint");
}
