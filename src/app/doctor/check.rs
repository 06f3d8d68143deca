//! What the doctor says: one check, its outcome, the evidence and the way out.

/// How a check came out, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// In order.
    Ok,
    /// Not looked at, and why is said.
    Skipped,
    /// Works, but something is odd.
    Warn,
    /// Does not work.
    Fault,
}

impl Outcome {
    /// The word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warn => "warn",
            Self::Fault => "fault",
        }
    }
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The program and its configuration.
    Program,
    /// Folders, disk and clock.
    Machine,
    /// What is stored.
    Database,
    /// The daemon and its service.
    Daemon,
    /// Sound.
    Sound,
    /// Where nudges are shown.
    Screen,
}

impl Group {
    /// In the order of the page.
    pub const ALL: [Self; 6] =
        [Self::Program, Self::Machine, Self::Database, Self::Daemon, Self::Sound, Self::Screen];

    /// The word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Machine => "machine",
            Self::Database => "database",
            Self::Daemon => "daemon",
            Self::Sound => "sound",
            Self::Screen => "screen",
        }
    }

    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Program => "Program",
            Self::Machine => "Machine",
            Self::Database => "Database",
            Self::Daemon => "Daemon",
            Self::Sound => "Sound",
            Self::Screen => "Screen",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is about.
    pub group: Group,
    /// Its name, which stays: `microphone_heard`.
    pub id: &'static str,
    /// For people, at most 16 characters.
    pub title: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// The evidence.
    pub found: String,
    /// The way out, where there is one to go.
    pub remedy: Option<String>,
}

impl Check {
    /// A check that came out like this.
    pub(super) fn new(
        group: Group,
        id: &'static str,
        title: &'static str,
        (outcome, found, remedy): Verdict,
    ) -> Self {
        Self { group, id, title, outcome, found, remedy }
    }
}

/// Outcome, evidence, way out.
pub(super) type Verdict = (Outcome, String, Option<String>);

pub(super) fn ok(found: impl Into<String>) -> Verdict {
    (Outcome::Ok, found.into(), None)
}

pub(super) fn skipped(why: impl Into<String>) -> Verdict {
    (Outcome::Skipped, why.into(), None)
}

pub(super) fn warn(found: impl Into<String>, remedy: impl Into<String>) -> Verdict {
    (Outcome::Warn, found.into(), Some(remedy.into()))
}

pub(super) fn fault(found: impl Into<String>, remedy: impl Into<String>) -> Verdict {
    (Outcome::Fault, found.into(), Some(remedy.into()))
}

/// The worst outcome of all.
pub fn worst(checks: &[Check]) -> Outcome {
    checks.iter().map(|check| check.outcome).max().unwrap_or(Outcome::Ok)
}
