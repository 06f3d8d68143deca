//! Whole calls through the core: what holds for every call, what comes out of
//! the sample call, and what of it when something goes wrong.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

#[path = "support/cases.rs"]
mod cases;
mod support;

use std::collections::HashMap;
use std::sync::LazyLock;

use cases::cases;
use evenkeel::core::event::{
    Class, Decision, Event, Kind, Order, Outcome, Reason, Reliability, State, Variant,
};
use evenkeel::core::frames::Gap;
use evenkeel::core::measures::{Measured, Why};
use evenkeel::core::pipeline::{Past, Pipeline, Settings};
use evenkeel::core::score::Part;
use evenkeel::core::units::{Channel, SampleSpan, SampleTime};
use proptest::prelude::*;
use support::told::{opens, times};
use support::{Call, Outcome as Heard};

static SAMPLE: LazyLock<Call> = LazyLock::new(support::sample);
static HEARD: LazyLock<Heard> = LazyLock::new(|| SAMPLE.run());

fn decisions(events: &[Event]) -> impl Iterator<Item = &Decision> {
    events.iter().filter_map(|e| if let Event::Decision(d) = e { Some(d) } else { None })
}

fn shown(events: &[Event]) -> Vec<Kind> {
    decisions(events).filter(|d| d.outcome == Outcome::Shown).map(|d| d.kind).collect()
}

fn is_raised(event: &&Event) -> bool {
    matches!(event, Event::VoiceRaised { .. })
}

/// Both sides without what says when samples came.
fn plain(heard: &Heard) -> (String, String) {
    (format!("{:?}", heard.events), format!("{:?}", heard.summary))
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn the_size_of_the_chunks_makes_no_difference(lengths in prop::collection::vec(1usize..5000, 1..9)) {
        let call = SAMPLE.part(42, 62);
        prop_assert_eq!(plain(&call.run_in(&lengths)), plain(&call.run()));
    }
}

#[test]
fn nothing_is_told_before_it_can_be_known() {
    let mut now = SampleTime::ZERO;
    for event in &HEARD.events {
        // Readings carry the clock: everything between two of them was decided
        // by the second, about something no later.
        let (decided, about) = times(event);
        if let Event::Reading(reading) = event {
            assert!(now <= reading.at, "{event:?}");
            now = reading.at;
        }
        let soon = now + SampleSpan::from_millis(300);
        assert!(decided <= soon, "at {now}: {event:?}");
        assert!(about.iter().all(|&t| t <= decided), "{event:?}");
    }
}

#[test]
fn what_begins_also_ends_and_never_twice() {
    let mut open: HashMap<String, i32> = HashMap::new();
    for event in &HEARD.events {
        if let Some((what, step)) = opens(event) {
            let level = open.entry(what).or_default();
            *level += step;
            assert!((0..=1).contains(level), "{event:?}");
        }
    }
    assert!(open.len() >= 4 && open.values().all(|&level| level == 0), "{open:?}");
}

#[test]
fn a_call_may_end_in_the_middle_of_anything() {
    for end in [1, 24, 49, 63, 70] {
        let heard = SAMPLE.part(end - 1, end).run();
        assert!(matches!(heard.events.last(), Some(Event::Ended { .. })));
        assert_eq!(heard.summary.score.value, Measured::Unknown(Why::CallTooShort));
    }
}

/// A call that is noticed to have ended only when nobody has spoken for long.
#[test]
fn a_call_that_ended_a_while_ago_ends_with_its_last_word() {
    let call = &*SAMPLE;
    // Not zeros: a room in which nobody speaks.
    let quiet: Vec<f32> = (0..90 * 16_000).map(|k| if k % 3 == 0 { 3e-4 } else { -3e-4 }).collect();
    let mut pipeline = Pipeline::new(Settings::default(), Past::default());
    let mut events = Vec::new();
    pipeline.push(&call.agent, &call.customer, &mut events);
    pipeline.push(&quiet, &quiet, &mut events);
    let summary = pipeline.finish_at(SampleTime::ZERO, &mut events);
    let whole = SampleSpan::from_samples(call.agent.len() as u64);
    assert!(summary.duration <= whole, "{:?}", summary.duration);
    let last = events
        .iter()
        .filter_map(|e| if let Event::SpeechEnded { at, .. } = e { Some(*at) } else { None })
        .max();
    assert_eq!(Some(SampleTime::ZERO + summary.duration), last);
    assert!(matches!(events.last(), Some(Event::Ended { at }) if Some(*at) == last));
    let silences = summary.silences.known().unwrap();
    assert!(silences.2.seconds() < 30.0, "the end is no silence of the call: {silences:?}");
}

