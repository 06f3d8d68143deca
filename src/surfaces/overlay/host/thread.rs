//! The thread that holds the process. It sleeps until it is told something, the
//! process says something, or something is due.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, select};

use super::{Board, Command, Program, Wanted, ladder, retry::Retry};
use crate::surfaces::card::Card;
use crate::surfaces::desk::GIVE_UP;
use crate::surfaces::overlay::environment::{Ask, Display, Whom};
use crate::surfaces::overlay::process::{News, Process};
use crate::surfaces::overlay::protocol::{Mark, Nudge, Order, Report};
use crate::surfaces::overlay::settings::Look;
use crate::surfaces::state::SurfaceState;

/// A process that says nothing for so long after its start hangs.
const START: Duration = Duration::from_secs(5);
/// What processes said and nobody looked at yet: they wait when it is full.
const NEWS: usize = 16;
/// With nothing due.
const FOREVER: Duration = Duration::from_secs(86_400);

/// A nudge that is on, or on its way.
struct Showing {
    nudge: Nudge,
    instead: Option<Card>,
    /// When it is over.
    until: Instant,
    /// By then its first frame must have been given to the display; none where it was.
    by: Option<Instant>,
}

/// See the module.
pub(super) struct Host {
    program: Option<Program>,
    ask: Ask,
    instead: Box<dyn Fn(Card) + Send>,
    board: Arc<Board>,
    news: (Sender<News>, Receiver<News>),
    on: bool,
    look: Look,
    mark: Mark,
    process: Option<Process>,
    /// It has a screen.
    ready: bool,
    /// When the process began.
    began: Instant,
    /// Displays that are still to be tried in this attempt.
    rest: VecDeque<Display>,
    /// Whether the service manager was asked in this attempt.
    asked: bool,
    /// When the next attempt is due.
    next: Option<Instant>,
    retry: Retry,
    showing: Option<Showing>,
    numbers: u64,
}

impl Host {
    pub(super) fn new(
        program: Option<Program>,
        ask: Ask,
        instead: Box<dyn Fn(Card) + Send>,
        board: Arc<Board>,
    ) -> Self {
        Self {
            program,
            ask,
            instead,
            board,
            news: bounded(NEWS),
            on: false,
            look: Look::default(),
            mark: Mark::Hidden,
            process: None,
            ready: false,
            began: Instant::now(),
            rest: VecDeque::new(),
            asked: false,
            next: None,
            retry: Retry::default(),
            showing: None,
            numbers: 0,
        }
    }

    /// Runs until it is told to stop, or nobody is left who could.
    pub(super) fn run(mut self, commands: &Receiver<Command>) {
        loop {
            let wait = self.wait(Instant::now());
            select! {
                recv(commands) -> command => match command {
                    Ok(Command::Stop) | Err(_) => return,
                    Ok(command) => self.obey(command),
                },
                recv(self.news.1) -> news => if let Ok(news) = news {
                    self.heard(news);
                },
                default(wait) => (),
            }
            self.advance(Instant::now());
        }
    }

