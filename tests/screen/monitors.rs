//! Several monitors on X11: the pill stands on the one that is named, else on the main
//! one, and follows when they change while a nudge is on.

use evenkeel::surfaces::overlay::protocol::Mark;
use evenkeel::surfaces::overlay::{Corner, Look};
use x11rb::protocol::randr::{self, MonitorInfo};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, PropMode};
use x11rb::wrapper::ConnectionExt as _;

use crate::display::{DESKTOP, Display, Eye, Part, until};
use crate::pill::{Pill, finish};

/// The upper edge of the left and of the right half of the display.
const LEFT: Part = (0, 0, 640, 70);
const RIGHT: Part = (640, 0, 640, 70);

/// What `xrandr --setmonitor` does: a monitor of this name over a half of the display.
fn set(eye: &Eye, name: &str, (x, _, width, _): Part, primary: bool) {
    let outputs = randr::get_screen_resources(&eye.conn, eye.root).unwrap().reply().unwrap().outputs;
    let monitor = MonitorInfo {
        name: atom(eye, name),
        primary,
        automatic: false,
        x,
        y: 0,
        width,
        height: 720,
        width_in_millimeters: 300,
        height_in_millimeters: 300,
        // The display's only output is in one of them, so that it is no third.
        outputs: if x == 0 { outputs } else { Vec::new() },
    };
    randr::set_monitor(&eye.conn, eye.root, monitor).unwrap().check().unwrap();
}

fn remove(eye: &Eye, name: &str) {
    randr::delete_monitor(&eye.conn, eye.root, atom(eye, name)).unwrap().check().unwrap();
}

fn atom(eye: &Eye, name: &str) -> u32 {
    eye.conn.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
}

/// The wide pill is there, in the middle of that edge, and nowhere else.
fn stands(eye: &Eye, why: &str, (there, elsewhere): (Part, Part)) {
    until(why, || 4_000 < eye.painted(there) && eye.painted(elsewhere) == 0);
    let seen = eye.see((there.0, 20, there.2, 1));
    let left = seen.iter().position(|colour| *colour != DESKTOP).unwrap();
    let right = seen.iter().rev().position(|colour| *colour != DESKTOP).unwrap();
    assert!(left.abs_diff(right) <= 2, "{left} pixels are free to the left, {right} to the right");
}

fn on(monitor: &str) -> Look {
    Look { monitor: monitor.into(), corner: Corner::Top, ..Look::default() }
}

#[test]
#[ignore = "needs Xvfb"]
fn the_pill_stands_on_the_named_monitor_else_on_the_main_one_and_follows_both() {
    let display = Display::bare();
    let eye = Eye::on(&display);
    set(&eye, "left", LEFT, false);
    set(&eye, "right", RIGHT, true);
    let mut pill = Pill::on(&display.name);
    pill.mark(Mark::High);
    pill.show(finish(1));
    stands(&eye, "the main one, where none is named", (RIGHT, LEFT));
    pill.look(on("left"));
    stands(&eye, "the one that is named", (LEFT, RIGHT));
    // Taken out while it is shown there, and put in again.
    remove(&eye, "left");
    stands(&eye, "the main one, for the named one is gone", (RIGHT, LEFT));
    set(&eye, "left", LEFT, false);
    stands(&eye, "the named one, for it is back", (LEFT, RIGHT));
    pill.look(on("nowhere"));
    stands(&eye, "the main one, for there is none of that name", (RIGHT, LEFT));
    // Another one becomes the main one.
    remove(&eye, "left");
    set(&eye, "left", LEFT, true);
    stands(&eye, "another one, for it is the main one now", (LEFT, RIGHT));
}

#[test]
#[ignore = "needs Xvfb"]
fn the_pill_grows_at_once_when_the_desktop_is_scaled() {
    let display = Display::bare();
    let eye = Eye::on(&display);
    let mut pill = Pill::on(&display.name);
    pill.mark(Mark::High);
    until("the small pill is seen", || 200 < eye.painted(LEFT));
    let small = eye.painted((0, 0, 1280, 70));
    let (kind, scaled) = (AtomEnum::STRING, b"Xft.dpi:\t192\n");
    let put =
        eye.conn.change_property8(PropMode::REPLACE, eye.root, AtomEnum::RESOURCE_MANAGER, kind, scaled);
    put.unwrap().check().unwrap();
    // Twice as wide and twice as high, but for its edges.
    until("it is four times as large", || {
        (small * 7 / 2..small * 9 / 2).contains(&eye.painted((0, 0, 1280, 70)))
    });
}
