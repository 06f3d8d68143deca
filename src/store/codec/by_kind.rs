//! Lists with a place for each kind of nudge. In bytes of the time before a kind
//! was, its place is that of a kind that nobody has said or shown anything of.

use crate::core::event::{KINDS, Kind};
use crate::core::summary::NudgeCount;
use crate::store::codec::bits::{Code, Damaged, Input};

/// The kinds of the first layout, in their order there.
const FIRST: [Kind; 8] = [
    Kind::Capture,
    Kind::Interrupting,
    Kind::RaisedVoice,
    Kind::FastPace,
    Kind::Monologue,
    Kind::RushedReply,
    Kind::DeadAir,
    Kind::Positive,
];

/// What stands in the place of a kind that was not yet.
pub(super) trait Untouched: Copy {
    /// Nothing was said or shown of it.
    const UNTOUCHED: Self;
}

impl Untouched for bool {
    const UNTOUCHED: Self = false;
}

impl Untouched for f32 {
    const UNTOUCHED: Self = 1.0;
}

impl Untouched for NudgeCount {
    const UNTOUCHED: Self = Self { shown: 0, heeded: 0, suppressed: 0 };
}

pub(super) fn put<T: Code>(items: &[T; KINDS], out: &mut Vec<u8>) {
    items.put(out);
}

pub(super) fn take<T: Code + Untouched>(input: &mut Input<'_>) -> Result<[T; KINDS], Damaged> {
    if 2 <= input.format {
        return Code::take(input);
    }
    let mut items = [T::UNTOUCHED; KINDS];
    for kind in FIRST {
        items[kind as usize] = T::take(input)?;
    }
    Ok(items)
}
