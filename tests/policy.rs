//! The nudge policy, fed with readings and events as a call would give them:
//! when a nudge appears, what holds it back, and when it goes away.

#[path = "support/cases.rs"]
mod cases;

use cases::cases;
use evenkeel::core::event::{
    Behaviour, Change, Class, Cleared, Decision, Event, Judged, KINDS, Kind, Order, Outcome, Overlap,
    Quantity, Reading, Reason, Reliability, Second, Standing, State, Variant,
};
use evenkeel::core::nudges::policy::{Policy, Settings};
use evenkeel::core::units::{Channel, SampleSpan, SampleTime, Sides};
use proptest::prelude::*;

/// One reading in ms.
const STEP: u64 = 100;

/// A call, played to the policy.
struct Play {
    policy: Policy,
    reading: Reading,
    now: u64,
    events: Vec<Event>,
}

impl Play {
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn with(settings: Settings) -> Self {
        let policy = Policy::new(settings, [1.0; KINDS]);
        Self { policy, reading: calm(), now: 0, events: Vec::new() }
    }

    /// Goes on up to `seconds`.
    fn to(&mut self, seconds: f64) -> &mut Self {
        while self.now < (seconds * 1000.0) as u64 {
            self.now += STEP;
            (self.reading.at, self.reading.of) = (at(self.now), at(self.now));
            if self.reading.speaks.agent {
                self.reading.agent_pause = SampleSpan::ZERO;
            } else {
                self.reading.agent_pause += SampleSpan::from_millis(STEP);
            }
            self.policy.read(&self.reading, &mut self.events);
        }
        self
    }

    fn note(&mut self, event: Event) -> &mut Self {
        self.policy.note(&event);
        self
    }

    fn order(&mut self, order: Order) -> &mut Self {
        self.policy.order(order, at(self.now), &mut self.events);
        self
    }

    /// The agent begins to talk over the customer, confirmed here; both go on.
    fn interrupt(&mut self) -> &mut Self {
        let (from, decided) = (at(self.now.saturating_sub(1000)), at(self.now));
        self.speak(true, true).note(Event::Interrupts { by: Channel::Agent, at: from, decided })
    }

    fn speak(&mut self, agent: bool, customer: bool) -> &mut Self {
        self.reading.speaks = Sides { agent, customer };
        self
    }

    fn raise(&mut self, db: f32) -> &mut Self {
        (self.reading.raised, self.reading.rise) = (true, Some(db));
        self
    }

    fn lower(&mut self) -> &mut Self {
        (self.reading.raised, self.reading.rise) = (false, Some(0.0));
        self
    }

    /// So many seconds of this pace, one reading a second, while speaking.
    fn pace(&mut self, ratio: f32, seconds: u64) -> &mut Self {
        for _ in 0..seconds {
            let second = self.now as f64 / 1000.0 + 1.0;
            let at = at(self.to(second).now);
            self.note(Event::Second(Second {
                at,
                pace: Some(4.0 * ratio),
                pace_ratio: Some(ratio),
                level: None,
                spoken: SampleSpan::from_millis(1000),
                spoken_fast: SampleSpan::ZERO,
            }));
        }
        self
    }

    fn channel(&mut self, who: Channel, state: State) -> &mut Self {
        self.reading.channels[who] = state;
        let now = at(self.now);
        self.note(Event::Channel { who, state, since: now, decided: now })
    }

    fn reply(&mut self, offset: f32) -> &mut Self {
        let now = at(self.now);
        self.note(Event::FloorPassed {
            to: Channel::Agent,
            at: now,
            offset: Some(offset),
            by_interruption: false,
            decided: now,
        })
    }

    fn decisions(&self) -> Vec<Decision> {
        let decision = |e: &Event| if let Event::Decision(d) = e { Some(*d) } else { None };
        self.events.iter().filter_map(decision).collect()
    }

    /// Kinds that were shown, and when, s.
    fn shown(&self) -> Vec<(Kind, f64)> {
        let shown = |d: &Decision| d.outcome == Outcome::Shown;
        self.decisions().iter().filter(|d| shown(d)).map(|d| (d.kind, d.at.seconds())).collect()
    }

    fn held(&self) -> Vec<(Kind, Reason)> {
        let reason = |d: &Decision| match d.outcome {
            Outcome::Suppressed(reason) => Some((d.kind, reason)),
            Outcome::Shown => None,
        };
        self.decisions().iter().filter_map(reason).collect()
    }

