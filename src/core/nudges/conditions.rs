//! When each kind of nudge would be due, by its own rule alone: no gates, no
//! cool-downs, no competition.

use crate::core::event::{Change, CueHit, State};
use crate::core::nudges::spoken::{self, Spoken};
use crate::core::nudges::{Evidence, KINDS, Kind, Quantity, Reading, Reason, Variant};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};

/// Thresholds of the kinds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Talking over the customer for this long is an interruption.
    pub interruption: SampleSpan,
    /// Rise of a raised voice, dB.
    pub raised_db: f32,
    /// Pace that twice in a row is too fast ...
    pub fast_ratio: f32,
    /// ... or this one for `fast_for`.
    pub fast_ratio_lasting: f32,
    /// See above.
    pub fast_for: SampleSpan,
    /// Below this the pace is back in range.
    pub fast_leave: f32,
    /// A monologue of this length; again at twice that.
    pub monologue: SampleSpan,
    /// A reply this soon is rushed, s.
    pub rushed_s: f32,
    /// So many of the last six replies ...
    pub rushed_of_six: u32,
    /// ... while the customer does this many things.
    pub rushed_intensity: u8,
    /// One rushed reply is enough this soon after the customer began something.
    pub after_spike: SampleSpan,
    /// A silence of this length ...
    pub dead_air: SampleSpan,
    /// ... and again at this one.
    pub dead_air_again: SampleSpan,
    /// Time back in range after a nudge that earns a tick.
    pub recovered_after: SampleSpan,
    /// Time without anything to correct in a difficult call that earns praise.
    pub well_held: SampleSpan,
    /// Call age for praise for listening.
    pub listening_after: SampleSpan,
    /// Listening tokens for it.
    pub listening_tokens: u32,
    /// What rests on words and on what the customer does.
    pub spoken: spoken::Settings,
}

impl Default for Settings {
    fn default() -> Self {
        let seconds = |s: u64| SampleSpan::from_millis(s * 1000);
        Self {
            interruption: seconds(1),
            raised_db: 4.5,
            fast_ratio: 1.25,
            fast_ratio_lasting: 1.18,
            fast_for: seconds(5),
            fast_leave: 1.08,
            monologue: seconds(60),
            rushed_s: 0.2,
            rushed_of_six: 4,
            rushed_intensity: 2,
            after_spike: seconds(10),
            dead_air: seconds(8),
            dead_air_again: seconds(20),
            recovered_after: seconds(20),
            well_held: seconds(180),
            listening_after: seconds(90),
            listening_tokens: 2,
            spoken: spoken::Settings::default(),
        }
    }
}

/// A nudge that is due by its own rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    /// What about.
    pub kind: Kind,
    /// Which form.
    pub variant: Variant,
    /// When the condition began.
    pub began: SampleTime,
    /// What it rests on.
    pub evidence: [Option<Evidence>; 2],
    /// What its own rule has against showing it, where it is told of all the same.
    pub bar: Option<Reason>,
}

/// A wish that is about a single moment is given up after this.
pub(super) const MOMENT: SampleSpan = SampleSpan::from_millis(3000);
/// An interruption is over once nobody was talked over for this long.
const OVER: SampleSpan = SampleSpan::from_millis(500);
/// The customer counts as talking this long after the last word.
const STILL_TALKING: SampleSpan = SampleSpan::from_millis(1000);

/// Follows the conditions.
#[derive(Clone, Debug)]
pub struct Conditions {
    settings: Settings,
    /// What multiplies the thresholds of a kind after it was called wrong.
    strictness: [f32; KINDS],
    /// The same for all that is held against a young baseline.
    young: f32,
    interruption: Option<Interruption>,
    customer_spoke: SampleTime,
    raised_at: Option<SampleTime>,
    fast: Fast,
    monologues: u32,
    replies: [Option<f32>; 6],
    rushed: Option<Rushed>,
    spike: Option<SampleTime>,
    dead_airs: u32,
    channel: Sides<Option<(State, SampleTime)>>,
    leak_told: bool,
    spoken: Spoken,
    good: Good,
}

#[derive(Clone, Copy, Debug)]
struct Interruption {
    at: SampleTime,
    last: SampleTime,
}

/// A rushed reply that counts, and why.
#[derive(Clone, Copy, Debug)]
struct Rushed {
    at: SampleTime,
    offset: f32,
    how: Hurry,
}

