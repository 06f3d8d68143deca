//! A key: its name, what it accepts, and the place in the settings it stands for.

use std::sync::LazyLock;

use crate::audio::{StereoSide, capture};
use crate::config::effect::Effect;
use crate::config::keys;
use crate::config::named::{self, Language, LogLevel, Reference};
use crate::config::value::{Type, Unit, Value, Wrong};
use crate::core::units::{FRAMES_PER_SECOND, Nanos, SampleSpan};
use crate::core::{calls, pipeline};
use crate::store;
use crate::surfaces;
use crate::transcript;

/// All that the configuration decides, as the plain values that the rest of
/// the program takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decided {
    pub(super) settings: pipeline::Settings,
    pub(super) agent_channel: StereoSide,
    pub(super) score_name: String,
    /// Empty where the user's login name stands for it.
    pub(super) agent_id: String,
    pub(super) capture: capture::Settings,
    /// After so long a pause ends by itself, ns.
    pub(super) pause: u64,
    pub(super) calls: calls::Settings,
    pub(super) reference: Reference,
    pub(super) surfaces: surfaces::Settings,
    pub(super) language: Language,
    /// The file that replaces words of nudges; empty without one.
    pub(super) wording: String,
    pub(super) look: surfaces::overlay::Look,
    pub(super) store: store::Settings,
    pub(super) transcript: transcript::Settings,
    pub(super) log_level: LogLevel,
}

/// Long enough to read out and repeat a card number, its date and its code.
const PAUSE: u64 = 120 * Nanos::SECOND;

impl Default for Decided {
    fn default() -> Self {
        Self {
            settings: pipeline::Settings::default(),
            agent_channel: StereoSide::Left,
            score_name: "Calmness".to_owned(),
            agent_id: String::new(),
            capture: capture::Settings::default(),
            pause: PAUSE,
            calls: calls::Settings { softphones: softphones(), ..calls::Settings::default() },
            reference: Reference::default(),
            surfaces: surfaces::Settings::default(),
            language: Language::default(),
            wording: String::new(),
            look: surfaces::overlay::Look::default(),
            store: store::Settings::default(),
            transcript: transcript::Settings::default(),
            log_level: LogLevel::default(),
        }
    }
}

fn softphones() -> Vec<String> {
    keys::SOFTPHONES.iter().map(|name| (*name).to_owned()).collect()
}

/// Where a value lives. One path serves both ways, so that what is written is
/// also what is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Seconds, kept as a span.
    Span(fn(&mut Decided) -> &mut SampleSpan),
    /// Seconds, kept as 10 ms frames.
    Frames(fn(&mut Decided) -> &mut u64),
    /// A number as it is.
    Real(fn(&mut Decided) -> &mut f32),
    /// A whole number.
    Whole(fn(&mut Decided) -> &mut u32),
    /// A small whole number.
    Small(fn(&mut Decided) -> &mut u8),
    /// A switch.
    On(fn(&mut Decided) -> &mut bool),
    /// A switch kept the other way round.
    Off(fn(&mut Decided) -> &mut bool),
    /// Text.
    Words(fn(&mut Decided) -> &mut String),
    /// Names.
    Names(fn(&mut Decided) -> &mut Vec<String>),
    /// One of several words.
    Choice(fn(&mut Decided) -> &mut dyn named::Choice),
    /// Seconds, kept as nanoseconds.
    Nanoseconds(fn(&mut Decided) -> &mut u64),
}

