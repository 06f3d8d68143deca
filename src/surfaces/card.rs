//! What is shown: a card of plain text. It knows no markup: each surface
//! escapes for its own.

use std::time::Duration;

use crate::core::event::Kind;

/// How much a card may push itself forward. There is nothing above normal: a
/// nudge must not stay until it is clicked, nor break through "do not disturb".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Beside another surface that shows it too.
    Low,
    /// Where nothing else shows it; many desktops hide or dim what is lower.
    Normal,
}

/// What a button of a card does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// No nudges for a while.
    Snooze,
    /// This nudge of that kind was wrong.
    Wrong(Kind),
}

/// A button, where the desktop has buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does.
    pub choice: Choice,
    /// What is written on it, one or two words.
    pub label: String,
}

/// One thing to show. All texts are plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// One line.
    pub title: String,
    /// A sentence or a few lines; may be empty.
    pub body: String,
    /// How much it pushes itself forward.
    pub urgency: Urgency,
    /// How long it stays, 1 ms to 10 minutes; beyond these it is taken as the nearer end.
    pub lasts: Duration,
    /// Buttons, at most four.
    pub actions: Vec<Action>,
}

/// What the agent did with the card that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A button was pressed.
    Chose(Choice),
    /// The card was closed by hand.
    Dismissed,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A card of five seconds without buttons.
    pub(in crate::surfaces) fn card(title: &str) -> Card {
        Card {
            title: title.to_owned(),
            body: String::new(),
            urgency: Urgency::Normal,
            lasts: Duration::from_secs(5),
            actions: Vec::new(),
        }
    }
}
