//! The analysis thread's state: which call there is, and what is to be done with
//! whatever comes in. It waits for nobody: what it has to say goes to the
//! outlets, what it is asked it answers at once.

mod act;
mod after;
mod asked;
mod heard;
mod orders;
mod reload;
mod running;
mod status;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::app::daemon::call::LiveCall;
use crate::app::daemon::recognise::{Both, Jobs};
use crate::app::daemon::room::Between;
use crate::app::daemon::told::{Due, Outlet, Said, Told};
use crate::audio::capture::{Capture, Report, Want};
use crate::audio::watch::{Seen, Why};
use crate::config::Config;
use crate::control::Replier;
use crate::core::calls::{Calls, Input, Program, Refused};
use crate::core::event::{Event, Kind, Order, Outcome, Reading};
use crate::core::pipeline::Past;
use crate::core::units::{Channel, Nanos, SampleSpan, Sides};
use crate::store::{CallUid, Devices, Writer};
use crate::surfaces::wording::Wording;

pub(super) use running::Running;
pub(super) use status::{Seat, trigger};

/// What earlier calls left behind, by agent, devices and softphone.
pub(super) trait Pasts: Send {
    /// For a call like this.
    fn past(&self, agent: &str, devices: &Devices, profile: &str) -> Past;
}

/// What an engine is made of.
pub(super) struct Parts {
    pub(super) config: Arc<Config>,
    pub(super) agent: String,
    pub(super) calls: Calls,
    pub(super) capture: Capture,
    pub(super) pasts: Box<dyn Pasts>,
    pub(super) writer: Arc<Writer>,
    pub(super) outlets: Vec<Box<dyn Outlet>>,
    /// Where calls are recorded; nowhere without it.
    pub(super) record: Option<PathBuf>,
    /// The clock that all sound is stamped by.
    pub(super) clock: Box<dyn Fn() -> Nanos + Send>,
    /// The time of day.
    pub(super) wall: Box<dyn Fn() -> Timestamp + Send>,
    /// What a status tells besides.
    pub(super) seat: Seat,
    /// Where utterances are put; nothing is recognised without it.
    pub(super) jobs: Option<Jobs>,
}

/// The analysis.
pub(super) struct Engine {
    parts: Parts,
    running: Option<Running>,
    /// Listens for the far end where no program can be seen.
    sentry: Option<LiveCall>,
    /// Hears how the room sounds where capture is always on.
    room: Option<Between>,
    /// The sides that calls want open.
    wants: Want,
    /// Whether the headset is open: without it the sentry has nothing to hear,
    /// and nobody wakes for it.
    flows: bool,
    /// Until when nothing is captured.
    pause: Option<Nanos>,
    /// When it is told next how much of that is left.
    counts: Nanos,
    snoozed: Option<Nanos>,
    quiet: bool,
    /// Nothing is to be seen on the screen.
    hidden: bool,
    /// What nudges say.
    wording: Arc<Wording>,
    /// What an order said about the call that it is about to begin.
    said: Option<Said>,
    /// Recordings on their way to the disk.
    writing: Vec<JoinHandle<()>>,
    events: Vec<Event>,
    /// The programs that were asked about.
    unknown: Vec<Program>,
    /// Why the sound server cannot be seen, if it cannot.
    blind: Option<Why>,
    /// The configuration as the files have it; a part of it may have to wait.
    wanted: Arc<Config>,
    held: Vec<String>,
    /// Who waits to hear what became of the files.
    reloads: Vec<Replier>,
    wrong: Option<String>,
    last_call: Option<CallUid>,
    counted: crate::control::Counters,
    stopped: bool,
    /// Which models the settings want.
    wanted_words: Option<words::Wanted>,
    /// What is made of the words.
    phrases: Option<words::Phrases>,
    /// How late the last text came.
    delay: Option<Duration>,
    /// Calls that are over and of which words may still come.
    recent: after::Recents,
}

impl Engine {
    pub(super) fn new(parts: Parts) -> Self {
        let wanted = Arc::clone(&parts.config);
        let mut engine = Self {
            running: None,
            sentry: None,
            room: None,
            wants: Want::NONE,
            flows: false,
            pause: None,
            counts: Nanos(0),
            snoozed: None,
            quiet: false,
            hidden: false,
            wording: Arc::new(reload::words(&parts.config)),
            said: None,
            writing: Vec::new(),
            events: Vec::new(),
            unknown: Vec::new(),
            blind: None,
            wanted,
            held: Vec::new(),
            reloads: Vec::new(),
            wrong: None,
            last_call: None,
            counted: crate::control::Counters::default(),
            stopped: false,
            wanted_words: None,
            phrases: None,
            delay: None,
            recent: after::Recents::default(),
            parts,
        };
        engine.want(Want::NONE);
        engine
    }