impl Place {
    fn write(&self, decided: &mut Decided, value: &Value) {
        match self {
            Self::Span(at) => assign(at(decided), value.number().map(SampleSpan::from_seconds)),
            Self::Frames(at) => assign(at(decided), value.number().map(frames)),
            Self::Real(at) => assign(at(decided), value.number().map(|number| number as f32)),
            Self::Whole(at) => assign(at(decided), value.count()),
            Self::Small(at) => assign(at(decided), value.count().and_then(|count| count.try_into().ok())),
            Self::On(at) => assign(at(decided), value.switch()),
            Self::Off(at) => assign(at(decided), value.switch().map(|on| !on)),
            Self::Words(at) => assign(at(decided), value.text().map(str::to_owned)),
            Self::Names(at) => assign(at(decided), value.list().map(<[String]>::to_vec)),
            Self::Choice(at) => value.text().into_iter().for_each(|word| at(decided).choose(word)),
            Self::Nanoseconds(at) => assign(at(decided), value.number().map(nanoseconds)),
        }
    }

    fn read(&self, decided: &mut Decided) -> Value {
        match self {
            Self::Span(at) => Value::Number(at(decided).seconds()),
            Self::Frames(at) => Value::Number(*at(decided) as f64 / FRAMES_PER_SECOND as f64),
            Self::Real(at) => Value::Number(shortest(*at(decided))),
            Self::Whole(at) => Value::Count(*at(decided)),
            Self::Small(at) => Value::Count(u32::from(*at(decided))),
            Self::On(at) => Value::Switch(*at(decided)),
            Self::Off(at) => Value::Switch(!*at(decided)),
            Self::Words(at) => Value::Text(at(decided).clone()),
            Self::Names(at) => Value::List(at(decided).clone()),
            Self::Choice(at) => Value::Text(at(decided).name().to_owned()),
            Self::Nanoseconds(at) => Value::Number(*at(decided) as f64 / Nanos::SECOND as f64),
        }
    }
}

fn assign<T>(to: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *to = value;
    }
}

fn frames(seconds: f64) -> u64 {
    (seconds * FRAMES_PER_SECOND as f64).round() as u64
}

fn nanoseconds(seconds: f64) -> u64 {
    (seconds * Nanos::SECOND as f64).round() as u64
}

/// The shortest decimal that stands for this number: 0.6, not 0.60000002.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

/// One key of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Section and key, as in `turns.min_utterance_s`.
    pub name: &'static str,
    /// What it accepts.
    pub accepts: Type,
    /// What a change of it asks for.
    pub effect: Effect,
    /// What would go wrong with less: ends the sentence "below 0.6 s ...".
    /// Empty where there can be no less.
    pub(super) low: &'static str,
    /// What would go wrong with more; the same way.
    pub(super) high: &'static str,
    /// What it decides.
    pub(super) places: &'static [Place],
}

impl Key {
    /// The section it stands in: `turns`.
    pub fn section(&self) -> &'static str {
        self.name.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// Its name within the section: `min_utterance_s`.
    pub fn short(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(_, short)| short)
    }

    /// The environment variable that sets it: `EVENKEEL_TURNS_MIN_UTTERANCE_S`.
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The built-in value.
    pub fn default(&self) -> Option<Value> {
        self.read(&mut Decided::default())
    }

    /// Whether it changes what is measured, nudged or scored. Which side the
    /// agent is on is a fact about the recording, a name is a name, and how a
    /// call is found, shown and kept changes nothing about it.
    pub fn measures(&self) -> bool {
        let aside = matches!(
            self.section(),
            "report"
                | "call"
                | "agent"
                | "capture"
                | "calls"
                | "show"
                | "overlay"
                | "keep"
                | "log"
                | "transcript"
        );
        !aside && self.name != "customer.reference"
    }

    /// What would go wrong outside its range, as a sentence: `Below 0.6 s every
    /// "mhm" counts as an interruption; above 2.0 s ...`. Empty without a range.
    pub fn outside(&self) -> String {
        let ends: Vec<_> = [Wrong::Low, Wrong::High].into_iter().filter_map(|end| self.hint(end)).collect();
        if ends.is_empty() { String::new() } else { format!("{}.", capital(&ends.join("; "))) }
    }

    /// The way out for a value that was not taken.
    pub(super) fn hint(&self, wrong: Wrong) -> Option<String> {
        let (min, max) = self.accepts.ends()?;
        match wrong {
            Wrong::Low if !self.low.is_empty() => Some(format!("below {min} {}", self.low)),
            Wrong::High if !self.high.is_empty() => Some(format!("above {max} {}", self.high)),
            Wrong::Low | Wrong::High | Wrong::Type => None,
        }
    }

    pub(super) fn write(&self, decided: &mut Decided, value: &Value) {
        self.places.iter().for_each(|place| place.write(decided, value));
    }

    /// The value in force. A key without a place, which a test forbids, has none.
    pub(super) fn read(&self, decided: &mut Decided) -> Option<Value> {
        self.places.first().map(|place| place.read(decided))
    }
}

