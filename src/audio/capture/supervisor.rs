//! The thread that keeps both sides open while they are wanted. It decides and
//! never calls the sound system itself, so nothing that hangs there holds it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, never, select};

use super::backend::Backend;
use super::clock::{Clocks, Sleep};
use super::line::{Ask, Came, Line, Steps};
use super::report::{Report, State};
use super::tap::{self, Pause, Reader, Seen};
use super::worker::{Answer, Job, Worker};
use super::{DeviceId, Settings, Want};
use crate::core::units::{Channel, Nanos, Sides};

/// How often the lines are looked at while one of them is wanted.
const TICK: Duration = Duration::from_millis(100);

/// While none is, there is nothing to look at.
const IDLE: Duration = Duration::from_secs(24 * 3_600);

/// What the handle orders.
pub(super) enum Order {
    Want(Want),
    Ready(bool),
    Set(Settings),
    Rebuild,
    Stop,
}

/// What the supervisor knows of a side, for `status`.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) state: State,
    pub(super) device: Option<(DeviceId, String)>,
    pub(super) why: Option<String>,
    pub(super) remedy: Option<String>,
}

pub(super) type Views = Arc<Mutex<Sides<View>>>;

/// What it is given.
pub(super) struct Ends {
    pub(super) orders: Receiver<Order>,
    pub(super) readers: Sender<(Channel, Reader)>,
    pub(super) reports: Sender<Report>,
    pub(super) views: Views,
    pub(super) pause: Pause,
    pub(super) clocks: Box<dyn Fn() -> Clocks + Send>,
    pub(super) wake: Receiver<()>,
}

pub(super) struct Supervisor {
    ends: Ends,
    answers: Receiver<Answer>,
    lines: Sides<Line>,
    workers: Sides<Worker>,
    streams: Sides<Option<Arc<Seen>>>,
    /// Whether the headset is to be ready.
    ready: bool,
    sleep: Sleep,
}

impl Supervisor {
    pub(super) fn new(backend: Box<dyn Backend>, settings: &Settings, ends: Ends) -> Self {
        // Two workers with one answer and one fault each under way.
        let (tell, answers) = crossbeam_channel::bounded(16);
        let second = backend.another();
        let workers = Sides {
            agent: Worker::spawn(Channel::Agent, backend, tell.clone()),
            customer: Worker::spawn(Channel::Customer, second, tell),
        };
        let lines = Sides {
            agent: Line::new(Channel::Agent, &settings.microphone),
            customer: Line::new(Channel::Customer, &settings.headset),
        };
        let sleep = Sleep::new((ends.clocks)());
        Self { ends, answers, lines, workers, streams: Sides::default(), ready: false, sleep }
    }

    /// Runs until it is told to stop or its handle is gone.
    pub(super) fn run(mut self) {
        let orders = self.ends.orders.clone();
        let answers = self.answers.clone();
        let mut wake = self.ends.wake.clone();
        loop {
            let idle = Channel::BOTH.into_iter().all(|side| self.lines[side].is_idle());
            let due = if idle { IDLE } else { TICK };
            select! {
                recv(orders) -> order => match order {
                    Ok(order) => if !self.obey(order, idle) { break },
                    Err(_) => break,
                },
                recv(answers) -> answer => if let Ok(answer) = answer { self.take(answer) },
                recv(wake) -> told => if told.is_err() { wake = never() },
                default(due) => (),
            }
            self.tick();
        }
        self.want(Want { agent: false, customer: false });
    }

    fn obey(&mut self, order: Order, idle: bool) -> bool {
        if idle {
            // Nobody looked meanwhile: what passed is no sleep.
            self.sleep = Sleep::new((self.ends.clocks)());
        }
        match order {
            Order::Want(want) => self.want(want),
            Order::Ready(on) => self.make_ready(on),
            Order::Set(settings) => {
                self.step(Channel::Agent, |line, steps| line.set(&settings.microphone, steps));
                self.step(Channel::Customer, |line, steps| line.set(&settings.headset, steps));
                self.make_ready(self.ready);
            }
            Order::Rebuild => self.rebuild(),
            Order::Stop => return false,
        }
        true
    }