    /// The moment that it is.
    pub(super) fn now(&self) -> Nanos {
        (self.parts.clock)()
    }

    /// Whether it was told to end.
    pub(super) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Hears what the devices delivered, and lets time pass.
    pub(super) fn advance(&mut self, now: Nanos) {
        self.hear();
        self.begin_measuring(now, false);
        self.measure(now);
        self.step(now, Input::Tick);
        self.catch_up(now);
        if self.snoozed.take_if(|until| *until <= now).is_some() {
            self.tell(Told::Snoozed(Duration::ZERO));
        }
        match self.pause {
            Some(until) if until <= now => drop(self.resume(now)),
            Some(until) if self.counts <= now => self.count(now, until),
            Some(_) | None => (),
        }
    }

    /// What the watcher saw.
    pub(super) fn seen(&mut self, now: Nanos, seen: &Seen) {
        match seen {
            Seen::Holders(holders) => {
                self.blind = None;
                self.step(now, Input::Holders(holders));
            }
            Seen::Back => {
                self.blind = None;
                self.step(now, Input::ServerBack);
            }
            Seen::Gone { why } => {
                self.blind = Some(*why);
                self.step(now, Input::ServerGone);
            }
        }
    }

    /// Something about a device.
    pub(super) fn device(&mut self, now: Nanos, report: &Report) {
        match report {
            Report::Opened { side, id, .. } => {
                if self.running.as_mut().is_some_and(|running| running.is_another(*side, &id.0)) {
                    self.order(now, Order::Device(*side));
                }
                self.counted.reopened += 1;
                self.flows |= *side == Channel::Customer;
                // What passed without sound is not worth measuring.
                self.sentry = self.sentry.take().map(|_| self.new_sentry());
                self.room = self.room.take().map(|_| self.new_room());
            }
            Report::Slept { .. } => self.counted.suspended += 1,
            Report::Lost { side, .. } | Report::Stopped { side, .. } => {
                self.flows &= *side != Channel::Customer;
            }
            Report::FormatChanged { side, .. } => self.order(now, Order::Device(*side)),
            // The other device is told of once it is open.
            Report::DefaultChanged { .. } => (),
        }
        let (what, remedy) = status::told(report);
        if let Some(what) = what {
            self.tell(Told::Device(&what, remedy.as_deref()));
        }
    }

    /// When [`Engine::advance`] is due if nothing else happens.
    pub(super) fn deadline(&self) -> Option<Nanos> {
        let pause = self.pause.map(|until| until.min(self.counts));
        self.parts.calls.deadline().into_iter().chain(pause).min()
    }

    /// Whether sound comes in, so that each frame counts.
    pub(super) const fn listens(&self) -> bool {
        self.running.is_some() || (self.flows && self.sentry.is_some())
    }

    /// Whether sound comes in of which only the background counts: nobody waits for it,
    /// but it has to be fetched before there is no room for more.
    pub(super) const fn idles(&self) -> bool {
        self.room.is_some()
    }

    fn new_room(&self) -> Between {
        Between::new(self.now(), self.parts.config.settings().activity)
    }

    /// Somebody who hears whether a call begins, from now on.
    fn new_sentry(&self) -> LiveCall {
        let mut sentry = LiveCall::new(self.now());
        sentry.measure(self.parts.config.settings(), Past::default());
        sentry
    }

    fn hear(&mut self) {
        let Self { parts, running, sentry, room, .. } = self;
        let mut call = running.as_mut().map(|r| &mut r.call).or(sentry.as_mut());
        parts.capture.read(&mut |side, delivered| {
            if let Some(call) = &mut call {
                call.hear(side, delivered);
            }
            if let Some(room) = room {
                room.hear(side, delivered);
            }
        });
    }

