//! Values that are one of several words, and the words.

use crate::audio::StereoSide;
use crate::audio::capture::{Host, When};
use crate::surfaces::overlay::{Corner, Motion, Scale, Theme};

/// How the reference of a customer is kept with a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reference {
    /// As a keyed hash with its last three characters: the calls of a customer
    /// can be told apart, and the customer cannot be told.
    #[default]
    Hashed,
    /// As it was given.
    Full,
    /// Not at all.
    None,
}

/// The language of nudges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
}

/// How much is logged; each level has the ones before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Faults of the program.
    Error,
    /// What is odd about the world.
    Warn,
    /// What is worth leaving on.
    #[default]
    Info,
    /// For whoever looks for a mistake.
    Debug,
}

impl LogLevel {
    /// The word for it, as logging libraries understand it too.
    pub fn name(self) -> &'static str {
        Choice::name(&self)
    }
}

/// A place in the settings that takes one of several words.
pub(super) trait Choice {
    /// The word for the present value.
    fn name(&self) -> &'static str;
    /// Takes the value of this word; leaves it alone where there is none.
    fn choose(&mut self, word: &str);
}

/// Values with a word each.
trait Named: Copy + PartialEq + 'static {
    const WORDS: &'static [(&'static str, Self)];
}

impl<T: Named> Choice for T {
    fn name(&self) -> &'static str {
        T::WORDS.iter().find(|(_, value)| value == self).map_or("", |(word, _)| word)
    }

    fn choose(&mut self, word: &str) {
        if let Some((_, value)) = T::WORDS.iter().find(|(known, _)| *known == word) {
            *self = *value;
        }
    }
}

/// What a key accepts, and the table behind it, from one list.
macro_rules! words {
    ($type:ty, $words:ident, $($word:literal = $value:ident),+) => {
        pub(super) const $words: &[&str] = &[$($word),+];

        impl Named for $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$value)),+];
        }
    };
}

words!(StereoSide, SIDES, "left" = Left, "right" = Right);
words!(Host, HOSTS, "auto" = Auto, "pulseaudio" = PulseAudio, "pipewire" = PipeWire, "alsa" = Alsa);
words!(When, WHENS, "call" = Call, "always" = Always);
words!(Reference, REFERENCES, "hashed" = Hashed, "full" = Full, "none" = None);
words!(Language, LANGUAGES, "en" = English, "de" = German, "es" = Spanish);
words!(
    Corner,
    CORNERS,
    "top_left" = TopLeft,
    "top" = Top,
    "top_right" = TopRight,
    "bottom_left" = BottomLeft,
    "bottom" = Bottom,
    "bottom_right" = BottomRight
);
words!(
    Scale,
    SCALES,
    "auto" = Auto,
    "100" = Full,
    "125" = Quarter,
    "150" = Half,
    "175" = ThreeQuarters,
    "200" = Double,
    "250" = DoubleHalf,
    "300" = Triple
);
words!(Theme, THEMES, "dark" = Dark, "light" = Light);
words!(Motion, MOTIONS, "full" = Full, "reduced" = Reduced);
words!(LogLevel, LEVELS, "error" = Error, "warn" = Warn, "info" = Info, "debug" = Debug);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_taken_and_said_again() {
        for word in HOSTS {
            let mut host = Host::default();
            host.choose(word);
            assert_eq!(host.name(), *word);
        }
        let mut level = LogLevel::Error;
        level.choose("loud");
        assert_eq!(level.name(), "error");
    }
}
