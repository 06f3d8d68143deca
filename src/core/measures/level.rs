//! How loud a side speaks and whether its voice is raised, on the raw signal.
//!
//! Level is the mean power of the newest 1.5 s of speech; a raised voice must
//! be louder than usual *and* show it in pitch or spectral tilt, because a
//! microphone that moves or gains changes level alone (Traunmüller & Eriksson
//! 2000). Where the noise rose along with the voice it was the gain.

use crate::core::activity::ear::level_db;
pub use crate::core::event::Rise;
use crate::core::measures::pitch::semitones;
use crate::core::measures::voice::Features;
use crate::core::units::FRAMES_PER_SECOND;

/// Speech frames of the window: 1.5 s.
const WINDOW: usize = 150;
/// Fewer speech frames than this say nothing: 0.8 s.
const ENOUGH: usize = 80;
/// None is older than this many frames: 4.5 s.
const OLDEST: u64 = 450;
/// The newest speech frames, which must be raised themselves: 0.5 s.
const NEWEST: usize = 50;
/// Voiced frames that make a pitch.
const ENOUGH_VOICED: usize = 20;

/// Level, tilt and pitch of the newest speech of one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Mean power of the window, dBFS.
    pub level: f32,
    /// Mean power of its newest 0.5 s, dBFS.
    pub newest: f32,
    /// Power above 1000 Hz against that below, dB.
    pub tilt: f32,
    /// Median pitch in semitones over 100 Hz, with enough voiced frames.
    pub pitch: Option<f32>,
}

#[derive(Clone, Copy, Debug)]
struct Spoken {
    frame: u64,
    power: f32,
    low: f32,
    high: f32,
    pitch: f32,
}

const NEVER: Spoken = Spoken { frame: 0, power: 0.0, low: 0.0, high: 0.0, pitch: f32::NAN };

/// The newest 1.5 s of speech of one side.
#[derive(Clone, Debug)]
pub struct LoudnessWindow {
    ring: [Spoken; WINDOW],
    count: usize,
}

impl LoudnessWindow {
    /// Nothing said yet.
    pub const fn new() -> Self {
        Self { ring: [NEVER; WINDOW], count: 0 }
    }

    /// Takes a frame in which the side speaks, and its pitch where it is voiced.
    pub fn push(&mut self, frame: u64, features: &Features, pitch_hz: Option<f32>) {
        self.ring[self.count % WINDOW] = Spoken {
            frame,
            power: features.power,
            low: features.low,
            high: features.high,
            pitch: pitch_hz.map_or(f32::NAN, semitones),
        };
        self.count += 1;
    }

    /// Forgets what was said.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// Level, tilt and pitch as of `frame`; none where too little was said in
    /// the last 4.5 s.
    pub fn read(&self, frame: u64) -> Option<Loudness> {
        let (mut n, mut power, mut low, mut high) = (0usize, 0.0, 0.0, 0.0);
        let mut pitches = [0.0f32; WINDOW];
        let mut voiced = 0;
        for said in self.ring[..self.count.min(WINDOW)].iter().filter(|s| frame - s.frame <= OLDEST) {
            n += 1;
            power += said.power;
            low += said.low;
            high += said.high;
            if !said.pitch.is_nan() {
                pitches[voiced] = said.pitch;
                voiced += 1;
            }
        }
        (ENOUGH <= n).then(|| Loudness {
            level: level_db(power / n as f32),
            newest: self.newest(),
            tilt: level_db(high / n as f32) - level_db(low / n as f32),
            pitch: (ENOUGH_VOICED <= voiced).then(|| median(&mut pitches[..voiced])),
        })
    }
}

impl LoudnessWindow {
    fn newest(&self) -> f32 {
        let n = NEWEST.min(self.count);
        let power: f32 = (1..=n).map(|back| self.ring[(self.count - back) % WINDOW].power).sum();
        level_db(power / n.max(1) as f32)
    }
}

impl Default for LoudnessWindow {
    fn default() -> Self {
        Self::new()
    }
}

fn median(values: &mut [f32]) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Frames of the level curve: the last 3 s of the call.
const CURVE: usize = 300;
/// Speech frames in them that a value of the curve needs: 1 s.
const CURVE_ENOUGH: u32 = 100;

/// Level of a side for the eye: mean power of its speech in the last 3 s.
#[derive(Clone, Debug)]
pub struct LevelCurve {
    ring: [f32; CURVE],
    count: usize,
}

impl LevelCurve {
    /// Nothing said yet.
    pub const fn new() -> Self {
        Self { ring: [f32::NAN; CURVE], count: 0 }
    }

    /// Takes the next frame: its power where the side speaks.
    pub fn push(&mut self, spoken: Option<f32>) {
        self.ring[self.count % CURVE] = spoken.unwrap_or(f32::NAN);
        self.count += 1;
    }

    /// dBFS, or none with under a second of speech in the last three.
    pub fn read(&self) -> Option<f32> {
        let (mut n, mut sum) = (0u32, 0.0);
        for power in self.ring.iter().filter(|p| !p.is_nan()) {
            n += 1;
            sum += power;
        }
        (CURVE_ENOUGH <= n).then(|| level_db(sum / n as f32))
    }
}

impl Default for LevelCurve {
    fn default() -> Self {
        Self::new()
    }
}

