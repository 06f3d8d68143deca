//! A call from its order to its report, and what a person may ask meanwhile.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use evenkeel::app::analyse::recordings_in;
use evenkeel::app::daemon::play::{MICROPHONE, MONITOR};
use evenkeel::app::exit::Status as Exit;
use evenkeel::app::replay::replay;
use evenkeel::audio::StereoSide;
use evenkeel::control::{Client, Code, Do, Heard, Notice, VERSION};
use evenkeel::core::event::{Event, Order};
use evenkeel::core::frames::Gap;
use evenkeel::core::units::Channel;
use evenkeel::store::{Devices, Reader, State, Why, same_bits};

use crate::support::{Daemon, Home, Start, analysed, part, refused, start, start_with};

/// A lively stretch with two nudges, and its length in seconds.
const LIVELY: (usize, usize) = (0, 75);

#[test]
fn r34_an_ordered_call_is_stored_whole_and_replays_to_the_same_decisions() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(LIVELY.0, LIVELY.1));
    daemon.begin();
    daemon.play(75);
    let status = daemon.status();
    let nudges = status.call.unwrap().nudges;
    assert!(0 < nudges);
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let call = home.only_call();
    assert_eq!((call.line.state, call.line.why), (State::Closed, Some(Why::Order)));
    assert_eq!((call.line.agent.as_str(), call.line.nudges), ("ann", nudges));
    assert!((call.line.length.seconds() - 75.0).abs() < 0.05, "{}", call.line.length.seconds());
    assert!(call.summary.is_some() && 500 < call.events.len());
    let replayed = replay(&call, VERSION);
    assert!(replayed.is_proof() && 0 < replayed.decisions, "{replayed:?}");
}

#[test]
fn r40_a_recorded_call_is_analysed_to_the_events_that_were_stored() {
    let home = Home::new();
    let how = Start { record: true, ..Start::default() };
    let daemon = Daemon::with(&home, Some(&part(40, 65)), &how);
    daemon.begin();
    daemon.play(8);
    daemon.obey(&Do::CallHold);
    daemon.play(2);
    daemon.obey(&Do::CallResume);
    daemon.obey(&Do::Pause { for_s: Some(3.0) });
    daemon.play(6);
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let log = analysed(&recordings_in(&home.recordings()).unwrap()[0]);
    let stored = home.only_call().events;
    assert_eq!(stored.len(), log.len());
    for (live, again) in stored.iter().zip(&log) {
        assert!(same_bits(live, again), "live {live:?}, analysed {again:?}");
    }
    assert!(stored.iter().any(|e| matches!(e, Event::Ordered { order: Order::Hold(true), .. })));
}

#[test]
fn a_pause_drops_at_the_tap_within_50_ms_and_ends_by_itself() {
    let home = Home::new();
    let how = Start { record: true, ..Start::default() };
    let daemon = Daemon::with(&home, Some(&part(40, 60)), &how);
    daemon.begin();
    daemon.play(5);
    let mut watcher = Client::connect(&home.folders.socket()).unwrap();
    watcher.watch().unwrap();
    let asked = Instant::now();
    assert_eq!(daemon.obey(&Do::Pause { for_s: Some(4.0) }).for_s, Some(4.0));
    let took = asked.elapsed();
    let pause = daemon.status().pause.unwrap();
    assert!((pause.left_s - 4.0).abs() < 0.1, "{pause:?}");
    daemon.play(3);
    assert!(daemon.status().pause.is_some());
    let over = daemon.play_until("the pause ends by itself", |s| s.pause.is_none());
    assert!((900..1_500).contains(&over), "{over} ms");
    assert_eq!(countdown(&mut watcher), [4.0, 3.0, 2.0, 1.0]);
    daemon.play(4);
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    assert!(took < Duration::from_millis(50), "{took:?}");
    let files = recordings_in(&home.recordings()).unwrap();
    let sides = evenkeel::app::daemon::play::read(&files[0], StereoSide::Left).unwrap();
    for side in Channel::BOTH {
        // 5 s to 9 s, and a moment of grace at its end, which comes in steps.
        let sound = &sides[side][5 * 16_000 + 800..9 * 16_000 - 800];
        assert!(sound.iter().all(|s| *s == 0.0), "{side:?}");
    }
    // A spurt that the pause cut off ends a little later.
    let spoken = home.only_call().events.into_iter().find(|e| spoken_within(e, 6.0, 8.9));
    assert_eq!(spoken, None);
}

