//! What the customer does, each against their own first 30 s of speech. These
//! are observations ("higher than at the start"), never a guess at a feeling,
//! and they never enter the agent's score. Level is not among them: the far
//! end has usually been through an automatic gain (RFC 7874).

use crate::core::activity::stats::LevelWindow;
pub use crate::core::event::{Behaviour, Change};
use crate::core::measures::level::Loudness;

/// Constants; each behaviour has a threshold to begin and one to end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Rise in pitch, semitones.
    pub pitch_st: f32,
    /// Ends below this.
    pub pitch_leave_st: f32,
    /// Pace against the start.
    pub pace_ratio: f32,
    /// Ends below this.
    pub pace_leave_ratio: f32,
    /// Interruptions of the agent within a minute.
    pub interruptions_per_min: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pitch_st: 2.0,
            pitch_leave_st: 1.0,
            pace_ratio: 1.25,
            pace_leave_ratio: 1.12,
            interruptions_per_min: 2,
        }
    }
}

/// Own speech from which the customer's start is taken: 30 s, in frames.
const START: u64 = 3000;
/// Readings whose median is the pitch of the moment: the last 10 s of speech.
const RECENT: usize = 100;
/// Frames of a minute.
const MINUTE: u64 = 6000;
/// Pitch is kept in the classes of levels: 60 semitones lower.
const PITCH_SHIFT: f32 = 60.0;

/// Follows one customer.
#[derive(Clone, Debug)]
pub struct Customer {
    settings: Settings,
    start_pitch: LevelWindow<512>,
    recent_pitch: LevelWindow<RECENT>,
    start_rates: LevelWindow<64>,
    own: u64,
    interruptions: [Option<u64>; 8],
    active: [bool; 3],
}

/// Paces are kept in the classes of levels: ten classes to the syllable.
const PACE_SCALE: f32 = 5.0;
const PACE_SHIFT: f32 = 120.0;

impl Customer {
    /// A customer who has not spoken yet.
    pub const fn new(settings: Settings) -> Self {
        Self {
            settings,
            start_pitch: LevelWindow::new(),
            recent_pitch: LevelWindow::new(),
            start_rates: LevelWindow::new(),
            own: 0,
            interruptions: [None; 8],
            active: [false; 3],
        }
    }

    /// Changes the constants from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// How many behaviours are active: 0 to 3 without words.
    pub fn intensity(&self) -> u8 {
        self.active.iter().map(|&a| u8::from(a)).sum()
    }

    /// Whether a behaviour is active.
    pub const fn is_active(&self, behaviour: Behaviour) -> bool {
        self.active[behaviour as usize]
    }

    /// Notes an interruption of the agent.
    pub fn interrupted(&mut self, frame: u64) {
        self.interruptions.rotate_right(1);
        self.interruptions[0] = Some(frame);
    }

    /// Takes a frame in which the customer speaks.
    pub fn speak(&mut self, loudness: Option<Loudness>) {
        self.own += 1;
        let Some(pitch) = loudness.and_then(|l| l.pitch).filter(|_| self.own.is_multiple_of(10)) else {
            return;
        };
        self.recent_pitch.push(pitch - PITCH_SHIFT);
        if self.own <= START {
            self.start_pitch.push(pitch - PITCH_SHIFT);
        }
    }

    /// Once a second: the pace of the last 10 s of speech, where there is that
    /// much. Returns what began or ended.
    pub fn judge(&mut self, frame: u64, rate: Option<f32>) -> [Option<Change>; 3] {
        if let Some(rate) = rate.filter(|_| self.own <= START) {
            self.start_rates.push(rate * PACE_SCALE - PACE_SHIFT);
        }
        let interruptions =
            self.interruptions.iter().flatten().filter(|&&at| frame - at < MINUTE).count() as f32;
        let often = self.settings.interruptions_per_min as f32;
        let s = self.settings;
        [
            self.change(Behaviour::HigherPitch, self.rise(), s.pitch_st, s.pitch_leave_st),
            self.change(Behaviour::Faster, self.ratio(rate), s.pace_ratio, s.pace_leave_ratio),
            self.change(Behaviour::Interrupting, Some(interruptions), often, often),
        ]
        .map(|change| change.inspect(|c| self.active[c.behaviour as usize] = c.active))
    }

    /// Pitch now against the start, semitones; none before the start is known.
    fn rise(&self) -> Option<f32> {
        let known = START < self.own && 50 <= self.start_pitch.len() && 20 <= self.recent_pitch.len();
        known.then(|| self.recent_pitch.quantile(0.5) - self.start_pitch.quantile(0.5))
    }

    fn ratio(&self, rate: Option<f32>) -> Option<f32> {
        let known = START < self.own && 3 <= self.start_rates.len();
        let start = (self.start_rates.quantile(0.5) + PACE_SHIFT) / PACE_SCALE;
        rate.filter(|_| known && 0.5 < start).map(|rate| rate / start)
    }

    /// What cannot be told leaves things as they were.
    fn change(&self, behaviour: Behaviour, amount: Option<f32>, enter: f32, leave: f32) -> Option<Change> {
        let amount = amount?;
        let was = self.is_active(behaviour);
        let active = if was { leave <= amount } else { enter <= amount };
        (active != was).then_some(Change { behaviour, active, amount })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speak(customer: &mut Customer, pitch: f32, rate: f32, seconds: u64) -> Vec<Change> {
        let mut out = Vec::new();
        for second in 0..seconds {
            for _ in 0..100 {
                customer.speak(Some(Loudness {
                    level: -25.0,
                    newest: -25.0,
                    tilt: -8.0,
                    pitch: Some(pitch),
                }));
            }
            out.extend(customer.judge(second * 100, Some(rate)).into_iter().flatten());
        }
        out
    }

    #[test]
    fn nothing_is_said_of_the_first_30_seconds() {
        let mut customer = Customer::new(Settings::default());
        assert_eq!(speak(&mut customer, 5.0, 4.0, 15), []);
        assert_eq!(speak(&mut customer, 12.0, 8.0, 14), []);
    }

    #[test]
    fn pitch_and_pace_are_judged_against_the_own_start() {
        let mut customer = Customer::new(Settings::default());
        speak(&mut customer, 5.0, 4.0, 31);
        let got = speak(&mut customer, 8.0, 5.2, 20);
        let seen: Vec<_> = got.iter().map(|c| (c.behaviour, c.active)).collect();
        assert!(
            seen.contains(&(Behaviour::HigherPitch, true)) && seen.contains(&(Behaviour::Faster, true)),
            "{got:?}"
        );
        assert_eq!(customer.intensity(), 2);
        let got = speak(&mut customer, 5.0, 4.0, 20);
        assert_eq!((got.len(), customer.intensity()), (2, 0));
    }

    #[test]
    fn two_interruptions_in_a_minute_are_interrupting() {
        let mut customer = Customer::new(Settings::default());
        customer.interrupted(100);
        assert_eq!(customer.judge(200, None), [None; 3]);
        customer.interrupted(900);
        let change = customer.judge(1000, None)[2].unwrap();
        assert!(change.active && change.amount == 2.0);
        assert!(!customer.judge(7000, None)[2].unwrap().active);
    }
}
