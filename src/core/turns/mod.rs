//! Who holds the floor: spurts, turns, starts over the other's speech, replies.

pub mod floor;
pub mod overlap;
pub mod spurts;
