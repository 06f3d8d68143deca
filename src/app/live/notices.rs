//! What the daemon tells its watchers, as the view is told it.

use crate::app::live::halts::Halts;
use crate::app::live::view::{Change, Second};
use crate::control::{Notice, SideState, SideStatus, Status};
use crate::core::event::Kind;
use crate::core::private::Spoken;
use crate::core::units::{Channel, Sides};
use crate::report::names;
use crate::surfaces::terminal::Tone;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    halts: Halts,
    showing: Option<String>,
    /// The call that is on.
    call: Option<String>,
}

impl Notices {
    /// The state of things, whatever was told before.
    pub fn status(&mut self, status: &Status) -> Vec<Change> {
        let call = status.call.as_ref();
        self.halts = Halts {
            paused_s: status.pause.as_ref().map(|pause| pause.left_s),
            held: call.is_some_and(|call| call.held),
            muted: call.is_some_and(|call| call.muted),
            quiet: status.quiet,
            snoozed: status.snoozed_s.is_some_and(|left| 0.0 < left),
            hidden: status.hidden,
        };
        let mut out = vec![Change::Halt(self.halts.told())];
        // It is told in the middle of a call as well, to whoever has missed something.
        match (call, self.call.take()) {
            (Some(call), before) => {
                if before.as_ref() != Some(&call.id) {
                    let by = call.program.as_deref().unwrap_or(&call.trigger);
                    out.insert(0, Change::Began(named(&call.id, by)));
                }
                self.call = Some(call.id.clone());
            }
            (None, Some(_)) => out.insert(0, Change::Ended("over".into())),
            (None, None) => (),
        }
        let side = |who, side: &SideStatus| Change::Side(who, trouble(side.state, side.why.as_deref()));
        out.push(side(Channel::Agent, &status.sides.agent));
        out.push(side(Channel::Customer, &status.sides.customer));
        out
    }

    /// What there is to show of a notice.
    pub fn notice(&mut self, notice: &Notice) -> Vec<Change> {
        match notice {
            Notice::Nudge { kind, text, why, at_s, .. } => {
                self.showing = Some(kind.clone());
                let (text, detail, tone) = (text.clone(), why.clone(), tone(kind));
                vec![Change::Nudge { text, detail, tone, at_s: *at_s }]
            }
            Notice::NudgeCleared { kind, .. } => {
                self.showing.take_if(|shown| shown == kind).map(|_| Change::Cleared).into_iter().collect()
            }
            Notice::CallBegan { call, program, trigger, .. } => {
                (self.halts.held, self.halts.muted) = (false, false);
                self.call = Some(call.clone());
                let call = named(call, program.as_deref().unwrap_or(trigger));
                vec![Change::Began(call), Change::Halt(self.halts.told())]
            }
            Notice::CallDropped => {
                self.call = None;
                vec![Change::Ended("it was no call".into())]
            }
            Notice::CallEnded { length_s, score, tip, .. } => {
                (self.halts.quiet, self.halts.held, self.halts.muted) = (false, false, false);
                self.call = None;
                vec![Change::Ended(ended(*length_s, *score, tip.as_deref())), Change::Halt(self.halts.told())]
            }
            Notice::Said { side, at_s, text, .. } => {
                channel(side).map(|who| said(who, *at_s, text.expose())).into_iter().collect()
            }
            Notice::Side { side, state, why, .. } => channel(side)
                .map(|who| Change::Side(who, trouble(*state, why.as_deref())))
                .into_iter()
                .collect(),
            Notice::Measures { .. } => second(notice).into_iter().collect(),
            Notice::Status { status } => self.status(status),
            Notice::Wrong { kind } => vec![wrong(kind)],
            Notice::UnknownProgram { name } => {
                vec![Change::News(format!("{name} uses both sides: `evenkeel calls allow {name}`?"))]
            }
            Notice::Agent { id } => vec![Change::News(format!("{id} is speaking"))],
            Notice::ReloadRefused { .. } => vec![Change::News("the new settings have mistakes".into())],
            Notice::CallHeld { .. }
            | Notice::CallMuted { .. }
            | Notice::Paused { .. }
            | Notice::Resumed
            | Notice::Snoozed { .. }
            | Notice::Quiet { .. }
            | Notice::Hidden { .. } => vec![self.halt(notice)],
            Notice::Device { .. } | Notice::Reloaded { .. } | Notice::Part { .. } | Notice::Stopping => {
                Vec::new()
            }
        }
    }

