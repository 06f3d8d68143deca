//! The nudges that rest on recognised words and on what the customer does: when
//! each comes, what holds it back, and that words that come late never nag.

use evenkeel::core::event::{
    Behaviour, Change, CueHit, Decision, Detector, Event, KINDS, Kind, Order, Outcome, Reading, Reason,
    Standing, State, Variant,
};
use evenkeel::core::nudges::policy::{Policy, Settings};
use evenkeel::core::units::{Channel, SampleSpan, SampleTime, Sides};

/// One reading in ms.
const STEP: u64 = 100;

fn at(seconds: f64) -> SampleTime {
    SampleTime::from_seconds(seconds)
}

fn long(seconds: f64) -> SampleSpan {
    SampleSpan::from_seconds(seconds)
}

/// A call, played to the policy; the agent is silent unless said otherwise.
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
        let reading = Reading {
            at: SampleTime::ZERO,
            of: SampleTime::ZERO,
            speaks: Sides { agent: false, customer: true },
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
        };
        Self { policy: Policy::new(settings, [1.0; KINDS]), reading, now: 0, events: Vec::new() }
    }

    /// Goes on up to `seconds`.
    fn to(&mut self, seconds: f64) -> &mut Self {
        while self.now < (seconds * 1000.0) as u64 {
            self.now += STEP;
            (self.reading.at, self.reading.of) = (at(self.seconds()), at(self.seconds()));
            let silent = !self.reading.speaks.agent;
            let pause = self.reading.agent_pause + SampleSpan::from_millis(STEP);
            self.reading.agent_pause = if silent { pause } else { SampleSpan::ZERO };
            self.policy.read(&self.reading, &mut self.events);
        }
        self
    }

    fn seconds(&self) -> f64 {
        self.now as f64 / 1000.0
    }

    fn agent_speaks(&mut self, on: bool) -> &mut Self {
        self.reading.speaks.agent = on;
        self
    }

    fn intensity(&mut self, things: u8) -> &mut Self {
        self.reading.intensity = things;
        self
    }

    /// A phrase that ended so long ago is known now.
    fn said(&mut self, detector: Detector, ago: f64) -> &mut Self {
        let until = at(self.seconds() - ago);
        let hit = CueHit { at: until.back(long(1.0)), until, who: detector.speaker(), detector };
        self.policy.note(&Event::Cue(hit));
        self
    }

    /// The agent's speech up to now is known in words.
    fn heard(&mut self) -> &mut Self {
        let to = at(self.seconds());
        let (who, from) = (Channel::Agent, to.back(long(2.0)));
        self.policy.note(&Event::Listened { who, from, to, spoken: long(2.0) });
        self
    }

    /// What the agent said in the last two seconds, but for the last one, is not known.
    fn unheard(&mut self) -> &mut Self {
        let to = at(self.seconds() - 1.0);
        let (who, from) = (Channel::Agent, to.back(long(1.0)));
        self.policy.note(&Event::Unheard { who, from, to, spoken: long(1.0) });
        self
    }

    fn customer(&mut self, behaviour: Behaviour, active: bool) -> &mut Self {
        let change = Change { behaviour, active, amount: 2.0 };
        self.policy.note(&Event::Customer { at: at(self.seconds()), change });
        self
    }

    fn order(&mut self, order: Order) -> &mut Self {
        self.policy.order(order, at(self.seconds()), &mut self.events);
        self
    }

    fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.events.iter().filter_map(|e| if let Event::Decision(d) = e { Some(d) } else { None })
    }

    /// Forms that were shown, and when, s.
    fn shown(&self) -> Vec<(Variant, f64)> {
        let shown = self.decisions().filter(|d| d.outcome == Outcome::Shown);
        shown.map(|d| (d.variant, d.at.seconds())).collect()
    }

    fn held(&self) -> Vec<(Variant, Reason)> {
        let reason = |d: &Decision| match d.outcome {
            Outcome::Suppressed(reason) => Some((d.variant, reason)),
            Outcome::Shown => None,
        };
        self.decisions().filter_map(reason).collect()
    }
}

