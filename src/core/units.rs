//! Time, level and rate as types, so that samples are never added to seconds.
//! Also the two sides of a call and "no value", which is never zero.

use std::fmt;
use std::ops::{Add, AddAssign, Index, IndexMut, Sub};

/// Samples per second and channel of everything the core sees.
pub const RATE: u32 = 16_000;

/// Samples in one frame: 10 ms.
pub const FRAME: usize = 160;

/// Frames in one second.
pub const FRAMES_PER_SECOND: u64 = 100;

/// Seconds covered by one frame.
pub const FRAME_SECONDS: f32 = 0.01;

/// A point on the call's own clock: samples per channel since the call began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleTime(u64);

/// A length of time on the call's own clock, in samples per channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleSpan(u64);

impl SampleTime {
    /// The first sample of the call.
    pub const ZERO: Self = Self(0);

    /// The point `samples` samples into the call.
    pub const fn from_samples(samples: u64) -> Self {
        Self(samples)
    }

    /// The start of 10 ms frame number `frame`.
    pub const fn from_frame(frame: u64) -> Self {
        Self(frame * FRAME as u64)
    }

    /// The sample nearest to `seconds`; negative or not-a-number is the start.
    pub fn from_seconds(seconds: f64) -> Self {
        Self(samples_in(seconds))
    }

    /// Samples since the call began.
    pub const fn samples(self) -> u64 {
        self.0
    }

    /// The 10 ms frame that holds this sample.
    pub const fn frame(self) -> u64 {
        self.0 / FRAME as u64
    }

    /// Seconds since the call began.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / f64::from(RATE)
    }

    /// Time since `earlier`; zero where `earlier` is not earlier.
    pub const fn since(self, earlier: Self) -> SampleSpan {
        SampleSpan(self.0.saturating_sub(earlier.0))
    }

    /// This point moved back by `span`, but not before the call began.
    pub const fn back(self, span: SampleSpan) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl SampleSpan {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `samples` samples.
    pub const fn from_samples(samples: u64) -> Self {
        Self(samples)
    }

    /// A span of `frames` 10 ms frames.
    pub const fn from_frames(frames: u64) -> Self {
        Self(frames * FRAME as u64)
    }

    /// A span of `milliseconds`.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds * RATE as u64 / 1000)
    }

    /// The whole number of samples nearest to `seconds`; negative or not-a-number is zero.
    pub fn from_seconds(seconds: f64) -> Self {
        Self(samples_in(seconds))
    }

    /// Length in samples.
    pub const fn samples(self) -> u64 {
        self.0
    }

    /// Length in whole 10 ms frames.
    pub const fn frames(self) -> u64 {
        self.0 / FRAME as u64
    }

    /// Length in seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / f64::from(RATE)
    }
}

fn samples_in(seconds: f64) -> u64 {
    // `as` saturates and turns not-a-number into 0, which is what is wanted.
    (seconds * f64::from(RATE)).round() as u64
}

impl Add<SampleSpan> for SampleTime {
    type Output = Self;
    fn add(self, span: SampleSpan) -> Self {
        Self(self.0 + span.0)
    }
}

impl AddAssign<SampleSpan> for SampleTime {
    fn add_assign(&mut self, span: SampleSpan) {
        self.0 += span.0;
    }
}

impl Add for SampleSpan {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for SampleSpan {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for SampleSpan {
    type Output = Self;
    /// Saturates at zero: a span has no sign.
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for SampleTime {
    /// Minutes, seconds and milliseconds: `00:02.200`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0 * 1000 / u64::from(RATE);
        write!(f, "{:02}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000)
    }
}

/// A point on the machine's monotonic clock, in nanoseconds since some fixed
/// moment. The core is told such points and never asks for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub u64);

impl Nanos {
    /// Nanoseconds in a millisecond.
    pub const MILLISECOND: u64 = 1_000_000;

    /// Nanoseconds in a second.
    pub const SECOND: u64 = 1_000_000_000;

    /// Nanoseconds since `earlier`; zero where it is not earlier.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This point moved by `nanos`, backwards where negative; not before the clock began.
    pub const fn moved(self, nanos: i64) -> Self {
        Self(self.0.saturating_add_signed(nanos))
    }
}

/// Level relative to full scale, in dB; 0 is the power of a constant 1.0.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Dbfs(pub f32);

/// A difference of two levels, in dB.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Decibels(pub f32);

/// A pitch interval in semitones.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Semitones(pub f32);

/// Speaking rate in syllables per second.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct SyllablesPerSecond(pub f32);

impl Sub for Dbfs {
    type Output = Decibels;
    fn sub(self, other: Self) -> Decibels {
        Decibels(self.0 - other.0)
    }
}

/// Power below which nothing is told apart: -120 dBFS.
const POWER_FLOOR: f32 = 1e-12;

impl Dbfs {
    /// Level of a mean power (1.0 = full scale); never below -120 dBFS.
    pub fn from_power(power: f32) -> Self {
        Self(10.0 * power.max(POWER_FLOOR).log10())
    }

    /// Mean power of this level (1.0 = full scale).
    pub fn power(self) -> f32 {
        10f32.powf(self.0 / 10.0)
    }
}

/// One side of the call. The two are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The microphone of the headset.
    Agent,
    /// What the headset plays.
    Customer,
}

impl Channel {
    /// Both sides, agent first.
    pub const BOTH: [Self; 2] = [Self::Agent, Self::Customer];

    /// The other side.
    pub const fn other(self) -> Self {
        match self {
            Self::Agent => Self::Customer,
            Self::Customer => Self::Agent,
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Agent => "Agent",
            Self::Customer => "Customer",
        })
    }
}

/// The same thing once for each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides<T> {
    /// The agent's.
    pub agent: T,
    /// The customer's.
    pub customer: T,
}

impl<T> Sides<T> {
    /// Builds one value for each side.
    pub fn from_fn(mut make: impl FnMut(Channel) -> T) -> Self {
        Self { agent: make(Channel::Agent), customer: make(Channel::Customer) }
    }

    /// Turns each side's value into another.
    pub fn map<U>(self, mut turn: impl FnMut(T) -> U) -> Sides<U> {
        Sides { agent: turn(self.agent), customer: turn(self.customer) }
    }
}

impl<T> Index<Channel> for Sides<T> {
    type Output = T;
    fn index(&self, side: Channel) -> &T {
        match side {
            Channel::Agent => &self.agent,
            Channel::Customer => &self.customer,
        }
    }
}

impl<T> IndexMut<Channel> for Sides<T> {
    fn index_mut(&mut self, side: Channel) -> &mut T {
        match side {
            Channel::Agent => &mut self.agent,
            Channel::Customer => &mut self.customer,
        }
    }
}
