//! Everything that happened and can be pointed at, in order: what stands on the
//! timeline, in the list of events and behind every link, under one number.

use crate::core::event::{Behaviour, Change, Class, Cleared, CueHit, Decision, Judged, Outcome, State};
use crate::core::moments::Moment;
use crate::core::units::{Channel, SampleSpan, SampleTime};
use crate::report::analysis::{Analysis, Fast, Monologue, Nudge, Raised, Span, StateSpan};
use crate::report::html::words::{self, Clock};
use crate::report::names;

/// A channel on which nobody spoke is worth a mark from here on; less of it is
/// an ordinary beginning of a call.
const LONG_SILENT: SampleSpan = SampleSpan::from_millis(30_000);

/// Something the customer did for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Does {
    /// What.
    pub(super) behaviour: Behaviour,
    /// When.
    pub(super) span: Span,
    /// By how much when it was seen.
    pub(super) amount: f32,
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub(super) enum What<'a> {
    /// One of the costliest moments: its place from 1, and its points if there is a score.
    Moment(usize, &'a Moment, Option<f32>),
    /// A channel that was not simply heard.
    State(Channel, StateSpan),
    /// A tone or music.
    Withdrawn(Channel, Span),
    /// A long monologue.
    Monologue(&'a Monologue),
    /// Raised voice.
    Raised(&'a Raised),
    /// Fast speech.
    Fast(&'a Fast),
    /// A start over the other's speech.
    Overlap(&'a Judged),
    /// Nobody spoke.
    Silence(Span),
    /// A phrase was said.
    Phrase(&'a CueHit),
    /// The customer did something.
    Does(Does),
    /// A nudge.
    Nudge(&'a Nudge),
    /// A nudge that was held back.
    Held(&'a Decision),
}

/// Something that happened, with its number on the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark<'a> {
    /// Number on the page, from 1 in the order of time.
    pub(super) id: usize,
    /// When, and for how long.
    pub(super) span: Span,
    /// What.
    pub(super) what: What<'a>,
    clock: Clock,
}

/// All marks of a call in the order of time.
pub(super) fn collect(a: &Analysis) -> Vec<Mark<'_>> {
    let mut found = Vec::new();
    found.extend(moments(a));
    found.extend(states(a));
    found.extend(a.withdrawn.iter().map(|(who, span)| What::Withdrawn(*who, *span)));
    found.extend(a.monologues.iter().map(What::Monologue));
    found.extend(a.raised.iter().map(What::Raised));
    found.extend(a.fast.iter().map(What::Fast));
    found.extend(a.overlaps.iter().map(What::Overlap));
    found.extend(silences(a));
    found.extend(a.cues.iter().map(What::Phrase));
    found.extend(behaviours(a).into_iter().map(What::Does));
    found.extend(a.nudges.iter().map(What::Nudge));
    found.extend(a.decisions.iter().filter(|d| is_held(d)).map(What::Held));
    let (clock, end) = (Clock::of(a), SampleTime::ZERO + a.summary.duration);
    let mut spans: Vec<(Span, What<'_>)> = found.into_iter().map(|w| (w.span(end), w)).collect();
    // The sort is stable: what begins together stays in the order above.
    spans.sort_by_key(|(span, _)| span.from);
    spans.into_iter().enumerate().map(|(k, (span, what))| Mark { id: k + 1, span, what, clock }).collect()
}

fn moments(a: &Analysis) -> impl Iterator<Item = What<'_>> {
    let scored = a.summary.score.value.known().is_some();
    let points = move |m: &Moment| scored.then_some(m.points);
    a.summary.moments.iter().enumerate().map(move |(k, m)| What::Moment(k + 1, m, points(m)))
}

fn states(a: &Analysis) -> impl Iterator<Item = What<'_>> {
    let worth = |s: &StateSpan| s.state != State::Silent || LONG_SILENT <= s.span.length();
    let of = move |who| a.states[who].iter().filter(move |s| worth(s)).map(move |s| What::State(who, *s));
    Channel::BOTH.into_iter().flat_map(of)
}

/// Silences, unless a channel was not heard: then nobody knows who spoke.
fn silences(a: &Analysis) -> impl Iterator<Item = What<'_>> {
    let heard = a.summary.silences.known().is_some();
    a.silences.iter().filter(move |_| heard).map(|s| What::Silence(*s))
}

fn is_held(decision: &Decision) -> bool {
    match decision.outcome {
        Outcome::Shown => false,
        Outcome::Suppressed(_) => true,
    }
}

/// What the customer did, from its beginnings and ends.
pub(super) fn behaviours(a: &Analysis) -> Vec<Does> {
    let end = SampleTime::ZERO + a.summary.duration;
    let mut done: Vec<Does> = Vec::new();
    for behaviour in Behaviour::ALL {
        let changes = || a.customer.iter().filter(move |(_, c)| c.behaviour == behaviour);
        let begins = changes().enumerate().filter(|(_, (_, c))| c.active);
        done.extend(begins.map(|(k, (at, Change { amount, .. }))| {
            let over = changes().skip(k + 1).find(|(_, c)| !c.active).map_or(end, |(at, _)| *at);
            Does { behaviour, span: Span { from: *at, to: over }, amount: *amount }
        }));
    }
    done
}

impl What<'_> {
    fn span(&self, end: SampleTime) -> Span {
        match self {
            Self::Moment(_, m, _) => Span { from: m.at, to: m.end },
            Self::State(_, s) => s.span,
            Self::Withdrawn(_, span) | Self::Silence(span) => *span,
            Self::Monologue(m) => m.span,
            Self::Raised(r) => r.span,
            Self::Fast(f) => f.span,
            Self::Overlap(j) => Span { from: j.overlap.at, to: j.overlap.end },
            Self::Phrase(hit) => Span { from: hit.at, to: hit.until },
            Self::Does(d) => d.span,
            Self::Nudge(n) => Span { from: n.decision.at, to: n.cleared.map_or(end, |(at, _)| at) },
            Self::Held(d) => Span { from: d.at, to: d.at },
        }
    }
}

impl Mark<'_> {
    /// The mark in one sentence, with its time: its name for those who cannot see it.
    pub(super) fn name(&self) -> String {
        format!("At {}, {}", self.when(), self.fact())
    }

    /// When it began, as a clock shows it.
    pub(super) fn when(&self) -> String {
        self.clock.at(self.span.from)
    }

    /// What happened, without the time.
    pub(super) fn fact(&self) -> String {
        match self.what {
            What::Moment(place, moment, points) => of_moment(place, moment, points),
            What::State(who, s) => {
                let lasted = words::length(s.span.length());
                format!("{} channel {}, for {lasted}", words::side(who), names::state_title(s.state))
            }
            What::Withdrawn(who, span) => {
                let lasted = words::length(span.length());
                format!("a tone or music on the {}'s side for {lasted}", words::side(who))
            }
            What::Monologue(m) => {
                format!("{}'s monologue of {}", words::side(m.who), words::length(m.span.length()))
            }
            What::Raised(r) => format!("agent's voice raised for {}", words::length(r.span.length())),
            What::Fast(f) => format!("agent speaks fast for {}", words::length(f.span.length())),
            What::Overlap(judged) => of_overlap(judged),
            What::Silence(span) => format!("nobody speaks for {}", words::length(span.length())),
            What::Phrase(hit) => {
                format!("{}'s words: {}", words::side(hit.who), names::detector_title(hit.detector))
            }
            What::Does(d) => {
                let lasted = words::length(d.span.length());
                format!("customer {}, for {lasted}", names::behaviour_title(d.behaviour))
            }
            What::Nudge(n) => format!("nudge shown: {}", text(&n.decision)),
            What::Held(d) => format!("nudge held back: {}", text(d)),
        }
    }

    /// What else is known of it, in sentences; empty where the fact says all.
    pub(super) fn more(&self) -> String {
        match self.what {
            What::Moment(_, m, _) => {
                format!("From {} to {}.", self.clock.at(m.at), self.clock.at(m.end))
            }
            What::State(_, s) => remedy(s.state),
            What::Withdrawn(..) => "Not counted as speech.".into(),
            What::Monologue(_) => "Pauses up to 3 s and the other's listening tokens are part of it.".into(),
            What::Raised(r) => raised(r),
            What::Fast(f) => format!("Up to {} of the agent's normal pace.", words::percent(f.peak_ratio)),
            What::Overlap(judged) => about_overlap(judged),
            What::Silence(_) | What::Phrase(_) => String::new(),
            What::Does(d) => format!("{} Context only: never part of the score.", amount(&d)),
            What::Nudge(n) => format!("Why: {}. It ended: {}.", why(&n.decision), ending(n)),
            What::Held(d) => format!("Held back because {}. It rested on: {}.", held(d), why(d)),
        }
    }
}

fn of_moment(place: usize, moment: &Moment, points: Option<f32>) -> String {
    let cost = points.map_or_else(String::new, |p| format!(", {} points", words::points(p)));
    format!("costliest moment {place}: agent {}{cost}", causes(moment))
}

/// What the agent did in a moment.
pub(super) fn causes(moment: &Moment) -> String {
    let told: Vec<String> = moment.causes.iter().flatten().map(|c| names::cause_title(*c)).collect();
    words::tied(&told.join("; "))
}

fn of_overlap(judged: &Judged) -> String {
    let (by, o) = (words::side(judged.overlap.by), &judged.overlap);
    let other = words::side(o.by.other());
    let together = format!("{}{}s together", words::tenths(o.overlap.seconds()), words::TIE);
    match o.class {
        Class::CutOff => format!("{by} cut the {other} off, {together}"),
        Class::TalkOver => format!("{by} talked over the {other}, {together}"),
        Class::PauseBargeIn => format!("{by} started in a pause of the {other}"),
        Class::Backchannel => format!("listening token by the {by}"),
        Class::EarlyStart => format!("{by} started just before the {other}'s end, {together}"),
        Class::SimultaneousStart => format!("both started together, {by} second"),
    }
}

/// What a class of overlap means.
pub(super) fn meaning(class: Class) -> &'static str {
    match class {
        Class::CutOff => "An interruption: the other stopped first.",
        Class::TalkOver => "An interruption: the other went on.",
        Class::PauseBargeIn => "A start in a short pause of the other, who then went on. It costs nothing.",
        Class::Backchannel => "A short remark that leaves the other the floor: a sign of listening.",
        Class::EarlyStart => "A start just before the other's end. It is no interruption.",
        Class::SimultaneousStart => "Both began at nearly the same time. It is no interruption.",
    }
}

