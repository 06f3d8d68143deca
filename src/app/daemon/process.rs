//! What the process is to the rest of the machine: its files are nobody else's,
//! and no dump of its memory, which holds speech, is ever written.

/// New files are for their owner alone.
#[cfg(unix)]
pub fn keep_files_private() {
    use rustix::fs::Mode;
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// New files are where only their owner looks.
#[cfg(not(unix))]
pub fn keep_files_private() {}

/// No core dump, and no other program of this user looks into the memory.
#[cfg(target_os = "linux")]
pub fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let refused = set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .and(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }));
    if let Err(error) = refused {
        tracing::warn!(%error, "a crash of this process might leave its memory on disk");
    }
}

/// Nothing is known here that keeps it.
#[cfg(not(target_os = "linux"))]
pub fn keep_memory_private() {}

/// Everything else on the machine comes first.
#[cfg(unix)]
pub fn yield_to_others() {
    // Half of the way, so that a busy machine still gives it something.
    const NICER: i32 = 10;
    // Where it is refused the work is done all the same.
    let _ = rustix::process::nice(NICER);
}

/// Nothing is done here.
#[cfg(not(unix))]
pub fn yield_to_others() {}

/// This process ends with the one that started it.
#[cfg(target_os = "linux")]
pub fn end_with_parent() {
    use rustix::process::{Signal, set_parent_process_death_signal};
    // Else it ends when its pipes do.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}

/// It ends when its pipes do.
#[cfg(not(target_os = "linux"))]
pub fn end_with_parent() {}

/// Ends the daemon in order at the first signal to end; at the second one at once.
pub(super) fn stop_on_signals(orders: crossbeam_channel::Sender<crate::control::Asked>) {
    crate::control::on_signal(move |count| {
        if 1 < count {
            std::process::exit(130);
        }
        let (asked, _answer) = crate::control::Asked::new(crate::control::Do::Stop);
        // Where nobody takes it the daemon is ending already.
        let _ = orders.try_send(asked);
    });
}
