//! What the calls decide, done: capture opens, a call begins, is held, ends.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{Engine, Running, span};
use crate::app::daemon::recognise::Both;
use crate::app::daemon::record::Tape;
use crate::app::daemon::told::{Meta, Over, Told};
use crate::audio::capture::{Want, When};
use crate::core::calls::{Action, EndWhy, Program, State, Trigger};
use crate::core::event::Order;
use crate::core::pipeline::Past;
use crate::core::units::{Nanos, SampleTime};
use crate::store::{CallUid, Devices};

/// So long the measuring of a call waits for its devices to open: what is
/// normal depends on them. A device that takes longer is not coming.
const DEVICES: u64 = Nanos::MILLISECOND * 2500;

impl Engine {
    pub(super) fn act(&mut self, now: Nanos, action: Action) {
        match action {
            Action::Want { agent, customer } => self.want(Want { agent, customer }),
            Action::Ready(on) => self.parts.capture.ready(on),
            Action::Candidate { at } => self.prepare(at),
            Action::Begin { at, trigger, program } => self.begin(now, at, trigger, program),
            Action::Drop => self.running = None,
            Action::Joined => self.join(),
            Action::Held(on) => self.held(now, on),
            Action::Muted(on) => self.muted(now, on),
            Action::End { at, why: EndWhy::Never } => self.forget(at),
            Action::End { at, why } => self.end(now, at, Some(why)),
            Action::Ask(program) => {
                self.tell(Told::Unknown(&program));
                self.unknown.push(program);
            }
        }
    }

    /// Opens and closes the sides; where capture is always on, it stays so.
    pub(super) fn want(&mut self, want: Want) {
        self.wants = want;
        let always = self.parts.config.capture().when == When::Always;
        self.parts.capture.want(if always { Want::BOTH } else { want });
        self.flows &= always || want.customer;
        let listens = want.customer && !want.agent;
        if !listens {
            self.sentry = None;
        } else if self.sentry.is_none() {
            self.sentry = Some(self.new_sentry());
        }
        if !always || want.agent {
            self.room = None;
        } else if self.room.is_none() {
            self.room = Some(self.new_room());
        }
    }

    /// A call may have begun.
    fn prepare(&mut self, at: Nanos) {
        self.sentry = None;
        let background = self.room.take().and_then(|room| room.background());
        let config = Arc::clone(&self.parts.config);
        let meta = Meta {
            uid: CallUid::generate(),
            began: self.on_the_wall(at),
            agent: self.parts.agent.clone(),
            devices: Devices::default(),
            trigger: Trigger::Streams,
            program: None,
            said: crate::app::daemon::told::Said::default(),
            settings: config.settings(),
            config_hash: config.hash(),
            past: Past::default(),
        };
        let ear = self.new_ear(meta.uid);
        let mut running = Running::new(at, meta);
        running.background = background;
        if let Some((ear, rules)) = ear {
            running.redactor = Some(rules.redactor());
            running.tally = Some(crate::app::daemon::recognise::Tally::new(ear.choice().name()));
            (running.ear, running.rules) = (Some(ear), Some(rules));
        }
        if self.parts.record.is_some() {
            running.tape = Tape::Waiting(Vec::new());
        }
        if self.pause.is_some() {
            running.call.pause(true, at);
        }
        self.running = Some(running);
    }

    fn begin(&mut self, now: Nanos, at: Nanos, trigger: Trigger, program: Option<Program>) {
        if self.running.is_none() {
            self.prepare(at);
        }
        let said = self.said.take().unwrap_or_default();
        if let Some(running) = &mut self.running {
            running.confirmed = true;
            running.meta.trigger = trigger;
            running.meta.program = program;
            running.meta.said = said;
        }
        self.announce(now);
    }

    /// Measures the call from its first sample on, once it is known which
    /// devices it is on, or once it is `late` for that.
    pub(super) fn begin_measuring(&mut self, now: Nanos, late: bool) {
        let Some(begin) = self.running.as_ref().filter(|r| !r.call.is_measured()).map(|r| r.call.begin())
        else {
            return;
        };
        let ids = self.devices();
        let known = ids.agent.is_some() && ids.customer.is_some();
        if !known && !late && now.since(begin) < DEVICES {
            return;
        }
        let from = ids.clone();
        let devices =
            Devices { microphone: ids.agent.unwrap_or_default(), headset: ids.customer.unwrap_or_default() };
        let profile = match self.parts.calls.state() {
            State::Candidate { program, .. } | State::Call { program, .. } => program.map(|p| p.name),
            State::Idle => None,
        };
        let past = self.parts.pasts.past(&self.parts.agent, &devices, profile.as_deref().unwrap_or(""));
        if let Some(running) = &mut self.running {
            let past = Past { background: running.background, ..past };
            running.meta.devices = devices;
            running.from = from;
            running.meta.past = past;
            running.call.measure(running.meta.settings, past);
            if let Some(rules) = &running.rules {
                running.call.listen(rules.listener());
            }
        }
        self.announce(now);
    }

