//! Whether a channel carries anything, from evidence alone: samples that came,
//! their level, speech that was heard. Never from what somebody meant to
//! record.

pub use crate::core::event::State;
use crate::core::frames::Gap;

/// Constants. Lengths in 10 ms frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Samples missing for this long: dead.
    pub dead: u64,
    /// Zeros for this long while the other side talks.
    pub zeros_while_talk: u64,
    /// Zeros for this long in any case.
    pub zeros: u64,
    /// No speech for this long from the beginning: silent.
    pub silent: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { dead: 150, zeros_while_talk: 300, zeros: 3000, silent: 500 }
    }
}

/// Below this a channel carries nothing, as a power: -90 dBFS.
pub const NOTHING: f32 = 1e-9;

/// Speech of the other side, in frames, that makes zeros suspicious.
const SOME_TALK: u64 = 100;
/// A channel that was seen to fall to zeros between its own speech this often
/// mutes its pauses: its zeros mean nothing before `zeros`.
const GATED: u32 = 3;
/// Zeros shorter than this are no pause.
const SHORT_ZEROS: u64 = 20;

/// One frame of a channel.
#[derive(Clone, Copy, Debug)]
pub struct Evidence {
    /// Why nothing came, if nothing came.
    pub missing: Option<Gap>,
    /// Mean power, 1.0 = full scale.
    pub power: f32,
    /// Every sample is exactly zero.
    pub zeros: bool,
    /// Speech in this channel.
    pub speaks: bool,
    /// Speech in the other one.
    pub other_speaks: bool,
}

/// A stretch in which a channel was in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The state that begins.
    pub state: State,
    /// Its first frame; earlier than the frame that told.
    pub since: u64,
}

/// Watches one channel.
#[derive(Clone, Debug, Default)]
pub struct Liveness {
    settings: Settings,
    state: State,
    missing_from: Option<u64>,
    /// Less than -90 dBFS since then, and exact zeros since then.
    nothing_from: Option<u64>,
    zeros_from: Option<u64>,
    talk_in_zeros: u64,
    muted_pauses: u32,
    heard: bool,
    totals: Totals,
}

#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    frames: u64,
    missing: u64,
    zeros: u64,
    speech: u64,
}

impl Liveness {
    /// A channel of which nothing is known.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Changes the constants from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// The state at the moment.
    pub const fn state(&self) -> State {
        self.state
    }

    /// Takes the next frame and tells a change.
    pub fn process(&mut self, frame: u64, evidence: &Evidence) -> Option<Change> {
        self.count(evidence);
        self.track(frame, evidence);
        let next = self.judge(frame);
        (next.state != self.state).then(|| {
            self.state = next.state;
            next
        })
    }

    /// The verdict over everything heard so far.
    pub fn verdict(&self) -> State {
        let t = &self.totals;
        let present = t.frames - t.missing;
        if SOME_TALK <= t.speech {
            State::Live
        } else if t.frames == 0 {
            State::Unknown
        } else if t.frames < 2 * t.missing {
            State::Dead
        } else if present < 2 * t.zeros {
            State::Zeros
        } else if self.settings.silent <= present {
            State::Silent
        } else {
            State::Unknown
        }
    }

    fn count(&mut self, evidence: &Evidence) {
        self.totals.frames += 1;
        self.totals.missing += u64::from(evidence.missing.is_some());
        self.totals.zeros += u64::from(evidence.missing.is_none() && evidence.power < NOTHING);
        self.totals.speech += u64::from(evidence.speaks);
        self.heard |= SOME_TALK / 4 <= self.totals.speech;
    }

    fn track(&mut self, frame: u64, evidence: &Evidence) {
        match evidence.missing {
            // Paused on purpose says nothing of the channel.
            Some(Gap::Paused) | None => self.missing_from = None,
            Some(Gap::Lost | Gap::NoDevice | Gap::Damaged) => {
                self.missing_from.get_or_insert(frame);
            }
        }
        let nothing = evidence.missing.is_none() && evidence.power < NOTHING;
        if nothing {
            self.nothing_from.get_or_insert(frame);
        } else {
            self.nothing_from = None;
        }
        if nothing && evidence.zeros {
            self.zeros_from.get_or_insert(frame);
            self.talk_in_zeros += u64::from(evidence.other_speaks);
        } else {
            self.end_zeros(frame);
        }
    }

    fn end_zeros(&mut self, frame: u64) {
        if self.zeros_from.take().is_some_and(|from| self.heard && SHORT_ZEROS < frame - from) {
            self.muted_pauses += 1;
        }
        self.talk_in_zeros = 0;
    }

    fn judge(&self, frame: u64) -> Change {
        let s = &self.settings;
        if let Some(from) = self.missing_from.filter(|from| s.dead <= frame + 1 - from) {
            return Change { state: State::Dead, since: from };
        }
        if let Some(from) = self.zeros_since(frame) {
            return Change { state: State::Zeros, since: from };
        }
        // Zeros or a loss that are too short to call leave the state as it is.
        let undecided = self.missing_from.is_some() || self.nothing_from.is_some();
        if undecided && matches!(self.state, State::Dead | State::Zeros) {
            return Change { state: self.state, since: frame };
        }
        if self.heard {
            Change { state: State::Live, since: frame }
        } else if s.silent <= self.totals.frames - self.totals.missing - self.totals.zeros {
            Change { state: State::Silent, since: 0 }
        } else {
            Change { state: State::Unknown, since: frame }
        }
    }

