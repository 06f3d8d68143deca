//! One line to the message bus, and what is said over it. Every question has a
//! deadline; nothing here decides when to ask.

use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};

use futures_lite::StreamExt;
use futures_lite::future::or;
use zbus::connection::Builder;
use zbus::message::{Sequence, Type};
use zbus::{Connection, DynamicType, MatchRule, Message, MessageStream, Variant};

use super::fault::Fault;
use super::text;
use crate::surfaces::card::{Card, Urgency};
use crate::surfaces::clean;
use crate::surfaces::desk::GIVE_UP;
use crate::surfaces::state::Service;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const BUS: &str = "org.freedesktop.DBus";
const BUS_PATH: &str = "/org/freedesktop/DBus";

/// The first question may have to start the program that answers it.
const STARTING: Duration = Duration::from_secs(5);

/// Longest time that a card can ask for.
const LONGEST: Duration = Duration::from_secs(600);

/// Desktops show two or three buttons; more would not be read.
const BUTTONS: usize = 4;

/// Why a notification was closed, by the specification: by hand.
const BY_HAND: u32 = 2;

const PROGRAM: &str = "the program that shows notifications";

/// Something the desktop said by itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// A button of a card of ours was pressed.
    Chosen { id: u32, serial: u64, index: usize },
    /// A card is gone.
    Closed { id: u32, by_hand: bool, at: Sequence },
    /// Somebody shows notifications, under this name on the bus.
    ServiceCame { owner: String },
    /// Nobody does any more.
    ServiceWent,
    /// The bus hung up.
    LineLost,
}

pub(super) struct Link {
    bus: Connection,
    cards: MessageStream,
    owners: MessageStream,
    service: Option<Service>,
    /// The service's own name on the bus: another one is another program.
    owner: Option<String>,
}

impl Link {
    /// Calls the bus and asks to be told of clicks and of services that come and go.
    pub(super) async fn open(address: &str) -> Result<Self, Fault> {
        let by = Instant::now() + GIVE_UP;
        let unreachable = |source| Fault::Unreachable { address: address.to_owned(), source };
        let opening = async {
            let bus = Builder::address(address).build().await.map_err(unreachable)?;
            let cards = listen(&bus, cards_rule()).await?;
            let owners = listen(&bus, owners_rule()).await?;
            Ok(Self { bus, cards, owners, service: None, owner: None })
        };
        by_then(by, "the message bus", opening).await
    }

    /// Who shows notifications, once asked.
    pub(super) fn service(&self) -> Option<&Service> {
        self.service.as_ref()
    }

    /// They have to be asked again.
    pub(super) fn forget_service(&mut self) {
        self.service = None;
        self.owner = None;
    }

    /// Whether this is the program that was asked.
    pub(super) fn knows(&self, owner: &str) -> bool {
        self.owner.as_deref() == Some(owner)
    }

    /// Asks who shows notifications; starts them where the desktop can.
    pub(super) async fn ask(&mut self) -> Result<(), Fault> {
        let bus = Instant::now() + GIVE_UP;
        let running = self.call(BUS, BUS_PATH, "NameHasOwner", &(NAME,));
        let running: bool = by_then(bus, "the message bus", running).await?;
        let by = Instant::now() + if running { GIVE_UP } else { STARTING };
        let (service, owner) = by_then(by, PROGRAM, self.describe()).await?;
        self.service = Some(service);
        self.owner = owner;
        Ok(())
    }

    async fn describe(&self) -> Result<(Service, Option<String>), Fault> {
        let reply = self.send(NAME, PATH, "GetServerInformation", &()).await?;
        let owner = reply.header().sender().map(ToString::to_string);
        let about: (String, String, String, String) = taken(&reply)?;
        let can: Vec<String> = self.call(NAME, PATH, "GetCapabilities", &()).await?;
        Ok((service(about.0, about.2, &can), owner))
    }

