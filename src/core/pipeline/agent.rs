//! Everything that is measured of the agent, frame by frame: pace, level,
//! raised voice, and the baseline they are held against.

use crate::core::activity::stats::LevelWindow;
use crate::core::event::{Event, Second};
use crate::core::measures::agc::AgcWatch;
use crate::core::measures::baseline::{self, Baseline, Normal, Reading, Standing};
use crate::core::measures::level::{
    self, Edge, Episode, LevelCurve, Loudness, LoudnessWindow, RaisedVoice, Rise,
};
use crate::core::measures::pace::Pace;
use crate::core::measures::voice::{Features, Voice};
use crate::core::units::{FRAMES_PER_SECOND, SampleSpan, SampleTime};

/// Constants of the fast episodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FastSettings {
    /// Pace against the baseline from which an episode begins.
    pub enter: f32,
    /// It ends under this.
    pub leave: f32,
}

impl Default for FastSettings {
    fn default() -> Self {
        Self { enter: 1.18, leave: 1.08 }
    }
}

/// One settled frame of the agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct AgentFrame {
    /// Its number.
    pub frame: u64,
    /// Whether the agent speaks.
    pub speaks: bool,
    /// Nothing was delivered here: no silence either.
    pub missing: bool,
    /// Whether the customer speaks.
    pub customer: bool,
    /// Level in the speech band, dB.
    pub level: f32,
    /// The customer may sound in the microphone.
    pub leaks: bool,
    /// Pauses shorter than this belong to the speech around them, in frames.
    pub bridge: u64,
    /// When it is decided.
    pub now: SampleTime,
}

/// The agent's measures.
#[derive(Debug)]
pub(super) struct Agent {
    fast: FastSettings,
    pace: Pace,
    window: LoudnessWindow,
    curve: LevelCurve,
    raised: RaisedVoice,
    baseline: Baseline,
    agc: AgcWatch,
    standing: Standing,
    rise: Option<Rise>,
    pauses: Pauses,
    episode: Option<Fast>,
    ratio: Option<f32>,
    spoken: Spoken,
}

#[derive(Clone, Copy, Debug)]
struct Fast {
    from: SampleTime,
    peak: f32,
}

/// Speech of this second, in frames.
#[derive(Clone, Copy, Debug, Default)]
struct Spoken {
    second: u64,
    second_fast: u64,
}

fn lower(episode: &Episode, decided: SampleTime, out: &mut Vec<Event>) {
    let (from, to) = (SampleTime::from_frame(episode.from), SampleTime::from_frame(episode.to));
    let spoken = SampleSpan::from_frames(episode.spoken);
    out.push(Event::VoiceLowered { from, to, peak: episode.peak, spoken, decided });
}

/// Frames of the newest pauses that the floor is taken from: 2 s.
const PAUSE_FRAMES: usize = 200;
/// Fewer say nothing.
const PAUSE_ENOUGH: usize = 30;
/// Frames after a word that still ring.
const PAUSE_GUARD: u64 = 8;
/// Share of frames below the floor.
const PAUSE_SHARE: f32 = 0.1;

/// The noise in the agent's newest pauses. It follows a change of gain with
/// the next pause, where a floor over many seconds would take many seconds.
#[derive(Debug)]
struct Pauses {
    levels: LevelWindow<PAUSE_FRAMES>,
    silent: u64,
}

impl Pauses {
    const fn new() -> Self {
        Self { levels: LevelWindow::new(), silent: 0 }
    }

    fn process(&mut self, f: &AgentFrame) {
        // Where the customer is in the microphone only mutual silence is noise.
        let silence = !(f.speaks || f.missing || f.leaks && f.customer);
        self.silent = if silence { self.silent + 1 } else { 0 };
        if PAUSE_GUARD < self.silent {
            self.levels.push(f.level);
        }
    }

    fn floor(&self) -> Option<f32> {
        (PAUSE_ENOUGH <= self.levels.len()).then(|| self.levels.quantile(PAUSE_SHARE))
    }
}

impl Agent {
    /// An agent whose normal may be known.
    pub(super) fn new(
        raised: level::Settings,
        fast: FastSettings,
        base: baseline::Settings,
        earned: Option<Normal>,
    ) -> Self {
        Self {
            fast,
            pace: Pace::new(),
            window: LoudnessWindow::new(),
            curve: LevelCurve::new(),
            raised: RaisedVoice::new(raised),
            baseline: Baseline::new(base, earned),
            agc: AgcWatch::new(),
            standing: Standing::None,
            rise: None,
            pauses: Pauses::new(),
            episode: None,
            ratio: None,
            spoken: Spoken::default(),
        }
    }

    /// Changes the constants from the next frame on.
    pub(super) fn set(&mut self, raised: level::Settings, fast: FastSettings, base: baseline::Settings) {
        self.raised.set(raised);
        self.fast = fast;
        self.baseline.set(base);
    }

    /// The microphone is another one: levels before and after cannot be compared.
    pub(super) fn renew(&mut self, now: SampleTime, out: &mut Vec<Event>) {
        if let Some(Edge::Lowered(episode)) = self.raised.finish() {
            lower(&episode, now, out);
        }
        self.window = LoudnessWindow::new();
        self.pauses = Pauses::new();
        self.agc = AgcWatch::new();
        self.baseline.renew();
        self.standing = Standing::None;
        self.rise = None;
    }

