//! The real daemon on a real sound server: a call between two softphones is
//! seen, measured, recorded and stored; live and offline agree.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use evenkeel::app::recording::{Mark, journal_of};
use evenkeel::core::units::{Channel, SampleSpan, SampleTime};
use evenkeel::report::log;
use evenkeel::store::{Reader, State, StoredCall, Trigger};
use serde_json::Value;

use super::phones;
use super::running::{Daemon, EVENKEEL, play_call};
use super::sound::{Kind, MICROPHONE_FEED, Sound};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-call.flac")
}

/// Whole seconds of the sample call.
const SAMPLE_S: u32 = 147;

/// Longer calls: `EVENKEEL_SCORE_S=600`.
const SCORE_S: &str = "EVENKEEL_SCORE_S";

/// A piece of the sample call as a file of its own.
fn piece(sound: &Sound, from: u32, seconds: u32) -> PathBuf {
    let path = sound.home().join(format!("piece-{from}-{seconds}.wav"));
    // A long one goes on with the sample's begin.
    let often = (from + seconds) / SAMPLE_S;
    let cut =
        ["repeat".to_owned(), often.to_string(), "trim".to_owned(), from.to_string(), seconds.to_string()];
    let made = Command::new("sox").arg(sample()).arg(&path).args(cut).status().unwrap();
    assert!(made.success());
    path
}

/// One side of a stereo file as a file of its own.
fn side(sound: &Sound, call: &Path, channel: &str) -> PathBuf {
    let path = sound.home().join(format!("side-{channel}.wav"));
    let made = Command::new("sox").arg(call).arg(&path).args(["remix", channel]).status().unwrap();
    assert!(made.success());
    path
}

fn stored(daemon: &Daemon<'_>, number: &str) -> StoredCall {
    Reader::open(&daemon.sound.home().join(".local/share/evenkeel")).unwrap().call(number).unwrap()
}

fn is_over(daemon: &Daemon<'_>, number: &str) -> bool {
    let folder = daemon.sound.home().join(".local/share/evenkeel");
    let call = Reader::open(&folder).and_then(|reader| reader.find(number));
    call.is_ok_and(|line| line.state != State::Open)
}

/// What `analyze` makes of a recording.
fn analyzed(daemon: &Daemon<'_>, file: &Path, how: &str) -> String {
    daemon.evenkeel(&["analyze", file.to_str().unwrap(), how, "--quiet"])
}

fn recording(folder: &Path) -> PathBuf {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files.pop().unwrap()
}

fn events(call: &StoredCall) -> String {
    call.events.iter().filter_map(|e| log::line(e, SampleSpan::ZERO)).map(|line| line + "\n").collect()
}

fn a_call_between_two_phones(kind: Kind, seconds: u32) {
    let mut sound = Sound::start(kind);
    sound.plug_in_far_end();
    let tapes = sound.home().join("tapes");
    let call = piece(&sound, 0, seconds);
    let (one, two) = (side(&sound, &call, "1"), side(&sound, &call, "2"));
    {
        let mut daemon = Daemon::start(&sound, &["--record", tapes.to_str().unwrap()]);
        let (mut agent, mut customer) = (phones::agent(&sound), phones::customer(&sound));
        customer.dial(&agent);
        agent.event("CALL_INCOMING");
        assert_eq!(daemon.status()["call"], Value::Null, "ringing is no call");
        agent.tell("accept", "");
        agent.event("CALL_ESTABLISHED");
        customer.event("CALL_ESTABLISHED");
        daemon.until("the call is seen", |d| d.status()["call"]["trigger"] == "streams");
        daemon.until("both sides are heard", |d| {
            let sides = &d.status()["sides"];
            let frames = |side: &str| sides[side]["frames"].as_u64().unwrap();
            0 < frames("agent") && 0 < frames("customer")
        });
        let mut players = [sound.play(MICROPHONE_FEED, &one), sound.play("custmicsink", &two)];
        players.iter_mut().for_each(|player| assert!(player.wait().unwrap().success()));
        customer.tell("hangup", "");
        agent.event("CALL_CLOSED");
        daemon.until("the call is over", |d| is_over(d, "1"));
        let call = stored(&daemon, "1");
        assert_eq!((call.line.state, call.line.trigger), (State::Closed, Trigger::Streams));
        assert_eq!(call.line.program.as_deref(), Some("baresip"));
        assert_eq!(call.line.lost, 0);
        let length = call.line.length.seconds();
        assert!((f64::from(seconds) - 1.0..f64::from(seconds) + 6.0).contains(&length), "{length} s");
        let summary = call.summary.as_ref().unwrap();
        let spoken = |span: SampleSpan| span.seconds();
        assert!(2.0 < spoken(summary.sides.agent.speech), "{summary:?}");
        assert!(2.0 < spoken(summary.sides.customer.speech), "{summary:?}");
        daemon.stop();
        let again = Daemon::start(&sound, &[]);
        assert_eq!(analyzed(&again, &recording(&tapes), "--events"), events(&call));
        again.stop();
    }
    sound.kill_server();
}

