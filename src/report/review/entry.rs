//! One call as a review needs it. Seconds and figures are rounded as in JSON,
//! so that a call read back from its export is the same call.

use std::fmt;

use crate::core::event::{Class, Detector, KINDS, Reliability, State};
use crate::core::measures::{Measured, Why};
use crate::core::score::{PARTS, Part, PartScore};
use crate::core::summary::{CallSummary, SideSummary};
use crate::core::units::{Channel, Sides};
use crate::report::analysis::{self, Analysis};
use crate::report::json::{figure, length, round, seconds};
use crate::report::names;
use crate::report::review::Wall;

/// How a call stands in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallState {
    /// It is still going on.
    Open,
    /// It ended in order.
    Closed,
    /// The program ended in the middle of it.
    Orphan,
    /// A part of what was measured could not be stored.
    Incomplete,
}

impl CallState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Open, Self::Closed, Self::Orphan, Self::Incomplete];

    /// For programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Orphan => "orphan",
            Self::Incomplete => "incomplete",
        }
    }

    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "the call is still going on",
            Self::Closed => "the call ended in order",
            Self::Orphan => "the program ended in the middle of the call",
            Self::Incomplete => "a part of the call could not be stored",
        }
    }

    /// Whether its figures stand for the whole call, so that they may be added
    /// up with others.
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Closed)
    }
}

/// A customer as they are stored: never their number or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRef {
    /// Keyed hash of the reference.
    pub hash: String,
    /// The last three characters of it.
    pub last: String,
}

/// What is known of a call besides its measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The call's own identity: the same on every machine; 8 to 36 hexadecimal
    /// digits and dashes.
    pub uid: String,
    /// Who took it; at most 128 characters.
    pub agent: String,
    /// When it began.
    pub began: Wall,
    /// When this record was last changed: of two with one identity the newer counts.
    pub as_of: Wall,
    /// How it stands in the books.
    pub state: CallState,
    /// The program that carried the call.
    pub softphone: Option<String>,
    /// The version of Evenkeel that measured it.
    pub version: String,
    /// The customer, where a reference was given.
    pub customer: Option<CustomerRef>,
    /// Nudges that the agent called wrong, in the order of
    /// [`Kind::ALL`](crate::core::event::Kind::ALL).
    pub wrong: [u32; KINDS],
}

/// The end of a call's identity: short enough to be typed. The beginning tells
/// but the time and is the same for calls within a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortId<'a>(&'a str);

impl fmt::Display for ShortId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Meta {
    /// The last eight characters of the identity.
    pub fn short(&self) -> ShortId<'_> {
        let from = self.uid.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
        ShortId(&self.uid[from..])
    }
}

/// One part of the score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartFigure {
    /// What was measured.
    pub value: Measured<f64>,
    /// Points lost; none where nothing was measured.
    pub lost: Option<f64>,
}

/// Episodes of raised voice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Raised {
    /// How many.
    pub episodes: Measured<u32>,
    /// The agent's speech in them, s.
    pub spoken_s: Measured<f64>,
    /// Highest rise over the baseline, dB; none where there was no episode.
    pub peak_db: Option<f64>,
}

/// Nudges of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nudged {
    /// Shown.
    pub shown: u32,
    /// Of these, behaviour back in range while it stood.
    pub heeded: u32,
}

/// A moment that cost points.
#[derive(Clone, Debug, PartialEq)]
pub struct Costly {
    /// Beginning, s from the beginning of the call.
    pub start_s: f64,
    /// End, s.
    pub end_s: f64,
    /// Points it cost.
    pub points: f64,
    /// What happened, in words.
    pub text: String,
}

/// Insults and demands for somebody higher up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Incidents {
    /// Insults; none where too little was listened to for "no insult".
    pub abuse: Option<u32>,
    /// Demands and threats; the same.
    pub escalation: Option<u32>,
}

impl Incidents {
    /// The counts, where one of them is known.
    pub fn of(abuse: Option<u32>, escalation: Option<u32>) -> Option<Self> {
        abuse.or(escalation).map(|_| Self { abuse, escalation })
    }

