//! What is known of one side's time: runs of sound with holes between them,
//! handed out from the front. Time only goes forward: sound for a time that is
//! over is dropped and counted, and moves nothing.

use std::collections::VecDeque;

use crate::core::frames::Gap;

/// What one side has at a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Sound, up to here.
    Sound(u64),
    /// Nothing came, up to here, where sound begins again.
    Missing(u64, Gap),
    /// Nothing is known yet.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    start: u64,
    len: u64,
    /// Why the time before it is empty.
    before: Gap,
}

/// One side's sound that was placed and not yet taken.
#[derive(Debug, Default)]
pub(super) struct Queue {
    runs: VecDeque<Run>,
    samples: VecDeque<f32>,
    /// Up to here all is said: sound before it comes too late.
    over: u64,
    late: u64,
    opening: Option<Gap>,
}

impl Queue {
    /// The next sound begins a run of its own; `before` says why what lies
    /// between is empty.
    pub(super) fn open(&mut self, before: Gap) {
        self.opening = Some(before);
    }

    /// One sample of sound at its time.
    pub(super) fn put(&mut self, at: i64, sample: f32) {
        let Ok(at) = u64::try_from(at) else { return };
        if at < self.end() {
            self.late += 1;
            return;
        }
        let before = self.opening.take();
        match self.runs.back_mut() {
            Some(run) if run.start + run.len == at => run.len += 1,
            Some(_) | None => {
                let before = before.unwrap_or(Gap::Lost);
                self.runs.push_back(Run { start: at, len: 1, before });
            }
        }
        self.samples.push_back(sample);
    }

    /// Drops all sound from `since` on.
    pub(super) fn forget(&mut self, since: u64) {
        while let Some(run) = self.runs.back_mut() {
            let keep = since.saturating_sub(run.start).min(run.len);
            let drop = usize::try_from(run.len - keep).unwrap_or(usize::MAX);
            self.samples.truncate(self.samples.len().saturating_sub(drop));
            run.len = keep;
            if 0 < keep {
                break;
            }
            self.runs.pop_back();
        }
    }

    /// Samples that came too late to be placed.
    pub(super) fn late(&self) -> u64 {
        self.late
    }

    /// The end of what is known.
    pub(super) fn end(&self) -> u64 {
        self.runs.back().map_or(self.over, |run| run.start + run.len)
    }

    /// What is known at `from`, which nothing before is asked of any more.
    pub(super) fn known(&self, from: u64) -> Known {
        match self.runs.front() {
            None => Known::Nothing,
            Some(run) if run.start <= from => Known::Sound(run.start + run.len),
            Some(run) => Known::Missing(run.start, run.before),
        }
    }

    /// Takes the sound of `from..to`, which is all there.
    pub(super) fn take(&mut self, to: u64, out: &mut Vec<f32>) {
        let count = self.advance(to);
        out.extend(self.samples.drain(..count));
    }

    /// Lets time pass up to `to`, whatever there was.
    pub(super) fn pass(&mut self, to: u64) {
        let count = self.advance(to);
        self.samples.drain(..count);
    }

    /// Moves the front to `to`; returns how many samples lay before it.
    fn advance(&mut self, to: u64) -> usize {
        let mut count = 0;
        self.over = self.over.max(to);
        while let Some(run) = self.runs.front_mut() {
            let part = to.saturating_sub(run.start).min(run.len);
            count += part;
            (run.start, run.len) = (run.start + part, run.len - part);
            if 0 < run.len {
                break;
            }
            self.runs.pop_front();
        }
        usize::try_from(count).unwrap_or(usize::MAX).min(self.samples.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(runs: &[(i64, usize)]) -> Queue {
        let mut queue = Queue::default();
        for &(start, len) in runs {
            queue.open(Gap::NoDevice);
            (0..len).for_each(|k| queue.put(start + k as i64, 0.5));
        }
        queue
    }

    #[test]
    fn sound_and_holes_are_told_in_their_order() {
        let mut queue = filled(&[(10, 5), (20, 5)]);
        assert_eq!(queue.known(0), Known::Missing(10, Gap::NoDevice));
        queue.pass(10);
        assert_eq!(queue.known(10), Known::Sound(15));
        let mut out = Vec::new();
        queue.take(15, &mut out);
        assert_eq!((out.len(), queue.known(15)), (5, Known::Missing(20, Gap::NoDevice)));
        queue.pass(25);
        assert_eq!(queue.known(25), Known::Nothing);
    }

    #[test]
    fn what_comes_for_a_time_that_is_over_is_counted_and_moves_nothing() {
        let mut queue = Queue::default();
        queue.pass(100);
        (90..110).for_each(|at| queue.put(at, 0.5));
        assert_eq!((queue.late(), queue.known(100)), (10, Known::Sound(110)));
    }

    #[test]
    fn sound_before_the_call_is_no_loss() {
        let mut queue = Queue::default();
        (-10..10).for_each(|at| queue.put(at, 0.5));
        assert_eq!((queue.late(), queue.known(0)), (0, Known::Sound(10)));
    }

    #[test]
    fn r01_doubtful_sound_is_forgotten_from_a_moment_on() {
        let mut queue = filled(&[(0, 10), (20, 10), (40, 10)]);
        queue.forget(25);
        queue.pass(20);
        let mut out = Vec::new();
        queue.take(25, &mut out);
        assert_eq!((out.len(), queue.known(25)), (5, Known::Nothing));
    }

    #[test]
    fn a_run_may_be_taken_in_parts() {
        let mut queue = filled(&[(0, 10)]);
        let mut out = Vec::new();
        queue.take(4, &mut out);
        queue.take(10, &mut out);
        assert_eq!((out.len(), queue.end()), (10, 10));
    }
}
