//! Calls as files: stretches of the sample call, and what is made of them.

use std::sync::LazyLock;

use evenkeel::audio::{CallAudio, Chunk, Inputs, Source, StereoSide};

use crate::support;

const RATE: usize = 16_000;

/// One sample of both sides.
pub(crate) type Frame = [f32; 2];

static SAMPLE: LazyLock<Vec<Frame>> = LazyLock::new(|| {
    let inputs = Inputs::Stereo { path: support::sample(), agent: StereoSide::Left };
    let (mut audio, mut chunk) = (CallAudio::open(&inputs).unwrap(), Chunk::default());
    let mut frames = Vec::new();
    while audio.next(&mut chunk).unwrap() {
        frames.extend(chunk.agent.iter().zip(&chunk.customer).map(|(a, c)| [*a, *c]));
    }
    frames
});

/// The sample call from one second to another.
pub(crate) fn part(from: usize, to: usize) -> Vec<Frame> {
    SAMPLE[from * RATE..to * RATE].to_vec()
}

/// Twenty seconds in which both speak, and the agent interrupts.
pub(crate) fn lively() -> Vec<Frame> {
    part(44, 64)
}

/// The shortest file that is a call: a second of the sample.
pub(crate) fn short() -> Vec<u8> {
    stereo(&part(7, 8))
}

/// Each frame anew.
pub(crate) fn map(frames: &[Frame], new: impl FnMut(&Frame) -> Frame) -> Vec<Frame> {
    frames.iter().map(new).collect()
}

/// Quiet noise, the same every time: what a microphone hears in an empty room.
pub(crate) fn room() -> impl FnMut() -> f32 {
    let mut state = 1u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as f32 / 32_768.0 - 1.0) * 0.001
    }
}

pub(crate) fn stereo(frames: &[Frame]) -> Vec<u8> {
    pcm(2, &frames.iter().flatten().copied().collect::<Vec<_>>())
}

/// One side alone.
pub(crate) fn mono(frames: &[Frame], side: usize) -> Vec<u8> {
    pcm(1, &frames.iter().map(|frame| frame[side]).collect::<Vec<_>>())
}

/// 32-bit floating point, with whatever is no number in it.
pub(crate) fn float(frames: &[Frame]) -> Vec<u8> {
    wav(3, 2, 4, frames.iter().flatten().flat_map(|x| x.to_le_bytes()).collect())
}

fn pcm(channels: u16, samples: &[f32]) -> Vec<u8> {
    let bytes = samples.iter().flat_map(|x| ((x * 32_768.0).round() as i16).to_le_bytes());
    wav(1, channels, 2, bytes.collect())
}

fn wav(tag: u16, channels: u16, width: u16, data: Vec<u8>) -> Vec<u8> {
    let (rate, frame) = (RATE as u32, channels * width);
    let mut file = b"RIFF".to_vec();
    file.extend((data.len() as u32 + 36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend([tag.to_le_bytes(), channels.to_le_bytes()].concat());
    file.extend([rate.to_le_bytes(), (rate * u32::from(frame)).to_le_bytes()].concat());
    file.extend([frame.to_le_bytes(), (width * 8).to_le_bytes()].concat());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}
