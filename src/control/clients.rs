//! Clients of the control socket, each in a task of its own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::Shared;
use crate::control::line::{End, LONGEST, Lines};
use crate::control::notice::Notice;
use crate::control::order::Do;
use crate::control::protocol::{Answer, Code, Greeting, Refusal, Request, answer_line};

/// Clients at once: a person, a softphone and some who watch need a few. One
/// more waits until another has gone, and the idle are sent away.
const CLIENTS: usize = 64;

/// A client that says nothing for so long, and does not watch, is sent away.
const IDLE: Duration = Duration::from_secs(5);

/// A client that takes nothing for so long is sent away. One that watches may
/// be stopped for a while: it is told what it missed.
const DEAF: Duration = Duration::from_secs(10);
const DEAF_WATCHING: Duration = Duration::from_secs(120);

/// After a failed accept (out of handles) nothing is gained by haste.
const AGAIN: Duration = Duration::from_millis(100);

/// Takes clients until it is told to stop.
pub(super) async fn accept(
    listener: std::os::unix::net::UnixListener,
    shared: &Shared,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let listener = UnixListener::from_std(listener)?;
    let room = Arc::new(Semaphore::new(CLIENTS));
    let mut clients = JoinSet::new();
    let stopping = stopped.clone();
    let own = rustix::process::getuid().as_raw();
    loop {
        let place = Arc::clone(&room).acquire_owned();
        let next = async { (place.await, listener.accept().await) };
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => break,
            Some(_) = clients.join_next() => (),
            (place, accepted) = next => match accepted {
                Ok((stream, _)) if is_ours(&stream, own) => {
                    let (shared, stopped) = (shared.clone(), stopping.clone());
                    clients.spawn(async move {
                        Client::new(stream, shared, stopped).run().await;
                        drop(place);
                    });
                }
                Ok(_) => (),
                Err(_) => tokio::time::sleep(AGAIN).await,
            },
        }
    }
    farewell(clients).await;
    Ok(())
}

/// Clients may take their last lines, if they are quick.
async fn farewell(mut clients: JoinSet<()>) {
    let all = async { while clients.join_next().await.is_some() {} };
    // Who is too slow is cut off: the program ends.
    let _ = tokio::time::timeout(AGAIN, all).await;
}

/// Only the user whose daemon this is may speak to it, whatever the modes of
/// the folder have become.
fn is_ours(stream: &UnixStream, own: u32) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == own)
}

/// Why a client is sent away, or has gone.
#[derive(Debug, PartialEq, Eq)]
struct Gone;

/// One client.
struct Client {
    lines: Lines<OwnedReadHalf>,
    to: OwnedWriteHalf,
    shared: Shared,
    stopped: watch::Receiver<bool>,
    notices: Option<Receiver<Arc<Notice>>>,
}

/// What a client's task is woken by.
enum Event {
    Line(Vec<u8>),
    Told(Arc<Notice>),
    Lagged(u64),
    TooLong,
    Leave,
    Stopping,
}

impl Client {
    fn new(stream: UnixStream, shared: Shared, stopped: watch::Receiver<bool>) -> Self {
        let (from, to) = stream.into_split();
        Self { lines: Lines::new(from), to, shared, stopped, notices: None }
    }

    /// Greets and serves it until it goes. That it has gone is no fault.
    async fn run(mut self) {
        let _ = self.serve().await;
    }

    async fn serve(&mut self) -> Result<(), Gone> {
        self.say(&json!(Greeting::ours())).await?;
        loop {
            match self.wait().await {
                Event::Line(line) => self.request(&line).await?,
                Event::Told(notice) => self.say(&json!({ "notice": *notice })).await?,
                Event::Lagged(missed) => self.catch_up(missed).await?,
                Event::TooLong => return self.too_long().await,
                Event::Leave => return Ok(()),
                Event::Stopping => return self.part().await,
            }
        }
    }

