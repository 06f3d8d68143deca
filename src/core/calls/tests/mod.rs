//! Calls drawn as text: one character is 100 ms, `#` is an open stream or
//! speech. The expected log says when something was decided, and what.

mod laws;
mod phones;

use super::*;

const STEP: u64 = Nanos::MILLISECOND * 100;

fn millis(ms: u64) -> Nanos {
    Nanos(ms * Nanos::MILLISECOND)
}

fn shown(at: Nanos) -> String {
    format!("{:.1}", at.0 as f64 / Nanos::SECOND as f64)
}

fn holder(pid: u32, binary: &str, microphone: bool, headset: bool) -> Holder {
    Holder { pid, name: format!("ALSA plug-in [{binary}]"), binary: binary.into(), microphone, headset }
}

/// One line of the log.
fn line(action: &Action) -> String {
    match action {
        Action::Want { agent, customer } => {
            let open = [("mic", agent), ("headset", customer)].map(|(n, on)| if *on { n } else { "" });
            format!("want {}", open.join(" ").trim()).trim_end().to_owned()
        }
        Action::Ready(on) => if *on { "ready" } else { "at rest" }.into(),
        Action::Candidate { at } => format!("candidate {}", shown(*at)),
        Action::Begin { at, trigger, program } => {
            let of = program.as_ref().map_or(String::new(), |p| format!(" {}", p.name));
            format!("begin {} {trigger:?}{of}", shown(*at))
        }
        Action::Drop => "drop".into(),
        Action::Joined => "joined".into(),
        Action::Held(on) => if *on { "held" } else { "resumed" }.into(),
        Action::Muted(on) => if *on { "muted" } else { "unmuted" }.into(),
        Action::End { at, why } => format!("end {} {why:?}", shown(*at)),
        Action::Ask(program) => format!("ask {}", program.name),
    }
}

/// Feeds a machine and writes down what it says.
struct Play {
    calls: Calls,
    now: Nanos,
    log: Vec<String>,
}

impl Play {
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn with(settings: Settings) -> Self {
        Self { calls: Calls::new(settings, Vec::new()), now: Nanos(0), log: Vec::new() }
    }

    fn step(&mut self, input: Input<'_>) -> Result<(), Refused> {
        let mut out = Vec::new();
        let done = self.calls.step(self.now, input, &mut out);
        let at = shown(self.now);
        self.log.extend(out.iter().map(|a| format!("{at} {}", line(a))));
        assert!(self.calls.deadline().is_none_or(|d| self.now < d), "a deadline that has passed");
        done
    }

    fn tell(&mut self, input: Input<'_>) -> &mut Self {
        self.step(input).unwrap();
        self
    }

    /// Goes on to `ms`, with every timer that fires until then.
    fn to(&mut self, ms: u64) -> &mut Self {
        while let Some(due) = self.calls.deadline().filter(|d| *d <= millis(ms)) {
            self.now = due;
            self.tell(Input::Tick);
        }
        self.now = millis(ms);
        self
    }

    fn holds(&mut self, holders: &[Holder]) -> &mut Self {
        self.tell(Input::Holders(holders))
    }

    /// The phone with these sides open.
    fn phone(&mut self, microphone: bool, headset: bool) -> &mut Self {
        self.holds(&[holder(7, "baresip", microphone, headset)])
    }

    /// What was said since it was last asked, without the streams wanted or made ready.
    fn said(&mut self) -> Vec<String> {
        let log = std::mem::take(&mut self.log);
        let streams = |l: &String| ["want", "ready", "at rest"].iter().any(|word| l.contains(word));
        log.into_iter().filter(|l| !streams(l)).collect()
    }
}

/// Rows of a drawing: mic and headset of a phone, mic and headset of another
/// program, what is said on either side, and orders (S E H R M U).
fn draw(rows: &str) -> Play {
    let mut play = Play::new();
    draw_on(&mut play, rows);
    play
}

