//! The clock that all stamps are on, and whether the machine slept. Nothing here
//! looks at the time of day: that may be set back at any moment.

use crate::core::units::Nanos;

/// Time that the machine must have slept for to be told: less is a busy machine.
const SLEPT: u64 = 500 * Nanos::MILLISECOND;

/// A wait that took so much longer than asked: the process was stopped.
const STOPPED: u64 = 5 * Nanos::SECOND;

/// The present moment on the monotonic clock. On Linux it is the one that
/// PipeWire stamps with; it stands still while the machine sleeps.
#[cfg(unix)]
pub fn now() -> Nanos {
    read(rustix::time::ClockId::Monotonic)
}

/// The present moment on the monotonic clock.
#[cfg(not(unix))]
pub fn now() -> Nanos {
    use std::sync::OnceLock;
    use std::time::Instant;
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    // Far from 0, so that a moment a little before the first call can be said.
    let since = ORIGIN.get_or_init(Instant::now).elapsed().as_nanos();
    Nanos(u64::try_from(since).unwrap_or(u64::MAX).saturating_add(Nanos::SECOND * 3_600))
}

#[cfg(unix)]
fn read(clock: rustix::time::ClockId) -> Nanos {
    let time = rustix::time::clock_gettime(clock);
    let part = |x: i64| u64::try_from(x).unwrap_or(0);
    Nanos(part(time.tv_sec).saturating_mul(Nanos::SECOND).saturating_add(part(time.tv_nsec)))
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Stands still while the machine sleeps (on Linux).
    pub monotonic: Nanos,
    /// Goes on while the machine sleeps.
    pub boot: Nanos,
}

impl Clocks {
    /// The machine's own.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn read() -> Self {
        Self { monotonic: now(), boot: read(rustix::time::ClockId::Boottime) }
    }

    /// The machine's own; here sleep shows as a jump only.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn read() -> Self {
        Self { monotonic: now(), boot: now() }
    }
}

/// Notices that the machine slept or the process stood still.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sleep {
    last: Clocks,
}

impl Sleep {
    pub(super) fn new(now: Clocks) -> Self {
        Self { last: now }
    }

    /// How long nothing ran since the last look, in ns, where it was too long. A
    /// look was due within `due` ns.
    pub(super) fn look(&mut self, now: Clocks, due: u64) -> Option<u64> {
        let ran = now.monotonic.since(self.last.monotonic);
        let passed = now.boot.since(self.last.boot);
        self.last = now;
        let slept = passed.saturating_sub(ran);
        let stopped = ran.saturating_sub(due);
        if SLEPT < slept { Some(slept) } else { (STOPPED < stopped).then_some(stopped) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic_ms: u64, boot_ms: u64) -> Clocks {
        let ms = |t| Nanos(t * Nanos::MILLISECOND);
        Clocks { monotonic: ms(monotonic_ms), boot: ms(boot_ms) }
    }

    #[test]
    fn r32_sleep_shows_between_the_two_clocks() {
        let mut sleep = Sleep::new(at(0, 0));
        let second = Nanos::SECOND;
        assert_eq!(sleep.look(at(1_000, 1_000), second), None);
        assert_eq!(sleep.look(at(2_000, 602_000), second), Some(600 * second));
        assert_eq!(sleep.look(at(3_000, 603_000), second), None);
    }

    #[test]
    fn r32_a_stopped_process_shows_as_a_jump() {
        let mut sleep = Sleep::new(at(0, 0));
        let second = Nanos::SECOND;
        assert_eq!(sleep.look(at(3_000, 3_000), second), None);
        assert_eq!(sleep.look(at(34_000, 34_000), second), Some(30 * second));
    }

    #[test]
    fn the_clock_goes_forward() {
        let (a, b) = (now(), now());
        assert!(a <= b && Nanos(0) < a);
    }
}
