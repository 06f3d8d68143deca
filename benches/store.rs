//! What storing calls costs: room, time of a commit, a day of calls, and the
//! time of queries. `cargo bench --bench store -- --help` tells the options.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser;

use evenkeel::audio::{CallAudio, Chunk, Inputs, Source, StereoSide};
use evenkeel::core::event::Event;
use evenkeel::core::pipeline::{Past, Pipeline, Settings};
use evenkeel::core::summary::CallSummary;
use evenkeel::store::{
    self, CallUid, Command, Devices, Filter, Finished, NewCall, Reader, Trigger, Wall, Why, Writer, open,
};

/// Measures the store: bytes per hour of call, commits, a day of calls, queries.
#[derive(Parser)]
#[command(name = "store", max_term_width = 100)]
struct Options {
    /// Hours of calls that are written at once
    #[arg(long, value_name = "N", default_value_t = 8.0)]
    hours: f64,
    /// Calls in the database that is asked
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    calls: u32,
    /// How often each query is asked
    #[arg(long, value_name = "N", default_value_t = 100)]
    runs: u32,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(300);
/// Samples of a second.
const SECOND: usize = 16_000;

/// The sample call: its events, second by second, and what it came to.
struct Call {
    seconds: Vec<Vec<Event>>,
    summary: CallSummary,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let call = call()?;
    commits(&call)?;
    day(&call, options.hours)?;
    queries(&call, &options)
}

fn call() -> Result<Call> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-call.flac");
    let mut audio = CallAudio::open(&Inputs::Stereo { path, agent: StereoSide::Left })?;
    let (mut chunk, mut agent, mut customer) = (Chunk::default(), Vec::new(), Vec::new());
    while audio.next(&mut chunk)? {
        agent.extend_from_slice(&chunk.agent);
        customer.extend_from_slice(&chunk.customer);
    }
    let mut pipeline = Pipeline::new(Settings::default(), Past::default());
    let mut seconds = Vec::new();
    for (agent, customer) in agent.chunks(SECOND).zip(customer.chunks(SECOND)) {
        let mut events = Vec::new();
        pipeline.push(agent, customer, &mut events);
        seconds.push(events);
    }
    let mut last = Vec::new();
    let summary = pipeline.finish(&mut last);
    seconds.push(last);
    Ok(Call { seconds, summary })
}

/// A store in a folder of its own.
struct Place {
    folder: tempfile::TempDir,
    writer: Writer,
}

impl Place {
    fn new() -> Result<Self> {
        // Beside the build, not in memory: a commit must reach a disk.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let opened = open(folder.path(), &folder.path().join("state"), Wall::now())?;
        let settings = store::Settings { backups: 0, max_mb: 100_000, ..store::Settings::default() };
        let writer = Writer::spawn(opened.database, settings)?;
        writer.flush(LONG);
        Ok(Self { folder, writer })
    }

    /// Waits for room where there is none.
    fn send(&self, make: impl Fn() -> Command) {
        while !self.writer.send(make()) {
            self.writer.flush(LONG);
        }
    }

    fn store(&self, call: &Call) {
        let new = new_call();
        let uid = new.uid;
        self.send(|| Command::Begin(Box::new(new.clone())));
        for events in &call.seconds {
            // One commit a second is what a call does.
            self.send(|| Command::Events { call: uid, events: events.clone() });
            self.writer.flush(LONG);
        }
        let (ended, summary) = (new.began, &call.summary);
        let finished = || Finished { call: uid, ended, why: Why::Order, summary: summary.clone() };
        self.send(|| Command::Finish(Box::new(finished())));
        self.writer.flush(LONG);
    }

    fn size(&self) -> Result<u64> {
        Ok(std::fs::metadata(self.file())?.len())
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("evenkeel.db")
    }
}

fn new_call() -> NewCall {
    NewCall {
        uid: CallUid::generate(),
        began: Wall::now(),
        agent: "ann".into(),
        devices: Devices { microphone: "microphone".into(), headset: "headset".into() },
        profile: "baresip".into(),
        trigger: Trigger::Streams,
        program: Some("baresip".into()),
        customer: None,
        note: None,
        external_id: None,
        config_hash: "0123456789abcdef".into(),
        settings: Settings::default(),
        past: Past::default(),
        version: "0".into(),
    }
}

/// Time until a second of a call is on the disk itself.
fn commits(call: &Call) -> Result<()> {
    let place = Place::new()?;
    let new = new_call();
    let uid = new.uid;
    place.send(|| Command::Begin(Box::new(new.clone())));
    place.writer.flush(LONG);
    let times = call.seconds.iter().map(|events| {
        let from = Instant::now();
        place.send(|| Command::Events { call: uid, events: events.clone() });
        place.writer.flush(LONG);
        from.elapsed()
    });
    tell("a second of a call, committed and synced", times.collect());
    Ok(())
}

/// A day of calls, as fast as they can be written.
fn day(call: &Call, hours: f64) -> Result<()> {
    let place = Place::new()?;
    let empty = place.size()?;
    let length = call.summary.duration.seconds() / 3600.0;
    let calls = (hours / length).ceil();
    let from = Instant::now();
    for _ in 0..calls as u32 {
        place.store(call);
    }
    let took = from.elapsed().as_secs_f64();
    let bytes = (place.size()? - empty) as f64;
    let hours = calls * length;
    println!(
        "{calls} calls, {hours:.2} h: {took:.1} s, {:.2} MB, {:.0} kB an hour",
        bytes / 1e6,
        bytes / 1e3 / hours
    );
    Ok(())
}

fn queries(call: &Call, options: &Options) -> Result<()> {
    let place = Place::new()?;
    for k in 0..options.calls {
        let mut new = new_call();
        new.began = Wall::now().days_before(k % 365);
        new.agent = format!("agent {}", k % 20);
        place.send(|| Command::Begin(Box::new(new.clone())));
        place.send(|| Command::Summarise { call: new.uid, summary: Box::new(call.summary.clone()) });
    }
    place.store(call);
    let reader = Reader::open(place.folder.path())?;
    let last = Filter { last: Some(50), ..Filter::default() };
    let from = Some(Wall::now().days_before(90));
    let agent = Filter { agent: Some("agent 7".into()), from, ..Filter::default() };
    ask(options, "the last 50 calls", || reader.calls(&last).map(drop))?;
    ask(options, "an agent's last 90 days", || reader.calls(&agent).map(drop))?;
    let newest = reader.calls(&last)?[0].id.to_string();
    ask(options, "one call with all its events", || reader.call(&newest).map(drop))?;
    let devices = new_call().devices;
    ask(options, "the past of an agent", || reader.past("agent 7", &devices, "baresip").map(drop))?;
    println!("{} calls without events: {:.2} MB", options.calls, place.size()? as f64 / 1e6);
    Ok(())
}

fn ask(
    options: &Options,
    what: &str,
    query: impl Fn() -> std::result::Result<(), store::StoreError>,
) -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..options.runs {
        let from = Instant::now();
        query()?;
        times.push(from.elapsed());
    }
    tell(what, times);
    Ok(())
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place.min(times.len().saturating_sub(1))).map_or(0.0, |t| t.as_secs_f64() * 1e3)
    };
    println!("{what}: median {:.2} ms, p95 {:.2} ms, n = {}", at(0.5), at(0.95), times.len());
}