#[test]
fn a_phrase_is_answered_when_its_words_are_known() {
    for (detector, kind, variant) in [
        (Detector::PolicyWall, Kind::Phrase, Variant::Policy),
        (Detector::SoothingTrap, Kind::Phrase, Variant::Soothing),
        (Detector::AgreementTrap, Kind::Phrase, Variant::Agreeing),
        (Detector::ApologyRamble, Kind::Apology, Variant::Plain),
        (Detector::Abuse, Kind::Incident, Variant::Abuse),
        (Detector::Escalation, Kind::Incident, Variant::Escalation),
        (Detector::Boundary, Kind::Positive, Variant::BoundarySet),
    ] {
        let mut play = Play::new();
        play.to(30.0).said(detector, 1.5).to(45.0);
        assert_eq!(play.shown(), [(variant, 30.1)], "{detector:?}");
        assert_eq!(play.decisions().next().unwrap().kind, kind);
        assert_eq!(play.held(), [], "{detector:?}");
    }
}

#[test]
fn what_is_fine_to_say_is_not_answered() {
    let mut play = Play::new();
    for detector in [
        Detector::Empathy,
        Detector::Paraphrase,
        Detector::OpenQuestion,
        Detector::Apology,
        Detector::NextStep,
        Detector::Ownership,
    ] {
        play.to(play.seconds() + 30.0).said(detector, 1.0);
    }
    play.to(300.0);
    assert_eq!((play.shown(), play.held()), (vec![], vec![]));
}

#[test]
fn words_that_come_late_are_counted_and_never_shown() {
    let mut play = Play::new();
    play.to(30.0).said(Detector::PolicyWall, 6.1).to(60.0);
    assert_eq!((play.shown(), play.held()), (vec![], vec![(Variant::Policy, Reason::Late)]));
    // Help is of use for longer.
    play.said(Detector::Abuse, 19.0).to(61.0).said(Detector::Escalation, 20.5).to(90.0);
    assert_eq!(play.shown(), [(Variant::Abuse, 60.1)]);
    assert_eq!(play.held().last(), Some(&(Variant::Escalation, Reason::Late)));
}

#[test]
fn a_late_phrase_does_not_stand_in_the_way_of_a_fresh_one() {
    let mut play = Play::new();
    play.to(30.0).said(Detector::SoothingTrap, 9.0).to(31.0).said(Detector::SoothingTrap, 1.0).to(40.0);
    assert_eq!(play.shown(), [(Variant::Soothing, 31.1)]);
}

#[test]
fn nothing_about_words_is_shown_while_the_agent_speaks() {
    let mut play = Play::new();
    play.agent_speaks(true).to(30.0).said(Detector::PolicyWall, 1.0).to(33.0).agent_speaks(false).to(34.0);
    assert_eq!(play.shown(), [(Variant::Policy, 33.2)]);
    let mut play = Play::new();
    play.agent_speaks(true).to(30.0).said(Detector::PolicyWall, 1.0).to(50.0).agent_speaks(false).to(60.0);
    assert_eq!((play.shown(), play.held()), (vec![], vec![(Variant::Policy, Reason::Over)]));
}

#[test]
fn rule_and_agreement_are_answered_once_a_call_and_an_order_to_be_calm_each_time() {
    for (detector, variant) in
        [(Detector::PolicyWall, Variant::Policy), (Detector::AgreementTrap, Variant::Agreeing)]
    {
        let mut play = Play::new();
        play.to(30.0).said(detector, 1.0).to(300.0).said(detector, 1.0).to(310.0);
        assert_eq!(play.shown().len(), 1);
        assert_eq!(play.held(), [(variant, Reason::OnceACall)]);
    }
    let mut play = Play::new();
    play.to(30.0).said(Detector::SoothingTrap, 1.0).to(300.0).said(Detector::SoothingTrap, 1.0).to(310.0);
    assert_eq!(play.shown().len(), 2);
}

#[test]
fn the_kind_has_its_cool_down() {
    let mut play = Play::new();
    play.to(30.0).said(Detector::SoothingTrap, 1.0).to(60.0).said(Detector::PolicyWall, 1.0).to(70.0);
    assert_eq!(play.held(), [(Variant::Policy, Reason::KindCooldown)]);
}

