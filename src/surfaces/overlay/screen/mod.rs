//! Window systems. Each gives a surface without a border that takes no focus and
//! no click.

pub(super) mod wayland;
pub(super) mod x11;

use std::os::fd::BorrowedFd;
use std::time::Instant;

use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::Painter;
use crate::surfaces::overlay::pill::Pill;
use crate::surfaces::overlay::settings::{Backend, Look};

/// What a screen is and can do.
pub(super) struct Abilities {
    /// `wayland`, `x11` or `xwayland`.
    pub(super) name: &'static str,
    /// Whether it can show soft edges.
    pub(super) soft: bool,
}

/// A window system that is waited for by its file.
pub(super) trait Screen {
    fn file(&self) -> BorrowedFd<'_>;

    fn abilities(&self) -> Abilities;

    /// Takes what has come, without waiting; whether all is to be painted again.
    fn pump(&mut self) -> Result<bool, Trouble>;

    /// Stands where it is told, from the next frame on.
    fn settle(&mut self, look: &Look) -> Result<(), Trouble>;

    /// Paints and hands over; false where the display is not ready for a frame, and
    /// [`Screen::pump`] will say when it is.
    fn present(&mut self, pill: &Pill, painter: &mut Painter, now: Instant) -> Result<bool, Trouble>;
}

/// The best one that there is. A desktop without layer-shell has XWayland, whose
/// unmanaged windows are as well behaved as those of X11.
pub(super) fn open(backend: Backend, look: &Look) -> Result<Box<dyn Screen>, Trouble> {
    let wayland = || wayland::Wayland::open(look).map(|screen| Box::new(screen) as Box<dyn Screen>);
    let x11 = || x11::X11::open(look).map(|screen| Box::new(screen) as Box<dyn Screen>);
    match backend {
        Backend::Wayland => wayland(),
        Backend::X11 => x11(),
        Backend::Auto => wayland()
            .or_else(|first| x11().map_err(|second| Trouble::Unavailable(format!("{first}; {second}")))),
    }
}
