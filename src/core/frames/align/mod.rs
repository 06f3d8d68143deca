//! Two streams with clocks of their own on one timeline. Sound is placed by its
//! capture stamp, never by counting: what is missing becomes a gap of exact
//! length, and the drift between the clocks is taken out by resampling. The two
//! sides never touch, and time never goes back: what comes too late is dropped
//! and counted, and moves nothing.

mod lane;
mod placement;
mod queue;
mod rates;
mod sinc;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use crate::core::frames::{Block, Gap};
use crate::core::units::{Channel, Nanos, RATE, SampleSpan, SampleTime, Sides};

use lane::Lane;
use queue::Known;

/// The longest stretch handed out at once: 100 ms.
pub const STRETCH: u64 = RATE as u64 / 10;

/// A run of samples of one side as a device delivered it.
#[derive(Clone, Copy, Debug)]
pub struct Stamped<'a> {
    /// When the first of them was captured.
    pub at: Nanos,
    /// Nominal rate of the device, Hz.
    pub rate: u32,
    /// One channel, 1.0 = full scale.
    pub samples: &'a [f32],
}

/// A stretch of both sides at 16 kHz, always equally long.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stretch {
    /// Samples of each side; zeros where nothing came.
    pub sides: Sides<Vec<f32>>,
    /// Why a side is missing in the whole stretch, if it is.
    pub missing: Sides<Option<Gap>>,
}

impl Stretch {
    /// Samples per side.
    pub fn len(&self) -> usize {
        self.sides.agent.len()
    }

    /// Whether it holds no time at all.
    pub fn is_empty(&self) -> bool {
        self.sides.agent.is_empty()
    }

    /// The same as the framer takes it.
    pub fn blocks(&self) -> Sides<Block<'_>> {
        Sides::from_fn(|side| match self.missing[side] {
            Some(why) => Block::Missing(self.len(), why),
            None => Block::Samples(&self.sides[side]),
        })
    }

    fn clear(&mut self) {
        for side in Channel::BOTH {
            self.sides[side].clear();
            self.missing[side] = None;
        }
    }
}

/// How well one side is doing since the call began.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Health {
    /// How much faster than its nominal rate the device runs, in parts per
    /// million; known after 30 s of one stream.
    pub drift_ppm: Option<f32>,
    /// The rate its samples really have, Hz; 0 before the first.
    pub rate: u32,
    /// Time without its sound that was handed out, pauses apart.
    pub lost: SampleSpan,
    /// How often such a time began.
    pub gaps: u32,
    /// Samples that came when their time was over.
    pub late: SampleSpan,
    /// The usual error of its stamps, ms.
    pub jitter_ms: f32,
    /// How long its sound is waited for at present, ms.
    pub patience_ms: f32,
}

#[derive(Debug)]
struct Side {
    lane: Lane,
    lost: u64,
    gaps: u32,
    missing: bool,
}

impl Side {
    fn new() -> Self {
        Self { lane: Lane::new(), lost: 0, gaps: 0, missing: false }
    }

    /// Hands out the time up to `to`: zeros where something is missing.
    fn give(&mut self, len: u64, to: u64, missing: Option<Gap>, out: &mut Vec<f32>) {
        let lost = matches!(missing, Some(Gap::Lost | Gap::NoDevice | Gap::Damaged));
        self.lost += if lost { len } else { 0 };
        self.gaps += u32::from(lost && !self.missing);
        self.missing = lost;
        if missing.is_none() {
            return self.lane.queue.take(to, out);
        }
        self.lane.queue.pass(to);
        out.resize(usize::try_from(len).unwrap_or(usize::MAX), 0.0);
    }
}

/// Puts the two sides of one call side by side.
#[derive(Debug)]
pub struct Aligner {
    begin: Nanos,
    given: u64,
    sides: Sides<Side>,
    /// Pauses not yet handed out; the last may be open.
    pauses: VecDeque<(u64, Option<u64>)>,
    ended: bool,
}

impl Aligner {
    /// Sample 0 of the call is at `begin`.
    pub fn new(begin: Nanos) -> Self {
        let sides = Sides::from_fn(|_| Side::new());
        Self { begin, given: 0, sides, pauses: VecDeque::new(), ended: false }
    }

    /// A piece of one side, in the order its device delivered it.
    pub fn push(&mut self, side: Channel, piece: Stamped<'_>) {
        let at = self.place(piece.at);
        self.sides[side].lane.push(at, piece.rate, piece.samples);
    }

    /// `samples` at the device's rate were delivered and dropped on our side
    /// before the next piece: a gap of exactly that length.
    pub fn skip(&mut self, side: Channel, samples: u64) {
        self.sides[side].lane.skip(samples);
    }

    /// The stream of this side was opened anew: its rate and clock may differ.
    pub fn restart(&mut self, side: Channel) {
        self.sides[side].lane.restart();
    }

    /// No stream of this side is open: its time passes as [`Gap::NoDevice`] and
    /// the other side is not kept waiting.
    pub fn gone(&mut self, side: Channel) {
        self.sides[side].lane.gone();
    }

    /// What this side heard since then may be another device's: what of it is not
    /// yet handed out never is.
    pub fn distrust(&mut self, side: Channel, since: Nanos) {
        let since = self.sample(since);
        self.sides[side].lane.queue.forget(since);
    }

