//! Values: what a key may be set to, how that is read and how it is written.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

use crate::config::syntax::{self, Item};

/// What the value of a key is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A bare number: a share of 1, or a count.
    Plain,
    /// Seconds.
    Seconds,
    /// Decibels.
    Decibels,
    /// Semitones.
    Semitones,
    /// So many times what is normal for this speaker.
    TimesNormal,
    /// So many times a minute.
    PerMinute,
    /// Points of a priority or of the score.
    Points,
    /// Days of 24 hours.
    Days,
    /// Millions of bytes.
    Megabytes,
}

impl Unit {
    /// What stands behind a number; empty where nothing does.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Seconds => "s",
            Self::Decibels => "dB",
            Self::Semitones => "semitones",
            Self::TimesNormal => "times normal",
            Self::PerMinute => "per minute",
            Self::Points => "points",
            Self::Days => "days",
            Self::Megabytes => "MB",
        }
    }

    fn after(self, number: &str) -> String {
        format!("{number} {}", self.symbol()).trim_end().to_owned()
    }
}

/// A value that a key has accepted.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A decimal number; finite.
    Number(f64),
    /// A whole number.
    Count(u32),
    /// On or off.
    Switch(bool),
    /// Words.
    Text(String),
    /// Names.
    List(Vec<String>),
}

