//! The arithmetic of the score: when there is one, and what each part costs.

use crate::config::effect::Effect::BetweenFrames;
use crate::config::key::Place::Real;
use crate::config::key::{Key, plain, seconds};
use crate::config::value::{Type, Unit};
use crate::core::score::Part;

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "score.min_coverage",
        accepts: plain(0.1, 1.0),
        effect: BetweenFrames,
        low: "a single part decides the whole score",
        high: "there is never a score: no more than everything can be measured",
        places: &[Real(|d| &mut d.settings.score.min_coverage)],
    },
    Key {
        name: "score.min_speech_s",
        accepts: seconds(5.0, 300.0),
        effect: BetweenFrames,
        low: "a few sentences decide the whole score",
        high: "hardly any call gets a score",
        places: &[Real(|d| &mut d.settings.score.min_speech)],
    },
    Key {
        name: "score.min_call_s",
        accepts: seconds(10.0, 600.0),
        effect: BetweenFrames,
        low: "a wrong number gets a score",
        high: "hardly any call gets a score",
        places: &[Real(|d| &mut d.settings.score.min_call)],
    },
    Key {
        name: "score.monologue_good_s",
        accepts: seconds(10.0, 600.0),
        effect: BetweenFrames,
        low: "any explanation costs points",
        high: "monologues never cost anything",
        places: &[Real(|d| &mut d.settings.score.monologue_good)],
    },
    Key {
        name: "score.monologue_bad_s",
        accepts: seconds(20.0, 1200.0),
        effect: BetweenFrames,
        low: "any explanation costs all it can",
        high: "monologues hardly cost anything",
        places: &[Real(|d| &mut d.settings.score.monologue_bad)],
    },
];

/// The three keys of a part that is measured in `$unit`, up to `$most`.
macro_rules! part {
    ($name:literal, $part:ident, $unit:ident, $most:literal, $never_more:literal) => {
        [
            Key {
                name: concat!("score.", $name, ".weight"),
                accepts: Type::Number { unit: Unit::Points, min: 0.0, max: 100.0 },
                effect: BetweenFrames,
                low: "",
                high: "all other parts count for nothing",
                places: &[Real(|d| &mut d.settings.score.ramps[Part::$part as usize].weight)],
            },
            Key {
                name: concat!("score.", $name, ".good"),
                accepts: Type::Number { unit: Unit::$unit, min: 0.0, max: $most },
                effect: BetweenFrames,
                low: "",
                high: $never_more,
                places: &[Real(|d| &mut d.settings.score.ramps[Part::$part as usize].good)],
            },
            Key {
                name: concat!("score.", $name, ".bad"),
                accepts: Type::Number { unit: Unit::$unit, min: 0.01, max: $most },
                effect: BetweenFrames,
                low: "the slightest slip costs all it can",
                high: $never_more,
                places: &[Real(|d| &mut d.settings.score.ramps[Part::$part as usize].bad)],
            },
        ]
    };
}

const BY_PART: &[[Key; 3]] = &[
    part!("raised_voice", RaisedVoice, Plain, 1.0, "it costs nothing: a share is never more than 1"),
    part!("interruptions", Interruptions, PerMinute, 10.0, "it costs nothing: nobody interrupts so often"),
    part!("pace", Pace, Plain, 1.0, "it costs nothing: a share is never more than 1"),
    part!("overlap", Overlap, Plain, 1.0, "it costs nothing: a share is never more than 1"),
    part!("rushed_reply", RushedReply, Plain, 1.0, "it costs nothing: a share is never more than 1"),
    part!("dominance", Dominance, Plain, 1.0, "it costs nothing: a share is never more than 1"),
    part!("language", Language, PerMinute, 10.0, "it costs nothing: nobody says so many"),
];

pub(super) const PARTS: &[Key] = BY_PART.as_flattened();
