//! What the reading tests share: making files of tones, and hearing whether the
//! tones come out of them.

use std::f64::consts::TAU;
use std::fs;
use std::path::PathBuf;

use evenkeel::audio::{AudioError, CallAudio, Chunk, Note, Recording, Source, StereoSide};

pub(crate) const RATE: f64 = 16_000.0;

// ---- what is read -------------------------------------------------------------------

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    fs::read(folder.join(name)).unwrap()
}

/// The tones of the fixtures: 440 Hz at 0.5 on the left from 0.2 s on, 1000 Hz at
/// 0.25 on the right from 0.5 s on.
pub(crate) fn tones(rate: u32, seconds: f64) -> Vec<[f64; 2]> {
    let tone = |time: f64, hz: f64, peak: f64, begin: f64| {
        if begin <= time { peak * (TAU * hz * time).sin() } else { 0.0 }
    };
    (0..(f64::from(rate) * seconds).round() as usize)
        .map(|index| index as f64 / f64::from(rate))
        .map(|time| [tone(time, 440.0, 0.5, 0.2), tone(time, 1_000.0, 0.25, 0.5)])
        .collect()
}

/// One way of storing a sample: format tag, bits, and the bytes of a number.
pub(crate) type Stored = (u16, u16, fn(f64) -> Vec<u8>);

pub(crate) const I16: Stored = (1, 16, |x| ((x * 32_767.0).round() as i16).to_le_bytes().to_vec());
pub(crate) const F32: Stored = (3, 32, |x| (x as f32).to_le_bytes().to_vec());

pub(crate) fn wav_header((tag, bits, _): Stored, rate: u32, channels: u16, data: u32) -> Vec<u8> {
    let frame = channels * bits / 8;
    let mut file = b"RIFF".to_vec();
    file.extend(data.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend([tag.to_le_bytes(), channels.to_le_bytes()].concat());
    file.extend([rate.to_le_bytes(), (rate * u32::from(frame)).to_le_bytes()].concat());
    file.extend([frame.to_le_bytes(), bits.to_le_bytes()].concat());
    file.extend(b"data");
    file.extend(data.to_le_bytes());
    file
}

pub(crate) fn wav(stored: Stored, rate: u32, frames: &[[f64; 2]]) -> Vec<u8> {
    let samples: Vec<u8> = frames.iter().flatten().flat_map(|&x| (stored.2)(x)).collect();
    [wav_header(stored, rate, 2, samples.len() as u32), samples].concat()
}

pub(crate) fn mono_wav(rate: u32, samples: &[f64]) -> Vec<u8> {
    let bytes: Vec<u8> = samples.iter().flat_map(|&x| (I16.2)(x)).collect();
    [wav_header(I16, rate, 1, bytes.len() as u32), bytes].concat()
}

// ---- what is heard ------------------------------------------------------------------

#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) agent: Vec<f32>,
    pub(crate) customer: Vec<f32>,
    /// For every sample, whether it was handed out as lost.
    pub(crate) agent_lost: Vec<bool>,
    pub(crate) customer_lost: Vec<bool>,
    pub(crate) notes: Vec<Note>,
}

pub(crate) fn hear(mut call: CallAudio) -> Result<Heard, AudioError> {
    let (mut heard, mut chunk) = (Heard::default(), Chunk::default());
    while call.next(&mut chunk)? {
        assert!(!chunk.is_empty() && chunk.len() <= 16_000, "a chunk of {}", chunk.len());
        assert_eq!(chunk.agent.len(), chunk.customer.len());
        for (samples, lost) in [(&chunk.agent, chunk.agent_lost), (&chunk.customer, chunk.customer_lost)] {
            assert!(samples.iter().all(|sample| sample.is_finite()));
            assert!(!lost || samples.iter().all(|&sample| sample == 0.0));
        }
        heard.agent.extend(&chunk.agent);
        heard.customer.extend(&chunk.customer);
        heard.agent_lost.resize(heard.agent.len(), chunk.agent_lost);
        heard.customer_lost.resize(heard.customer.len(), chunk.customer_lost);
    }
    heard.notes = call.notes();
    Ok(heard)
}

pub(crate) fn open(bytes: Vec<u8>) -> Result<CallAudio, AudioError> {
    CallAudio::stereo(Recording::from_bytes("call.wav", bytes), StereoSide::Left)
}

pub(crate) fn read(bytes: Vec<u8>) -> Heard {
    hear(open(bytes).unwrap()).unwrap()
}

pub(crate) fn read_pair(agent: Vec<u8>, customer: Vec<u8>) -> Heard {
    let pair = CallAudio::pair(
        Recording::from_bytes("agent.wav", agent),
        Recording::from_bytes("customer.wav", customer),
    );
    hear(pair.unwrap()).unwrap()
}

pub(crate) fn refused(bytes: Vec<u8>) -> AudioError {
    open(bytes).err().expect("must be refused")
}

/// Peak of the part of `samples` that swings at `hz`.
pub(crate) fn peak_at(samples: &[f32], hz: f64) -> f64 {
    let (mut cos, mut sin) = (0.0, 0.0);
    for (index, &sample) in samples.iter().enumerate() {
        let angle = TAU * hz * index as f64 / RATE;
        cos += f64::from(sample) * angle.cos();
        sin += f64::from(sample) * angle.sin();
    }
    2.0 * cos.hypot(sin) / samples.len() as f64
}

pub(crate) fn between(samples: &[f32], from: f64, to: f64) -> &[f32] {
    &samples[(from * RATE) as usize..(to * RATE) as usize]
}

pub(crate) fn onset(samples: &[f32], threshold: f32) -> f64 {
    samples.iter().position(|sample| threshold < sample.abs()).unwrap() as f64 / RATE
}

#[track_caller]
pub(crate) fn check_tone(samples: &[f32], hz: f64, other_hz: f64, peak: f64, begin: f64, what: &str) {
    let steady = between(samples, begin + 0.1, 0.9);
    let found = peak_at(steady, hz);
    assert!((20.0 * (found / peak).log10()).abs() < 0.5, "{what}: {hz} Hz at {found}, expected {peak}");
    let crossed = peak_at(steady, other_hz);
    assert!(crossed < peak * 0.02, "{what}: {other_hz} Hz from the other side at {crossed}");
    let found = onset(samples, 0.2 * peak as f32);
    assert!((found - begin).abs() < 0.01, "{what}: begins at {found} s, expected {begin} s");
}

#[track_caller]
pub(crate) fn check_tones(heard: &Heard, what: &str) {
    let seconds = heard.agent.len() as f64 / RATE;
    assert!((seconds - 1.0).abs() < 0.03, "{what}: {seconds} s long");
    check_tone(&heard.agent, 440.0, 1_000.0, 0.5, 0.2, what);
    check_tone(&heard.customer, 1_000.0, 440.0, 0.25, 0.5, what);
}

pub(crate) fn lost(flags: &[bool]) -> f64 {
    flags.iter().filter(|&&lost| lost).count() as f64 / RATE
}