    /// How long nothing is due.
    fn wait(&self, now: Instant) -> Duration {
        let given_up = self.showing.as_ref().and_then(|showing| showing.by);
        let over = self.showing.as_ref().map(|showing| showing.until);
        let hangs = (self.process.is_some() && !self.ready).then_some(self.began + START);
        let due = [self.next, given_up, over, hangs].into_iter().flatten().min();
        due.map_or(FOREVER, |due| due.saturating_duration_since(now))
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Switch(on) => self.switch(on),
            Command::Look(look) => {
                self.look = *look;
                self.pass(&Order::Look(self.look.clone()));
            }
            Command::Mark(mark) => self.marked(mark),
            Command::Meters { pace, rise } => self.pass(&Order::Meters { pace, rise }),
            Command::Show(wanted) => self.show(*wanted),
            Command::Clear(id) => {
                self.showing.take_if(|showing| showing.nudge.id == id);
                self.pass(&Order::Clear { id });
            }
            Command::Stop => (),
        }
    }

    fn switch(&mut self, on: bool) {
        if std::mem::replace(&mut self.on, on) == on {
            return;
        }
        self.end();
        self.state(SurfaceState::Untried);
        self.next = on.then(Instant::now);
    }

    fn marked(&mut self, mark: Mark) {
        let begins = self.mark == Mark::Hidden && mark != Mark::Hidden;
        self.mark = mark;
        if mark == Mark::Hidden
            && let Some(showing) = &mut self.showing
        {
            // What is hidden is not to appear somewhere else.
            showing.instead = None;
        }
        self.pass(&Order::Mark { mark });
        // With a call begins the time in which it is worth looking for a display.
        if begins && self.on && self.process.is_none() && self.next.is_none() {
            self.next = Some(Instant::now());
        }
    }

    fn show(&mut self, wanted: Wanted) {
        let Wanted { nudge, instead, asked } = wanted;
        let order = Order::Nudge(nudge.clone());
        let until = asked + Duration::from_millis(nudge.lasts_ms);
        self.showing = Some(Showing { nudge, instead, until, by: Some(asked + GIVE_UP) });
        if self.ready {
            self.pass(&order);
        } else if self.process.is_none() && self.next.is_none_or(|next| Instant::now() < next) {
            self.fall();
        }
    }

    /// Gives an order to a process that has a screen.
    fn pass(&mut self, order: &Order) {
        let deaf = self.ready && self.process.as_mut().is_some_and(|process| !process.tell(order));
        if deaf {
            self.hangs();
        }
    }

    /// Something else shows what is on.
    fn fall(&mut self) {
        let Some(showing) = self.showing.take() else { return };
        let Showing { nudge, instead, until, .. } = showing;
        let left = until.saturating_duration_since(Instant::now());
        let Some(card) = instead.filter(|_| !left.is_zero()) else { return };
        {
            let mut board = self.board.lock();
            board.fallen += 1;
            board.last_fallen = Some(nudge.id);
        }
        (self.instead)(Card { lasts: left, ..card });
    }

    fn heard(&mut self, news: News) {
        let (News::Said(number, _) | News::Ended(number)) = &news;
        if self.process.as_ref().is_none_or(|process| process.number != *number) {
            return;
        }
        match news {
            News::Said(_, Report::Ready { screen, soft }) => self.is_ready(screen, soft),
            News::Said(_, Report::Shown { id, after_us }) => self.was_shown(id, after_us),
            News::Said(_, Report::Gone { id }) => {
                self.showing.take_if(|showing| showing.by.is_none() && showing.nudge.id == id);
            }
            News::Said(_, Report::Refused { why }) => tracing::warn!(why, "the overlay refused an order"),
            News::Said(_, report @ Report::Failed { .. }) => self.failed(&report),
            News::Ended(_) => self.ended(ladder::ended()),
        }
    }

    fn is_ready(&mut self, screen: String, soft: bool) {
        tracing::info!(screen, soft, "the overlay has a screen");
        let first = !std::mem::replace(&mut self.ready, true);
        self.rest.clear();
        self.retry.worked(Instant::now());
        self.board.lock().screen = Some(screen);
        self.state(SurfaceState::Works);
        if first {
            self.tell_all();
        }
    }

    /// A new process knows nothing.
    fn tell_all(&mut self) {
        self.pass(&Order::Look(self.look.clone()));
        self.pass(&Order::Mark { mark: self.mark });
        let Some(showing) = &self.showing else { return };
        let left = showing.until.saturating_duration_since(Instant::now()).as_millis();
        let mut nudge = showing.nudge.clone();
        nudge.lasts_ms = u64::try_from(left).unwrap_or(nudge.lasts_ms).max(1);
        self.pass(&Order::Nudge(nudge));
    }

    fn was_shown(&mut self, id: u64, after_us: u64) {
        tracing::debug!(id, after_us, "shown");
        self.board.lock().shown += 1;
        if let Some(showing) = self.showing.as_mut().filter(|showing| showing.nudge.id == id) {
            showing.by = None;
        }
    }

    /// It says that there is no display, or none any more.
    fn failed(&mut self, report: &Report) {
        let Some(state) = ladder::failed(report) else { return };
        if self.ready {
            return self.ended(state);
        }
        self.process = None;
        if !self.try_next() {
            self.is_missing(state);
        }
    }

    fn is_missing(&mut self, state: SurfaceState) {
        self.end();
        if self.board.lock().state != state {
            tracing::warn!(why = state.why(), "no overlay");
        }
        self.state(state);
        // Nobody looks for a display without a call.
        let worth = self.mark != Mark::Hidden && self.program.is_some();
        self.next = worth.then(|| self.retry.missing(Instant::now()));
        self.fall();
    }

    /// It was killed, crashed, or its display went away.
    fn ended(&mut self, state: SurfaceState) {
        self.end();
        tracing::warn!(why = state.why(), "the overlay ended");
        self.state(state);
        self.next = Some(self.retry.ended(Instant::now()));
        if let Some(showing) = &mut self.showing {
            // It is to be seen again soon, or elsewhere.
            showing.by = Some(Instant::now() + GIVE_UP);
        }
    }

    fn hangs(&mut self) {
        self.ended(ladder::hung());
        self.fall();
    }

    fn end(&mut self) {
        self.process = None;
        self.ready = false;
        self.next = None;
        self.rest.clear();
        self.board.lock().screen = None;
    }

    fn state(&self, state: SurfaceState) {
        self.board.lock().state = state;
    }

    /// Does what is due.
    fn advance(&mut self, now: Instant) {
        if self.next.is_some_and(|next| next <= now) {
            self.attempt();
        }
        let silent = self.process.is_some() && !self.ready && self.began + START <= now;
        let unseen = self.showing.as_ref().and_then(|showing| showing.by).is_some_and(|by| by <= now);
        if silent || (unseen && self.ready) {
            self.hangs();
        } else if unseen {
            self.fall();
        }
        self.showing.take_if(|showing| showing.until <= now);
    }

    /// Looks for a display: the one that is known first, and only without it is
    /// the service manager asked.
    fn attempt(&mut self) {
        self.end();
        if self.program.is_none() {
            return self.is_missing(ladder::not_built());
        }
        self.asked = false;
        self.rest.push_back((self.ask)(Whom::Us));
        if !self.try_next() {
            self.is_missing(ladder::no_display());
        }
    }

    /// Starts it on the next display there is; false where there is none left.
    fn try_next(&mut self) -> bool {
        while let Some(display) = self.next_display() {
            if !display.is_named() {
                continue;
            }
            match self.begin(&display) {
                Ok(()) => return true,
                Err(state) => {
                    self.is_missing(state);
                    return true;
                }
            }
        }
        false
    }

    fn next_display(&mut self) -> Option<Display> {
        let display = self.rest.pop_front();
        if display.is_some() || std::mem::replace(&mut self.asked, true) {
            return display;
        }
        Some((self.ask)(Whom::Session)).filter(|display| *display != (self.ask)(Whom::Us))
    }

    fn begin(&mut self, display: &Display) -> Result<(), SurfaceState> {
        let program = self.program.as_ref().ok_or_else(ladder::not_built)?;
        self.numbers += 1;
        let process = Process::begin(program, display, self.numbers, self.news.0.clone())
            .map_err(|error| ladder::not_started(&error.to_string()))?;
        self.process = Some(process);
        self.ready = false;
        self.began = Instant::now();
        self.board.lock().starts += 1;
        Ok(())
    }
}
