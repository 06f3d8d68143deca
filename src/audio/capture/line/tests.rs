use super::super::device::Kind;
use super::*;

const SECOND: u64 = Nanos::SECOND;

fn microphone() -> Device {
    Device::new("mic", "Headset", Kind::Input).by_default()
}

/// A line that flows from a Bluetooth or plain microphone at time 0.
fn flowing(wish: &str, device: &Device) -> Line {
    let mut line = Line::new(Channel::Agent, wish);
    let mut steps = Steps::default();
    line.want(true, &mut steps);
    line.came(Nanos(0), Came::Devices(Ok(vec![device.clone()])), &mut steps);
    line.came(Nanos(0), Came::Opened(Ok(())), &mut steps);
    assert_eq!(steps.asks, [Ask::Look, Ask::Open { device: device.clone(), settle_ms: 0 }]);
    assert!(matches!(steps.reports[..], [Report::Opened { .. }]));
    line
}

fn step(line: &mut Line, at: u64, came: Came) -> Steps {
    let mut steps = Steps::default();
    line.came(Nanos(at), came, &mut steps);
    steps
}

fn tick(line: &mut Line, at: u64, frames: u64, other: bool) -> Steps {
    let mut steps = Steps::default();
    line.tick(Nanos(at), frames, other, &mut steps);
    steps
}

#[test]
fn r01_a_configured_microphone_that_vanished_is_closed_and_never_replaced() {
    let mut line = flowing("mic", &microphone());
    let other = Device::new("webcam", "Webcam", Kind::Input).by_default();
    let steps = step(&mut line, 5 * SECOND, Came::Devices(Ok(vec![other.clone()])));
    assert_eq!(steps.asks, [Ask::Close { doubtful: Some(Nanos(4 * SECOND)) }]);
    assert!(matches!(&steps.reports[..], [Report::Lost { why: CaptureError::Gone { .. }, .. }]));
    for second in 6..60 {
        let steps = tick(&mut line, second * SECOND, 0, true);
        assert!(!steps.asks.iter().any(|ask| matches!(ask, Ask::Open { .. })));
        step(&mut line, second * SECOND, Came::Devices(Ok(vec![other.clone()])));
    }
    let back = tick(&mut line, 61 * SECOND, 0, true);
    assert_eq!(back.asks, [Ask::Look]);
    let steps = step(&mut line, 61 * SECOND, Came::Devices(Ok(vec![microphone(), other])));
    assert!(matches!(&steps.asks[..], [Ask::Open { device, .. }] if device.id.0 == "mic"));
}

#[test]
fn r01_what_was_heard_just_before_a_device_went_is_not_trusted() {
    let mut line = flowing("mic", &microphone());
    let gone = CaptureError::Gone { device: "Headset".to_owned() };
    let steps = step(&mut line, 5 * SECOND, Came::Fault(gone));
    assert_eq!(steps.asks, [Ask::Close { doubtful: Some(Nanos(4 * SECOND)) }]);
    assert!(matches!(&steps.reports[..], [Report::Lost { doubtful: Some(_), .. }]));
}

#[test]
fn r01_a_changed_default_is_followed_where_the_setting_is_default_and_said() {
    let next = Device::new("webcam", "Webcam", Kind::Input).by_default();
    let mut old = microphone();
    old.is_default = false;
    let mut line = flowing(DEFAULT, &microphone());
    let steps = step(&mut line, SECOND, Came::Devices(Ok(vec![old.clone(), next.clone()])));
    assert!(matches!(&steps.reports[..], [Report::DefaultChanged { to, .. }] if to.0 == "webcam"));
    assert!(
        matches!(&steps.asks[..], [Ask::Close { .. }, Ask::Open { device, .. }] if device.id.0 == "webcam")
    );
    let mut line = flowing("mic", &microphone());
    assert!(step(&mut line, SECOND, Came::Devices(Ok(vec![old, next]))).asks.is_empty());
}

#[test]
fn r02_the_devices_are_looked_at_every_second() {
    let mut line = flowing("mic", &microphone());
    assert!(tick(&mut line, SECOND / 2, 1, true).asks.is_empty());
    assert_eq!(tick(&mut line, SECOND, 2, true).asks, [Ask::Look]);
    // Not twice while the answer is awaited.
    assert!(tick(&mut line, 2 * SECOND, 3, true).asks.is_empty());
}

#[test]
fn r03_a_microphone_that_stalls_is_opened_anew_within_two_seconds() {
    let mut line = flowing("mic", &microphone());
    tick(&mut line, SECOND, 100, true);
    assert_eq!(line.state(), State::Flowing);
    let steps = tick(&mut line, SECOND + STALL, 100, true);
    assert_eq!(steps.asks, [Ask::Close { doubtful: None }, Ask::Look]);
}

