//! Notifications over D-Bus, on one thread. Each step has a deadline: a service
//! that takes a message and never answers costs that deadline once, then the
//! line to it is dropped and tried again later and later. A text is escaped only
//! where the service reads markup. No action moves the focus.

mod address;
mod fault;
mod link;
mod retry;
mod text;

use std::future::poll_fn;
use std::time::{Duration, Instant};

use futures_lite::future::or;
use zbus::message::Sequence;

use crate::surfaces::card::{Answer, Card, Choice};
use crate::surfaces::desk::{Bus, GIVE_UP, Worker};
use crate::surfaces::slot::Order;
use crate::surfaces::state::SurfaceState;
use fault::Fault;
use link::{Link, Signal};
use retry::Retry;

/// Some desktops have a time of their own and ignore ours; this long after its
/// time a card is taken away by us.
const GRACE: Duration = Duration::from_secs(1);

/// Runs until it is told to stop.
pub(super) fn run(worker: Worker, bus: Bus) {
    zruntime::block_on(Desktop::new(worker, bus).live());
}

/// The card that is on the screen.
struct Shown {
    /// Its number at the service.
    id: u32,
    /// What the service said before is about the card that was there before.
    since: Sequence,
    /// What its buttons do, in their order.
    choices: Vec<Choice>,
    /// Which card of ours it is: a click on an earlier one is told apart.
    serial: u64,
    /// When it is taken away at the latest.
    until: Instant,
}

/// What happens next.
enum Next {
    Order(Order),
    Signal(Signal),
    Expired,
}

struct Desktop {
    worker: Worker,
    bus: Bus,
    link: Option<Link>,
    shown: Option<Shown>,
    retry: Retry,
    serial: u64,
}

impl Desktop {
    fn new(worker: Worker, bus: Bus) -> Self {
        Self { worker, bus, link: None, shown: None, retry: Retry::default(), serial: 0 }
    }

    async fn live(mut self) {
        loop {
            match self.next().await {
                Next::Order(Order::Stop) => return self.clear().await,
                Next::Order(Order::Clear) => self.clear().await,
                Next::Order(Order::Probe) => self.probe().await,
                Next::Order(Order::Show(card, asked)) => self.show(&card, asked).await,
                Next::Signal(signal) => self.heard(signal).await,
                Next::Expired => self.clear().await,
            }
        }
    }

