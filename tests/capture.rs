//! Live capture against a scripted sound system: the drills that need hardware.
//! Each is named after its row in the list of what users of such software meet.

use std::time::{Duration, Instant};

/// Two seconds, in the stage's ms, and as much again: its time runs on while a
/// busy machine lets the supervisor's thread wait for its turn.
const SOON: u64 = 4_000;

use crossbeam_channel::never;
use evenkeel::audio::capture::scripted::{Fault, Sound, Stage};
use evenkeel::audio::capture::{
    Capture, CaptureError, Device, DeviceId, Kind, Refusal, Report, Settings, State, Want,
};
use evenkeel::core::frames::Gap;
use evenkeel::core::frames::align::{Aligner, Stretch};
use evenkeel::core::units::{Channel, Nanos, Sides};

const MIC: &str = "fake:headset_mic";
const HEADSET: &str = "fake:headset";
const MONITOR: &str = "fake:headset.monitor";

/// The tone that each side hears, Hz.
const TONES: Sides<f64> = Sides { agent: 440.0, customer: 300.0 };

/// A desk with a headset, capture on it, and what came out side by side.
struct Desk {
    stage: Stage,
    capture: Capture,
    aligner: Aligner,
    sides: Sides<Vec<f32>>,
    missing: Sides<Vec<(u64, u64, Gap)>>,
    reports: Vec<Report>,
}

fn microphone() -> Device {
    Device::new(MIC, "Headset Mono", Kind::Input).by_default()
}

fn plug_in(stage: &Stage) {
    stage.plug(microphone(), Sound::Tone(TONES.agent));
    stage.plug(Device::new(HEADSET, "Headset Stereo", Kind::Output).by_default(), Sound::Zeros);
    plug_monitor(stage, Sound::Tone(TONES.customer));
}

fn plug_monitor(stage: &Stage, sound: Sound) {
    let mut monitor = Device::new(MONITOR, "Monitor of Headset Stereo", Kind::Monitor).hearing(HEADSET);
    monitor.channels = 2;
    stage.plug(monitor, sound);
}

impl Desk {
    /// Both sides flow.
    fn new() -> Self {
        let settings = Settings { microphone: "headset_mic".to_owned(), ..Settings::default() };
        let mut desk = Self::with(&settings);
        desk.until("both sides flow", |desk| desk.flow());
        desk.begin();
        desk
    }

    fn with(settings: &Settings) -> Self {
        let stage = Stage::new();
        plug_in(&stage);
        let capture = Capture::spawn_with(stage.backend(), settings, stage.clocks(), never());
        capture.want(Want::BOTH);
        let aligner = Aligner::new(stage.now());
        Self {
            stage,
            capture,
            aligner,
            sides: Sides::default(),
            missing: Sides::default(),
            reports: Vec::new(),
        }
    }

    /// A call begins now.
    fn begin(&mut self) {
        self.aligner = Aligner::new(self.stage.now());
        (self.sides, self.missing) = (Sides::default(), Sides::default());
    }

    fn flow(&self) -> bool {
        self.states() == Sides { agent: State::Flowing, customer: State::Flowing }
    }

    fn states(&self) -> Sides<State> {
        self.capture.status_at(self.stage.now()).map(|evidence| evidence.state)
    }

    /// Plays 10 ms and reads what came.
    fn step(&mut self) {
        self.stage.play(Duration::from_millis(10));
        let aligner = &mut self.aligner;
        self.capture.read(&mut |side, delivered| delivered.place(side, aligner));
        let mut stretch = Stretch::default();
        while self.aligner.pull(self.stage.now(), &mut stretch) {
            for side in Channel::BOTH {
                let from = self.sides[side].len() as u64;
                self.sides[side].extend(&stretch.sides[side]);
                if let Some(why) = stretch.missing[side] {
                    self.missing[side].push((from, from + stretch.len() as u64, why));
                }
            }
        }
        self.reports.extend(self.capture.reports().try_iter());
    }

    fn play(&mut self, ms: u64) {
        (0..ms / 10).for_each(|_| self.step());
    }

