//! A sound system that does what it is told: for drills that need hardware, and
//! for calls from files through the daemon's own wiring. Devices can be plugged
//! in and out, moved silently, stalled, made late or lossy, or hang; its time
//! passes as fast as it is played. It never opens anything real.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use super::backend::{Backend, Ready, Running};
use super::clock::Clocks;
use super::device::{Device, DeviceId};
use super::error::CaptureError;
use super::tap::Tap;
use crate::core::units::{Channel, Nanos};

/// What a device hears, from its own first sample on.
#[derive(Clone, Debug, Default)]
pub enum Sound {
    /// Exact zeros.
    #[default]
    Zeros,
    /// A sine of this frequency in Hz at half of full scale, in phase on all devices.
    Tone(f64),
    /// These samples at the device's rate, then zeros.
    Samples(Arc<[f32]>),
    /// The same from this moment of the stage on; zeros before it.
    Since(Nanos, Arc<[f32]>),
}

/// How it misbehaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fault {
    /// Delivers nothing, while its time goes on.
    pub stalled: bool,
    /// Samples that it delivers are this much older when they come, ns.
    pub late: u64,
    /// Runs this much faster than it says, parts per million.
    pub ppm: f64,
}

#[derive(Debug)]
struct Source {
    device: Device,
    sound: Sound,
    fault: Fault,
    refuses: Option<CaptureError>,
}

struct Stream {
    number: u64,
    source: DeviceId,
    tap: Tap,
    /// Samples due and not yet delivered, as a fraction.
    due: f64,
    fault: Option<CaptureError>,
    /// Sound that is not yet old enough to be delivered.
    waiting: Vec<(Nanos, Nanos, Vec<f32>)>,
}

#[derive(Default)]
struct World {
    now: u64,
    slept: u64,
    /// When the clocks were last read.
    looked: u64,
    server: bool,
    hangs: bool,
    sources: BTreeMap<String, Source>,
    streams: Vec<Stream>,
    opened: u64,
    log: Vec<(Channel, DeviceId)>,
    /// Devices that are kept ready.
    ready: Vec<DeviceId>,
}

/// The strings by which a test moves the scripted devices.
#[derive(Clone)]
pub struct Stage {
    world: Arc<(Mutex<World>, Condvar)>,
}

/// The backend on it.
pub struct Scripted(Stage);

/// Where the stage's time begins: not at 0, so that a moment before can be said.
const BEGIN: u64 = 1_000 * Nanos::SECOND;

/// The longest piece that is delivered at once.
const PIECE: u64 = 10 * Nanos::MILLISECOND;

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

impl Stage {
    /// A stage with a sound server and no device.
    pub fn new() -> Self {
        let world = World { now: BEGIN, server: true, ..World::default() };
        Self { world: Arc::new((Mutex::new(world), Condvar::new())) }
    }

    /// A backend on this stage.
    pub fn backend(&self) -> Box<dyn Backend> {
        Box::new(Scripted(self.clone()))
    }

    /// Clocks that go as the stage is played.
    pub fn clocks(&self) -> Box<dyn Fn() -> Clocks + Send> {
        let stage = self.clone();
        Box::new(move || {
            let mut world = stage.world();
            world.looked = world.now;
            Clocks { monotonic: Nanos(world.now), boot: Nanos(world.now + world.slept) }
        })
    }

    /// The stage's present moment.
    pub fn now(&self) -> Nanos {
        Nanos(self.world().now)
    }

    /// How much of the stage's time has passed.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.world().now - BEGIN)
    }

    /// The stage's moment when its clocks were last read: whoever goes by them
    /// knows nothing later.
    pub fn looked(&self) -> Nanos {
        Nanos(self.world().looked)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // A test that failed elsewhere shall not hide behind this lock.
        self.world.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Plugs a device in.
    pub fn plug(&self, device: Device, sound: Sound) {
        let source = Source { device: device.clone(), sound, fault: Fault::default(), refuses: None };
        self.world().sources.insert(device.id.0, source);
    }

    /// Pulls a device out. Streams on it go on delivering the sound of `moved_to`
    /// without a word, as sound servers do, or stop.
    pub fn unplug(&self, id: &str, moved_to: Option<&str>) {
        let mut world = self.world();
        world.sources.remove(id);
        for stream in world.streams.iter_mut().filter(|s| s.source.0 == id) {
            if let Some(to) = moved_to {
                stream.source = DeviceId(to.to_owned());
            }
        }
    }

    /// Changes a device as the sound system describes it.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut Device)) {
        if let Some(source) = self.world().sources.get_mut(id) {
            change(&mut source.device);
        }
    }

    /// Lets a device misbehave, or behave again.
    pub fn fault(&self, id: &str, fault: Fault) {
        if let Some(source) = self.world().sources.get_mut(id) {
            source.fault = fault;
        }
    }

    /// Lets opening a device fail.
    pub fn refuse(&self, id: &str, why: Option<CaptureError>) {
        if let Some(source) = self.world().sources.get_mut(id) {
            source.refuses = why;
        }
    }

    /// Ends the server with all its streams, or starts it again.
    pub fn server(&self, runs: bool) {
        let mut world = self.world();
        world.server = runs;
        if !runs {
            for stream in &mut world.streams {
                stream.fault = Some(gone_server());
            }
        }
    }

    /// Lets every call hang until it is told otherwise.
    pub fn hang(&self, hangs: bool) {
        self.world().hangs = hangs;
        self.world.1.notify_all();
    }

    /// The machine sleeps for so long: only one of its clocks goes on.
    pub fn sleep(&self, time: Duration) {
        self.world().slept += u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    }

    /// Which devices were opened so far, in their order.
    pub fn opened(&self) -> Vec<(Channel, DeviceId)> {
        self.world().log.clone()
    }

    /// Devices that are kept ready.
    pub fn kept_ready(&self) -> Vec<DeviceId> {
        self.world().ready.clone()
    }

    /// Streams that are open.
    pub fn streams(&self) -> usize {
        self.world().streams.len()
    }

    /// Lets time pass on the stage: every open stream delivers its sound.
    pub fn play(&self, time: Duration) {
        let mut left = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let mut world = self.world();
        while 0 < left {
            let piece = left.min(PIECE);
            world.pass(piece);
            left -= piece;
        }
    }
}

