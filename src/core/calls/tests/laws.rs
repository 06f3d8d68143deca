//! What holds for any sequence of inputs, at any pace.

use proptest::prelude::*;

use super::*;

/// What may happen, with the time that passes before it, ms.
fn happening() -> impl Strategy<Value = (u64, u8, u8)> {
    (prop_oneof![0u64..60, 0u64..2_000, 0u64..400_000], 0u8..14, 0u8..64)
}

fn holders(bits: u8) -> Vec<Holder> {
    let on = |n: u8| bits >> n & 1 == 1;
    let all = [
        holder(7, "baresip", on(0), on(1)),
        holder(8, "linphone", on(2), on(3)),
        holder(9, "zoom", on(4), on(5)),
    ];
    all.into_iter().filter(|h| h.microphone || h.headset).collect()
}

fn settings() -> impl Strategy<Value = Settings> {
    let span = |most: u64| (0..=most).prop_map(|ms| ms * Nanos::MILLISECOND);
    let spans = (span(600), span(3_000), span(200_000), span(10_000), span(200_000));
    (any::<bool>(), any::<bool>(), spans).prop_map(|(default, detect, spans)| {
        let (confirm, gone, hold_max, join, silence) = spans;
        let odd = Settings { detect, confirm, gone, hold_max, join, silence, ..Settings::default() };
        if default { Settings::default() } else { odd }
    })
}

/// Follows the actions and fails on one that cannot follow.
#[derive(Default)]
struct Law {
    candidate: Option<Nanos>,
    call: Option<Nanos>,
    ended: Nanos,
    wants: (bool, bool),
    ready: bool,
}

impl Law {
    fn see(&mut self, now: Nanos, action: &Action) {
        match *action {
            Action::Candidate { at } => {
                assert!(self.call.is_none() && self.candidate.replace(at).is_none() && at == now);
            }
            Action::Begin { at, trigger, .. } => {
                let from = self.candidate.take();
                assert!(from.is_none_or(|from| from == at) && from.is_some() == (trigger != Trigger::Order));
                assert!(self.call.replace(at).is_none() && self.ended <= at && at <= now);
            }
            Action::Drop => assert!(self.candidate.take().is_some()),
            Action::End { at, .. } => {
                assert!(self.call.take().is_some_and(|from| from <= at) && at <= now);
                self.ended = at;
            }
            Action::Joined | Action::Held(_) | Action::Muted(_) => assert!(self.call.is_some()),
            Action::Want { agent, customer } => self.wants = (agent, customer),
            Action::Ready(on) => assert_ne!(std::mem::replace(&mut self.ready, on), on),
            Action::Ask(ref program) => assert_eq!(program.name, "zoom"),
        }
    }
}

fn input(kind: u8, list: &[Holder], on: bool) -> Input<'_> {
    match kind {
        0..5 => Input::Holders(list),
        5 => Input::ServerGone,
        6 => Input::Start,
        7 => Input::End,
        8 => Input::Hold(on),
        9 => Input::Mute(on),
        10 => Input::Pause(on),
        11 if on => Input::Allow("linphone"),
        11 => Input::Never("linphone"),
        12 => Input::Speech(Channel::Agent),
        _ => Input::Speech(Channel::Customer),
    }
}

proptest! {
    #[test]
    fn any_sequence_gives_whole_calls_in_order(
        settings in settings(),
        story in prop::collection::vec(happening(), 0..80),
        ticks in any::<bool>(),
    ) {
        let (mut calls, mut law) = (Calls::new(settings, Vec::new()), Law::default());
        let (mut now, mut out) = (Nanos(0), Vec::new());
        for (wait, kind, bits) in story {
            let to = Nanos(now.0 + wait * Nanos::MILLISECOND);
            while let Some(due) = calls.deadline().filter(|d| ticks && *d <= to) {
                prop_assert!(now < due, "a deadline that never passes");
                now = due;
                calls.step(now, Input::Tick, &mut out).unwrap();
                out.drain(..).for_each(|a| law.see(now, &a));
            }
            now = to;
            let list = holders(bits);
            let _ = calls.step(now, input(kind, &list, bits & 1 == 1), &mut out);
            out.drain(..).for_each(|a| law.see(now, &a));
            let open = law.call.is_some() || law.candidate.is_some();
            prop_assert_eq!(law.wants.0, open, "the microphone is open exactly for a call");
            prop_assert_eq!(open, calls.state() != State::Idle);
        }
        // Left alone, every call ends and every candidate is decided.
        calls.step(now, Input::Holders(&[]), &mut out).unwrap();
        calls.step(now, Input::Pause(false), &mut out).unwrap();
        for _ in 0..20 {
            let Some(due) = calls.deadline() else { break };
            now = now.max(due);
            calls.step(now, Input::Tick, &mut out).unwrap();
        }
        out.drain(..).for_each(|a| law.see(now, &a));
        prop_assert!(law.call.is_none() && law.candidate.is_none() && !law.ready);
    }

    #[test]
    fn an_unjudged_program_never_opens_the_microphone(story in prop::collection::vec((0u64..400_000, 0u8..4), 0..60)) {
        let mut calls = Calls::new(Settings::default(), Vec::new());
        let (mut now, mut out) = (Nanos(0), Vec::new());
        for (wait, bits) in story {
            now = Nanos(now.0 + wait * Nanos::MILLISECOND);
            calls.step(now, Input::Holders(&holders(bits << 4)), &mut out).unwrap();
            calls.step(now, Input::Speech(Channel::Customer), &mut out).unwrap();
        }
        prop_assert!(out.iter().all(|a| matches!(a, Action::Ask(_))), "{out:?}");
        prop_assert!(out.len() <= 1);
    }

    #[test]
    fn a_timer_may_be_late_without_changing_a_date(gap in 400u64..60_000, late in 0u64..60_000) {
        let ends = |late: u64| {
            let mut play = Play::new();
            play.phone(true, true).to(gap).phone(false, false);
            play.now = millis(gap + 1_500 + late);
            play.tell(Input::Tick);
            play.said().last().unwrap().split_once(' ').unwrap().1.to_owned()
        };
        prop_assert_eq!(ends(0), ends(late));
    }
}
