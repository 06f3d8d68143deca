//! A call in a full-screen terminal: two lanes, pace and level against normal, the
//! score light, nudges, and what was said last. It is told what happens and asks
//! nothing: the same view shows the call that is on and one that is played back.

#[cfg(feature = "view")]
mod draw;
#[cfg(feature = "view")]
mod events;
#[cfg(feature = "view")]
mod halts;
#[cfg(feature = "view")]
mod keys;
#[cfg(feature = "view")]
mod notices;
#[cfg(feature = "view")]
mod screen;
mod second;
#[cfg(feature = "view")]
mod view;

#[cfg(feature = "view")]
pub use events::Events;
#[cfg(feature = "view")]
pub use halts::Halts;
#[cfg(feature = "view")]
pub use notices::Notices;
#[cfg(feature = "view")]
pub use screen::{Key, Screen};
pub use second::{Gather, Gathered};
#[cfg(feature = "view")]
pub use view::{Bands, Change, Second, View};
