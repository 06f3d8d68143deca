//! Window systems. Each gives a surface without a border that takes no focus and
//! no click.

#[cfg(target_os = "linux")]
mod wayland;
#[cfg(windows)]
pub(super) mod windows;
#[cfg(target_os = "linux")]
mod x11;

#[cfg(target_os = "linux")]
use std::os::fd::BorrowedFd;
use std::time::Instant;

use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::Painter;
use crate::surfaces::overlay::pill::{INSET, Pill, ROOM};
#[cfg(target_os = "linux")]
use crate::surfaces::overlay::settings::Backend;
use crate::surfaces::overlay::settings::Look;

/// What a screen is and can do.
pub(super) struct Abilities {
    /// `wayland`, `x11`, `xwayland` or `windows`.
    pub(super) name: &'static str,
    /// Whether it can show soft edges.
    pub(super) soft: bool,
}

/// A window system.
pub(super) trait Screen {
    /// What is waited for.
    #[cfg(target_os = "linux")]
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
#[cfg(target_os = "linux")]
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

/// Where the upper left corner of the room lies on a monitor of this left, top,
/// width and height, pixels.
fn origin(look: &Look, scale: f32, monitor: (f32, f32, f32, f32)) -> (i32, i32) {
    let (x, y, w, h) = monitor;
    let (room_w, room_h) = (ROOM.0 * scale, ROOM.1 * scale);
    // What is told is the distance of the pill, not of its shadow.
    let gap = |offset: u32| (offset as f32 - INSET) * scale;
    let (gap_x, gap_y) = (gap(look.offset_x), gap(look.offset_y));
    let share = look.corner.share();
    // From the left at 0, from the right at 1, neither in the middle.
    let left = x + (w - room_w) * share + gap_x * (1.0 - 2.0 * share);
    let top = if look.corner.is_top() { y + gap_y } else { y + h - room_h - gap_y };
    (left.round() as i32, top.round() as i32)
}
