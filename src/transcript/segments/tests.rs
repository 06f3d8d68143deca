//! Speech is drawn, one character a tenth of a second, and cut.

use super::*;
use crate::core::event::{Order, Standing};
use crate::core::nudges::Reading;

const TICK: u64 = 10;

fn reading(frame: u64) -> Event {
    Event::Reading(Reading {
        at: SampleTime::from_frame(frame),
        of: SampleTime::from_frame(frame),
        speaks: Sides::default(),
        agent_pause: SampleSpan::ZERO,
        silence: SampleSpan::ZERO,
        monologue: SampleSpan::ZERO,
        rise: None,
        raised: false,
        pace: None,
        intensity: 0,
        standing: Standing::None,
        strictness: 1.0,
        channels: Sides::default(),
        overlaps_reliable: true,
        suspended: false,
    })
}

/// Speech is told as it begins, and its end 300 ms late, as the core does.
fn events(drawn: &str, who: Channel) -> Vec<(u64, Event)> {
    let mut out = Vec::new();
    let mut since = None;
    for (k, c) in drawn.chars().chain(std::iter::once('.')).enumerate() {
        let at = SampleTime::from_frame(k as u64 * TICK);
        match (c == '#', since) {
            (true, None) => {
                since = Some(at);
                out.push((k as u64 * TICK, Event::SpeechStarted { who, at, decided: at }));
            }
            (false, Some(from)) => {
                since = None;
                out.push((k as u64 * TICK + 30, Event::SpeechEnded { who, from, at, decided: at }));
            }
            (true, Some(_)) | (false, None) => (),
        }
    }
    out
}

fn cut(agent: &str, customer: &str, level: impl Fn(u64) -> f32) -> Vec<Utterance> {
    let frames = agent.len().max(customer.len()) as u64 * TICK;
    let mut told = events(agent, Channel::Agent);
    told.extend(events(customer, Channel::Customer));
    let (mut segments, mut out) = (Segments::default(), Vec::new());
    for frame in 0..frames {
        let samples = [level(frame); FRAME];
        segments.sound(Sides { agent: &samples, customer: &samples });
        for (_, event) in told.iter().filter(|(at, _)| *at == frame) {
            segments.event(event, &mut out);
        }
        if frame % TICK == TICK - 1 {
            segments.event(&reading(frame + 1), &mut out);
        }
    }
    segments.finish(SampleTime::from_frame(frames), &mut out);
    out
}

/// Begin and end of each utterance in hundredths of a second.
fn check(drawn: &str, expected: &[(u64, u64)]) {
    let got: Vec<_> = cut(drawn, "", |_| 0.1).iter().map(|u| (u.from.frame(), u.to().frame())).collect();
    assert_eq!(got, expected, "{drawn}");
}

#[test]
fn an_utterance_has_a_little_sound_before_and_after_it() {
    check("....##########..........", &[(15, 160)]);
}

#[test]
fn a_short_pause_does_not_end_it_and_a_long_one_does() {
    check("....####...####.........", &[(15, 170)]);
    check("....####......####......", &[(15, 100), (115, 200)]);
}

#[test]
fn the_sound_between_two_is_given_once() {
    let said = cut("....####.....####.......", "", |_| 0.1);
    assert_eq!(said.len(), 2);
    assert!(said[0].to() <= said[1].from);
}

#[test]
fn r24_a_short_yes_is_heard_and_less_is_not_worth_recognising() {
    check("....##..........", &[]);
    check("....###.........", &[(15, 90)]);
}

#[test]
fn a_long_one_is_cut_where_it_is_quietest() {
    let drawn = format!("....{}........", "#".repeat(150));
    let said = cut(&drawn, "", |frame| if (900..910).contains(&frame) { 0.01 } else { 0.1 });
    let edges: Vec<_> = said.iter().map(|u| (u.from.frame(), u.to().frame())).collect();
    assert_eq!(edges, [(15, 905), (905, 1560)]);
    assert_eq!(said.iter().map(|u| u.spoken().frames()).sum::<u64>(), 1500);
}