    fn cleared(&self) -> Vec<(Kind, f64, Cleared)> {
        let cleared = |e: &Event| {
            if let Event::Cleared { kind, at, how } = e { Some((*kind, at.seconds(), *how)) } else { None }
        };
        self.events.iter().filter_map(cleared).collect()
    }
}

fn at(millis: u64) -> SampleTime {
    SampleTime::from_samples(millis * 16)
}

/// Both channels heard, a baseline, and nothing amiss.
fn calm() -> Reading {
    Reading {
        at: SampleTime::ZERO,
        of: SampleTime::ZERO,
        speaks: Sides { agent: false, customer: false },
        agent_pause: SampleSpan::ZERO,
        silence: SampleSpan::ZERO,
        monologue: SampleSpan::ZERO,
        rise: None,
        raised: false,
        pace: None,
        intensity: 0,
        standing: Standing::Provisional,
        strictness: 1.0,
        channels: Sides { agent: State::Live, customer: State::Live },
        overlaps_reliable: true,
        suspended: false,
    }
}

#[test]
fn talking_over_is_shown_at_once_and_goes_when_it_stops() {
    let mut play = Play::new();
    play.to(30.0).interrupt().to(32.0).speak(false, true).to(40.0);
    assert_eq!(play.shown(), [(Kind::Interrupting, 30.1)]);
    // Half a second after the last talk together.
    assert_eq!(play.cleared(), [(Kind::Interrupting, 32.6, Cleared::Recovered)]);
    assert!(play.held().is_empty());
}

#[test]
fn in_the_first_five_seconds_nothing_is_said_of_interruptions() {
    let mut play = Play::new();
    play.to(2.0).interrupt().to(4.0).speak(false, true).to(10.0);
    assert_eq!(play.held(), [(Kind::Interrupting, Reason::TooEarly)]);
    assert!(play.shown().is_empty());
}

#[test]
fn what_needs_a_channel_is_held_back_without_it() {
    let mut play = Play::new();
    play.reading.channels.customer = State::Zeros;
    play.to(30.0).interrupt().to(30.5).speak(false, true).to(40.0).speak(true, false).raise(6.0).to(41.0);
    // The level of the agent has nothing to do with the other channel.
    assert_eq!(play.held(), [(Kind::Interrupting, Reason::Channel)]);
    assert_eq!(play.shown(), [(Kind::RaisedVoice, 40.1)]);
}

#[test]
fn while_the_echo_is_not_known_nobody_is_told_they_interrupt() {
    let mut play = Play::new();
    play.reading.overlaps_reliable = false;
    play.to(30.0).interrupt().to(32.0);
    assert_eq!(play.held(), [(Kind::Interrupting, Reason::NotConverged)]);
}

#[test]
fn without_a_normal_nothing_is_louder_or_faster_than_it() {
    let mut play = Play::new();
    play.reading.standing = Standing::None;
    play.speak(true, false).to(30.0).raise(6.0).to(31.0).lower().pace(1.4, 3).to(36.0);
    let reasons = [(Kind::RaisedVoice, Reason::NoBaseline), (Kind::FastPace, Reason::NoBaseline)];
    assert_eq!(play.held(), reasons);
}

#[test]
fn a_fast_pace_waits_for_a_pause_of_the_agent() {
    let mut play = Play::new();
    play.speak(true, false).to(30.0).pace(1.3, 2).to(32.5).speak(false, false).to(33.0);
    assert_eq!(play.shown(), [(Kind::FastPace, 32.7)]);
}

#[test]
fn and_does_not_wait_for_ever() {
    let mut play = Play::new();
    play.speak(true, false).to(30.0).pace(1.3, 6);
    assert_eq!(play.shown(), [(Kind::FastPace, 34.1)]);
}

#[test]
fn a_pace_that_is_back_before_the_pause_is_let_be() {
    let mut play = Play::new();
    play.speak(true, false).to(30.0).pace(1.3, 2).pace(1.0, 1).to(36.0);
    assert_eq!(play.held(), [(Kind::FastPace, Reason::Over)]);
    assert!(play.shown().is_empty());
}

#[test]
fn a_slightly_fast_pace_has_to_last() {
    let mut play = Play::new();
    play.speak(true, false).to(30.0).pace(1.2, 5).to(40.0);
    assert!(play.shown().is_empty());
    play.pace(1.2, 2).to(50.0);
    assert_eq!(play.shown().len(), 1);
}

#[test]
fn against_a_young_normal_more_is_asked_for() {
    let mut play = Play::new();
    play.reading.strictness = 1.25;
    play.speak(true, false).to(30.0).pace(1.3, 4).to(36.0);
    assert!(play.shown().is_empty());
    play.pace(1.33, 4).to(45.0);
    assert_eq!(play.shown().len(), 1);
}