    /// Lets time pass until something is so, and says how much of the stage's
    /// time that took. The supervisor looks at real intervals: the stage waits for
    /// it, so that a busy machine makes nothing late.
    fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) -> u64 {
        let (start, real) = (self.stage.now(), Instant::now());
        while !so(self) {
            assert!(real.elapsed() < Duration::from_secs(20), "still not: {what}; {:?}", self.reports);
            self.step();
            self.wait_for_the_supervisor();
        }
        self.stage.now().since(start) / Nanos::MILLISECOND
    }

    fn wait_for_the_supervisor(&self) {
        let real = Instant::now();
        let behind = || Duration::from_nanos(self.stage.now().since(self.stage.looked()));
        while Duration::from_millis(100) <= behind() && real.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn said(&self, which: impl Fn(&Report) -> bool) -> bool {
        self.reports.iter().any(which)
    }

    fn lost(&self, side: Channel) -> bool {
        self.said(|report| matches!(report, Report::Lost { side: s, .. } if *s == side))
    }

    /// Level of a frequency in the last `ms` of a side: 1.0 is the whole tone.
    fn heard(&self, side: Channel, hz: f64, ms: usize) -> f64 {
        let samples = &self.sides[side];
        let from = samples.len().saturating_sub(ms * 16);
        let (mut re, mut im) = (0.0, 0.0);
        for (k, x) in samples[from..].iter().enumerate() {
            let turn = std::f64::consts::TAU * hz * k as f64 / 16_000.0;
            (re, im) = (re + f64::from(*x) * turn.cos(), im + f64::from(*x) * turn.sin());
        }
        re.hypot(im) / (samples.len() - from) as f64 * 4.0
    }
}

#[test]
fn r01_a_vanished_microphone_is_never_replaced_by_another_source() {
    let mut desk = Desk::new();
    desk.play(2_000);
    // As PulseAudio does it: the stream goes on, with what the headset plays.
    desk.stage.unplug(MIC, Some(MONITOR));
    let noticed = desk.until("the loss is said", |desk| desk.lost(Channel::Agent));
    assert!(noticed <= SOON, "{noticed} ms");
    desk.begin();
    desk.play(3_000);
    assert!(desk.heard(Channel::Agent, TONES.customer, 2_000) < 1e-6);
    assert!(desk.missing.agent.iter().all(|(_, _, why)| *why == Gap::NoDevice));
    assert!(desk.heard(Channel::Customer, TONES.customer, 1_000) > 0.9);
    assert!(desk.stage.opened().iter().all(|(side, id)| *side == Channel::Customer || id.0 == MIC));
    let doubtful = desk.reports.iter().find_map(|report| match report {
        Report::Lost { doubtful, .. } => *doubtful,
        _ => None,
    });
    assert!(doubtful.is_some(), "the second before is not to be trusted");
}

#[test]
fn r02_a_microphone_plugged_in_again_is_back_within_2_s() {
    let mut desk = Desk::new();
    desk.stage.unplug(MIC, None);
    desk.until("the loss is said", |desk| desk.lost(Channel::Agent));
    desk.stage.plug(microphone(), Sound::Tone(TONES.agent));
    let back = desk.until("it is back", |desk| desk.states().agent == State::Flowing);
    assert!(back <= SOON, "{back} ms");
    desk.play(1_000);
    assert!(desk.heard(Channel::Agent, TONES.agent, 500) > 0.9);
}

#[test]
fn r03_status_is_of_the_live_stream_and_not_of_the_wish() {
    let mut desk = Desk::new();
    desk.play(1_000);
    let now = desk.stage.now();
    let alive = desk.capture.status_at(now).agent;
    assert!(40_000 < alive.frames && alive.last_frame_ms.unwrap() <= 10.0, "{alive:?}");
    assert!((alive.peak.unwrap().0 + 6.0).abs() < 0.1);
    assert_eq!(alive.device.unwrap().1, "Headset Mono");
    desk.stage.fault(MIC, Fault { stalled: true, ..Fault::default() });
    let noticed = desk.until("it is said", |desk| desk.lost(Channel::Agent));
    // After 1.5 s. The stage's time runs on while a busy machine lets the
    // supervisor wait for its turn.
    assert!((1_000..=4_000).contains(&noticed), "{noticed} ms");
    desk.step();
    let dead = desk.capture.status_at(desk.stage.now()).agent;
    assert!(dead.why.is_some() && dead.remedy.is_some() && dead.peak.is_none(), "{dead:?}");
}

