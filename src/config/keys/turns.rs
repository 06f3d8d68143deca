//! How speech is joined into utterances and turns, and when a start over the
//! other's speech is an interruption. Most of these wait until nobody speaks:
//! an utterance is judged by one rule from its first word to its last.

use crate::config::effect::Effect::{BetweenFrames, BetweenUtterances};
use crate::config::key::Place::{Frames, Real, Span};
use crate::config::key::{Key, decibels, seconds};

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "turns.bridge_s",
        accepts: seconds(0.1, 0.5),
        effect: BetweenUtterances,
        low: "every breath cuts a sentence in two",
        high: "separate remarks run together",
        places: &[Span(|d| &mut d.settings.spurts.bridge)],
    },
    Key {
        name: "turns.min_spurt_s",
        accepts: seconds(0.05, 0.3),
        effect: BetweenUtterances,
        low: "clicks and breaths are listed as speech",
        high: "a short \"no\" is not listed at all",
        places: &[Span(|d| &mut d.settings.spurts.shortest)],
    },
    Key {
        name: "turns.turn_gap_s",
        accepts: seconds(0.5, 2.0),
        effect: BetweenUtterances,
        low: "a pause to think makes two turns of one",
        high: "a question and the sentence after its missing answer become one turn",
        places: &[
            Span(|d| &mut d.settings.overlap.turn_gap),
            Frames(|d| &mut d.settings.floor.turn_gap_frames),
        ],
    },
    Key {
        name: "turns.min_held_s",
        accepts: seconds(0.3, 2.0),
        effect: BetweenUtterances,
        low: "starting at the same moment counts as interrupting",
        high: "nobody has held the floor for long enough to be interrupted",
        places: &[Span(|d| &mut d.settings.overlap.min_held)],
    },
    Key {
        name: "turns.min_running_s",
        accepts: seconds(0.1, 0.8),
        effect: BetweenUtterances,
        low: "both starting again after a pause counts as interrupting",
        high: "an interruption soon after a breath is not counted",
        places: &[Span(|d| &mut d.settings.overlap.min_running)],
    },
    Key {
        name: "turns.min_overlap_s",
        accepts: seconds(0.2, 1.0),
        effect: BetweenUtterances,
        low: "a quick handover counts as an interruption",
        high: "whoever gives way politely was never interrupted",
        places: &[Span(|d| &mut d.settings.overlap.min_overlap)],
    },
    Key {
        name: "turns.min_utterance_s",
        accepts: seconds(0.6, 2.0),
        effect: BetweenUtterances,
        low: "every \"mhm\" counts as an interruption",
        high: "the nudge comes when the harm is done",
        places: &[
            Span(|d| &mut d.settings.overlap.min_utterance),
            Span(|d| &mut d.settings.nudges.conditions.interruption),
        ],
    },
    Key {
        name: "turns.utterance_gap_s",
        accepts: seconds(0.2, 0.8),
        effect: BetweenUtterances,
        low: "a breath makes two \"mhm\" of one interruption",
        high: "several \"mhm\" in a row become one interruption",
        places: &[Span(|d| &mut d.settings.overlap.utterance_gap)],
    },
    Key {
        name: "turns.utterance_gap_free_s",
        accepts: seconds(0.2, 1.0),
        effect: BetweenUtterances,
        low: "the first breath ends what is being said",
        high: "the answer to an \"mhm\" is counted as part of it",
        places: &[Span(|d| &mut d.settings.overlap.utterance_gap_free)],
    },
    Key {
        name: "turns.yield_after_s",
        accepts: seconds(0.1, 0.6),
        effect: BetweenUtterances,
        low: "a breath counts as giving way",
        high: "someone who was cut off seems to have talked on",
        places: &[Span(|d| &mut d.settings.overlap.yield_after)],
    },
    Key {
        name: "turns.pause_barge_max_s",
        accepts: seconds(0.3, 1.0),
        effect: BetweenUtterances,
        low: "no pause is long enough to start in",
        high: "taking a turn that was over looks like barging in",
        places: &[Span(|d| &mut d.settings.overlap.pause_max)],
    },
    Key {
        name: "turns.monologue_gap_s",
        accepts: seconds(1.0, 6.0),
        effect: BetweenFrames,
        low: "a pause to look something up ends a monologue",
        high: "two monologues with a silence between them become one",
        places: &[Frames(|d| &mut d.settings.talk.monologue_gap)],
    },
    Key {
        name: "turns.remark_s",
        accepts: seconds(0.3, 2.0),
        effect: BetweenFrames,
        low: "an \"I see\" of the other ends a monologue",
        high: "a real answer does not end a monologue",
        places: &[Frames(|d| &mut d.settings.talk.remark)],
    },
    Key {
        name: "turns.silence_s",
        accepts: seconds(1.0, 10.0),
        effect: BetweenFrames,
        low: "ordinary pauses between turns are listed as silences",
        high: "silences that both sides feel are not listed",
        places: &[Frames(|d| &mut d.settings.talk.silence)],
    },
    Key {
        name: "turns.near_starter_db",
        accepts: decibels(3.0, 20.0),
        effect: BetweenUtterances,
        low: "a soft start of one's own is taken for a neighbour",
        high: "a neighbour's voice is taken for the one of this call",
        places: &[Real(|d| &mut d.settings.worth.near_starter_db)],
    },
    Key {
        name: "turns.near_holder_db",
        accepts: decibels(3.0, 24.0),
        effect: BetweenUtterances,
        low: "someone who speaks softly cannot be interrupted",
        high: "talking over a neighbour's voice counts as interrupting",
        places: &[Real(|d| &mut d.settings.worth.near_holder_db)],
    },
];
