//! Talk spurts as they are shown and counted: speech with gaps of less than
//! 250 ms bridged, runs of less than 100 ms dropped, nothing padded.

use crate::core::units::{SampleSpan, SampleTime};

/// Constants of the display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Gaps shorter than this do not end a spurt.
    pub bridge: SampleSpan,
    /// Shorter runs are no spurt.
    pub shortest: SampleSpan,
}

impl Default for Settings {
    fn default() -> Self {
        Self { bridge: SampleSpan::from_millis(250), shortest: SampleSpan::from_millis(100) }
    }
}

/// A start or an end of a spurt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Speech began here.
    Started(SampleTime),
    /// A spurt that began at `.0` ended at `.1`.
    Ended(SampleTime, SampleTime),
}

/// Builds the spurts of one side from its frames.
#[derive(Clone, Copy, Debug)]
pub struct Spurts {
    bridge: u64,
    shortest: u64,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Quiet,
    /// From, last: long enough not yet.
    Maybe(u64, u64),
    Speech(u64, u64),
}

impl Spurts {
    /// Quiet so far.
    pub fn new(settings: &Settings) -> Self {
        let mut spurts = Self { bridge: 0, shortest: 0, state: State::Quiet };
        spurts.set(settings);
        spurts
    }

    /// Changes the constants from the next frame on.
    pub fn set(&mut self, settings: &Settings) {
        self.bridge = settings.bridge.frames().max(1);
        self.shortest = settings.shortest.frames();
    }

    /// Takes the next frame.
    pub fn process(&mut self, frame: u64, speaks: bool) -> Option<Edge> {
        let (state, edge) = match (self.state, speaks) {
            (State::Quiet, true) => self.grow(frame, frame),
            (State::Maybe(from, _), true) => self.grow(from, frame),
            (State::Speech(from, _), true) => (State::Speech(from, frame), None),
            (State::Maybe(_, last), false) if self.bridge <= frame - last => (State::Quiet, None),
            (State::Speech(from, last), false) if self.bridge <= frame - last => {
                (State::Quiet, Some(ended(from, last)))
            }
            (state, false) => (state, None),
        };
        self.state = state;
        edge
    }

    /// What seemed to be said was no speech: forgets the open spurt.
    pub fn withdraw(&mut self) {
        self.state = State::Quiet;
    }

    /// The call ends.
    pub fn finish(&mut self) -> Option<Edge> {
        let edge = match self.state {
            State::Speech(from, last) => Some(ended(from, last)),
            State::Quiet | State::Maybe(..) => None,
        };
        self.state = State::Quiet;
        edge
    }

    /// Whether `frame`, the newest, lies inside a spurt; the gap after the last
    /// word counts until it is too long.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Speech(..))
    }

    /// First frame of the open spurt.
    pub const fn open_from(&self) -> Option<u64> {
        match self.state {
            State::Speech(from, _) => Some(from),
            State::Quiet | State::Maybe(..) => None,
        }
    }

    fn grow(&self, from: u64, frame: u64) -> (State, Option<Edge>) {
        if frame + 1 - from < self.shortest {
            (State::Maybe(from, frame), None)
        } else {
            (State::Speech(from, frame), Some(Edge::Started(SampleTime::from_frame(from))))
        }
    }
}

fn ended(from: u64, last: u64) -> Edge {
    Edge::Ended(SampleTime::from_frame(from), SampleTime::from_frame(last + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One character is 50 ms.
    fn edges(drawn: &str) -> Vec<(u64, u64)> {
        let mut spurts = Spurts::new(&Settings::default());
        let mut out = Vec::new();
        let frames = drawn.chars().flat_map(|c| std::iter::repeat_n(c == '#', 5));
        for (frame, speaks) in frames.enumerate() {
            if let Some(Edge::Ended(from, to)) = spurts.process(frame as u64, speaks) {
                out.push((from.frame(), to.frame()));
            }
        }
        if let Some(Edge::Ended(from, to)) = spurts.finish() {
            out.push((from.frame(), to.frame()));
        }
        out
    }

    #[test]
    fn short_gaps_are_bridged_and_longer_ones_are_not() {
        assert_eq!(edges("####....####"), [(0, 60)]);
        assert_eq!(edges("####.....####"), [(0, 20), (45, 65)]);
    }

    #[test]
    fn a_click_is_no_spurt() {
        assert_eq!(edges("...#......"), []);
        assert_eq!(edges("...##....."), [(15, 25)]);
    }

    #[test]
    fn what_is_open_at_the_end_is_closed() {
        assert_eq!(edges("..####"), [(10, 30)]);
    }

    #[test]
    fn the_start_is_told_once_it_is_long_enough() {
        let mut spurts = Spurts::new(&Settings::default());
        let told: Vec<_> = (0..20).filter_map(|f| spurts.process(f, true).map(|e| (f, e))).collect();
        assert_eq!(told, [(9, Edge::Started(SampleTime::ZERO))]);
    }
}
