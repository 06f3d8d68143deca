//! Which surface carries the nudges, and why. Pure: told how each stands, it
//! answers with one and a sentence. It tries nothing and never takes a surface
//! that the settings switched off.

use crate::surfaces::card::Urgency;
use crate::surfaces::state::SurfaceState;

/// Everything that can show a nudge, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The pill on the screen.
    Overlay,
    /// A desktop notification.
    Notification,
    /// The terminal of `run`.
    Terminal,
}

impl Surface {
    /// As it is called in a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Overlay => "the overlay",
            Self::Notification => "desktop notifications",
            Self::Terminal => "this terminal",
        }
    }

    /// What switches it on.
    const fn key(self) -> &'static str {
        match self {
            Self::Overlay => "show.overlay",
            Self::Notification => "show.notifications",
            Self::Terminal => "show.terminal",
        }
    }
}

/// One surface and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Which.
    pub surface: Surface,
    /// Whether the settings allow it.
    pub on: bool,
    /// How it stands.
    pub state: SurfaceState,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What carries the nudges; nothing where only `evenkeel ctl watch` shows them.
    pub surface: Option<Surface>,
    /// Why this one, as a sentence without a full stop.
    pub why: String,
    /// What the person can do about a better one that does not work.
    pub remedy: Option<String>,
}

impl Choice {
    /// How much a notification pushes itself forward: normal, unless something
    /// better shows the same.
    pub fn urgency(&self) -> Urgency {
        match self.surface {
            Some(Surface::Overlay) => Urgency::Low,
            Some(Surface::Notification | Surface::Terminal) | None => Urgency::Normal,
        }
    }
}

/// The first surface of `rungs` that works; else the first that was not tried
/// yet. Give them in order, the best first.
pub fn choose(rungs: &[Rung]) -> Choice {
    let usable = |state: &SurfaceState| match state {
        SurfaceState::Works | SurfaceState::Untried => true,
        SurfaceState::Missing { .. } | SurfaceState::Hung { .. } => false,
    };
    let works = rungs.iter().position(|r| r.on && r.state.works());
    let chosen = works.or_else(|| rungs.iter().position(|r| r.on && usable(&r.state)));
    let better = rungs.get(..chosen.unwrap_or(rungs.len())).unwrap_or_default();
    let rung = chosen.and_then(|at| rungs.get(at));
    let mut reasons: Vec<String> = better.iter().map(reason).collect();
    reasons.insert(0, lead(rung));
    Choice {
        surface: rung.map(|r| r.surface),
        why: reasons.join("; "),
        remedy: better.iter().find_map(remedy),
    }
}

fn lead(rung: Option<&Rung>) -> String {
    match rung {
        Some(Rung { surface, state: SurfaceState::Untried, .. }) => {
            format!("nudges will be shown by {}, which nothing has tried yet", surface.title())
        }
        Some(Rung { surface, .. }) => format!("nudges are shown by {}", surface.title()),
        None => "nudges are shown by `evenkeel ctl watch` alone".into(),
    }
}

/// Why a better one was not taken.
fn reason(rung: &Rung) -> String {
    let title = rung.surface.title();
    match &rung.state {
        _ if !rung.on => format!("{title}: switched off by `{}`", rung.surface.key()),
        SurfaceState::Missing { why, .. } | SurfaceState::Hung { why, .. } => format!("{title}: {why}"),
        SurfaceState::Untried => format!("{title}: not tried yet"),
        SurfaceState::Works => format!("{title}: works"),
    }
}

fn remedy(rung: &Rung) -> Option<String> {
    match &rung.state {
        SurfaceState::Missing { remedy, .. } | SurfaceState::Hung { remedy, .. } if rung.on => {
            Some(remedy.clone())
        }
        SurfaceState::Missing { .. }
        | SurfaceState::Hung { .. }
        | SurfaceState::Untried
        | SurfaceState::Works => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rung(surface: Surface, on: bool, state: SurfaceState) -> Rung {
        Rung { surface, on, state }
    }

    fn missing() -> SurfaceState {
        SurfaceState::Missing { why: "no program shows notifications".into(), remedy: "start dunst".into() }
    }

    fn hung() -> SurfaceState {
        SurfaceState::Hung { why: "it does not answer".into(), remedy: "restart it".into() }
    }

    fn two(notification: SurfaceState, terminal: SurfaceState) -> Choice {
        choose(&[rung(Surface::Notification, true, notification), rung(Surface::Terminal, true, terminal)])
    }

    #[test]
    fn the_best_surface_that_works_is_taken() {
        let choice = two(SurfaceState::Works, SurfaceState::Works);
        assert_eq!(choice.surface, Some(Surface::Notification));
        assert_eq!((choice.why.as_str(), choice.remedy), ("nudges are shown by desktop notifications", None));
    }

    #[test]
    fn a_missing_service_is_said_with_its_remedy() {
        let choice = two(missing(), SurfaceState::Works);
        assert_eq!(choice.surface, Some(Surface::Terminal));
        assert_eq!(
            choice.why,
            "nudges are shown by this terminal; desktop notifications: no program shows notifications"
        );
        assert_eq!(choice.remedy.as_deref(), Some("start dunst"));
    }

    #[test]
    fn what_is_known_to_work_goes_before_what_was_not_tried() {
        assert_eq!(two(SurfaceState::Untried, SurfaceState::Works).surface, Some(Surface::Terminal));
        assert_eq!(two(SurfaceState::Untried, missing()).surface, Some(Surface::Notification));
        assert!(two(SurfaceState::Untried, missing()).why.contains("nothing has tried yet"));
    }

    #[test]
    fn with_nothing_left_the_way_out_is_named() {
        let choice = two(hung(), missing());
        assert_eq!((choice.surface, choice.remedy.as_deref()), (None, Some("restart it")));
        assert!(choice.why.starts_with("nudges are shown by `evenkeel ctl watch` alone"));
    }

    #[test]
    fn what_is_switched_off_is_never_taken_and_asks_for_no_remedy() {
        let choice = choose(&[rung(Surface::Notification, false, missing())]);
        assert_eq!((choice.surface, choice.remedy), (None, None));
        assert!(choice.why.contains("switched off by `show.notifications`"));
    }

    #[test]
    fn a_notification_is_low_only_beside_the_overlay() {
        let overlay = choose(&[rung(Surface::Overlay, true, SurfaceState::Works)]);
        assert_eq!(overlay.urgency(), Urgency::Low);
        assert_eq!(two(SurfaceState::Works, SurfaceState::Works).urgency(), Urgency::Normal);
        assert_eq!(two(missing(), SurfaceState::Works).urgency(), Urgency::Normal);
    }
}
