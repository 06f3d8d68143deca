//! One call on its way through the core while it goes on: placed by its stamps,
//! measured, and held back where it may have ended already.
//!
//! It decides nothing about calls, shows nothing and stores nothing.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::audio::capture::Delivered;
use crate::core::cues::{Lexicon, Listener};
use crate::core::event::{Event, Order};
use crate::core::frames::align::{Aligner, Health, Stretch};
use crate::core::pipeline::{Past, Pipeline, Settings};
use crate::core::summary::CallSummary;
use crate::core::units::{Channel, Nanos, RATE, SampleTime};
use crate::core::words::Words;
use crate::transcript::segments::Utterance;

/// What a call that is going on is heard by beside the core: its recording.
pub(super) trait Witness {
    /// A stretch of both sides, as the core takes it.
    fn sound(&mut self, at: SampleTime, stretch: &Stretch);
}

/// Nobody else hears it.
impl Witness for () {
    fn sound(&mut self, _: SampleTime, _: &Stretch) {}
}

/// A call that is going on.
#[derive(Debug)]
pub(super) struct LiveCall {
    begin: Nanos,
    aligner: Aligner,
    /// None until it is known what the call is held against; its sound waits.
    /// Boxed: a call is handed about, and this is most of it by far.
    pipeline: Option<Box<Pipeline>>,
    stretch: Stretch,
    /// Since when the call may be over, and what came since.
    doubt: Option<Doubt>,
    /// Up to here both sides are in place.
    placed: SampleTime,
}

#[derive(Debug)]
struct Doubt {
    since: SampleTime,
    waiting: VecDeque<Stretch>,
}

impl LiveCall {
    /// A call whose first sample is at `begin`. Its sound waits until it is
    /// measured.
    pub(super) fn new(begin: Nanos) -> Self {
        Self {
            begin,
            aligner: Aligner::new(begin),
            pipeline: None,
            stretch: Stretch::default(),
            doubt: None,
            placed: SampleTime::ZERO,
        }
    }

    /// From now on it is measured; the first time counts.
    pub(super) fn measure(&mut self, settings: Settings, past: Past) {
        self.pipeline.get_or_insert_with(|| Box::new(Pipeline::new(settings, past)));
    }

    /// Whether it is measured.
    pub(super) const fn is_measured(&self) -> bool {
        self.pipeline.is_some()
    }

    /// The first sample.
    pub(super) const fn begin(&self) -> Nanos {
        self.begin
    }

    /// The point up to which the core has heard it.
    pub(super) fn now(&self) -> SampleTime {
        self.pipeline.as_deref().map_or(SampleTime::ZERO, Pipeline::now)
    }

    /// When a point of the call was, on the machine's clock.
    pub(super) fn moment(&self, at: SampleTime) -> Nanos {
        let nanos = u128::from(at.samples()) * u128::from(Nanos::SECOND) / u128::from(RATE);
        Nanos(self.begin.0 + u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The point of the call at a moment of the machine's clock.
    pub(super) fn point(&self, at: Nanos) -> SampleTime {
        let samples = u128::from(at.since(self.begin)) * u128::from(RATE) / u128::from(Nanos::SECOND);
        SampleTime::from_samples(u64::try_from(samples).unwrap_or(u64::MAX))
    }

    /// What a device delivered, or did.
    pub(super) fn hear(&mut self, side: Channel, delivered: Delivered<'_>) {
        delivered.place(side, &mut self.aligner);
    }

    /// What comes from here on is dropped at the tap, or no longer is.
    pub(super) fn pause(&mut self, on: bool, at: Nanos) {
        if on {
            self.aligner.pause(at);
        } else {
            self.aligner.resume(at);
        }
    }

    /// The score so far, where there is one.
    pub(super) fn score(&self) -> Option<f32> {
        self.pipeline.as_ref()?.score().points()
    }

    /// That of the last two minutes.
    pub(super) fn score_lately(&self) -> Option<f32> {
        self.pipeline.as_ref()?.score_lately().points()
    }

    /// How the two streams fare.
    pub(super) fn health(&self, side: Channel) -> Health {
        self.aligner.health(side)
    }

    /// Hands the core everything that is in place by `now`.
    pub(super) fn advance(&mut self, now: Nanos, witness: &mut dyn Witness, out: &mut Vec<Event>) {
        if !self.is_measured() {
            return;
        }
        let mut stretch = std::mem::take(&mut self.stretch);
        while self.aligner.pull(now, &mut stretch) {
            self.take(&stretch, witness, out);
        }
        self.stretch = stretch;
    }

    /// The call may have ended at this moment: what comes after it waits.
    pub(super) fn doubt(&mut self, at: Nanos) {
        let since = self.point(at).max(self.now());
        self.doubt.get_or_insert_with(|| Doubt { since, waiting: VecDeque::new() });
    }

    /// It goes on after all.
    pub(super) fn trust(&mut self, witness: &mut dyn Witness, out: &mut Vec<Event>) {
        for stretch in self.doubt.take().into_iter().flat_map(|doubt| doubt.waiting) {
            self.feed(&stretch, witness, out);
        }
    }

    /// Carries out an order, at the newest sample that the core has.
    pub(super) fn order(&mut self, order: Order, out: &mut Vec<Event>) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.order(order, out);
        }
    }