#[test]
#[ignore = "needs a sound server and softphones"]
fn a_call_between_two_phones_is_stored_and_its_recording_tells_the_same_pulseaudio() {
    a_call_between_two_phones(Kind::PulseAudio, 40);
}

#[test]
#[ignore = "needs a sound server and softphones"]
fn a_call_between_two_phones_is_stored_and_its_recording_tells_the_same_pipewire() {
    a_call_between_two_phones(Kind::PipeWire, 20);
}

/// How long after its begin a recorded call had no sound of a side yet.
fn opening(folder: &Path, side: Channel) -> SampleSpan {
    let journal = journal_of(&recording(folder)).unwrap().unwrap();
    let missing = journal.marks.iter().find_map(|(at, mark)| match mark {
        Mark::Missing(who, span, _) if *who == side && *at == SampleTime::ZERO => Some(*span),
        Mark::Missing(..) | Mark::Order(_) | Mark::Settings(_) => None,
    });
    missing.unwrap_or_default()
}

/// A virtual device renders two seconds at once where nobody asks for less, and has
/// nothing to deliver until these are over: the ringing is there to get over that.
#[test]
#[ignore = "needs a sound server and softphones"]
fn after_ringing_the_customer_is_heard_from_the_first_moment_on() {
    let sound = Sound::start(Kind::PulseAudio);
    sound.plug_in_far_end();
    let tapes = sound.home().join("tapes");
    let mut daemon = Daemon::start(&sound, &["--record", tapes.to_str().unwrap()]);
    let (mut agent, mut customer) = (phones::agent(&sound), phones::customer(&sound));
    customer.dial(&agent);
    agent.event("CALL_INCOMING");
    let ours = || {
        let list = String::from_utf8(sound.pactl(&["list", "source-outputs"]).stdout).unwrap();
        let streams = list.split("Source Output #").filter(|one| one.contains("\"evenkeel\""));
        streams.map(str::to_owned).collect::<Vec<_>>()
    };
    daemon.until("the headset is made ready", |_| !ours().is_empty());
    assert!(ours().iter().all(|one| one.contains("Corked: yes")), "{:?}", ours());
    assert_eq!(daemon.status()["sides"]["customer"]["state"], "closed");
    std::thread::sleep(Duration::from_millis(2_500));
    agent.tell("accept", "");
    agent.event("CALL_ESTABLISHED");
    daemon.until("both sides are heard", |d| {
        let sides = &d.status()["sides"];
        ["agent", "customer"].iter().all(|side| 0 < sides[side]["frames"].as_u64().unwrap())
    });
    customer.tell("hangup", "");
    agent.event("CALL_CLOSED");
    daemon.until("the call is over", |d| is_over(d, "1"));
    daemon.until("nothing is left on the headset", |_| ours().is_empty());
    daemon.stop();
    let gap = opening(&tapes, Channel::Customer);
    println!("the customer is heard {:.3} s after the begin", gap.seconds());
    assert!(gap < SampleSpan::from_millis(500), "{:.3} s", gap.seconds());
}

fn score(json: &str) -> f64 {
    let json: Value = serde_json::from_str(json).unwrap();
    json["score"]["value"].as_f64().unwrap_or_else(|| panic!("no score: {}", json["score"]))
}

#[test]
#[ignore = "needs a sound server"]
fn live_scores_are_those_of_the_files() {
    let sound = Sound::start(Kind::PulseAudio);
    let mut daemon = Daemon::start(&sound, &[]);
    let seconds = std::env::var(SCORE_S).map_or(75, |text| text.parse().unwrap());
    for (number, from) in [0, 36, 72].into_iter().enumerate() {
        let file = piece(&sound, from, seconds);
        // Each an agent of their own: offline there are no calls before.
        daemon.ctl_ok(&["agent", &format!("agent-{number}")]);
        daemon.ctl_ok(&["call", "start"]);
        daemon.until("both sides are heard", |d| {
            let sides = &d.status()["sides"];
            ["agent", "customer"].iter().all(|side| 0 < sides[side]["frames"].as_u64().unwrap())
        });
        let mut players = play_call(&sound, &file, &seconds.to_string());
        players.iter_mut().for_each(|player| assert!(player.wait().unwrap().success()));
        daemon.ctl_ok(&["call", "end"]);
        let number = (number + 1).to_string();
        daemon.until("the call is over", |d| is_over(d, &number));
        let live = f64::from(stored(&daemon, &number).line.score.unwrap());
        let offline = score(&analyzed(&daemon, &file, "--json"));
        println!("call {number}: live {live}, offline {offline}");
        assert!((live - offline).abs() <= 2.0, "call {number}: live {live}, offline {offline}");
    }
    daemon.stop();
}