    /// Takes a settled frame.
    pub(super) fn process(&mut self, f: &AgentFrame, voice: &Voice, out: &mut Vec<Event>) {
        let features = voice.at(f.frame);
        self.curve.push(f.speaks.then_some(features.power));
        self.agc.process(f.speaks, f.level, f.missing || f.leaks && f.customer);
        self.pauses.process(f);
        if f.speaks {
            self.speak(f, &features, voice, out);
        }
        self.judge_level(f, out);
        if (f.frame + 1).is_multiple_of(FRAMES_PER_SECOND) {
            self.second(SampleTime::from_frame(f.frame + 1), out);
        }
    }

    fn speak(&mut self, f: &AgentFrame, features: &Features, voice: &Voice, out: &mut Vec<Event>) {
        let envelope = [f.frame.saturating_sub(1), f.frame, f.frame + 1].map(|k| voice.at(k).envelope);
        self.pace.process(f.frame, envelope, f.bridge);
        self.window.push(f.frame, features, voice.pitch(f.frame));
        self.spoken.second += 1;
        self.spoken.second_fast += u64::from(self.episode.is_some());
        let loudness = self.window.read(f.frame);
        self.rise = self.rise_of(loudness);
        self.baseline.process(&Reading {
            loudness,
            nuclei: self.pace.total(),
            own: self.pace.own_frames(),
            floor: self.pauses.floor(),
            overlapped: f.customer,
            flagged: self.raised.is_raised() || self.episode.is_some(),
        });
        let standing = self.baseline.standing();
        if standing != self.standing
            && let Some(normal) = self.baseline.normal()
        {
            self.standing = standing;
            out.push(Event::Baseline { at: SampleTime::from_frame(f.frame + 1), standing, normal });
        }
    }

    fn rise_of(&self, loudness: Option<Loudness>) -> Option<Rise> {
        let (now, normal) = (loudness?, self.baseline.normal()?);
        Some(Rise {
            level: now.level - normal.level,
            newest: now.newest - normal.level,
            tilt: now.tilt - normal.tilt,
            pitch: now.pitch.zip(normal.pitch).map(|(now, normal)| now - normal),
            floor: self.pauses.floor().zip(self.baseline.floor()).map(|(now, then)| now - then),
        })
    }

    fn judge_level(&mut self, f: &AgentFrame, out: &mut Vec<Event>) {
        let rise = self.rise.filter(|_| !self.agc.is_seen());
        let strictness = self.baseline.strictness();
        match self.raised.process(f.frame, f.speaks, rise, strictness, f.leaks) {
            None => (),
            Some(Edge::Raised(frame, rise)) => {
                out.push(Event::VoiceRaised { at: SampleTime::from_frame(frame), decided: f.now, rise });
            }
            Some(Edge::Lowered(episode)) => lower(&episode, f.now, out),
        }
    }

    fn second(&mut self, at: SampleTime, out: &mut Vec<Event>) {
        let pace = self.pace.rate();
        let normal = self.baseline.normal().map(|n| n.pace).filter(|pace| 0.5 < *pace);
        self.ratio = pace.zip(normal).map(|(pace, normal)| pace / normal);
        let Spoken { second, second_fast } = std::mem::take(&mut self.spoken);
        out.push(Event::Second(Second {
            at,
            pace,
            pace_ratio: self.ratio,
            level: self.curve.read(),
            spoken: SampleSpan::from_frames(second),
            spoken_fast: SampleSpan::from_frames(second_fast),
        }));
        // Only then, so that an episode holds all of its seconds.
        self.judge_pace(at, out);
    }

    fn judge_pace(&mut self, at: SampleTime, out: &mut Vec<Event>) {
        let ratio = self.ratio.unwrap_or(0.0);
        let enter = 1.0 + (self.fast.enter - 1.0) * self.baseline.strictness();
        match self.episode {
            None if enter <= ratio => {
                self.episode = Some(Fast { from: at, peak: ratio });
                out.push(Event::PaceRose { at, ratio });
            }
            Some(fast) if ratio < self.fast.leave => self.fall(fast, at, out),
            Some(fast) => self.episode = Some(Fast { peak: fast.peak.max(ratio), ..fast }),
            None => (),
        }
    }

    fn fall(&mut self, fast: Fast, at: SampleTime, out: &mut Vec<Event>) {
        self.episode = None;
        out.push(Event::PaceFell { from: fast.from, to: at, peak: fast.peak });
    }

    /// The call ends.
    pub(super) fn finish(&mut self, now: SampleTime, out: &mut Vec<Event>) {
        if let Some(Edge::Lowered(episode)) = self.raised.finish() {
            lower(&episode, now, out);
        }
        if let Some(fast) = self.episode {
            self.fall(fast, now, out);
        }
    }

    /// Level over the baseline, dB, of the newest speech.
    pub(super) fn rise_db(&self) -> Option<f32> {
        self.rise.filter(|_| !self.agc.is_seen()).map(|rise| rise.level)
    }

    /// Whether the voice is raised.
    pub(super) const fn is_raised(&self) -> bool {
        self.raised.is_raised()
    }

    /// Pace of the last full second against the baseline.
    pub(super) const fn pace_ratio(&self) -> Option<f32> {
        self.ratio
    }

    /// The baseline.
    pub(super) const fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// Whether an automatic gain was seen.
    pub(super) const fn has_agc(&self) -> bool {
        self.agc.is_seen()
    }

    /// Nuclei and frames of phonation of the call.
    pub(super) const fn phonation(&self) -> (u64, u64) {
        (self.pace.total(), self.pace.phonation_frames())
    }
}
