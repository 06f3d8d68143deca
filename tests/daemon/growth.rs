//! A day in small: call after call, in a process of its own, so that nothing else
//! counts. The day itself is `scripts/soak day`.

use std::fs;
use std::path::Path;
use std::process::Command;

use evenkeel::control::Do;

use crate::support::{Daemon, Home, Start, part};

/// Set where this process is the one that is looked at.
const INNER: &str = "EVENKEEL_GROWTH_INNER";

/// The first ones fill what is kept for good.
const FIRST: usize = 4;
const CALLS: usize = 14;
const CALL_S: usize = 20;

/// What all but the first take as sound, kB: a quarter of that may stay. The database
/// keeps 2 MB of its pages before it gives any back.
const SOUND_KB: u64 = ((CALLS - FIRST) * CALL_S * 16_000 * 2 * 4 / 1_000) as u64;

#[test]
fn r27_call_after_call_takes_no_more_memory_threads_or_files() {
    let inner = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "growth::calls_from_inside"])
        .env(INNER, "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&inner.stdout);
    assert!(inner.status.success(), "{told}{}", String::from_utf8_lossy(&inner.stderr));
    assert!(told.contains("after the last:"), "{told}");
}

/// What this process has at present: threads, open files, kB of its own.
fn held() -> (usize, usize, u64) {
    let entries = |path: &str| fs::read_dir(path).unwrap().count();
    let memory = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let own = memory.lines().filter(|line| line.starts_with("Private_Dirty:"));
    let kb = own.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum();
    (entries("/proc/self/task"), entries("/proc/self/fd"), kb)
}

#[test]
#[ignore = "the process that is looked at; started by the test beside it"]
fn calls_from_inside() {
    if std::env::var_os(INNER).is_none() || !Path::new("/proc/self/smaps_rollup").exists() {
        return;
    }
    let home = Home::new();
    let sound = part(40, 40 + CALL_S);
    let daemon = Daemon::with(&home, Some(&sound), &Start::default());
    let mut seen = Vec::new();
    for _ in 0..CALLS {
        daemon.player.plug_in(&sound);
        daemon.begin();
        daemon.play(CALL_S as u64);
        daemon.obey(&Do::CallEnd);
        daemon.until("both are closed", || daemon.player.stage().streams() == 0);
        seen.push(held());
    }
    let (first, last) = (seen[FIRST - 1], seen[CALLS - 1]);
    println!("after the first: {first:?}; after the last: {last:?}; {seen:?}");
    assert!(last.0 <= first.0 + 1, "threads: {seen:?}");
    assert!(last.1 <= first.1 + 2, "open files: {seen:?}");
    assert!(last.2 < first.2 + SOUND_KB / 4, "memory: {seen:?}");
    daemon.stop();
    assert_eq!(home.calls().len(), CALLS);
}
