//! One utterance in, what was heard out. A recogniser knows nothing of calls,
//! speakers and guards, and remembers nothing from one utterance to the next.

use std::fmt;
use std::sync::Arc;

use crate::core::private::Spoken;
use crate::core::units::{RATE, SampleSpan};
use crate::core::words::Word;

/// How much of its window a recogniser looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Context {
    /// As much as the utterance needs, and a margin.
    #[default]
    Fitted,
    /// All of it, as it was trained: slower, and loops less.
    Full,
}

/// What was heard in one utterance. Times are counted from its first sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// The text, trimmed.
    pub text: Spoken,
    /// The same word by word.
    pub words: Vec<HeardWord>,
    /// How likely it is that nobody spoke, 0 to 1.
    pub no_speech: f32,
    /// Tokens it took.
    pub tokens: u32,
    /// Whether the ends of the words were measured. Else they say nothing.
    pub timed: bool,
}

/// A word, placed from the first sample of its utterance.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardWord {
    /// As written.
    pub text: Spoken,
    /// Where it begins.
    pub from: SampleSpan,
    /// Where it ends.
    pub to: SampleSpan,
    /// Probability of its least likely token, 0 to 1.
    pub sure: f32,
}

impl HeardWord {
    /// The word on the clock of a call whose utterance begins at `begin`.
    pub fn placed(&self, begin: crate::core::units::SampleTime) -> Word {
        Word { text: self.text.clone(), from: begin + self.from, to: begin + self.to, sure: self.sure }
    }
}

/// Why nothing was heard, sorted by what can be done next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecogniserError {
    /// This utterance could not be recognised; the next one may be.
    #[error("the recogniser refused an utterance")]
    Refused,
    /// The recogniser has ended by itself, or took too long and was ended: it
    /// may be begun again.
    #[error("the recogniser {0}")]
    Lost(Loss),
    /// It cannot be begun: nothing helps but another model or machine.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It was told to stop.
    #[error("the recogniser was told to stop")]
    Cancelled,
}

/// How a recogniser was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Loss {
    /// Its process ended.
    #[error("ended by itself")]
    Died,
    /// It did not answer in time.
    #[error("did not answer in time and was ended")]
    Hung,
    /// It answered something else.
    #[error("answered what is no answer and was ended")]
    Garbled,
}

impl RecogniserError {
    /// The way out, where it is not to wait.
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unfit(unfit) => Some(unfit.hint()),
            Self::Refused | Self::Lost(_) | Self::Cancelled => None,
        }
    }
}

/// What exactly is wrong, in a few words of whoever saw it; it may be unknown. It
/// never holds anything that was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail(Option<Arc<str>>);

impl Detail {
    /// Letters that are kept of it: it may come from another process.
    const MOST: usize = 300;

    /// Of this text; an empty one says nothing.
    pub fn new(text: impl fmt::Display) -> Self {
        let plain = |letter: char| if letter.is_control() { '_' } else { letter };
        let text: String = text.to_string().chars().map(plain).take(Self::MOST).collect();
        Self((!text.is_empty()).then(|| text.into()))
    }

    /// The text, empty where it is unknown.
    pub fn text(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for Detail {
    /// As the end of a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |text| write!(f, ": {text}"))
    }
}

/// Why a recogniser cannot be begun.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The processor is too old for the library.
    #[error("this processor lacks AVX2, FMA, F16C or BMI2, which speech recognition needs (x86-64-v3)")]
    Processor,
    /// This program was built without the library.
    #[error("this program was built without speech recognition (feature `whisper`)")]
    NotBuilt,
    /// The library cannot read the model.
    #[error("the model cannot be loaded{0}")]
    Model(Detail),
    /// No process could be begun.
    #[error("the recogniser's process cannot be started{0}")]
    NoProcess(Detail),
}

impl Unfit {
    /// The way out.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Processor => {
                "coaching goes on without words; set `transcript.on = false`, or use `--no-transcript`"
            }
            Self::NotBuilt => "build it with `cargo build --features whisper`, or use `--no-transcript`",
            Self::Model(_) => "run `evenkeel model verify`, and import or fetch the model again",
            Self::NoProcess(_) => "check the limits on processes and memory",
        }
    }
}

/// Turns the sound of one utterance into text.
pub trait Recogniser {
    /// Recognises 16 kHz samples, 1.0 = full scale, at most half a minute of them.
    ///
    /// # Errors
    /// See [`RecogniserError`]: nothing was heard, and what can be done next.
    fn recognise(&mut self, samples: &[f32], context: Context) -> Result<Heard, RecogniserError>;
}

/// Length of some samples, seconds.
pub fn seconds(samples: usize) -> f64 {
    samples as f64 / f64::from(RATE)
}

/// Whether this processor can do what the library was built to use.
#[cfg(target_arch = "x86_64")]
pub fn processor_is_fit() -> bool {
    // Kept in step with the flags in `.cargo/config.toml`.
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("fma")
        && std::arch::is_x86_feature_detected!("f16c")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("sse4.2")
}

/// Other processors have what the library needs, or it was not built for them.
#[cfg(not(target_arch = "x86_64"))]
pub const fn processor_is_fit() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exactly_is_wrong_ends_the_sentence_and_breaks_no_line() {
        let why = |detail| RecogniserError::from(Unfit::Model(detail)).to_string();
        assert_eq!(why(Detail::default()), "the model cannot be loaded");
        assert_eq!(why(Detail::new("")), "the model cannot be loaded");
        assert_eq!(why(Detail::new("a.bin: is\nempty")), "the model cannot be loaded: a.bin: is_empty");
        assert_eq!(Detail::new("x".repeat(1000)).text().len(), Detail::MOST);
    }
}
