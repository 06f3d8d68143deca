//! the pill takes no focus, no key and no click, and stays on top.

use evenkeel::surfaces::overlay::Look;
use evenkeel::surfaces::overlay::protocol::{Mark, Order, Report};
use x11rb::protocol::Event;

use crate::display::{Display, Eye, PILL, SOON, until};
use crate::pill::{Pill, finish};

/// In the middle of the upper edge, inside of the wide pill.
const MIDDLE: (i16, i16) = (640, 32);

fn keeps_its_manners(display: &Display) {
    let eye = Eye::on(display);
    // Below the pill, and with the focus.
    let window = eye.window((300, 0, 700, 300));
    eye.give_focus(window);
    let mut pill = Pill::on(&display.name);
    pill.mark(Mark::High);
    pill.show(finish(1));
    until("the pill is seen", || eye.see((MIDDLE.0, MIDDLE.1, 1, 1))[0] != 0xff_ff_ff);
    assert_eq!(eye.focus(), window, "the focus moved");
    display.act(&["key", "a"]);
    assert!(matches!(eye.heard(), Event::KeyPress(_)), "the key went elsewhere");
    let (x, y) = (MIDDLE.0.to_string(), MIDDLE.1.to_string());
    display.act(&["mousemove", &x, &y, "click", "1"]);
    let Event::ButtonPress(click) = eye.heard() else { panic!("no click") };
    assert_eq!((click.event, click.root_x, click.root_y), (window, MIDDLE.0, MIDDLE.1));
    assert_eq!(eye.focus(), window, "the click moved the focus");
}

#[test]
#[ignore = "needs Xvfb and xdotool"]
fn r37_focus_keys_and_clicks_stay_with_the_window_below() {
    keeps_its_manners(&Display::bare());
}

#[test]
#[ignore = "needs Xvfb and openbox"]
fn r37_a_window_that_is_raised_does_not_cover_the_pill() {
    let display = Display::managed();
    let eye = Eye::on(&display);
    let mut pill = Pill::on(&display.name);
    pill.mark(Mark::High);
    pill.show(finish(1));
    // A new window is raised above all others when it appears.
    let window = eye.window((300, 0, 700, 300));
    eye.give_focus(window);
    let dark = |eye: &Eye| eye.see((MIDDLE.0 - 60, 12, 1, 1))[0] != 0xff_ff_ff;
    until("the pill is on top again", || dark(&eye));
}

#[test]
#[ignore = "needs Xvfb"]
fn a_hidden_pill_leaves_no_pixel_and_end_of_input_ends_it() {
    let display = Display::bare();
    let eye = Eye::on(&display);
    let mut pill = Pill::on(&display.name);
    assert_eq!(eye.painted(PILL), 0, "something is seen without a call");
    pill.mark(Mark::Ready);
    until("the small pill is seen", || 200 < eye.painted(PILL));
    pill.mark(Mark::Hidden);
    until("nothing is seen", || eye.painted(PILL) == 0);
    pill.mark(Mark::Ready);
    until("it is seen again", || 200 < eye.painted(PILL));
    assert_eq!(pill.end_of_input(), Some(0));
    until("nothing of it is left", || eye.painted(PILL) == 0);
}

#[test]
#[ignore = "needs Xvfb"]
fn a_nudge_leaves_by_itself_and_what_is_no_order_is_refused() {
    let display = Display::bare();
    let eye = Eye::on(&display);
    let mut pill = Pill::on(&display.name);
    pill.mark(Mark::High);
    let mut short = finish(1);
    short.lasts_ms = 1_000;
    pill.show(short);
    until("it is wide", || 4_000 < eye.painted(PILL));
    assert_eq!(pill.next(), Report::Gone { id: 1 });
    until("it is small again", || eye.painted(PILL) < 900);
    pill.write("{\"do\":\"dance\"}\n");
    assert!(matches!(pill.next(), Report::Refused { .. }));
    pill.write(&format!("{}\n", "x".repeat(200_000)));
    assert!(matches!(pill.next(), Report::Refused { .. }));
    pill.show(finish(2));
}

#[test]
#[ignore = "needs Xvfb"]
fn place_and_scale_follow_the_settings_at_once() {
    use evenkeel::surfaces::overlay::{Corner, Scale};
    let display = Display::bare();
    let eye = Eye::on(&display);
    let mut pill = Pill::on(&display.name);
    pill.mark(Mark::High);
    let places = [
        (Corner::TopLeft, 0, 0),
        (Corner::TopRight, 1220, 0),
        (Corner::BottomLeft, 0, 680),
        (Corner::BottomRight, 1220, 680),
    ];
    for (corner, x, y) in places {
        pill.look(Look { corner, ..Look::default() });
        until("it stands in its corner", || 100 < eye.painted((x, y, 60, 40)));
    }
    let small = eye.painted((1000, 600, 280, 120));
    pill.look(Look { corner: Corner::BottomRight, scale: Scale::Triple, ..Look::default() });
    until("it is nine times as large", || 8 * small < eye.painted((1000, 600, 280, 120)));
}

#[test]
#[ignore = "needs Xvfb"]
fn without_a_display_it_says_so_at_once() {
    for name in ["", ":987"] {
        let mut pill = Pill::start(|command| {
            command.env("DISPLAY", name).env_remove("WAYLAND_DISPLAY");
        });
        let Report::Failed { why, lost } = pill.next() else { panic!("no report") };
        assert!(!lost && why.contains("Wayland") && why.contains("X11"), "{why}");
        assert_eq!(pill.child.wait().unwrap().code(), Some(69));
    }
}

#[test]
#[ignore = "needs Xvfb"]
fn a_display_that_goes_away_ends_it_with_another_status() {
    let display = Display::bare();
    let mut pill = Pill::on(&display.name);
    pill.tell(&Order::Mark { mark: Mark::High });
    display.kill();
    assert!(matches!(pill.said.recv_timeout(SOON), Ok(Report::Failed { lost: true, .. })));
    assert_eq!(pill.child.wait().unwrap().code(), Some(75));
}