/// What is told of a pause until it is over, s.
fn countdown(watcher: &mut Client) -> Vec<f32> {
    let mut told = Vec::new();
    loop {
        match watcher.hear().unwrap() {
            Heard::Notice(Notice::Paused { left_s }) => told.push(left_s),
            Heard::Notice(Notice::Resumed) => return told,
            Heard::Notice(_) | Heard::Lagged(_) => (),
        }
    }
}

/// Whether an event tells of speech between two moments of the call, s.
fn spoken_within(event: &Event, from: f64, to: f64) -> bool {
    match event {
        Event::SpeechStarted { at, .. } => (from..to).contains(&at.seconds()),
        Event::Reading(reading) => {
            (from..to).contains(&reading.of.seconds()) && (reading.speaks.agent || reading.speaks.customer)
        }
        _ => false,
    }
}

#[test]
fn hold_and_mute_are_in_the_call_and_are_told() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 10));
    assert_eq!(refused(daemon.ask(&Do::CallHold)), Code::NoCall);
    daemon.begin();
    daemon.play(3);
    for (order, held, muted) in [
        (Do::CallHold, true, false),
        (Do::CallMute, true, true),
        (Do::CallResume, false, true),
        (Do::CallUnmute, false, false),
    ] {
        daemon.obey(&order);
        daemon.play(1);
        let call = daemon.status().call.unwrap();
        assert_eq!((call.held, call.muted), (held, muted), "{order:?}");
    }
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let orders: Vec<Order> = home.only_call().events.iter().filter_map(ordered).collect();
    assert_eq!(orders, [Order::Hold(true), Order::Mute(true), Order::Hold(false), Order::Mute(false)]);
}

const fn ordered(event: &Event) -> Option<Order> {
    if let Event::Ordered { order, .. } = event { Some(*order) } else { None }
}

#[test]
fn snooze_quiet_dismiss_and_wrong_reach_the_core_and_are_stored() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 60));
    assert_eq!(refused(daemon.ask(&Do::Wrong { kind: None })), Code::NotFound);
    daemon.begin();
    daemon.play(51);
    assert_eq!(daemon.obey(&Do::Wrong { kind: None }).kind.as_deref(), Some("interrupting"));
    daemon.obey(&Do::Dismiss);
    daemon.obey(&Do::Snooze { for_s: 5.0 });
    assert!(daemon.status().snoozed_s.is_some_and(|left| left <= 5.0));
    daemon.obey(&Do::Quiet { on: true });
    assert!(daemon.status().quiet);
    daemon.play(2);
    daemon.obey(&Do::CallEnd);
    assert!(!daemon.status().quiet, "quiet is for one call");
    daemon.stop();
    let orders: Vec<Order> = home.only_call().events.iter().filter_map(ordered).collect();
    assert!(matches!(orders[..], [Order::Wrong(_), Order::Dismiss, Order::Snooze(_), Order::Quiet(true)]));
}

#[test]
fn a_nudge_is_told_to_watchers_with_its_age() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 100));
    let mut watcher = Client::connect(&home.folders.socket()).unwrap();
    watcher.watch().unwrap();
    daemon.begin();
    daemon.play(52);
    let nudge = loop {
        if let Heard::Notice(Notice::Nudge { kind, age_ms, .. }) = watcher.hear().unwrap() {
            break (kind, age_ms);
        }
    };
    assert_eq!(nudge.0, "interrupting");
    daemon.play(48);
    let score = daemon.status().call.unwrap().score;
    assert!(score.is_some_and(|score| score < 100.0), "{score:?} so far");
    // The stage passes in steps of a second, so no more can be said here.
    assert!((0.0..=2_000.0).contains(&nudge.1), "{nudge:?}");
    daemon.stop();
}