#[derive(Clone, Copy, Debug)]
enum Hurry {
    /// So many of the last six replies were.
    Often(u32),
    /// So soon after the customer began something.
    AfterChange(SampleSpan),
}

#[derive(Clone, Copy, Debug, Default)]
struct Fast {
    ratio: f32,
    high: u32,
    lasting: Option<SampleTime>,
    since: Option<SampleTime>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Good {
    /// The last corrective nudge, until it earned its tick.
    owed: Option<(Kind, SampleTime)>,
    clean_since: SampleTime,
    difficult: SampleSpan,
    tokens: u32,
    corrected: bool,
    praised_listening: bool,
}

impl Conditions {
    /// Nothing is due.
    pub fn new(settings: Settings, strictness: [f32; KINDS]) -> Self {
        Self {
            settings,
            strictness,
            young: 1.0,
            interruption: None,
            customer_spoke: SampleTime::ZERO,
            raised_at: None,
            fast: Fast::default(),
            monologues: 0,
            replies: [None; 6],
            rushed: None,
            spike: None,
            dead_airs: 0,
            channel: Sides::default(),
            leak_told: false,
            spoken: Spoken::new(settings.spoken),
            good: Good::default(),
        }
    }

    /// Changes the thresholds.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.spoken.set(settings.spoken);
    }

    /// A nudge of this kind was wrong, which was last shown in this form: its threshold
    /// rises by 15 %, and without one the form does not come again.
    pub fn wrong(&mut self, kind: Kind, shown: Option<Variant>) {
        self.strictness[kind as usize] *= 1.15;
        if let Some(variant) = shown.filter(|_| !kind.has_threshold()) {
            self.spoken.refuse(variant);
        }
    }

    /// The agent interrupts since `at`.
    pub fn interrupts(&mut self, at: SampleTime, decided: SampleTime) {
        self.interruption = Some(Interruption { at, last: decided });
    }

    /// The pace of the last second against the baseline.
    pub fn pace(&mut self, at: SampleTime, ratio: Option<f32>) {
        let high = self.fast_limit(self.settings.fast_ratio);
        let lasting = self.fast_limit(self.settings.fast_ratio_lasting);
        let ratio = ratio.unwrap_or(0.0);
        let fast = &mut self.fast;
        fast.ratio = ratio;
        fast.high = if high <= ratio { fast.high + 1 } else { 0 };
        fast.lasting = if lasting <= ratio { fast.lasting.or(Some(at)) } else { None };
        let lasted = fast.lasting.is_some_and(|from| self.settings.fast_for <= at.since(from));
        if 2 <= fast.high || lasted {
            fast.since.get_or_insert(at);
        } else if ratio < self.settings.fast_leave {
            fast.since = None;
        }
    }

    /// A ratio after feedback: what counts is how far it is above normal.
    fn fast_limit(&self, ratio: f32) -> f32 {
        1.0 + (ratio - 1.0) * self.strictness[Kind::FastPace as usize] * self.young
    }

    /// Rushed replies that are too many, after feedback.
    fn rushed_limit(&self) -> u32 {
        (self.settings.rushed_of_six as f32 * self.strictness[Kind::RushedReply as usize]).ceil() as u32
    }

    /// The agent replied, `offset` seconds after the customer.
    pub fn replied(&mut self, at: SampleTime, offset: f32, intensity: u8) {
        self.replies.rotate_right(1);
        self.replies[0] = Some(offset);
        let rushed = |o: &&f32| **o < self.settings.rushed_s;
        let count = self.replies.iter().flatten().filter(rushed).count() as u32;
        let often = self.rushed_limit() <= count && self.settings.rushed_intensity <= intensity;
        let change = self.spike.map(|spike| at.since(spike)).filter(|s| *s <= self.settings.after_spike);
        let how = if often { Some(Hurry::Often(count)) } else { change.map(Hurry::AfterChange) };
        let now = offset < self.settings.rushed_s;
        self.rushed = how.filter(|_| now).map(|how| Rushed { at, offset, how });
    }

    /// The customer began or stopped doing something.
    pub fn customer(&mut self, at: SampleTime, change: &Change) {
        if change.active {
            self.spike = Some(at);
        }
        self.spoken.customer(at, change);
    }