    async fn wait(&mut self) -> Event {
        let Self { lines, notices, stopped, .. } = self;
        let idle = if notices.is_some() { Duration::MAX } else { IDLE };
        tokio::select! {
            // Stopping and orders come before news.
            biased;
            _ = stopped.wait_for(|stop| *stop) => Event::Stopping,
            line = tokio::time::timeout(idle, lines.next()) => match line {
                Ok(Ok(line)) => Event::Line(line),
                Ok(Err(End::TooLong)) => Event::TooLong,
                Ok(Err(End::Closed)) | Err(_) => Event::Leave,
            },
            told = told(notices) => match told {
                Ok(notice) => Event::Told(notice),
                Err(RecvError::Lagged(missed)) => Event::Lagged(missed),
                Err(RecvError::Closed) => Event::Leave,
            },
        }
    }

    async fn request(&mut self, line: &[u8]) -> Result<(), Gone> {
        let Request { id, order } = Request::read(line);
        let answer = match order {
            Ok(order) => {
                if order == Do::Watch && self.notices.is_none() {
                    // Followed from before the state is taken: nothing falls in between.
                    self.notices = Some(self.shared.follow());
                }
                self.shared.ask(order).await
            }
            Err(refusal) => Err(refusal),
        };
        self.answer(&id, &answer).await
    }

    /// The full state makes up for what was missed.
    async fn catch_up(&mut self, missed: u64) -> Result<(), Gone> {
        // What still waits is older than the state that follows, and goes too.
        let waiting = self.notices.as_mut().map_or(0, drained);
        self.say(&json!({ "lagged": missed + waiting })).await?;
        let state = self.shared.ask(Do::Status).await.ok().and_then(|answer| answer.status);
        match state {
            Some(status) => self.say(&json!({ "notice": Notice::Status { status } })).await,
            None => Ok(()),
        }
    }

    async fn too_long(&mut self) -> Result<(), Gone> {
        let told = format!("a line is longer than {LONGEST} bytes");
        self.answer(&Value::Null, &Err(Refusal::new(Code::BadRequest, told))).await
    }

    async fn part(&mut self) -> Result<(), Gone> {
        if self.notices.is_some() { self.say(&json!({ "notice": Notice::Stopping })).await } else { Ok(()) }
    }

    async fn answer(&mut self, id: &Value, answer: &Result<Answer, Refusal>) -> Result<(), Gone> {
        self.write(answer_line(id, answer)).await
    }

    async fn say(&mut self, line: &Value) -> Result<(), Gone> {
        self.write(format!("{line}\n")).await
    }

    async fn write(&mut self, line: String) -> Result<(), Gone> {
        let patience = if self.notices.is_some() { DEAF_WATCHING } else { DEAF };
        let Self { to, stopped, .. } = self;
        let stopping = async {
            // At the end even a client that watches is given little time.
            let _ = stopped.wait_for(|stop| *stop).await;
            tokio::time::sleep(AGAIN).await;
        };
        tokio::select! {
            biased;
            written = tokio::time::timeout(patience, to.write_all(line.as_bytes())) => match written {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(Gone),
            },
            () = stopping => Err(Gone),
        }
    }
}

/// Takes all that waits, and tells how much that was or would have been.
fn drained(notices: &mut Receiver<Arc<Notice>>) -> u64 {
    let mut count = 0;
    loop {
        count += match notices.try_recv() {
            Ok(_) => 1,
            Err(TryRecvError::Lagged(missed)) => missed,
            Err(TryRecvError::Empty | TryRecvError::Closed) => return count,
        };
    }
}

/// The next notice; never one for a client that does not watch.
async fn told(notices: &mut Option<Receiver<Arc<Notice>>>) -> Result<Arc<Notice>, RecvError> {
    match notices {
        Some(notices) => notices.recv().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_user_is_served() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (stream, _other) = UnixStream::pair().unwrap();
            let own = rustix::process::getuid().as_raw();
            assert!(is_ours(&stream, own));
            assert!(!is_ours(&stream, own + 1));
        });
    }
}
