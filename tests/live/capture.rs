//! Live capture on real sound servers with a virtual headset. The part that
//! captures runs in a process of its own, in the server's surroundings, and is
//! told line by line what to do.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use evenkeel::audio::capture::live::backend;
use evenkeel::audio::capture::{Capture, Host, Report, Settings, State, Want, now};
use evenkeel::core::frames::align::{Aligner, Stretch};
use evenkeel::core::units::{Channel, Nanos, Sides};

use crate::sound::{HEADSET, Kind, MICROPHONE, MICROPHONE_FEED, Sound};

/// Set where this process is the one that captures.
const INNER: &str = "EVENKEEL_CAPTURE_INNER";

/// The process that captures.
struct Recorder {
    child: Child,
    orders: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Recorder {
    fn start(sound: &Sound, microphone: &str) -> Self {
        let mut child = sound
            .command(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "capture::the_recorder_inside"])
            .env(INNER, microphone)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let replies = BufReader::new(child.stdout.take().unwrap());
        Self { child, orders, replies }
    }

    /// Gives an order and returns the words of its answer.
    fn ask(&mut self, order: &str) -> Vec<String> {
        self.tell(order);
        self.answer(order)
    }

    fn tell(&mut self, order: &str) {
        writeln!(self.orders, "{order}").unwrap();
    }

    fn answer(&mut self, order: &str) -> Vec<String> {
        loop {
            let mut line = String::new();
            assert_ne!(self.replies.read_line(&mut line).unwrap(), 0, "it ended at `{order}`");
            if let Some(answer) = line.split("> ").nth(1) {
                println!("{order}: {}", answer.trim());
                return answer.split_whitespace().map(str::to_owned).collect();
            }
        }
    }

    fn number(&mut self, order: &str) -> f64 {
        self.ask(order)[0].parse().unwrap()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the inner process holds.
struct Inside {
    capture: Capture,
    wanted: Instant,
    aligner: Aligner,
    sides: Sides<Vec<f32>>,
    /// Samples missing after the first second.
    missing: Sides<u64>,
    reports: Vec<Report>,
}

#[test]
#[ignore = "needs a sound server; started by the tests beside it"]
fn the_recorder_inside() {
    let Ok(microphone) = std::env::var(INNER) else { return };
    let settings = Settings { microphone, headset: HEADSET.to_owned(), ..Settings::default() };
    let capture = Capture::spawn(backend(Host::Auto), &settings);
    capture.want(Want::BOTH);
    let mut inside = Inside {
        capture,
        wanted: Instant::now(),
        aligner: Aligner::new(now()),
        sides: Sides::default(),
        missing: Sides::default(),
        reports: Vec::new(),
    };
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        println!("> {}", inside.obey(&words));
    }
}

impl Inside {
    fn obey(&mut self, words: &[&str]) -> String {
        match *words {
            ["shut"] => {
                self.capture.want(Want::NONE);
                self.until(|inside| {
                    Channel::BOTH.iter().all(|side| inside.capture.status()[*side].state == State::Idle)
                })
            }
            ["open"] => {
                self.capture.want(Want::BOTH);
                self.until(|inside| {
                    Channel::BOTH.iter().all(|side| inside.capture.status()[*side].state == State::Flowing)
                })
            }
            ["ready", on] => {
                self.capture.ready(on == "on");
                String::new()
            }
            ["flowing", side] => self.until(|inside| inside.state(side) == State::Flowing),
            ["lost", side] => self.until(|inside| inside.state(side) != State::Flowing),
            ["first", side] => {
                self.until(|inside| 0 < inside.capture.status()[channel(side)].frames);
                format!("{}", self.wanted.elapsed().as_millis())
            }
            ["loud", side] => {
                let loud = self.sides[channel(side)].iter().filter(|s| 0.01 < s.abs()).count();
                format!("{}", loud as f64 / 16.0)
            }
            ["record", ms] => self.record(ms.parse().unwrap()),
            ["missing", side] => format!("{}", self.missing[channel(side)]),
            ["clicks", side] => {
                let clicks = clicks(&self.sides[channel(side)]);
                clicks.iter().map(|ms| format!("{ms:.2} ")).collect()
            }
            ["peak", side] => {
                let peak = self.sides[channel(side)].iter().fold(0f32, |m, s| m.max(s.abs()));
                format!("{peak}")
            }
            ["delay", side] => {
                format!("{}", self.capture.status()[channel(side)].delay_ms.unwrap_or(f32::NAN))
            }
            ["health", side] => {
                let health = self.aligner.health(channel(side));
                format!("{} {} {}", health.gaps, health.late.samples(), health.jitter_ms)
            }
            ["status"] => format!("{:?}", self.capture.status()),
            ["reports"] => format!("{:?}", self.reports),
            _ => "what?".to_owned(),
        }
    }