#[test]
fn an_agreement_gives_way_to_all_that_was_shown_in_the_last_minute() {
    let mut play = Play::new();
    play.to(30.0).said(Detector::ApologyRamble, 1.0).to(85.0).said(Detector::AgreementTrap, 1.0).to(95.0);
    assert_eq!(play.held(), [(Variant::Agreeing, Reason::GlobalCooldown)]);
    let mut play = Play::new();
    play.to(30.0).said(Detector::ApologyRamble, 1.0).to(92.0).said(Detector::AgreementTrap, 1.0).to(95.0);
    assert_eq!(play.shown().len(), 2);
}

#[test]
fn each_form_of_help_comes_once_and_needs_no_cool_down_of_its_kind() {
    let mut play = Play::new();
    play.to(30.0).said(Detector::Abuse, 1.0).to(51.0).said(Detector::Escalation, 1.0).to(80.0);
    assert_eq!(play.shown(), [(Variant::Abuse, 30.1), (Variant::Escalation, 51.1)]);
    play.said(Detector::Abuse, 1.0).to(120.0);
    assert_eq!(play.held(), [(Variant::Abuse, Reason::OnceACall)]);
}

#[test]
fn help_takes_nothing_from_the_budget_and_asks_nothing_of_it() {
    let mut settings = Settings::default();
    settings.pacing.budget = 1;
    settings.pacing.free = 1;
    let mut play = Play::with(settings);
    play.to(30.0).said(Detector::Abuse, 1.0).to(60.0).said(Detector::PolicyWall, 1.0);
    play.to(90.0).said(Detector::ApologyRamble, 1.0).to(120.0).said(Detector::Escalation, 1.0).to(150.0);
    let forms: Vec<_> = play.shown().iter().map(|(variant, _)| *variant).collect();
    assert_eq!(forms, [Variant::Abuse, Variant::Policy, Variant::Escalation]);
    assert_eq!(play.held(), [(Variant::Plain, Reason::Budget)]);
}

#[test]
fn a_channel_that_cannot_be_measured_is_no_reason_to_be_left_alone_with_an_insult() {
    let mut play = Play::new();
    play.reading.channels = Sides { agent: State::Leaking, customer: State::Live };
    play.to(30.0).said(Detector::Abuse, 1.0).to(60.0).said(Detector::PolicyWall, 1.0).to(70.0);
    assert_eq!(play.shown(), [(Variant::Abuse, 30.1)]);
    assert_eq!(play.held(), [(Variant::Policy, Reason::Channel)]);
}

#[test]
fn wording_asks_nothing_of_the_customers_channel() {
    let mut play = Play::new();
    play.reading.channels.customer = State::Zeros;
    play.to(30.0).said(Detector::PolicyWall, 1.0).to(40.0);
    assert_eq!(play.shown().len(), 1);
}

#[test]
fn the_other_gates_hold_for_words_as_well() {
    let held = |prepare: fn(&mut Play), detector: Detector| {
        let mut play = Play::new();
        prepare(&mut play);
        let end = play.seconds() + 0.2;
        play.said(detector, 0.5).to(end);
        assert_eq!(play.shown(), []);
        play.held()[0].1
    };
    let quiet = |play: &mut Play| {
        play.to(30.0).order(Order::Quiet(true));
    };
    let snoozed = |play: &mut Play| {
        play.to(30.0).order(Order::Snooze(long(60.0)));
    };
    let off = |play: &mut Play| {
        play.to(30.0).order(Order::Off(Kind::Incident));
    };
    let on_hold = |play: &mut Play| play.to(30.0).reading.suspended = true;
    let young = |play: &mut Play| {
        play.to(4.0);
    };
    assert_eq!(held(quiet, Detector::Abuse), Reason::Quiet);
    assert_eq!(held(snoozed, Detector::PolicyWall), Reason::Snoozed);
    assert_eq!(held(off, Detector::Escalation), Reason::SwitchedOff);
    assert_eq!(held(on_hold, Detector::PolicyWall), Reason::Suspended);
    assert_eq!(held(young, Detector::Abuse), Reason::TooEarly);
    let warming_up = |play: &mut Play| {
        play.to(10.0);
    };
    assert_eq!(held(warming_up, Detector::PolicyWall), Reason::TooEarly);
}

#[test]
fn an_insult_in_the_first_seconds_is_not_missed() {
    let mut play = Play::new();
    play.to(6.0).said(Detector::Abuse, 1.0).to(10.0);
    assert_eq!(play.shown(), [(Variant::Abuse, 6.1)]);
}

