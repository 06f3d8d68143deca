//! What the daemon costs a machine, and how late its nudges are: the real
//! program in a process of its own, measured from outside through `/proc`.
//! `cargo bench --bench daemon -- --help` tells the options.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "../tests/support/eager.rs"]
mod eager;
#[path = "../tests/support/sound.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "shared with tests, which need more and may panic"
)]
mod sound;
#[path = "../tests/support/wav.rs"]
mod wav;
#[path = "words/mod.rs"]
mod words;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};

use evenkeel::control::{Client, Do, Heard, Notice, Status};

/// Measures the daemon: processor, memory, age of nudges, orders, a day of calls.
#[derive(Parser)]
#[command(name = "daemon", max_term_width = 100)]
struct Options {
    /// What is measured; all but `sound`, `words` and `day` unless said otherwise
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Seconds without a call
    #[arg(long, value_name = "S", default_value_t = 60)]
    idle: u64,
    /// Seconds of a call, of those after its first ten
    #[arg(long, value_name = "S", default_value_t = 60)]
    call: u64,
    /// Calls at once whose nudges are counted
    #[arg(long, value_name = "N", default_value_t = 4)]
    nudged: usize,
    /// Orders
    #[arg(long, value_name = "N", default_value_t = 200)]
    orders: usize,
    /// Hours of calls, played as fast as they are measured
    #[arg(long, value_name = "N", default_value_t = 8.0)]
    hours: f64,
    /// Weights that hear the words, for `words`
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// How often the sample call follows itself, for `words`
    #[arg(long, value_name = "N", default_value_t = 1)]
    times: usize,
    /// A Python with faster-whisper, to be held against for `words`
    #[arg(long, value_name = "PATH", requires = "reference")]
    python: Option<PathBuf>,
    /// What faster-whisper hears with: a CTranslate2 model, or a wheel with one
    #[arg(long, value_name = "PATH", requires = "python")]
    reference: Option<PathBuf>,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// A figure, or some that come together.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Without a call
    Idle,
    /// In a call at its own pace
    Call,
    /// The same with the sound from a PulseAudio of its own: what its library takes too
    Sound,
    /// How old the sound behind a nudge is
    Age,
    /// From an order to its answer
    Orders,
    /// Words of a call with real weights: cost, delay, and the same offline
    Words,
    /// Whether it grows over hours of calls
    Day,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sample-call.flac");
/// The thread that stands for the sound system is no part of the daemon.
const PLAYER: &str = "player";
/// Ticks of the processor's accounts in a second.
const TICKS: f64 = 100.0;

/// A daemon in a home of its own; it is killed with this value.
struct Daemon {
    home: tempfile::TempDir,
    child: Child,
}

impl Daemon {
    fn start(arguments: &[&str]) -> Result<Self> {
        Self::start_with(arguments, &[])
    }

