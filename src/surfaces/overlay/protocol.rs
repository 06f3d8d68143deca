//! The lines between the daemon and the overlay: one object of JSON a line,
//! orders on the overlay's standard input, reports on its standard output. A line
//! with anything unknown in it is refused, never guessed at.

use serde::{Deserialize, Serialize};

use crate::surfaces::overlay::settings::Look;
use crate::surfaces::wording::{Icon, MOST_CHARS, MOST_WORDS};

/// A longer line is no order.
pub const LONGEST_LINE: usize = 4096;

/// Longest time on the screen, ms.
const LONGEST: u64 = 600_000;

/// What the daemon asks for.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Stand here and look like this.
    Look(Look),
    /// Widen for a nudge, in the place of the one that is on.
    Nudge(Nudge),
    /// The reason for this nudge is over.
    Clear {
        /// Its number; nothing happens where another one is on.
        id: u64,
    },
    /// What the small pill shows.
    Mark {
        /// See there.
        mark: Mark,
    },
    /// Pace and level; nothing of them is drawn unless the look has meters.
    Meters {
        /// Against the agent's normal: 1 is normal.
        pace: Option<f32>,
        /// Over the agent's normal, dB.
        rise: Option<f32>,
    },
    /// End.
    Quit,
}

/// A nudge as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Nudge {
    /// Its number: what is said about it later names it.
    pub id: u64,
    /// One to four words.
    pub text: String,
    /// The picture beside them.
    pub icon: IconName,
    /// The colour of the picture.
    pub tone: Tone,
    /// How long it stays, ms, at most ten minutes.
    pub lasts_ms: u64,
}

/// An icon by its name on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct IconName(pub Icon);

impl TryFrom<String> for IconName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Icon::from_name(&name).map(Self).ok_or("there is no icon of this name")
    }
}

impl From<IconName> for &'static str {
    fn from(name: IconName) -> Self {
        name.0.name()
    }
}

/// How a nudge is to be read. The picture says it too: colour never stands alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Do something else.
    #[default]
    Change,
    /// Something about the machine.
    Notice,
    /// Well done.
    Good,
}

/// What the small pill shows. Each has a form of its own, not only a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// No call, or hidden by order: nothing at all.
    #[default]
    Hidden,
    /// All is heard; no score yet. A small dot.
    Ready,
    /// The score is high. A full disc.
    High,
    /// The score is middling. Half a disc.
    Middling,
    /// The score is low. A circle.
    Low,
    /// A channel cannot be measured. A cross.
    Degraded,
    /// Nothing is captured, or the customer is on hold. Two bars.
    Paused,
    /// No nudges come. A dash.
    Quiet,
}

/// What the overlay tells.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "said", rename_all = "snake_case", deny_unknown_fields)]
pub enum Report {
    /// It has a screen. Told again when that changes.
    Ready {
        /// `wayland`, `x11`, `xwayland` or `windows`.
        screen: String,
        /// Whether the screen can show soft edges.
        soft: bool,
    },
    /// The first frame of this nudge was given to the display.
    Shown {
        /// Which.
        id: u64,
        /// So long after its line was read, µs.
        after_us: u64,
    },
    /// This nudge left the screen.
    Gone {
        /// Which.
        id: u64,
    },
    /// A line was no order.
    Refused {
        /// Why, without what stood in it.
        why: String,
    },
    /// There is no screen; it ends.
    Failed {
        /// Why, in a sentence without a full stop.
        why: String,
        /// Whether it had one before.
        lost: bool,
    },
}

/// Reads an order.
///
/// # Errors
/// Why it is none, in a sentence.
pub fn read(line: &str) -> Result<Order, Unread> {
    let order: Order = serde_json::from_str(line).map_err(|e| Unread::NoOrder(e.to_string()))?;
    match &order {
        Order::Nudge(nudge) => check(nudge)?,
        Order::Look(look) if !(0.0..=1.0).contains(&look.opacity) => return Err(Unread::Opacity),
        Order::Look(_) | Order::Clear { .. } | Order::Mark { .. } | Order::Meters { .. } | Order::Quit => (),
    }
    Ok(order)
}

/// Why a line was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is none.
    #[error("no order: {0}")]
    NoOrder(String),
    /// Half a sentence would mislead: too long a text is refused, not cut.
    #[error("`text` must be 1 to {MOST_WORDS} words and at most {MOST_CHARS} characters on one line")]
    Text,
    /// Such a nudge would stay.
    #[error("`lasts_ms` must be 1 to {LONGEST}")]
    Lasts,
    /// Nothing is more than there.
    #[error("`opacity` must be 0 to 1")]
    Opacity,
}

fn check(nudge: &Nudge) -> Result<(), Unread> {
    let text = &nudge.text;
    let words = text.split_whitespace().count();
    let plain = !text.contains(char::is_control) && text.chars().count() <= MOST_CHARS;
    if !(plain && (1..=MOST_WORDS).contains(&words)) {
        return Err(Unread::Text);
    }
    if !(1..=LONGEST).contains(&nudge.lasts_ms) {
        return Err(Unread::Lasts);
    }
    Ok(())
}

/// A line of it, with its end.
pub(super) fn line(value: &impl Serialize) -> Option<Vec<u8>> {
    let mut line = serde_json::to_vec(value).ok()?;
    line.push(b'\n');
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nudge(text: &str) -> Order {
        Order::Nudge(Nudge {
            id: 7,
            text: text.into(),
            icon: IconName(Icon::Listen),
            tone: Tone::Change,
            lasts_ms: 5000,
        })
    }

    fn again(order: &Order) -> Result<Order, Unread> {
        read(std::str::from_utf8(&line(order).unwrap()).unwrap().trim_end())
    }

    #[test]
    fn every_order_is_read_as_it_was_written() {
        for order in [
            nudge("Let them finish"),
            Order::Look(Look::default()),
            Order::Clear { id: 7 },
            Order::Mark { mark: Mark::Middling },
            Order::Meters { pace: Some(1.2), rise: None },
            Order::Quit,
        ] {
            assert_eq!(again(&order), Ok(order));
        }
    }

    #[test]
    fn a_text_that_cannot_be_read_at_a_glance_is_refused() {
        for text in ["", "one two three four five", "two\nlines", &"x".repeat(MOST_CHARS + 1)] {
            assert_eq!(again(&nudge(text)), Err(Unread::Text), "{text:?}");
        }
        assert!(again(&nudge("Sagen, was Sie tun")).is_ok());
    }

    #[test]
    fn what_is_unknown_is_named() {
        let wrong =
            r#"{"do":"nudge","id":1,"text":"Softer","icon":"softer","tone":"change","lasts_ms":9,"sound":1}"#;
        assert!(read(wrong).unwrap_err().to_string().contains("sound"));
        assert!(read(r#"{"do":"dance"}"#).unwrap_err().to_string().contains("dance"));
        let skull = r#"{"do":"nudge","id":1,"text":"Softer","icon":"skull","tone":"change","lasts_ms":9}"#;
        assert!(read(skull).unwrap_err().to_string().contains("no icon"));
    }

    #[test]
    fn nothing_stays_for_ever_and_nothing_is_more_than_there() {
        let for_ever =
            r#"{"do":"nudge","id":1,"text":"Softer","icon":"softer","tone":"change","lasts_ms":600001}"#;
        assert_eq!(read(for_ever), Err(Unread::Lasts));
        let look = Order::Look(Look { opacity: 1.5, ..Look::default() });
        assert_eq!(again(&look), Err(Unread::Opacity));
    }
}
