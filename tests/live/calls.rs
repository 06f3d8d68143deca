//! The watcher and the state machine together, beside real softphones: what is a
//! call and what is none. No sound is captured here.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use evenkeel::audio::watch::{Place, Seen, Selection, Watch, spawn_at};
use evenkeel::core::calls::{
    Action, Calls, EndWhy, Holder, Input, Program, Refused, Settings, State, Trigger,
};
use evenkeel::core::units::Nanos;

use super::phones::{self, Phone};
use super::sound::{HEADSET, Kind, MICROPHONE, MICROPHONE_FEED, Sound};

/// The daemon's part in small: what is seen goes into the machine.
struct Desk {
    start: Instant,
    seen: Receiver<Seen>,
    calls: Calls,
    holders: Vec<Holder>,
    /// Everything that was decided, and when.
    log: Vec<(Instant, Action)>,
    lost: Vec<Instant>,
    back: Vec<Instant>,
    _watch: Watch,
}

impl Desk {
    fn new(sound: &Sound) -> Self {
        let (out, seen) = bounded(16);
        let socket = sound.runtime().join("pulse/native");
        let place = Place::At { socket, cookie: sound.home().join(".config/pulse/cookie") };
        let mut desk = Self {
            start: Instant::now(),
            seen,
            calls: Calls::new(Settings::default(), Vec::new()),
            holders: vec![Holder::default()],
            log: Vec::new(),
            lost: Vec::new(),
            back: Vec::new(),
            _watch: spawn_at(place, Selection::default(), out),
        };
        desk.until("the server's streams", |d| d.holders.is_empty());
        desk
    }

    fn now(&self) -> Nanos {
        self.at(Instant::now())
    }

    fn at(&self, moment: Instant) -> Nanos {
        Nanos(u64::try_from(moment.saturating_duration_since(self.start).as_nanos()).unwrap())
    }

    fn step(&mut self, input: Input<'_>) -> Result<(), Refused> {
        let (moment, mut out) = (Instant::now(), Vec::new());
        let done = self.calls.step(self.at(moment), input, &mut out);
        self.log.extend(out.into_iter().map(|action| (moment, action)));
        done
    }

    /// Takes what comes next, or lets a timer fire; waits for at most `most`.
    fn turn(&mut self, most: Duration) {
        let due = self.calls.deadline().map_or(most, |d| Duration::from_nanos(d.since(self.now())));
        match self.seen.recv_timeout(due.min(most)) {
            Ok(Seen::Holders(held)) => {
                self.step(Input::Holders(&held)).unwrap();
                self.holders = held;
            }
            Ok(Seen::Gone { .. }) => {
                self.lost.push(Instant::now());
                self.step(Input::ServerGone).unwrap();
            }
            Ok(Seen::Back) => {
                self.back.push(Instant::now());
                self.step(Input::ServerBack).unwrap();
            }
            Err(_) => self.step(Input::Tick).unwrap(),
        }
    }

    /// Goes on until something is so, at most 15 seconds.
    #[track_caller]
    fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(15);
        while !so(self) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "still not: {what}\n{:?}\n{:?}", self.log, self.holders);
            self.turn(left);
        }
    }

    /// Goes on for a while: what must not happen has this long to happen.
    fn watch(&mut self, span: Duration) {
        let end = Instant::now() + span;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.turn(left);
        }
    }

    fn decided(&self, so: impl Fn(&Action) -> bool) -> Option<Instant> {
        self.log.iter().find(|(_, action)| so(action)).map(|(at, _)| *at)
    }

    fn begun(&self) -> Option<(Instant, Nanos)> {
        self.log.iter().find_map(|(decided, action)| match action {
            Action::Begin { at, trigger: Trigger::Streams, .. } => Some((*decided, *at)),
            _ => None,
        })
    }

    fn ended(&self) -> Option<(Instant, Nanos, EndWhy)> {
        self.log.iter().find_map(|(decided, action)| match action {
            Action::End { at, why } => Some((*decided, *at, *why)),
            _ => None,
        })
    }

    fn holds_both(&self, pid: u32) -> bool {
        self.holders.iter().any(|h| h.pid == pid && h.holds_both())
    }

    fn opened_nothing(&self) -> bool {
        let quiet = |action: &Action| matches!(action, Action::Ask(_) | Action::Ready(_));
        self.log.iter().all(|(_, a)| quiet(a)) && self.calls.state() == State::Idle
    }
}

