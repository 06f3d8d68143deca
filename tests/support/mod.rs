//! A real call for tests: the sample of the README, as the core takes it.

pub(crate) mod told;

use std::path::Path;

use evenkeel::audio::{CallAudio, Chunk, Inputs, Source, StereoSide};
use evenkeel::core::event::Event;
use evenkeel::core::pipeline::{Past, Pipeline, Settings};
use evenkeel::core::summary::CallSummary;

/// Both sides at 16 kHz.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) agent: Vec<f32>,
    pub(crate) customer: Vec<f32>,
}

/// What came out of one.
pub(crate) struct Outcome {
    pub(crate) events: Vec<Event>,
    pub(crate) summary: CallSummary,
}

/// The call of `fixtures/sample-call.flac`.
pub(crate) fn sample() -> Call {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-call.flac");
    let mut audio = CallAudio::open(&Inputs::Stereo { path, agent: StereoSide::Left }).unwrap();
    let (mut chunk, mut call) = (Chunk::default(), Call { agent: Vec::new(), customer: Vec::new() });
    while audio.next(&mut chunk).unwrap() {
        call.agent.extend_from_slice(&chunk.agent);
        call.customer.extend_from_slice(&chunk.customer);
    }
    call
}

impl Call {
    /// From one second to another.
    pub(crate) fn part(&self, from: usize, to: usize) -> Self {
        let span = from * 16_000..to * 16_000;
        Self { agent: self.agent[span.clone()].to_vec(), customer: self.customer[span].to_vec() }
    }

    /// Runs it in chunks of these lengths, again and again.
    pub(crate) fn run_in(&self, lengths: &[usize]) -> Outcome {
        self.play(Settings::default(), lengths)
    }

    /// Runs it with these settings.
    pub(crate) fn run_with(&self, settings: Settings) -> Outcome {
        self.play(settings, &[1600])
    }

    fn play(&self, settings: Settings, lengths: &[usize]) -> Outcome {
        let mut pipeline = Pipeline::new(settings, Past::default());
        let (mut events, mut at) = (Vec::new(), 0);
        for length in lengths.iter().cycle() {
            let to = (at + length).min(self.agent.len());
            pipeline.push(&self.agent[at..to], &self.customer[at..to], &mut events);
            at = to;
            if at == self.agent.len() {
                break;
            }
        }
        let summary = pipeline.finish(&mut events);
        Outcome { events, summary }
    }

    /// Runs it.
    pub(crate) fn run(&self) -> Outcome {
        self.run_in(&[1600])
    }
}
