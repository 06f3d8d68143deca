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
    Gone(String),
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
        gone: None,
    };
    while !live.done && live.gone.is_none() {
        live.turn(&news)?;
    }
    match live.gone {
        Some(why) => Err(Failure::new(Status::Unavailable, why)),
        None => Ok(Status::Done),
    }
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
    let why = match client.watch() {
        Ok(status) => {
            to.send(News::Status(Box::new(status))).ok()?;
            loop {
                match client.hear() {
                    Ok(Heard::Notice(notice)) => to.send(News::Notice(notice)).ok()?,
                    // All of the state follows.
                    Ok(Heard::Lagged(_)) => (),
                    Err(error) => break error,
                }
            }
        }
        Err(error) => error,
    };
    to.send(News::Gone(why.to_string())).ok()
}

/// What the keys that switch need to know.
#[derive(Clone, Copy, Debug, Default)]
struct State {
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
    /// Why the call that was to be shown will not be seen.
    gone: Option<String>,
}

impl Live {
    fn turn(&mut self, news: &Receiver<News>) -> Result<(), Failure> {
        self.catch_up(news);
        if std::mem::take(&mut self.changed) {
            self.screen.show(&self.view).map_err(lost)?;
        }
        match self.screen.key(LOOK).map_err(lost)? {
            Some(Key::Leave) => self.done = true,
            Some(Key::Resized) => self.changed = true,
            Some(Key::Letter(letter)) => {
                // What a key switches stands as it was told last.
                self.catch_up(news);
                self.order(letter);
            }
            None => (),
        }
        Ok(())
    }

    fn catch_up(&mut self, news: &Receiver<News>) {
        for news in news.try_iter() {
            self.news(news);
        }
    }

    fn news(&mut self, news: News) {
        self.changed = true;
        let changes = match news {
            News::Status(status) => {
                self.note_status(&status);
                self.status(&status)
            }
            News::Notice(Notice::Status { status }) => {
                self.note_status(&status);
                self.status(&status)
            }
            News::Notice(notice) => {
                self.note(&notice);
                self.notices.notice(&notice)
            }
            News::Gone(why) => {
                self.state = State::default();
                self.gone = self.once.then(|| why.clone());
                vec![Change::Ended(why.clone()), Change::Halt(Some(format!("{why}; waiting for it")))]
            }
        };
        changes.into_iter().for_each(|change| self.view.hear(change));
    }

    /// A call may have ended while nobody was told.
    fn status(&mut self, status: &control::Status) -> Vec<Change> {
        let changes = self.notices.status(status);
        self.done |= self.once && changes.iter().any(|change| matches!(change, Change::Ended(_)));
        changes
    }

    const fn note_status(&mut self, status: &control::Status) {
        self.state = State {
            quiet: status.quiet,
            paused: status.pause.is_some(),
            hidden: status.hidden,
            snoozed: status.snoozed_s.is_some(),
        };
    }

    fn note(&mut self, notice: &Notice) {
        match notice {
            Notice::CallEnded { .. } => {
                self.done |= self.once;
                self.state.quiet = false;
            }
            Notice::Quiet { on } => self.state.quiet = *on,
            Notice::Paused { .. } => self.state.paused = true,
            Notice::Resumed => self.state.paused = false,
            Notice::Hidden { on } => self.state.hidden = *on,
            Notice::Snoozed { left_s } => self.state.snoozed = 0.0 < *left_s,
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
            // What was wrong is told to all who watch.
            Ok(_) if matches!(order, Do::Wrong { .. }) => return,
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