    /// A phrase is known.
    pub fn cue(&mut self, hit: &CueHit) {
        self.spoken.cue(hit);
    }

    /// The agent's speech is known in words up to `to`.
    pub fn heard(&mut self, to: SampleTime) {
        self.spoken.heard(to);
    }

    /// What the agent said up to `to` is not known whole.
    pub fn unheard(&mut self, to: SampleTime) {
        self.spoken.unheard(to);
    }

    /// The agent showed that they listen.
    pub fn listened(&mut self) {
        self.good.tokens += 1;
    }

    /// A channel is in another state since `since`.
    pub fn channel(&mut self, who: Channel, state: State, since: SampleTime) {
        self.channel[who] = (!state.is_measurable()).then_some((state, since));
    }

    /// Takes the state of things.
    pub fn read(&mut self, reading: &Reading) {
        self.young = reading.strictness;
        self.spoken.read(reading);
        if reading.speaks.customer {
            self.customer_spoke = reading.at;
        }
        self.read_interruption(reading);
        self.raised_at = if reading.raised { self.raised_at.or(Some(reading.at)) } else { None };
        if reading.monologue == SampleSpan::ZERO {
            self.monologues = 0;
        }
        if reading.silence == SampleSpan::ZERO {
            self.dead_airs = 0;
        }
        if self.rushed.is_some_and(|rushed| MOMENT < reading.at.since(rushed.at)) {
            self.rushed = None;
        }
        if 2 <= reading.intensity {
            self.good.difficult += SampleSpan::from_millis(100);
        }
        if self.is_off(reading) {
            self.good.clean_since = reading.at;
        }
    }

    fn read_interruption(&mut self, reading: &Reading) {
        let talking = reading.speaks.agent && reading.at.since(self.customer_spoke) <= STILL_TALKING;
        if let Some(open) = &mut self.interruption {
            if talking {
                open.last = reading.at;
            }
            if OVER < reading.at.since(open.last) {
                self.interruption = None;
            }
        }
    }

    /// Whether something would be corrected at the moment.
    fn is_off(&self, reading: &Reading) -> bool {
        reading.raised || self.interruption.is_some() || self.fast.since.is_some()
    }

    /// Whether a condition that was shown is over.
    pub fn is_over(&self, kind: Kind, reading: &Reading) -> bool {
        match kind {
            Kind::Capture => self.capture().is_none(),
            Kind::Interrupting => self.interruption.is_none(),
            Kind::RaisedVoice => !reading.raised,
            Kind::FastPace => self.fast.since.is_none(),
            Kind::Monologue => {
                reading.monologue == SampleSpan::ZERO || self.settings.dead_air < reading.agent_pause
            }
            Kind::DeadAir => reading.silence == SampleSpan::ZERO,
            // What was said is said; advice for the next reply, help and praise: they
            // simply fade.
            Kind::RushedReply
            | Kind::Incident
            | Kind::Phrase
            | Kind::Apology
            | Kind::Card
            | Kind::Tip
            | Kind::Positive => false,
        }
    }

    /// Notes that a nudge was shown.
    pub fn shown(&mut self, kind: Kind, variant: Variant, at: SampleTime) {
        self.spoken.shown(kind, variant);
        match kind {
            Kind::Monologue => self.monologues += 1,
            Kind::DeadAir => self.dead_airs += 1,
            Kind::RushedReply => self.rushed = None,
            Kind::Capture => self.leak_told |= variant == Variant::UseHeadset,
            Kind::Positive => self.praise(variant, at),
            Kind::Interrupting
            | Kind::RaisedVoice
            | Kind::FastPace
            | Kind::Incident
            | Kind::Phrase
            | Kind::Apology
            | Kind::Card
            | Kind::Tip => (),
        }
        if kind.is_corrective() {
            // There is no range that words could be back in.
            self.good.owed = (!kind.rests_on_words()).then_some((kind, at)).or(self.good.owed);
            self.good.corrected = true;
            self.good.clean_since = at;
        }
    }

