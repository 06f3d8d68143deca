//! Where nudges are shown. A surface is told what to show and never waits for
//! anyone: a hung desktop costs a nudge, never the call.

/// Which surfaces may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Desktop notifications.
    pub notifications: bool,
    /// Lines in the terminal of `run`.
    pub terminal: bool,
    /// One notification after each call.
    pub after_call: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { notifications: true, terminal: true, after_call: true }
    }
}
