//! Live capture: the microphone and what the headset plays, as two streams that
//! are never mixed. The callback copies, stamps and counts, and nothing else; a
//! supervisor opens, watches and reopens; whoever measures reads what came. No
//! stream is ever opened alone, and none moves to another device by itself.

mod backend;
mod clock;
mod delay;
mod device;
mod error;
mod line;
#[cfg(feature = "live")]
pub mod live;
mod report;
pub mod scripted;
mod supervisor;
mod tap;
mod worker;

use std::sync::{Arc, Mutex};
use std::thread;

use crossbeam_channel::{Receiver, Sender};

use crate::core::frames::align::{Aligner, Stamped};
use crate::core::units::{Channel, Dbfs, Nanos, Sides};

pub use backend::{Backend, Ready, Running};
pub use clock::{Clocks, now};
pub use device::{DEFAULT, Device, DeviceId, Kind, choose, like};
pub use error::{CaptureError, Next, Refusal, Tenths};
pub use report::{Evidence, Report, State};
pub use tap::{Pause, Tap};

use delay::Delays;
use supervisor::{Ends, Order, Supervisor, View, Views};
use tap::{Found, Reader};

/// Which library talks to the sound system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Host {
    /// PulseAudio's protocol where a server answers (PipeWire speaks it too).
    #[default]
    Auto,
    /// PulseAudio's protocol.
    PulseAudio,
    /// PipeWire's own.
    PipeWire,
    /// ALSA, whose devices are opened by their explicit name only.
    Alsa,
}

/// When the sound is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// While there is a call, and when one seems to begin.
    #[default]
    Call,
    /// All the time.
    Always,
}

/// Settings of capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which library.
    pub host: Host,
    /// When the sound is open.
    pub when: When,
    /// The agent's microphone: `default`, an id, or a name with `*`.
    pub microphone: String,
    /// The headset whose output is heard: `default`, an id, or a name with `*`.
    pub headset: String,
}

impl Default for Settings {
    fn default() -> Self {
        let default = || "default".to_owned();
        Self { host: Host::Auto, when: When::Call, microphone: default(), headset: default() }
    }
}

/// Which sides should be open now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// The microphone.
    pub agent: bool,
    /// What the headset plays.
    pub customer: bool,
}

impl Want {
    /// Both sides.
    pub const BOTH: Self = Self { agent: true, customer: true };
    /// Neither.
    pub const NONE: Self = Self { agent: false, customer: false };
}

/// What a read finds, in its order.
#[derive(Clone, Copy, Debug)]
pub enum Delivered<'a> {
    /// A stream was opened anew: nothing is known of its clock.
    Reopened,
    /// So many samples at the device's rate were dropped on our side.
    Skipped(u64),
    /// Sound.
    Sound(Stamped<'a>),
    /// The stream is closed. What came since the given moment may be of another
    /// device and is not to be used.
    Closed(Option<Nanos>),
}

impl Delivered<'_> {
    /// Puts it where it belongs.
    pub fn place(self, side: Channel, aligner: &mut Aligner) {
        match self {
            Self::Reopened => aligner.restart(side),
            Self::Skipped(samples) => aligner.skip(side, samples),
            Self::Sound(piece) => aligner.push(side, piece),
            Self::Closed(doubtful) => {
                aligner.gone(side);
                if let Some(since) = doubtful {
                    aligner.distrust(side, since);
                }
            }
        }
    }
}

/// The sound system of this machine.
#[cfg(feature = "live")]
pub fn backend(host: Host) -> Box<dyn Backend> {
    live::backend(host)
}

/// A build without live sound finds no device, and says so.
#[cfg(not(feature = "live"))]
pub fn backend(_: Host) -> Box<dyn Backend> {
    let stage = scripted::Stage::new();
    stage.server(false);
    stage.backend()
}

/// Orders that may wait for the supervisor: it answers within a millisecond.
const ORDERS: usize = 16;

/// Reports that may wait; `status` holds what counts.
const REPORTS: usize = 64;

/// Readers that may wait: one for each side and one being replaced.
const READERS: usize = 8;

/// A side that delivers later than this is said, in ms.
const LATE_MS: f32 = 100.0;

#[derive(Default)]
struct Side {
    reader: Option<Reader>,
    delays: Delays,
}

/// The handle on capture. It belongs to whoever measures; dropping it closes
/// all streams.
pub struct Capture {
    orders: Sender<Order>,
    readers: Receiver<(Channel, Reader)>,
    reports: Receiver<Report>,
    views: Views,
    pause: Pause,
    sides: Sides<Side>,
}

impl Capture {
    /// Starts the supervisor. Nothing is open until it is wanted.
    pub fn spawn(backend: Box<dyn Backend>, settings: &Settings) -> Self {
        Self::spawn_with(backend, settings, Box::new(Clocks::read), crossbeam_channel::never())
    }

