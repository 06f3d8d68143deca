//! What phones do besides calling: they ring, and some open and close their streams
//! for ever.

use super::*;

/// How often capture opens while a phone holds both sides for `on` ms of `every` ms, for
/// a minute.
fn opened_by_flapping(on: u64, every: u64) -> usize {
    let mut play = Play::new();
    for n in 0..60_000 / every {
        play.to(n * every).phone(true, true).to(n * every + on).phone(false, false);
    }
    play.log.iter().filter(|l| l.contains("candidate")).count()
}

#[test]
fn a_phone_that_opens_and_closes_for_ever_opens_capture_a_few_times_only() {
    // Without a limit these were 150, 60, 30 and 15 times.
    assert_eq!(opened_by_flapping(100, 400), 3);
    assert_eq!(opened_by_flapping(250, 1_000), 3);
    // Long enough for a call of its own each time.
    assert!(opened_by_flapping(400, 2_000) <= 3);
    assert!(opened_by_flapping(2_000, 4_000) <= 6);
}

#[test]
fn a_phone_that_comes_to_rest_after_all_has_its_call_and_costs_nothing_later() {
    let mut play = Play::new();
    for n in 0..20 {
        play.to(n * 400).phone(true, true).to(n * 400 + 100).phone(false, false);
    }
    play.to(8_000).said();
    play.phone(true, true).to(30_000).phone(false, false).to(40_000);
    let late = ["8.5 candidate 8.5", "8.8 begin 8.5 Streams baresip", "31.5 end 30.0 Streams"];
    assert_eq!(play.said(), late);
    play.phone(true, true).to(40_300);
    assert_eq!(play.said(), ["40.0 candidate 40.0", "40.3 begin 40.0 Streams baresip"]);
}

#[test]
fn a_minute_after_the_last_time_a_phone_is_like_any_other() {
    let mut play = Play::new();
    for n in 0..20 {
        play.to(n * 400).phone(true, true).to(n * 400 + 100).phone(false, false);
    }
    play.to(80_000).said();
    play.phone(true, true).to(80_300);
    assert_eq!(play.said(), ["80.0 candidate 80.0", "80.3 begin 80.0 Streams baresip"]);
}

#[test]
fn while_a_counted_program_rings_and_until_its_tone_is_long_over_the_headset_is_ready() {
    // A tone with a break, and an answer that closes it before the call's own streams.
    let play = draw(
        "mic:     .......................#########..........
         headset: ..######..........####.#########..........",
    );
    let told: Vec<_> = play.log.iter().filter(|l| l.ends_with("ready") || l.ends_with("at rest")).collect();
    assert_eq!(told, ["0.2 ready"]);
    // ... and the last sign of it counts.
    let mut play = play;
    play.log.clear();
    play.to(20_000);
    assert_eq!(play.log.iter().filter(|l| l.ends_with("at rest")).collect::<Vec<_>>(), ["9.2 at rest"]);
}

#[test]
fn nothing_is_made_ready_for_a_program_that_does_not_count() {
    let mut play = Play::new();
    play.holds(&[holder(9, "zoom", false, true), holder(10, "firefox", false, true)]).to(1_000);
    // Nor for a microphone, nor where no calls are detected, nor for one that was ruled out.
    play.holds(&[holder(7, "baresip", true, false)]).to(2_000);
    assert_eq!(play.log, [""; 0]);
    let mut play = Play::with(Settings { detect: false, ..Settings::default() });
    play.phone(false, true).to(1_000);
    assert_eq!(play.log, [""; 0]);
    let mut play = Play::new();
    play.phone(false, true).to(1_000).tell(Input::Never("baresip")).to(20_000);
    assert_eq!(play.log, ["0.0 ready", "1.0 at rest"]);
}
