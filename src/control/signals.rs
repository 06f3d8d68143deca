//! Signals to end, told as they come. Blocks nothing: a thread of its own sleeps
//! until there is one.

use std::io;

/// Calls `act` with 1 at the first signal to end (interrupt, terminate, or the
/// terminal closing), with 2 at the second, and so on.
pub fn on_signal(mut act: impl FnMut(u32) + Send + 'static) {
    let listen = move || -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        runtime.block_on(async move {
            let mut signals = Signals::new()?;
            for count in 1.. {
                signals.next().await?;
                act(count);
            }
            Ok(())
        })
    };
    let run = move || {
        if let Err(error) = listen() {
            tracing::error!(%error, "signals are not heard; `evenkeel ctl stop` ends the program");
        }
    };
    if let Err(error) = std::thread::Builder::new().name("signals".into()).spawn(run) {
        tracing::error!(%error, "signals are not heard; `evenkeel ctl stop` ends the program");
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> io::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => (),
            _ = self.terminate.recv() => (),
            _ = self.hangup.recv() => (),
        }
        Ok(())
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