    /// The same with clocks of the caller's own, who also says when to look at them: for
    /// the drills time passes as it is made to.
    pub fn spawn_with(
        backend: Box<dyn Backend>,
        settings: &Settings,
        clocks: Box<dyn Fn() -> Clocks + Send>,
        wake: Receiver<()>,
    ) -> Self {
        let (orders, take_orders) = crossbeam_channel::bounded(ORDERS);
        let (give_readers, readers) = crossbeam_channel::bounded(READERS);
        let (tell, reports) = crossbeam_channel::bounded(REPORTS);
        let views = Arc::new(Mutex::new(Sides::<View>::default()));
        let pause = Pause::default();
        let ends = Ends {
            orders: take_orders,
            readers: give_readers,
            reports: tell,
            views: views.clone(),
            pause: pause.clone(),
            clocks,
            wake,
        };
        let supervisor = Supervisor::new(backend, settings, ends);
        let thread = thread::Builder::new().name("capture".to_owned()).spawn(|| supervisor.run());
        if let Err(error) = thread {
            tracing::error!(%error, "no thread for capture");
        }
        Self { orders, readers, reports, views, pause, sides: Sides::default() }
    }

    /// Which sides should be open from now on.
    pub fn want(&self, want: Want) {
        self.order(Order::Want(want));
    }

    /// What the headset plays is to be had without delay soon, or no longer. Nothing
    /// is opened and not a sample comes. A device that sleeps, or that was asked for
    /// sound seldom, needs up to 2 s until it delivers.
    pub fn ready(&self, on: bool) {
        self.order(Order::Ready(on));
    }

    /// Other settings: only what they change is reopened. Another
    /// [`Settings::host`] takes another backend, which is the caller's to make.
    pub fn set(&self, settings: Settings) {
        self.order(Order::Set(settings));
    }

    /// Opens everything anew that is wanted.
    pub fn rebuild(&self) {
        self.order(Order::Rebuild);
    }

    fn order(&self, order: Order) {
        // A supervisor that ended obeys nothing; `status` shows that nothing flows.
        let _ = self.orders.send(order);
    }

    /// Hands over everything that came since the last time. Never waits.
    pub fn read(&mut self, each: &mut dyn FnMut(Channel, Delivered<'_>)) {
        for side in Channel::BOTH {
            self.sides[side].drain(side, each);
        }
        while let Ok((side, reader)) = self.readers.try_recv() {
            self.sides[side].drain(side, each);
            self.sides[side] = Side { reader: Some(reader), delays: Delays::default() };
            each(side, Delivered::Reopened);
            self.sides[side].drain(side, each);
        }
    }

    /// The flag that drops everything at the tap.
    pub fn pause(&self) -> Pause {
        self.pause.clone()
    }

    /// What happened to the devices.
    pub fn reports(&self) -> &Receiver<Report> {
        &self.reports
    }

    /// What is known of each side at `now`.
    pub fn status_at(&self, now: Nanos) -> Sides<Evidence> {
        let views = self.views.lock().map(|views| views.clone()).unwrap_or_default();
        Sides::from_fn(|side| self.sides[side].evidence(now, views[side].clone()))
    }

    /// What is known of each side.
    pub fn status(&self) -> Sides<Evidence> {
        self.status_at(now())
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.orders.try_send(Order::Stop);
    }
}

impl Side {
    fn drain(&mut self, side: Channel, each: &mut dyn FnMut(Channel, Delivered<'_>)) {
        let (Some(reader), delays) = (&mut self.reader, &mut self.delays) else { return };
        // Asked before the ring is emptied: nothing comes after it was closed.
        let closed = reader.seen.closed();
        let doubtful = closed.flatten();
        reader.drain(|found| match found {
            Found::Skipped(samples) => each(side, Delivered::Skipped(samples)),
            Found::Sound(piece, _) if doubtful.is_some_and(|since| since <= piece.at) => (),
            Found::Sound(piece, arrived) => {
                delays.add(arrived.since(piece.at));
                each(side, Delivered::Sound(piece));
            }
        });
        if let Some(doubtful) = closed {
            each(side, Delivered::Closed(doubtful));
            self.reader = None;
        }
    }

    fn evidence(&self, now: Nanos, view: View) -> Evidence {
        let View { state, device, why, remedy } = view;
        let mut evidence = Evidence { state, device, why, remedy, ..Evidence::default() };
        let Some(reader) = &self.reader else { return evidence };
        let seen = &reader.seen;
        let age = |at: Option<Nanos>| at.map(|at| now.since(at) as f32 / Nanos::MILLISECOND as f32);
        let peak = seen.take_peak();
        evidence.rate = seen.rate();
        evidence.frames = seen.frames();
        evidence.last_frame_ms = age(seen.arrived());
        evidence.last_sound_ms = age(seen.sounded());
        evidence.peak = (0.0 < peak).then(|| Dbfs::from_power(peak * peak));
        evidence.lost = seen.lost();
        evidence.delay_ms = self.delays.p95_ms();
        if let Some(late) = evidence.delay_ms.filter(|ms| LATE_MS < *ms && evidence.why.is_none()) {
            evidence.why = Some(format!("delivers {late:.0} ms late, expected at most {LATE_MS:.0} ms"));
            evidence.remedy = Some("restart the sound server, or let the softphone open the device first: deliveries every 40 ms were asked for and not granted".to_owned());
        }
        evidence
    }
}
