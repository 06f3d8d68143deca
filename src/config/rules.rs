//! What two or more keys must be to each other.

use std::cmp::Ordering;

use crate::config::entries::{Entries, Entry};
use crate::config::origin::Layer;
use crate::config::problem::{Fault, Problem};
use crate::config::value::Value;

/// One value must stay below another.
struct Rule {
    low: &'static str,
    high: &'static str,
    /// Whether the two may be equal.
    equal: bool,
    /// What would happen otherwise.
    why: &'static str,
}

const fn below(low: &'static str, high: &'static str, why: &'static str) -> Rule {
    Rule { low, high, equal: false, why }
}

const fn up_to(low: &'static str, high: &'static str, why: &'static str) -> Rule {
    Rule { low, high, equal: true, why }
}

const FLICKER: &str = "an episode must end lower than it begins, or it flickers on and off";
const RAMP: &str = "points are lost between `good` and `bad`, so there must be something between them";

const RULES: &[Rule] = &[
    up_to("turns.min_running_s", "turns.min_held_s", "running speech is a part of the turn"),
    up_to("turns.min_overlap_s", "turns.min_utterance_s", "the overlap is a part of the utterance"),
    up_to(
        "turns.utterance_gap_s",
        "turns.utterance_gap_free_s",
        "once the other is silent there is no hurry to close an utterance",
    ),
    up_to("turns.bridge_s", "turns.turn_gap_s", "a gap inside of a sentence does not end a turn"),
    up_to("turns.utterance_gap_free_s", "turns.turn_gap_s", "an utterance is a part of a turn"),
    up_to("turns.pause_barge_max_s", "turns.turn_gap_s", "a longer gap is no pause: the turn is over"),
    up_to("turns.turn_gap_s", "turns.monologue_gap_s", "a monologue is made of turns"),
    below("channel.zeros_s", "channel.zeros_silent_s", "zeros are stranger while the other side talks"),
    below("pace.leave_rel", "pace.episode_rel", FLICKER),
    below("pace.leave_rel", "pace.nudge_lasting_rel", FLICKER),
    up_to(
        "pace.nudge_lasting_rel",
        "pace.nudge_rel",
        "the higher pace needs no time to last, so the lower would never be reached",
    ),
    below("level.leave_db", "level.raised_db", FLICKER),
    below("baseline.usable_s", "baseline.firm_s", "a normal is used before it is firm"),
    below("customer.pitch_leave_st", "customer.pitch_st", FLICKER),
    below("customer.pace_leave_rel", "customer.pace_rel", FLICKER),
    up_to(
        "nudge.warm_up_interrupting_s",
        "nudge.warm_up_s",
        "an interruption is seen before anything else is known",
    ),
    up_to("nudge.urgent_gap_s", "nudge.global_gap_s", "what is urgent does not wait longer"),
    up_to("nudge.global_gap_s", "nudge.kind_gap_s", "the same advice does not come sooner than other advice"),
    up_to("nudge.global_gap_s", "nudge.late_gap_s", "later nudges are rarer, not more frequent"),
    up_to("nudge.free", "nudge.budget", "the free ones count towards the budget"),
    below("nudge.dead_air_s", "nudge.dead_air_again_s", "the second nudge comes after the first"),
    up_to("keep.events_days", "keep.calls_days", "events are a part of their call"),
    up_to("keep.transcripts_days", "keep.calls_days", "a transcript is a part of its call"),
    up_to("score.min_speech_s", "score.min_call_s", "nobody speaks for longer than the call lasts"),
    below("score.monologue_good_s", "score.monologue_bad_s", RAMP),
    below("score.raised_voice.good", "score.raised_voice.bad", RAMP),
    below("score.interruptions.good", "score.interruptions.bad", RAMP),
    below("score.pace.good", "score.pace.bad", RAMP),
    below("score.overlap.good", "score.overlap.bad", RAMP),
    below("score.rushed_reply.good", "score.rushed_reply.bad", RAMP),
    below("score.dominance.good", "score.dominance.bad", RAMP),
    below("score.language.good", "score.language.bad", RAMP),
];

/// Checks the values against each other. What was not understood in the first
/// place (`known`) leads to no further complaint.
pub(super) fn check(entries: &Entries, known: &[Problem]) -> Vec<Problem> {
    let unread = |p: &Problem| matches!(p.fault, Fault::Syntax { .. } | Fault::Unreadable { .. });
    if known.iter().any(unread) {
        return Vec::new();
    }
    let is_known =
        |key: &str| known.iter().any(|p| matches!(p.fault, Fault::Value { key: k, .. } if k == key));
    let open = RULES.iter().filter(|rule| !is_known(rule.low) && !is_known(rule.high));
    open.filter_map(|rule| rule.check(entries)).chain(weightless(entries)).collect()
}

/// The rules in words, for the reference.
pub(super) fn described() -> impl Iterator<Item = String> {
    RULES.iter().map(|Rule { low, high, equal, why }| {
        let relation = if *equal { "at most" } else { "below" };
        format!("`{low}` must be {relation} `{high}`: {why}")
    })
}