fn is_held(action: &Action) -> bool {
    matches!(action, Action::Held(true))
}

/// How much later `b` is than `a`, ms; negative where it is earlier.
fn ms(a: Nanos, b: Nanos) -> i64 {
    (i64::try_from(b.0).unwrap() - i64::try_from(a.0).unwrap()) / 1_000_000
}

/// A server with both pairs of devices, and two phones.
fn set_up(kind: Kind) -> (Sound, Phone, Phone) {
    let sound = Sound::start(kind);
    sound.plug_in_far_end();
    let (agent, customer) = (phones::agent(&sound), phones::customer(&sound));
    (sound, agent, customer)
}

/// Rings and is answered; returns when the agent's phone said so.
fn connect(desk: &mut Desk, agent: &mut Phone, customer: &mut Phone) -> Instant {
    customer.dial(agent);
    agent.event("CALL_INCOMING");
    agent.tell("accept", "");
    let answered = agent.event("CALL_ESTABLISHED");
    desk.until("the call", |d| d.begun().is_some());
    answered
}

/// Begin within half a second of the answer; end dated to the hang-up.
fn a_whole_call(kind: Kind) {
    let (sound, mut agent, mut customer) = set_up(kind);
    let mut desk = Desk::new(&sound);
    let answered = connect(&mut desk, &mut agent, &mut customer);
    let (decided, begun) = desk.begun().unwrap();
    let late = decided.saturating_duration_since(answered);
    assert!(late <= Duration::from_millis(500), "decided {late:?} after the answer");
    assert!(desk.holds_both(agent.pid()));
    desk.watch(Duration::from_secs(1));
    let hung_up = Instant::now();
    customer.tell("hangup", "");
    desk.until("the end", |d| d.ended().is_some());
    let (decided, ended, why) = desk.ended().unwrap();
    let off = ms(desk.at(hung_up), ended);
    println!(
        "{kind:?}: begin dated {} ms and decided {} ms after the answer; end dated {off} ms and decided {} ms after the hang-up",
        ms(desk.at(answered), begun),
        late.as_millis(),
        decided.duration_since(hung_up).as_millis()
    );
    assert_eq!(why, EndWhy::Streams);
    // Some 60 ms; more where a busy machine lets the phone or the watcher wait.
    assert!((-50..1_000).contains(&off), "the end is dated {off} ms after the hang-up");
    assert!(desk.decided(is_held).is_none());
    assert_eq!(desk.calls.state(), State::Idle);
}

#[test]
#[ignore = "needs PulseAudio and baresip"]
fn a_call_is_seen_from_its_streams_on_pulseaudio() {
    a_whole_call(Kind::PulseAudio);
}

#[test]
#[ignore = "needs PipeWire and baresip"]
fn a_call_is_seen_from_its_streams_on_pipewire() {
    a_whole_call(Kind::PipeWire);
}

#[test]
#[ignore = "needs PulseAudio and baresip"]
fn ringing_and_a_missed_call_are_no_call() {
    let (sound, mut agent, mut customer) = set_up(Kind::PulseAudio);
    let mut desk = Desk::new(&sound);
    customer.dial(&agent);
    agent.event("CALL_INCOMING");
    desk.until("the ringing", |d| d.holders.iter().any(|h| h.headset));
    desk.watch(Duration::from_secs(1));
    customer.tell("hangup", "");
    agent.event("CALL_CLOSED");
    desk.until("silence", |d| d.holders.is_empty());
    assert!(desk.opened_nothing(), "{:?}", desk.log);
}

