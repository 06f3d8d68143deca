//! The analysis thread's state: which call there is, and what is to be done with
//! whatever comes in. It waits for nobody: what it has to say goes to the
//! outlets, what it is asked it answers at once.

mod orders;
mod running;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::app::daemon::call::LiveCall;
use crate::app::daemon::record::Tape;
use crate::app::daemon::told::{Meta, Outlet, Over, Said, Told};
use crate::audio::capture::{Capture, Delivered, Report};
use crate::config::Config;
use crate::core::calls::{Action, Calls, EndWhy, Holder, Input, Program, Refused, Trigger};
use crate::core::event::{Event, Kind, Order, Outcome};
use crate::core::pipeline::Past;
use crate::core::units::{Channel, Nanos, SampleSpan, SampleTime, Sides};

pub(super) use running::Running;

/// What earlier calls left behind, by agent and devices.
pub(super) trait Pasts: Send {
    /// For a call of this agent on these devices in this program.
    fn past(&self, agent: &str, devices: &Sides<String>, program: Option<&str>) -> Past;
}

/// The analysis.
pub(super) struct Engine {
    pub(super) config: Arc<Config>,
    pub(super) agent: String,
    pub(super) calls: Calls,
    pub(super) capture: Capture,
    pub(super) running: Option<Running>,
    /// Listens for the far end where no program can be seen.
    sentry: Option<LiveCall>,
    pub(super) pasts: Box<dyn Pasts>,
    pub(super) outlets: Vec<Box<dyn Outlet>>,
    pub(super) pause: Option<Nanos>,
    pub(super) snoozed: Option<Nanos>,
    pub(super) quiet: bool,
    /// What an order said about the call that it is about to begin.
    said: Option<Said>,
    record: Option<PathBuf>,
    /// Recordings on their way to the disk.
    writing: Vec<JoinHandle<()>>,
    events: Vec<Event>,
    /// The program that was asked about last.
    pub(super) unknown: Option<Program>,
    wall: fn() -> Timestamp,
}

/// What an engine is made of.
pub(super) struct Parts {
    pub(super) config: Arc<Config>,
    pub(super) agent: String,
    pub(super) calls: Calls,
    pub(super) capture: Capture,
    pub(super) pasts: Box<dyn Pasts>,
    pub(super) outlets: Vec<Box<dyn Outlet>>,
    pub(super) record: Option<PathBuf>,
}