fn about_overlap(judged: &Judged) -> String {
    let o = &judged.overlap;
    let other = words::sentence(words::side(o.by.other()));
    let held = format!("{other} had been speaking for {}.", words::length(o.held));
    let counted = if judged.reliability.is_reliable() {
        String::new()
    } else {
        format!(" Not counted: {}.", names::reliability_title(judged.reliability))
    };
    format!("{} {held}{counted}", meaning(o.class))
}

fn raised(r: &Raised) -> String {
    let peak = words::tenths(f64::from(r.peak_db));
    let spoken = words::length(r.spoken);
    let tie = words::TIE;
    format!("Up to {peak}{tie}dB over the agent's normal level, in {spoken} of own speech.")
}

fn remedy(state: State) -> String {
    names::state_remedy(state).map_or_else(String::new, |r| format!("What helps: {r}."))
}

/// By how much the customer did something, in words.
fn amount(d: &Does) -> String {
    let amount = f64::from(d.amount);
    match d.behaviour {
        Behaviour::HigherPitch => {
            format!("{} semitones higher than in their own first 30{}s.", words::tenths(amount), words::TIE)
        }
        Behaviour::Faster => {
            format!("At {} of the pace of their own first 30{}s.", words::percent(d.amount), words::TIE)
        }
        Behaviour::Interrupting => format!("{} interruptions within a minute.", words::whole(amount)),
    }
}

/// What the agent would have read.
pub(super) fn text(decision: &Decision) -> &'static str {
    names::nudge_text(decision.kind, decision.variant)
}

/// What a decision rested on.
pub(super) fn why(decision: &Decision) -> String {
    words::tied(&names::why(decision))
}

/// Why a nudge was held back; nothing for one that was shown.
pub(super) fn held(decision: &Decision) -> &'static str {
    match decision.outcome {
        Outcome::Shown => "",
        Outcome::Suppressed(reason) => names::reason_title(reason),
    }
}

/// How a nudge left the screen.
pub(super) fn ending(nudge: &Nudge) -> String {
    let Some((at, how)) = nudge.cleared else {
        return "the call was over first".into();
    };
    let after = words::length(at.since(nudge.decision.at));
    match how {
        Cleared::Recovered => format!("back in range after {after}"),
        Cleared::Passed => format!("over after {after}: the customer gave way"),
        Cleared::TimedOut => format!("its time was up after {after}"),
        Cleared::Dismissed => format!("closed by the agent after {after}"),
    }
}
