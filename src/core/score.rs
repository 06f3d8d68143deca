//! The calmness score: published arithmetic of conduct, always shown with its
//! parts. Each part falls linearly from no loss at `good` to its full weight
//! at `bad`; parts that cannot be measured are left out and the weights of the
//! others shared anew.

use crate::core::measures::{Measured, Why};

/// A part of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Share of the agent's speech in episodes of raised voice.
    RaisedVoice,
    /// Weighted interruptions of the customer per minute of their talk.
    Interruptions,
    /// Share of the agent's speech in fast windows.
    Pace,
    /// Overlap that the agent began, against the customer's talk.
    Overlap,
    /// Share of rushed replies.
    RushedReply,
    /// Talk ratio, or the longest monologue.
    Dominance,
    /// Negative phrases per minute of the agent's speech.
    Language,
}

/// Number of parts.
pub const PARTS: usize = 7;

impl Part {
    /// All parts, in the order they are shown.
    pub const ALL: [Self; PARTS] = [
        Self::RaisedVoice,
        Self::Interruptions,
        Self::Pace,
        Self::Overlap,
        Self::RushedReply,
        Self::Dominance,
        Self::Language,
    ];
}

/// Weight of a part and the values between which it is lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Points of the score, before sharing anew.
    pub weight: f32,
    /// Up to here nothing is lost.
    pub good: f32,
    /// From here on everything is.
    pub bad: f32,
}

/// Constants of the score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The ramps, in the order of [`Part::ALL`].
    pub ramps: [Ramp; PARTS],
    /// A monologue of this length begins to cost, s; `monologue_bad` costs all.
    pub monologue_good: f32,
    /// See above.
    pub monologue_bad: f32,
    /// A reply sooner than this after the customer's end is rushed, s.
    pub rushed: f32,
    /// Least share of the weights that must be measurable.
    pub min_coverage: f32,
    /// Least agent speech, s.
    pub min_speech: f32,
    /// Least length of the call, s.
    pub min_call: f32,
}

impl Default for Settings {
    fn default() -> Self {
        let ramp = |weight, good, bad| Ramp { weight, good, bad };
        Self {
            ramps: [
                ramp(25.0, 0.02, 0.20),
                ramp(25.0, 0.10, 1.00),
                ramp(15.0, 0.10, 0.50),
                ramp(10.0, 0.02, 0.10),
                ramp(10.0, 0.50, 0.90),
                ramp(10.0, 0.65, 0.85),
                ramp(5.0, 0.0, 0.5),
            ],
            monologue_good: 60.0,
            monologue_bad: 120.0,
            rushed: 0.2,
            min_coverage: 0.6,
            min_speech: 30.0,
            min_call: 60.0,
        }
    }
}

/// What the parts are measured by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inputs {
    /// Values in the order of [`Part::ALL`]; the talk ratio for dominance.
    pub values: [Measured<f32>; PARTS],
    /// The agent's longest monologue, s: the other way to lose dominance.
    pub monologue: f32,
    /// Agent speech, s.
    pub speech: f32,
    /// Length of the call, s.
    pub call: f32,
}

/// One part of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartScore {
    /// Which.
    pub part: Part,
    /// What was measured.
    pub value: Measured<f32>,
    /// Its ramp.
    pub ramp: Ramp,
    /// Share of the weight lost, 0 to 1; none where nothing was measured.
    pub penalty: Option<f32>,
    /// Points lost, after the weights were shared anew.
    pub lost: f32,
}

/// A score with everything behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// 0 to 100, or why there is none.
    pub value: Measured<u32>,
    /// Share of the weights that could be measured.
    pub coverage: f32,
    /// The parts, in the order of [`Part::ALL`].
    pub parts: [PartScore; PARTS],
}

impl Score {
    /// Its points, 0 to 100, where there are any.
    pub fn points(&self) -> Option<f32> {
        self.value.known().map(|points| points as f32)
    }

    /// One of its parts.
    pub const fn part(&self, part: Part) -> &PartScore {
        &self.parts[part as usize]
    }
}

fn ramp(value: f32, good: f32, bad: f32) -> f32 {
    // Equal ends make a step.
    if bad <= good {
        f32::from(u8::from(good < value))
    } else {
        ((value - good) / (bad - good)).clamp(0.0, 1.0)
    }
}

