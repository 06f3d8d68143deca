//! A daemon of a test's own: the whole wiring in this process, on a scripted
//! sound system, in private folders, driven over its socket.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use evenkeel::app::analyse::{Job, Listener, Measuring, analyse};
use evenkeel::app::daemon::play::{self, Player};
use evenkeel::app::daemon::{self, RunOptions};
use evenkeel::app::exit::{Failure, Status as Exit};
use evenkeel::app::folders::Folders;
use evenkeel::audio::{Inputs, StereoSide};
use evenkeel::config::{Assignment, LoadOptions, Places, review};
use evenkeel::control::{Answer, Client, ClientError, Code, Do, Private, Status};
use evenkeel::core::event::Event;
use evenkeel::core::pipeline::{Past, Settings};
use evenkeel::core::units::{RATE, SampleSpan, Sides};
use evenkeel::store::{Filter, Reader, StoredCall};
use jiff::{SignedDuration, Timestamp};

/// Longer than any wait that is not a failure.
pub(crate) const LONG: Duration = Duration::from_secs(60);

type Sound = Sides<Arc<[f32]>>;

/// The sample call, decoded once.
static SAMPLE: LazyLock<Sound> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sample-call.flac");
    play::read(file.as_ref(), StereoSide::Left).unwrap()
});

/// Seconds `from` to `to` of the sample call.
pub(crate) fn part(from: usize, to: usize) -> Sound {
    let rate = RATE as usize;
    let cut = |side: &Arc<[f32]>| side[from * rate..(to * rate).min(side.len())].into();
    Sides { agent: cut(&SAMPLE.agent), customer: cut(&SAMPLE.customer) }
}

/// Folders of a test's own; several daemons may follow each other in them.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    pub(crate) folders: Folders,
}

impl Home {
    pub(crate) fn new() -> Self {
        evenkeel::app::daemon::process::keep_files_private();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let folders = Folders { data: at("data"), state: at("state"), runtime: at("run") };
        fs::write(folder.path().join("config.toml"), "").unwrap();
        Self { folder, folders }
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    pub(crate) fn recordings(&self) -> PathBuf {
        self.folder.path().join("recordings")
    }

    pub(crate) fn root(&self) -> &std::path::Path {
        self.folder.path()
    }

    fn sources(&self, set: &[&str]) -> LoadOptions {
        let nowhere = self.folder.path().join("nowhere.toml");
        let places = Places { system: nowhere.clone(), user: None, policy: nowhere };
        let ours = [
            "calls.detect=false",
            "show.overlay=false",
            "show.notifications=false",
            "show.terminal=false",
            "agent.id=ann",
        ];
        let set = ours.iter().chain(set).map(|s| s.parse::<Assignment>().unwrap()).collect();
        LoadOptions { places, environment: Vec::new(), file: Some(self.config_file()), set }
    }

    /// All calls, oldest first.
    pub(crate) fn calls(&self) -> Vec<StoredCall> {
        let reader = Reader::open(&self.folders.data).unwrap();
        let mut lines = reader.calls(&Filter::default()).unwrap();
        lines.sort_by_key(|line| line.id);
        lines.iter().map(|line| reader.call(&line.id.to_string()).unwrap()).collect()
    }

    pub(crate) fn only_call(&self) -> StoredCall {
        let mut calls = self.calls();
        assert_eq!(calls.len(), 1);
        calls.remove(0)
    }
}

/// How a daemon is started.
#[derive(Default)]
pub(crate) struct Start<'a> {
    pub(crate) set: &'a [&'a str],
    pub(crate) record: bool,
}

/// A running daemon. It is stopped by [`Daemon::stop`].
pub(crate) struct Daemon<'a> {
    pub(crate) home: &'a Home,
    pub(crate) player: Player,
    /// The wall's clock is so many seconds off.
    pub(crate) wall_s: Arc<AtomicI64>,
    thread: JoinHandle<Result<Exit, Failure>>,
}

impl<'a> Daemon<'a> {
    /// On a headset that hears this from the first moment on.
    pub(crate) fn on(home: &'a Home, sound: &Sound) -> Self {
        Self::with(home, Some(sound), &Start::default())
    }