#[test]
fn r33_a_changed_file_takes_effect_in_the_call_and_a_bad_one_changes_nothing() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 75));
    let before = daemon.status().config.hash;
    daemon.begin();
    daemon.play(5);
    std::fs::write(home.config_file(), "[nudge]\nbudget = \"many\"\n").unwrap();
    assert_eq!(refused(daemon.ask(&Do::Reload)), Code::Config);
    assert!(daemon.status().config.error.is_some());
    assert_eq!(daemon.status().config.hash, before);
    std::fs::write(home.config_file(), "[nudge]\nbudget = 3\n").unwrap();
    let answer = daemon.obey(&Do::Reload);
    assert!(answer.changed.is_some() && answer.held.is_some(), "{answer:?}");
    daemon.play_until("the change is in force", |s| s.config.error.is_none() && s.config.hash != before);
    daemon.play(2);
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let call = home.only_call();
    assert_eq!(call.applied.len(), 1);
    assert_eq!(call.applied[0].nudges.pacing.budget, 3);
    assert!(call.events.iter().any(|e| matches!(e, Event::Applied { .. })));
    assert!(replay(&call, VERSION).is_proof());
}

#[test]
fn r33_no_sound_is_lost_by_a_change_of_settings() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 20));
    daemon.begin();
    daemon.play(5);
    let opened = daemon.player.stage().opened().len();
    std::fs::write(home.config_file(), "[nudge]\nshow_s = 6.0\n").unwrap();
    daemon.obey(&Do::Reload);
    let hash = daemon.status().config.hash;
    daemon.play_until("the change is in force", |s| s.config.hash != hash || s.config.held.is_empty());
    daemon.play(5);
    let sides = daemon.status().sides;
    assert_eq!(daemon.player.stage().opened().len(), opened);
    assert!(sides.agent.lost_ms < 1.0 && sides.customer.lost_ms < 1.0, "{sides:?}");
    daemon.stop();
}

#[test]
fn a_second_daemon_ends_with_75_and_the_first_goes_on() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 5));
    let failure = Daemon::run_to_its_end(&home).unwrap_err();
    assert_eq!((failure.status, failure.status as u8), (Exit::TryAgain, 75));
    assert_eq!(daemon.status().agent, "ann");
    daemon.stop();
}

#[test]
fn r34_a_stop_ends_the_call_that_is_on_and_stores_all_of_it() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 10));
    daemon.begin();
    daemon.play(10);
    daemon.stop();
    let call = home.only_call();
    assert_eq!((call.line.state, call.line.why), (State::Closed, Some(Why::Stop)));
    assert!((call.line.length.seconds() - 10.0).abs() < 0.05);
    assert!(call.events.iter().any(|e| matches!(e, Event::Ended { .. })));
}

#[test]
fn a_customer_reference_is_on_no_disk_but_for_its_last_characters() {
    let home = Home::new();
    let how = Start { record: true, ..Start::default() };
    let daemon = Daemon::with(&home, Some(&part(0, 5)), &how);
    daemon.obey(&start_with("<b>ACME-4711</b>&x9z", "a note"));
    daemon.play(3);
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let call = home.only_call();
    assert_eq!(call.line.external_id.as_deref(), Some("7"));
    let shown = call.line.customer.unwrap();
    assert!(shown.ends_with("x9z") && !shown.contains("4711"), "{shown}");
    for file in files(home.root()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(9).any(|w| w == b"ACME-4711"), "{}", file.display());
    }
}

/// Every file below a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

