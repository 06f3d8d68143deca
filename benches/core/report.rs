//! The figures of one run, as a table for people and as JSON for scripts.

use std::fmt;

use serde::Serialize;

use crate::memory::{Crowd, Length};
use crate::reference::{SKIPPED, SideBySide};
use crate::speed::Speed;

/// All figures.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) processor: String,
    /// Length of the recording in seconds.
    pub(crate) call_s: f64,
    pub(crate) awake: Speed,
    pub(crate) asleep: Speed,
    /// Decoding and measuring together, the recording as it is.
    pub(crate) whole_times_real_time: f64,
    pub(crate) length: Length,
    pub(crate) crowd: Crowd,
    pub(crate) beside_python: Option<SideBySide>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}; one core; recording of {:.1} s\n", self.processor, self.call_s)?;
        self.speed(f)?;
        self.memory(f)?;
        self.python(f)
    }
}

impl Report {
    fn speed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<28}{:>14}{:>14}", "", "echo awake", "echo asleep")?;
        let mut row = |name: &str, figure: fn(&Speed) -> f64, digits: usize| {
            let (awake, asleep) = (figure(&self.awake), figure(&self.asleep));
            writeln!(f, "{name:<28}{awake:>14.digits$}{asleep:>14.digits$}")
        };
        row("times real time", |it| it.times_real_time, 0)?;
        row("frame of 10 ms, p50, µs", |it| it.p50_us, 1)?;
        row("frame of 10 ms, p99, µs", |it| it.p99_us, 1)?;
        row("frame of 10 ms, max, µs", |it| it.max_us, 1)?;
        row("allocations per frame", |it| it.allocations_per_frame, 3)?;
        let whole = self.whole_times_real_time;
        writeln!(f, "\n{:<28}{whole:>14.0}", "decoding + core, times")
    }

    fn memory(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Length { short_s, short_peak_kib, long_s, long_peak_kib } = &self.length;
        writeln!(f, "\npeak memory of a process, KiB")?;
        writeln!(f, "{:<28}{short_peak_kib:>14}", format!("one call of {} min", short_s / 60))?;
        writeln!(f, "{:<28}{long_peak_kib:>14}", format!("one call of {} min", long_s / 60))?;
        let Crowd { calls, peak_kib, kib_per_call, times_real_time } = &self.crowd;
        writeln!(f, "{:<28}{peak_kib:>14}", format!("{calls} calls at once"))?;
        writeln!(f, "{:<28}{kib_per_call:>14.0}", "  each of them adds")?;
        writeln!(f, "{:<28}{times_real_time:>14.0}", "  all together, times")
    }

    fn python(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nbeside webrtcvad in Python")?;
        let Some(both) = &self.beside_python else { return writeln!(f, "{SKIPPED}") };
        writeln!(f, "{:<28}{:>14.3}", "evenkeel, s", both.evenkeel_s)?;
        writeln!(f, "{:<28}{:>14.3}", "webrtcvad in Python, s", both.python_s)?;
        writeln!(f, "{:<28}{:>14.2}", "Python / evenkeel", both.ratio)
    }
}
