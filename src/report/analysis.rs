//! One call, collected from its events in the order people look at it.

use crate::core::event::{
    Change, Cleared, CueHit, Decision, Event, Judged, Kind, Normal, Outcome, Second, Standing, State,
};
use crate::core::summary::CallSummary;
use crate::core::transcript::Transcript;
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};

/// Where an analysis comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What the call is called: usually its file name.
    pub name: String,
    /// One line about each file: container, codec, rate.
    pub files: Vec<String>,
    /// What was odd about them, in sentences.
    pub notes: Vec<String>,
    /// Fingerprint of the settings: figures under different ones are not compared.
    pub config_hash: String,
    /// Where the analysed part begins in the file.
    pub offset: SampleSpan,
}

/// A stretch of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First moment.
    pub from: SampleTime,
    /// The moment after the last.
    pub to: SampleTime,
}

impl Span {
    /// Its length.
    pub fn length(&self) -> SampleSpan {
        self.to.since(self.from)
    }
}

/// An episode of raised voice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Raised {
    /// When.
    pub span: Span,
    /// Highest rise over the baseline, dB.
    pub peak_db: f32,
    /// The agent's speech in it.
    pub spoken: SampleSpan,
}

/// An episode of fast speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fast {
    /// When.
    pub span: Span,
    /// Highest pace against the baseline.
    pub peak_ratio: f32,
}

/// A stretch in which a channel was in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateSpan {
    /// Which.
    pub state: State,
    /// When.
    pub span: Span,
}

/// The floor passed to somebody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// To whom.
    pub to: Channel,
    /// When they began to speak.
    pub at: SampleTime,
    /// Floor-transfer offset, s.
    pub offset: Option<f32>,
    /// It was taken by an interruption.
    pub by_interruption: bool,
}

/// Somebody's monologue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Monologue {
    /// Whose.
    pub who: Channel,
    /// When.
    pub span: Span,
}

/// A nudge that was shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nudge {
    /// The decision to show it.
    pub decision: Decision,
    /// When and how it left the screen.
    pub cleared: Option<(SampleTime, Cleared)>,
}

/// A step of the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BaselineStep {
    /// When.
    pub at: SampleTime,
    /// How well it stands from there on.
    pub standing: Standing,
    /// What is normal.
    pub normal: Normal,
}

/// Shorter monologues are ordinary turns and not listed.
const LONG_MONOLOGUE: SampleSpan = SampleSpan::from_millis(30_000);

/// Everything that is known of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// Where it comes from.
    pub origin: Origin,
    /// What it amounted to.
    pub summary: CallSummary,
    /// Talk spurts.
    pub spurts: Sides<Vec<Span>>,
    /// Tones and music that were taken for speech at first.
    pub withdrawn: Vec<(Channel, Span)>,
    /// Starts over the other's speech, by onset.
    pub overlaps: Vec<Judged>,
    /// The curves, once a second.
    pub seconds: Vec<Second>,
    /// Episodes of raised voice.
    pub raised: Vec<Raised>,
    /// Episodes of fast speech.
    pub fast: Vec<Fast>,
    /// The floor.
    pub transfers: Vec<Transfer>,
    /// Monologues of half a minute and more.
    pub monologues: Vec<Monologue>,
    /// Silences over three seconds.
    pub silences: Vec<Span>,
    /// Phrases that were found, by the time they were said.
    pub cues: Vec<CueHit>,
    /// What the customer began and stopped doing.
    pub customer: Vec<(SampleTime, Change)>,
    /// Stretches in which a channel was anything but live.
    pub states: Sides<Vec<StateSpan>>,
    /// How the baseline came to stand.
    pub baselines: Vec<BaselineStep>,
    /// Nudges that were shown.
    pub nudges: Vec<Nudge>,
    /// All decisions, the suppressed ones too.
    pub decisions: Vec<Decision>,
    /// What was said, where somebody listened.
    pub transcript: Option<Transcript>,
}

impl Analysis {
    /// Measures how fast the words came, where somebody listened.
    pub fn measure_words(&mut self) {
        let Some(transcript) = &mut self.transcript else { return };
        let speech = |who| self.spurts[who].iter().map(|spurt| (spurt.from, spurt.to)).collect();
        transcript.measure(&Sides::from_fn(speech), self.summary.duration);
    }
}

/// Words come late and in any order; what was said has one order.
fn in_order(mut cues: Vec<CueHit>) -> Vec<CueHit> {
    cues.sort_by_key(|hit| (hit.at, hit.who, hit.detector));
    cues
}

/// Collects an [`Analysis`] from events.
#[derive(Debug, Default)]
pub struct Collector {
    spurts: Sides<Vec<Span>>,
    withdrawn: Vec<(Channel, Span)>,
    overlaps: Vec<Judged>,
    seconds: Vec<Second>,
    raised: Vec<Raised>,
    fast: Vec<Fast>,
    transfers: Vec<Transfer>,
    monologues: Vec<Monologue>,
    silences: Vec<Span>,
    cues: Vec<CueHit>,
    customer: Vec<(SampleTime, Change)>,
    changes: Sides<Vec<(State, SampleTime)>>,
    baselines: Vec<BaselineStep>,
    nudges: Vec<Nudge>,
    decisions: Vec<Decision>,
}

