//! Any sound, orders, words and settings in any order make a call: nothing
//! panics, the events are in order, and the size of the chunks changes none.
#![no_main]

#[path = "../support/events.rs"]
mod events;

use std::sync::LazyLock;

use evenkeel::audio::{CallAudio, Chunk, Recording, Source, StereoSide};
use evenkeel::config::{Assignment, LoadOptions, Places, Type, all, review};
use evenkeel::core::event::{Event, Order};
use evenkeel::core::frames::{Block, Gap};
use evenkeel::core::pipeline::{Past, Pipeline, Settings};
use evenkeel::core::private::Spoken;
use evenkeel::core::units::{Channel, SampleSpan, SampleTime};
use evenkeel::core::words::Words;
use events::{Law, kind};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// Sound of one run, in samples: a minute.
const LONGEST: usize = 60 * 16_000;

/// The call that is cut up: real speech on both sides.
static CALL: LazyLock<Chunk> = LazyLock::new(|| {
    let bytes = include_bytes!("../../tests/fixtures/sample-call.flac").to_vec();
    let mut audio = CallAudio::stereo(Recording::from_bytes("sample", bytes), StereoSide::Left).unwrap();
    let (mut call, mut chunk) = (Chunk::default(), Chunk::default());
    while audio.next(&mut chunk).unwrap() {
        call.agent.extend_from_slice(&chunk.agent);
        call.customer.extend_from_slice(&chunk.customer);
    }
    call
});

/// The settings with one key at one end of its range.
static SETTINGS: LazyLock<Vec<Settings>> = LazyLock::new(|| {
    let ends = all().iter().filter_map(|key| match key.accepts {
        Type::Number { min, max, .. } => Some((key.name, [min, max])),
        Type::Count { min, max, .. } => Some((key.name, [f64::from(min), f64::from(max)])),
        Type::Switch | Type::Choice(_) | Type::Text { .. } | Type::List { .. } => None,
    });
    ends.flat_map(|(key, ends)| ends.map(|end| with(key, end))).flatten().collect()
});

fn with(key: &str, value: f64) -> Option<Settings> {
    let nowhere = || "/nonexistent".into();
    let options = LoadOptions {
        places: Places { system: nowhere(), user: None, policy: nowhere() },
        environment: Vec::new(),
        file: None,
        set: vec![Assignment { key: key.to_owned(), value: value.to_string() }],
    };
    review(&options).loaded().ok().map(|loaded| loaded.config.settings())
}

/// A side of what is heard.
#[derive(Arbitrary, Debug)]
enum Sound<'a> {
    /// The sample call from this tenth of a second on, so loud.
    Speech {
        from: u16,
        gain: u8,
    },
    /// The other side of it: somebody else's voice.
    Swapped {
        from: u16,
        gain: u8,
    },
    /// A tone of so many hertz.
    Tone {
        hz: u16,
        gain: u8,
    },
    /// Numbers that may be anything, again and again.
    Wild(&'a [u8]),
    Silence,
    Missing(u8),
}

#[derive(Arbitrary, Debug)]
enum Step<'a> {
    Hear { agent: Sound<'a>, customer: Sound<'a>, samples: u16 },
    Again { samples: u16 },
    Gap { samples: u16, why: u8 },
    Snooze(u32),
    Quiet(bool),
    Off(u8),
    Wrong(u8),
    Dismiss,
    Hold(bool),
    Mute(bool),
    Device(bool),
    Apply(u8),
    Words { agent: bool, from: u32, to: u32, text: &'a str },
}

#[derive(Arbitrary, Debug)]
struct Script<'a> {
    chunk: u16,
    steps: Vec<Step<'a>>,
}

fuzz_target!(|script: Script<'_>| {
    let whole = play(&script.steps, usize::MAX);
    // Small chunks of a long call would take their time.
    let chunk = usize::from(script.chunk).max(16);
    assert!(whole == play(&script.steps, chunk), "other events in chunks of {chunk}");
});