#[test]
#[ignore = "needs a sound server and softphones"]
fn r13_a_program_that_nobody_knows_is_named_and_never_captured() {
    let sound = Sound::start(Kind::PulseAudio);
    sound.plug_in_far_end();
    let tapes = sound.home().join("tapes");
    let mut daemon = Daemon::start(&sound, &["--record", tapes.to_str().unwrap()]);
    let (mut stranger, mut customer) = (phones::stranger(&sound, "conference"), phones::customer(&sound));
    customer.dial(&stranger);
    stranger.event("CALL_INCOMING");
    stranger.tell("accept", "");
    stranger.event("CALL_ESTABLISHED");
    daemon.until("it is named", |d| d.status()["unknown_programs"][0] == "conference");
    let status = daemon.status();
    assert_eq!(status["call"], Value::Null);
    assert_eq!(status["sides"]["agent"]["state"], "closed");
    // Once it may, the call that is on counts.
    let judge = |verdict| {
        let command = ["calls", verdict, "conference"];
        assert!(sound.command(EVENKEEL).args(command).stdin(Stdio::null()).status().unwrap().success());
    };
    judge("allow");
    daemon.until("it is captured", |d| d.status()["call"]["program"] == "conference");
    let files = || std::fs::read_dir(&tapes).map_or(0, Iterator::count);
    daemon.until("it is recorded", |_| files() == 1);
    // Ruled out meanwhile, nothing of it is kept.
    judge("never");
    daemon.until("nothing is captured", |d| d.status()["sides"]["agent"]["state"] == "closed");
    daemon.stop();
    assert_eq!(files(), 0);
    let folder = sound.home().join(".local/share/evenkeel");
    assert!(Reader::open(&folder).unwrap().find("1").is_err(), "the call is still in the database");
}

#[test]
#[ignore = "needs a sound server"]
fn r03_without_a_server_the_daemon_stays_and_takes_orders() {
    let mut sound = Sound::start(Kind::PulseAudio);
    sound.kill_server();
    let mut daemon = Daemon::start(&sound, &[]);
    let begun = daemon.ctl_with(&["call", "start", "--customer-ref", "-"], "+49 30 4711<b>\n");
    assert!(begun.status.success(), "{}", String::from_utf8_lossy(&begun.stderr));
    daemon.until("what is missing is named", |d| d.status()["sides"]["agent"]["remedy"].is_string());
    daemon.until("both sides are dead", |d| {
        let sides = &d.status()["sides"];
        ["agent", "customer"].iter().all(|side| sides[side]["frames"] == 0)
    });
    daemon.ctl_ok(&["call", "end"]);
    daemon.until("the call is stored", |d| is_over(d, "1"));
    let customer = stored(&daemon, "1").line.customer.unwrap();
    assert!(!customer.contains("4711") && customer.ends_with("<b>"), "{customer}");
    daemon.stop();
}

#[test]
#[ignore = "needs a sound server"]
fn r03_a_server_that_comes_back_is_heard_within_seconds() {
    let mut sound = Sound::start(Kind::PulseAudio);
    let home = sound.home();
    let mut command = sound.command(EVENKEEL);
    let daemon = command
        .args(["run", "--set", "capture.microphone=headset_mic", "--set", "capture.headset=headset"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(home.join("daemon.log")).unwrap())
        .spawn()
        .unwrap();
    let daemon = super::running::Loose(daemon);
    let ctl = |sound: &Sound, arguments: &[&str]| {
        sound.command(EVENKEEL).arg("ctl").args(arguments).stdin(Stdio::null()).output().unwrap()
    };
    let frames = |sound: &Sound| {
        let out = ctl(sound, &["status", "--json"]);
        let status: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
        status["sides"]["customer"]["frames"].as_u64().unwrap_or(0)
    };
    let wait = |what, so: &dyn Fn() -> bool| super::sound::until(what, Duration::from_secs(20), so);
    wait("the daemon answers", &|| ctl(&sound, &["status"]).status.success());
    assert!(ctl(&sound, &["call", "start"]).status.success());
    wait("sound comes", &|| 0 < frames(&sound));
    sound.kill_server();
    wait("nothing comes any more", &|| frames(&sound) == 0);
    sound.start_server();
    sound.plug_in();
    wait("sound comes again", &|| 0 < frames(&sound));
    assert!(ctl(&sound, &["call", "end"]).status.success());
    assert!(ctl(&sound, &["stop"]).status.success());
    drop(daemon);
}