    fn want(&mut self, want: Want) {
        self.step(Channel::Agent, |line, steps| line.want(want.agent, steps));
        self.step(Channel::Customer, |line, steps| line.want(want.customer, steps));
    }

    /// The thread that is to open the headset makes it ready too: its connection is
    /// there by then.
    fn make_ready(&mut self, on: bool) {
        if self.ready || on {
            let wish = on.then(|| self.lines.customer.wish().to_owned());
            let now = self.now();
            self.workers.customer.ask(now, Job::Ready(wish));
        }
        self.ready = on;
    }

    fn rebuild(&mut self) {
        for side in Channel::BOTH {
            self.step(side, Line::rebuild);
        }
    }

    fn take(&mut self, (side, generation, came): Answer) {
        let now = self.now();
        if self.workers[side].takes(now, generation, &came) {
            self.step(side, |line, steps| line.came(now, came, steps));
        }
    }

    fn tick(&mut self) {
        let now = self.now();
        self.look_for_sleep();
        for side in Channel::BOTH {
            if self.workers[side].replace_if_hung(now) {
                self.step(side, |line, steps| line.came(now, Came::Hung, steps));
            }
            let other = self.lines[side.other()].state() == State::Flowing;
            let frames = self.streams[side].as_ref().map_or(0, |seen| seen.frames());
            self.step(side, |line, steps| line.tick(now, frames, other, steps));
        }
    }

    fn look_for_sleep(&mut self) {
        let busy = Channel::BOTH.into_iter().any(|side| !self.lines[side].is_idle());
        let due = u64::try_from(TICK.as_nanos()).unwrap_or(u64::MAX);
        let slept = self.sleep.look((self.ends.clocks)(), due);
        if let Some(nanos) = slept.filter(|_| busy) {
            self.report(Report::Slept { nanos });
            self.rebuild();
        }
    }

    fn now(&self) -> Nanos {
        (self.ends.clocks)().monotonic
    }

    /// One step of one line, with all that it leads to.
    fn step(&mut self, side: Channel, make: impl FnOnce(&mut Line, &mut Steps)) {
        let mut steps = Steps::default();
        make(&mut self.lines[side], &mut steps);
        for ask in steps.asks {
            self.ask(side, ask);
        }
        self.show(side);
        for report in steps.reports {
            self.report(report);
        }
    }

    fn ask(&mut self, side: Channel, ask: Ask) {
        let now = self.now();
        let job = match ask {
            Ask::Look => Job::Look,
            Ask::Close { doubtful } => {
                if let Some(seen) = self.streams[side].take() {
                    seen.close(doubtful);
                }
                Job::Close
            }
            Ask::Open { device, settle_ms } => {
                let (tap, reader) = tap::pair(device.rate, settle_ms, self.ends.pause.clone());
                if let Some(before) = self.streams[side].replace(reader.seen.clone()) {
                    before.close(None);
                }
                // The handle reads often; when it is gone, so is this thread soon.
                let _ = self.ends.readers.send((side, reader));
                Job::Open(Box::new(device), Box::new(tap))
            }
        };
        self.workers[side].ask(now, job);
    }

    fn show(&self, side: Channel) {
        let line = &self.lines[side];
        let view = View {
            state: line.state(),
            device: line.device().map(|d| (d.id.clone(), d.name.clone())),
            why: line.trouble().map(ToString::to_string),
            remedy: line.trouble().map(|why| why.remedy()),
        };
        if let Ok(mut views) = self.ends.views.lock() {
            views[side] = view;
        }
    }

    fn report(&self, report: Report) {
        tracing::info!(?report, "capture");
        // Nobody who reads them has to: the newest state is in `status`.
        let _ = self.ends.reports.try_send(report);
    }
}