#[test]
fn of_two_at_once_the_more_important_is_shown() {
    let mut play = Play::new();
    play.to(30.0).raise(6.0).interrupt().to(30.5);
    assert_eq!(play.shown(), [(Kind::Interrupting, 30.1)]);
    assert_eq!(play.held()[0], (Kind::RaisedVoice, Reason::Outranked));
}

#[test]
fn a_reason_is_told_once_for_as_long_as_it_holds() {
    let mut play = Play::new();
    play.reading.overlaps_reliable = false;
    play.to(30.0).interrupt().to(45.0);
    assert_eq!(play.held().len(), 1);
}

#[test]
fn a_second_interruption_within_the_cool_down_is_told_but_not_shown() {
    let mut play = Play::new();
    play.to(30.0).interrupt().to(32.0).speak(false, true).to(50.0).interrupt().to(51.5);
    assert_eq!(play.shown().len(), 1);
    assert_eq!(play.held(), [(Kind::Interrupting, Reason::KindCooldown)]);
    play.speak(false, true).to(121.0).interrupt().to(122.0);
    assert_eq!(play.shown().last(), Some(&(Kind::Interrupting, 121.1)));
}

#[test]
fn a_nudge_leaves_after_five_seconds_even_if_nothing_changed() {
    let mut play = Play::new();
    play.speak(true, false).to(30.0).raise(6.0).to(40.0);
    assert_eq!(play.cleared(), [(Kind::RaisedVoice, 35.1, Cleared::TimedOut)]);
}

#[test]
fn snoozed_means_nothing_but_broken_channels_for_that_long() {
    let mut play = Play::new();
    play.to(30.0).order(Order::Snooze(SampleSpan::from_millis(300_000)));
    play.interrupt().to(32.0).speak(false, true).to(60.0).channel(Channel::Agent, State::Dead).to(61.0);
    assert_eq!(play.held(), [(Kind::Interrupting, Reason::Snoozed)]);
    assert_eq!(play.shown(), [(Kind::Capture, 60.1)]);
    play.channel(Channel::Agent, State::Live).to(331.0).interrupt().to(332.0);
    assert_eq!(play.shown()[1].0, Kind::Interrupting);
}

#[test]
fn quiet_and_switched_off_are_what_they_say() {
    let mut play = Play::new();
    play.to(30.0).order(Order::Quiet(true)).interrupt().to(32.0).speak(false, true).to(40.0);
    play.order(Order::Quiet(false)).order(Order::Off(Kind::Interrupting)).interrupt().to(42.0);
    let reasons = [(Kind::Interrupting, Reason::Quiet), (Kind::Interrupting, Reason::SwitchedOff)];
    assert_eq!(play.held(), reasons);
    assert!(play.shown().is_empty());
}

#[test]
fn what_the_agent_called_wrong_needs_more_the_next_time() {
    let mut play = Play::new();
    play.speak(true, false).to(30.0).raise(4.6).to(31.0).order(Order::Wrong(Kind::RaisedVoice));
    assert_eq!(play.cleared(), [(Kind::RaisedVoice, 31.0, Cleared::Dismissed)]);
    play.lower().to(150.0).raise(5.0).to(155.0);
    assert_eq!(play.shown().len(), 1, "5.0 dB is below 4.5 dB and 15 %");
    play.raise(5.3).to(156.0);
    let last = *play.decisions().last().unwrap();
    assert_eq!((last.kind, last.outcome), (Kind::RaisedVoice, Outcome::Shown));
    assert!((last.evidence[0].unwrap().limit - 5.175).abs() < 1e-4);
}

#[test]
fn a_warning_of_a_channel_that_was_called_wrong_leaves_the_other_channel_its_own() {
    let mut play = Play::new();
    play.to(30.0).channel(Channel::Agent, State::Zeros).to(32.0).order(Order::Wrong(Kind::Capture));
    play.to(400.0).channel(Channel::Customer, State::Zeros).to(900.0);
    let forms: Vec<_> = play.decisions().iter().map(|decision| decision.variant).collect();
    let both = Channel::BOTH.map(Variant::NoSound);
    assert_eq!(forms[..2], both);
    assert!(!forms[1..].contains(&both[0]), "{forms:?}");
}

#[test]
fn a_closed_nudge_goes_at_once() {
    let mut play = Play::new();
    play.to(30.0).interrupt().to(31.0).order(Order::Dismiss).to(33.0);
    assert_eq!(play.cleared(), [(Kind::Interrupting, 31.0, Cleared::Dismissed)]);
}

