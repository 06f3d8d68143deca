//! From the newest sample that a decision needed to the changed screen, through the
//! whole daemon: the age of a nudge when it leaves, and what it takes from there.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use evenkeel::control::{Client, Heard, Notice};

use crate::daemon::Daemon;
use crate::display::{DESKTOP, Display, Eye, Part, until};
use crate::eager::EAGER;

/// What a nudge may take, p95, ms: all of it.
const LATE_MS: f64 = 120.0;
/// Nudges that are measured, unless `EVENKEEL_NUDGES` says otherwise.
const NUDGES: usize = 40;
/// Calls that are on at once: each has half a dozen.
const CALLS: usize = 10;
/// How often it is looked whether the pill is small.
const LOOK: Duration = Duration::from_millis(20);
/// Everything at the upper edge.
const EDGE: Part = (300, 0, 680, 70);

/// A nudge: what it is about, how old it was when it left the daemon, and how much
/// later the screen changed, ms.
struct Seen {
    kind: String,
    age: f64,
    shown: f64,
}

impl Seen {
    fn whole(&self) -> f64 {
        self.age + self.shown
    }
}

/// The small pill's left edge, and what lies beside it: nothing but a nudge, for which
/// the pill widens, reaches there.
fn beside(eye: &Eye) -> Part {
    let (x, y, w, _) = EDGE;
    let row = |y: i16| eye.see((x, y, w, 1));
    let mut left = w;
    for y in (y..70).map(row) {
        left = left.min(y.iter().position(|colour| *colour != DESKTOP).map_or(w, |at| at as u16));
    }
    assert!((8..w).contains(&left), "no pill is seen");
    (x + left as i16 - 6, 0, 4, 70)
}

/// The nudges of one call, as they come, until nobody takes any more.
fn call(to: &Sender<Seen>) -> bool {
    let display = Display::bare();
    let eye = Eye::on(&display);
    let daemon = Daemon::start(Some(&display.name), "", &[&EAGER[..], &["transcript.on=false"]].concat());
    until("the pill is seen", || 0 < eye.painted(EDGE));
    // The pill has its place when it has stood for a moment.
    std::thread::sleep(Duration::from_millis(500));
    let part = beside(&eye);
    let (nudges, mut narrow) = (nudges(&daemon), true);
    loop {
        let (kind, age, left) = match nudges.recv_timeout(LOOK) {
            Ok(nudge) => nudge,
            Err(RecvTimeoutError::Timeout) => {
                narrow = eye.painted(part) == 0;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return true,
        };
        // Of a pill that was wide already nobody can see when it changed.
        if !std::mem::replace(&mut narrow, false) {
            continue;
        }
        while eye.painted(part) == 0 {
            assert!(left.elapsed() < Duration::from_secs(2), "{kind} is not seen");
            std::thread::sleep(Duration::from_micros(500));
        }
        let shown = left.elapsed().as_secs_f64() * 1000.0;
        if to.send(Seen { kind, age, shown }).is_err() {
            return false;
        }
        // So that the next one finds a small pill again.
        daemon.ctl(&["dismiss"]);
    }
}

/// What the daemon tells of its nudges, each at the moment it is heard.
fn nudges(daemon: &Daemon) -> Receiver<(String, f64, Instant)> {
    let (to, nudges) = unbounded();
    let mut client = Client::connect(&daemon.socket()).unwrap();
    client.watch().unwrap();
    std::thread::spawn(move || {
        loop {
            match client.hear() {
                Ok(Heard::Notice(Notice::Nudge { kind, age_ms, .. })) => {
                    if to.send((kind, age_ms, Instant::now())).is_err() {
                        return;
                    }
                }
                Ok(Heard::Notice(Notice::CallEnded { .. })) | Err(_) => return,
                Ok(_) => (),
            }
        }
    });
    nudges
}

fn told(what: &str, mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() * share).div_ceil(100).max(1) - 1];
    let (middle, late, worst) = (at(50), at(95), at(100));
    println!("{what}, {} nudges: median {middle:.1} ms, p95 {late:.1}, most {worst:.1}", times.len());
    late
}

#[test]
#[ignore = "needs Xvfb"]
fn a_nudge_changes_the_screen_soon_after_the_sound_that_it_is_about() {
    let wanted = std::env::var("EVENKEEL_NUDGES").map_or(NUDGES, |text| text.parse().unwrap());
    let (to, seen) = unbounded();
    let calls: Vec<_> = (0..CALLS)
        .map(|_| {
            let to = to.clone();
            std::thread::spawn(move || while call(&to) {})
        })
        .collect();
    drop(to);
    let all: Vec<Seen> = seen.iter().take(wanted).collect();
    drop(seen);
    calls.into_iter().for_each(|call| call.join().unwrap());
    assert_eq!(all.len(), wanted);
    let mut kinds: Vec<&str> = all.iter().map(|seen| seen.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let of = all.iter().filter(|seen| seen.kind == kind);
        told(kind, of.map(Seen::whole).collect());
    }
    told("age when it leaves the daemon", all.iter().map(|seen| seen.age).collect());
    told("from there to the screen", all.iter().map(|seen| seen.shown).collect());
    let late = told("from the newest sample to the screen", all.iter().map(Seen::whole).collect());
    assert!(late <= LATE_MS, "{late:.1} ms");
}
