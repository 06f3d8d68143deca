//! A change is classified before it is made, so that only what must be
//! interrupted is.

use crate::config::Config;

/// What a change of a key asks of a call in progress. Mildest first, so that
/// the greatest of several covers them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Nothing: only what is written afterwards looks different.
    Nothing,
    /// It can be taken over between any two 10 ms frames.
    BetweenFrames,
    /// It waits until nobody speaks: one utterance is judged by one rule.
    BetweenUtterances,
    /// A call keeps it from its begin to its end.
    NextCall,
    /// The sound must be opened anew, which no call in progress survives whole.
    ReopenStreams,
    /// It is settled once, when the program starts.
    Restart,
}

impl Effect {
    /// When the change is taken over, as the end of "takes effect ...".
    pub const fn when(self) -> &'static str {
        match self {
            Self::Nothing => "at once",
            Self::BetweenFrames => "at once, also during a call",
            Self::BetweenUtterances => "as soon as nobody speaks",
            Self::NextCall => "with the next call",
            Self::ReopenStreams => "as soon as no call is on: the sound is opened anew",
            Self::Restart => "when the program is started again",
        }
    }
}

/// What differs between two configurations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What all of it together asks for.
    pub effect: Effect,
    /// The keys with another value, in the order of the reference.
    pub keys: Vec<&'static str>,
}

/// Compares two configurations by the values in force; where these come from
/// makes no difference.
pub fn between(old: &Config, new: &Config) -> Change {
    let pairs = old.entries().iter().zip(new.entries());
    let changed: Vec<_> = pairs.filter(|(old, new)| old.value != new.value).map(|(_, new)| new.key).collect();
    Change {
        effect: changed.iter().map(|key| key.effect).max().unwrap_or(Effect::Nothing),
        keys: changed.iter().map(|key| key.name).collect(),
    }
}
