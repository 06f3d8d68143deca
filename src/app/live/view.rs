//! What the view knows of a call. It has no clock of its own: time is that of the
//! call, and what can end by itself is told.

use std::collections::VecDeque;

use crate::core::pipeline::Settings;
use crate::core::private::Spoken;
use crate::core::units::{Channel, Sides};
use crate::surfaces::terminal::Tone;

/// Seconds that the lanes keep: wider terminals show no more.
const LANES: usize = 300;
/// Nudges and news that are kept.
const NEWS: usize = 16;
/// Utterances that are kept.
const SAID: usize = 40;

/// What is normal, as the gauges show it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Pace within so much of the agent's own, 0.18 = 18 %.
    pub pace: f32,
    /// Level within so many dB of the agent's own.
    pub rise: f32,
}

impl Bands {
    /// Up to where nothing is counted, by these settings.
    pub fn of(settings: &Settings) -> Self {
        Self { pace: settings.fast.enter - 1.0, rise: settings.level.raised_db }
    }
}

/// One second of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Second {
    /// Which, s into the call.
    pub at_s: f64,
    /// The share of it in which each side speaks, 0 to 1; none where that side cannot be
    /// measured.
    pub spoke: Sides<Option<f32>>,
    /// Pace of the agent against normal, 1 = normal.
    pub pace: Option<f32>,
    /// Level of the agent over normal, dB.
    pub rise: Option<f32>,
    /// The score so far, 0 to 100.
    pub score: Option<f32>,
    /// That of the last two minutes, which the light stands for.
    pub lately: Option<f32>,
}

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A call begins: what is known of it.
    Began(String),
    /// It is over: what came of it.
    Ended(String),
    /// A second passed.
    Second(Second),
    /// A nudge is on: its words, and why or what helps.
    Nudge {
        /// What it asks for.
        text: String,
        /// Why, or what helps; may be empty.
        detail: String,
        /// What it is about.
        tone: Tone,
        /// Seconds into the call.
        at_s: f64,
    },
    /// No nudge is on any more.
    Cleared,
    /// Somebody said this.
    Said {
        /// Who.
        who: Channel,
        /// Seconds into the call.
        at_s: f64,
        /// What.
        text: Spoken,
    },
    /// A side cannot be measured, and why; or it can be again.
    Side(Channel, Option<String>),
    /// Why nothing is heard or shown at present; nothing where both is done.
    Halt(Option<String>),
    /// The playing stands still, or goes on.
    Still(bool),
    /// What the score came to, 0 to 100.
    Score(Option<f32>),
    /// Anything else that is worth a line.
    News(String),
}

/// A nudge.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Nudge {
    pub(super) text: String,
    pub(super) detail: String,
    pub(super) tone: Tone,
    pub(super) at_s: f64,
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) who: Channel,
    pub(super) at_s: f64,
    pub(super) text: Spoken,
}

/// A line of what was.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    Nudge(Nudge),
    News(String),
}

/// See the module.
#[derive(Clone, Debug)]
pub struct View {
    pub(super) bands: Bands,
    /// What the score is called.
    pub(super) score_name: String,
    /// Keys and what they do, as the last line shows them.
    pub(super) keys: String,
    /// The call that is on, or was.
    pub(super) call: Option<String>,
    /// Whether it goes on.
    pub(super) on: bool,
    pub(super) now: Second,
    /// The share of each second in which a side spoke, oldest first.
    pub(super) lanes: VecDeque<Sides<Option<f32>>>,
    pub(super) nudge: Option<Nudge>,
    pub(super) past: VecDeque<Line>,
    pub(super) said: VecDeque<Said>,
    /// Why a side cannot be measured.
    pub(super) trouble: Sides<Option<String>>,
    pub(super) halt: Option<String>,
    pub(super) still: bool,
}

impl View {
    /// Nothing is known yet. `keys` is the last line.
    pub fn new(bands: Bands, score_name: &str, keys: &str) -> Self {
        Self {
            bands,
            score_name: score_name.to_owned(),
            keys: keys.to_owned(),
            call: None,
            on: false,
            now: Second::default(),
            lanes: VecDeque::new(),
            nudge: None,
            past: VecDeque::new(),
            said: VecDeque::new(),
            trouble: Sides::default(),
            halt: None,
            still: false,
        }
    }

    /// Takes in what happened.
    pub fn hear(&mut self, change: Change) {
        match change {
            Change::Began(call) => self.begin(call),
            Change::Ended(how) => {
                self.on = false;
                self.nudge = None;
                self.note(Line::News(how));
            }
            Change::Second(second) => self.second(second),
            Change::Nudge { text, detail, tone, at_s } => {
                let nudge = Nudge { text, detail, tone, at_s };
                self.note(Line::Nudge(nudge.clone()));
                self.nudge = Some(nudge);
            }
            Change::Cleared => self.nudge = None,
            Change::Said { who, at_s, text } => self.say(Said { who, at_s, text }),
            Change::Side(who, why) => self.trouble[who] = why,
            Change::Halt(why) => self.halt = why,
            Change::Still(on) => self.still = on,
            Change::Score(score) => (self.now.score, self.now.lately) = (score, None),
            Change::News(text) => self.note(Line::News(text)),
        }
    }

    /// Nothing of the call before is left: not even what was said in it.
    fn begin(&mut self, call: String) {
        let Self { bands, score_name, keys, halt, .. } = self;
        let fresh = Self::new(*bands, score_name, keys);
        *self = Self { call: Some(call), on: true, halt: halt.take(), ..fresh };
    }

    fn second(&mut self, second: Second) {
        self.now = second;
        push(&mut self.lanes, second.spoke, LANES);
    }

    fn note(&mut self, line: Line) {
        push(&mut self.past, line, NEWS);
    }

    /// Texts come late and not in order; they are shown in the order of the call.
    fn say(&mut self, said: Said) {
        let later = self.said.iter().rev().take_while(|other| said.at_s < other.at_s).count();
        self.said.insert(self.said.len() - later, said);
        if SAID < self.said.len() {
            self.said.pop_front();
        }
    }
}

fn push<T>(kept: &mut VecDeque<T>, one: T, most: usize) {
    if most <= kept.len() {
        kept.pop_front();
    }
    kept.push_back(one);
}
