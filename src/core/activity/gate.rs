//! Decides frame by frame whether a signal holds speech, from its level and
//! its resemblance to a voice. Both are judged against what this signal itself
//! is like: its noise floor, the upper edge of its background, the scores its
//! background gets, and the usual level of the speech in it.
//!
//! Level decides where speech begins and ends; the score decides whether it is
//! speech at all. A frame is judged 5 frames after it came, an onset is dated
//! back to the first frame that rose above the background, an end to the last
//! one that did. Nothing is padded.

use crate::core::activity::ear::{Heard, SILENCE_DB};
use crate::core::activity::stats::{FadingLevels, LevelWindow, ScoreWindow};
use crate::core::activity::track::Track;

/// Thresholds of the gate. Levels in dB, lengths in 10 ms frames. Where no
/// source is named the value was chosen on generated calls in eight kinds of
/// disturbance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Score from which a frame counts as evidence of a voice.
    pub voice_score: f32,
    /// Speech begins this far above the upper edge of the background.
    pub enter_db: f32,
    /// Speech goes on this far above it.
    pub leave_db: f32,
    /// Speech begins no further than this below the usual speech level ...
    pub depth_enter_db: f32,
    /// ... and goes on no further than this below it.
    pub depth_leave_db: f32,
    /// A spurt must once come this close to the usual speech level.
    pub near_db: f32,
    /// Frames with evidence of a voice that make a spurt.
    pub evidence: u32,
    /// A dip of up to this many frames does not end a spurt.
    pub hang: u64,
    /// An onset is dated back by no more than this.
    pub back: u64,
    /// dB that the thresholds fall for each unit by which the score exceeds
    /// what the background usually gets, and the limits of that shift.
    pub score_slope_db: f32,
    /// Largest fall of the thresholds for a high score.
    pub score_bonus_db: f32,
    /// Largest rise of the thresholds for a low score.
    pub score_malus_db: f32,
    /// How much deeper below the usual level speech may lie where the score is high.
    pub score_depth_db: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            voice_score: 0.5,
            enter_db: 7.0,
            leave_db: 1.0,
            depth_enter_db: 22.0,
            depth_leave_db: 26.0,
            near_db: 24.0,
            evidence: 3,
            hang: 12,
            back: 12,
            score_slope_db: 10.0,
            score_bonus_db: 4.0,
            score_malus_db: 6.0,
            score_depth_db: 12.0,
        }
    }
}

/// Frames after which a decision no longer changes: the longest hang-over and
/// the longest way back to an onset.
pub const SETTLE: u64 = 14;

/// Frames of look-ahead: the score describes what came up to 40 ms earlier.
const AHEAD: usize = 3;

/// Frames of the past window that the floor is taken from: 8 s.
const FLOOR_WINDOW: usize = 800;
/// Share of the window below the floor.
const FLOOR_SHARE: f32 = 0.1;
/// Lowest floor that is believed, dB: below it lie digital silence and codecs.
const LOWEST_FLOOR: f32 = -75.0;
/// Before the floor is known it is taken to be no higher than this, dB.
const FIRST_FLOOR: f32 = -50.0;
/// The first frames of a stream often fade in: they say nothing of its floor.
const FADE_IN: u64 = 20;
/// Frames of background that its edge is taken from: 10 s.
const BACKGROUND_WINDOW: usize = 1000;
/// Share of the background below its upper edge.
const EDGE_SHARE: f32 = 0.85;
/// Height of the edge above the floor while little background is known, dB.
const FIRST_EDGE: f32 = 9.0;
/// Frames of background that weigh as much as that first guess.
const GUESS_WEIGHT: f32 = 100.0;
/// The edge is never further above the floor than this, dB.
const HIGHEST_EDGE: f32 = 15.0;
/// No threshold is nearer to the floor than this, dB.
const LEAST_ABOVE_FLOOR: f32 = 4.0;
/// Share of speech frames below the usual speech level.
const USUAL_SHARE: f32 = 0.75;
/// Speech frames after which an old level counts half: 14 s of speech.
const USUAL_HALF_LIFE: f32 = 1386.0;
/// Speech tells its level only this far above the floor, dB.
const USUAL_ABOVE_FLOOR: f32 = 12.0;
/// Thresholds do not come nearer to the usual speech level than this, dB,
/// unless the background does.
const CAP_ENTER: f32 = 8.0;
const CAP_LEAVE: f32 = 11.0;
/// One frame may lie this far below the threshold that its neighbourhood meets.
const LOCAL_DIP: f32 = 3.0;
/// Score that the background is taken to get before it is known.
const FIRST_BACKGROUND_SCORE: f32 = 0.6;
/// Share of background frames below the background's score.
const BACKGROUND_SCORE_SHARE: f32 = 0.9;