    fn state(&self, side: &str) -> State {
        self.capture.status()[channel(side)].state
    }

    fn read(&mut self) {
        let aligner = &mut self.aligner;
        self.capture.read(&mut |side, delivered| delivered.place(side, aligner));
        let mut stretch = Stretch::default();
        while self.aligner.pull(now(), &mut stretch) {
            for side in Channel::BOTH {
                let settled = 16_000 < self.sides[side].len();
                self.sides[side].extend(&stretch.sides[side]);
                let missing = settled && stretch.missing[side].is_some();
                self.missing[side] += if missing { stretch.len() as u64 } else { 0 };
            }
        }
        self.reports.extend(self.capture.reports().try_iter());
    }

    /// Reads until something is so; answers with how many ms that took.
    fn until(&mut self, so: impl Fn(&Self) -> bool) -> String {
        let start = Instant::now();
        while !so(self) && start.elapsed() < Duration::from_secs(15) {
            self.read();
            std::thread::sleep(Duration::from_millis(10));
        }
        format!("{}", start.elapsed().as_millis())
    }

    /// A call of so many ms.
    fn record(&mut self, ms: u64) -> String {
        self.read();
        self.aligner = Aligner::new(now());
        (self.sides, self.missing) = (Sides::default(), Sides::default());
        let begin = now();
        while now().since(begin) < ms * Nanos::MILLISECOND {
            self.read();
            std::thread::sleep(Duration::from_millis(10));
        }
        format!("{}", self.sides.agent.len())
    }
}

fn channel(side: &str) -> Channel {
    if side == "agent" { Channel::Agent } else { Channel::Customer }
}

/// Moments of clicks, ms.
fn clicks(samples: &[f32]) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::new();
    for (k, sample) in samples.iter().enumerate() {
        let at = k as f64 / 16.0;
        if 0.25 < sample.abs() && out.last().is_none_or(|last| 300.0 < at - last) {
            out.push(at);
        }
    }
    out
}