fn draw_on(play: &mut Play, rows: &str) {
    let row = |name: &str| {
        let found = rows.lines().filter_map(|l| l.trim().split_once(':')).find(|(n, _)| n.trim() == name);
        found.map_or(Vec::new(), |(_, cells)| cells.trim().chars().collect())
    };
    let names = ["mic", "headset", "mic2", "headset2", "agent", "far", "order"];
    let drawn = names.map(row);
    let length = drawn.iter().map(Vec::len).max().unwrap_or(0);
    let streams = drawn[..4].iter().any(|row| !row.is_empty());
    let (start, mut before) = (play.now, None);
    for at in 0..length {
        let on = |r: usize| drawn[r].get(at) == Some(&'#');
        play.to((start.0 + at as u64 * STEP) / Nanos::MILLISECOND);
        let sides = [on(0), on(1), on(2), on(3)];
        if streams && before != Some(sides) {
            let all = [holder(7, "baresip", on(0), on(1)), holder(8, "linphone", on(2), on(3))];
            let held: Vec<_> = all.into_iter().filter(|h| h.microphone || h.headset).collect();
            play.holds(&held);
            before = Some(sides);
        }
        for (r, side) in [(4, Channel::Agent), (5, Channel::Customer)] {
            if on(r) {
                play.tell(Input::Speech(side));
            }
        }
        let order = match drawn[6].get(at) {
            Some('S') => Input::Start,
            Some('E') => Input::End,
            Some('H') => Input::Hold(true),
            Some('R') => Input::Hold(false),
            Some('M') => Input::Mute(true),
            Some('U') => Input::Mute(false),
            Some(_) | None => continue,
        };
        let _ = play.step(order).map_err(|e| play.log.push(format!("refused {e:?}")));
    }
    play.to((start.0 + length as u64 * STEP) / Nanos::MILLISECOND);
}

#[track_caller]
fn check(rows: &str, expected: &str) {
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(draw(rows).said(), expected);
}

#[test]
fn a_call_begins_with_both_sides_and_ends_when_the_microphone_closed() {
    check(
        "mic:     ..##########....................
         headset: ##############..................",
        "0.2 candidate 0.2
         0.5 begin 0.2 Streams baresip
         2.9 end 1.2 Streams",
    );
}

#[test]
fn a_tone_after_the_end_is_no_hold() {
    // Everything closes, then a tone for a second.
    check(
        "mic:     ########............................
         headset: ########.##########.................",
        "0.0 candidate 0.0
         0.3 begin 0.0 Streams baresip
         3.4 end 0.8 Streams",
    );
}

#[test]
fn ringing_and_a_missed_call_are_none() {
    check("headset: ##########....####....", "");
}

#[test]
fn a_music_player_beside_a_recorder_is_none() {
    check(
        "mic:      ##############
         headset2: ##############",
        "",
    );
}

#[test]
fn what_closes_at_once_was_no_call() {
    check(
        "mic:     .##...........
         headset: .##...........",
        "0.1 candidate 0.1
         0.5 drop",
    );
}

#[test]
fn a_phone_that_tries_to_open_is_not_dropped() {
    // Both, one, both again: dated to the first sign, confirmed from the last.
    check(
        "mic:     .#.######
         headset: .########",
        "0.1 candidate 0.1
         0.6 begin 0.1 Streams baresip",
    );
}

#[test]
fn a_phone_that_tries_for_ever_is_dropped() {
    let mut play = Play::new();
    for n in 0..40 {
        play.to(n * 60).phone(n % 2 == 0, true);
    }
    let said = play.said();
    assert!(said.iter().any(|l| l.contains("drop")) && !said.iter().any(|l| l.contains("begin")), "{said:?}");
}

#[test]
fn hold_is_told_after_a_second_and_a_half_and_its_end_at_once() {
    check(
        "mic:     #####......................#####
         headset: ################################",
        "0.0 candidate 0.0
         0.3 begin 0.0 Streams baresip
         2.0 held
         2.7 resumed",
    );
}

#[test]
fn a_short_gap_of_all_streams_is_nothing() {
    check(
        "mic:     ######.###########
         headset: ######..##########",
        "0.0 candidate 0.0
         0.3 begin 0.0 Streams baresip",
    );
}

#[test]
fn a_hold_that_lasts_three_minutes_has_ended() {
    let mut play = Play::new();
    play.phone(true, true).to(10_000).phone(false, true).to(300_000);
    assert_eq!(play.said()[2..], ["11.5 held", "190.0 end 10.0 Hold"]);
    // The customer hung up meanwhile; the next call is one of its own.
    play.phone(true, true).to(301_000);
    assert_eq!(play.said(), ["300.0 candidate 300.0", "300.3 begin 300.0 Streams baresip"]);
}

#[test]
fn a_second_program_starts_no_second_call() {
    check(
        "mic:      ###################
         headset:  ###################
         mic2:     .....#########.....
         headset2: .....#########.....",
        "0.0 candidate 0.0
         0.3 begin 0.0 Streams baresip",
    );
}