/// What the gate knows of a signal; levels in dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Noise floor.
    pub floor: f32,
    /// Upper edge of the background.
    pub edge: f32,
    /// Usual level of speech; none before speech was heard.
    pub usual: Option<f32>,
}

/// The background of a signal in its last ten seconds: what a gate on the same signal
/// begins with. Measures, and nothing of the sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Background {
    /// Noise floor, dB.
    pub floor: f32,
    /// Upper edge, dB.
    pub edge: f32,
    /// The score that it usually gets.
    pub score: f32,
}

/// Frames of background that make it known: 3 s. It weighs as much where it is
/// carried over: new sound outweighs it in time.
const KNOWN: usize = 300;

/// The gate of one signal.
#[derive(Clone, Debug)]
pub struct Gate {
    settings: Settings,
    heard: [Heard; 8],
    count: u64,
    floor: LevelWindow<FLOOR_WINDOW>,
    background: LevelWindow<BACKGROUND_WINDOW>,
    background_scores: ScoreWindow<BACKGROUND_WINDOW>,
    usual: FadingLevels,
    levels: Levels,
    background_score: f32,
    background_edge: f32,
    lowest: f32,
    /// The background was known from the beginning.
    warm: bool,
    track: Track,
    spurt: Spurt,
}

#[derive(Clone, Copy, Debug)]
struct Spurt {
    active: bool,
    /// First frame above the threshold; none while quiet.
    from: Option<u64>,
    last: Option<u64>,
    evidence: u32,
    peak: f32,
}

const NOTHING: Heard = Heard { level: SILENCE_DB, score: 0.0 };

