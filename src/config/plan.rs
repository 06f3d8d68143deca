//! What of a new configuration is taken over at once, and what waits. Pure: it
//! is asked again whenever a reason to wait may be gone.

use crate::config::effect::{Change, Effect, between};
use crate::config::entries::{Entries, Entry};
use crate::config::{Config, rules};

/// What goes on at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// A call is on, or seems to begin.
    pub call: bool,
    /// Somebody speaks in it.
    pub speech: bool,
}

/// What a change waits for. The shortest wait first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Until {
    /// Nobody speaks.
    Quiet,
    /// No call is on.
    NoCall,
    /// The program is started again.
    Restart,
}

/// Keys whose new values wait for the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What they wait for.
    pub until: Until,
    /// Their names, in the order of the reference; never empty.
    pub keys: Vec<&'static str>,
}

/// What becomes of a new configuration now.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is to be in force from now on: a part of the new values, or all.
    pub config: Config,
    /// What differs in it from what was in force.
    pub now: Change,
    /// What waits, the shortest wait first. Plan again once it is over.
    pub held: Vec<Held>,
}

/// Sorts the difference between the configuration in force and the one that is
/// wanted by what may be changed at this moment.
pub fn plan(running: &Config, wanted: &Config, moment: Moment) -> Plan {
    let patient = mixed(running, wanted, |entry| wait(entry.key.effect, moment));
    // Old and new values may contradict each other where each alone does not:
    // then all that measures waits together.
    let entries = if rules::check(&patient, &[]).is_empty() {
        patient
    } else {
        let longest = longest_wait(running, wanted, moment);
        mixed(running, wanted, |entry| {
            let own = wait(entry.key.effect, moment);
            if entry.key.measures() { own.max(longest) } else { own }
        })
    };
    let config = Config::new(entries);
    Plan { now: between(running, &config), held: held(&config, wanted, moment), config }
}

/// What an effect must wait for at this moment, if anything.
const fn wait(effect: Effect, moment: Moment) -> Option<Until> {
    match effect {
        Effect::Nothing | Effect::BetweenFrames => None,
        Effect::BetweenUtterances if moment.call && moment.speech => Some(Until::Quiet),
        Effect::NextCall | Effect::ReopenStreams if moment.call => Some(Until::NoCall),
        Effect::BetweenUtterances | Effect::NextCall | Effect::ReopenStreams => None,
        Effect::Restart => Some(Until::Restart),
    }
}

/// The longest wait of a changed key that measures.
fn longest_wait(running: &Config, wanted: &Config, moment: Moment) -> Option<Until> {
    let pairs = running.entries().iter().zip(wanted.entries());
    let changed = pairs.filter(|(old, new)| old.value != new.value && new.key.measures());
    changed.filter_map(|(_, new)| wait(new.key.effect, moment)).max()
}

/// The new values where nothing must be waited for, else the old ones.
fn mixed(running: &Config, wanted: &Config, wait: impl Fn(&Entry) -> Option<Until>) -> Entries {
    let pairs = running.entries().iter().zip(wanted.entries());
    let chosen = pairs.map(|(old, new)| {
        let waits = old.value != new.value && wait(new).is_some();
        if waits { old.clone() } else { new.clone() }
    });
    Entries::of(chosen.collect())
}

/// What still differs, by what it waits for.
fn held(now: &Config, wanted: &Config, moment: Moment) -> Vec<Held> {
    let left = between(now, wanted).keys;
    let until = |name: &&'static str| {
        let effect = wanted.get(name).map_or(Effect::Nothing, |entry| entry.key.effect);
        // What could change now waits for what it contradicts: until nobody speaks.
        wait(effect, moment).unwrap_or(Until::Quiet)
    };
    let of = |reason: Until| Held {
        until: reason,
        keys: left.iter().copied().filter(|name| until(name) == reason).collect(),
    };
    let all = [Until::Quiet, Until::NoCall, Until::Restart].map(of);
    all.into_iter().filter(|held| !held.keys.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config;

    const SPEECH: Moment = Moment { call: true, speech: true };
    const SILENCE: Moment = Moment { call: true, speech: false };
    const IDLE: Moment = Moment { call: false, speech: false };

    fn planned(text: &str, moment: Moment) -> Plan {
        plan(&Config::default(), &config(text), moment)
    }

    #[test]
    fn without_a_call_all_is_taken_over_but_what_needs_a_restart() {
        let plan = planned("turns.bridge_s = 0.3\ncapture.headset = \"x\"\ncapture.host = \"alsa\"", IDLE);
        assert_eq!(plan.now.keys, ["capture.headset", "turns.bridge_s"]);
        assert_eq!(plan.held, [Held { until: Until::Restart, keys: vec!["capture.host"] }]);
    }

    #[test]
    fn in_a_call_each_change_waits_for_no_more_than_it_must() {
        let text = "nudge.budget = 8\nturns.bridge_s = 0.3\nagent.id = \"ada\"\ncapture.headset = \"x\"";
        let plan = planned(text, SPEECH);
        assert_eq!(plan.now.keys, ["nudge.budget"]);
        assert_eq!(plan.config.settings().nudges.pacing.budget, 8);
        let waits: Vec<_> = plan.held.iter().map(|held| (held.until, held.keys.len())).collect();
        assert_eq!(waits, [(Until::Quiet, 1), (Until::NoCall, 2)]);
        assert_eq!(planned(text, SILENCE).now.keys, ["turns.bridge_s", "nudge.budget"]);
    }

    #[test]
    fn planning_again_takes_over_what_waited() {
        let wanted = config("turns.bridge_s = 0.3\nagent.id = \"ada\"");
        let first = plan(&Config::default(), &wanted, SPEECH);
        let second = plan(&first.config, &wanted, SILENCE);
        assert_eq!(second.now.keys, ["turns.bridge_s"]);
        let third = plan(&second.config, &wanted, IDLE);
        assert_eq!((third.now.keys, third.held), (vec!["agent.id"], vec![]));
    }

    #[test]
    fn values_that_would_contradict_the_old_ones_wait_with_them() {
        // `turns.turn_gap_s` waits until nobody speaks; a monologue gap below the
        // old one must wait with it.
        let text = "turns.turn_gap_s = 1.0\nturns.monologue_gap_s = 3.0";
        let running = config("turns.turn_gap_s = 1.8\nturns.monologue_gap_s = 2.0");
        assert!(plan(&running, &config(text), SPEECH).held.iter().all(|held| held.until == Until::Quiet));
        let wanted = config("turns.turn_gap_s = 0.9\nturns.monologue_gap_s = 1.2");
        let plan = plan(&running, &wanted, SPEECH);
        assert!(rules::check(&Entries::of(plan.config.entries().to_vec()), &[]).is_empty());
        assert_eq!(plan.now.keys, Vec::<&str>::new());
    }

    #[test]
    fn nothing_changes_and_nothing_waits_where_nothing_differs() {
        let plan = planned("nudge.budget = 6", SPEECH);
        assert!(plan.now.keys.is_empty() && plan.held.is_empty());
    }
}
