//! Everything the core has to say, as it is decided. A closed set: each new
//! event must be decided about everywhere before it compiles.

mod channel;
mod cue;
mod measures;
mod nudge;
mod turns;

pub use channel::State;
pub use cue::{CueHit, DETECTORS, Detector};
pub use measures::{Behaviour, Change, Normal, Rise, Second, Standing};
pub use nudge::{
    Cleared, Decision, Evidence, KINDS, Kind, Order, Outcome, Quantity, Reading, Reason, Variant,
};
pub use turns::{Class, Judged, Overlap, Reliability};

use crate::core::units::{Channel, SampleSpan, SampleTime};

/// Something the core decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A talk spurt began.
    SpeechStarted {
        /// Who speaks.
        who: Channel,
        /// When it began.
        at: SampleTime,
        /// When that was known.
        decided: SampleTime,
    },
    /// A talk spurt ended.
    SpeechEnded {
        /// Who spoke.
        who: Channel,
        /// When it began.
        from: SampleTime,
        /// When it ended.
        at: SampleTime,
        /// When that was known.
        decided: SampleTime,
    },
    /// What was taken for speech was a tone or music.
    SpeechWithdrawn {
        /// On which side.
        who: Channel,
        /// Everything from here to `to` is no speech.
        from: SampleTime,
        /// As far as it was seen.
        to: SampleTime,
    },
    /// An interruption, at the moment it is confirmed. Whether it was a cut-off
    /// or talking over shows when it is closed.
    Interrupts {
        /// Who interrupts.
        by: Channel,
        /// Onset.
        at: SampleTime,
        /// When it was confirmed.
        decided: SampleTime,
    },
    /// A start over the other's speech was closed.
    Overlapped(Judged),
    /// Words showed that an interruption was a listening token.
    Reclassed {
        /// Onset of what was classed.
        at: SampleTime,
        /// Who had started.
        by: Channel,
        /// What it had counted as.
        was: Class,
        /// What it is.
        class: Class,
        /// Time talked together.
        overlap: SampleSpan,
    },
    /// The floor passed to a side.
    FloorPassed {
        /// To whom.
        to: Channel,
        /// When they began to speak.
        at: SampleTime,
        /// Floor-transfer offset, seconds; none at the first speech of a call.
        offset: Option<f32>,
        /// It was taken by an interruption.
        by_interruption: bool,
        /// When that was known.
        decided: SampleTime,
    },
    /// Somebody's monologue ended.
    Monologue {
        /// Whose.
        who: Channel,
        /// First word.
        from: SampleTime,
        /// Last word.
        to: SampleTime,
    },
    /// Nobody spoke for more than three seconds.
    Silence {
        /// Its beginning.
        from: SampleTime,
        /// Its end.
        to: SampleTime,
    },
    /// The agent raised the voice.
    VoiceRaised {
        /// When.
        at: SampleTime,
        /// When that was known.
        decided: SampleTime,
        /// What told.
        rise: Rise,
    },
    /// A raised voice was lowered.
    VoiceLowered {
        /// When it had been raised.
        from: SampleTime,
        /// When it was last raised.
        to: SampleTime,
        /// Highest rise, dB.
        peak: f32,
        /// Agent's speech in it.
        spoken: SampleSpan,
        /// When that was known.
        decided: SampleTime,
    },
    /// The agent became fast.
    PaceRose {
        /// When.
        at: SampleTime,
        /// Pace against the baseline.
        ratio: f32,
    },
    /// The agent is no longer fast.
    PaceFell {
        /// When it had risen.
        from: SampleTime,
        /// When it fell.
        to: SampleTime,
        /// Highest pace against the baseline.
        peak: f32,
    },
    /// The customer began or stopped doing something.
    Customer {
        /// When.
        at: SampleTime,
        /// What.
        change: Change,
    },
    /// A channel is in another state.
    Channel {
        /// Which.
        who: Channel,
        /// The state that begins.
        state: State,
        /// Since when.
        since: SampleTime,
        /// When that was known.
        decided: SampleTime,
    },
    /// The baseline stands better than before.
    Baseline {
        /// When.
        at: SampleTime,
        /// How well.
        standing: Standing,
        /// What is normal.
        normal: Normal,
    },
    /// A phrase was said; told when its words are known.
    Cue(CueHit),
    /// A stretch of speech was listened to: its words are known, or that it held none.
    Listened {
        /// Whose.
        who: Channel,
        /// Its beginning.
        from: SampleTime,
        /// Its end.
        to: SampleTime,
        /// The speech in it.
        spoken: SampleSpan,
    },
    /// A stretch of speech was not listened to, and a later one was: what was said in it
    /// is not known.
    Unheard {
        /// Whose.
        who: Channel,
        /// Its beginning.
        from: SampleTime,
        /// Its end.
        to: SampleTime,
        /// The speech in it.
        spoken: SampleSpan,
    },
    /// The curves, once a second.
    Second(Second),
    /// What the policy is fed, ten times a second.
    Reading(Reading),
    /// A decision about a nudge.
    Decision(Decision),
    /// A nudge left the screen.
    Cleared {
        /// Which.
        kind: Kind,
        /// When.
        at: SampleTime,
        /// How.
        how: Cleared,
    },
    /// An order was carried out.
    Ordered {
        /// When.
        at: SampleTime,
        /// Which.
        order: Order,
    },
    /// Settings changed.
    Applied {
        /// When.
        at: SampleTime,
    },
    /// The call ended.
    Ended {
        /// When.
        at: SampleTime,
    },
}
