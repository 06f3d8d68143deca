//! Chooses at most one nudge at a time. Every wish passes the same gates in
//! the same order; the first that stops it is the reason it is suppressed for,
//! and that is an event too, with the inputs and thresholds behind it.

use crate::core::event::{Class, Event, Order};
use crate::core::nudges::conditions::{self, Conditions, Wish};
use crate::core::nudges::pacing::{self, Pacing};
use crate::core::nudges::{Cleared, Decision, KINDS, Kind, Outcome, Reading, Reason, Variant};
use crate::core::units::{Channel, SampleSpan, SampleTime};

/// Settings of the policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// When each kind is due.
    pub conditions: conditions::Settings,
    /// How often nudges may come.
    pub pacing: pacing::Settings,
    /// Call age before any nudge ...
    pub warm_up: SampleSpan,
    /// ... but this for interruptions.
    pub warm_up_interrupting: SampleSpan,
    /// How long a nudge stays.
    pub show: SampleSpan,
    /// A pause of the agent in which a nudge may appear.
    pub micro_pause: SampleSpan,
    /// A nudge that waits for such a pause waits no longer than this.
    pub patience: SampleSpan,
    /// No nudges at all.
    pub quiet: bool,
    /// Kinds switched off.
    pub off: [bool; KINDS],
}

/// So long after its begin a call may be without sound because its devices are
/// being opened: the slowest seen took 2.1 s.
const OPENING: SampleSpan = SampleSpan::from_millis(4000);

