//! Runs the overlap rule on settled frames, looks ahead on unsettled ones so
//! that an interruption is announced as early as it can be known, and decides
//! what each start is worth.

use crate::core::activity::Activity;
use crate::core::activity::echo::Route;
use crate::core::event::{Event, Judged, Reliability};
use crate::core::turns::overlap::{self, Class, Confirmed, Nearness, Overlap, Overlaps, Tick, Verdict};
use crate::core::units::{Channel, SampleTime, Sides};
use crate::core::words::Words;

/// What decides whether a start counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The one who starts must come this near to their usual level, dB.
    pub near_starter_db: f32,
    /// The one who holds must have come this near, dB.
    pub near_holder_db: f32,
    /// With less cancelled than this ...
    pub least_cancelled_db: f32,
    /// ... while the coupling is above this, overlaps cannot be judged, dB.
    pub coupling_limit_db: f32,
    /// Speech must stand this far above the background, dB.
    pub least_snr_db: f32,
    /// Customer speech after which the canceller has converged, in frames.
    pub converged_frames: u64,
    /// Longest utterance that words alone turn into a listening token, in frames.
    pub token_frames: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            near_starter_db: 9.0,
            near_holder_db: 12.0,
            least_cancelled_db: 6.0,
            coupling_limit_db: -20.0,
            least_snr_db: 8.0,
            converged_frames: 1500,
            token_frames: 200,
        }
    }
}

/// An onset this near to an announced one is the same, in samples: 0.5 s.
const SAME_START: u64 = 8000;
/// Frames that nearness is judged over.
const NEAR_WINDOW: u64 = 100;

/// The rule, its announcements and what is held back.
#[derive(Clone, Debug)]
pub(super) struct OverlapStage {
    settings: Settings,
    rule: Overlaps,
    announced: [Option<(Confirmed, SampleTime)>; 8],
    /// Closed before it was known how well the channels can be told apart.
    pending: [Option<Judged>; 16],
    /// Told, but words may still change them.
    told: [Option<Judged>; 16],
}

impl OverlapStage {
    /// Nobody has spoken yet.
    pub(super) fn new(rule: &overlap::Settings, settings: Settings) -> Self {
        Self {
            settings,
            rule: Overlaps::new(rule),
            announced: [None; 8],
            pending: [None; 16],
            told: [None; 16],
        }
    }

    /// Changes the constants from the next frame on.
    pub(super) fn set(&mut self, rule: &overlap::Settings, settings: Settings) {
        self.rule.set(rule);
        self.settings = settings;
    }

    /// What `side` seemed to say since `frame` was no speech.
    pub(super) fn withdraw(&mut self, side: Channel, frame: u64) {
        self.rule.withdraw(side, frame);
    }

    /// Takes a settled frame.
    pub(super) fn settle(&mut self, tick: Tick, heard: &Heard<'_>, out: &mut Vec<Event>) {
        let verdicts = self.rule.process(tick, &self.near(heard));
        for side in Channel::BOTH {
            let Verdict { confirmed, closed } = verdicts[side];
            self.announce(confirmed, heard.now, out);
            self.close(closed, heard, out);
        }
        self.release(heard, out);
    }

    /// Looks at frames that may still change, from `from` up to `to`.
    pub(super) fn look_ahead(&mut self, from: u64, to: u64, heard: &Heard<'_>, out: &mut Vec<Event>) {
        if !self.rule.is_open() {
            return;
        }
        let mut rule = self.rule.clone();
        for frame in from..to {
            let speaks = Sides::from_fn(|side| heard.activity.speaks(side, frame));
            let verdicts = rule.process(Tick { frame, speaks }, &self.near(heard));
            for side in Channel::BOTH {
                self.announce(verdicts[side].confirmed, heard.now, out);
            }
        }
    }

    /// The call ends: everything open is told.
    pub(super) fn finish(&mut self, heard: &Heard<'_>, out: &mut Vec<Event>) {
        for closed in self.rule.finish() {
            self.close(closed, heard, out);
        }
        let worth = self.worth(heard);
        for judged in std::mem::take(&mut self.pending).into_iter().flatten() {
            self.tell(Judged { reliability: worth, ..judged }, out);
        }
    }

    /// What was said: an interruption of nothing but listening tokens is one.
    pub(super) fn words(&mut self, words: &Words, out: &mut Vec<Event>) {
        for slot in &mut self.told {
            let Some(judged) = slot.filter(|j| is_touched(&j.overlap, words)) else { continue };
            let o = judged.overlap;
            let class = judged_by_words(&o, words, self.settings.token_frames);
            // Whatever was said there: once something else was said too, no
            // token can undo that.
            *slot = None;
            if let Some(class) = class.filter(|_| judged.reliability.is_reliable()) {
                out.push(Event::Reclassed { at: o.at, by: o.by, was: o.class, class, overlap: o.overlap });
            } else if words.are_only_tokens() {
                *slot = Some(judged);
            }
        }
    }

    /// Whether overlaps can be judged at the moment, and may be spoken of.
    pub(super) fn is_ready(&self, heard: &Heard<'_>) -> bool {
        let echo = heard.activity.echo();
        let converged =
            echo.route() == Route::Raw || self.settings.converged_frames <= echo.customer_frames();
        converged && self.worth(heard).is_reliable()
    }

