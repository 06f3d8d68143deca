//! The overlay on a compositor with layer-shell.

use std::time::Duration;

use evenkeel::surfaces::overlay::protocol::{Mark, Report};
use evenkeel::surfaces::overlay::{Corner, Look, Motion, Scale};

use crate::display::{DESKTOP, PILL, Part, until};
use crate::figures::wake_ups;
use crate::pictures::compare_seen;
use crate::pill::{Pill, finish};
use crate::sway::{Seen, Sway, Witness};

/// The lower right corner, as large as the pill may become there.
const LOWER_RIGHT: Part = (1100, 650, 180, 70);
/// Where the pill is on the second monitor.
const SECOND: Part = (1280 + 420, 0, 440, 70);

fn ready(sway: &Sway) -> Pill {
    let pill = sway.pill(&[], None);
    assert_eq!(pill.next(), Report::Ready { screen: "wayland".into(), soft: true });
    pill
}

#[test]
#[ignore = "needs sway, grim, wev and wtype"]
fn r37_on_wayland_the_pill_is_an_overlay_that_takes_no_focus_no_key_and_no_click() {
    let sway = Sway::start();
    let mut pill = ready(&sway);
    let window = Witness::on(&sway);
    let before = sway.focus();
    let below = sway.see((640, 32, 1, 1)).colours;
    pill.mark(Mark::High);
    pill.show(finish(1));
    until("the pill is seen", || sway.see((600, 32, 1, 1)).colours != below);
    window.hears_keys_and_clicks(&sway, (640, 32));
    assert_eq!(sway.focus(), before, "the focus moved");
}

#[test]
#[ignore = "needs sway and grim"]
fn on_wayland_the_pill_follows_every_size_and_place_and_sleeps() {
    let sway = Sway::start();
    let mut pill = ready(&sway);
    pill.mark(Mark::High);
    pill.show(finish(1));
    until("the pill is seen", || 4_000 < sway.painted(PILL));
    // Some of which end in the middle of a row of memory.
    for scale in [Scale::Quarter, Scale::Half, Scale::ThreeQuarters, Scale::DoubleHalf, Scale::Triple] {
        pill.look(Look { corner: Corner::BottomRight, scale, ..Look::default() });
        pill.show(finish(scale.factor().unwrap() as u64 + 10));
    }
    until("the pill is in the other corner", || 9_000 < sway.painted(LOWER_RIGHT));
    until("nothing is left in the first", || sway.painted(PILL) == 0);
    pill.mark(Mark::Quiet);
    // The last movement ends.
    std::thread::sleep(Duration::from_secs(1));
    let woke = wake_ups(pill.child.id());
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(wake_ups(pill.child.id()) - woke, 0, "it does not sleep");
}

#[test]
#[ignore = "needs sway and grim"]
fn on_wayland_the_pill_is_on_the_named_monitor_whenever_that_is_there() {
    let sway = Sway::start();
    let mut pill = ready(&sway);
    let named = |name: &str| Look { monitor: name.into(), ..Look::default() };
    let first = |why: &str| until(why, || 4_000 < sway.painted(PILL));
    let second = |why: &str| until(why, || 4_000 < sway.painted(SECOND) && sway.painted(PILL) == 0);
    pill.look(named("X11-2"));
    pill.mark(Mark::High);
    pill.show(finish(1));
    first("the pill is on the only monitor there is");
    sway.order("create_output");
    second("the pill is on the named one, which is there now");
    sway.unplug();
    first("the pill is back on the first");
    // Each one that is put in has another name.
    pill.look(named("X11-3"));
    sway.order("create_output");
    second("the pill is on the named one again");
    sway.unplug();
    first("the pill is back on the first again");
    // None is left, as when a lid is closed.
    sway.unplug();
    std::thread::sleep(Duration::from_millis(500));
    let woke = wake_ups(pill.child.id());
    std::thread::sleep(Duration::from_secs(1));
    let often = wake_ups(pill.child.id()) - woke;
    assert!(often <= 2, "without a monitor it wakes {often} times a second");
    sway.order("create_output");
    until("the pill is on the only one that came", || 4_000 < sway.painted((0, 0, 1280, 70)));
}

/// Width of what is painted in the row through the pill's middle.
fn wide(seen: &[u32], width: usize) -> usize {
    let middle = &seen[seen.len() / 2 / width * width..][..width];
    middle.iter().filter(|colour| **colour != DESKTOP).count()
}

#[test]
#[ignore = "needs sway, grim and imagemagick"]
fn on_wayland_the_pill_looks_as_on_x11_and_grows_with_the_monitors_scale() {
    let sway = Sway::start();
    let mut pill = ready(&sway);
    pill.look(Look { motion: Motion::Reduced, ..Look::default() });
    pill.mark(Mark::High);
    pill.show(finish(1));
    until("the pill is seen", || 4_000 < sway.painted(PILL));
    compare_seen(|| sway.see(PILL).colours, 440, "soft-100");
    let full = wide(&sway.see(PILL).colours, 440);
    sway.order("output X11-1 scale 2");
    // The same monitor has half as many logical pixels.
    let part = (320 - 220, 0, 440, 70);
    until("the pill is twice as large", || wide(&sway.see(part).colours, 880).abs_diff(full * 2) <= 8);
    compare_seen(|| sway.see(part).colours, 880, "soft-200");
}

#[test]
#[ignore = "needs sway and grim"]
fn on_wayland_the_pill_has_its_size_on_a_monitor_between_two_whole_scales() {
    let sway = Sway::start();
    let mut pill = ready(&sway);
    pill.look(Look { motion: Motion::Reduced, ..Look::default() });
    pill.mark(Mark::High);
    pill.show(finish(1));
    until("the pill is seen", || 4_000 < sway.painted(PILL));
    let full = wide(&sway.see(PILL).colours, 440);
    sway.order("output X11-1 scale 1.5");
    // The middle of 1280 / 1.5 logical pixels.
    let part = (427 - 220, 0, 440, 70);
    let right = |seen: &Seen| (wide(&seen.colours, seen.width) * 2).abs_diff(full * 3) <= 8;
    until("the pill is half as large again", || right(&sway.see(part)));
    // White letters on a dark ground, not a grey mush of them.
    let white = |seen: &Seen| seen.colours.iter().filter(|px| 0xe0_e0_e0 <= (**px & 0xe0_e0_e0)).count();
    let clear = white(&sway.see(part));
    assert!(100 < clear, "only {clear} pixels of the letters are as white as they should be");
    if sway.version() < (1, 8) {
        println!("unproven: sharp pixels at 150 %, for this compositor has no fractional scale");
    }
}