impl Default for Settings {
    fn default() -> Self {
        let seconds = |s: u64| SampleSpan::from_millis(s * 1000);
        Self {
            conditions: conditions::Settings::default(),
            pacing: pacing::Settings::default(),
            warm_up: seconds(20),
            warm_up_interrupting: seconds(5),
            show: seconds(5),
            micro_pause: SampleSpan::from_millis(200),
            patience: seconds(2),
            quiet: false,
            off: [false; KINDS],
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Showing {
    kind: Kind,
    until: SampleTime,
}

/// What was last said of a wish, so that each reason is told once.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    began: SampleTime,
    variant: Variant,
    reason: Reason,
}

/// The policy of one call.
#[derive(Clone, Debug)]
pub struct Policy {
    settings: Settings,
    conditions: Conditions,
    pacing: Pacing,
    showing: Option<Showing>,
    quiet: bool,
    snoozed_until: SampleTime,
    off: [bool; KINDS],
    told: [Option<Told>; KINDS],
    /// When the condition of the last nudge of each kind began: it has had its say.
    shown: [Option<SampleTime>; KINDS],
    /// The form in which each kind was last shown.
    last: [Option<Variant>; KINDS],
    /// Since when a wish waits for a good moment, and the wish.
    waiting: [Option<(SampleTime, Wish)>; KINDS],
    reading: Option<Reading>,
}

impl Policy {
    /// A policy at the beginning of a call. `strictness`: what multiplies the
    /// threshold of each kind, from feedback on earlier calls.
    pub fn new(settings: Settings, strictness: [f32; KINDS]) -> Self {
        Self {
            settings,
            conditions: Conditions::new(settings.conditions, strictness),
            pacing: Pacing::default(),
            showing: None,
            quiet: false,
            snoozed_until: SampleTime::ZERO,
            off: [false; KINDS],
            told: [None; KINDS],
            shown: [None; KINDS],
            last: [None; KINDS],
            waiting: [None; KINDS],
            reading: None,
        }
    }

    /// Changes the settings; what was shown and snoozed stays.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.conditions.set(settings.conditions);
    }

    /// Takes an event of the earlier stages.
    pub fn note(&mut self, event: &Event) {
        let intensity = self.reading.map_or(0, |r| r.intensity);
        match event {
            Event::Interrupts { by: Channel::Agent, at, decided } => {
                self.conditions.interrupts(*at, *decided);
            }
            Event::Second(second) => self.conditions.pace(second.at, second.pace_ratio),
            Event::FloorPassed {
                to: Channel::Agent,
                at,
                offset: Some(offset),
                by_interruption: false,
                ..
            } => {
                self.conditions.replied(*at, *offset, intensity);
            }
            Event::Customer { at, change } => self.conditions.customer(*at, change),
            Event::Cue(hit) => self.conditions.cue(hit),
            Event::Listened { who: Channel::Agent, to, .. } => self.conditions.heard(*to),
            Event::Unheard { who: Channel::Agent, to, .. } => self.conditions.unheard(*to),
            Event::Channel { who, state, since, .. } => self.conditions.channel(*who, *state, *since),
            Event::Overlapped(judged)
                if judged.overlap.by == Channel::Agent
                    && judged.overlap.class == Class::Backchannel
                    && judged.reliability.is_reliable() =>
            {
                self.conditions.listened();
            }
            Event::SpeechStarted { .. }
            | Event::SpeechEnded { .. }
            | Event::SpeechWithdrawn { .. }
            | Event::Interrupts { .. }
            | Event::Overlapped(_)
            | Event::Reclassed { .. }
            | Event::FloorPassed { .. }
            | Event::Monologue { .. }
            | Event::Silence { .. }
            | Event::VoiceRaised { .. }
            | Event::VoiceLowered { .. }
            | Event::PaceRose { .. }
            | Event::PaceFell { .. }
            | Event::Baseline { .. }
            | Event::Listened { .. }
            | Event::Unheard { .. }
            | Event::Reading(_)
            | Event::Decision(_)
            | Event::Cleared { .. }
            | Event::Ordered { .. }
            | Event::Applied { .. }
            | Event::Ended { .. } => (),
        }
    }

    /// Carries out an order.
    pub fn order(&mut self, order: Order, at: SampleTime, out: &mut Vec<Event>) {
        match order {
            Order::Snooze(span) => {
                self.snoozed_until = at + span;
                self.clear(Cleared::Dismissed, at, out);
            }
            Order::Quiet(quiet) => {
                self.quiet = quiet;
                self.clear(Cleared::Dismissed, at, out);
            }
            Order::Off(kind) => {
                self.off[kind as usize] = true;
                self.clear_if(kind, at, out);
            }
            Order::Wrong(kind) => {
                self.conditions.wrong(kind, self.last[kind as usize]);
                self.clear_if(kind, at, out);
            }
            Order::Dismiss => self.clear(Cleared::Dismissed, at, out),
            Order::Hold(_) | Order::Mute(_) | Order::Device(_) => (),
        }
    }

    /// Takes the state of things and decides.
    pub fn read(&mut self, reading: &Reading, out: &mut Vec<Event>) {
        self.reading = Some(*reading);
        self.conditions.read(reading);
        self.end_showing(reading, out);
        let mut shown = false;
        for kind in Kind::ALL {
            let wish = self.conditions.wish(kind, reading);
            self.give_up(kind, wish.as_ref(), reading, out);
            let Some(wish) = wish else { continue };
            match self.judge(&wish, reading, shown) {
                None => (),
                Some(Ok(())) => {
                    self.show(&wish, reading, out);
                    shown = true;
                }
                Some(Err(reason)) => self.suppress(&wish, reason, reading, out),
            }
        }
    }

    /// The call ends.
    pub fn finish(&mut self, at: SampleTime, out: &mut Vec<Event>) {
        self.clear(Cleared::TimedOut, at, out);
    }

    /// What is on the screen.
    pub fn showing(&self) -> Option<Kind> {
        self.showing.map(|s| s.kind)
    }

    /// Whether the wish may be shown; `None` while it waits for a good moment.
    fn judge(&mut self, wish: &Wish, reading: &Reading, taken: bool) -> Option<Result<(), Reason>> {
        if let Err(reason) = self.gates(wish, reading) {
            self.waiting[wish.kind as usize] = None;
            return Some(Err(reason));
        }
        if taken {
            return Some(Err(Reason::Outranked));
        }
        let allowed =
            self.pacing.allows(wish.kind, wish.variant.is_soft(), reading.at, &self.settings.pacing);
        if let Err(reason) = allowed {
            self.waiting[wish.kind as usize] = None;
            return Some(Err(reason));
        }
        let since = self.waiting[wish.kind as usize].get_or_insert((reading.at, *wish)).0;
        self.is_good_moment(wish.kind, reading, since).then_some(Ok(()))
    }

    fn gates(&self, wish: &Wish, reading: &Reading) -> Result<(), Reason> {
        let kind = wish.kind;
        self.channel_gate(kind, reading)?;
        let warm_up = match kind {
            Kind::Capture => OPENING,
            Kind::Interrupting | Kind::Incident => self.settings.warm_up_interrupting,
            Kind::RaisedVoice
            | Kind::FastPace
            | Kind::Monologue
            | Kind::RushedReply
            | Kind::DeadAir
            | Kind::Phrase
            | Kind::Apology
            | Kind::Card
            | Kind::Tip
            | Kind::Positive => self.settings.warm_up,
        };
        ensure(warm_up <= reading.at.since(SampleTime::ZERO), Reason::TooEarly)?;
        ensure(!self.settings.quiet && !self.quiet, Reason::Quiet)?;
        if kind != Kind::Capture {
            ensure(self.snoozed_until <= reading.at, Reason::Snoozed)?;
            ensure(!reading.suspended, Reason::Suspended)?;
        }
        ensure(!self.settings.off[kind as usize] && !self.off[kind as usize], Reason::SwitchedOff)?;
        wish.bar.map_or(Ok(()), Err)?;
        ensure(!kind.needs_baseline() || reading.standing.is_usable(), Reason::NoBaseline)
    }

    fn channel_gate(&self, kind: Kind, reading: &Reading) -> Result<(), Reason> {
        // What is wrong with a channel is no reason to be left alone with an insult.
        if matches!(kind, Kind::Capture | Kind::Incident) {
            return Ok(());
        }
        let both = !matches!(kind, Kind::RaisedVoice | Kind::FastPace | Kind::Phrase | Kind::Apology);
        ensure(reading.channels.agent.is_measurable(), Reason::Channel)?;
        ensure(!both || reading.channels.customer.is_measurable(), Reason::Channel)?;
        ensure(kind != Kind::Interrupting || reading.overlaps_reliable, Reason::NotConverged)
    }

    fn is_good_moment(&self, kind: Kind, reading: &Reading, since: SampleTime) -> bool {
        let pause = self.settings.micro_pause <= reading.agent_pause;
        match kind {
            Kind::Capture | Kind::Interrupting | Kind::RaisedVoice | Kind::DeadAir => true,
            Kind::FastPace | Kind::Monologue | Kind::RushedReply => {
                pause || self.settings.patience <= reading.at.since(since)
            }
            // Nobody reads about words while they look for words.
            Kind::Incident | Kind::Phrase | Kind::Apology | Kind::Card | Kind::Tip => {
                pause && !reading.speaks.agent
            }
            // Praise in the middle of a silence that is about to be too long
            // would mock, and hold back the word that is due then.
            Kind::Positive => {
                pause && 2 * reading.silence.samples() < self.settings.conditions.dead_air.samples()
            }
        }
    }

    /// A wish that waited for its moment and went away was over too soon.
    fn give_up(&mut self, kind: Kind, wish: Option<&Wish>, reading: &Reading, out: &mut Vec<Event>) {
        if wish.is_none()
            && let Some((_, waited)) = self.waiting[kind as usize].take()
        {
            self.suppress(&waited, Reason::Over, reading, out);
        }
    }

    fn show(&mut self, wish: &Wish, reading: &Reading, out: &mut Vec<Event>) {
        self.clear(Cleared::TimedOut, reading.at, out);
        self.waiting[wish.kind as usize] = None;
        self.told[wish.kind as usize] = None;
        self.shown[wish.kind as usize] = Some(wish.began);
        self.last[wish.kind as usize] = Some(wish.variant);
        self.pacing.show(wish.kind, reading.at);
        self.conditions.shown(wish.kind, wish.variant, reading.at);
        self.showing = Some(Showing { kind: wish.kind, until: reading.at + self.settings.show });
        out.push(Event::Decision(decision(wish, Outcome::Shown, reading)));
    }

    fn suppress(&mut self, wish: &Wish, reason: Reason, reading: &Reading, out: &mut Vec<Event>) {
        // A condition that was shown and goes on is not held back anew.
        if reason == Reason::KindCooldown && self.shown[wish.kind as usize] == Some(wish.began) {
            return;
        }
        let told = Told { began: wish.began, variant: wish.variant, reason };
        if self.told[wish.kind as usize].replace(told) != Some(told) {
            out.push(Event::Decision(decision(wish, Outcome::Suppressed(reason), reading)));
        }
    }

    fn end_showing(&mut self, reading: &Reading, out: &mut Vec<Event>) {
        let Some(showing) = self.showing else { return };
        if self.conditions.is_over(showing.kind, reading) {
            // An interruption is also over when the customer falls silent.
            let passed = showing.kind == Kind::Interrupting && reading.speaks.agent;
            let how = if passed { Cleared::Passed } else { Cleared::Recovered };
            self.clear(how, reading.at, out);
        } else if showing.until <= reading.at {
            self.clear(Cleared::TimedOut, reading.at, out);
        }
    }

    fn clear_if(&mut self, kind: Kind, at: SampleTime, out: &mut Vec<Event>) {
        if self.showing() == Some(kind) {
            self.clear(Cleared::Dismissed, at, out);
        }
    }

    fn clear(&mut self, how: Cleared, at: SampleTime, out: &mut Vec<Event>) {
        if let Some(showing) = self.showing.take() {
            out.push(Event::Cleared { kind: showing.kind, at, how });
        }
    }
}

fn ensure(holds: bool, reason: Reason) -> Result<(), Reason> {
    if holds { Ok(()) } else { Err(reason) }
}

fn decision(wish: &Wish, outcome: Outcome, reading: &Reading) -> Decision {
    Decision {
        at: reading.at,
        kind: wish.kind,
        variant: wish.variant,
        began: wish.began,
        outcome,
        evidence: wish.evidence,
        standing: reading.standing,
    }
}
