//! Ten readings a second, packed: each is told by what differs from what the
//! one before lets expect. A second of a call takes some 60 bytes instead of
//! 600; every bit comes back.

use crate::core::event::{Reading, Second};
use crate::core::units::{SampleSpan, SampleTime};
use crate::store::codec::bits::{Code, Damaged, Input};

/// Something with its number among the events of the call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Numbered<T> {
    /// Its number.
    pub seq: u64,
    /// The thing.
    pub what: T,
}

/// Samples between two readings: 0.1 s.
const STEP: u64 = 1600;

/// A reading that nothing came before.
const FIRST: Reading = Reading {
    at: SampleTime::ZERO,
    of: SampleTime::ZERO,
    speaks: crate::core::units::Sides { agent: false, customer: false },
    agent_pause: SampleSpan::ZERO,
    silence: SampleSpan::ZERO,
    monologue: SampleSpan::ZERO,
    rise: None,
    raised: false,
    pace: None,
    intensity: 0,
    standing: crate::core::event::Standing::None,
    strictness: 1.0,
    channels: crate::core::units::Sides {
        agent: crate::core::event::State::Unknown,
        customer: crate::core::event::State::Unknown,
    },
    overlaps_reliable: false,
    suspended: false,
};

/// The times of a reading, each of which usually goes on by a step.
const fn times(r: &Reading) -> [u64; 5] {
    [r.at.samples(), r.of.samples(), r.agent_pause.samples(), r.silence.samples(), r.monologue.samples()]
}

/// What rarely changes, as bytes.
fn flags(reading: &Reading) -> Vec<u8> {
    // No `..`: a new field must find its place before this compiles again.
    let Reading {
        at: _,
        of: _,
        agent_pause: _,
        silence: _,
        monologue: _,
        rise: _,
        pace: _,
        strictness: _,
        speaks,
        raised,
        intensity,
        standing,
        channels,
        overlaps_reliable,
        suspended,
    } = reading;
    let mut out = Vec::with_capacity(10);
    (*speaks).put(&mut out);
    raised.put(&mut out);
    intensity.put(&mut out);
    standing.put(&mut out);
    channels.put(&mut out);
    overlaps_reliable.put(&mut out);
    suspended.put(&mut out);
    out
}

/// How a time differs from the one before: two bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Going {
    /// On by a step.
    On = 0,
    /// It is zero.
    Zero = 1,
    /// It stands still.
    Still = 2,
    /// Anything else; it follows in full.
    Other = 3,
}

const fn going(before: u64, now: u64) -> Going {
    if now == before.wrapping_add(STEP) {
        Going::On
    } else if now == 0 {
        Going::Zero
    } else if now == before {
        Going::Still
    } else {
        Going::Other
    }
}

/// Bits of the mask after those of the five times.
const RISE: u64 = 1 << 10;
const PACE: u64 = 1 << 11;
const STRICTNESS: u64 = 1 << 12;
const FLAGS: u64 = 1 << 13;

fn bits(value: Option<f32>) -> Option<u32> {
    value.map(f32::to_bits)
}

fn mask(before: &Reading, now: &Reading) -> u64 {
    let mut mask = 0;
    for (k, (before, now)) in times(before).into_iter().zip(times(now)).enumerate() {
        mask |= (going(before, now) as u64) << (2 * k);
    }
    let mut mark = |bit, differs| mask |= if differs { bit } else { 0 };
    mark(RISE, bits(before.rise) != bits(now.rise));
    mark(PACE, bits(before.pace) != bits(now.pace));
    mark(STRICTNESS, before.strictness.to_bits() != now.strictness.to_bits());
    mark(FLAGS, flags(before) != flags(now));
    mask
}

fn put(before: &Reading, now: &Reading, out: &mut Vec<u8>) {
    let mask = mask(before, now);
    mask.put(out);
    for (before, now) in times(before).into_iter().zip(times(now)) {
        if going(before, now) == Going::Other {
            now.put(out);
        }
    }
    if mask & RISE != 0 {
        now.rise.put(out);
    }
    if mask & PACE != 0 {
        now.pace.put(out);
    }
    if mask & STRICTNESS != 0 {
        now.strictness.put(out);
    }
    if mask & FLAGS != 0 {
        out.extend_from_slice(&flags(now));
    }
}