#[test]
fn the_sample_call_shows_what_was_written_into_it() {
    let Heard { events, summary } = &*HEARD;
    // Two interruptions and a raised voice, then the agent recovers.
    assert_eq!(summary.sides.agent.starts.interruptions(), 2);
    assert_eq!(shown(events), [Kind::Interrupting, Kind::RaisedVoice, Kind::Positive]);
    let costly = |part: Part| 5.0 < summary.score.part(part).lost;
    assert!(costly(Part::RaisedVoice) && costly(Part::Interruptions));
    let score = summary.score.value.known().unwrap();
    assert!((50..70).contains(&score), "{score}");
}

/// Adds the customer to the microphone, `db` down and 3 ms late.
fn leak(call: &Call, db: f32) -> Call {
    let gain = 10f32.powf(db / 20.0);
    let late = |at: usize| call.customer.get(at.wrapping_sub(48)).copied().unwrap_or(0.0);
    let agent = call.agent.iter().enumerate().map(|(at, a)| a + gain * late(at)).collect();
    Call { agent, customer: call.customer.clone() }
}

#[test]
fn r17_an_echo_silences_nothing_without_saying_so() {
    let heard = leak(&SAMPLE, -4.0).run();
    assert_eq!(heard.summary.sides.agent.verdict, State::Leaking);
    assert_eq!(heard.summary.reliability, Reliability::Leaking);
    // The figures are gone, with their reason ...
    assert_eq!(heard.summary.interruptions_per_min, Measured::Unknown(Why::AgentChannel));
    let parts = [Part::Interruptions, Part::Overlap, Part::RaisedVoice];
    assert!(parts.iter().all(|&p| heard.summary.score.part(p).penalty.is_none()));
    // ... the agent is told what to do, once ...
    let tips = decisions(&heard.events).filter(|d| d.variant == Variant::UseHeadset);
    assert_eq!(tips.filter(|d| d.outcome == Outcome::Shown).count(), 1);
    // ... and every nudge that was held back for it is in the log.
    let mut announced = heard.events.iter().filter_map(|e| match e {
        Event::Interrupts { by: Channel::Agent, decided, .. } => Some(*decided),
        _ => None,
    });
    assert!(announced.clone().next().is_some(), "the agent still interrupts in this call");
    let held: Vec<_> = decisions(&heard.events)
        .filter(|d| d.kind == Kind::Interrupting)
        .inspect(|d| assert_ne!(d.outcome, Outcome::Shown))
        .map(|d| d.at)
        .collect();
    let near = |at: SampleTime| held.iter().any(|h| h.seconds() - at.seconds() < 1.5);
    assert!(announced.all(near), "{held:?}");
}

/// Loudspeakers: the canceller decides whether the agent speaks, and the level stays
/// that of the raw microphone.
#[test]
fn r15_a_customer_who_is_heard_in_the_microphone_is_not_taken_for_the_agent() {
    let echoing = leak(&SAMPLE, -20.0);
    let alone = &HEARD.summary.sides.agent;
    let customer = HEARD.summary.sides.customer.speech.seconds();
    let too_long = |settings| {
        let agent = echoing.run_with(settings).summary.sides.agent;
        (agent.speech.seconds() - alone.speech.seconds()) / customer
    };
    let usual = too_long(Settings::default());
    assert!(usual < 0.05, "{usual} of the customer's speech is the agent's");
    // Without the canceller it would be.
    let mut raw = Settings::default();
    raw.activity.echo.raw_below_db = 100.0;
    assert!(0.15 < too_long(raw), "{}", too_long(raw));
    let starts = echoing.run().summary.sides.agent.starts.interruptions();
    assert_eq!(starts, alone.starts.interruptions());
}

#[test]
fn r17_a_moderate_echo_does_not_hide_an_interruption() {
    let heard = leak(&SAMPLE, -20.0).run();
    assert_eq!(heard.summary.sides.agent.starts.interruptions(), 2);
    assert!(heard.summary.interruptions_per_min.known().is_some());
    let all: Vec<_> = decisions(&heard.events).filter(|d| d.kind == Kind::Interrupting).collect();
    assert!(all.iter().any(|d| d.outcome == Outcome::Shown), "{all:?}");
}

/// The microphone with the noise of a room, and another gain from `at` s on.
fn turned_up(call: &Call, at: usize, db: f32) -> Call {
    let gain = 10f32.powf(db / 20.0);
    let mut noise = 1u32;
    let mut room = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    let sample = |(k, s): (usize, &f32)| {
        let gain = if k < at * 16_000 { 1.0 } else { gain };
        (s + 0.001 * room()) * gain
    };
    Call { agent: call.agent.iter().enumerate().map(sample).collect(), customer: call.customer.clone() }
}