impl Gate {
    /// A gate that knows nothing of its signal yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            heard: [NOTHING; 8],
            count: 0,
            floor: LevelWindow::new(),
            background: LevelWindow::new(),
            background_scores: ScoreWindow::new(),
            usual: FadingLevels::new(USUAL_HALF_LIFE),
            levels: Levels { floor: FIRST_FLOOR, edge: FIRST_FLOOR + FIRST_EDGE, usual: None },
            background_score: FIRST_BACKGROUND_SCORE,
            background_edge: FIRST_FLOOR + FIRST_EDGE,
            lowest: 0.0,
            warm: false,
            track: Track::default(),
            spurt: Spurt { active: false, from: None, last: None, evidence: 0, peak: SILENCE_DB },
        }
    }

    /// The same on a signal whose background is known.
    pub fn warm(settings: Settings, known: Background) -> Self {
        let mut gate = Self { warm: true, ..Self::new(settings) };
        for _ in 0..KNOWN {
            gate.floor.push(known.floor);
            gate.background.push(known.edge);
            gate.background_scores.push(known.score);
        }
        gate.refresh();
        gate.levels.edge = gate.edge();
        gate
    }

    /// The background, once it is known. Digital silence is none: it says nothing of
    /// what comes when the sound does.
    pub fn background(&self) -> Option<Background> {
        let known = KNOWN <= self.background.len() && KNOWN <= self.background_scores.seen();
        let known = known && LOWEST_FLOOR < self.levels.floor;
        known.then_some(Background {
            floor: self.levels.floor,
            edge: self.background_edge,
            score: self.background_score,
        })
    }

    /// Changes the thresholds from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Speech or not, frame by frame. All but the newest [`SETTLE`] frames are
    /// final.
    pub fn track(&self) -> &Track {
        &self.track
    }

    /// What is known of the signal.
    pub const fn levels(&self) -> Levels {
        self.levels
    }

    /// Takes what was heard in the next frame; `None` where nothing came.
    pub fn push(&mut self, heard: Option<Heard>) {
        self.heard[(self.count % 8) as usize] = heard.unwrap_or(NOTHING);
        self.count += 1;
        if let Some(frame) = self.count.checked_sub(AHEAD as u64 + 1) {
            self.judge(frame, heard.is_some());
        }
    }

    fn at(&self, frame: u64) -> Heard {
        self.heard[(frame % 8) as usize]
    }

    fn judge(&mut self, frame: u64, present: bool) {
        let level = self.smooth_level(frame);
        let local = self.at(frame).level;
        let score = self.at(frame).score;
        if present {
            self.learn_background(frame, level, score);
        }
        let (enter, leave) = self.thresholds(frame);
        let above = leave < level && leave - LOCAL_DIP < local;
        let evidence = self.settings.voice_score <= score && enter < level;
        self.track.push(false);
        if self.spurt.active {
            self.go_on(frame, above);
        } else {
            self.look_for_onset(frame, above, evidence, level);
        }
        if self.spurt.active && evidence && self.levels.floor + USUAL_ABOVE_FLOOR < level {
            self.usual.push(level);
            self.levels.usual = Some(self.usual.quantile(USUAL_SHARE));
        }
    }

    /// Mean level of the frame and its two neighbours, dB.
    fn smooth_level(&self, frame: u64) -> f32 {
        let power = |f: u64| 10f32.powf(self.at(f).level / 10.0);
        let before = frame.checked_sub(1).map_or(0.0, power);
        let n = if frame == 0 { 2.0 } else { 3.0 };
        10.0 * ((before + power(frame) + power(frame + 1)) / n).max(1e-12).log10()
    }

    fn learn_background(&mut self, frame: u64, level: f32, score: f32) {
        if frame < FADE_IN && self.warm {
            return;
        }
        if frame < FADE_IN {
            self.lowest = self.lowest.min(level);
            self.levels.floor = self.lowest.clamp(LOWEST_FLOOR, FIRST_FLOOR);
        } else {
            self.floor.push(level);
            if score < 0.5 {
                self.background.push(level);
            }
        }
        if frame.is_multiple_of(10) {
            self.refresh();
        }
        self.levels.edge = self.edge();
        if level < self.levels.edge {
            self.background_scores.push(score);
        }
    }

    /// Quantiles are taken ten times a second: often enough for a background.
    fn refresh(&mut self) {
        if !self.floor.is_empty() {
            self.levels.floor = self.floor.quantile(FLOOR_SHARE).max(LOWEST_FLOOR);
        }
        if 50 <= self.background.len() {
            self.background_edge = self.background.quantile(EDGE_SHARE);
        }
        if 50 <= self.background_scores.seen() {
            self.background_score = self.background_scores.quantile(BACKGROUND_SCORE_SHARE);
        }
    }

    /// The upper edge of the background: a first guess that measurement
    /// replaces as background comes in.
    fn edge(&self) -> f32 {
        let floor = self.levels.floor;
        let guess = floor + FIRST_EDGE;
        if self.background.len() < 50 {
            return guess;
        }
        let n = self.background.len() as f32;
        let measured = self.background_edge.max(floor + 1.0);
        ((n * measured + GUESS_WEIGHT * guess) / (n + GUESS_WEIGHT)).min(floor + HIGHEST_EDGE)
    }

    /// Levels (dB) at which speech begins and goes on.
    fn thresholds(&self, frame: u64) -> (f32, f32) {
        let s = &self.settings;
        let Levels { floor, edge, usual } = self.levels;
        let best = self.best_score(frame);
        let shift = self.score_shift(best);
        let deeper = s.score_depth_db * ((best - 0.5) / 0.3).clamp(0.0, 1.0);
        let enter = (edge + s.enter_db - shift).max(floor + LEAST_ABOVE_FLOOR);
        let leave = (edge + s.leave_db - shift).max(floor + LEAST_ABOVE_FLOOR - 1.0);
        let Some(usual) = usual.filter(|_| 10 <= self.usual.seen()) else {
            return (enter, leave);
        };
        (
            enter.min((usual - CAP_ENTER).max(edge + 1.0)).max(usual - s.depth_enter_db - deeper),
            leave.min((usual - CAP_LEAVE).max(edge - 1.0)).max(usual - s.depth_leave_db - deeper),
        )
    }

    /// Best score of the frame and the next three.
    fn best_score(&self, frame: u64) -> f32 {
        (frame..=frame + AHEAD as u64).map(|f| self.at(f).score).fold(0.0, f32::max)
    }

    /// How far the thresholds fall (positive) or rise for a score, dB.
    fn score_shift(&self, best: f32) -> f32 {
        let above = best - self.background_score.max(0.35);
        (self.settings.score_slope_db * above)
            .clamp(-self.settings.score_malus_db, self.settings.score_bonus_db)
    }

    fn go_on(&mut self, frame: u64, above: bool) {
        let last = self.spurt.last.unwrap_or(frame);
        if above {
            if frame - last <= self.settings.hang {
                self.track.mark(last + 1, frame + 1, true);
            } else {
                self.track.mark(frame, frame + 1, true);
            }
            self.spurt.last = Some(frame);
        } else if self.settings.hang < frame - last {
            self.spurt.active = false;
            self.spurt.from = None;
        }
    }

    fn look_for_onset(&mut self, frame: u64, above: bool, evidence: bool, level: f32) {
        let stale = self.spurt.last.is_none_or(|last| self.settings.hang < frame - last);
        if !above {
            if stale {
                self.spurt.from = None;
            }
            return;
        }
        if self.spurt.from.is_none() || stale {
            self.spurt =
                Spurt { active: false, from: Some(frame), last: None, evidence: 0, peak: SILENCE_DB };
        }
        self.spurt.last = Some(frame);
        self.spurt.peak = self.spurt.peak.max(level);
        self.spurt.evidence += u32::from(evidence);
        if self.settings.evidence <= self.spurt.evidence && self.is_near() {
            self.begin(frame);
        }
    }

    /// Whether the spurt has come close enough to the usual speech level.
    fn is_near(&self) -> bool {
        self.usual.seen() < 10
            || self.levels.usual.is_none_or(|usual| usual - self.settings.near_db < self.spurt.peak)
    }

    fn begin(&mut self, frame: u64) {
        let earliest = frame.saturating_sub(self.settings.back);
        let from = self.spurt.from.unwrap_or(frame).max(earliest);
        self.spurt.active = true;
        self.track.mark(from, frame + 1, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels of a room around `db`, some louder than others.
    fn room(db: f32, frames: u64) -> impl Iterator<Item = Option<Heard>> {
        (0..frames).map(move |k| Some(Heard { level: db + (k * 7 % 13) as f32 * 0.5 - 3.0, score: 0.2 }))
    }

    fn gate(db: f32, frames: u64) -> Gate {
        let mut gate = Gate::new(Settings::default());
        room(db, frames).for_each(|heard| gate.push(heard));
        gate
    }

    #[test]
    fn a_background_is_known_after_a_few_seconds_of_it_and_silence_is_none() {
        assert_eq!(gate(-55.0, 250).background(), None);
        let known = gate(-55.0, 1_000).background().unwrap();
        assert!((-57.0..-55.0).contains(&known.floor) && (-55.0..-53.0).contains(&known.edge), "{known:?}");
        assert_eq!(gate(SILENCE_DB, 2_000).background(), None);
        let mut absent = Gate::new(Settings::default());
        (0..2_000).for_each(|_| absent.push(None));
        assert_eq!(absent.background(), None);
    }

    #[test]
    fn a_gate_that_knows_its_background_begins_where_the_other_has_come_to() {
        let mut before = gate(-40.0, 1_000);
        let mut warm = Gate::warm(Settings::default(), before.background().unwrap());
        let mut cold = Gate::new(Settings::default());
        let off = |gate: &Gate, like: &Gate| {
            let (one, other) = (gate.levels(), like.levels());
            (one.floor - other.floor).abs().max((one.edge - other.edge).abs())
        };
        for (k, heard) in room(-40.0, 400).enumerate() {
            for gate in [&mut before, &mut warm, &mut cold] {
                gate.push(heard);
            }
            assert!(off(&warm, &before) <= 2.0, "frame {k}: {:?}, {:?}", warm.levels(), before.levels());
            // A room as loud as this is beyond what the other takes it to be at first.
            assert!(20 < k || 5.0 < off(&cold, &before), "frame {k}: {:?}", cold.levels());
        }
    }

    #[test]
    fn what_is_new_outweighs_a_background_that_holds_no_longer() {
        let mut warm = Gate::warm(Settings::default(), gate(-40.0, 1_000).background().unwrap());
        room(-60.0, 200).for_each(|heard| warm.push(heard));
        assert!(warm.levels().floor < -58.0, "{:?}", warm.levels());
    }
}