/// A file of clicks or of a tone, 48 kHz, 16 bit, mono.
fn wav(sound: &Sound, name: &str, seconds: u32, at: impl Fn(u32) -> f32) -> PathBuf {
    let samples: Vec<u8> =
        (0..seconds * 48_000).flat_map(|k| ((at(k) * 32_767.0) as i16).to_le_bytes()).collect();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(48_000u32.to_le_bytes());
    bytes.extend(96_000u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    let path = sound.home().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn clicking(k: u32) -> f32 {
    if k % 36_000 < 96 { 0.9 } else { 0.0 }
}

fn tone(k: u32) -> f32 {
    0.5 * (f64::from(k) * std::f64::consts::TAU * 440.0 / 48_000.0).sin() as f32
}

/// A second listener, which tells whether the server itself kept time. A machine
/// that is not its own (a virtual one, a busy one) stops for a while now and then, and
/// what is not delivered then is not lost by whoever records.
struct Witness {
    child: Child,
    heard: JoinHandle<Vec<(Duration, u64)>>,
}

impl Witness {
    fn of(sound: &Sound) -> Self {
        let mut command = sound.command("parec");
        command.args(["--raw", "--rate=48000", "--channels=1", "--format=s16le", "--latency-msec=10"]);
        command.args(["-d", &format!("{HEADSET}.monitor")]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut sound = child.stdout.take().unwrap();
        let heard = std::thread::spawn(move || {
            let (begin, mut bytes, mut heard) = (Instant::now(), 0, Vec::new());
            let mut piece = [0; 4_096];
            while let Ok(more @ 1..) = sound.read(&mut piece) {
                bytes += more as u64;
                heard.push((begin.elapsed(), bytes / 2));
            }
            heard
        });
        Self { child, heard }
    }

    /// By how much the moments of delivery were off an even pace at most, ms, its
    /// beginning left out.
    fn unevenness(mut self) -> f64 {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let heard = self.heard.join().unwrap();
        let late = heard.iter().filter(|(at, _)| Duration::from_secs(1) < *at);
        let late = late.map(|(at, samples)| at.as_secs_f64() * 1e3 - *samples as f64 / 48.0);
        let (least, most) = late.fold((f64::MAX, f64::MIN), |(a, b), ms| (a.min(ms), b.max(ms)));
        most - least
    }
}

/// A server that keeps time is 4 to 10 ms uneven. One that lets a block of one source
/// fall may be 10 ms uneven in another.
const EVEN: f64 = 8.0;

/// A block of PipeWire, ms: one that keeps time as well as that lets less fall.
const BLOCK: f64 = 21.4;

/// Tries until the server keeps time for the length of one.
const TRIES: usize = 8;

/// Both sides hear the same click within 10 ms from the first one on, and nothing
/// is lost but what the server itself did not deliver. One that stands still now
/// and then puts the sides off by that at most.
fn clicks_meet(kind: Kind) {
    let sound = Sound::start(kind);
    // A microphone that stands beside the ear piece.
    sound.remap("ear_mic", HEADSET);
    let file = wav(&sound, "clicks.wav", 10, clicking);
    if !(0..TRIES).any(|_| clicks_meet_once(&sound, &file)) {
        println!("{kind:?}: the server stood still in each of {TRIES} tries: 10 ms is not shown here");
    }
}

/// Whether the server kept time, so that what is asserted was shown.
fn clicks_meet_once(sound: &Sound, file: &Path) -> bool {
    let kind = sound.kind;
    // As in a call: a softphone plays before it is recorded.
    let mut player = match kind {
        // The microphone here hears a monitor of a null sink, which is posted a
        // block before its time; the server cannot say so of a microphone (a
        // latency is never negative there). A softphone makes the blocks short.
        Kind::PulseAudio => sound.play_promptly(HEADSET, file),
        // A player that prompt loses sound here: no real-time priority is given.
        Kind::PipeWire => sound.play(HEADSET, file),
    };
    let witness = Witness::of(sound);
    let mut recorder = Recorder::start(sound, "ear_mic");
    recorder.number("flowing agent");
    recorder.number("flowing customer");
    recorder.ask("record 6000");
    let uneven = witness.unevenness();
    let _ = player.kill();
    let _ = player.wait();
    let sides = ["agent", "customer"].map(|side| -> Vec<f64> {
        let clicks = recorder.ask(&format!("clicks {side}"));
        clicks.iter().map(|ms| ms.parse().unwrap()).collect()
    });
    let missing = ["agent", "customer"].map(|side| recorder.number(&format!("missing {side}")));
    println!("{kind:?}: delivered {uneven:.1} ms unevenly, missing {missing:?}");
    let pairs = pairs(&sides[0], &sides[1]);
    let even = uneven < EVEN;
    let allowed = if even { 10.0 } else { 10.0 + uneven };
    for (agent, customer) in &pairs {
        let off = (agent - customer).abs();
        assert!(off <= allowed, "{kind:?}: {agent} ms is {off} ms off; {sides:?}");
    }
    for side in ["agent", "customer"] {
        let delay = recorder.number(&format!("delay {side}"));
        assert!(delay < 100.0 || !even, "{kind:?} {side}: {delay} ms late");
    }
    let whole = missing.iter().all(|samples| samples / 16.0 <= BLOCK) && 6 <= pairs.len();
    assert!(whole || !even, "{kind:?}: {missing:?} lost of {sides:?}");
    even
}

/// The same clicks on both sides. Where the player falls behind, the server
/// takes back what one side has heard already: such a click has no other.
fn pairs(agent: &[f64], customer: &[f64]) -> Vec<(f64, f64)> {
    let near = |a: &f64| customer.iter().find(|c| (*c - a).abs() < 300.0).map(|c| (*a, *c));
    agent.iter().filter_map(near).collect()
}

#[test]
#[ignore = "needs a sound server"]
fn a_click_is_heard_by_both_sides_at_once_on_pulseaudio() {
    clicks_meet(Kind::PulseAudio);
}

#[test]
#[ignore = "needs a sound server"]
fn a_click_is_heard_by_both_sides_at_once_on_pipewire() {
    clicks_meet(Kind::PipeWire);
}

/// The microphone is pulled while the headset plays: the agent's side stays
/// empty until it is plugged in again.
fn unplugged(kind: Kind) {
    let sound = Sound::start(kind);
    let file = wav(&sound, "tone.wav", 60, tone);
    let mut recorder = Recorder::start(&sound, MICROPHONE);
    recorder.number("flowing agent");
    recorder.number("flowing customer");
    let mut player = sound.play(HEADSET, &file);
    recorder.ask("record 1000");
    recorder.tell("record 3000");
    sound.unplug(&format!("source_name={MICROPHONE}"));
    recorder.answer("record 3000");
    let loud = recorder.number("loud agent");
    assert!(loud <= 100.0, "{kind:?}: {loud} ms of the customer in the agent's side");
    assert!(16_000.0 <= recorder.number("missing agent"), "{kind:?}: what is in doubt is missing");
    assert!(recorder.number("lost agent") <= 2_000.0, "{kind:?}");
    recorder.ask("record 2000");
    assert_eq!(recorder.number("peak agent"), 0.0, "{kind:?}: recorded from another source");
    assert!(0.1 < recorder.number("peak customer"), "{kind:?}");
    sound.remap(MICROPHONE, MICROPHONE_FEED);
    assert!(recorder.number("flowing agent") <= 5_000.0, "{kind:?}");
    recorder.ask("reports");
    let _ = player.kill();
    let _ = player.wait();
}

#[test]
#[ignore = "needs a sound server"]
fn r01_an_unplugged_microphone_is_never_replaced_on_pulseaudio() {
    unplugged(Kind::PulseAudio);
}

#[test]
#[ignore = "needs a sound server"]
fn r01_an_unplugged_microphone_is_never_replaced_on_pipewire() {
    unplugged(Kind::PipeWire);
}

/// What is in use already is heard soon after it is wanted.
/// PulseAudio takes 64 connections, the softphone's among them: a day has more calls.
fn nothing_left_behind(kind: Kind) {
    let sound = Sound::start(kind);
    let mut recorder = Recorder::start(&sound, MICROPHONE);
    let connections =
        || String::from_utf8_lossy(&sound.pactl(&["list", "short", "clients"]).stdout).lines().count();
    recorder.ask("open");
    let before = connections();
    for _ in 0..20 {
        recorder.ask("shut");
        recorder.ask("open");
    }
    assert_eq!(connections(), before);
}

#[test]
#[ignore = "needs a sound server"]
fn opening_again_and_again_leaves_no_connection_behind_on_pulseaudio() {
    nothing_left_behind(Kind::PulseAudio);
}

#[test]
#[ignore = "needs a sound server"]
fn opening_again_and_again_leaves_no_connection_behind_on_pipewire() {
    nothing_left_behind(Kind::PipeWire);
}

#[test]
#[ignore = "needs a sound server"]
fn a_headset_that_is_ready_sends_nothing_and_leaves_nothing_behind() {
    let sound = Sound::start(Kind::PulseAudio);
    let mut recorder = Recorder::start(&sound, MICROPHONE);
    recorder.ask("open");
    recorder.ask("shut");
    let list = |what: &str| String::from_utf8(sound.pactl(&["list", what]).stdout).unwrap();
    // The remapped microphone is a stream too, of nobody.
    let ours = || list("source-outputs").matches("application.name = \"evenkeel\"").count();
    let connections = || list("clients").matches("Client #").count();
    sound.until("nothing is open", |_| ours() == 0);
    let before = connections();
    for _ in 0..20 {
        recorder.ask("ready on");
        sound.until("it is ready", |_| ours() == 1);
        assert_eq!(list("source-outputs").matches("Corked: yes").count(), 1);
        recorder.ask("ready off");
        sound.until("it is at rest", |_| ours() == 0);
    }
    assert_eq!(connections(), before);
}

/// Somebody moves the agent's stream to what the headset plays, in a mixer. Each side
/// has a tone of its own loudness.
fn moved(kind: Kind) {
    let sound = Sound::start(kind);
    let (mut players, mut recorder) = both_speak(&sound);
    recorder.tell("record 3000");
    for stream in ours(&sound) {
        let to = format!("{HEADSET}.monitor");
        let out = sound.pactl(&["move-source-output", &stream, &to]);
        println!("{kind:?}: {stream} is moved: {out:?}");
    }
    recorder.answer("record 3000");
    hear_themselves(kind, &mut recorder);
    players.iter_mut().for_each(end);
}

/// Both sides are played to, and recorded.
fn both_speak(sound: &Sound) -> ([Child; 2], Recorder) {
    let loud = wav(sound, "loud.wav", 60, tone);
    let quiet = wav(sound, "quiet.wav", 60, |k| tone(k) / 2.0);
    let players = [sound.play_promptly(HEADSET, &loud), sound.play_promptly(MICROPHONE_FEED, &quiet)];
    let mut recorder = Recorder::start(sound, MICROPHONE);
    recorder.ask("open");
    // A virtual device of PulseAudio delivers its first sound up to 2 s late.
    recorder.ask("record 3000");
    hear_themselves(sound.kind, &mut recorder);
    (players, recorder)
}

fn hear_themselves(kind: Kind, recorder: &mut Recorder) {
    let (agent, customer) = (recorder.number("peak agent"), recorder.number("peak customer"));
    assert!((0.2..0.3).contains(&agent) && (0.4..0.6).contains(&customer), "{kind:?}: {agent}, {customer}");
}

fn end(player: &mut Child) {
    let _ = player.kill();
    let _ = player.wait();
}

#[test]
#[ignore = "needs a sound server"]
fn r01_a_stream_that_somebody_moves_hears_no_other_side_on_pulseaudio() {
    moved(Kind::PulseAudio);
}

#[test]
#[ignore = "needs a sound server"]
fn r01_a_stream_that_somebody_moves_hears_no_other_side_on_pipewire() {
    moved(Kind::PipeWire);
}

/// The numbers of the streams that record for us.
fn ours(sound: &Sound) -> Vec<String> {
    let list = String::from_utf8(sound.pactl(&["list", "source-outputs"]).stdout).unwrap();
    let streams = list.split("Source Output #").filter(|s| s.contains("measures "));
    let ours: Vec<String> = streams.filter_map(|s| Some(s.split_whitespace().next()?.to_owned())).collect();
    assert_eq!(ours.len(), 2, "{list}");
    ours
}

/// Programs that ask for a voice call's processing have the server cancel echo at the
/// microphone and turn everything else down, the softphone's call with it.
#[test]
#[ignore = "needs a sound server"]
fn r19_our_streams_ask_for_no_processing_and_turn_nobody_down() {
    let sound = Sound::start(Kind::PulseAudio);
    for module in [
        &["module-filter-heuristics"][..],
        &["module-filter-apply"],
        &[
            "module-role-ducking",
            "trigger_roles=phone,production",
            "ducking_roles=no_role,any_role",
            "volume=-20dB",
        ],
        &["module-role-cork", "trigger_roles=phone,production", "cork_roles=no_role,any_role"],
    ] {
        let out = sound.pactl(&[&["load-module"], module].concat());
        assert!(out.status.success(), "{module:?}: {out:?}");
    }
    let (mut players, mut recorder) = both_speak(&sound);
    let list = |what: &str| String::from_utf8(sound.pactl(&["list", what]).stdout).unwrap();
    let streams = list("source-outputs");
    let ours: Vec<&str> = streams.split("Source Output #").filter(|s| s.contains("measures ")).collect();
    let asks = |stream: &&str| ["media.role", "filter."].iter().any(|what| stream.contains(what));
    assert!(ours.len() == 2 && !ours.iter().any(asks), "{streams}");
    let (modules, inputs) = (list("modules"), list("sink-inputs"));
    assert!(!modules.contains("module-echo-cancel"), "{modules}");
    assert!(!inputs.contains("Corked: yes") && inputs.matches("100%").count() >= 2, "{inputs}");
    hear_themselves(Kind::PulseAudio, &mut recorder);
    players.iter_mut().for_each(end);
}

/// A level that was set for our stream in a mixer, and is remembered by the server,
/// would be taken for the caller's and the agent's own.
fn remembered(kind: Kind) {
    let sound = Sound::start(kind);
    if kind == Kind::PulseAudio {
        let loaded = sound.pactl(&["load-module", "module-stream-restore", "restore_device=true"]);
        assert!(loaded.status.success(), "{loaded:?}");
    }
    let (mut players, mut recorder) = both_speak(&sound);
    let list = || String::from_utf8(sound.pactl(&["list", "source-outputs"]).stdout).unwrap();
    let streams = ours(&sound);
    for stream in &streams {
        for set in [["set-source-output-volume", stream, "20%"], ["set-source-output-mute", stream, "1"]] {
            assert!(sound.pactl(&set).status.success());
        }
    }
    sound.until("it is set", |_| list().matches("Mute: yes").count() == 2);
    // The servers write down what they remember a moment later.
    recorder.ask("record 2000");
    recorder.ask("record 500");
    let peaks = ["agent", "customer"].map(|side| recorder.number(&format!("peak {side}")));
    assert!(peaks.iter().all(|peak| *peak < 0.1), "the mixer does what it says: {peaks:?}");
    recorder.ask("shut");
    recorder.ask("open");
    recorder.ask("record 2000");
    hear_themselves(kind, &mut recorder);
    players.iter_mut().for_each(end);
}

#[test]
#[ignore = "needs a sound server"]
fn a_level_that_the_mixer_remembers_for_us_is_not_measured_on_pulseaudio() {
    remembered(Kind::PulseAudio);
}

#[test]
#[ignore = "needs a sound server"]
fn a_level_that_the_mixer_remembers_for_us_is_not_measured_on_pipewire() {
    remembered(Kind::PipeWire);
}

fn prompt(kind: Kind) {
    let sound = Sound::start(kind);
    let mut first = Recorder::start(&sound, MICROPHONE);
    let idle = ["agent", "customer"].map(|side| first.number(&format!("first {side}")));
    for side in ["agent", "customer"] {
        first.number(&format!("flowing {side}"));
    }
    let mut second = Recorder::start(&sound, MICROPHONE);
    let busy = ["agent", "customer"].map(|side| second.number(&format!("first {side}")));
    println!("{kind:?}: from wish to sound {idle:?} ms idle, {busy:?} ms in use");
    // The aim is 0.5 s; a machine that builds something meanwhile needs longer.
    assert!(busy.iter().all(|ms| *ms <= 1_000.0), "{kind:?}: {busy:?} ms");
}

#[test]
#[ignore = "needs a sound server"]
fn a_device_in_use_is_heard_soon_after_it_is_wanted_on_pulseaudio() {
    prompt(Kind::PulseAudio);
}

#[test]
#[ignore = "needs a sound server"]
fn a_device_in_use_is_heard_soon_after_it_is_wanted_on_pipewire() {
    prompt(Kind::PipeWire);
}

#[test]
#[ignore = "needs a sound server"]
fn r09_a_killed_server_hangs_nothing_and_is_used_again_within_2_s() {
    let mut sound = Sound::start(Kind::PulseAudio);
    let mut recorder = Recorder::start(&sound, MICROPHONE);
    recorder.number("flowing agent");
    recorder.number("flowing customer");
    sound.kill_server();
    assert!(recorder.number("lost agent") <= 2_000.0);
    assert!(recorder.number("lost customer") <= 2_000.0);
    sound.start_server();
    sound.plug_in();
    // An idle device of PulseAudio needs up to 2 s for its first sound besides.
    assert!(recorder.number("flowing agent") <= 4_000.0);
    assert!(recorder.number("flowing customer") <= 4_000.0);
}
