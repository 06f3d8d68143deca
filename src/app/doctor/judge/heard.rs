//! What was heard of both sides: evidence, not intent. Zeros where there
//! should be a room's noise mean a permission or a mute.

use crate::app::doctor::check::{Check, Group, Verdict, fault, ok, skipped, warn};
use crate::app::doctor::facts::{Facts, Listened, Skip, ToneHeard};
use crate::app::doctor::hearing::Heard;

/// A side that delivers later than this is said, ms.
const LATE_MS: f32 = 100.0;

pub(super) fn judge(facts: &Facts) -> Vec<Check> {
    let check = |id, title, verdict| Check::new(Group::Sound, id, title, verdict);
    let of = |look: fn(&Listened) -> Verdict| match &facts.sound.heard {
        Ok(heard) => look(heard),
        Err(why) => skipped(why_not(*why)),
    };
    vec![
        check("microphone_heard", "Microphone heard", of(microphone)),
        check("headset_heard", "Headset heard", of(headset)),
        check("tone", "Tone heard", of(tone)),
        check("microphone_delay", "Microphone delay", of(|l| delay(&l.sides.agent))),
        check("headset_delay", "Headset delay", of(|l| delay(&l.sides.customer))),
        check("apart", "Sides apart", of(apart)),
    ]
}

const fn why_not(why: Skip) -> &'static str {
    match why {
        Skip::Call => "a call is on: nothing is touched",
        Skip::DaemonListens => "the daemon listens: see `evenkeel ctl status`",
        Skip::DaemonMute => "a daemon runs that does not answer: there may be a call",
        Skip::Program => "a program uses both sides: it may be a call",
        Skip::NotAsked => "left out by --no-sound",
        Skip::NoDevice => "there is nothing to listen to",
        Skip::Pause => "a pause is on: nothing may be heard",
    }
}

/// What is wrong before any sound is judged.
fn silent(heard: &Heard, what: &str) -> Option<Verdict> {
    if let Some((why, remedy)) = &heard.trouble {
        return Some(fault(why, remedy));
    }
    let remedy = "unplug the headset and plug it in again, or restart the sound server";
    (heard.frames == 0).then(|| fault(format!("the {what} delivers nothing"), remedy))
}

fn microphone(listened: &Listened) -> Verdict {
    let heard = &listened.sides.agent;
    if let Some(verdict) = silent(heard, "microphone") {
        return verdict;
    }
    heard.level.map_or_else(
        || {
            fault(
                "only zeros: no permission, or muted",
                "unmute it (its button, the system's sound settings), and allow the microphone for programs",
            )
        },
        |level| ok(format!("{:.0} dBFS", level.0)),
    )
}

fn headset(listened: &Listened) -> Verdict {
    let heard = &listened.sides.customer;
    if let Some(verdict) = silent(heard, "headset") {
        return verdict;
    }
    match (heard.level, &listened.tone) {
        (Some(level), _) => ok(format!("{:.0} dBFS", level.0)),
        (None, Some(_)) => fault("only zeros, though a tone was played", "turn its volume up, or unmute it"),
        (None, None) => ok("its monitor delivers; nothing plays now"),
    }
}

/// The only proof that what the headset plays is what is heard.
fn tone(listened: &Listened) -> Verdict {
    match &listened.tone {
        None => skipped("not played: `evenkeel doctor --tone` plays a short quiet one"),
        Some(ToneHeard::Yes(level)) => ok(format!("in the headset's monitor, {level:.0} dBFS")),
        Some(ToneHeard::No) => fault(
            "not in the headset's monitor",
            "turn the headset's volume up; if it was heard elsewhere, name the right output as `capture.headset`",
        ),
        Some(ToneHeard::Failed(why)) => {
            fault(format!("could not be played: {why}"), "let other programs use the headset in shared mode")
        }
    }
}

fn delay(heard: &Heard) -> Verdict {
    match heard.delay_ms {
        None => skipped("nothing came"),
        Some(late) if LATE_MS < late => warn(
            format!("{late:.0} ms, expected at most {LATE_MS:.0}"),
            "restart the sound server, or open the softphone first",
        ),
        Some(fine) => ok(format!("{fine:.0} ms")),
    }
}

fn apart(listened: &Listened) -> Verdict {
    match listened.same {
        None => skipped("too little sound to compare"),
        Some(false) => ok("each carries its own sound"),
        Some(true) => fault(
            "both sides carry the same sound",
            "name the headset's microphone as `capture.microphone`: what is chosen hears the headset",
        ),
    }
}