#[test]
fn r04_a_headset_setting_that_names_a_microphone_is_refused_with_the_remedy() {
    let settings = Settings { headset: "headset_mic".to_owned(), ..Settings::default() };
    let mut desk = Desk::with(&settings);
    desk.until("the refusal is said", |desk| desk.lost(Channel::Customer));
    assert!(desk.said(|report| matches!(
        report,
        Report::Lost { why: CaptureError::Refused { why: Refusal::MicrophoneAsLoopback, .. }, .. }
    )));
    let customer = desk.capture.status_at(desk.stage.now()).customer;
    assert!(customer.remedy.unwrap().contains("capture.headset"));
    desk.until("the other side flows", |desk| desk.states().agent == State::Flowing);
    assert!(desk.stage.opened().iter().all(|(side, _)| *side == Channel::Agent));
}

#[test]
fn r04_a_microphone_setting_that_names_a_monitor_is_refused() {
    let settings = Settings { microphone: "headset.monitor".to_owned(), ..Settings::default() };
    let mut desk = Desk::with(&settings);
    desk.until("the refusal is said", |desk| desk.lost(Channel::Agent));
    assert!(desk.stage.opened().iter().all(|(side, _)| *side == Channel::Customer));
}

#[test]
fn r05_the_devices_say_what_is_heard_through_what() {
    let stage = Stage::new();
    plug_in(&stage);
    let devices = stage.backend().devices().unwrap();
    let monitor = devices.iter().find(|device| device.kind == Kind::Monitor).unwrap();
    assert_eq!(monitor.monitor_of, Some(DeviceId(HEADSET.to_owned())));
}

#[test]
fn r06_a_loopback_that_says_nothing_for_4_s_shortens_no_call() {
    let mut desk = Desk::new();
    desk.stage.unplug(MONITOR, None);
    let mut headset = Device::new(HEADSET, "Headset Stereo", Kind::Output).by_default();
    headset.loops = true;
    desk.stage.plug(headset, Sound::Tone(TONES.customer));
    desk.until("it flows through the output itself", |desk| {
        desk.flow() && desk.stage.opened().last().is_some_and(|(_, id)| id.0 == HEADSET)
    });
    desk.begin();
    desk.play(1_000);
    desk.stage.fault(HEADSET, Fault { stalled: true, ..Fault::default() });
    desk.play(4_000);
    desk.stage.fault(HEADSET, Fault::default());
    desk.play(2_000);
    assert!(111_000 - 4_000 < desk.sides.agent.len() && desk.sides.agent.len() == desk.sides.customer.len());
    let lost: u64 = desk.missing.customer.iter().filter(|m| m.2 == Gap::Lost).map(|m| m.1 - m.0).sum();
    assert!(lost.abs_diff(64_000) < 200, "{lost}");
    assert!(desk.heard(Channel::Customer, TONES.customer, 500) > 0.9);
}

#[test]
fn r07_r08_zeros_pass_as_zeros_and_status_tells_since_when() {
    let mut desk = Desk::new();
    desk.play(500);
    plug_monitor(&desk.stage, Sound::Zeros);
    desk.play(4_000);
    let customer = desk.capture.status_at(desk.stage.now()).customer;
    assert_eq!(customer.state, State::Flowing);
    assert!(3_500.0 < customer.last_sound_ms.unwrap(), "{customer:?}");
    let last = &desk.sides.customer[desk.sides.customer.len() - 16_000..];
    assert!(last.iter().all(|sample| *sample == 0.0));
    assert!(desk.missing.customer.iter().all(|(from, _, _)| *from < 3_200));
}

#[test]
fn r09_without_any_device_the_call_goes_on_and_says_what_is_missing() {
    let stage = Stage::new();
    let capture = Capture::spawn_with(stage.backend(), &Settings::default(), stage.clocks(), never());
    capture.want(Want::BOTH);
    let mut aligner = Aligner::new(stage.now());
    let said = capture.reports().recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(matches!(said, Report::Lost { why: CaptureError::Missing { .. }, .. }), "{said:?}");
    stage.play(Duration::from_secs(1));
    let mut stretch = Stretch::default();
    assert!(aligner.pull(stage.now(), &mut stretch));
    assert_eq!(stretch.missing, Sides { agent: Some(Gap::NoDevice), customer: Some(Gap::NoDevice) });
}

#[test]
fn r09_a_server_that_comes_back_is_used_within_2_s() {
    let mut desk = Desk::new();
    desk.stage.server(false);
    desk.until("both losses are said", |desk| desk.lost(Channel::Agent) && desk.lost(Channel::Customer));
    assert!(desk.said(|r| matches!(r, Report::Lost { why: CaptureError::NoServer { .. }, .. })));
    desk.play(3_000);
    desk.stage.server(true);
    let back = desk.until("both flow", Desk::flow);
    assert!(back <= SOON, "{back} ms");
}