    fn start_with(arguments: &[&str], more: &[(&str, &std::ffi::OsStr)]) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let set = [
            "run",
            "--set",
            "show.overlay=false",
            "--set",
            "show.notifications=false",
            "--set",
            "show.terminal=false",
        ];
        let log = std::fs::File::create(home.path().join("log"))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        command.args(set).args(arguments).env("HOME", home.path());
        command.env("XDG_RUNTIME_DIR", home.path().join("run"));
        ["XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"].iter().for_each(|name| {
            command.env_remove(name);
        });
        // Where a sound server is to be measured too, it is named by PULSE_SERVER.
        command.envs(more.iter().copied());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let mut daemon = Self { home, child };
        let begun = Instant::now();
        while daemon.status().is_err() {
            if daemon.child.try_wait()?.is_some() || Duration::from_secs(30) < begun.elapsed() {
                let log = std::fs::read_to_string(daemon.home.path().join("log"))?;
                return Err(format!("the daemon does not answer: {log}").into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(daemon)
    }

    fn socket(&self) -> PathBuf {
        self.home.path().join("run/evenkeel/ctl.sock")
    }

    fn status(&self) -> Result<Status> {
        Ok(Client::connect(&self.socket())?.status()?)
    }

    fn spent(&self) -> Result<Spent> {
        Spent::of(self.child.id())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process took so far.
#[derive(Clone, Debug, Default)]
struct Spent {
    at: Option<Instant>,
    threads: Vec<(String, f64, u64)>,
    pss_kb: u64,
    files: usize,
}

impl Spent {
    fn of(pid: u32) -> Result<Self> {
        let process = PathBuf::from(format!("/proc/{pid}"));
        let mut threads = Vec::new();
        for task in std::fs::read_dir(process.join("task"))? {
            // A thread may end while the list is read.
            threads.extend(thread(&task?.path()));
        }
        let rollup = std::fs::read_to_string(process.join("smaps_rollup"))?;
        let files = std::fs::read_dir(process.join("fd"))?.count();
        Ok(Self { at: Some(Instant::now()), threads, pss_kb: field(&rollup, "Pss:"), files })
    }

    /// Share of a core in percent and switches a second since `before`.
    fn since(&self, before: &Self) -> (f64, f64) {
        let seconds = self.at.zip(before.at).map_or(1.0, |(now, then)| (now - then).as_secs_f64());
        let sum = |spent: &Self| {
            let ours = spent.threads.iter().filter(|(name, ..)| name != PLAYER);
            ours.fold((0.0, 0), |sum, (_, s, n)| (sum.0 + s, sum.1 + n))
        };
        let (now, then) = (sum(self), sum(before));
        ((now.0 - then.0) / seconds * 100.0, now.1.saturating_sub(then.1) as f64 / seconds)
    }

    /// The busiest threads since `before`, with their share in percent.
    fn busiest(&self, before: &Self) -> String {
        let seconds = self.at.zip(before.at).map_or(1.0, |(now, then)| (now - then).as_secs_f64());
        let mut shares: Vec<(f64, f64, &str)> = Vec::new();
        for (name, s, n) in &self.threads {
            let then = before.threads.iter().find(|(other, ..)| other == name);
            let (s0, n0) = then.map_or((0.0, 0), |t| (t.1, t.2));
            shares.push(((s - s0) / seconds * 100.0, n.saturating_sub(n0) as f64 / seconds, name));
        }
        shares.sort_by(|a, b| b.0.total_cmp(&a.0));
        let told = shares.iter().take(6).map(|(s, n, name)| format!("{name} {s:.2} % {n:.0}/s"));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// Name, seconds of processor and switches of a thread.
fn thread(task: &Path) -> Option<(String, f64, u64)> {
    let read = |name: &str| std::fs::read_to_string(task.join(name)).ok();
    let name = read("comm")?.trim().to_owned();
    // Nanoseconds on the processor: finer than the ticks of `stat`.
    let seconds = match read("schedstat").and_then(|s| s.split(' ').next()?.parse::<f64>().ok()) {
        Some(nanos) => nanos / 1e9,
        None => {
            let stat = read("stat")?;
            let fields: Vec<&str> = stat.rsplit(") ").next()?.split(' ').collect();
            (fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / TICKS
        }
    };
    let status = read("status")?;
    let switches = field(&status, "voluntary_ctxt_switches:") + field(&status, "nonvoluntary_ctxt_switches:");
    Some((name, seconds, switches))
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn mb(kb: u64) -> f64 {
    kb as f64 / 1024.0
}

/// The share of sorted figures that is no larger.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(at.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

fn idle(options: &Options) -> Result<()> {
    let daemon = Daemon::start(&[])?;
    // What is done once at the start is no idling.
    std::thread::sleep(Duration::from_secs(3));
    let before = daemon.spent()?;
    std::thread::sleep(Duration::from_secs(options.idle));
    let after = daemon.spent()?;
    let (share, switches) = after.since(&before);
    println!("idle, {} s: {share:.3} % of a core, {switches:.1} switches/s", options.idle);
    println!("  PSS {:.1} MB, {} threads", mb(after.pss_kb), after.threads.len());
    println!("  {}", after.busiest(&before));
    Ok(())
}

fn call(options: &Options) -> Result<()> {
    let daemon = Daemon::start(&["--play", SAMPLE])?;
    std::thread::sleep(Duration::from_secs(10));
    let before = daemon.spent()?;
    std::thread::sleep(Duration::from_secs(options.call));
    let after = daemon.spent()?;
    let (share, switches) = after.since(&before);
    println!("in a call, {} s: {share:.2} % of a core, {switches:.0} switches/s", options.call);
    println!("  without the thread that plays; PSS {:.1} MB with the sound played", mb(after.pss_kb));
    println!("  {}", after.busiest(&before));
    Ok(())
}

fn sound(options: &Options) -> Result<()> {
    let server = sound::Sound::start(sound::Kind::PulseAudio);
    let sides = evenkeel::app::daemon::play::read(SAMPLE.as_ref(), evenkeel::audio::StereoSide::Left)?;
    let files = [server.home().join("agent.wav"), server.home().join("customer.wav")];
    for (file, side) in files.iter().zip([&sides.agent, &sides.customer]) {
        wav::write(file, side, side)?;
    }
    let place = format!("unix:{}", server.runtime().join("pulse/native").display());
    let devices =
        [format!("capture.microphone={}", sound::MICROPHONE), format!("capture.headset={}", sound::HEADSET)];
    let [microphone, headset] = devices.each_ref().map(String::as_str);
    let cookie = server.home().join(".config/pulse/cookie");
    let environment = [("PULSE_SERVER", place.as_ref()), ("PULSE_COOKIE", cookie.as_os_str())];
    let daemon = Daemon::start_with(&["--set", microphone, "--set", headset], &environment)?;
    Client::connect(&daemon.socket())?.ask(&Do::CallStart { customer_ref: None, note: None, id: None })?;
    let _playing = [sound::MICROPHONE_FEED, sound::HEADSET]
        .iter()
        .zip(&files)
        .map(|(sink, file)| server.play_promptly(sink, file))
        .collect::<Vec<_>>();
    std::thread::sleep(Duration::from_secs(10));
    let before = daemon.spent()?;
    std::thread::sleep(Duration::from_secs(options.call));
    let after = daemon.spent()?;
    let heard = daemon.status()?.sides;
    if heard.agent.state != evenkeel::control::SideState::Live || heard.customer.state != heard.agent.state {
        return Err(format!("the sound did not arrive: {heard:?}").into());
    }
    let (share, switches) = after.since(&before);
    println!(
        "in a call with sound from PulseAudio, {} s: {share:.2} % of a core, {switches:.0} switches/s",
        options.call
    );
    println!(
        "  PSS {:.1} MB; lost {:.1} and {:.1} ms",
        mb(after.pss_kb),
        heard.agent.lost_ms,
        heard.customer.lost_ms
    );
    println!("  {}", after.busiest(&before));
    Ok(())
}

fn age(options: &Options) -> Result<()> {
    let one = |_: usize| std::thread::spawn(|| nudges().map_err(|error| error.to_string()));
    let calls: Vec<_> = (0..options.nudged).map(one).collect();
    let mut ages = Vec::new();
    for call in calls {
        ages.extend(call.join().map_err(|_| "a call failed")??);
    }
    ages.sort_by(f64::total_cmp);
    let at = |share| quantile(&ages, share);
    println!(
        "age of the sound behind {} nudges of {} calls at once: median {:.1} ms, p95 {:.1}, most {:.1}",
        ages.len(),
        options.nudged,
        at(0.5),
        at(0.95),
        at(1.0)
    );
    Ok(())
}

/// The ages of all nudges of the sample call, ms.
fn nudges() -> Result<Vec<f64>> {
    let sets: Vec<&str> = eager::EAGER.iter().flat_map(|set| ["--set", *set]).collect();
    let daemon = Daemon::start(&[&["--play", SAMPLE][..], &sets].concat())?;
    let mut client = Client::connect(&daemon.socket())?;
    client.watch()?;
    let mut ages = Vec::new();
    loop {
        match client.hear() {
            Ok(Heard::Notice(Notice::Nudge { age_ms, .. })) => ages.push(age_ms),
            Ok(Heard::Notice(Notice::CallEnded { .. })) | Err(_) => return Ok(ages),
            Ok(Heard::Notice(_) | Heard::Lagged(_)) => (),
        }
    }
}

fn orders(options: &Options) -> Result<()> {
    let daemon = Daemon::start(&["--play", SAMPLE])?;
    let mut of_socket = Vec::new();
    let mut of_program = Vec::new();
    for _ in 0..options.orders {
        let begun = Instant::now();
        Client::connect(&daemon.socket())?.ask(&Do::Dismiss)?;
        of_socket.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    for _ in 0..options.orders / 4 {
        let begun = Instant::now();
        let mut ctl = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        ctl.args(["ctl", "snooze", "1"]).env("XDG_RUNTIME_DIR", daemon.home.path().join("run"));
        let done = ctl.env("HOME", daemon.home.path()).output()?;
        of_program.push(begun.elapsed().as_secs_f64() * 1000.0);
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into());
        }
    }
    for (what, times) in [("over the socket", &mut of_socket), ("by `evenkeel ctl`", &mut of_program)] {
        times.sort_by(f64::total_cmp);
        let at = |share| quantile(times, share);
        println!(
            "{} orders in a call {what}: median {:.2} ms, p95 {:.2}, most {:.2}",
            times.len(),
            at(0.5),
            at(0.95),
            at(1.0)
        );
    }
    Ok(())
}

/// Calls one after another through one process, in this one: its growth.
fn day(options: &Options) -> Result<()> {
    use evenkeel::app::daemon::play::{Player, read};
    let sides = read(SAMPLE.as_ref(), evenkeel::audio::StereoSide::Left)?;
    let seconds = sides.agent.len() as f64 / 16_000.0;
    let home = tempfile::tempdir()?;
    let player = Player::new();
    let run = here(home.path(), &player)?;
    let socket = home.path().join("run/ctl.sock");
    let begun = Instant::now();
    while Client::connect(&socket).is_err() {
        if Duration::from_secs(30) < begun.elapsed() {
            return Err("the daemon does not answer".into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let (mut played, mut seen) = (0.0, Vec::new());
    while played < options.hours * 3600.0 {
        player.plug_in(&sides);
        Client::connect(&socket)?.ask(&Do::CallStart { customer_ref: None, note: None, id: None })?;
        player.wait_for_streams();
        player.play(Duration::from_secs_f64(seconds));
        Client::connect(&socket)?.ask(&Do::CallEnd)?;
        played += seconds;
        let spent = Spent::of(std::process::id())?;
        seen.push((played / 3600.0, mb(spent.pss_kb), spent.threads.len(), spent.files));
    }
    let status = Client::connect(&socket)?.status()?;
    Client::connect(&socket)?.ask(&Do::Stop)?;
    let ended = run.join().map_err(|_| "the daemon failed")?;
    growth(&seen, &status, begun.elapsed());
    ended.map(|_| ()).map_err(|failure| failure.to_string().into())
}

type Ended = std::result::Result<evenkeel::app::exit::Status, evenkeel::app::exit::Failure>;

/// The whole wiring in this process.
fn here(home: &Path, player: &evenkeel::app::daemon::play::Player) -> Result<std::thread::JoinHandle<Ended>> {
    use evenkeel::app::daemon::{RunOptions, run};
    use evenkeel::app::folders::Folders;
    use evenkeel::config::{LoadOptions, Places, review};
    let at = |name: &str| home.join(name);
    let places = Places { system: at("none"), user: None, policy: at("none") };
    let set = ["calls.detect=false", "show.overlay=false", "show.notifications=false", "show.terminal=false"];
    let set =
        set.iter().map(|set| set.parse().map_err(|_| "a setting")).collect::<std::result::Result<_, _>>()?;
    let sources = LoadOptions { places, environment: Vec::new(), file: None, set };
    let options = RunOptions {
        config: review(&sources).loaded().map_err(|_| "the settings are refused")?.config,
        sources,
        record: None,
        folders: Folders { data: at("data"), state: at("state"), runtime: at("run") },
        backend: player.backend(),
        clock: player.clock(),
        clocks: player.clocks(),
        wakes: player.wakes(),
        wall: Box::new(jiff::Timestamp::now),
        patience: std::time::Duration::ZERO,
    };
    Ok(std::thread::spawn(move || run(options)))
}

/// The slope after the first tenth, in which caches fill.
fn growth(seen: &[(f64, f64, usize, usize)], status: &Status, took: Duration) {
    let kept = &seen[seen.len() / 10..];
    let n = kept.len() as f64;
    let mean = |of: fn(&(f64, f64, usize, usize)) -> f64| kept.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|s| s.0), mean(|s| s.1));
    let over: f64 = kept.iter().map(|s| (s.0 - x) * (s.1 - y)).sum();
    let under: f64 = kept.iter().map(|s| (s.0 - x).powi(2)).sum();
    let bounds = |of: fn(&(f64, f64, usize, usize)) -> usize| {
        (kept.iter().map(of).min().unwrap_or(0), kept.iter().map(of).max().unwrap_or(0))
    };
    println!(
        "{} calls, {:.1} h of sound in {:.0} s:",
        seen.len(),
        seen.last().map_or(0.0, |s| s.0),
        took.as_secs_f64()
    );
    println!("  PSS of the process, bench and sound included: {y:.1} MB, slope {:.3} MB/h", over / under);
    println!("  threads {:?}, open files {:?}", bounds(|s| s.2), bounds(|s| s.3));
    println!(
        "  lost: {} commands, {:.1} ms of the agent, {:.1} ms of the customer; sleeps seen: {}",
        status.store.lost,
        status.sides.agent.lost_ms,
        status.sides.customer.lost_ms,
        status.counters.suspended
    );
}

fn main() -> Result<()> {
    let options = Options::parse();
    let usual = [Part::Idle, Part::Call, Part::Age, Part::Orders];
    let parts = if options.parts.is_empty() { &usual[..] } else { &options.parts };
    for part in parts {
        match part {
            Part::Idle => idle(&options)?,
            Part::Call => call(&options)?,
            Part::Sound => sound(&options)?,
            Part::Age => age(&options)?,
            Part::Orders => orders(&options)?,
            Part::Words => {
                let model = options.model.as_deref().ok_or("name the weights by --model")?;
                let reference = options.python.as_deref().zip(options.reference.as_deref());
                words::words(model, options.times, reference)?;
            }
            Part::Day => day(&options)?,
        }
    }
    Ok(())
}