    /// Shows a card in the place of number `replaces`, 0 for none. Its number,
    /// and where the answer stood in the order of what came over the line.
    pub(super) async fn notify(
        &self,
        card: &Card,
        replaces: u32,
        serial: u64,
        by: Instant,
    ) -> Result<(u32, Sequence), Fault> {
        let able = self.service.clone().unwrap_or_default();
        let (title, body) = texts(card, &able);
        let milliseconds = i32::try_from(lasts(card).as_millis()).unwrap_or(i32::MAX);
        let message = (
            "Evenkeel",
            replaces,
            "audio-headset",
            title,
            body,
            buttons(card, &able, serial),
            hints(card),
            milliseconds,
        );
        let reply = by_then(by, PROGRAM, self.send(NAME, PATH, "Notify", &message)).await?;
        Ok((taken(&reply)?, reply.recv_position()))
    }

    /// Takes a card away.
    pub(super) async fn close(&self, id: u32, by: Instant) -> Result<(), Fault> {
        by_then(by, PROGRAM, self.call(NAME, PATH, "CloseNotification", &(id,))).await
    }

    /// The next thing the desktop says by itself.
    pub(super) async fn signal(&mut self) -> Signal {
        loop {
            let (cards, owners) = (&mut self.cards, &mut self.owners);
            let signal = match or(cards.next(), owners.next()).await {
                Some(Ok(message)) => read(&message),
                Some(Err(_)) | None => Some(Signal::LineLost),
            };
            if let Some(signal) = signal {
                return signal;
            }
        }
    }

    async fn call<B, T>(&self, who: &str, path: &str, what: &str, with: &B) -> Result<T, Fault>
    where
        B: serde::Serialize + DynamicType,
        T: for<'d> serde::Deserialize<'d> + zbus::Type,
    {
        taken(&self.send(who, path, what, with).await?)
    }

    async fn send<B>(&self, who: &str, path: &str, what: &str, with: &B) -> Result<Message, Fault>
    where
        B: serde::Serialize + DynamicType,
    {
        self.bus.call_method(Some(who), path, Some(who), what, with).await.map_err(Fault::from_call)
    }
}

fn taken<T>(reply: &Message) -> Result<T, Fault>
where
    T: for<'d> serde::Deserialize<'d> + zbus::Type,
{
    reply.body().deserialize().map_err(Fault::from_call)
}

/// How long a card stays.
pub(super) fn lasts(card: &Card) -> Duration {
    card.lasts.clamp(Duration::from_millis(1), LONGEST)
}

/// Wakes at a moment.
pub(super) async fn sleep_until(at: Instant) {
    // Without a clock every deadline has passed: nothing waits for ever.
    if let Ok(runtime) = zruntime::SharedRuntime::current() {
        runtime.sleep_until(at).await;
    }
}

async fn by_then<T>(
    by: Instant,
    who: &'static str,
    doing: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    or(doing, async {
        sleep_until(by).await;
        Err(Fault::Hung(who))
    })
    .await
}

async fn listen(bus: &Connection, rule: zbus::Result<MatchRule<'static>>) -> Result<MessageStream, Fault> {
    let rule = rule.map_err(Fault::from_call)?;
    MessageStream::for_match_rule(rule, bus, None).await.map_err(Fault::from_call)
}

fn cards_rule() -> zbus::Result<MatchRule<'static>> {
    MatchRule::builder().msg_type(Type::Signal).interface(NAME).path(PATH).build()
}

fn owners_rule() -> zbus::Result<MatchRule<'static>> {
    let rule = MatchRule::builder().msg_type(Type::Signal).sender(BUS).interface(BUS);
    rule.member("NameOwnerChanged").add_arg(NAME).build()
}

fn read(message: &Message) -> Option<Signal> {
    let (header, body) = (message.header(), message.body());
    match header.member()?.as_str() {
        "ActionInvoked" => {
            let (id, key): (u32, String) = body.deserialize().ok()?;
            let (serial, index) = pressed(&key)?;
            Some(Signal::Chosen { id, serial, index })
        }
        "NotificationClosed" => {
            let (id, why): (u32, u32) = body.deserialize().ok()?;
            Some(Signal::Closed { id, by_hand: why == BY_HAND, at: message.recv_position() })
        }
        "NameOwnerChanged" => {
            let (_, _, owner): (String, String, String) = body.deserialize().ok()?;
            Some(if owner.is_empty() { Signal::ServiceWent } else { Signal::ServiceCame { owner } })
        }
        _ => None,
    }
}

