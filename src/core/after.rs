//! What is worth doing after a call, from what it amounted to: to note what
//! happened, to follow it up, to take a breath. Offers, never orders, and none of
//! them says anything of the agent.

use crate::core::event::Detector;
use crate::core::summary::CallSummary;

/// An offer after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum After {
    /// There was an insult or a demand: note it while it is fresh.
    Record,
    /// See to it that somebody comes back to the customer.
    FollowUp,
    /// The call was difficult.
    Breathe,
}

/// So many things that the customer did make a call one to take a breath after.
const HARD: u32 = 3;

impl After {
    /// What is offered after a call, in this order.
    pub fn of(summary: &CallSummary) -> Vec<Self> {
        let said = |detector| summary.count(detector).is_some_and(|count| 0 < count);
        let [abuse, escalation] = [Detector::Abuse, Detector::Escalation].map(said);
        let did = u32::from(summary.intensity) + u32::from(abuse) + u32::from(escalation);
        let mut out = Vec::new();
        if abuse || escalation {
            out.extend([Self::Record, Self::FollowUp]);
        }
        if HARD <= did {
            out.push(Self::Breathe);
        }
        out
    }
}