#[test]
fn an_order_soon_after_the_begin_joins_the_call() {
    check(
        "mic:     ########
         headset: ########
         order:   ....SS..",
        "0.0 candidate 0.0
         0.3 begin 0.0 Streams baresip
         0.4 joined
         refused Running { for_s: 0 }",
    );
}

#[test]
fn an_order_confirms_a_candidate() {
    check(
        "mic:     ########
         headset: ########
         order:   .S......",
        "0.0 candidate 0.0
         0.1 begin 0.0 Streams baresip
         0.1 joined",
    );
}

#[test]
fn a_late_order_is_refused_and_says_for_how_long() {
    let mut play = Play::new();
    play.phone(true, true).to(5_000).tell(Input::Start);
    let mut late = Play::new();
    late.phone(true, true).to(1_000).tell(Input::Speech(Channel::Agent)).to(5_001);
    let refused = late.step(Input::Start).unwrap_err();
    assert_eq!(refused, Refused::Running { for_s: 5 });
    assert!(refused.to_string().contains("running for 5 s") && refused.to_string().contains("ctl call end"));
}

#[test]
fn an_order_joins_a_call_that_the_agent_has_not_spoken_in_however_late() {
    // It rang in the network for twenty seconds, and an announcement was played.
    let mut play = Play::new();
    play.phone(true, true).to(10_000).tell(Input::Speech(Channel::Customer)).to(20_000).tell(Input::Start);
    let said = play.said();
    assert_eq!(said.last().unwrap(), "20.0 joined", "{said:?}");
    assert_eq!(play.step(Input::Start), Err(Refused::Running { for_s: 20 }));
}

#[test]
fn an_order_begins_a_call_of_its_own_and_ends_it() {
    check(
        "order: .S....E.E",
        "0.1 begin 0.1 Order
         0.6 end 0.6 Order
         refused NoCall",
    );
}

#[test]
fn an_ordered_call_takes_the_streams_that_come_later_and_ends_with_them() {
    check(
        "mic:     ....######................
         headset: ..########................
         order:   .S........................",
        "0.1 begin 0.1 Order
         2.5 end 1.0 Streams",
    );
}

#[test]
fn an_order_takes_the_program_that_holds_both_sides_and_none_that_only_rings() {
    check(
        "mic2:     ##########################
         headset2: ##########################
         headset:  ######....................
         order:    .S........................",
        "0.0 candidate 0.0
         0.1 begin 0.0 Streams linphone
         0.1 joined",
    );
    check(
        "headset: #####.......................
         order:   .S..........................",
        "0.1 begin 0.1 Order",
    );
}

#[test]
fn after_an_ordered_end_the_same_program_waits_until_both_sides_were_gone() {
    check(
        "mic:     ###########.########....########
         headset: ####################....########
         order:   .....E..........................",
        "0.0 candidate 0.0
         0.3 begin 0.0 Streams baresip
         0.5 end 0.5 Order
         2.4 candidate 2.4
         2.7 begin 2.4 Streams baresip",
    );
}

#[test]
fn a_reopened_stream_is_no_new_call_after_an_ordered_end() {
    let mut play = Play::new();
    play.phone(true, true).to(1_000).tell(Input::End).to(2_000);
    play.holds(&[]).to(2_040).phone(true, true).to(9_000);
    assert_eq!(play.said().last().unwrap(), "1.0 end 1.0 Order");
}

#[test]
fn an_order_that_ends_a_candidate_drops_it() {
    check(
        "mic:     ######
         headset: ######
         order:   .E....",
        "0.0 candidate 0.0
         0.1 drop",
    );
}

#[test]
fn the_end_by_order_is_dated_back_to_the_microphone_too() {
    check(
        "mic:     #####......
         headset: ########...
         order:   .......E...",
        "0.0 candidate 0.0
         0.3 begin 0.0 Streams baresip
         0.7 end 0.5 Order",
    );
}

#[test]
fn a_new_order_ends_what_has_closed_its_streams() {
    check(
        "mic:     ######......
         headset: ######......
         order:   .S......S...",
        "0.0 candidate 0.0
         0.1 begin 0.0 Streams baresip
         0.1 joined
         0.8 end 0.6 Streams
         0.8 begin 0.8 Order",
    );
}

#[test]
fn hold_and_mute_by_order_are_told_once() {
    check(
        "order: SHHRRMMUU",
        "0.0 begin 0.0 Order
         0.1 held
         0.3 resumed
         0.5 muted
         0.7 unmuted",
    );
}

