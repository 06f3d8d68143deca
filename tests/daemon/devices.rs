//! Devices that come and go under a daemon that stays.

use std::sync::Arc;
use std::time::Duration;

use evenkeel::app::daemon::play::{HEADSET, MICROPHONE, MONITOR};
use evenkeel::audio::capture::scripted::Sound;
use evenkeel::audio::capture::{Device, Kind};
use evenkeel::control::{Do, Health, SideState};
use evenkeel::core::event::{self, Event, Order};
use evenkeel::core::units::{Channel, RATE, Sides};
use evenkeel::store::State;

use crate::support::{Daemon, Home, part};

fn states(status: &evenkeel::control::Status) -> (SideState, SideState) {
    (status.sides.agent.state, status.sides.customer.state)
}

const BOTH_LIVE: (SideState, SideState) = (SideState::Live, SideState::Live);

#[test]
fn r12_without_a_call_no_device_is_open() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 5));
    daemon.play(2);
    assert_eq!(daemon.player.stage().opened(), []);
    assert_eq!(states(&daemon.status()), (SideState::Closed, SideState::Closed));
    daemon.begin();
    daemon.play(2);
    assert_eq!(states(&daemon.status()), BOTH_LIVE);
    daemon.obey(&Do::CallEnd);
    daemon.until("both are closed", || daemon.player.stage().streams() == 0);
    daemon.stop();
}

#[test]
fn r01_r02_a_microphone_that_is_pulled_in_a_call_is_said_and_taken_back() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 75));
    daemon.begin();
    daemon.play(5);
    daemon.player.stage().unplug(MICROPHONE, Some(MONITOR));
    // How soon is a matter of tests/capture.rs: here threads take their turns while time
    // is played to them.
    daemon.play_until("it is said", |s| s.sides.agent.state == SideState::Missing);
    let side = daemon.status().sides.agent;
    assert!(side.why.is_some() && side.remedy.is_some(), "{side:?}");
    daemon.play(3);
    daemon.player.plug_in(&part(0, 60));
    daemon.play_until("it is back", |s| states(s) == BOTH_LIVE);
    daemon.play(3);
    daemon.obey(&Do::CallEnd);
    let length = daemon.player.stage().elapsed().as_secs_f64();
    daemon.stop();
    let call = home.only_call();
    assert!((call.line.length.seconds() - length).abs() < 0.05, "no time is missing");
    assert!(went(&call.events, Channel::Agent, event::State::Dead));
    assert!(!went(&call.events, Channel::Agent, event::State::SameAudio), "the headset is no microphone");
}

#[test]
fn another_default_microphone_in_a_call_is_told_to_the_measures() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 60));
    daemon.begin();
    daemon.play(5);
    let stage = daemon.player.stage();
    let mut other = Device::new("other", "Another microphone", Kind::Input).by_default();
    other.rate = RATE;
    stage.change(MICROPHONE, |device| device.is_default = false);
    stage.plug(other, Sound::Since(stage.now(), part(5, 60).agent));
    daemon.play_until("it is used", |s| s.sides.agent.id.as_deref() == Some("other"));
    daemon.play(3);
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let told = |e: &Event| matches!(e, Event::Ordered { order: Order::Device(Channel::Agent), .. });
    let events = home.only_call().events;
    assert_eq!(events.iter().filter(|e| told(e)).count(), 1);
}

fn went(events: &[Event], side: Channel, to: event::State) -> bool {
    events.iter().any(|e| matches!(e, Event::Channel { who, state, .. } if *who == side && *state == to))
}

#[test]
fn r03_r09_without_any_device_an_ordered_call_is_accepted_and_status_names_what_is_missing() {
    let home = Home::new();
    let daemon = Daemon::with(&home, None, &crate::support::Start::default());
    assert!(daemon.obey(&crate::support::start()).call.is_some());
    daemon.play_until("both are missing", |s| {
        states(s) == (SideState::Missing, SideState::Missing) && s.sides.agent.remedy.is_some()
    });
    daemon.play(6);
    let status = daemon.status();
    for side in [&status.sides.agent, &status.sides.customer] {
        assert!(side.why.is_some() && side.remedy.is_some() && side.frames == 0, "{side:?}");
        assert_eq!(side.level_dbfs, None);
    }
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let call = home.only_call();
    assert_eq!(call.line.state, State::Closed);
    assert!(5.9 < call.line.length.seconds() && call.line.score.is_none());
    for side in Channel::BOTH {
        assert!(went(&call.events, side, event::State::Dead), "{side:?}");
    }
}

#[test]
fn r03_the_status_of_a_headset_that_died_is_not_that_of_the_one_before() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 30));
    daemon.begin();
    daemon.play(3);
    daemon.player.stage().unplug(MONITOR, None);
    daemon.player.stage().unplug(HEADSET, None);
    daemon.play_until("it is missing", |s| s.sides.customer.state == SideState::Missing);
    let side = daemon.status().sides.customer;
    assert!(side.device.is_none() && side.level_dbfs.is_none(), "{side:?}");
    daemon.stop();
}

#[test]
fn a_server_that_ends_in_a_call_ends_neither_the_call_nor_the_daemon() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 60));
    daemon.begin();
    daemon.play(4);
    daemon.player.stage().server(false);
    daemon.play_until("it is said", |s| states(s) == (SideState::Missing, SideState::Missing));
    daemon.play(2);
    daemon.player.stage().server(true);
    daemon.play_until("it is back", |s| states(s) == BOTH_LIVE);
    daemon.play(2);
    assert!(daemon.status().call.is_some());
    daemon.stop();
    assert_eq!(home.calls().len(), 1);
}

#[test]
fn r32_after_a_sleep_of_the_machine_the_call_goes_on_with_new_streams() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 30));
    daemon.begin();
    daemon.play(4);
    daemon.player.stage().sleep(Duration::from_secs(600));
    daemon.play_until("it is counted", |s| s.counters.suspended == 1);
    daemon.play_until("it flows", |s| states(s) == BOTH_LIVE);
    daemon.play(2);
    assert_eq!(daemon.player.stage().opened().len(), 4);
    daemon.stop();
}

#[test]
fn without_a_desktop_the_daemon_says_so_and_works() {
    let home = Home::new();
    // Whoever runs the tests may have a desktop: nothing is shown on it.
    let daemon = Daemon::on(&home, &part(0, 3));
    let surfaces = daemon.status().surfaces;
    let notifications = surfaces.iter().find(|part| part.name == "notifications").unwrap();
    assert_eq!(notifications.health, Health::Off);
    daemon.begin();
    daemon.play(3);
    daemon.stop();
}

#[test]
fn a_sound_system_that_hangs_delays_no_order() {
    let home = Home::new();
    let silence: Arc<[f32]> = vec![0.0; 16_000].into();
    let daemon = Daemon::on(&home, &Sides { agent: silence.clone(), customer: silence });
    daemon.player.stage().hang(true);
    let asked = std::time::Instant::now();
    daemon.obey(&crate::support::start());
    daemon.obey(&Do::CallEnd);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    daemon.player.stage().hang(false);
    daemon.stop();
}