    fn halt(&mut self, notice: &Notice) -> Change {
        let halts = &mut self.halts;
        match notice {
            Notice::CallHeld { held, .. } => halts.held = *held,
            Notice::CallMuted { muted, .. } => halts.muted = *muted,
            Notice::Paused { left_s } => halts.paused_s = Some(*left_s),
            Notice::Resumed => halts.paused_s = None,
            Notice::Snoozed { left_s } => halts.snoozed = 0.0 < *left_s,
            Notice::Quiet { on } => halts.quiet = *on,
            Notice::Hidden { on } => halts.hidden = *on,
            _ => (),
        }
        Change::Halt(halts.told())
    }
}

fn named(call: &str, by: &str) -> String {
    format!("call {call} · {by}")
}

fn ended(length_s: f64, score: Option<f32>, tip: Option<&str>) -> String {
    let length = length_s.round() as u64;
    let score = score.map_or_else(|| "no score".to_owned(), |score| format!("score {score:.0}"));
    let tip = tip.map_or_else(String::new, |tip| format!(": {tip}"));
    format!("over after {}:{:02}, {score}{tip}", length / 60, length % 60)
}

fn channel(side: &str) -> Option<Channel> {
    Channel::BOTH.into_iter().find(|who| names::side(*who) == side)
}

fn kind(name: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| names::kind(*kind) == name)
}

/// A later version may have kinds that this one does not know.
fn tone(name: &str) -> Tone {
    kind(name).map_or(Tone::Plain, Tone::of)
}

fn wrong(name: &str) -> Change {
    let title = match kind(name) {
        Some(kind) => names::kind_title(kind),
        None => name,
    };
    let then = kind(name).map_or("noted", names::after_wrong);
    Change::News(format!("{title} was wrong: {then}"))
}

fn said(who: Channel, at_s: f64, text: &str) -> Change {
    Change::Said { who, at_s, text: Spoken::new(text) }
}

fn trouble(state: SideState, why: Option<&str>) -> Option<String> {
    let usual = match state {
        // What is not open because no call is on is no trouble.
        SideState::Closed | SideState::Opening | SideState::Live => return None,
        SideState::Silent => "silent",
        SideState::Dead => "nothing arrives",
        SideState::Missing => "no device",
        SideState::Refused => "refused",
        SideState::Leaking => "hears the other side",
        SideState::Paused => "paused",
    };
    Some(why.unwrap_or(usual).to_owned())
}

fn second(notice: &Notice) -> Option<Change> {
    let Notice::Measures { at_s, agent, customer, pace, rise_db, score, score_lately, .. } = notice else {
        return None;
    };
    let spoke = Sides { agent: agent.spoke, customer: customer.spoke };
    Some(Change::Second(Second {
        at_s: *at_s,
        spoke,
        pace: *pace,
        rise: *rise_db,
        score: *score,
        lately: *score_lately,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::CallStatus;

    fn on(id: &str) -> Status {
        let call = CallStatus { id: id.into(), trigger: "order".into(), ..CallStatus::default() };
        Status { call: Some(call), ..Status::default() }
    }

    fn ended() -> Notice {
        let call = "7".to_owned();
        Notice::CallEnded { call, length_s: 65.0, why: "order".into(), score: Some(86.0), tip: None }
    }

    #[test]
    fn a_status_in_the_middle_of_a_call_wipes_nothing_and_one_without_it_ends_it() {
        let mut notices = Notices::default();
        let begins = |changes: &[Change]| changes.iter().any(|change| matches!(change, Change::Began(_)));
        assert!(begins(&notices.status(&on("7"))));
        assert!(!begins(&notices.status(&on("7"))));
        assert!(begins(&notices.status(&on("8"))));
        assert_eq!(notices.status(&Status::default())[0], Change::Ended("over".into()));
        assert!(!notices.status(&Status::default()).contains(&Change::Ended("over".into())));
    }

    #[test]
    fn what_held_in_a_call_is_over_with_it() {
        let mut notices = Notices::default();
        notices.notice(&Notice::CallHeld { call: "7".into(), held: true });
        assert_eq!(notices.notice(&Notice::Quiet { on: true }), [Change::Halt(Some("on hold".into()))]);
        let over = notices.notice(&ended());
        assert_eq!(over, [Change::Ended("over after 1:05, score 86".into()), Change::Halt(None)]);
    }

    #[test]
    fn only_the_nudge_that_is_on_is_cleared() {
        let mut notices = Notices::default();
        let nudge = Notice::Nudge {
            kind: "raised_voice".into(),
            text: "Softer".into(),
            why: String::new(),
            at_s: 1.0,
            lasts_s: 5.0,
            age_ms: 1.0,
        };
        notices.notice(&nudge);
        let cleared = |kind: &str| Notice::NudgeCleared { kind: kind.into(), why: "recovered".into() };
        assert_eq!(notices.notice(&cleared("fast_pace")), []);
        assert_eq!(notices.notice(&cleared("raised_voice")), [Change::Cleared]);
    }
}