#[test]
fn r38_a_gain_that_changes_by_itself_is_no_raised_voice() {
    let calm = SAMPLE.part(0, 62);
    let before = calm.run().events.iter().filter(is_raised).count();
    let louder = turned_up(&calm, 44, 9.0);
    let raised = |settings| louder.run_with(settings).events.iter().filter(is_raised).count();
    assert_eq!((before, raised(Settings::default())), (0, 0));
    // It is the proof that tells them apart: by level alone it would count.
    let mut by_level = Settings::default();
    (by_level.level.tilt_db, by_level.level.pitch_st) = (-100.0, -100.0);
    (by_level.level.gain_share, by_level.level.tilt_against_db) = (100.0, 100.0);
    assert!(0 < raised(by_level));
}

#[test]
fn r38_and_a_raised_voice_is_still_one_in_the_same_room() {
    let heard = turned_up(&SAMPLE, 0, 0.0).run();
    assert!(heard.events.iter().any(|e| is_raised(&e)));
}

#[test]
fn r07_a_customer_side_of_zeros_is_named_within_seconds() {
    let call = SAMPLE.part(0, 60);
    let heard = Call { customer: vec![0.0; call.customer.len()], ..call }.run();
    assert_eq!(heard.summary.sides.customer.verdict, State::Zeros);
    assert_eq!(heard.summary.talk_ratio, Measured::Unknown(Why::CustomerChannel));
    let capture = decisions(&heard.events).find(|d| d.kind == Kind::Capture).unwrap();
    assert_eq!(capture.variant, Variant::NoSound(Channel::Customer));
    assert!(capture.at.seconds() < 8.0, "{capture:?}");
}

#[test]
fn r06_lost_time_passes_all_the_same() {
    let (before, after) = (SAMPLE.part(0, 30), SAMPLE.part(30, 60));
    let mut pipeline = Pipeline::new(Settings::default(), Past::default());
    let mut events = Vec::new();
    pipeline.push(&before.agent, &before.customer, &mut events);
    pipeline.gap(SampleSpan::from_millis(4000), Gap::NoDevice, &mut events);
    pipeline.push(&after.agent, &after.customer, &mut events);
    let summary = pipeline.finish(&mut events);
    assert_eq!(summary.duration, SampleSpan::from_millis(64_000));
    let dead = |e: &&Event| matches!(e, Event::Channel { state: State::Dead, .. });
    assert_eq!(events.iter().filter(dead).count(), 2, "both channels are named dead");
    let spoke =
        |e: &Event| matches!(e, Event::SpeechStarted { at, .. } if (30.2..34.0).contains(&at.seconds()));
    assert!(!events.iter().any(spoke), "nobody speaks in a gap");
}

#[test]
fn r42_the_sides_never_swap() {
    let call = SAMPLE.part(0, 62);
    let other = Call { agent: call.customer.clone(), customer: call.agent.clone() }.run();
    let heard = call.run();
    assert_eq!(heard.summary.sides.agent.spurts, other.summary.sides.customer.spurts);
    assert_eq!(other.summary.sides.agent.starts.interruptions(), 0);
    assert_eq!(other.summary.sides.customer.starts.interruptions(), 1);
}

#[test]
fn what_is_on_hold_counts_nowhere() {
    let (before, held) = (SAMPLE.part(0, 42), SAMPLE.part(42, 80));
    let mut pipeline = Pipeline::new(Settings::default(), Past::default());
    let mut events = Vec::new();
    pipeline.push(&before.agent, &before.customer, &mut events);
    pipeline.order(Order::Hold(true), &mut events);
    pipeline.push(&held.agent, &held.customer, &mut events);
    let summary = pipeline.finish(&mut events);
    assert_eq!(summary.sides.agent.starts.interruptions(), 0);
    assert!(shown(&events).is_empty());
    let late = |e: &Event| matches!(e, Event::SpeechStarted { at, .. } if 42.3 < at.seconds());
    assert!(!events.iter().any(late));
}

#[test]
fn an_earned_normal_is_there_from_the_first_second() {
    let normal = HEARD.summary.harvest.unwrap().0;
    let mut pipeline = Pipeline::new(Settings::default(), Past { normal: Some(normal), ..Past::default() });
    let mut events = Vec::new();
    let part = SAMPLE.part(60, 80);
    pipeline.push(&part.agent, &part.customer, &mut events);
    pipeline.finish(&mut events);
    let raised = events.iter().find(is_raised);
    assert!(matches!(raised, Some(Event::VoiceRaised { at, .. }) if at.seconds() < 10.0), "{raised:?}");
}