    /// A call that is one, and whose devices are known, is told of.
    fn announce(&mut self, now: Nanos) {
        let Some(mut running) = self.running.take() else { return };
        let ready = running.confirmed && running.call.is_measured() && !running.announced;
        if ready {
            running.announced = true;
            if let Some(folder) = &self.parts.record {
                running.tape.start(folder, &running.meta);
            }
            self.last_call = Some(running.meta.uid);
            self.tell(Told::Began(&running.meta));
            if let Some(ear) = &mut running.ear {
                ear.begin();
            }
            let early = std::mem::take(&mut running.early);
            self.spread(now, &mut running, &early);
        }
        self.running = Some(running);
        if ready {
            self.carry_over(now);
        }
    }

    /// What was ordered before the call began.
    fn carry_over(&mut self, now: Nanos) {
        if let Some(until) = self.snoozed.filter(|until| now < *until) {
            self.order(now, Order::Snooze(span(until.since(now))));
        }
        if self.quiet {
            self.order(now, Order::Quiet(true));
        }
        let (hold, mute) = self.running.as_ref().map_or((false, false), |r| (r.held, r.muted));
        if hold {
            self.order(now, Order::Hold(true));
        }
        if mute {
            self.order(now, Order::Mute(true));
        }
    }

    fn join(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        running.meta.said = self.said.take().unwrap_or_default();
        if running.announced {
            self.tell(Told::Joined(&running.meta));
        }
        self.running = Some(running);
    }

    fn held(&mut self, now: Nanos, on: bool) {
        let Some(mut running) = self.running.take() else { return };
        running.held = on;
        self.tell(Told::Held(&running.meta, on));
        self.running = Some(running);
        self.order(now, Order::Hold(on));
    }

    fn muted(&mut self, now: Nanos, on: bool) {
        let Some(mut running) = self.running.take() else { return };
        running.muted = on;
        self.tell(Told::Muted(&running.meta, on));
        self.running = Some(running);
        self.order(now, Order::Mute(on));
    }

    /// Has the core carry out an order in the call that is on. What comes before
    /// the call is measured is carried over to its beginning.
    pub(super) fn order(&mut self, now: Nanos, order: Order) {
        let Some(running) = &mut self.running else { return };
        if !running.announced {
            return;
        }
        let mut events = Vec::new();
        running.tape.order(running.call.now(), order);
        running.call.order(order, &mut events);
        self.pass_on(now, &events);
    }

    pub(super) fn end(&mut self, now: Nanos, at: Nanos, why: Option<EndWhy>) {
        self.hear();
        self.begin_measuring(now, true);
        let Some(running) = self.running.take() else { return };
        let Running { call, meta, mut tape, mut ear, redactor, rules, tally, .. } = running;
        let begin = call.begin();
        let mut events = Vec::new();
        let summary = call.finish(at, &mut Both(&mut tape, ear.as_mut()), &mut events);
        let Some(summary) = summary else { return };
        if let Tape::On(recorder) = tape {
            self.writing.extend(recorder.finish(SampleTime::ZERO + summary.duration));
        }
        self.writing.retain(|file| !file.is_finished());
        self.tell(Told::Events(&meta, &events));
        if let Some(ear) = &mut ear {
            ear.events(&events);
        }
        // By its length: the wall's clock may have been set during the call.
        let length = SignedDuration::from_nanos(i64::try_from(at.since(begin)).unwrap_or(i64::MAX));
        let ended = meta.began.checked_add(length).unwrap_or(meta.began);
        let over = Over { ended, why, summary };
        self.tell(Told::Over(&meta, &over));
        self.outlast(&meta, ear, redactor, rules, tally, over.summary);
        self.counted.calls += 1;
        self.quiet = false;
    }

    /// The call that is on is nobody's business.
    fn forget(&mut self, at: Nanos) {
        let Some(running) = self.running.take() else { return };
        if let Tape::On(recorder) = running.tape {
            self.writing.extend(recorder.forget());
        }
        drop(running.ear);
        if running.announced {
            let length = span(at.since(running.call.begin()));
            self.tell(Told::Forgotten(&running.meta, length));
            self.last_call = None;
        }
        self.quiet = false;
    }

    /// The end of the daemon: a call that is on ends with it.
    pub(in crate::app::daemon) fn stop(&mut self) {
        let now = self.now();
        self.hear();
        self.measure(now);
        if self.running.as_ref().is_some_and(|running| running.confirmed) {
            self.end(now, now, None);
        }
        self.running = None;
        self.parts.capture.want(Want::NONE);
        for file in self.writing.drain(..) {
            // A panic of that thread was told by itself.
            let _ = file.join();
        }
    }
}
