//! Why nothing is measured or shown at present: of several reasons, the one that
//! weighs most.

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Halts {
    /// Nothing is captured for so many more seconds.
    pub paused_s: Option<f32>,
    /// The customer is on hold.
    pub held: bool,
    /// The softphone's microphone is off.
    pub muted: bool,
    /// No nudges in this call.
    pub quiet: bool,
    /// No nudges for a while.
    pub snoozed: bool,
    /// Nothing is seen on the screen, which is shared.
    pub hidden: bool,
}

impl Halts {
    /// The one to tell.
    pub fn told(&self) -> Option<String> {
        let Self { paused_s, held, muted, quiet, snoozed, hidden } = *self;
        let so = |so: bool, what: &str| so.then(|| what.to_owned());
        paused_s
            .map(|left| format!("paused: nothing is heard for {left:.0} s"))
            .or_else(|| so(held, "on hold"))
            .or_else(|| so(muted, "muted"))
            .or_else(|| so(quiet, "quiet: no nudges"))
            .or_else(|| so(snoozed, "snoozed: no nudges"))
            .or_else(|| so(hidden, "hidden: nothing on the screen"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_nothing_is_heard_weighs_more_than_that_nothing_is_said() {
        let all =
            Halts { paused_s: Some(41.6), held: true, muted: true, quiet: true, snoozed: true, hidden: true };
        assert_eq!(all.told().unwrap(), "paused: nothing is heard for 42 s");
        assert_eq!(Halts { paused_s: None, ..all }.told().unwrap(), "on hold");
        assert_eq!(
            Halts { snoozed: true, hidden: true, ..Halts::default() }.told().unwrap(),
            "snoozed: no nudges"
        );
        assert_eq!(Halts::default().told(), None);
    }
}