#[test]
fn orders_without_a_call_are_refused() {
    let mut play = Play::new();
    for order in [Input::End, Input::Hold(true), Input::Hold(false), Input::Mute(true)] {
        assert_eq!(play.step(order), Err(Refused::NoCall));
    }
}

#[test]
fn a_hold_by_order_and_by_streams_is_one_hold() {
    check(
        "mic:     #####..................#####
         headset: ############################
         order:   ....H....................R..",
        "0.0 candidate 0.0
         0.3 begin 0.0 Streams baresip
         0.4 held
         2.5 resumed",
    );
}

#[test]
fn a_phone_that_said_hold_may_hold_for_longer_than_three_minutes() {
    let mut play = Play::new();
    play.phone(true, true).to(5_000).tell(Input::Hold(true)).phone(false, true).to(600_000);
    // Resumed by word first, by its streams a moment later.
    play.tell(Input::Hold(false)).to(600_010).phone(true, true).to(601_000);
    assert_eq!(play.said()[2..], ["5.0 held", "600.0 resumed"]);
}

#[test]
fn a_start_without_an_end_closes_after_three_minutes_without_speech() {
    let mut play = Play::new();
    play.tell(Input::Start).to(20_000).tell(Input::Speech(Channel::Customer)).to(300_000);
    assert_eq!(play.said(), ["0.0 begin 0.0 Order", "200.0 end 20.0 Silence"]);
    play.tell(Input::Start).to(500_000);
    assert_eq!(play.said(), ["300.0 begin 300.0 Order", "480.0 end 300.0 Silence"]);
}

#[test]
fn a_pause_is_no_silence() {
    let mut play = Play::new();
    play.tell(Input::Start).to(60_000).tell(Input::Pause(true)).to(600_000);
    play.tell(Input::Pause(false)).to(779_000);
    assert_eq!(play.said(), ["0.0 begin 0.0 Order"]);
    play.to(780_000);
    assert_eq!(play.said(), ["780.0 end 0.0 Silence"]);
}

#[test]
fn music_on_hold_is_no_speech() {
    let mut play = Play::new();
    play.tell(Input::Start).to(1_000).tell(Input::Hold(true));
    play.to(50_000).tell(Input::Speech(Channel::Customer)).to(60_000);
    // Silence counts from here, but the last word was none.
    play.tell(Input::Hold(false)).to(300_000);
    assert_eq!(play.said()[1..], ["1.0 held", "60.0 resumed", "240.0 end 0.0 Silence"]);
}

#[test]
fn a_hold_without_streams_ends_after_three_minutes_too() {
    let mut play = Play::new();
    play.tell(Input::Start).to(1_000).tell(Input::Hold(true)).to(300_000);
    assert_eq!(play.said()[1..], ["1.0 held", "181.0 end 1.0 Hold"]);
}

#[test]
fn a_program_that_holds_both_sides_all_day_calls_by_speech() {
    let mut play = Play::new();
    play.phone(true, true).to(10_000).tell(Input::Speech(Channel::Agent)).to(200_000);
    let want = play.log.last().cloned().unwrap();
    assert_eq!(play.said()[2..], ["190.0 end 10.0 Silence"]);
    assert_eq!(want, "190.0 want headset");
    draw_on(
        &mut play,
        "agent: ......##........
         far:   ..####..........",
    );
    play.to(500_000);
    assert_eq!(
        play.said(),
        ["200.2 candidate 200.2", "200.5 begin 200.2 Voice baresip", "380.7 end 200.7 Silence"]
    );
}

#[test]
fn a_program_that_gave_up_a_side_calls_by_its_streams_again() {
    let mut play = Play::new();
    play.phone(true, true).to(200_000);
    play.said();
    play.phone(false, true).to(202_000).phone(true, true).to(203_000);
    assert_eq!(play.said(), ["202.0 candidate 202.0", "202.3 begin 202.0 Streams baresip"]);
}

#[test]
fn an_unknown_program_is_named_once_and_never_captured() {
    let mut play = Play::new();
    let video = [holder(9, "zoom", true, true)];
    play.holds(&video).to(5_000).holds(&[]).to(9_000).holds(&video).to(60_000);
    assert_eq!(play.log, ["0.3 ask zoom"]);
    assert_eq!(play.calls.programs().map(|(_, s)| s).collect::<Vec<_>>(), [Standing::Unknown]);
}

