//! What each channel is worth: what it carries, whether the two can be told apart,
//! and whether they look swapped.

use super::{HISTORY, Pipeline};
use crate::core::activity::likeness::LeakFrame;
use crate::core::activity::liveness::{Change, Evidence, State};
use crate::core::event::Event;
use crate::core::pipeline::bandwidth::{ROOM, TELEPHONE};
use crate::core::units::{Channel, SampleTime, Sides};

impl Pipeline {
    pub(super) fn judge_channels(&mut self, frame: u64, speaks: Sides<bool>, out: &mut Vec<Event>) {
        self.compare_channels(frame, speaks);
        for who in Channel::BOTH {
            let side = &mut self.sides[who];
            let change = side.liveness.process(
                frame,
                &Evidence {
                    missing: side.missing[frame as usize % HISTORY],
                    power: side.voice.at(frame).power,
                    zeros: side.voice.at(frame).zeros,
                    speaks: speaks[who],
                    other_speaks: speaks[who.other()],
                },
            );
            self.tell_state(who, frame, change, out);
        }
    }

    fn compare_channels(&mut self, frame: u64, speaks: Sides<bool>) {
        let level = |side| self.activity.level(side, frame);
        self.same_audio.process(
            level(Channel::Agent),
            level(Channel::Customer),
            speaks.agent || speaks.customer,
        );
        if speaks.customer && !speaks.agent {
            self.leak.process(&LeakFrame {
                microphone: level(Channel::Agent),
                floor: self.activity.levels(Channel::Agent).floor,
                customer: level(Channel::Customer),
                reference: self.activity.reference(frame),
                coupling: self.activity.echo().coupling(),
            });
        }
    }

    /// Tells the state of a channel where it changed: what it carries, or that
    /// the two cannot be told apart.
    fn tell_state(&mut self, who: Channel, frame: u64, change: Option<Change>, out: &mut Vec<Event>) {
        let own = self.sides[who].liveness.state();
        let state = self.combined(who, own);
        if state != self.states[who] {
            self.states[who] = state;
            let since = change.filter(|c| c.state == state).map_or(frame, |c| c.since);
            let (since, decided) = (SampleTime::from_frame(since), self.now_frame());
            out.push(Event::Channel { who, state, since, decided });
        }
    }

    pub(super) fn combined(&self, who: Channel, own: State) -> State {
        let alive = matches!(own, State::Live | State::Silent | State::Unknown);
        if alive && self.same_audio.verdict() == Some(true) {
            State::SameAudio
        } else if alive && who == Channel::Agent && self.leak.is_leaking() {
            State::Leaking
        } else {
            own
        }
    }

    /// The telephone band belongs to the customer, who came over the telephone.
    pub(super) fn looks_swapped(&self) -> bool {
        let above = |who: Channel| self.sides[who].bandwidth.above_db();
        match (above(Channel::Agent), above(Channel::Customer)) {
            (Some(agent), Some(customer)) => agent < TELEPHONE && ROOM < customer,
            _ => false,
        }
    }
}