#[test]
fn of_two_phrases_at_once_the_one_that_may_be_shown_is() {
    let mut play = Play::new();
    play.to(30.0).said(Detector::PolicyWall, 1.0).to(300.0);
    play.said(Detector::PolicyWall, 1.0).said(Detector::SoothingTrap, 1.0).to(310.0);
    assert_eq!(play.shown()[1].0, Variant::Soothing);
}

#[test]
fn a_word_of_understanding_is_missed_after_half_a_difficult_minute() {
    let mut play = Play::new();
    play.to(40.0).intensity(2).to(60.0).heard().to(75.0);
    assert_eq!(play.shown(), [(Variant::Empathy, 70.1)]);
    // And once a call is enough.
    play.to(400.0);
    assert_eq!(play.shown().iter().filter(|(variant, _)| *variant == Variant::Empathy).count(), 1);
}

#[test]
fn the_tip_knows_what_was_said_or_is_silent() {
    let mut play = Play::new();
    play.to(40.0).intensity(2).to(60.0).heard().said(Detector::Empathy, 1.0).to(110.0);
    assert_eq!(play.shown(), [], "it was said");
    let mut play = Play::new();
    play.to(40.0).intensity(2).to(110.0);
    assert_eq!(play.shown(), [], "nobody listens");
    let mut play = Play::new();
    play.to(40.0).intensity(2).to(60.0).heard().to(65.0).agent_speaks(true).to(69.0).agent_speaks(false);
    play.to(80.0);
    assert_eq!(play.shown(), [], "what was said last is not known yet");
    play.heard().to(81.0);
    assert_eq!(play.shown(), [(Variant::Empathy, 80.1)]);
}

#[test]
fn a_tip_never_blames_for_what_nobody_heard() {
    let mut play = Play::new();
    play.to(40.0).intensity(2).to(60.0).unheard().heard().to(110.0);
    assert_eq!(play.shown(), [], "it may have been said there");
    // Before the call was difficult it would not have counted.
    let mut play = Play::new();
    play.to(40.0).unheard().heard().intensity(2).to(60.0).heard().to(75.0);
    assert_eq!(play.shown(), [(Variant::Empathy, 70.1)]);
    // A next step may have been named at any time.
    let mut play = Play::new();
    play.to(100.0).unheard().heard().to(230.0).heard().intensity(2).to(255.0);
    assert_eq!(play.shown(), []);
}

#[test]
fn an_insult_and_a_demand_make_a_call_difficult_for_a_minute() {
    let mut play = Play::new();
    play.intensity(1).to(40.0).said(Detector::Abuse, 0.0).to(60.0).heard().to(75.0);
    assert_eq!(play.shown(), [(Variant::Abuse, 40.1), (Variant::Empathy, 70.1)]);
    let mut play = Play::new();
    play.to(40.0).said(Detector::Abuse, 0.0).to(60.0).heard().to(200.0);
    assert_eq!(play.shown().len(), 1, "one thing is not two");
}

#[test]
fn a_next_step_is_missed_in_a_difficult_call_of_four_minutes() {
    let mut play = Play::new();
    play.to(230.0).heard().intensity(2).to(241.0);
    assert_eq!(play.shown(), [(Variant::NextStep, 240.0)]);
    let mut play = Play::new();
    play.to(100.0).said(Detector::NextStep, 1.0).to(230.0).heard().intensity(2).to(255.0);
    assert_eq!(play.shown(), []);
}

#[test]
fn a_customer_who_is_fast_and_abrupt_brings_a_card() {
    let mut play = Play::new();
    play.to(100.0).customer(Behaviour::Faster, true).to(110.0).customer(Behaviour::Interrupting, true);
    play.to(130.0);
    assert_eq!(play.shown(), [(Variant::Abrupt, 115.0)]);
    play.customer(Behaviour::Faster, false).customer(Behaviour::Faster, true).to(400.0);
    assert_eq!(play.shown().len(), 1, "once a call");
}

#[test]
fn a_higher_voice_and_a_demand_bring_a_card() {
    let mut play = Play::new();
    play.to(100.0).customer(Behaviour::HigherPitch, true).to(120.0);
    assert_eq!(play.shown(), []);
    play.said(Detector::Escalation, 1.0).to(150.0);
    assert_eq!(play.shown(), [(Variant::Escalation, 120.1), (Variant::Demanding, 140.1)]);
}

