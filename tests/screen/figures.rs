//! What the overlay costs: from a line to a pixel, wake-ups, memory.

use std::fs;
use std::time::{Duration, Instant};

use evenkeel::surfaces::overlay::protocol::{Mark, Order};
use evenkeel::surfaces::overlay::{Look, Motion};

use crate::display::{Display, Eye};
use crate::pill::{Pill, finish};

/// What a nudge may take from its line to the screen, p95; and the memory.
const LATE: Duration = Duration::from_millis(30);
const PSS_KB: u64 = 10_240;
/// Nudges that are measured, moving and still.
const NUDGES: u64 = 20;

fn line_to_pixel(motion: Motion) -> Duration {
    let display = Display::bare();
    let eye = Eye::on(&display);
    let mut pill = Pill::on(&display.name);
    pill.look(Look { motion, ..Look::default() });
    pill.mark(Mark::High);
    std::thread::sleep(Duration::from_millis(300));
    let mut times = Vec::new();
    for id in 1..=NUDGES {
        // What the small pill and its nearest neighbourhood show: its first change counts.
        let part = (600, 8, 80, 20);
        let before = eye.see(part);
        let begun = Instant::now();
        let mut nudge = finish(id);
        nudge.lasts_ms = 900;
        pill.tell(&Order::Nudge(nudge));
        while eye.see(part) == before {
            assert!(begun.elapsed() < Duration::from_secs(2), "nothing is seen");
        }
        times.push(begun.elapsed());
        std::thread::sleep(Duration::from_millis(1_250));
    }
    times.sort();
    let late = times[times.len() * 95 / 100];
    let (middle, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("line to pixel, {motion:?}, {NUDGES} nudges: median {middle:?}, p95 {late:?}, worst {worst:?}");
    late
}

#[test]
#[ignore = "needs Xvfb"]
fn a_nudge_is_seen_within_thirty_milliseconds_of_its_line() {
    for motion in [Motion::Reduced, Motion::Full] {
        let late = line_to_pixel(motion);
        assert!(late <= LATE, "{motion:?}: {late:?}");
    }
}

pub(crate) fn wake_ups(pid: u32) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let of = |task: fs::DirEntry| -> u64 {
        let status = fs::read_to_string(task.path().join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
        line.trim().parse().unwrap()
    };
    tasks.map(|task| of(task.unwrap())).sum()
}

fn pss_kb(pid: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let of = |name: &str| -> u64 {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    of("Pss:") + of("Swap:")
}

#[test]
#[ignore = "needs Xvfb"]
fn an_idle_overlay_never_wakes_and_is_small() {
    let display = Display::bare();
    let mut pill = Pill::on(&display.name);
    pill.mark(Mark::High);
    let mut nudge = finish(1);
    nudge.lasts_ms = 900;
    pill.show(nudge);
    std::thread::sleep(Duration::from_secs(2));
    let before = wake_ups(pill.child.id());
    std::thread::sleep(Duration::from_secs(20));
    let woke = wake_ups(pill.child.id()) - before;
    let pss = pss_kb(pill.child.id());
    println!("idle for 20 s: {woke} wake-ups; PSS and swap {pss} kB");
    assert_eq!(woke, 0);
    // Only the built program as it is given to people is as small as it says.
    assert!(cfg!(debug_assertions) || pss <= PSS_KB, "{pss} kB");
}