impl Rule {
    fn check(&self, entries: &Entries) -> Option<Problem> {
        let (low, high) = (entries.get(self.low)?, entries.get(self.high)?);
        let order = as_number(&low.value)?.partial_cmp(&as_number(&high.value)?)?;
        let holds = order == Ordering::Less || self.equal && order == Ordering::Equal;
        (!holds).then(|| self.clash(low, high))
    }

    /// The blame goes to the value of the later layer, or the later line: the
    /// other was there first.
    fn clash(&self, low: &Entry, high: &Entry) -> Problem {
        let standing = |entry: &Entry| (entry.origin.layer, entry.origin.line);
        let low_is_later = standing(high) <= standing(low);
        let (key, other) = if low_is_later { (low, high) } else { (high, low) };
        let relation = match (low_is_later, self.equal) {
            (true, true) => "at most",
            (true, false) => "below",
            (false, true) => "at least",
            (false, false) => "above",
        };
        problem(key, format!("{relation} `{}`, which is {}", other.key.name, with_origin(other)), self.why)
    }
}

fn problem(entry: &Entry, expected: String, hint: &'static str) -> Problem {
    let found = entry.key.accepts.with_unit(&entry.value);
    Problem {
        origin: entry.origin.clone(),
        column: None,
        fault: Fault::Clash { key: entry.key.name, found, expected, hint },
    }
}

fn with_origin(entry: &Entry) -> String {
    let value = entry.key.accepts.with_unit(&entry.value);
    match entry.origin.layer {
        Layer::BuiltIn => format!("{value} by default"),
        _ => format!("{value} ({})", entry.origin),
    }
}

fn as_number(value: &Value) -> Option<f64> {
    value.number().or_else(|| value.count().map(f64::from))
}

/// A score to which nothing counts is none.
fn weightless(entries: &Entries) -> Option<Problem> {
    let is_weight =
        |entry: &&Entry| entry.key.section().starts_with("score.") && entry.key.short() == "weight";
    let weights: Vec<_> = entries.all().iter().filter(is_weight).collect();
    let nothing = weights.iter().all(|entry| entry.value == Value::Number(0.0));
    let last = weights.into_iter().max_by_key(|entry| (entry.origin.layer, entry.origin.line))?;
    nothing.then(|| {
        let why = "a score needs a part that counts; to do without it, do not look at it";
        problem(last, "more than 0 for at least one part, and all are 0".to_owned(), why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{check_text, key};

    fn problems(text: &str) -> Vec<String> {
        check_text("a.toml", text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rules_name_keys_that_exist_and_the_defaults_keep_them() {
        for rule in RULES {
            assert!(key::find(rule.low).is_some() && key::find(rule.high).is_some(), "{}", rule.low);
        }
        assert!(check(&Entries::built_in(), &[]).is_empty());
    }

    #[test]
    fn every_pair_of_thresholds_has_its_rule() {
        let has_rule = |name: &str| RULES.iter().any(|rule| rule.low == name || rule.high == name);
        let paired = |name: &&str| name.contains("leave") && !name.ends_with("_s") || name.ends_with(".bad");
        for name in key::all().iter().map(|key| key.name).filter(paired) {
            assert!(has_rule(name), "{name}");
        }
    }

    #[test]
    fn a_clash_names_both_values_and_blames_the_one_that_was_set() {
        assert_eq!(
            problems("[level]\nleave_db = 5\n"),
            [
                "a.toml, line 2: `level.leave_db` is 5.0 dB, expected below `level.raised_db`, which is 4.5 dB by default"
            ]
        );
        assert_eq!(
            problems("[level]\nraised_db = 2.5\n"),
            [
                "a.toml, line 2: `level.raised_db` is 2.5 dB, expected above `level.leave_db`, which is 3.0 dB by default"
            ]
        );
        assert_eq!(
            problems("[nudge]\nbudget = 2\n"),
            ["a.toml, line 2: `nudge.budget` is 2, expected at least `nudge.free`, which is 3 by default"]
        );
    }

    #[test]
    fn a_value_that_is_wrong_in_itself_clashes_with_nothing() {
        assert_eq!(problems("[level]\nleave_db = 50\n").len(), 1);
        assert_eq!(problems("[level]\nleave_db = 5\nmin_s =\n").len(), 1);
    }

    #[test]
    fn a_score_without_weights_is_refused() {
        let parts =
            ["raised_voice", "interruptions", "pace", "overlap", "rushed_reply", "dominance", "language"];
        let text: String = parts.iter().map(|part| format!("[score.{part}]\nweight = 0\n")).collect();
        let [problem] = &problems(&text)[..] else { panic!("one problem") };
        assert!(problem.starts_with("a.toml, line 14: `score.language.weight` is 0.0 points"), "{problem}");
        assert_eq!(problems(&text.replacen("= 0", "= 1", 1)).len(), 0);
    }
}
