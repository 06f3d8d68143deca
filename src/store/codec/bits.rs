//! Plain values as bytes, and the two forms that everything else is made of: a
//! record of fields and a choice of variants.

use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};
use crate::store::codec::FORMAT;

/// Why stored bytes are not a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damaged {
    /// They end too early.
    #[error("the bytes end too early")]
    Short,
    /// They go on after the value.
    #[error("{0} bytes are left over")]
    Long(usize),
    /// No variant has that number.
    #[error("{0} is no variant")]
    Variant(u8),
    /// A number is too large for its place.
    #[error("a number is too large")]
    Large,
    /// Another version of the program wrote them.
    #[error("layout {found}, this version reads {known}")]
    Format {
        /// Theirs.
        found: u8,
        /// Ours.
        known: u8,
    },
}

/// Bytes that are read from the front.
#[derive(Clone, Debug)]
pub(crate) struct Input<'a> {
    rest: &'a [u8],
    /// The layout that they are in.
    pub(crate) format: u8,
    /// Tests make values of any bytes: then every number is a variant and
    /// missing bytes are zeros.
    wild: bool,
}

impl<'a> Input<'a> {
    /// All of `bytes`.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, format: FORMAT, wild: false }
    }

    /// Takes any bytes for a value.
    #[cfg(test)]
    pub(crate) const fn wild(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, format: FORMAT, wild: true }
    }

    /// Whether all bytes are read.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Nothing may be left.
    pub(crate) const fn end(&self) -> Result<(), Damaged> {
        if self.rest.is_empty() { Ok(()) } else { Err(Damaged::Long(self.rest.len())) }
    }

    /// The next byte.
    pub(crate) fn byte(&mut self) -> Result<u8, Damaged> {
        match self.rest.split_first() {
            Some((&first, rest)) => {
                self.rest = rest;
                Ok(first)
            }
            None if self.wild => Ok(0),
            None => Err(Damaged::Short),
        }
    }

    /// The number of a variant, of so many.
    pub(crate) fn variant(&mut self, of: u8) -> Result<u8, Damaged> {
        let number = self.byte()?;
        match number {
            number if number < of => Ok(number),
            number if self.wild => Ok(number % of),
            number => Err(Damaged::Variant(number)),
        }
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let mut out = [0; N];
        for byte in &mut out {
            *byte = self.byte()?;
        }
        Ok(out)
    }
}

/// A value that has bytes.
pub(crate) trait Code: Sized {
    /// Appends its bytes.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads them back.
    fn take(input: &mut Input<'_>) -> Result<Self, Damaged>;
}

/// A struct: its fields in this order. All must be named. `as` names a module that
/// codes a field in a way of its own; fields `since` a later layout come last, and
/// bytes of an earlier one are read with the value beside them.
macro_rules! record {
    (
        $type:ty { $($field:ident $(as $how:ident)?),+ $(,)? }
        $(since $format:literal { $($new:ident = $before:expr),+ $(,)? })?
    ) => {
        impl Code for $type {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field,)+ $($($new,)+)? } = self;
                $(record!(@put $field out $($how)?);)+
                $($($new.put(out);)+)?
            }

            fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
                Ok(Self {
                    $($field: record!(@take input $($how)?),)+
                    $($($new: if input.format < $format { $before } else { Code::take(input)? },)+)?
                })
            }
        }
    };
    (@put $field:ident $out:ident) => { $field.put($out) };
    (@put $field:ident $out:ident $how:ident) => { $how::put($field, $out) };
    (@take $input:ident) => { Code::take($input)? };
    (@take $input:ident $how:ident) => { $how::take($input)? };
}

/// An enum: the number of each variant, then its fields. All must be named,
/// and their numbers are for ever: new ones come last.
macro_rules! choice {
    ($type:ty {
        $($tag:literal = $variant:ident $(( $($item:ident),+ ))? $({ $($field:ident),+ $(,)? })?),+ $(,)?
    }) => {
        impl Code for $type {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(( $($item),+ ))? $({ $($field),+ })? => {
                        out.push($tag);
                        $($($item.put(out);)+)?
                        $($($field.put(out);)+)?
                    })+
                }
            }

            fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
                const COUNT: usize = [$($tag),+].len();
                Ok(match input.variant(COUNT as u8)? {
                    $($tag => Self::$variant
                        $(( $({ let $item = Code::take(input)?; $item }),+ ))?
                        $({ $($field: Code::take(input)?),+ })?,)+
                    other => return Err(Damaged::Variant(other)),
                })
            }
        }
    };
}

impl Code for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        input.byte()
    }
}

impl Code for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        Ok(input.variant(2)? == 1)
    }
}

/// Bits of a number that one byte holds; the eighth says that more follow.
const BITS: u32 = 7;

impl Code for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while 0x7f < rest {
            out.push(rest as u8 | 0x80);
            rest >>= BITS;
        }
        out.push(rest as u8);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        let mut value = 0;
        for shift in (0..Self::BITS).step_by(BITS as usize) {
            let byte = input.byte()?;
            let part = Self::from(byte & 0x7f);
            if part << shift >> shift != part && !input.wild {
                return Err(Damaged::Large);
            }
            value |= part << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        if input.wild { Ok(value) } else { Err(Damaged::Large) }
    }
}

impl Code for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        u64::from(*self).put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        let value = u64::take(input)?;
        if input.wild { Ok(value as Self) } else { Self::try_from(value).map_err(|_| Damaged::Large) }
    }
}

impl Code for f32 {
    /// Its bits: not-a-number and minus zero come back as they were.
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bits().to_le_bytes());
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        Ok(Self::from_bits(u32::from_le_bytes(input.bytes()?)))
    }
}

impl Code for SampleTime {
    fn put(&self, out: &mut Vec<u8>) {
        self.samples().put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        u64::take(input).map(Self::from_samples)
    }
}

impl Code for SampleSpan {
    fn put(&self, out: &mut Vec<u8>) {
        self.samples().put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        u64::take(input).map(Self::from_samples)
    }
}

impl<T: Code> Code for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        if bool::take(input)? { T::take(input).map(Some) } else { Ok(None) }
    }
}

impl<T: Code, const N: usize> Code for [T; N] {
    fn put(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|item| item.put(out));
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        let items = (0..N).map(|_| T::take(input)).collect::<Result<Vec<_>, _>>()?;
        items.try_into().map_err(|_| Damaged::Short)
    }
}

/// The longest list that is believed: more is damage, not data.
const MOST: u64 = 1 << 16;

impl<T: Code> Code for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        self.iter().for_each(|item| item.put(out));
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        let length = match u64::take(input)? {
            length if input.wild => length % 4,
            length if MOST < length => return Err(Damaged::Large),
            length => length,
        };
        (0..length).map(|_| T::take(input)).collect()
    }
}

impl<A: Code, B: Code> Code for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        Ok((A::take(input)?, B::take(input)?))
    }
}

impl<A: Code, B: Code, C: Code> Code for (A, B, C) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
        self.2.put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        Ok((A::take(input)?, B::take(input)?, C::take(input)?))
    }
}

impl<T: Code> Code for Sides<T> {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { agent, customer } = self;
        agent.put(out);
        customer.put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        Ok(Self { agent: T::take(input)?, customer: T::take(input)? })
    }
}

choice!(Channel { 0 = Agent, 1 = Customer });
