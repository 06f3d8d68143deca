//! Nudges: kinds, what they are decided by, and what becomes of them.

use crate::core::event::{Standing, State};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};

/// What a nudge is about. The higher its priority the earlier it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A channel cannot be measured.
    Capture,
    /// The customer insults, or asks for somebody higher up: help, not correction.
    Incident,
    /// The agent talks over the customer.
    Interrupting,
    /// The agent's voice is raised.
    RaisedVoice,
    /// The agent speaks faster than usual.
    FastPace,
    /// The agent has been talking for a long time.
    Monologue,
    /// The agent answers at once, again and again, when it is difficult.
    RushedReply,
    /// Nobody has said anything for a while.
    DeadAir,
    /// The agent used words that make it worse.
    Phrase,
    /// Apologies that do not end.
    Apology,
    /// What helps with a customer who does such things: help, not correction.
    Card,
    /// Something that helps in a difficult call has not been said yet.
    Tip,
    /// Something went well.
    Positive,
}

/// Number of kinds.
pub const KINDS: usize = 13;

impl Kind {
    /// All kinds, in order of priority.
    pub const ALL: [Self; KINDS] = [
        Self::Capture,
        Self::Incident,
        Self::Interrupting,
        Self::RaisedVoice,
        Self::FastPace,
        Self::Monologue,
        Self::RushedReply,
        Self::DeadAir,
        Self::Phrase,
        Self::Apology,
        Self::Card,
        Self::Tip,
        Self::Positive,
    ];

    /// Priority, 0 to 1000.
    pub const fn priority(self) -> u32 {
        match self {
            Self::Capture => 1000,
            Self::Incident => 900,
            Self::Interrupting => 800,
            Self::RaisedVoice => 700,
            Self::FastPace => 600,
            Self::Monologue => 500,
            Self::RushedReply => 450,
            Self::DeadAir => 400,
            Self::Phrase => 350,
            Self::Apology => 300,
            Self::Card => 250,
            Self::Tip => 200,
            Self::Positive => 100,
        }
    }

    /// Whether it asks the agent to change something in how they speak.
    pub const fn is_corrective(self) -> bool {
        match self {
            Self::Interrupting
            | Self::RaisedVoice
            | Self::FastPace
            | Self::Monologue
            | Self::RushedReply
            | Self::DeadAir
            | Self::Phrase
            | Self::Apology
            | Self::Tip => true,
            Self::Capture | Self::Incident | Self::Card | Self::Positive => false,
        }
    }

    /// Whether it is help with what the customer does. It is given once in each
    /// form, and counts in no budget: what a customer does must not use up, nor be
    /// refused for, what is said of the agent.
    pub const fn is_help(self) -> bool {
        matches!(self, Self::Incident | Self::Card)
    }

    /// Whether it rests on recognised words, which come late or not at all.
    pub const fn rests_on_words(self) -> bool {
        match self {
            Self::Incident | Self::Phrase | Self::Apology | Self::Tip => true,
            Self::Capture
            | Self::Interrupting
            | Self::RaisedVoice
            | Self::FastPace
            | Self::Monologue
            | Self::RushedReply
            | Self::DeadAir
            | Self::Card
            | Self::Positive => false,
        }
    }

    /// Whether it is due above a threshold, which rises where it is called wrong. The
    /// form of another that is called wrong does not come again in its call.
    pub const fn has_threshold(self) -> bool {
        match self {
            Self::Interrupting
            | Self::RaisedVoice
            | Self::FastPace
            | Self::Monologue
            | Self::RushedReply
            | Self::DeadAir
            | Self::Card
            | Self::Tip => true,
            Self::Capture | Self::Incident | Self::Phrase | Self::Apology | Self::Positive => false,
        }
    }

    /// Whether it can only be judged against the agent's normal.
    pub const fn needs_baseline(self) -> bool {
        matches!(self, Self::RaisedVoice | Self::FastPace)
    }
}

/// The state of things, ten times a second: all that the policy is fed besides
/// events.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// When it was taken: the newest sample that has come.
    pub at: SampleTime,
    /// The moment it describes: up to here, some 0.2 s back, it is settled who
    /// speaks.
    pub of: SampleTime,
    /// Who speaks.
    pub speaks: Sides<bool>,
    /// How long the agent has been silent.
    pub agent_pause: SampleSpan,
    /// How long nobody has spoken.
    pub silence: SampleSpan,
    /// Length of the agent's monologue so far.
    pub monologue: SampleSpan,
    /// Agent's level over the baseline, dB.
    pub rise: Option<f32>,
    /// Whether the voice is raised.
    pub raised: bool,
    /// Agent's pace against the baseline, of the last full second.
    pub pace: Option<f32>,
    /// Number of things that the customer does.
    pub intensity: u8,
    /// How well the baseline stands.
    pub standing: Standing,
    /// What multiplies thresholds against it, more than 1 while it is young.
    pub strictness: f32,
    /// What the channels are worth.
    pub channels: Sides<State>,
    /// Whether overlaps can be judged: the leak is known and under control.
    pub overlaps_reliable: bool,
    /// On hold, muted or paused.
    pub suspended: bool,
}

/// Why a nudge was not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A channel it rests on cannot be measured.
    Channel,
    /// The echo canceller has not converged yet.
    NotConverged,
    /// The call is too young.
    TooEarly,
    /// The agent asked for quiet.
    Quiet,
    /// The agent snoozed nudges.
    Snoozed,
    /// The agent switched this kind off.
    SwitchedOff,
    /// On hold, muted or paused.
    Suspended,
    /// There is no baseline yet.
    NoBaseline,
    /// The same kind was shown lately.
    KindCooldown,
    /// Something was shown lately.
    GlobalCooldown,
    /// The budget of the call is used up.
    Budget,
    /// Something more important was shown.
    Outranked,
    /// It was over before it could be shown.
    Over,
    /// Its words came too late: what they were about is long past.
    Late,
    /// It is shown once in a call, and was.
    OnceACall,
}

