//! A desktop of a test's own: a message bus that starts nothing by itself, and
//! a program on it that stands for the one which shows notifications.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::Receiver;
use futures_lite::StreamExt;
use tempfile::TempDir;
use zbus::connection::Builder;
use zbus::message::Type;
use zbus::wire::OwnedVariant;
use zbus::{Connection, Message, MessageStream, Variant};

/// Longest that anything here takes on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Without folders of services: a bus that finds dunst's would start it.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=PATH</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#;

/// A private message bus; it ends with this value.
pub(crate) struct Bus {
    folder: TempDir,
    daemon: Child,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let folder = TempDir::with_prefix("evenkeel-bus-").unwrap();
        let socket = folder.path().join("bus");
        let config = folder.path().join("bus.conf");
        fs::write(&config, CONFIG.replace("PATH", &socket.to_string_lossy())).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .args(["--nofork", "--nopidfile", "--print-address"])
            .arg(format!("--config-file={}", config.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("dbus-daemon: {e}; ./scripts/test installs it"));
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(address.starts_with("unix:"), "dbus-daemon said {address:?}");
        Self { folder, daemon }
    }

    pub(crate) fn address(&self) -> String {
        format!("unix:path={}", self.folder.path().join("bus").display())
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What the program can do, and whether it closes what is replaced.
#[derive(Clone, Copy)]
pub(crate) struct Manner(&'static [&'static str], bool);

impl Manner {
    /// Markup and buttons, as most have.
    pub(crate) fn polite() -> Self {
        Self(&["body", "body-markup", "actions"], false)
    }

    /// The time of a card is up in the moment in which it is replaced.
    pub(crate) fn hasty() -> Self {
        Self(Self::polite().0, true)
    }

    /// Neither.
    pub(crate) fn plain() -> Self {
        Self(&["body"], false)
    }
}

/// A notification as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) id: u32,
    pub(crate) app: String,
    pub(crate) replaces: u32,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) actions: Vec<String>,
    pub(crate) urgency: Option<u8>,
    pub(crate) transient: bool,
    pub(crate) silent: bool,
    pub(crate) desktop_entry: Option<String>,
    pub(crate) milliseconds: i32,
}

impl Shown {
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.actions.chunks(2).map(|pair| pair[1].as_str()).collect()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Got {
    Card(Box<Shown>),
    Closed(u32),
}

/// A program that shows notifications, to nobody; it ends with this value.
pub(crate) struct Fake {
    bus: Connection,
    got: Receiver<Got>,
    hung: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Fake {
    /// Returns once it has its name.
    pub(crate) fn start(bus: &Bus, manner: Manner) -> Self {
        let (to, got) = crossbeam_channel::unbounded();
        let hung = Arc::new(AtomicBool::new(false));
        let address = bus.address();
        let (ready, started) = crossbeam_channel::bounded(1);
        let deaf = Arc::clone(&hung);
        let thread = std::thread::spawn(move || {
            zruntime::block_on(async move {
                let bus = Builder::address(address.as_str()).build().await.unwrap();
                let mut calls = MessageStream::from(&bus);
                bus.request_name(NAME).await.unwrap();
                ready.send(bus.clone()).unwrap();
                let mut last = 0;
                while let Some(Ok(message)) = calls.next().await {
                    let call = message.header().message_type() == Type::MethodCall;
                    if call && !deaf.load(Ordering::SeqCst) {
                        answer(&bus, &message, manner, &mut last, &to).await;
                    }
                }
            });
        });
        let bus = started.recv_timeout(SOON).unwrap();
        Self { bus, got, hung, thread: Some(thread) }
    }

    /// From here on it takes everything and answers nothing.
    pub(crate) fn hang(&self) {
        self.hung.store(true, Ordering::SeqCst);
    }

    pub(crate) fn go_on(&self) {
        self.hung.store(false, Ordering::SeqCst);
    }

    pub(crate) fn next(&self) -> Got {
        self.got.recv_timeout(SOON).unwrap()
    }

    pub(crate) fn card(&self) -> Shown {
        match self.next() {
            Got::Card(shown) => *shown,
            Got::Closed(id) => panic!("expected a card, {id} was closed"),
        }
    }

    /// Presses a button of a card.
    pub(crate) fn click(&self, shown: &Shown, button: usize) {
        self.tell("ActionInvoked", &(shown.id, shown.actions[2 * button].as_str()));
    }

    /// Says that a card is gone: 1 its time is up, 2 closed by hand, 3 by its program.
    pub(crate) fn closed(&self, id: u32, why: u32) {
        self.tell("NotificationClosed", &(id, why));
    }

    fn tell<B: serde::Serialize + zbus::DynamicType>(&self, what: &str, with: &B) {
        let nobody: Option<&str> = None;
        zruntime::block_on(self.bus.emit_signal(nobody, PATH, NAME, what, with)).unwrap();
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = zruntime::block_on(self.bus.clone().close());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn answer(
    bus: &Connection,
    message: &Message,
    manner: Manner,
    last: &mut u32,
    to: &crossbeam_channel::Sender<Got>,
) {
    let header = message.header();
    match header.member().unwrap().as_str() {
        "GetServerInformation" => bus.reply(&header, &("fake", "tests", "1.0", "1.2")).await.unwrap(),
        "GetCapabilities" => bus.reply(&header, &manner.0.to_vec()).await.unwrap(),
        "CloseNotification" => {
            let (id,): (u32,) = message.body().deserialize().unwrap();
            bus.reply(&header, &()).await.unwrap();
            to.send(Got::Closed(id)).unwrap();
        }
        "Notify" => {
            let shown = shown(message, last);
            if shown.replaces != 0 && manner.1 {
                let nobody: Option<&str> = None;
                let closed = (shown.replaces, 1u32);
                bus.emit_signal(nobody, PATH, NAME, "NotificationClosed", &closed).await.unwrap();
            }
            bus.reply(&header, &shown.id).await.unwrap();
            to.send(Got::Card(Box::new(shown))).unwrap();
        }
        other => panic!("nobody should ask for {other}"),
    }
}

type Notify = (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedVariant>, i32);

fn shown(message: &Message, last: &mut u32) -> Shown {
    let body = message.body();
    let (app, replaces, _, title, text, actions, hints, milliseconds): Notify = body.deserialize().unwrap();
    let id = if replaces == 0 { *last + 1 } else { replaces };
    *last = id.max(*last);
    let yes = |name: &str| matches!(hints.get(name).map(|h| &**h), Some(Variant::Bool(true)));
    let urgency = match hints.get("urgency").map(|h| &**h) {
        Some(Variant::U8(urgency)) => Some(*urgency),
        _ => None,
    };
    let desktop_entry = match hints.get("desktop-entry").map(|h| &**h) {
        Some(Variant::Str(name)) => Some(name.to_string()),
        _ => None,
    };
    let (transient, silent) = (yes("transient"), yes("suppress-sound"));
    Shown {
        id,
        app,
        replaces,
        title,
        body: text,
        actions,
        urgency,
        transient,
        silent,
        desktop_entry,
        milliseconds,
    }
}