impl Engine {
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { config, agent, calls, capture, pasts, outlets, record } = parts;
        Self {
            config,
            agent,
            calls,
            capture,
            running: None,
            sentry: None,
            pasts,
            outlets,
            pause: None,
            snoozed: None,
            quiet: false,
            said: None,
            record,
            writing: Vec::new(),
            events: Vec::new(),
            unknown: None,
            wall: Timestamp::now,
        }
    }

    /// Hears what the devices delivered, and lets time pass.
    pub(super) fn advance(&mut self, now: Nanos) {
        self.hear();
        self.measure(now);
        self.step(now, Input::Tick);
        if self.pause.is_some_and(|until| until <= now) {
            self.resume(now);
        }
    }

    /// What the watcher saw.
    pub(super) fn holders(&mut self, now: Nanos, holders: &[Holder]) {
        self.step(now, Input::Holders(holders));
    }

    /// The sound server went or came back.
    pub(super) fn server(&mut self, now: Nanos, there: bool) {
        self.step(now, if there { Input::ServerBack } else { Input::ServerGone });
    }

    /// Something about a device.
    pub(super) fn device(&mut self, report: &Report) {
        self.tell(Told::Device(&report.to_string(), report.remedy()));
    }

    /// When [`Engine::advance`] is due if nothing else happens.
    pub(super) fn deadline(&self) -> Option<Nanos> {
        self.calls.deadline().into_iter().chain(self.pause).min()
    }

    /// Whether sound comes in, so that each frame counts.
    pub(super) fn listens(&self) -> bool {
        self.running.is_some() || self.sentry.is_some()
    }

    fn hear(&mut self) {
        let Self { capture, running, sentry, .. } = self;
        let call = running.as_mut().map(|r| &mut r.call).or(sentry.as_mut());
        let Some(call) = call else {
            capture.read(&mut |_, _| ());
            return;
        };
        capture.read(&mut |side, delivered| match delivered {
            Delivered::Sound(piece) => call.sound(side, piece),
            Delivered::Reopened => call.reopened(side),
            Delivered::Gone => call.gone(side),
        });
    }

    fn measure(&mut self, now: Nanos) {
        let mut events = std::mem::take(&mut self.events);
        if let Some(running) = &mut self.running {
            running.call.advance(now, &mut running.tape, &mut events);
        } else if let Some(sentry) = &mut self.sentry {
            sentry.advance(now, &mut (), &mut events);
        }
        self.pass_on(now, &events);
        events.clear();
        self.events = events;
    }

    /// Tells what the core said, and tells the calls who speaks.
    fn pass_on(&mut self, now: Nanos, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        if let Some(mut running) = self.running.take() {
            running.note(events);
            self.spread(now, &mut running, events);
            self.running = Some(running);
        }
        let spoken = events.iter().rev().find_map(|event| match event {
            Event::Reading(reading) => Some(reading.speaks),
            _ => None,
        });
        for side in Channel::BOTH {
            if spoken.is_some_and(|speaks| speaks[side]) {
                self.step(now, Input::Speech(side));
            }
        }
    }

    /// To the outlets; before a call is confirmed nobody hears of it.
    fn spread(&mut self, now: Nanos, running: &mut Running, events: &[Event]) {
        if !running.confirmed {
            running.early.extend_from_slice(events);
            return;
        }
        self.tell(Told::Events(&running.meta, events));
        for event in events {
            match event {
                Event::Decision(decision) if decision.outcome == Outcome::Shown => {
                    let late = now.since(running.call.moment(decision.at));
                    running.last_kind = Some(decision.kind);
                    self.tell(Told::Nudge(&running.meta, decision, Duration::from_nanos(late)));
                }
                Event::Cleared { kind, at, how } => {
                    self.tell(Told::Cleared(&running.meta, *kind, *how, *at));
                }
                _ => (),
            }
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
        let done = self.calls.step(now, input, &mut actions);
        for action in actions {
            self.act(now, action);
        }
        self.weigh(now);
        done
    }

    /// What comes after a side closed waits until it is clear what that means.
    fn weigh(&mut self, now: Nanos) {
        let doubt = self.calls.doubt();
        let Some(mut running) = self.running.take() else { return };
        let mut events = Vec::new();
        match doubt {
            Some(at) => running.call.doubt(at),
            None => running.call.trust(&mut running.tape, &mut events),
        }
        self.running = Some(running);
        self.pass_on(now, &events);
    }

    fn act(&mut self, now: Nanos, action: Action) {
        match action {
            Action::Want { agent, customer } => self.want(now, agent, customer),
            Action::Candidate { at } => self.prepare(at),
            Action::Begin { at, trigger, program } => self.begin(now, at, trigger, program),
            Action::Drop => self.running = None,
            Action::Joined => self.join(),
            Action::Held(on) => self.order(now, Order::Hold(on)),
            Action::Muted(on) => self.order(now, Order::Mute(on)),
            Action::End { at, why } => self.end(at, why),
            Action::Ask(program) => {
                self.tell(Told::Unknown(&program));
                self.unknown = Some(program);
            }
        }
    }

    fn want(&mut self, now: Nanos, agent: bool, customer: bool) {
        self.capture.want(Sides { agent, customer });
        let listening = customer && !agent;
        if !listening {
            self.sentry = None;
        } else if self.sentry.is_none() {
            self.sentry = Some(LiveCall::new(now, self.config.settings(), Past::default()));
        }
    }

    /// A call may have begun.
    fn prepare(&mut self, at: Nanos) {
        self.sentry = None;
        let devices = self.capture.status().map(|evidence| evidence.device_id());
        let meta = Meta {
            uid: Uuid::now_v7(),
            began: self.on_the_wall(at),
            agent: self.agent.clone(),
            past: self.pasts.past(&self.agent, &devices, None),
            devices,
            trigger: Trigger::Streams,
            program: None,
            said: Said::default(),
            settings: self.config.settings(),
            config_hash: self.config.hash(),
        };
        let mut running = Running::new(at, meta);
        if self.record.is_some() {
            running.tape = Tape::Waiting(Vec::new());
        }
        if let Some(_until) = self.pause {
            running.call.pause(true, at);
        }
        self.running = Some(running);
    }

    fn begin(&mut self, now: Nanos, at: Nanos, trigger: Trigger, program: Option<Program>) {
        if self.running.is_none() {
            self.prepare(at);
        }
        let Some(mut running) = self.running.take() else { return };
        running.confirmed = true;
        running.meta.trigger = trigger;
        running.meta.program = program;
        running.meta.said = self.said.take().unwrap_or_default();
        if let Some(folder) = &self.record {
            running.tape.start(folder, &running.meta);
        }
        self.tell(Told::Began(&running.meta));
        let early = std::mem::take(&mut running.early);
        self.spread(now, &mut running, &early);
        self.running = Some(running);
        self.carry_over(now);
    }

    /// What was ordered before the call began.
    fn carry_over(&mut self, now: Nanos) {
        if let Some(until) = self.snoozed.filter(|until| now < *until) {
            self.order(now, Order::Snooze(span(until.since(now))));
        }
        if self.quiet {
            self.order(now, Order::Quiet(true));
        }
    }

    fn join(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        running.meta.said = self.said.take().unwrap_or_default();
        self.tell(Told::Joined(&running.meta));
        self.running = Some(running);
    }

    /// Has the core carry out an order in the call that is on.
    pub(super) fn order(&mut self, now: Nanos, order: Order) {
        let Some(running) = &mut self.running else { return };
        let mut events = Vec::new();
        if let Some(recorder) = &mut running.tape {
            recorder.order(running.call.now(), order);
        }
        running.call.order(order, &mut events);
        self.pass_on(now, &events);
    }

    fn end(&mut self, at: Nanos, why: EndWhy) {
        self.hear();
        let Some(running) = self.running.take() else { return };
        let Running { call, meta, mut tape, .. } = running;
        let mut events = Vec::new();
        let summary = call.finish(at, &mut tape, &mut events);
        if let Tape::On(recorder) = tape {
            self.writing.extend(recorder.finish(SampleTime::ZERO + summary.duration));
        }
        self.tell(Told::Events(&meta, &events));
        self.tell(Told::Over(&meta, &Over { ended: self.on_the_wall(at), why, summary }));
        self.quiet = false;
    }

    /// The end of the daemon: a call that is on ends with it.
    pub(super) fn stop(&mut self, now: Nanos) {
        self.measure(now);
        if let Some(running) = self.running.take() {
            let confirmed = running.confirmed;
            self.running = Some(running);
            if confirmed {
                self.end(now, EndWhy::Order);
            }
        }
        self.capture.want(Sides::default());
        for file in self.writing.drain(..) {
            // A panic of that thread was told by itself.
            let _ = file.join();
        }
    }

    pub(super) fn tell(&mut self, told: Told<'_>) {
        for outlet in &mut self.outlets {
            outlet.tell(told);
        }
    }

    /// What a moment of the machine's clock is on the wall, by the wall's clock of now.
    pub(super) fn on_the_wall(&self, at: Nanos) -> Timestamp {
        let (wall, now) = ((self.wall)(), crate::audio::capture::now());
        let apart = i64::try_from(i128::from(at.0) - i128::from(now.0)).unwrap_or(0);
        wall.checked_add(SignedDuration::from_nanos(apart)).unwrap_or(wall)
    }

    /// The kind of the last nudge that was shown.
    pub(super) fn last_kind(&self) -> Option<Kind> {
        self.running.as_ref()?.last_kind
    }
}

/// Nanoseconds as a span of the call's clock.
fn span(nanos: u64) -> SampleSpan {
    SampleSpan::from_millis(nanos / Nanos::MILLISECOND)
}