/// What the environment variables of keys begin with.
pub(super) const VARIABLE_PREFIX: &str = "EVENKEEL_";

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub(super) const fn seconds(min: f64, max: f64) -> Type {
    Type::Number { unit: Unit::Seconds, min, max }
}

pub(super) const fn decibels(min: f64, max: f64) -> Type {
    Type::Number { unit: Unit::Decibels, min, max }
}

pub(super) const fn semitones(min: f64, max: f64) -> Type {
    Type::Number { unit: Unit::Semitones, min, max }
}

pub(super) const fn times_normal(min: f64, max: f64) -> Type {
    Type::Number { unit: Unit::TimesNormal, min, max }
}

pub(super) const fn plain(min: f64, max: f64) -> Type {
    Type::Number { unit: Unit::Plain, min, max }
}

pub(super) const fn days(min: u32, max: u32) -> Type {
    Type::Count { unit: Unit::Days, min, max }
}

pub(super) const fn count(min: u32, max: u32) -> Type {
    Type::Count { unit: Unit::Plain, min, max }
}

static ALL: LazyLock<Vec<&'static Key>> =
    LazyLock::new(|| keys::TABLES.iter().flat_map(|table| table.iter()).collect());

/// All keys, in the order of the reference.
pub fn all() -> &'static [&'static Key] {
    &ALL
}

/// The key of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    ALL.iter().copied().find(|key| key.name == name)
}

/// All sections, in the order of the reference.
pub fn sections() -> Vec<&'static str> {
    let mut sections: Vec<_> = ALL.iter().map(|key| key.section()).collect();
    sections.dedup();
    sections
}

/// Whether keys stand in this section or in one below it.
pub(super) fn is_section(name: &str) -> bool {
    let within = |key: &&&Key| key.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    ALL.iter().find(within).is_some()
}

/// Below this likeness (Jaro-Winkler, 0 to 1) a name is not worth guessing at.
const ALIKE: f64 = 0.8;

/// The key that was probably meant by a name that is none: the same key of
/// another section, else the most similar one.
pub fn nearest(name: &str) -> Option<&'static str> {
    let short = name.rsplit('.').next().unwrap_or(name);
    let moved = ALL.iter().filter(|key| key.short() == short).map(|key| key.name).collect::<Vec<_>>();
    if let [only] = moved[..] {
        return Some(only);
    }
    // By the whole name, and by the short one too: or else the section alone
    // would make names alike.
    let guess = most_alike(name, ALL.iter().map(|key| key.name))?;
    let end = guess.rsplit('.').next().unwrap_or(guess);
    (ALIKE <= strsim::jaro_winkler(short, end)).then_some(guess)
}

/// The section that was probably meant by a name that is none.
pub fn nearest_section(name: &str) -> Option<&'static str> {
    most_alike(name, sections().into_iter())
}