    fn praise(&mut self, variant: Variant, at: SampleTime) {
        match variant {
            Variant::Recovered => self.good.owed = None,
            Variant::WellHeld => {
                self.good.praised_listening = true;
                self.good.clean_since = at;
                self.good.difficult = SampleSpan::ZERO;
            }
            Variant::Plain
            | Variant::NoSound(_)
            | Variant::UseHeadset
            | Variant::SameAudio
            | Variant::BoundarySet
            | Variant::Abuse
            | Variant::Escalation
            | Variant::Agreeing
            | Variant::Policy
            | Variant::Soothing
            | Variant::Abrupt
            | Variant::Demanding
            | Variant::TakingOver
            | Variant::Empathy
            | Variant::NextStep => (),
        }
    }

    /// The nudge of this kind that is due, if one is.
    pub fn wish(&self, kind: Kind, reading: &Reading) -> Option<Wish> {
        match kind {
            Kind::Capture => self.capture_wish(reading),
            Kind::Interrupting => self.interrupting(reading),
            Kind::RaisedVoice => self.raised(reading),
            Kind::FastPace => self.too_fast(),
            Kind::Monologue => self.holding_forth(reading),
            Kind::RushedReply => self.rushing(reading),
            Kind::DeadAir => self.dead_air(reading),
            Kind::Incident | Kind::Phrase | Kind::Apology => self.spoken.phrase(kind, reading),
            Kind::Card => self.spoken.card(reading, self.strictness[kind as usize]),
            Kind::Tip => self.spoken.tip(reading, self.strictness[kind as usize]),
            Kind::Positive => self.good_work(reading),
        }
    }

    /// The first channel that cannot be measured, and what to say of it.
    fn capture(&self) -> Option<(Variant, SampleTime)> {
        Channel::BOTH.into_iter().find_map(|who| {
            let (state, since) = self.channel[who]?;
            let variant = match state {
                State::Zeros | State::Dead => Variant::NoSound(who),
                State::SameAudio => Variant::SameAudio,
                State::Leaking => Variant::UseHeadset,
                State::Unknown | State::Live | State::Silent => return None,
            };
            (!self.spoken.was_given(variant)).then_some((variant, since))
        })
    }

    fn capture_wish(&self, reading: &Reading) -> Option<Wish> {
        let (variant, began) = self.capture()?;
        // The tip to use a headset is given once: it cannot be followed at once.
        if variant == Variant::UseHeadset && self.leak_told {
            return None;
        }
        let down = reading.at.since(began).seconds() as f32;
        Some(wish(Kind::Capture, variant, began, [Some(evidence(Quantity::ChannelDown, down, 0.0)), None]))
    }

    fn interrupting(&self, reading: &Reading) -> Option<Wish> {
        let open = self.interruption?;
        let limit =
            self.settings.interruption.seconds() as f32 * self.strictness[Kind::Interrupting as usize];
        let so_far = open.last.since(open.at).seconds() as f32;
        let told = [Some(evidence(Quantity::Overlap, so_far, limit)), None];
        let due = limit <= so_far && reading.speaks.agent;
        due.then(|| wish(Kind::Interrupting, Variant::Plain, open.at, told))
    }

    fn raised(&self, reading: &Reading) -> Option<Wish> {
        let began = self.raised_at?;
        let limit = self.settings.raised_db * self.strictness[Kind::RaisedVoice as usize];
        let rise = reading.rise?;
        let told = [Some(evidence(Quantity::Rise, rise, limit)), None];
        (limit <= rise && reading.speaks.agent).then(|| wish(Kind::RaisedVoice, Variant::Plain, began, told))
    }

    fn too_fast(&self) -> Option<Wish> {
        let began = self.fast.since?;
        let Settings { fast_ratio, fast_ratio_lasting, fast_leave, .. } = self.settings;
        let [high, lasting] = [fast_ratio, fast_ratio_lasting].map(|ratio| self.fast_limit(ratio));
        // Once begun it goes on down to the limit at which it ends.
        let limit = match self.fast.ratio {
            ratio if high <= ratio && 2 <= self.fast.high => high,
            ratio if lasting <= ratio => lasting,
            _ => fast_leave,
        };
        Some(wish(
            Kind::FastPace,
            Variant::Plain,
            began,
            [Some(evidence(Quantity::PaceRatio, self.fast.ratio, limit)), None],
        ))
    }

    fn holding_forth(&self, reading: &Reading) -> Option<Wish> {
        let strict = self.strictness[Kind::Monologue as usize];
        let limit = self.settings.monologue.seconds() as f32 * strict * 2f32.powi(self.monologues as i32);
        let length = reading.monologue.seconds() as f32;
        let began = reading.of.back(reading.monologue);
        let told = [Some(evidence(Quantity::Monologue, length, limit)), None];
        (limit <= length).then(|| wish(Kind::Monologue, Variant::Plain, began, told))
    }

