//! What is normal for this agent: level, tilt, pitch and pace. Earned over
//! calls on the same device where there is that much, else taken from the
//! beginning of the call and then called provisional.
//!
//! Speech while the customer talks is left out: people speak up against
//! others. Windows already flagged as raised or fast never move a baseline, so
//! that shouting cannot become normal.

use crate::core::activity::stats::LevelWindow;
pub use crate::core::event::{Normal, Standing};
use crate::core::measures::level::Loudness;

/// Constants of the baseline. Lengths in 10 ms frames of own speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// From here on the call's own beginning serves as a baseline, with
    /// stricter thresholds.
    pub usable_frames: u64,
    /// From here on it serves as it is, and no longer moves.
    pub firm_frames: u64,
    /// What multiplies entering thresholds before it is firm.
    pub young_strictness: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { usable_frames: 800, firm_frames: 2000, young_strictness: 1.25 }
    }
}

/// Medians of the readings of one call.
#[derive(Clone, Debug)]
struct Medians {
    level: LevelWindow<512>,
    tilt: LevelWindow<512>,
    pitch: LevelWindow<512>,
    floor: LevelWindow<512>,
}

/// Pitch is kept in the classes of levels: 60 semitones lower.
const PITCH_SHIFT: f32 = 60.0;

impl Medians {
    const fn new() -> Self {
        Self {
            level: LevelWindow::new(),
            tilt: LevelWindow::new(),
            pitch: LevelWindow::new(),
            floor: LevelWindow::new(),
        }
    }

    fn push(&mut self, loudness: &Loudness) {
        self.level.push(loudness.level);
        self.tilt.push(loudness.tilt);
        if let Some(pitch) = loudness.pitch {
            self.pitch.push(pitch - PITCH_SHIFT);
        }
    }

    fn pitch(&self) -> Option<f32> {
        (!self.pitch.is_empty()).then(|| self.pitch.quantile(0.5) + PITCH_SHIFT)
    }
}

/// Frames of own speech between two readings: 0.1 s.
const EVERY: u64 = 10;

/// Syllables and the own time, in frames, that they were spoken in.
#[derive(Clone, Copy, Debug, Default)]
struct Syllables {
    nuclei: u64,
    own: u64,
}

impl Syllables {
    const fn since(self, before: Self) -> Self {
        Self { nuclei: self.nuclei - before.nuclei, own: self.own - before.own }
    }

    const fn add(&mut self, new: Self) {
        self.nuclei += new.nuclei;
        self.own += new.own;
    }
}

/// Follows one call.
#[derive(Clone, Debug)]
pub struct Baseline {
    settings: Settings,
    earned: Option<Normal>,
    beginning: Medians,
    /// The whole call but for what was flagged: for later calls.
    calm: Medians,
    own: u64,
    calm_own: u64,
    pace: Syllables,
    calm_pace: Syllables,
    /// As of the last frame taken, to count from there.
    last: Syllables,
    now: Option<Normal>,
    floor: Option<f32>,
    /// The call was held on more than one microphone.
    mixed: bool,
}

/// What a frame of own speech brings.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Level, tilt and pitch, where enough was said.
    pub loudness: Option<Loudness>,
    /// Syllable nuclei of the call so far.
    pub nuclei: u64,
    /// Own time of the call so far: speech with short pauses, as the pace
    /// counts it, in frames.
    pub own: u64,
    /// Noise in the newest pauses, dB, where there were any.
    pub floor: Option<f32>,
    /// The customer speaks too.
    pub overlapped: bool,
    /// Raised or fast at the moment.
    pub flagged: bool,
}

impl Baseline {
    /// A call of an agent whose normal may be known from earlier ones.
    pub fn new(settings: Settings, earned: Option<Normal>) -> Self {
        Self {
            settings,
            earned,
            beginning: Medians::new(),
            calm: Medians::new(),
            own: 0,
            calm_own: 0,
            pace: Syllables::default(),
            calm_pace: Syllables::default(),
            last: Syllables::default(),
            now: None,
            floor: None,
            mixed: false,
        }
    }

    /// Changes the constants from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Starts afresh, with nothing earned: the microphone is another one. A call on
    /// two microphones adds nothing to what is normal on either.
    pub fn renew(&mut self) {
        *self = Self { last: self.last, mixed: true, ..Self::new(self.settings, None) };
    }

    /// Takes a frame in which the agent speaks.
    pub fn process(&mut self, reading: &Reading) {
        let so_far = Syllables { nuclei: reading.nuclei, own: reading.own };
        let new = so_far.since(std::mem::replace(&mut self.last, so_far));
        // What the pace is held against must count the way the pace does: the
        // speech over the customer too. The level is taken without it.
        if self.own < self.settings.firm_frames {
            self.pace.add(new);
        }
        if !reading.flagged {
            self.calm_pace.add(new);
        }
        if reading.overlapped {
            return;
        }
        if !reading.flagged {
            self.calm_own += 1;
            if self.calm_own.is_multiple_of(EVERY)
                && let Some(loudness) = &reading.loudness
            {
                self.calm.push(loudness);
            }
        }
        if self.own < self.settings.firm_frames {
            self.begin(reading);
        }
    }

