//! How long somebody holds forth, and how long nobody says anything.

use crate::core::units::{Channel, Sides};

/// Constants. Lengths in 10 ms frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A monologue goes on over pauses up to this ...
    pub monologue_gap: u64,
    /// ... and over remarks of the other that are shorter than this.
    pub remark: u64,
    /// Both silent for longer than this is a silence.
    pub silence: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { monologue_gap: 300, remark: 100, silence: 300 }
    }
}

/// A stretch that ended: first frame and the one after the last.
pub type Stretch = (u64, u64);

/// What a frame ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// A monologue of each side.
    pub monologue: Sides<Option<Stretch>>,
    /// A silence.
    pub silence: Option<Stretch>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Side {
    /// The monologue: first and last frame.
    monologue: Option<(u64, u64)>,
    /// Speech of the utterance in progress, and its last frame.
    utterance: u64,
    last: Option<u64>,
}

/// A pause that an utterance survives: 450 ms, as in the rule of overlaps.
const UTTERANCE_GAP: u64 = 45;

/// Follows monologues and silences.
#[derive(Clone, Debug)]
pub struct Talk {
    settings: Settings,
    sides: Sides<Side>,
    silent_from: Option<u64>,
}

impl Talk {
    /// Nobody has spoken yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, sides: Sides::default(), silent_from: None }
    }

    /// Changes the constants from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Takes the next frame. `counts` is false where silence says nothing:
    /// on hold, paused, or with a channel that cannot be heard.
    pub fn process(&mut self, frame: u64, speaks: Sides<bool>, counts: bool) -> Ended {
        let mut ended = Ended::default();
        for side in Channel::BOTH {
            self.speak(frame, side, speaks[side]);
        }
        for side in Channel::BOTH {
            ended.monologue[side] = self.hold_forth(frame, side, speaks[side]);
        }
        ended.silence = self.be_silent(frame, speaks.agent || speaks.customer, counts);
        ended
    }

    /// What `side` seems to say is no speech: forgets its monologue.
    pub fn withdraw(&mut self, side: Channel) {
        self.sides[side] = Side::default();
    }

    /// The call ends before `frame`.
    pub fn finish(&mut self, frame: u64) -> Ended {
        let silence =
            self.silent_from.take().filter(|from| self.settings.silence < frame.saturating_sub(*from));
        Ended {
            monologue: Sides::from_fn(|side| {
                self.sides[side].monologue.take().map(|(from, last)| (from, last + 1))
            }),
            silence: silence.map(|from| (from, frame)),
        }
    }

    /// Length of the monologue of a side up to its last word, in frames.
    pub fn monologue_frames(&self, side: Channel) -> u64 {
        self.sides[side].monologue.map_or(0, |(from, last)| last + 1 - from)
    }

    /// How long nobody has spoken, in frames.
    pub fn silent_frames(&self, frame: u64) -> u64 {
        self.silent_from.map_or(0, |from| frame + 1 - from)
    }

    fn speak(&mut self, frame: u64, side: Channel, speaks: bool) {
        let state = &mut self.sides[side];
        if !speaks {
            return;
        }
        if state.last.is_none_or(|last| UTTERANCE_GAP < frame - last) {
            state.utterance = 0;
        }
        state.utterance += 1;
        state.last = Some(frame);
    }

    fn hold_forth(&mut self, frame: u64, side: Channel, speaks: bool) -> Option<Stretch> {
        let other = self.sides[side.other()];
        let other_talks = other.last == Some(frame) && self.settings.remark <= other.utterance;
        let state = &mut self.sides[side];
        let (from, last) = match state.monologue {
            None if speaks && !other_talks => (frame, frame),
            None => return None,
            Some((from, _)) if speaks && !other_talks => (from, frame),
            Some(m) => m,
        };
        let over = other_talks || self.settings.monologue_gap < frame - last;
        state.monologue = (!over).then_some((from, last));
        over.then_some((from, last + 1))
    }

    fn be_silent(&mut self, frame: u64, anybody: bool, counts: bool) -> Option<Stretch> {
        if !anybody && counts {
            self.silent_from.get_or_insert(frame);
            return None;
        }
        let from = self.silent_from.take()?;
        (self.settings.silence < frame - from).then_some((from, frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One character is 500 ms.
    fn run(agent: &str, customer: &str) -> (Vec<Stretch>, Vec<Stretch>, Vec<Stretch>) {
        let mut talk = Talk::new(Settings::default());
        let (mut a, mut c, mut silences) = (vec![], vec![], vec![]);
        let on = |s: &str, frame: usize| s.as_bytes().get(frame / 50) == Some(&b'#');
        let frames = agent.len().max(customer.len()) * 50;
        let mut take = |ended: Ended| {
            a.extend(ended.monologue.agent);
            c.extend(ended.monologue.customer);
            silences.extend(ended.silence);
        };
        for f in 0..frames {
            take(talk.process(f as u64, Sides { agent: on(agent, f), customer: on(customer, f) }, true));
        }
        take(talk.finish(frames as u64));
        (a, c, silences)
    }

    #[test]
    fn pauses_and_remarks_do_not_end_a_monologue() {
        let (agent, ..) = run("####.....####..#####", "....#...............");
        assert_eq!(agent, [(0, 1000)]);
    }

    #[test]
    fn a_real_answer_ends_it() {
        let (agent, customer, _) = run("######......######", "......####........");
        assert_eq!(agent, [(0, 300), (600, 900)]);
        assert_eq!(customer, [(300, 500)]);
    }

    #[test]
    fn a_silence_is_longer_than_three_seconds() {
        let (.., silences) = run("####.......####", "...............");
        assert_eq!(silences, [(200, 550)]);
        let (.., silences) = run("####......####", "..............");
        assert_eq!(silences, []);
    }

    #[test]
    fn silence_that_does_not_count_is_none() {
        let mut talk = Talk::new(Settings::default());
        for f in 0..1000 {
            assert_eq!(talk.process(f, Sides::default(), false).silence, None);
        }
        assert_eq!((talk.silent_frames(999), talk.finish(1000).silence), (0, None));
    }

    #[test]
    fn what_is_going_on_can_be_read() {
        let mut talk = Talk::new(Settings::default());
        for f in 0..250 {
            talk.process(f, Sides { agent: f < 200, customer: false }, true);
        }
        assert_eq!(talk.monologue_frames(Channel::Agent), 200);
        assert_eq!(talk.silent_frames(249), 50);
    }
}
