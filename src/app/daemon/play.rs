//! A recorded call in place of the headset: its two sides become the sound of a
//! scripted microphone and headset, and go through everything that live sound
//! goes through. It begins one call by an order, and ends it where the file ends.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};

use crate::app::analyse::failure;
use crate::app::daemon::Wakes;
use crate::app::exit::Failure;
use crate::audio::capture::scripted::{Sound, Stage};
use crate::audio::capture::{Backend, Clocks, Device, Kind};
use crate::audio::{AudioError, CallAudio, Chunk, Inputs, Source, StereoSide};
use crate::control::{Client, ClientError, Do};
use crate::core::units::{Nanos, RATE, Sides};

/// How much is played at once at the call's own pace: a frame of the core.
const PIECE: Duration = Duration::from_millis(10);
/// How much is played at once as fast as it goes: the tap holds 3 s, and those
/// who watch the devices take more than 5 s at once for a sleep of the machine.
const STRIDE: Duration = Duration::from_secs(1);
/// So often the clock is asked before it is sure that whoever asks has also
/// heard what was played: the analysis asks several times each time it looks.
const LOOKS: u64 = 6;
/// Those who watch the devices ask twice each time.
const DEVICE_LOOKS: u64 = 2;
/// Longest wait for that: with nothing to hear, nobody looks at the clock.
const LOOK: Duration = Duration::from_millis(500);
/// Longest wait for both devices to open; without them the call begins silent.
const OPEN: Duration = Duration::from_secs(5);
/// Longest wait for the daemon to serve its socket.
const SERVED: Duration = Duration::from_secs(10);
/// So long it is asked again and again to end.
const END: Duration = Duration::from_secs(120);

/// How often each of the clocks was asked, told to whoever plays.
#[derive(Default)]
struct Looks {
    analysis: AtomicU64,
    devices: AtomicU64,
    lock: Mutex<()>,
    told: Condvar,
}