    pub(crate) fn with(home: &'a Home, sound: Option<&Sound>, how: &Start<'_>) -> Self {
        let player = Player::new();
        if let Some(sound) = sound {
            player.plug_in(sound);
        }
        let wall_s = Arc::new(AtomicI64::new(0));
        let options = options(home, &player, &wall_s, how);
        let thread = std::thread::spawn(move || daemon::run(options));
        let daemon = Self { home, player, wall_s, thread };
        daemon.until("the daemon answers", || Client::connect(&home.folders.socket()).is_ok());
        daemon
    }

    /// Starts one that is expected to end by itself.
    pub(crate) fn run_to_its_end(home: &Home) -> Result<Exit, Failure> {
        let player = Player::new();
        daemon::run(options(home, &player, &Arc::default(), &Start::default()))
    }

    pub(crate) fn ask(&self, order: &Do) -> Result<Answer, ClientError> {
        self.until("the daemon answers", || Client::connect(&self.home.folders.socket()).is_ok());
        Client::connect(&self.home.folders.socket()).unwrap().ask(order)
    }

    pub(crate) fn obey(&self, order: &Do) -> Answer {
        self.ask(order).unwrap_or_else(|e| panic!("{order:?}: {e}"))
    }

    pub(crate) fn status(&self) -> Status {
        Client::connect(&self.home.folders.socket()).unwrap().status().unwrap()
    }

    /// Begins a call and waits until both sides are open; no time passes.
    pub(crate) fn begin(&self) {
        self.obey(&start());
        self.player.wait_for_streams();
    }

    pub(crate) fn play(&self, seconds: u64) {
        self.player.play(Duration::from_secs(seconds));
    }

    /// Lets time pass in small steps until something is so; returns how much, ms.
    pub(crate) fn play_until(&self, what: &str, so: impl Fn(&Status) -> bool) -> u64 {
        let (begun, from) = (Instant::now(), self.player.stage().elapsed());
        while !so(&self.status()) {
            assert!(begun.elapsed() < LONG, "still not: {what}: {:?}", self.status());
            self.player.stage().play(Duration::from_millis(20));
        }
        u64::try_from((self.player.stage().elapsed() - from).as_millis()).unwrap()
    }

    pub(crate) fn until(&self, what: &str, so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !so() {
            assert!(begun.elapsed() < LONG && !self.thread.is_finished(), "still not: {what}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends it in order.
    pub(crate) fn stop(self) {
        self.obey(&Do::Stop);
        assert_eq!(self.thread.join().unwrap(), Ok(Exit::Done));
    }
}

fn options(home: &Home, player: &Player, wall_s: &Arc<AtomicI64>, how: &Start<'_>) -> RunOptions {
    let sources = home.sources(how.set);
    let off = Arc::clone(wall_s);
    RunOptions {
        config: review(&sources).loaded().unwrap().config,
        sources,
        record: how.record.then(|| home.recordings()),
        folders: home.folders.clone(),
        backend: player.backend(),
        clock: player.clock(),
        clocks: player.clocks(),
        wakes: player.wakes(),
        wall: Box::new(move || Timestamp::now() + SignedDuration::from_secs(off.load(Ordering::Relaxed))),
        patience: Duration::ZERO,
    }
}

pub(crate) fn start() -> Do {
    Do::CallStart { customer_ref: None, note: None, id: None }
}

pub(crate) fn start_with(customer: &str, note: &str) -> Do {
    let private = |text: &str| Some(Private::new(text));
    Do::CallStart { customer_ref: private(customer), note: private(note), id: Some("7".into()) }
}

/// The code with which an order was refused.
pub(crate) fn refused(done: Result<Answer, ClientError>) -> Code {
    match done {
        Err(ClientError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

#[derive(Default)]
struct Log(Vec<Event>);

impl Listener for Log {
    fn event(&mut self, event: &Event) {
        self.0.push(*event);
    }

    fn progress(&mut self, _: SampleSpan, _: Option<SampleSpan>) {}
}

/// The events of a recording. Its own settings are in the file.
pub(crate) fn analysed(file: &std::path::Path) -> Vec<Event> {
    let inputs = Inputs::Stereo { path: file.to_owned(), agent: StereoSide::Left };
    let (settings, past) = (Settings::default(), Past::default());
    let measuring = Measuring { settings, config_hash: String::new(), past, words: None };
    let mut log = Log::default();
    analyse(&Job::new(inputs), &measuring, &mut log).unwrap();
    log.0
}
