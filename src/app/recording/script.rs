//! A journal as it is played again: where to cut the sound, and what to do there.

use super::journal::{Journal, Mark};
use crate::core::event::Event;
use crate::core::frames::{Block, Gap};
use crate::core::pipeline::Pipeline;
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};

/// See the module.
#[derive(Clone, Debug)]
pub struct Script {
    steps: Vec<(SampleTime, Mark)>,
    /// Steps that were carried out.
    done: usize,
    missing: Sides<Option<(SampleTime, Gap)>>,
    end: Option<SampleTime>,
}

impl Script {
    /// What happened in the recorded call from a point of it on.
    pub fn new(journal: &Journal, from: SampleSpan) -> Self {
        let earlier = SampleTime::ZERO + from;
        // What began earlier holds at the beginning.
        let mut steps: Vec<_> = journal
            .marks
            .iter()
            .filter_map(|(at, mark)| Some((at.back(from), mark.after(earlier.since(*at))?)))
            .collect();
        // Gaps are noted where they begin; what lies in one was noted later.
        steps.sort_by_key(|(at, _)| *at);
        Self { steps, done: 0, missing: Sides::default(), end: journal.end.map(|end| end.back(from)) }
    }

    /// Feeds the next stretch, cut where something happened.
    pub fn push(&mut self, pipeline: &mut Pipeline, sides: Sides<&[f32]>, out: &mut Vec<Event>) {
        let (at, len) = (pipeline.now(), sides.agent.len());
        let mut from = 0;
        while from < len {
            let now = SampleTime::from_samples(at.samples() + from as u64);
            self.carry_out(pipeline, now, out);
            let to = self.next_cut(now).map_or(len, |cut| (cut.since(at).samples() as usize).min(len));
            let block = |side: Channel| match self.missing[side] {
                Some((until, why)) if now < until => Block::Missing(to - from, why),
                _ => Block::Samples(&sides[side][from..to]),
            };
            pipeline.push_blocks(block(Channel::Agent), block(Channel::Customer), out);
            from = to;
        }
    }

    /// Orders that came after the last sample, and the end.
    pub fn finish(
        mut self,
        mut pipeline: Pipeline,
        out: &mut Vec<Event>,
    ) -> crate::core::summary::CallSummary {
        let now = pipeline.now();
        self.carry_out(&mut pipeline, now, out);
        pipeline.finish_at(self.end.unwrap_or(now), out)
    }

    fn carry_out(&mut self, pipeline: &mut Pipeline, now: SampleTime, out: &mut Vec<Event>) {
        while let Some((at, mark)) = self.steps.get(self.done).copied().filter(|(at, _)| *at <= now) {
            self.done += 1;
            match mark {
                Mark::Missing(side, span, why) => self.missing[side] = Some((at + span, why)),
                Mark::Order(order) => pipeline.order(order, out),
                Mark::Settings(settings) => pipeline.apply(settings, out),
            }
        }
    }

    /// The next point after `now` at which something changes.
    fn next_cut(&self, now: SampleTime) -> Option<SampleTime> {
        let step = self.steps.get(self.done).map(|(at, _)| *at);
        let ends = Channel::BOTH.iter().filter_map(|&side| self.missing[side].map(|(until, _)| until));
        ends.chain(step).filter(|at| now < *at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::Order;
    use crate::core::pipeline::{Past, Settings};

    fn noise(len: usize) -> Vec<f32> {
        (0..len).map(|k| ((k * 7919) % 1000) as f32 / 5000.0 - 0.1).collect()
    }

    #[test]
    fn a_played_journal_gives_the_same_events_however_it_is_cut() {
        let (agent, customer) = (noise(48_000), noise(48_000));
        let mut live = Pipeline::new(Settings::default(), Past::default());
        let mut events = Vec::new();
        live.push(&agent[..12_345], &customer[..12_345], &mut events);
        live.order(Order::Hold(true), &mut events);
        live.push_blocks(
            Block::Samples(&agent[12_345..20_000]),
            Block::Missing(7_655, Gap::Lost),
            &mut events,
        );
        live.order(Order::Hold(false), &mut events);
        live.push(&agent[20_000..], &customer[20_000..], &mut events);
        live.finish_at(SampleTime::from_samples(47_000), &mut events);

        let at = SampleTime::from_samples;
        let missing = Mark::Missing(Channel::Customer, SampleSpan::from_samples(7_655), Gap::Lost);
        let journal = Journal {
            version: String::new(),
            config_hash: String::new(),
            settings: Settings::default(),
            past: Past::default(),
            marks: vec![
                (at(12_345), Mark::Order(Order::Hold(true))),
                (at(12_345), missing),
                (at(20_000), Mark::Order(Order::Hold(false))),
            ],
            end: Some(at(47_000)),
        };
        for chunk in [1000, 4801, 48_000] {
            let mut script = Script::new(&journal, SampleSpan::ZERO);
            let mut pipeline = Pipeline::new(Settings::default(), Past::default());
            let mut again = Vec::new();
            for from in (0..48_000).step_by(chunk) {
                let to = (from + chunk).min(48_000);
                let sides = Sides { agent: &agent[from..to], customer: &customer[from..to] };
                script.push(&mut pipeline, sides, &mut again);
            }
            script.finish(pipeline, &mut again);
            assert_eq!(again, events, "chunks of {chunk}");
        }
    }
}