impl Looks {
    fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, at: &AtomicU64) {
        let _lock = self.lock();
        at.fetch_add(1, Relaxed);
        self.told.notify_all();
    }

    /// Until both have looked so often from now on; they are woken as often as it takes.
    fn wait(&self, wake: &Wake) {
        let until = Instant::now() + LOOK;
        let mut lock = self.lock();
        let counts = || (self.analysis.load(Relaxed), self.devices.load(Relaxed));
        let (analysis, devices) = counts();
        while counts().0 < analysis + LOOKS || counts().1 < devices + DEVICE_LOOKS {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            // A word that is there already will do.
            if counts().0 < analysis + LOOKS {
                let _ = wake.analysis.try_send(());
            }
            if counts().1 < devices + DEVICE_LOOKS {
                let _ = wake.devices.try_send(());
            }
            lock = self.told.wait_timeout(lock, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// The other ends of [`Wakes`].
#[derive(Clone)]
struct Wake {
    analysis: Sender<()>,
    devices: Sender<()>,
}

/// A stage whose time passes no faster than the daemon follows.
#[derive(Clone)]
pub struct Player {
    stage: Stage,
    looks: Arc<Looks>,
    wake: Wake,
    wakes: Wakes,
}

impl Default for Player {
    fn default() -> Self {
        Self::new()
    }
}

impl Player {
    /// A player with no device.
    pub fn new() -> Self {
        let ((to_analysis, analysis), (to_devices, devices)) = (bounded(1), bounded(1));
        Self {
            stage: Stage::new(),
            looks: Arc::new(Looks::default()),
            wake: Wake { analysis: to_analysis, devices: to_devices },
            wakes: Wakes { analysis, devices },
        }
    }

    /// Its devices, to be plugged and pulled.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// What the daemon's sound comes from.
    pub fn backend(&self) -> Box<dyn Backend> {
        self.stage.backend()
    }

    /// The clock of the sound, for the analysis.
    pub fn clock(&self) -> Box<dyn Fn() -> Nanos + Send> {
        let (stage, looks) = (self.stage.clone(), Arc::clone(&self.looks));
        Box::new(move || {
            let now = stage.now();
            looks.look(&looks.analysis);
            now
        })
    }

    /// The same clock, for those who watch the devices.
    pub fn clocks(&self) -> Box<dyn Fn() -> Clocks + Send> {
        let (clocks, looks) = (self.stage.clocks(), Arc::clone(&self.looks));
        Box::new(move || {
            let now = clocks();
            looks.look(&looks.devices);
            now
        })
    }

    /// What has those look who ask the two clocks.
    pub fn wakes(&self) -> Wakes {
        self.wakes.clone()
    }

    /// Plugs a headset in that speaks and hears this from now on.
    pub fn plug_in(&self, sides: &Sides<Arc<[f32]>>) {
        let device = |id: &str, name: &str, kind| {
            let mut device = Device::new(id, name, kind);
            device.rate = RATE;
            device
        };
        let microphone = device(MICROPHONE, "Played microphone", Kind::Input).by_default();
        let headset = device(HEADSET, "Played headset", Kind::Output).by_default();
        let monitor = device(MONITOR, "Monitor of the played headset", Kind::Monitor).hearing(HEADSET);
        let now = self.stage.now();
        self.stage.plug(microphone, Sound::Since(now, Arc::clone(&sides.agent)));
        self.stage.plug(headset, Sound::Zeros);
        self.stage.plug(monitor, Sound::Since(now, Arc::clone(&sides.customer)));
    }

    /// Waits until both sides are open: no time passes on the stage meanwhile.
    pub fn wait_for_streams(&self) {
        let begun = Instant::now();
        while self.stage.streams() < 2 && begun.elapsed() < OPEN {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Lets so much time pass, as fast as the daemon follows.
    pub fn play(&self, time: Duration) {
        let mut left = time;
        while !left.is_zero() {
            let piece = left.min(STRIDE);
            self.stage.play(piece);
            self.looks.wait(&self.wake);
            left -= piece;
        }
    }

    /// Lets so much time pass at its own pace. What could not be played in time
    /// is played at once, as a sound server does after it was stopped.
    pub fn play_live(&self, time: Duration) {
        let (begun, mut played) = (Instant::now(), Duration::ZERO);
        while played < time {
            std::thread::sleep(PIECE.saturating_sub(begun.elapsed().saturating_sub(played)));
            let due = begun.elapsed().min(time) - played;
            self.stage.play(due);
            played += due;
        }
    }
}

/// Ids of the devices that are played.
pub const MICROPHONE: &str = "played:microphone";
/// See above.
pub const HEADSET: &str = "played:headset";
/// See above.
pub const MONITOR: &str = "played:headset.monitor";

/// How fast a call is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A second is a second.
    Live,
    /// As fast as the daemon follows.
    Fast,
}

/// Both sides of a recorded call, at [`RATE`].
///
/// # Errors
/// Where it is no readable call.
pub fn read(path: &Path, agent: StereoSide) -> Result<Sides<Arc<[f32]>>, Failure> {
    let inputs = Inputs::Stereo { path: path.to_owned(), agent };
    let failed = |error: AudioError| failure(&error);
    let mut audio = CallAudio::open(&inputs).map_err(failed)?;
    let (mut chunk, mut sides) = (Chunk::default(), Sides::<Vec<f32>>::default());
    while audio.next(&mut chunk).map_err(failed)? {
        sides.agent.extend_from_slice(&chunk.agent);
        sides.customer.extend_from_slice(&chunk.customer);
    }
    Ok(Sides { agent: sides.agent.into(), customer: sides.customer.into() })
}

/// Plays a call to the daemon that serves this socket, and has it end after it.
///
/// # Errors
/// Where the system gives no thread.
pub fn spawn(
    player: Player,
    sides: Sides<Arc<[f32]>>,
    pace: Pace,
    socket: std::path::PathBuf,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("player".into()).spawn(move || {
        player.plug_in(&sides);
        let length = Duration::from_secs_f64(sides.agent.len() as f64 / f64::from(RATE));
        if let Err(error) = perform(&player, length, pace, &socket) {
            tracing::error!(%error, "the recorded call is not played to its end");
        }
        end(&socket);
    })
}

/// Has the daemon end, whatever became of the call: whoever plays one waits for that.
/// On a busy machine an answer may take longer than it is waited for.
fn end(socket: &Path) {
    let begun = Instant::now();
    loop {
        match connect(socket).and_then(|mut client| client.ask(&Do::Stop)) {
            Ok(_) | Err(ClientError::NotRunning | ClientError::Ended) => return,
            Err(error) if END < begun.elapsed() => {
                return tracing::error!(%error, "evenkeel does not end; stop it with Ctrl-C");
            }
            Err(_) => std::thread::sleep(PIECE),
        }
    }
}

fn perform(player: &Player, length: Duration, pace: Pace, socket: &Path) -> Result<(), ClientError> {
    connect(socket)?.ask(&Do::CallStart { customer_ref: None, note: None, id: None })?;
    player.wait_for_streams();
    match pace {
        Pace::Live => player.play_live(length),
        Pace::Fast => player.play(length),
    }
    connect(socket)?.ask(&Do::CallEnd).map(drop)
}

/// The daemon begins to serve its socket a moment after this thread began.
fn connect(socket: &Path) -> Result<Client, ClientError> {
    let begun = Instant::now();
    loop {
        match Client::connect(socket) {
            Err(ClientError::NotRunning) if begun.elapsed() < SERVED => std::thread::sleep(PIECE),
            other => return other,
        }
    }
}