/// Plays the script in chunks of at most this many samples.
fn play(steps: &[Step<'_>], chunk: usize) -> Vec<Event> {
    let mut call = Call::new(chunk);
    for step in steps {
        call.step(step);
        call.check();
    }
    let Call { pipeline, mut events, mut law, checked, .. } = call;
    let now = pipeline.now();
    let summary = pipeline.finish(&mut events);
    events[checked..].iter().for_each(|event| law.hold(event, now));
    assert!(matches!(events.last(), Some(Event::Ended { .. })));
    assert!(!format!("{summary:?}").is_empty());
    events
}

struct Call {
    pipeline: Pipeline,
    events: Vec<Event>,
    law: Law,
    checked: usize,
    chunk: usize,
    heard: usize,
}

impl Call {
    fn new(chunk: usize) -> Self {
        let pipeline = Pipeline::new(Settings::default(), Past::default());
        Self { pipeline, events: Vec::new(), law: Law::default(), checked: 0, chunk, heard: 0 }
    }

    fn check(&mut self) {
        let now = self.pipeline.now();
        self.events[self.checked..].iter().for_each(|event| self.law.hold(event, now));
        self.checked = self.events.len();
    }

    /// How much of this may still be heard.
    fn allowed(&mut self, samples: usize) -> usize {
        let allowed = samples.min(LONGEST - self.heard);
        self.heard += allowed;
        allowed
    }

    fn step(&mut self, step: &Step<'_>) {
        let order = |pipeline: &mut Pipeline, order, events: &mut Vec<Event>| pipeline.order(order, events);
        let (pipeline, events) = (&mut self.pipeline, &mut self.events);
        match *step {
            Step::Hear { ref agent, ref customer, samples } => {
                self.hear(agent, customer, usize::from(samples));
            }
            // A minute needs longer stretches than a step has bytes for.
            Step::Again { samples } => {
                let from = u16::try_from(self.heard / 1600).unwrap_or_default();
                let speech = Sound::Speech { from, gain: 128 };
                self.hear(&speech, &speech, 10 * usize::from(samples));
            }
            Step::Gap { samples, why } => {
                let span = SampleSpan::from_samples(self.allowed(usize::from(samples)) as u64);
                self.pipeline.gap(span, gap(why), &mut self.events);
            }
            Step::Snooze(ms) => order(pipeline, Order::Snooze(SampleSpan::from_millis(ms.into())), events),
            Step::Quiet(on) => order(pipeline, Order::Quiet(on), events),
            Step::Off(byte) => order(pipeline, Order::Off(kind(byte)), events),
            Step::Wrong(byte) => order(pipeline, Order::Wrong(kind(byte)), events),
            Step::Dismiss => order(pipeline, Order::Dismiss, events),
            Step::Hold(on) => order(pipeline, Order::Hold(on), events),
            Step::Mute(on) => order(pipeline, Order::Mute(on), events),
            Step::Device(agent) => {
                let who = if agent { Channel::Agent } else { Channel::Customer };
                order(pipeline, Order::Device(who), events);
            }
            Step::Apply(which) => {
                let settings = SETTINGS[usize::from(which) % SETTINGS.len()];
                pipeline.apply(settings, events);
            }
            Step::Words { agent, from, to, text } => {
                let who = if agent { Channel::Agent } else { Channel::Customer };
                let [from, to] = [from, to].map(|at| SampleTime::from_samples(at.into()));
                pipeline.words(&Words { who, from, to, text: Spoken::new(text), words: Vec::new() }, events);
            }
        }
    }

    fn hear(&mut self, agent: &Sound<'_>, customer: &Sound<'_>, samples: usize) {
        let samples = self.allowed(samples);
        let near = agent.samples(&CALL.agent, &CALL.customer, samples);
        let far = customer.samples(&CALL.customer, &CALL.agent, samples);
        for at in (0..samples).step_by(self.chunk) {
            let to = at.saturating_add(self.chunk).min(samples);
            let agent = agent.block(&near[at..to]);
            self.pipeline.push_blocks(agent, customer.block(&far[at..to]), &mut self.events);
        }
    }
}

impl Sound<'_> {
    fn samples(&self, own: &[f32], other: &[f32], samples: usize) -> Vec<f32> {
        let loud = |gain: u8| f32::from(gain) / 64.0;
        let speech = |side: &[f32], from: u16, gain| {
            let from = usize::from(from) * 1600 % side.len();
            side.iter().cycle().skip(from).take(samples).map(|sample| sample * loud(gain)).collect()
        };
        match *self {
            Self::Speech { from, gain } => speech(own, from, gain),
            Self::Swapped { from, gain } => speech(other, from, gain),
            Self::Tone { hz, gain } => (0..samples).map(|at| loud(gain) * tone(hz, at)).collect(),
            Self::Wild(bytes) => {
                let numbers = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
                let numbers: Vec<_> = numbers.chain([0.0]).collect();
                numbers.iter().copied().cycle().take(samples).collect()
            }
            Self::Silence | Self::Missing(_) => vec![0.0; samples],
        }
    }

    fn block<'a>(&self, samples: &'a [f32]) -> Block<'a> {
        match self {
            Self::Missing(why) => Block::Missing(samples.len(), gap(*why)),
            _ => Block::Samples(samples),
        }
    }
}

fn tone(hz: u16, at: usize) -> f32 {
    (at as f32 * f32::from(hz) * std::f32::consts::TAU / 16_000.0).sin()
}

fn gap(byte: u8) -> Gap {
    [Gap::Lost, Gap::Paused, Gap::NoDevice, Gap::Damaged][usize::from(byte) % 4]
}