#[test]
fn an_unknown_program_that_only_tries_is_not_named() {
    let mut play = Play::new();
    play.holds(&[holder(9, "zoom", true, true)]).to(200).holds(&[]).to(5_000);
    assert_eq!(play.log, [""; 0]);
}

#[test]
fn what_was_allowed_is_captured_at_once_and_what_was_refused_no_longer() {
    let mut play = Play::new();
    play.holds(&[holder(9, "Zoom", true, true)]).to(1_000).tell(Input::Allow("zoom")).to(3_000);
    assert_eq!(play.said(), ["0.3 ask Zoom", "1.0 candidate 1.0", "1.3 begin 1.0 Streams Zoom"]);
    play.tell(Input::Never("ZOOM")).to(9_000);
    assert_eq!(play.log, ["3.0 end 3.0 Never", "3.0 at rest", "3.0 want"]);
}

#[test]
fn a_verdict_of_an_earlier_day_holds() {
    let said = vec![
        Verdict { name: "zoom".into(), allowed: true },
        Verdict { name: "baresip".into(), allowed: false },
    ];
    let mut play = Play { calls: Calls::new(Settings::default(), said), ..Play::new() };
    play.phone(true, true).to(1_000).holds(&[holder(9, "zoom", true, true)]).to(2_000);
    assert_eq!(play.said(), ["1.0 candidate 1.0", "1.3 begin 1.0 Streams zoom"]);
}

#[test]
fn where_no_program_can_be_seen_speech_of_the_far_end_begins_a_call() {
    let mut play = Play::new();
    play.tell(Input::ServerGone);
    assert_eq!(play.log, ["0.0 want headset"]);
    draw_on(
        &mut play,
        "agent: ..........####..
         far:   ..#######.......",
    );
    play.to(300_000);
    assert_eq!(play.said(), ["0.2 candidate 0.2", "0.5 begin 0.2 Voice", "181.3 end 1.3 Silence"]);
    assert_eq!(play.calls.state(), State::Idle);
}

#[test]
fn a_single_sound_in_the_headset_is_no_call() {
    let mut play = Play::new();
    play.tell(Input::ServerGone).to(1_000).tell(Input::Speech(Channel::Customer)).to(9_000);
    assert_eq!(play.log[1..], ["1.0 candidate 1.0", "1.0 want mic headset", "2.5 drop", "2.5 want headset"]);
}

#[test]
fn a_call_outlives_the_sound_server() {
    let mut play = Play::new();
    play.phone(true, true).to(5_000).tell(Input::ServerGone).to(8_000);
    play.tell(Input::ServerBack).holds(&[]).to(9_000).phone(true, true).to(20_000);
    assert_eq!(play.said().len(), 2);
}

#[test]
fn a_call_whose_streams_do_not_come_back_ended_with_the_sound_server() {
    let mut play = Play::new();
    play.phone(true, true).to(5_000).tell(Input::ServerGone).to(8_000);
    play.tell(Input::ServerBack).holds(&[]).to(20_000);
    assert_eq!(play.said()[2..], ["9.5 end 5.0 Streams"]);
}

#[test]
fn without_detection_only_orders_begin_calls() {
    let mut play = Play::with(Settings { detect: false, ..Settings::default() });
    play.phone(true, true).to(2_000).holds(&[holder(9, "zoom", true, true)]).to(4_000);
    play.tell(Input::ServerGone).tell(Input::Speech(Channel::Customer)).to(5_000);
    assert_eq!(play.log, [""; 0]);
    play.tell(Input::Start);
    assert_eq!(play.said(), ["5.0 begin 5.0 Order"]);
}

#[test]
fn new_settings_hold_at_once() {
    let mut play = Play::new();
    play.phone(true, true).to(100);
    play.calls.set(Settings { detect: false, ..Settings::default() });
    assert_eq!(play.calls.deadline(), Some(millis(0)));
    play.tell(Input::Tick);
    assert_eq!(play.log.last().unwrap(), "0.1 want");
}

#[test]
fn a_late_timer_decides_the_same() {
    let mut play = Play::new();
    play.phone(true, true);
    play.now = millis(1_000);
    play.holds(&[]);
    play.now = millis(60_000);
    play.phone(true, true);
    assert_eq!(
        play.said(),
        ["0.0 candidate 0.0", "1.0 begin 0.0 Streams baresip", "60.0 end 1.0 Streams", "60.0 candidate 60.0"]
    );
}