pub(super) fn most_alike<S: AsRef<str>>(name: &str, among: impl Iterator<Item = S>) -> Option<S> {
    let scored = among.map(|other| (strsim::jaro_winkler(name, other.as_ref()), other));
    scored.filter(|(score, _)| ALIKE <= *score).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_variables_are_unique() {
        let names: HashSet<_> = all().iter().map(|key| key.name).collect();
        let variables: HashSet<_> = all().iter().map(|key| key.variable()).collect();
        assert_eq!((names.len(), variables.len()), (all().len(), all().len()));
    }

    #[test]
    fn what_is_written_to_a_key_is_read_from_it() {
        for key in all() {
            for value in samples(key) {
                let mut decided = Decided::default();
                key.write(&mut decided, &value);
                assert_eq!(key.read(&mut decided), Some(value), "{}", key.name);
            }
        }
    }

    #[test]
    fn every_place_of_a_key_takes_the_value() {
        for key in all() {
            let [value, other] = samples(key);
            for place in key.places {
                let (mut one, mut two) = (Decided::default(), Decided::default());
                place.write(&mut one, &value);
                place.write(&mut two, &other);
                assert_ne!(one, two, "{}", key.name);
            }
        }
    }

    #[test]
    fn no_place_belongs_to_two_keys() {
        for (k, key) in all().iter().enumerate() {
            let mut changed = Decided::default();
            for value in samples(key) {
                key.write(&mut changed, &value);
            }
            for other in all().iter().skip(k + 1) {
                let default = other.read(&mut Decided::default());
                assert_eq!(other.read(&mut changed), default, "{} moves {}", key.name, other.name);
            }
        }
    }

    #[test]
    fn every_range_has_a_hint_at_both_ends() {
        for key in all() {
            let Some((min, max)) = key.accepts.ends() else { continue };
            let never_less = min.split(' ').next() == Some("0");
            assert!(!key.low.is_empty() || never_less, "{}: nothing said below {min}", key.name);
            assert!(!key.high.is_empty(), "{}: nothing said above {max}", key.name);
        }
    }

    #[test]
    fn sections_are_not_scattered() {
        let unique: HashSet<_> = sections().into_iter().collect();
        assert_eq!(unique.len(), sections().len());
    }

    #[test]
    fn a_mistyped_or_misplaced_name_is_recognised() {
        assert_eq!(nearest("turns.min_uterance_s"), Some("turns.min_utterance_s"));
        assert_eq!(nearest("turns.raised_db"), Some("level.raised_db"));
        assert_eq!(nearest("zzz"), None);
        assert_eq!(nearest_section("nudges"), Some("nudge"));
    }

    #[test]
    fn exactly_the_keys_that_change_the_settings_of_the_core_measure() {
        for key in all() {
            let mut changed = Decided::default();
            let moved = samples(key).into_iter().any(|value| {
                key.write(&mut changed, &value);
                changed.settings != Decided::default().settings
            });
            assert_eq!(moved, key.measures(), "{}", key.name);
        }
    }

    #[test]
    fn every_word_of_a_choice_has_a_meaning() {
        for key in all() {
            let Type::Choice(words) = key.accepts else { continue };
            for word in words {
                let (value, mut decided) = (Value::Text((*word).into()), Decided::default());
                key.write(&mut decided, &value);
                assert_eq!(key.read(&mut decided), Some(value), "{}", key.name);
            }
        }
    }

    #[test]
    fn the_shipped_softphones_are_accepted_and_in_order() {
        let key = find("calls.softphones").unwrap();
        let names = softphones();
        assert!(names.is_sorted() && key.accepts.take_bare(&names.join(",")).is_ok());
    }

    /// Two values at the ends of what a key accepts.
    fn samples(key: &Key) -> [Value; 2] {
        match key.accepts {
            Type::Number { min, max, .. } => [Value::Number(min), Value::Number(max)],
            Type::Count { min, max, .. } => [Value::Count(min), Value::Count(max)],
            Type::Switch => [Value::Switch(false), Value::Switch(true)],
            Type::Choice(words) => [Value::Text(words[0].into()), Value::Text(words[1].into())],
            Type::Text { .. } => [Value::Text("a".into()), Value::Text("b".into())],
            Type::List { .. } => [Value::List(vec!["a".into()]), Value::List(vec!["b".into(), "c".into()])],
        }
    }
}