#[test]
#[ignore = "needs PulseAudio and baresip"]
fn hold_in_the_phone_stays_one_call_and_an_order_tells_of_it() {
    let (sound, mut agent, mut customer) = set_up(Kind::PulseAudio);
    let mut desk = Desk::new(&sound);
    connect(&mut desk, &mut agent, &mut customer);
    desk.step(Input::Start).unwrap();
    // Baresip closes and opens a stream; only its event hook can say more.
    agent.tell("hold", "");
    desk.step(Input::Hold(true)).unwrap();
    customer.changed(1);
    desk.watch(Duration::from_secs(2));
    agent.tell("resume", "");
    customer.changed(2);
    desk.step(Input::Hold(false)).unwrap();
    desk.watch(Duration::from_secs(2));
    assert!(matches!(desk.calls.state(), State::Call { joined: true, held: false, .. }));
    let told: Vec<_> = desk.log.iter().map(|(_, a)| a).filter(|a| matches!(a, Action::Held(_))).collect();
    assert_eq!(told, [&Action::Held(true), &Action::Held(false)]);
    assert!(desk.ended().is_none());
}

#[test]
#[ignore = "needs PulseAudio and baresip"]
fn a_phone_that_dies_ends_its_call() {
    let (sound, mut agent, mut customer) = set_up(Kind::PulseAudio);
    let mut desk = Desk::new(&sound);
    connect(&mut desk, &mut agent, &mut customer);
    let died = Instant::now();
    agent.kill();
    desk.until("the end", |d| d.ended().is_some());
    let (_, ended, why) = desk.ended().unwrap();
    assert_eq!(why, EndWhy::Streams);
    assert!(ms(desk.at(died), ended) < 400);
}

#[test]
#[ignore = "needs PulseAudio and baresip"]
fn an_unknown_program_is_named_once_and_never_captured() {
    let sound = Sound::start(Kind::PulseAudio);
    sound.plug_in_far_end();
    let (mut video, mut far) = (phones::stranger(&sound, "videochat"), phones::customer(&sound));
    let mut desk = Desk::new(&sound);
    for _ in 0..2 {
        far.dial(&video);
        video.event("CALL_INCOMING");
        video.tell("accept", "");
        let pid = video.pid();
        desk.until("both sides", |d| d.holds_both(pid));
        desk.watch(Duration::from_secs(1));
        far.tell("hangup", "");
        desk.until("nothing", |d| d.holders.is_empty());
    }
    let asked: Vec<_> = desk.log.iter().map(|(_, a)| a.clone()).collect();
    assert_eq!(asked, [Action::Ask(Program { pid: video.pid(), name: "videochat".into() })]);
}

/// A program with one stream, without a sound of its own; it ends with this value.
struct Stream(Child);

impl Stream {
    fn start(sound: &Sound, program: &str, device: &str) -> Self {
        Self::claiming(sound, program, device, "")
    }

