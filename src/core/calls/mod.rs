//! One call's begin, hold and end, from what the sources report: pure state.
//! It opens nothing, asks no clock and knows no sound server; it is told what
//! is so, with the moment it was so, and answers with what is to be done.

use crate::core::units::Nanos;

/// Settings of call detection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether calls are detected at all; orders are always obeyed.
    pub detect: bool,
    /// Programs whose calls count: names with `*`, without case.
    pub softphones: Vec<String>,
    /// Whether browsers count too.
    pub browsers: bool,
    /// Both sides must be held for this long, ns.
    pub confirm: u64,
    /// A side must be gone for this long, ns.
    pub gone: u64,
    /// A call on hold for longer than this has ended, ns.
    pub hold_max: u64,
    /// An order this soon after a detected begin belongs to that call, ns.
    pub join: u64,
    /// A call in which nobody speaks for longer than this has ended, ns.
    pub silence: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let softphones = ["baresip", "linphone*"];
        Self {
            detect: true,
            softphones: softphones.map(str::to_owned).to_vec(),
            browsers: false,
            confirm: Nanos::MILLISECOND * 300,
            gone: Nanos::MILLISECOND * 1500,
            hold_max: Nanos::SECOND * 180,
            join: Nanos::SECOND * 5,
            silence: Nanos::SECOND * 180,
        }
    }
}
