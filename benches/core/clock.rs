//! Time on the processor, so that whatever else the machine does is not counted.

use std::time::Duration;

/// Time that this thread has been on a processor.
#[cfg(unix)]
pub(crate) fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let [seconds, nanoseconds] = [time.tv_sec, time.tv_nsec].map(|part| u64::try_from(part).unwrap_or(0));
    Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds)
}

/// Time that has passed, where nothing better is to be had.
#[cfg(not(unix))]
pub(crate) fn now() -> Duration {
    static BEGAN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    BEGAN.elapsed()
}

/// What `work` returns, and its time on the processor in seconds.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let from = now();
    let result = work();
    (result, (now() - from).as_secs_f64())
}
