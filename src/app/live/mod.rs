//! A call in a full-screen terminal: two lanes, pace and level against normal, the
//! score light, nudges, and what was said last. It is told what happens and asks
//! nothing: the same view shows the call that is on and one that is played back.

#[cfg(feature = "view")]
mod draw;
mod events;
mod halts;
mod notices;
#[cfg(feature = "view")]
mod screen;
mod second;
mod view;

pub use events::Events;
pub use halts::Halts;
pub use notices::Notices;
#[cfg(feature = "view")]
pub use screen::{Key, Screen};
pub use second::{Gather, Gathered};
pub use view::{Bands, Change, Second, View};