#[test]
fn taking_the_word_in_an_even_voice_brings_a_card() {
    let mut play = Play::new();
    play.to(100.0).customer(Behaviour::Interrupting, true).to(140.0);
    assert_eq!(play.shown(), [(Variant::TakingOver, 130.0)]);
    let mut play = Play::new();
    play.to(30.0).customer(Behaviour::Interrupting, true).to(85.0);
    assert_eq!(play.shown(), [], "how they speak at their start is not known yet");
}

#[test]
fn a_boundary_counts_as_praise_and_as_nothing_to_correct() {
    let mut play = Play::new();
    play.to(30.0).said(Detector::Boundary, 1.0).to(35.0);
    assert_eq!(
        play.decisions().next().map(|d| (d.kind, d.variant)),
        Some((Kind::Positive, Variant::BoundarySet))
    );
    let mut play = Play::new();
    play.to(30.0).said(Detector::PolicyWall, 1.0).to(80.0);
    assert_eq!(play.shown().len(), 1, "there is no range that words could be back in");
}

#[test]
fn in_settings_of_the_time_before_nothing_is_made_of_words() {
    let mut settings = Settings::default();
    settings.conditions.spoken.on = false;
    let mut play = Play::with(settings);
    play.to(100.0).customer(Behaviour::Interrupting, true).customer(Behaviour::Faster, true);
    play.said(Detector::Abuse, 1.0).said(Detector::PolicyWall, 1.0).heard().intensity(3).to(300.0);
    let about = |d: &&Decision| d.kind.rests_on_words() || d.kind == Kind::Card;
    assert_eq!(play.decisions().filter(about).count(), 0);
}

#[test]
fn whatever_comes_there_are_never_two_within_the_gap_and_never_more_than_the_budget() {
    let mut play = Play::new();
    play.intensity(2).to(20.0);
    for k in 0..120u32 {
        let detector = Detector::ALL[(k * 7 % 13) as usize];
        let ago = f64::from(k % 9);
        play.agent_speaks(k % 3 == 0).said(detector, ago).heard().to(20.0 + 5.0 * f64::from(k + 1));
    }
    let shown: Vec<&Decision> = play.decisions().filter(|d| d.outcome == Outcome::Shown).collect();
    assert!(shown.iter().filter(|d| d.kind.is_corrective()).count() <= 6);
    for pair in shown.windows(2) {
        let urgent = pair[0].kind.priority() + 200 <= pair[1].kind.priority();
        let least = if urgent { 8.0 } else { 20.0 };
        assert!(least <= pair[1].at.since(pair[0].at).seconds(), "{pair:?}");
    }
}

#[test]
fn a_form_without_a_threshold_that_was_called_wrong_does_not_come_again_in_this_call() {
    for (detector, kind, variant) in [
        (Detector::SoothingTrap, Kind::Phrase, Variant::Soothing),
        (Detector::ApologyRamble, Kind::Apology, Variant::Plain),
        (Detector::Boundary, Kind::Positive, Variant::BoundarySet),
    ] {
        let shown = |wrong: bool| {
            let mut play = Play::new();
            play.to(30.0).said(detector, 1.0).to(40.0);
            if wrong {
                play.order(Order::Wrong(kind));
            }
            play.to(400.0).said(detector, 1.0).to(420.0);
            (play.shown().len(), play.held().contains(&(variant, Reason::OnceACall)))
        };
        assert_eq!((shown(false), shown(true)), ((2, false), (1, true)), "{detector:?}");
    }
}

#[test]
fn a_refused_form_keeps_no_other_one_of_its_kind_away() {
    let mut play = Play::new();
    play.to(30.0).said(Detector::SoothingTrap, 1.0).to(40.0).order(Order::Wrong(Kind::Phrase));
    play.to(400.0).said(Detector::SoothingTrap, 1.0).said(Detector::AgreementTrap, 0.5).to(420.0);
    let variants: Vec<_> = play.shown().iter().map(|(variant, _)| *variant).collect();
    assert_eq!(variants, [Variant::Soothing, Variant::Agreeing]);
}