#[test]
fn another_microphone_is_no_raised_voice_and_adds_nothing_to_what_is_normal() {
    let louder = turned_up(&SAMPLE.part(0, 62), 44, 9.0);
    // By level alone, so that nothing else can tell the gain from the voice.
    let mut settings = Settings::default();
    (settings.level.tilt_db, settings.level.pitch_st) = (-100.0, -100.0);
    (settings.level.gain_share, settings.level.tilt_against_db) = (100.0, 100.0);
    let run = |another: bool| {
        let mut pipeline = Pipeline::new(settings, Past::default());
        let (mut events, at) = (Vec::new(), 44 * 16_000);
        pipeline.push(&louder.agent[..at], &louder.customer[..at], &mut events);
        if another {
            pipeline.order(Order::Device(Channel::Agent), &mut events);
        }
        pipeline.push(&louder.agent[at..], &louder.customer[at..], &mut events);
        let summary = pipeline.finish(&mut events);
        (events.iter().filter(is_raised).count(), summary.harvest.is_some())
    };
    let (raised, harvest) = run(false);
    assert!(0 < raised && harvest);
    assert_eq!(run(true), (0, false));
}

#[test]
fn other_settings_apply_from_the_next_frame_on() {
    let part = SAMPLE.part(40, 60);
    let mut settings = Settings::default();
    settings.nudges.quiet = true;
    let mut pipeline = Pipeline::new(Settings::default(), Past::default());
    let mut events = Vec::new();
    pipeline.push(&part.agent[..16_000], &part.customer[..16_000], &mut events);
    pipeline.apply(settings, &mut events);
    pipeline.push(&part.agent[16_000..], &part.customer[16_000..], &mut events);
    pipeline.finish(&mut events);
    let quiet = |d: &Decision| d.outcome == Outcome::Suppressed(Reason::Quiet);
    assert!(decisions(&events).any(quiet) && shown(&events).is_empty());
}

#[test]
fn words_make_a_listening_token_of_a_short_interruption() {
    use evenkeel::core::private::Spoken;
    use evenkeel::core::words::Words;
    let heard = |text: Option<&str>| {
        let mut pipeline = Pipeline::new(Settings::default(), Past::default());
        let mut events = Vec::new();
        // An utterance of the agent of 1.3 s over the customer.
        let call = remark();
        pipeline.push(&call.agent, &call.customer, &mut events);
        if let Some(text) = text {
            let (from, to) = (SampleTime::from_seconds(24.0), SampleTime::from_seconds(25.0));
            let words = Words { who: Channel::Agent, from, to, text: Spoken::new(text), words: Vec::new() };
            pipeline.words(&words, &mut events);
        }
        (pipeline.finish(&mut events).sides.agent.starts, events)
    };
    assert_eq!(heard(None).0.interruptions(), 1);
    assert_eq!(heard(Some("now listen to me please")).0.interruptions(), 1);
    let (starts, events) = heard(Some("yeah okay I see"));
    assert_eq!((starts.interruptions(), starts.of(Class::Backchannel)), (0, 1));
    assert!(events.iter().any(|e| matches!(e, Event::Reclassed { .. })));
}

/// The customer's three spurts from 7 to 15 s twice, and 1.3 s of the agent
/// over the second time.
fn remark() -> Call {
    let call = SAMPLE.part(0, 30);
    let mut out = Call { agent: vec![0.0; 30 * 16_000], customer: vec![0.0; 30 * 16_000] };
    let mut noise = call.agent[76_000..83_000].iter().cycle();
    out.agent.iter_mut().zip(&mut noise).for_each(|(o, n)| *o = *n);
    let mut put = |side: Channel, from: f64, to: f64, at: f64| {
        let span = |s: f64| (s * 16_000.0) as usize;
        let (source, target) = match side {
            Channel::Agent => (&call.agent, &mut out.agent),
            Channel::Customer => (&call.customer, &mut out.customer),
        };
        let length = span(to) - span(from);
        target[span(at)..span(at) + length].copy_from_slice(&source[span(from)..span(to)]);
    };
    put(Channel::Agent, 0.7, 4.8, 0.7);
    put(Channel::Agent, 19.5, 21.6, 5.5);
    put(Channel::Customer, 7.0, 15.0, 10.0);
    put(Channel::Customer, 7.0, 10.9, 22.0);
    put(Channel::Agent, 5.2, 6.6, 23.9);
    out
}
