//! When nudges come, how often, and which.

use crate::config::effect::Effect::BetweenFrames;
use crate::config::key::Place::{Off, On, Span, Whole};
use crate::config::key::{Key, count, seconds};
use crate::config::value::{Type, Unit};
use crate::core::event::Kind;

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "nudge.quiet",
        accepts: Type::Switch,
        effect: BetweenFrames,
        low: "",
        high: "",
        places: &[On(|d| &mut d.settings.nudges.quiet)],
    },
    Key {
        name: "nudge.warm_up_s",
        accepts: seconds(0.0, 120.0),
        effect: BetweenFrames,
        low: "",
        high: "a short call is over before the first nudge",
        places: &[Span(|d| &mut d.settings.nudges.warm_up)],
    },
    Key {
        name: "nudge.warm_up_interrupting_s",
        accepts: seconds(0.0, 120.0),
        effect: BetweenFrames,
        low: "",
        high: "the customer's first account, which matters most, goes unprotected",
        places: &[Span(|d| &mut d.settings.nudges.warm_up_interrupting)],
    },
    Key {
        name: "nudge.global_gap_s",
        accepts: seconds(5.0, 300.0),
        effect: BetweenFrames,
        low: "nudges come faster than anyone can follow them, and are ignored",
        high: "most of a call passes without a nudge",
        places: &[Span(|d| &mut d.settings.nudges.pacing.global_gap)],
    },
    Key {
        name: "nudge.urgent_gap_s",
        accepts: seconds(1.0, 300.0),
        effect: BetweenFrames,
        low: "the nudge before cannot be read",
        high: "most of a call passes without a nudge",
        places: &[Span(|d| &mut d.settings.nudges.pacing.urgent_gap)],
    },
    Key {
        name: "nudge.urgent_by",
        accepts: Type::Count { unit: Unit::Points, min: 0, max: 1000 },
        effect: BetweenFrames,
        low: "",
        high: "no nudge is ever urgent: priorities end at 1000",
        places: &[Whole(|d| &mut d.settings.nudges.pacing.urgent_by)],
    },
    Key {
        name: "nudge.kind_gap_s",
        accepts: seconds(10.0, 900.0),
        effect: BetweenFrames,
        low: "the same advice comes again before it could be taken",
        high: "the same advice comes once a call",
        places: &[Span(|d| &mut d.settings.nudges.pacing.kind_gap)],
    },
    Key {
        name: "nudge.positive_gap_s",
        accepts: seconds(10.0, 1800.0),
        effect: BetweenFrames,
        low: "praise comes so often that it means nothing",
        high: "praise comes once a call",
        places: &[Span(|d| &mut d.settings.nudges.pacing.positive_gap)],
    },
    Key {
        name: "nudge.budget",
        accepts: count(0, 30),
        effect: BetweenFrames,
        low: "",
        high: "the budget is none",
        places: &[Whole(|d| &mut d.settings.nudges.pacing.budget)],
    },
    Key {
        name: "nudge.free",
        accepts: count(0, 30),
        effect: BetweenFrames,
        low: "",
        high: "the limit is none",
        places: &[Whole(|d| &mut d.settings.nudges.pacing.free)],
    },
    Key {
        name: "nudge.late_gap_s",
        accepts: seconds(5.0, 900.0),
        effect: BetweenFrames,
        low: "a difficult call becomes a stream of nudges",
        high: "after the first few there are none",
        places: &[Span(|d| &mut d.settings.nudges.pacing.late_gap)],
    },
    Key {
        name: "nudge.positive_budget",
        accepts: count(0, 10),
        effect: BetweenFrames,
        low: "",
        high: "praise comes so often that it means nothing",
        places: &[Whole(|d| &mut d.settings.nudges.pacing.positive_budget)],
    },
    Key {
        name: "nudge.show_s",
        accepts: seconds(1.0, 30.0),
        effect: BetweenFrames,
        low: "nobody can read it",
        high: "it covers the screen long after it has been read",
        places: &[Span(|d| &mut d.settings.nudges.show)],
    },
    Key {
        name: "nudge.micro_pause_s",
        accepts: seconds(0.1, 1.0),
        effect: BetweenFrames,
        low: "a nudge comes in the middle of a word",
        high: "there is no such pause, and every nudge comes late",
        places: &[Span(|d| &mut d.settings.nudges.micro_pause)],
    },
    Key {
        name: "nudge.patience_s",
        accepts: seconds(0.0, 30.0),
        effect: BetweenFrames,
        low: "",
        high: "what the nudge was about is long over",
        places: &[Span(|d| &mut d.settings.nudges.patience)],
    },
    Key {
        name: "nudge.monologue_s",
        accepts: seconds(15.0, 300.0),
        effect: BetweenFrames,
        low: "any explanation counts as a monologue",
        high: "it comes too late to help",
        places: &[Span(|d| &mut d.settings.nudges.conditions.monologue)],
    },
    Key {
        name: "nudge.dead_air_s",
        accepts: seconds(3.0, 60.0),
        effect: BetweenFrames,
        low: "any pause to type something brings a nudge",
        high: "the customer has asked whether anyone is there",
        places: &[Span(|d| &mut d.settings.nudges.conditions.dead_air)],
    },
    Key {
        name: "nudge.dead_air_again_s",
        accepts: seconds(5.0, 300.0),
        effect: BetweenFrames,
        low: "the second nudge comes on the heels of the first",
        high: "the second nudge never comes",
        places: &[Span(|d| &mut d.settings.nudges.conditions.dead_air_again)],
    },
    Key {
        name: "nudge.recovered_after_s",
        accepts: seconds(5.0, 120.0),
        effect: BetweenFrames,
        low: "a pause for breath is praised",
        high: "nobody remembers what the praise is for",
        places: &[Span(|d| &mut d.settings.nudges.conditions.recovered_after)],
    },
    Key {
        name: "nudge.well_held_s",
        accepts: seconds(30.0, 1800.0),
        effect: BetweenFrames,
        low: "praise comes for nothing in particular",
        high: "no call is long enough to be praised",
        places: &[Span(|d| &mut d.settings.nudges.conditions.well_held)],
    },
    Key {
        name: "nudge.listening_after_s",
        accepts: seconds(30.0, 1800.0),
        effect: BetweenFrames,
        low: "the call has hardly begun",
        high: "no call is long enough to be praised",
        places: &[Span(|d| &mut d.settings.nudges.conditions.listening_after)],
    },
    Key {
        name: "nudge.listening_tokens",
        accepts: count(1, 20),
        effect: BetweenFrames,
        low: "saying nothing at all would be praised as listening",
        high: "nobody says \"mhm\" that often in so short a time",
        places: &[Whole(|d| &mut d.settings.nudges.conditions.listening_tokens)],
    },
];

/// The switch of one kind of nudge.
macro_rules! kind {
    ($name:literal, $kind:ident) => {
        Key {
            name: concat!("nudge.kinds.", $name),
            accepts: Type::Switch,
            effect: BetweenFrames,
            low: "",
            high: "",
            places: &[Off(|d| &mut d.settings.nudges.off[Kind::$kind as usize])],
        }
    };
}

pub(super) const KINDS: &[Key] = &[
    kind!("capture", Capture),
    kind!("interrupting", Interrupting),
    kind!("raised_voice", RaisedVoice),
    kind!("fast_pace", FastPace),
    kind!("monologue", Monologue),
    kind!("rushed_reply", RushedReply),
    kind!("dead_air", DeadAir),
    kind!("positive", Positive),
];