    /// The same, with a property that is not true.
    fn claiming(sound: &Sound, program: &str, device: &str, claim: &str) -> Self {
        let child = sound
            .command(program)
            .env("PULSE_PROP_OVERRIDE", claim)
            .args(["--raw", "--latency-msec=50", "-d", device])
            .args(if program == "pacat" { vec!["/dev/zero"] } else { Vec::new() })
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "needs a sound server"]
fn a_music_player_beside_a_recorder_is_no_call() {
    for kind in [Kind::PulseAudio, Kind::PipeWire] {
        let sound = Sound::start(kind);
        let mut desk = Desk::new(&sound);
        let _player = Stream::start(&sound, "pacat", HEADSET);
        let _recorder = Stream::start(&sound, "parec", MICROPHONE);
        desk.until("both", |d| d.holders.iter().any(|h| h.headset) && d.holders.iter().any(|h| h.microphone));
        desk.watch(Duration::from_secs(1));
        assert!(desk.opened_nothing(), "{kind:?} {:?}", desk.log);
    }
}

#[test]
#[ignore = "needs a sound server"]
fn our_own_streams_are_no_call_and_any_other_process_with_both_sides_is_named() {
    for kind in [Kind::PulseAudio, Kind::PipeWire] {
        let sound = Sound::start(kind);
        let mut desk = Desk::new(&sound);
        let both = |pid: u32| {
            let claim = format!("application.process.id={pid} application.process.binary=recorder");
            [("pacat", HEADSET), ("parec", MICROPHONE)].map(|(p, d)| Stream::claiming(&sound, p, d, &claim))
        };
        let _own = both(std::process::id());
        // No process has this number; what comes later is seen later.
        let _other = both(4_194_305);
        sound.until("four streams", |s| {
            ["source-outputs", "sink-inputs"].iter().all(|list| {
                let out = s.pactl(&["list", "short", list]).stdout;
                2 <= String::from_utf8_lossy(&out).lines().count()
            })
        });
        desk.until("the question", |d| !d.log.is_empty());
        let asked = Action::Ask(Program { pid: 4_194_305, name: "recorder".into() });
        assert_eq!(desk.log.iter().map(|(_, a)| a).collect::<Vec<_>>(), [&asked], "{kind:?}");
        assert_eq!(desk.holders.len(), 1, "{:?}", desk.holders);
    }
}

#[test]
#[ignore = "needs a sound server"]
fn a_side_tone_of_the_server_is_nobody() {
    let sound = Sound::start(Kind::PulseAudio);
    let mut desk = Desk::new(&sound);
    let (source, sink) = (format!("source={MICROPHONE}"), format!("sink={HEADSET}"));
    assert!(sound.pactl(&["load-module", "module-loopback", &source, &sink]).status.success());
    // The recorder comes after it: what it shows has been looked at.
    let _recorder = Stream::start(&sound, "parec", MICROPHONE);
    desk.until("the recorder", |d| d.holders.iter().any(|h| h.microphone));
    assert_eq!(desk.holders.len(), 1);
}

#[test]
#[ignore = "needs a sound server"]
fn another_default_microphone_is_followed() {
    let sound = Sound::start(Kind::PulseAudio);
    let mut desk = Desk::new(&sound);
    sound.remap("second_mic", MICROPHONE_FEED);
    let _recorder = Stream::start(&sound, "parec", "second_mic");
    sound.until("the recorder", |s| !s.pactl(&["list", "short", "source-outputs"]).stdout.is_empty());
    assert!(desk.holders.is_empty());
    assert!(sound.pactl(&["set-default-source", "second_mic"]).status.success());
    desk.until("the recorder on the default", |d| d.holders.iter().any(|h| h.microphone));
}

#[test]
#[ignore = "needs a sound server"]
fn a_server_that_dies_is_missed_at_once_and_found_again() {
    let mut sound = Sound::start(Kind::PulseAudio);
    let mut desk = Desk::new(&sound);
    let died = Instant::now();
    sound.kill_server();
    desk.until("the loss", |d| !d.lost.is_empty());
    assert!(desk.lost[0].duration_since(died) < Duration::from_secs(2));
    sound.start_server();
    let back = Instant::now();
    desk.until("the return", |d| !d.back.is_empty());
    println!("back {} ms after the server", desk.back[0].saturating_duration_since(back).as_millis());
    assert_eq!((desk.lost.len(), desk.back.len()), (1, 1));
}

/// Voluntary and forced switches of the watching threads of this process, and their CPU ticks.
fn work_of_watchers() -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path();
        let read = |name: &str| std::fs::read_to_string(path.join(name)).unwrap_or_default();
        if read("comm").trim() != "watch" {
            continue;
        }
        let number = |l: &str| l.split_whitespace().last().and_then(|n| n.parse::<u64>().ok());
        let switches =
            read("status").lines().filter(|l| l.contains("ctxt_switches")).filter_map(number).sum();
        let stat = read("stat");
        // Fields 14 and 15 of the line; the third stands behind the name.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks = |field: usize| fields[field - 3].parse::<u64>().unwrap();
        found.push((switches, ticks(14) + ticks(15)));
    }
    found
}

#[test]
#[ignore = "needs a sound server"]
fn r28_an_idle_watcher_never_wakes() {
    let seconds = std::env::var("EVENKEEL_IDLE_S").ok().and_then(|s| s.parse().ok()).unwrap_or(5);
    for kind in [Kind::PulseAudio, Kind::PipeWire] {
        let sound = Sound::start(kind);
        let mut desk = Desk::new(&sound);
        // The devices have just come; what the server still tells of them is over soon.
        desk.watch(Duration::from_secs(2));
        let before = work_of_watchers();
        desk.watch(Duration::from_secs(seconds));
        let after = work_of_watchers();
        println!("{kind:?}: {before:?} -> {after:?} in {seconds} s (switches, ticks)");
        assert_eq!(before.len(), 1);
        assert_eq!(before, after, "{kind:?} in {seconds} s");
    }
}
