//! The end of a call: everything open is closed, and what it came to is summed up.

use super::{Pipeline, heard, tell_spurt, tell_talk};
use crate::core::event::Event;
use crate::core::frames::{Frame, Gap};
use crate::core::score::Score;
use crate::core::summary::CallSummary;
use crate::core::tally::Facts;
use crate::core::units::{Channel, SampleTime, Sides};

impl Pipeline {
    /// The call ends: everything open is closed, and summed up.
    pub fn finish(self, out: &mut Vec<Event>) -> CallSummary {
        let now = self.framer.now();
        self.finish_at(now, out)
    }

    /// The same where it turns out that the call had ended at `end` already:
    /// what came after that belongs to nobody. Speech is never cut off: where
    /// somebody spoke later, the call ends with their last word.
    pub fn finish_at(mut self, end: SampleTime, out: &mut Vec<Event>) -> CallSummary {
        let now = self.framer.now();
        self.drain(now.frame(), out);
        let end = end.max(self.last_word()).min(now);
        let from = out.len();
        self.close(end, out);
        self.policy.finish(end, out);
        out.push(Event::Ended { at: end });
        self.pass_on(&out[from..]);
        let facts = self.facts();
        self.summary.finish(&facts)
    }

    /// The end of the last frame in which somebody spoke.
    fn last_word(&self) -> SampleTime {
        let last = Channel::BOTH.iter().filter_map(|&side| self.sides[side].last_spoken).max();
        SampleTime::from_frame(last.map_or(0, |frame| frame + 1))
    }

    /// The score of what is settled so far.
    pub fn score(&self) -> Score {
        self.summary.so_far(self.now(), &self.facts())
    }

    /// The same of the last two minutes alone: what is over no longer weighs on it.
    pub fn score_lately(&self) -> Score {
        self.summary.lately(self.now(), &self.facts())
    }

    /// Nothing more comes: empty frames push the last real ones through.
    fn drain(&mut self, total: u64, out: &mut Vec<Event>) {
        self.total = Some(total);
        let mut empty = Frame { index: self.come, ..Frame::default() };
        for side in Channel::BOTH {
            empty.sides[side].missing = Some(Gap::NoDevice);
        }
        while self.done < total {
            self.take(&empty);
            empty.index += 1;
            while self.done < self.activity.settled().min(total) {
                self.step(self.done, out);
                self.done += 1;
            }
        }
    }

    fn close(&mut self, end: SampleTime, out: &mut Vec<Event>) {
        for who in Channel::BOTH {
            tell_spurt(who, self.sides[who].spurts.finish(), end, out);
        }
        let heard = heard(&self.activity, &self.same_audio, &self.leak, end);
        self.overlaps.finish(&heard, out);
        tell_talk(self.talk.finish(end.frame()), out);
        self.agent.finish(end, out);
    }

    fn facts(&self) -> Facts {
        let heard = heard(&self.activity, &self.same_audio, &self.leak, self.now_frame());
        let (nuclei, phonation) = self.agent.phonation();
        let audible = |db: &f32| -30.0 < *db;
        Facts {
            verdicts: Sides::from_fn(|who| self.combined(who, self.sides[who].liveness.verdict())),
            leak_db: self.leak.leak_db().filter(audible),
            reliability: self.overlaps.worth(&heard),
            agc: self.agent.has_agc(),
            looks_swapped: self.looks_swapped(),
            nuclei,
            phonation,
            normal: self.agent.baseline().normal(),
            standing: self.agent.baseline().standing(),
            harvest: self.agent.baseline().harvest(),
        }
    }
}
