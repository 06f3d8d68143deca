//! What is known about a surface, from what it did and not from what was
//! asked of it.

use std::time::Instant;

/// Whether a surface can be relied on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SurfaceState {
    /// Nothing has been tried yet.
    #[default]
    Untried,
    /// The last attempt was answered.
    Works,
    /// There is none.
    Missing {
        /// What is missing, as a sentence without a full stop.
        why: String,
        /// What the person can do.
        remedy: String,
    },
    /// It takes what it is given and does not answer.
    Hung {
        /// What did not answer.
        why: String,
        /// What the person can do.
        remedy: String,
    },
}

impl SurfaceState {
    /// Whether it answered when last asked.
    pub fn works(&self) -> bool {
        *self == Self::Works
    }

    /// Why it does not work; empty where nothing is known to be wrong.
    pub fn why(&self) -> &str {
        match self {
            Self::Missing { why, .. } | Self::Hung { why, .. } => why,
            Self::Untried | Self::Works => "",
        }
    }
}

/// The program that shows notifications, as it describes itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Its name, such as `dunst`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// It has room for more than a title.
    pub body: bool,
    /// It reads markup, so that text must be escaped for it.
    pub markup: bool,
    /// It has buttons.
    pub actions: bool,
}

/// What `status` and `doctor` tell about notifications.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// How it stands.
    pub state: SurfaceState,
    /// Who shows them, once that is known.
    pub service: Option<Service>,
    /// When the service last took a card.
    pub last_success: Option<Instant>,
    /// Cards that the service took.
    pub shown: u64,
    /// Cards that were not shown: too late, replaced while waiting, or no service.
    pub dropped: u64,
    /// Attempts in a row that failed.
    pub failures: u32,
}