/// What became of a nudge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was shown.
    Shown,
    /// It was held back.
    Suppressed(Reason),
}

/// A quantity that decisions rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Time spoken since the start over the customer, s.
    Overlap,
    /// Level over the baseline, dB.
    Rise,
    /// Pace against the baseline.
    PaceRatio,
    /// Length of the monologue, s.
    Monologue,
    /// Rushed replies among the last six.
    RushedReplies,
    /// Time between the customer's last word and a reply, s; a reply sooner
    /// than the limit is rushed.
    ReplyOffset,
    /// Time since the customer began something, s; it counts up to the limit.
    SinceChange,
    /// Length of the silence, s.
    Silence,
    /// Things the customer does.
    Intensity,
    /// Listening tokens so far.
    ListeningTokens,
    /// Time back in range or without anything to correct, s.
    Calm,
    /// Time for which a channel could not be measured, s.
    ChannelDown,
    /// Time since the last word of a phrase, s; later than the limit nothing is shown.
    PhraseAge,
    /// Time for which the customer has done so without a break, s.
    Lasting,
    /// Age of the call, s.
    CallAge,
}

/// One input of a decision and the threshold it was held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// What was looked at.
    pub quantity: Quantity,
    /// Its value.
    pub value: f32,
    /// The threshold.
    pub limit: f32,
}

/// Which way a nudge goes, where its kind has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// The only one.
    Plain,
    /// Capture: a side delivers nothing.
    NoSound(Channel),
    /// Capture: the customer is in the microphone.
    UseHeadset,
    /// Capture: both channels carry the same.
    SameAudio,
    /// Positive: back in range after a nudge.
    Recovered,
    /// Positive: a difficult call held well.
    WellHeld,
    /// Positive: the agent said how they want to be spoken to, after an insult.
    BoundarySet,
    /// Incident: the customer insults.
    Abuse,
    /// Incident: the customer asks for somebody higher up, or threatens to.
    Escalation,
    /// Phrase: agreed with a grievance against the own side.
    Agreeing,
    /// Phrase: a rule was given for a reason.
    Policy,
    /// Phrase: the customer was ordered to be calm.
    Soothing,
    /// Card: faster than at their start, and interrupting.
    Abrupt,
    /// Card: a higher voice than at their start, and asking for somebody higher up.
    Demanding,
    /// Card: interrupting, with voice and pace as at their start.
    TakingOver,
    /// Tip: nothing has shown yet that the agent sees what it is like.
    Empathy,
    /// Tip: no step has been named yet.
    NextStep,
}

impl Variant {
    /// All of them, a side without sound for each side.
    pub const ALL: [Self; 18] = [
        Self::Plain,
        Self::NoSound(Channel::Agent),
        Self::NoSound(Channel::Customer),
        Self::UseHeadset,
        Self::SameAudio,
        Self::Recovered,
        Self::WellHeld,
        Self::BoundarySet,
        Self::Abuse,
        Self::Escalation,
        Self::Agreeing,
        Self::Policy,
        Self::Soothing,
        Self::Abrupt,
        Self::Demanding,
        Self::TakingOver,
        Self::Empathy,
        Self::NextStep,
    ];

    /// Whether it is so mild that it gives way to all others. Agreeing with a grievance
    /// is often meant well, and may even be right: it is worth a word where nothing else
    /// is, once a call, and takes no other nudge's place.
    pub const fn is_soft(self) -> bool {
        match self {
            Self::Agreeing => true,
            Self::Plain
            | Self::NoSound(_)
            | Self::UseHeadset
            | Self::SameAudio
            | Self::Recovered
            | Self::WellHeld
            | Self::BoundarySet
            | Self::Abuse
            | Self::Escalation
            | Self::Policy
            | Self::Soothing
            | Self::Abrupt
            | Self::Demanding
            | Self::TakingOver
            | Self::Empathy
            | Self::NextStep => false,
        }
    }
}

/// One decision of the policy, the suppressed ones too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// When it was taken.
    pub at: SampleTime,
    /// What about.
    pub kind: Kind,
    /// Which form of it.
    pub variant: Variant,
    /// When the condition began.
    pub began: SampleTime,
    /// What became of it.
    pub outcome: Outcome,
    /// What it rested on.
    pub evidence: [Option<Evidence>; 2],
    /// How well the baseline stood.
    pub standing: Standing,
}

/// How a nudge left the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cleared {
    /// The behaviour was back in range.
    Recovered,
    /// What it was about is over, though not by the agent: the customer gave way.
    Passed,
    /// Its time was up.
    TimedOut,
    /// The agent closed it.
    Dismissed,
}

/// An order of the agent or of a program on their behalf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// No nudges for this long.
    Snooze(SampleSpan),
    /// No nudges for the rest of the call, or again.
    Quiet(bool),
    /// No nudges of this kind for the rest of the call.
    Off(Kind),
    /// The last nudge of this kind was wrong.
    Wrong(Kind),
    /// The nudge on the screen was closed.
    Dismiss,
    /// The customer is on hold, or no longer.
    Hold(bool),
    /// The agent is muted in the phone, or no longer.
    Mute(bool),
    /// This side comes from another device from here on, or in another format: what
    /// was learned of its level holds no more.
    Device(Channel),
}