/// Constants of the raised voice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Rise over the baseline that begins an episode, dB.
    pub raised_db: f32,
    /// The rise must last this many frames.
    pub min_frames: u64,
    /// An episode ends where the rise stays at or under this, dB ...
    pub leave_db: f32,
    /// ... for this many frames.
    pub leave_frames: u64,
    /// Proof by tilt: rise over the baseline, dB.
    pub tilt_db: f32,
    /// Proof by pitch: rise over the baseline, semitones ...
    pub pitch_st: f32,
    /// ... unless the tilt fell by more than this, dB: effort never lowers it.
    pub tilt_against_db: f32,
    /// The noise floor moved by this share of the rise: it was the gain.
    pub gain_share: f32,
    /// The same where the customer leaks into the microphone.
    pub gain_share_leak: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            raised_db: 4.5,
            min_frames: 50,
            leave_db: 3.0,
            leave_frames: 3 * FRAMES_PER_SECOND,
            tilt_db: 1.5,
            pitch_st: 1.5,
            tilt_against_db: 2.0,
            gain_share: 0.6,
            gain_share_leak: 0.5,
        }
    }
}

/// A raised voice begins or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edge {
    /// It began at this frame; the rise that told.
    Raised(u64, Rise),
    /// It is over.
    Lowered(Episode),
}

/// An episode of raised voice, in frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// The first raised frame.
    pub from: u64,
    /// The frame after the last raised one.
    pub to: u64,
    /// Highest rise, dB.
    pub peak: f32,
    /// Frames of own speech in it.
    pub spoken: u64,
}

/// A rise that is not proven yet is forgotten after a pause of this many
/// frames, which ends a turn: what comes after it is another rise.
const FORGOTTEN: u64 = 100;

/// Finds episodes of raised voice.
#[derive(Clone, Debug)]
pub struct RaisedVoice {
    settings: Settings,
    /// The rise that is not yet an episode.
    rising: Option<Episode>,
    episode: Option<Episode>,
    /// Frames of own speech since the episode began, beyond its last raised one too.
    spoken: u64,
}

impl RaisedVoice {
    /// Nothing raised yet.
    pub const fn new(settings: Settings) -> Self {
        Self { settings, rising: None, episode: None, spoken: 0 }
    }

    /// Changes the constants from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Takes the rise in the next frame; none where it cannot be told, which
    /// ends an episode as silence does. `strictness` multiplies the entering
    /// threshold (1.25 while the baseline is young).
    pub fn process(
        &mut self,
        frame: u64,
        speaks: bool,
        rise: Option<Rise>,
        strictness: f32,
        leak: bool,
    ) -> Option<Edge> {
        match self.episode {
            Some(episode) => self.go_on(frame, speaks, episode, rise.filter(|_| speaks)),
            None => self.look(frame, rise.filter(|_| speaks), strictness, leak),
        }
    }

    /// The call ends, or the measure is lost.
    pub fn finish(&mut self) -> Option<Edge> {
        self.rising = None;
        self.episode.take().map(Edge::Lowered)
    }

    /// Whether the voice is raised now.
    pub const fn is_raised(&self) -> bool {
        self.episode.is_some()
    }

    /// Whether a rise keeps an episode going.
    pub fn is_up(&self, rise: &Rise) -> bool {
        self.settings.leave_db < rise.level
    }

    fn look(&mut self, frame: u64, rise: Option<Rise>, strictness: f32, leak: bool) -> Option<Edge> {
        // A pause neither proves nor disproves a rise.
        let rise = rise?;
        let up = self.settings.raised_db * strictness <= rise.level && 0.0 <= rise.newest;
        if !up || self.is_gain(&rise, leak) {
            self.rising = None;
            return None;
        }
        let fresh = Episode { from: frame, to: frame, peak: rise.level, spoken: 0 };
        let mut rising = self.rising.filter(|r| frame - r.to < FORGOTTEN).unwrap_or(fresh);
        rising = Episode { to: frame + 1, spoken: rising.spoken + 1, peak: rise.level, ..rising };
        self.rising = Some(rising);
        if frame - rising.from < self.settings.min_frames || !self.is_voice(&rise) {
            return None;
        }
        self.rising = None;
        self.spoken = rising.spoken;
        self.episode = Some(rising);
        Some(Edge::Raised(rising.from, rise))
    }

    fn go_on(&mut self, frame: u64, speaks: bool, mut episode: Episode, rise: Option<Rise>) -> Option<Edge> {
        self.spoken += u64::from(speaks);
        if let Some(rise) = rise.filter(|r| self.is_up(r)) {
            let (to, peak) = (frame + 1, episode.peak.max(rise.level));
            episode = Episode { to, peak, spoken: self.spoken, ..episode };
        }
        self.episode = Some(episode);
        if frame + 1 - episode.to < self.settings.leave_frames { None } else { self.finish() }
    }

    fn is_voice(&self, rise: &Rise) -> bool {
        let higher = rise.pitch.is_some_and(|pitch| self.settings.pitch_st <= pitch);
        self.settings.tilt_db <= rise.tilt || higher && -self.settings.tilt_against_db <= rise.tilt
    }

    fn is_gain(&self, rise: &Rise, leak: bool) -> bool {
        let share = if leak { self.settings.gain_share_leak } else { self.settings.gain_share };
        rise.floor.is_some_and(|floor| share * rise.level <= floor)
    }
}
