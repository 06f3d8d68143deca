//! The call that is on, as the running daemon tells it. Where the daemon ends, the view
//! stays and waits for the next one.

use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::app::cli::ctl;
use crate::app::cli::live::playback::lost;
use crate::app::exit::{Failure, Status};
use crate::app::live::{Bands, Change, Key, Notices, Screen, View};
use crate::config::Config;
use crate::control::{self, Client, Do, Heard, Notice};

/// Keys and news are looked at so often.
const LOOK: Duration = Duration::from_millis(100);
/// A daemon that is gone is looked for so often.
const AGAIN: Duration = Duration::from_secs(1);
/// A snooze by key, s.
const SNOOZE: f32 = 600.0;

const KEYS: &str = "s snooze   w wrong   d dismiss   q quiet   p pause   h hide   x leave";

/// What comes from the daemon.
enum News {
    Status(Box<control::Status>),
    Notice(Notice),
    Gone,
}

/// Shows calls until somebody leaves, or until one is over.
pub(super) fn run(once: bool, config: &Config) -> Result<Status, Failure> {
    let client = ctl::connect()?;
    let (to, news) = unbounded();
    thread::Builder::new()
        .name("watch".into())
        .spawn(move || watch(client, &to))
        .map_err(|e| Failure::new(Status::TryAgain, format!("no thread could be started: {e}")))?;
    let mut live = Live {
        screen: Screen::open().map_err(lost)?,
        view: View::new(Bands::of(&config.settings()), config.score_name(), KEYS),
        notices: Notices::default(),
        state: State::default(),
        changed: true,
        done: false,
        once,
    };
    while !live.done {
        live.turn(&news)?;
    }
    Ok(Status::Done)
}

/// Tells what the daemon tells, and waits for another where it is gone.
fn watch(client: Client, to: &Sender<News>) {
    let mut next = Some(client);
    loop {
        if let Some(client) = next.take()
            && follow(client, to).is_none()
        {
            return;
        }
        thread::sleep(AGAIN);
        next = ctl::connect().ok();
    }
}

/// None once nobody listens.
fn follow(mut client: Client, to: &Sender<News>) -> Option<()> {
    if let Ok(status) = client.watch() {
        to.send(News::Status(Box::new(status))).ok()?;
        while let Ok(heard) = client.hear() {
            if let Heard::Notice(notice) = heard {
                to.send(News::Notice(notice)).ok()?;
            }
        }
    }
    to.send(News::Gone).ok()
}

/// What the keys that switch need to know.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    call: bool,
    quiet: bool,
    paused: bool,
    hidden: bool,
    snoozed: bool,
}

struct Live {
    screen: Screen,
    view: View,
    notices: Notices,
    state: State,
    changed: bool,
    done: bool,
    once: bool,
}

impl Live {
    fn turn(&mut self, news: &Receiver<News>) -> Result<(), Failure> {
        for news in news.try_iter() {
            self.news(news);
        }
        if std::mem::take(&mut self.changed) {
            self.screen.show(&self.view).map_err(lost)?;
        }
        match self.screen.key(LOOK).map_err(lost)? {
            Some(Key::Leave) => self.done = true,
            Some(Key::Resized) => self.changed = true,
            Some(Key::Letter(letter)) => self.order(letter),
            None => (),
        }
        Ok(())
    }

    fn news(&mut self, news: News) {
        self.changed = true;
        let changes = match news {
            News::Status(status) => {
                self.note_status(&status);
                self.notices.status(&status)
            }
            News::Notice(notice) => {
                self.note(&notice);
                self.notices.notice(&notice)
            }
            News::Gone => {
                self.state = State::default();
                self.done |= self.once;
                let why = "evenkeel is not running; waiting for it";
                vec![Change::Ended("evenkeel ended".into()), Change::Halt(Some(why.into()))]
            }
        };
        changes.into_iter().for_each(|change| self.view.hear(change));
    }

    const fn note_status(&mut self, status: &control::Status) {
        self.state = State {
            call: status.call.is_some(),
            quiet: status.quiet,
            paused: status.pause.is_some(),
            hidden: status.hidden,
            snoozed: status.snoozed_s.is_some(),
        };
    }

    fn note(&mut self, notice: &Notice) {
        match notice {
            Notice::CallBegan { .. } => self.state.call = true,
            Notice::CallEnded { .. } => {
                self.done |= self.once;
                (self.state.call, self.state.quiet) = (false, false);
            }
            Notice::CallDropped => self.state.call = false,
            Notice::Quiet { on } => self.state.quiet = *on,
            Notice::Paused { .. } => self.state.paused = true,
            Notice::Resumed => self.state.paused = false,
            Notice::Hidden { on } => self.state.hidden = *on,
            Notice::Snoozed { left_s } => self.state.snoozed = 0.0 < *left_s,
            Notice::Status { status } => self.note_status(status),
            _ => (),
        }
    }

    /// At once, not when it is told: a key that is pressed twice means two things.
    const fn obeyed(&mut self, order: &Do) {
        match order {
            Do::Quiet { on } => self.state.quiet = *on,
            Do::Hide { on } => self.state.hidden = *on,
            Do::Snooze { for_s } => self.state.snoozed = 0.0 < *for_s,
            Do::Pause { .. } => self.state.paused = true,
            Do::Resume => self.state.paused = false,
            _ => (),
        }
    }

    fn order(&mut self, letter: char) {
        let State { quiet, paused, hidden, snoozed, .. } = self.state;
        let order = match letter {
            's' => Do::Snooze { for_s: if snoozed { 0.0 } else { SNOOZE } },
            'w' => Do::Wrong { kind: None },
            'd' => Do::Dismiss,
            'q' => Do::Quiet { on: !quiet },
            'p' if paused => Do::Resume,
            'p' => Do::Pause { for_s: None },
            'h' => Do::Hide { on: !hidden },
            _ => return,
        };
        let done = ctl::connect().and_then(|mut client| client.ask(&order).map_err(ctl::failure));
        let told = match done {
            Ok(answer) => {
                self.obeyed(&order);
                ctl::words::done(&order, &answer)
            }
            Err(failure) => failure.message,
        };
        self.view.hear(Change::News(told.trim_end().to_owned()));
        self.changed = true;
    }
}
