use super::*;
use crate::core::event::Overlap;
use crate::core::score::{self, Score, Settings};
use proptest::prelude::*;

fn at(second: u32) -> SampleTime {
    SampleTime::ZERO + long(second)
}

fn long(seconds: u32) -> SampleSpan {
    SampleSpan::from_millis(u64::from(seconds) * 1000)
}

fn facts() -> Facts {
    Facts {
        verdicts: Sides { agent: State::Live, customer: State::Live },
        leak_db: None,
        reliability: Reliability::Reliable,
        agc: false,
        looks_swapped: false,
        nuclei: 0,
        phonation: 0,
        normal: None,
        standing: Standing::Provisional,
        harvest: None,
    }
}

#[derive(Default)]
struct Call {
    tally: Tally,
    lately: Option<Lately>,
    monologue: SampleSpan,
}

impl Call {
    fn note(&mut self, event: &Event) {
        self.tally.note(event, &Settings::default());
        self.lately.get_or_insert_default().note(event, &self.tally);
        if let Event::Monologue { from, to, .. } = event {
            self.monologue = self.monologue.max(to.since(*from));
        }
    }

    /// Two seconds of each side, decently, up to this second.
    fn talk(&mut self, from: u32, to: u32) {
        for k in from..to {
            let who = if k % 4 < 2 { Channel::Agent } else { Channel::Customer };
            self.note(&Event::SpeechEnded { who, from: at(k), at: at(k + 1), decided: at(k + 1) });
            let spoken = if who == Channel::Agent { long(1) } else { SampleSpan::ZERO };
            let spoken_fast = SampleSpan::ZERO;
            self.note(&Event::Second(Second {
                at: at(k + 1),
                pace: Some(5.0),
                pace_ratio: Some(1.0),
                level: Some(-26.0),
                spoken,
                spoken_fast,
            }));
        }
    }

    fn interrupt(&mut self, k: u32) {
        let overlap = Overlap {
            at: at(k),
            end: at(k + 1),
            until: at(k + 1),
            by: Channel::Agent,
            class: Class::CutOff,
            overlap: long(1),
            held: long(2),
            confirmed: Some(at(k)),
        };
        self.note(&Event::Overlapped(Judged {
            overlap,
            announced: None,
            reliability: Reliability::Reliable,
        }));
    }

    fn monologue(&mut self, from: u32, to: u32) {
        self.note(&Event::Monologue { who: Channel::Agent, from: at(from), to: at(to) });
    }

    fn lately(&self, second: u32) -> Score {
        let lately = self.lately.as_ref().unwrap();
        score::score(&lately.inputs(&self.tally, at(second), &facts()), &Settings::default())
    }

    fn so_far(&self, second: u32) -> Score {
        let inputs = self.tally.inputs(&facts(), self.monologue, long(second));
        score::score(&inputs, &Settings::default())
    }
}

#[test]
fn what_is_over_for_two_minutes_no_longer_weighs() {
    let mut call = Call::default();
    call.talk(0, 100);
    (10..20).for_each(|k| call.interrupt(k));
    call.talk(100, 130);
    assert_eq!(call.lately(119).value, call.so_far(119).value);
    assert!(call.lately(119).value.known() < Some(90));
    // The interruptions were told at the hundredth second.
    call.talk(130, 219);
    assert!(call.lately(219).value.known() < Some(90));
    call.talk(219, 222);
    assert_eq!(call.lately(222).value, Measured::Known(100));
    assert!(call.so_far(222).value.known() < Some(100));
}

#[test]
fn a_monologue_counts_from_where_the_two_minutes_begin() {
    let mut call = Call::default();
    call.talk(0, 300);
    call.monologue(20, 230);
    let inputs = call.lately.as_ref().unwrap().inputs(&call.tally, at(300), &facts());
    assert!((inputs.monologue - 50.0).abs() < 1e-3 && (inputs.call - 120.0).abs() < 1e-3);
    call.talk(300, 350);
    let inputs = call.lately.as_ref().unwrap().inputs(&call.tally, at(350), &facts());
    assert!(inputs.monologue.abs() < 1e-3);
}

#[test]
fn who_only_listens_for_two_minutes_has_no_score_of_them() {
    let mut call = Call::default();
    call.talk(0, 120);
    for k in 120..240 {
        let who = Channel::Customer;
        call.note(&Event::SpeechEnded { who, from: at(k), at: at(k + 1), decided: at(k + 1) });
        let (pace, pace_ratio, level) = (None, None, None);
        let (spoken, spoken_fast) = (SampleSpan::ZERO, SampleSpan::ZERO);
        call.note(&Event::Second(Second { at: at(k + 1), pace, pace_ratio, level, spoken, spoken_fast }));
    }
    assert_eq!(call.lately(240).value, Measured::Unknown(Why::LittleAgentSpeech));
    assert!(call.so_far(240).value.known().is_some());
}

#[test]
fn what_is_judged_anew_later_is_never_owed() {
    let mut call = Call::default();
    call.talk(0, 60);
    call.interrupt(50);
    call.talk(60, 185);
    let overlap = long(1);
    let (was, class) = (Class::CutOff, Class::Backchannel);
    call.note(&Event::Reclassed { at: at(50), by: Channel::Agent, was, class, overlap });
    assert_eq!(call.lately(185).value, Measured::Known(100));
}

proptest! {
    /// The first two minutes of a call are all of it.
    #[test]
    fn of_a_young_call_both_are_the_same(
        starts in prop::collection::vec(0u32..120, 0..20),
        length in 1u32..=120,
    ) {
        let mut call = Call::default();
        for k in 0..length {
            call.talk(k, k + 1);
            starts.iter().filter(|&&start| start == k).for_each(|_| call.interrupt(k));
        }
        prop_assert_eq!(call.lately(length), call.so_far(length));
    }
}
