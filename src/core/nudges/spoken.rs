//! Wishes that rest on recognised words, and on what the customer does. Words
//! come late: a phrase that is too old when it comes is counted and never shown.
//! Knows no gate and no cool-down, and never a word, only which kind of phrase.

use crate::core::event::{Behaviour, Change, CueHit, DETECTORS, Detector, Evidence};
use crate::core::nudges::conditions::{MOMENT, Wish, evidence, wish};
use crate::core::nudges::{Kind, Quantity, Reading, Reason, Variant};
use crate::core::units::{SampleSpan, SampleTime};

/// Constants of what rests on words and on what the customer does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Whether anything is made of either. Off for calls of the time before this
    /// was: they must come out of a replay as they did then.
    pub on: bool,
    /// A phrase is shown within this of its last word, or not at all: what comes
    /// later nags.
    pub phrase_fresh: SampleSpan,
    /// The same for the card on an insult or a demand: help is of use for longer.
    pub card_fresh: SampleSpan,
    /// So many things that the customer does at once make a call difficult.
    pub difficult: u8,
    /// Difficult for so long without a word of understanding: a tip.
    pub empathy_after: SampleSpan,
    /// A difficult call of this age without a next step: a tip.
    pub next_step_after: SampleSpan,
    /// An insult and a demand count so long as something that the customer does.
    pub words_last: SampleSpan,
    /// What the customer does in a higher or faster voice must last this long for a card.
    pub manner_after: SampleSpan,
    /// The same for interrupting in an even voice.
    pub taking_over_after: SampleSpan,
}

impl Default for Settings {
    fn default() -> Self {
        let seconds = |s: u64| SampleSpan::from_millis(s * 1000);
        Self {
            on: true,
            phrase_fresh: seconds(6),
            card_fresh: seconds(20),
            difficult: 2,
            empathy_after: seconds(30),
            next_step_after: seconds(240),
            words_last: seconds(60),
            manner_after: seconds(5),
            taking_over_after: seconds(30),
        }
    }
}

/// Text has caught up with the agent when no more of their speech than this is
/// still to be recognised: an utterance ends a little before its last sound.
const CAUGHT_UP: SampleSpan = SampleSpan::from_millis(500);
/// Before this nobody knows how a customer speaks at their start: their first 30 s
/// of speech take about so long.
const START_KNOWN: SampleSpan = SampleSpan::from_millis(90_000);
/// Phrases that bring something onto the screen, of one kind the more telling first.
const TELLING: [Detector; 7] = [
    Detector::Abuse,
    Detector::Escalation,
    Detector::PolicyWall,
    Detector::SoothingTrap,
    Detector::AgreementTrap,
    Detector::ApologyRamble,
    Detector::Boundary,
];

/// What a phrase brings about.
const fn brings(detector: Detector) -> Option<(Kind, Variant)> {
    match detector {
        Detector::Abuse => Some((Kind::Incident, Variant::Abuse)),
        Detector::Escalation => Some((Kind::Incident, Variant::Escalation)),
        Detector::PolicyWall => Some((Kind::Phrase, Variant::Policy)),
        Detector::SoothingTrap => Some((Kind::Phrase, Variant::Soothing)),
        Detector::AgreementTrap => Some((Kind::Phrase, Variant::Agreeing)),
        Detector::ApologyRamble => Some((Kind::Apology, Variant::Plain)),
        Detector::Boundary => Some((Kind::Positive, Variant::BoundarySet)),
        Detector::Empathy
        | Detector::Paraphrase
        | Detector::OpenQuestion
        | Detector::Apology
        | Detector::NextStep
        | Detector::Ownership => None,
    }
}

/// Forms that there are at most: none of their room is asked for while a call is on.
const FORMS: usize = 18;

/// Whether this form is shown once in a call.
const fn is_once(variant: Variant) -> bool {
    match variant {
        Variant::Abuse
        | Variant::Escalation
        | Variant::Agreeing
        | Variant::Policy
        | Variant::Abrupt
        | Variant::Demanding
        | Variant::TakingOver
        | Variant::Empathy
        | Variant::NextStep => true,
        Variant::Plain
        | Variant::NoSound(_)
        | Variant::UseHeadset
        | Variant::SameAudio
        | Variant::Recovered
        | Variant::WellHeld
        | Variant::BoundarySet
        | Variant::Soothing => false,
    }
}

/// A phrase that may still be shown.
#[derive(Clone, Copy, Debug)]
struct Phrase {
    at: SampleTime,
    until: SampleTime,
    /// When its words were known.
    came: SampleTime,
}

/// Follows words and customer.
#[derive(Clone, Debug)]
pub(super) struct Spoken {
    settings: Settings,
    /// The newest reading.
    now: SampleTime,
    pending: [Option<Phrase>; DETECTORS],
    /// Forms that do not come again in this call, each once.
    given: Vec<Variant>,
    /// Since when the customer does each thing.
    does: [Option<SampleTime>; Behaviour::ALL.len()],
    abuse: Option<SampleTime>,
    escalation: Option<SampleTime>,
    /// The agent's speech is known in words up to here.
    heard: Option<SampleTime>,
    /// The end of the last of their speech that nobody listened to, and never will.
    hole: Option<SampleTime>,
    empathy: Option<SampleTime>,
    next_step: bool,
    difficult_since: Option<SampleTime>,
}

