//! The log of the daemon: to standard error, in sentences for whoever keeps it
//! running. No spoken word and no customer's reference ever reaches it: the
//! types that hold them do not print.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};

use crate::app::exit::{Failure, Status};

/// The variable that asks for more or less than the configuration does.
const VARIABLE: &str = "EVENKEEL_LOG";

/// Begins to log. `level`: as in the configuration. `EVENKEEL_LOG` wins over it.
///
/// # Errors
/// Where that variable holds no filter.
pub(super) fn begin(level: &str) -> Result<(), Failure> {
    let asked = std::env::var(VARIABLE).ok().filter(|asked| !asked.is_empty());
    let filter = asked.clone().unwrap_or_else(|| format!("warn,evenkeel={level}"));
    let filter = EnvFilter::try_new(&filter).map_err(|e| {
        let message = format!("{VARIABLE} is `{filter}`, which is no filter: {e}");
        Failure::new(Status::Usage, message).hint(format!("give a level, as in {VARIABLE}=debug"))
    })?;
    // The journal has a clock of its own.
    let clock = std::env::var_os("JOURNAL_STREAM").is_none().then_some(SystemTime);
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false)
        .with_timer(Clock(clock));
    // A second daemon in one process, as in tests, keeps the log of the first.
    let _ = log.try_init();
    Ok(())
}

/// A clock, or none.
struct Clock(Option<SystemTime>);

impl FormatTime for Clock {
    fn format_time(&self, w: &mut tracing_subscriber::fmt::format::Writer<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |clock| clock.format_time(w))
    }
}