/// Works out the score: `round(100 - sum(100 w p) / sum(w))` over the parts
/// that were measured.
pub fn score(inputs: &Inputs, settings: &Settings) -> Score {
    let penalty = |k: usize| {
        let value = inputs.values[k].known()?;
        let r = settings.ramps[k];
        let lost = ramp(value, r.good, r.bad);
        let monologue = ramp(inputs.monologue, settings.monologue_good, settings.monologue_bad);
        Some(if Part::ALL[k] == Part::Dominance { lost.max(monologue) } else { lost })
    };
    let penalties: [Option<f32>; PARTS] = std::array::from_fn(penalty);
    let all: f32 = settings.ramps.iter().map(|r| r.weight).sum();
    let weighed = |(p, r): (&Option<f32>, &Ramp)| p.map_or(0.0, |_| r.weight);
    let measured: f32 = penalties.iter().zip(&settings.ramps).map(weighed).sum();
    let parts = std::array::from_fn(|k| PartScore {
        part: Part::ALL[k],
        value: inputs.values[k],
        ramp: settings.ramps[k],
        penalty: penalties[k],
        lost: penalties[k]
            .map_or(0.0, |p| 100.0 * settings.ramps[k].weight * p / measured.max(f32::MIN_POSITIVE)),
    });
    let coverage = if 0.0 < all { measured / all } else { 0.0 };
    Score { value: value_of(inputs, settings, coverage, &parts), coverage, parts }
}

fn value_of(
    inputs: &Inputs,
    settings: &Settings,
    coverage: f32,
    parts: &[PartScore; PARTS],
) -> Measured<u32> {
    if inputs.call < settings.min_call {
        return Measured::Unknown(Why::CallTooShort);
    }
    if inputs.speech < settings.min_speech {
        return Measured::Unknown(Why::LittleAgentSpeech);
    }
    if coverage < settings.min_coverage || coverage <= 0.0 {
        return Measured::Unknown(Why::LittleCoverage);
    }
    let lost: f32 = parts.iter().map(|p| p.lost).sum();
    Measured::Known((100.0 - lost).round().clamp(0.0, 100.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inputs(values: [Option<f32>; PARTS]) -> Inputs {
        Inputs {
            values: values.map(|v| Measured::from_option(v, Why::NoWords)),
            monologue: 20.0,
            speech: 60.0,
            call: 120.0,
        }
    }

    fn value(inputs: &Inputs) -> Option<u32> {
        score(inputs, &Settings::default()).value.known()
    }

    const PERFECT: [Option<f32>; PARTS] = [Some(0.0); PARTS];

    #[test]
    fn perfect_conduct_scores_100_and_the_worst_0() {
        assert_eq!(value(&inputs(PERFECT)), Some(100));
        assert_eq!(value(&inputs([Some(9.0); PARTS])), Some(0));
    }

    #[test]
    fn a_part_halfway_down_its_ramp_costs_half_its_weight() {
        let mut values = PERFECT;
        values[0] = Some(0.11);
        let got = score(&inputs(values), &Settings::default());
        assert_eq!(got.value, Measured::Known(88));
        assert!((got.parts[0].lost - 12.5).abs() < 0.01);
    }

    #[test]
    fn what_is_not_measured_is_left_out_and_never_counts_as_good() {
        let mut values = [Some(9.0); PARTS];
        values[6] = None;
        let got = score(&inputs(values), &Settings::default());
        assert_eq!(got.value, Measured::Known(0));
        assert!((got.coverage - 0.95).abs() < 1e-6);
    }

    #[test]
    fn too_little_of_anything_gives_no_score() {
        let short = Inputs { call: 59.0, ..inputs(PERFECT) };
        assert_eq!(score(&short, &Settings::default()).value, Measured::Unknown(Why::CallTooShort));
        let mute = Inputs { speech: 29.0, ..inputs(PERFECT) };
        assert_eq!(score(&mute, &Settings::default()).value, Measured::Unknown(Why::LittleAgentSpeech));
        let blind = inputs([Some(0.0), None, None, None, Some(0.0), Some(0.0), None]);
        assert_eq!(score(&blind, &Settings::default()).value, Measured::Unknown(Why::LittleCoverage));
    }

    #[test]
    fn a_long_monologue_costs_dominance_whatever_the_talk_ratio() {
        let long = Inputs { monologue: 90.0, ..inputs(PERFECT) };
        assert_eq!(value(&long), Some(95));
    }

    proptest! {
        #[test]
        fn the_score_stays_in_bounds_and_never_rises_with_a_worse_value(
            values in prop::array::uniform7(prop::option::of(0f32..2.0)),
            worse in 0f32..1.0,
            part in 0usize..PARTS,
        ) {
            let before = inputs(values);
            if let Some(score) = value(&before) {
                prop_assert!(score <= 100);
                let mut after = values;
                if let Some(v) = &mut after[part] {
                    *v += worse;
                    prop_assert!(value(&inputs(after)).unwrap() <= score);
                }
            }
        }

        #[test]
        fn points_lost_add_up(values in prop::array::uniform7(prop::option::of(0f32..2.0))) {
            let got = score(&inputs(values), &Settings::default());
            if let Measured::Known(value) = got.value {
                let lost: f32 = got.parts.iter().map(|p| p.lost).sum();
                prop_assert!((100.0 - lost - value as f32).abs() <= 0.51);
            }
        }
    }
}