fn take_time(mask: u64, k: usize, before: u64, input: &mut Input<'_>) -> Result<u64, Damaged> {
    match mask >> (2 * k) & 3 {
        0 => Ok(before.wrapping_add(STEP)),
        1 => Ok(0),
        2 => Ok(before),
        _ => u64::take(input),
    }
}

fn take(before: &Reading, input: &mut Input<'_>) -> Result<Reading, Damaged> {
    let mask = u64::take(input)?;
    let mut now = *before;
    let mut of = times(before);
    for (k, time) in of.iter_mut().enumerate() {
        *time = take_time(mask, k, *time, input)?;
    }
    let [at, described, agent_pause, silence, monologue] = of;
    (now.at, now.of) = (SampleTime::from_samples(at), SampleTime::from_samples(described));
    now.agent_pause = SampleSpan::from_samples(agent_pause);
    now.silence = SampleSpan::from_samples(silence);
    now.monologue = SampleSpan::from_samples(monologue);
    if mask & RISE != 0 {
        now.rise = Code::take(input)?;
    }
    if mask & PACE != 0 {
        now.pace = Code::take(input)?;
    }
    if mask & STRICTNESS != 0 {
        now.strictness = Code::take(input)?;
    }
    if mask & FLAGS != 0 {
        take_flags(&mut now, input)?;
    }
    Ok(now)
}

/// In the order of [`flags`].
fn take_flags(now: &mut Reading, input: &mut Input<'_>) -> Result<(), Damaged> {
    now.speaks = Code::take(input)?;
    now.raised = Code::take(input)?;
    now.intensity = Code::take(input)?;
    now.standing = Code::take(input)?;
    now.channels = Code::take(input)?;
    now.overlaps_reliable = Code::take(input)?;
    now.suspended = Code::take(input)?;
    Ok(())
}

/// Readings of one batch; `seq` rises.
pub(crate) fn pack_readings(readings: &[Numbered<Reading>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(readings.len() * 8);
    let (mut seq, mut before) = (0, FIRST);
    for Numbered { seq: now, what } in readings {
        now.wrapping_sub(seq).put(&mut out);
        put(&before, what, &mut out);
        (seq, before) = (*now, *what);
    }
    out
}

/// The readings of a batch.
///
/// # Errors
/// Where the bytes are not those of readings.
pub(crate) fn unpack_readings(bytes: &[u8]) -> Result<Vec<Numbered<Reading>>, Damaged> {
    let mut input = Input::new(bytes);
    let (mut out, mut seq, mut before) = (Vec::new(), 0u64, FIRST);
    while !input.is_empty() {
        seq = seq.wrapping_add(u64::take(&mut input)?);
        before = take(&before, &mut input)?;
        out.push(Numbered { seq, what: before });
    }
    Ok(out)
}

/// The curves of one batch; `seq` rises.
pub(crate) fn pack_seconds(seconds: &[Numbered<Second>]) -> Vec<u8> {
    let (mut out, mut seq) = (Vec::with_capacity(seconds.len() * 20), 0);
    for Numbered { seq: now, what } in seconds {
        now.wrapping_sub(seq).put(&mut out);
        what.put(&mut out);
        seq = *now;
    }
    out
}

/// The curves of a batch.
///
/// # Errors
/// Where the bytes are not those of curves.
pub(crate) fn unpack_seconds(bytes: &[u8]) -> Result<Vec<Numbered<Second>>, Damaged> {
    let mut input = Input::new(bytes);
    let (mut out, mut seq) = (Vec::new(), 0u64);
    while !input.is_empty() {
        seq = seq.wrapping_add(u64::take(&mut input)?);
        out.push(Numbered { seq, what: Second::take(&mut input)? });
    }
    Ok(out)
}