fn service(name: String, version: String, can: &[String]) -> Service {
    let able = |what: &str| can.iter().any(|c| c == what);
    Service { name, version, body: able("body"), markup: able("body-markup"), actions: able("actions") }
}

/// Title and body as this service takes them.
fn texts(card: &Card, able: &Service) -> (String, String) {
    let (title, body) = (text::line(&card.title), text::body(&card.body));
    match (able.body, able.markup) {
        (true, true) => (title, text::escape(&body)),
        (true, false) => (title, body),
        (false, _) if body.is_empty() => (title, body),
        (false, _) => (format!("{title}: {}", clean::sentence(&body)), String::new()),
    }
}

/// Pairs of a key and a label. The key says which card it was on.
fn buttons(card: &Card, able: &Service, serial: u64) -> Vec<String> {
    if !able.actions {
        return Vec::new();
    }
    let shown = card.actions.iter().take(BUTTONS).enumerate();
    shown.flat_map(|(index, action)| [format!("{serial}.{index}"), text::line(&action.label)]).collect()
}

/// Card and button of a key; nothing where it is not one of ours.
fn pressed(key: &str) -> Option<(u64, usize)> {
    let (serial, index) = key.split_once('.')?;
    Some((serial.parse().ok()?, index.parse().ok()?))
}

/// No sound, nothing kept in a history, and how much it pushes itself forward.
fn hints(card: &Card) -> HashMap<&'static str, Variant<'static>> {
    let urgency = match card.urgency {
        Urgency::Low => 0u8,
        Urgency::Normal => 1u8,
    };
    HashMap::from([
        ("urgency", Variant::U8(urgency)),
        ("transient", Variant::Bool(true)),
        ("suppress-sound", Variant::Bool(true)),
        ("category", Variant::from("x-evenkeel.nudge")),
        ("desktop-entry", Variant::from("evenkeel")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::Kind;
    use crate::surfaces::card::tests::card;
    use crate::surfaces::card::{Action, Choice};

    fn able(names: &[&str]) -> Service {
        service("x".into(), "1".into(), &names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>())
    }

    fn told() -> Card {
        let wrong = Action { choice: Choice::Wrong(Kind::FastPace), label: "Wrong\n".into() };
        let snooze = Action { choice: Choice::Snooze, label: "Snooze".into() };
        Card { body: "<b>ref</b>\n& more".into(), actions: vec![snooze, wrong], ..card("a < b") }
    }

    #[test]
    fn a_body_is_escaped_only_where_markup_is_read_and_a_title_never() {
        let (title, body) = texts(&told(), &able(&["body", "body-markup"]));
        assert_eq!((title.as_str(), body.as_str()), ("a < b", "&lt;b&gt;ref&lt;/b&gt;\n&amp; more"));
        assert_eq!(texts(&told(), &able(&["body"])).1, "<b>ref</b>\n& more");
    }

    #[test]
    fn without_room_for_a_body_everything_is_in_the_title() {
        let (title, body) = texts(&told(), &able(&[]));
        assert_eq!((title.as_str(), body.as_str()), ("a < b: <b>ref</b> & more", ""));
    }

    #[test]
    fn buttons_are_offered_only_where_there_are_any_and_name_their_card() {
        assert_eq!(buttons(&told(), &able(&["body"]), 7), Vec::<String>::new());
        assert_eq!(buttons(&told(), &able(&["actions"]), 7), ["7.0", "Snooze", "7.1", "Wrong"]);
        assert_eq!(pressed("7.1"), Some((7, 1)));
        assert_eq!((pressed("default"), pressed("7."), pressed("-1.0")), (None, None, None));
    }

    #[test]
    fn a_card_is_silent_and_leaves_no_trace() {
        let hints = hints(&told());
        assert_eq!(hints["suppress-sound"], Variant::Bool(true));
        assert_eq!(hints["transient"], Variant::Bool(true));
        assert_eq!(hints["urgency"], Variant::U8(1));
    }

    #[test]
    fn a_card_never_stays_for_ever() {
        let with = |lasts| super::lasts(&Card { lasts, ..told() });
        assert_eq!(with(Duration::MAX), LONGEST);
        // 0 would mean: until it is closed by hand.
        assert_eq!(with(Duration::ZERO), Duration::from_millis(1));
    }
}