    fn begin(&mut self, reading: &Reading) {
        self.own += 1;
        if !self.own.is_multiple_of(EVERY) {
            return;
        }
        if let Some(floor) = reading.floor {
            self.beginning.floor.push(floor);
        }
        if let Some(loudness) = &reading.loudness {
            self.beginning.push(loudness);
        }
        self.floor = (!self.beginning.floor.is_empty()).then(|| self.beginning.floor.quantile(0.5));
        self.now = normal_of(&self.beginning, self.pace);
    }

    /// How well the baseline stands.
    pub fn standing(&self) -> Standing {
        if self.earned.is_some() {
            Standing::Earned
        } else if self.own < self.settings.usable_frames || self.now.is_none() {
            Standing::None
        } else if self.own < self.settings.firm_frames {
            Standing::Young
        } else {
            Standing::Provisional
        }
    }

    /// The agent's normal, once it stands.
    pub fn normal(&self) -> Option<Normal> {
        self.earned.or_else(|| self.now.filter(|_| self.standing().is_usable()))
    }

    /// What multiplies entering thresholds at the moment.
    pub fn strictness(&self) -> f32 {
        if self.standing() == Standing::Young { self.settings.young_strictness } else { 1.0 }
    }

    /// Noise floor of the microphone while the baseline was taken, dB. Of this
    /// call always: it belongs to the room, not to the agent.
    pub const fn floor(&self) -> Option<f32> {
        self.floor
    }

    /// What this call adds to the agent's normal, and the seconds of own
    /// speech behind it.
    pub fn harvest(&self) -> Option<(Normal, f32)> {
        let seconds = self.calm_own as f32 / 100.0;
        normal_of(&self.calm, self.calm_pace).filter(|_| !self.mixed).map(|normal| (normal, seconds))
    }
}

fn normal_of(medians: &Medians, pace: Syllables) -> Option<Normal> {
    (!medians.level.is_empty() && 0 < pace.own).then(|| Normal {
        level: medians.level.quantile(0.5),
        tilt: medians.tilt.quantile(0.5),
        pitch: medians.pitch(),
        pace: pace.nuclei as f32 * 100.0 / pace.own as f32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Loudness = Loudness { level: -26.0, newest: -26.0, tilt: -8.0, pitch: Some(5.0) };
    const LOUD: Loudness = Loudness { level: -16.0, newest: -16.0, tilt: -4.0, pitch: Some(9.0) };

    /// Speaks `seconds` at four syllables per second.
    fn speak(baseline: &mut Baseline, loudness: Loudness, seconds: u64, overlapped: bool, flagged: bool) {
        for _ in 0..seconds * 100 {
            let nuclei =
                baseline.last.nuclei + u64::from((baseline.calm_own + baseline.own).is_multiple_of(50));
            let own = baseline.last.own + 1;
            baseline.process(&Reading {
                loudness: Some(loudness),
                nuclei,
                own,
                floor: Some(-60.0),
                overlapped,
                flagged,
            });
        }
    }

    #[test]
    fn it_stands_after_8_seconds_and_is_firm_after_20() {
        let mut baseline = Baseline::new(Settings::default(), None);
        speak(&mut baseline, CALM, 7, false, false);
        assert_eq!((baseline.standing(), baseline.normal()), (Standing::None, None));
        speak(&mut baseline, CALM, 2, false, false);
        assert_eq!((baseline.standing(), baseline.strictness()), (Standing::Young, 1.25));
        speak(&mut baseline, CALM, 12, false, false);
        assert_eq!((baseline.standing(), baseline.strictness()), (Standing::Provisional, 1.0));
        assert!((baseline.normal().unwrap().level + 26.0).abs() < 0.5);
    }

    #[test]
    fn later_shouting_does_not_move_it() {
        let mut baseline = Baseline::new(Settings::default(), None);
        speak(&mut baseline, CALM, 20, false, false);
        speak(&mut baseline, LOUD, 120, false, true);
        assert!((baseline.normal().unwrap().level + 26.0).abs() < 0.5);
        assert!((baseline.harvest().unwrap().0.level + 26.0).abs() < 0.5);
        assert_eq!(baseline.harvest().unwrap().1, 20.0);
    }

    #[test]
    fn speech_against_the_customer_is_left_out() {
        let mut baseline = Baseline::new(Settings::default(), None);
        speak(&mut baseline, LOUD, 30, true, false);
        assert_eq!(baseline.standing(), Standing::None);
        assert!(baseline.harvest().is_none());
    }

    #[test]
    fn an_earned_one_serves_from_the_first_frame() {
        let earned = Normal { level: -30.0, tilt: -9.0, pitch: None, pace: 4.4 };
        let mut baseline = Baseline::new(Settings::default(), Some(earned));
        assert_eq!(baseline.standing(), Standing::Earned);
        speak(&mut baseline, LOUD, 60, false, false);
        assert_eq!(baseline.normal(), Some(earned));
    }
}