    fn measure(&mut self, now: Nanos) {
        let mut events = std::mem::take(&mut self.events);
        if let Some(running) = &mut self.running {
            let mut witness = Both(&mut running.tape, running.ear.as_mut());
            running.call.advance(now, &mut witness, &mut events);
        } else if let Some(sentry) = self.sentry.as_mut().filter(|_| self.flows) {
            sentry.advance(now, &mut (), &mut events);
        }
        if let Some(room) = &mut self.room {
            room.advance(now);
        }
        self.pass_on(now, &events);
        events.clear();
        self.events = events;
        self.let_out(now);
    }

    /// Tells what the core said, and tells the calls who speaks.
    fn pass_on(&mut self, now: Nanos, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        if let Some(mut running) = self.running.take() {
            running.note(events);
            if let Some(ear) = &mut running.ear {
                ear.events(events);
            }
            self.spread(now, &mut running, events);
            self.running = Some(running);
        }
        let newest = events.iter().rev().find_map(|event| match event {
            Event::Reading(reading) => Some(reading.speaks),
            _ => None,
        });
        for side in Channel::BOTH.into_iter().filter(|&side| newest.is_some_and(|speaks| speaks[side])) {
            self.step(now, Input::Speech(side));
        }
    }

    /// To the outlets; nobody hears of a call before it is one.
    fn spread(&mut self, now: Nanos, running: &mut Running, events: &[Event]) {
        if !running.announced {
            running.early.extend_from_slice(events);
            return;
        }
        self.tell(Told::Events(&running.meta, events));
        for event in events {
            match event {
                Event::Decision(decision) if decision.outcome == Outcome::Shown => {
                    let late = now.since(running.call.moment(decision.at));
                    running.last.kind = Some(decision.kind);
                    running.last.nudges += 1;
                    self.counted.nudges += 1;
                    let (late, wording) = (Duration::from_nanos(late), Arc::clone(&self.wording));
                    self.tell(Told::Nudge(&Due { decision, late, wording: &wording }));
                }
                Event::Cleared { kind, at, how } => {
                    self.tell(Told::Cleared(*kind, *how, *at));
                }
                Event::Reading(reading) => self.light(running, reading),
                _ => (),
            }
        }
    }

    /// Tells the score, once a second.
    fn light(&mut self, running: &mut Running, reading: &Reading) {
        let second = reading.at.seconds() as u64;
        if running.last.second < second {
            running.last.second = second;
            let (so_far, lately) = (running.call.score(), running.call.score_lately());
            self.tell(Told::Score { so_far, lately });
        }
    }

    /// Lets the calls decide, and does what they say.
    fn step(&mut self, now: Nanos, input: Input<'_>) {
        if let Err(refused) = self.try_step(now, input) {
            tracing::debug!(%refused, "not now");
        }
    }

    fn try_step(&mut self, now: Nanos, input: Input<'_>) -> Result<(), Refused> {
        let mut actions = Vec::new();
        let done = self.parts.calls.step(now, input, &mut actions);
        for action in actions {
            self.act(now, action);
        }
        self.weigh(now);
        done
    }

    /// What comes after a side closed waits until it is clear what that means.
    fn weigh(&mut self, now: Nanos) {
        let doubt = self.parts.calls.doubt();
        let Some(running) = &mut self.running else { return };
        let mut events = Vec::new();
        match doubt {
            Some(at) => running.call.doubt(at),
            None => {
                let mut witness = Both(&mut running.tape, running.ear.as_mut());
                running.call.trust(&mut witness, &mut events);
            }
        }
        self.pass_on(now, &events);
    }

    fn tell(&mut self, told: Told<'_>) {
        for outlet in &mut self.parts.outlets {
            outlet.tell(told);
        }
    }

    /// What a moment of the machine's clock is on the wall, by the wall's clock of now.
    fn on_the_wall(&self, at: Nanos) -> Timestamp {
        let (wall, now) = ((self.parts.wall)(), self.now());
        let apart = i64::try_from(i128::from(at.0) - i128::from(now.0)).unwrap_or(0);
        wall.checked_add(SignedDuration::from_nanos(apart)).unwrap_or(wall)
    }

    /// The kind of the last nudge that was shown.
    fn last_kind(&self) -> Option<Kind> {
        self.running.as_ref()?.last.kind
    }

    /// The devices that are captured, by what is known of them now.
    fn devices(&self) -> Sides<Option<String>> {
        self.parts.capture.status().map(|evidence| evidence.device.map(|(id, _)| id.0))
    }
}

/// Nanoseconds as a span of the call's clock.
const fn span(nanos: u64) -> SampleSpan {
    SampleSpan::from_millis(nanos / Nanos::MILLISECOND)
}