    fn rushing(&self, reading: &Reading) -> Option<Wish> {
        let Rushed { at, offset, how } = self.rushed?;
        let Settings { rushed_s, rushed_intensity, after_spike, .. } = self.settings;
        let told = match how {
            Hurry::Often(count) => [
                evidence(Quantity::RushedReplies, count as f32, self.rushed_limit() as f32),
                evidence(Quantity::Intensity, f32::from(reading.intensity), f32::from(rushed_intensity)),
            ],
            Hurry::AfterChange(since) => [
                evidence(Quantity::ReplyOffset, offset, rushed_s),
                evidence(Quantity::SinceChange, since.seconds() as f32, after_spike.seconds() as f32),
            ],
        };
        Some(wish(Kind::RushedReply, Variant::Plain, at, told.map(Some)))
    }

    fn dead_air(&self, reading: &Reading) -> Option<Wish> {
        let wait = match self.dead_airs {
            0 => self.settings.dead_air,
            1 => self.settings.dead_air_again,
            _ => return None,
        };
        let limit = wait.seconds() as f32 * self.strictness[Kind::DeadAir as usize];
        let length = reading.silence.seconds() as f32;
        let began = reading.of.back(reading.silence);
        let told = [Some(evidence(Quantity::Silence, length, limit)), None];
        (limit <= length).then(|| wish(Kind::DeadAir, Variant::Plain, began, told))
    }

    fn good_work(&self, reading: &Reading) -> Option<Wish> {
        let acoustic =
            || self.recovered(reading).or_else(|| self.well_held(reading)).or_else(|| self.listens(reading));
        let praise = self.spoken.phrase(Kind::Positive, reading).or_else(acoustic);
        praise.filter(|wish| wish.bar.is_some() || !self.spoken.was_given(wish.variant))
    }

    fn recovered(&self, reading: &Reading) -> Option<Wish> {
        let (kind, shown) = self.good.owed?;
        let since = self.good.clean_since.max(shown);
        let calm = reading.at.since(since);
        let back = self.is_over(kind, reading) || kind == Kind::RushedReply;
        let told = [
            Some(evidence(
                Quantity::Calm,
                calm.seconds() as f32,
                self.settings.recovered_after.seconds() as f32,
            )),
            None,
        ];
        (back && self.settings.recovered_after <= calm)
            .then(|| wish(Kind::Positive, Variant::Recovered, since, told))
    }

    fn well_held(&self, reading: &Reading) -> Option<Wish> {
        let calm = reading.at.since(self.good.clean_since);
        let limit = self.settings.well_held;
        let told = [
            Some(evidence(Quantity::Calm, calm.seconds() as f32, limit.seconds() as f32)),
            Some(evidence(Quantity::Intensity, f32::from(reading.intensity), 2.0)),
        ];
        // Difficult for most of that time, and still.
        let difficult = 2 <= reading.intensity && limit.samples() <= 2 * self.good.difficult.samples();
        (limit <= calm && difficult)
            .then(|| wish(Kind::Positive, Variant::WellHeld, self.good.clean_since, told))
    }

    fn listens(&self, reading: &Reading) -> Option<Wish> {
        let age = reading.at.since(SampleTime::ZERO);
        let told = [
            Some(evidence(
                Quantity::ListeningTokens,
                self.good.tokens as f32,
                self.settings.listening_tokens as f32,
            )),
            None,
        ];
        let due = self.settings.listening_after <= age
            && self.settings.listening_tokens <= self.good.tokens
            && !self.good.corrected
            && !self.good.praised_listening;
        let began = SampleTime::ZERO + self.settings.listening_after;
        due.then(|| wish(Kind::Positive, Variant::WellHeld, began, told))
    }
}

pub(super) const fn evidence(quantity: Quantity, value: f32, limit: f32) -> Evidence {
    Evidence { quantity, value, limit }
}

pub(super) const fn wish(
    kind: Kind,
    variant: Variant,
    began: SampleTime,
    evidence: [Option<Evidence>; 2],
) -> Wish {
    Wish { kind, variant, began, evidence, bar: None }
}
