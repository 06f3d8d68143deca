//! The calls that are measured: the sample of the tests, as it is and with the
//! customer in the agent's microphone.

use std::error::Error;
use std::path::PathBuf;

use evenkeel::audio::{AudioError, CallAudio, Chunk, Inputs, Source, StereoSide};
use evenkeel::core::units::FRAME;

/// How much of the customer a leaking microphone picks up: 12 dB down.
const LEAK: f32 = 0.251;

/// How late: 20 ms, as from a speaker on the desk through a sound card.
const LATE: usize = 320;

/// Both sides at 16 kHz, in whole frames.
pub(crate) struct Call {
    pub(crate) agent: Vec<f32>,
    pub(crate) customer: Vec<f32>,
}

/// The recording.
pub(crate) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-call.flac")
}

/// Opens the recording.
pub(crate) fn open() -> Result<CallAudio, AudioError> {
    CallAudio::open(&Inputs::Stereo { path: path(), agent: StereoSide::Left })
}

impl Call {
    /// The recording as it is: a headset, nothing of the customer in it.
    pub(crate) fn clean() -> Result<Self, Box<dyn Error>> {
        let mut call = Self { agent: Vec::new(), customer: Vec::new() };
        let (mut audio, mut chunk) = (open()?, Chunk::default());
        while audio.next(&mut chunk)? {
            call.agent.extend_from_slice(&chunk.agent);
            call.customer.extend_from_slice(&chunk.customer);
        }
        let whole = call.agent.len() / FRAME * FRAME;
        call.agent.truncate(whole);
        call.customer.truncate(whole);
        Ok(call)
    }

    /// The same with the customer in the microphone.
    pub(crate) fn leaking(&self) -> Self {
        let late = std::iter::repeat_n(&0.0, LATE).chain(&self.customer);
        let agent = self.agent.iter().zip(late).map(|(own, other)| own + LEAK * other).collect();
        Self { agent, customer: self.customer.clone() }
    }

    /// Frames of both sides.
    pub(crate) fn frames(&self) -> impl Iterator<Item = (&[f32], &[f32])> + Clone {
        self.agent.chunks_exact(FRAME).zip(self.customer.chunks_exact(FRAME))
    }
}