#[test]
fn on_hold_nothing_is_shown() {
    let mut play = Play::new();
    play.to(30.0).reading.suspended = true;
    for tenth in 0..20 {
        play.reading.silence = SampleSpan::from_millis(7500 + tenth * 100);
        play.to(30.0 + tenth as f64 / 10.0);
    }
    assert_eq!(play.held(), [(Kind::DeadAir, Reason::Suspended)]);
}

#[test]
fn a_monologue_is_named_at_one_minute_and_not_again_at_once() {
    let mut play = Play::new();
    play.speak(true, false);
    for tenth in 0..=1600 {
        play.reading.monologue = SampleSpan::from_millis(tenth * 100);
        play.to(30.0 + tenth as f64 / 10.0);
    }
    // No pause comes, so it waits two seconds. The doubled limit is reached at
    // 150 s, inside of the cool-down.
    assert_eq!(play.shown(), [(Kind::Monologue, 92.0), (Kind::Monologue, 184.0)]);
}

#[test]
fn dead_air_is_named_after_eight_seconds() {
    let mut play = Play::new();
    play.to(30.0);
    for tenth in 0..100 {
        play.reading.silence = SampleSpan::from_millis(tenth * 100);
        play.to(30.0 + tenth as f64 / 10.0);
    }
    assert_eq!(play.shown(), [(Kind::DeadAir, 38.0)]);
    play.reading.silence = SampleSpan::ZERO;
    play.speak(true, false).to(41.0);
    assert_eq!(play.cleared(), [(Kind::DeadAir, 40.0, Cleared::Recovered)]);
}

#[test]
fn rushed_replies_count_only_against_a_difficult_customer() {
    let mut play = Play::new();
    (0..6).for_each(|k| {
        play.to(30.0 + f64::from(k)).reply(0.1);
    });
    assert!(play.to(40.0).decisions().is_empty());
    play.reading.intensity = 2;
    play.to(41.0).reply(0.1).to(42.0);
    assert_eq!(play.shown(), [(Kind::RushedReply, 41.1)]);
}

#[test]
fn one_rushed_reply_is_enough_right_after_the_customer_began_something() {
    let mut play = Play::new();
    let change = Change { behaviour: Behaviour::HigherPitch, active: true, amount: 4.0 };
    play.to(30.0).note(Event::Customer { at: at(30_000), change }).to(35.0).reply(0.1).to(36.0);
    assert_eq!(play.shown(), [(Kind::RushedReply, 35.1)]);
    let why = play.decisions()[0].evidence.map(|e| e.unwrap().quantity);
    assert_eq!(why, [Quantity::ReplyOffset, Quantity::SinceChange]);
    let mut later = Play::new();
    later.to(30.0).note(Event::Customer { at: at(30_000), change }).to(41.0).reply(0.1).to(42.0);
    assert!(later.decisions().is_empty());
}

#[test]
fn twenty_seconds_in_range_after_a_nudge_earn_a_tick_in_a_pause() {
    let mut play = Play::new();
    play.speak(true, false).to(30.0).raise(6.0).to(33.0).lower().to(56.0);
    assert_eq!(play.shown().len(), 1, "the agent speaks");
    play.speak(false, true).to(60.0);
    assert_eq!(play.shown()[1], (Kind::Positive, 56.2));
    assert_eq!(play.decisions().last().unwrap().variant, Variant::Recovered);
}

#[test]
fn praise_does_not_come_in_a_silence_that_grows_too_long() {
    let mut play = Play::new();
    play.speak(true, false).to(30.0).raise(6.0).to(33.0).lower().to(48.0).speak(false, false);
    for tenth in 0..90 {
        play.reading.silence = SampleSpan::from_millis(tenth * 100);
        play.to(48.0 + tenth as f64 / 10.0);
    }
    let kinds: Vec<Kind> = play.shown().iter().map(|s| s.0).collect();
    assert_eq!(kinds, [Kind::RaisedVoice, Kind::DeadAir]);
}

#[test]
fn a_difficult_call_held_well_for_three_minutes_is_praised() {
    let mut play = Play::new();
    play.speak(false, true).reading.intensity = 2;
    play.to(185.0);
    assert_eq!(play.decisions().last().map(|d| d.variant), Some(Variant::WellHeld));
    let mut easy = Play::new();
    easy.speak(false, true).to(400.0);
    assert!(easy.decisions().is_empty());
}