impl Value {
    pub(super) const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Count(_) | Self::Switch(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    pub(super) const fn count(&self) -> Option<u32> {
        match self {
            Self::Count(count) => Some(*count),
            Self::Number(_) | Self::Switch(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    pub(super) const fn switch(&self) -> Option<bool> {
        match self {
            Self::Switch(on) => Some(*on),
            Self::Number(_) | Self::Count(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Count(_) | Self::Switch(_) | Self::List(_) => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[String]> {
        match self {
            Self::List(names) => Some(names),
            Self::Number(_) | Self::Count(_) | Self::Switch(_) | Self::Text(_) => None,
        }
    }

    /// The value without the quotes and brackets of TOML, for a script that
    /// asked for it; names are separated by commas. Names that hold commas or quotes
    /// themselves are written as in a file.
    pub fn bare(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(names) => {
                let bare = names.join(",");
                let plain = names.iter().all(|name| !name.contains(NOT_BARE)) && bare != "[]";
                if plain && !is_written(&bare) { bare } else { self.to_string() }
            }
            Self::Number(_) | Self::Count(_) | Self::Switch(_) => self.to_string(),
        }
    }
}

impl fmt::Display for Value {
    /// As it stands in a TOML file; the same on every platform.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Switch(on) => write!(f, "{on}"),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(names) => {
                write!(f, "[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// What a name cannot hold that is written without quotes.
const NOT_BARE: [char; 2] = [',', '"'];

/// Whether a list is written as in a file: no name begins like that.
fn is_written(text: &str) -> bool {
    text.starts_with("[\"") || text.starts_with("['")
}

/// Text as TOML has it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What a key accepts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    /// A decimal number; a whole one is taken too.
    Number {
        /// What it is measured in.
        unit: Unit,
        /// Least.
        min: f64,
        /// Most.
        max: f64,
    },
    /// A whole number.
    Count {
        /// What is counted.
        unit: Unit,
        /// Least.
        min: u32,
        /// Most.
        max: u32,
    },
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Text without control characters.
    Text {
        /// Fewest characters; with 0 it may be left empty.
        min: usize,
        /// Most characters; at least one.
        max: usize,
    },
    /// Names: text without control characters.
    List {
        /// Fewest names; with 0 the list may be left empty.
        least: usize,
        /// Most names.
        most: usize,
        /// Most characters of a name.
        max: usize,
    },
}

/// A value as it was found, before a key has judged it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw<'a> {
    Float(f64),
    Integer(i128),
    Switch(bool),
    Text(Cow<'a, str>),
    List(Vec<Raw<'a>>),
    /// A date, a table: no key takes them.
    Other,
}

/// Why a value is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is not of the type of the key.
    Type,
    /// It is below the range.
    Low,
    /// It is above the range.
    High,
}

impl Type {
    /// Takes a value of a file.
    pub(super) fn take(&self, raw: &Raw<'_>) -> Result<Value, Wrong> {
        match (*self, raw) {
            (Self::Number { min, max, .. }, Raw::Float(number)) => ranged(*number, min, max),
            (Self::Number { min, max, .. }, Raw::Integer(number)) => ranged(*number as f64, min, max),
            (Self::Count { min, max, .. }, Raw::Integer(count)) => counted(*count, min, max),
            (Self::Switch, Raw::Switch(on)) => Ok(Value::Switch(*on)),
            (Self::Choice(words), Raw::Text(text)) if words.contains(&text.as_ref()) => {
                Ok(Value::Text(text.clone().into_owned()))
            }
            (Self::Text { min, max }, Raw::Text(text)) => worded(text, min, max),
            (Self::List { least, most, max }, Raw::List(names)) => listed(names, least..=most, max),
            _ => Err(Wrong::Type),
        }
    }

    /// Takes a value of the command line or the environment, where text needs
    /// no quotes.
    pub(super) fn take_bare(&self, text: &str) -> Result<Value, Wrong> {
        if let Self::List { least, .. } = *self {
            // A variable cannot be set to nothing, so quotes around nothing are taken, too.
            if least == 0 && matches!(text.trim(), "" | "\"\"" | "[]") {
                return Ok(Value::List(Vec::new()));
            }
            if is_written(text.trim()) {
                return self.take_written(text);
            }
            if text.contains('"') {
                return Err(Wrong::Type);
            }
            let names = text.split(',').map(|name| Raw::Text(name.trim().into()));
            return self.take(&Raw::List(names.collect()));
        }
        let found = syntax::scalar(text.trim());
        match (self, found) {
            (Self::Choice(_) | Self::Text { .. }, Some(quoted @ Raw::Text(_))) => self.take(&quoted),
            (Self::Choice(_) | Self::Text { .. }, _) => self.take(&Raw::Text(text.into())),
            (_, Some(raw)) => self.take(&raw),
            // What TOML wants written as 0.3 may be .3 here.
            (Self::Number { .. }, None) => {
                text.trim().parse().map_or(Err(Wrong::Type), |number| self.take(&Raw::Float(number)))
            }
            (Self::Count { .. } | Self::Switch | Self::List { .. }, None) => Err(Wrong::Type),
        }
    }

    /// Takes a list in its quotes and brackets.
    fn take_written(&self, text: &str) -> Result<Value, Wrong> {
        let line = format!("names = {text}");
        let (items, complaints) = syntax::read(&line);
        match &items[..] {
            [Item::Value { value, .. }] if complaints.is_empty() => self.take(value),
            _ => Err(Wrong::Type),
        }
    }

    /// What is accepted, in words: `0.6 to 2.0 s`.
    pub fn expected(&self) -> String {
        match *self {
            Self::Number { unit, min, max } => unit.after(&range(min, max)),
            Self::Count { unit, min, max } => unit.after(&format!("a whole number, {min} to {max}")),
            Self::Switch => "true or false".to_owned(),
            Self::Choice(words) => {
                let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
                quoted.join(" or ")
            }
            Self::Text { min: 0, max } => format!("text in quotes, up to {max} characters, or \"\""),
            Self::Text { min, max } => format!("text in quotes, {min} to {max} characters"),
            Self::List { least, most, max } => {
                format!("a list of {least} to {most} names in quotes, each of 1 to {max} characters")
            }
        }
    }

    /// The same where not even the type was right: `a number, 0.6 to 2.0 s`.
    pub(super) fn expected_type(&self) -> String {
        match self {
            Self::Number { .. } => format!("a number, {}", self.expected()),
            Self::Count { .. } | Self::Switch | Self::Choice(_) | Self::Text { .. } | Self::List { .. } => {
                self.expected()
            }
        }
    }

    /// The lower and the upper end of the range with their unit, where there are any.
    pub(super) fn ends(&self) -> Option<(String, String)> {
        let with_unit = |unit: Unit, ends: (String, String)| (unit.after(&ends.0), unit.after(&ends.1));
        match *self {
            Self::Number { unit, min, max } => Some(with_unit(unit, ends(min, max))),
            Self::Count { unit, min, max } => Some(with_unit(unit, (min.to_string(), max.to_string()))),
            Self::Switch | Self::Choice(_) | Self::Text { .. } | Self::List { .. } => None,
        }
    }

    /// What values of this type are called.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Number { .. } => "number",
            Self::Count { .. } => "whole number",
            Self::Switch => "true or false",
            Self::Choice(_) => "one of several words",
            Self::Text { .. } => "text",
            Self::List { .. } => "list of names",
        }
    }

    /// What the number of this type is measured in.
    pub const fn unit(&self) -> Unit {
        match self {
            Self::Number { unit, .. } | Self::Count { unit, .. } => *unit,
            Self::Switch | Self::Choice(_) | Self::Text { .. } | Self::List { .. } => Unit::Plain,
        }
    }

    /// A value with its unit: `0.25 s`.
    pub(super) fn with_unit(&self, value: &Value) -> String {
        self.unit().after(&value.to_string())
    }
}

fn ranged(number: f64, min: f64, max: f64) -> Result<Value, Wrong> {
    if number.is_nan() {
        Err(Wrong::Type)
    } else if number < min {
        Err(Wrong::Low)
    } else if max < number {
        Err(Wrong::High)
    } else {
        // Adding zero turns -0.0 into 0.0: the two are one value.
        Ok(Value::Number(number + 0.0))
    }
}

fn counted(count: i128, min: u32, max: u32) -> Result<Value, Wrong> {
    if count < i128::from(min) {
        Err(Wrong::Low)
    } else if i128::from(max) < count {
        Err(Wrong::High)
    } else {
        Ok(Value::Count(u32::try_from(count).map_err(|_| Wrong::High)?))
    }
}

fn worded(text: &str, min: usize, max: usize) -> Result<Value, Wrong> {
    let empty = min == 0 && text.is_empty();
    if empty || is_plain(text, max) { Ok(Value::Text(text.to_owned())) } else { Err(Wrong::Type) }
}

/// Whether it can be read: something is there, nothing moves the cursor, and it
/// is not too long.
fn is_plain(text: &str, max: usize) -> bool {
    let printable = !text.chars().any(char::is_control);
    printable && !text.trim().is_empty() && text.chars().count() <= max
}

fn listed(names: &[Raw<'_>], count: RangeInclusive<usize>, max: usize) -> Result<Value, Wrong> {
    let name = |raw: &Raw<'_>| match raw {
        Raw::Text(text) if is_plain(text, max) => Ok(text.trim().to_owned()),
        _ => Err(Wrong::Type),
    };
    if !count.contains(&names.len()) {
        return Err(Wrong::Type);
    }
    names.iter().map(name).collect::<Result<_, _>>().map(Value::List)
}

/// Both ends written alike: `5` and `60`, or `0.6` and `2.0`.
fn ends(min: f64, max: f64) -> (String, String) {
    if min.fract() == 0.0 && max.fract() == 0.0 {
        (format!("{min}"), format!("{max}"))
    } else {
        (format!("{min:?}"), format!("{max:?}"))
    }
}

fn range(min: f64, max: f64) -> String {
    let (min, max) = ends(min, max);
    format!("{min} to {max}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Type = Type::Number { unit: Unit::Seconds, min: 0.6, max: 2.0 };
    const COUNT: Type = Type::Count { unit: Unit::Plain, min: 1, max: 6 };
    const SIDE: Type = Type::Choice(&["left", "right"]);
    const NAME: Type = Type::Text { min: 1, max: 5 };
    const NAMES: Type = Type::List { least: 1, most: 3, max: 10 };

    #[test]
    fn a_whole_number_is_taken_where_a_decimal_is_wanted() {
        assert_eq!(SPAN.take(&Raw::Integer(1)), Ok(Value::Number(1.0)));
        assert_eq!(SPAN.take_bare("2"), Ok(Value::Number(2.0)));
    }

    #[test]
    fn a_decimal_is_not_taken_where_a_whole_number_is_wanted() {
        assert_eq!(COUNT.take(&Raw::Float(3.0)), Err(Wrong::Type));
        assert_eq!(COUNT.take(&Raw::Integer(7)), Err(Wrong::High));
        assert_eq!(COUNT.take(&Raw::Integer(-1)), Err(Wrong::Low));
    }

    #[test]
    fn what_is_no_finite_number_is_refused() {
        assert_eq!(SPAN.take(&Raw::Float(f64::NAN)), Err(Wrong::Type));
        assert_eq!(SPAN.take_bare("inf"), Err(Wrong::High));
        assert_eq!(SPAN.take_bare("-inf"), Err(Wrong::Low));
        assert_eq!(SPAN.take_bare("nan"), Err(Wrong::Type));
        assert_eq!(SPAN.take_bare("9".repeat(400).as_str()), Err(Wrong::High));
    }

    #[test]
    fn text_on_the_command_line_needs_no_quotes() {
        assert_eq!(SIDE.take_bare("right"), Ok(Value::Text("right".into())));
        assert_eq!(SIDE.take_bare("\"right\""), Ok(Value::Text("right".into())));
        assert_eq!(NAME.take_bare("5"), Ok(Value::Text("5".into())));
        assert_eq!(SPAN.take_bare(".7"), Ok(Value::Number(0.7)));
        assert_eq!(SPAN.take_bare("0,7"), Err(Wrong::Type));
    }

    #[test]
    fn text_is_counted_in_characters_and_has_no_control_characters() {
        assert_eq!(NAME.take(&Raw::Text("Größe".into())), Ok(Value::Text("Größe".into())));
        for text in ["", "  ", "sechs!", "a\nb", "\u{1b}[1m"] {
            assert_eq!(NAME.take(&Raw::Text(text.into())), Err(Wrong::Type), "{text:?}");
        }
    }

    #[test]
    fn text_may_be_empty_only_where_that_means_something() {
        let free = Type::Text { min: 0, max: 5 };
        assert_eq!(free.take_bare("\"\""), Ok(Value::Text(String::new())));
        assert_eq!(free.take(&Raw::Text("  ".into())), Err(Wrong::Type));
    }

    #[test]
    fn a_list_is_written_bare_with_commas() {
        let two = Value::List(vec!["linphone*".into(), "a [b]".into()]);
        assert_eq!(NAMES.take_bare("linphone*, a [b]"), Ok(two.clone()));
        assert_eq!(NAMES.take_bare(&two.bare()), Ok(two.clone()));
        assert_eq!(two.to_string(), r#"["linphone*", "a [b]"]"#);
        for text in ["", ",", "a,,b", "a,b,c,d", "longer than ten", "\"a\"", "a\nb"] {
            assert_eq!(NAMES.take_bare(text), Err(Wrong::Type), "{text:?}");
        }
    }

    #[test]
    fn names_with_commas_and_quotes_stand_in_quotes_and_come_back() {
        let odd = ["[0-9]{4,6}", r"\d+", "say \"no\"", "['x]", "[]"].map(str::to_owned);
        let all = Type::List { least: 0, most: 9, max: 20 };
        let raw =
            |names: &[String]| Raw::List(names.iter().map(|name| Raw::Text(name.clone().into())).collect());
        for names in odd.iter().map(std::slice::from_ref).chain([&odd[..]]) {
            let taken = all.take(&raw(names)).unwrap();
            assert_eq!(taken, Value::List(names.to_vec()));
            assert_eq!(all.take_bare(&taken.bare()), Ok(taken.clone()), "{}", taken.bare());
            assert_eq!(all.take_bare(&taken.to_string()), Ok(taken.clone()), "{taken}");
        }
        assert_eq!(all.take_bare(r"['\d{4,6}']"), Ok(Value::List(vec![r"\d{4,6}".into()])));
        for text in ["[\"a\"", "[\"a\"]\nb = 1", "[\"a\", 1]", "['a\\nb', [\"c\"]]"] {
            assert_eq!(all.take_bare(text), Err(Wrong::Type), "{text:?}");
        }
    }

    #[test]
    fn only_a_list_that_may_be_empty_is_taken_empty() {
        let any = Type::List { least: 0, most: 3, max: 10 };
        assert_eq!(any.take(&Raw::List(vec![])), Ok(Value::List(vec![])));
        for text in [" ", "\"\"", "[]"] {
            assert_eq!(any.take_bare(text), Ok(Value::List(vec![])), "{text:?}");
        }
        assert_eq!(any.take_bare("a,"), Err(Wrong::Type));
        assert_eq!(NAMES.take_bare(" "), Err(Wrong::Type));
    }

    #[test]
    fn a_list_holds_text_alone() {
        let names = |raw: Vec<Raw<'static>>| NAMES.take(&Raw::List(raw));
        assert_eq!(names(vec![Raw::Text("a".into())]), Ok(Value::List(vec!["a".into()])));
        assert_eq!(names(vec![]), Err(Wrong::Type));
        assert_eq!(names(vec![Raw::Text("a".into()), Raw::Integer(1)]), Err(Wrong::Type));
        assert_eq!(NAMES.take(&Raw::Text("a".into())), Err(Wrong::Type));
    }

    #[test]
    fn ranges_are_written_with_both_ends_alike() {
        assert_eq!(SPAN.expected(), "0.6 to 2.0 s");
        assert_eq!(Type::Number { unit: Unit::Plain, min: 5.0, max: 60.0 }.expected(), "5 to 60");
        assert_eq!(COUNT.expected(), "a whole number, 1 to 6");
        assert_eq!(SIDE.expected(), "\"left\" or \"right\"");
    }

    #[test]
    fn minus_zero_is_zero() {
        let zero = Type::Number { unit: Unit::Plain, min: 0.0, max: 1.0 };
        assert_eq!(zero.take(&Raw::Float(-0.0)).map(|v| v.to_string()), Ok("0.0".to_owned()));
    }

    #[test]
    fn written_text_can_be_read_again() {
        let text = Value::Text(r#"a"\b"#.into());
        assert_eq!(NAME.take_bare(&text.to_string()), Ok(text));
    }
}
