//! A compositor on X11 that begins, ends and begins again while a nudge is on.

use evenkeel::surfaces::overlay::protocol::{Mark, Report};
use evenkeel::surfaces::overlay::{Look, Motion, Scale};

use crate::display::{DESKTOP, Display, Eye, PILL, Part, until};
use crate::pictures::compare_seen;
use crate::pill::{Pill, finish};

/// Just below the wide pill's shadow, and beside it.
const BELOW: Part = (420, 70, 440, 20);

/// How many colours there are along the pill's edge: a hard one has none of its own.
fn softness(eye: &Eye) -> usize {
    let mut colours = eye.see((540, 6, 30, 60));
    colours.sort_unstable();
    colours.dedup();
    colours.len()
}

fn soft(pill: &Pill) -> bool {
    let Report::Ready { screen, soft } = pill.next() else { panic!("it is not said") };
    assert_eq!(screen, "x11");
    soft
}

#[test]
#[ignore = "needs Xvfb, picom and imagemagick"]
fn edges_are_soft_as_long_as_somebody_blends_windows() {
    let mut display = Display::bare();
    let eye = Eye::on(&display);
    let mut pill = Pill::on(&display.name);
    pill.look(Look { motion: Motion::Reduced, ..Look::default() });
    pill.mark(Mark::High);
    pill.show(finish(1));
    until("the pill is seen", || 6_000 < eye.painted(PILL));
    let hard = softness(&eye);
    for _ in 0..2 {
        display.blend(&eye);
        assert!(soft(&pill), "nobody noticed that windows are blended");
        until("its edges are soft", || 2 * hard < softness(&eye));
        display.blend_no_more();
        assert!(!soft(&pill), "nobody noticed that windows are blended no more");
        until("its edges are hard", || softness(&eye) <= hard);
    }
}

#[test]
#[ignore = "needs Xvfb, picom and imagemagick"]
fn a_blended_pill_looks_as_it_is_drawn_in_the_documents_without_a_shadow_of_the_compositor() {
    let mut display = Display::bare();
    let eye = Eye::on(&display);
    display.blend(&eye);
    // A window of anybody else has one.
    eye.window((900, 300, 200, 100));
    until("the compositor draws shadows", || {
        let below = eye.see((1000, 402, 1, 1))[0];
        below != DESKTOP && below != 0xff_ff_ff
    });
    let mut pill = Pill::on(&display.name);
    for (scale, name, width) in [(Scale::Full, "soft-100", 440_i16), (Scale::Double, "soft-200", 880)] {
        pill.look(Look { scale, motion: Motion::Reduced, ..Look::default() });
        pill.mark(Mark::High);
        pill.show(finish(width as u64));
        let part = (640 - width / 2, 0, width as u16, if width == 440 { 70 } else { 140 });
        until("the pill is seen", || 3_000 * width as usize / 440 <= eye.painted(part));
        if scale == Scale::Full {
            assert_eq!(eye.painted(BELOW), 0, "something is drawn around it");
        }
        compare_seen(|| eye.see(part), width as u16, name);
    }
}