fn gone_server() -> CaptureError {
    CaptureError::NoServer { why: "it was ended by the script".to_owned() }
}

impl World {
    fn pass(&mut self, time: u64) {
        let from = self.now;
        self.now += time;
        let (now, server) = (self.now, self.server);
        for stream in &mut self.streams {
            if let Some(source) = self.sources.get(&stream.source.0).filter(|_| server) {
                stream.hear(source, from, now);
            }
        }
    }
}

impl Stream {
    fn hear(&mut self, source: &Source, from: u64, now: u64) {
        let rate = f64::from(source.device.rate);
        self.due += (now - from) as f64 / 1e9 * rate * (1.0 + source.fault.ppm * 1e-6);
        let count = self.due as u64;
        self.due -= count as f64;
        let first = ((from - BEGIN) as f64 / 1e9 * rate).round() as u64;
        let sound = (first..first + count).map(|k| source.sound.at(k, rate)).collect();
        if !source.fault.stalled {
            self.waiting.push((Nanos(from), Nanos(now + source.fault.late), sound));
        }
        let channels = usize::from(source.device.channels.max(1));
        while self.waiting.first().is_some_and(|(_, due, _)| due.0 <= now) {
            let (at, _, sound) = self.waiting.remove(0);
            let block: Vec<f32> = sound.iter().flat_map(|s| std::iter::repeat_n(*s, channels)).collect();
            self.tap.hear(at, Nanos(now), &block, |s| s);
        }
    }
}

impl Sound {
    fn at(&self, sample: u64, rate: f64) -> f32 {
        match self {
            Self::Zeros => 0.0,
            Self::Tone(hz) => 0.5 * (std::f64::consts::TAU * hz * sample as f64 / rate).sin() as f32,
            Self::Samples(samples) => at(samples, sample),
            Self::Since(from, samples) => {
                let before = (from.since(Nanos(BEGIN)) as f64 / 1e9 * rate).round() as u64;
                sample.checked_sub(before).map_or(0.0, |sample| at(samples, sample))
            }
        }
    }
}

/// A sample, or silence after the last one.
fn at(samples: &[f32], sample: u64) -> f32 {
    usize::try_from(sample).ok().and_then(|k| samples.get(k)).copied().unwrap_or(0.0)
}

impl Scripted {
    /// The stage, once no call hangs.
    fn enter(&self) -> MutexGuard<'_, World> {
        let (_, told) = &*self.0.world;
        let mut world = self.0.world();
        while world.hangs {
            world = told.wait(world).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        world
    }
}

impl Backend for Scripted {
    fn devices(&mut self) -> Result<Vec<Device>, CaptureError> {
        let world = self.enter();
        if !world.server {
            return Err(gone_server());
        }
        Ok(world.sources.values().map(|source| source.device.clone()).collect())
    }

    fn open(
        &mut self,
        device: &Device,
        side: Channel,
        mut tap: Tap,
    ) -> Result<Box<dyn Running>, CaptureError> {
        let mut world = self.enter();
        if !world.server {
            return Err(gone_server());
        }
        let gone = || CaptureError::Gone { device: device.name.clone() };
        let source = world.sources.get(&device.id.0).ok_or_else(gone)?;
        if let Some(why) = &source.refuses {
            return Err(why.clone());
        }
        tap.expect(source.device.channels, source.device.rate);
        world.opened += 1;
        let number = world.opened;
        world.log.push((side, device.id.clone()));
        let source = device.id.clone();
        world.streams.push(Stream { number, source, tap, due: 0.0, fault: None, waiting: Vec::new() });
        Ok(Box::new(Open { stage: self.0.clone(), number }))
    }

    fn make_ready(&mut self, device: &Device) -> Result<Option<Box<dyn Ready>>, CaptureError> {
        self.enter().ready.push(device.id.clone());
        Ok(Some(Box::new(KeptReady { stage: self.0.clone(), device: device.id.clone() })))
    }

    fn another(&self) -> Box<dyn Backend> {
        Box::new(Self(self.0.clone()))
    }
}

struct KeptReady {
    stage: Stage,
    device: DeviceId,
}

impl Ready for KeptReady {}

impl Drop for KeptReady {
    fn drop(&mut self) {
        let mut world = self.stage.world();
        if let Some(at) = world.ready.iter().position(|id| *id == self.device) {
            world.ready.remove(at);
        }
    }
}

struct Open {
    stage: Stage,
    number: u64,
}

impl Running for Open {
    fn fault(&mut self) -> Option<CaptureError> {
        let mut world = self.stage.world();
        world.streams.iter_mut().find(|s| s.number == self.number).and_then(|s| s.fault.take())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.stage.world().streams.retain(|stream| stream.number != self.number);
    }
}