#[test]
fn r10_a_headset_that_changes_its_profile_is_opened_anew_once_its_rate_is_stable() {
    let mut desk = Desk::new();
    desk.stage.change(MIC, |device| device.bluetooth = true);
    desk.stage.change(MIC, |device| device.rate = 16_000);
    desk.until("the change is said", |desk| {
        desk.said(|r| matches!(r, Report::FormatChanged { rate: 16_000, .. }))
    });
    desk.until("it flows again", |desk| desk.states().agent == State::Flowing);
    desk.play(1_500);
    assert_eq!(desk.capture.status_at(desk.stage.now()).agent.rate, Some(16_000));
    assert!(desk.heard(Channel::Agent, TONES.agent, 500) > 0.9);
}

#[test]
fn r11_every_rate_that_a_headset_may_have_comes_out_unpitched() {
    for rate in [8_000, 16_000, 24_000, 44_100, 48_000] {
        let stage = Stage::new();
        plug_in(&stage);
        stage.change(MIC, |device| device.rate = rate);
        let capture = Capture::spawn_with(stage.backend(), &Settings::default(), stage.clocks(), never());
        capture.want(Want::BOTH);
        let aligner = Aligner::new(stage.now());
        let (sides, missing, reports) = (Sides::default(), Sides::default(), Vec::new());
        let mut desk = Desk { stage, capture, aligner, sides, missing, reports };
        desk.until("both flow", Desk::flow);
        desk.begin();
        desk.play(2_000);
        let level = desk.heard(Channel::Agent, TONES.agent, 1_000);
        assert!((0.98..1.02).contains(&level), "{rate} Hz: {level}");
    }
}

#[test]
fn r13_a_device_that_another_program_holds_alone_is_said_and_tried_again() {
    let stage = Stage::new();
    plug_in(&stage);
    stage.refuse(MIC, Some(CaptureError::Busy { device: "Headset Mono".to_owned() }));
    let capture = Capture::spawn_with(stage.backend(), &Settings::default(), stage.clocks(), never());
    capture.want(Want::BOTH);
    let aligner = Aligner::new(stage.now());
    let (sides, missing, reports) = (Sides::default(), Sides::default(), Vec::new());
    let mut desk = Desk { stage, capture, aligner, sides, missing, reports };
    desk.until("it is said", |desk| {
        desk.said(|r| matches!(r, Report::Lost { why: CaptureError::Busy { .. }, .. }))
    });
    desk.stage.refuse(MIC, None);
    desk.until("it flows", Desk::flow);
}

#[test]
fn r14_a_microphone_that_never_delivers_is_given_up_after_two_rebuilds() {
    let mut desk = Desk::new();
    desk.stage.fault(MIC, Fault { stalled: true, ..Fault::default() });
    desk.until("it is given up", |desk| desk.said(|r| matches!(r, Report::Stopped { .. })));
    assert_eq!(desk.states(), Sides { agent: State::Stopped, customer: State::Flowing });
    let opened = desk.stage.opened().iter().filter(|(side, _)| *side == Channel::Agent).count();
    assert_eq!(opened, 3);
    // The next call tries again.
    desk.stage.fault(MIC, Fault::default());
    desk.capture.want(Want { agent: false, customer: true });
    desk.capture.want(Want::BOTH);
    desk.until("it flows", Desk::flow);
}

#[test]
fn r32_after_sleep_everything_is_rebuilt() {
    let mut desk = Desk::new();
    let before = desk.stage.opened().len();
    desk.stage.sleep(Duration::from_secs(600));
    desk.until("sleep is said", |desk| desk.said(|r| matches!(r, Report::Slept { .. })));
    desk.until("both were opened anew", |desk| desk.stage.opened().len() == before + 2 && desk.flow());
    desk.play(1_000);
    assert!(desk.heard(Channel::Agent, TONES.agent, 500) > 0.9);
}