#[test]
fn r06_a_loopback_that_idles_is_left_alone() {
    let mut headset = Device::new("out", "Headset", Kind::Output).by_default();
    headset.loops = true;
    let mut line = Line::new(Channel::Customer, DEFAULT);
    let mut steps = Steps::default();
    line.want(true, &mut steps);
    line.came(Nanos(0), Came::Devices(Ok(vec![headset])), &mut steps);
    line.came(Nanos(0), Came::Opened(Ok(())), &mut steps);
    tick(&mut line, SECOND, 100, true);
    let steps = tick(&mut line, 60 * SECOND, 100, true);
    assert!(steps.reports.is_empty() && !steps.asks.contains(&Ask::Close { doubtful: None }));
    assert_eq!(line.state(), State::Silent);
}

#[test]
fn r10_a_bluetooth_headset_is_opened_once_its_rate_was_the_same_for_half_a_second() {
    let mut headset = microphone();
    (headset.bluetooth, headset.rate) = (true, 48_000);
    let mut line = flowing("mic", &headset);
    headset.rate = 16_000;
    let steps = step(&mut line, SECOND, Came::Devices(Ok(vec![headset.clone()])));
    assert_eq!(steps.asks, [Ask::Close { doubtful: None }]);
    assert_eq!(steps.reports, [Report::FormatChanged { side: Channel::Agent, rate: 16_000 }]);
    // Still changing: another look is due.
    headset.rate = 8_000;
    assert_eq!(tick(&mut line, 3 * SECOND / 2, 0, true).asks, [Ask::Look]);
    assert!(step(&mut line, 3 * SECOND / 2, Came::Devices(Ok(vec![headset.clone()]))).asks.is_empty());
    assert_eq!(tick(&mut line, 2 * SECOND, 0, true).asks, [Ask::Look]);
    let steps = step(&mut line, 2 * SECOND, Came::Devices(Ok(vec![headset.clone()])));
    assert_eq!(steps.asks, [Ask::Open { device: headset, settle_ms: 300 }]);
}

#[test]
fn r13_a_busy_device_is_tried_less_and_less_often() {
    let mut line = Line::new(Channel::Agent, "mic");
    let mut steps = Steps::default();
    line.want(true, &mut steps);
    let (mut now, mut waits) = (0, Vec::new());
    for _ in 0..7 {
        step(&mut line, now, Came::Devices(Ok(vec![microphone()])));
        step(&mut line, now, Came::Opened(Err(CaptureError::Busy { device: "Headset".to_owned() })));
        let Stage::Waiting(until) = line.stage else { panic!("{:?}", line.stage) };
        waits.push((until.0 - now) / SECOND);
        now = until.0;
        tick(&mut line, now, 0, true);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
}

#[test]
fn r14_two_rebuilds_and_then_a_clear_stop() {
    let mut line = flowing("mic", &microphone());
    let (mut now, mut reports) = (0, Vec::new());
    for _ in 0..3 {
        now += FIRST;
        reports.extend(tick(&mut line, now, 0, true).reports);
        step(&mut line, now, Came::Devices(Ok(vec![microphone()])));
        step(&mut line, now, Came::Opened(Ok(())));
    }
    assert!(matches!(reports.last(), Some(Report::Stopped { .. })), "{reports:?}");
    assert_eq!(line.state(), State::Stopped);
    assert!(tick(&mut line, now + 100 * SECOND, 0, true).asks.is_empty());
    // The next call tries again.
    let mut steps = Steps::default();
    line.want(false, &mut steps);
    line.want(true, &mut steps);
    assert_eq!(steps.asks, [Ask::Look]);
}

#[test]
fn r33_only_another_setting_opens_anew() {
    let mut line = flowing("mic", &microphone());
    let mut steps = Steps::default();
    line.set("mic", &mut steps);
    assert!(steps.asks.is_empty());
    line.set("webcam", &mut steps);
    assert_eq!(steps.asks, [Ask::Close { doubtful: None }, Ask::Look]);
}

#[test]
fn the_same_trouble_is_said_once() {
    let mut line = Line::new(Channel::Agent, "mic");
    let mut steps = Steps::default();
    line.want(true, &mut steps);
    for second in 0..30 {
        line.came(Nanos(second * SECOND), Came::Devices(Ok(Vec::new())), &mut steps);
        line.tick(Nanos((second + 1) * SECOND), 0, true, &mut steps);
    }
    assert_eq!(steps.reports.len(), 1);
    assert_eq!(line.state(), State::Waiting);
}