#[cfg(unix)]
#[test]
fn every_file_is_for_its_owner_alone_and_so_is_every_folder() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let how = Start { record: true, ..Start::default() };
    let daemon = Daemon::with(&home, Some(&part(0, 5)), &how);
    daemon.begin();
    daemon.play(5);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let check = || {
        for file in files(home.root()) {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    };
    check();
    daemon.obey(&Do::CallEnd);
    let folders = [&home.folders.data, &home.folders.state, &home.folders.runtime];
    folders.iter().for_each(|folder| assert_eq!(mode(folder), 0o700, "{}", folder.display()));
    assert_eq!(mode(&home.folders.socket()), 0o600);
    daemon.stop();
    assert_eq!(mode(&home.recordings()), 0o700);
    check();
}

#[test]
fn what_is_normal_is_carried_from_call_to_call() {
    let home = Home::new();
    let mut expected = Vec::new();
    for _ in 0..3 {
        let daemon = Daemon::on(&home, &part(0, 100));
        let devices = Devices { microphone: MICROPHONE.into(), headset: MONITOR.into() };
        let past = Reader::open(&home.folders.data).unwrap().past("ann", &devices, "").unwrap();
        expected.push(past.normal);
        daemon.begin();
        daemon.play(100);
        daemon.obey(&Do::CallEnd);
        daemon.stop();
    }
    let carried: Vec<_> = home.calls().iter().map(|call| call.past.normal).collect();
    assert_eq!(carried, expected);
    assert!(carried[0].is_none() && carried[2].is_some(), "{carried:?}");
}

#[test]
fn a_clock_that_is_set_by_an_hour_makes_no_call_longer_or_shorter() {
    for jump in [3_600, -3_600] {
        let home = Home::new();
        let daemon = Daemon::on(&home, &part(0, 8));
        daemon.begin();
        daemon.play(4);
        daemon.wall_s.store(jump, Ordering::Relaxed);
        daemon.play(4);
        assert!((daemon.status().call.unwrap().elapsed_s - 8.0).abs() < 0.1);
        daemon.obey(&Do::CallEnd);
        daemon.stop();
        let line = home.only_call().line;
        let walled = line.ended.unwrap().utc_ms - line.began.utc_ms;
        assert!((7_950..8_050).contains(&walled), "{walled} ms on the wall");
        assert!((line.length.seconds() - 8.0).abs() < 0.05);
    }
}

#[test]
fn r26_where_nobody_reads_what_is_told_nothing_waits_there_is_no_recogniser_yet() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 30));
    let mut deaf: Vec<Client> = (0..4).map(|_| Client::connect(&home.folders.socket()).unwrap()).collect();
    deaf.iter_mut().for_each(|client| assert_eq!(client.watch().unwrap().agent, "ann"));
    daemon.begin();
    daemon.play(30);
    let asked = Instant::now();
    let status = daemon.status();
    assert!(asked.elapsed() < Duration::from_secs(1));
    assert!(status.sides.agent.lost_ms < 1.0 && status.store.lost == 0, "{status:?}");
    daemon.stop();
}

#[test]
fn orders_that_come_all_at_once_are_each_answered() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 5));
    daemon.begin();
    let socket = home.folders.socket();
    std::thread::scope(|scope| {
        for _ in 0..40 {
            scope.spawn(|| Client::connect(&socket).unwrap().ask(&Do::Dismiss).unwrap());
        }
    });
    assert!(40 <= daemon.status().counters.orders);
    assert_eq!(refused(daemon.ask(&start())), Code::CallRunning);
    daemon.stop();
}

#[test]
fn sound_that_never_came_is_no_part_of_the_call() {
    let home = Home::new();
    let daemon = Daemon::on(&home, &part(0, 5));
    daemon.begin();
    daemon.play(5);
    daemon.obey(&Do::Pause { for_s: Some(2.0) });
    daemon.obey(&Do::CallEnd);
    daemon.stop();
    let gaps = home.only_call().events.iter().filter(|e| matches!(e, Event::Channel { .. })).count();
    assert!(gaps <= 4, "{gaps} changes of a side: {:?}", Gap::Paused);
}
