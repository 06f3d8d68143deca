//! The daemon chooses what shows nudges, moves down and up again while a call is
//! on, and says which and why.

use std::time::Duration;

use crate::daemon::{Daemon, kill};
use crate::display::{Display, Eye, PILL, until, within};

/// The first nudge of the sample call comes in its 51st second.
const FIRST: Duration = Duration::from_secs(90);

/// So long may pass from the end of the overlay until it is seen again.
const BACK: Duration = Duration::from_secs(2);

fn seen(eye: &Eye) -> bool {
    200 < eye.painted(PILL)
}

#[test]
#[ignore = "needs Xvfb"]
fn an_overlay_that_is_killed_is_back_within_two_seconds() {
    let display = Display::bare();
    let eye = Eye::on(&display);
    let daemon = Daemon::start(Some(&display.name), "", &[]);
    until("the pill is seen", || seen(&eye));
    until("status says so", || daemon.works());
    for _ in 0..2 {
        let pid = daemon.overlay().unwrap();
        kill(pid, "-9");
        until("it is gone", || daemon.overlay() != Some(pid));
        let took = until("the pill is seen again", || daemon.overlay().is_some() && seen(&eye));
        println!("killed, and seen again after {} ms", took.as_millis());
        assert!(took < BACK, "{took:?}");
    }
    assert!(!daemon.status()["call"].is_null(), "the call is gone");
}

#[test]
#[ignore = "needs Xvfb"]
fn r37_without_a_display_the_ladder_goes_down_and_says_why() {
    let daemon = Daemon::start(None, "", &[]);
    until("the overlay is missing", || daemon.surface("overlay")["health"] == "missing");
    until("the terminal carries nudges", || {
        daemon.surface("terminal")["why"].as_str().is_some_and(|why| why.starts_with("nudges are shown by"))
    });
    let overlay = daemon.surface("overlay");
    assert!(overlay["why"].as_str().unwrap().contains("display"), "{overlay}");
    assert!(overlay["remedy"].as_str().unwrap().contains("import-environment"), "{overlay}");
    within(FIRST, "a nudge is said in the terminal", || daemon.log().contains("Let them finish"));
}

#[test]
#[ignore = "needs Xvfb"]
fn r37_a_display_that_goes_and_comes_back_is_followed_while_the_call_is_on() {
    let display = Display::bare();
    let daemon = Daemon::start(Some(&display.name), "", &[]);
    until("the overlay works", || daemon.works());
    let name = display.kill();
    let down = until("the overlay is given up", || daemon.surface("overlay")["health"] == "missing");
    let back = Display::again(&name);
    let eye = Eye::on(&back);
    let up = until("the pill is seen on the new display", || seen(&eye));
    println!("display gone: down after {} ms; back: up after {} ms", down.as_millis(), up.as_millis());
    until("status says so", || daemon.works());
    assert!(!daemon.status()["call"].is_null(), "the call is gone");
}

#[test]
#[ignore = "needs Xvfb"]
fn the_service_manager_is_asked_for_the_display() {
    let display = Display::bare();
    let eye = Eye::on(&display);
    let daemon = Daemon::start(None, &format!("HOME=/x\\nDISPLAY={}\\n", display.name), &[]);
    until("the pill is seen", || seen(&eye));
    until("status says so", || daemon.works());
}

#[test]
#[ignore = "needs Xvfb"]
fn an_overlay_that_hangs_is_replaced() {
    let display = Display::bare();
    let daemon = Daemon::start(Some(&display.name), "", &[]);
    until("the overlay works", || daemon.works());
    let pid = daemon.overlay().unwrap();
    kill(pid, "-STOP");
    // Found out with the next nudge.
    within(FIRST, "another one runs", || daemon.overlay().is_some_and(|other| other != pid));
    until("it works", || daemon.works());
}

#[test]
#[ignore = "needs Xvfb"]
fn while_the_screen_is_shared_nothing_is_seen() {
    let display = Display::bare();
    let eye = Eye::on(&display);
    let daemon = Daemon::start(Some(&display.name), "", &[]);
    until("the pill is seen", || seen(&eye));
    daemon.ctl(&["hide"]);
    until("nothing is seen", || eye.painted(PILL) == 0);
    assert_eq!(daemon.status()["hidden"], true);
    within(FIRST, "a nudge is said in the terminal", || daemon.log().contains("Let them finish"));
    assert_eq!(eye.painted(PILL), 0, "a nudge is seen");
    daemon.ctl(&["hide", "off"]);
    until("the pill is seen again", || seen(&eye));
}

#[test]
#[ignore = "needs Xvfb"]
fn nudges_are_said_in_the_language_of_the_settings() {
    let display = Display::bare();
    let daemon = Daemon::start(Some(&display.name), "", &["show.language=de"]);
    within(FIRST, "a nudge is said in German", || daemon.log().contains("Ausreden lassen"));
}