#[test]
fn r25_a_long_talk_never_becomes_one_block_and_nothing_of_it_is_lost_or_doubled() {
    let drawn = format!("....{}........", "#".repeat(900));
    let said = cut(&drawn, "", |_| 0.1);
    assert!(said.windows(2).all(|pair| pair[0].to() == pair[1].from));
    assert_eq!(said.iter().map(|u| u.spoken().frames()).sum::<u64>(), 9000);
    assert!(said.iter().all(|u| u.length() <= LONGEST + BEFORE + AFTER));
}

#[test]
fn a_long_utterance_waits_for_a_shorter_pause() {
    // 400 ms end a long one, and not a short one.
    let drawn = format!("....{}....####......", "#".repeat(70));
    assert_eq!(cut(&drawn, "", |_| 0.1).len(), 2);
    let drawn = format!("....{}...####......", "#".repeat(50));
    assert_eq!(cut(&drawn, "", |_| 0.1).len(), 1);
}

#[test]
fn the_customers_leak_between_the_agents_words_is_silenced() {
    let said = cut("##########...##########......", "...#########################", |_| 0.1);
    let agent = said.iter().find(|u| u.who == Channel::Agent).unwrap();
    let at = |frame: usize| agent.samples[frame * FRAME];
    assert_eq!((at(50), at(115), at(160)), (0.1, 0.0, 0.1));
    let customer = said.iter().find(|u| u.who == Channel::Customer).unwrap();
    assert!(customer.samples.iter().all(|s| *s == 0.1));
}

#[test]
fn r18_who_speaks_only_while_the_other_does_is_an_utterance_all_the_same() {
    let said = cut("......#######..............", "..####################.....", |_| 0.1);
    let agent = said.iter().find(|u| u.who == Channel::Agent).unwrap();
    assert_eq!((agent.from.frame(), agent.spoken().frames()), (35, 70));
    let own = &agent.samples[30 * FRAME..90 * FRAME];
    assert!(own.iter().all(|sample| *sample == 0.1), "nothing of it is silenced");
}

#[test]
fn what_was_no_speech_is_no_utterance() {
    let (mut segments, mut out) = (Segments::default(), Vec::new());
    segments.sound(Sides { agent: &[0.1; 32_000], customer: &[0.0; 32_000] });
    let (who, at) = (Channel::Agent, SampleTime::from_frame(20));
    segments.event(&Event::SpeechStarted { who, at, decided: at }, &mut out);
    segments.event(&Event::SpeechWithdrawn { who, from: at, to: SampleTime::from_frame(90) }, &mut out);
    segments.finish(SampleTime::from_frame(200), &mut out);
    assert!(out.is_empty());
}

#[test]
fn the_same_sound_on_both_sides_is_nobodys() {
    let (mut segments, mut out) = (Segments::default(), Vec::new());
    segments.sound(Sides { agent: &[0.1; 32_000], customer: &[0.1; 32_000] });
    let (who, at) = (Channel::Agent, SampleTime::from_frame(20));
    let same = Event::Channel { who, state: State::SameAudio, since: at, decided: at };
    segments.event(&same, &mut out);
    segments.event(&Event::SpeechStarted { who, at, decided: at }, &mut out);
    segments.finish(SampleTime::from_frame(200), &mut out);
    assert!(out.is_empty());
}

#[test]
fn what_came_late_is_still_there() {
    // Speech is told up to three seconds after it began.
    let (mut segments, mut out) = (Segments::default(), Vec::new());
    segments.sound(Sides { agent: &[0.1; 80_000], customer: &[0.0; 80_000] });
    segments.event(&reading(500), &mut out);
    let (who, at) = (Channel::Agent, SampleTime::from_frame(240));
    segments.event(&Event::SpeechStarted { who, at, decided: SampleTime::from_frame(500) }, &mut out);
    segments.event(&Event::Ordered { at, order: Order::Dismiss }, &mut out);
    segments.finish(SampleTime::from_frame(500), &mut out);
    assert_eq!(out[0].length().frames(), 500 - 215);
}
