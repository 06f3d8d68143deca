//! Notifications against a service that is played here, on a message bus of the
//! test's own. Every wait is for an answer. `./scripts/test` runs it:
//! `cargo test --test notification -- --ignored --test-threads 1`.

#![cfg(all(target_os = "linux", feature = "desktop"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

#[path = "support/desktop.rs"]
mod desktop;

use std::time::{Duration, Instant};

use desktop::{Bus, Fake, Got, Manner, SOON};
use evenkeel::core::event::Kind;
use evenkeel::surfaces::{Action, Answer, Card, Choice, Desk, GIVE_UP, SurfaceState, Urgency};

fn card(title: &str) -> Card {
    Card {
        title: title.into(),
        body: String::new(),
        urgency: Urgency::Normal,
        lasts: Duration::from_secs(5),
        actions: vec![
            Action { choice: Choice::Snooze, label: "Snooze".into() },
            Action { choice: Choice::Wrong(Kind::FastPace), label: "Wrong".into() },
        ],
    }
}

fn desk(bus: &Bus) -> Desk {
    Desk::spawn(evenkeel::surfaces::Bus::At(bus.address()))
}

/// A desk whose service answered.
fn ready(bus: &Bus) -> Desk {
    let desk = desk(bus);
    assert!(desk.wait(SOON, |e| e.state.works()), "{:?}", desk.evidence());
    desk
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_card_is_updated_in_place_and_taken_away() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    desk.show(card("Let them finish"));
    let first = fake.card();
    assert_eq!((first.replaces, first.title.as_str()), (0, "Let them finish"));
    assert!(desk.wait(SOON, |e| e.shown == 1));
    desk.show(card("Softer"));
    let second = fake.card();
    assert_eq!((second.replaces, second.title.as_str()), (first.id, "Softer"));
    assert!(desk.wait(SOON, |e| e.shown == 2));
    desk.clear();
    assert_eq!(fake.next(), Got::Closed(first.id));
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_card_is_transient_silent_and_lasts_as_long_as_it_says() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    desk.show(Card { urgency: Urgency::Low, ..card("Slower") });
    let got = fake.card();
    assert_eq!((got.app.as_str(), got.milliseconds), ("Evenkeel", 5000));
    assert_eq!(got.urgency, Some(0));
    assert!(got.transient && got.silent);
    assert_eq!(got.desktop_entry.as_deref(), Some("evenkeel"));
}

#[test]
#[ignore = "needs dbus-daemon"]
fn text_of_others_is_escaped_where_markup_is_read_and_only_there() {
    let text = "ref <b>&\"'\u{1b}[2J\u{202e}\nsecond\u{0}line";
    for (manner, expected) in [
        (Manner::polite(), "ref &lt;b&gt;&amp;\"' [2J\nsecond line"),
        (Manner::plain(), "ref <b>&\"' [2J\nsecond line"),
    ] {
        let bus = Bus::start();
        let fake = Fake::start(&bus, manner);
        let desk = ready(&bus);
        desk.show(Card { body: text.into(), title: "a <i>\nb".into(), ..card("") });
        let got = fake.card();
        assert_eq!((got.title.as_str(), got.body.as_str()), ("a <i> b", expected));
    }
}

#[test]
#[ignore = "needs dbus-daemon"]
fn buttons_come_back_as_answers_and_a_late_click_does_not() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    desk.show(card("Slower"));
    let old = fake.card();
    assert_eq!(old.labels(), ["Snooze", "Wrong"]);
    assert!(desk.wait(SOON, |e| e.shown == 1));
    desk.show(card("Softer"));
    let new = fake.card();
    assert!(desk.wait(SOON, |e| e.shown == 2));
    fake.click(&old, 0);
    fake.click(&new, 1);
    assert_eq!(desk.answers().recv_timeout(SOON), Ok(Answer::Chose(Choice::Wrong(Kind::FastPace))));
    assert!(desk.answers().is_empty(), "a click on a card that is gone means nothing");
}