    /// These and those of other calls; what is not known adds nothing.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let sum = |a: Option<u32>, b: Option<u32>| {
            a.or(b).map(|_| a.unwrap_or_default().saturating_add(b.unwrap_or_default()))
        };
        Self { abuse: sum(self.abuse, other.abuse), escalation: sum(self.escalation, other.escalation) }
    }

    /// What happened, in words; nothing where nothing did.
    pub fn told(self) -> Option<String> {
        let count = |n: Option<u32>, one: &str, many: &str| match n {
            None | Some(0) => None,
            Some(1) => Some(format!("1 {one}")),
            Some(n) => Some(format!("{n} {many}")),
        };
        let both = [
            count(self.abuse, "insult", "insults"),
            count(self.escalation, "demand for somebody higher up", "demands for somebody higher up"),
        ];
        let told: Vec<String> = both.into_iter().flatten().collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

/// What was measured on a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// What each channel was worth.
    pub channels: Sides<State>,
    /// Whether starts over the other can be judged.
    pub reliability: Reliability,
    /// The score, 0 to 100.
    pub score: Measured<u32>,
    /// Share of its weights that could be measured.
    pub coverage: f64,
    /// Its parts, in the order of [`Part::ALL`].
    pub parts: [PartFigure; PARTS],
    /// Talk, s.
    pub speech_s: Sides<Measured<f64>>,
    /// Starts over the other after which they stopped.
    pub cut_offs: Sides<Measured<u32>>,
    /// Starts over the other after which they went on.
    pub talk_overs: Sides<Measured<u32>>,
    /// Interruptions that do not count; none where a side was not heard.
    pub unreliable: Sides<Option<u32>>,
    /// Raised voice of the agent.
    pub raised: Raised,
    /// Median pace of the agent, syllables per second.
    pub pace: Measured<f64>,
    /// Their normal pace, where there was a baseline.
    pub normal_pace: Option<f64>,
    /// Share of the agent's speech in fast windows.
    pub fast_share: Measured<f64>,
    /// Longest monologue, s.
    pub monologue_s: Sides<Measured<f64>>,
    /// Median time from the customer's end to the reply, s; may be negative.
    pub reply_s: Measured<f64>,
    /// Long silences.
    pub silences: Measured<u32>,
    /// Time in them, s.
    pub silence_s: Measured<f64>,
    /// Insults and demands; none where nobody listened to the customer.
    pub incidents: Option<Incidents>,
    /// The costliest moments, dearest first.
    pub moments: Vec<Costly>,
    /// Nudges by kind, in the order of [`Kind::ALL`](crate::core::event::Kind::ALL).
    pub nudges: [Nudged; KINDS],
}

/// One call as a review needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What is known besides its measures.
    pub meta: Meta,
    /// Fingerprint of the settings.
    pub config_hash: String,
    /// Length, s, where it is known.
    pub duration_s: Option<f64>,
    /// What was measured; none where the call did not come to its end.
    pub figures: Option<Box<Figures>>,
}

impl Entry {
    /// A call with its whole analysis.
    pub fn of(meta: &Meta, a: &Analysis) -> Self {
        Self::of_summary(meta, &a.origin.config_hash, &a.summary, &a.raised)
    }

    /// The same where only the summary and the episodes of raised voice are kept.
    pub fn of_summary(
        meta: &Meta,
        config_hash: &str,
        summary: &CallSummary,
        raised: &[analysis::Raised],
    ) -> Self {
        Self {
            meta: meta.clone(),
            config_hash: config_hash.to_owned(),
            duration_s: Some(length(summary.duration)),
            figures: Some(Box::new(figures(summary, raised))),
        }
    }

    /// A call without figures: it goes on, or the program ended before it did.
    pub fn bare(meta: &Meta, config_hash: &str, duration_s: Option<f64>) -> Self {
        Self { meta: meta.clone(), config_hash: config_hash.to_owned(), duration_s, figures: None }
    }

    /// The score, if there is one.
    pub fn score(&self) -> Option<u32> {
        self.figures.as_ref()?.score.known()
    }

    /// Why there is no score, in words; none where there is one.
    pub fn no_score(&self) -> Option<&'static str> {
        match &self.figures {
            None => Some(self.meta.state.title()),
            Some(figures) => figures.score.why().map(names::why_not_title),
        }
    }
}

impl Figures {
    /// Interruptions by a side: cut-offs and talking over.
    pub fn interruptions(&self, who: Channel) -> Measured<u32> {
        match (self.cut_offs[who], self.talk_overs[who]) {
            (Measured::Known(cut), Measured::Known(over)) => Measured::Known(cut.saturating_add(over)),
            (Measured::Unknown(why), _) | (_, Measured::Unknown(why)) => Measured::Unknown(why),
        }
    }

    /// All nudges together.
    pub fn nudged(&self) -> Nudged {
        self.nudges.iter().fold(Nudged::default(), |sum, n| Nudged {
            shown: sum.shown.saturating_add(n.shown),
            heeded: sum.heeded.saturating_add(n.heeded),
        })
    }

    /// Pace against the agent's normal.
    pub fn pace_ratio(&self) -> Option<f64> {
        let normal = self.normal_pace.filter(|normal| 0.0 < *normal)?;
        self.pace.known().map(|pace| pace / normal)
    }

    /// Parts that cost something, dearest first.
    pub fn losses(&self) -> Vec<(Part, f64)> {
        let lost = Part::ALL.iter().zip(&self.parts).map(|(part, p)| (*part, p.lost.unwrap_or(0.0)));
        let mut lost: Vec<_> = lost.filter(|(_, points)| 0.05 <= *points).collect();
        lost.sort_by(|a, b| b.1.total_cmp(&a.1));
        lost
    }
}

