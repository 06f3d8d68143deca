//! Nudges, and every decision about one with what it rested on.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::event::{Decision, Evidence, Outcome};
use crate::report::analysis::Nudge;
use crate::report::json::figures::{figure, seconds};
use crate::report::names;

/// A nudge that was shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NudgeJson {
    /// When, s.
    pub at_s: f64,
    /// `capture`, `incident`, `interrupting`, `raised_voice`, `fast_pace`, `monologue`,
    /// `rushed_reply`, `dead_air`, `phrase`, `apology`, `card`, `tip` or `positive`.
    pub kind: &'static str,
    /// Which form of it.
    pub variant: &'static str,
    /// What the nudge says.
    pub text: &'static str,
    /// The line of advice that a card has; missing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
    /// When the condition began, s.
    pub began_s: f64,
    /// When it left the screen, s.
    pub cleared_s: Option<f64>,
    /// How: `recovered`, `passed` (the customer gave way), `timed_out` or `dismissed`.
    pub cleared: Option<&'static str>,
    /// Why it was shown, in words.
    pub why: String,
}

/// A decision about a nudge.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DecisionJson {
    /// When, s.
    pub at_s: f64,
    /// What about.
    pub kind: &'static str,
    /// Which form of it.
    pub variant: &'static str,
    /// Priority, 0 to 1000.
    pub priority: u32,
    /// `shown` or `suppressed`.
    pub outcome: &'static str,
    /// Why it was suppressed.
    pub reason: Option<&'static str>,
    /// When the condition began, s.
    pub began_s: f64,
    /// How well the baseline stood.
    pub baseline: &'static str,
    /// What it rested on, each with its threshold.
    pub evidence: Vec<EvidenceJson>,
}

/// One input of a decision.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceJson {
    /// What was looked at.
    pub quantity: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its value.
    pub value: f64,
    /// The threshold.
    pub limit: f64,
}

pub(super) fn nudge(nudge: &Nudge) -> NudgeJson {
    let d = &nudge.decision;
    NudgeJson {
        at_s: seconds(d.at),
        kind: names::kind(d.kind),
        variant: names::variant(d.variant),
        text: names::nudge_text(d.kind, d.variant),
        advice: names::advice(d.variant),
        began_s: seconds(d.began),
        cleared_s: nudge.cleared.map(|(at, _)| seconds(at)),
        cleared: nudge.cleared.map(|(_, how)| names::cleared(how)),
        why: names::why(d),
    }
}

pub(super) fn decision(d: &Decision) -> DecisionJson {
    DecisionJson {
        at_s: seconds(d.at),
        kind: names::kind(d.kind),
        variant: names::variant(d.variant),
        priority: d.kind.priority(),
        outcome: names::outcome(d.outcome),
        reason: match d.outcome {
            Outcome::Shown => None,
            Outcome::Suppressed(reason) => Some(names::reason(reason)),
        },
        began_s: seconds(d.began),
        baseline: names::standing(d.standing),
        evidence: d.evidence.iter().flatten().map(evidence).collect(),
    }
}

pub(super) fn evidence(e: &Evidence) -> EvidenceJson {
    let (quantity, unit) = names::quantity(e.quantity);
    EvidenceJson { quantity, unit, value: figure(e.value), limit: figure(e.limit) }
}