#[test]
fn r33_another_setting_reopens_its_side_only_and_the_same_one_nothing() {
    let mut desk = Desk::new();
    desk.stage.plug(Device::new("fake:webcam", "Webcam", Kind::Input), Sound::Tone(1_000.0));
    let before = desk.stage.opened().len();
    let settings = Settings { microphone: "Webcam".to_owned(), ..Settings::default() };
    desk.capture.set(settings.clone());
    desk.until("the webcam is heard", |desk| {
        desk.stage.opened().last().is_some_and(|(_, id)| id.0 == "fake:webcam") && desk.flow()
    });
    desk.capture.set(settings);
    desk.play(2_000);
    assert_eq!(desk.stage.opened().len(), before + 1);
    assert!(desk.heard(Channel::Agent, 1_000.0, 500) > 0.9);
}

#[test]
fn r42_each_side_hears_its_own_device_and_nothing_of_the_other() {
    let mut desk = Desk::new();
    desk.play(3_000);
    for side in Channel::BOTH {
        assert!(desk.heard(side, TONES[side], 1_000) > 0.99, "{side}");
        assert!(desk.heard(side, TONES[side.other()], 1_000) < 1e-4, "{side}");
    }
}

#[test]
fn a_pause_keeps_nothing_and_is_over_at_once() {
    let mut desk = Desk::new();
    desk.play(1_000);
    desk.aligner.pause(desk.stage.now());
    desk.capture.pause().set(true);
    desk.play(2_000);
    desk.aligner.resume(desk.stage.now());
    desk.capture.pause().set(false);
    desk.play(1_000);
    for side in Channel::BOTH {
        let paused: u64 = desk.missing[side].iter().filter(|m| m.2 == Gap::Paused).map(|m| m.1 - m.0).sum();
        assert_eq!(paused, 32_000, "{side}");
        assert!(desk.heard(side, TONES[side], 500) > 0.99);
    }
}

#[test]
fn a_call_into_the_sound_system_that_hangs_holds_nothing_else() {
    let mut desk = Desk::new();
    desk.stage.hang(true);
    let asked = Instant::now();
    desk.capture.want(Want::NONE);
    desk.capture.want(Want::BOTH);
    assert!(asked.elapsed() < Duration::from_millis(500));
    desk.until("it is said", |desk| desk.said(|r| matches!(r, Report::Lost { why: CaptureError::Hung, .. })));
    desk.stage.hang(false);
    desk.until("it flows", Desk::flow);
}

#[test]
fn a_side_that_is_not_wanted_is_not_open() {
    let stage = Stage::new();
    plug_in(&stage);
    let capture = Capture::spawn_with(stage.backend(), &Settings::default(), stage.clocks(), never());
    capture.want(Want { agent: false, customer: true });
    let said = capture.reports().recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(matches!(said, Report::Opened { side: Channel::Customer, .. }), "{said:?}");
    assert_eq!(stage.opened().len(), 1);
    capture.want(Want::NONE);
    let start = Instant::now();
    while stage.streams() != 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "still open");
        std::thread::yield_now();
    }
}

/// Waits until these devices are kept ready.
fn until_ready(stage: &Stage, expected: &[&str]) {
    let start = Instant::now();
    let ready = || stage.kept_ready().iter().map(|id| id.0.clone()).collect::<Vec<_>>();
    while ready() != expected {
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}, expected {expected:?}", ready());
        std::thread::yield_now();
    }
}

#[test]
fn a_headset_that_is_made_ready_is_not_opened() {
    let stage = Stage::new();
    plug_in(&stage);
    let capture = Capture::spawn_with(stage.backend(), &Settings::default(), stage.clocks(), never());
    capture.ready(true);
    until_ready(&stage, &[MONITOR]);
    // Another headset is meant from now on.
    stage.plug(Device::new("fake:other", "Other", Kind::Output), Sound::Zeros);
    stage.plug(
        Device::new("fake:other.monitor", "Monitor", Kind::Monitor).hearing("fake:other"),
        Sound::Zeros,
    );
    capture.set(Settings { headset: "fake:other".to_owned(), ..Settings::default() });
    until_ready(&stage, &["fake:other.monitor"]);
    assert_eq!((stage.opened().len(), stage.streams()), (0, 0));
    capture.ready(false);
    until_ready(&stage, &[]);
    // One that is not there is no trouble to anybody.
    stage.unplug("fake:other", None);
    capture.ready(true);
    capture.want(Want { agent: true, customer: false });
    let said = capture.reports().recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(matches!(said, Report::Opened { side: Channel::Agent, .. }), "{said:?}");
    until_ready(&stage, &[]);
}