impl Collector {
    /// Takes the next event.
    pub fn note(&mut self, event: &Event) {
        match *event {
            Event::SpeechEnded { who, from, at, .. } => self.spurts[who].push(Span { from, to: at }),
            Event::SpeechWithdrawn { who, from, to } => self.withdrawn.push((who, Span { from, to })),
            Event::Overlapped(judged) => self.overlaps.push(judged),
            Event::Reclassed { at, by, class, .. } => self.reclass(at, by, class),
            Event::FloorPassed { to, at, offset, by_interruption, .. } => {
                self.transfers.push(Transfer { to, at, offset, by_interruption });
            }
            Event::Monologue { who, from, to } => self.monologue(who, Span { from, to }),
            Event::Silence { from, to } => self.silences.push(Span { from, to }),
            Event::Cue(hit) => self.cues.push(hit),
            Event::VoiceLowered { from, to, peak, spoken, .. } => {
                self.raised.push(Raised { span: Span { from, to }, peak_db: peak, spoken });
            }
            Event::PaceFell { from, to, peak } => {
                self.fast.push(Fast { span: Span { from, to }, peak_ratio: peak });
            }
            Event::Customer { at, change } => self.customer.push((at, change)),
            Event::Channel { who, state, since, .. } => self.changes[who].push((state, since)),
            Event::Baseline { at, standing, normal } => {
                self.baselines.push(BaselineStep { at, standing, normal });
            }
            Event::Second(second) => self.seconds.push(second),
            Event::Decision(decision) => self.decide(decision),
            Event::Cleared { kind, at, how } => self.clear(kind, at, how),
            // Beginnings are told again with their ends; readings feed the policy alone.
            Event::SpeechStarted { .. }
            | Event::Interrupts { .. }
            | Event::VoiceRaised { .. }
            | Event::PaceRose { .. }
            | Event::Reading(_)
            | Event::Listened { .. }
            | Event::Unheard { .. }
            | Event::Ordered { .. }
            | Event::Applied { .. }
            | Event::Ended { .. } => (),
        }
    }

    fn reclass(&mut self, at: SampleTime, by: Channel, class: crate::core::event::Class) {
        if let Some(judged) = self.overlaps.iter_mut().find(|j| j.overlap.at == at && j.overlap.by == by) {
            judged.overlap.class = class;
            judged.announced = None;
        }
    }

    fn monologue(&mut self, who: Channel, span: Span) {
        if LONG_MONOLOGUE <= span.length() {
            self.monologues.push(Monologue { who, span });
        }
    }

    fn decide(&mut self, decision: Decision) {
        if decision.outcome == Outcome::Shown {
            self.nudges.push(Nudge { decision, cleared: None });
        }
        self.decisions.push(decision);
    }

    fn clear(&mut self, kind: Kind, at: SampleTime, how: Cleared) {
        if let Some(nudge) = self.nudges.iter_mut().rev().find(|n| n.decision.kind == kind) {
            nudge.cleared.get_or_insert((at, how));
        }
    }

    /// The call is over.
    pub fn finish(mut self, origin: Origin, summary: CallSummary) -> Analysis {
        let end = SampleTime::ZERO + summary.duration;
        self.overlaps.sort_by_key(|j| (j.overlap.at, j.overlap.by));
        let changes = std::mem::take(&mut self.changes);
        // Where a measure came to nothing in the end, its episodes did too.
        if summary.raised_count.known().is_none() {
            self.raised.clear();
        }
        if summary.fast_count.known().is_none() {
            self.fast.clear();
        }
        Analysis {
            origin,
            summary,
            spurts: self.spurts,
            withdrawn: self.withdrawn,
            overlaps: self.overlaps,
            seconds: self.seconds,
            raised: self.raised,
            fast: self.fast,
            transfers: self.transfers,
            monologues: self.monologues,
            silences: self.silences,
            cues: in_order(self.cues),
            customer: self.customer,
            states: changes.map(|c| spans_of(&c, end)),
            baselines: self.baselines,
            nudges: self.nudges,
            decisions: self.decisions,
            transcript: None,
        }
    }
}

/// Stretches between changes of state, but for the live and the unknown ones.
fn spans_of(changes: &[(State, SampleTime)], end: SampleTime) -> Vec<StateSpan> {
    let ends = changes.iter().skip(1).map(|(_, since)| *since).chain([end]);
    changes
        .iter()
        .zip(ends)
        .map(|((state, since), to)| StateSpan { state: *state, span: Span { from: *since, to } })
        .filter(|s| !matches!(s.state, State::Live | State::Unknown) && s.span.from < s.span.to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> SampleTime {
        SampleTime::from_seconds(seconds)
    }

    #[test]
    fn states_are_told_as_stretches_without_the_live_ones() {
        let changes = [
            (State::Silent, at(0.0)),
            (State::Live, at(7.0)),
            (State::Zeros, at(20.0)),
            (State::Live, at(40.0)),
        ];
        let got = spans_of(&changes, at(60.0));
        assert_eq!(got.iter().map(|s| s.state).collect::<Vec<_>>(), [State::Silent, State::Zeros]);
        assert_eq!(got[1].span, Span { from: at(20.0), to: at(40.0) });
    }

    #[test]
    fn a_state_that_was_dated_back_over_leaves_nothing() {
        let changes = [(State::Silent, at(0.0)), (State::Zeros, at(0.0))];
        let got = spans_of(&changes, at(40.0));
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].state, State::Zeros);
    }
}