impl Spoken {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: SampleTime::ZERO,
            pending: [None; DETECTORS],
            given: Vec::with_capacity(FORMS),
            does: [None; Behaviour::ALL.len()],
            abuse: None,
            escalation: None,
            heard: None,
            hole: None,
            empathy: None,
            next_step: false,
            difficult_since: None,
        }
    }

    pub(super) fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// A phrase is known.
    pub(super) fn cue(&mut self, hit: &CueHit) {
        match hit.detector {
            Detector::Empathy => self.empathy = self.empathy.max(Some(hit.at)),
            Detector::NextStep => self.next_step = true,
            Detector::Abuse => self.abuse = self.abuse.max(Some(hit.until)),
            Detector::Escalation => self.escalation = self.escalation.max(Some(hit.until)),
            Detector::Paraphrase
            | Detector::OpenQuestion
            | Detector::AgreementTrap
            | Detector::PolicyWall
            | Detector::SoothingTrap
            | Detector::Apology
            | Detector::ApologyRamble
            | Detector::Boundary
            | Detector::Ownership => (),
        }
        let fresh = self.fresh(hit.detector);
        let slot = &mut self.pending[hit.detector as usize];
        // One that can still be shown stands for those that follow it at once.
        if slot.is_none_or(|phrase| phrase.is_late(fresh)) {
            *slot = Some(Phrase { at: hit.at, until: hit.until, came: self.now });
        }
    }

    /// The agent's speech is known in words up to `to`.
    pub(super) fn heard(&mut self, to: SampleTime) {
        self.heard = self.heard.max(Some(to));
    }

    /// What the agent said up to `to` is not known whole.
    pub(super) fn unheard(&mut self, to: SampleTime) {
        self.hole = self.hole.max(Some(to));
    }

    /// The customer began or stopped doing something.
    pub(super) fn customer(&mut self, at: SampleTime, change: &Change) {
        self.does[change.behaviour as usize] = change.active.then_some(at);
    }

    /// Takes the state of things.
    pub(super) fn read(&mut self, reading: &Reading) {
        self.now = reading.at;
        for detector in TELLING {
            let fresh = self.fresh(detector);
            let slot = &mut self.pending[detector as usize];
            *slot = slot.filter(|phrase| phrase.lives(reading.at, fresh));
        }
        let difficult = self.settings.difficult <= self.intensity(reading);
        self.difficult_since = difficult.then(|| self.difficult_since.unwrap_or(reading.at));
    }

    /// A wish was shown.
    pub(super) fn shown(&mut self, kind: Kind, variant: Variant) {
        if is_once(variant) {
            self.give(variant);
        }
        for detector in TELLING {
            if brings(detector) == Some((kind, variant)) {
                self.pending[detector as usize] = None;
            }
        }
    }

    /// This form was called wrong.
    pub(super) fn refuse(&mut self, variant: Variant) {
        if self.settings.on {
            self.give(variant);
        }
    }

    fn give(&mut self, variant: Variant) {
        if !self.was_given(variant) {
            self.given.push(variant);
        }
    }

    /// The phrase of this kind that is due; rather one that may be shown.
    pub(super) fn phrase(&self, kind: Kind, reading: &Reading) -> Option<Wish> {
        let due = |detector: &Detector| {
            let (of, variant) = brings(*detector)?;
            let phrase = self.pending[*detector as usize]?;
            (of == kind).then(|| self.wish_of(*detector, &phrase, variant, reading)).flatten()
        };
        let all = || TELLING.iter().filter_map(due);
        all().find(|wish| wish.bar.is_none()).or_else(|| all().next()).filter(|_| self.settings.on)
    }

    fn wish_of(&self, of: Detector, phrase: &Phrase, variant: Variant, reading: &Reading) -> Option<Wish> {
        let (kind, _) = brings(of)?;
        let fresh = self.fresh(of);
        let late = phrase.is_late(fresh).then_some(Reason::Late);
        let again = self.was_given(variant).then_some(Reason::OnceACall);
        let age = lasted(Quantity::PhraseAge, reading.at.since(phrase.until), fresh.seconds() as f32);
        Some(Wish { bar: late.or(again), ..wish(kind, variant, phrase.at, [Some(age), None]) })
    }

    /// The tip that is due. `strict` multiplies its times.
    pub(super) fn tip(&self, reading: &Reading, strict: f32) -> Option<Wish> {
        // A tip on what was not said needs to know all that was.
        let said = reading.of.back(reading.agent_pause);
        let heard = self.heard.filter(|to| self.settings.on && said <= *to + CAUGHT_UP)?;
        self.empathy_tip(heard, reading, strict).or_else(|| self.next_step_tip(reading, strict))
    }

    fn empathy_tip(&self, heard: SampleTime, reading: &Reading, strict: f32) -> Option<Wish> {
        let since = self.difficult_since?;
        let limit = self.settings.empathy_after.seconds() as f32 * strict;
        let told = [lasted(Quantity::Lasting, reading.at.since(since), limit), self.how_difficult(reading)];
        let known = since <= heard && self.hole.is_none_or(|to| to <= since);
        let silent = self.empathy.is_none_or(|at| at < since) && known;
        let due = limit <= told[0].value && silent && !self.was_given(Variant::Empathy);
        due.then(|| wish(Kind::Tip, Variant::Empathy, since, told.map(Some)))
    }

    fn next_step_tip(&self, reading: &Reading, strict: f32) -> Option<Wish> {
        let since = self.difficult_since?;
        let limit = self.settings.next_step_after.seconds() as f32 * strict;
        let age = reading.at.since(SampleTime::ZERO);
        let told = [lasted(Quantity::CallAge, age, limit), self.how_difficult(reading)];
        let silent = !self.next_step && self.hole.is_none();
        let due = limit <= told[0].value && silent && !self.was_given(Variant::NextStep);
        due.then(|| wish(Kind::Tip, Variant::NextStep, since, told.map(Some)))
    }

    /// The card on what the customer does that is due. `strict` multiplies its times.
    pub(super) fn card(&self, reading: &Reading, strict: f32) -> Option<Wish> {
        let cards = [
            self.demanding(reading, strict),
            self.abrupt(reading, strict),
            self.taking_over(reading, strict),
        ];
        let mut due = cards.into_iter().flatten();
        due.find(|wish| !self.was_given(wish.variant)).filter(|_| self.settings.on)
    }

    fn demanding(&self, reading: &Reading, strict: f32) -> Option<Wish> {
        let escalation = self.escalation.filter(|at| self.is_recent(*at, reading))?;
        let since = self.since(Behaviour::HigherPitch)?;
        let limit = self.settings.manner_after.seconds() as f32 * strict;
        let told = [
            lasted(Quantity::Lasting, reading.at.since(since), limit),
            lasted(
                Quantity::PhraseAge,
                reading.at.since(escalation),
                self.settings.words_last.seconds() as f32,
            ),
        ];
        let began = since.max(escalation);
        (limit <= told[0].value).then(|| wish(Kind::Card, Variant::Demanding, began, told.map(Some)))
    }

    fn abrupt(&self, reading: &Reading, strict: f32) -> Option<Wish> {
        let since = self.since(Behaviour::Faster)?.max(self.since(Behaviour::Interrupting)?);
        let limit = self.settings.manner_after.seconds() as f32 * strict;
        let told = lasted(Quantity::Lasting, reading.at.since(since), limit);
        (limit <= told.value).then(|| wish(Kind::Card, Variant::Abrupt, since, [Some(told), None]))
    }

    fn taking_over(&self, reading: &Reading, strict: f32) -> Option<Wish> {
        let since = self.since(Behaviour::Interrupting)?;
        let limit = self.settings.taking_over_after.seconds() as f32 * strict;
        let told = lasted(Quantity::Lasting, reading.at.since(since), limit);
        let even = self.since(Behaviour::Faster).or(self.since(Behaviour::HigherPitch)).is_none();
        let known = START_KNOWN <= reading.at.since(SampleTime::ZERO);
        let due = limit <= told.value && even && known;
        due.then(|| wish(Kind::Card, Variant::TakingOver, since, [Some(told), None]))
    }

    /// What the customer does, insults and demands among it.
    fn intensity(&self, reading: &Reading) -> u8 {
        let said = [self.abuse, self.escalation].into_iter().flatten();
        reading.intensity + said.filter(|at| self.is_recent(*at, reading)).count() as u8
    }

    fn how_difficult(&self, reading: &Reading) -> Evidence {
        let (value, limit) = (self.intensity(reading), self.settings.difficult);
        evidence(Quantity::Intensity, f32::from(value), f32::from(limit))
    }

    fn is_recent(&self, at: SampleTime, reading: &Reading) -> bool {
        reading.at.since(at) <= self.settings.words_last
    }

    const fn since(&self, behaviour: Behaviour) -> Option<SampleTime> {
        self.does[behaviour as usize]
    }

    /// Whether this form does not come again in this call.
    pub(super) fn was_given(&self, variant: Variant) -> bool {
        self.given.contains(&variant)
    }

    const fn fresh(&self, detector: Detector) -> SampleSpan {
        if detector.is_incident() { self.settings.card_fresh } else { self.settings.phrase_fresh }
    }
}

impl Phrase {
    fn is_late(&self, fresh: SampleSpan) -> bool {
        fresh < self.came.since(self.until)
    }

    /// Late ones are told of, and go.
    fn lives(&self, now: SampleTime, fresh: SampleSpan) -> bool {
        let (since, span) = if self.is_late(fresh) { (self.came, MOMENT) } else { (self.until, fresh) };
        now.since(since) <= span
    }
}

fn lasted(quantity: Quantity, span: SampleSpan, limit: f32) -> Evidence {
    evidence(quantity, span.seconds() as f32, limit)
}