#[test]
#[ignore = "needs dbus-daemon"]
fn closing_by_hand_is_an_answer_and_running_out_of_time_is_none() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    desk.show(card("Slower"));
    let first = fake.card();
    assert!(desk.wait(SOON, |e| e.shown == 1));
    fake.closed(first.id, 1);
    desk.show(card("Softer"));
    let second = fake.card();
    assert!(desk.wait(SOON, |e| e.shown == 2));
    fake.closed(second.id, 2);
    assert_eq!(desk.answers().recv_timeout(SOON), Ok(Answer::Dismissed));
    assert!(desk.answers().is_empty());
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_card_whose_time_was_up_when_it_was_replaced_is_not_taken_for_its_successor() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::hasty());
    let desk = ready(&bus);
    desk.show(card("Slower"));
    fake.card();
    assert!(desk.wait(SOON, |e| e.shown == 1));
    desk.show(card("Softer"));
    let second = fake.card();
    assert!(desk.wait(SOON, |e| e.shown == 2));
    fake.closed(second.id, 2);
    assert_eq!(desk.answers().recv_timeout(SOON), Ok(Answer::Dismissed));
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_service_without_buttons_gets_none() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::plain());
    let desk = ready(&bus);
    desk.show(card("Slower"));
    assert_eq!(fake.card().actions, Vec::<String>::new());
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_hung_service_delays_nobody_and_is_given_up() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    fake.hang();
    let asked = Instant::now();
    desk.show(card("Slower"));
    let returned = asked.elapsed();
    assert!(desk.wait(SOON, |e| matches!(e.state, SurfaceState::Hung { .. })));
    let gave_up = asked.elapsed();
    // A tenth of the time it takes to give up: it did not wait for it.
    assert!(returned < GIVE_UP / 10, "show took {returned:?}");
    assert!(GIVE_UP <= gave_up, "gave up after {gave_up:?}");
    // In the pause that follows nothing is tried: the next card costs nothing.
    desk.show(card("Softer"));
    assert!(desk.wait(SOON, |e| e.dropped == 2));
    assert_eq!(desk.evidence().failures, 1);
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_service_that_hung_works_again_when_it_is_tried_again() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    fake.hang();
    desk.show(card("Slower"));
    assert!(desk.wait(SOON, |e| matches!(e.state, SurfaceState::Hung { .. })));
    fake.go_on();
    desk.probe();
    assert!(desk.wait(SOON, |e| e.state.works()));
    desk.show(card("Softer"));
    while fake.card().title != "Softer" {}
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_service_that_appears_later_is_found_by_itself() {
    let bus = Bus::start();
    let desk = desk(&bus);
    assert!(desk.wait(SOON, |e| matches!(e.state, SurfaceState::Missing { .. })));
    let SurfaceState::Missing { why, remedy } = desk.state() else { panic!("{:?}", desk.state()) };
    assert!(why.contains("no program shows notifications") && remedy.contains("dunst"), "{why}: {remedy}");
    let fake = Fake::start(&bus, Manner::polite());
    assert!(desk.wait(SOON, |e| e.state.works()));
    desk.show(card("Slower"));
    assert_eq!(fake.card().title, "Slower");
    assert_eq!(desk.evidence().service.unwrap().name, "fake");
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_service_that_dies_is_noticed_and_its_successor_knows_nothing_of_its_cards() {
    let bus = Bus::start();
    let first = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    desk.show(card("Slower"));
    first.card();
    assert!(desk.wait(SOON, |e| e.shown == 1));
    drop(first);
    assert!(desk.wait(SOON, |e| matches!(e.state, SurfaceState::Missing { .. })));
    let second = Fake::start(&bus, Manner::polite());
    assert!(desk.wait(SOON, |e| e.state.works()));
    desk.show(card("Softer"));
    assert_eq!(second.card().replaces, 0);
}

#[test]
#[ignore = "needs dbus-daemon"]
fn a_bus_that_ends_is_noticed_and_costs_nothing() {
    let bus = Bus::start();
    let _fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    drop(bus);
    assert!(desk.wait(SOON, |e| matches!(e.state, SurfaceState::Missing { .. })));
    desk.show(card("Slower"));
    assert!(desk.wait(SOON, |e| e.dropped == 1));
}

#[test]
fn without_a_bus_the_reason_and_the_way_out_are_said() {
    let nowhere = tempfile::tempdir().unwrap();
    let address = format!("unix:path={}", nowhere.path().join("bus").display());
    let desk = Desk::spawn(evenkeel::surfaces::Bus::At(address.clone()));
    assert!(desk.wait(SOON, |e| matches!(e.state, SurfaceState::Missing { .. })));
    let SurfaceState::Missing { why, .. } = desk.state() else { panic!("{:?}", desk.state()) };
    assert!(why.contains(&address), "{why}");
    desk.show(card("Slower"));
    assert!(desk.wait(SOON, |e| e.dropped == 1));
    assert!(desk.stop(SOON));
}

#[test]
fn a_bus_that_takes_calls_and_never_answers_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus");
    let _silent = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let desk = Desk::spawn(evenkeel::surfaces::Bus::At(format!("unix:path={}", path.display())));
    assert!(desk.wait(SOON, |e| matches!(e.state, SurfaceState::Hung { .. })), "{:?}", desk.evidence());
    assert!(desk.stop(SOON));
}

