//! The host against a program that a shell plays.

use crossbeam_channel::{Receiver, unbounded};

use super::*;
use crate::surfaces::card::tests::card;
use crate::surfaces::overlay::environment::{Display, Whom};
use crate::surfaces::overlay::protocol::{IconName, Tone};
use crate::surfaces::wording::Icon;

/// Longer than anything that is not a failure.
const LONG: Duration = Duration::from_secs(20);

const READY: &str = r#"echo '{"said":"ready","screen":"x11","soft":true}'"#;
/// Shows every nudge at once.
const SHOWS: &str =
    r#"while read -r l; do case $l in *nudge*) echo '{"said":"shown","id":1,"after_us":9}';; esac; done"#;

fn script(lines: &[&str]) -> Option<Program> {
    let args = ["-c".into(), lines.join("\n").into()].into();
    Some(Program { path: "/bin/sh".into(), args })
}

fn there(_: Whom) -> Display {
    Display::named(":1")
}

fn nowhere(_: Whom) -> Display {
    Display::default()
}

fn only_the_session(whom: Whom) -> Display {
    if whom == Whom::Session { Display::named(":2") } else { Display::default() }
}

fn overlay(program: Option<Program>, ask: Ask) -> (Overlay, Receiver<Card>) {
    let (to, cards) = unbounded();
    let overlay = Overlay::spawn_on(program, ask, move |card| {
        let _ = to.send(card);
    });
    overlay.mark(Mark::High);
    overlay.switch(true);
    (overlay, cards)
}

fn show(overlay: &Overlay) {
    let (icon, tone) = (IconName(Icon::Softer), Tone::Change);
    let nudge = Nudge { id: 1, text: "Softer".into(), icon, tone, lasts_ms: 5_000 };
    assert!(overlay.show(nudge, Some(card("Softer"))));
}

fn until(what: &str, overlay: &Overlay, so: impl Fn(&Evidence) -> bool) {
    let begun = Instant::now();
    while !so(&overlay.evidence()) {
        assert!(begun.elapsed() < LONG, "still not: {what}: {:?}", overlay.evidence());
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn what_the_overlay_shows_nothing_else_does() {
    let (overlay, cards) = overlay(script(&[READY, SHOWS]), there);
    until("it works", &overlay, |e| e.state.works());
    show(&overlay);
    until("it is shown", &overlay, |e| e.shown == 1);
    assert!(!overlay.fell(1) && cards.try_recv().is_err());
    assert_eq!(overlay.evidence().screen.as_deref(), Some("x11"));
    assert!(overlay.stop(LONG));
}

#[test]
fn without_a_display_something_else_shows_it_at_once_and_why_is_said() {
    let (overlay, cards) = overlay(script(&[READY, SHOWS]), nowhere);
    until("it is missing", &overlay, |e| e.state.why().contains("display"));
    show(&overlay);
    let card = cards.recv_timeout(LONG).unwrap();
    assert_eq!(card.title, "Softer");
    assert!(card.lasts <= Duration::from_secs(5));
    assert!(overlay.fell(1) && !overlay.fell(2));
    assert_eq!(overlay.evidence().starts, 0);
}

#[test]
fn the_session_is_asked_where_we_know_of_no_display() {
    let (overlay, _cards) = overlay(script(&[READY, SHOWS]), only_the_session);
    until("it works", &overlay, |e| e.state.works());
}

#[test]
fn one_that_shows_nothing_hangs_and_something_else_shows_it() {
    let (overlay, cards) = overlay(script(&[READY, "exec sleep 60"]), there);
    until("it works", &overlay, |e| e.state.works());
    let begun = Instant::now();
    show(&overlay);
    cards.recv_timeout(LONG).unwrap();
    assert!(Duration::from_millis(500) <= begun.elapsed(), "given up too early");
    until("it is started again", &overlay, |e| 2 <= e.starts);
}

#[test]
fn one_that_ends_is_started_again_and_shows_what_was_on() {
    // The first ends with the nudge, the second shows it.
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("was-here");
    let mark = mark.to_str().unwrap();
    let first = format!(
        "if [ ! -e {mark} ]; then : > {mark}; while read -r l; do case $l in *nudge*) exit 1;; esac; done; fi"
    );
    let (overlay, cards) = overlay(script(&[READY, &first, SHOWS]), there);
    until("it works", &overlay, |e| e.state.works());
    show(&overlay);
    until("the second shows it", &overlay, |e| e.shown == 1 && e.starts == 2);
    assert!(cards.try_recv().is_err(), "two showed it");
}

#[test]
fn why_it_could_not_be_is_told_as_it_was_said() {
    let failed = r#"echo '{"said":"failed","why":"X11: nobody home","lost":false}'; exit 69"#;
    let (overlay, _cards) = overlay(script(&[failed]), there);
    until("why is told", &overlay, |e| e.state.why() == "X11: nobody home");
}

#[test]
fn what_is_not_there_is_named() {
    let (none, cards) = overlay(None, there);
    until("it is named", &none, |e| e.state.why().contains("this build"));
    show(&none);
    cards.recv_timeout(LONG).unwrap();
    let gone = Program { path: "/nonexistent".into(), args: Vec::new() };
    let (gone, _cards) = overlay(Some(gone), there);
    until("it is named", &gone, |e| e.state.why().contains("could not be started"));
}

#[test]
fn switched_off_it_ends() {
    let (overlay, _cards) = overlay(script(&[READY, SHOWS]), there);
    until("it works", &overlay, |e| e.state.works());
    overlay.switch(false);
    until("it is off", &overlay, |e| e.state == SurfaceState::Untried && e.screen.is_none());
}
