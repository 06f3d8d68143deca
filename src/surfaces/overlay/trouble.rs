//! Why there is no pill.

use thiserror::Error;

/// Sorted by what the one who started it does next.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// No display, or one without what the pill needs: something else must show nudges.
    #[error("{0}")]
    Unavailable(String),
    /// It worked and went away: the display may be back in a moment.
    #[error("the display went away: {0}")]
    Lost(String),
}
