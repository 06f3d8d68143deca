//! Devices that come and go under a daemon that stays.

use std::sync::Arc;
use std::time::Duration;

use evenkeel::app::analyse::recordings_in;
use evenkeel::app::daemon::play::{HEADSET, MICROPHONE, MONITOR};
use evenkeel::app::recording::{Mark, journal_of};
use evenkeel::audio::capture::scripted::Sound;
use evenkeel::audio::capture::{Device, Kind};
use evenkeel::control::{Do, Health, SideState};
use evenkeel::core::event::{self, Event, Order};
use evenkeel::core::units::{Channel, RATE, Sides};
use evenkeel::store::{State, StoredCall, same_bits};

use crate::support::{Daemon, Home, Start, part};

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

/// A part of the sample call in a room that is not quite silent.
fn in_a_room(from: usize, to: usize) -> Sides<Arc<[f32]>> {
    let mut seed = 1_u32;
    let mut noise = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(seed) / f64::from(u32::MAX) - 0.5) as f32 * 0.006
    };
    part(from, to).map(|side| side.iter().map(|sample| sample + noise()).collect())
}

#[test]
fn where_capture_is_always_on_a_call_has_its_first_moment_and_knows_the_room() {
    for (set, always) in [("capture.when=always", true), ("capture.when=call", false)] {
        let home = Home::new();
        let how = Start { set: &[set], record: true };
        let daemon = Daemon::with(&home, Some(&in_a_room(0, 60)), &how);
        if always {
            daemon.player.wait_for_streams();
            daemon.play(15);
            assert_eq!(daemon.status().call, None);
        }
        daemon.begin();
        daemon.play(10);
        daemon.obey(&Do::CallEnd);
        if always {
            // The next one as well; and between them it stays open.
            daemon.play(12);
            assert_eq!(daemon.player.stage().streams(), 2);
            daemon.begin();
            daemon.play(3);
            daemon.obey(&Do::CallEnd);
        }
        daemon.stop();
        let calls = home.calls();
        assert_eq!(calls.len(), 1 + usize::from(always));
        for call in &calls {
            assert_eq!(call.past.background.is_some(), always, "{:?}", call.past);
        }
        // What was heard before a call is in no recording, and nothing of the call is missing.
        let length = |call: &StoredCall| call.line.length.seconds();
        assert!((length(&calls[0]) - 10.0).abs() < 0.05, "{}", length(&calls[0]));
        for file in recordings_in(&home.recordings()).unwrap() {
            let journal = journal_of(&file).unwrap().unwrap();
            let missing = journal.marks.iter().any(|(_, mark)| matches!(mark, Mark::Missing(..)));
            assert!(!(always && missing), "{:?}", journal.marks);
            assert!(journal.end.is_some_and(|end| end.seconds() < 10.1));
        }
    }
}

#[test]
fn a_recording_of_a_call_that_knew_its_room_is_analysed_to_the_same_events() {
    let home = Home::new();
    let how = Start { set: &["capture.when=always"], record: true };
    let daemon = Daemon::with(&home, Some(&in_a_room(0, 60)), &how);
    daemon.player.wait_for_streams();
    daemon.play(15);
    daemon.begin();
    daemon.play(25);
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let stored = home.only_call();
    assert!(stored.past.background.is_some());
    let again = crate::support::analysed(&recordings_in(&home.recordings()).unwrap()[0]);
    assert_eq!(stored.events.len(), again.len());
    assert!(stored.events.iter().zip(&again).all(|(live, again)| same_bits(live, again)));
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