    /// What starts over the other's speech are worth at the moment.
    pub(super) fn worth(&self, heard: &Heard<'_>) -> Reliability {
        if heard.same_audio {
            return Reliability::SameAudio;
        }
        if heard.leaking {
            return Reliability::Leaking;
        }
        let echo = heard.activity.echo();
        let Some(coupling) = echo.coupling() else { return Reliability::Unknown };
        let loud = self.settings.coupling_limit_db < coupling;
        let remains = echo.cancelled_by().is_some_and(|by| by < self.settings.least_cancelled_db);
        if loud && remains && echo.route() == Route::Cancelled {
            Reliability::EchoRemains
        } else if Channel::BOTH.into_iter().any(|side| self.is_babble(heard.activity, side)) {
            Reliability::Babble
        } else {
            Reliability::Reliable
        }
    }

    fn is_babble(&self, activity: &Activity, side: Channel) -> bool {
        let levels = activity.levels(side);
        levels.usual.is_some_and(|usual| usual - levels.edge < self.settings.least_snr_db)
    }

    fn near<'a>(&self, heard: &'a Heard<'_>) -> ByLevel<'a> {
        ByLevel { activity: heard.activity, settings: self.settings }
    }

    fn announce(&mut self, confirmed: Option<Confirmed>, now: SampleTime, out: &mut Vec<Event>) {
        let Some(new) = confirmed else { return };
        if self.announcement(new.by, new.at).is_some() {
            return;
        }
        self.announced.rotate_right(1);
        self.announced[0] = Some((new, now));
        out.push(Event::Interrupts { by: new.by, at: new.at, decided: now });
    }

    /// Whether a start was announced as an interruption.
    pub(super) fn is_interruption(&self, by: Channel, at: SampleTime) -> bool {
        self.announcement(by, at).is_some()
    }

    fn announcement(&self, by: Channel, at: SampleTime) -> Option<SampleTime> {
        let same = |c: &Confirmed| c.by == by && c.at.samples().abs_diff(at.samples()) < SAME_START;
        self.announced.iter().flatten().find(|(confirmed, _)| same(confirmed)).map(|(_, when)| *when)
    }

    fn close(&mut self, closed: Option<Overlap>, heard: &Heard<'_>, out: &mut Vec<Event>) {
        let Some(overlap) = closed else { return };
        let announced =
            if overlap.class.is_interruption() { self.announcement(overlap.by, overlap.at) } else { None };
        let judged = Judged { overlap, announced, reliability: self.worth(heard) };
        if judged.reliability == Reliability::Unknown
            && let Some(free) = self.pending.iter_mut().find(|p| p.is_none())
        {
            *free = Some(judged);
        } else {
            self.tell(judged, out);
        }
    }

    /// Lets go what was held back, once it can be told.
    fn release(&mut self, heard: &Heard<'_>, out: &mut Vec<Event>) {
        if self.pending[0].is_none() {
            return;
        }
        let worth = self.worth(heard);
        if worth != Reliability::Unknown {
            for judged in std::mem::take(&mut self.pending).into_iter().flatten() {
                self.tell(Judged { reliability: worth, ..judged }, out);
            }
        }
    }

    fn tell(&mut self, judged: Judged, out: &mut Vec<Event>) {
        if judged.overlap.class.is_interruption() {
            self.told.rotate_right(1);
            self.told[0] = Some(judged);
        }
        out.push(Event::Overlapped(judged));
    }
}

fn is_touched(overlap: &Overlap, words: &Words) -> bool {
    overlap.by == words.who && words.touches(overlap.at, overlap.until)
}

/// What the words of an interruption make of it: a backchannel where it lasts
/// no longer than `token_frames` and nothing but listening tokens was said in
/// it; `None` where they change nothing.
pub fn judged_by_words(overlap: &Overlap, words: &Words, token_frames: u64) -> Option<Class> {
    let short = overlap.until.since(overlap.at).frames() <= token_frames;
    let reclassed =
        overlap.class.is_interruption() && is_touched(overlap, words) && short && words.are_only_tokens();
    reclassed.then_some(Class::Backchannel)
}

/// What the stage needs to know of the channels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'a> {
    /// Who speaks, and how loud.
    pub activity: &'a Activity,
    /// Both channels carry the same.
    pub same_audio: bool,
    /// The microphone leaks.
    pub leaking: bool,
    /// The end of the newest frame.
    pub now: SampleTime,
}

struct ByLevel<'a> {
    activity: &'a Activity,
    settings: Settings,
}

impl Nearness for ByLevel<'_> {
    fn near(&self, side: Channel, from: SampleTime, to: SampleTime, starts: bool) -> bool {
        let Some(usual) = self.activity.levels(side).usual else { return true };
        let depth = if starts { self.settings.near_starter_db } else { self.settings.near_holder_db };
        let first = from.frame().max(to.frame().saturating_sub(NEAR_WINDOW));
        let (mut n, mut power) = (0u32, 0.0);
        for frame in (first..to.frame()).filter(|&f| self.activity.speaks(side, f)) {
            n += 1;
            power += 10f32.powf(self.activity.level(side, frame) / 10.0);
        }
        n == 0 || usual - depth <= 10.0 * (power / n as f32).log10()
    }
}