    /// From here on nothing of either side is heard, until [`Aligner::resume`].
    pub fn pause(&mut self, at: Nanos) {
        if self.pauses.back().is_none_or(|(_, to)| to.is_some()) {
            self.pauses.push_back((self.sample(at).max(self.given), None));
        }
    }

    /// Ends the pause.
    pub fn resume(&mut self, at: Nanos) {
        let to = self.sample(at).max(self.given);
        if let Some((from, end)) = self.pauses.back_mut()
            && end.is_none()
        {
            *end = Some(to.max(*from));
        }
    }

    /// Puts the next stretch of both sides into `out`, at most [`STRETCH`] long,
    /// each side wholly present or wholly missing in it. False, with `out` empty,
    /// when nothing is due at `now`.
    pub fn pull(&mut self, now: Nanos, out: &mut Stretch) -> bool {
        let time = self.place(now);
        for side in Channel::BOTH {
            self.sides[side].lane.look(time);
        }
        let pass = Sides::from_fn(|side| self.pass(side, time));
        self.cut(whole(time), pass, out)
    }

    /// As [`Aligner::pull`], up to `end` and without waiting for anybody. To be
    /// called until it returns false; the call is over then.
    pub fn finish(&mut self, end: Nanos, out: &mut Stretch) -> bool {
        if !self.ended {
            self.ended = true;
            for side in Channel::BOTH {
                self.sides[side].lane.settle();
            }
        }
        let end = self.sample(end);
        self.cut(end, Sides { agent: end, customer: end }, out)
    }

    /// Up to where the call was handed out.
    pub fn now(&self) -> SampleTime {
        SampleTime::from_samples(self.given)
    }

    /// When that was on the machine's clock.
    pub fn moment(&self) -> Nanos {
        let nanos = u128::from(self.given) * u128::from(Nanos::SECOND) / u128::from(RATE);
        Nanos(self.begin.0.saturating_add(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }

    /// How this side is doing.
    pub fn health(&self, side: Channel) -> Health {
        let Side { lane, lost, gaps, missing: _ } = &self.sides[side];
        let placement = lane.placement();
        Health {
            drift_ppm: placement.drift_ppm(),
            rate: placement.rate(),
            lost: SampleSpan::from_samples(*lost),
            gaps: *gaps,
            late: SampleSpan::from_samples(lane.queue.late()),
            jitter_ms: placement.jitter_ms(),
            patience_ms: (lane.patience() * 1_000.0 / f64::from(RATE)) as f32,
        }
    }

    /// A moment on the call's clock, in samples; negative before it began.
    fn place(&self, at: Nanos) -> f64 {
        let ahead = at.since(self.begin) as f64 - self.begin.since(at) as f64;
        ahead * f64::from(RATE) / Nanos::SECOND as f64
    }

    fn sample(&self, at: Nanos) -> u64 {
        let nanos = u128::from(at.since(self.begin));
        let second = u128::from(Nanos::SECOND);
        u64::try_from((nanos * u128::from(RATE) + second / 2) / second).unwrap_or(u64::MAX)
    }

    /// Cuts the next stretch. Nothing after `most` is handed out; a side of which
    /// nothing is known passes up to its `pass`.
    fn cut(&mut self, most: u64, pass: Sides<u64>, out: &mut Stretch) -> bool {
        out.clear();
        let (end, missing) = match self.paused() {
            Some(end) => {
                (end.unwrap_or(most), Sides { agent: Some(Gap::Paused), customer: Some(Gap::Paused) })
            }
            None => self.heard(pass),
        };
        let end = end.min(most).min(self.given + STRETCH);
        if end <= self.given {
            return false;
        }
        for side in Channel::BOTH {
            self.sides[side].give(end - self.given, end, missing[side], &mut out.sides[side]);
        }
        out.missing = missing;
        self.given = end;
        true
    }

    /// How far a side of which nothing is known may pass at `time`.
    fn pass(&mut self, side: Channel, time: f64) -> u64 {
        let lane = &mut self.sides[side].lane;
        let pass = whole(time - lane.patience());
        if self.given < pass && lane.queue.known(self.given) == Known::Nothing {
            lane.flush();
        }
        pass
    }

    /// Whether it is paused at present, and until when, where that is known.
    fn paused(&mut self) -> Option<Option<u64>> {
        let given = self.given;
        self.pauses.retain(|(from, to)| to.is_none_or(|to| given.max(*from) < to));
        self.pauses.front().filter(|(from, _)| *from <= given).map(|(_, to)| *to)
    }

    /// How far both sides stay as they are now, and how that is.
    fn heard(&self, pass: Sides<u64>) -> (u64, Sides<Option<Gap>>) {
        let mut end = self.pauses.front().map_or(u64::MAX, |(from, _)| *from);
        let missing = Sides::from_fn(|side| {
            let lane = &self.sides[side].lane;
            let (until, missing) = match lane.queue.known(self.given) {
                Known::Sound(until) => (until, None),
                Known::Missing(until, why) => (until, Some(why)),
                Known::Nothing => (pass[side], Some(lane.why())),
            };
            end = end.min(until);
            missing
        });
        (end, missing)
    }
}

/// A place as a whole sample; the call's begin where it lies before it.
fn whole(place: f64) -> u64 {
    // `as` saturates, which is what is wanted.
    place as u64
}