    /// Exact zeros while the other side talks are told soon; a gate or a codec
    /// that makes pauses very quiet is given longer.
    fn zeros_since(&self, frame: u64) -> Option<u64> {
        let suspicious = SOME_TALK <= self.talk_in_zeros && self.muted_pauses < GATED;
        let soon =
            self.zeros_from.filter(|from| suspicious && self.settings.zeros_while_talk <= frame + 1 - from);
        soon.or(self.nothing_from.filter(|from| self.settings.zeros <= frame + 1 - from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: Evidence =
        Evidence { missing: None, power: 1e-6, zeros: false, speaks: false, other_speaks: false };
    const SPEECH: Evidence = Evidence { speaks: true, power: 1e-3, ..SOUND };
    const ZEROS: Evidence = Evidence { power: 0.0, zeros: true, ..SOUND };
    const ZEROS_AND_TALK: Evidence = Evidence { other_speaks: true, ..ZEROS };
    const LOST: Evidence = Evidence { missing: Some(Gap::Lost), ..ZEROS };

    fn changes(parts: &[(Evidence, u64)]) -> (Vec<(State, u64)>, State) {
        let mut liveness = Liveness::new(Settings::default());
        let mut out = Vec::new();
        let frames = parts.iter().flat_map(|(e, n)| std::iter::repeat_n(*e, *n as usize));
        for (frame, evidence) in frames.enumerate() {
            if let Some(change) = liveness.process(frame as u64, &evidence) {
                out.push((change.state, change.since));
            }
        }
        (out, liveness.verdict())
    }

    #[test]
    fn speech_makes_a_channel_live() {
        let (changes, verdict) = changes(&[(SOUND, 100), (SPEECH, 200)]);
        assert_eq!(changes, [(State::Live, 124)]);
        assert_eq!(verdict, State::Live);
    }

    #[test]
    fn sound_without_speech_is_silent_after_five_seconds() {
        let (changes, verdict) = changes(&[(SOUND, 1000)]);
        assert_eq!((changes, verdict), (vec![(State::Silent, 0)], State::Silent));
    }

    #[test]
    fn r07_zeros_while_the_other_side_talks_are_told_after_three_seconds() {
        let (got, verdict) = changes(&[(SPEECH, 300), (ZEROS_AND_TALK, 500), (SPEECH, 100)]);
        assert_eq!(got, [(State::Live, 24), (State::Zeros, 300), (State::Live, 800)]);
        assert_eq!(verdict, State::Live);
        let (got, verdict) = changes(&[(ZEROS_AND_TALK, 1000)]);
        assert_eq!((got[0], verdict), ((State::Zeros, 0), State::Zeros));
    }

    #[test]
    fn zeros_in_mutual_silence_are_told_after_thirty() {
        let (got, _) = changes(&[(SPEECH, 300), (ZEROS, 3100)]);
        assert_eq!(got, [(State::Live, 24), (State::Zeros, 300)]);
        assert_eq!(changes(&[(SPEECH, 300), (ZEROS, 2900)]).0.len(), 1);
    }

    #[test]
    fn a_channel_that_mutes_its_pauses_is_not_called_dead_in_a_long_one() {
        let pause = (ZEROS_AND_TALK, 100);
        let parts = [
            (SPEECH, 300),
            pause,
            (SPEECH, 100),
            pause,
            (SPEECH, 100),
            pause,
            (SPEECH, 100),
            (ZEROS_AND_TALK, 2000),
        ];
        assert_eq!(changes(&parts).0, [(State::Live, 24)]);
    }

    #[test]
    fn samples_that_do_not_come_are_dead_after_a_second_and_a_half() {
        let (got, verdict) = changes(&[(SPEECH, 300), (LOST, 1000)]);
        assert_eq!(got, [(State::Live, 24), (State::Dead, 300)]);
        assert_eq!(verdict, State::Live);
        assert_eq!(changes(&[(LOST, 1000)]).1, State::Dead);
    }

    #[test]
    fn a_noise_gate_that_leaves_a_trace_of_sound_is_given_thirty_seconds() {
        let gated = Evidence { power: 1e-10, zeros: false, ..ZEROS_AND_TALK };
        assert_eq!(changes(&[(SPEECH, 300), (gated, 2900)]).0, [(State::Live, 24)]);
        assert_eq!(changes(&[(SPEECH, 300), (gated, 3100)]).0.len(), 2);
    }

    #[test]
    fn a_pause_on_purpose_is_no_death() {
        let paused = Evidence { missing: Some(Gap::Paused), ..ZEROS };
        assert_eq!(changes(&[(SPEECH, 300), (paused, 1000)]).0, [(State::Live, 24)]);
    }
}