#[test]
fn listening_is_praised_unless_something_had_to_be_corrected() {
    let backchannel = |now| {
        Event::Overlapped(Judged {
            overlap: Overlap {
                at: now,
                end: now,
                until: now,
                by: Channel::Agent,
                class: Class::Backchannel,
                overlap: SampleSpan::from_millis(300),
                held: SampleSpan::from_millis(3000),
                confirmed: None,
            },
            announced: None,
            reliability: Reliability::Reliable,
        })
    };
    let mut play = Play::new();
    play.speak(false, true).to(40.0).note(backchannel(at(40_000))).note(backchannel(at(41_000))).to(91.0);
    assert_eq!(play.shown(), [(Kind::Positive, 90.0)]);
}

#[test]
fn a_broken_channel_is_named_early_but_not_while_devices_open_and_the_tip_comes_once() {
    let mut play = Play::new();
    play.to(3.0).channel(Channel::Customer, State::Zeros).to(5.0).channel(Channel::Customer, State::Live);
    play.to(6.0);
    assert_eq!(play.shown(), [(Kind::Capture, 4.0)]);
    assert_eq!(play.cleared(), [(Kind::Capture, 5.1, Cleared::Recovered)]);
    play.to(100.0).channel(Channel::Agent, State::Leaking).to(101.0);
    play.channel(Channel::Agent, State::Live).to(400.0).channel(Channel::Agent, State::Leaking).to(410.0);
    assert_eq!(play.shown().len(), 2, "the tip to use a headset comes once");
}

#[test]
fn every_decision_says_what_it_rests_on() {
    let mut play = Play::new();
    play.to(30.0).raise(6.0).interrupt().to(31.0);
    for decision in play.decisions() {
        let evidence = decision.evidence[0].unwrap();
        assert!(evidence.limit <= evidence.value, "{decision:?}");
        let quantity = if decision.kind == Kind::RaisedVoice { Quantity::Rise } else { Quantity::Overlap };
        assert_eq!(evidence.quantity, quantity);
    }
}

/// What may happen in a second of a random call.
#[derive(Clone, Copy, Debug)]
enum Step {
    Calm,
    Raise,
    Lower,
    Interrupt,
    Fast,
    Silence(u8),
    Order(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Calm),
        2 => Just(Step::Raise),
        2 => Just(Step::Lower),
        2 => Just(Step::Interrupt),
        2 => Just(Step::Fast),
        1 => (0u8..30).prop_map(Step::Silence),
        1 => (0u8..4).prop_map(Step::Order),
    ]
}

fn play(steps: &[Step]) -> Play {
    let mut play = Play::new();
    for (k, step) in steps.iter().enumerate() {
        match step {
            Step::Calm => play.speak(false, true),
            Step::Raise => play.speak(true, false).raise(6.0),
            Step::Lower => play.lower(),
            Step::Interrupt => play.interrupt(),
            Step::Fast => play.speak(true, false).pace(1.4, 1),
            Step::Silence(length) => {
                play.reading.silence = SampleSpan::from_millis(u64::from(*length) * 1000);
                play.speak(false, false)
            }
            Step::Order(0) => play.order(Order::Snooze(SampleSpan::from_millis(10_000))),
            Step::Order(1) => play.order(Order::Dismiss),
            Step::Order(2) => play.order(Order::Wrong(Kind::RaisedVoice)),
            Step::Order(_) => play.order(Order::Quiet(k % 2 == 0)),
        };
        let next = play.now as f64 / 1000.0 + 1.0;
        play.to(next);
    }
    let end = at(play.now);
    play.policy.finish(end, &mut play.events);
    play
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn whatever_happens_nobody_is_nagged(steps in prop::collection::vec(step(), 1..400)) {
        let play = play(&steps);
        let shown = play.shown();
        for pair in shown.windows(2) {
            prop_assert!(8.0 <= pair[1].1 - pair[0].1 + 1e-6, "{pair:?}");
        }
        let correctives = shown.iter().filter(|(kind, _)| kind.is_corrective()).count();
        prop_assert!(correctives <= 6);
        prop_assert!(shown.len() - correctives <= 2);
    }

    #[test]
    fn whatever_is_shown_goes_away_once(steps in prop::collection::vec(step(), 1..200)) {
        let mut open: Option<Kind> = None;
        for event in &play(&steps).events {
            match event {
                Event::Decision(Decision { kind, outcome: Outcome::Shown, .. }) => {
                    prop_assert_eq!(open.replace(*kind), None);
                }
                Event::Cleared { kind, .. } => prop_assert_eq!(open.take(), Some(*kind)),
                _ => (),
            }
        }
        prop_assert_eq!(open, None);
    }
}