/// Why what one side did over the other is not known.
pub(super) fn why_not_judged(channels: &Sides<State>, reliability: Reliability) -> Option<Why> {
    if channels.agent != State::Live {
        Some(Why::AgentChannel)
    } else if channels.customer != State::Live {
        Some(Why::CustomerChannel)
    } else {
        (!reliability.is_reliable()).then_some(Why::Unreliable)
    }
}

/// A figure, unless there is a reason against it.
pub(super) fn counted<T>(why: Option<Why>, value: T) -> Measured<T> {
    why.map_or(Measured::Known(value), Measured::Unknown)
}

/// A figure of one side, where that was heard.
pub(super) fn of_side(who: Channel, figure: Option<f64>) -> Measured<f64> {
    let why = match who {
        Channel::Agent => Why::AgentChannel,
        Channel::Customer => Why::CustomerChannel,
    };
    Measured::from_option(figure, why)
}

fn figures(s: &CallSummary, episodes: &[analysis::Raised]) -> Figures {
    let channels = Sides::from_fn(|who| s.sides[who].verdict);
    let judged = why_not_judged(&channels, s.reliability);
    let count = |who: Channel, class: Class| counted(judged, s.sides[who].starts.of(class));
    let side = |pick: fn(&SideSummary) -> f64| {
        Sides::from_fn(|who| of_side(who, s.sides[who].heard(pick(&s.sides[who]))))
    };
    Figures {
        channels,
        reliability: s.reliability,
        score: s.score.value,
        coverage: figure(s.score.coverage),
        parts: std::array::from_fn(|k| part(&s.score.parts[k])),
        speech_s: side(|side| length(side.speech)),
        cut_offs: Sides::from_fn(|who| count(who, Class::CutOff)),
        talk_overs: Sides::from_fn(|who| count(who, Class::TalkOver)),
        unreliable: Sides::from_fn(|who| s.both_heard(s.sides[who].starts.unreliable)),
        raised: raised(s, episodes),
        pace: s.pace.map(figure),
        normal_pace: s.normal.map(|normal| figure(normal.pace)),
        fast_share: s.fast_share.map(figure),
        monologue_s: side(|side| length(side.monologue)),
        reply_s: s.replies.median.map(figure),
        silences: s.silences.map(|(count, ..)| count),
        silence_s: s.silences.map(|(_, total, _)| figure(total.seconds() as f32)),
        incidents: Incidents::of(s.count(Detector::Abuse), s.count(Detector::Escalation)),
        moments: s.moments.iter().map(costly).collect(),
        nudges: s.nudges.map(|n| Nudged { shown: n.shown, heeded: n.heeded }),
    }
}

fn part(p: &PartScore) -> PartFigure {
    PartFigure { value: p.value.map(figure), lost: p.penalty.map(|_| round(f64::from(p.lost), 1)) }
}

fn raised(s: &CallSummary, episodes: &[analysis::Raised]) -> Raised {
    let each: Vec<(f64, f64)> = episodes.iter().map(|r| (figure(r.peak_db), length(r.spoken))).collect();
    raised_of(s.raised_count, &each)
}

/// Raised voice from the peak (dB) and the speech (s) of each episode.
pub(super) fn raised_of(episodes: Measured<u32>, each: &[(f64, f64)]) -> Raised {
    Raised {
        episodes,
        spoken_s: episodes.map(|_| round(each.iter().map(|(_, spoken)| spoken).sum(), 3)),
        peak_db: each.iter().map(|(peak, _)| *peak).reduce(f64::max),
    }
}

fn costly(m: &crate::core::moments::Moment) -> Costly {
    let words: Vec<String> = m.causes.iter().flatten().map(|c| names::cause_title(*c)).collect();
    Costly {
        start_s: seconds(m.at),
        end_s: seconds(m.end),
        points: round(f64::from(m.points), 1),
        text: words.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_named_by_the_end_of_its_identity() {
        let meta = |uid: &str| Meta { uid: uid.into(), ..crate::report::review::day::tests::meta(9, "ann") };
        assert_eq!(meta("0199f3a2-7b1c-7d10-9f3e-5a77c0de1234").short().to_string(), "c0de1234");
        assert_eq!(meta("0199").short().to_string(), "0199");
    }

    #[test]
    fn what_one_did_over_the_other_takes_two_good_channels() {
        let live = Sides { agent: State::Live, customer: State::Live };
        assert_eq!(why_not_judged(&live, Reliability::Reliable), None);
        assert_eq!(why_not_judged(&live, Reliability::Babble), Some(Why::Unreliable));
        let deaf = Sides { agent: State::Live, customer: State::Dead };
        assert_eq!(why_not_judged(&deaf, Reliability::Unknown), Some(Why::CustomerChannel));
    }

    #[test]
    fn no_episode_has_no_peak_and_an_unknown_one_no_seconds() {
        let none = raised_of(Measured::Known(0), &[]);
        assert_eq!((none.spoken_s, none.peak_db), (Measured::Known(0.0), None));
        assert_eq!(raised_of(Measured::Unknown(Why::Agc), &[]).spoken_s, Measured::Unknown(Why::Agc));
    }
}