    async fn next(&mut self) -> Next {
        let slot = &self.worker.slot;
        let order = poll_fn(|cx| slot.poll(cx.waker()));
        let until = self.shown.as_ref().map(|shown| shown.until);
        let link = &mut self.link;
        let signal = async {
            match link {
                Some(link) => link.signal().await,
                None => std::future::pending().await,
            }
        };
        let expired = async {
            match until {
                Some(until) => link::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        or(
            async { Next::Order(order.await) },
            or(async { Next::Signal(signal.await) }, async {
                expired.await;
                Next::Expired
            }),
        )
        .await
    }

    /// Finds out who is there, whether or not it is time to try again.
    async fn probe(&mut self) {
        self.retry.forget();
        self.ready().await;
    }

    /// A line to a service that answers, or none.
    async fn ready(&mut self) -> bool {
        if self.link.as_ref().is_some_and(|link| link.service().is_some()) {
            return true;
        }
        if !self.retry.may(Instant::now()) {
            return false;
        }
        let outcome = self.connect().await;
        match outcome {
            Ok(()) => self.worked(),
            Err(fault) => self.failed(&fault),
        }
        self.worker.board.read().state.works()
    }

    async fn connect(&mut self) -> Result<(), Fault> {
        if self.link.is_none() {
            let address = address::find(&self.bus)?;
            self.link = Some(Link::open(&address).await?);
        }
        match &mut self.link {
            Some(link) => link.ask().await,
            None => Ok(()),
        }
    }

    async fn show(&mut self, card: &Card, asked: Instant) {
        let by = asked + GIVE_UP;
        if !self.ready().await || by <= Instant::now() {
            return self.dropped();
        }
        let (Some(link), replaces) = (&self.link, self.shown.as_ref().map_or(0, |s| s.id)) else {
            return self.dropped();
        };
        self.serial += 1;
        match link.notify(card, replaces, self.serial, by).await {
            Ok((id, since)) => self.took(card, id, since),
            Err(fault) => {
                self.dropped();
                self.failed(&fault);
            }
        }
    }

    fn took(&mut self, card: &Card, id: u32, since: Sequence) {
        let choices = card.actions.iter().map(|action| action.choice).collect();
        let until = Instant::now() + link::lasts(card) + GRACE;
        self.shown = Some(Shown { id, since, choices, serial: self.serial, until });
        self.worker.board.write(|e| {
            e.shown += 1;
            e.last_success = Some(Instant::now());
        });
        self.worked();
    }

    async fn clear(&mut self) {
        let (Some(shown), Some(link)) = (self.shown.take(), &self.link) else { return };
        if let Err(fault) = link.close(shown.id, Instant::now() + GIVE_UP).await {
            self.failed(&fault);
        }
    }

    async fn heard(&mut self, signal: Signal) {
        match signal {
            Signal::Chosen { id, serial, index } => self.chosen(id, serial, index),
            Signal::Closed { id, by_hand, at } => self.closed(id, by_hand, at),
            Signal::ServiceCame { owner } => self.came(&owner).await,
            Signal::ServiceWent => {
                self.lost_service();
                self.note(&Fault::ServiceWent);
            }
            Signal::LineLost => self.failed(&Fault::BusWent),
        }
    }

    fn chosen(&mut self, id: u32, serial: u64, index: usize) {
        let Some(shown) = self.shown.as_mut().filter(|s| s.id == id && s.serial == serial) else { return };
        let choice = shown.choices.get(index).copied();
        // One click is one answer; the closing that follows is none.
        shown.choices.clear();
        shown.serial = 0;
        if let Some(choice) = choice {
            self.answer(Answer::Chose(choice));
        }
    }

    fn closed(&mut self, id: u32, by_hand: bool, at: Sequence) {
        let Some(shown) = self.shown.take_if(|s| s.id == id && s.since < at) else { return };
        if by_hand && shown.serial != 0 {
            self.answer(Answer::Dismissed);
        }
    }

    fn answer(&self, answer: Answer) {
        if self.worker.answers.try_send(answer).is_err() {
            tracing::debug!(?answer, "nobody read the answers before it");
        }
    }

    /// A new service knows nothing of what another one showed. The one that our
    /// own question started is no news.
    async fn came(&mut self, owner: &str) {
        if !self.link.as_ref().is_some_and(|link| link.knows(owner)) {
            self.lost_service();
            self.probe().await;
        }
    }

    fn lost_service(&mut self) {
        self.shown = None;
        if let Some(link) = &mut self.link {
            link.forget_service();
        }
    }

    fn dropped(&self) {
        self.worker.board.write(|e| e.dropped += 1);
    }

    fn worked(&mut self) {
        self.retry.worked();
        let service = self.link.as_ref().and_then(Link::service).cloned();
        self.worker.board.write(|e| {
            e.state = SurfaceState::Works;
            e.service = service;
            e.failures = 0;
        });
    }

    /// Drops the line where it is of no more use, and says so.
    fn failed(&mut self, fault: &Fault) {
        self.retry.failed(fault, Instant::now());
        if fault.spoils_the_line() {
            self.link = None;
            self.shown = None;
        } else if fault.is_without_service() {
            self.lost_service();
        }
        self.worker.board.write(|e| e.failures += 1);
        self.note(fault);
    }

    fn note(&self, fault: &Fault) {
        let state = fault.state();
        let before = self.worker.board.read().state;
        if before != state {
            tracing::warn!(%fault, "notifications cannot be shown");
        }
        self.worker.board.write(|e| {
            e.state = state;
            e.service = None;
        });
    }
}