    /// Phrases are found in the words from now on.
    pub(super) fn listen(&mut self, listener: Listener) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.listen(listener);
        }
    }

    /// Other phrases from now on, where any are found.
    pub(super) fn phrases(&mut self, lexicon: Arc<Lexicon>) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.phrases(lexicon);
        }
    }

    /// A recogniser listened to this stretch of speech.
    pub(super) fn listened(&mut self, utterance: &Utterance, out: &mut Vec<Event>) {
        if let Some(pipeline) = &mut self.pipeline {
            let span = (utterance.from, utterance.to());
            pipeline.listened(utterance.who, span, utterance.spoken(), out);
        }
    }

    /// What a recogniser heard.
    pub(super) fn words(&mut self, words: &Words, out: &mut Vec<Event>) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.words(words, out);
        }
    }

    /// Changes the settings between two frames.
    pub(super) fn apply(&mut self, settings: Settings, out: &mut Vec<Event>) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.apply(settings, out);
        }
    }

    /// The call ended at `end`; what came after it is nobody's. Nothing comes of
    /// a call that was never measured.
    pub(super) fn finish(
        mut self,
        end: Nanos,
        witness: &mut dyn Witness,
        out: &mut Vec<Event>,
    ) -> Option<CallSummary> {
        let last = self.point(end);
        self.doubt(end);
        let mut stretch = std::mem::take(&mut self.stretch);
        while self.aligner.finish(end, &mut stretch) {
            self.take(&stretch, witness, out);
        }
        // What waited since before the end belongs to the call.
        for stretch in self.doubt.take().into_iter().flat_map(|doubt| doubt.waiting) {
            let room = last.since(self.now()).samples() as usize;
            self.feed(&first(&stretch, room.min(stretch.len())), witness, out);
        }
        self.pipeline.map(|pipeline| pipeline.finish_at(last, out))
    }

    fn take(&mut self, stretch: &Stretch, witness: &mut dyn Witness, out: &mut Vec<Event>) {
        let from = self.placed;
        self.placed = SampleTime::from_samples(from.samples() + stretch.len() as u64);
        let Some(doubt) = &mut self.doubt else {
            self.feed(stretch, witness, out);
            return;
        };
        let before = (doubt.since.since(from).samples() as usize).min(stretch.len());
        doubt.waiting.push_back(rest(stretch, before));
        if 0 < before {
            self.feed(&first(stretch, before), witness, out);
        }
    }

    fn feed(&mut self, stretch: &Stretch, witness: &mut dyn Witness, out: &mut Vec<Event>) {
        if stretch.is_empty() {
            return;
        }
        witness.sound(self.now(), stretch);
        let blocks = stretch.blocks();
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.push_blocks(blocks.agent, blocks.customer, out);
        }
    }
}

/// The first `samples` of a stretch.
fn first(stretch: &Stretch, samples: usize) -> Stretch {
    part(stretch, 0..samples)
}

/// All of a stretch but the first `samples`.
fn rest(stretch: &Stretch, samples: usize) -> Stretch {
    part(stretch, samples..stretch.len())
}

fn part(stretch: &Stretch, range: std::ops::Range<usize>) -> Stretch {
    Stretch {
        sides: crate::core::units::Sides::from_fn(|side| stretch.sides[side][range.clone()].to_vec()),
        missing: stretch.missing,
    }
}
