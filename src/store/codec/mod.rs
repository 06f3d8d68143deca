//! Core values as bytes, exact to the bit, at this edge alone: the core knows
//! nothing of it. Every record is taken apart without `..` and every set
//! matched without `_`, so that a new field or variant breaks this compile.
//! Never decides anything.

#[macro_use]
mod bits;
mod by_kind;
mod events;
mod readings;
mod settings;
mod summary;

pub(crate) use bits::{Damaged, Input};
pub(crate) use readings::{Numbered, pack_readings, pack_seconds, unpack_readings, unpack_seconds};

use crate::core::event::Event;
use bits::Code;

/// Layout of the blobs that stand alone (settings, past, summary): 2 since words
/// bring nudges about, 3 since a call may begin with how the room sounds. A reader that
/// meets a number it does not know says so instead of guessing.
const FORMAT: u8 = 3;
/// The oldest layout that is still read.
const OLDEST: u8 = 1;

/// The value as a blob that names its layout.
pub(crate) fn blob<T: Code>(value: &T) -> Vec<u8> {
    let mut out = vec![FORMAT];
    value.put(&mut out);
    out
}

/// The value of such a blob.
///
/// # Errors
/// Where its layout is another, or its bytes are not those of a value.
pub(crate) fn unblob<T: Code>(bytes: &[u8]) -> Result<T, Damaged> {
    let mut input = Input::new(bytes);
    let format = input.byte()?;
    if !(OLDEST..=FORMAT).contains(&format) {
        return Err(Damaged::Format { found: format, known: FORMAT });
    }
    input.format = format;
    let value = T::take(&mut input)?;
    input.end()?;
    Ok(value)
}

/// An event as its number among events and the rest of it.
pub(crate) fn event(event: &Event) -> (u8, Vec<u8>) {
    let mut bytes = Vec::with_capacity(32);
    event.put(&mut bytes);
    let rest = bytes.split_off(1);
    (bytes.first().copied().unwrap_or(0), rest)
}

/// The event of a number and the rest.
///
/// # Errors
/// Where they are not those of an event.
pub(crate) fn unevent(kind: u8, rest: &[u8]) -> Result<Event, Damaged> {
    let mut bytes = Vec::with_capacity(rest.len() + 1);
    bytes.push(kind);
    bytes.extend_from_slice(rest);
    let mut input = Input::new(&bytes);
    let event = Event::take(&mut input)?;
    input.end()?;
    Ok(event)
}

/// Whether two events are the same to the bit, not-a-number included.
pub fn same_bits(a: &Event, b: &Event) -> bool {
    event(a) == event(b)
}

#[cfg(test)]
mod tests;