#[test]
#[ignore = "needs dbus-daemon"]
fn stopping_takes_the_card_away() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    desk.show(card("Slower"));
    let shown = fake.card();
    assert!(desk.wait(SOON, |e| e.shown == 1));
    assert!(desk.stop(SOON));
    assert_eq!(fake.next(), Got::Closed(shown.id));
}

#[test]
#[ignore = "needs dbus-daemon"]
fn what_outlives_its_time_is_taken_away_by_us() {
    let bus = Bus::start();
    let fake = Fake::start(&bus, Manner::polite());
    let desk = ready(&bus);
    desk.show(Card { lasts: Duration::from_millis(1), ..card("Slower") });
    let shown = fake.card();
    assert_eq!(fake.next(), Got::Closed(shown.id));
}

/// Dunst on a screen of its own; both end with this value.
struct Dunst {
    screen: std::process::Child,
    dunst: std::process::Child,
}

impl Dunst {
    fn start(bus: &Bus) -> Self {
        use std::io::{BufRead, BufReader};
        use std::process::{Command, Stdio};
        // The screen writes the number it found free once it takes clients.
        let mut screen = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("Xvfb: {e}; ./scripts/test installs it"));
        let mut number = String::new();
        BufReader::new(screen.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let dunst = Command::new("dunst")
            .env("DISPLAY", format!(":{}", number.trim()))
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("dunst: {e}; ./scripts/test installs it"));
        Self { screen, dunst }
    }

    /// Notifications it shows, or keeps in its history.
    fn count(bus: &Bus, which: &str) -> String {
        let out = std::process::Command::new("dunstctl")
            .args(["count", which])
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Dunst {
    fn drop(&mut self) {
        for child in [&mut self.dunst, &mut self.screen] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
#[ignore = "needs dunst, Xvfb and dbus-daemon"]
fn r37_a_real_notification_program_shows_one_card_in_place() {
    let bus = Bus::start();
    let _dunst = Dunst::start(&bus);
    let desk = ready(&bus);
    assert_eq!(desk.evidence().service.unwrap().name, "dunst");
    for (shown, title) in (1..).zip(["Let them finish", "Softer", "Slower, breathe"]) {
        desk.show(Card { body: "why & <how>".into(), ..card(title) });
        assert!(desk.wait(SOON, |e| e.shown == shown), "{:?}", desk.evidence());
        assert_eq!(Dunst::count(&bus, "displayed"), "1");
    }
    assert!(desk.stop(SOON));
    assert_eq!(Dunst::count(&bus, "displayed"), "0");
    // Dunst keeps in its history what was closed, transient or not: one, since there was one.
    assert_eq!(Dunst::count(&bus, "history"), "1");
}
